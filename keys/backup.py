"""Recipients of backups: whoever holds the key opens the copies made for it, and a server needs only the public half.

Here live making, spelling and opening of such a key. Never here: the format of a backup (ballot/backup), or a
stream's key that is handed out to anybody but the restoring.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from keys import store
from keys.errors import BadRecipient, BadSealedBackup, KeyFileDamaged
from keys.roles import BACKUP
from keys.store import DEFAULT_COST, KdfCost

STREAM_KEY = 32
SEALED_KEY = STREAM_KEY + 48  # libsodium sealed box: an ephemeral public key and a tag
_FORM = re.compile(r"ptn-backup-([0-9a-f]{64})-([0-9a-f]{8})\Z")


class BackupKey:
    """Opens what was sealed to one recipient, and nothing else."""

    def __init__(self, secret: bytes, name: str) -> None:
        key = PrivateKey(secret)
        self._box = SealedBox(key)
        self.name, self.recipient = name, spelled(bytes(key.public_key))

    def open(self, sealed: bytes) -> bytes:
        """Return the key of one backup's stream. Raises BadSealedBackup."""
        try:
            return self._box.decrypt(sealed)
        except (CryptoError, ValueError):
            raise BadSealedBackup("backup") from None


def create_backup_key(path: Path, *, name: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make a recipient's key file; return the recipient, which is no secret. Raises what `store.create` raises."""
    key = PrivateKey.generate()
    store.create(path, kind=BACKUP, secret=bytes(key), passphrase=passphrase, name=name, cost=cost)
    return spelled(bytes(key.public_key))


def open_backup_key(path: Path, *, passphrase: str) -> BackupKey:
    """Open a recipient's key. Raises what `store.open_key` raises."""
    found = store.open_key(path, kind=BACKUP, passphrase=passphrase)
    if len(found.secret) != STREAM_KEY:
        raise KeyFileDamaged(path.name)
    return BackupKey(found.secret, found.name)


def spelled(public: bytes) -> str:
    """Return a recipient as people copy it, with digits that show a slip of the pen."""
    return f"ptn-backup-{public.hex()}-{_check(public)}"


def seal_stream_key(recipient: str, key: bytes) -> bytes:
    """Seal a stream's key to a recipient. Raises BadRecipient."""
    found = _FORM.match(recipient)
    public = bytes.fromhex(found[1]) if found else b""
    if found is None or found[2] != _check(public):
        raise BadRecipient("recipient")
    try:
        return SealedBox(PublicKey(public)).encrypt(key)
    except CryptoError:  # a point of small order
        raise BadRecipient("recipient") from None


def _check(public: bytes) -> str:
    return hashlib.sha256(b"phieu-tin-nhiem/v1/backup-recipient|" + public).hexdigest()[:8]
