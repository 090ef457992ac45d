"""The box over HTTP: who may cast, and once; races; ciphertexts that were seen or opened before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ballot.box import casting
from tally.protocol import spoiled
from tally.protocol.booth import Draft, cast
from tally.protocol.cipher import encrypt
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.holding import UNUSED_ENVELOPE, Voided
from tally.protocol.padding import padded
from tally.protocol.spoiled import longest_opened
from tests import voter
from tests.ballot.asking import opened, try_terminal
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, code_of, nothing_changes, refused, rows
from tests.ballot.rushing import at_once

Open = Callable[[str], Hall]


# --- one slip, one ballot -----------------------------------------------------------------------------------------


# threats C2
def test_a_second_ballot_of_one_slip_is_refused_and_the_first_stays(at: Open) -> None:
    hall = at("voting")
    first = hall.ballot(0)
    hall.cast(padded(first, hall.election))
    with nothing_changes(hall.house.box):
        refused(hall.cast(hall.body(0, (2, 2, 2))), 409, "ALREADY_CAST")
    assert ballots(hall) == [first]


# threats C3
def test_two_different_ballots_of_one_slip_at_the_same_moment_are_one(at: Open) -> None:
    hall = at("voting")
    for number in range(6):
        bodies = [hall.body(number, levels) for levels in ((0, 0, 0), (2, 2, 2))]
        answers: list[tuple[int, str]] = []

        def vote(body: bytes, heard: list[tuple[int, str]] = answers) -> None:
            answer = hall.cast(body)
            heard.append((answer.status_code, "" if answer.status_code == 201 else code_of(answer)))

        at_once(*(lambda body=body: vote(body) for body in bodies))
        assert sorted(answers) == [(201, ""), (409, "ALREADY_CAST")]
        assert len(ballots(hall)) == number + 1


def test_one_ballot_sent_twice_at_the_same_moment_gets_two_equal_receipts(at: Open) -> None:
    hall = at("voting")
    body, heard = hall.body(0), []
    at_once(*[lambda: heard.append(hall.cast(body).get_data())] * 4)
    assert len(set(heard)) == 1
    assert b'"tracker"' in heard[0]
    assert len(ballots(hall)) == 1


def test_many_rounds_side_by_side_take_no_more_memory_than_a_few(at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting, "MOST_ROUNDS", 2)
    halls = [at("voting") for _ in range(3)]
    for number in range(2):
        for hall in halls:
            assert hall.cast(hall.body(number)).status_code == 201
            assert len(casting._READ) <= casting.MOST_ROUNDS
    assert [len(ballots(hall)) for hall in halls] == [2, 2, 2]


def test_a_slip_that_nobody_issued_is_refused(at: Open) -> None:
    hall = at("voting")
    stranger = Credential.derive(SlipCode.random(), hall.uuid)
    election = hall.election
    raw = cast(election, voter.draft(election, (0, 0, 0)), stranger).encode()
    with nothing_changes(hall.house.box):
        refused(hall.cast(raw), 400, "CREDENTIAL_NOT_LISTED")


def void(hall: Hall, number: int, reason: str = UNUSED_ENVELOPE):
    voided = Voided.make(hall.manifest.hash, hall.credential(number), reason)
    return hall.booth().ask(f"/dot/{hall.uuid}/huy-the", {"staging_key": "", **voided.as_json()})


def test_a_void_slip_is_refused(at: Open) -> None:
    hall = at("voting")
    assert void(hall, 3).status_code == 200
    with nothing_changes(hall.house.box):
        refused(hall.cast(hall.body(3)), 400, "CREDENTIAL_VOID")
        refused(hall.cast(hall.body(3)), 400, "CREDENTIAL_VOID")
    assert hall.cast(hall.body(4)).status_code == 201


def test_a_cast_slip_cannot_be_voided(at: Open) -> None:
    hall = at("voting")
    body = hall.body(3)
    hall.cast(body)
    with nothing_changes(hall.house.box):
        refused(void(hall, 3), 409, "ALREADY_CAST")
        assert hall.cast(body).status_code == 201


def test_of_a_ballot_and_a_void_at_the_same_moment_exactly_one_happens(at: Open) -> None:
    hall = at("voting")
    bodies = {number: hall.body(number) for number in range(8)}
    for number, body in bodies.items():
        answers: list[int] = []

        def cast_it(body: bytes = body, answers: list[int] = answers) -> None:
            answers.append(hall.cast(body).status_code)

        def void_it(number: int = number, answers: list[int] = answers) -> None:
            answers.append(void(hall, number).status_code)

        at_once(cast_it, void_it)
        assert sorted(answers) in ([201, 409], [200, 400]), answers
    cast_ones = {row[2] for row in rows(hall.house.box)["ballot"]}
    void_ones = {row[1] for row in rows(hall.house.box)["voided"]}
    assert not cast_ones & void_ones
    assert cast_ones | void_ones == {hall.credential(number).public.raw for number in bodies}


# --- ciphertexts --------------------------------------------------------------------------------------------------


# threats C5
def test_copied_ciphertexts_are_refused(at: Open) -> None:
    hall = at("voting")
    draft = voter.draft(hall.election, (0, 1, 2))
    assert hall.cast(cast(hall.election, draft, hall.credential(0)).encode()).status_code == 201
    with nothing_changes(hall.house.box):
        refused(hall.cast(cast(hall.election, draft, hall.credential(1)).encode()), 409, "DUPLICATE_CIPHERTEXT")


def test_a_draft_opened_for_a_test_can_never_be_cast(at: Open) -> None:
    hall = at("voting")
    draft = voter.draft(hall.election, (0, 1, 2))
    assert try_terminal(hall, opened(draft)).status_code == 201
    with nothing_changes(hall.house.box):
        refused(hall.cast(cast(hall.election, draft, hall.credential(0)).encode()), 409, "DUPLICATE_CIPHERTEXT")


def test_the_randomness_of_an_opened_draft_can_not_be_used_for_another_mark(at: Open) -> None:
    """The record would not verify: whoever knows the randomness of an alpha opens whatever shares it."""
    hall = at("voting")
    election, draft = hall.election, voter.draft(hall.election, (0, 1, 2))
    try_terminal(hall, opened(draft))
    choices = voter.marks((2, 1, 2))
    ciphertexts = tuple(
        tuple(encrypt(election.public_key, m, r) for m, r in zip(ms, rs, strict=True))
        for ms, rs in zip(choices, draft.randomness, strict=True)
    )
    forged = Draft(choices, draft.randomness, ciphertexts)
    with nothing_changes(hall.house.box):
        refused(hall.cast(cast(election, forged, hall.credential(0)).encode()), 409, "DUPLICATE_CIPHERTEXT")


def test_a_ballot_in_the_box_can_not_be_opened_for_a_test(at: Open) -> None:
    hall = at("voting")
    draft = voter.draft(hall.election, (0, 1, 2))
    hall.cast(cast(hall.election, draft, hall.credential(0)).encode())
    with nothing_changes(hall.house.box):
        refused(try_terminal(hall, opened(draft)), 409, "DUPLICATE_CIPHERTEXT")


def test_an_opening_with_one_randomness_twice_is_refused_and_not_a_fault(at: Open) -> None:
    hall = at("voting")
    draft, election = voter.draft(hall.election, (0, 0, 0)), hall.election
    same = tuple(tuple(row[0] for _ in row) for row in draft.randomness)
    ciphertexts = tuple(
        tuple(encrypt(election.public_key, m, r) for m, r in zip(ms, rs, strict=True))
        for ms, rs in zip(draft.choices, same, strict=True)
    )
    with nothing_changes(hall.house.box):
        refused(try_terminal(hall, opened(Draft(draft.choices, same, ciphertexts))), 409, "DUPLICATE_CIPHERTEXT")


def test_a_wrong_opening_is_refused(at: Open) -> None:
    hall = at("voting")
    draft = voter.draft(hall.election, (0, 1, 2))
    body, lie = opened(draft), opened(replace(draft, choices=voter.marks((1, 1, 2))))
    with nothing_changes(hall.house.box):
        for wrong in (b"", b"{}", b"[]", body[:-1], lie, b"[" * 5000):
            assert 400 <= try_terminal(hall, wrong).status_code < 500


def test_opened_ballots_never_outgrow_what_a_verifier_reads(at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = at("voting")
    monkeypatch.setattr(spoiled, "LIMIT", 2 * longest_opened(hall.election))  # room for one: all stay below half of it
    one, two = (opened(voter.draft(hall.election, (0, 1, 2))) for _ in range(2))
    assert try_terminal(hall, one).status_code == 201
    with nothing_changes(hall.house.box):
        refused(try_terminal(hall, two), 503, "STAGING_FULL")
