"""The group: the prime-order subgroup of Ed25519, written multiplicatively, behind a small interface.

Here lives all arithmetic on points and scalars. Never here: a hash, a protocol, or another group.

Points are decoded once, strictly (64 lower-case hex digits, canonical, on the curve, in the subgroup) and are from
then on values of type Point; a Point is always a member. Secret exponents go through libsodium's constant-time
multiplication only. The functions under "public data" have a faster, variable-time twin (tally/kernel) that gives the
same answers; where it is not built, libsodium gives them. SPEC 3.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nacl import bindings as sodium

from tally.kernel import kernel
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
    def decode(
        cls, text: object, where: str, *, identity: bool = False, known: Mapping[str, Point] | None = None
    ) -> Point:
        """Read 64 hex digits: the RFC 8032 string *reversed*. The identity is refused unless `identity`.

        `known` are points that `members` found good before, by their digits. Raises BadPoint, IdentityPoint. Source:
        SPEC 3.1; Belenios format, groups.
        """
        if not isinstance(text, str) or not _HEX.match(text):
            raise BadPoint(where)
        if known is not None and (found := known.get(text)) is not None:
            return found
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


def members(texts: Iterable[object]) -> dict[str, Point]:
    """Return the points of these digits if all of them are members other than the identity; else nothing.

    Only a help: what is not in the answer is decoded by itself, and that names the first wrong one. Together they are
    tested with an error of 2^-128 (kernel.are_members).
    """
    fast, wanted = kernel(), list(dict.fromkeys(t for t in texts if isinstance(t, str) and _HEX.match(t)))
    raws = [bytes.fromhex(text)[::-1] for text in wanted]
    if fast is None or _IDENTITY in raws or not fast.are_members(raws):
        return {}
    return {text: Point(raw) for text, raw in zip(wanted, raws, strict=True)}


def products(groups: Sequence[Sequence[Point]]) -> list[Point]:
    """Return the product of each group of points; of an empty one the identity."""
    fast = kernel()
    if fast is None:
        return [product(group) for group in groups]
    return [Point(raw) for raw in fast.products([[point.raw for point in group] for group in groups])]


Branches = tuple[Point, Point, int, tuple[int, int, int, int]]
"""alpha, beta, a number, and challenge and response of the claims that they encrypt this number, or the next one."""


def branch_commitments(key: Point, claims: Sequence[Branches]) -> list[tuple[Point, ...]]:
    """Return g^r0 α^c0, y^r0 (β/g^m)^c0, g^r1 α^c1 and y^r1 (β/g^(m+1))^c1 for each of these claims. SPEC 3.4."""
    fast = kernel()
    if fast is None:
        return [_branch_commitments(key, claim) for claim in claims]
    raws = fast.commitments(key.raw, [(a.raw, b.raw, low, scalars) for a, b, low, scalars in claims])
    return [tuple(Point(raw) for raw in raws[i : i + 4]) for i in range(0, len(raws), 4)]


def _branch_commitments(key: Point, claim: Branches) -> tuple[Point, ...]:
    alpha, beta, low, (c0, r0, c1, r1) = claim
    return (
        g_commitment(r0, alpha, c0),
        commitment(key, r0, beta / g_pow(low) if low else beta, c0),
        g_commitment(r1, alpha, c1),
        commitment(key, r1, beta / g_pow(low + 1), c1),
    )
