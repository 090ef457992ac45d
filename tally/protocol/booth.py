"""A booth: encrypts choices, shows a commit code, and casts the same ciphertexts under a credential.

Here lives the making of a ballot, whose twin in the browser computes the same. Never here: a name, a file, a network.

The slip comes last (SPEC 5.1):

    draft = encrypt(election, choices)      # no credential needed; the commit code can be shown and challenged
    ballot = cast(election, draft, credential)      # the same ciphertexts, now proved and signed
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from tally.i18n import marked as _
from tally.protocol.ballot import Answer, Ballot, SumStatements, individual_tag, unsigned_json
from tally.protocol.cipher import Ciphertext
from tally.protocol.cipher import encrypt as encrypt_number
from tally.protocol.credential import ALPHABET, Credential, base32, plain
from tally.protocol.election import Election, Question
from tally.protocol.encoding import canonical, sha256_compact
from tally.protocol.errors import BadCode, Mismatch, WrongShape
from tally.protocol.group import RandBelow, random_scalar
from tally.protocol.proofs import Witness, ballot_signature_prefix, prove_number, prove_one_of, schnorr_sign

_COMMIT_LABEL = "phieu-tin-nhiem/v1/commit-code|"
_SHOWN_DIGITS = 20
_FULL = re.compile(r"[0-9a-f]{64}\Z")


class BadCommit(BadCode):
    """What was typed is no commit code."""

    text = _("Mã cam kết phải có 20 ký tự như trên màn hình, hoặc đủ 64 chữ số thập lục phân.")


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


def shown_commit(commit: str) -> str:
    """Return what a terminal shows of a commit code: its first 100 bits in base 32, five groups of four. SPEC 5.1."""
    digits = base32(int(commit[: 5 * _SHOWN_DIGITS // 4], 16), _SHOWN_DIGITS)
    return "-".join(digits[i : i + 4] for i in range(0, _SHOWN_DIGITS, 4))


def check_commit(typed: str, commit: str) -> None:
    """Compare what a person copied from a terminal's screen, in its short or its full form, with a commit code.

    Raises BadCommit for what is neither form, Mismatch for another code. Source: SPEC 5.1, step 2.
    """
    full, short = "".join(typed.split()).lower(), plain(typed)
    if _FULL.match(full):
        same = full == commit
    elif len(short) == _SHOWN_DIGITS and set(short) <= set(ALPHABET):
        same = short == plain(shown_commit(commit))
    else:
        raise BadCommit("commit")
    if not same:
        raise Mismatch("commit", other=shown_commit(commit))


def cast(election: Election, draft: Draft, credential: Credential, randbelow: RandBelow = secrets.randbelow) -> Ballot:
    """Prove and sign the drafted ciphertexts under `credential`. Source: SPEC 5.1, steps 3 to 5."""
    context = f"{election.fingerprint}|{credential.public.encode()}"
    answers = tuple(
        _prove_answer(election, draft, place, context=context, randbelow=randbelow)
        for place in range(len(election.questions))
    )
    body = unsigned_json(election.uuid, election.fingerprint, credential.public, answers)
    signed_hash = sha256_compact(canonical(body))
    signature = schnorr_sign(ballot_signature_prefix(signed_hash), credential.secret, randbelow)
    return Ballot(election.uuid, election.fingerprint, credential.public, answers, signed_hash, signature)


def _prove_answer(election: Election, draft: Draft, place: int, *, context: str, randbelow: RandBelow) -> Answer:
    key, question = election.public_key, election.questions[place]
    choices, marks, randoms = draft.ciphertexts[place], draft.choices[place], draft.randomness[place]
    individual = tuple(
        prove_number(individual_tag(context, c), key, (c, m, r), range(2), randbelow)
        for c, m, r in zip(choices, marks, randoms, strict=True)
    )
    sums = SumStatements.of(choices, question, context)
    if not question.blank:
        encrypted, allowed = (sums.overall[0][0], sum(marks), sum(randoms)), range(question.min, question.max + 1)
        return Answer(choices, individual, prove_number(sums.overall_tag, key, encrypted, allowed, randbelow), None)
    overall, blank = _sum_witnesses(question, marks, randoms)
    return Answer(
        choices,
        individual,
        prove_one_of(sums.overall_tag, key, sums.overall, overall, randbelow),
        prove_one_of(sums.blank_tag, key, sums.blank, blank, randbelow),
    )


def _sum_witnesses(question: Question, marks: tuple[int, ...], randoms: tuple[int, ...]) -> tuple[Witness, Witness]:
    """Return which branch of the overall proof and of the blank proof is true, with its randomness."""
    flag, total, total_random = marks[0], sum(marks[1:]), sum(randoms[1:])
    if flag:
        return Witness(0, randoms[0]), Witness(1, total_random)
    return Witness(1 + total - question.min, total_random), Witness(0, randoms[0])
