"""The trustee's tool: it decrypts the sums of one verified record, whose root it was told from paper, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from keys.committee import trustee
from keys.committee.errors import OtherRootDecrypted, RootMismatch, RootTooShort
from keys.committee.memory import Memory
from keys.committee.trustee import TrusteeFile
from tally.count import count
from tally.protocol.encoding import grouped
from tally.verify import ClosedRecord, verify_record
from tests.builders import Round
from tests.keys.member import NewFile, decrypt, memory_of


@pytest.fixture(scope="module")
def one_less(round_: Round) -> ClosedRecord:
    """The record of a dishonest box: one ballot dropped before its checkpoint, all its words signed accordingly."""
    fewer = replace(round_, ballots=round_.ballots[1:]).closed()
    return trustee.examine(memory_of(round_, 1), fewer)


def test_two_members_decrypt_the_sums(round_: Round, new_file: NewFile, closed: ClosedRecord) -> None:
    parts = {n: decrypt(new_file(round_, n), closed).encode() for n in (1, 3)}
    verified = verify_record(count(closed, parts).record)
    assert verified.evidence.result.rows == ((4, 1, 0), (2, 2, 1), (0, 1, 5))


def test_a_member_sees_the_three_numbers_to_compare(round_: Round, closed: ClosedRecord) -> None:
    seen = trustee.seen(closed)
    assert (seen.issued, seen.returned, seen.root) == (7, 6, round_.files().chained.root)


def test_what_a_file_remembers_reads_back_as_it_was_written(round_: Round) -> None:
    memory = replace(memory_of(round_, 1), decrypted_root="ab" * 32)
    assert Memory.parse(memory.encode()) == memory


def test_a_share_does_not_show_when_a_memory_is_printed(round_: Round) -> None:
    memory = memory_of(round_, 1)
    assert not any(secret in repr(memory) for secret in (str(memory.share), memory.seed))


# --- the root from paper ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [str.upper, lambda r: grouped(r, 16), lambda r: grouped(r, 8), lambda r: f" {r}\n"])
def test_the_root_is_read_in_any_case_and_grouping(closed: ClosedRecord, change: Callable[[str], str]) -> None:
    trustee.check_root(change(closed.root), closed.root)


@pytest.mark.parametrize("digits", [0, 4, 31])
def test_too_few_digits_of_the_root_are_refused(file: TrusteeFile, closed: ClosedRecord, digits: int) -> None:
    with pytest.raises(RootTooShort):
        trustee.decrypt(file, closed, typed_root=closed.root[:digits])
    assert file.load().decrypted_root == ""


def test_another_root_than_the_one_on_paper_is_refused(file: TrusteeFile, closed: ClosedRecord) -> None:
    typed = closed.root[:31] + ("0" if closed.root[31] != "0" else "1")
    with pytest.raises(RootMismatch):
        trustee.decrypt(file, closed, typed_root=typed)
    assert file.load().decrypted_root == ""


def test_a_root_with_digits_behind_it_is_refused(file: TrusteeFile, closed: ClosedRecord) -> None:
    with pytest.raises(RootMismatch):
        trustee.decrypt(file, closed, typed_root=closed.root + "00")


# --- one root and no other ----------------------------------------------------------------------------------------


# threats F8
def test_a_second_root_is_refused_for_ever(file: TrusteeFile, closed: ClosedRecord, one_less: ClosedRecord) -> None:
    decrypt(file, closed)
    with pytest.raises(OtherRootDecrypted):
        decrypt(TrusteeFile(file.path, file.passphrase), one_less)  # the tool was started again


def test_a_root_is_remembered_by_the_file_and_not_by_the_caller(
    file: TrusteeFile, closed: ClosedRecord, one_less: ClosedRecord
) -> None:
    before = file.load()
    decrypt(file, closed)
    assert before.decrypted_root == ""
    assert file.load() == replace(before, decrypted_root=closed.root)


def test_the_same_root_may_be_decrypted_again(file: TrusteeFile, round_: Round, closed: ClosedRecord) -> None:
    decrypt(file, closed)
    again = decrypt(file, closed).encode()
    parts = {1: again, 2: round_.files().part(2).encode()}
    assert count(closed, parts).rejected == ()
