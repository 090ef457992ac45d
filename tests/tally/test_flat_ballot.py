"""The flat way to read and check ballots against the usual one: it may say yes only to what the usual one accepts.

Here live comparisons of the two on honest, damaged and cheating ballots. Never here: a time.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tally import examining
from tally.examining import Batch, examine
from tally.kernel import kernel, why_not
from tally.protocol import flat_ballot, flat_checks
from tally.protocol.ballot import (
    Answer,
    Ballot,
    SumStatements,
    check_election,
    check_proofs,
    check_signature,
    individual_tag,
)
from tally.protocol.cipher import Ciphertext, combine
from tally.protocol.cipher import encrypt as encrypt_number
from tally.protocol.credential import Credential
from tally.protocol.election import Election, Question
from tally.protocol.encoding import canonical, sha256_compact
from tally.protocol.errors import BadPoint, Refused
from tally.protocol.flat_ballot import Layout, layout_of
from tally.protocol.group import Point, Q, random_scalar
from tally.protocol.proofs import Proof, Witness, ballot_signature_prefix, prove_one_of, schnorr_sign
from tests.tally import pure_edwards as pure
from tests.tally.kernel_ways import mixed
from tests.tally.small import LEVELS, RATING, WITH_BLANK, cheat, make_election, new_credential, signed, vote
from tests.tally.weak_points import SMALL

CASES = int(os.environ.get("PTN_FLAT_CASES", "20000"))
CHOICES = ((1, 0, 0), (0, 0, 0), (0, 0, 1))
pytestmark = pytest.mark.skipif(kernel() is None, reason=f"no kernel: {why_not()}; `pip install -e .` builds it")


@pytest.fixture(scope="module")
def election() -> Election:
    return make_election(*(Question(LEVELS, False, 0, 1, f"{n}.") for n in range(1, 4)), secret=31)


@pytest.fixture(scope="module")
def layout(election: Election) -> Layout:
    found = layout_of(election.raw)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def ballots(election: Election) -> list[bytes]:
    return [vote(election, *CHOICES).encode() for _ in range(5)]


def usual(raw: bytes, election: Election) -> Ballot | None:
    """Return a ballot in which ballot.py finds nothing wrong."""
    try:
        ballot = Ballot.parse(raw)
        check_election(ballot, election, "ballot")
        check_signature(ballot, "ballot")
        check_proofs(ballot, election, "ballot")
    except Refused:
        return None
    return ballot


def flat(raw: bytes, layout: Layout) -> Ballot | None:
    """Return a ballot in which the flat way finds nothing wrong."""
    read = flat_ballot.read(raw, layout)
    return read.ballot(layout) if read and flat_checks.checked([read], layout) is not None else None


# --- what is good -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(3,), (1,), (3, 3, 3), (1, 2, 5), (2, 2, 3, 3, 3, 1)])
def test_an_honest_ballot_of_any_usual_shape_is_read_as_the_same_and_found_good(widths: tuple[int, ...]) -> None:
    election = make_election(
        *(Question(tuple(map(str, range(width))), False, 0, 1, "?") for width in widths),
        secret=1 + secrets.randbelow(99),
    )
    raw = vote(election, *((0,) * (width - 1) + (n % 2,) for n, width in enumerate(widths))).encode()
    layout = layout_of(election.raw)
    assert layout is not None
    assert flat(raw, layout) == Ballot.parse(raw)


def test_many_at_once_are_found_good_and_multiplied(ballots: list[bytes], layout: Layout) -> None:
    read = [found for raw in ballots if (found := flat_ballot.read(raw, layout))]
    rows = [tuple(Ballot.parse(raw).ciphertexts()) for raw in ballots]
    assert flat_checks.checked(read, layout) == tuple(map(combine, zip(*rows, strict=True)))


@pytest.mark.parametrize(
    "question", [WITH_BLANK, Question(LEVELS, False, 1, 1, "?"), Question(LEVELS, False, 0, 2, "?")]
)
def test_elections_of_another_shape_are_left_to_the_usual_way(question: Question) -> None:
    election = make_election(RATING, question, secret=7)
    assert layout_of(election.raw) is None
    made = vote(election, (0, 1, 0), (0, 1, 0, 0) if question.blank else (0, 1, 0))
    found = examine(election.raw, Batch(0, (made.encode(),)))
    assert (found.faults, found.credentials) == ({}, (made.credential,))


def test_an_election_of_thousands_of_different_rows_is_left_to_the_usual_way() -> None:
    """threats C18: its expression would be of hundreds of megabytes."""
    questions = (Question(("",) * (1 + n % 2), False, 0, 1, "") for n in range(2 * flat_ballot.MOST_RUNS))
    assert layout_of(make_election(*questions, secret=5).raw) is None


def test_a_ballot_of_another_election_is_not_read(ballots: list[bytes]) -> None:
    other = make_election(*(Question(LEVELS, False, 0, 1, f"{n}.") for n in range(1, 4)), secret=32)
    found = layout_of(other.raw)
    assert found is not None
    assert flat_ballot.read(ballots[0], found) is None


# --- what is not --------------------------------------------------------------------------------------------------

Change = Callable[[dict[str, Any]], None]


def at(*path: Any) -> Callable[[dict[str, Any], Any], None]:
    def put(ballot: Any, value: Any) -> None:
        for step in path[:-1]:
            ballot = ballot[step]
        ballot[path[-1]] = value(ballot[path[-1]]) if callable(value) else value

    return put


ALPHA, BETA = at("answers", 1, "choices", 2, "alpha"), at("answers", 1, "choices", 2, "beta")
NUMBER = at("answers", 2, "individual_proofs", 0, 1, "challenge")
SUM = at("answers", 0, "overall_proof", 0, "response")
NEUTRAL = (b"\x01" + bytes(31))[::-1].hex()


def q_more(ballot: dict[str, Any]) -> None:
    """Add the group's order to a challenge that has no more digits with it than one may have."""
    proofs = (proof for row in ballot["answers"] for pair in row["individual_proofs"] for proof in pair)
    found = next(proof for proof in proofs if int(proof["challenge"]) + Q < 10**76)
    found["challenge"] = str(int(found["challenge"]) + Q)


CHANGES: dict[str, Change] = {
    "alpha is the identity": lambda b: ALPHA(b, NEUTRAL),
    "beta is the identity": lambda b: BETA(b, NEUTRAL),
    "the credential is the identity": lambda b: at("credential")(b, NEUTRAL),
    "alpha has small order": lambda b: ALPHA(b, SMALL[-1][::-1].hex()),
    "beta is no point": lambda b: BETA(b, "02" + "00" * 31),
    "a point above p": lambda b: BETA(b, "7f" + "ff" * 30 + "ee"),
    "a challenge is q more": q_more,
    "a challenge is one more": lambda b: NUMBER(b, lambda n: str((int(n) + 1) % Q)),
    "a response is one more": lambda b: SUM(b, lambda n: str((int(n) + 1) % Q)),
    "the hash is another": lambda b: at("signature", "hash")(b, lambda h: h[1:] + h[0]),
    "the signature is one more": lambda b: at("signature", "proof", "response")(b, lambda n: str((int(n) + 1) % Q)),
    "branches are exchanged": lambda b: at("answers", 0, "overall_proof")(b, lambda p: p[::-1]),
    "rows are exchanged": lambda b: at("answers")(b, lambda rows: rows[::-1]),
    "alpha and beta are exchanged": lambda b: at("answers", 0, "choices", 0)(
        b, lambda c: {"alpha": c["beta"], "beta": c["alpha"]}
    ),
}


def signed_anew(document: dict[str, Any], credential: Credential) -> bytes:
    """Sign whatever text this is, as the holder of a slip can."""
    body = {name: value for name, value in document.items() if name != "signature"}
    digest = sha256_compact(canonical(body))
    proof = schnorr_sign(ballot_signature_prefix(digest), credential.secret)
    return canonical({**body, "signature": {"hash": digest, "proof": proof.as_json()}})


@pytest.mark.parametrize("resigned", [False, True])
@pytest.mark.parametrize("case", CHANGES)
def test_a_changed_ballot_passes_neither_way(
    ballots: list[bytes], election: Election, layout: Layout, case: str, resigned: bool
) -> None:
    credential = new_credential()
    document = json.loads(vote(election, *CHOICES, by=credential).encode())
    CHANGES[case](document)
    if resigned and case in ("the hash is another", "the signature is one more", "rows are exchanged"):
        return  # their owner may sign that
    raw = signed_anew(document, credential) if resigned else canonical(document)
    assert usual(raw, election) is None
    assert flat(raw, layout) is None


def proved(tag: str, key: Point, clean: Ciphertext, randomness: int) -> tuple[Proof, ...]:
    """Prove that `clean` holds 0, until both challenges are even: a component of order two vanishes from the proof."""
    while True:
        proofs = prove_one_of(tag, key, ((clean, 0), (clean, 1)), Witness(0, randomness))
        if not any(proof.challenge % 2 for proof in proofs):
            return proofs


def test_a_point_outside_the_group_is_found_though_every_proof_holds() -> None:
    """threats C10: whoever may choose the challenges' parity proves with such a point as well as with a good one."""
    election, credential = make_election(secret=5), new_credential()
    key, layout = election.public_key, layout_of(election.raw)
    assert layout is not None
    order_two = next(raw for raw in SMALL if pure.times(2, pure.decode(raw) or pure.NEUTRAL) == pure.NEUTRAL)
    randoms = [random_scalar() for _ in LEVELS]
    clean = tuple(encrypt_number(key, 0, r) for r in randoms)
    strange = (Ciphertext(Point(mixed(clean[0].alpha.raw, order_two)), clean[0].beta), *clean[1:])
    context = f"{election.fingerprint}|{credential.public.encode()}"
    individual = tuple(
        proved(individual_tag(context, s), key, c, r) for s, c, r in zip(strange, clean, randoms, strict=True)
    )
    total = combine(clean)
    shown = Ciphertext(Point(mixed(total.alpha.raw, order_two)), total.beta)
    tag = SumStatements.of(strange, election.questions[0], context, shown).overall_tag
    raw = signed(
        election, credential, (Answer(strange, individual, proved(tag, key, total, sum(randoms)), None),)
    ).encode()
    assert flat_ballot.read(raw, layout) is not None
    assert flat(raw, layout) is None
    with pytest.raises(BadPoint):
        Ballot.parse(raw)


@pytest.mark.parametrize("numbers", [(2, 0, 0), (-1, 1, 1), (1, 1, 0), (0, 3, 0)])
def test_no_ballot_that_cheats_passes(numbers: tuple[int, ...]) -> None:
    election = make_election(secret=5)
    layout = layout_of(election.raw)
    assert layout is not None
    raw = cheat(election, numbers, new_credential()).encode()
    assert usual(raw, election) is None
    assert flat_ballot.read(raw, layout) is not None
    assert flat(raw, layout) is None


def test_spellings_that_mean_the_same_are_not_read(ballots: list[bytes], layout: Layout) -> None:
    raw = ballots[0]
    number = re.search(rb'"challenge":"([0-9]+)"', raw)
    assert number is not None
    for other in (
        raw.replace(b",", b", ", 1), raw + b"\n", b" " + raw, raw.replace(number[1], b"0" + number[1], 1),
        raw.replace(number[1], b"+" + number[1], 1), re.sub(rb"[0-9a-f]{64}", lambda m: m[0].upper(), raw, count=2),
        raw.replace(b'"alpha"', b'"\\u0061lpha"', 1), raw[:-1], raw.replace(b"Z", b"", 1)[:-2] + b"}",
    ):  # fmt: skip
        assert flat_ballot.read(other, layout) is None


@settings(max_examples=300)
@given(data=st.data())
def test_bytes_changed_anywhere_are_good_in_both_ways_or_in_neither(
    data: st.DataObject, ballots: list[bytes], election: Election, layout: Layout
) -> None:
    raw = bytearray(ballots[0])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b"0", b"1", b"a", b'"', b"}"])
        )
    assert flat(bytes(raw), layout) == usual(bytes(raw), election)


@pytest.mark.campaign
def test_thousands_of_changed_ballots_are_good_in_both_ways_or_in_neither(
    ballots: list[bytes], election: Election, layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    read = 0
    for _ in range(CASES):
        raw = bytearray(secrets.choice(ballots))
        for _ in range(1 + secrets.randbelow(2)):
            place = secrets.randbelow(len(raw))
            raw[place] = secrets.choice(b'0123456789abcdef"}],')
        read += flat_ballot.read(bytes(raw), layout) is not None
        assert flat(bytes(raw), layout) == usual(bytes(raw), election)
    with capsys.disabled():
        print(f"\nflat and usual reading: {CASES} changed ballots, {read} of them of good form, 0 judged differently")


# --- a batch ------------------------------------------------------------------------------------------------------


def test_a_batch_is_examined_alike_in_both_ways(
    ballots: list[bytes], election: Election, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = examine(election.raw, Batch(3, tuple(ballots)))
    monkeypatch.setattr(examining, "kernel", lambda: None)
    assert examine(election.raw, Batch(3, tuple(ballots))) == quick
    assert quick.faults == {}


def test_the_first_fault_of_each_kind_is_named_whatever_stands_beside_it(
    ballots: list[bytes], election: Election
) -> None:
    unsigned = ballots[1][:-9] + bytes(str((int(ballots[1][-9:-4]) + 1) % 100000).zfill(5), "ascii") + ballots[1][-4:]
    proof = ballots[2].replace(b'"response":"', b'"response":"1', 1)
    some = (ballots[0], unsigned, proof, ballots[3])
    found = examine(election.raw, Batch(10, some)).faults
    assert {number: error.code for number, error in found.items()} == {
        number: error.code for number, error in examining._one_by_one(election.raw, Batch(10, some)).faults.items()
    }
    assert found[examining.SIGNATURE].where.startswith(examining.place(11))
    found = examine(election.raw, Batch(0, (ballots[0], b"{}", ballots[1]))).faults
    assert found[examining.FORM].where.startswith(examining.place(1))
