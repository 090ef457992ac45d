"""The key of a witness: made for one round, opened for one program, and it signs nothing but notes of that round's box.

Here live these three. Never here: the key's bytes handed out, or a note that nobody has compared.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from nacl.signing import SigningKey

from keys import store
from keys.errors import KeyFileDamaged, WrongPurpose, WrongRound
from keys.roles import WITNESS
from tally.protocol.cosignature import key_name, origin_of


class WitnessSigner:
    """Signs under notes of one box, as one witness."""

    def __init__(self, seed: bytes, witness: str, uuid: str) -> None:
        self._key = SigningKey(seed)
        self.witness = witness
        self.public = self._key.verify_key.encode()
        self._allowed = f"{origin_of(uuid)}\n".encode("ascii")

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes. Raises WrongPurpose for anything that is no note of this round."""
        if not message.startswith(self._allowed):
            raise WrongPurpose(self.witness)
        return self._key.sign(message).signature


def create_witness_key(
    path: Path, *, witness: str, uuid: str, passphrase: str, cost: store.KdfCost = store.DEFAULT_COST
) -> str:
    """Make a witness's key and return its public half in hex. Raises WrongShape, and what `store.create` raises."""
    key_name(origin_of(uuid), witness)
    key = SigningKey(secrets.token_bytes(32))
    common = {"passphrase": passphrase, "name": witness, "round_id": uuid}
    store.create(path, kind=WITNESS, secret=bytes(key), **common, cost=cost)
    return key.verify_key.encode().hex()


def open_witness_signer(path: Path, *, uuid: str, passphrase: str) -> WitnessSigner:
    """Open a witness's key of this round. Raises WrongRound, KeyFileDamaged, and what `store.open_key` raises."""
    found = store.open_key(path, kind=WITNESS, passphrase=passphrase)
    if found.round_id != uuid:
        raise WrongRound(path.name)
    if len(found.secret) != 32:
        raise KeyFileDamaged(path.name)
    return WitnessSigner(found.secret, found.name, uuid)
