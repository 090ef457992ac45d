"""Points that no honest machine sends.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

# All eight points whose order divides 8, as RFC 8032 writes them; the two y of order 8 with either sign.
ORDER_8 = (
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
)


SMALL = [
    *(bytes.fromhex(h) for h in ORDER_8),
    *(bytes.fromhex(h[:-2]) + bytes([int(h[-2:], 16) | 0x80]) for h in ORDER_8),
    bytes(32),
    bytes(31) + b"\x80",
    b"\xec" + b"\xff" * 30 + b"\x7f",
]


ON_CURVE_BELOW_19 = [0, 1, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18]
