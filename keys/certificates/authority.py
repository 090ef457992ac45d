"""A small certificate authority of our own: its key, its certificate, what it has issued and what it took back.

Here lives its file in the store. Never here: what it may issue (`tls.py`, `report_authority.py`), or its key handed out
in any other form than a signature.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from keys import store
from keys.certificates.errors import BadSubject
from keys.errors import KeyFileDamaged, WrongPurpose
from keys.roles import AUTHORITY
from keys.store import DEFAULT_COST, KdfCost
from tally.protocol.errors import one_line

TLS, REPORT = "tls", "report"
BACKDATED = timedelta(days=1)  # a terminal's clock may be behind
LONGEST_NAME = 64  # X.520, ub-common-name and its neighbours
SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that went out: serial number in hexadecimal, whose, until when, revoked since when."""

    serial: str
    name: str
    end: str
    revoked: str = ""


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority for one use, `tls` or `report`; `lists` counts the revocation lists it has signed."""

    use: str
    certificate: x509.Certificate
    key: SigningKey = field(repr=False)
    issued: tuple[Issued, ...] = ()
    lists: int = 0

    @property
    def end(self) -> datetime:
        """The last moment of the authority's own life."""
        return self.certificate.not_valid_after_utc

    def sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        """Return the certificate, with the two identifiers that tie it to this authority."""
        identifier = self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
        bound = builder.issuer_name(self.certificate.subject).add_extension(issuer, critical=False)
        return bound.sign(self.key, SHA256())

    def encode(self) -> bytes:
        """Return the secret for the store: JSON with PEM inside."""
        value = {
            "use": self.use,
            "key": self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii"),
            "certificate": self.certificate.public_bytes(Encoding.PEM).decode("ascii"),
            "issued": [[one.serial, one.name, one.end, one.revoked] for one in self.issued],
            "lists": self.lists,
        }
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, raw: bytes) -> Authority:
        """Read what `encode` wrote. Raises KeyFileDamaged."""
        try:
            value: dict[str, Any] = json.loads(raw)
            certificate = x509.load_pem_x509_certificate(value["certificate"].encode())
            key = load_pem_private_key(value["key"].encode(), None)
            issued = tuple(Issued(*map(str, one)) for one in value["issued"])
            use, lists = str(value["use"]), int(value["lists"])
        except (ValueError, TypeError, KeyError, AttributeError):
            raise KeyFileDamaged("authority") from None
        if not isinstance(key, SigningKey) or key.public_key() != certificate.public_key():
            raise KeyFileDamaged("authority")
        return cls(use, certificate, key, issued, lists)


def keep(authority: Authority, path: Path, passphrase: str, *, cost: KdfCost = DEFAULT_COST) -> None:
    """Store a new authority. Raises what `store.create` raises."""
    name = organisation_of(authority.certificate)
    store.create(path, kind=AUTHORITY, secret=authority.encode(), passphrase=passphrase, name=name, cost=cost)


def open_authority(path: Path, passphrase: str, *, use: str) -> Authority:
    """Open an authority that was kept for this use. Raises WrongPurpose, and what `store.open_key` raises."""
    found = Authority.decode(store.open_key(path, kind=AUTHORITY, passphrase=passphrase).secret)
    if found.use != use:
        raise WrongPurpose(path.name)
    return found


def update(authority: Authority, path: Path, passphrase: str) -> None:
    """Write what has changed, before anything that was issued goes out. Raises what `store.replace` raises."""
    store.replace(path, kind=AUTHORITY, secret=authority.encode(), passphrase=passphrase)


# --- what certificates share -------------------------------------------------------------------------------------


def subject(*, common: str, organisation: str, title: str = "") -> x509.Name:
    """Return a name in a certificate, in UTF8String (what RFC 5280 asks for). Raises BadSubject."""
    parts = [(NameOID.COUNTRY_NAME, "VN"), (NameOID.ORGANIZATION_NAME, organisation)]
    parts += [(NameOID.TITLE, title)] if title else []
    parts.append((NameOID.COMMON_NAME, common))
    for _oid, text in parts:
        if not 0 < len(text) <= LONGEST_NAME or text != text.strip() or one_line(text) != text:
            raise BadSubject(one_line(text)[:LONGEST_NAME])
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def organisation_of(certificate: x509.Certificate) -> str:
    """Return the organisation that a certificate names, or an empty text."""
    found = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else ""


def life(builder: x509.CertificateBuilder, *, now: datetime, end: datetime) -> x509.CertificateBuilder:
    """Give a certificate its life and a random serial number of 159 bits."""
    start = now.astimezone(UTC).replace(microsecond=0) - BACKDATED
    return builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)


def self_signed(
    builder: x509.CertificateBuilder, *, key: SigningKey, name: x509.Name, use: str, revokes: bool
) -> Authority:
    """Return an authority whose certificate is signed with its own key; it signs end certificates only."""
    public = key.public_key()
    certificate = (
        builder.subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(key_cert_sign=True, crl_sign=revokes), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, SHA256())
    )
    return Authority(use, certificate, key)


def key_usage(**uses: bool) -> x509.KeyUsage:
    """Return a key usage with exactly these bits."""
    bits = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    return x509.KeyUsage(**(bits | uses))
