"""A member's key file: opened and saved, the opening test, and the one decryption it will ever make.

Here live the rules by which a share is used. Never here: a way to decrypt anything but the sums of a verified record.

The tool takes a *record*, never a ciphertext. It verifies all of it, recomputes the sums, compares the root typed from
paper, and writes down the root it is about to open before it opens it. SPEC 5.6, 5.8; threats F7–F10.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from keys import disk, store
from keys.committee.errors import NotThisTrustee, RootMismatch, RootTooShort, TooFewWitnesses
from keys.committee.memory import Memory
from keys.roles import TRUSTEE
from tally.checks.evidence import NOTHING, Outside, Progress, no_progress
from tally.checks.sums import binding
from tally.protocol.committee import Committee
from tally.protocol.decryption import PartialDecryption, decrypt_partially
from tally.protocol.opening import Passed, pass_test
from tally.record import Record
from tally.verify import ClosedRecord, Listener, tell_nobody, verify_closed

LEAST_ROOT_DIGITS = 32


@dataclass(frozen=True, slots=True)
class TrusteeFile:
    """An encrypted key file of a member, opened for the length of one command."""

    path: Path
    passphrase: str = field(repr=False)

    def create(self, memory: Memory, *, name: str, cost: store.KdfCost = store.DEFAULT_COST) -> None:
        """Write a new file; nothing is ever overwritten."""
        store.create(
            self.path,
            kind=TRUSTEE,
            secret=memory.encode(),
            passphrase=self.passphrase,
            name=name,
            round_id=memory.manifest,
            cost=cost,
        )

    def load(self) -> Memory:
        """Open the file."""
        return Memory.parse(store.open_key(self.path, kind=TRUSTEE, passphrase=self.passphrase).secret)

    def save(self, memory: Memory) -> None:
        """Change what the file remembers: the old content or the new one, never a mixture."""
        store.replace(self.path, kind=TRUSTEE, secret=memory.encode(), passphrase=self.passphrase)


def take_opening_test(memory: Memory, committee: Committee, nonces: Mapping[int, str]) -> Passed:
    """Show that this file can decrypt, on a point that this function derives itself.

    Raises WrongRound, ShareMissing, NotThisTrustee, TranscriptChanged. Source: SPEC 5.8.
    """
    memory.check_belongs(committee)
    if nonces.get(memory.index) != memory.nonce:
        raise NotThisTrustee("nonce")
    return pass_test(committee, dict(nonces), owner=memory.index, secret=memory.require_share())


@dataclass(frozen=True, slots=True)
class Seen:
    """What the member compares with paper before typing the root: *phát ra*, *thu về*, the root."""

    issued: int
    returned: int
    root: str


def examine(
    memory: Memory,
    record: Record,
    *,
    executor: Executor | None = None,
    progress: Progress = no_progress,
    listener: Listener = tell_nobody,
    outside: Outside = NOTHING,
) -> ClosedRecord:
    """Verify a closed record for this key; its manifest must be the one of the ceremony.

    Raises CheckFailed, NotThisTrustee, ShareMissing, TranscriptChanged. Source: SPEC 5.6, step 1.
    """
    closed = verify_closed(
        record,
        expected_manifest=memory.manifest,
        executor=executor,
        progress=progress,
        listener=listener,
        outside=outside,
    )
    memory.check_belongs(closed.evidence.committee)
    return closed


def check_witnessed(closed: ClosedRecord, least: int) -> None:
    """Refuse a record whose last word fewer than `least` witnesses signed, each key counted once.

    Raises TooFewWitnesses. Source: SPEC 5.21, step 6; threats F10.
    """
    signed = closed.evidence.testimony.signed_last_word
    if len(signed) < least:
        raise TooFewWitnesses("closing.txt", found=len(signed), needed=least)


def seen(closed: ClosedRecord) -> Seen:
    """Return the three numbers to compare."""
    return Seen(closed.evidence.credentials.issued, len(closed.evidence.ballots), closed.root)


def decrypt(file: TrusteeFile, closed: ClosedRecord, *, typed_root: str) -> PartialDecryption:
    """Decrypt the sums of a verified record, once and for this root only.

    What the file remembers is read here and not taken from the caller, who may have read it before an earlier
    decryption; the root is in the file before anything is computed. Raises RootTooShort, RootMismatch, KeyFileBusy,
    WrongRound, ShareMissing, NotThisTrustee, TranscriptChanged, OtherRootDecrypted. Source: SPEC 5.6, step 1; threats
    F7–F10.
    """
    check_root(typed_root, closed.root)
    e = closed.evidence
    with disk.locked(file.path):  # two commands at once must not both find the file without a root
        memory = file.load()
        memory.check_belongs(e.committee)
        file.save(memory.bound_to_root(closed.root))
    return decrypt_partially(
        e.election,
        e.tally,
        binding(e, memory.index),
        public=e.trustees.owners[memory.index - 1],
        secret=memory.require_share(),
    )


def check_root(typed: str, root: str) -> None:
    """Compare what was typed from paper (any grouping and case, at least eight groups of four) with the root.

    Raises RootTooShort, RootMismatch.
    """
    digits = "".join(typed.split()).lower()
    if len(digits) < LEAST_ROOT_DIGITS:
        raise RootTooShort("root")
    if not root.startswith(digits):
        raise RootMismatch("root")
