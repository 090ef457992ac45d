"""A machine as `ballot check` looks at it, in a folder of a test: settings of a deployment, and what is found.

Here lives how such a place is put together. Never here: a judgement of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ballot.config import Config
from ballot.startup import State, findings, here
from ballot.startup.place import Place
from tests.ballot.hall import Hall
from tests.postgres import databases

HOSTS = {
    "BALLOT_REGISTRY_HOST": "so.lan", "BALLOT_STATION_HOST": "tram.lan", "BALLOT_COMMITTEE_HOST": "ban.lan",
    "BALLOT_BOX_HOST": "hom.lan", "BALLOT_PORT": "443", "BALLOT_SCHEME": "https", "BALLOT_PRODUCTION": "1",
}  # fmt: skip
WAIVED = {"BALLOT_WAIVE": "DISK_NOT_LOCAL"}  # where CI runs, the whole disk may be a container's layer


def place(folder: Path, roles: str = "box", environ: dict[str, str] | None = None, **more: Any) -> Place:
    settings = {"BALLOT_INSTANCE": str(folder), "BALLOT_ROLES": roles, **HOSTS, **WAIVED, **(environ or {})}
    found = here(Config.from_environ(settings), settings)
    return replace(found, command=(), today=date(2026, 11, 22), **more)


def refused(at: Place) -> set[str]:
    return {found.code for found in findings(at) if found.state is State.REFUSED}


def doubtful(at: Place) -> set[str]:
    return {found.code for found in findings(at) if found.state is State.DOUBTFUL} - {"DISK_NOT_LOCAL"}


def over(hall: Hall, roles: str = "registry,box", **environ: str) -> Place:
    return place(hall.house.config.instance, roles, databases(hall.house.config.instance) | environ)
