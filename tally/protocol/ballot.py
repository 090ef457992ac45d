"""A ballot: how a booth makes one and how everybody checks one.

Here live the form of a ballot, its proofs and its signature. Never here: who may vote (record), or a sum (tally).

A booth works in two steps, because the slip comes last (SPEC 5.1):

    draft = encrypt(election, choices)      # no credential needed; the commit code can be shown and challenged
    ballot = cast(election, draft, credential)      # the same ciphertexts, now proved and signed

`check_proofs` of a valid ballot costs about 1 ms a ciphertext with libsodium; cheap checks come first.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tally.protocol.cipher import Ciphertext, combine, encrypt as encrypt_number
from tally.protocol.credential import Credential
from tally.protocol.election import Election, Question
from tally.protocol.encoding import array, canonical, decode, fields, sha256_compact, sha256_hex, string
from tally.protocol.errors import Mismatch, WrongElection, WrongShape
from tally.protocol.group import Point, RandBelow, random_scalar
from tally.protocol.proofs import (
    Proof,
    Statement,
    Witness,
    ballot_signature_prefix,
    check_one_of,
    prove_one_of,
    schnorr_check,
    schnorr_sign,
)

LIMIT = 4 * 1024 * 1024
_COMMIT_LABEL = "phieu-tin-nhiem/v1/commit-code|"


@dataclass(frozen=True, slots=True)
class Answer:
    """One question's part: ciphertexts (blank flag first where there is one) and their proofs."""

    choices: tuple[Ciphertext, ...]
    individual: tuple[tuple[Proof, ...], ...]
    overall: tuple[Proof, ...]
    blank: tuple[Proof, ...] | None

    @classmethod
    def parse(cls, value: Any, where: str) -> Answer:
        """Read {"choices","individual_proofs","overall_proof"[,"blank_proof"]}."""
        m = fields(value, where, "choices", "individual_proofs", "overall_proof", optional=("blank_proof",))
        choices = array(m["choices"], f"{where}.choices")
        individual = array(m["individual_proofs"], f"{where}.individual_proofs", len(choices))
        overall = array(m["overall_proof"], f"{where}.overall_proof")
        return cls(
            tuple(Ciphertext.parse(c, f"{where}.choices[{i}]") for i, c in enumerate(choices)),
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
        return cls(
            uuid=string(m["election_uuid"], f"{where}.election_uuid"),
            fingerprint=string(m["election_hash"], f"{where}.election_hash"),
            credential=Point.decode(m["credential"], f"{where}.credential"),
            answers=tuple(Answer.parse(a, f"{where}.answers[{i}]") for i, a in enumerate(answers)),
            signed_hash=string(signature["hash"], f"{where}.signature.hash"),
            signature=Proof.parse(signature["proof"], f"{where}.signature.proof"),
        )

    def encode(self) -> bytes:
        """Return the canonical bytes, which are what is stored, hashed and archived."""
        signature = {"hash": self.signed_hash, "proof": self.signature.as_json()}
        return canonical({**_unsigned(self.uuid, self.fingerprint, self.credential, self.answers), "signature": signature})

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


def _unsigned(uuid: str, fingerprint: str, credential: Point, answers: tuple[Answer, ...]) -> dict[str, Any]:
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
    body = canonical(_unsigned(ballot.uuid, ballot.fingerprint, ballot.credential, ballot.answers))
    if sha256_compact(body) != ballot.signed_hash:
        raise Mismatch(f"{where}.signature.hash", other="SHA-256")
    schnorr_check(ballot_signature_prefix(ballot.signed_hash), ballot.credential, ballot.signature, f"{where}.signature")


def check_proofs(ballot: Ballot, election: Election, where: str) -> None:
    """Check arity and every zero-knowledge proof.

    Raises WrongShape, BadProof. Source: SPEC 5.2, step 7.
    """
    if len(ballot.answers) != len(election.questions):
        raise WrongShape(f"{where}.answers", expected=f"[{len(election.questions)}]")
    context = f"{election.fingerprint}|{ballot.credential.encode()}"
    for i, (answer, question) in enumerate(zip(ballot.answers, election.questions, strict=True)):
        _check_answer(answer, question, election.public_key, context, f"{where}.answers[{i}]")


def _check_answer(answer: Answer, question: Question, key: Point, context: str, where: str) -> None:
    branches = question.max - question.min + 1 + question.blank
    shape = len(answer.choices) == question.width and len(answer.overall) == branches
    if not shape or (answer.blank is not None) != question.blank:
        raise WrongShape(where, expected=f"{question.width} × 2 + {branches}")
    for k, (choice, proofs) in enumerate(zip(answer.choices, answer.individual, strict=True)):
        tag = _individual_tag(context, choice)
        check_one_of(tag, key, ((choice, 0), (choice, 1)), proofs, f"{where}.individual_proofs[{k}]")
    tags = _Sums.of(answer.choices, question, context)
    check_one_of(tags.overall_tag, key, tags.overall, answer.overall, f"{where}.overall_proof")
    if answer.blank is not None:
        check_one_of(tags.blank_tag, key, tags.blank, answer.blank, f"{where}.blank_proof")


def _individual_tag(context: str, choice: Ciphertext) -> str:
    return f"prove|{context}|{choice.encode()}|"  # S0, not S: SPEC 3.5


@dataclass(frozen=True, slots=True)
class _Sums:
    """The tags and statements of the proofs about a whole answer. SPEC 3.5."""

    overall_tag: str
    overall: tuple[Statement, ...]
    blank_tag: str
    blank: tuple[Statement, ...]

    @classmethod
    def of(cls, choices: tuple[Ciphertext, ...], question: Question, context: str) -> _Sums:
        everything = f"{context}|" + ",".join(choice.encode() for choice in choices)
        total = combine(choices[1:] if question.blank else choices)
        sums = tuple((total, m) for m in range(question.min, question.max + 1))
        if not question.blank:
            return cls(f"prove|{everything}|{total.encode()}|", sums, "", ())
        flag = choices[0]
        return cls(f"bproof1|{everything}|", ((flag, 1), *sums), f"bproof0|{everything}|", ((flag, 0), (total, 0)))


# --- making ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """Encrypted choices before a slip was presented. Holds the choices and the randomness: secret until challenged."""

    choices: tuple[tuple[int, ...], ...]
    randomness: tuple[tuple[int, ...], ...]
    ciphertexts: tuple[tuple[Ciphertext, ...], ...]

    def __repr__(self) -> str:
        return "Draft(…)"


def encrypt(
    election: Election, choices: tuple[tuple[int, ...], ...], randbelow: RandBelow = secrets.randbelow
) -> Draft:
    """Encrypt one tuple of 0/1 per question, with fresh randomness for each ciphertext.

    Raises BadChoice. Source: SPEC 5.1, step 1.
    """
    if len(choices) != len(election.questions):
        raise WrongShape("choices", expected=f"[{len(election.questions)}]")
    for question, row in zip(election.questions, choices, strict=True):
        question.check_choices(row)
    randomness = tuple(tuple(random_scalar(randbelow) for _ in row) for row in choices)
    ciphertexts = tuple(
        tuple(encrypt_number(election.public_key, m, r) for m, r in zip(ms, rs, strict=True))
        for ms, rs in zip(choices, randomness, strict=True)
    )
    return Draft(choices, randomness, ciphertexts)


def commit_code(election: Election, ciphertexts: tuple[tuple[Ciphertext, ...], ...]) -> str:
    """Return the 64 hex digits that fix the ciphertexts before the terminal knows whether it is being tested."""
    body = "|".join(",".join(c.encode() for c in row) for row in ciphertexts)
    return hashlib.sha256(f"{_COMMIT_LABEL}{election.fingerprint}|{body}".encode("ascii")).hexdigest()


def cast(
    election: Election, draft: Draft, credential: Credential, randbelow: RandBelow = secrets.randbelow
) -> Ballot:
    """Prove and sign the drafted ciphertexts under `credential`. Source: SPEC 5.1, steps 3 to 5."""
    context = f"{election.fingerprint}|{credential.public.encode()}"
    answers = tuple(
        _prove_answer(election, question, draft, place, context, randbelow)
        for place, question in enumerate(election.questions)
    )
    body = _unsigned(election.uuid, election.fingerprint, credential.public, answers)
    signed_hash = sha256_compact(canonical(body))
    signature = schnorr_sign(ballot_signature_prefix(signed_hash), credential.secret, randbelow)
    return Ballot(election.uuid, election.fingerprint, credential.public, answers, signed_hash, signature)


def _prove_answer(
    election: Election, question: Question, draft: Draft, place: int, context: str, randbelow: RandBelow
) -> Answer:
    key = election.public_key
    choices, marks, randoms = draft.ciphertexts[place], draft.choices[place], draft.randomness[place]
    individual = tuple(
        prove_one_of(_individual_tag(context, c), key, ((c, 0), (c, 1)), Witness(m, r), randbelow)
        for c, m, r in zip(choices, marks, randoms, strict=True)
    )
    sums = _Sums.of(choices, question, context)
    overall, blank = _sum_witnesses(question, marks, randoms)
    return Answer(
        choices,
        individual,
        prove_one_of(sums.overall_tag, key, sums.overall, overall, randbelow),
        prove_one_of(sums.blank_tag, key, sums.blank, blank, randbelow) if question.blank else None,
    )


def _sum_witnesses(question: Question, marks: tuple[int, ...], randoms: tuple[int, ...]) -> tuple[Witness, Witness]:
    """Return which branch of the overall proof and of the blank proof is true, with its randomness."""
    if not question.blank:
        return Witness(sum(marks) - question.min, sum(randoms)), Witness(0, 0)
    flag, total, total_random = marks[0], sum(marks[1:]), sum(randoms[1:])
    if flag:
        return Witness(0, randoms[0]), Witness(1, total_random)
    return Witness(1 + total - question.min, total_random), Witness(0, randoms[0])
