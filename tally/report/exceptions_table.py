"""The table of exceptions to the conflict of interest: who, in which office, why, allowed by whom.

Here lives its printed form. Never here: a judgement of a reason, or an exception that no record holds.
"""

from __future__ import annotations

from reportlab.platypus import LongTable

from tally.protocol.override import OFFICES, Override
from tally.report import words
from tally.report.sheet import IDENTITY, RULE, WIDTH, Styles
from tally.report.words import say

WIDTHS = (0.24, 0.18, 0.36, 0.22)


def exceptions_table(overrides: tuple[Override, ...], styles: Styles) -> LongTable:
    """Return the table; its head is repeated on each page."""
    heads = (words.NAME, words.OFFICE, words.REASON, words.APPROVED)
    rows = [
        [
            styles.para(o.name, styles.strong),
            styles.para(say(OFFICES[o.office]), styles.cell),
            styles.para(o.reason, styles.cell),
            styles.lines([o.first, o.second], styles.cell),
        ]
        for o in overrides
    ]
    return LongTable(
        [[styles.para(say(head), styles.head) for head in heads], *rows],
        colWidths=[WIDTH * part for part in WIDTHS],
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
