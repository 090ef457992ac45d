"""The table of a report: one row per official, in ballot order, under the headings of forms and blocks.

Here lives the printed form of counts and percentages. Never here: how they come about (tally/outcome.py).
"""

from __future__ import annotations

from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import LongTable, TableStyle

from tally.outcome import OfficialOutcome, Outcome
from tally.report import words
from tally.report.headings import Heading, headed
from tally.report.sheet import GROUND, IDENTITY, LONG, RULE, WIDTH, Styles
from tally.report.words import say

ORDINAL, COUNT, SHARE, VOID = 22.0, 32.0, 40.0, 34.0
HEAD_ROWS = 2


def results_table(outcome: Outcome, styles: Styles) -> LongTable:
    """Return the table; it repeats its head on each page and keeps headings with the row below them."""
    rows, headings = _body(outcome, styles)
    return LongTable(
        [*_head(outcome, styles), *rows],
        colWidths=_widths(len(outcome.round.rules.levels)),
        repeatRows=HEAD_ROWS,
        style=_style(len(outcome.round.rules.levels), headings, styles.face.regular),
    )


def _widths(levels: int) -> list[float]:
    rest = WIDTH - ORDINAL - VOID - levels * (COUNT + SHARE)
    return [ORDINAL, rest * 0.47, rest * 0.53, *[COUNT, SHARE] * levels, VOID]


def _head(outcome: Outcome, styles: Styles) -> list[list[Any]]:
    levels = outcome.round.rules.levels
    upper: list[Any] = [styles.para(say(text), styles.head) for text in (words.ORDINAL, words.NAME, words.POSITION)]
    lower: list[Any] = ["", "", ""]
    for level in levels:
        upper += [styles.para(level.label, styles.head), ""]
        lower += [styles.para(say(words.COUNT), styles.head), styles.para(say(words.SHARE), styles.head)]
    return [[*upper, styles.para(say(words.VOID), styles.head)], [*lower, ""]]


def _body(outcome: Outcome, styles: Styles) -> tuple[list[list[Any]], dict[int, Heading]]:
    """Return the rows and, by place from the top of the table, which of them are headings."""
    columns = 4 + 2 * len(outcome.round.rules.levels)
    rows: list[list[Any]] = []
    places: dict[int, Heading] = {}
    for headings, row in headed(outcome.officials):
        for heading in headings:
            places[HEAD_ROWS + len(rows)] = heading
            style, small = _heading_styles(heading, styles)
            rows.append([styles.sized(heading.text, style, small), *[""] * (columns - 1)])
        rows.append(_row(row, styles))
    return rows, places


def _heading_styles(heading: Heading, styles: Styles) -> tuple[ParagraphStyle, ParagraphStyle]:
    return (styles.form, styles.form_small) if heading.is_form else (styles.strong, styles.strong_small)


def _row(row: OfficialOutcome, styles: Styles) -> list[Any]:
    cells = [
        styles.para(str(row.number), styles.number),
        styles.sized(row.official.name, styles.strong, styles.strong_small),
        styles.sized(row.official.position, styles.cell, styles.cell_small),
    ]
    for count, share in zip(row.counts, row.percent, strict=True):
        cells += [styles.para(str(count), styles.number), styles.para(share, styles.number)]
    return [*cells, styles.para(str(row.void), styles.number)]


def _style(levels: int, headings: dict[int, Heading], font: str) -> TableStyle:
    last_head = HEAD_ROWS - 1
    commands: list[tuple[Any, ...]] = [
        ("FONTNAME", (0, 0), (-1, -1), font),
        ("VALIGN", (0, 0), (-1, last_head), "MIDDLE"),
        ("VALIGN", (0, HEAD_ROWS), (-1, -1), "TOP"),
        ("LINEABOVE", (0, 0), (-1, 0), 1.2, IDENTITY),
        ("LINEBELOW", (0, last_head), (-1, last_head), 0.8, IDENTITY),
        ("LINEBELOW", (0, HEAD_ROWS), (-1, -1), 0.4, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
        *(("SPAN", (column, 0), (column, last_head)) for column in (0, 1, 2, -1)),
        *(("SPAN", (3 + 2 * level, 0), (4 + 2 * level, 0)) for level in range(levels)),
        *(("LINEBEFORE", (3 + 2 * level, 0), (3 + 2 * level, -1), 0.4, RULE) for level in range(levels)),
        ("LINEBEFORE", (-1, 0), (-1, -1), 0.4, RULE),
    ]
    for row, heading in headings.items():
        commands.append(("SPAN", (0, row), (-1, row)))
        if heading.is_form:
            commands.append(("LINEABOVE", (0, row), (-1, row), 0.8, IDENTITY))
        else:
            commands.append(("BACKGROUND", (0, row), (-1, row), GROUND))
        if len(heading.text) <= LONG:  # longer ones may not find a page that holds them together with what follows
            commands.append(("NOSPLIT", (0, row), (0, row + 1)))
    return TableStyle(commands)
