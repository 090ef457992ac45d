"""The parts of a rule set as values, and the strict reading of each.

Here live their shapes and bounds. Never here: what a law says (tally/rules/*.toml), or the rule set as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import array, boolean, integer, mapping, text, texts
from tally.protocol.errors import WrongShape

RETURNED = "returned"
DELEGATES = "delegates"
RATING = "rating"
VOTE = "vote"
LEVELS = {RATING: 3, VOTE: 2}
PARTY, STATE = "party", "state"
PUBLIC, RESTRICTED = "public", "restricted"
THRESHOLD, REPEATED, INITIATIVE, BODY = "threshold", "repeated", "initiative", "body"
TRIGGER_KINDS = (THRESHOLD, REPEATED, INITIATIVE, BODY)
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
class Voided:
    """What makes a paper ballot invalid as a whole (*phiếu không hợp lệ*), with its source."""

    key: str
    words: str
    citation: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """What leads to a vote with two choices (*bỏ phiếu tín nhiệm*).

    `kind`: `threshold` (the named threshold of this rating is met), `repeated` (it is met in two ratings in a row),
    `initiative` (numerator/denominator or more of all delegates ask for it), `body` (those named in `words` ask).
    Only the first two name a `threshold`; only an initiative has a share other than 0/1.
    """

    key: str
    kind: str
    threshold: str
    numerator: int
    denominator: int
    words: str
    citation: str


@dataclass(frozen=True, slots=True)
class SeveralPosts:
    """How somebody with several posts is rated: in at most `most` places (0: no number is set), in words, by law."""

    most: int
    words: str
    citation: str


@dataclass(frozen=True, slots=True)
class Titles:
    """What the documents of a round are called; an empty one is not made under these rules."""

    ballot: str
    minutes: str
    report: str
    resolution: str


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


def entries(value: Any, where: str) -> Iterator[tuple[Any, str]]:
    """Yield the entries of an array that may be empty, each with its place."""
    for number, entry in enumerate(array(value, where)):
        yield entry, f"{where}[{number}]"


def read_base(value: Any, where: str) -> Base:
    """Read the base of percentages."""
    m = mapping(value, where, "kind", "words", "citation")
    return Base(
        one_of(m["kind"], f"{where}.kind", RETURNED, DELEGATES),
        text(m["words"], f"{where}.words"),
        text(m["citation"], f"{where}.citation", empty=True),
    )


def read_quorum(value: Any, where: str) -> Quorum:
    """Read a quorum."""
    m = mapping(value, where, "numerator", "denominator", "citation")
    numerator = integer(m["numerator"], f"{where}.numerator", 1, 100)
    denominator = integer(m["denominator"], f"{where}.denominator", 1, 100)
    if numerator > denominator:
        raise WrongShape(where, expected="≤ 1")
    return Quorum(numerator, denominator, text(m["citation"], f"{where}.citation", empty=True))


def read_titles(value: Any, where: str) -> Titles:
    """Read what documents are called."""
    m = mapping(value, where, "ballot", "minutes", "report", "resolution")
    names = ("ballot", "minutes", "report")
    required = {name: text(m[name], f"{where}.{name}", limit=200) for name in names}
    return Titles(**required, resolution=text(m["resolution"], f"{where}.resolution", empty=True, limit=200))


def read_several_posts(value: Any, where: str) -> SeveralPosts:
    """Read how somebody with several posts is rated."""
    m = mapping(value, where, "most", "words", "citation")
    return SeveralPosts(
        integer(m["most"], f"{where}.most", 0, 9),
        text(m["words"], f"{where}.words"),
        text(m["citation"], f"{where}.citation", empty=True),
    )


def read_voided(value: Any, where: str) -> Voided:
    """Read a reason that makes a paper ballot invalid."""
    m = mapping(value, where, "key", "words", "citation")
    citation = text(m["citation"], f"{where}.citation", empty=True)
    return Voided(text(m["key"], f"{where}.key"), text(m["words"], f"{where}.words"), citation)


def read_trigger(value: Any, where: str, thresholds: tuple[Threshold, ...]) -> Trigger:
    """Read what leads to a vote with two choices."""
    m = mapping(value, where, "key", "kind", "threshold", "numerator", "denominator", "words", "citation")
    kind = one_of(m["kind"], f"{where}.kind", *TRIGGER_KINDS)
    named = [t.key for t in thresholds] if kind in (THRESHOLD, REPEATED) else [""]
    least = 1 if kind == INITIATIVE else 0
    denominator = integer(m["denominator"], f"{where}.denominator", 1, 100 if least else 1)
    return Trigger(
        key=text(m["key"], f"{where}.key"),
        kind=kind,
        threshold=one_of(m["threshold"], f"{where}.threshold", *named),
        numerator=integer(m["numerator"], f"{where}.numerator", least, denominator if least else 0),
        denominator=denominator,
        words=text(m["words"], f"{where}.words"),
        citation=text(m["citation"], f"{where}.citation", empty=True),
    )


def read_exemption(value: Any, where: str) -> Exemption:
    """Read an exemption."""
    m = mapping(value, where, "key", "kind", "value", "words", "citation")
    kind = one_of(m["kind"], f"{where}.kind", *EXEMPTION_KINDS)
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


def read_deadline(value: Any, where: str) -> Deadline:
    """Read a deadline."""
    m = mapping(value, where, "key", "days", "act", "by", "citation")
    return Deadline(
        key=text(m["key"], f"{where}.key"),
        days=integer(m["days"], f"{where}.days", 0, 400),
        act=text(m["act"], f"{where}.act"),
        by=text(m["by"], f"{where}.by"),
        citation=text(m["citation"], f"{where}.citation", empty=True),
    )


def read_criterion(value: Any, where: str) -> Criterion:
    """Read a group of criteria."""
    m = mapping(value, where, "title", "points")
    return Criterion(text(m["title"], f"{where}.title"), texts(m["points"], f"{where}.points"))


def one_of(value: Any, where: str, *choices: str) -> str:
    """Return one of the named choices."""
    if value not in choices:
        raise WrongShape(where, expected=" / ".join(choices))
    return str(value)


def read_level(value: Any, where: str) -> Level:
    """Read a level."""
    m = mapping(value, where, "key", "label")
    return Level(text(m["key"], f"{where}.key"), text(m["label"], f"{where}.label"))


def read_threshold(value: Any, where: str, levels: tuple[Level, ...]) -> Threshold:
    """Read a threshold on one of the levels."""
    names = ("key", "level", "numerator", "denominator", "strict", "words", "consequence", "citation")
    m = mapping(value, where, *names)
    numerator = integer(m["numerator"], f"{where}.numerator", 1, 100)
    return Threshold(
        key=text(m["key"], f"{where}.key"),
        level=one_of(m["level"], f"{where}.level", *(level.key for level in levels)),
        numerator=numerator,
        denominator=integer(m["denominator"], f"{where}.denominator", numerator, 100),
        strict=boolean(m["strict"], f"{where}.strict"),
        words=text(m["words"], f"{where}.words"),
        consequence=text(m["consequence"], f"{where}.consequence"),
        citation=text(m["citation"], f"{where}.citation", empty=True),
    )
