"""Rows of a table of officials under the headings of their forms and blocks, in ballot order.

Here lives where a heading stands and how it spans the row. Never here: what a row says of an official.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable

from tally.outcome import OfficialOutcome
from tally.report.headings import Heading, headed
from tally.report.sheet import LONG, Styles

SHADE = HexColor("#EDEDED")
Cells = Callable[[OfficialOutcome], Sequence[Any]]


def under_headings(
    officials: Iterable[OfficialOutcome], cells: Cells, styles: Styles, *, above: int, style: ParagraphStyle
) -> tuple[list[list[Any]], list[tuple[Any, ...]]]:
    """Return the rows, and the commands that let each heading span its row and keep it with the next one.

    `above` rows stand over these in the table; `style` is that of a heading.
    """
    rows: list[list[Any]] = []
    commands: list[tuple[Any, ...]] = []
    for headings, official in headed(officials):
        made = list(cells(official))
        for heading in headings:
            at = above + len(rows)
            rows.append([_text(heading, styles, style), *[""] * (len(made) - 1)])
            commands += [("SPAN", (0, at), (-1, at)), ("BACKGROUND", (0, at), (-1, at), SHADE)]
            if len(heading.text) <= LONG:  # a longer one may not find a page that holds it with what follows
                commands.append(("NOSPLIT", (0, at), (0, at + 1)))
        rows.append(made)
    return rows, commands


def _text(heading: Heading, styles: Styles, style: ParagraphStyle) -> Flowable:
    return styles.sized(heading.text.upper() if heading.is_form else heading.text, style, styles.strong_small)
