"""Proofs that one of several encryptions is true: whatever is left out of the hash, or changed in it, breaks the proof.

Here live the equations with chosen inputs. Never here: a whole ballot (test_ballot.py).
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tally.protocol.ballot import individual_tag
from tally.protocol.cipher import Ciphertext, encrypt, without
from tally.protocol.encoding import canonical, decode
from tally.protocol.errors import BadProof, BadScalar, WrongShape
from tally.protocol.group import Point, Q, g_pow, random_scalar
from tally.protocol.proofs import (
    Proof,
    Witness,
    challenge,
    check_one_of,
    prove_number,
    prove_one_of,
)

SECRET, RANDOM = 12345, 67890
KEY = g_pow(SECRET)
CONTEXT = "l7XM3Y0LnN0h/M28uohxdJ4wyxjd5AkLxeZmdM4WdrY|" + g_pow(3).encode()
ZERO, ONE = encrypt(KEY, 0, RANDOM), encrypt(KEY, 1, RANDOM)
scalars = st.integers(0, Q - 1)
proofs = st.builds(Proof, scalars, scalars)


def statements(choice: Ciphertext) -> tuple[tuple[Ciphertext, int], ...]:
    return ((choice, 0), (choice, 1))


def prove(choice: Ciphertext, branch: int) -> tuple[Proof, ...]:
    return prove_one_of(individual_tag(CONTEXT, choice), KEY, statements(choice), Witness(branch, RANDOM))


def check(choice: Ciphertext, found: tuple[Proof, ...], *, tag: str | None = None, key: Point = KEY) -> None:
    check_one_of(individual_tag(CONTEXT, choice) if tag is None else tag, key, statements(choice), found, "proof")


# --- one of several encryptions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("choice", "branch"), [(ZERO, 0), (ONE, 1)])
def test_a_true_statement_is_proved(choice: Ciphertext, branch: int) -> None:
    check(choice, prove(choice, branch))


@settings(deadline=None)
@given(st.integers(0, 3), st.integers(1, 4), st.data())
def test_whoever_knows_the_randomness_makes_the_very_same_proof_for_less(
    low: int, width: int, data: st.DataObject
) -> None:
    true, draws = data.draw(st.integers(low, low + width - 1)), data.draw(st.lists(scalars, min_size=9, max_size=9))
    choice, numbers = encrypt(KEY, true, RANDOM), range(low, low + width)
    claims = tuple((choice, m) for m in numbers)
    one, other = iter(draws), iter(draws)
    usual = prove_one_of("tag|", KEY, claims, Witness(true - low, RANDOM), lambda most: next(one) % most)
    assert prove_number("tag|", KEY, (choice, true, RANDOM), numbers, lambda most: next(other) % most) == usual


@given(st.integers(1, 9), st.data())
def test_one_true_statement_among_many_is_proved(number: int, data: st.DataObject) -> None:
    true = data.draw(st.integers(0, number - 1))
    choice = encrypt(KEY, true, RANDOM)
    claims = tuple((choice, m) for m in range(number))
    check_one_of("tag|", KEY, claims, prove_one_of("tag|", KEY, claims, Witness(true, RANDOM)), "proof")


@pytest.mark.parametrize("number", [2, -1, 100, Q - 1, Q // 2])
@pytest.mark.parametrize("branch", [0, 1])
def test_a_false_statement_has_no_proof(number: int, branch: int) -> None:
    choice = encrypt(KEY, number, RANDOM)
    with pytest.raises(BadProof):
        check(choice, prove(choice, branch))


def test_randomness_of_another_ciphertext_proves_nothing() -> None:
    false = prove_one_of(individual_tag(CONTEXT, ONE), KEY, statements(ONE), Witness(1, RANDOM + 1))
    with pytest.raises(BadProof):
        check(ONE, false)


TAG = individual_tag(CONTEXT, ONE)
PARTS = TAG.replace(",", "|").split("|")[:-1]  # prove, fingerprint, credential, alpha, beta


def test_a_tag_names_election_credential_and_ciphertext() -> None:
    assert ["prove", *CONTEXT.split("|"), ONE.alpha.encode(), ONE.beta.encode()] == PARTS


@pytest.mark.parametrize("part", range(5), ids=["label", "election", "credential", "alpha", "beta"])
@pytest.mark.parametrize("becomes", ["", "0" * 64], ids=["taken out", "changed"])
def test_a_proof_made_for_another_tag_is_refused(part: int, becomes: str) -> None:
    found = prove(ONE, 1)
    with pytest.raises(BadProof):
        check(ONE, found, tag=TAG.replace(PARTS[part], becomes, 1))


def prove_leaving_out(left_out: int | None) -> tuple[Proof, ...]:
    """Prove that ONE encrypts 0 or 1, hashing all commitments but one; written without the product's prover."""
    false, nonce = Proof(random_scalar(), random_scalar()), random_scalar()
    points = [
        g_pow(false.response) * ONE.alpha**false.challenge,
        KEY**false.response * without(ONE.beta, 0) ** false.challenge,
        g_pow(nonce),
        KEY**nonce,
    ]
    c = (challenge(TAG, *(p for i, p in enumerate(points) if i != left_out)) - false.challenge) % Q
    return false, Proof(c, (nonce - RANDOM * c) % Q)


def test_the_tests_own_prover_is_believed_when_it_hashes_everything() -> None:
    check(ONE, prove_leaving_out(None))


# threats C7
@pytest.mark.parametrize("left_out", range(4))
def test_a_challenge_without_one_of_the_commitments_is_refused(left_out: int) -> None:
    with pytest.raises(BadProof):
        check(ONE, prove_leaving_out(left_out))


# threats C7
def test_a_challenge_chosen_before_the_statement_proves_nothing() -> None:
    """With all but the ciphertext hashed one could solve for beta; here the tag holds it."""
    w, r = random_scalar(), random_scalar()
    c = challenge(f"prove|{CONTEXT}|", g_pow(w), KEY**w)
    alpha = (g_pow(w) / g_pow(r)) ** pow(c, -1, Q)
    beta = (KEY**w / KEY**r) ** pow(c, -1, Q)
    made_up = Ciphertext(alpha, beta)
    check_one_of(f"prove|{CONTEXT}|", KEY, ((made_up, 0),), (Proof(c, r),), "weak")
    with pytest.raises(BadProof):
        check_one_of(individual_tag(CONTEXT, made_up), KEY, ((made_up, 0),), (Proof(c, r),), "proof")


def test_branches_and_keys_are_not_interchangeable() -> None:
    found = prove(ONE, 1)
    with pytest.raises(BadProof):
        check(ONE, found[::-1])
    with pytest.raises(BadProof):
        check(ONE, found, key=g_pow(SECRET + 1))
    with pytest.raises(BadProof):
        check(ZERO, found, tag=TAG)


@pytest.mark.parametrize("branch", [0, 1])
@pytest.mark.parametrize("name", ["challenge", "response"])
def test_any_number_of_a_proof_one_higher_is_refused(branch: int, name: str) -> None:
    found = list(prove(ONE, 1))
    found[branch] = replace(found[branch], **{name: (getattr(found[branch], name) + 1) % Q})
    with pytest.raises(BadProof):
        check(ONE, tuple(found))


@given(proofs)
def test_a_proof_is_read_back_from_its_one_spelling(proof: Proof) -> None:
    assert Proof.parse(decode(canonical(proof.as_json()), "proof", limit=999), "proof") == proof


@pytest.mark.parametrize("value", [{}, {"response": "1", "challenge": "1"}, {"challenge": "1"}, ["1", "1"], None])
def test_a_proof_of_another_form_is_refused(value: object) -> None:
    with pytest.raises(WrongShape):
        Proof.parse(value, "proof")


# threats C12
def test_the_same_proof_in_other_digits_is_refused() -> None:
    for digits in (str(7 + Q), "07", "-" + str(Q - 7)):
        with pytest.raises(BadScalar):
            Proof.parse({"challenge": digits, "response": "1"}, "proof")


def test_a_witness_does_not_show_up_in_a_log() -> None:
    assert repr(Witness(1, RANDOM)) == "Witness(…)"
