"""Biên bản kiểm phiếu: the minutes of a count, which the committee signs.

Here lives the document and the order of its sections. Never here: a number of its own, or a signature.

The fields are those that councils and Party committees print (names, times and places from minutes.json, SPEC 4.17;
numbers from the verified record), besides what only an electronic count can say: the proof. Threats D2, D5, D6, 5.15.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import CondPageBreak, Flowable, Spacer, Table

from tally.protocol.minutes import Minutes
from tally.report import words
from tally.report.documents import counters, incident_book, proof, sitting
from tally.report.documents.letterhead import COMMITTEE, letterhead
from tally.report.documents.paper_styles import PaperStyles, styles_of
from tally.report.documents.papers import Papers
from tally.report.documents.parts import lines_to_write_on, signed_under, title_block
from tally.report.documents.person_table import person_table
from tally.report.documents.qr_code import SIDE, QrCode, verification_text
from tally.report.documents.rating_words import finished
from tally.report.documents.thresholds import thresholds
from tally.report.sheet import WIDTH
from tally.report.typeface import Typeface
from tally.report.words import say

SYMBOL = ("BB", "BKP")
ROOM_FOR_A_SECTION = 110
LONG_TITLE = 400
WHO, PRESENCE, BALLOTS, PERSONS, REACHED, PAPER, INCIDENTS, PROOF = (
    "Ban kiểm phiếu",
    "Người tham dự",
    "Phiếu",
    "Kết quả kiểm phiếu của từng người",
    "Người có kết quả thuộc trường hợp quy định",
    "Đối chiếu số trên giấy với hồ sơ",
    "Khiếu nại, kiến nghị; sự cố; niêm phong",
    "Mã của hồ sơ",
)
NO_COMPLAINTS = "Không có khiếu nại, kiến nghị."
COMPLAINTS = "Khiếu nại, kiến nghị: {text}"
COMPLAINTS_IN_BOOK = "Khiếu nại, kiến nghị: {count} mục trong sổ sự cố dưới đây."
OF_COMPLAINT = "complaint"  # one of tally.protocol.incident.KINDS
SEALED = (
    "Danh sách ký nhận, thẻ đã dùng, phong bì không dùng đến và phương tiện lưu hồ sơ được niêm phong theo biên bản "
    "niêm phong kèm theo."
)
SEALED_PAPER = (
    "Phiếu đã kiểm, phiếu không dùng đến và danh sách ký nhận được niêm phong theo biên bản niêm phong kèm theo."
)
CLOSED = (
    "Biên bản kết thúc hồi {ended}{next_day}, lập thành {copies} bản có giá trị như nhau; các thành viên Ban kiểm "
    "phiếu đã đọc lại, thống nhất và ký tên."
)


def make(papers: Papers, face: Typeface) -> bytes:
    """Return the document."""
    title = papers.outcome.round.rules.titles.minutes
    return finished(papers, title, story(papers, styles_of(papers, face)), face)


def story(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the blocks of the document, of which the copy for editing is made too (word_export.py)."""
    title = papers.outcome.round.rules.titles.minutes
    number = papers.minutes.number if papers.minutes else ""
    return [
        *letterhead(papers, styles, number=number, symbol=SYMBOL, unit=COMMITTEE),
        *_titled(papers, title, styles),
        *sitting.grounds(papers, styles),
        *sitting.opened(papers, styles),
        *_sections(papers, styles),
        *signed_under(papers, [_closed(papers)], styles),
    ]


def _titled(papers: Papers, title: str, styles: PaperStyles) -> list[Flowable]:
    """Return the title, with the code beside it that leads to the verification."""
    facts = papers.outcome.round
    about = f"{facts.title}\n{facts.session}"
    text = verification_text(papers)
    if not text:
        return title_block(title, about, styles)
    if len(about) > LONG_TITLE:
        return [*title_block(title, about, styles), QrCode(text), Spacer(1, 8)]
    row = [[], title_block(title, about, styles), QrCode(text)]
    look = [
        ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("ALIGN", (0, 0), (-1, -1), "CENTER"),
    ]  # fmt: skip
    return [Table([row], colWidths=[SIDE, WIDTH - 2 * SIDE, SIDE], style=look), Spacer(1, 8)]


def _sections(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the sections that have something to say, numbered in their order."""
    outcome = papers.outcome
    presence = [counters.pairs(sitting.presence(papers), styles), Spacer(1, 4), *sitting.attendance(papers, styles)]
    slips = counters.pairs(counters.slips(papers), styles)
    paper = _paper(papers, styles)
    parts: Sequence[tuple[str, list[Flowable]]] = (
        (WHO, sitting.committee(papers, styles)),
        (say(words.EXCEPTIONS), sitting.exceptions(papers, styles)),
        (PRESENCE, presence),
        (say(words.EXEMPT), sitting.exempt_people(papers, styles)),
        (BALLOTS, [*counters.forms(papers, styles), slips, Spacer(1, 4), *counters.treatment(papers, styles)]),
        (PERSONS, [styles.para(counters.base(papers)), person_table(outcome, styles, lines=True)]),
        (REACHED, thresholds(outcome, styles)),
        (PAPER, paper),
        (INCIDENTS, _incidents(papers, styles)),
        (PROOF, [*proof.hashes(papers, styles), *proof.witnesses(papers, styles)]),
    )
    story: list[Flowable] = []
    for number, (name, content) in enumerate(((n, c) for n, c in parts if c), start=1):
        story += [CondPageBreak(ROOM_FOR_A_SECTION), styles.para(f"{number}. {name}", styles.section), *content]
    return [*story, Spacer(1, 8)]


def _paper(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    if not papers.electronic:
        return []
    compared = proof.comparison(papers.comparison, styles) if papers.comparison else []
    return [*proof.paper_counts(papers, styles), *compared]


def _incidents(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    sealed = styles.para(SEALED if papers.electronic else SEALED_PAPER)
    if papers.minutes is None:
        said = [styles.para(COMPLAINTS.format(text="").rstrip()), *lines_to_write_on(styles)]
    else:
        said = [styles.para(_complaints(papers.minutes))]
    return [*incident_book.waited(papers, styles), *said, *incident_book.book(papers, styles), sealed]


def _complaints(minutes: Minutes) -> str:
    """Say what was written of complaints; a field left empty denies none that the book of incidents has."""
    if minutes.complaints:
        return COMPLAINTS.format(text=minutes.complaints)
    noted = sum(entry.kind == OF_COMPLAINT for entry in minutes.incidents)
    return COMPLAINTS_IN_BOOK.format(count=noted) if noted else NO_COMPLAINTS


def _closed(papers: Papers) -> str:
    ended, next_day, copies = sitting.ended(papers)
    return CLOSED.format(ended=ended, next_day=next_day, copies=copies)
