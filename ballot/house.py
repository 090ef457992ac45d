"""What a process owns: its settings, its databases, its keys. Here they are opened once, in order.

Never here: a rule, or a request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine

from ballot.config import REGISTRY, Config
from ballot.storage import migrate, open_engine
from keys import signers
from keys.signers import BoxSigner, FreezeKey, IssuerSigner, StatementSigner
from tally.i18n import marked as _
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import TallyError

T = TypeVar("T")
ISSUERS = ("ban-to-chuc", "ban-kiem-phieu")


class NotServedHere(TallyError):
    """This process does not have that role (BALLOT_ROLES)."""

    code = "NOT_SERVED_HERE"
    text = _("Máy này không phục vụ phần này.")


@dataclass(frozen=True)
class Keyring:
    """The key files of the rounds on this machine, opened with the machine's own passphrase."""

    folder: Path
    passphrase_file: Path
    _opened: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)

    def path(self, uuid: str, name: str) -> Path:
        """Return the place of a round's key file."""
        return self.folder / uuid / name

    def create(self, uuid: str) -> tuple[list[tuple[str, object, str]], str, str]:
        """Make all keys of a round; return issuers as (name, public key, statement key), box key, freeze key."""
        (self.folder / uuid).mkdir(parents=True, exist_ok=True)
        common = {"round_id": uuid, "passphrase": self._passphrase()}
        issuers = []
        for name in ISSUERS:
            key = signers.create_issuer_key(self.path(uuid, f"{name}.issuer.key"), name=name, **common)
            statement = signers.create_statement_key(self.path(uuid, f"{name}.statement.key"), name=name, **common)
            issuers.append((name, key, statement))
        box = signers.create_box_key(self.path(uuid, "hom-phieu.box.key"), name="hom-phieu", **common)
        freeze = signers.create_freeze_key(self.path(uuid, "chot.freeze.key"), name="chot", **common)
        return issuers, box, freeze

    def discard(self, uuid: str) -> None:
        """Destroy the keys of a round whose sealing was cut off before anything was signed with them."""
        folder = self.folder / uuid
        for path in folder.iterdir() if folder.is_dir() else ():
            signers.destroy_key(path)
        for opened in [key for key in self._opened if key[0] == uuid]:
            del self._opened[opened]

    def issuer(self, uuid: str, name: str) -> IssuerSigner:
        """Open an issuer's key."""
        return self._once(uuid, f"{name}.issuer.key", signers.open_issuer_signer)

    def statement(self, uuid: str, name: str) -> StatementSigner:
        """Open an issuer's statement key."""
        return self._once(uuid, f"{name}.statement.key", signers.open_statement_signer)

    def box(self, uuid: str) -> BoxSigner:
        """Open the box's key."""
        return self._once(uuid, "hom-phieu.box.key", signers.open_box_signer)

    def freeze(self, uuid: str) -> FreezeKey:
        """Open the key under which stations seal credentials."""
        return self._once(uuid, "chot.freeze.key", signers.open_freeze_key)

    def destroy_issuers(self, uuid: str) -> None:
        """Destroy the issuers' keys at the freeze."""
        for name in ISSUERS:
            path = self.path(uuid, f"{name}.issuer.key")
            self._opened.pop((uuid, path.name), None)
            if path.exists():
                signers.destroy_key(path)

    def destroy_freeze(self, uuid: str) -> None:
        """Destroy the key of the stations' staging: what was staged can be opened by nobody any more."""
        path = self.path(uuid, "chot.freeze.key")
        self._opened.pop((uuid, path.name), None)
        if path.exists():
            signers.destroy_key(path)

    def _once(self, uuid: str, name: str, opener: Callable[..., T]) -> T:
        """Open a key file once in the life of the process: the passphrase is stretched at a price."""
        if (uuid, name) not in self._opened:
            self._opened[uuid, name] = opener(self.path(uuid, name), round_id=uuid, passphrase=self._passphrase())
        return self._opened[uuid, name]

    def _passphrase(self) -> str:
        return signers.machine_secret(self.passphrase_file)


@dataclass(frozen=True)
class House:
    """Settings, databases and keys of one process."""

    config: Config
    registry_engine: Engine | None
    box: Engine
    keyring: Keyring

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
        keyring = Keyring(config.instance / "keys", config.instance / "keys" / "machine.secret")
        return cls(config, registry, box, keyring)

    @property
    def registry(self) -> Engine:
        """The registry's database. Raises NotServedHere in a process without that role."""
        if self.registry_engine is None:
            raise NotServedHere("registry")
        return self.registry_engine

    def folder(self, uuid: str) -> Path:
        """Return the folder of a round's files."""
        return self.config.instance / f"dot-{sha256_hex(uuid.encode('ascii'))[:12]}"

    def record(self, uuid: str) -> Path:
        """Return the folder of a round's record."""
        return self.folder(uuid) / "record"
