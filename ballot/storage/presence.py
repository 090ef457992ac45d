"""Whether a database of ours is there: asked before a command opens it, for opening is also how a new one is made.

Here lives this look, which makes nothing. Never here: a migration, or which databases a process needs (house.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect, make_url
from sqlalchemy.pool import NullPool

from ballot.storage.postgres import VERSION
from tally.i18n import marked as _
from tally.protocol.errors import TallyError


class InstanceMissing(TallyError):
    """A command was told to work where no installation is; an empty one made there would hide that."""

    code = "INSTANCE_MISSING"
    text = _(
        "Không thấy cơ sở dữ liệu {missing}: ở đây chưa có hệ thống nào. Chưa tạo gì. Xin đặt BALLOT_INSTANCE (và "
        "BALLOT_REGISTRY_DB, BALLOT_BOX_DB nếu dùng) đúng như máy chủ đang chạy; máy mới thì lập đơn vị đầu tiên bằng "
        "ballot organisation add."
    )


def check_there(urls: Iterable[str]) -> None:
    """Refuse unless each of these addresses is of a database that was made before. Raises InstanceMissing."""
    if missing := [shown(url) for url in urls if not is_there(url)]:
        raise InstanceMissing(missing=", ".join(missing))


def is_there(url: str, table: str = VERSION) -> bool:
    """Say whether a database of ours was made at this address: a file that has this table, or a server's that has."""
    parsed = make_url(url)
    file = _file(parsed)
    if file is not None and not (file.is_file() and file.stat().st_size):
        return False
    options = {"connect_timeout": 10} if file is None else {}
    # Not by open_engine: on a server it makes a table of its own where there is none.
    driver = parsed.drivername if file is not None else "postgresql+psycopg"
    engine = create_engine(
        parsed.set(drivername=driver), hide_parameters=True, poolclass=NullPool, connect_args=options
    )
    return inspect(engine).has_table(table)


def shown(url: str) -> str:
    """Return an address as a person may read it: a file's path, or a server's without its password."""
    parsed = make_url(url)
    return str(_file(parsed) or parsed.render_as_string(hide_password=True))


def _file(parsed: URL) -> Path | None:
    """Return the file of a SQLite address; nothing for a server's."""
    return Path(parsed.database or "").resolve() if parsed.get_backend_name() == "sqlite" else None
