"""What a box and its second copy hold of each kind, by the same keys, and the bytes in which the copy keeps it.

Here live looks at rows. Never here: an act, or a decision what follows when one lacks what the other has.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.models import box as tables
from ballot.models.copy import BALLOT, NOTE, OPENED, VOID, Kept

KEYS = {
    BALLOT: (tables.Ballot, tables.Ballot.hash),
    OPENED: (tables.Spoiled, tables.Spoiled.commit_code),
    VOID: (tables.Voided, tables.Voided.credential),
    NOTE: (tables.Checkpoint, tables.Checkpoint.head),
}
"""Where the box has what the copy holds of a kind, and by which key."""


def held_keys(session: Session, uuid: str, kind: str) -> set[bytes]:
    """Return the keys of all that a copy holds of a kind."""
    return set(session.scalars(select(Kept.digest).where(Kept.uuid == uuid, Kept.kind == kind)))


def lacking(session: Session, uuid: str, kind: str, held: set[bytes]) -> Iterator[Kept]:
    """Yield what the box holds of a kind and the copy does not; rows are large, so each is read by itself."""
    table, key = KEYS[kind]
    if kind == VOID and not _is_fixed(session, uuid):
        return
    for digest in session.scalars(select(key).where(table.uuid == uuid).order_by(key)).all():
        if digest not in held:
            row = session.get_one(table, (uuid, digest))
            yield Kept(uuid=uuid, kind=kind, digest=digest, raw=_raw(row))


def box_keys(session: Session, uuid: str, kind: str) -> set[bytes]:
    """Return the keys of all that the box holds of a kind."""
    table, key = KEYS[kind]
    return set(session.scalars(select(key).where(table.uuid == uuid)))


def _is_fixed(session: Session, uuid: str) -> bool:
    row = session.get(tables.Election, uuid)
    return row is not None and row.credentials is not None


def _raw(row: tables.Ballot | tables.Spoiled | tables.Voided | tables.Checkpoint) -> bytes:
    if isinstance(row, tables.Spoiled):
        return row.opened
    if isinstance(row, tables.Voided):
        return void_bytes(row.cause, row.proof)
    return row.note if isinstance(row, tables.Checkpoint) else row.raw


def void_bytes(cause: str, proof: bytes) -> bytes:
    """Return a void as the copy keeps it."""
    return cause.encode("ascii") + b"\n" + proof
