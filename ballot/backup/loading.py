"""Rows from one database of ours into another, empty one, of whatever kind: SQLite or a PostgreSQL server.

Here lives this copying, in the order of keys. Never here: a database that holds anything already.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, MetaData, Table, func, select, text

from ballot.backup.errors import RestoreNotEmpty
from ballot.storage import is_postgres, migrate

AT_A_TIME = 500


def load(source: Engine, target: Engine, metadata: MetaData, part: str) -> None:
    """Make the schema of a part in `target` and fill it with the rows of `source`, all of them or none.

    Raises RestoreNotEmpty where `target` has a row.
    """
    migrate(target, part)
    with source.connect() as rows, target.begin() as filled:
        for table in metadata.sorted_tables:
            if filled.scalar(select(func.count()).select_from(table)):
                raise RestoreNotEmpty("database", name=table.name)
        for table in metadata.sorted_tables:
            _copy(rows, filled, table)
            if is_postgres(filled):
                _count_on(filled, table)


def _copy(rows: Connection, filled: Connection, table: Table) -> None:
    found = rows.execute(select(table).order_by(*table.primary_key)).mappings()
    while some := found.fetchmany(AT_A_TIME):
        filled.execute(table.insert(), [dict(row) for row in some])


def _count_on(filled: Connection, table: Table) -> None:
    """Let the next number of a table follow the largest one that was filled in."""
    for column in table.primary_key:
        place = {"table": f'"{table.name}"', "column": column.name}
        sequence = filled.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), place)
        if sequence:
            largest = filled.scalar(select(func.max(column)))
            filled.execute(
                text("SELECT setval(:name, :at, :used)"), {"name": sequence, "at": largest or 1, "used": bool(largest)}
            )
