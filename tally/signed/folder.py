"""The signed documents in the folder of a verified record: which there may be, what they should be, who should sign.

Here lives the way from `report/` to `check_signed`. Never here: a look into a PDF, or a file name that is not expected.

    report/minutes.json            who signs, in which order, and with which certificate (SPEC 4.17)
    report/signer-K.json           member K's own word for that certificate (SPEC 4.18)
    report/signed/NAME.pdf         the documents, each made again from the record and compared (SPEC 5.20)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tally.file_bytes import read_at_most
from tally.protocol.errors import Incomplete, Mismatch
from tally.protocol.minutes import Minutes
from tally.protocol.signer import LIMIT, SignerStatement
from tally.record import SIGNED, UnknownFile
from tally.report.documents import Document, Papers, documents_of
from tally.report.typeface import family
from tally.signed import structure
from tally.signed.document import LARGE, Expected, SignedDocument, check_signed
from tally.signed.errors import SignedUnreadable
from tally.sitting import MINUTES, check_about, comparison_of, read_minutes
from tally.verify import VerifiedRecord


@dataclass(frozen=True, slots=True)
class Signing:
    """What the documents of a record are made of, and who signs them; nobody, where they are signed on paper."""

    papers: Papers
    minutes: Minutes
    signers: tuple[Expected, ...]

    def document(self, name: str) -> Document | None:
        """Return the document of this name, if there is one that is signed."""
        return next((one for one in documents_of(self.papers) if one.signed and one.name == name), None)


@dataclass(frozen=True, slots=True)
class Checked:
    """One file of `report/signed` and what was found in it."""

    name: str
    title: str
    found: SignedDocument


def statement_name(owner: int) -> str:
    """Return the name of the file with this member's statement. Source: SPEC 4.18."""
    return f"signer-{owner}.json"


def read_signing(verified: VerifiedRecord, report: Path) -> Signing:
    """Read who signs the documents of a verified record, each by a statement of their own.

    Raises Incomplete, Mismatch, BadSignature, PaperDiffers, TooLarge and reading errors. Source: SPEC 4.17, 4.18, 5.19.
    """
    if not (report / MINUTES).is_file():
        raise Incomplete(report.name, missing=MINUTES)
    minutes = read_minutes(report / MINUTES)
    check_about(verified, minutes)
    comparison_of(verified, minutes).check()
    papers = Papers.of(verified, minutes)
    signers = tuple(_signers(verified, minutes, report)) if papers.signed_by_key else ()
    return Signing(papers, minutes, signers)


def _signers(verified: VerifiedRecord, minutes: Minutes, report: Path) -> Iterator[Expected]:
    committee = verified.evidence.committee
    for signatory in minutes.signers:
        stated = read_statement(report / statement_name(signatory.owner))
        stated.check(committee, statement_name(signatory.owner))
        if (stated.owner, stated.certificate) != (signatory.owner, signatory.certificate):
            raise Mismatch(f"{statement_name(signatory.owner)}: certificate", other=MINUTES)
        yield Expected(stated.owner, committee.members[stated.owner - 1].name, stated.certificate)


def read_statement(path: Path) -> SignerStatement:
    """Read a member's statement, never more than it may hold. Raises Incomplete, TooLarge and reading errors."""
    if not path.is_file():
        raise Incomplete(path.parent.name, missing=path.name)
    return SignerStatement.parse(read_at_most(path, LIMIT, path.name), path.name)


def check_folder(verified: VerifiedRecord, report: Path, *, complete: bool = True) -> Iterator[Checked]:
    """Check every file of `report/signed` and yield it; nothing is yielded where nobody has signed.

    Where everything is to be `complete` and one document is signed, all are: one that was taken away would free its
    text. Raises UnknownFile for a file that nobody should have signed, Incomplete for one that is missing, what
    `read_signing` raises, and what `check_signed` raises, naming the file. Source: SPEC 5.20.
    """
    paths = sorted((report / SIGNED).iterdir()) if (report / SIGNED).is_dir() else []
    if not paths:
        return
    signing = read_signing(verified, report)
    for path in paths:
        document = signing.document(path.stem)
        if document is None or path.suffix != ".pdf" or path.is_symlink() or not path.is_file() or not signing.signers:
            raise UnknownFile(repr(f"{SIGNED}/{path.name}"))
        expected = document.make(signing.papers, family())
        found = check_signed(
            read_pdf(path), expected=expected, signers=signing.signers, where=path.name, complete=complete
        )
        yield Checked(path.name, document.title, found)
    there = {path.stem for path in paths}
    for document in documents_of(signing.papers):
        if complete and document.signed and document.name not in there:
            raise Incomplete(f"{report.name}/{SIGNED}", missing=f"{document.name}.pdf")


def read_pdf(path: Path) -> bytes:
    """Read a PDF of a size that a document of ours may have. Raises SignedUnreadable."""
    with path.open("rb") as opened:
        raw = opened.read(structure.LIMIT + 1)
    if len(raw) > structure.LIMIT:
        raise SignedUnreadable(path.name, reason=LARGE)
    return raw
