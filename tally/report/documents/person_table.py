"""The table of a result as official documents print it: a row per official, under the headings of forms and blocks.

Here lives its form. Never here: a count or a percentage of its own (tally/outcome.py).
"""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Flowable, LongTable

from tally.outcome import OfficialOutcome, Outcome
from tally.report.documents.paper_styles import PaperStyles, boxed
from tally.report.documents.parts import plain
from tally.report.documents.people_rows import under_headings
from tally.report.sheet import WIDTH

ORDINAL, PERSON = "TT", "Họ và tên; chức danh, chức vụ"
VALID_LINES, VOID_LINES = "Dòng hợp lệ", "Dòng không hợp lệ"
COUNT, SHARE = "Số phiếu", "%"
NUMBER_WIDTH, LINES_WIDTH, COUNT_WIDTH, SHARE_WIDTH = 22.0, 36.0, 33.0, 39.0


def person_table(outcome: Outcome, styles: PaperStyles, *, lines: bool) -> LongTable:
    """Return the table; with `lines` it also tells each one's valid and void lines."""
    levels = len(outcome.round.rules.levels)
    rows, commands = under_headings(
        outcome.officials, lambda row: _cells(outcome, row, styles, lines=lines), styles, above=2, style=styles.strong
    )
    single = range(4 if lines else 2)
    spans = [("SPAN", (column, 0), (column, 1)) for column in single]
    spans += [("SPAN", (len(single) + 2 * i, 0), (len(single) + 2 * i + 1, 0)) for i in range(levels)]
    return boxed(
        _heads(outcome, styles, lines=lines), rows, _widths(levels, lines=lines), styles, extra=spans + commands
    )


def _widths(levels: int, *, lines: bool) -> list[float]:
    fixed = [LINES_WIDTH] * 2 * lines + [COUNT_WIDTH, SHARE_WIDTH] * levels
    rest = WIDTH - NUMBER_WIDTH - sum(fixed)
    return [width / WIDTH for width in (NUMBER_WIDTH, rest, *fixed)]


def _heads(outcome: Outcome, styles: PaperStyles, *, lines: bool) -> list[list[Any]]:
    single = (ORDINAL, PERSON, *((VALID_LINES, VOID_LINES) if lines else ()))
    upper: list[Any] = [styles.para(text, styles.head_close) for text in single]
    lower: list[Any] = [""] * len(upper)
    for level in outcome.round.rules.levels:
        upper += [styles.sized(level.label, styles.head_close, styles.strong_small), ""]
        lower += [styles.para(text, styles.head_close) for text in (COUNT, SHARE)]
    return [upper, lower]


def _cells(outcome: Outcome, row: OfficialOutcome, styles: PaperStyles, *, lines: bool) -> list[Any]:
    person: list[Flowable] = [
        styles.sized(row.official.name, styles.strong, styles.strong_small),
        styles.sized(row.official.position, styles.post, styles.cell_small),
    ]
    cells: list[Any] = [styles.para(str(row.number), styles.middle), person]
    numbers = [plain(outcome.ballots.valid - row.void), plain(row.void)] if lines else []
    for count, share in zip(row.counts, row.percent, strict=True):
        numbers += [plain(count), share]
    return [*cells, *(styles.para(number, styles.figure) for number in numbers)]
