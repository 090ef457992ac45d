"""The archive's credentials, forty bytes each, and which eight-byte prints of anything stand there more than once.

Here lives looking up among very many. Never here: who may vote (protocol/credential_list.py), or a ballot.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

from tally.protocol.errors import NotSorted, Refused
from tally.protocol.group import Point

SIZE, PRINT = 32, 8
MOST_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True)
class Listed:
    """Credentials as bytes in the order of their hex digits, joined; `weights` alike, or None if all are 1."""

    points: bytes
    weights: array[int] | None

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Point, int]]) -> Listed:
        """Pack a list of places, credentials and weights.

        Raises NotSorted for a repeated credential, and what reading the entries raises. Source: SPEC 4.7.
        """
        points, weights = bytearray(), array("Q")
        try:
            for _place, point, weight in entries:
                points += point.raw[::-1]
                weights.append(weight)
        except Refused:
            _check_distinct(points)
            raise
        _check_distinct(points)
        return cls(*_ascending(bytes(points), weights))

    def __len__(self) -> int:
        return len(self.points) // SIZE

    def find(self, raw: bytes) -> int:
        """Return the place of a credential, -1 if it is not listed."""
        low, high, wanted = 0, len(self), raw[::-1]
        while low < high:
            middle = (low + high) // 2
            if self.points[SIZE * middle : SIZE * middle + SIZE] < wanted:
                low = middle + 1
            else:
                high = middle
        return low if self.points[SIZE * low : SIZE * low + SIZE] == wanted else -1

    def weight(self, place: int) -> int:
        """Return the weight of the credential at a place."""
        return 1 if self.weights is None else self.weights[place]


def _check_distinct(points: bytearray) -> None:
    short = array("Q", (int.from_bytes(points[at : at + PRINT], "big") for at in range(0, len(points), SIZE)))
    twice, seen = repeated(short), set[bytes]()
    for i, value in enumerate(short):
        if value in twice:
            point = bytes(points[SIZE * i : SIZE * i + SIZE])
            if point in seen:
                raise NotSorted(f"public_credentials[{i}]")
            seen.add(point)


def _ascending(points: bytes, weights: array[int]) -> tuple[bytes, array[int] | None]:
    """Put credentials in order, which ours already have."""
    at = range(0, len(points), SIZE)
    one = all(weight == 1 for weight in weights)
    if any(points[i - SIZE : i] > points[i : i + SIZE] for i in at[1:]):
        order = sorted(at, key=lambda i: points[i : i + SIZE])
        points, weights = (
            b"".join(points[i : i + SIZE] for i in order),
            array("Q", (weights[i // SIZE] for i in order)),
        )
    return points, None if one else weights


def repeated(prints: array[int]) -> frozenset[int]:
    """Return the values that occur twice or more; a part of them is looked at at a time, so that memory stays small."""
    parts = 1 + len(prints) // MOST_AT_ONCE
    found: set[int] = set()
    for part in range(parts):
        seen: set[int] = set()
        for value in prints if parts == 1 else _of_part(prints, part, parts):
            if value in seen:
                found.add(value)
            seen.add(value)
    return frozenset(found)


def _of_part(prints: array[int], part: int, parts: int) -> Iterable[int]:
    return (value for value in prints if value % parts == part)
