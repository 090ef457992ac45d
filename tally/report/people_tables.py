"""Tables of people with a reason: exceptions to the conflict of interest, and who is not rated in this round.

Here lives their printed form. Never here: a judgement of a reason, or a person that no record holds.
"""

from __future__ import annotations

from reportlab.platypus import LongTable

from tally.protocol.manifest import Exempt
from tally.protocol.override import OFFICES, Override
from tally.report import words
from tally.report.grid import grid
from tally.report.sheet import Styles
from tally.report.words import say


def exceptions_table(overrides: tuple[Override, ...], styles: Styles) -> LongTable:
    """Return who holds which office, why, and who allowed it."""
    rows = (
        [
            styles.para(o.name, styles.strong),
            styles.para(say(OFFICES[o.office]), styles.cell),
            styles.para(o.reason, styles.cell),
            styles.lines([o.first, o.second], styles.cell),
        ]
        for o in overrides
    )
    heads = (words.NAME, words.OFFICE, words.REASON, words.APPROVED)
    return grid(heads, (0.24, 0.18, 0.36, 0.22), rows, styles)


def exempt_table(people: tuple[Exempt, ...], styles: Styles) -> LongTable:
    """Return who holds a rated post and is not rated, why, and where the law says so."""
    rows = (
        [
            styles.sized(e.name, styles.strong, styles.strong_small),
            *(
                styles.sized(text, styles.cell, styles.cell_small)
                for text in (e.position, e.reason, e.citation or say(words.NO_CITATION))
            ),
        ]
        for e in people
    )
    heads = (words.NAME, words.POSITION, words.REASON, words.CITATION)
    return grid(heads, (0.23, 0.27, 0.30, 0.20), rows, styles)
