"""Where a check looks: settings, environment, the day, and what the kernel says of disks; a test gives its own.

Here lives what all checks are given. Never here: a judgement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, make_url

from ballot.config import BOX, ISSUER, REGISTRY, SITE, Config
from ballot.storage import open_engine

MOUNTS, SWAPS = Path("/proc/self/mountinfo"), Path("/proc/swaps")
RESTART = Path("/run/reboot-required")
"""Where Debian and its like say that an upgrade waits for a restart."""


@dataclass(frozen=True, slots=True)
class Place:
    """A process about to serve: its settings, its environment, today, and the files of its proxy if they were named."""

    config: Config
    environ: Mapping[str, str]
    today: date
    proxy: tuple[Path, ...] = ()
    mounts: Path = MOUNTS
    swaps: Path = SWAPS
    restart: Path = RESTART
    command: tuple[str, ...] = field(default=())

    @property
    def databases(self) -> dict[str, str]:
        """The databases that this process opens, by the name of their schema."""
        return databases_of(self.config)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where this process writes: its instance folder and those of its SQLite files."""
        return folders_of(self.config)

    @contextmanager
    def opened(self, name: str) -> Iterator[Engine | None]:
        """Lend a database as it is, never migrated; nothing where it was not made yet. Raises StorageLawBroken."""
        url = self.databases.get(name, "")
        path = sqlite_file(url)
        if not url or (path is not None and (not path.is_file() or not path.stat().st_size)):
            yield None
            return
        engine = open_engine(url)
        try:
            yield engine
        finally:
            engine.dispose()


def databases_of(config: Config) -> dict[str, str]:
    """Return the databases that a process of these settings opens, by the name of their schema."""
    roles, found = config.roles, {}
    if REGISTRY in roles:
        found["registry"] = config.registry_url
    if roles & {REGISTRY, BOX}:
        found["box"] = config.box_url
    if ISSUER in roles:
        found["issuer"] = config.issuing.url
    if SITE in roles and config.site:
        found["site"] = config.site.url
    return found


def copy_of(config: Config) -> str:
    """Return where a process that takes ballots keeps its second copy, which may be away when it begins to serve."""
    return config.box_copy_url if BOX in config.roles else ""


def folders_of(config: Config) -> tuple[Path, ...]:
    """Return where such a process writes: its instance folder and those of its SQLite files."""
    copied = sqlite_file(copy_of(config))
    return tuple(dict.fromkeys([*own_folders_of(config), *([copied.parent] if copied else [])]))


def own_folders_of(config: Config) -> tuple[Path, ...]:
    """Return the same without the second copy's, which is on another disk."""
    files = [path for url in databases_of(config).values() if (path := sqlite_file(url))]
    return tuple(dict.fromkeys([config.instance, *(path.parent for path in files)]))


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite address; nothing for a server's."""
    parts = make_url(url) if url else None
    if parts is None or parts.get_backend_name() != "sqlite" or not parts.database:
        return None
    return Path(parts.database).resolve()
