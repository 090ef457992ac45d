"""Rule sets as an organiser chooses them: by number and date, in force on a day, with what nobody compared yet.

Here lives what follows from a rule set's own words, and what this project proposes for each. Never here: the rule sets.
"""

from __future__ import annotations

from dataclasses import dataclass

from tally import rules
from tally.protocol.manifest import PUBLIC, RESTRICTED
from tally.protocol.ruleset import RuleSet

PROPOSED_DISCLOSURE = {"QD96_2023": RESTRICTED, "NQ96_2023": PUBLIC}
MOST_PLACES = {"QD96_2023": (2, "khoản 3 Điều 1")}
"""In how many places one person may be rated in a year, and where that stands."""

RATES_NEIGHBOURS = ("NQ96_2023",)
"""Rule sets under which a council rates people of the bodies beside it, since it elects them."""
OF_THE_PARTY = ("QD96_2023",)
"""Rule sets whose documents bear the Party's heading; those of the state bear the nation's name and motto."""


@dataclass(frozen=True, slots=True)
class Legal:
    """A rule set with the days from which and until which it holds; an empty `until`: still."""

    rules: RuleSet
    since: str
    until: str

    def in_force(self, day: str) -> bool:
        """Say whether it holds on a day; the last day counts."""
        return self.since <= day and (not self.until or day <= self.until)


def all_of_them() -> list[Legal]:
    """Return the rule sets that ship with the project, the newest first."""
    found = [load(name) for name in rules.names()]
    return sorted(found, key=lambda legal: (legal.rules.date, legal.rules.id), reverse=True)


def load(rule_set_id: str) -> Legal:
    """Return one rule set. Raises UnknownRuleSet."""
    read = rules.load(rule_set_id)
    return Legal(read, str(read.source["effective_from"]), str(read.source["effective_to"]))


def proposed_disclosure(rule_set_id: str) -> str:
    """Return who should see the result unless an organiser decides otherwise: by default not everybody."""
    return PROPOSED_DISCLOSURE.get(rule_set_id, RESTRICTED)
