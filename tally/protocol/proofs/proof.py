"""A proof as a value, and the hash that every proof of Belenios takes its challenge from.

Here lives what all proofs have in common. Never here: an equation.

Belenios hashes text: `H(prefix, e1, …)` is SHA-256 of `prefix` followed by the hex of the points joined by commas, read
big-endian, mod q. SPEC 3.3.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import entries, fields
from tally.protocol.group import Point, Q, decode_scalar


@dataclass(frozen=True, slots=True)
class Proof:
    """A challenge and a response, both in [0, q)."""

    challenge: int
    response: int

    @classmethod
    def parse(cls, value: Any, where: str) -> Proof:
        """Read {"challenge","response"}."""
        m = fields(value, where, "challenge", "response")
        return cls(
            decode_scalar(m["challenge"], f"{where}.challenge"), decode_scalar(m["response"], f"{where}.response")
        )

    @classmethod
    def parse_list(cls, value: Any, where: str, length: int) -> tuple[Proof, ...]:
        """Read an array of exactly `length` proofs."""
        return tuple(cls.parse(entry, place) for entry, place in entries(value, where, length))

    def as_json(self) -> dict[str, str]:
        """Return {"challenge","response"} in decimal."""
        return {"challenge": str(self.challenge), "response": str(self.response)}


def challenge(prefix: str, *points: Point) -> int:
    """Return Belenios' H: SHA-256 of the text, big-endian, mod q."""
    text = prefix + ",".join(point.encode() for point in points)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest(), "big") % Q
