"""A voter's credential: the code on the slip, the secret exponent behind it, the public key that the box knows.

Here lives the derivation and the forgiving reading of what a person types. Never here: a name.

Worked example (SPEC 3.8): value 0 has the code `0000-0000-0000-0000-0000-0000-0000`, 26 digits and two check digits.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from tally.protocol.errors import BadCode
from tally.protocol.group import Point, Q, RandBelow, g_pow

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
DIGITS = 26
_MODULUS = 1021
_LABEL = "phieu-tin-nhiem/v1/credential-secret|"
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


@dataclass(frozen=True, slots=True)
class SlipCode:
    """130 bits from the operating system; whoever holds them may cast one ballot."""

    value: int

    @classmethod
    def random(cls, randbelow: RandBelow = secrets.randbelow) -> SlipCode:
        """Draw a fresh code."""
        return cls(randbelow(32**DIGITS))

    @classmethod
    def read(cls, typed: str) -> SlipCode:
        """Read what a person typed or a scanner sent: any case and grouping, O as 0, I and L as 1.

        Raises BadCode when length, alphabet or check digits are wrong. Source: SPEC 3.8; threats A20.
        """
        digits = plain(typed)
        if len(digits) != DIGITS + 2 or any(c not in ALPHABET for c in digits):
            raise BadCode
        value, check = _number(digits[:DIGITS]), _number(digits[DIGITS:])
        if value % _MODULUS != check:
            raise BadCode
        return cls(value)

    @property
    def digits(self) -> str:
        """The 26 characters that derive the secret."""
        return base32(self.value, DIGITS)

    def shown(self) -> str:
        """Return the 28 characters in seven groups of four, as printed on the slip."""
        whole = self.digits + base32(self.value % _MODULUS, 2)
        return "-".join(whole[i : i + 4] for i in range(0, len(whole), 4))

    def __repr__(self) -> str:
        return "SlipCode(…)"


@dataclass(frozen=True, slots=True)
class Credential:
    """The key pair of one slip in one round."""

    secret: int
    public: Point

    @classmethod
    def derive(cls, code: SlipCode, uuid: str) -> Credential:
        """Return the key pair of `code` in the round `uuid`: x = SHA-512(label uuid | digits), big-endian, mod q."""
        digest = hashlib.sha512(f"{_LABEL}{uuid}|{code.digits}".encode("ascii")).digest()
        secret = int.from_bytes(digest, "big") % Q
        return cls(secret, g_pow(secret))

    def __repr__(self) -> str:
        return f"Credential({self.public.encode()})"


def plain(typed: str) -> str:
    """Bring what was typed or scanned into capital base-32 digits, forgiving case, grouping, O, I and L. SPEC 3.8."""
    return "".join(typed.upper().split()).translate(_FORGIVEN)


def _number(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 32 + ALPHABET.index(digit)
    return value


def base32(value: int, length: int) -> str:
    """Return the last `length` base-32 digits of `value`, in Crockford's alphabet."""
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(length)))
