"""A ballot: one spelling, every part of it proved, and nothing but a permitted choice inside.

Here live ballots of honest and of cheating booths. Never here: whether the box takes one (test_acceptance.py).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tally.protocol.ballot import Ballot, check_election, check_proofs, check_signature
from tally.protocol.encoding import canonical
from tally.protocol.errors import BadProof, TallyError, WrongElection, WrongShape
from tally.protocol.group import Point, Q, g_pow, random_scalar
from tests.tally.small import RATING, UUID, WITH_BLANK, cheat, make_election, new_credential, signed, vote

SECRET = random_scalar()
BOTH = make_election(RATING, WITH_BLANK, secret=SECRET)
RATED, BLANKED = make_election(RATING, secret=SECRET), make_election(WITH_BLANK, secret=SECRET)
CREDENTIAL = new_credential()
BALLOT = vote(BOTH, (0, 1, 0), (0, 0, 0, 1), by=CREDENTIAL)
RAW = BALLOT.encode()
rating_rows = st.sampled_from([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)])
blank_rows = st.sampled_from([(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)])


def check(raw: bytes) -> None:
    """Read and check a ballot as everybody does."""
    ballot = Ballot.parse(raw)
    check_election(ballot, BOTH, "ballot")
    check_signature(ballot, "ballot")
    check_proofs(ballot, BOTH, "ballot")


def survives(raw: bytes) -> bool:
    try:
        check(raw)
    except TallyError:
        return False
    return True


@settings(max_examples=30, deadline=None)
@given(rating_rows, blank_rows)
def test_every_permitted_choice_is_proved_and_read_back(rating: tuple[int, ...], blank: tuple[int, ...]) -> None:
    ballot = vote(BOTH, rating, blank)
    check(ballot.encode())
    assert Ballot.parse(ballot.encode()) == ballot
    assert Ballot.parse(ballot.encode()).encode() == ballot.encode()


# threats C15
def test_ballots_with_other_choices_have_the_same_shape() -> None:
    """The numbers differ in their digits; nothing else may show what was chosen."""
    shapes = {_shape(json.loads(vote(BOTH, row, (1, 0, 0, 0)).encode())) for row in ((0, 0, 0), (1, 0, 0), (0, 0, 1))}
    assert len(shapes) == 1


def _shape(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{k}:{_shape(v)}" for k, v in value.items()) + "}"
    return "[" + ",".join(map(_shape, value)) + "]" if isinstance(value, list) else "*"


# --- over-votes ---------------------------------------------------------------------------------------------------

OVERVOTES = {
    "two in one place": ((2, 0, 0), "individual_proofs[0]"),
    "minus one": ((0, -1, 0), "individual_proofs[1]"),
    "a hundred": ((0, 0, 100), "individual_proofs[2]"),
    "two less one": ((2, -1, 0), "individual_proofs[0]"),
    "a half": (((Q + 1) // 2, (Q + 1) // 2, 0), "individual_proofs[0]"),
    "two levels": ((1, 1, 0), "overall_proof"),
    "all levels": ((1, 1, 1), "overall_proof"),
}
WITH_FLAG = {
    "blank and a mark": ((1, 1, 0, 0), "blank_proof"),
    "neither blank nor a mark": ((0, 0, 0, 0), "overall_proof"),
    "two marks": ((0, 1, 1, 0), "overall_proof"),
    "blank twice": ((2, 0, 0, 0), "individual_proofs[0]"),
}


@pytest.mark.parametrize("numbers", [(0, 0, 0), (0, 1, 0)])
def test_the_cheating_booth_is_believed_while_it_does_not_cheat(numbers: tuple[int, ...]) -> None:
    check_proofs(cheat(RATED, numbers, CREDENTIAL), RATED, "ballot")
    check_proofs(cheat(BLANKED, (0, 0, 0, 1), CREDENTIAL), BLANKED, "ballot")
    check_proofs(cheat(BLANKED, (1, 0, 0, 0), CREDENTIAL), BLANKED, "ballot")


# threats C14
@pytest.mark.parametrize("case", OVERVOTES)
def test_an_over_vote_is_refused_at_its_place(case: str) -> None:
    numbers, place = OVERVOTES[case]
    ballot = Ballot.parse(cheat(RATED, numbers, CREDENTIAL).encode())
    check_signature(ballot, "ballot")
    with pytest.raises(BadProof) as refusal:
        check_proofs(ballot, RATED, "ballot")
    assert refusal.value.where == f"ballot.answers[0].{place}"


@pytest.mark.parametrize("case", WITH_FLAG)
def test_a_blank_flag_does_not_help_to_over_vote(case: str) -> None:
    numbers, place = WITH_FLAG[case]
    with pytest.raises(BadProof) as refusal:
        check_proofs(cheat(BLANKED, numbers, CREDENTIAL), BLANKED, "ballot")
    assert refusal.value.where == f"ballot.answers[0].{place}"


# --- one thing changed --------------------------------------------------------------------------------------------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every string in a JSON value."""
    if isinstance(value, str):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [found for key, inner in items for found in leaves(inner, (*path, key))]


def changed(text: str) -> str:
    """Return another value of the same kind: the next number, or the point times g."""
    if len(text) == 64 and not text.isdecimal():
        return (Point.decode(text, "leaf", identity=True) * g_pow(1)).encode()
    return str((int(text) + 1) % Q)


def test_every_number_and_point_of_the_answers_counts_even_for_one_who_can_sign_anew() -> None:
    paths, survivors = leaves(json.loads(RAW)["answers"], ("answers",)), []
    for path in paths:
        document = json.loads(RAW)
        spot = document
        for key in path[:-1]:
            spot = spot[key]
        spot[path[-1]] = changed(spot[path[-1]])
        answers = Ballot.parse(canonical(document)).answers
        if survives(signed(BOTH, CREDENTIAL, answers).encode()):
            survivors.append(path)
    assert len(paths) == 2 * 7 + 2 * 2 * 7 + 2 * (2 + 2) + 2 * 2
    assert survivors == []


# threats C17
def test_a_bit_flipped_in_any_part_of_a_ballot_is_noticed() -> None:
    places = range(0, len(RAW), 17)
    assert [i for i in places if survives(RAW[:i] + bytes([RAW[i] ^ 1 << i % 8]) + RAW[i + 1 :])] == []


# threats C17
@pytest.mark.campaign
def test_every_bit_of_a_ballot_counts() -> None:
    flips = ((i, 1 << bit) for i in range(len(RAW)) for bit in range(8))
    assert [
        flip for flip in flips if survives(RAW[: flip[0]] + bytes([RAW[flip[0]] ^ flip[1]]) + RAW[flip[0] + 1 :])
    ] == []


# threats C6
def test_answers_and_levels_do_not_change_places_even_under_a_new_signature() -> None:
    first, second = BALLOT.answers
    other = vote(BOTH, (1, 0, 0), (1, 0, 0, 0), by=CREDENTIAL).answers
    turned = type(first)(first.choices[::-1], first.individual[::-1], first.overall, None)
    crossed = type(first)(first.choices, other[0].individual, first.overall, None)
    for answers in ((second, first), (turned, second), (crossed, second), (first,), (first, second, second)):
        with pytest.raises((BadProof, WrongShape)):
            check_proofs(signed(BOTH, CREDENTIAL, answers), BOTH, "ballot")


def test_answers_of_another_voter_prove_nothing_under_ones_own_signature() -> None:
    copied = signed(BOTH, new_credential(), BALLOT.answers)
    check_signature(copied, "ballot")
    with pytest.raises(BadProof):
        check_proofs(copied, BOTH, "ballot")


# threats C15
def test_a_blank_proof_must_be_there_exactly_where_there_is_a_blank_box() -> None:
    first, second = BALLOT.answers
    without = type(second)(second.choices, second.individual, second.overall, None)
    beside = type(first)(first.choices, first.individual, first.overall, second.blank)
    for answers in ((first, without), (beside, second)):
        with pytest.raises(WrongShape):
            check_proofs(signed(BOTH, CREDENTIAL, answers), BOTH, "ballot")


def test_a_ballot_for_another_election_is_refused() -> None:
    for election in (RATED, make_election(RATING, WITH_BLANK, secret=SECRET, uuid=UUID[:-1] + "r")):
        with pytest.raises(WrongElection):
            check_election(BALLOT, election, "ballot")


# threats C21
def test_the_tracker_is_over_the_credential_too() -> None:
    """Two voters cannot be shown one tracker for one ballot (the clash attack)."""
    assert signed(BOTH, new_credential(), BALLOT.answers).tracker != signed(BOTH, CREDENTIAL, BALLOT.answers).tracker
