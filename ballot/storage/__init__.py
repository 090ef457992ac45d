"""How the databases are opened: the storage laws, asserted on every connection.

Here live opening, transactions and migrations, whatever the kind of database. Never here: a table, a pragma (sqlite.py)
or a server's setting (postgres.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, TextClause, create_engine, make_url, text
from sqlalchemy.orm import Session

from ballot.storage import postgres, sqlite
from ballot.storage.failures import StorageBusy, StorageFailed, StorageFull, failure
from ballot.storage.laws import READ_ONLY, RewriteFailed, StorageLawBroken
from ballot.storage.schema import MIGRATIONS, make, migrate
from ballot.storage.sqlite import PRAGMAS

__all__ = (
    "MIGRATIONS",
    "PRAGMAS",
    "READ_ONLY",
    "RewriteFailed",
    "StorageBusy",
    "StorageFailed",
    "StorageFull",
    "StorageLawBroken",
    "as_placed",
    "copied",
    "empty_log",
    "failure",
    "follow",
    "is_postgres",
    "make",
    "migrate",
    "open_engine",
    "reading",
    "rewrite",
    "size_of",
    "sweep",
    "writing",
)


def open_engine(url: str) -> Engine:
    """Open a database under the storage laws: `sqlite:///…` or `postgresql+psycopg://…`.

    Raises StorageLawBroken, here or with the first connection. Source: design 6.
    """
    parsed = make_url(url)
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        return postgres.created(parsed)
    if kind != "sqlite":
        raise StorageLawBroken(pragma=kind)
    engine = create_engine(parsed, hide_parameters=True)
    sqlite.prepare(engine)
    return engine


def is_postgres(bound: Engine | Connection) -> bool:
    """Say whether this is a database of a PostgreSQL server."""
    return bound.dialect.name == "postgresql"


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
def copied(engine: Engine, metadata: MetaData) -> Iterator[Engine]:
    """Lend a copy of a database in memory, to try an act on: the database is read and never locked against writers."""
    with postgres.copied(engine, metadata) if is_postgres(engine) else sqlite.copied(engine) as copy:
        yield copy


def rewrite(engine: Engine, **patience: Any) -> None:
    """Write a database anew in key order, so that nothing in it tells an order of arrival.

    `patience`: milliseconds to wait for readers. Raises RewriteFailed. Source: design 6; threats K3, K4.
    """
    (postgres.rewrite if is_postgres(engine) else sqlite.rewrite)(engine, **patience)


def empty_log(engine: Engine, **patience: Any) -> None:
    """Cut the log of a database off where that is ours to do, so that what was erased does not lie on in it."""
    if not is_postgres(engine):  # a server's log is the server's: wal_recycle=off, and the next `rewrite`
        sqlite.empty_log(engine, **patience)


def size_of(connection: Connection) -> int:
    """Return how many bytes a database has, its log aside."""
    return (postgres.size_of if is_postgres(connection) else sqlite.size_of)(connection)


def sweep(engine: Engine, **patience: Any) -> None:
    """Sweep out what rows left where they lay before they were laid anew. Best effort. Source: threats B2, K3, K4."""
    (postgres.sweep if is_postgres(engine) else sqlite.empty_log)(engine, **patience)


def as_placed(session: Session, table: Table) -> TextClause:
    """Return what orders the rows of a table of the registry as they were placed."""
    return text(f"{table.name}.{'placed' if is_postgres(session.connection()) else 'rowid'}")


def follow(connection: Connection, table: Table) -> None:
    """Let the numbers that a database gives go on after those that were written into a table by hand."""
    if is_postgres(connection):
        postgres.follow(connection, table)
