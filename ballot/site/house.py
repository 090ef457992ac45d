"""What a site's process owns: its settings, its database, its one key for each round, what it knows of the line.

Here they are opened once, in order. Never here: a rule, a request, or anything that the registry or the box owns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from ballot import key_files
from ballot.config import SITE, Config
from ballot.settings.errors import BadSetting
from ballot.settings.site import SiteSettings
from ballot.storage import migrate, open_engine
from ballot.storage.presence import check_there
from keys import signers
from keys.signers import SiteSigner


@dataclass
class LineState:
    """What the last try said: whether the box answered, and the code of what went wrong; never when."""

    up: bool | None = None
    error: str = ""

    def note(self, error: str = "") -> None:
        """Note a try; without an error the line is up."""
        self.up, self.error = not error, error


@dataclass(frozen=True)
class SiteHouse:
    """Settings, database and keys of one site; `line` is kept in memory alone, by round."""

    config: Config
    engine: Engine
    line: dict[str, LineState] = field(default_factory=dict, repr=False)
    _opened: dict[str, SiteSigner] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, config: Config) -> SiteHouse:
        """Open and migrate the database. Raises BadSetting, StorageLawBroken."""
        config.instance.mkdir(parents=True, exist_ok=True)
        config.instance.chmod(0o700)
        if config.site is None:
            raise BadSetting("BALLOT_ROLES", allowed=SITE)
        engine = open_engine(config.site.url)
        migrate(engine, "site")
        return cls(config, engine)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> SiteHouse:
        """Open the house that the environment describes, a new one too. Raises what `open` raises."""
        return cls.open(_described(environ))

    @classmethod
    def existing(cls, environ: Mapping[str, str]) -> SiteHouse:
        """Open that house if it is there, and make none. Raises InstanceMissing and what `open` raises."""
        config = _described(environ)
        urls = [config.site.url] if config.site else []
        check_there(urls, settings="BALLOT_SITE_DB", first="ballot site fetch")
        return cls.open(config)

    @property
    def settings(self) -> SiteSettings:
        """What this process knows of itself. Raises BadSetting in a process without the role."""
        if self.config.site is None:
            raise BadSetting("BALLOT_ROLES", allowed=SITE)
        return self.config.site

    @property
    def name(self) -> str:
        """This site's name, as people call it."""
        return self.settings.name

    def line_of(self, uuid: str) -> LineState:
        """Return what is known of the line of a round."""
        return self.line.setdefault(uuid, LineState())

    def create_key(self, uuid: str) -> str:
        """Make this site's key of a round, in place of one whose linking was cut off; return the public half."""
        path = self._key_path(uuid)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            signers.destroy_key(path)
        secret = signers.machine_secret(self._secret)
        return signers.create_site_key(
            path, name="diem-cau", round_id=uuid, passphrase=secret, cost=signers.MACHINE_COST
        )

    def signer(self, uuid: str) -> SiteSigner:
        """Open this site's key of a round, once in the life of the process."""
        if uuid not in self._opened:
            secret = signers.machine_secret(self._secret)
            self._opened[uuid] = signers.open_site_signer(self._key_path(uuid), round_id=uuid, passphrase=secret)
        return self._opened[uuid]

    def _key_path(self, uuid: str) -> Path:
        return self.config.keys / uuid / key_files.SITE

    @property
    def _secret(self) -> Path:
        return self.config.keys / key_files.MACHINE


def _described(environ: Mapping[str, str]) -> Config:
    return Config.from_environ({**environ, "BALLOT_ROLES": SITE})
