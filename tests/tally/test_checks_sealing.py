"""Checks 1 to 5: what was sealed before anybody voted. Each test changes one thing; all that can be is repaired."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count

import pytest

from keys.committee.channel import sign
from keys.issuer import IssuerKey
from tally.protocol.committee import Committee
from tally.protocol.encoding import canonical
from tally.protocol.manifest import Block, Official
from tally.protocol.messages import Coefexps
from tally.protocol.trustees import Trustees
from tally.record import NAMES, RESULT, Record, UnknownFile
from tally.verify import verify_record
from tests.builders import Round, convene, new_hall, new_round, seal
from tests.tally.conftest import Refused


def edited(raw: bytes, **changes: object) -> bytes:
    """Return canonical JSON with some top-level fields replaced."""
    return canonical(json.loads(raw) | changes)


def test_an_honest_round_is_verified(round_: Round) -> None:
    verified = verify_record(round_.record(), expected_manifest=round_.manifest.hash)
    assert verified.origin_proven
    assert verified.evidence.result.rows == ((4, 1, 0), (2, 2, 1), (0, 1, 5))


def test_all_28_checks_run_and_what_witnesses_say_is_heard_before_the_sums_are_opened(round_: Round) -> None:
    numbers: list[int] = []
    verify_record(round_.record(), listener=lambda check, _: numbers.append(check.number))
    assert numbers == [*range(1, 24), 28, *range(24, 28)]


def test_without_the_hash_from_paper_the_origin_stays_open(round_: Round) -> None:
    assert not verify_record(round_.record()).origin_proven


@pytest.mark.parametrize(("size", "threshold"), [(1, 1), (2, 2), (5, 3)])
def test_committees_of_other_sizes_are_verified(size: int, threshold: int) -> None:
    other = new_round(committee_size=size, threshold=threshold)
    assert verify_record(other.record()).evidence.result.rows[0] == (4, 1, 0)


# --- 1: files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in NAMES if name != RESULT])
def test_a_missing_file_is_incomplete(round_: Round, refused: Refused, name: str) -> None:
    record = round_.record()
    refused(Record({k: v for k, v in record.files.items() if k != name}, record.archive_name), 1, "INCOMPLETE")


def test_an_unknown_file_is_refused_before_any_check(round_: Round) -> None:
    with pytest.raises(UnknownFile):
        Record.of({**dict(round_.record().members()), "ghi-chu.txt": b"x"})


# --- 2: manifest --------------------------------------------------------------------------------------------------


def test_a_manifest_in_another_spelling_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(manifest=round_.manifest.raw + b"\n"), 2, "NOT_CANONICAL")


def test_an_archive_under_another_name_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(archive_name="zzzzzzzzzzzzzz.bel"), 2, "MISMATCH")


def test_a_box_key_that_also_signs_statements_is_refused(refused: Refused) -> None:
    hall = new_hall()
    refused(new_round(hall=replace(hall, statements=(hall.box, hall.statements[1]))).record(), 2, "MISMATCH")


@pytest.mark.parametrize("place", ["box_key", "first statement_key", "last statement_key"])
def test_a_log_key_that_signs_anything_else_is_refused(round_: Round, refused: Refused, place: str) -> None:
    sealed = json.loads(round_.manifest.raw)
    keys = {
        f"{word} statement_key": sealed["issuers"][at]["statement_key"] for word, at in (("first", 0), ("last", -1))
    }
    key = (keys | {"box_key": sealed["box_key"]})[place]
    refused(round_.record(manifest=edited(round_.manifest.raw, log_key=key)), 2, "MISMATCH")


def test_two_issuers_with_one_key_are_refused(round_: Round, refused: Refused) -> None:
    first, second = json.loads(round_.manifest.raw)["issuers"]
    manifest = edited(round_.manifest.raw, issuers=[first, second | {"key": first["key"]}])
    refused(round_.record(manifest=manifest), 2, "WRONG_SHAPE")


def test_an_issuer_key_that_can_be_factored_is_refused(round_: Round, refused: Refused) -> None:
    first, second = json.loads(round_.manifest.raw)["issuers"]
    weak = next(m for m in count(int(first["key"], 16) + 2, 2) if m % 3 == 0)
    manifest = edited(round_.manifest.raw, issuers=[first | {"key": f"{weak:x}"}, second])
    refused(round_.record(manifest=manifest), 2, "BAD_ISSUER_KEY")


def test_two_issuer_keys_that_share_a_prime_are_refused(round_: Round, refused: Refused) -> None:
    first, second = round_.hall.issuers
    shared = IssuerKey.from_primes(first.p, second.q).public
    names = json.loads(round_.manifest.raw)["issuers"]
    manifest = edited(round_.manifest.raw, issuers=[names[0], names[1] | {"key": shared.encode()}])
    refused(round_.record(manifest=manifest), 2, "MISMATCH")


def test_a_real_round_cannot_lower_the_minimum_of_ballots(round_: Round, refused: Refused) -> None:
    policy = json.loads(round_.manifest.raw)["policy"] | {"minimum_ballots": 4}
    manifest = edited(round_.manifest.raw, policy=policy)
    refused(round_.record(manifest=manifest), 2, "WRONG_SHAPE")


# --- 3: origin ----------------------------------------------------------------------------------------------------


def test_the_wrong_hash_from_paper_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(), 3, "WRONG_MANIFEST", expected_manifest="0" * 64)


def test_a_whole_round_made_again_with_an_official_renamed_is_refused(round_: Round, refused: Refused) -> None:
    renamed = Block("Khối Đảng", (Official("cb-1", "Cán bộ một", "Chức vụ 1"),))
    other = new_round(hall=round_.hall, uuid=round_.manifest.uuid, blocks=(renamed, *round_.manifest.blocks[1:]),
                      votes=tuple((0, 1) for _ in range(6)))  # fmt: skip
    verify_record(other.record())
    refused(other.record(), 3, "WRONG_MANIFEST", expected_manifest=round_.manifest.hash)


# --- 4: the committee's form --------------------------------------------------------------------------------------


def test_an_official_renamed_after_sealing_is_refused(round_: Round, refused: Refused) -> None:
    manifest = round_.manifest.raw.replace("Cán bộ 2".encode(), "Cán bộ II".encode())
    refused(round_.record(manifest=manifest), 4, "MISMATCH")


def test_the_manifest_of_another_round_is_refused(round_: Round, refused: Refused) -> None:
    other = seal(round_.hall)
    refused(round_.record(manifest=other.raw, archive_name=f"{other.uuid}.bel"), 4, "MISMATCH")


def test_the_committee_of_another_round_is_refused(round_: Round, refused: Refused) -> None:
    other = convene(seal(round_.hall)).committee
    refused(round_.record(committee=other.encode()), 4, "MISMATCH")


def test_a_smaller_committee_than_was_sealed_is_refused(round_: Round, refused: Refused) -> None:
    other = convene(seal(round_.hall, committee_size=2)).committee
    refused(round_.record(committee=replace(other, manifest=round_.manifest.hash).encode()), 4, "MISMATCH")


def test_a_lower_threshold_than_was_sealed_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(committee=replace(round_.board.committee, threshold=1).encode()), 4, "MISMATCH")


def test_a_single_key_in_the_name_of_three_members_is_refused(round_: Round, refused: Refused) -> None:
    one = convene(seal(round_.hall, committee_size=1, threshold=1)).committee.trustees
    forged = replace(round_.board.committee, trustees=one)
    refused(round_.record(committee=forged.encode()), 4, "BAD_TRUSTEE_MESSAGE")


def test_a_missing_acknowledgement_is_refused(round_: Round, refused: Refused) -> None:
    committee = round_.board.committee
    forged = replace(committee, acknowledgements=committee.acknowledgements[:2])
    refused(round_.record(committee=forged.encode()), 4, "WRONG_SHAPE")


# --- 5: the ceremony ----------------------------------------------------------------------------------------------


def with_item(committee: Committee, **changes: object) -> Committee:
    """Return the committee with its Pedersen item changed."""
    return replace(committee, trustees=Trustees.make((replace(committee.trustees.items[0], **changes),)))


def test_a_commitment_to_another_polynomial_is_refused(round_: Round, refused: Refused) -> None:
    first, *others = round_.board.committee.commitments
    forged = replace(round_.board.committee, commitments=(first[::-1], *others))
    refused(round_.record(committee=forged.encode()), 5, "BAD_TRUSTEE_MESSAGE")


def test_an_acknowledgement_of_something_else_is_refused(round_: Round, refused: Refused) -> None:
    first, _, third = round_.board.committee.acknowledgements
    forged = replace(round_.board.committee, acknowledgements=(first, first, third))
    refused(round_.record(committee=forged.encode()), 5, "BAD_SIGNATURE")


def test_a_ceremony_without_signed_transcripts_is_refused(round_: Round, refused: Refused) -> None:
    forged = with_item(round_.board.committee, signatures=None)
    refused(round_.record(committee=forged.encode()), 5, "BAD_TRUSTEE_MESSAGE")


def test_a_member_key_that_its_member_did_not_sign_is_refused(round_: Round, refused: Refused) -> None:
    first, *others = round_.board.committee.trustees.items[0].verification_keys
    forged = with_item(round_.board.committee, verification_keys=(replace(first, signature=None), *others))
    refused(round_.record(committee=forged.encode()), 5, "BAD_TRUSTEE_MESSAGE")


def test_a_polynomial_signed_anew_after_the_commitments_is_refused(round_: Round, refused: Refused) -> None:
    item, seat = round_.board.committee.trustees.items[0], round_.board.seats[0]
    again = sign(seat.keys.signing.secret, item.coefexps[0].signed.message)
    coefexps = (Coefexps.parse(again.as_json(), "again"), *item.coefexps[1:])
    refused(round_.record(committee=with_item(round_.board.committee, coefexps=coefexps).encode()), 5,
            "BAD_TRUSTEE_MESSAGE")  # fmt: skip
