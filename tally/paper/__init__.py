"""Rounds that were counted on paper: read from a table, judged by their rule sets from the counts alone.

Here live the reading, the arithmetic and what is found wrong. Never here: a belief in a percentage that somebody wrote.

    rounds = read(raw, "2014.csv")              # bytes -> PaperRound, ...      Refused naming line and column
    judged = tuple(map(judge, rounds))          # percentages, void lines, thresholds, what contradicts what
    outcome = outcome_of(judged[0])             # a round with every counter, as documents need it

The columns stand in SPEC 4.19.
"""

from __future__ import annotations

from tally.paper.judged import JudgedLine, JudgedRound, judge
from tally.paper.outcome import outcome_of
from tally.paper.published import Checked, Published, Summary
from tally.paper.rounds import Counters, PaperLine, PaperRound, read

__all__ = [
    "Checked", "Counters", "JudgedLine", "JudgedRound", "PaperLine", "PaperRound", "Published", "Summary", "judge",
    "outcome_of", "read",
]  # fmt: skip
