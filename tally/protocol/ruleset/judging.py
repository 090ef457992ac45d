"""What a count is judged by: levels, base, quorum, thresholds, what voids a paper ballot, what leads to another vote.

Here live these parts of a rule set, each with its strict reading. Never here: what a law says (tally/rules/*.toml), or
a count. SPEC 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import boolean, integer, mapping, one_of, text
from tally.protocol.errors import WrongShape

RETURNED, DELEGATES = "returned", "delegates"
THRESHOLD, REPEATED, INITIATIVE, BODY = "threshold", "repeated", "initiative", "body"
_TRIGGER_KINDS = (THRESHOLD, REPEATED, INITIATIVE, BODY)


@dataclass(frozen=True, slots=True)
class Level:
    """One answer of the ballot, e.g. key `high`, label *Tín nhiệm cao*."""

    key: str
    label: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Level:
        """Read {"key","label"}."""
        m = mapping(value, where, "key", "label")
        return cls(text(m["key"], f"{where}.key"), text(m["label"], f"{where}.label"))


@dataclass(frozen=True, slots=True)
class Base:
    """What a percentage is a share of: `returned` ballots or all `delegates`, with its words for the documents."""

    kind: str
    words: str
    citation: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Base:
        """Read {"kind","words","citation"}; only the citation may be empty."""
        m = mapping(value, where, "kind", "words", "citation")
        return cls(
            one_of(m["kind"], f"{where}.kind", RETURNED, DELEGATES),
            text(m["words"], f"{where}.words"),
            text(m["citation"], f"{where}.citation", empty=True),
        )


@dataclass(frozen=True, slots=True)
class Quorum:
    """Present of summoned, as a fraction."""

    numerator: int
    denominator: int
    citation: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Quorum:
        """Read {"numerator","denominator","citation"}, a fraction of at most one."""
        m = mapping(value, where, "numerator", "denominator", "citation")
        numerator = integer(m["numerator"], f"{where}.numerator", 1, 100)
        denominator = integer(m["denominator"], f"{where}.denominator", 1, 100)
        if numerator > denominator:
            raise WrongShape(where, expected="≤ 1")
        return cls(numerator, denominator, text(m["citation"], f"{where}.citation", empty=True))


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

    @classmethod
    def parse(cls, value: Any, where: str, levels: tuple[Level, ...]) -> Threshold:
        """Read a threshold on one of these levels."""
        names = ("key", "level", "numerator", "denominator", "strict", "words", "consequence", "citation")
        m = mapping(value, where, *names)
        numerator = integer(m["numerator"], f"{where}.numerator", 1, 100)
        return cls(
            key=text(m["key"], f"{where}.key"),
            level=one_of(m["level"], f"{where}.level", *(level.key for level in levels)),
            numerator=numerator,
            denominator=integer(m["denominator"], f"{where}.denominator", numerator, 100),
            strict=boolean(m["strict"], f"{where}.strict"),
            words=text(m["words"], f"{where}.words"),
            consequence=text(m["consequence"], f"{where}.consequence"),
            citation=text(m["citation"], f"{where}.citation", empty=True),
        )

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

    @classmethod
    def parse(cls, value: Any, where: str) -> Voided:
        """Read {"key","words","citation"}."""
        m = mapping(value, where, "key", "words", "citation")
        citation = text(m["citation"], f"{where}.citation", empty=True)
        return cls(text(m["key"], f"{where}.key"), text(m["words"], f"{where}.words"), citation)


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

    @classmethod
    def parse(cls, value: Any, where: str, thresholds: tuple[Threshold, ...]) -> Trigger:
        """Read what leads to a vote; one that names a threshold names one of these."""
        m = mapping(value, where, "key", "kind", "threshold", "numerator", "denominator", "words", "citation")
        kind = one_of(m["kind"], f"{where}.kind", *_TRIGGER_KINDS)
        named = [t.key for t in thresholds] if kind in (THRESHOLD, REPEATED) else [""]
        least = 1 if kind == INITIATIVE else 0
        denominator = integer(m["denominator"], f"{where}.denominator", 1, 100 if least else 1)
        return cls(
            key=text(m["key"], f"{where}.key"),
            kind=kind,
            threshold=one_of(m["threshold"], f"{where}.threshold", *named),
            numerator=integer(m["numerator"], f"{where}.numerator", least, denominator if least else 0),
            denominator=denominator,
            words=text(m["words"], f"{where}.words"),
            citation=text(m["citation"], f"{where}.citation", empty=True),
        )
