"""The doors through which bytes come in, each as a function of bytes alone.

Here lives the calling. Never here: an honest input (seeds.py).
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from ballot.backup.entries import read_entries
from ballot.backup.sealed import Header, opened
from ballot.box import fleet
from ballot.catalogue import rule_text
from ballot.desk import photo_archive, strokes
from ballot.lists.columns import PEOPLE
from ballot.lists.refusals import Unfit
from ballot.lists.sheets import read_sheets
from ballot.lists.workbook import read as read_workbook
from ballot.round_lists import ROLL, SITE, read_list
from keys.backup import BackupKey
from keys.committee.memory import Memory
from keys.issuer.key import IssuerKey
from keys.issuer.ledger import MemoryLedger
from keys.store import read_header
from tally import paper
from tally import recount as second
from tally.pack import Pack
from tally.protocol.acts_log import Log
from tally.protocol.archive import Archive
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import encode_notes, parse_notes
from tally.protocol.committee import Committee
from tally.protocol.credential import SlipCode
from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.decryption import Owned, PartialDecryption
from tally.protocol.destruction import Destruction
from tally.protocol.election import Election
from tally.protocol.encoding import decode
from tally.protocol.issuance import IssuerStatement
from tally.protocol.issuer_key import IssuerPublicKey
from tally.protocol.manifest import Manifest
from tally.protocol.minutes import Minutes
from tally.protocol.opened import read_file, read_frames
from tally.protocol.opening import Opening
from tally.protocol.opening_call import parse_call
from tally.protocol.public_credentials import parse_public_credentials
from tally.protocol.receipt import Receipt
from tally.protocol.result import Result
from tally.protocol.signer import SignerStatement
from tally.protocol.site import SiteReceipt, SiteStatement
from tally.protocol.spoiled import Spoiled
from tally.protocol.sums import EncryptedTally, SizedTally
from tally.protocol.trustees import Trustees
from tally.record import Record
from tally.signed.document import check_signed
from tally.verify import CheckFailed, verify_record
from tally.witnessing import WitnessCopy
from tests import signatories
from tests.builders import small_round
from tests.tally.test_witnessing import MANIFEST as WATCHED_ROUND

RecountRefused = second.Refused
__all__ = ("Unfit",)
LIMIT = 16 * 1024 * 1024


def _json(read: Callable[[Any], object]) -> Callable[[bytes], object]:
    """Return a reader of bytes for one of decoded JSON."""
    return lambda raw: read(decode(raw, "fuzz", limit=LIMIT))


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda raw: read(raw.decode("utf-8", "ignore"))


@cache
def election() -> Election:
    return small_round().election


class Notes(tuple):
    """Notes with the method that the others have."""

    __slots__ = ()

    def encode(self) -> bytes:
        return encode_notes(self)


def frames(raw: bytes) -> object:
    return read_frames(election(), raw.decode("utf-8", "ignore").split("\n"))


PROTOCOL: tuple[tuple[str, Callable[[bytes], Any], bool], ...] = (
    ("ballot", Ballot.parse, True),
    ("manifest", Manifest.parse, False),
    ("election", Election.parse, False),
    ("committee", Committee.parse, True),
    ("trustees", Trustees.parse, False),
    ("credentials", CredentialList.parse, True),
    ("public-credentials", parse_public_credentials, False),
    ("issuance", Issuance.parse, True),
    ("issuer-statement", _json(IssuerStatement.parse), False),
    ("issuer-key", _text(IssuerPublicKey.parse), False),
    ("opening", Opening.parse, True),
    ("opening-call", parse_call, False),
    ("spoiled", Spoiled.parse, True),
    ("opened-file", lambda raw: read_file(election(), raw), False),
    ("opened-frames", frames, False),
    ("notes", lambda raw: Notes(parse_notes(raw, "notes")), True),
    ("archive", Archive.parse, True),
    ("encrypted-tally", lambda raw: EncryptedTally.parse(raw, election()), True),
    ("sized-tally", SizedTally.parse, True),
    ("part", lambda raw: PartialDecryption.parse(raw, election(), "part"), True),
    ("owned", lambda raw: Owned.parse(raw, "owned"), True),
    ("result", lambda raw: Result.parse(raw, election()), True),
    ("destruction", Destruction.parse, True),
    ("signer", SignerStatement.parse, True),
    ("minutes", Minutes.parse, True),
    ("log", Log.parse, True),
    ("receipt", _json(Receipt.parse), False),
    ("site-receipt", _json(SiteReceipt.parse), False),
    ("site-statement", SiteStatement.parse, True),
    ("slip", _text(SlipCode.read), False),
    ("strokes", strokes.parse, False),
    ("beat", fleet.Beat.parse, False),
)
"""Name, reader, and whether the format has one spelling that the value writes again."""


# --- uploads ------------------------------------------------------------------------------------------------------


def photos(raw: bytes) -> object:
    return photo_archive.read_archive(io.BytesIO(raw), {f"{n}.jpg": n for n in range(9)})


def picture(raw: bytes) -> object:
    return photo_archive.encoded(raw, "1.jpg")


def workbook(raw: bytes) -> object:
    """Read as the process of its own does, without its limits of time and memory."""
    return read_sheets(raw)


def csv_list(raw: bytes) -> object:
    return read_workbook(raw, "nguoi.csv", only=PEOPLE)


def roll(raw: bytes) -> object:
    return read_list(raw.decode("utf-8", "ignore"), ROLL, "roll", optional=SITE)


def paper_round(raw: bytes) -> object:
    return [paper.judge(found) for found in paper.read(raw, "giay.csv")]


def rule_book(raw: bytes) -> object:
    return rule_text.read(rule_text.tidy(raw.decode("utf-8", "ignore")))


# --- keys ---------------------------------------------------------------------------------------------------------


def key_file(raw: bytes) -> object:
    return read_header(raw, "a.key")


def share(raw: bytes) -> object:
    return Memory.parse(raw)


def issuer_state(raw: bytes) -> object:
    return MemoryLedger.from_json(raw.decode("utf-8", "ignore"))


def issuer_secret(raw: bytes) -> object:
    return IssuerKey.decode(raw)


# --- whole files --------------------------------------------------------------------------------------------------


def _as_file(raw: bytes, read: Callable[[Path], object]) -> object:
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(raw)
        file.flush()
        return read(Path(file.name))


def record_zip(raw: bytes) -> object:
    return _as_file(raw, Record.read)


def whole_record(raw: bytes) -> object:
    """Read and verify; what stands beside the record's own error is named by the check that found it."""

    def verified(path: Path) -> object:
        try:
            return verify_record(Record.read(path))
        except CheckFailed as failed:
            return failed

    return _as_file(raw, verified)


def pack(raw: bytes) -> object:
    return Pack.parse(raw)


def recount(raw: bytes) -> object:
    """The second count's own readers, which share no line with the first's."""
    readers = (second.read_manifest, lambda r: second.load(r, second.COMMITTEE, "committee.json", exact=False))
    return [read(raw) for read in (readers[0] if b"manifest/v1" in raw else readers[1],)]


def recount_archive(raw: bytes) -> object:
    return list(second.read_events(io.BytesIO(raw), second.midnight(small_round().manifest.date)))


def signed_pdf(raw: bytes) -> object:
    return check_signed(raw, expected=signatories.document(), signers=signatories.signers(), where="bien-ban.pdf")


# --- what witnesses keep, and backups -----------------------------------------------------------------------------


def witness_copy(raw: bytes) -> WitnessCopy:
    return WitnessCopy.parse(raw, WATCHED_ROUND, "copy")


class Said(bytes):
    """The header of a backup with what followed it, as one spelling."""

    def encode(self) -> bytes:
        return bytes(self)


def backup_header(raw: bytes) -> Said:
    file = io.BytesIO(raw)
    return Said(Header.read(file).encode() + file.read())


def backup_entries(raw: bytes) -> object:
    return [(name, len(b"".join(body))) for name, body in read_entries([raw[:7], raw[7:]])]


def backup(raw: bytes) -> object:
    return sum(map(len, opened(io.BytesIO(raw), backup_key())))


@cache
def backup_key() -> BackupKey:
    return BackupKey(bytes(range(32)), "thử")
