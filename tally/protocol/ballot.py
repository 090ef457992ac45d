"""A ballot: its form, its proofs, its signature, and how everybody checks them.

Here live the reading and the checks of one ballot. Never here: the making (booth.py), who may vote, or a sum.

`check_proofs` of a valid ballot costs about 0.1 ms a ciphertext, ten times that without tally/kernel; cheap checks go
first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tally.protocol.cipher import Ciphertext, combine, combined
from tally.protocol.election import Election, Question
from tally.protocol.encoding import array, canonical, decode, fields, sha256_compact, sha256_hex, string
from tally.protocol.errors import Mismatch, WrongElection, WrongShape
from tally.protocol.group import Point, members
from tally.protocol.proofs import (
    OneOf,
    Proof,
    Statement,
    ballot_signature_prefix,
    check_claims,
    schnorr_check,
)

LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """One question's part: ciphertexts (blank flag first where there is one) and their proofs."""

    choices: tuple[Ciphertext, ...]
    individual: tuple[tuple[Proof, ...], ...]
    overall: tuple[Proof, ...]
    blank: tuple[Proof, ...] | None

    @classmethod
    def parse(cls, value: Any, where: str, known: Mapping[str, Point]) -> Answer:
        """Read {"choices","individual_proofs","overall_proof"[,"blank_proof"]}."""
        m = fields(value, where, "choices", "individual_proofs", "overall_proof", optional=("blank_proof",))
        choices = array(m["choices"], f"{where}.choices")
        individual = array(m["individual_proofs"], f"{where}.individual_proofs", len(choices))
        overall = array(m["overall_proof"], f"{where}.overall_proof")
        return cls(
            tuple(Ciphertext.parse(c, f"{where}.choices[{i}]", known=known) for i, c in enumerate(choices)),
            tuple(Proof.parse_list(p, f"{where}.individual_proofs[{i}]", 2) for i, p in enumerate(individual)),
            Proof.parse_list(overall, f"{where}.overall_proof", len(overall)),
            Proof.parse_list(m["blank_proof"], f"{where}.blank_proof", 2) if "blank_proof" in m else None,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the object in the order of the format."""
        blank = {} if self.blank is None else {"blank_proof": [p.as_json() for p in self.blank]}
        return {
            "choices": [c.as_json() for c in self.choices],
            "individual_proofs": [[p.as_json() for p in pair] for pair in self.individual],
            "overall_proof": [p.as_json() for p in self.overall],
            **blank,
        }


@dataclass(frozen=True)
class Ballot:
    """A whole ballot; `fingerprint` names its election, `credential` its right to be counted."""

    uuid: str
    fingerprint: str
    credential: Point
    answers: tuple[Answer, ...]
    signed_hash: str
    signature: Proof

    @classmethod
    def parse(cls, raw: bytes, where: str = "ballot") -> Ballot:
        """Read canonical bytes; `parse(raw).encode() == raw` for all it accepts.

        Raises one of the reading errors of errors.py. Source: SPEC 4.6.
        """
        value = decode(raw, where, limit=LIMIT)
        m = fields(value, where, "election_uuid", "election_hash", "credential", "answers", "signature")
        signature = fields(m["signature"], f"{where}.signature", "hash", "proof")
        answers = array(m["answers"], f"{where}.answers")
        known = members(_points(m))
        return cls(
            uuid=string(m["election_uuid"], f"{where}.election_uuid"),
            fingerprint=string(m["election_hash"], f"{where}.election_hash"),
            credential=Point.decode(m["credential"], f"{where}.credential", known=known),
            answers=tuple(Answer.parse(a, f"{where}.answers[{i}]", known) for i, a in enumerate(answers)),
            signed_hash=string(signature["hash"], f"{where}.signature.hash"),
            signature=Proof.parse(signature["proof"], f"{where}.signature.proof"),
        )

    def encode(self) -> bytes:
        """Return the canonical bytes, which are what is stored, hashed and archived."""
        signature = {"hash": self.signed_hash, "proof": self.signature.as_json()}
        return canonical(
            {**unsigned_json(self.uuid, self.fingerprint, self.credential, self.answers), "signature": signature}
        )

    @cached_property
    def tracker(self) -> str:
        """The 43 characters a voter looks up: Base64Compact of the SHA-256 of the bytes."""
        return sha256_compact(self.encode())

    @cached_property
    def hash(self) -> str:
        """The same SHA-256 in hex: the order of the archive, and the key in the box."""
        return sha256_hex(self.encode())

    def ciphertexts(self) -> Iterator[Ciphertext]:
        """Yield every ciphertext, in order."""
        for answer in self.answers:
            yield from answer.choices


def _points(ballot: dict[str, Any]) -> Iterator[object]:
    """Yield what stands where a ballot has its points, whatever its shape; the reading that follows refuses that."""
    yield ballot["credential"]
    for answer in ballot["answers"]:
        choices = answer.get("choices") if isinstance(answer, dict) else None
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict):
                yield choice.get("alpha")
                yield choice.get("beta")


def unsigned_json(uuid: str, fingerprint: str, credential: Point, answers: tuple[Answer, ...]) -> dict[str, Any]:
    """Return a ballot without its signature: what the credential signs."""
    return {
        "election_uuid": uuid,
        "election_hash": fingerprint,
        "credential": credential.encode(),
        "answers": [answer.as_json() for answer in answers],
    }


# --- checking ----------------------------------------------------------------------------------------------------


def check_election(ballot: Ballot, election: Election, where: str) -> None:
    """Check that the ballot was made for this very election.

    Raises WrongElection. Source: SPEC 5.2, step 2.
    """
    if ballot.uuid != election.uuid or ballot.fingerprint != election.fingerprint:
        raise WrongElection(where)


def check_signature(ballot: Ballot, where: str) -> None:
    """Check that the credential's key signed exactly this ballot.

    Raises Mismatch, BadSignature. Source: SPEC 5.2, step 5.
    """
    body = canonical(unsigned_json(ballot.uuid, ballot.fingerprint, ballot.credential, ballot.answers))
    if sha256_compact(body) != ballot.signed_hash:
        raise Mismatch(f"{where}.signature.hash", other="SHA-256")
    schnorr_check(
        ballot_signature_prefix(ballot.signed_hash), ballot.credential, ballot.signature, f"{where}.signature"
    )


def check_proofs(ballot: Ballot, election: Election, where: str) -> None:
    """Check arity and every zero-knowledge proof; the first wrong one is named.

    Raises WrongShape, BadProof. Source: SPEC 5.2, step 7.
    """
    if len(ballot.answers) != len(election.questions):
        raise WrongShape(f"{where}.answers", expected=f"[{len(election.questions)}]")
    good = _of_good_shape(ballot, election)
    totals = combined([answer.choices[question.blank :] for answer, question in good])
    context = f"{election.fingerprint}|{ballot.credential.encode()}"
    claims = [
        claim
        for i, ((answer, question), total) in enumerate(zip(good, totals, strict=True))
        for claim in _claims(answer, question, context, total, f"{where}.answers[{i}]")
    ]
    check_claims(election.public_key, claims)
    if len(good) < len(ballot.answers):
        question = election.questions[len(good)]
        expected = f"{question.width} × 2 + {question.branches}"
        raise WrongShape(f"{where}.answers[{len(good)}]", expected=expected)


def _of_good_shape(ballot: Ballot, election: Election) -> list[tuple[Answer, Question]]:
    """Return the answers before the first that has not as many choices and proofs as its question."""
    good: list[tuple[Answer, Question]] = []
    for answer, question in zip(ballot.answers, election.questions, strict=True):
        shape = len(answer.choices) == question.width and len(answer.overall) == question.branches
        if not shape or (answer.blank is not None) != question.blank:
            break
        good.append((answer, question))
    return good


def _claims(answer: Answer, question: Question, context: str, total: Ciphertext, where: str) -> Iterator[OneOf]:
    for k, (choice, proofs) in enumerate(zip(answer.choices, answer.individual, strict=True)):
        tag = individual_tag(context, choice)
        yield OneOf(tag, ((choice, 0), (choice, 1)), proofs, f"{where}.individual_proofs[{k}]")
    tags = SumStatements.of(answer.choices, question, context, total)
    yield OneOf(tags.overall_tag, tags.overall, answer.overall, f"{where}.overall_proof")
    if answer.blank is not None:
        yield OneOf(tags.blank_tag, tags.blank, answer.blank, f"{where}.blank_proof")


def individual_tag(context: str, choice: Ciphertext) -> str:
    """Return what is hashed into the proof of one choice. SPEC 3.5."""
    return f"prove|{context}|{choice.encode()}|"  # S0, not S: SPEC 3.5


@dataclass(frozen=True, slots=True)
class SumStatements:
    """The tags and statements of the proofs about a whole answer. SPEC 3.5."""

    overall_tag: str
    overall: tuple[Statement, ...]
    blank_tag: str
    blank: tuple[Statement, ...]

    @classmethod
    def of(
        cls, choices: tuple[Ciphertext, ...], question: Question, context: str, total: Ciphertext | None = None
    ) -> SumStatements:
        """Build them; `context` is fingerprint and credential, `total` the product of the choices if it is known."""
        everything = f"{context}|" + ",".join(choice.encode() for choice in choices)
        total = total or combine(choices[question.blank :])
        sums = tuple((total, m) for m in range(question.min, question.max + 1))
        if not question.blank:
            return cls(f"prove|{everything}|{total.encode()}|", sums, "", ())
        flag = choices[0]
        return cls(f"bproof1|{everything}|", ((flag, 1), *sums), f"bproof0|{everything}|", ((flag, 0), (total, 0)))
