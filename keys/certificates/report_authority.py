"""The committee's own authority for people who sign minutes and reports: what it issues, and how it takes it back.

Here lives what goes into certificates and revocation lists. Never here: a file, a clock, or a certificate for a server.

Keys are RSA of 3072 bits with PKCS#1 v1.5 and SHA-256: every reader of signed PDFs has verified that for decades, and
the public authorities in Viet Nam issue the same kind. ECDSA would be smaller; but a report is read for years on
machines that nobody chose, and a viewer without the curve calls a good signature unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID

from keys.certificates.authority import (
    REPORT,
    Authority,
    Issued,
    key_usage,
    life,
    organisation_of,
    self_signed,
    subject,
)
from keys.certificates.errors import AuthorityForbids, NoSuchCertificate
from keys.certificates.identity import Identity

PersonalKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
KEY_BITS, EXPONENT = 3072, 65537
LONGEST_PERSON = timedelta(days=730)
LONGEST_AUTHORITY = timedelta(days=5 * 365 + 2)  # the term of a people's council
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
# Viewers older than RFC 9336 (2022) ask for the second one: poppler with NSS trusts no signer without it.
_PURPOSES = x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs: the name as it stands in the minutes, and the office."""

    name: str
    title: str = ""


def make_authority(*, organisation: str, now: datetime, end: datetime) -> Authority:
    """Return a new authority for signers of reports. Raises BadSubject."""
    name = subject(common="Chứng thư gốc ký báo cáo", organisation=organisation)
    key = rsa.generate_private_key(public_exponent=EXPONENT, key_size=KEY_BITS)
    builder = life(x509.CertificateBuilder(), now=now, end=end)
    return self_signed(builder, key=key, name=name, use=REPORT, revokes=True)


def issue_identity(authority: Authority, person: Person, *, now: datetime, end: datetime) -> tuple[Authority, Identity]:
    """Return the authority that remembers the certificate, and the person's new identity: store first, then hand out.

    Raises what `issue_certificate` raises.
    """
    key = rsa.generate_private_key(public_exponent=EXPONENT, key_size=KEY_BITS)
    authority, certificate = issue_certificate(authority, person, key.public_key(), now=now, end=end)
    return authority, Identity(certificate, (authority.certificate,), key)


def issue_certificate(
    authority: Authority, person: Person, public: PersonalKey, *, now: datetime, end: datetime
) -> tuple[Authority, x509.Certificate]:
    """Return the authority that remembers it, and a certificate for a key that the person already holds.

    Raises BadSubject, and AuthorityForbids for a life longer than two years or than the authority's own.
    """
    if end > min(authority.end, now + LONGEST_PERSON) or now > authority.end:
        raise AuthorityForbids(person.name)
    organisation = organisation_of(authority.certificate)
    builder = (
        life(x509.CertificateBuilder(), now=now, end=end)
        .subject_name(subject(common=person.name, organisation=organisation, title=person.title))
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(_PURPOSES, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    certificate = authority.sign(builder)
    issued = Issued(spell_serial(certificate), person.name, _moment(certificate.not_valid_after_utc))
    return replace(authority, issued=(*authority.issued, issued)), certificate


def revoke(authority: Authority, serial: str, *, now: datetime) -> Authority:
    """Return the authority that has taken a certificate back; again changes nothing. Raises NoSuchCertificate."""
    wanted = serial.strip().lower().replace(":", "").replace(" ", "")
    if wanted not in {one.serial for one in authority.issued}:
        raise NoSuchCertificate(serial)
    since = _moment(now.astimezone(UTC))
    return replace(
        authority,
        issued=tuple(
            replace(one, revoked=since) if one.serial == wanted and not one.revoked else one for one in authority.issued
        ),
    )


def revocation_list(
    authority: Authority, *, now: datetime, end: datetime
) -> tuple[Authority, x509.CertificateRevocationList]:
    """Return the authority that has counted the list, and the list, good until `end` or the authority's own end.

    It names every certificate ever taken back, also those that have expired since: a signature may be older.
    """
    number = authority.lists + 1
    identifier = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now.astimezone(UTC).replace(microsecond=0))
        .next_update(min(end, authority.end))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )
    for one in authority.issued:
        if one.revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(int(one.serial, 16))
                .revocation_date(datetime.fromisoformat(one.revoked))
                .build()
            )
    return replace(authority, lists=number), builder.sign(authority.key, SHA256())


def spell_serial(certificate: x509.Certificate) -> str:
    """Return a serial number as openssl and viewers show it: lower-case hexadecimal, whole bytes."""
    digits = f"{certificate.serial_number:x}"
    return digits.zfill(len(digits) + len(digits) % 2)


def _moment(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()
