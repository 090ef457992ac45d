"""Settings: read once from the environment, frozen, complete. Here lives every name that begins with BALLOT_.

Never here: a secret with a default, or a setting that is looked up later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tally.i18n import marked as _
from tally.protocol.errors import TallyError

REGISTRY = "registry"
BOX = "box"
ROLES = (REGISTRY, BOX)
HOSTS = {
    "BALLOT_REGISTRY_HOST": "localhost",
    "BALLOT_STATION_HOST": "127.0.0.2",
    "BALLOT_BOX_HOST": "127.0.0.1",
}
_HOST = re.compile(r"[a-z0-9.-]{1,253}\Z")


class BadSetting(TallyError):
    """An environment variable that cannot be understood; the application does not start."""

    code = "BAD_SETTING"
    text = _("Giá trị không hợp lệ; được phép: {allowed}.")


@dataclass(frozen=True, slots=True)
class Config:
    """What a process is: which parts it serves, where its files are, to which host names it answers."""

    roles: frozenset[str]
    instance: Path
    registry_host: str
    station_host: str
    box_host: str
    port: int
    scheme: str
    registry_url: str
    box_url: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Config:
        """Read the environment.

        BALLOT_ROLES (registry,box) · BALLOT_INSTANCE (folder) · BALLOT_REGISTRY_HOST · BALLOT_STATION_HOST ·
        BALLOT_BOX_HOST · BALLOT_PORT · BALLOT_SCHEME (http for loopback, https) · BALLOT_REGISTRY_DB · BALLOT_BOX_DB
        (SQLAlchemy). Raises BadSetting.
        """
        roles = frozenset(environ.get("BALLOT_ROLES", ",".join(ROLES)).split(","))
        if not roles <= set(ROLES):
            raise BadSetting("BALLOT_ROLES", allowed=", ".join(ROLES))
        instance = Path(environ.get("BALLOT_INSTANCE", "instance")).resolve()
        hosts = {name: environ.get(name, default) for name, default in HOSTS.items()}
        if len(set(hosts.values())) < len(HOSTS) or not all(_HOST.match(host) for host in hosts.values()):
            # A browser shares cookies and stores among the pages of a host: one name would join what must stay apart.
            raise BadSetting(", ".join(HOSTS), allowed=" ≠ ".join(HOSTS.values()))
        port, scheme = environ.get("BALLOT_PORT", "8000"), environ.get("BALLOT_SCHEME", "http")
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
            raise BadSetting("BALLOT_PORT", allowed="1…65535")
        if scheme not in ("http", "https"):
            raise BadSetting("BALLOT_SCHEME", allowed="http, https")
        return cls(
            roles=roles,
            instance=instance,
            registry_host=hosts["BALLOT_REGISTRY_HOST"],
            station_host=hosts["BALLOT_STATION_HOST"],
            box_host=hosts["BALLOT_BOX_HOST"],
            port=int(port),
            scheme=scheme,
            registry_url=environ.get("BALLOT_REGISTRY_DB", f"sqlite:///{instance}/registry.db"),
            box_url=environ.get("BALLOT_BOX_DB", f"sqlite:///{instance}/box.db"),
        )

    @property
    def registry_origin(self) -> str:
        """Scheme, host and port of the registry's pages."""
        return f"{self.scheme}://{self.registry_host}:{self.port}"

    @property
    def station_origin(self) -> str:
        """Scheme, host and port of the station's pages."""
        return f"{self.scheme}://{self.station_host}:{self.port}"

    @property
    def box_origin(self) -> str:
        """Scheme, host and port of the box's pages."""
        return f"{self.scheme}://{self.box_host}:{self.port}"
