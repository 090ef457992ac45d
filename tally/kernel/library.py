"""The library by ctypes: bytes in, bytes out.

Here live the questions that it must answer rightly before it is used, and the tables of keys that come often. Never
here: a file format, or an opinion about what the numbers mean.

A call lets other threads run. Every point that comes in is decoded strictly, so no caller can hand over a wrong one.
"""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tally.kernel.loading import SIZE, NoKernel, Room, load

FEW = 200
"""Points of which each is tested by itself; for more, sums over random subsets cost less (members.h)."""
G = bytes.fromhex("58" + "66" * 31)
TWICE = bytes.fromhex("c9a3f86aae465f0e56513864510f3997561fa2c9e85ea21dc2292309f3cd6022")
Q = 2**252 + 27742317777372353535851937790883648493
WAYS = ("portable code", "AVX-512 IFMA")


@dataclass(frozen=True, slots=True)
class Points:
    """Decoded points of the curve, in the library's own form, which only the library that made them can read."""

    count: int
    room: Room


class Kernel:
    """The opened library. Points are 32-byte RFC 8032 encodings, scalars integers in [0, q)."""

    def __init__(self, library: ctypes.CDLL, *, portable: bool = False) -> None:
        self._library = library
        self._point, self._element = int(library.ptn_size_of_point()), int(library.ptn_size_of_element())
        self._level = ctypes.c_int(0 if portable else int(library.ptn_best()))
        self._table = lru_cache(maxsize=16)(self._make_table)

    @classmethod
    def open(cls, folder: Path, *, portable: bool = False) -> Kernel:
        """Open the library in `folder` and try it; `portable` keeps to what every processor has. Raises NoKernel."""
        opened = cls(load(folder), portable=portable)
        if not opened._answers_rightly():
            raise NoKernel("gives a wrong answer")
        return opened

    @property
    def way(self) -> str:
        """Say which instructions do the work."""
        return WAYS[self._level.value]

    def _answers_rightly(self) -> bool:
        pairs = self.decoded(G * 6)
        if pairs is None or self.products(((G, G),)) != [TWICE] or self.pairs(((G, 1, G, 1),)) != [TWICE]:
            return False
        text = b",".join(raw[::-1].hex().encode() for raw in (TWICE, TWICE, TWICE, G)) + b"\n"
        return self.branch_texts(G, pairs, _scalar(1) * 12) == text * 3

    # --- membership ------------------------------------------------------------------------------------------------

    def are_members(self, points: Sequence[bytes]) -> bool:
        """Say whether all of these are canonical encodings of members of the group, the identity among them.

        For more than a few points 128 sums over random subsets are tested instead of each: if one is no member, all
        sums are members with probability 2^-128 at most.
        """
        count, raw = len(points), b"".join(points)
        if len(raw) != 32 * count:
            return False
        decoded = self.decoded(raw)
        return decoded is not None and self.all_members(decoded)

    def all_members(self, points: Points) -> bool:
        """Say whether all of these points lie in the group, with the error of `are_members`."""
        count = SIZE(points.count)
        if points.count <= FEW:
            return bool(self._library.ptn_members(self._level, count, points.room) == points.count)
        chance = secrets.token_bytes(16 * points.count)
        return bool(self._library.ptn_members_by_chance(self._level, count, points.room, chance))

    # --- arithmetic ------------------------------------------------------------------------------------------------

    def commitments(self, key: bytes, claims: Sequence[tuple[bytes, bytes, int, Sequence[int]]]) -> list[bytes]:
        """Return four commitments for each claim that (alpha, beta) encrypts `low` or `low` + 1 under `key`.

        A claim is (alpha, beta, low, (c0, r0, c1, r1)); its commitments are g^r0 α^c0, y^r0 (β/g^low)^c0, and the same
        of c1, r1 and low + 1. SPEC 3.4.
        """
        count = len(claims)
        alpha, beta = self._decoded([c[0] for c in claims]), self._decoded([c[1] for c in claims])
        scalars = b"".join(_scalar(value) for c in claims for value in c[3])
        shifts = b"".join(_scalar(low * s[0]) + _scalar((low + 1) * s[2]) for _alpha, _beta, low, s in claims)
        out = self._room(4 * count)
        self._library.ptn_commitments(
            self._level, SIZE(count), self._table(G), self._table(key), alpha, beta, scalars, shifts, out
        )
        return self._encoded(out, 4 * count)

    def pairs(self, terms: Sequence[tuple[bytes, int, bytes, int]]) -> list[bytes]:
        """Return p^r · q^c for each (p, r, q, c)."""
        count = len(terms)
        common = self._table(G) if all(t[0] == G for t in terms) else None
        first = None if common else self._decoded([t[0] for t in terms])
        second, out = self._decoded([t[2] for t in terms]), self._room(count)
        scalars = b"".join(_scalar(t[1]) + _scalar(t[3]) for t in terms)
        self._library.ptn_pairs(self._level, SIZE(count), common, first, second, scalars, out)
        return self._encoded(out, count)

    def products(self, groups: Sequence[Sequence[bytes]]) -> list[bytes]:
        """Return the product of each group; of an empty one the identity."""
        sizes = (SIZE * max(len(groups), 1))(*(len(group) for group in groups))
        points = self._decoded([point for group in groups for point in group])
        out = self._room(len(groups))
        self._library.ptn_products(SIZE(len(groups)), sizes, points, out)
        return self._encoded(out, len(groups))

    # --- many at a time, decoded once ------------------------------------------------------------------------------

    def decoded(self, raw: bytes) -> Points | None:
        """Decode encodings of 32 bytes in a row, the identity's among them; nothing if one of them is no point."""
        count, odd = divmod(len(raw), 32)
        room = self._room(count)
        if odd or self._library.ptn_decode(self._level, SIZE(count), raw, room) != count:
            return None
        return Points(count, room)

    def encoded(self, points: Points) -> list[bytes]:
        """Return the encodings of these points."""
        return self._encoded(points.room, points.count)

    def sums(self, points: Points, sizes: Sequence[int]) -> Points:
        """Return the product of each group of pairs α β α β …, a pair each; `sizes` counts the pairs of the groups."""
        if 2 * sum(sizes) != points.count or min(sizes, default=0) < 0:
            raise ValueError("not the sizes of these pairs")
        out = self._room(2 * len(sizes))
        self._library.ptn_sums(SIZE(len(sizes)), (SIZE * max(len(sizes), 1))(*sizes), points.room, out)
        return Points(2 * len(sizes), out)

    def joined(self, *parts: Points) -> Points:
        """Return the points of all of these, in a row."""
        return self._copied(b"".join(memoryview(part.room)[: part.count * self._point] for part in parts))

    def part(self, points: Points, start: int, stop: int) -> Points:
        """Return the points from number `start` to the one before `stop`."""
        if not 0 <= start <= stop <= points.count:
            raise ValueError("not a part of these points")
        return self._copied(memoryview(points.room)[start * self._point : stop * self._point].tobytes())

    def columns(self, points: Points, rows: int) -> Points:
        """Return the product of `rows` equal rows of points, column by column."""
        width, odd = divmod(points.count, rows) if rows > 0 else (0, 1)
        if odd:
            raise ValueError("not so many rows")
        out = self._room(width)
        self._library.ptn_columns(self._level, SIZE(rows), SIZE(width), points.room, out)
        return Points(width, out)

    def branch_texts(self, key: bytes, pairs: Points, scalars: bytes) -> bytes:
        """Return the commitments of the claims that each pair (α, β) encrypts 0 or 1 under `key`, as they are hashed.

        A claim's scalars are c0 r0 c1 r1, 32 bytes little-endian each and below q; its text is 260 bytes: g^r0 α^c0,
        y^r0 β^c0, g^r1 α^c1 and y^r1 (β/g)^c1 in hex, highest digit first, with commas, and a newline. SPEC 3.4.
        """
        count, odd = divmod(pairs.count, 2)
        if odd or len(scalars) != 128 * count:
            raise ValueError("not the scalars of these pairs")
        out = ctypes.create_string_buffer(max(count, 1) * 260)
        tables = self._table(G), self._table(key)
        if not self._library.ptn_branch_texts(self._level, SIZE(count), *tables, pairs.room, scalars, out):
            raise ValueError("not a scalar")
        return out.raw[: 260 * count]

    # --- what passes between ---------------------------------------------------------------------------------------

    def _room(self, count: int) -> Room:
        return ctypes.create_string_buffer(max(count, 1) * self._point)

    def _copied(self, raw: bytes) -> Points:
        return Points(len(raw) // self._point, ctypes.create_string_buffer(raw, max(len(raw), 1)))

    def _decoded(self, points: Sequence[bytes]) -> Room:
        count, room = len(points), self._room(len(points))
        raw = b"".join(points)
        if len(raw) != 32 * count or self._library.ptn_decode(self._level, SIZE(count), raw, room) != count:
            raise ValueError("not a point")  # a Point of group.py is one: only a fault of ours comes here
        return room

    def _encoded(self, points: Room, count: int) -> list[bytes]:
        room = ctypes.create_string_buffer(max(count, 1) * self._element)
        out = ctypes.create_string_buffer(max(count, 1) * 32)
        self._library.ptn_encode(SIZE(count), points, room, out)
        raw = out.raw
        return [raw[i : i + 32] for i in range(0, 32 * count, 32)]

    def _make_table(self, base: bytes) -> Room:
        table = ctypes.create_string_buffer(int(self._library.ptn_size_of_table()))
        room = ctypes.create_string_buffer(int(self._library.ptn_room_of_table()))
        self._library.ptn_table(self._level, self._decoded([base]), table, room)
        return table


def _scalar(value: int) -> bytes:
    return (value % Q).to_bytes(32, "little")
