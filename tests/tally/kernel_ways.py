"""The library's two ways of computing, and inputs at which they could go wrong, for the tests of tally/kernel.

Here lives what those tests share. Never here: a test.
"""

from __future__ import annotations

import secrets

import pytest

from tally.kernel import FOLDER, kernel, why_not
from tally.kernel.library import WAYS, Kernel
from tally.protocol.group import IDENTITY, Q, g_pow
from tests.tally import pure_edwards as pure
from tests.tally.weak_points import ON_CURVE_BELOW_19, SMALL

EDGES = [0, 1, 2, 3, 4, Q - 1, Q - 2, 2**252, 2**252 - 1, (1 << 251) - 1, int("10" * 126, 2)]
EDGES += [int("0" + "1" * 125, 2) << 64, *(16 << (5 * k) for k in (0, 1, 24, 49))]
EDGES += [*(17 << (5 * k) for k in (0, 1, 24, 48)), *(128 << (8 * k) for k in (0, 15, 30))]
EDGES += [*(1 << k for k in (24, 51, 240, 250)), *((1 << k) - 1 for k in (24, 51, 102, 204))]
NEUTRAL = IDENTITY.raw
TORSION = [*SMALL, NEUTRAL]
NON_CANONICAL = [
    (pure.P + y + (sign << 255)).to_bytes(32, "little") for y in ON_CURVE_BELOW_19 for sign in (0, 1) if y < 19
] + [bytes.fromhex("01" + "00" * 30 + "80"), bytes.fromhex("ec" + "ff" * 31), b"\xff" * 32]


def opened(way: str) -> Kernel:
    """Open the library so that it computes this way, or skip the test where it cannot."""
    if kernel() is None:
        pytest.skip(f"no kernel: {why_not()}; `pip install -e .` builds it")
    found = Kernel.open(FOLDER, portable=way == WAYS[0])
    if found.way != way:
        pytest.skip(f"this processor has no {way}")
    return found


def some_points(count: int) -> list[bytes]:
    """Return members, the identity sometimes among them."""
    return [g_pow(secrets.choice([0, 1, Q - 1, *(secrets.randbelow(Q) for _ in range(20))])).raw for _ in range(count)]


def some_scalars(count: int) -> list[int]:
    """Return numbers below q, every fourth of them at an edge."""
    return [secrets.choice(EDGES) if secrets.randbelow(4) == 0 else secrets.randbelow(Q) for _ in range(count)]


def mixed(member: bytes, small: bytes) -> bytes:
    """Return a point that differs from a member by a component of small order."""
    first, second = pure.decode(member), pure.decode(small)
    assert first is not None and second is not None
    return pure.encode(pure.plus(first, second))
