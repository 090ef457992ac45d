"""SQLite under the storage laws: pragmas, set on every connection and read back, and how a file is written anew.

Here lives what only SQLite does. Never here: a table, or a write outside BEGIN IMMEDIATE.

WAL with `synchronous=NORMAL`, the usual advice, loses acknowledged ballots in a power cut; FULL does not (threats K2).
A write transaction that begins deferred is refused at random under load; IMMEDIATE is not (threats K7).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from ballot.storage.failures import StorageBusy, failure
from ballot.storage.laws import READ_ONLY, RewriteFailed, StorageLawBroken

PRAGMAS: dict[str, tuple[object, object]] = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "secure_delete": ("ON", 1),
    "busy_timeout": (10_000, 10_000),
}
"""Pragma: what is set, and what must be read back."""
RETRIES = 3
"""How often a transaction that could not begin is begun again, before anybody is told that others are writing."""


def prepare(engine: Engine) -> None:
    """Have every connection of this engine set the pragmas and begin as the laws say. Raises StorageLawBroken."""
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def _set_pragmas(connection: Any, _record: object) -> None:
    _set(connection, PRAGMAS)


def _set_pragmas_in_memory(connection: Any, _record: object) -> None:
    _set(connection, {pragma: law for pragma, law in PRAGMAS.items() if pragma != "journal_mode"})


def _set(connection: Any, laws: dict[str, tuple[object, object]]) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma, (value, expected) in laws.items():
        connection.execute(f"PRAGMA {pragma}={value}")
        found = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
        if found != expected:
            raise StorageLawBroken(pragma=f"{pragma}={value}")


def _begin(connection: Any) -> None:
    mode = "DEFERRED" if connection.get_execution_options().get(READ_ONLY) else "IMMEDIATE"
    for left in reversed(range(RETRIES + 1)):  # each waits for `busy_timeout`; SQLite keeps no queue (threats I4)
        try:
            connection.exec_driver_sql(f"BEGIN {mode}")
        except OperationalError as error:
            if not left or not isinstance(failure(error), StorageBusy):
                raise
        else:
            return


@contextmanager
def in_memory() -> Iterator[Engine]:
    """Lend an empty database in memory, under every law but the one about its log."""
    empty = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(empty, "connect", _set_pragmas_in_memory)
    event.listen(empty, "begin", _begin)
    try:
        yield empty
    finally:
        empty.dispose()


@contextmanager
def copied(engine: Engine) -> Iterator[Engine]:
    """Lend a copy of a database in memory, to try an act on: the database is read and never locked against writers."""
    with in_memory() as copy:
        with closing(engine.raw_connection()) as source, closing(copy.raw_connection()) as target:
            source.driver_connection.backup(target.driver_connection)  # type: ignore[union-attr]
        yield copy


def rewrite(engine: Engine, *, patience: int = 10_000) -> None:
    """Write the whole file anew in key order and empty its log, so that no page tells an order of arrival.

    Waits up to `patience` milliseconds for readers. Raises RewriteFailed when one of them kept the old log alive.
    Source: design 6; threats K3.
    """
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout={patience:d}")
        cursor.execute("VACUUM")
        busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise RewriteFailed("box")
    except sqlite3.OperationalError:
        raise RewriteFailed("box") from None
    finally:
        raw.cursor().execute(f"PRAGMA busy_timeout={PRAGMAS['busy_timeout'][0]}")
        raw.close()


def size_of(connection: Any) -> int:
    """Return the bytes of the file."""
    size = "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)"
    return int(connection.exec_driver_sql(size).scalar() or 0)


def empty_log(engine: Engine, *, patience: int = 200) -> None:
    """Move the log into the file and cut it to nothing, so that what was erased does not lie on in it.

    Best effort: a reader keeps it alive longer than `patience` milliseconds, and the next call or `rewrite` ends it.
    """
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout={patience:d}")
        with suppress(sqlite3.OperationalError):
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.cursor().execute(f"PRAGMA busy_timeout={PRAGMAS['busy_timeout'][0]}")
        raw.close()


@contextmanager
def migrating(connection: Any) -> Iterator[None]:
    """Let tables be rebuilt to which others point, and check all of it at the end. Raises StorageLawBroken."""
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    yield
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise StorageLawBroken(pragma="foreign_key_check")
    connection.commit()
    raw.execute("PRAGMA foreign_keys=ON")
