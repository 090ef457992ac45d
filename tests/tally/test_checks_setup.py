"""Checks 11 to 14: the archive up to its first ballot. Each test changes one thing; hashes and chain are repaired."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tally.protocol.encoding import canonical
from tally.protocol.opening import Opening
from tally.verify import verify_record
from tests.builders import Round, convene, seal
from tests.tally.conftest import Refused
from tests.voter import new_slip

# --- 11 and 12: trustees and election -----------------------------------------------------------------------------


def test_a_committee_swapped_after_the_vote_is_refused(round_: Round, refused: Refused) -> None:
    other = replace(round_, board=convene(round_.manifest)).files()
    refused(round_.record(committee=other.committee, opening=other.opened(1, 2, 3)), 11, "MISMATCH")


def test_a_committee_swapped_together_with_the_archives_setup_cannot_take_the_ballots(
    round_: Round, refused: Refused
) -> None:
    other = replace(round_, board=convene(round_.manifest))
    swapped = replace(other, opening=other.files().opened(1, 2, 3))
    refused(swapped.record(result=round_.files().result), 15, "WRONG_ELECTION")


def test_trustees_in_another_spelling_are_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(trustees=round_.board.committee.trustees.raw + b" "), 11, "MISMATCH")


def test_a_setup_record_that_names_other_trustees_is_refused(round_: Round, refused: Refused) -> None:
    setup = canonical(json.loads(round_.files().setup) | {"trustees": "0" * 64})
    refused(round_.record(setup=setup), 11, "BAD_ARCHIVE")


def test_an_election_under_a_key_of_nobody_is_refused(round_: Round, refused: Refused) -> None:
    _, stranger = new_slip(round_.manifest)
    document = json.loads(round_.election.raw) | {"public_key": stranger.public.encode()}
    refused(round_.record(election=canonical(document)), 12, "MISMATCH")


# threats E4
def test_an_election_with_a_question_reworded_is_refused(round_: Round, refused: Refused) -> None:
    raw = round_.election.raw.replace("Cán bộ 2".encode(), "Cán bộ II".encode())
    refused(round_.record(election=raw), 12, "MISMATCH")


def test_an_election_that_binds_another_manifest_is_refused(round_: Round, refused: Refused) -> None:
    raw = round_.election.raw.replace(round_.manifest.hash.encode(), seal(round_.hall).hash.encode())
    refused(round_.record(election=raw), 12, "MISMATCH")


def test_an_election_that_binds_another_committee_is_refused(round_: Round, refused: Refused) -> None:
    other = replace(round_.board.committee, members=round_.board.committee.members[::-1])
    refused(round_.record(committee=other.encode()), 12, "MISMATCH")


def test_an_election_that_lets_two_levels_be_marked_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(election=round_.election.raw.replace(b'"max":1', b'"max":2')), 12, "MISMATCH")


# --- 13: credentials ----------------------------------------------------------------------------------------------


def test_a_credential_that_stands_in_the_archive_alone_is_refused(round_: Round, refused: Refused) -> None:
    _, stuffed = new_slip(round_.manifest)
    names = sorted([*json.loads(round_.files().public_credentials), stuffed.public.encode()])
    refused(round_.record(public_credentials=canonical(names)), 13, "MISMATCH")


def test_a_credential_left_out_of_the_archive_is_refused(round_: Round, refused: Refused) -> None:
    names = json.loads(round_.files().public_credentials)
    refused(round_.record(public_credentials=canonical(names[1:])), 13, "MISMATCH")


def test_a_credential_twice_in_the_archive_is_refused(round_: Round, refused: Refused) -> None:
    names = json.loads(round_.files().public_credentials)
    refused(round_.record(public_credentials=canonical([names[0], *names])), 13, "NOT_SORTED")


@pytest.mark.parametrize(("mark", "code"), [(",2", "MISMATCH"), (",,ông-ba", "WRONG_SHAPE")])
def test_a_weight_or_a_voter_beside_a_credential_is_refused(
    round_: Round, refused: Refused, mark: str, code: str
) -> None:
    first, *others = json.loads(round_.files().public_credentials)
    refused(round_.record(public_credentials=canonical([first + mark, *others])), 13, code)


# --- 14: opening --------------------------------------------------------------------------------------------------


# threats F1
def test_an_opening_test_of_fewer_than_t_members_is_incomplete(round_: Round, refused: Refused) -> None:
    refused(round_.record(opening=round_.files().opened(2)), 14, "INCOMPLETE")


def test_an_opening_test_of_t_members_is_enough(round_: Round) -> None:
    verified = verify_record(round_.record(opening=round_.files().opened(1, 3)))
    assert verified.evidence.parts.keys() == {2, 3}


def test_a_wrong_factor_in_the_opening_test_is_refused(round_: Round, refused: Refused) -> None:
    honest = Opening.parse(round_.files().opening)
    first, second, third = honest.passed
    forged = replace(honest, passed=(first, replace(second, factor=third.factor), third))
    refused(round_.record(opening=forged.encode()), 14, "BAD_PROOF")


def test_a_member_who_passes_for_two_is_refused(round_: Round, refused: Refused) -> None:
    honest = Opening.parse(round_.files().opening)
    forged = replace(honest, passed=(honest.passed[0], honest.passed[0]))
    refused(round_.record(opening=forged.encode()), 14, "NOT_SORTED")


def test_the_share_of_one_member_in_the_name_of_another_is_refused(round_: Round, refused: Refused) -> None:
    shares = round_.board.shares
    board = replace(round_.board, shares={1: shares[1], 2: shares[1], 3: shares[3]})
    refused(round_.record(opening=replace(round_, board=board).files().opened(1, 2, 3)), 14, "BAD_PROOF")


def test_the_opening_test_of_another_committee_is_refused(round_: Round, refused: Refused) -> None:
    other = replace(round_, board=convene(round_.manifest))
    refused(round_.record(opening=other.files().opened(1, 2, 3)), 14, "MISMATCH")


def test_a_zero_report_that_the_box_did_not_sign_is_refused(round_: Round, refused: Refused) -> None:
    honest = Opening.parse(round_.files().opening)
    forged = replace(honest, zero_report=round_.hall.statements[0].sign(b"x").signature.hex())
    refused(round_.record(opening=forged.encode()), 14, "BAD_SIGNATURE")
