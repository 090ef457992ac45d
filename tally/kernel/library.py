"""The library by ctypes: bytes in, bytes out.

Here live its declarations, the questions that it must answer rightly before it is used, and the tables of keys that
come often. Never here: a file format, or an opinion about what the numbers mean.

A call lets other threads run. Every point that comes in is decoded strictly, so no caller can hand over a wrong one.
"""

from __future__ import annotations

import ctypes
import secrets
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

ABI = 1
NAMES = {"linux": "kernel.so", "darwin": "kernel.dylib", "win32": "kernel.dll"}
FEW = 8
"""Points of which each is tested by itself; for more, sums over random subsets cost less (kernel.c)."""
G = bytes.fromhex("58" + "66" * 31)
TWICE = bytes.fromhex("c9a3f86aae465f0e56513864510f3997561fa2c9e85ea21dc2292309f3cd6022")
_SIZE = ctypes.c_size_t
_FUNCTIONS = {
    "ptn_abi": _SIZE,
    "ptn_size_of_point": _SIZE,
    "ptn_size_of_element": _SIZE,
    "ptn_size_of_table": _SIZE,
    "ptn_room_of_table": _SIZE,
    "ptn_decode": _SIZE,
    "ptn_members": _SIZE,
    "ptn_members_by_chance": ctypes.c_int,
    "ptn_encode": None,
    "ptn_table": None,
    "ptn_commitments": None,
    "ptn_pairs": None,
    "ptn_products": None,
}


class NoKernel(RuntimeError):
    """There is no library here that could be used; the sentence says why."""


class Kernel:
    """The opened library. Points are 32-byte RFC 8032 encodings, scalars integers in [0, q)."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        for name, answer in _FUNCTIONS.items():
            getattr(library, name).restype = answer
        if library.ptn_abi() != ABI:
            raise NoKernel(f"made for another release (ABI {library.ptn_abi()}, not {ABI})")
        self._point, self._element = int(library.ptn_size_of_point()), int(library.ptn_size_of_element())
        self._table = lru_cache(maxsize=16)(self._make_table)

    @classmethod
    def open(cls, folder: Path) -> Kernel:
        """Open the library in `folder` and try it. Raises NoKernel."""
        path = folder / NAMES.get(sys.platform, "kernel.so")
        if not path.is_file():
            raise NoKernel("not built")
        try:
            opened = cls(ctypes.CDLL(str(path)))
        except (OSError, AttributeError) as error:
            raise NoKernel(f"cannot be loaded: {error}") from None
        if opened.products(((G, G),)) != [TWICE] or opened.pairs(((G, 1, G, 1),)) != [TWICE]:
            raise NoKernel("gives a wrong answer")
        return opened

    # --- membership ------------------------------------------------------------------------------------------------

    def are_members(self, points: Sequence[bytes]) -> bool:
        """Say whether all of these are canonical encodings of members of the group, the identity among them.

        For more than a few points 128 sums over random subsets are tested instead of each: if one is no member, all
        sums are members with probability 2^-128 at most.
        """
        count, raw = len(points), b"".join(points)
        if len(raw) != 32 * count:
            return False
        decoded = self._room(count)
        if self._library.ptn_decode(_SIZE(count), raw, decoded) != count:
            return False
        if count <= FEW:
            return bool(self._library.ptn_members(_SIZE(count), decoded) == count)
        return bool(self._library.ptn_members_by_chance(_SIZE(count), decoded, secrets.token_bytes(16 * count)))

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
        self._library.ptn_commitments(_SIZE(count), self._table(G), self._table(key), alpha, beta, scalars, shifts, out)
        return self._encoded(out, 4 * count)

    def pairs(self, terms: Sequence[tuple[bytes, int, bytes, int]]) -> list[bytes]:
        """Return p^r · q^c for each (p, r, q, c)."""
        count = len(terms)
        first, second = self._decoded([t[0] for t in terms]), self._decoded([t[2] for t in terms])
        out = self._room(count)
        scalars = b"".join(_scalar(t[1]) + _scalar(t[3]) for t in terms)
        self._library.ptn_pairs(_SIZE(count), first, second, scalars, out)
        return self._encoded(out, count)

    def products(self, groups: Sequence[Sequence[bytes]]) -> list[bytes]:
        """Return the product of each group; of an empty one the identity."""
        sizes = (_SIZE * max(len(groups), 1))(*(len(group) for group in groups))
        points = self._decoded([point for group in groups for point in group])
        out = self._room(len(groups))
        self._library.ptn_products(_SIZE(len(groups)), sizes, points, out)
        return self._encoded(out, len(groups))

    # --- what passes between ---------------------------------------------------------------------------------------

    def _room(self, count: int) -> ctypes.Array[ctypes.c_char]:
        return ctypes.create_string_buffer(max(count, 1) * self._point)

    def _decoded(self, points: Sequence[bytes]) -> ctypes.Array[ctypes.c_char]:
        count, room = len(points), self._room(len(points))
        raw = b"".join(points)
        if len(raw) != 32 * count or self._library.ptn_decode(_SIZE(count), raw, room) != count:
            raise ValueError("not a point")  # a Point of group.py is one: only a fault of ours comes here
        return room

    def _encoded(self, points: ctypes.Array[ctypes.c_char], count: int) -> list[bytes]:
        out, room = (
            ctypes.create_string_buffer(max(count, 1) * 32),
            ctypes.create_string_buffer(max(count, 1) * self._element),
        )
        self._library.ptn_encode(_SIZE(count), points, room, out)
        raw = out.raw
        return [raw[i : i + 32] for i in range(0, 32 * count, 32)]

    def _make_table(self, base: bytes) -> ctypes.Array[ctypes.c_char]:
        table = ctypes.create_string_buffer(int(self._library.ptn_size_of_table()))
        room = ctypes.create_string_buffer(int(self._library.ptn_room_of_table()))
        self._library.ptn_table(self._decoded([base]), table, room)
        return table


def _scalar(value: int) -> bytes:
    return (value % _Q).to_bytes(32, "little")


_Q = 2**252 + 27742317777372353535851937790883648493
