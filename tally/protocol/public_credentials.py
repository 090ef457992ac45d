"""The archive's own list of credentials with their weights, also of a million of them.

Here lives reading it. Never here: signatures of issuers (credential_list.py), or who holds a credential.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tally.protocol.encoding import array, decode, string
from tally.protocol.errors import NotSorted, WrongShape
from tally.protocol.group import Point, members
from tally.protocol.sums import MAX_WEIGHT, parse_weight

LIMIT = 512 * 1024 * 1024
TOGETHER = 4096
"""Points of the list that are tested for membership in one go."""
_ENTRY, _STEP = re.compile(rb'"[0-9a-f]{64}"[,\]]'), 67


def parse_public_credentials(raw: bytes, where: str = "public_credentials") -> dict[Point, int]:
    """Read the archive's list: each credential with its weight (1 unless written `key,weight`).

    A list that still carries voter ids is refused. Raises NotSorted for a repeated one, and reading errors.
    Source: SPEC 4.7.
    """
    weights: dict[Point, int] = {}
    for place, point, weight in public_credentials(raw, where):
        if point in weights:
            raise NotSorted(place)
        weights[point] = weight
    return weights


def public_credentials(raw: bytes, where: str = "public_credentials") -> Iterator[tuple[str, Point, int]]:
    """Yield the place, the credential and the weight of every entry of the archive's list, repeated ones too.

    Raises reading errors. Source: SPEC 4.7.
    """
    for number, some in enumerate(_runs(raw, where)):
        known = members(entry.partition(",")[0] for entry in some if isinstance(entry, str))
        for i, entry in enumerate(some, TOGETHER * number):
            place = f"{where}[{i}]"
            key, comma, weight = string(entry, place).partition(",")
            yield place, Point.decode(key, place, known=known), _weight(weight, place) if comma else 1


def _runs(raw: bytes, where: str) -> Iterator[list[Any]]:
    """Yield the entries of the list, some at a time; the plain form that most lists have is never a million texts."""
    if _is_plain(raw):
        for start in range(1, len(raw), _STEP * TOGETHER):
            places = range(start, min(start + _STEP * TOGETHER, len(raw)), _STEP)
            yield [raw[at + 1 : at + _STEP - 2].decode("ascii") for at in places]
        return
    entries = array(decode(raw, where, limit=LIMIT, exact=False), where)
    yield from (entries[start : start + TOGETHER] for start in range(0, len(entries), TOGETHER))


def _is_plain(raw: bytes) -> bool:
    """Say whether this is `["64 digits","64 digits",…]` without weights or spaces, which needs no reader of JSON."""
    framed = len(raw) <= LIMIT and len(raw) % _STEP == 1 and raw[:1] == b"[" and raw.find(b"]") == len(raw) - 1
    return framed and all(_ENTRY.match(raw, at) for at in range(1, len(raw), _STEP))


def _weight(digits: str, where: str) -> int:
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16 and digits[0] != "0"):
        raise WrongShape(where, expected="key,weight")
    value = int(digits)
    return parse_weight(value if value <= MAX_WEIGHT else digits, where)
