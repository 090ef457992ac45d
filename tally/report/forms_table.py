"""The counters of each form (*loại phiếu*) of a round that has several.

Here lives their table. Never here: a count of its own; forms are parts of one ballot, so all have the round's numbers.
"""

from __future__ import annotations

from collections import Counter

from reportlab.platypus import Flowable, Spacer

from tally.outcome import Outcome
from tally.report import words
from tally.report.grid import grid
from tally.report.sheet import Styles
from tally.report.words import say

WIDTHS = (0.35, 0.15, 0.12, 0.12, 0.12, 0.14)


def forms(outcome: Outcome, styles: Styles) -> list[Flowable]:
    """Return the table and why its numbers are equal; nothing for a single form."""
    ballots, names = outcome.ballots, outcome.round.forms
    if len(names) < 2:
        return []
    rated = Counter(row.form for row in outcome.officials)
    counts = (ballots.issued, ballots.returned, ballots.valid, ballots.invalid)
    rows = [
        [
            styles.sized(name, styles.strong, styles.strong_small),
            *(styles.para(str(n), styles.number) for n in (rated[name], *counts)),
        ]
        for name in names
    ]
    heads = (words.FORM, words.RATED, words.ISSUED, words.RETURNED, words.VALID, words.INVALID)
    note = styles.para(say(words.FORMS_NOTE), styles.small)
    return [Spacer(1, 6), grid(heads, WIDTHS, rows, styles), Spacer(1, 4), note]
