"""A thin DB-API over APSW, so that SQLAlchemy and with it the real application run over a file layer of our own.

Here lives what SQLAlchemy's SQLite dialect asks of the `sqlite3` module. Never here: a fault, or a law of storage.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import apsw

paramstyle, threadsafety, apilevel = "qmark", 1, "2.0"
sqlite_version = apsw.sqlite_lib_version()
sqlite_version_info = tuple(int(part) for part in sqlite_version.split("."))
PARSE_DECLTYPES, PARSE_COLNAMES = sqlite3.PARSE_DECLTYPES, sqlite3.PARSE_COLNAMES
Binary = memoryview
Error, DatabaseError, InterfaceError = sqlite3.Error, sqlite3.DatabaseError, sqlite3.InterfaceError
OperationalError, IntegrityError, DataError = sqlite3.OperationalError, sqlite3.IntegrityError, sqlite3.DataError
InternalError, ProgrammingError = sqlite3.InternalError, sqlite3.ProgrammingError
NotSupportedError, Warning = sqlite3.NotSupportedError, sqlite3.Warning

_KINDS = {
    apsw.SQLITE_CONSTRAINT: sqlite3.IntegrityError,
    apsw.SQLITE_CORRUPT: sqlite3.DatabaseError,
    apsw.SQLITE_NOTADB: sqlite3.DatabaseError,
}


def _translated(error: apsw.Error) -> sqlite3.Error:
    """Return the exception that the sqlite3 module raises for the same result code."""
    result, extended = getattr(error, "result", 1), getattr(error, "extendedresult", 1)
    found = _KINDS.get(result, sqlite3.OperationalError)(str(error))
    found.sqlite_errorcode, found.sqlite_errorname = extended, type(error).__name__
    return found


class Cursor:
    """A cursor that reads its rows at once."""

    arraysize = 1

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.description: Any = None
        self.rowcount, self.lastrowid = -1, None
        self._rows: Iterator[Any] = iter(())

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        self.description = None
        cursor = self._connection.cursor()
        cursor.exec_trace = self._note_columns
        try:
            self._rows = iter(list(cursor.execute(statement, tuple(parameters))))
        except apsw.Error as error:
            raise _translated(error) from None
        self.rowcount = self._connection.changes() if self.description is None else -1
        return self

    def _note_columns(self, cursor: apsw.Cursor, _statement: str, _bindings: Any) -> bool:
        columns = cursor.get_description()
        self.description = [(name, *[None] * 6) for name, _ in columns] or None
        return True

    def executemany(self, statement: str, many: Iterable[Sequence[Any]]) -> Cursor:
        changed = 0
        for parameters in many:
            changed += self.execute(statement, parameters).rowcount
        self.rowcount = changed
        return self

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return [row for _, row in zip(range(size or self.arraysize), self._rows, strict=False)]

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def close(self) -> None:
        self._rows = iter(())


class Connection:
    """A connection; who uses it says BEGIN."""

    isolation_level: str | None = None

    def __init__(self, path: str, vfs: str) -> None:
        try:
            self._connection = apsw.Connection(path, vfs=vfs)
        except apsw.Error as error:
            raise _translated(error) from None

    def cursor(self, *_factory: Any) -> Cursor:
        return Cursor(self._connection)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(statement, parameters)

    def create_function(self, *_function: Any, **_options: Any) -> None:
        """SQLAlchemy brings a `regexp` that no statement of ours uses."""

    def commit(self) -> None:
        if self._connection.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:  # SQLite rolls back by itself when a disk fails
            self.execute("ROLLBACK")

    def close(self) -> None:
        try:
            self._connection.close()
        except apsw.Error as error:
            raise _translated(error) from None


def connector(path: str, vfs: str) -> Callable[[], Connection]:
    """Return what opens connections to a file over a file layer."""
    return lambda: Connection(path, vfs)
