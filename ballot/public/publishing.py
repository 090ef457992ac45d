"""A written record on its way to a box that shares no disk with the registry: through the box's own database.

Here live both ends: the registry leaves what the board may show, the box keeps a folder of it. Never here: a file of a
result that the board withholds; what the public may not see yet does not leave the registry, and what was left of it
is taken back.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ballot import key_files
from ballot.box import second_copy
from ballot.box_round import round_of
from ballot.config import BOX, REGISTRY
from ballot.house import House
from ballot.models.box import Election, RecordFile
from ballot.phases import CLOSED
from ballot.public.disclosure import Sees, Viewer, sees
from ballot.public.paper_names import PUBLIC
from ballot.storage import reading, writing
from ballot.whole_files import write_for_owner
from ballot.written_record import closed_record
from keys.signers import destroy_key
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.errors import CodedError
from tally.protocol.manifest import Manifest
from tally.record import CLOSING, REPORT

INDEX = "index.json"
"""Names and hashes of all files of a record that were left; one small row that says whether anything changed."""
_NAME = re.compile(r"(report/)?[A-Za-z0-9][A-Za-z0-9._-]{0,120}\Z")


def apart(house: House) -> bool:
    """Say whether registry and box are processes of their own, of which this is one."""
    return house.config.roles in ({REGISTRY}, {BOX})


# --- the registry's end -------------------------------------------------------------------------------------------


def install(app: Flask) -> None:
    """Leave what changed with the box after every act on a round, where the box is a process of its own."""
    house, seen = app.config["HOUSE"], {}
    if not apart(house):
        return

    @app.after_request
    def leave(response: Response) -> Response:
        uuid = (request.view_args or {}).get("uuid", "")
        if request.method == "POST" and uuid and (house.record(uuid) / CLOSING).is_file():
            state = _state(house, uuid)
            if seen.get(uuid) != state:
                with suppress(SQLAlchemyError, CodedError):  # the next act leaves it; what was asked for is done
                    publish(house, uuid)
                    seen[uuid] = state
        return response


def _state(house: House, uuid: str) -> Any:
    """Return what changes when a file of the record does, without reading it."""
    with reading(house.box) as session:
        row = session.get(Election, uuid)
    looks = ((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in house.record(uuid).rglob("*") if p.is_file())
    return (row.phase if row else "", tuple(sorted(looks)))


def publish(house: House, uuid: str) -> None:
    """Leave the record and the public papers with the box, and take back what it may not have, in one transaction.

    The same again changes nothing. Raises NoSuchRound, Incomplete where the record is not written, reading errors.
    """
    with writing(house.box) as session:
        row = round_of(session, uuid)
        if row.phase not in CLOSED:
            return
        left = _left(house.record(uuid), row)
        digests = {name: sha256_hex(raw) for name, raw in left.items()}
        before = _index(session, uuid)
        for name in sorted({*before, *digests}):
            if before.get(name) != digests.get(name):
                session.execute(delete(RecordFile).where(RecordFile.uuid == uuid, RecordFile.file == name))
                if name in left:
                    session.add(RecordFile(uuid=uuid, file=name, written=left[name]))
        if before != digests:
            session.merge(RecordFile(uuid=uuid, file=INDEX, written=canonical(digests)))


def _left(record: Path, row: Election) -> dict[str, bytes]:
    """Return all that the board may have: while it shows no result, the record as it was closed."""
    manifest = Manifest.parse(row.manifest)
    seen = sees(Viewer.BOARD, phase=row.phase, disclosure=manifest.policy.disclosure, rehearsal=manifest.rehearsal)
    if seen is Sees.NOTHING:
        return {name: bytes(stored) for name, stored in closed_record(record, row.uuid).everything()}
    return {name: path.read_bytes() for name, path in _files(record).items()}


def _files(record: Path) -> dict[str, Path]:
    files = {p.name: p for p in record.iterdir() if p.is_file() and _NAME.match(p.name)}
    report = record / REPORT
    for path in report.iterdir() if report.is_dir() else ():
        if path.is_file() and PUBLIC.match(path.name):
            files[f"{REPORT}/{path.name}"] = path
    return files


def _index(session: Session, uuid: str) -> dict[str, str]:
    row = session.get(RecordFile, (uuid, INDEX))
    return json.loads(row.written) if row else {}


# --- the box's end ------------------------------------------------------------------------------------------------


def fetch(house: House, uuid: str) -> None:
    """Bring the board's folder of a round up to what the registry left; costs one small row where nothing changed."""
    if house.config.roles != {BOX}:
        return
    _end_key(house, uuid)
    kept = house.folder(uuid) / INDEX
    with reading(house.box) as session:
        row = session.get(RecordFile, (uuid, INDEX))
        if row is None or (kept.is_file() and kept.read_bytes() == row.written):
            return
        wanted, record = json.loads(row.written), house.record(uuid)
        (record / REPORT).mkdir(parents=True, exist_ok=True)
        for name, digest in wanted.items():
            _take(session, uuid, record, name, digest)
    for path in _files(record).values():
        if path.relative_to(record).as_posix() not in wanted:
            path.unlink(missing_ok=True)
    if (last := record / CLOSING).is_file():
        with suppress(second_copy.CopyAway):
            second_copy.keep_closing(house, uuid, last.read_bytes())
    write_for_owner(kept, row.written)


def _take(session: Session, uuid: str, record: Path, name: str, digest: str) -> None:
    path = record / name
    if not _NAME.match(name) or (path.is_file() and sha256_hex(path.read_bytes()) == digest):
        return
    found = select(RecordFile.written).where(RecordFile.uuid == uuid, RecordFile.file == name)
    raw = session.scalar(found)
    if raw is not None and sha256_hex(raw) == digest:
        write_for_owner(path, raw, by_way_of=record.parent)


def _end_key(house: House, uuid: str) -> None:
    """Destroy the box's own copy of its key once the registry took back what it had left of it."""
    path = house.keyring.path(uuid, key_files.BOX)
    if not path.exists() or not house.keyring.box_secret.exists():
        return
    with reading(house.box) as session:
        if session.get(RecordFile, (uuid, key_files.BOX)) is not None:
            return
    destroy_key(path)
