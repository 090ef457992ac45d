"""Runs the numbered checks over a record or a bare archive; "not verified" is the outcome until the last one passed.

Here live the verdict types that other functions demand. Never here: a way to make one without the checks.

    verified = verify_record(Record.read(path), expected_manifest=hash_from_paper)
    closed = verify_closed(record)          # before decryption: what a trustee's tool needs
    archive = verify_archive(raw)           # anybody's Belenios archive
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from tally.checks import BARE, CLOSED, RECORD, Check, Evidence
from tally.checks.evidence import NOTHING, Outside, Progress, no_progress
from tally.file_bytes import Stored
from tally.outcome import Outcome, evaluate
from tally.protocol.errors import TallyError
from tally.record import ARCHIVE, Record

Listener = Callable[[Check, Evidence], None]


class CheckFailed(Exception):
    """A numbered check found something wrong, or something missing; `error` is what it raised."""

    def __init__(self, check: Check, error: TallyError) -> None:
        super().__init__(check.number, error)
        self.check = check
        self.error = error

    @property
    def code(self) -> str:
        """The stable code of the finding."""
        return self.error.code

    def __str__(self) -> str:
        return f"{self.check.number}: {self.error}"


@dataclass(frozen=True, slots=True)
class ClosedRecord:
    """A record verified up to its encrypted tally: what may be decrypted."""

    evidence: Evidence

    @property
    def root(self) -> str:
        """Hash of the EncryptedTally event, to be compared with the paper."""
        return self.evidence.archive.root


@dataclass(frozen=True, slots=True)
class VerifiedRecord:
    """A record that passed every check. `origin_proven`: its manifest is the one on paper."""

    evidence: Evidence
    origin_proven: bool

    @property
    def outcome(self) -> Outcome:
        """The outcome of the round, from verified numbers."""
        e = self.evidence
        return evaluate(
            e.manifest, root=e.archive.root, issued=e.credentials.issued, returned=len(e.ballots), counts=e.result.rows
        )


@dataclass(frozen=True, slots=True)
class VerifiedArchive:
    """A bare archive that passed the checks it allows; strong decryption proofs are not among them."""

    evidence: Evidence


def tell_nobody(check: Check, evidence: Evidence) -> None:
    """Tell nobody."""


def run(checks: tuple[Check, ...], evidence: Evidence, listener: Listener = tell_nobody) -> None:
    """Run `checks` in order, telling `listener` after each that passed.

    Raises CheckFailed at the first that did not. Source: SPEC 6.
    """
    for check in checks:
        try:
            check.run(evidence)
        except TallyError as error:
            raise CheckFailed(check, error) from None
        listener(check, evidence)


def verify_record(
    record: Record,
    *,
    expected_manifest: str | None = None,
    executor: Executor | None = None,
    progress: Progress = no_progress,
    listener: Listener = tell_nobody,
    outside: Outside = NOTHING,
) -> VerifiedRecord:
    """Verify a whole record, and what others hold against it. Raises CheckFailed."""
    evidence = Evidence(
        record, expected_manifest=expected_manifest, executor=executor, progress=progress, outside=outside
    )
    run(RECORD, evidence, listener)
    return VerifiedRecord(evidence, expected_manifest is not None)


def verify_closed(
    record: Record,
    *,
    expected_manifest: str | None = None,
    executor: Executor | None = None,
    progress: Progress = no_progress,
    listener: Listener = tell_nobody,
    outside: Outside = NOTHING,
) -> ClosedRecord:
    """Verify a record up to its encrypted tally, whatever follows it. Raises CheckFailed."""
    evidence = Evidence(
        record, expected_manifest=expected_manifest, executor=executor, progress=progress, outside=outside
    )
    run(CLOSED, evidence, listener)
    return ClosedRecord(evidence)


def verify_archive(
    raw: Stored, *, executor: Executor | None = None, progress: Progress = no_progress, listener: Listener = tell_nobody
) -> VerifiedArchive:
    """Verify a bare Belenios archive. Raises CheckFailed."""
    evidence = Evidence(Record({ARCHIVE: raw}, "archive.bel"), bare=True, executor=executor, progress=progress)
    run(BARE, evidence, listener)
    return VerifiedArchive(evidence)
