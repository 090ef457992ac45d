"""Blind signatures on credentials: RSABSSA-SHA384-PSS-Randomized (RFC 9474), the voter's half and the check.

Here live blinding, finalizing and verifying. Never here: a private exponent (keys/issuer/), or a key from a ballot.

The issuer signs a number that hides the credential unconditionally; what comes out is an ordinary RSA-PSS signature:

    blinding = blind(key, message)                          # voter's side; blinding.blinded_message goes to the issuer
    signature = finalize(key, message, blinding=blinding, blind_signature=answer)
    check_signature(key, message, signature)                # anybody, later
"""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tally.i18n import marked as _
from tally.protocol.errors import BadHash, Refused, WrongShape
from tally.protocol.issuer_key import EXPONENT, MODULUS_BITS, BadIssuerKey, IssuerPublicKey
from tally.protocol.pss import emsa_pss_encode

__all__ = [
    "BadIssuerKey",
    "BlindMessageRange",
    "Blinding",
    "CredentialSignature",
    "IssuerPublicKey",
    "Randomness",
    "SignatureInvalid",
    "blind",
    "check_signature",
    "credential_message",
    "finalize",
]

PREFIX_LENGTH = 32
SALT_LENGTH = 48
MESSAGE_LABEL = "phieu-tin-nhiem/v1/credential|"
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=SALT_LENGTH)
_LOWER_HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")


@dataclass(frozen=True, slots=True)
class Blinding:
    """What the voter's side keeps between asking and answer; `inverse` is secret and is erased after `finalize`."""

    prefix: bytes
    blinded_message: bytes
    inverse: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class CredentialSignature:
    """One issuer's signature on a credential: RSA-PSS over `prefix` (32 bytes) and the message."""

    prefix: bytes
    signature: bytes

    @classmethod
    def parse(cls, value: object, where: str = "signature", *, length: int = MODULUS_BITS // 8) -> CredentialSignature:
        """Read `{"prefix","signature"}` in lower-case hexadecimal, `signature` of `length` bytes. Raises WrongShape."""
        if not isinstance(value, dict) or list(value) != ["prefix", "signature"]:
            raise WrongShape(where, expected="{prefix, signature}")
        prefix = _digits(value["prefix"], f"{where}.prefix", PREFIX_LENGTH, WrongShape)
        return cls(prefix, _digits(value["signature"], f"{where}.signature", length, WrongShape))

    def encode(self) -> dict[str, str]:
        """Return the value that `parse` reads, in the field order of the specification."""
        return {"prefix": self.prefix.hex(), "signature": self.signature.hex()}


@dataclass(frozen=True, slots=True)
class Randomness:
    """What blinding draws anew for every issuer, lest two of them compare notes; replaced only to replay vectors."""

    prefix: Callable[[], bytes] = lambda: secrets.token_bytes(PREFIX_LENGTH)
    salt: Callable[[], bytes] = lambda: secrets.token_bytes(SALT_LENGTH)
    blinding_factor: Callable[[int], int] = lambda modulus: 1 + secrets.randbelow(modulus - 1)


SYSTEM_RANDOMNESS = Randomness()


def credential_message(*, manifest_hash: str, issuer_name: str, credential_hex: str) -> bytes:
    """Return the bytes that an issuer signs blindly, before the random prefix.

    The fields around the name have fixed lengths, so no name can make two messages alike. Raises BadHash for a
    manifest hash or credential that is not 64 lower-case hexadecimal digits. Source: SPEC 3.9.
    """
    for where, value in (("manifest hash", manifest_hash), ("credential", credential_hex)):
        _digits(value, where, 32, BadHash)
    return f"{MESSAGE_LABEL}{manifest_hash}|{issuer_name}|{credential_hex}".encode()


def blind(key: IssuerPublicKey, message: bytes, *, randomness: Randomness = SYSTEM_RANDOMNESS) -> Blinding:
    """Hide `message` from the issuer who will sign it.

    Not constant-time: it runs on the voter's side, once for each factor. Raises BlindMessageRange with the
    probability of factoring the key by chance. Source: RFC 9474, 4.1 and 4.2.
    """
    n = key.modulus
    prefix = randomness.prefix()  # RFC 9474 4.1 (PrepareRandomize)
    encoded = emsa_pss_encode(prefix + message, key.bits - 1, randomness.salt())  # RFC 9474 4.2, steps 1-2
    m = int.from_bytes(encoded)  # step 3
    if math.gcd(m, n) != 1:  # steps 4-5
        raise BlindMessageRange("message")
    r = randomness.blinding_factor(n)  # step 6
    if math.gcd(r, n) != 1:  # steps 7-8
        raise BlindMessageRange("blinding factor")
    inverse = pow(r, -1, n)
    z = m * pow(r, EXPONENT, n) % n  # steps 9-10
    return Blinding(prefix, z.to_bytes(key.length), inverse)  # steps 11-12


def finalize(
    key: IssuerPublicKey, message: bytes, *, blinding: Blinding, blind_signature: bytes
) -> CredentialSignature:
    """Unblind the issuer's answer and return the signature, which has then been verified.

    Raises SignatureInvalid. Source: RFC 9474, 4.4.
    """
    z = _representative(key, blind_signature, "blind signature")  # RFC 9474 4.4, steps 1-2
    s = z * blinding.inverse % key.modulus  # step 3
    signature = CredentialSignature(blinding.prefix, s.to_bytes(key.length))  # step 4
    check_signature(key, message, signature)  # steps 5-6
    return signature


def check_signature(key: IssuerPublicKey, message: bytes, signature: CredentialSignature) -> None:
    """Check that `key` signed `message`: RSASSA-PSS, SHA-384, MGF1-SHA-384, salt of exactly 48 bytes.

    Take `key` from the manifest by the issuer's index, never from a ballot: anybody can make a key under which an old
    signature verifies. Raises SignatureInvalid. Source: RFC 9474, 4.5 and 7 (key substitution); RFC 8017, 8.1.2.
    """
    if len(signature.prefix) != PREFIX_LENGTH:
        raise SignatureInvalid("prefix")
    _representative(key, signature.signature, "signature")
    public = rsa.RSAPublicNumbers(EXPONENT, key.modulus).public_key()
    try:
        public.verify(signature.signature, signature.prefix + message, _PSS, hashes.SHA384())
    except InvalidSignature:
        raise SignatureInvalid("signature") from None


def _representative(key: IssuerPublicKey, octets: bytes, where: str) -> int:
    """Exactly one spelling for each residue: the full length, and below the modulus."""
    value = int.from_bytes(octets)
    if len(octets) != key.length or value >= key.modulus:
        raise SignatureInvalid(where)
    return value


# --- readers -----------------------------------------------------------------------------------------------------


def _digits(text: object, where: str, length: int, error: type[Refused]) -> bytes:
    """Read exactly `length` bytes of lower-case hexadecimal."""
    if not isinstance(text, str) or len(text) != 2 * length or not _LOWER_HEX.match(text):
        details: dict[str, Any] = {"expected": f"hex[{2 * length}]"}
        raise error(where, **details)
    return bytes.fromhex(text)


# --- answers -----------------------------------------------------------------------------------------------------


class BlindMessageRange(Refused):
    """The number to be blinded, or the factor that hides it, cannot be used with this key."""

    code = "BLIND_MESSAGE_RANGE"
    text = _("Không che được thông điệp bằng khóa này; đề nghị quý vị thực hiện lại.")


class SignatureInvalid(Refused):
    """The signature on a credential does not verify under this issuer's key."""

    code = "SIGNATURE_INVALID"
    text = _("Chữ ký của bên cấp phiếu không hợp lệ.")
