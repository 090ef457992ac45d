"""A person's signing identity: certificate, chain, and a key that signs and never comes out; PKCS#12 in and out.

Here lives the reading and writing of identities. Never here: whether one is good (checks.py), or a PDF.

    identity = open_pkcs12(path, passphrase)
    check_identity(identity, at=now)               # keys.certificates.checks
    signature = identity.sign(signed_attributes)   # SHA-256; RSA PKCS#1 v1.5 or ECDSA, as `identity.algorithm` says
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID

from keys import disk
from keys.certificates.errors import CertificateUnreadable, PassphraseNotPlain
from keys.errors import PassphraseUnreadable, WrongPassphrase
from keys.passphrase import check_passphrase

MAX_FILE = 256 * 1024
KDF_ROUNDS = 600_000
RSA, ECDSA = "sha256_rsa", "sha256_ecdsa"
_PERSONAL = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SignsOnly(Protocol):
    """What is left of a private key once it is only to sign: a key in memory, or one inside a token."""

    def sign(self, message: bytes, *arguments: Any) -> bytes:
        """Return the signature of a message."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's certificate, those of the authorities above it, and the key, which only `sign` touches."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    _key: SignsOnly | None = field(repr=False, default=None)

    @property
    def name(self) -> str:
        """The person's name in the certificate, or an empty text."""
        found = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else ""

    @property
    def algorithm(self) -> str:
        """The signature algorithm as RFC 5754 names it. Raises CertificateUnreadable for a key of another kind."""
        public = self.certificate.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            return RSA
        if isinstance(public, ec.EllipticCurvePublicKey):
            return ECDSA
        raise CertificateUnreadable(self.name)

    def sign(self, message: bytes) -> bytes:
        """Return a signature over SHA-256 of a message. Raises CertificateUnreadable where there is no key."""
        if self._key is None:
            raise CertificateUnreadable(self.name)
        if self.algorithm == RSA:
            return self._key.sign(message, padding.PKCS1v15(), SHA256())
        return self._key.sign(message, ec.ECDSA(SHA256()))


def open_pkcs12(path: Path, passphrase: str) -> Identity:
    """Open a PKCS#12 file (.p12, .pfx), ours or a member's own.

    Raises WrongPassphrase (also for a damaged file), CertificateUnreadable, KeyFileMissing, KeyFileDamaged,
    InsideRepository, PassphraseUnreadable.
    """
    disk.check_outside_repository(path)
    raw = disk.read(path, limit=MAX_FILE)
    try:
        found = pkcs12.load_pkcs12(raw, _spelt(passphrase))
    except ValueError as error:
        wrong = "password" in str(error).lower()
    except Exception:  # a kind of key or a cipher that pyca/cryptography does not know
        wrong = False
    else:
        return _whole(found, path.name)
    raise (WrongPassphrase if wrong else CertificateUnreadable)(path.name) from None


def write_pkcs12(identity: Identity, path: Path, passphrase: str) -> None:
    """Write an identity as PKCS#12 (AES-256, PBKDF2 with 600,000 rounds, MAC with SHA-256), mode 0600.

    Raises what `check_plain` raises, InsideRepository, KeyFileExists, CertificateUnreadable.
    """
    disk.check_outside_repository(path)
    check_plain(passphrase, known=(identity.name,))
    if not isinstance(identity._key, _PERSONAL):
        raise CertificateUnreadable(path.name)
    sealing = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(KDF_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(passphrase.encode("ascii"))
    )
    raw = pkcs12.serialize_key_and_certificates(
        identity.name.encode(), identity._key, identity.certificate, identity.chain, sealing
    )
    disk.create(path, raw)


def check_plain(passphrase: str, *, known: Sequence[str] = ()) -> None:
    """Check a new PKCS#12 passphrase: hard to guess, and spelt alike by every program.

    Raises PassphraseNotPlain, PassphraseTooShort, PassphraseWeak.
    """
    if not passphrase.isascii() or not passphrase.isprintable():
        raise PassphraseNotPlain("PKCS#12")
    check_passphrase(passphrase, known=known)


def _spelt(passphrase: str) -> bytes:
    try:
        return unicodedata.normalize("NFC", passphrase).encode()
    except UnicodeEncodeError:  # its text would quote the passphrase
        raise PassphraseUnreadable from None


def _whole(found: pkcs12.PKCS12KeyAndCertificates, where: str) -> Identity:
    key, certificate = found.key, found.cert
    if not isinstance(key, _PERSONAL) or certificate is None:
        raise CertificateUnreadable(where)
    if key.public_key() != certificate.certificate.public_key():
        raise CertificateUnreadable(where)
    return Identity(certificate.certificate, tuple(one.certificate for one in found.additional_certs), key)
