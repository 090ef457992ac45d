"""What stands above an official in a table or a chart: the form where there is one with a name, and the block.

Here lives where headings begin. Never here: how they look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tally.outcome import OfficialOutcome


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above officials; `is_form` if it names their form (*loại phiếu*), else their block (*khối*)."""

    text: str
    is_form: bool


def headed(rows: Iterable[OfficialOutcome]) -> Iterator[tuple[tuple[Heading, ...], OfficialOutcome]]:
    """Yield each row with the headings that begin there; a block that has its form's name has no second heading."""
    form, block = "", ""
    for row in rows:
        begun = []
        if row.form != form and row.form:
            begun.append(Heading(row.form, is_form=True))
        if (row.form, row.block) != (form, block) and row.block != row.form:
            begun.append(Heading(row.block, is_form=False))
        form, block = row.form, row.block
        yield tuple(begun), row
