"""Rule sets as an organiser chooses them: by number and date, in force on a day, with what nobody compared yet.

Here lives what follows from a rule set's own words. Never here: the rule sets (catalogue/), or one of them by name.
"""

from __future__ import annotations

from dataclasses import dataclass

from ballot.catalogue.rule_books import Shelf
from tally.protocol.ruleset import RESTRICTED, RuleSet, SeveralPosts


@dataclass(frozen=True, slots=True)
class Legal:
    """A rule set with the days from which and until which it holds; an empty `until`: still."""

    rules: RuleSet
    since: str
    until: str

    def in_force(self, day: str) -> bool:
        """Say whether it holds on a day; the last day counts."""
        return self.since <= day and (not self.until or day <= self.until)


def all_of_them(shelf: Shelf) -> list[Legal]:
    """Return the rule sets that hold in an organisation, the newest first."""
    found = [load(shelf, name) for name in shelf.names()]
    return sorted(found, key=lambda legal: legal.rules.date, reverse=True)


def load(shelf: Shelf, rule_set_id: str) -> Legal:
    """Return one rule set. Raises UnknownRuleSet."""
    read = shelf.load(rule_set_id)
    return Legal(read, read.effective_from, read.effective_to)


def proposed_disclosure(shelf: Shelf, rule_set_id: str) -> str:
    """Return who should see the result unless an organiser decides otherwise: by default not everybody."""
    return shelf.load(rule_set_id).disclosure if rule_set_id else RESTRICTED


def most_places(shelf: Shelf, rule_set_id: str) -> SeveralPosts | None:
    """Return in how many places one person may be rated in a year, where the rules say more than one; else nothing."""
    found = shelf.load(rule_set_id).several_posts
    return found if found.most > 1 else None
