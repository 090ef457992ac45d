"""What can be said of some ballots by themselves, in any process: form, signature, proofs, their product.

Here lives the work that is shared out among workers, as values that travel. Never here: what needs all ballots at
once, the order in which findings are told, or an executor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from tally.kernel import kernel
from tally.protocol import flat_ballot, flat_checks
from tally.protocol.ballot import Ballot, check_election, check_proofs, check_signature
from tally.protocol.cipher import Ciphertext, combined
from tally.protocol.election import Election
from tally.protocol.errors import Refused
from tally.protocol.group import Point

FORM, SIGNATURE, PROOFS = 15, 17, 19
"""Numbers of the checks whose findings come from here. SPEC 6."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive ballots of an archive, as their bytes; the first is number `first`, from 0."""

    first: int
    ballots: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found of a batch.

    `credentials` and `alphas` (32 bytes each, joined, for each ballot) are those of the ballots before the first whose
    form is wrong. `product` is that of all ballots, cell by cell, unless one has not the election's shape. `faults` has
    the first error of the batch by the number of the check that it fails.
    """

    first: int
    credentials: tuple[Point, ...]
    alphas: tuple[bytes, ...]
    product: tuple[Ciphertext, ...] | None
    faults: dict[int, Refused] = field(default_factory=dict)


def place(index: int) -> str:
    """Name a ballot by its place in the archive, from 1; never by its credential."""
    return f"ballot {index + 1}"


def examine(election_raw: bytes, batch: Batch) -> Examined:
    """Examine a batch; errors come back as values, so that order decides which is told, not speed. SPEC 5.2."""
    return _at_once(election_raw, batch) or _one_by_one(election_raw, batch)


def _at_once(election_raw: bytes, batch: Batch) -> Examined | None:
    """Examine ballots in which nothing is wrong, all together; of others the slower way says what is."""
    layout = flat_ballot.layout_of(election_raw)
    if layout is None or kernel() is None:
        return None
    ballots = [ballot for raw in batch.ballots if (ballot := flat_ballot.read(raw, layout)) is not None]
    product = flat_checks.checked(ballots, layout) if len(ballots) == len(batch.ballots) else None
    if product is None:
        return None
    credentials, alphas = tuple(b.credential for b in ballots), tuple(b.alphas for b in ballots)
    return Examined(batch.first, credentials, alphas, product)


def _one_by_one(election_raw: bytes, batch: Batch) -> Examined:
    election, faults, ballots = _election(election_raw), dict[int, Refused](), list[Ballot]()
    for i, raw in enumerate(batch.ballots, start=batch.first):
        try:
            ballot = Ballot.parse(raw, place(i))
            check_election(ballot, election, place(i))
        except Refused as error:
            faults[FORM] = error
            break
        ballots.append(ballot)
    for number, check in ((SIGNATURE, check_signature), (PROOFS, lambda b, where: check_proofs(b, election, where))):
        for i, ballot in enumerate(ballots, start=batch.first):
            try:
                check(ballot, place(i))
            except Refused as error:
                faults[number] = error
                break
    return Examined(
        batch.first,
        tuple(ballot.credential for ballot in ballots),
        tuple(b"".join(c.alpha.raw for c in ballot.ciphertexts()) for ballot in ballots),
        _product(ballots, election) if FORM not in faults else None,
        faults,
    )


def _product(ballots: list[Ballot], election: Election) -> tuple[Ciphertext, ...] | None:
    width = sum(question.width for question in election.questions)
    rows = [tuple(ballot.ciphertexts()) for ballot in ballots]
    if any(len(row) != width for row in rows):
        return None
    return tuple(combined(list(zip(*rows, strict=True))))


@lru_cache(maxsize=4)
def _election(raw: bytes) -> Election:
    return Election.parse(raw)
