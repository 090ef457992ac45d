"""Ballots opened to test a terminal: they open to what was shown, and are sorted by their commit codes.

Here lives the file spoiled.json. Never here: a ballot that counts.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tally.protocol.booth import Draft, commit_code, encrypt
from tally.protocol.cipher import encrypt as encrypt_number
from tally.protocol.encoding import canonical
from tally.protocol.errors import BadChoice, BadProof, BadScalar, Mismatch, NotSorted, TallyError, WrongShape
from tally.protocol.group import Q, random_scalar
from tally.protocol.spoiled import OpenedBallot, Spoiled
from tests.tally.small import RATING, WITH_BLANK, make_election

ELECTION = make_election(RATING, WITH_BLANK, secret=random_scalar())
DRAFTS = [encrypt(ELECTION, (row, (0, 1, 0, 0))) for row in ((1, 0, 0), (0, 0, 0), (0, 0, 1))]
OPENED = [OpenedBallot.of(draft, name) for draft, name in zip(DRAFTS, ("B2", "", "B2"), strict=True)]
SPOILED = Spoiled.make(ELECTION, OPENED)


def changed(change: Any, spoiled: Spoiled = SPOILED) -> Spoiled:
    document = json.loads(spoiled.encode())
    change(document)
    return Spoiled.parse(canonical(document))


def first(document: Any) -> Any:
    return document["spoiled"][0]["rows"][0][0]


def refused(spoiled: Spoiled, error: type[TallyError]) -> None:
    with pytest.raises(error):
        spoiled.check(ELECTION)


def test_opened_drafts_are_what_was_encrypted() -> None:
    SPOILED.check(ELECTION)
    Spoiled.make(ELECTION, []).check(ELECTION)


def test_the_file_is_read_back_byte_for_byte() -> None:
    assert Spoiled.parse(SPOILED.encode()) == SPOILED


def test_the_order_is_that_of_the_codes_the_terminals_had_shown() -> None:
    shown = sorted(commit_code(ELECTION, draft.ciphertexts) for draft in DRAFTS)
    assert [ballot.commit_code(ELECTION) for ballot in SPOILED.ballots] == shown


def test_the_alpha_of_every_opened_ciphertext_is_known() -> None:
    assert SPOILED.alphas() == {c.alpha for draft in DRAFTS for row in draft.ciphertexts for c in row}


@pytest.mark.parametrize("name", ["value", "randomness"])
def test_an_opening_that_does_not_encrypt_to_its_ciphertext_is_refused(name: str) -> None:
    def change(document: Any) -> None:
        spot = document["spoiled"][0]["rows"][1][3]
        spot[name] = 1 - spot[name] if name == "value" else str((int(spot[name]) + 1) % Q)
        if name == "value":
            document["spoiled"][0]["rows"][1][1]["value"] = 0

    refused(changed(change), BadProof)


def test_a_terminal_that_encrypted_another_choice_is_found_out() -> None:
    draft = DRAFTS[0]
    lie = tuple(
        tuple(encrypt_number(ELECTION.public_key, 1 - m, r) for m, r in zip(ms, rs, strict=True))
        for ms, rs in zip(draft.choices, draft.randomness, strict=True)
    )
    lying = OpenedBallot.of(Draft(draft.choices, draft.randomness, lie))
    refused(Spoiled.make(ELECTION, [lying]), BadProof)


def test_an_opened_over_vote_is_refused() -> None:
    draft = DRAFTS[0]
    both = Draft(((1, 1, 0), draft.choices[1]), draft.randomness, draft.ciphertexts)
    refused(Spoiled.make(ELECTION, [OpenedBallot.of(both)]), BadChoice)


def test_ballots_out_of_order_or_twice_are_refused() -> None:
    refused(changed(lambda d: d["spoiled"].reverse()), NotSorted)
    refused(changed(lambda d: d["spoiled"].append(d["spoiled"][-1])), NotSorted)


def test_a_file_of_another_election_is_refused() -> None:
    refused(changed(lambda d: d.update(election="99" * 32)), Mismatch)


def test_a_ballot_with_another_number_of_answers_is_refused() -> None:
    alone = Spoiled.make(ELECTION, OPENED[:1])
    refused(changed(lambda d: d["spoiled"][0]["rows"].pop(), alone), WrongShape)
    refused(changed(lambda d: d["spoiled"][0]["rows"][0].pop(), alone), BadChoice)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("value", 2, WrongShape), ("value", -1, WrongShape), ("value", True, WrongShape), ("value", "1", WrongShape),
        ("randomness", str(Q), BadScalar), ("randomness", 5, BadScalar), ("x", 1, WrongShape),
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_refused(name: str, value: Any, error: type[TallyError]) -> None:
    with pytest.raises(error):
        changed(lambda d: first(d).update({name: value}))


def test_tests_are_counted_for_each_terminal() -> None:
    assert SPOILED.terminals() == {"": 1, "B2": 2}
    assert Spoiled.make(ELECTION, []).terminals() == {}


@pytest.mark.parametrize("name", ["b1", "-B1", "B 1", "B1\n", "Đ1", "B" * 13])
def test_a_terminal_of_no_possible_name_is_refused(name: str) -> None:
    with pytest.raises(WrongShape):
        OpenedBallot.of(DRAFTS[0], name)
    with pytest.raises(WrongShape):
        changed(lambda d: d["spoiled"][0].update(terminal=name))


def test_neither_choices_nor_randomness_are_in_the_drafts_repr() -> None:
    assert all(str(r) not in repr(DRAFTS) for draft in DRAFTS for row in draft.randomness for r in row)
