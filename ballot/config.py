"""Settings: read once from the environment, frozen, complete. Names that begin with BALLOT_ live here and in settings/.

Never here: a secret with a default, or a setting that is looked up later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ballot.settings.databases import checked_database, database
from ballot.settings.errors import BadSetting
from ballot.settings.issuers import IssuerSettings
from ballot.settings.oidc import OidcSettings
from ballot.settings.site import SiteSettings
from tally.i18n import marked as _

REGISTRY = "registry"
BOX = "box"
ISSUER = "issuer"
SITE = "site"
ROLES = (REGISTRY, BOX)
"""What one process serves unless it is told otherwise; an issuer or a site is always a process of its own."""
HOSTS = {
    "BALLOT_REGISTRY_HOST": "localhost",
    "BALLOT_STATION_HOST": "127.0.0.2",
    "BALLOT_COMMITTEE_HOST": "127.0.0.3",
    "BALLOT_BOX_HOST": "127.0.0.1",
}
_HOST = re.compile(r"[a-z0-9.-]{1,253}\Z")


@dataclass(frozen=True, slots=True)
class Config:
    """What a process is: which parts it serves, where its files are, to which host names it answers."""

    roles: frozenset[str]
    instance: Path
    registry_host: str
    station_host: str
    committee_host: str
    box_host: str
    port: int
    scheme: str
    registry_url: str
    box_url: str
    box_copy_url: str
    issuing: IssuerSettings
    site: SiteSettings | None
    oidc: OidcSettings | None
    second_factor_required: bool
    production: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Config:
        """Read the environment.

        BALLOT_ROLES (registry,box) · BALLOT_INSTANCE (folder) · BALLOT_REGISTRY_HOST · BALLOT_STATION_HOST ·
        BALLOT_COMMITTEE_HOST · BALLOT_BOX_HOST · BALLOT_PORT · BALLOT_SCHEME (http for loopback, https) ·
        BALLOT_REGISTRY_DB · BALLOT_BOX_DB · BALLOT_BOX_COPY (SQLAlchemy) · BALLOT_SECOND_FACTOR (optional, required) ·
        BALLOT_PRODUCTION (0, 1: not served unless ballot/startup passes) · those of issuers, of a site and of an
        identity provider (settings/). Raises BadSetting.
        """
        roles, instance = _roles(environ), Path(environ.get("BALLOT_INSTANCE", "instance")).resolve()
        hosts, port = _hosts(environ), _port(environ)
        scheme = _chosen(environ, "BALLOT_SCHEME", "http", "https")
        factor = _chosen(environ, "BALLOT_SECOND_FACTOR", "optional", "required")
        production = _chosen(environ, "BALLOT_PRODUCTION", "0", "1")
        return cls(
            roles=roles,
            instance=instance,
            registry_host=hosts["BALLOT_REGISTRY_HOST"],
            station_host=hosts["BALLOT_STATION_HOST"],
            committee_host=hosts["BALLOT_COMMITTEE_HOST"],
            box_host=hosts["BALLOT_BOX_HOST"],
            port=port,
            scheme=scheme,
            registry_url=database(environ, "BALLOT_REGISTRY_DB", f"sqlite:///{instance}/registry.db"),
            box_url=database(environ, "BALLOT_BOX_DB", f"sqlite:///{instance}/box.db"),
            box_copy_url=_copy_url(environ, instance),
            issuing=IssuerSettings.from_environ(environ, instance),
            site=SiteSettings.from_environ(environ, instance, scheme) if SITE in roles else None,
            oidc=OidcSettings.from_environ(environ),
            second_factor_required=factor == "required",
            production=production == "1",
        )

    @property
    def keys(self) -> Path:
        """The folder of keys and secrets (key_files.py)."""
        return self.instance / "keys"

    @property
    def registry_origin(self) -> str:
        """Scheme, host and port of the registry's pages."""
        return self._origin(self.registry_host)

    @property
    def station_origin(self) -> str:
        """Scheme, host and port of the station's pages."""
        return self._origin(self.station_host)

    @property
    def committee_origin(self) -> str:
        """Scheme, host and port of the committee's pages."""
        return self._origin(self.committee_host)

    @property
    def box_origin(self) -> str:
        """Scheme, host and port of the box's pages."""
        return self._origin(self.box_host)

    @property
    def site_origin(self) -> str:
        """Scheme, host and port of the pages of a site with a server of its own; nothing where there is none."""
        return self._origin(self.site.host) if self.site else ""

    def _origin(self, host: str) -> str:
        """Spell an origin as browsers do, who leave out the usual port: the box compares it byte for byte."""
        usual = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{host}" if self.port == usual else f"{self.scheme}://{host}:{self.port}"


def _roles(environ: Mapping[str, str]) -> frozenset[str]:
    roles = frozenset(environ.get("BALLOT_ROLES", ",".join(ROLES)).split(","))
    if not roles <= set(ROLES) and roles not in ({ISSUER}, {SITE}):
        raise BadSetting("BALLOT_ROLES", allowed=f"{', '.join(ROLES)} | {ISSUER} | {SITE}")
    return roles


def _hosts(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the host name of each part; a browser shares cookies and stores among the pages of one host.

    One name for two would join what must stay apart. Raises BadSetting.
    """
    hosts = {name: environ.get(name, default) for name, default in HOSTS.items()}
    if len(set(hosts.values())) < len(HOSTS) or not all(_HOST.match(host) for host in hosts.values()):
        raise BadSetting(", ".join(HOSTS), allowed=" ≠ ".join(HOSTS.values()))
    return hosts


def _port(environ: Mapping[str, str]) -> int:
    port = environ.get("BALLOT_PORT", "8000")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise BadSetting("BALLOT_PORT", allowed="1…65535")
    return int(port)


def _chosen(environ: Mapping[str, str], name: str, usual: str, other: str) -> str:
    """Return one of two words. Raises BadSetting for any third."""
    value = environ.get(name, usual)
    if value not in (usual, other):
        raise BadSetting(name, allowed=f"{usual}, {other}")
    return value


def _copy_url(environ: Mapping[str, str], instance: Path) -> str:
    """Return where the second copy of the box is kept: in neither database, and not in the folder beside them."""
    url = environ.get("BALLOT_BOX_COPY", "")
    if url:
        checked_database("BALLOT_BOX_COPY", url)
    beside = url.startswith("sqlite") and instance in Path(url.partition("///")[2]).resolve().parents
    if beside or (url and url in (environ.get("BALLOT_BOX_DB"), environ.get("BALLOT_REGISTRY_DB"))):
        raise BadSetting("BALLOT_BOX_COPY", allowed=_("một cơ sở dữ liệu trên đĩa hoặc máy khác"))
    return url
