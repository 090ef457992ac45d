"""What the box publishes to its witnesses, the signatures that they leave with it, and the copies made of both.

Here live these acts. Never here: a time, who is believed, or a signature of somebody whom the organisers did not enter.

The box keeps for each note a signature and nothing that tells when anybody looked. SPEC 4.21, 5.21; threats F10, I13.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.box import second_copy
from ballot.box.checkpoints import notes
from ballot.box_round import check_whole, require_one, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.public import publishing
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol.checkpoint import Note, encode_notes, parse_notes
from tally.protocol.cosignature import NAME, check_cosignature, digest_of, introduction, key_name
from tally.protocol.election import Election
from tally.protocol.errors import BadSignature, Incomplete, Refused, TooLarge
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase
from tally.protocol.witnessed import Witnessed
from tally.record import CLOSING, MANIFEST, WITNESSES
from tally.witnessing import WitnessCopy

LIMIT = 1024 * 1024
SIGNED_IN = (Phase.READY, Phase.VOTING, Phase.CLOSED)
"""Until the count: what a trustee looks at must not change any more afterwards."""
COLUMNS = ("uuid", "witness", "note", "cosignature")
Left = tuple[str, str, bytes, bytes, bytes]
"""What `COLUMNS` hold of a signature, and the key under which it was checked."""


class WitnessUnknown(Refused):
    """Nobody of this name was entered as a witness of this round."""

    code = "WITNESS_UNKNOWN"
    text = _("Ban tổ chức chưa ghi tên người chứng kiến này, hoặc ghi một khóa khác.")


class NoteUnknown(Refused):
    """A witness signed a text that this box never signed."""

    code = "NOTE_UNKNOWN"
    text = _("Hòm phiếu này chưa từng ký mốc ấy. Xin giữ cả hai và báo ngay ban kiểm phiếu.")


# --- what the box publishes ---------------------------------------------------------------------------------------


def published(house: House, uuid: str) -> bytes:
    """Return checkpoints.txt so far.

    Raises NoSuchRound, Incomplete before the election is fixed, and BoxBehind: a chain that was longer is no news.
    """
    with suppress(second_copy.CopyAway):
        second_copy.begin(house, uuid)
    with reading(house.box) as session:
        check_whole(session, uuid)
        return encode_notes(checkpoints(session, round_of(session, uuid)))


def checkpoints(session: Session, row: tables.Election) -> list[Note]:
    """Return the notes of a round's box, in the order of the chain. Raises Incomplete."""
    if row.election is None:
        raise Incomplete("round", missing=_("danh sách thẻ đã chốt và khóa của ban kiểm phiếu"))
    return notes(session, row.uuid, Election.parse(row.election))


def last_word(house: House, uuid: str) -> Note | None:
    """Return closing.txt of a round whose record is written, or nothing."""
    publishing.fetch(house, uuid)
    path = house.record(uuid) / CLOSING
    return parse_notes(path.read_bytes(), CLOSING)[0] if path.is_file() else None


# --- what witnesses leave -----------------------------------------------------------------------------------------


def leave(house: House, uuid: str, body: bytes) -> int:
    """Keep a witness's signatures under notes of this box; return how many are new. The same again is harmless.

    The body is notes, each with the witness's own line alone. Raises NoSuchRound, WrongPhase, WitnessUnknown,
    NoteUnknown, BadSignature, TooLarge, NotCanonical. Source: SPEC 5.21, step 5.
    """
    if len(body) > LIMIT:
        raise TooLarge("witness", limit=LIMIT)
    sent = parse_notes(body, "witness")
    with reading(house.box) as session:
        row = round_of(session, uuid)
        require_one(row, *SIGNED_IN)
        closing = last_word(house, uuid)
        ours = {note.lines for note in [*checkpoints(session, row), *([closing] if closing else [])]}
        manifest = Manifest.parse(row.manifest)
        left = [_checked(session, manifest, note, ours) for note in sent]
    kept = _keep(house, uuid, left)
    if kept and closing:
        write_copies(house, uuid)
    return kept


def _checked(session: Session, manifest: Manifest, note: Note, ours: set[tuple[str, ...]]) -> Left:
    """Check one signature under one note: by a witness of this round, over what this box signed."""
    if len(note.signatures) != 1:
        raise BadSignature("witness")
    line = note.signatures[0]
    name = line[0].rpartition("/")[2]
    is_name = NAME.match(name)  # a server's database takes no NUL, and faults instead of finding nobody
    found = session.get(tables.Witness, (manifest.uuid, name)) if is_name else None
    if found is None:
        raise WitnessUnknown("witness")
    key = found.verify_key
    check_cosignature(note, line, manifest.origin, witness=name, public_key=key.hex(), where="witness")
    if note.lines not in ours and note.lines != introduction(manifest.origin, witness=name, key=key):
        raise NoteUnknown("witness")
    return manifest.uuid, name, digest_of(note), line[1], key


def _keep(house: House, uuid: str, left: list[Left]) -> int:
    with writing(house.box) as session:
        require_one(round_of(session, uuid), *SIGNED_IN)
        for _uuid, name, _note, _signature, key in left:  # taken back since it was checked, or entered anew
            found = session.get(tables.Witness, (uuid, name))
            if found is None or found.verify_key != key:
                raise WitnessUnknown("witness")
        first = {each[:3]: each[:4] for each in reversed(left)}  # whoever has the key can sign one note in many ways
        fresh = [each for key, each in first.items() if session.get(tables.Cosigned, key) is None]
        session.add_all(tables.Cosigned(**dict(zip(COLUMNS, each, strict=True))) for each in fresh)
    return len(fresh)


# --- the copies that go with the record ---------------------------------------------------------------------------


def write_copies(house: House, uuid: str) -> None:
    """Write what every witness signed beside the record, if the record is written; the same box gives the same bytes.

    Each file comes whole from outside the record's folder, for a reader refuses a name that no record has.
    """
    if last_word(house, uuid) is None:
        return
    for name, raw in copies(house, uuid).items():
        target = house.record(uuid) / name
        if target.is_file() and target.read_bytes() == raw:
            continue
        handle, draft = tempfile.mkstemp(prefix=".chung-kien-", dir=house.folder(uuid))
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        os.chmod(draft, 0o644)
        os.replace(draft, target)


def copies(house: House, uuid: str) -> Mapping[str, bytes]:
    """Return witness-K.txt of every witness who introduced themselves, by name. Source: SPEC 4.21."""
    with reading(house.box) as session:
        row = round_of(session, uuid)
        origin, said = Manifest.parse(row.manifest).origin, checkpoints(session, row)
        closing = last_word(house, uuid)
        witnesses = session.scalars(select(tables.Witness).where(tables.Witness.uuid == uuid)).all()
        made = [_copy(session, each, origin, said, closing) for each in sorted(witnesses, key=lambda w: w.witness)]
    return dict(zip(WITNESSES, filter(None, made), strict=False))


def stated(house: House, uuid: str) -> tuple[Witnessed, ...]:
    """Return what the minutes say of the copies beside a written record; nothing of one without a word of the box.

    Raises what reading a copy refuses.
    """
    folder = house.record(uuid)
    manifest = Manifest.parse((folder / MANIFEST).read_bytes())
    found = [path for name in WITNESSES if (path := folder / name).is_file()]
    read = [WitnessCopy.parse(path.read_bytes(), manifest, path.name) for path in found]
    return tuple(copy.stated for copy in read if copy.notes)


def _copy(
    session: Session, witness: tables.Witness, origin: str, said: list[Note], closing: Note | None
) -> bytes | None:
    """Put one copy together: every checkpoint up to the first that the witness did not sign, and the last word."""
    mine = select(tables.Cosigned).filter_by(uuid=witness.uuid, witness=witness.witness)
    signed = {each.note: each.cosignature for each in session.scalars(mine)}
    name = key_name(origin, witness.witness)
    first = Note(introduction(origin, witness=witness.witness, key=witness.verify_key), ())
    if digest_of(first) not in signed:
        return None
    made = [Note(first.lines, ((name, signed[digest_of(first)]),))]
    for note in [*said, *([closing] if closing else [])]:
        line = signed.get(digest_of(note))
        if line is None:
            break
        made.append(Note(note.lines, (*note.signatures, (name, line))))
    return encode_notes(made)
