"""A rule set as a whole: its fields, each read by the class of its part, and what must not be in it twice.

Here lives the reading of one legal basis from TOML or JSON. Never here: the bounds of a part (judging.py, holding.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import boolean, entries, mapping, objects, one_of, text, texts
from tally.protocol.errors import WrongShape
from tally.protocol.ruleset.holding import Criterion, Deadline, Exemption, SeveralPosts, Titles
from tally.protocol.ruleset.judging import Base, Level, Quorum, Threshold, Trigger, Voided

RATING, VOTE = "rating", "vote"
PARTY, STATE = "party", "state"
PUBLIC, RESTRICTED = "public", "restricted"
_LEVELS = {RATING: 3, VOTE: 2}
_FIELDS = (
    "id", "number", "title", "issuer", "date", "effective_from", "effective_to", "replaces", "kind", "layout", "cycle",
    "several_posts", "disclosure", "rates_neighbours", "titles",
    "bad_line_voids_ballot", "blank_line", "certain", "verify", "levels", "base", "quorum",
    "thresholds", "invalid", "triggers", "vote_rules", "exemptions", "deadlines", "criteria",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One legal basis, as data. `source` is the mapping it was read from, sealed into the manifest unchanged."""

    id: str
    number: str
    title: str
    issuer: str
    date: str
    effective_from: str
    effective_to: str
    replaces: tuple[str, ...]
    kind: str
    layout: str
    cycle: str
    several_posts: SeveralPosts
    disclosure: str
    rates_neighbours: bool
    titles: Titles
    levels: tuple[Level, ...]
    base: Base
    quorum: Quorum
    thresholds: tuple[Threshold, ...]
    invalid: tuple[Voided, ...]
    blank_line: str
    triggers: tuple[Trigger, ...]
    vote_rules: str
    exemptions: tuple[Exemption, ...]
    deadlines: tuple[Deadline, ...]
    criteria: tuple[Criterion, ...]
    bad_line_voids_ballot: bool
    certain: tuple[str, ...]
    verify: tuple[str, ...]
    source: dict[str, Any]

    @classmethod
    def parse(cls, value: Any, where: str = "rules") -> RuleSet:
        """Read a rule set from a decoded TOML or JSON mapping.

        Raises WrongShape or BadText naming the field. Source: SPEC 4.2.
        """
        m = mapping(value, where, *_FIELDS)
        levels = tuple(Level.parse(v, w) for v, w in objects(m["levels"], f"{where}.levels"))
        thresholds = tuple(Threshold.parse(v, w, levels) for v, w in objects(m["thresholds"], f"{where}.thresholds"))
        rules = cls(
            **{name: text(m[name], f"{where}.{name}") for name in ("id", "number", "title", "issuer", "date")},
            effective_from=text(m["effective_from"], f"{where}.effective_from"),
            effective_to=text(m["effective_to"], f"{where}.effective_to", empty=True),
            replaces=texts(m["replaces"], f"{where}.replaces"),
            kind=one_of(m["kind"], f"{where}.kind", RATING, VOTE),
            layout=one_of(m["layout"], f"{where}.layout", PARTY, STATE),
            cycle=text(m["cycle"], f"{where}.cycle", empty=True),
            several_posts=SeveralPosts.parse(m["several_posts"], f"{where}.several_posts"),
            disclosure=one_of(m["disclosure"], f"{where}.disclosure", PUBLIC, RESTRICTED),
            rates_neighbours=boolean(m["rates_neighbours"], f"{where}.rates_neighbours"),
            titles=Titles.parse(m["titles"], f"{where}.titles"),
            levels=levels,
            base=Base.parse(m["base"], f"{where}.base"),
            quorum=Quorum.parse(m["quorum"], f"{where}.quorum"),
            thresholds=thresholds,
            invalid=tuple(Voided.parse(v, w) for v, w in entries(m["invalid"], f"{where}.invalid")),
            blank_line=text(m["blank_line"], f"{where}.blank_line"),
            triggers=tuple(Trigger.parse(v, w, thresholds) for v, w in entries(m["triggers"], f"{where}.triggers")),
            vote_rules=text(m["vote_rules"], f"{where}.vote_rules", empty=True),
            exemptions=tuple(Exemption.parse(v, w) for v, w in entries(m["exemptions"], f"{where}.exemptions")),
            deadlines=tuple(Deadline.parse(v, w) for v, w in entries(m["deadlines"], f"{where}.deadlines")),
            criteria=tuple(Criterion.parse(v, w) for v, w in entries(m["criteria"], f"{where}.criteria")),
            bad_line_voids_ballot=boolean(m["bad_line_voids_ballot"], f"{where}.bad_line_voids_ballot"),
            certain=texts(m["certain"], f"{where}.certain"),
            verify=texts(m["verify"], f"{where}.verify"),
            source=dict(m),
        )
        rules._check_distinct(where)
        if len(levels) != _LEVELS[rules.kind]:
            raise WrongShape(f"{where}.levels", expected=f"[{_LEVELS[rules.kind]}]")
        return rules

    def _check_distinct(self, where: str) -> None:
        """Refuse two entries of one list under one key, or two levels that read alike."""
        named = {
            "levels.key": [level.key for level in self.levels],
            "levels.label": [level.label.casefold() for level in self.levels],
            "thresholds.key": [threshold.key for threshold in self.thresholds],
            "invalid.key": [voided.key for voided in self.invalid],
            "triggers.key": [trigger.key for trigger in self.triggers],
            "exemptions.key": [exemption.key for exemption in self.exemptions],
            "deadlines.key": [deadline.key for deadline in self.deadlines],
        }
        for name, values in named.items():
            if len(set(values)) != len(values):
                raise WrongShape(f"{where}.{name}", expected="≠")
