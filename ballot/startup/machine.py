"""What a machine must be: room on a disk of its own, secrets closed, no debugger, no core dumps, no access log.

Here live checks of the machine. Never here: a database (databases.py) or a round (releases.py).
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import stat
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from ballot.config import BOX, REGISTRY
from ballot.startup.errors import (
    AccessLogOn,
    ClockUnlikely,
    CoreDumpsOn,
    DebugOn,
    DiskLow,
    DiskNotLocal,
    OneProcess,
    SchemeNotHttps,
    SecretUnfit,
    SwapOn,
)
from ballot.startup.place import Place, copy_of, sqlite_file

LEAST_FREE = 500
"""Megabytes. Threats I3."""
ALARM = 1000
"""Megabytes under which the organisers' pages say so."""
NOT_LOCAL = re.compile(r"(nfs4?|cifs|smb3|smbfs|afs|9p|ceph|glusterfs|overlay|aufs|tmpfs|ramfs|fuse(\.\w+)?)\Z")
LEAST_SECRET = 32
FIRST_DAY, LONGEST = "2026-01-01", timedelta(days=20 * 366)
_OCTAL = re.compile(r"\\([0-7]{3})")
_LOG = re.compile(r"\baccess_log\s+([^\s;]+)")
_NAMES = re.compile(r"\bserver_name\s+([^;]+);")
_WHOLE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]\Z")
_SERVER = re.compile(r"^\s*server\s*\{", re.M)


def check_no_debugger(place: Place) -> None:
    """Refuse Flask's debugger and Python's development mode. Raises DebugOn."""
    if place.environ.get("FLASK_DEBUG", "0") not in ("", "0"):
        raise DebugOn(setting="FLASK_DEBUG")
    if sys.flags.dev_mode:
        raise DebugOn(setting="PYTHONDEVMODE")


def check_https(place: Place) -> None:
    """Refuse pages without TLS. Raises SchemeNotHttps."""
    if place.config.scheme != "https":
        raise SchemeNotHttps


def check_secrets(place: Place) -> None:
    """Refuse a secret, key or database that others may read, or a secret too short to be drawn by chance.

    Raises SecretUnfit.
    """
    _check_databases_closed(place)
    instance = place.config.instance
    if not instance.is_dir():
        return
    if stat.S_IMODE(instance.stat().st_mode) & 0o077:
        raise SecretUnfit(file=instance)
    for path in sorted((instance / "keys").rglob("*")):
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SecretUnfit(file=path)
        if path.name.endswith(".secret") and path.stat().st_size < LEAST_SECRET:
            raise SecretUnfit(file=path)
    for path in (place.config.oidc.secret_file if place.config.oidc else None, _pin_file(place)):
        if path is not None and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SecretUnfit(file=path)


def _check_databases_closed(place: Place) -> None:
    """Refuse a database file that any user of this machine can reach and read. Raises SecretUnfit."""
    for path in filter(None, map(sqlite_file, (*place.databases.values(), copy_of(place.config)))):
        if path.is_file() and path.stat().st_mode & 0o006 and all(p.stat().st_mode & 0o001 for p in path.parents):
            raise SecretUnfit(file=path)


def _pin_file(place: Place) -> Path | None:
    return place.config.issuing.token.pin_file if place.config.issuing.token else None


def check_room(place: Place) -> None:
    """Refuse a disk with less than 500 MB free. Raises DiskLow. Source: threats I3."""
    check_free(place.folders)


def check_free(folders: Iterable[Path]) -> None:
    """Refuse where any of these folders has less room than the ballots of a hall may need. Raises DiskLow."""
    for folder in folders:
        free = _free(folder)
        if free < LEAST_FREE:
            raise DiskLow(folder=folder, free=free, least=LEAST_FREE)


def little_room(folders: Iterable[Path]) -> int | None:
    """Return how many megabytes are left on the fullest of these disks, where organisers should know. Threats I3."""
    free = min(map(_free, folders))
    return free if free < ALARM else None


def _free(folder: Path) -> int:
    """Return the megabytes that are left where a folder is or will be."""
    return shutil.disk_usage(_standing(folder)).free // 1_000_000


def check_own_disk(place: Place) -> None:
    """Refuse shares of other machines, layers of containers and memory. Raises DiskNotLocal. Source: threats I5."""
    for folder in place.folders:
        kind = file_system(_standing(folder), place.mounts)
        if NOT_LOCAL.match(kind):
            raise DiskNotLocal(folder=folder, kind=kind)


def _standing(folder: Path) -> Path:
    """Return the deepest part of a path that exists: a folder that will be made lies where that one does."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def disk(path: Path, devices: Path = Path("/sys/dev/block")) -> str:
    """Return which disk a file lies on or will lie on: two partitions of one disk are one."""
    number = _standing(path).stat().st_dev
    device = devices / f"{os.major(number)}:{os.minor(number)}"
    if not device.exists():
        return device.name
    found = device.resolve()
    return str(found.parent if (found / "partition").exists() else found)


def file_system(folder: Path, mounts: Path) -> str:
    """Return the type of the file system that holds a folder: the deepest mount above it, the last of several there."""
    depth, found = -1, ""
    for line in mounts.read_text("utf-8", "surrogateescape").splitlines() if mounts.is_file() else ():
        before, _dash, after = line.partition(" - ")
        columns = before.split(" ")
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), columns[4])) if len(columns) > 4 else Path("/-")
        if len(point.parts) >= depth and folder.resolve().is_relative_to(point):
            depth, found = len(point.parts), after.split(" ")[0]
    return found


def check_no_core_dumps(_place: Place) -> None:
    """Refuse a process that may write its memory onto the disk when it crashes. Raises CoreDumpsOn."""
    if resource.getrlimit(resource.RLIMIT_CORE)[0] != 0:
        raise CoreDumpsOn


def check_no_access_log(place: Place) -> None:
    """Refuse a log of requests, in the server that runs us and in the proxy's files that were named.

    Raises AccessLogOn. Source: threats B5, B6.
    """
    told = " ".join((*place.command, place.environ.get("GUNICORN_CMD_ARGS", "")))
    if re.search(r"--access-?log(file|format)?\b|--log-requests", told):
        raise AccessLogOn(place="--access-logfile")
    for path in place.proxy:
        for block in _servers(path.read_text("utf-8")):
            logs = _LOG.findall(block)
            if _may_serve(block, place.config.box_host) and (not logs or set(logs) != {"off"}):
                raise AccessLogOn(place=path.name)


def _may_serve(block: str, host: str) -> bool:
    """Say whether requests for a host may come to a `server` block: only whole names of other hosts rule it out."""
    names = " ".join(_NAMES.findall(block)).lower().split()
    return host in names or not names or "default_server" in block or not all(map(_WHOLE_NAME.match, names))


def _servers(text: str) -> list[str]:
    """Return the `server` blocks of an nginx file, comments left out."""
    text = re.sub(r"#.*", "", text)
    return [text[begin.start() : _end(text, begin.end())] for begin in _SERVER.finditer(text)]


def _end(text: str, at: int) -> int:
    depth = 1
    for place in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return place
    return len(text)


def check_two_processes(place: Place) -> None:
    """Warn where one process has the registry's database and the box's door. Raises OneProcess."""
    if place.config.roles >= {REGISTRY, BOX}:
        raise OneProcess


def check_no_swap(place: Place) -> None:
    """Warn where memory may be written to a disk. Raises SwapOn."""
    if place.swaps.is_file() and len(place.swaps.read_text("utf-8").splitlines()) > 1:
        raise SwapOn


def check_clock(place: Place) -> None:
    """Warn of a day before this release was made, or far ahead. Raises ClockUnlikely. Source: threats I12."""
    first = place.today.fromisoformat(FIRST_DAY)
    if not first <= place.today <= first + LONGEST:
        raise ClockUnlikely(day=place.today.isoformat())
