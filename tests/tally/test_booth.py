"""The booth: what it encrypts, what it shows before it knows whether it is being tested, and what it casts.

Here live drafts and casts. Never here: whether a ballot is taken.
"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tally.protocol.booth import cast, commit_code, encrypt
from tally.protocol.cipher import encrypt as encrypt_number
from tally.protocol.election import Question
from tally.protocol.errors import BadChoice, WrongShape
from tally.protocol.group import random_scalar
from tests.tally.small import LEVELS, RATING, UUID, WITH_BLANK, make_election, new_credential

ELECTION = make_election(RATING, WITH_BLANK, secret=random_scalar())
CHOICES = ((0, 1, 0), (1, 0, 0, 0))


def test_a_cast_ballot_holds_exactly_the_drafted_ciphertexts() -> None:
    draft = encrypt(ELECTION, CHOICES)
    ballot = cast(ELECTION, draft, new_credential())
    assert tuple(answer.choices for answer in ballot.answers) == draft.ciphertexts


def test_the_same_choices_are_encrypted_anew_each_time() -> None:
    drafts = [encrypt(ELECTION, CHOICES) for _ in range(5)]
    randoms = [r for draft in drafts for row in draft.randomness for r in row]
    assert len(set(randoms)) == len(randoms) == 35


def test_a_draft_opens_to_its_choices_with_its_randomness() -> None:
    draft = encrypt(ELECTION, CHOICES)
    again = tuple(
        tuple(encrypt_number(ELECTION.public_key, m, r) for m, r in zip(ms, rs, strict=True))
        for ms, rs in zip(draft.choices, draft.randomness, strict=True)
    )
    assert again == draft.ciphertexts


@pytest.mark.parametrize("row", [(1, 1, 0), (2, 0, 0), (-1, 1, 0), (1, 0), (1, 0, 0, 0), (), ("1", 0, 0), (0.5, 0, 0)])
def test_choices_that_no_ballot_holds_are_refused(row: tuple[int, ...]) -> None:
    with pytest.raises(BadChoice):
        encrypt(ELECTION, (row, (1, 0, 0, 0)))


@pytest.mark.parametrize("row", [(0, 0, 0, 0), (1, 1, 0, 0), (0, 1, 1, 0), (0, 1, 0)])
def test_a_blank_box_excludes_every_mark_and_replaces_none(row: tuple[int, ...]) -> None:
    with pytest.raises(BadChoice):
        encrypt(ELECTION, ((0, 0, 0), row))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 3), st.integers(1, 3), st.booleans(), st.data())
def test_a_question_takes_exactly_the_choices_its_bounds_allow(low: int, high: int, blank: bool, data) -> None:
    question = Question(LEVELS, blank, min(low, high), high, "?")
    row = tuple(data.draw(st.lists(st.integers(0, 1), min_size=question.width, max_size=question.width)))
    flag, marks = (row[0], sum(row[1:])) if blank else (0, sum(row))
    allowed = marks == 0 if flag else question.min <= marks <= question.max
    try:
        question.check_choices(row)
    except BadChoice:
        assert not allowed
    else:
        assert allowed


def test_a_draft_has_an_answer_to_every_question() -> None:
    for choices in ((), CHOICES[:1], (*CHOICES, (1, 0, 0))):
        with pytest.raises(WrongShape):
            encrypt(ELECTION, choices)


def test_the_commit_code_is_a_hash_of_election_and_ciphertexts() -> None:
    ciphertexts = encrypt(ELECTION, CHOICES).ciphertexts
    body = "|".join(",".join(f"{c.alpha.encode()},{c.beta.encode()}" for c in row) for row in ciphertexts)
    text = f"phieu-tin-nhiem/v1/commit-code|{ELECTION.fingerprint}|{body}"
    assert commit_code(ELECTION, ciphertexts) == hashlib.sha256(text.encode()).hexdigest()


def test_the_commit_code_changes_with_every_ciphertext_their_order_and_the_election() -> None:
    rows = encrypt(ELECTION, CHOICES).ciphertexts
    other = encrypt(ELECTION, CHOICES).ciphertexts
    changed = [((*rows[0][:k], other[0][k], *rows[0][k + 1 :]), rows[1]) for k in range(3)]
    changed += [
        (rows[0][::-1], rows[1]),
        (rows[1], rows[0]),
        (rows[0] + rows[1],),
        ((*rows[0], rows[1][0]), rows[1][1:]),
    ]
    codes = {commit_code(ELECTION, found) for found in (rows, *changed)}
    elsewhere = make_election(RATING, WITH_BLANK, secret=random_scalar(), uuid=UUID)
    assert len(codes | {commit_code(elsewhere, rows)}) == len(changed) + 2


def test_choices_do_not_show_up_in_a_log() -> None:
    assert repr(encrypt(ELECTION, CHOICES)) == "Draft(…)"
