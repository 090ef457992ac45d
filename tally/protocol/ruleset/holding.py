"""How a round is held: who is rated and who is not, by when, by what criteria, and what the papers are called.

Here live these parts of a rule set, each with its strict reading. Never here: what a law says (tally/rules/*.toml), or
a person. SPEC 4.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import integer, mapping, one_of, text, texts
from tally.protocol.errors import WrongShape

STATUS, APPOINTED_IN_YEAR, MONTHS_IN_POST, OPERATOR = "status", "appointed_in_year", "months_in_post", "operator"
_EXEMPTION_KINDS = (STATUS, APPOINTED_IN_YEAR, MONTHS_IN_POST, OPERATOR)
_MOST_MONTHS = 120
_MONTHS = re.compile(r"[1-9][0-9]{0,2}\Z")


@dataclass(frozen=True, slots=True)
class SeveralPosts:
    """How somebody with several posts is rated: in at most `most` places (0: no number is set), in words, by law."""

    most: int
    words: str
    citation: str

    @classmethod
    def parse(cls, value: Any, where: str) -> SeveralPosts:
        """Read {"most","words","citation"}."""
        m = mapping(value, where, "most", "words", "citation")
        return cls(
            integer(m["most"], f"{where}.most", 0, 9),
            text(m["words"], f"{where}.words"),
            text(m["citation"], f"{where}.citation", empty=True),
        )


@dataclass(frozen=True, slots=True)
class Titles:
    """What the documents of a round are called; an empty one is not made under these rules."""

    ballot: str
    minutes: str
    report: str
    resolution: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Titles:
        """Read {"ballot","minutes","report","resolution"}; only the last may be empty."""
        m = mapping(value, where, "ballot", "minutes", "report", "resolution")
        names = ("ballot", "minutes", "report")
        required = {name: text(m[name], f"{where}.{name}", limit=200) for name in names}
        return cls(**required, resolution=text(m["resolution"], f"{where}.resolution", empty=True, limit=200))


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

    @classmethod
    def parse(cls, value: Any, where: str) -> Exemption:
        """Read an exemption; `value` is what its kind asks for."""
        m = mapping(value, where, "key", "kind", "value", "words", "citation")
        kind = one_of(m["kind"], f"{where}.kind", *_EXEMPTION_KINDS)
        found = text(m["value"], f"{where}.value", empty=kind in (APPOINTED_IN_YEAR, OPERATOR))
        if kind in (APPOINTED_IN_YEAR, OPERATOR) and found:
            raise WrongShape(f"{where}.value", expected="")
        if kind == MONTHS_IN_POST and not (_MONTHS.match(found) and int(found) <= _MOST_MONTHS):
            raise WrongShape(f"{where}.value", expected=f"1…{_MOST_MONTHS}")
        return cls(
            key=text(m["key"], f"{where}.key"),
            kind=kind,
            value=found,
            words=text(m["words"], f"{where}.words"),
            citation=text(m["citation"], f"{where}.citation", empty=True),
        )


@dataclass(frozen=True, slots=True)
class Deadline:
    """What must be done by whom, at least `days` before the session."""

    key: str
    days: int
    act: str
    by: str
    citation: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Deadline:
        """Read {"key","days","act","by","citation"}."""
        m = mapping(value, where, "key", "days", "act", "by", "citation")
        return cls(
            key=text(m["key"], f"{where}.key"),
            days=integer(m["days"], f"{where}.days", 0, 400),
            act=text(m["act"], f"{where}.act"),
            by=text(m["by"], f"{where}.by"),
            citation=text(m["citation"], f"{where}.citation", empty=True),
        )


@dataclass(frozen=True, slots=True)
class Criterion:
    """A group of criteria (tiêu chí) for the voters to read."""

    title: str
    points: tuple[str, ...]

    @classmethod
    def parse(cls, value: Any, where: str) -> Criterion:
        """Read {"title","points"}."""
        m = mapping(value, where, "title", "points")
        return cls(text(m["title"], f"{where}.title"), texts(m["points"], f"{where}.points"))
