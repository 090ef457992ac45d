"""What a process owns: its settings, its databases, its keys. Here they are opened once, in order.

Never here: a rule, or a request.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ballot import box_key, key_files
from ballot.config import BOX, REGISTRY, Config
from ballot.keyring import Keyring
from ballot.models.copy import CopyBase
from ballot.storage import make, migrate, open_engine
from ballot.storage.presence import check_there
from tally.i18n import marked as _
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import TallyError

ROUND_FOLDERS = "dot-"
"""How the names of the rounds' folders begin."""


class NotServedHere(TallyError):
    """This process does not have that role (BALLOT_ROLES)."""

    code = "NOT_SERVED_HERE"
    text = _("Máy này không phục vụ phần này.")


@dataclass(frozen=True)
class House:
    """Settings, databases and keys of one process."""

    config: Config
    registry_engine: Engine | None
    box: Engine
    keyring: Keyring
    links: dict[str, Any] = field(default_factory=dict, repr=False)
    """Doors to issuers that are processes of their own (slips/issuers.py), each opened once."""
    box_copy: Engine | None = None
    """The second copy of what the box takes (box/second_copy.py), where there is one."""
    copied: set[str] = field(default_factory=set, repr=False)
    """Rounds of which the second copy has everything that came before this process (box/second_copy.py)."""
    own_devices: dict[str, bool] = field(default_factory=dict, repr=False)
    """Whether a sealed round lets voters use their own devices, of those that were asked for (box/sharing.py)."""

    @classmethod
    def open(cls, config: Config) -> House:
        """Open and migrate the databases; a process that only serves the box never opens the registry's.

        Raises StorageLawBroken.
        """
        config.instance.mkdir(parents=True, exist_ok=True)
        config.instance.chmod(0o700)
        box = open_engine(config.box_url)
        migrate(box, "box")
        registry = open_engine(config.registry_url) if REGISTRY in config.roles else None
        if registry is not None:
            migrate(registry, "registry")
        bring = partial(box_key.bring, box) if config.roles == {BOX} else None
        keyring = Keyring(config.keys, config.keys / key_files.MACHINE, token=config.issuing.token, bring=bring)
        return cls(config, registry, box, keyring, box_copy=_open_copy(config.box_copy_url))

    @classmethod
    def existing(cls, config: Config) -> House:
        """Open the house of an installation that is there, and make none. Raises InstanceMissing, StorageLawBroken."""
        urls = [config.registry_url] * (REGISTRY in config.roles) + [config.box_url]
        check_there(urls, settings="BALLOT_REGISTRY_DB, BALLOT_BOX_DB", first="ballot organisation add")
        return cls.open(config)

    @property
    def registry(self) -> Engine:
        """The registry's database. Raises NotServedHere in a process without that role."""
        if self.registry_engine is None:
            raise NotServedHere("registry")
        return self.registry_engine

    @property
    def issuers(self) -> tuple[str, ...]:
        """Names of the issuers, in the order of every manifest that is sealed here."""
        return tuple(issuer.name for issuer in self.config.issuing.issuers)

    def folder(self, uuid: str) -> Path:
        """Return the folder of a round's files; what no round is called has a name too, and nothing lies there."""
        return self.config.instance / f"{ROUND_FOLDERS}{sha256_hex(uuid.encode('utf-8', 'surrogatepass'))[:12]}"

    def folders(self) -> list[Path]:
        """Return the folders of all rounds that have one."""
        return sorted(path for path in self.config.instance.glob(f"{ROUND_FOLDERS}*") if path.is_dir())

    def record(self, uuid: str) -> Path:
        """Return the folder of a round's record."""
        return self.folder(uuid) / "record"


def _open_copy(url: str) -> Engine | None:
    """Open the second copy; while it is away nobody gets a receipt, and everything else goes on."""
    if not url:
        return None
    engine = open_engine(url)
    with suppress(DBAPIError):
        make(engine, CopyBase.metadata)
    return engine
