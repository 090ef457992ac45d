"""Checks 15 to 19: every ballot by itself. Each test changes one thing; box, committee and result then follow."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tally.protocol.ballot import Ballot, unsigned_json
from tally.protocol.booth import Draft, cast
from tally.protocol.cipher import encrypt
from tally.protocol.credential import Credential
from tally.protocol.encoding import canonical, sha256_compact, sha256_hex
from tally.protocol.proofs import ballot_signature_prefix, schnorr_sign
from tally.verify import CheckFailed, verify_record
from tests.builders import VOTES, Round, new_round
from tests.records import Files
from tests.tally.conftest import Refused
from tests.voter import draft, new_slip, vote


def resigned(ballot: Ballot, credential: Credential) -> bytes:
    """Sign a ballot, whatever is in it, with a credential's key."""
    body = unsigned_json(ballot.uuid, ballot.fingerprint, credential.public, ballot.answers)
    signed_hash = sha256_compact(canonical(body))
    proof = schnorr_sign(ballot_signature_prefix(signed_hash), credential.secret)
    return replace(ballot, credential=credential.public, signed_hash=signed_hash, signature=proof).encode()


def first(round_: Round) -> Ballot:
    return Ballot.parse(round_.ballots[0])


def instead_of_first(round_: Round, raw: bytes) -> Files:
    return replace(round_, ballots=(raw, *round_.ballots[1:])).files()


def one_more(round_: Round, raw: bytes) -> Files:
    return replace(round_, ballots=(*round_.ballots, raw)).files()


# --- 15: form -----------------------------------------------------------------------------------------------------


# threats G1
def test_unsorted_ballots_are_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(ballots=round_.files().ballots[::-1]), 15, "NOT_SORTED")


# threats G1
def test_the_same_ballot_twice_is_refused(round_: Round, refused: Refused) -> None:
    refused(one_more(round_, round_.ballots[0]).record, 15, "DUPLICATE_BALLOT")


def test_a_ballot_in_another_spelling_is_refused(round_: Round, refused: Refused) -> None:
    ballots = sorted((round_.ballots[0] + b" ", *round_.ballots[1:]), key=sha256_hex)
    forged = round_.record(ballots=tuple(ballots), encrypted_tally=round_.files().encrypted_tally,
                           parts=round_.files().parts, result=round_.files().result)  # fmt: skip
    refused(forged, 15, "NOT_CANONICAL")


# threats C4
def test_a_ballot_of_another_round_is_refused(round_: Round, refused: Refused) -> None:
    other = new_round(hall=round_.hall)
    foreign = vote(other.election, VOTES[0], round_.slips[0])
    mixed = replace(round_, ballots=(foreign, *round_.ballots[1:]))
    refused(mixed.record(result=round_.files().result), 15, "WRONG_ELECTION")


# --- 16: credentials ----------------------------------------------------------------------------------------------


def test_a_ballot_under_an_unlisted_credential_is_refused(round_: Round, refused: Refused) -> None:
    _, stuffed = new_slip(round_.manifest)
    refused(one_more(round_, vote(round_.election, VOTES[0], stuffed)).record, 16, "CREDENTIAL_NOT_LISTED")


def test_a_ballot_under_a_void_credential_is_refused(round_: Round, refused: Refused) -> None:
    voided = (*round_.voided, round_.voiding(round_.slips[0], "spoiled"))
    refused(replace(round_, voided=voided).record(), 16, "CREDENTIAL_VOID")


def test_two_ballots_of_one_credential_are_refused(round_: Round, refused: Refused) -> None:
    refused(one_more(round_, vote(round_.election, VOTES[1], round_.slips[0])).record, 16, "ALREADY_CAST")


# --- 17: signatures -----------------------------------------------------------------------------------------------


def test_a_ballot_signed_by_somebody_else_is_refused(round_: Round, refused: Refused) -> None:
    honest, (_, thief) = first(round_), new_slip(round_.manifest)
    proof = schnorr_sign(ballot_signature_prefix(honest.signed_hash), thief.secret)
    refused(instead_of_first(round_, replace(honest, signature=proof).encode()).record, 17, "BAD_SIGNATURE")


def test_a_ballot_changed_after_it_was_signed_is_refused(round_: Round, refused: Refused) -> None:
    honest, other = first(round_), Ballot.parse(round_.ballots[1])
    changed = replace(honest, answers=(other.answers[0], *honest.answers[1:]))
    refused(instead_of_first(round_, changed.encode()).record, 17, "MISMATCH")


def test_a_ballot_whose_hash_was_repaired_but_not_its_signature_is_refused(round_: Round, refused: Refused) -> None:
    honest, (_, thief) = first(round_), new_slip(round_.manifest)
    changed = replace(honest, answers=honest.answers[::-1])
    repaired = Ballot.parse(resigned(changed, replace(thief, public=honest.credential)))
    refused(instead_of_first(round_, repaired.encode()).record, 17, "BAD_SIGNATURE")


# --- 18: copies ---------------------------------------------------------------------------------------------------


# threats C5
def test_a_copied_vote_is_refused(round_: Round, refused: Refused) -> None:
    copy = resigned(first(round_), round_.unused)
    refused(one_more(round_, copy).record, 18, "DUPLICATE_CIPHERTEXT")


def test_a_single_copied_ciphertext_is_refused(round_: Round, refused: Refused) -> None:
    victim, own = first(round_), Ballot.parse(vote(round_.election, VOTES[1], round_.unused))
    answer = replace(own.answers[0], choices=(victim.answers[0].choices[0], *own.answers[0].choices[1:]))
    copy = resigned(replace(own, answers=(answer, *own.answers[1:])), round_.unused)
    refused(one_more(round_, copy).record, 18, "DUPLICATE_CIPHERTEXT")


def test_randomness_used_again_for_another_mark_is_refused(round_: Round, refused: Refused) -> None:
    """Two betas over one alpha would show whether the marks differ."""
    honest, victim = draft(round_.election, (0, 0, 0)), first(round_).answers[0].choices[0]
    row = (replace(honest.ciphertexts[0][0], alpha=victim.alpha), *honest.ciphertexts[0][1:])
    ballot = cast(round_.election, replace(honest, ciphertexts=(row, *honest.ciphertexts[1:])), round_.unused)
    mixed = replace(round_, ballots=(*round_.ballots, ballot.encode()))
    refused(mixed.record(result=round_.files().result), 18, "DUPLICATE_CIPHERTEXT")


def test_one_ciphertext_in_two_places_of_a_ballot_is_refused(round_: Round, refused: Refused) -> None:
    honest = draft(round_.election, (2, 2, 2))
    twins = tuple((row[0], row[0], row[2]) for row in honest.ciphertexts)
    randoms = tuple((row[0], row[0], row[2]) for row in honest.randomness)
    ballot = cast(round_.election, Draft(honest.choices, randoms, twins), round_.slips[0])
    refused(instead_of_first(round_, ballot.encode()).record, 18, "DUPLICATE_CIPHERTEXT")


# --- 19: proofs ---------------------------------------------------------------------------------------------------


def with_number(round_: Round, number: int) -> bytes:
    """Cast a ballot that holds `number` where the voter marked 1, proved as well as a cheat can."""
    honest = draft(round_.election, (0, 0, 0))
    heavy = encrypt(round_.election.public_key, number, honest.randomness[0][0])
    row = (heavy, *honest.ciphertexts[0][1:])
    cheat = Draft(honest.choices, honest.randomness, (row, *honest.ciphertexts[1:]))
    return cast(round_.election, cheat, round_.slips[0]).encode()


@pytest.mark.parametrize("number", [100, 2, -1])
def test_a_ballot_that_holds_another_number_than_0_or_1_is_refused(
    round_: Round, refused: Refused, number: int
) -> None:
    ballots = (with_number(round_, number), *round_.ballots[1:])
    refused(replace(round_, ballots=ballots).record(result=round_.files().result), 19, "BAD_PROOF")


def test_two_marks_for_one_official_are_refused(round_: Round, refused: Refused) -> None:
    honest = draft(round_.election, (0, 0, 0))
    second = encrypt(round_.election.public_key, 1, honest.randomness[0][1])
    row = (honest.ciphertexts[0][0], second, honest.ciphertexts[0][2])
    cheat = Draft(((1, 1, 0), *honest.choices[1:]), honest.randomness, (row, *honest.ciphertexts[1:]))
    raw = replace(cast_with(round_, cheat), credential=round_.slips[0].public)
    refused(instead_of_first(round_, resigned(raw, round_.slips[0])).record, 19, "BAD_PROOF")


def cast_with(round_: Round, cheat: Draft) -> Ballot:
    """Cast a draft of two marks: its overall proof claims one, for a prover has nothing better to claim."""
    claimed = Draft(((1, 0, 0), *cheat.choices[1:]), cheat.randomness, cheat.ciphertexts)
    honest_single = cast(round_.election, claimed, round_.slips[0])
    flipped = Draft(((0, 1, 0), *cheat.choices[1:]), cheat.randomness, cheat.ciphertexts)
    other_single = cast(round_.election, flipped, round_.slips[0])
    a, b = honest_single.answers[0], other_single.answers[0]
    both = replace(a, individual=(a.individual[0], b.individual[1], a.individual[2]))
    return replace(honest_single, answers=(both, *honest_single.answers[1:]))


def test_proofs_of_another_voter_are_refused(round_: Round, refused: Refused) -> None:
    own, other = first(round_), Ballot.parse(round_.ballots[1])
    answer = replace(own.answers[0], overall=other.answers[0].overall)
    raw = resigned(replace(own, answers=(answer, *own.answers[1:])), round_.slips[0])
    refused(instead_of_first(round_, raw).record, 19, "BAD_PROOF")


# threats C16
def test_an_answer_too_few_is_refused(round_: Round, refused: Refused) -> None:
    short = resigned(replace(first(round_), answers=first(round_).answers[:2]), round_.slips[0])
    ballots = sorted((short, *round_.ballots[1:]), key=sha256_hex)
    files = round_.files()
    refused(round_.record(ballots=tuple(ballots), encrypted_tally=files.encrypted_tally, parts=files.parts,
                          result=files.result), 19, "WRONG_SHAPE")  # fmt: skip


def test_a_refusal_names_the_ballot_by_its_place_and_never_by_its_credential(round_: Round) -> None:
    record = replace(round_, ballots=(with_number(round_, 2), *round_.ballots[1:])).record()
    with pytest.raises(CheckFailed, match=r"19: ballot [1-6]\.answers\[0\]") as failed:
        verify_record(record)
    assert not any(name in str(failed.value) for name in json.loads(round_.files().public_credentials))
