"""A member's signature under a document, on the member's own machine: first everything is verified, then it is signed.

Here lives the order of that act. Never here: a document that came from elsewhere and is signed as it came; the way to a
signature begins with a verified record (threats G14). SPEC 5.19, 5.20.

    ready = prepare(verified, folder, document, identity, at=now)      # refuses whatever differs, or is out of turn
    signed = sign(ready, identity, at=now)
    keep(ready, signed, folder)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from pyhanko.sign.timestamps import TimeStamper

from keys import disk
from keys.certificates.checks import check_identity
from keys.certificates.identity import Identity
from keys.documents.errors import (
    HasSigned,
    NotASigner,
    NothingToSign,
    NotThisDocument,
    OtherCertificate,
    SignedOnPaper,
    SigningWaits,
)
from keys.documents.signing import sign_document
from keys.documents.statement import certificate_hash
from tally.comparison import Comparison
from tally.record import SIGNED
from tally.report.documents import Document
from tally.report.documents.parts import HEAD, MEMBER
from tally.report.typeface import family
from tally.signed.document import Expected, Signed, check_signed
from tally.signed.folder import Signing, read_pdf, read_signing
from tally.sitting import comparison_of
from tally.verify import VerifiedRecord


@dataclass(frozen=True, slots=True)
class Ready:
    """A document that this member may sign now: its bytes as they are, the document made again, who has signed."""

    document: Document
    raw: bytes
    expected: bytes
    signers: tuple[Expected, ...]
    signatures: tuple[Signed, ...]
    signer: Expected
    role: str
    comparison: Comparison

    @property
    def first(self) -> bool:
        """Whether nobody has signed."""
        return not self.signatures

    @property
    def last(self) -> bool:
        """Whether nobody signs after this member."""
        return len(self.signatures) == len(self.signers) - 1

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"{self.document.name}.pdf"


def prepare(
    verified: VerifiedRecord,
    report: Path,
    file: Path,
    identity: Identity,
    *,
    at: datetime,
    member: int | None = None,
    lists: Sequence[x509.CertificateRevocationList] = (),
) -> Ready:
    """Return what this identity may sign: `file` must be the document that the verified record gives, byte for byte.

    Raises SignedOnPaper, NothingToSign, NotThisDocument, NotASigner, OtherCertificate,
    HasSigned, SigningWaits, a CertificateFault, and what `read_signing` and `check_signed` raise.
    """
    signing = read_signing(verified, report)
    if not signing.signers:
        raise SignedOnPaper("minutes.json")
    document = signing.document(file.stem)
    if document is None:
        raise NothingToSign(file.name)
    expected = document.make(signing.papers, family())
    raw, signatures = _so_far(report / SIGNED / f"{document.name}.pdf", expected, signing)
    if read_pdf(file) not in (raw, expected):
        raise NotThisDocument(file.name)
    signer = _who(signing.signers, identity, member)
    _check_turn(signing.signers, len(signatures), signer, document.name)
    check_identity(identity, at=at, lists=lists)
    role = _role(verified, signer, head=signer is signing.signers[0])
    comparison = comparison_of(verified, signing.minutes)
    return Ready(document, raw, expected, signing.signers, signatures, signer, role, comparison)


def sign(ready: Ready, identity: Identity, *, at: datetime, timestamper: TimeStamper | None = None) -> bytes:
    """Return the document with this member's signature, once it was checked like any other.

    Raises OtherCertificate, and what `sign_document` and `check_signed` raise.
    """
    if certificate_hash(identity.certificate) != ready.signer.certificate:
        raise OtherCertificate(ready.name, member=ready.signer.shown)
    signed = sign_document(
        ready.raw, field=ready.signer.field, identity=identity, first=ready.first, at=at, timestamper=timestamper,
        name=ready.signer.name, role=ready.role,
    )  # fmt: skip
    check_signed(signed, expected=ready.expected, signers=ready.signers, where=ready.name, complete=ready.last)
    return signed


def keep(ready: Ready, signed: bytes, report: Path) -> Path:
    """Write the signed document, whole, and only over what was read. Raises NotThisDocument, KeyFileBusy."""
    path = report / SIGNED / ready.name
    path.parent.mkdir(exist_ok=True)
    with disk.locked(path):
        if (read_pdf(path) if path.is_file() else ready.expected) != ready.raw:
            raise NotThisDocument(path.name)  # somebody else has signed meanwhile
        disk.replace(path, signed)
        path.chmod(0o644)
    return path


def _so_far(path: Path, expected: bytes, signing: Signing) -> tuple[bytes, tuple[Signed, ...]]:
    """Return the document as it is, and the signatures that it has. Raises NotThisDocument."""
    if not path.is_file():
        return expected, ()
    raw = read_pdf(path)
    found = check_signed(raw, expected=expected, signers=signing.signers, where=path.name, complete=False)
    if not found.identical:
        raise NotThisDocument(path.name)
    return raw, found.signatures


def _who(signers: Sequence[Expected], identity: Identity, member: int | None) -> Expected:
    pinned = certificate_hash(identity.certificate)
    if member is None:
        found = [one for one in signers if one.certificate == pinned]
        if len(found) != 1:
            raise NotASigner(identity.name)
        return found[0]
    signer = next((one for one in signers if one.owner == member), None)
    if signer is None:
        raise NotASigner(f"ky-{member}")
    if signer.certificate != pinned:
        raise OtherCertificate(identity.name, member=signer.shown)
    return signer


def _check_turn(signers: Sequence[Expected], done: int, signer: Expected, name: str) -> None:
    turn = signers.index(signer)
    if turn < done:
        raise HasSigned(name, member=signer.shown)
    if turn > done:
        raise SigningWaits(name, member=signers[done].shown)


def _role(verified: VerifiedRecord, signer: Expected, *, head: bool) -> str:
    """Return the office as the document's own signature block names it."""
    return verified.evidence.committee.members[signer.owner - 1].role or (HEAD if head else MEMBER)
