"""Phiếu kết quả của từng người: one official's result for the personnel file.

Here lives the sheet. Never here: any other official, a rank among them, or a sum of two places.

Source: khoản 3 Điều 6, Điều 11 QĐ 96-QĐ/TW; khoản 1 Điều 19, Điều 12 NQ 96/2023/QH15.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, LongTable, Spacer

from tally.outcome import OfficialOutcome, Outcome
from tally.protocol.ruleset import Threshold
from tally.report.documents.by_hand import OFFICE, STAMPED, Hand, places_to_sign
from tally.report.documents.letterhead import letterhead
from tally.report.documents.paper_styles import PaperStyles, boxed, head_row, styles_of
from tally.report.documents.papers import Papers
from tally.report.documents.parts import dots, plain, title_block
from tally.report.documents.rating_words import (
    finished,
    level_of,
    lower_first,
    rating,
    share,
    source,
)
from tally.report.documents.sitting import known
from tally.report.documents.thresholds import CONSEQUENCE, REACHED, TRIGGER
from tally.report.remarks import few, unanimous
from tally.report.typeface import Typeface
from tally.report.words import printed_date

TITLE = "Phiếu kết quả {rating}"
OF = "của {name}"
ABOUT, COUNTERS, RESULT, LIMITS, PLACES = (
    "1. Thông tin chung",
    "2. Số phiếu của đợt",
    "3. Kết quả",
    "4. Đối chiếu với quy định",
    "5. Trường hợp giữ nhiều chức vụ",
)
BASE = "Tỷ lệ tính trên {base} ({count}{citation}), làm tròn đến hai chữ số thập phân; số phiếu là căn cứ."
VOID = "Dòng không hợp lệ đối với người này"
LIMIT = "{level} {share} {base}"
MET, NOT_MET = "Có", "Không"
NO_CASE = "Kết quả không đạt ngưỡng nào phải xem xét theo văn bản số {rules}."
NEVER_ADDED = (
    "Kết quả ở nơi khác, nếu có, ghi cạnh kết quả này để xem xét chung; không cộng số phiếu, không cộng tỷ lệ."
)
SMALLER: dict[str, dict[str, float]] = {
    "body": {"fontSize": 12, "leading": 14.5, "spaceAfter": 2},
    "italic": {"fontSize": 12, "leading": 14.5, "spaceAfter": 0},
    "section": {"fontSize": 12, "leading": 15, "spaceBefore": 6, "spaceAfter": 3},
    "small": {"fontSize": 11, "leading": 13.5, "spaceAfter": 0},
}
CLOSE = [("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 3)]
FILE_ONLY = "Phiếu này chỉ ghi kết quả của một người, lưu hồ sơ cán bộ và gửi theo thẩm quyền."


def make(papers: Papers, face: Typeface, *, number: int) -> bytes:
    """Return the sheet of official `number`, from 1 in ballot order."""
    row = papers.outcome.officials[number - 1]
    outcome = replace(papers.outcome, officials=(row,))
    styles = _styles(papers, face)
    title = TITLE.format(rating=rating(outcome.round.rules))
    last = [*_other_places(outcome, row, styles), styles.para(FILE_ONLY, styles.italic)]
    story: list[Flowable] = [
        *letterhead(papers, styles),
        *title_block(title, OF.format(name=row.official.name), styles),
        styles.para(ABOUT, styles.section),
        _about(outcome, row, styles),
        styles.para(COUNTERS, styles.section),
        _counters(papers, styles),
        styles.para(RESULT, styles.section),
        *_result(outcome, row, styles),
        styles.para(LIMITS, styles.section),
        *_limits(outcome, row, styles),
        *places_to_sign(Hand("Người lập phiếu"), Hand(OFFICE, hint=STAMPED), styles, above=last),
    ]
    return finished(papers, f"{title} {row.official.name}", story, face)


def _styles(papers: Papers, face: Typeface) -> PaperStyles:
    """Return styles a little smaller than usual, so that the sheet is one leaf of a file, printed on both sides."""
    styles = styles_of(papers, face)
    for name, changes in SMALLER.items():
        setattr(styles, name, ParagraphStyle(name, parent=getattr(styles, name), **changes))
    return styles


def _about(outcome: Outcome, row: OfficialOutcome, styles: PaperStyles) -> LongTable:
    facts = outcome.round
    lines = [
        ("Họ và tên", row.official.name),
        ("Chức danh, chức vụ", row.official.position),
        ("Đợt", ", ".join(part for part in (facts.title, facts.session, printed_date(facts.date)) if part)),
        ("Loại phiếu", row.form),
        ("Khối", row.block),
        ("Căn cứ", facts.rules.title),
    ]
    rows = [
        [styles.para(name, styles.cell), styles.para(value, styles.strong if at == 0 else styles.cell)]
        for at, (name, value) in enumerate(lines)
        if value
    ]
    return boxed([], rows, (0.28, 0.72), styles, extra=CLOSE)


def _counters(papers: Papers, styles: PaperStyles) -> LongTable:
    ballots = papers.outcome.ballots
    heads = ("Phát ra", "Thu về", "Hợp lệ", "Không hợp lệ")
    counts = (known(papers, ballots.issued), *(plain(n) for n in (ballots.returned, ballots.valid, ballots.invalid)))
    row = [styles.para(count, styles.middle) for count in counts]
    return boxed([head_row(heads, styles)], [row], (0.25,) * 4, styles, extra=CLOSE)


def _result(outcome: Outcome, row: OfficialOutcome, styles: PaperStyles) -> list[Flowable]:
    rules = outcome.round.rules
    lines = [
        (level.label, plain(count), percent)
        for level, count, percent in zip(rules.levels, row.counts, row.percent, strict=True)
    ]
    rows = [_line(styles, *line) for line in (*lines, (VOID, plain(row.void), "–"))]
    heads = head_row(("Mức", "Số phiếu", f"Tỷ lệ trên {rules.base.words}"), styles)
    citation = f"; {rules.base.citation}" if rules.base.citation else ""
    base = BASE.format(base=rules.base.words, count=plain(outcome.base), citation=citation)
    return [
        boxed([heads], rows, (0.46, 0.18, 0.36), styles, extra=CLOSE),
        Spacer(1, 4),
        styles.para(f"{base} {rules.blank_line.rstrip('.')}.", styles.small),
    ]


def _line(styles: PaperStyles, name: str, *values: str) -> list[Flowable]:
    return [styles.para(name, styles.cell), *(styles.para(value, styles.middle) for value in values)]


def _limits(outcome: Outcome, row: OfficialOutcome, styles: PaperStyles) -> list[Flowable]:
    rules = outcome.round.rules
    heads = head_row(("Ngưỡng", "Số phiếu", "Đạt ngưỡng"), styles)
    rows = [_limit(outcome, row, threshold, styles) for threshold in rules.thresholds]
    return [
        boxed([heads], rows, (0.6, 0.2, 0.2), styles, extra=CLOSE),
        Spacer(1, 4),
        *(styles.para(sentence) for sentence in _sentences(outcome, row) if sentence),
    ]


def _limit(outcome: Outcome, row: OfficialOutcome, threshold: Threshold, styles: PaperStyles) -> list[Any]:
    rules, index = outcome.round.rules, level_of(outcome, threshold)
    words = LIMIT.format(level=rules.levels[index].label, share=share(threshold), base=rules.base.words)
    counted = f"{plain(row.counts[index])}/{plain(outcome.base)}"
    return _line(styles, words, counted, MET if threshold.key in row.met else NOT_MET)


def _sentences(outcome: Outcome, row: OfficialOutcome) -> list[str]:
    """Return what follows by law, then the neutral words where counts tell every ballot's line (threats D5, D6)."""
    rules, deciding = outcome.round.rules, row.deciding
    remarks = [unanimous(outcome), few(outcome)]
    if deciding is None:
        return [NO_CASE.format(rules=rules.number), *remarks]
    index = level_of(outcome, deciding)
    reached = REACHED.format(
        level=rules.levels[index].label, count=plain(row.counts[index]), percent=row.percent[index],
        base=rules.base.words, words=deciding.words,
    )  # fmt: skip
    law = CONSEQUENCE.format(text=lower_first(deciding.consequence), source=source(deciding.citation, rules))
    votes = row.triggers
    may = [TRIGGER.format(text=lower_first(t.words), source=source(t.citation, rules)) for t in votes]
    return [reached, law, *may, *remarks]


def _other_places(outcome: Outcome, row: OfficialOutcome, styles: PaperStyles) -> list[Flowable]:
    """Return the rule for several posts and, where there may be another place, room beside this result."""
    rules = outcome.round.rules
    several = rules.several_posts
    cited = f" ({source(several.citation, rules)})" if several.citation else ""
    said = [styles.para(PLACES, styles.section), styles.para(f"{several.words.rstrip('.')}{cited}.")]
    if several.most == 1:
        return said
    heads = head_row(("Nơi, ngày", *(level.label for level in rules.levels), "Trên tổng số"), styles)
    here = f"{outcome.round.body}, {printed_date(outcome.round.date)}"
    rows = [
        _line(styles, here, *(plain(count) for count in row.counts), plain(outcome.base)),
        _line(styles, dots(12), *(dots(3) for _ in (*rules.levels, ""))),
    ]
    rest = 0.64 / (len(rules.levels) + 1)
    table = boxed([heads], rows, (0.36, *[rest] * (len(rules.levels) + 1)), styles, extra=CLOSE)
    return [*said, table, Spacer(1, 4), styles.para(NEVER_ADDED)]
