"""Danh sách theo dõi: officials whose result has a legal consequence, for the authority that manages them.

Here lives what the law says of each. Never here: advice, a rank, or an order other than that of the ballot.
"""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Flowable, LongTable, Spacer

from tally.outcome import OfficialOutcome, Outcome
from tally.protocol.ruleset import REPEATED, RuleSet, Threshold, Trigger
from tally.report.documents.by_hand import OFFICE, STAMPED, Hand, places_to_sign
from tally.report.documents.letterhead import letterhead
from tally.report.documents.paper_styles import PaperStyles, boxed, head_row, styles_of
from tally.report.documents.papers import Papers
from tally.report.documents.parts import amount, dots, plain, recipients, title_block
from tally.report.documents.rating_words import (
    basis,
    finished,
    level_of,
    lower_first,
    rating,
    source,
)
from tally.report.documents.sitting import known
from tally.report.documents.thresholds import CONSEQUENCE, TRIGGER
from tally.report.typeface import Typeface

NAME = "Danh sách theo dõi gửi cấp quản lý cán bộ"
TITLE = "Danh sách theo dõi"
ABOUT = "sau {rating}, gửi cấp có thẩm quyền quản lý cán bộ\n{title}"
TO = "Kính gửi: {dots}"
COUNTED = "Số phiếu phát ra: {issued}; thu về: {returned}; tỷ lệ tính trên {base} ({count})."
SOME = "Có {count} người có kết quả thuộc trường hợp phải xem xét theo văn bản số {rules}, xếp theo thứ tự trên phiếu:"
NOBODY = (
    "Không có người nào có kết quả thuộc trường hợp phải xem xét theo văn bản số {rules}. Danh sách không có tên ai."
)
NATURE = "Danh sách chỉ ghi kết quả và điều văn bản quy định; việc xem xét, quyết định thuộc cấp có thẩm quyền."
SHARE = "{level}: {count}, chiếm {percent} {base}"
CASE = "Trường hợp {words}."
EARLIER = "Cần đối chiếu với kết quả lần trước: {text} ({source})."
HEADS = ("TT", "Họ và tên; chức danh, chức vụ", "Kết quả", "Văn bản quy định", "Theo dõi")
TO_WRITE = ("Thời hạn:", dots(6), "Ý kiến của cấp quản lý:", dots(6), dots(6))
WIDTHS = (0.06, 0.21, 0.17, 0.38, 0.18)
LONG, LONGEST = 700, 1300
"""Letters of what the law says from which on a cell has smaller ones; from which on it may be higher than a page."""


def make(papers: Papers, face: Typeface) -> bytes:
    """Return the document; it says plainly when nobody is on it."""
    styles = styles_of(papers, face)
    facts = papers.outcome.round
    about = ABOUT.format(rating=rating(facts.rules), title=facts.title)
    story: list[Flowable] = [
        *letterhead(papers, styles),
        *title_block(TITLE, about, styles),
        styles.para(TO.format(dots=dots(14)), styles.centre),
        Spacer(1, 8),
        styles.para(basis(facts.rules), styles.italic),
        *_people(papers, styles),
        Spacer(1, 6),
        *places_to_sign(recipients(papers, styles), Hand(OFFICE, hint=STAMPED), styles, above=[styles.para(NATURE)]),
    ]
    return finished(papers, f"{TITLE} {about.splitlines()[0]}", story, face)


def _people(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    outcome = papers.outcome
    rules, ballots = outcome.round.rules, outcome.ballots
    reached = [row for row in outcome.officials if row.deciding]
    counted = COUNTED.format(
        issued=known(papers, ballots.issued), returned=plain(ballots.returned), base=rules.base.words,
        count=plain(outcome.base),
    )  # fmt: skip
    if not reached:
        return [styles.para(counted), styles.para(NOBODY.format(rules=rules.number))]
    some = SOME.format(count=amount(len(reached)), rules=rules.number)
    return [styles.para(counted), styles.para(some), Spacer(1, 2), _table(outcome, reached, styles)]


def _table(outcome: Outcome, reached: list[OfficialOutcome], styles: PaperStyles) -> LongTable:
    said = [_law(outcome, row) for row in reached]
    rows = [_row(outcome, row, law, styles) for row, law in zip(reached, said, strict=True)]
    table = boxed([head_row(HEADS, styles)], rows, WIDTHS, styles)
    table.splitInRow = int(max(len("".join(law)) for law in said) > LONGEST)  # only then: it breaks rows early, too
    return table


def _row(outcome: Outcome, row: OfficialOutcome, law: list[str], styles: PaperStyles) -> list[Any]:
    official = row.official
    style = styles.cell_small if len("".join(law)) > LONG else styles.cell
    person = [
        styles.sized(official.name, styles.strong, styles.strong_small),
        styles.sized(official.position, styles.cell, styles.cell_small),
    ]
    said = [part for line in law for part in (styles.para(line, style), Spacer(1, 3))]
    blank = [part for line in TO_WRITE for part in (styles.para(line, styles.cell), Spacer(1, 3))]
    return [
        styles.para(str(row.number), styles.middle), person, styles.para(_share(outcome, row), styles.cell),
        said[:-1], blank[:-1],
    ]  # fmt: skip


def _share(outcome: Outcome, row: OfficialOutcome) -> str:
    rules, index = outcome.round.rules, level_of(outcome, _deciding(row))
    return SHARE.format(
        level=rules.levels[index].label, count=plain(row.counts[index]), percent=row.percent[index],
        base=rules.base.words,
    )  # fmt: skip


def _law(outcome: Outcome, row: OfficialOutcome) -> list[str]:
    """Return the case, its consequence, the votes it may lead to, and those for which an earlier result counts."""
    rules, deciding = outcome.round.rules, _deciding(row)
    cited = source(deciding.citation, rules)
    earlier = [t for t in rules.triggers if t.kind == REPEATED and t.threshold in row.met]
    return [
        CASE.format(words=deciding.words),
        CONSEQUENCE.format(text=lower_first(deciding.consequence), source=cited),
        *(TRIGGER.format(text=lower_first(t.words), source=_cited(t, rules)) for t in row.triggers),
        *(EARLIER.format(text=lower_first(t.words), source=_cited(t, rules)) for t in earlier),
    ]


def _cited(trigger: Trigger, rules: RuleSet) -> str:
    return source(trigger.citation, rules)


def _deciding(row: OfficialOutcome) -> Threshold:
    if row.deciding is None:
        raise ValueError("nobody without a threshold is on the list")
    return row.deciding
