"""The neutral sentences of a result whose numbers tell more than sums: a unanimous row, very few ballots.

Here lives when they are due. Never here: a threshold, or a judgement of anybody (threats D2, D5, D6).
"""

from __future__ import annotations

from tally.outcome import Outcome
from tally.report import words
from tally.report.words import say

FEW_BALLOTS = 10


def unanimous(outcome: Outcome) -> str:
    """Return the sentence of a result in which all ballots agree on a row, or none holds a level with consequences."""
    rules, returned = outcome.round.rules, outcome.ballots.returned
    watched = [i for i, level in enumerate(rules.levels) if any(t.level == level.key for t in rules.thresholds)]
    telling = any(returned in row.counts or any(not row.counts[i] for i in watched) for row in outcome.officials)
    return say(words.UNANIMOUS) if returned and telling else ""


def few(outcome: Outcome) -> str:
    """Return the sentence of a result of very few ballots, or nothing."""
    returned = outcome.ballots.returned
    return say(words.FEW, count=returned) if 0 < returned < FEW_BALLOTS else ""
