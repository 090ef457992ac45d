"""Checks 23 to 25: the sums, and who opened them. Each test changes one thing; the rest follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tally.protocol.ballot import Ballot
from tally.protocol.decryption import Owned
from tally.protocol.encoding import sha256_hex
from tally.protocol.group import Point, Q, g_pow, random_scalar
from tally.protocol.proofs import Proof, challenge
from tally.protocol.sums import EncryptedTally, SizedTally
from tally.verify import verify_archive
from tests.builders import Round, new_round
from tests.records import Files
from tests.tally.conftest import Refused

# --- 23: the encrypted tally --------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"num_tallied": 7}, {"num_tallied": 5}, {"total_weight": 7}])
def test_a_false_number_of_tallied_ballots_is_refused(round_: Round, refused: Refused, changes: dict[str, Any]) -> None:
    sized = replace(SizedTally.parse(round_.files().sized), **changes)
    refused(round_.record(sized=sized.encode()), 23, "WRONG_COUNT")


def test_a_tally_over_fewer_ballots_than_the_archive_holds_is_refused(round_: Round, refused: Refused) -> None:
    partial = EncryptedTally.over(round_.election, [(Ballot.parse(raw), 1) for raw in round_.ballots[1:]])
    refused(round_.record(encrypted_tally=partial.encode()), 23, "MISMATCH")


def test_a_tally_that_counts_one_ballot_twice_is_refused(round_: Round, refused: Refused) -> None:
    ballots = [Ballot.parse(raw) for raw in (*round_.ballots, round_.ballots[0])]
    double = EncryptedTally.over(round_.election, [(ballot, 1) for ballot in ballots])
    refused(round_.record(encrypted_tally=double.encode()), 23, "MISMATCH")


def test_a_tally_whose_description_names_another_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(sized=SizedTally(6, 6, "0" * 64).encode()), 23, "MISMATCH")


# --- 24: partial decryptions --------------------------------------------------------------------------------------


def owned(*parts: tuple[int, bytes]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((raw, Owned(owner, sha256_hex(raw)).encode()) for owner, raw in parts)


def first_factor(files: Files, owner: int, factor: Point, proof: Proof | None = None) -> dict[int, bytes]:
    """Return the parts with one factor (and Belenios proof) replaced."""
    part = files.part(owner)
    factors = ((factor, *part.factors[0][1:]), *part.factors[1:])
    proofs = ((proof or part.proofs[0][0], *part.proofs[0][1:]), *part.proofs[1:])
    return files.parts | {owner: replace(part, factors=factors, proofs=proofs).encode()}


def test_parts_swapped_between_two_trustees_are_refused(round_: Round, refused: Refused) -> None:
    parts = round_.files().parts
    refused(round_.record(owned=owned((2, parts[3]), (3, parts[2]))), 24, "BAD_DECRYPTION")


def test_a_wrong_factor_is_refused_and_its_trustee_named(round_: Round, refused: Refused) -> None:
    parts = first_factor(round_.files(), 3, g_pow(random_scalar()))
    assert refused(round_.record(parts=parts), 24, "BAD_DECRYPTION").error.where == "trustee 3[0][0]"


def test_two_parts_of_one_trustee_are_refused(round_: Round, refused: Refused) -> None:
    files = round_.files()
    twice = owned((2, files.part(2).encode()), (2, files.part(2).encode()))
    refused(round_.record(owned=twice), 24, "BAD_DECRYPTION")


def test_parts_that_do_not_stand_in_the_order_of_their_owners_are_refused(round_: Round, refused: Refused) -> None:
    parts = round_.files().parts
    refused(round_.record(owned=owned((3, parts[3]), (2, parts[2]))), 24, "BAD_DECRYPTION")


def test_a_part_of_nobody_is_refused(round_: Round, refused: Refused) -> None:
    parts = round_.files().parts
    refused(round_.record(owned=owned((2, parts[2]), (4, parts[3]))), 24, "BAD_DECRYPTION")


def test_a_part_whose_owner_record_names_another_payload_is_refused(round_: Round, refused: Refused) -> None:
    (a, _), b = round_.files().owned
    refused(round_.record(owned=((a, Owned(2, "0" * 64).encode()), b)), 24, "BAD_DECRYPTION")


# threats F4
def test_a_part_of_the_same_members_in_another_round_is_refused(round_: Round, refused: Refused) -> None:
    other = new_round(hall=round_.hall)
    refused(round_.record(parts=round_.files().parts | {3: other.files().part(3).encode()}), 24, "BAD_DECRYPTION")


def test_a_closed_round_is_incomplete(round_: Round, refused: Refused) -> None:
    refused(round_.closed(), 24, "INCOMPLETE")


def test_a_decrypted_round_without_a_result_is_incomplete(round_: Round, refused: Refused) -> None:
    refused(round_.record(events=round_.files().events[:-1]), 24, "INCOMPLETE")


# --- 25: strong proofs --------------------------------------------------------------------------------------------


def with_strong(files: Files, owner: int, strong: object) -> dict[int, bytes]:
    return files.parts | {owner: replace(files.part(owner), strong=strong).encode()}


def test_a_part_without_strong_proofs_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(parts=with_strong(round_.files(), 3, None)), 25, "NO_STRONG_PROOF")


def weak(files: Files, owner: int) -> tuple[Point, Proof]:
    """Forge Belenios' proof, which hashes neither ciphertext nor factor: choose both commitments, then the factor."""
    election, secret = files.round.election, files.round.board.shares[owner]
    public, alpha = files.committee_value.trustees.owners[owner - 1], files.tally.rows[0][0].alpha
    a, b = random_scalar(), g_pow(random_scalar())
    c = challenge(f"decrypt|{election.fingerprint}|{public.encode()}|", g_pow(a), b)
    r = (a - secret * c) % Q
    return (b / alpha**r) ** pow(c, -1, Q), Proof(c, r)


def test_a_false_factor_that_belenios_accepts_is_refused(round_: Round, refused: Refused) -> None:
    files = round_.files()
    factor, proof = weak(files, 3)
    assert factor != files.part(3).factors[0][0]
    record = round_.record(parts=first_factor(files, 3, factor, proof))
    assert refused(record, 25, "BAD_DECRYPTION").error.where == "trustee 3.strong_proofs[0][0]"


def test_strong_proofs_of_two_answers_exchanged_are_refused(round_: Round, refused: Refused) -> None:
    files = round_.files()
    (first, second, third), *rows = files.part(3).strong or ()
    refused(round_.record(parts=with_strong(files, 3, ((second, first, third), *rows))), 25, "BAD_DECRYPTION")


def test_strong_proofs_of_another_member_are_refused(round_: Round, refused: Refused) -> None:
    files = round_.files()
    refused(round_.record(parts=with_strong(files, 3, files.part(2).strong)), 25, "BAD_DECRYPTION")


def test_strong_proofs_over_another_set_of_ballots_are_refused(round_: Round, refused: Refused) -> None:
    fewer = replace(round_, ballots=round_.ballots[1:]).files()
    refused(round_.record(parts=with_strong(round_.files(), 3, fewer.part(3).strong)), 25, "BAD_DECRYPTION")


def test_a_bare_archive_has_no_strong_proofs_to_ask_for(round_: Round) -> None:
    files = round_.files(parts=with_strong(round_.files(), 3, None))
    assert verify_archive(files.archive).evidence.result.rows == files.true_result.rows
