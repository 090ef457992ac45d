"""One person's line in one round, as history keeps it, whether the round is ours or was taken over from a file.

Here live the values. Never here: a database, or a comparison of two rounds (changes.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from ballot.likeness import likeness
from tally.protocol.ruleset import THRESHOLD, RuleSet, Threshold, Trigger


@dataclass(frozen=True, slots=True)
class Held:
    """A round that was held. `place` is its body through all its names; `base` None: not known.

    `uuid` names one of ours, `past_id` one that was taken over from a file. One of ours is `final` once the committee
    has signed.
    """

    uuid: str
    past_id: int
    title: str
    body: str
    session: str
    date: str
    place: str
    rules: RuleSet
    base: int | None
    final: bool = True

    @property
    def year(self) -> str:
        """The calendar year, in which somebody may be rated in two places."""
        return self.date[:4]


@dataclass(frozen=True, slots=True)
class Rating:
    """One line of a round. A count that is None is not known, nor is `met` where a missing number leaves it open.

    `unmarked`: returned ballots that count for no level here. `person_id` is the catalogue's where it was known.
    """

    held: Held
    number: int
    name: str
    position: str
    person_id: int | None
    counts: tuple[int | None, ...]
    percent: tuple[str | None, ...]
    void: int | None
    unmarked: int | None
    met: tuple[str, ...] | None
    source: str = ""

    @property
    def posts(self) -> frozenset[str]:
        """The posts that were rated here, each as what reads alike."""
        return frozenset(likeness(part) for part in self.position.split(";") if part.strip())

    @property
    def alike(self) -> str:
        """What names that read like this one have in common; nothing where there is no name."""
        return likeness(self.name) if self.name else ""

    @property
    def deciding(self) -> Threshold | None:
        """The threshold that decides, if one is met."""
        return next((t for t in self.held.rules.thresholds if self.met and t.key in self.met), None)

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """What this round alone leads to, by the threshold that decides: words of another speak of another share."""
        deciding = self.deciding
        every = self.held.rules.triggers
        return tuple(t for t in every if deciding and t.kind == THRESHOLD and t.threshold == deciding.key)

    def count(self, key: str) -> int | None:
        """Return the count of a level by its key; None: not known, or no such level here."""
        keys = [level.key for level in self.held.rules.levels]
        return self.counts[keys.index(key)] if key in keys else None
