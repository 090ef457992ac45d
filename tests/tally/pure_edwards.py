"""Edwards25519 as RFC 8032 defines it, with Python's integers and nothing else: what the two fast ways must agree with.

Here lives the definition, slow and plain. Never here: anything that the product uses.
"""

from __future__ import annotations

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
Q = 2**252 + 27742317777372353535851937790883648493
Affine = tuple[int, int]
NEUTRAL: Affine = (0, 1)


def plus(a: Affine, b: Affine) -> Affine:
    """Add two points by the law of the curve −x² + y² = 1 + d·x²·y²."""
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def times(scalar: int, point: Affine) -> Affine:
    total = NEUTRAL
    while scalar:
        if scalar & 1:
            total = plus(total, point)
        point, scalar = plus(point, point), scalar >> 1
    return total


def decode(raw: bytes) -> Affine | None:
    """Read 32 bytes; nothing for what is no canonical encoding of a point."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and sign):
        return None
    return (x if x % 2 == sign else P - x), y


def encode(point: Affine) -> bytes:
    return (point[1] + ((point[0] & 1) << 255)).to_bytes(32, "little")


def is_member(raw: bytes) -> bool:
    point = decode(raw)
    return point is not None and times(Q, point) == NEUTRAL
