"""The one door to the keys for the web application: make a key, open it, sign with it, destroy it.

Here live signers for one purpose each. Never here: a key's bytes handed out, a trustee's share, or a signature on
something that another key is for.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.signing import SigningKey

from keys import disk, modes, store
from keys.backup import SEALED_KEY, STREAM_KEY, BackupKey, open_backup_key, seal_stream_key
from keys.committee.errors import NoSuchSeat, NotYourTurn
from keys.errors import (
    BadPrivateMessage,
    BadSealedBackup,
    KeyFileDamaged,
    KeyFileMissing,
    KeysError,
    TokenKeyMissing,
    WrongPurpose,
    WrongRound,
)
from keys.issuer import (
    ANSWERS,
    Answered,
    BlindSigner,
    Entry,
    Issuer,
    IssuerKey,
    Kind,
    Ledger,
    MemoryLedger,
    Reason,
    check_blinded,
    check_order,
    closing_statement,
    hash_blinded,
    log_start,
    next_head,
)
from keys.issuer import token as issuer_token
from keys.issuer.errors import (
    AlreadyIssued,
    BlindedOutOfRange,
    BlindedRepeated,
    IssuerStopped,
    IssuingFrozen,
    KeyNotDestroyed,
    NotEntitled,
    NotFrozen,
    NotIssued,
    SigningFault,
)
from keys.issuer.token import TokenSigner
from keys.purposes import KeyUse, check_distinct_purposes, ed25519_fingerprint, issuer_fingerprint, pem_fingerprint
from keys.roles import BOX, FREEZE, ISSUER, LOG, SITE, STATEMENT
from keys.store import DEFAULT_COST, KdfCost
from keys.token import Token
from tally.protocol.acts_log import HEAD_LABEL
from tally.protocol.blind import IssuerPublicKey
from tally.protocol.issuance import STATEMENT_LABEL
from tally.protocol.site import RECEIPT_LABEL as SITE_RECEIPT_LABEL
from tally.protocol.site import STATEMENT_LABEL as SITE_STATEMENT_LABEL

ZERO_REPORT_LABEL = b"phieu-tin-nhiem/v1/zero-report|"
RECEIPT_LABEL = b"phieu-tin-nhiem/v1/receipt|"

__all__ = [
    "ANSWERS",
    "MACHINE_COST",
    "SEALED_KEY",
    "STREAM_KEY",
    "AlreadyIssued",
    "Answered",
    "BackupKey",
    "BadSealedBackup",
    "BlindSigner",
    "BlindedOutOfRange",
    "BlindedRepeated",
    "BoxSigner",
    "Entry",
    "FreezeKey",
    "Issuer",
    "IssuerSigner",
    "IssuerStopped",
    "IssuingFrozen",
    "KdfCost",
    "KeyFileMissing",
    "KeyNotDestroyed",
    "KeyUse",
    "KeysError",
    "Kind",
    "Ledger",
    "LogSigner",
    "MemoryLedger",
    "NoSuchSeat",
    "NotEntitled",
    "NotFrozen",
    "NotIssued",
    "NotYourTurn",
    "Reason",
    "SigningFault",
    "SiteSigner",
    "StatementSigner",
    "Token",
    "TokenKeyMissing",
    "TokenSigner",
    "check_blinded",
    "check_distinct_purposes",
    "check_order",
    "closing_statement",
    "create_box_key",
    "create_freeze_key",
    "create_issuer_key",
    "create_log_key",
    "create_site_key",
    "create_statement_key",
    "create_token_issuer_key",
    "destroy_key",
    "destroy_token_key",
    "ed25519_fingerprint",
    "hash_blinded",
    "issuer_fingerprint",
    "log_start",
    "machine_secret",
    "next_head",
    "open_backup_key",
    "open_box_signer",
    "open_freeze_key",
    "open_issuer_signer",
    "open_log_signer",
    "open_statement_signer",
    "open_token_issuer",
    "pem_fingerprint",
    "seal_stream_key",
]


# --- signers -----------------------------------------------------------------------------------------------------


class IssuerSigner(BlindSigner):
    """The blind-signing key of an issuer, with the issuer's name; give it to `Issuer`, which decides when to sign."""

    def __init__(self, key: IssuerKey, name: str) -> None:
        super().__init__(key)
        self.name = name


class _Ed25519Signer:
    """An Ed25519 key, its owner's name, and its public half as RFC 8032 writes it."""

    def __init__(self, seed: bytes, name: str) -> None:
        self._key = SigningKey(seed)
        self.name = name
        self.public_hex = self._key.verify_key.encode().hex()

    def _signature(self, message: bytes) -> bytes:
        return self._key.sign(message).signature


class StatementSigner(_Ed25519Signer):
    """Signs closing statements of one issuer, and nothing else."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes. Raises WrongPurpose unless these are a statement's signing bytes."""
        if not message.startswith(STATEMENT_LABEL):
            raise WrongPurpose(self.name)
        return self._signature(message)


class BoxSigner(_Ed25519Signer):
    """Signs for the ballot box of one round: zero report, receipts, checkpoints, closing.txt; and nothing else."""

    def __init__(self, seed: bytes, name: str, uuid: str) -> None:
        super().__init__(seed, name)
        self._allowed = (ZERO_REPORT_LABEL, RECEIPT_LABEL, f"phieu-tin-nhiem/{uuid}\n".encode("ascii"))

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes. Raises WrongPurpose for anything that a box of this round does not say."""
        if not message.startswith(self._allowed):
            raise WrongPurpose(self.name)
        return self._signature(message)


class LogSigner(_Ed25519Signer):
    """Signs heads of the organisers' log while its round lives, and nothing else."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes. Raises WrongPurpose unless these are a head's signing bytes."""
        if not message.startswith(HEAD_LABEL):
            raise WrongPurpose(self.name)
        return self._signature(message)


class SiteSigner(_Ed25519Signer):
    """Signs for a site with a server of its own: provisional receipts and its last statement; nothing else."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes. Raises WrongPurpose for anything that a site does not say."""
        if not message.startswith((SITE_RECEIPT_LABEL, SITE_STATEMENT_LABEL)):
            raise WrongPurpose(self.name)
        return self._signature(message)


class FreezeKey:
    """Opens what stations sealed for the freeze (libsodium sealed boxes), and nothing else."""

    def __init__(self, secret: bytes) -> None:
        self._box = SealedBox(PrivateKey(secret))

    def open(self, sealed: bytes) -> bytes:
        """Return the message. Raises BadPrivateMessage."""
        try:
            return self._box.decrypt(sealed)
        except (CryptoError, ValueError):
            raise BadPrivateMessage("station") from None


# --- making and opening ------------------------------------------------------------------------------------------


def create_issuer_key(
    path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST
) -> IssuerPublicKey:
    """Make an issuer's key for one round, store it, and return its public half. Raises what `store.create` raises."""
    key = IssuerKey.generate()
    secret = key.encode()
    store.create(path, kind=ISSUER, secret=secret, passphrase=passphrase, name=name, round_id=round_id, cost=cost)
    return key.public


def open_issuer_signer(path: Path, *, round_id: str, passphrase: str) -> IssuerSigner:
    """Open an issuer's key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = _open(path, kind=ISSUER, round_id=round_id, passphrase=passphrase)
    return IssuerSigner(IssuerKey.decode(found.secret), found.name)


def create_token_issuer_key(token: Token, *, name: str, round_id: str) -> IssuerPublicKey:
    """Make an issuer's key for one round inside a token. Raises what `keys.issuer.token.create_token_key` raises."""
    return issuer_token.create_token_key(token, name=name, round_id=round_id)


def open_token_issuer(token: Token, *, name: str, round_id: str) -> TokenSigner:
    """Open an issuer's key in a token. Raises what `keys.issuer.token.open_token_signer` raises."""
    return issuer_token.open_token_signer(token, name=name, round_id=round_id)


def destroy_token_key(token: Token, *, name: str, round_id: str) -> None:
    """Destroy an issuer's key in a token. Raises what `keys.issuer.token.destroy_token_key` raises."""
    issuer_token.destroy_token_key(token, name=name, round_id=round_id)


def create_statement_key(path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make the key of an issuer's closing statement; return the public half, 64 hexadecimal digits."""
    return _create_ed25519(path, STATEMENT, name=name, round_id=round_id, passphrase=passphrase, cost=cost)


def open_statement_signer(path: Path, *, round_id: str, passphrase: str) -> StatementSigner:
    """Open a statement key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = _open(path, kind=STATEMENT, round_id=round_id, passphrase=passphrase)
    return StatementSigner(_seed(found), found.name)


def create_box_key(path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make the key of a ballot box; return the public half, 64 hexadecimal digits."""
    return _create_ed25519(path, BOX, name=name, round_id=round_id, passphrase=passphrase, cost=cost)


def open_box_signer(path: Path, *, round_id: str, passphrase: str) -> BoxSigner:
    """Open a box key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = _open(path, kind=BOX, round_id=round_id, passphrase=passphrase)
    return BoxSigner(_seed(found), found.name, round_id)


def create_log_key(path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make the key of the organisers' log in one round; return the public half, 64 hexadecimal digits."""
    return _create_ed25519(path, LOG, name=name, round_id=round_id, passphrase=passphrase, cost=cost)


def open_log_signer(path: Path, *, round_id: str, passphrase: str) -> LogSigner:
    """Open a log key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = _open(path, kind=LOG, round_id=round_id, passphrase=passphrase)
    return LogSigner(_seed(found), found.name)


def create_site_key(path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make the key of a site in one round; return the public half, 64 hexadecimal digits."""
    return _create_ed25519(path, SITE, name=name, round_id=round_id, passphrase=passphrase, cost=cost)


def open_site_signer(path: Path, *, round_id: str, passphrase: str) -> SiteSigner:
    """Open a site's key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = _open(path, kind=SITE, round_id=round_id, passphrase=passphrase)
    return SiteSigner(_seed(found), found.name)


def create_freeze_key(path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make the key to which stations seal signed credentials; return the public half, 64 hexadecimal digits."""
    key = PrivateKey.generate()
    store.create(path, kind=FREEZE, secret=bytes(key), passphrase=passphrase, name=name, round_id=round_id, cost=cost)
    return bytes(key.public_key).hex()


def open_freeze_key(path: Path, *, round_id: str, passphrase: str) -> FreezeKey:
    """Open a freeze key of this round. Raises WrongRound, and what `store.open_key` raises."""
    return FreezeKey(_seed(_open(path, kind=FREEZE, round_id=round_id, passphrase=passphrase)))


MACHINE_COST = KdfCost(ops=1, mem=64 * 1024)
"""For keys under the machine's own secret: nobody guesses 256 bits of chance, so stretching them only costs time."""


def machine_secret(path: Path) -> str:
    """Return this machine's own secret, drawn on first use and kept in a file that only its owner may read.

    It protects key files copied without it, and nothing from whoever owns the machine. Raises InsideRepository,
    KeyFileExposed, KeyFolderExposed.
    """
    if not path.exists():
        disk.check_outside_repository(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        disk.settle(path, secrets.token_urlsafe(32).encode("ascii"))
    modes.check_file(path)
    return disk.read(path, limit=4096).decode("ascii")


def destroy_key(path: Path) -> None:
    """Overwrite and remove a key file; read what `store.destroy` says this cannot do. Raises KeyFileMissing."""
    store.destroy(path)


def _create_ed25519(path: Path, kind: str, *, name: str, round_id: str, passphrase: str, cost: KdfCost) -> str:
    key = SigningKey(secrets.token_bytes(32))
    secret = bytes(key)
    store.create(path, kind=kind, secret=secret, passphrase=passphrase, name=name, round_id=round_id, cost=cost)
    return key.verify_key.encode().hex()


def _open(path: Path, *, kind: str, round_id: str, passphrase: str) -> store.StoredKey:
    found = store.open_key(path, kind=kind, passphrase=passphrase)
    if found.round_id != round_id:
        raise WrongRound(path.name)
    return found


def _seed(found: store.StoredKey) -> bytes:
    if len(found.secret) != 32:
        raise KeyFileDamaged(found.name)
    return found.secret
