"""Restoring a part: the whole file is checked before a byte is written, and a box that may be behind takes no ballot.

Here live the two passes and what a restored database must pass. Never here: writing over anything, or a judgement what
is missing (ballot/backup/resuming.py).
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import DBAPIError

from ballot.backup.entries import read_entries
from ballot.backup.errors import BackupDamaged
from ballot.backup.loading import load
from ballot.backup.parts import KEYS_FOLDER, check_keys_free, in_the_way, put
from ballot.backup.sealed import BOX, KEYS, REGISTRY, Header, opened
from ballot.house import ROUND_FOLDERS
from ballot.models import box as tables
from ballot.models.registry.base import RegistryBase
from ballot.models.registry.rounds import Round
from ballot.phases import NOT_CLOSED
from ballot.storage import empty_log, migrate, open_engine, writing
from keys.signers import BackupKey
from tally.protocol.phase import Phase

METADATA = {REGISTRY: RegistryBase.metadata, BOX: tables.BoxBase.metadata}
KNOWN = ("registry.db", "box.db", KEYS_FOLDER, "release.json")
"""What restored parts bring, and what a start notes beside them (ballot/startup/releases.py)."""
MAIN_TABLE = {REGISTRY: Round.__tablename__, BOX: tables.Election.__tablename__}


@dataclass(frozen=True, slots=True)
class Part:
    """What was restored: the part, its rounds as its header names them, those that take no ballot until resumed."""

    part: str
    rounds: tuple[tuple[str, str], ...]
    behind: tuple[str, ...]


def restore(file: Path, key: BackupKey, instance: Path, *, into: str = "") -> Part:
    """Restore one part into an instance folder that holds nothing of it yet; its database `into` another, if given.

    Raises BackupUnknown, BackupOfAnother, BackupDamaged, RestoreNotEmpty; nothing is written then.
    Source: threats E11, I13, I20.
    """
    with file.open("rb") as stream:
        header = Header.read(stream)
    tops = _check_whole(file, key, header.part)
    _check_free(instance, header.part, tops)
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = instance / f".restoring-{secrets.token_hex(8)}"
    draft.mkdir(mode=0o700)
    try:
        for name, pieces in _entries(file, key):
            _write(draft / name, pieces)
        behind = _ready(draft, header.part)
        if into and header.part != KEYS:
            _load(draft, header.part, into)
            tops.remove(f"{header.part}.db")
        for top in tops:
            put(draft / top, instance / top)
        _sync(instance)
    finally:
        shutil.rmtree(draft)
    return Part(header.part, header.rounds, behind)


def _check_whole(file: Path, key: BackupKey, part: str) -> list[str]:
    """Read it all once, writing nothing; return the names at its top."""
    tops: dict[str, None] = {}
    for name, pieces in _entries(file, key):
        for _piece in pieces:
            pass
        if not _belongs(name, part):
            raise BackupDamaged("backup")
        tops[name.partition("/")[0]] = None
    if part != KEYS and f"{part}.db" not in tops:
        raise BackupDamaged("backup")
    return list(tops)


def _belongs(name: str, part: str) -> bool:
    if part == KEYS:
        return name.startswith(f"{KEYS_FOLDER}/")
    return name == f"{part}.db" or (part == REGISTRY and name.startswith(ROUND_FOLDERS) and "/" in name)


def _check_free(instance: Path, part: str, tops: list[str]) -> None:
    """Refuse where anything of this part stands, or anything that neither a restore nor a start brings.

    The log of a database is refused with it: SQLite would read the old one into the new file.
    """
    for path in sorted(instance.iterdir()) if instance.is_dir() else ():
        base = path.name.removesuffix("-wal").removesuffix("-shm")
        rounds = path.name.startswith(ROUND_FOLDERS)
        mine = base == f"{part}.db" or (rounds and part == REGISTRY) or path.name in set(tops) - {KEYS_FOLDER}
        if mine or not (rounds or base in KNOWN):
            raise in_the_way(path)
    if part == KEYS:
        check_keys_free(instance / KEYS_FOLDER)


def _entries(file: Path, key: BackupKey) -> Iterator[tuple[str, Iterator[bytes]]]:
    with file.open("rb") as stream:
        yield from read_entries(opened(stream, key))


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _ready(draft: Path, part: str) -> tuple[str, ...]:
    """Check a restored database and bring it to this release; in the box, mark every round that is not closed."""
    if part == KEYS:
        return ()
    engine = open_engine(f"sqlite:///{draft / part}.db")
    behind: tuple[str, ...] = ()
    try:
        _check_database(engine, part)
        if "alembic_version" in inspect(engine).get_table_names():
            migrate(engine, part)
        else:  # rows of a PostgreSQL server
            engine = _as_sqlite(engine, draft, part)
        if part == BOX:
            behind = _mark(engine)
        empty_log(engine)
    finally:
        engine.dispose()
    for left in draft.glob("*.db-*"):
        left.unlink()
    return behind


def _as_sqlite(rows: Engine, draft: Path, part: str) -> Engine:
    """Put rows that came without our schema's guards into a database of this release."""
    place, made = draft / f"{part}.db", draft / f"{part}-made.db"
    engine = open_engine(f"sqlite:///{made}")
    load(rows, engine, METADATA[part], part)
    empty_log(engine)
    for one in (rows, engine):
        one.dispose()
    made.rename(place)
    return open_engine(f"sqlite:///{place}")


def _load(draft: Path, part: str, into: str) -> None:
    source, target = open_engine(f"sqlite:///{draft / part}.db"), open_engine(into)
    try:
        load(source, target, METADATA[part], part)
    finally:
        source.dispose()
        target.dispose()


def _check_database(engine: Engine, part: str) -> None:
    """Refuse what is no database, a damaged one, and one of another kind: an empty file is a database to SQLite."""
    try:
        with closing(engine.raw_connection()) as raw:
            (said,) = raw.cursor().execute("PRAGMA integrity_check").fetchone()
        if said != "ok" or MAIN_TABLE[part] not in inspect(engine).get_table_names():
            raise BackupDamaged("backup")
    except (sqlite3.DatabaseError, DBAPIError):
        raise BackupDamaged("backup") from None


def _mark(engine: Engine) -> tuple[str, ...]:
    """Mark every round that is not closed: ballots may have come later, even into a box that was not open yet."""
    with writing(engine) as session:
        rows = session.scalars(select(tables.Election).order_by(tables.Election.uuid)).all()
        behind = [row.uuid for row in rows if Phase(row.phase) in NOT_CLOSED]
        for uuid in behind:
            session.merge(tables.Restored(uuid=uuid))
    return tuple(behind)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
