"""Whether a database of ours is there: asked before a command opens it, for opening is also how a new one is made.

Here lives this look, which makes nothing. Never here: a migration, or which databases a process needs (house.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import URL, Engine, MetaData, create_engine, inspect, literal, make_url, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ballot.storage.postgres import VERSION
from tally.i18n import marked as _
from tally.protocol.errors import TallyError


class InstanceMissing(TallyError):
    """A command was told to work where no installation is; an empty one made there would hide that."""

    code = "INSTANCE_MISSING"
    text = _(
        "Không thấy cơ sở dữ liệu {missing}: ở đây chưa có hệ thống nào. Chưa tạo gì. Xin đặt BALLOT_INSTANCE (và "
        "{settings} nếu dùng) đúng như máy chủ đang chạy; máy mới thì bắt đầu bằng lệnh {first}."
    )


def check_there(urls: Iterable[str], *, settings: str, first: str) -> None:
    """Refuse unless each of these addresses is of a database that was made before. Raises InstanceMissing.

    `settings` are the variables that tell another address, `first` the command that makes what is missing.
    """
    if missing := [shown(url) for url in urls if not is_there(url)]:
        raise InstanceMissing(missing=", ".join(missing), settings=settings, first=first)


def is_there(url: str, table: str = VERSION) -> bool:
    """Say whether a database of ours was made at this address: a file that has this table, or a server's that has."""
    file = _file(make_url(url))
    if file is not None and not (file.is_file() and file.stat().st_size):
        return False
    return inspect(_looking(url)).has_table(table)


def holds_nothing(url: str) -> bool:
    """Say whether a database that is there has no row in any table, its version apart; false for what is none."""
    found = MetaData()
    try:
        with _looking(url).connect() as connection:
            found.reflect(connection)
            tables = [table for table in found.sorted_tables if table.name != VERSION]
            return not any(connection.execute(select(literal(1)).select_from(t).limit(1)).first() for t in tables)
    except DBAPIError:
        return False


def _looking(url: str) -> Engine:
    """Return a plain engine to look with: open_engine makes a table of its own on a server where there is none."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return create_engine(parsed, hide_parameters=True, poolclass=NullPool)
    spelled = parsed.set(drivername="postgresql+psycopg")
    return create_engine(spelled, hide_parameters=True, poolclass=NullPool, connect_args={"connect_timeout": 10})


def shown(url: str) -> str:
    """Return an address as a person may read it: a file's path, or a server's without its password."""
    parsed = make_url(url)
    return str(_file(parsed) or parsed.render_as_string(hide_password=True))


def _file(parsed: URL) -> Path | None:
    """Return the file of a SQLite address; nothing for a server's."""
    return Path(parsed.database or "").resolve() if parsed.get_backend_name() == "sqlite" else None
