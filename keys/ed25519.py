"""Ed25519 keys of one round: made into a key file, opened from it, and signing what begins with their labels alone.

Here lives what such keys have in common. Never here: the labels of a kind (signers/signing.py, witness/key.py), or the
bytes of a key handed out.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from nacl.signing import SigningKey

from keys import store
from keys.errors import KeyFileDamaged, WrongPurpose
from keys.store import KdfCost, StoredKey


class LabelledSigner:
    """A key under its owner's name. `public` and `public_hex` are its public half as RFC 8032 writes it."""

    def __init__(self, seed: bytes, name: str, *labels: bytes) -> None:
        self._key = SigningKey(seed)
        self._labels = labels
        self.name = name
        self.public = self._key.verify_key.encode()
        self.public_hex = self.public.hex()

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes. Raises WrongPurpose unless the message begins with a label of this key."""
        if not message.startswith(self._labels):
            raise WrongPurpose(self.name)
        return self._key.sign(message).signature


def create(path: Path, kind: str, *, name: str, round_id: str, passphrase: str, cost: KdfCost) -> str:
    """Make a key of this kind and return its public half, 64 hexadecimal digits. Raises what `store.create` raises."""
    key = SigningKey(secrets.token_bytes(32))
    secret = bytes(key)
    store.create(path, kind=kind, secret=secret, passphrase=passphrase, name=name, round_id=round_id, cost=cost)
    return key.verify_key.encode().hex()


def seed_of(found: StoredKey, where: str) -> bytes:
    """Return the 32 bytes that such a key grows from. Raises KeyFileDamaged where there are others."""
    if len(found.secret) != 32:
        raise KeyFileDamaged(where)
    return found.secret
