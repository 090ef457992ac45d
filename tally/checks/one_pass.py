"""The one pass over all ballots: each is examined by some worker, in order, and what the checks need of it is kept.

Here lives what is small enough to keep for a million ballots. Never here: a decision which finding is told first.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from tally.checks.evidence import Evidence
from tally.checks.listed import PRINT
from tally.examining import FORM, Batch, Examined, examine
from tally.executors import in_order, number_of
from tally.protocol.ballot import LIMIT
from tally.protocol.cipher import NEUTRAL, Ciphertext, combined
from tally.protocol.errors import Refused
from tally.protocol.stored import Bodies

LARGEST, SMALLEST = 1024 * 1024, 64 * 1024
SHARES = 8
"""Batches for each worker, if none is larger than LARGEST: so that none is left alone with a large one at the end."""
LITTLE = 2 * 1024 * 1024
"""Bytes of ballots for which no worker is asked: starting one takes longer."""
TOGETHER = 64


@dataclass(slots=True)
class Pass:
    """What a pass leaves: the first error of each check by its number, and of every ballot a few bytes.

    `owners` has the place of each ballot's credential in the list (-1: not listed), `prints` eight bytes of each of
    its alphas, `product` that of all ballots, if all have the election's shape.
    """

    faults: dict[int, Refused] = field(default_factory=dict)
    owners: array[int] = field(default_factory=lambda: array("q"))
    prints: array[int] = field(default_factory=lambda: array("Q"))
    product: tuple[Ciphertext, ...] | None = None

    def check(self, number: int) -> None:
        """Raise the first error that belongs to this check, if there is one."""
        if number in self.faults:
            raise self.faults[number]


def pass_over(e: Evidence) -> Pass:
    """Examine every ballot, up to the first whose form is wrong. Raises WorkersDied. Source: SPEC 5.2."""
    bodies, found, products = e.archive.ballots, Pass(), list[tuple[Ciphertext, ...]]()
    total = sum(map(bodies.size, range(len(bodies))))
    executor = e.executor if total > LITTLE else None
    width = sum(question.width for question in e.election.questions)
    whole = True
    for examined in in_order(executor, partial(examine, e.election.raw), _batches(bodies, total, number_of(executor))):
        _keep(e, found, examined)
        if FORM in examined.faults:
            return found
        whole = whole and examined.product is not None
        if examined.product is not None and whole:
            products.append(examined.product)
        if len(products) >= TOGETHER:
            products = [_multiplied(products)]
        e.progress(examined.first + len(examined.credentials), len(bodies))
    found.product = _multiplied([(NEUTRAL,) * width, *products]) if whole else None
    return found


def _batches(bodies: Bodies, total: int, workers: int) -> Iterator[Batch]:
    most = min(max(total // (workers * SHARES), SMALLEST), LARGEST)
    start, size = 0, 0
    for i in range(len(bodies)):
        size += bodies.size(i)
        if size >= most or i == len(bodies) - 1:
            yield Batch(start, bodies[start : i + 1])
            start, size = i + 1, 0
            if bodies.size(i) > LIMIT:  # no ballot: the pass ends with it, so nothing after it is read and handed out
                return


def _keep(e: Evidence, found: Pass, examined: Examined) -> None:
    for number, error in examined.faults.items():
        found.faults.setdefault(number, error)
    found.owners.extend(e.listed.find(credential.raw) for credential in examined.credentials)
    if not e.bare:
        for alphas in examined.alphas:
            found.prints.extend(prints(alphas))


def prints(alphas: bytes) -> Iterator[int]:
    """Yield eight bytes of each of these alphas."""
    return (int.from_bytes(alphas[at : at + PRINT], "little") for at in range(0, len(alphas), 32))


def _multiplied(products: Sequence[tuple[Ciphertext, ...]]) -> tuple[Ciphertext, ...]:
    return tuple(combined(list(zip(*products, strict=True))))
