"""ElGamal in the exponent: encrypt a small number, multiply ciphertexts to add the numbers.

Here lives the algebra of ciphertexts. Never here: a private key, or a decision which ciphertexts to open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import fields
from tally.protocol.group import IDENTITY, G, Point, g_pow, products


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """alpha = g^r, beta = y^r · g^m."""

    alpha: Point
    beta: Point

    @classmethod
    def parse(
        cls, value: Any, where: str, *, identity: bool = False, known: Mapping[str, Point] | None = None
    ) -> Ciphertext:
        """Read {"alpha","beta"}; alpha may be the identity only in a sum (`identity`), beta wherever it occurs."""
        m = fields(value, where, "alpha", "beta")
        return cls(
            Point.decode(m["alpha"], f"{where}.alpha", identity=identity, known=known),
            Point.decode(m["beta"], f"{where}.beta", identity=True, known=known),
        )

    def as_json(self) -> dict[str, str]:
        """Return {"alpha","beta"}."""
        return {"alpha": self.alpha.encode(), "beta": self.beta.encode()}

    def encode(self) -> str:
        """Return `s(alpha),s(beta)`, the form in which proofs name a ciphertext."""
        return f"{self.alpha.encode()},{self.beta.encode()}"

    @property
    def alpha_hash(self) -> bytes:
        """The SHA-256 of alpha: whoever knows its randomness opens any ciphertext that shares it. Source: SPEC 5.2."""
        return hashlib.sha256(self.alpha.raw).digest()

    def __mul__(self, other: Ciphertext) -> Ciphertext:
        return Ciphertext(self.alpha * other.alpha, self.beta * other.beta)

    def __truediv__(self, other: Ciphertext) -> Ciphertext:
        return Ciphertext(self.alpha / other.alpha, self.beta / other.beta)

    def __pow__(self, weight: int) -> Ciphertext:
        return self if weight == 1 else Ciphertext(self.alpha**weight, self.beta**weight)


NEUTRAL = Ciphertext(IDENTITY, IDENTITY)
_MARKS = (IDENTITY, G)


def encrypt(key: Point, message: int, randomness: int) -> Ciphertext:
    """Encrypt the integer `message` under `key` with the secret exponent `randomness` (uniform in [1, q))."""
    marked = _MARKS[message] if message in (0, 1) else g_pow(message)  # the same work for a mark and for none
    return Ciphertext(g_pow(randomness), key**randomness * marked)


def combine(ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
    """Return the product: a ciphertext of the sum; the neutral pair for none."""
    total = NEUTRAL
    for ciphertext in ciphertexts:
        total = total * ciphertext
    return total


def combined(groups: Sequence[Sequence[Ciphertext]]) -> list[Ciphertext]:
    """Return `combine` of each group."""
    alphas = products([[c.alpha for c in group] for group in groups])
    betas = products([[c.beta for c in group] for group in groups])
    return [Ciphertext(alpha, beta) for alpha, beta in zip(alphas, betas, strict=True)]


def without(beta: Point, message: int) -> Point:
    """Return beta / g^message."""
    if message == 0:
        return beta
    return beta / (G if message == 1 else g_pow(message))
