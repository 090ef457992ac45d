"""Whether a person's certificate can sign a report today, and if not, everything that is wrong with it.

Here live checks of certificates against a moment and a revocation list. Never here: a key, or the trust in a root.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from keys.certificates.errors import (
    CertificateChainBroken,
    CertificateExpired,
    CertificateFault,
    CertificateNotYetValid,
    CertificateRevoked,
    CertificateWeak,
    CertificateWrongUse,
)
from keys.certificates.identity import Identity
from keys.certificates.report_authority import DOCUMENT_SIGNING, spell_serial
from tally.i18n import marked as _

E = TypeVar("E", bound=x509.ExtensionType)
LEAST_RSA = 2048
CURVES = ("secp256r1", "secp384r1", "secp521r1")
HASHES = ("sha256", "sha384", "sha512")
NO_COMMITMENT = _("thiếu mục đích chống chối bỏ (nonRepudiation)")
NO_PURPOSE = _("mục đích mở rộng không gồm ký văn bản hoặc thư điện tử")
AN_AUTHORITY = _("đây là chứng thư của cơ quan chứng thực, không phải của một người")
_PURPOSES = {
    DOCUMENT_SIGNING,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),  # Microsoft: document signing
    x509.ObjectIdentifier("1.2.840.113583.1.1.5"),  # Adobe: authentic documents
}


def check_identity(identity: Identity, *, at: datetime, lists: Sequence[x509.CertificateRevocationList] = ()) -> None:
    """Check that an identity can sign a report at this moment. Raises the first CertificateFault found."""
    for fault in faults(identity, at=at, lists=lists):
        raise fault


def faults(
    identity: Identity, *, at: datetime, lists: Sequence[x509.CertificateRevocationList] = ()
) -> Iterator[CertificateFault]:
    """Yield everything that is wrong with an identity at this moment, by what a person should know first."""
    certificate, where = identity.certificate, spell_serial(identity.certificate)
    if at < certificate.not_valid_before_utc:
        yield CertificateNotYetValid(where, start=f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M}")
    if at > certificate.not_valid_after_utc:
        yield CertificateExpired(where, end=f"{certificate.not_valid_after_utc:%Y-%m-%d %H:%M}")
    if _revoked(identity, lists):
        yield CertificateRevoked(where)
    for missing in _missing_uses(certificate):
        yield CertificateWrongUse(where, missing=missing)
    if algorithm := _weakness(certificate):
        yield CertificateWeak(where, algorithm=algorithm)
    if not _leads_to_root(identity, at):
        yield CertificateChainBroken(where)


def _revoked(identity: Identity, lists: Sequence[x509.CertificateRevocationList]) -> bool:
    """Believe a list only if the authority of this certificate has signed it; the file may hold another of its name."""
    certificate = identity.certificate
    issuer = next((one for one in identity.chain if _signed(certificate, one)), None)
    return issuer is not None and any(
        revoked.issuer == certificate.issuer
        and revoked.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
        and revoked.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None
        for revoked in lists
    )


def _missing_uses(certificate: x509.Certificate) -> Iterator[str]:
    uses = _extension(certificate, x509.KeyUsage)
    if uses is not None and not uses.content_commitment:
        yield NO_COMMITMENT
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    if purposes is not None and not _PURPOSES & set(purposes):
        yield NO_PURPOSE
    if _is_authority(certificate):
        yield AN_AUTHORITY


def _weakness(certificate: x509.Certificate) -> str:
    """Return the name of an algorithm that readers refuse, or an empty text."""
    hashed = certificate.signature_hash_algorithm
    if hashed is None or hashed.name not in HASHES:
        return hashed.name if hashed else "?"
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return "" if key.key_size >= LEAST_RSA else f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "" if key.curve.name in CURVES else key.curve.name
    return type(key).__name__


def _leads_to_root(identity: Identity, at: datetime) -> bool:
    """Follow issuers up to one that signed itself: without it a report could not be checked off line."""
    current, left = identity.certificate, list(identity.chain)
    while current.issuer != current.subject:
        issuer = next((one for one in left if _signed(current, one)), None)
        if issuer is None or not _is_authority(issuer):
            return False
        if not issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc:
            return False
        left.remove(issuer)
        current = issuer
    return _signed(current, current)


def _signed(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    basic = _extension(certificate, x509.BasicConstraints)
    return basic is not None and basic.ca


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
