"""What the databases must be: under the storage laws, apart from each other, and the box's without an order of arrival.

Here live checks that only read. Never here: a migration; a database is looked at as it is.
"""

from __future__ import annotations

import os
from itertools import combinations

from sqlalchemy import Engine, LargeBinary, String, inspect, make_url, text

from ballot import assets
from ballot.assets import FrontEndMissing
from ballot.config import BOX, REGISTRY
from ballot.key_uses import check_keys
from ballot.settings.issuers import LOOPBACK
from ballot.startup.errors import CopyOnSameDisk, DatabasesJoined, SchemaTellsOrder
from ballot.startup.machine import disk
from ballot.startup.place import Place, copy_of, sqlite_file
from tally.protocol.manifest import Manifest

VERSION = "alembic_version"
PORT = 5432
HERE = "localhost"
SCHEMA_OF_SQLITE = ("sqlite_schema", "sqlite_temp_schema")


def check_laws(place: Place) -> None:
    """Open every database as the application does. Raises StorageLawBroken. Source: design 6; threats K2."""
    for name in place.databases:
        with place.opened(name) as engine:
            if engine is not None:
                with engine.connect() as connection:
                    connection.execute(text("SELECT 1"))


def check_no_order(place: Place) -> None:
    """Refuse a box whose tables number rows or could hold a time. Raises SchemaTellsOrder. Source: threats K3, K4."""
    for name in ("box", "site"):
        with place.opened(name) as engine:
            if engine is not None:
                _check_schema(engine)


def _check_schema(engine: Engine) -> None:
    found = inspect(engine)
    for table in found.get_table_names():
        if table == VERSION:
            continue
        for column in found.get_columns(table):
            if not isinstance(column["type"], (String, LargeBinary)):
                raise SchemaTellsOrder(table=table, column=column["name"])
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            for table, without in connection.execute(text("SELECT name, wr FROM pragma_table_list WHERE type='table'")):
                if not without and table != VERSION and table not in SCHEMA_OF_SQLITE:
                    raise SchemaTellsOrder(table=table, column="rowid")
    elif sequences := found.get_sequence_names():
        raise SchemaTellsOrder(table=sequences[0], column="sequence")


def check_apart(place: Place) -> None:
    """Refuse two databases in one file or of one name, and a registry's file that the box's process can read.

    On a server the registry and the box are two databases, whose rights tests/ballot try. Raises DatabasesJoined.
    """
    urls = filter(None, (*place.databases.values(), copy_of(place.config)))
    for first, second in combinations(urls, 2):
        if _where(first) == _where(second):
            raise DatabasesJoined(place=str(_where(first)[-1]))
    if BOX in place.config.roles and REGISTRY not in place.config.roles:
        file = sqlite_file(place.config.registry_url)
        if file is not None and os.access(file, os.R_OK):
            raise DatabasesJoined(place=file.name)


def check_copy_elsewhere(place: Place) -> None:
    """Say that the box and its second copy are lost together: one disk, or one server. Raises CopyOnSameDisk."""
    copy, box = copy_of(place.config), place.config.box_url
    if not copy:
        return
    file, copied = sqlite_file(box), sqlite_file(copy)
    if file and copied and disk(file) == disk(copied):
        raise CopyOnSameDisk(place=copied.parent)
    if not file and not copied and server_of(box) == server_of(copy):
        raise CopyOnSameDisk(place=":".join(server_of(copy)))


def _where(url: str) -> tuple[str, ...]:
    file, parts = sqlite_file(url), make_url(url)
    if file is not None:
        return (str(file),)
    return (*server_of(url), str(parts.database))


def server_of(url: str) -> tuple[str, str]:
    """Return host and port; a socket, and every name of this machine to itself, is one host."""
    parts = make_url(url)
    host = str(parts.host or parts.query.get("host", HERE))
    here = host.startswith(("/", "@")) or LOOPBACK.match(host) or host == "::1"
    return HERE if here else host, str(parts.port or parts.query.get("port", PORT))


def check_key_uses(place: Place) -> None:
    """Refuse a key that stands in two places. Raises KeyReused. Source: SPEC 3.9; threats A8."""
    with place.opened("registry") as engine:
        if engine is not None and "round" in inspect(engine).get_table_names():
            with engine.connect() as connection:
                raws = [row[0] for row in connection.execute(text("SELECT manifest FROM round"))]
            check_keys([Manifest.parse(bytes(raw)) for raw in raws if raw], certificate=place.config.issuing.ca)


def check_front_end(_place: Place) -> None:
    """Refuse an installation whose pages were not built. Raises FrontEndMissing."""
    if not assets.hashes():
        raise FrontEndMissing("manifest.json", name="manifest.json")
