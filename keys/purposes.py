"""One key, one purpose: fingerprints of public keys, and the refusal to start when one of them appears twice.

Here lives the comparison, whatever form a key comes in. Never here: a private key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from keys.errors import KeyFileDamaged, KeyReused
from tally.protocol.blind import IssuerPublicKey

_LABEL = "phieu-tin-nhiem/v1/key-fingerprint|"


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A place in the configuration or a manifest where a key is used, and the fingerprint of its public half."""

    place: str
    fingerprint: str


def check_distinct_purposes(uses: Iterable[KeyUse]) -> None:
    """Refuse to start when one key stands in two places, or twice in one.

    A key that signs blindly signs anything for anybody: used elsewhere, it would sign a report, a log-in, a TLS
    handshake. Raises KeyReused, naming both places. Source: SPEC 3.9.
    """
    places: dict[str, str] = {}
    for use in uses:
        if use.fingerprint in places:
            raise KeyReused(first=places[use.fingerprint], second=use.place)
        places[use.fingerprint] = use.place


def issuer_fingerprint(key: IssuerPublicKey) -> str:
    """Return the fingerprint of an issuer's key: 64 hexadecimal digits."""
    return _rsa(key.modulus)


def ed25519_fingerprint(public_hex: str) -> str:
    """Return the fingerprint of an Ed25519 key given in lower-case hexadecimal, as RFC 8032 writes it."""
    return _hash(f"ed25519|{public_hex}")


def pem_fingerprint(pem: bytes) -> str:
    """Return the fingerprint of the key in a PEM certificate or PEM public key (TLS, reports). Raises KeyFileDamaged.

    An RSA key is its modulus: the same modulus with another exponent or in another wrapping is the same key.
    """
    try:
        key = _certified(pem) if b"BEGIN CERTIFICATE" in pem else load_pem_public_key(pem)
    except ValueError:
        raise KeyFileDamaged("PEM") from None
    if isinstance(key, rsa.RSAPublicKey):
        return _rsa(key.public_numbers().n)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return ed25519_fingerprint(key.public_bytes_raw().hex())
    return _hash(f"spki|{key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()}")


def _certified(pem: bytes) -> PublicKeyTypes:
    return x509.load_pem_x509_certificate(pem).public_key()


def _rsa(modulus: int) -> str:
    return _hash(f"rsa|{modulus:x}")


def _hash(text: str) -> str:
    return hashlib.sha256(f"{_LABEL}{text}".encode()).hexdigest()
