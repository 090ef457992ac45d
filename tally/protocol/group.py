"""The group: the prime-order subgroup of Ed25519, written multiplicatively, behind a small interface.

Here lives all arithmetic on points and scalars. Never here: a hash, a protocol, or another group.

Points are decoded once, strictly (64 lower-case hex digits, canonical, on the curve, in the subgroup) and are from
then on values of type Point; a Point is always a member. Secret exponents go through libsodium's constant-time
multiplication only. The functions under "public data" may later have a faster, variable-time twin. SPEC 3.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nacl import bindings as sodium

from tally.protocol.errors import BadPoint, BadScalar, IdentityPoint

NAME = "Ed25519"
Q = 2**252 + 27742317777372353535851937790883648493
RandBelow = Callable[[int], int]

_HEX = re.compile(r"[0-9a-f]{64}\Z")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,75})\Z")
_IDENTITY = b"\x01" + bytes(31)


@dataclass(frozen=True, slots=True)
class Point:
    """A member of the group; `raw` is its 32-byte RFC 8032 encoding, which is unique."""

    raw: bytes

    @classmethod
    def decode(cls, text: object, where: str, *, identity: bool = False) -> Point:
        """Read 64 hex digits: the RFC 8032 string *reversed*. The identity is refused unless `identity`.

        Raises BadPoint, IdentityPoint. Source: SPEC 3.1; Belenios format, groups.
        """
        if not isinstance(text, str) or not _HEX.match(text):
            raise BadPoint(where)
        raw = bytes.fromhex(text)[::-1]
        if raw == _IDENTITY:
            if not identity:
                raise IdentityPoint(where)
        elif not sodium.crypto_core_ed25519_is_valid_point(raw):
            raise BadPoint(where)
        return cls(raw)

    def encode(self) -> str:
        """Return the 64 hex digits, most significant first."""
        return self.raw[::-1].hex()

    @property
    def is_identity(self) -> bool:
        """Say whether this is the neutral element."""
        return self.raw == _IDENTITY

    def __mul__(self, other: Point) -> Point:
        return Point(sodium.crypto_core_ed25519_add(self.raw, other.raw))

    def __truediv__(self, other: Point) -> Point:
        return Point(sodium.crypto_core_ed25519_sub(self.raw, other.raw))

    def __pow__(self, exponent: int) -> Point:
        """Constant time in the exponent, except that exponent 0 and the identity are answered at once."""
        exponent %= Q
        if exponent == 0 or self.is_identity:
            return IDENTITY
        return Point(sodium.crypto_scalarmult_ed25519_noclamp(exponent.to_bytes(32, "little"), self.raw))

    def __repr__(self) -> str:
        return f"Point({self.encode()})"


IDENTITY = Point(_IDENTITY)
G = Point(bytes.fromhex("58" + "66" * 31))


def g_pow(exponent: int) -> Point:
    """Return g to the exponent; constant time, for secrets and for public data alike."""
    exponent %= Q
    if exponent == 0:
        return IDENTITY
    return Point(sodium.crypto_scalarmult_ed25519_base_noclamp(exponent.to_bytes(32, "little")))


def product(points: Iterable[Point]) -> Point:
    """Return the product of the points; the identity for none."""
    total = IDENTITY
    for point in points:
        total = total * point
    return total


def random_scalar(randbelow: RandBelow = secrets.randbelow) -> int:
    """Return a uniform exponent in [1, q)."""
    return 1 + randbelow(Q - 1)


# --- scalars -----------------------------------------------------------------------------------------------------


def decode_scalar(text: object, where: str) -> int:
    """Read an exponent: ASCII decimal digits, no leading zero, below q.

    Raises BadScalar. Source: SPEC 3.2; threats C12, C13.
    """
    if not isinstance(text, str) or not _DECIMAL.match(text):
        raise BadScalar(where)
    value = int(text)
    if value >= Q:
        raise BadScalar(where)
    return value


# --- public data: the verifier's two shapes -----------------------------------------------------------------------


def g_commitment(response: int, base: Point, challenge: int) -> Point:
    """Return g^response · base^challenge."""
    return g_pow(response) * base**challenge


def commitment(key: Point, response: int, base: Point, challenge: int) -> Point:
    """Return key^response · base^challenge."""
    return key**response * base**challenge
