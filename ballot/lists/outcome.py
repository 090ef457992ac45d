"""What taking a list over does, or would do: rows that are added, there already or change something, and what is wrong.

Here live these values and their spelling for keeping. Never here: a write.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ballot.lists.problems import Problem
from ballot.lists.workbook import MOST_PROBLEMS, Row, Workbook
from tally.protocol.encoding import canonical

ADDED, SAME, CHANGED = "added", "same", "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that says something else than the catalogue, which would follow it."""

    sheet: str
    row: int
    code: str
    heading: str
    old: str
    new: str


@dataclass(slots=True)
class Outcome:
    """What happened to each row, in the order of the sheets."""

    rows: dict[str, dict[int, str]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add_problem(self, found: Problem) -> None:
        """Note a problem, up to the number that a page shows."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(found)

    def count(self, sheet: str, verdict: str) -> int:
        """Return how many rows of a sheet were added, there already or changed."""
        return sum(found == verdict for found in self.rows.get(sheet, {}).values())

    def total(self, verdict: str) -> int:
        """Return how many rows of all sheets."""
        return sum(self.count(sheet, verdict) for sheet in self.rows)


def encode(book: Workbook, outcome: Outcome) -> bytes:
    """Return a list and what it would do as canonical JSON."""
    return canonical({
        "name": book.name,
        "sheets": {title: [[row.number, row.cells] for row in rows] for title, rows in book.sheets.items()},
        "read": [[p.as_json() for p in found] for found in (book.problems, book.warnings)],
        "rows": {title: list(map(list, rows.items())) for title, rows in outcome.rows.items()},
        "changes": [[c.sheet, c.row, c.code, c.heading, c.old, c.new] for c in outcome.changes],
        "found": [[p.as_json() for p in found] for found in (outcome.problems, outcome.warnings)],
    })  # fmt: skip


def decode(kept: dict[str, Any]) -> tuple[Workbook, Outcome]:
    """Return what `encode` spelled."""
    sheets = {title: [Row(number, cells) for number, cells in rows] for title, rows in kept["sheets"].items()}
    read, found = ([[Problem(*p) for p in part] for part in kept[name]] for name in ("read", "found"))
    rows = {title: dict(pairs) for title, pairs in kept["rows"].items()}
    return Workbook(kept["name"], sheets, *read), Outcome(rows, [Change(*c) for c in kept["changes"]], *found)
