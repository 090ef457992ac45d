"""What is wrong with a list, or may be: each problem names its sheet, row and column and shows the cell's text.

Here lives the value. Never here: a decision what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tally.i18n import said, translate
from tally.protocol.errors import one_line

SHOWN = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to look at; row 0 and an empty column mean the whole. `reason` is an untranslated sentence."""

    sheet: str
    row: int
    column: str
    cell: str
    reason: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Return the reason in the reader's language."""
        return said(self.reason, **{name: one_line(translate(str(value))) for name, value in self.details.items()})

    def as_json(self) -> list[Any]:
        """Return the value for keeping."""
        return [self.sheet, self.row, self.column, self.cell, self.reason, self.details]


def problem(  # noqa: PLR0917 - a place from the whole to the part, and why
    sheet: str, row: int, column: str, cell: str, reason: str, details: Mapping[str, object] | None = None
) -> Problem:
    """Return a problem with its cell's text cut and made harmless to read."""
    shown = one_line(cell[:SHOWN]) + ("…" if len(cell) > SHOWN else "")
    said_of = {name: str(value)[:400] for name, value in (details or {}).items()}
    return Problem(one_line(sheet[:SHOWN]), row, one_line(column), shown, reason, said_of)
