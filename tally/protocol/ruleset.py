"""A rule set as a value: levels, percent base, thresholds and texts of one legal basis.

Here lives the shape of the data and its strict reading. Never here: a rule of any particular law (tally/rules/*.toml).

The whole rule set of a round is sealed into its manifest, so that a later edit of the data changes no earlier round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import array, boolean, integer, mapping, objects, text, texts
from tally.protocol.errors import WrongShape

RETURNED = "returned"
DELEGATES = "delegates"
RATING = "rating"
VOTE = "vote"
LEVELS = {RATING: 3, VOTE: 2}
STATUS, APPOINTED_IN_YEAR, MONTHS_IN_POST, OPERATOR = "status", "appointed_in_year", "months_in_post", "operator"
EXEMPTION_KINDS = (STATUS, APPOINTED_IN_YEAR, MONTHS_IN_POST, OPERATOR)
MOST_MONTHS = 120
_MONTHS = re.compile(r"[1-9][0-9]{0,2}\Z")


@dataclass(frozen=True, slots=True)
class Level:
    """One answer of the ballot, e.g. key `high`, label *Tín nhiệm cao*."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Base:
    """What a percentage is a share of: `returned` ballots or all `delegates`, with its words for the documents."""

    kind: str
    words: str
    citation: str


@dataclass(frozen=True, slots=True)
class Quorum:
    """Present of summoned, as a fraction."""

    numerator: int
    denominator: int
    citation: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of the base at which a level has a legal consequence."""

    key: str
    level: str
    numerator: int
    denominator: int
    strict: bool
    words: str
    consequence: str
    citation: str

    def is_met(self, *, count: int, base: int) -> bool:
        """Say whether `count` of `base` reaches the share; integers only, and never for an empty base."""
        have, need = count * self.denominator, base * self.numerator
        return base > 0 and (have > need if self.strict else have >= need)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Who holds a rated post and is not rated.

    `kind` says how it is found: `status` of the appointment is `value`; `months_in_post` fewer than `value`;
    `appointed_in_year` of the round; `operator`: written down by an organiser; the last two have an empty `value`.
    """

    key: str
    kind: str
    value: str
    words: str
    citation: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """What must be done by whom, at least `days` before the session."""

    key: str
    days: int
    act: str
    by: str
    citation: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A group of criteria (tiêu chí) for the voters to read."""

    title: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One legal basis, as data. `source` is the mapping it was read from, sealed into the manifest unchanged."""

    id: str
    number: str
    title: str
    issuer: str
    date: str
    kind: str
    levels: tuple[Level, ...]
    base: Base
    quorum: Quorum
    thresholds: tuple[Threshold, ...]
    exemptions: tuple[Exemption, ...]
    deadlines: tuple[Deadline, ...]
    criteria: tuple[Criterion, ...]
    bad_line_voids_ballot: bool
    verify: tuple[str, ...]
    source: dict[str, Any]

    @classmethod
    def parse(cls, value: Any, where: str = "rules") -> RuleSet:
        """Read a rule set from a decoded TOML or JSON mapping.

        Raises WrongShape or BadText naming the field. Source: SPEC 4.2.
        """
        m = mapping(value, where, *_FIELDS)
        base = mapping(m["base"], f"{where}.base", "kind", "words", "citation")
        quorum = mapping(m["quorum"], f"{where}.quorum", "numerator", "denominator", "citation")
        levels = tuple(_level(v, w) for v, w in objects(m["levels"], f"{where}.levels"))
        rules = cls(
            id=text(m["id"], f"{where}.id"),
            number=text(m["number"], f"{where}.number"),
            title=text(m["title"], f"{where}.title"),
            issuer=text(m["issuer"], f"{where}.issuer"),
            date=text(m["date"], f"{where}.date"),
            kind=_one_of(m["kind"], f"{where}.kind", RATING, VOTE),
            levels=levels,
            base=Base(
                _one_of(base["kind"], f"{where}.base.kind", RETURNED, DELEGATES),
                text(base["words"], f"{where}.base.words"),
                text(base["citation"], f"{where}.base.citation", empty=True),
            ),
            quorum=Quorum(
                integer(quorum["numerator"], f"{where}.quorum.numerator", 1, 100),
                integer(quorum["denominator"], f"{where}.quorum.denominator", 1, 100),
                text(quorum["citation"], f"{where}.quorum.citation", empty=True),
            ),
            thresholds=tuple(_threshold(v, w, levels) for v, w in objects(m["thresholds"], f"{where}.thresholds")),
            exemptions=tuple(_exemption(v, w) for v, w in _entries(m["exemptions"], f"{where}.exemptions")),
            deadlines=tuple(_deadline(v, w) for v, w in _entries(m["deadlines"], f"{where}.deadlines")),
            criteria=tuple(_criterion(v, w) for v, w in _entries(m["criteria"], f"{where}.criteria")),
            bad_line_voids_ballot=boolean(m["bad_line_voids_ballot"], f"{where}.bad_line_voids_ballot"),
            verify=texts(m["verify"], f"{where}.verify"),
            source=dict(m),
        )
        named = {
            "levels.key": [level.key for level in levels],
            "levels.label": [level.label.casefold() for level in levels],
            "thresholds.key": [threshold.key for threshold in rules.thresholds],
            "exemptions.key": [exemption.key for exemption in rules.exemptions],
            "deadlines.key": [deadline.key for deadline in rules.deadlines],
        }
        for name, values in named.items():
            if len(set(values)) != len(values):
                raise WrongShape(f"{where}.{name}", expected="≠")
        if len(levels) != LEVELS[rules.kind]:
            raise WrongShape(f"{where}.levels", expected=f"[{LEVELS[rules.kind]}]")
        if rules.quorum.numerator > rules.quorum.denominator:
            raise WrongShape(f"{where}.quorum", expected="≤ 1")
        text(m["effective_from"], f"{where}.effective_from")
        text(m["effective_to"], f"{where}.effective_to", empty=True)
        texts(m["replaces"], f"{where}.replaces")
        return rules


_FIELDS = (
    "id", "number", "title", "issuer", "date", "effective_from", "effective_to", "replaces", "kind",
    "bad_line_voids_ballot", "verify", "levels", "base", "quorum", "thresholds", "exemptions", "deadlines", "criteria",
)  # fmt: skip


def _entries(value: Any, where: str) -> Iterator[tuple[Any, str]]:
    """Yield the entries of an array that may be empty, each with its place."""
    for number, entry in enumerate(array(value, where)):
        yield entry, f"{where}[{number}]"


def _exemption(value: Any, where: str) -> Exemption:
    m = mapping(value, where, "key", "kind", "value", "words", "citation")
    kind = _one_of(m["kind"], f"{where}.kind", *EXEMPTION_KINDS)
    found = text(m["value"], f"{where}.value", empty=kind in (APPOINTED_IN_YEAR, OPERATOR))
    if kind in (APPOINTED_IN_YEAR, OPERATOR) and found:
        raise WrongShape(f"{where}.value", expected="")
    if kind == MONTHS_IN_POST and not (_MONTHS.match(found) and int(found) <= MOST_MONTHS):
        raise WrongShape(f"{where}.value", expected=f"1…{MOST_MONTHS}")
    return Exemption(
        key=text(m["key"], f"{where}.key"),
        kind=kind,
        value=found,
        words=text(m["words"], f"{where}.words"),
        citation=text(m["citation"], f"{where}.citation", empty=True),
    )


def _deadline(value: Any, where: str) -> Deadline:
    m = mapping(value, where, "key", "days", "act", "by", "citation")
    return Deadline(
        key=text(m["key"], f"{where}.key"),
        days=integer(m["days"], f"{where}.days", 0, 400),
        act=text(m["act"], f"{where}.act"),
        by=text(m["by"], f"{where}.by"),
        citation=text(m["citation"], f"{where}.citation", empty=True),
    )


def _criterion(value: Any, where: str) -> Criterion:
    m = mapping(value, where, "title", "points")
    return Criterion(text(m["title"], f"{where}.title"), texts(m["points"], f"{where}.points"))


def _one_of(value: Any, where: str, *choices: str) -> str:
    if value not in choices:
        raise WrongShape(where, expected=" / ".join(choices))
    return str(value)


def _level(value: Any, where: str) -> Level:
    m = mapping(value, where, "key", "label")
    return Level(text(m["key"], f"{where}.key"), text(m["label"], f"{where}.label"))


def _threshold(value: Any, where: str, levels: tuple[Level, ...]) -> Threshold:
    names = ("key", "level", "numerator", "denominator", "strict", "words", "consequence", "citation")
    m = mapping(value, where, *names)
    numerator = integer(m["numerator"], f"{where}.numerator", 1, 100)
    return Threshold(
        key=text(m["key"], f"{where}.key"),
        level=_one_of(m["level"], f"{where}.level", *(level.key for level in levels)),
        numerator=numerator,
        denominator=integer(m["denominator"], f"{where}.denominator", numerator, 100),
        strict=boolean(m["strict"], f"{where}.strict"),
        words=text(m["words"], f"{where}.words"),
        consequence=text(m["consequence"], f"{where}.consequence"),
        citation=text(m["citation"], f"{where}.citation", empty=True),
    )
