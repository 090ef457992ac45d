"""A member's key file: what it remembers, the opening test, and the one decryption it will ever make.

Here live the rules by which a share is used. Never here: a way to decrypt anything but the sums of a verified record.

The tool takes a *record*, never a ciphertext. It verifies all of it, recomputes the sums, compares the root typed from
paper, and writes down the root it is about to open before it opens it. SPEC 5.6, 5.8; threats F7–F10.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from keys import disk, store
from keys.ceremony import Polynomial, Seat, draw_polynomial, transcript_of
from keys.channel import MemberKeys, random_seed
from keys.errors import (
    NotThisTrustee,
    OtherRootDecrypted,
    RootMismatch,
    RootTooShort,
    ShareMissing,
    TranscriptChanged,
    WrongRound,
)
from keys.roles import TRUSTEE
from tally.checks.evidence import Progress, no_progress
from tally.checks.sums import binding
from tally.protocol.committee import Committee
from tally.protocol.decryption import PartialDecryption, decrypt_partially
from tally.protocol.encoding import array, canonical, decode, fields, hex_hash, integer, string
from tally.protocol.group import decode_scalar, g_pow
from tally.protocol.manifest import Manifest
from tally.protocol.messages import Coefexps
from tally.protocol.opening import Passed, pass_test
from tally.record import Record
from tally.verify import ClosedRecord, Listener, verify_closed

LEAST_ROOT_DIGITS = 32
_FIELDS = ("manifest", "index", "seed", "polynomial", "coefexps", "transcript", "share", "nonce", "decrypted_root")
_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """What a trustee's key file holds. `transcript`, `share` and `decrypted_root` are empty until there is one."""

    manifest: str
    index: int
    seed: str = field(repr=False)
    polynomial: Polynomial = field(repr=False)
    transcript: str = ""
    share: int | None = field(default=None, repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_hex(32))
    decrypted_root: str = ""

    @classmethod
    def new(cls, manifest: Manifest, index: int) -> Memory:
        """Draw everything a member needs for a ceremony."""
        seed = random_seed()
        return cls(manifest.hash, index, seed, draw_polynomial(Seat(manifest, index, MemberKeys.derive(seed))))

    @classmethod
    def parse(cls, raw: bytes) -> Memory:
        """Read the secret of a key file."""
        where = TRUSTEE
        m = fields(decode(raw, where, limit=_LIMIT), where, *_FIELDS)
        coefficients = tuple(decode_scalar(a, where) for a in array(m["polynomial"], where))
        transcript, root = string(m["transcript"], where), string(m["decrypted_root"], where)
        return cls(
            manifest=hex_hash(m["manifest"], where),
            index=integer(m["index"], where, 1, 1000),
            seed=string(m["seed"], where),
            polynomial=Polynomial(coefficients, Coefexps.parse(m["coefexps"], where)),
            transcript=hex_hash(transcript, where) if transcript else "",
            share=decode_scalar(m["share"], where) if m["share"] else None,
            nonce=hex_hash(m["nonce"], where),
            decrypted_root=hex_hash(root, where) if root else "",
        )

    def encode(self) -> bytes:
        """Return the bytes that are encrypted into the key file."""
        document: dict[str, Any] = {
            "manifest": self.manifest,
            "index": self.index,
            "seed": self.seed,
            "polynomial": [str(a) for a in self.polynomial.coefficients],
            "coefexps": self.polynomial.public.signed.as_json(),
            "transcript": self.transcript,
            "share": "" if self.share is None else str(self.share),
            "nonce": self.nonce,
            "decrypted_root": self.decrypted_root,
        }
        return canonical(document)

    def bound_to(self, transcript: str) -> Memory:
        """Return the memory bound to one set of certificates and commitments: a polynomial is revealed to no other.

        Raises TranscriptChanged: whoever carries the folder has replaced messages since. Source: threats F5.
        """
        if self.transcript not in ("", transcript):
            raise TranscriptChanged(f"member {self.index}")
        return replace(self, transcript=transcript)

    def with_share(self, share: int) -> Memory:
        """Keep the finished share; the polynomial has served and is forgotten."""
        return replace(self, share=share, polynomial=Polynomial((), self.polynomial.public))

    def seat(self, manifest: Manifest) -> Seat:
        """Return the member's seat. Raises WrongRound."""
        if manifest.hash != self.manifest:
            raise WrongRound("manifest.json")
        return Seat(manifest, self.index, MemberKeys.derive(self.seed))

    def require_share(self) -> int:
        """Return the share. Raises ShareMissing."""
        if self.share is None:
            raise ShareMissing(f"member {self.index}")
        return self.share


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
    if committee.manifest != memory.manifest:
        raise WrongRound("committee.json")
    check_share(memory, committee.trustees.owners)
    memory.bound_to(transcript_of(committee))
    if nonces.get(memory.index) != memory.nonce:
        raise NotThisTrustee("nonce")
    return pass_test(committee, dict(nonces), owner=memory.index, secret=memory.require_share())


def check_share(memory: Memory, owners: tuple[Any, ...]) -> None:
    """Check that the file's share is the one of this committee. Raises ShareMissing, NotThisTrustee."""
    share = memory.require_share()
    if memory.index > len(owners) or g_pow(share) != owners[memory.index - 1]:
        raise NotThisTrustee(f"member {memory.index}")


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
    listener: Listener | None = None,
) -> ClosedRecord:
    """Verify a closed record for this key; its manifest must be the one of the ceremony.

    Raises CheckFailed, NotThisTrustee, ShareMissing, TranscriptChanged. Source: SPEC 5.6, step 1.
    """
    extra = {} if listener is None else {"listener": listener}
    closed = verify_closed(record, expected_manifest=memory.manifest, executor=executor, progress=progress, **extra)
    check_share(memory, closed.evidence.trustees.owners)
    memory.bound_to(transcript_of(closed.evidence.committee))
    return closed


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
        if e.manifest.hash != memory.manifest:
            raise WrongRound("manifest.json")
        check_share(memory, e.trustees.owners)
        memory.bound_to(transcript_of(e.committee))
        if memory.decrypted_root not in ("", closed.root):
            raise OtherRootDecrypted(f"member {memory.index}")
        file.save(replace(memory, decrypted_root=closed.root))
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
