"""How an official document begins: whose it is, the heading of Party or state, number, place and date, marks.

Here lives the head of page one in both layouts. Never here: the name of the document, or its text.

Party (Hướng dẫn 36-HD/VPTW): body with an asterisk, "Số 05-BC/BKP" without colon; ĐẢNG CỘNG SẢN VIỆT NAM over a rule.
State (Nghị định 30/2020/NĐ-CP): Quốc hiệu and tiêu ngữ over a rule, "Số: 05/BC-BKP" with colon.
"""

from __future__ import annotations

from reportlab.lib.colors import black
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, HRFlowable, Spacer, Table

from tally.report.documents.paper_styles import PaperStyles
from tally.report.documents.papers import Papers
from tally.report.documents.parts import TIGHT, day_words, dots
from tally.report.sheet import WIDTH

PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
COMMITTEE = "Ban kiểm phiếu"
DRAFT = "DỰ THẢO"
STAMP = "(Đóng dấu treo)"
LEFT_PART = 0.42
LONG_BODY = 120
FRAME = 1.0


def letterhead(
    papers: Papers,
    styles: PaperStyles,
    *,
    number: str = "",
    symbol: tuple[str, str] | None = None,
    unit: str = "",
    place: bool = True,
    stamp: bool = False,
    draft: bool | None = None,
) -> list[Flowable]:
    """Return the head of page one.

    `symbol` is the kind of document and who makes it, ("BB", "BKP"), printed around a `number` of digits or dots;
    without either there is no number. `unit` is a body within the body. `stamp` leaves a word where the body's stamp
    goes (*dấu treo*). `draft` asks for or forbids the mark DỰ THẢO, which else a draft has.
    """
    dated = [styles.para(_place_and_day(papers), styles.date_line)] if place else []
    marked = papers.draft if draft is None else draft
    marks = _marks(papers, styles, draft=marked)
    if stamp:
        marks.insert(0, styles.para(STAMP, styles.hint))
    rows: list[list[list[Flowable]]] = [
        [_issuer(papers, styles, unit), _heading(styles)],
        [_numbered(styles, number, symbol), [Spacer(1, 3), *dated] if dated else []],
        *([[marks, []]] if marks else []),
    ]
    columns = [WIDTH * LEFT_PART, WIDTH * (1 - LEFT_PART)]
    # A table of one row places things beside each other; one of several would be read aloud as data.
    return [*(Table([row], colWidths=columns, style=TIGHT) for row in rows if any(row)), Spacer(1, 12)]


def _issuer(papers: Papers, styles: PaperStyles, unit: str) -> list[Flowable]:
    body = papers.outcome.round.body.upper()
    style = styles.issuer if unit else styles.issuer_strong
    lines: list[Flowable] = [styles.balanced(body, styles.issuer_small if len(body) > LONG_BODY else style)]
    if unit:
        lines.append(styles.para(unit.upper(), styles.issuer_strong))
    return [*lines, _rule(60)] if styles.state else [*lines, styles.para("*", styles.issuer)]


def _heading(styles: PaperStyles) -> list[Flowable]:
    if styles.state:
        nation, motto = styles.para(NATION, styles.nation), styles.para(MOTTO, styles.motto)
        return [nation, motto, _rule(_width(MOTTO, styles.motto))]
    return [styles.para(PARTY, styles.nation), _rule(_width(PARTY, styles.nation))]


def _numbered(styles: PaperStyles, number: str, symbol: tuple[str, str] | None) -> list[Flowable]:
    if not number and symbol is None:
        return []
    text = number
    if symbol is not None and (not number or (number.isascii() and number.isdigit())):
        written = number.zfill(2) if number else dots(2)
        first, second = ("/", "-") if styles.state else ("-", "/")
        text = f"{written}{first}{second.join(part for part in symbol if part)}"
    return [Spacer(1, 3), styles.para(f"Số: {text}" if styles.state else f"Số {text}", styles.number_line)]


def _place_and_day(papers: Papers) -> str:
    where = papers.minutes.place if papers.minutes else dots(8)
    return f"{where}, {day_words(papers.outcome.round.date)}"


def _marks(papers: Papers, styles: PaperStyles, *, draft: bool) -> list[Flowable]:
    """Return the marks of secrecy and of a draft, each framed, in capitals, under the number."""
    texts = [papers.outcome.round.policy.secrecy.upper(), DRAFT if draft else ""]
    return [block for text in texts if text for block in (Spacer(1, 6), _framed(text, styles))]


def _framed(text: str, styles: PaperStyles) -> Table:
    width = min(_width(styles.face.spell(text), styles.mark) + 22, WIDTH * LEFT_PART - 8)
    return Table(
        [[styles.para(text, styles.mark)]], colWidths=[width], hAlign="CENTER",
        style=[
            ("BOX", (0, 0), (-1, -1), FRAME, black),
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ],
    )  # fmt: skip


def _rule(width: float) -> HRFlowable:
    return HRFlowable(width=width, thickness=0.8, color=black, spaceBefore=2, spaceAfter=2, hAlign="CENTER")


def _width(text: str, style: ParagraphStyle) -> float:
    return float(stringWidth(text, style.fontName, style.fontSize))
