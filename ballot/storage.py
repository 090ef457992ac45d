"""How the databases are opened: the storage laws, set on every connection and read back.

Here live pragmas, transactions and migrations. Never here: a table, or a write outside BEGIN IMMEDIATE.

WAL with `synchronous=NORMAL`, the usual advice, loses acknowledged ballots in a power cut; FULL does not (threats K2).
A write transaction that begins deferred is refused at random under load; IMMEDIATE is not (threats K7).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from tally.i18n import marked as _
from tally.protocol.errors import TallyError

PRAGMAS: dict[str, tuple[object, object]] = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "secure_delete": ("ON", 1),
    "busy_timeout": (10_000, 10_000),
}
"""Pragma: what is set, and what must be read back."""

MIGRATIONS = Path(__file__).parent / "migrations"
READ_ONLY = "ptn_read_only"


class StorageLawBroken(TallyError):
    """The database does not do what a receipt depends on; nothing is served."""

    code = "STORAGE_LAW_BROKEN"
    text = _("Cơ sở dữ liệu không giữ được thiết lập bắt buộc {pragma}; ứng dụng không khởi động.")


class RewriteFailed(TallyError):
    """Somebody was reading the whole time; the file still tells the order of arrival."""

    code = "REWRITE_FAILED"
    text = _("Chưa ghi lại được hòm phiếu vì đang có máy đọc. Không có gì bị mất; xin quý vị thử lại.")


def open_engine(url: str) -> Engine:
    """Open a SQLite database under the storage laws; those of PostgreSQL are not written yet.

    Raises StorageLawBroken. Source: design 6.
    """
    engine = create_engine(url)
    if engine.dialect.name != "sqlite":
        raise StorageLawBroken(pragma=engine.dialect.name)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


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
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Lend a session that only reads."""
    with Session(engine.execution_options(**{READ_ONLY: True}), expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Lend a session for one act: committed whole when the block ends, or not at all."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def copied(engine: Engine) -> Iterator[Engine]:
    """Lend a copy of a database in memory, to try an act on: the database is read and never locked against writers."""
    copy = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(copy, "connect", _set_pragmas_in_memory)
    event.listen(copy, "begin", _begin)
    try:
        with closing(engine.raw_connection()) as source, closing(copy.raw_connection()) as target:
            source.driver_connection.backup(target.driver_connection)  # type: ignore[union-attr]
        yield copy
    finally:
        copy.dispose()


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


def migrate(engine: Engine, name: str) -> None:
    """Bring the database `name` ("registry", "box", "issuer" or "site") to the newest schema."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS / name))
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")  # a table that others point to is rebuilt; all is checked before the end
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise StorageLawBroken(pragma="foreign_key_check")
        connection.commit()
        raw.execute("PRAGMA foreign_keys=ON")
