"""Honest inputs for every reader, made of one small round, and whatever once broke a reader.

Here lives the making. Never here: a reader. Inputs that broke one lie in corpus/NAME/, and are tried first for ever.
"""

from __future__ import annotations

import io
import json
import secrets
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
from nacl.signing import SigningKey
from PIL import Image

from ballot.backup.entries import LAST_LINE, opening_line
from ballot.backup.sealed import Header, SealedWriter
from keys.backup import BackupKey
from keys.committee.memory import Memory
from keys.issuer import Entry, Kind, MemoryLedger
from keys.issuer.log import hash_answer
from keys.signers import MACHINE_COST, create_box_key
from tally.pack import Pack
from tally.protocol.ballot import Ballot
from tally.protocol.credential import SlipCode
from tally.protocol.encoding import canonical
from tally.protocol.opened import opened_file, opened_frames
from tally.protocol.opening_call import encode_call
from tally.protocol.receipt import make_receipt
from tally.protocol.site import SiteReceipt, SiteStatement
from tally.record import ARCHIVE, CHECKPOINTS, CLOSING, COMMITTEE, CREDENTIALS, ISSUANCE, OPENING, SPOILED, Record
from tally.rules import FOLDER
from tally.verify import verify_record
from tests import signatories, voter
from tests.ballot import workbooks
from tests.builders import issuer_keys, small_round
from tests.records import Files
from tests.tally.acts_logs import whole
from tests.tally.test_destruction import stated as stated_destruction
from tests.tally.test_minutes import MINUTES
from tests.tally.test_signer import stated as stated_signer
from tests.tally.test_witnessing import END, LAN, NOTES
from tests.tally.test_witnessing import MANIFEST as WATCHED_ROUND

CORPUS = Path(__file__).parent / "corpus"
PUBLISHED = Path(__file__).parent.parent / "data" / "published"


def of(name: str) -> Callable[[], list[bytes]]:
    """Return what makes the inputs of a reader: first what once broke it."""
    return lambda: [*broken(name), *_MADE[name]()]


def broken(name: str) -> list[bytes]:
    """Return the inputs that once broke a reader."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]


@cache
def files() -> Files:
    return small_round().files()


@cache
def record() -> Record:
    return small_round().record()


def _json(value: object) -> list[bytes]:
    return [canonical(value)]


def _record_file(name: str) -> list[bytes]:
    return [record()[name]]


def _receipt() -> list[bytes]:
    ballot = Ballot.parse(small_round().ballots[0])
    sign = _signer()
    return _json(make_receipt(ballot, small_round().election, sign).as_json())


def _site_receipt() -> list[bytes]:
    ballot = Ballot.parse(small_round().ballots[0])
    return _json(SiteReceipt.make(ballot, small_round().election, _signer()).as_json())


def _signer() -> Callable[[bytes], bytes]:
    key = SigningKey.generate()
    return lambda message: key.sign(message).signature


def _frames() -> list[bytes]:
    election = small_round().election
    return ["\n".join(opened_frames(election, voter.draft(election, (0, None, 2)))).encode()]


def _share() -> list[bytes]:
    memory = Memory.new(small_round().manifest, 1)
    return [memory.encode(), replace(memory, transcript="a1" * 32, share=5, decrypted_root="b2" * 32).encode()]


def _issuer_state() -> list[bytes]:
    ledger = MemoryLedger(manifest="a1" * 32, issuer="ban-to-chuc")
    answer = secrets.token_bytes(384)
    ledger.append(Entry(Kind.ISSUED, voter="c3" * 32, blinded="b2" * 32, answer=hash_answer(answer)), answer)
    return [ledger.to_json().encode()]


def _photos() -> list[bytes]:
    pictures = {f"{n}.jpg": _picture(kind)[0] for n, kind in enumerate(("JPEG", "PNG"))}
    return [workbooks.zipped(pictures, zipfile.ZIP_STORED)]


def _picture(kind: str = "PNG") -> list[bytes]:
    out = io.BytesIO()
    Image.new("RGB", (12, 16), "white").save(out, kind)
    return [out.getvalue()]


def _workbook() -> list[bytes]:
    """One as Excel would write it, stored so that bending reaches the XML, and one made by hand."""
    book, out, opened = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.title = "Người"
    book.active.append(workbooks.PEOPLE)
    book.active.append(["001", "Cán bộ mẫu 01", "05/01/1970", "Sở mẫu", None])
    book.save(out)
    with zipfile.ZipFile(out) as packed, zipfile.ZipFile(opened, "w", zipfile.ZIP_STORED) as stored:
        for member in packed.infolist():
            stored.writestr(member.filename, packed.read(member))
    part = workbooks.people(workbooks.row(2, "001", "Cán bộ mẫu 01", "05/01/1970", "Sở mẫu", ""))
    return [opened.getvalue(), workbooks.zipped(workbooks.parts({"Người": part}), zipfile.ZIP_STORED)]


def _record_zip() -> list[bytes]:
    out = io.BytesIO()
    record().write_zip(out)
    with zipfile.ZipFile(out) as packed:
        return [out.getvalue(), workbooks.zipped({m: packed.read(m) for m in packed.namelist()}, zipfile.ZIP_STORED)]


def _pack() -> list[bytes]:
    return [Pack.make(verify_record(record()), {"ket-qua.csv": b"a,b\r\n1,2\r\n"}, None).encode()]


def _key_file() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o700)
        path = Path(folder) / "a.key"
        create_box_key(path, name="hom-phieu", round_id="r", passphrase=secrets.token_urlsafe(24), cost=MACHINE_COST)
        return [path.read_bytes()]


def _opened() -> list[bytes]:
    election = small_round().election
    return [opened_file(election, voter.draft(election, (0, 1, None)), "B1")]


def _witness_copy() -> list[bytes]:
    return [LAN.copy(WATCHED_ROUND, NOTES[:count], END if count == 3 else None).encode() for count in (1, 3)]


def _backup() -> list[bytes]:
    out = io.BytesIO()
    with tempfile.TemporaryFile() as file:
        writer = SealedWriter(file, Header("box", BackupKey(bytes(range(32)), "thử").recipient, (("Ab1", "voting"),)))
        writer.write(b"SQLite format 3" * 100)
        writer.close()
        file.seek(0)
        out.write(file.read())
    return [out.getvalue()]


def _entries() -> bytes:
    return opening_line("box.db", 5) + b"12345" + opening_line("keys/a.key", 2) + b"\n\n"


_MADE: dict[str, Callable[[], list[bytes]]] = {
    "ballot": lambda: [small_round().ballots[0]],
    "manifest": lambda: [small_round().manifest.raw],
    "election": lambda: [small_round().election.raw],
    "committee": lambda: _record_file(COMMITTEE),
    "trustees": lambda: [small_round().board.committee.trustees.raw],
    "credentials": lambda: _record_file(CREDENTIALS),
    "public-credentials": lambda: [files().public_credentials],
    "issuance": lambda: _record_file(ISSUANCE),
    "issuer-statement": lambda: _json(json.loads(record()[ISSUANCE])["statements"][0]),
    "issuer-key": lambda: [small_round().manifest.issuers[0].key.encode().encode()],
    "opening": lambda: _record_file(OPENING),
    "opening-call": lambda: [encode_call({n: secrets.token_hex(32) for n in (1, 2, 3)})],
    "spoiled": lambda: _record_file(SPOILED),
    "opened-file": _opened,
    "opened-frames": _frames,
    "notes": lambda: [*_record_file(CHECKPOINTS), *_record_file(CLOSING)],
    "archive": lambda: _record_file(ARCHIVE),
    "encrypted-tally": lambda: [files().encrypted_tally],
    "sized-tally": lambda: [files().sized],
    "part": lambda: [files().part(1).encode()],
    "owned": lambda: [files().owned[0][1]],
    "result": lambda: [files().result],
    "destruction": lambda: [stated_destruction(small_round()).encode()],
    "signer": lambda: [stated_signer(small_round()).encode()],
    "minutes": lambda: [MINUTES.encode()],
    "log": lambda: [whole(small_round().manifest.uuid).encode()],
    "receipt": _receipt,
    "site-receipt": _site_receipt,
    "site-statement": lambda: [SiteStatement("Ab1", "Điểm cầu A", 3, 0, 0).sign(_signer()).encode()],
    "slip": lambda: [SlipCode.random().shown().encode(), SlipCode.random().shown().replace("-", "").lower().encode()],
    "strokes": lambda: [b"[[[120,300],[131,288]],[[5,5]]]"],
    "beat": lambda: [b'{"terminal":"B1","state":"idle","call":false}'],
    "photos": _photos,
    "picture": lambda: [*_picture(), *_picture("JPEG")],
    "workbook": _workbook,
    "csv": lambda: ["Mã;Họ và tên;Ngày sinh;Đơn vị;Điểm cầu\r\n001;Cán bộ mẫu 01;05/01/1970;Sở mẫu;\r\n".encode()],
    "roll": lambda: ["ma,ho_ten,don_vi\nDB-0001,Đại biểu họ tên 0001,Tổ 1\n".encode()],
    "paper-round": lambda: [(PUBLISHED / "hdnd_tphcm_2023-12-07.csv").read_bytes()],
    "rule-book": lambda: [(FOLDER / "QD96_2023.toml").read_bytes()],
    "key-file": _key_file,
    "share": _share,
    "issuer-state": _issuer_state,
    "issuer-secret": lambda: [issuer_keys()[0].encode()],
    "record-zip": _record_zip,
    "pack": _pack,
    "recount": lambda: [small_round().manifest.raw, *_record_file(COMMITTEE)],
    "witness-copy": _witness_copy,
    "backup-header": lambda: [
        _backup()[0].partition(b"\n")[0].replace(b"/v2", of) + b"\nmore" for of in (b"/v2", b"/v1")
    ],
    "backup-entries": lambda: [_entries(), _entries() + LAST_LINE + bytes(64)],
    "backup": _backup,
    "signed-pdf": lambda: [signatories.signed()],
}
