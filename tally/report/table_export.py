"""The result as a plain table: the same columns for every spreadsheet, and their spelling as CSV.

Here live columns and the rules of RFC 4180. Never here: a number of its own, or a cell that a spreadsheet would run.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tally.cells import safe
from tally.outcome import OfficialOutcome, Outcome
from tally.report import words
from tally.report.words import say

NUMBER, TEXT, COUNT, SHARE = "number", "text", "count", "share"
BLOCK, ID, CASE, CONSEQUENCE, TRIGGER = "Khối", "Mã", "Thuộc trường hợp", "Hệ quả", "Căn cứ bỏ phiếu tín nhiệm"
COUNT_OF = "{level} (số phiếu)"
SHARE_OF = "{level} (tỷ lệ trên {base})"
MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its head, what kind of value it holds, and that value of an official as it is printed."""

    head: str
    kind: str
    value: Callable[[OfficialOutcome], str | int]


def columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the columns of this round, in the order of result.json; forms have one only where they have names."""
    return (
        Column(say(words.ORDINAL), NUMBER, lambda row: row.number),
        *([Column(say(words.FORM), TEXT, lambda row: row.form)] if any(outcome.round.forms) else []),
        *([Column(BLOCK, TEXT, lambda row: row.block)] if any(row.block for row in outcome.officials) else []),
        Column(ID, TEXT, lambda row: row.official.id),
        Column(say(words.NAME), TEXT, lambda row: row.official.name),
        Column(say(words.POSITION), TEXT, lambda row: row.official.position),
        *_of_levels(outcome),
        Column(say(words.VOID), COUNT, lambda row: row.void),
        Column(CASE, TEXT, lambda row: row.deciding.words if row.deciding else ""),
        Column(CONSEQUENCE, TEXT, lambda row: row.deciding.consequence if row.deciding else ""),
        Column(say(words.CITATION), TEXT, lambda row: row.deciding.citation if row.deciding else ""),
        Column(TRIGGER, TEXT, trigger_words),
    )


def trigger_words(row: OfficialOutcome) -> str:
    """Return what leads to a vote with two choices; a lower threshold that does not decide leads nowhere."""
    return "; ".join(t.words for t in row.triggers)


def _of_levels(outcome: Outcome) -> Iterator[Column]:
    def count(row: OfficialOutcome, index: int) -> int:
        return row.counts[index]

    def share(row: OfficialOutcome, index: int) -> str:
        return row.percent[index]

    base = outcome.round.rules.base.words
    for index, level in enumerate(outcome.round.rules.levels):
        yield Column(COUNT_OF.format(level=level.label), COUNT, partial(count, index=index))
        yield Column(SHARE_OF.format(level=level.label, base=base), SHARE, partial(share, index=index))


def csv_file(outcome: Outcome, *, mark: bool = True) -> bytes:
    """Return the table as CSV: commas, every cell quoted, lines ended by CR LF. Source: RFC 4180.

    `mark` puts the mark of UTF-8 before it, without which Excel misreads it.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table = columns(outcome)
    writer.writerow([safe(column.head) for column in table])
    for row in outcome.officials:
        writer.writerow([safe(str(column.value(row))) for column in table])
    return f"{MARK if mark else ''}{out.getvalue()}".encode()
