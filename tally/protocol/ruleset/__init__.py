"""A rule set as a value: levels, percent base, thresholds, triggers and texts of one legal basis.

Here lives its strict reading. Never here: a rule of any particular law (tally/rules/*.toml).

    whole.py     the rule set: kind, layout, disclosure, and the order of its parts
    judging.py   the parts by which a count is judged
    holding.py   the parts by which a round is held

The whole rule set of a round is sealed into its manifest, so that a later edit of the data changes no earlier round.
SPEC 4.2.
"""

from __future__ import annotations

from tally.protocol.ruleset.holding import (
    APPOINTED_IN_YEAR,
    MONTHS_IN_POST,
    OPERATOR,
    STATUS,
    Deadline,
    Exemption,
    SeveralPosts,
)
from tally.protocol.ruleset.judging import (
    DELEGATES,
    REPEATED,
    THRESHOLD,
    Quorum,
    Threshold,
    Trigger,
)
from tally.protocol.ruleset.whole import PARTY, PUBLIC, RATING, RESTRICTED, STATE, VOTE, RuleSet

__all__ = [
    "APPOINTED_IN_YEAR", "DELEGATES", "MONTHS_IN_POST", "OPERATOR", "PARTY", "PUBLIC", "RATING", "REPEATED",
    "RESTRICTED", "STATE", "STATUS", "THRESHOLD", "VOTE", "Deadline", "Exemption", "Quorum", "RuleSet", "SeveralPosts",
    "Threshold", "Trigger",
]  # fmt: skip
