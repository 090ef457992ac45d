"""The blind-signing key of one issuer for one round: RSA of 3072 bits, and the one raw operation it is used for.

Here lives the private operation. Never here: padding, a message, or a second use; a raw RSA key signs anything.
"""

from __future__ import annotations

import json
import math
import re
import secrets
from dataclasses import dataclass, field
from typing import Any, Protocol

import gmpy2  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import rsa

from keys.errors import KeyFileDamaged
from keys.issuer.errors import BlindedOutOfRange, IssuerStopped, SigningFault
from tally.protocol.blind import BadIssuerKey, IssuerPublicKey
from tally.protocol.issuer_key import EXPONENT, MODULUS_BITS

_LOWER_HEX = re.compile(r"[0-9a-f]+\Z")


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """Both primes and what the Chinese remainder theorem needs; none of it is ever shown."""

    public: IssuerPublicKey
    p: int = field(repr=False)
    q: int = field(repr=False)
    dp: int = field(repr=False)
    dq: int = field(repr=False)
    q_inverse: int = field(repr=False)

    @classmethod
    def generate(cls) -> IssuerKey:
        """Make a new key of 3072 bits, with primes from the operating system's chance through pyca/cryptography."""
        numbers = rsa.generate_private_key(public_exponent=EXPONENT, key_size=MODULUS_BITS).private_numbers()
        return cls.from_primes(numbers.p, numbers.q)

    @classmethod
    def from_primes(cls, p: int, q: int, *, bits: int = MODULUS_BITS) -> IssuerKey:
        """Derive the key from its primes. Raises KeyFileDamaged where they are not those of a good key."""
        good = p != q and all(gmpy2.is_prime(prime) and math.gcd(prime - 1, EXPONENT) == 1 for prime in (p, q))
        if not good:
            raise KeyFileDamaged("issuer key")
        try:
            public = IssuerPublicKey(p * q, bits=bits)
        except BadIssuerKey:
            raise KeyFileDamaged("issuer key") from None
        d = pow(EXPONENT, -1, math.lcm(p - 1, q - 1))
        return cls(public, p, q, dp=d % (p - 1), dq=d % (q - 1), q_inverse=pow(q, -1, p))

    def encode(self) -> bytes:
        """Return the secret for the store: JSON with both primes in hexadecimal; the rest is derived again."""
        return json.dumps({"p": f"{self.p:x}", "q": f"{self.q:x}"}, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, raw: bytes) -> IssuerKey:
        """Read what `encode` wrote. Raises KeyFileDamaged."""
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            raise KeyFileDamaged("issuer key") from None
        if not isinstance(value, dict) or list(value) != ["p", "q"]:
            raise KeyFileDamaged("issuer key")
        return cls.from_primes(_number(value["p"]), _number(value["q"]))


class SignsBlindly(Protocol):
    """What an issuer needs of a signer, whether its key lies in a file or in a token."""

    @property
    def public(self) -> IssuerPublicKey:
        """The key under which its signatures verify."""

    @property
    def stopped(self) -> bool:
        """Whether the key is gone, by `close` or by a fault."""

    def close(self) -> None:
        """Let go of the key."""

    def blind_sign(self, blinded: bytes) -> bytes:
        """Return the blind signature. Raises BlindedOutOfRange, IssuerStopped, SigningFault."""


class BlindSigner:
    """Signs blinded messages until it is closed or computes wrongly once; then it holds no key any more."""

    def __init__(self, key: IssuerKey) -> None:
        self.public = key.public
        self._key: IssuerKey | None = key

    def close(self) -> None:
        """Let go of the key; `blind_sign` refuses from now on."""
        self._key = None

    @property
    def stopped(self) -> bool:
        """Whether the key is gone, by `close` or by a fault."""
        return self._key is None

    def blind_sign(self, blinded: bytes) -> bytes:
        """Return the blind signature, as long as the modulus.

        Stricter than the RFC in what it signs: 0, 1 and n-1 sign themselves, and a number that shares a factor with n
        factors it. Raises BlindedOutOfRange, IssuerStopped, and SigningFault once, after which the signer stays
        stopped. Source: RFC 9474, 4.3; SPEC 3.9.
        """
        key = self._key
        if key is None:
            raise IssuerStopped("issuer")
        n = key.public.modulus
        m = check_blinded(key.public, blinded)  # RFC 9474 4.3, step 1
        s = _private_power(key, m)  # step 2
        if s is None or gmpy2.powmod(s, EXPONENT, n) != m:  # steps 3-4: one wrong half of the CRT reveals a prime
            self.close()
            raise SigningFault("issuer")
        return int(s).to_bytes(key.public.length)  # step 5


def check_blinded(key: IssuerPublicKey, blinded: bytes) -> int:
    """Return the number in a blinded message if it may be signed under `key`. Raises BlindedOutOfRange."""
    m, n = int.from_bytes(blinded), key.modulus
    if len(blinded) != key.length or not 1 < m < n - 1 or math.gcd(m, n) != 1:
        raise BlindedOutOfRange("blinded message")
    return m


def _private_power(key: IssuerKey, m: int) -> Any:
    """RSASP1 by CRT: the exponentiations are silent on side channels, the base blinding covers what is around them.

    None where a damaged key cannot even be computed with.
    """
    n, p, q = gmpy2.mpz(key.public.modulus), gmpy2.mpz(key.p), gmpy2.mpz(key.q)
    r = _unit(key.public.modulus)
    hidden = m * gmpy2.powmod_sec(r, EXPONENT, n) % n
    try:
        s_p = gmpy2.powmod_sec(hidden % p, key.dp, p)
        s_q = gmpy2.powmod_sec(hidden % q, key.dq, q)
    except (ValueError, ZeroDivisionError):
        return None
    s = s_q + q * (key.q_inverse * (s_p - s_q) % p)
    return s * gmpy2.invert(r, n) % n


def _unit(modulus: int) -> int:
    """Draw a fresh number in [2, n) that is coprime to n; nobody has ever seen the second draw."""
    while True:
        r = 2 + secrets.randbelow(modulus - 2)
        if math.gcd(r, modulus) == 1:
            return r


def _number(text: object) -> int:
    if not isinstance(text, str) or not 0 < len(text) <= MODULUS_BITS // 4 or not _LOWER_HEX.match(text):
        raise KeyFileDamaged("issuer key")
    return int(text, 16)
