"""Closing and counting: what is appended, which parts are left out and named, and what is never written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest

from tally.count import checked_part, close, count
from tally.protocol.archive import Archive
from tally.protocol.decryption import PartialDecryption
from tally.protocol.errors import BadDecryption, Incomplete, WrongOrder
from tally.protocol.group import g_pow, random_scalar
from tally.verify import ClosedRecord, verify_closed, verify_record
from tests.builders import Round, new_round
from tests.records import Files


@pytest.fixture(scope="module")
def closed(round_: Round) -> ClosedRecord:
    return verify_closed(round_.closed())


@pytest.fixture(scope="module")
def parts(round_: Round) -> dict[int, bytes]:
    files = round_.files()
    return {owner: files.part(owner).encode() for owner in (1, 2, 3)}


def pick(parts: dict[int, bytes], *owners: int) -> dict[int, bytes]:
    return {owner: parts[owner] for owner in owners}


# --- closing ------------------------------------------------------------------------------------------------------


def open_archive(files: Files) -> Archive:
    kept = [event for event in files.chained.events if event.type in ("Setup", "Ballot")]
    return Archive(files.chained.timestamp, tuple(kept))


def test_closing_appends_the_product_of_all_ballots(round_: Round) -> None:
    files = round_.files(parts={})
    assert close(open_archive(files)).encode() == files.archive


@pytest.mark.parametrize("last", ["EndBallots", "EncryptedTally", "PartialDecryption", "Result"])
def test_a_closed_archive_is_not_closed_again(round_: Round, last: str) -> None:
    chained = round_.files().chained
    end = max(i for i, event in enumerate(chained.events) if event.type == last) + 1
    with pytest.raises(WrongOrder):
        close(Archive(chained.timestamp, chained.events[:end]))


def test_a_box_without_ballots_closes_to_empty_sums(round_: Round) -> None:
    files = round_.files()
    empty = close(Archive(files.chained.timestamp, files.chained.events[:1]))
    assert [event.type for event in empty.events] == ["Setup", "EndBallots", "EncryptedTally"]


# --- counting -----------------------------------------------------------------------------------------------------


def test_any_t_members_count_the_same(closed: ClosedRecord, parts: dict[int, bytes]) -> None:
    results = {count(closed, pick(parts, *owners)).record["result.json"] for owners in combinations(parts, 2)}
    assert len(results) == 1
    assert results == {count(closed, parts).record["result.json"]}


def test_a_counted_record_is_verified(round_: Round, closed: ClosedRecord, parts: dict[int, bytes]) -> None:
    counted = count(closed, pick(parts, 1, 3))
    assert counted.rejected == ()
    assert verify_record(counted.record, expected_manifest=round_.manifest.hash).origin_proven


# threats F15
def test_a_column_of_zeros_counts_as_zero() -> None:
    nobody_low = new_round(tuple((0, 1, None) for _ in range(5)))
    closed = verify_closed(nobody_low.closed())
    counted = count(closed, nobody_low.files().parts)
    assert verify_record(counted.record).evidence.result.rows == ((5, 0, 0), (0, 5, 0), (0, 0, 0))


def test_a_record_is_counted_again_with_the_parts_of_other_members(
    closed: ClosedRecord, parts: dict[int, bytes]
) -> None:
    first = count(closed, pick(parts, 1, 2)).record
    again = count(verify_closed(first), pick(parts, 2, 3)).record
    assert verify_record(again).evidence.parts.keys() == {2, 3}


# --- wrong parts --------------------------------------------------------------------------------------------------


def wrong_factor(part: PartialDecryption) -> bytes:
    return replace(part, factors=((g_pow(random_scalar()), *part.factors[0][1:]), *part.factors[1:])).encode()


def no_strong_proof(part: PartialDecryption) -> bytes:
    return replace(part, strong=None).encode()


def one_strong_proof_wrong(part: PartialDecryption) -> bytes:
    first, *others = part.strong or ()
    return replace(part, strong=(first[::-1], *others)).encode()


WRONG: dict[str, tuple[Callable[[PartialDecryption], bytes], str]] = {
    "wrong factor": (wrong_factor, "BAD_DECRYPTION"),
    "no strong proof": (no_strong_proof, "NO_STRONG_PROOF"),
    "a strong proof wrong": (one_strong_proof_wrong, "BAD_DECRYPTION"),
    "a row too few": (lambda part: replace(part, factors=part.factors[1:]).encode(), "WRONG_SHAPE"),
    "not JSON": (lambda part: b"\x00\xff", "NOT_JSON"),
    "empty": (lambda part: b"", "NOT_JSON"),
    "another spelling": (lambda part: part.encode() + b"\n", "NOT_CANONICAL"),
}


# threats F3
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_part_is_named_left_out_and_never_published(
    round_: Round, closed: ClosedRecord, parts: dict[int, bytes], name: str
) -> None:
    make, code = WRONG[name]
    wrong = make(round_.files().part(1))
    counted = count(closed, parts | {1: wrong})
    assert [(e.code, e.where.startswith("trustee 1")) for e in counted.rejected] == [(code, True)]
    assert verify_record(counted.record).evidence.parts.keys() == {2, 3}
    assert not wrong or wrong not in counted.record["archive"]


def test_the_part_of_one_member_in_the_name_of_another_is_left_out(
    closed: ClosedRecord, parts: dict[int, bytes]
) -> None:
    counted = count(closed, {1: parts[2], 2: parts[2], 3: parts[3]})
    assert [error.code for error in counted.rejected] == ["BAD_DECRYPTION"]


@pytest.mark.parametrize("owner", [0, 4, -1])
def test_a_part_of_nobody_is_left_out(closed: ClosedRecord, parts: dict[int, bytes], owner: int) -> None:
    counted = count(closed, pick(parts, 1, 2) | {owner: parts[3]})
    assert [(error.code, error.where) for error in counted.rejected] == [("WRONG_ORDER", f"trustee {owner}")]


# threats F11
def test_too_few_valid_parts_are_incomplete_and_the_record_stays_as_it_was(
    round_: Round, parts: dict[int, bytes]
) -> None:
    record = round_.closed()
    before = dict(record.files)
    with pytest.raises(Incomplete):
        count(verify_closed(record), {1: wrong_factor(round_.files().part(1)), 2: parts[2]})
    assert record.files == before


def test_no_parts_at_all_are_incomplete(closed: ClosedRecord) -> None:
    with pytest.raises(Incomplete):
        count(closed, {})


def test_a_part_over_other_ballots_is_refused(round_: Round, closed: ClosedRecord) -> None:
    fewer = replace(round_, ballots=round_.ballots[1:]).files()
    with pytest.raises(BadDecryption, match="trustee 2"):
        checked_part(closed, 2, fewer.part(2).encode())
