"""A percentage that somebody published: compared with the one that the counts give, and the difference explained.

Here lives integer arithmetic over one number. Never here: which number is right, or a float.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tally.outcome import percent

DECIMALS = 2
AGREES, EXPLAINED, UNEXPLAINED, UNCHECKED = "agrees", "explained", "unexplained", "unchecked"
FEWER, TRUNCATED, OTHER_BASE, OTHER_COUNT = "fewer_decimals", "truncated", "other_base", "other_count"
NO_COUNT, NO_BASE = "no_count", "no_base"
_WRITTEN = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,6}))?%?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Published:
    """A percentage as it was written: `digits` without the decimal mark, of which `decimals` stand after it."""

    text: str
    digits: int
    decimals: int

    @classmethod
    def parse(cls, text: str) -> Published | None:
        """Read `76.46`, `76,46` or `76,46%`; nothing for any other spelling.

        >>> Published.parse("16.9")
        Published(text='16.9', digits=169, decimals=1)
        """
        found = _WRITTEN.fullmatch(text)
        if found is None:
            return None
        decimals = (found[2] or "")[:DECIMALS] + (found[2] or "")[DECIMALS:].rstrip("0")
        return cls(text, int(found[1] + decimals), len(decimals))


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a published percentage. `reason` and `detail` say why it differs, or why nobody can tell.

    `computed` is empty where it is unchecked. `detail`: decimals, a base's count, or the count that it would belong to.
    """

    level: str
    published: Published
    computed: str
    status: str
    reason: str = ""
    name: str = ""
    detail: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """How many published percentages agree, differ with and without an explanation, and could not be checked."""

    agree: int
    explained: int
    unexplained: int
    unchecked: int

    @classmethod
    def of(cls, checks: Iterable[Checked]) -> Summary:
        """Count them."""
        states = [check.status for check in checks]
        return cls(*(states.count(status) for status in (AGREES, EXPLAINED, UNEXPLAINED, UNCHECKED)))

    @property
    def compared(self) -> int:
        """Those that there was something to compare with."""
        return self.agree + self.explained + self.unexplained


def check(
    level: str, published: Published, *, count: int | None, base: int | None, others: Mapping[str, int]
) -> Checked:
    """Compare a published percentage with `count` of `base`; `others` are bases that somebody may have used instead."""
    if count is None or not base:
        return Checked(level, published, "", UNCHECKED, NO_COUNT if count is None else NO_BASE)
    if _is(published, _rounded(count, base, _places(published)), _places(published)):
        return Checked(level, published, percent(count, base), AGREES)
    reason, name, detail = _explanation(published, count, base, others)
    status = EXPLAINED if reason in (FEWER, TRUNCATED, OTHER_BASE) else UNEXPLAINED
    return Checked(level, published, percent(count, base), status, reason, name, detail)


def _explanation(published: Published, count: int, base: int, others: Mapping[str, int]) -> tuple[str, str, int]:
    """Return the simplest reason, a base's name, a detail: fewer decimals, cut off, another base, another count."""
    if published.digits == _rounded(count, base, published.decimals):
        return FEWER, "", published.decimals
    for places in (_places(published), published.decimals):
        if _is(published, 100 * count * 10**places // base, places):
            return TRUNCATED, "", places
    for name, other in others.items():
        if other not in (0, base) and _fits(published, count, other):
            return OTHER_BASE, name, other
    unit = 100 * 10**published.decimals
    meant = (2 * published.digits * base + unit) // (2 * unit)
    if meant <= base and _fits(published, meant, base):
        return OTHER_COUNT, "", meant
    return "", "", 0


def _places(published: Published) -> int:
    return max(DECIMALS, published.decimals)


def _rounded(count: int, base: int, places: int) -> int:
    """Return 100·count/base in units of 10^-places, half up."""
    return int(200 * count * 10**places + base) // (2 * base)


def _is(published: Published, value: int, places: int) -> bool:
    """Say whether both are one number; `places` is never less than what was written."""
    return bool(published.digits * 10 ** (places - published.decimals) == value)


def _fits(published: Published, count: int, base: int) -> bool:
    """Say whether it is `count` of `base`, rounded to two decimals, or to as many as were written."""
    places = (_places(published), published.decimals)
    return any(_is(published, _rounded(count, base, n), n) for n in places)
