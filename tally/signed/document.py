"""One signed PDF against the document that the record gives and the members who sign: the steps, in their order.

Here lives `check_signed`. Never here: the folder of a record (folder.py), a root of trust, a clock, or the network.

    found = check_signed(raw, expected=document, signers=(Expected(1, "Trần Văn Bình", certificate), …))
    found.identical                 # the signed pages are these very bytes; else only their text and looks agree
    found.signatures[0].claimed     # the time that the signer's machine wrote down

Our own rules come first, because they are stricter; then pyHanko judges the same file by those of PDF. SPEC 5.20.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from cryptography import x509
from pyhanko.pdf_utils.generic import DictionaryObject, PdfObject, parse_pdf_date
from pyhanko.pdf_utils.misc import PdfError

from tally.i18n import marked as _
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Refused
from tally.signed.coverage import check_by_pdf_rules, covered
from tally.signed.envelope import open_envelope
from tally.signed.errors import SignatureMissing, SignedChangedAfter, SignedUnreadable
from tally.signed.form import field_name, fields_of
from tally.signed.likeness import check_pages
from tally.signed.stamp import Stamp
from tally.signed.structure import MANY, OBJECT, Revision, revisions
from tally.signed.update import CATALOG, Turn, read_update
from tally.signed.vocabulary import check_harmless, check_known, words

LARGE = _("tệp lớn hơn nhiều so với văn bản lập lại")
ROOM = 256 * 1024
"""Several times what a signature takes with its look, its certificates and a time stamp."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A member who signs, in the order of signing: number, name, SHA-256 of the certificate in their statement."""

    owner: int
    name: str
    certificate: str

    @property
    def field(self) -> str:
        """The name of the member's field."""
        return field_name(self.owner)

    @property
    def shown(self) -> str:
        """The member as refusals name them."""
        return f"{self.name} ({self.field})"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that holds. Times and certificates above the pinned one are what they say, and prove nothing here."""

    owner: int
    name: str
    claimed: datetime | None
    stamp: Stamp | None
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def in_life(self) -> bool | None:
        """Whether the certificate was valid when it is said to have signed; None if nothing is said.

        What the signer wrote is signed; a stamp lies beside the signature, where anybody could have put it.
        """
        at = self.claimed or (self.stamp.at if self.stamp else None)
        if at is None:
            return None
        return self.certificate.not_valid_before_utc <= at <= self.certificate.not_valid_after_utc


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A signed document that was checked. `identical`: what was signed is the document byte for byte."""

    identical: bool
    signatures: tuple[Signed, ...]
    sha256: str


def check_signed(
    raw: bytes, *, expected: bytes, signers: Sequence[Expected], where: str = "PDF", complete: bool = True
) -> SignedDocument:
    """Check that `raw` is the `expected` document, signed by these members in this order, and nothing else.

    Not `complete`: the last ones may be missing. Raises SignedUnreadable, SignedDiffers, SignedExtra, SignatureMissing,
    SignatureBroken, SignerUnknown, SignatureOrder, SignedChangedAfter. Source: SPEC 5.20; threats G6, G7, G8.
    """
    if len(raw) > 2 * len(expected) + (len(signers) + 1) * ROOM:
        raise SignedUnreadable(where, reason=LARGE)
    try:
        return _check(raw, expected, signers, where, complete=complete)
    except Refused:
        raise
    except Exception:  # whoever signs may put anything between the words that parsers expect
        raise SignedUnreadable(where, reason=OBJECT) from None


def _check(raw: bytes, expected: bytes, signers: Sequence[Expected], where: str, *, complete: bool) -> SignedDocument:
    found = revisions(raw, where)
    check_harmless((value for revision in found for value in revision.objects.values()), where)
    fields = fields_of(found[0], [signer.field for signer in signers], where)
    if len(found) - 1 > len(signers):
        raise SignedChangedAfter(where, what=MANY)
    signatures = tuple(_signatures(raw, found, fields, signers, where))
    check_by_pdf_rules(raw, [signer.field for signer in signers[: len(signatures)]], where)
    identical = raw[: found[0].end] == expected
    if not identical:
        _check_like(raw, found[0], expected, where)
    if complete and len(signatures) < len(signers):
        raise SignatureMissing(where, member=signers[len(signatures)].shown)
    return SignedDocument(identical, signatures, sha256_hex(raw))


def _check_like(raw: bytes, base: Revision, expected: bytes, where: str) -> None:
    """Check that what was signed, though not byte for byte, has our pages, and no word of PDF that ours has not."""
    check_pages(raw[: base.end], expected, where)
    ours = words(value for revision in revisions(expected, where) for value in revision.objects.values())
    check_known(base.objects.values(), ours, where)


def _signatures(
    raw: bytes, found: Sequence[Revision], fields: dict[int, str], signers: Sequence[Expected], where: str
) -> Iterator[Signed]:
    before: dict[int, PdfObject] = dict(found[0].objects)
    for i, (signer, revision) in enumerate(zip(signers, found[1:], strict=False)):
        if _heads(revision) != _heads(found[0]):
            raise SignedChangedAfter(where, what=CATALOG)
        turn = Turn(signer.field, signer.shown, first=i == 0, last=i == len(signers) - 1)
        update = read_update(before, revision, fields, turn, where)
        digest, contents = covered(raw, revision, update, member=signer.shown, where=where)
        envelope = open_envelope(contents, digest, pinned=signer.certificate, member=signer.shown, where=where)
        claimed = _claimed(update.signature)
        yield Signed(signer.owner, signer.name, claimed, envelope.stamp, envelope.certificate, envelope.chain)
        before |= revision.objects


def _heads(revision: Revision) -> tuple[bytes, bytes]:
    """Return which objects the trailer calls the catalog and the properties of the file."""
    root, info = BytesIO(), BytesIO()
    revision.trailer.raw_get("/Root").write_to_stream(root, None)
    if "/Info" in revision.trailer:
        revision.trailer.raw_get("/Info").write_to_stream(info, None)
    return root.getvalue(), info.getvalue()


def _claimed(signature: DictionaryObject) -> datetime | None:
    try:
        at: datetime = parse_pdf_date(str(signature.raw_get("/M")))
    except (KeyError, ValueError, PdfError):
        return None
    return at if at.tzinfo else None
