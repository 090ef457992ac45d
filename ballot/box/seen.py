"""Ciphertexts that the box has seen, cast or opened: whoever copies one copies somebody's vote.

Here lives what is kept of them. Never here: whose they are, or when they came.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ballot.models.box import KnownCiphertext
from tally.protocol.cipher import Ciphertext


def holds(session: Session, uuid: str, ciphertexts: Iterable[Ciphertext]) -> bool:
    """Say whether the alpha of any of these is known."""
    table, hashes = KnownCiphertext, [one.alpha_hash for one in ciphertexts]
    found = select(table.digest).where(table.uuid == uuid, table.digest.in_(hashes)).limit(1)
    return session.scalar(found) is not None


def add(session: Session, uuid: str, ciphertexts: Iterable[Ciphertext]) -> None:
    """Keep all of them, in the order of their hashes, by one statement. Raises IntegrityError where one is known.

    As objects, a hundred and thirty of them took longer than the disk.
    """
    session.flush()
    hashes = sorted(one.alpha_hash for one in ciphertexts)
    session.execute(insert(KnownCiphertext), [{"uuid": uuid, "digest": one} for one in hashes])


def hashes_of(ballot: bytes) -> list[bytes]:
    """Return what is kept of the ciphertexts of a ballot that was accepted: nothing of it has to be checked again."""
    alphas = (choice["alpha"] for answer in json.loads(ballot)["answers"] for choice in answer["choices"])
    return [hashlib.sha256(bytes.fromhex(alpha)[::-1]).digest() for alpha in alphas]
