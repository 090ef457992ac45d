"""Settings that are addresses of databases: read as SQLAlchemy reads them, and refused before anything is opened.

Here lives the look at an address. Never here: a connection, or whether anything is at the other end.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ballot.settings.errors import BadSetting

ALLOWED = "sqlite:////…/….db, postgresql+psycopg://…"
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


def database(environ: Mapping[str, str], name: str, default: str) -> str:
    """Return the address of a database that the environment names, or the default. Raises BadSetting."""
    return checked_database(name, environ.get(name, default))


def checked_database(name: str, url: str) -> str:
    """Return an address of a database as it was given; `name` is the variable or option. Raises BadSetting."""
    try:
        parsed = make_url(url)
        driver = _DRIVERS.get(parsed.get_backend_name(), "")
        if not driver or (driver == "sqlite" and parsed.database in (None, "", ":memory:")):
            raise BadSetting(name, allowed=ALLOWED)
        spelled = parsed if driver == "sqlite" else parsed.set(drivername=driver)
        spelled.get_dialect()().create_connect_args(spelled)  # finds a host in a file's address, and a driver of nobody
    except (ArgumentError, ValueError):
        raise BadSetting(name, allowed=ALLOWED) from None
    return url
