"""The key of a witness: made for one round, opened for one program, and it signs nothing but notes of that round's box.

Here live these three. Never here: the key's bytes handed out, or a note that nobody has compared.
"""

from __future__ import annotations

from pathlib import Path

from keys import ed25519, store
from keys.ed25519 import LabelledSigner
from keys.roles import WITNESS
from tally.protocol.cosignature import key_name
from tally.protocol.manifest import origin_of


class WitnessSigner(LabelledSigner):
    """Signs under notes of one box, as the witness of this name."""

    def __init__(self, seed: bytes, name: str, uuid: str) -> None:
        super().__init__(seed, name, f"{origin_of(uuid)}\n".encode("ascii"))


def create_witness_key(
    path: Path, *, witness: str, uuid: str, passphrase: str, cost: store.KdfCost = store.DEFAULT_COST
) -> str:
    """Make a witness's key and return its public half in hex. Raises WrongShape, and what `store.create` raises."""
    key_name(origin_of(uuid), witness)
    return ed25519.create(path, WITNESS, name=witness, round_id=uuid, passphrase=passphrase, cost=cost)


def open_witness_signer(path: Path, *, uuid: str, passphrase: str) -> WitnessSigner:
    """Open a witness's key of this round. Raises WrongRound, KeyFileDamaged, and what `store.open_key` raises."""
    found = store.open_round_key(path, kind=WITNESS, round_id=uuid, passphrase=passphrase)
    return WitnessSigner(ed25519.seed_of(found, path.name), found.name, uuid)
