"""Votes that add up: one list of choices per ballot, whose columns are exactly the wanted counts.

Here lives the drawing of marks. Never here: a cipher.
"""

from __future__ import annotations

import secrets

from ballot.demo.scenario import Scenario

Choices = tuple[tuple[int, ...], ...]
LEVELS = 3


def draw(scenario: Scenario) -> list[Choices]:
    """Return one ballot's choices per returned ballot: for each official three 0/1 marks, none for a void line."""
    columns = []
    for row in scenario.rows:
        column = [mark(level) for level, count in enumerate(row.counts) for _ in range(count)]
        column += [mark(None)] * scenario.voids(row)
        secrets.SystemRandom().shuffle(column)
        columns.append(column)
    return [tuple(column[ballot] for column in columns) for ballot in range(scenario.returned)]


def mark(level: int | None) -> tuple[int, ...]:
    """Return the marks of one line: a 1 at `level`, or nothing."""
    return tuple(int(place == level) for place in range(LEVELS))
