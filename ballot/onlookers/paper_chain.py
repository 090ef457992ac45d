"""The chain from a ballot to the paper: each link's hash, checked against the one before, and what to hold beside it.

Here lives following the chain through a written record. Never here: a number of marks, or who asks.

    ballot → batch (checkpoints.txt) → head of all batches → closing.txt → root → record → result.json
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.archive import Archive
from tally.protocol.checkpoint import Head, Note, ballots_of, parse_notes, replay
from tally.protocol.election import Election
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import CodedError
from tally.protocol.manifest import Manifest
from tally.record import CHECKPOINTS, CLOSING, RESULT, Record


@dataclass(frozen=True, slots=True)
class Link:
    """One link: what it is, its hash, with what on paper to compare it, whether it leads on to the next."""

    what: str
    digest: str
    paper: str
    holds: bool = True


def chain(
    record: Record, manifest: Manifest, election: Election, archive: Archive, raw: bytes, *, with_result: bool
) -> tuple[Link, ...]:
    """Return the links in order; `with_result` adds those from which a result could be tried out. SPEC 5.9, 4.12."""
    notes, closing = parse_notes(record[CHECKPOINTS], CHECKPOINTS), parse_notes(record[CLOSING], CLOSING)[0]
    links = [_link(_("Phiếu (SHA-256)"), sha256_hex(raw), _("cùng một giá trị với mã theo dõi"))]
    links += _heads(notes, closing, manifest, election, sha256_hex(raw))
    signed = _is_signed(closing, manifest)
    links.append(_link(_("Tờ chốt closing.txt"), sha256_hex(record[CLOSING]), _("tệp hòm phiếu đã ký"), signed))
    rooted = f"root {archive.root}" in closing.lines
    links.append(_link(_("Mã gốc"), archive.root, _("mã gốc chép ra giấy khi chốt"), rooted))
    if with_result and RESULT in record.files:
        links.append(_link(_("Hồ sơ"), record.hash, _("chân trang của văn bản đã ký")))
        links.append(_link(_("Kết quả result.json"), sha256_hex(record[RESULT]), _("mã ghi trong văn bản đã ký")))
    return tuple(links)


def _heads(notes: Sequence[Note], closing: Note, manifest: Manifest, election: Election, ballot: str) -> Iterator[Link]:
    """Yield the batch that holds the ballot, and the head of all batches, which closing.txt must repeat."""
    line = f"ballot {ballot}"
    number = next((place for place, note in enumerate(notes, start=1) if line in note.lines), len(notes))
    head = Head.start(election.hash)
    for note in notes[:number]:
        head = head.after(ballots_of(note, CHECKPOINTS))
    try:
        last, listed = replay(notes, manifest, election.hash)
    except CodedError:
        last, listed = head, []
    what = _("Lô niêm phong {number} trên {count}; đến lô này có {size} phiếu")
    paper = _("mốc mà quan sát viên đã lưu, nếu có")
    yield _link(what, head.hash.hex(), paper, ballot in listed, number=number, count=len(notes), size=head.size)
    same = closing.lines[:3] == tuple(last.lines(manifest.origin))
    what, paper = _("Đầu chuỗi của mọi lô: {size} phiếu"), _("dòng thứ ba của closing.txt: {head}")
    shown = base64.b64encode(last.hash).decode()
    yield _link(what, last.hash.hex(), paper, same, size=last.size, head=shown)


def _link(what: str, digest: str, paper: str, holds: bool = True, **details: object) -> Link:
    return Link(translate(what).format(**details), digest, translate(paper).format(**details), holds)


def _is_signed(note: Note, manifest: Manifest) -> bool:
    try:
        note.check(manifest.origin, manifest.box_key, CLOSING)
    except CodedError:
        return False
    return True
