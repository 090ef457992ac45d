"""Closing and counting: appends the encrypted tally, then checked parts and the result, to a record's archive.

Here live the only functions that write sums. Never here: a secret, or a part that was not checked.

Counting runs as its own process (`python -m tally`), so that the web application cannot count.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from tally.checks.sums import binding
from tally.outcome import evaluate
from tally.protocol.archive import (
    BALLOT,
    ENCRYPTED_TALLY,
    END_BALLOTS,
    PARTIAL_DECRYPTION,
    RESULT,
    Archive,
)
from tally.protocol.ballot import Ballot
from tally.protocol.decryption import (
    Owned,
    PartialDecryption,
    check_partial,
    check_strong_proofs,
)
from tally.protocol.election import Election
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import NotListed, TallyError, WrongOrder
from tally.protocol.group import Point
from tally.protocol.public_credentials import parse_public_credentials
from tally.protocol.result import combine_factors, open_sums
from tally.protocol.sums import EncryptedTally, SizedTally
from tally.record import ARCHIVE, Record
from tally.record import RESULT as RESULT_FILE
from tally.verify import ClosedRecord


def close(archive: Archive) -> Archive:
    """End the ballots of an archive and append their encrypted tally; its event's hash is the root for the paper.

    The ballots are multiplied as they stand; whoever decrypts verifies them first.
    Raises WrongOrder, NotListed and reading errors. Source: SPEC 5.5.
    """
    archive.check_order("archive")
    if archive.events[-1].type not in (archive.events[0].type, BALLOT):
        raise WrongOrder("archive", found=archive.events[-1].type)
    raw, _, credentials = archive.setup("archive.setup")
    election, weights, counted = Election.parse(raw), parse_public_credentials(credentials), array("Q")
    tally = EncryptedTally.over(election, _weighted(archive, weights, counted))
    sized = SizedTally.of(tally, ballots=len(counted), weight=sum(counted))
    return archive.extended((END_BALLOTS, ()), (ENCRYPTED_TALLY, (tally.encode(), sized.encode())))


def _weighted(archive: Archive, weights: dict[Point, int], counted: array[int]) -> Iterator[tuple[Ballot, int]]:
    """Yield each ballot with its weight, which is also noted in `counted`."""
    for i, raw in enumerate(archive.ballots, start=1):
        ballot = Ballot.parse(raw, f"ballot {i}")
        if ballot.credential not in weights:
            raise NotListed(f"ballot {i}")
        counted.append(weights[ballot.credential])
        yield ballot, counted[-1]


@dataclass(frozen=True, slots=True)
class Counted:
    """A counted record, and the parts that were left out, each with what is wrong with it."""

    record: Record
    rejected: tuple[TallyError, ...]


def count(closed: ClosedRecord, parts: dict[int, bytes]) -> Counted:
    """Open the sums of a verified record with trustees' parts (by owner number) and write result.json.

    An invalid part is named, left out and never published, while enough valid ones remain.
    Raises Incomplete when too few are valid, NoSolution. Source: SPEC 5.6, threats F3.
    """
    e = closed.evidence
    valid: dict[int, bytes] = {}
    parsed: dict[int, PartialDecryption] = {}
    rejected: list[TallyError] = []
    for owner, raw in sorted(parts.items()):
        try:
            parsed[owner] = checked_part(closed, owner, raw)
            valid[owner] = raw
        except TallyError as error:
            rejected.append(error)
    result = open_sums(e.tally, combine_factors(e.trustees, parsed), e.total_weight)
    additions: list[tuple[str, tuple[bytes, ...]]] = [
        (PARTIAL_DECRYPTION, (raw, Owned(owner, sha256_hex(raw)).encode())) for owner, raw in valid.items()
    ]
    archive = _until_tally(e.archive).extended(*additions, (RESULT, (result.encode(),)))
    outcome = evaluate(
        e.manifest, root=archive.root, issued=e.credentials.issued, returned=len(e.ballots), counts=result.rows
    )
    files = {ARCHIVE: archive.encode(), RESULT_FILE: outcome.encode()}
    return Counted(e.record.with_files(files), tuple(rejected))


def checked_part(closed: ClosedRecord, owner: int, raw: bytes) -> PartialDecryption:
    """Read one trustee's part and check both kinds of proof.

    Raises BadDecryption, NoStrongProof, reading errors; `where` names the trustee. Source: SPEC 5.6, steps 2 and 3.
    """
    e, where = closed.evidence, f"trustee {owner}"
    if not 1 <= owner <= len(e.trustees.owners):
        raise WrongOrder(where, found=str(owner))
    part = PartialDecryption.parse(raw, e.election, where)
    public = e.trustees.owners[owner - 1]
    check_partial(e.election, e.tally, part, public, where)
    check_strong_proofs(e.tally, part, binding(e, owner), public, where)
    return part


def _until_tally(archive: Archive) -> Archive:
    """Drop events after the encrypted tally, so that a record can be counted again with other members' parts."""
    kept = [event.type for event in archive.events].index(ENCRYPTED_TALLY) + 1
    return Archive(archive.timestamp, archive.events[:kept])
