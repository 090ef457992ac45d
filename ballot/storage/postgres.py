"""PostgreSQL under the storage laws: settings read back on every connection, one writer at a time, tables filled anew.

Here lives what only PostgreSQL does. Never here: a table, or a lock that outlives its transaction.

Rows keep the order of their arrival in `ctid` and `xmin`, and the log keeps the time of every commit (threats K4, B4):
tables are therefore emptied and filled anew in key order, in one transaction, and nothing may archive the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, MetaData, Table, create_engine, event, text
from sqlalchemy.exc import DataError, OperationalError, ProgrammingError

from ballot.storage import sqlite
from ballot.storage.laws import READ_ONLY, RewriteFailed, StorageLawBroken
from tally.protocol.errors import BadText

WAITING = 10_000
"""Milliseconds that a transaction waits for another's lock, as SQLite's busy_timeout."""
KEPT = 8
"""Connections of a process to a database, kept: making one costs the server as much as ten ballots."""
PATIENCE = "ptn_patience"
"""Execution option of a connection that waits for another number of milliseconds."""
OURS = {
    "synchronous_commit": "on",
    "default_transaction_isolation": "read committed",
    "lock_timeout": str(WAITING),
    "client_encoding": "UTF8",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60000",  # the same for an answer that is on its way: nothing else is asked meanwhile
}
"""What every connection asks of the server; a host of ours that is gone loses its lock after a minute."""
LINE = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""What our own end of the line does: a server's host that is gone is an error after ten seconds, not after 15 minutes.

A server that computes, or waits for a lock, acknowledges all the same; a socket within this machine knows none of it.
"""
LAWS: dict[str, tuple[str, ...]] = {
    "synchronous_commit": ("on",),  # threats K2, I1
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "track_commit_timestamp": ("off",),  # threats B4
    "wal_level": ("minimal", "replica"),
    "archive_mode": ("off",),
    "log_statement": ("none",),  # threats D1, K5: a log line has a time
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
    "log_duration": ("off",),
    "log_lock_waits": ("off",),
    "log_min_messages": ("log", "fatal", "panic"),  # else a repeated ballot's credential is logged, with the time
    "auto_explain.log_min_duration": ("-1", ""),
    "server_encoding": ("UTF8",),
    "default_transaction_isolation": ("read committed",),
}
"""Setting: the values that it may have; one that the server does not know reads as nothing."""
WRITER = 0x70746E
"""Number of the advisory lock that a write transaction holds: one writer for each database."""
VERSION = "alembic_version"
READERS = "ptn.readers"
"""A table without columns, in a schema of its own: who reads has a share of it, who fills tables anew has it alone."""
_READ = f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; LOCK TABLE {READERS} IN ACCESS SHARE MODE"
# LOCK takes no snapshot: whoever waited here for `rewrite` sees the tables as it left them, not empty.
_DRAIN = f"LOCK TABLE {READERS} IN ACCESS EXCLUSIVE MODE"
_MAKE = f"CREATE SCHEMA IF NOT EXISTS ptn; CREATE TABLE IF NOT EXISTS {READERS} ()"
_SETTINGS = "SELECT name, coalesce(current_setting(name, true), '') FROM unnest(%s::text[]) name"


def created(url: URL) -> Engine:
    """Return an engine whose connections keep the laws; none is opened yet."""
    options = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in OURS.items())
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,  # a server that was started again is not a voter's concern
        pool_size=KEPT,
        max_overflow=KEPT,  # for acts that hold two at a time
        connect_args={"options": options, **LINE},
    )
    event.listen(engine, "connect", _check_laws)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _refuse_text)
    return engine


def _refuse_text(context: ExceptionContext) -> None:
    """A text with a NUL, which no server keeps, goes no further than the driver. Raises BadText."""
    at_the_server = getattr(context.original_exception, "sqlstate", None)
    if isinstance(context.sqlalchemy_exception, DataError) and not at_the_server:
        raise BadText("text") from None


def _check_laws(connection: Any, _record: object) -> None:
    """Read the laws back. Raises StorageLawBroken."""
    with connection.cursor() as cursor:
        for name, found in cursor.execute(_SETTINGS, (list(LAWS),)).fetchall():
            if found not in LAWS[name]:
                raise StorageLawBroken(pragma=f"{name}={LAWS[name][0]}")
        query = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
        if cursor.execute(query).fetchone()[0] not in ("C", "POSIX", "C.UTF-8", "C.utf8"):
            raise StorageLawBroken(pragma="LC_COLLATE=C")  # lists are sorted as everywhere else: by code points
        if cursor.execute("SELECT to_regclass(%s)", (READERS,)).fetchone()[0] is None:
            cursor.execute(f"SELECT pg_advisory_xact_lock({WRITER})")
            cursor.execute(_MAKE)
    connection.commit()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(READ_ONLY):
        connection.exec_driver_sql(_READ)
    elif options.get("isolation_level") != "AUTOCOMMIT":
        waiting = f"SET LOCAL lock_timeout = {options[PATIENCE]:d}; " if PATIENCE in options else ""
        connection.exec_driver_sql(f"{waiting}SELECT pg_advisory_xact_lock({WRITER})")


@contextmanager
def copied(engine: Engine, metadata: MetaData) -> Iterator[Engine]:
    """Lend a copy of a database in SQLite's memory, to try an act on; readers and writers go on meanwhile."""
    with sqlite.in_memory() as copy:
        metadata.create_all(copy)
        reader = engine.execution_options(**{READ_ONLY: True})
        with reader.connect() as source, copy.begin() as target:
            for table in metadata.sorted_tables:
                rows = [dict(row) for row in source.execute(table.select().order_by(*table.primary_key)).mappings()]
                if rows:
                    target.execute(table.insert(), rows)
        yield copy


def rewrite(engine: Engine, *, patience: int = WAITING) -> None:
    """Fill every table anew in key order, so that neither `ctid` nor `xmin` tells an order of arrival.

    Waits up to `patience` milliseconds for readers; whoever waits to the end ends the server's log too. Raises
    RewriteFailed. Source: design 6; threats K4, B4.
    """
    try:
        with engine.execution_options(**{PATIENCE: patience}).begin() as connection:
            connection.exec_driver_sql(_DRAIN)
            _fill_anew(connection)
    except OperationalError:
        raise RewriteFailed("box") from None
    if patience >= WAITING:
        _end_log(engine)


def _fill_anew(connection: Connection) -> None:
    in_order = {table: ", ".join(table.primary_key.columns.keys()) for table in _tables(connection)}
    spell = connection.dialect.identifier_preparer.format_table
    for table, keys in in_order.items():
        query = f"SELECT * FROM {spell(table)} ORDER BY {keys}"  # noqa: S608 - names of our own schema
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE new_{table.name} ON COMMIT DROP AS {query}")
    guarded = [table for table in in_order if table.name in _guarded(connection)]
    for table in guarded:
        connection.exec_driver_sql(f"ALTER TABLE {spell(table)} DISABLE TRIGGER USER")
    if in_order:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(map(spell, in_order))}")
    for table, keys in in_order.items():
        query = f"SELECT * FROM new_{table.name} ORDER BY {keys}"  # noqa: S608 - the same
        connection.exec_driver_sql(f"INSERT INTO {spell(table)} {query}")
    for table in guarded:
        connection.exec_driver_sql(f"ALTER TABLE {spell(table)} ENABLE TRIGGER USER")


def _tables(connection: Connection) -> list[Table]:
    """Return the tables that hold anything, and those that point to one, which must be emptied with it."""
    found = MetaData()
    found.reflect(connection)
    query = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 0")
    used = set(connection.scalars(query))
    return [t for t in found.sorted_tables if t.name != VERSION and (t.name in used or t.foreign_keys)]


def _guarded(connection: Connection) -> list[str]:
    """Return the tables that only grow: their guards are laid aside while they are filled anew."""
    query = "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"
    return sorted(connection.scalars(text(query)))


def _end_log(engine: Engine) -> None:
    """Let the server cut its log off where we may ask for it; with wal_recycle=off the old segments are then gone."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for statement in ("SELECT pg_switch_wal()", "CHECKPOINT"):
            with suppress(ProgrammingError):
                connection.exec_driver_sql(statement)


def size_of(connection: Connection) -> int:
    """Return the bytes of our tables with their indexes."""
    query = "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE relkind = 'r' AND relnamespace = {}"
    return int(connection.scalar(text(query.format("current_schema()::regnamespace"))) or 0)


def sweep(engine: Engine, *, patience: int = WAITING) -> None:
    """Give the room of deleted rows to the next ones, which overwrite them, while readers and writers go on.

    Best effort: a transaction that is older than the deletion keeps the rows, and the next call or `rewrite` ends them.
    """
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection, suppress(OperationalError):
        connection.exec_driver_sql(f"SET lock_timeout = {patience:d}")
        try:
            names = ", ".join(_grown(connection))
            connection.exec_driver_sql(f"VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) {names}")
        finally:
            connection.exec_driver_sql(f"SET lock_timeout = {WAITING:d}")


def _grown(connection: Connection) -> list[str]:
    """Return the tables that tell no order and hold anything: those that the server leaves alone (guards.py)."""
    query = "SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 0 AND reloptions @> {}"
    return list(connection.scalars(text(query.format("ARRAY['autovacuum_enabled=false']"))))


def follow(connection: Connection, table: Table) -> None:
    """Let the numbers that the database gives go on after those that were written into a table by hand."""
    (key,) = table.primary_key
    query = "SELECT setval(pg_get_serial_sequence(:table, :key), coalesce(max({0}), 0) + 1, false) FROM {1}"
    statement = text(query.format(key.name, connection.dialect.identifier_preparer.format_table(table)))
    connection.execute(statement, {"table": table.name, "key": key.name})


@contextmanager
def snapshot(engine: Engine) -> Iterator[str]:
    """Lend the number of a snapshot for `pg_dump --snapshot=…`; while it is lent, nobody fills a table anew.

    A dump that took its own would find tables empty that were filled anew after it began.
    """
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        yield str(connection.scalar(text("SELECT pg_export_snapshot()")))
