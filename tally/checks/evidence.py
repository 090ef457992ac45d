"""What the checks share: the record, and the values that earlier checks have read from it and found right.

Here live the shapes only. Never here: a check.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from tally.protocol.archive import Archive
from tally.protocol.ballot import Ballot
from tally.protocol.committee import Committee
from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.decryption import PartialDecryption
from tally.protocol.election import Election
from tally.protocol.group import Point
from tally.protocol.manifest import Manifest
from tally.protocol.opening import Opening
from tally.protocol.result import Result
from tally.protocol.spoiled import Spoiled
from tally.protocol.sums import EncryptedTally
from tally.protocol.trustees import Trustees
from tally.record import Record

Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """Show nothing."""


class Evidence:
    """Values appear here one by one as their checks pass; reading one before its check is a programming error."""

    manifest: Manifest
    committee: Committee
    credentials: CredentialList
    issuance: Issuance
    archive: Archive
    election: Election
    trustees: Trustees
    weights: dict[Point, int]
    ballots: list[Ballot]
    retained: list[Ballot]
    opening: Opening
    spoiled: Spoiled
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
    ) -> None:
        self.record = record
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
