"""The end of a share: signed for once the result is there, or thrown away because it never served.

Here live the statement and the order of acts: it is on the disk before the key is gone. Never here: a share that
is erased without either. SPEC 4.15; threats F16.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from keys import disk, store
from keys.committee.errors import KeyHasServed
from keys.committee.memory import Memory
from keys.committee.trustee import TrusteeFile
from keys.errors import KeysError
from tally.protocol.committee import Committee
from tally.protocol.destruction import Destruction
from tally.protocol.group import RandBelow
from tally.verify import VerifiedRecord


def destroy_share(file: TrusteeFile, verified: VerifiedRecord, out: Path) -> Destruction:
    """Sign that this share is destroyed, write the statement to `out`, then erase the key file.

    The record has its result, for that is what verified means. If the statement cannot be written, the key stays.
    Raises WrongRound, ShareMissing, NotThisTrustee, TranscriptChanged, OtherRootDecrypted, KeyFileExists, KeyFileBusy.
    """
    committee, root = verified.evidence.committee, verified.evidence.archive.root
    with disk.locked(file.path):
        stated = state_destruction(file.load(), committee, root)
        stated.check(committee)  # a statement that nobody would believe must not cost the key
        disk.create(out, stated.encode())
        _erase(file, out)
    return stated


def state_destruction(
    memory: Memory, committee: Committee, root: str, randbelow: RandBelow = secrets.randbelow
) -> Destruction:
    """Sign that this member's share is destroyed: by the signing key, or by the share where there is no other key.

    Raises WrongRound, ShareMissing, NotThisTrustee, TranscriptChanged, OtherRootDecrypted. Source: SPEC 4.15.
    """
    memory.check_belongs(committee)
    memory.bound_to_root(root)
    secret = memory.statement_secret(committee)
    return Destruction.make(committee, owner=memory.index, root=root, secret=secret, randbelow=randbelow)


def _erase(file: TrusteeFile, out: Path) -> None:
    """Erase the key that a link may lead to; where it is still there, nobody may read that it is gone."""
    try:
        store.destroy(file.path.resolve())
    except (KeysError, OSError):
        with suppress(KeysError):  # it no longer opens: then the statement is true
            file.load()
            out.unlink()
        raise


def destroy_unused(file: TrusteeFile) -> None:
    """Erase a key file that has decrypted nothing; no statement is made. Raises KeyHasServed, KeyFileBusy."""
    with disk.locked(file.path):
        memory = file.load()
        if memory.decrypted_root:
            raise KeyHasServed(f"member {memory.index}")
        store.destroy(file.path.resolve())
