"""That a ciphertext holds one of several numbers, without saying which: the proofs of a ballot.

Here live two ways of making such a proof and one of checking many. Never here: which numbers a ballot may hold, or what
its tag names (tally/protocol/ballot.py). SPEC 3.4.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from tally.protocol.cipher import Ciphertext, without
from tally.protocol.errors import BadProof
from tally.protocol.group import (
    Branches,
    G,
    Point,
    Q,
    RandBelow,
    branch_commitments,
    commitment,
    g_commitment,
    g_pow,
    random_scalar,
)
from tally.protocol.proofs.proof import Proof, challenge

Statement = tuple[Ciphertext, int]  # "this ciphertext encrypts this number"


@dataclass(frozen=True, slots=True)
class Witness:
    """Which statement is true (by its place) and the randomness of that statement's ciphertext. Secret."""

    true_branch: int
    randomness: int

    def __repr__(self) -> str:
        return "Witness(…)"


def prove_one_of(
    tag: str,
    key: Point,
    statements: Sequence[Statement],
    witness: Witness,
    randbelow: RandBelow = secrets.randbelow,
) -> tuple[Proof, ...]:
    """Prove that one of `statements` holds without saying which; proofs come in the order of the statements.

    Every branch costs the same operations, so time does not tell the choice. Source: SPEC 3.4.
    """
    simulated = [Proof(randbelow(Q), randbelow(Q)) for _ in statements]
    nonce = random_scalar(randbelow)
    points: list[Point] = []
    for place, (statement, proof) in enumerate(zip(statements, simulated, strict=True)):
        false_branch = _or_commitments(key, statement, proof)
        true_branch = (g_pow(nonce), key**nonce)
        points.extend(true_branch if place == witness.true_branch else false_branch)
    others = sum(p.challenge for place, p in enumerate(simulated) if place != witness.true_branch)
    c = (challenge(tag, *points) - others) % Q
    simulated[witness.true_branch] = Proof(c, (nonce - witness.randomness * c) % Q)
    return tuple(simulated)


def prove_number(
    tag: str,
    key: Point,
    encrypted: tuple[Ciphertext, int, int],
    numbers: range,
    randbelow: RandBelow = secrets.randbelow,
) -> tuple[Proof, ...]:
    """Prove that a ciphertext encrypts one of `numbers`; `encrypted` is it, the number and the randomness. Secret.

    The same proof as `prove_one_of` makes, cheaper: whoever knows the randomness writes every commitment over g and
    the key. Every branch costs the same operations, the true one among them. Source: SPEC 3.4.
    """
    _ciphertext, number, randomness = encrypted
    simulated = [Proof(randbelow(Q), randbelow(Q)) for _ in numbers]
    nonce = random_scalar(randbelow)
    points: list[Point] = []
    for proof, claimed in zip(simulated, numbers, strict=True):
        exponent = nonce if claimed == number else (proof.response + randomness * proof.challenge) % Q
        shift = (number - claimed) * proof.challenge + 1  # one more, taken off again: g to the 0 would be told by time
        points += (g_pow(exponent), key**exponent * (g_pow(shift) / G))
    place = numbers.index(number)
    others = sum(p.challenge for other, p in enumerate(simulated) if other != place)
    c = (challenge(tag, *points) - others) % Q
    simulated[place] = Proof(c, (nonce - randomness * c) % Q)
    return tuple(simulated)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A claim with its proof: what is hashed first, the statements, a proof for each, and what to call it."""

    tag: str
    statements: tuple[Statement, ...]
    proofs: tuple[Proof, ...]
    where: str

    def check(self, points: Sequence[Point]) -> None:
        """Check the challenges against the commitments that follow from the proofs. Raises BadProof."""
        if sum(proof.challenge for proof in self.proofs) % Q != challenge(self.tag, *points):
            raise BadProof(self.where)

    def branches(self) -> Branches | None:
        """Return this claim as one about a number and the next one, if that is what it is."""
        if len(self.statements) != 2 or len(self.proofs) != 2:
            return None
        (first, low), (second, high) = self.statements
        if first != second or high != low + 1:
            return None
        p, q = self.proofs
        return first.alpha, first.beta, low, (p.challenge, p.response, q.challenge, q.response)


def check_one_of(tag: str, key: Point, statements: Sequence[Statement], proofs: Sequence[Proof], where: str) -> None:
    """Check a proof of `prove_one_of`.

    Raises BadProof. Source: SPEC 3.4.
    """
    check_claims(key, [OneOf(tag, tuple(statements), tuple(proofs), where)])


def check_claims(key: Point, claims: Sequence[OneOf]) -> None:
    """Check many claims of one kind in their order; the first wrong one is named.

    Raises BadProof. Source: SPEC 3.4.
    """
    usual = [(claim, branches) for claim in claims if (branches := claim.branches()) is not None]
    found = iter(branch_commitments(key, [branches for _claim, branches in usual]))
    for claim in claims:
        if claim.branches() is not None:
            claim.check(next(found))
            continue
        points = [_or_commitments(key, s, p) for s, p in zip(claim.statements, claim.proofs, strict=True)]
        claim.check([point for pair in points for point in pair])


def _or_commitments(key: Point, statement: Statement, proof: Proof) -> tuple[Point, Point]:
    ciphertext, message = statement
    return (
        g_commitment(proof.response, ciphertext.alpha, proof.challenge),
        commitment(key, proof.response, without(ciphertext.beta, message), proof.challenge),
    )
