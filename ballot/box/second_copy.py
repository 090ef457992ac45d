"""The second copy: another database, on another disk or host, has a ballot before its receipt goes out.

Here live keeping, catching up and reading back. Never here: a decision whether something is taken; the box decides, and
the copy follows.

The box commits first: a copy that came first would hold ballots that the box then refused. Nothing is sealed before the
copy has it, so no published checkpoint names a ballot that a dead server takes along (threats I6, I7, I13; 5.13).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ballot.box import laying
from ballot.box.copied_rows import box_keys, held_keys, lacking, void_bytes
from ballot.box_round import round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.models.copy import BALLOT, KINDS, NOTE, OPENED, VOID, Kept
from ballot.round_errors import BoxBehind
from ballot.storage import (
    RewriteFailed,
    StorageBusy,
    StorageFailed,
    StorageFull,
    StorageLawBroken,
    open_engine,
    reading,
    rewrite,
    sweep,
    writing,
)
from tally.i18n import marked as _
from tally.protocol.encoding import canonical
from tally.protocol.errors import Refused
from tally.protocol.holding import Voided
from tally.protocol.phase import Phase

_LAST_WORD = "phieu-tin-nhiem/v1/last-word|"
TURN = 5.0
"""Seconds that somebody waits while another thread compares a box with its copy."""
_SWEPT = Lock()


class CopyAway(Refused):
    """The second copy does not answer: no receipt goes out, and the same bytes may come again."""

    code = "COPY_AWAY"
    text = _(
        "Bản sao thứ hai của hòm phiếu không trả lời nên chưa có biên nhận. Xin quý vị giữ thẻ và gửi lại sau giây "
        "lát; gửi lại không bao giờ thành hai phiếu."
    )


def open_copy(url: str) -> Engine:
    """Open a copy's database to read from it; a new and empty one is not made here. Raises CopyAway, StorageLawBroken.

    Source: design 6.
    """
    engine = open_engine(url)
    with _answering(engine), reading(engine) as session:
        session.scalar(select(Kept.kind).limit(1))
    return engine


# --- while voting -------------------------------------------------------------------------------------------------


def keep_ballot(house: House, uuid: str, digest: str, raw: bytes) -> None:
    """Have the copy hold a ballot (its hash in hex); harmless when it does, or where there is no copy.

    Raises CopyAway. The first call for a round in a process also catches up with all that came before.
    """
    _keep(house, uuid, BALLOT, bytes.fromhex(digest), raw)


def keep_opened(house: House, uuid: str, code: str, opened: bytes) -> None:
    """Have the copy hold a draft that was opened to test a terminal. Raises CopyAway."""
    _keep(house, uuid, OPENED, bytes.fromhex(code), opened)


def keep_void(house: House, uuid: str, void: Voided) -> None:
    """Have the copy hold a void that came after the list was fixed. Raises CopyAway."""
    _keep(house, uuid, VOID, void.credential.raw, void_bytes(void.reason, canonical(void.proof.as_json())))


def keep_staged(house: House, session: Session, uuid: str, staged: Collection[str]) -> None:
    """Have the copy hold every one of these ballots (hashes in hex) before any of them is sealed. Raises CopyAway."""
    if house.box_copy is None:
        return
    hashes = [bytes.fromhex(h) for h in staged]
    with _answering(house.box_copy), writing(house.box_copy) as copy:
        missing = set(hashes) - held_keys(copy, uuid, BALLOT)
        for row in session.scalars(
            select(tables.Ballot).where(tables.Ballot.uuid == uuid, tables.Ballot.hash.in_(missing))
        ):
            copy.add(Kept(uuid=uuid, kind=BALLOT, digest=row.hash, raw=row.raw))


def catch_up(house: House, uuid: str) -> None:
    """Have the copy hold all that the box holds of a round. Raises CopyAway."""
    if house.box_copy is None:
        return
    with _answering(house.box_copy), reading(house.box) as box, writing(house.box_copy) as copy:
        for kind in KINDS:
            held = held_keys(copy, uuid, kind)
            copy.add_all(row for row in lacking(box, uuid, kind, held))


def tidy(house: House, uuid: str, sealed: Sequence[bytes], *, patience: int) -> None:
    """Have the copy tell no order of the ballots just sealed (their hashes), as the box is made to. At the close: none.

    Best effort: it must not stop a close.
    """
    if house.box_copy is None:
        return
    with suppress(RewriteFailed, DBAPIError, StorageLawBroken):
        if not sealed or not _laid_anew(house.box_copy, uuid, sealed):
            rewrite(house.box_copy, patience=patience)
        else:
            sweep(house.box_copy, patience=patience)


def _laid_anew(engine: Engine, uuid: str, sealed: Sequence[bytes]) -> bool:
    """Lay these ballots anew where the copy is large; else say that it was not done."""
    with writing(engine) as copy:
        if not (large := laying.is_large(copy)):
            return False
        laying.lay_copy_anew(copy, uuid, sealed)
        return large


def _keep(house: House, uuid: str, kind: str, digest: bytes, raw: bytes) -> None:
    if house.box_copy is None or _is_behind(house, uuid):
        return
    begin(house, uuid)
    with _answering(house.box_copy):
        with reading(house.box_copy) as session:
            if session.get(Kept, (uuid, kind, digest)) is not None:
                return
        with writing(house.box_copy) as session:
            if session.get(Kept, (uuid, kind, digest)) is None:
                session.add(Kept(uuid=uuid, kind=kind, digest=digest, raw=raw))


def _is_behind(house: House, uuid: str) -> bool:
    """A copy that was filled from a box that is behind could be shown as evidence that nothing is missing."""
    with reading(house.box) as session:
        return session.get(tables.Restored, uuid) is not None


# --- a box that is older than its copy --------------------------------------------------------------------------------


def begin(house: House, uuid: str) -> None:
    """Compare both before a process takes or answers anything of a round, once: neither may lack what the other has.

    An older box in the place of the right one would take a second ballot of a slip, and say *not recorded* to whoever
    has a receipt. The copy, which may have been away or set up just now, gets what came before. One thread asks at a
    time, and nobody waits for it longer than TURN: a copy that is silent must not hold every thread of the server.
    Raises BoxBehind, CopyAway. Source: threats I11, I13.
    """
    if house.box_copy is None or uuid in house.copied:
        return
    if not _SWEPT.acquire(timeout=TURN):
        raise CopyAway("copy")
    try:
        if uuid not in house.copied and not _is_behind(house, uuid):
            check_not_older(house, uuid)
            catch_up(house, uuid)
            house.copied.add(uuid)
    finally:
        _SWEPT.release()


def check_not_older(house: House, uuid: str) -> None:
    """Mark a box that lacks something its copy holds, as a restore does, and refuse. Raises BoxBehind, CopyAway."""
    if house.box_copy is None:
        return
    with _answering(house.box_copy), reading(house.box_copy) as copy:  # first: the box had each thing before its copy
        kept = {kind: held_keys(copy, uuid, kind) - {last_word_key(uuid)} for kind in KINDS}
        closed = copy.get(Kept, (uuid, NOTE, last_word_key(uuid))) is not None
    with reading(house.box) as session:
        older = any(kept[kind] - box_keys(session, uuid, kind) for kind in KINDS)
        reopened = closed and round_of(session, uuid).phase in (Phase.READY.value, Phase.VOTING.value)
    if older or reopened:
        mark_behind(house, uuid)
        raise BoxBehind("round")


def mark_behind(house: House, uuid: str) -> None:
    """Have a box take and answer nothing until `ballot resume` has filled it."""
    with writing(house.box) as session:
        session.merge(tables.Restored(uuid=uuid))


def keep_closing(house: House, uuid: str, note: bytes) -> None:
    """Have the copy hold the box's last word, so that no older box is opened again. Raises CopyAway. Threats E11."""
    if house.box_copy is None:
        return
    with _answering(house.box_copy), writing(house.box_copy) as copy:
        copy.merge(Kept(uuid=uuid, kind=NOTE, digest=last_word_key(uuid), raw=note))


def last_word_key(uuid: str) -> bytes:
    """Return the key, among a round's notes, of the last word of its box. Source: SPEC 5.22, step 3."""
    return hashlib.sha256(f"{_LAST_WORD}{uuid}".encode()).digest()


# --- reading it back ----------------------------------------------------------------------------------------------


def held(engine: Engine, uuid: str, kind: str) -> dict[bytes, bytes]:
    """Return all of one kind that a copy holds of a round, by key. Raises CopyAway."""
    with _answering(engine), reading(engine) as session:
        rows = session.scalars(select(Kept).where(Kept.uuid == uuid, Kept.kind == kind).order_by(Kept.digest))
        return {row.digest: row.raw for row in rows}


@contextmanager
def _answering(copy: Engine) -> Iterator[None]:
    """Turn whatever the copy's database says into one refusal; what fails to connect speaks as its driver does."""
    try:
        yield
    except (DBAPIError, StorageLawBroken, StorageFull, StorageFailed, StorageBusy, copy.dialect.loaded_dbapi.Error):
        raise CopyAway("copy") from None
