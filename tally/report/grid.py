"""A plain table of the report: a head between two lines of the identity's colour, rows between thin rules.

Here lives its look. Never here: what a cell says.
"""

from __future__ import annotations

from collections.abc import Iterable

from reportlab.platypus import Flowable, LongTable

from tally.report.sheet import IDENTITY, RULE, WIDTH, Styles
from tally.report.words import say


def grid(
    heads: tuple[str, ...], widths: tuple[float, ...], rows: Iterable[list[Flowable]], styles: Styles
) -> LongTable:
    """Return the table; its head is repeated on each page."""
    return LongTable(
        [[styles.para(say(head), styles.head) for head in heads], *rows],
        colWidths=[WIDTH * part for part in widths],
        repeatRows=1,
        style=[
            ("FONTNAME", (0, 0), (-1, -1), styles.face.regular),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEABOVE", (0, 0), (-1, 0), 1.2, IDENTITY),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, IDENTITY),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ],
    )
