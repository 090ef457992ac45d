"""What a process owns: its settings, its databases, its keys. Here they are opened once, in order.

Never here: a rule, or a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ballot import box_key
from ballot.config import BOX, REGISTRY, Config
from ballot.models import aftercare, catalogue, planning  # noqa: F401 - tables to which those of registry.py point
from ballot.models.copy import CopyBase
from ballot.settings.issuers import DEFAULT_ISSUERS, TokenSettings
from ballot.storage import make, migrate, open_engine
from ballot.storage.presence import check_there
from keys import signers
from keys.signers import BlindSigner, BoxSigner, FreezeKey, KeyFileMissing, LogSigner, StatementSigner, TokenKeyMissing
from tally.i18n import marked as _
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import TallyError
from tally.protocol.issuer_key import IssuerPublicKey

T = TypeVar("T")
ISSUERS = DEFAULT_ISSUERS
"""The issuers of a house that was told nothing else; those of this house are `House.issuers`."""


class NotServedHere(TallyError):
    """This process does not have that role (BALLOT_ROLES)."""

    code = "NOT_SERVED_HERE"
    text = _("Máy này không phục vụ phần này.")


@dataclass(frozen=True)
class Keyring:
    """The key files of the rounds on this machine, opened with the machine's own passphrase.

    Where there is a token, issuers' blind-signing keys are made in it and never leave it.
    """

    folder: Path
    passphrase_file: Path
    _opened: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)
    token: TokenSettings | None = None
    _ending: Lock = field(default_factory=Lock, repr=False, compare=False)
    bring: Callable[[Path, str], None] | None = field(default=None, repr=False, compare=False)
    """How a box that is a process of its own comes to the key file of a round (box_key.py)."""

    def path(self, uuid: str, name: str) -> Path:
        """Return the place of a round's key file."""
        return self.folder / uuid / name

    def create(self, uuid: str) -> tuple[str, str, str]:
        """Make the registry's own keys of a round; return box key, log key and freeze key."""
        (self.folder / uuid).mkdir(parents=True, exist_ok=True)
        common = {"round_id": uuid, "passphrase": self._passphrase(), "cost": signers.MACHINE_COST}
        of_box = common | {"passphrase": self._box_passphrase()}
        box = signers.create_box_key(self.path(uuid, box_key.FILE), name="hom-phieu", **of_box)
        freeze = signers.create_freeze_key(self.path(uuid, "chot.freeze.key"), name="chot", **common)
        log = signers.create_log_key(self.path(uuid, "nhat-ky.log.key"), name="nhat-ky", **common)
        return box, log, freeze

    def create_issuer(self, uuid: str, name: str) -> tuple[IssuerPublicKey, str]:
        """Make an issuer's two keys for a round; return the blind-signing key and the statement key."""
        (self.folder / uuid).mkdir(parents=True, exist_ok=True)
        common = {"round_id": uuid, "passphrase": self._passphrase(), "cost": signers.MACHINE_COST}
        if self.token is not None:
            key = signers.create_token_key(self._token(), name=name, round_id=uuid)
        else:
            key = signers.create_issuer_key(self.path(uuid, f"{name}.issuer.key"), name=name, **common)
        return key, signers.create_statement_key(self.path(uuid, f"{name}.statement.key"), name=name, **common)

    def discard(self, uuid: str, issuers: Iterable[str]) -> None:
        """Destroy the keys of a round whose sealing was cut off before anything was signed with them."""
        for name in issuers:
            self.destroy_issuer(uuid, name)
        folder = self.folder / uuid
        for path in folder.iterdir() if folder.is_dir() else ():
            signers.destroy_key(path)
        for opened in [key for key in self._opened if key[0] == uuid]:
            del self._opened[opened]

    def issuer(self, uuid: str, name: str) -> BlindSigner:
        """Open an issuer's key."""
        if self.token is None:
            return self._once(uuid, f"{name}.issuer.key", signers.open_issuer_signer)
        if (uuid, name) not in self._opened:
            self._opened[uuid, name] = signers.open_token_signer(self._token(), name=name, round_id=uuid)
        return self._opened[uuid, name]

    def statement(self, uuid: str, name: str) -> StatementSigner:
        """Open an issuer's statement key."""
        return self._once(uuid, f"{name}.statement.key", signers.open_statement_signer)

    def box(self, uuid: str) -> BoxSigner:
        """Open the box's key."""
        if self.bring is not None:
            self.bring(self.path(uuid, box_key.FILE), uuid)
        return self._once(uuid, box_key.FILE, signers.open_box_signer, self._box_secret_file)

    def log(self, uuid: str) -> LogSigner:
        """Open the key of the organisers' log."""
        return self._once(uuid, "nhat-ky.log.key", signers.open_log_signer)

    def freeze(self, uuid: str) -> FreezeKey:
        """Open the key under which stations seal credentials."""
        return self._once(uuid, "chot.freeze.key", signers.open_freeze_key)

    def destroy_issuer(self, uuid: str, name: str) -> None:
        """Destroy an issuer's blind-signing key at the freeze; harmless when done before."""
        path = self.path(uuid, f"{name}.issuer.key")
        for opened in (path.name, name):
            signer = self._opened.pop((uuid, opened), None)
            if signer is not None and self.token is not None:
                signer.close()  # a token's session is shared, and ends with the last who holds it
        with self._ending:  # two may freeze at a time
            if self.token is not None:
                with suppress(TokenKeyMissing):
                    signers.destroy_token_key(self._token(), name=name, round_id=uuid)
            if path.exists():
                signers.destroy_key(path)

    def destroy_freeze(self, uuid: str) -> None:
        """Destroy the key of the stations' staging: what was staged can be opened by nobody any more."""
        path = self.path(uuid, "chot.freeze.key")
        self._opened.pop((uuid, path.name), None)
        with self._ending:
            if path.exists():
                signers.destroy_key(path)

    def _once(self, uuid: str, name: str, opener: Callable[..., T], of_secret: Path | None = None) -> T:
        """Open a key file once in the life of the process: the passphrase is stretched at a price.

        Raises KeyFileMissing, also where the machine's secret is not there: only making a key draws one.
        """
        self._forget_destroyed()
        if (uuid, name) not in self._opened:
            secret = of_secret or self.passphrase_file
            if not secret.exists():  # one drawn now opens nothing, and stands in the way of the right one's return
                raise KeyFileMissing(secret.name)
            words = signers.machine_secret(secret)
            self._opened[uuid, name] = opener(self.path(uuid, name), round_id=uuid, passphrase=words)
        return self._opened[uuid, name]

    def _forget_destroyed(self) -> None:
        """Forget the keys whose files another process of this house has destroyed: they must not live on in this."""
        for uuid, name in list(self._opened):
            if name.endswith(".key") and not self.path(uuid, name).exists():
                self._opened.pop((uuid, name), None)

    def _token(self) -> signers.Token:
        if self.token is None:
            raise KeyFileMissing("token")
        return signers.Token(self.token.module, self.token.label, self.token.pin_file)

    def _passphrase(self) -> str:
        return signers.machine_secret(self.passphrase_file)

    @property
    def box_secret(self) -> Path:
        """The file with the secret of the link between registry and box; not there where both are one process."""
        return self.folder / box_key.SECRET

    @property
    def _box_secret_file(self) -> Path:
        return self.box_secret if self.box_secret.exists() else self.passphrase_file

    def _box_passphrase(self) -> str:
        return signers.machine_secret(self._box_secret_file)


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
        folder = config.instance / "keys"
        bring = partial(box_key.bring, box) if config.roles == {BOX} else None
        keyring = Keyring(folder, folder / "machine.secret", token=config.issuing.token, bring=bring)
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
        return self.config.instance / f"dot-{sha256_hex(uuid.encode('utf-8', 'surrogatepass'))[:12]}"

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
