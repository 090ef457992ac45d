"""What a test sees of a database from outside: every row, as sorted text, every byte, and whether anything changed.

Here lives looking. Never here: a write.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, inspect, text
from werkzeug.test import TestResponse

from ballot.storage import is_postgres, reading
from tests.ballot.hall import Hall
from tests.postgres import shared


def rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything in a database, by table."""
    with reading(engine) as session:
        names = sorted(name for name in inspect(session.connection()).get_table_names() if name != "alembic_version")
        return {
            name: sorted((tuple(row) for row in session.execute(text(f'SELECT * FROM "{name}"'))), key=repr)  # noqa: S608
            for name in names
        }


def stored(engine: Engine) -> bytes:
    """Return every byte that a database has on disk, as it lies there now: with the log where that is its own."""
    name = engine.url.database or ""
    if is_postgres(engine):
        return shared().stored(name)
    return b"".join(path.read_bytes() for path in sorted(Path(name).parent.glob(f"{Path(name).name}*")))


def looked_over(engine: Engine) -> None:
    """Have a server take samples of every table now, as it does at times of its own choosing."""
    if is_postgres(engine):
        shared().sql("ANALYZE", engine.url.database or "")


@contextmanager
def nothing_changes(*engines: Engine) -> Iterator[None]:
    before = [rows(engine) for engine in engines]
    yield
    assert [rows(engine) for engine in engines] == before


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Yield the statements that are sent to a database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def code_of(answer: TestResponse) -> str:
    """Return the stable code of a refusal, from an object or from a page."""
    if answer.mimetype == "application/json":
        return answer.get_json()["code"]
    page = answer.get_data(as_text=True)
    return page.partition('<p class="code">')[2].partition("</p>")[0].rpartition(": ")[2]


def refused(answer: TestResponse, status: int, code: str) -> None:
    """Check the status and code of a refusal, and that it shows nothing of the program."""
    assert (answer.status_code, code_of(answer)) == (status, code), answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)


def ballots(hall: Hall) -> list[bytes]:
    """Return the ballots in the box."""
    return [row[3] for row in rows(hall.house.box)["ballot"]]
