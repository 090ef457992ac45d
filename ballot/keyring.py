"""The keys of this machine's rounds, opened with the machine's own passphrase, each once in the life of a process.

Here live making, opening and destroying them by their names (key_files.py). Never here: whose turn it is to sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from ballot import key_files
from ballot.settings.issuers import TokenSettings
from keys import signers
from keys.signers import BlindSigner, BoxSigner, FreezeKey, KeyFileMissing, LogSigner, StatementSigner, TokenKeyMissing
from tally.protocol.issuer_key import IssuerPublicKey

T = TypeVar("T")


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
        box = signers.create_box_key(self.path(uuid, key_files.BOX), name="hom-phieu", **of_box)
        freeze = signers.create_freeze_key(self.path(uuid, key_files.FREEZE), name="chot", **common)
        log = signers.create_log_key(self.path(uuid, key_files.LOG), name="nhat-ky", **common)
        return box, log, freeze

    def create_issuer(self, uuid: str, name: str) -> tuple[IssuerPublicKey, str]:
        """Make an issuer's two keys for a round; return the blind-signing key and the statement key."""
        (self.folder / uuid).mkdir(parents=True, exist_ok=True)
        common = {"round_id": uuid, "passphrase": self._passphrase(), "cost": signers.MACHINE_COST}
        if self.token is not None:
            key = signers.create_token_key(self._token(), name=name, round_id=uuid)
        else:
            key = signers.create_issuer_key(self.path(uuid, key_files.issuer(name)), name=name, **common)
        return key, signers.create_statement_key(self.path(uuid, key_files.statement(name)), name=name, **common)

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
            return self._once(uuid, key_files.issuer(name), signers.open_issuer_signer)
        if (uuid, name) not in self._opened:
            self._opened[uuid, name] = signers.open_token_signer(self._token(), name=name, round_id=uuid)
        return self._opened[uuid, name]

    def statement(self, uuid: str, name: str) -> StatementSigner:
        """Open an issuer's statement key."""
        return self._once(uuid, key_files.statement(name), signers.open_statement_signer)

    def box(self, uuid: str) -> BoxSigner:
        """Open the box's key."""
        if self.bring is not None:
            self.bring(self.path(uuid, key_files.BOX), uuid)
        return self._once(uuid, key_files.BOX, signers.open_box_signer, self._box_secret_file)

    def log(self, uuid: str) -> LogSigner:
        """Open the key of the organisers' log."""
        return self._once(uuid, key_files.LOG, signers.open_log_signer)

    def freeze(self, uuid: str) -> FreezeKey:
        """Open the key under which stations seal credentials."""
        return self._once(uuid, key_files.FREEZE, signers.open_freeze_key)

    def destroy_issuer(self, uuid: str, name: str) -> None:
        """Destroy an issuer's blind-signing key at the freeze; harmless when done before."""
        path = self.path(uuid, key_files.issuer(name))
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
        path = self.path(uuid, key_files.FREEZE)
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
        return self.folder / key_files.BOX_LINK

    @property
    def _box_secret_file(self) -> Path:
        return self.box_secret if self.box_secret.exists() else self.passphrase_file

    def _box_passphrase(self) -> str:
        return signers.machine_secret(self._box_secret_file)
