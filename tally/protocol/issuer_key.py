"""The public key of an issuer: an RSA modulus of 3072 bits, with 65537 as the only exponent.

Here live its one spelling and the reasons to refuse it. Never here: a key that came with a ballot, or a private one.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache

import gmpy2  # type: ignore[import-untyped]

from tally.i18n import marked as _
from tally.protocol.errors import Refused

EXPONENT = 65537
MODULUS_BITS = 3072
_MODULUS = re.compile(r"[0-9a-f]{768}\Z")
_SMALL_PRIMES_BELOW = 2**16


class BadIssuerKey(Refused):
    """Not a modulus of the agreed size, or one that can be factored at a glance."""

    code = "BAD_ISSUER_KEY"
    text = _("Khóa công khai của bên cấp phiếu không hợp lệ.")


@dataclass(frozen=True, slots=True)
class IssuerPublicKey:
    """An issuer's key as the manifest lists it: the modulus; the exponent is always 65537.

    `bits` is 3072 in every round; tests replay vectors of other sizes. Raises BadIssuerKey. Source: SPEC 3.9.
    """

    modulus: int
    bits: int = field(default=MODULUS_BITS, kw_only=True)

    def __post_init__(self) -> None:
        _check_modulus(self.modulus, self.bits)

    @classmethod
    def parse(cls, text: object, where: str = "issuer key") -> IssuerPublicKey:
        """Read 768 lower-case hexadecimal digits. Raises BadIssuerKey."""
        if not isinstance(text, str) or not _MODULUS.match(text):
            raise BadIssuerKey(where)
        return cls(int(text, 16))

    def encode(self) -> str:
        """Return the modulus in lower-case hexadecimal, two digits a byte."""
        return self.modulus.to_bytes(self.length).hex()

    @property
    def length(self) -> int:
        """Length in bytes of the modulus, and so of every blinded message and signature."""
        return self.bits // 8


@lru_cache(maxsize=256)
def _check_modulus(modulus: int, bits: int) -> None:
    """Refuse a modulus that anybody could factor; nobody can prove from outside that it is a good one.

    One that passed is remembered: a test for primes takes longer than all the rest of reading a manifest.
    """
    if bits < 2048 or bits % 8 or modulus >> (bits - 1) != 1 or modulus % 2 == 0:
        raise BadIssuerKey("issuer key")
    if math.gcd(modulus, _small_primes()) != 1 or gmpy2.is_power(modulus) or gmpy2.is_prime(modulus):
        raise BadIssuerKey("issuer key")


@cache
def _small_primes() -> int:
    """Return the product of all primes below 2^16 (94 kbit, made once)."""
    return int(gmpy2.primorial(_SMALL_PRIMES_BELOW))
