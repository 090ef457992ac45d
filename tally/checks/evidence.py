"""What the checks share: the record, and the values that earlier checks have read from it and found right.

Here live the shapes only. Never here: a check.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tally.checks.listed import Listed
from tally.protocol.archive import Archive
from tally.protocol.committee import Committee
from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.decryption import PartialDecryption
from tally.protocol.election import Election
from tally.protocol.manifest import Manifest
from tally.protocol.opening import Opening
from tally.protocol.receipt import Receipt
from tally.protocol.result import Result
from tally.protocol.spoiled import Spoiled
from tally.protocol.sums import EncryptedTally
from tally.protocol.trustees import Trustees
from tally.record import Record
from tally.witnessing import WitnessCopy

if TYPE_CHECKING:  # both of them are made from evidence
    from tally.checks.ballots import Ballots
    from tally.checks.one_pass import Pass

Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What others kept and hold against a record, by the names of their files: copies of witnesses, receipts."""

    copies: Mapping[str, bytes] = field(default_factory=dict)
    receipts: Mapping[str, bytes] = field(default_factory=dict)


NOTHING = Outside()


@dataclass(frozen=True, slots=True)
class Testimony:
    """What was held against the record and agrees with it: copies in the record, copies and receipts from outside."""

    inside: tuple[WitnessCopy, ...]
    outside: tuple[WitnessCopy, ...]
    receipts: tuple[Receipt, ...]

    @property
    def watched(self) -> tuple[WitnessCopy, ...]:
        """Copies that hold a word of the box; anybody can make an introduction without having looked at one."""
        return tuple(copy for copy in (*self.inside, *self.outside) if copy.notes)

    @property
    def silent(self) -> tuple[WitnessCopy, ...]:
        """Copies in the record without a word of the box. Source: SPEC 5.21, step 4."""
        return tuple(copy for copy in self.inside if not copy.notes)

    @property
    def signed_last_word(self) -> tuple[WitnessCopy, ...]:
        """Witnesses who signed closing.txt, each key once. SPEC 5.21, step 6."""
        found = {copy.key: copy for copy in (*self.inside, *self.outside) if copy.key and copy.closing}
        return tuple(sorted(found.values(), key=lambda copy: copy.witness))


class Evidence:
    """Values appear here one by one as their checks pass; reading one before its check is a programming error."""

    manifest: Manifest
    committee: Committee
    credentials: CredentialList
    issuance: Issuance
    archive: Archive
    election: Election
    trustees: Trustees
    listed: Listed
    ballots: Ballots
    examined: Pass
    superseded: array[int]
    opening: Opening
    spoiled: Spoiled
    testimony: Testimony
    tally: EncryptedTally
    total_weight: int
    parts: dict[int, PartialDecryption]
    result: Result

    def __init__(
        self,
        record: Record,
        *,
        bare: bool = False,
        expected_manifest: str | None = None,
        executor: Executor | None = None,
        progress: Progress = no_progress,
        outside: Outside = NOTHING,
    ) -> None:
        self.record = record
        self.outside = outside
        self.bare = bare
        self.expected_manifest = expected_manifest
        self.executor = executor
        self.progress = progress


@dataclass(frozen=True, slots=True)
class Check:
    """One numbered check of SPEC 6. `bare` ones apply to any archive, `before_decryption` ones to a closed record."""

    number: int
    title: str
    run: Callable[[Evidence], None]
    bare: bool = False
    before_decryption: bool = True
