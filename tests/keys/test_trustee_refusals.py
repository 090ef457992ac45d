"""The trustee's tool: the records, keys and points that it never decrypts."""

from __future__ import annotations

import inspect
import typing
from dataclasses import replace

import pytest

from keys.committee import trustee
from keys.committee.errors import NotThisTrustee, ShareMissing, TranscriptChanged
from keys.committee.trustee import TrusteeFile
from keys.errors import WrongPassphrase, WrongRound
from tally.protocol.cipher import Ciphertext
from tally.protocol.decryption import PartialDecryption
from tally.protocol.group import Point
from tally.protocol.sums import EncryptedTally
from tally.record import CLOSING, Record
from tally.verify import CheckFailed, ClosedRecord
from tests.builders import VOTES, Round, convene, new_round, seal
from tests.keys.member import NewFile, decrypt, memory_of
from tests.voter import vote


def refused(round_: Round, record: Record) -> tuple[int, str]:
    with pytest.raises(CheckFailed) as failed:
        trustee.examine(memory_of(round_, 1), record)
    return failed.value.check.number, failed.value.code


# --- records that are not decrypted -------------------------------------------------------------------------------


def test_a_tampered_record_is_refused(round_: Round) -> None:
    record = round_.closed()
    raw = bytearray(record["archive"])
    raw[len(raw) // 2] ^= 1
    assert refused(round_, record.with_files({"archive": bytes(raw)})) == (9, "BAD_ARCHIVE")


def test_the_record_of_another_round_is_refused(round_: Round) -> None:
    other = new_round(hall=round_.hall, uuid=round_.manifest.uuid)
    assert refused(round_, other.closed()) == (3, "WRONG_MANIFEST")


def test_a_round_of_too_few_ballots_is_refused() -> None:
    small = new_round(VOTES[:4])
    assert refused(small, small.closed()) == (22, "TOO_FEW_BALLOTS")


def test_more_ballots_than_slips_are_refused(round_: Round) -> None:
    again = vote(round_.election, VOTES[1], round_.slips[0])
    stuffed = replace(round_, ballots=(*round_.ballots, again))
    assert refused(round_, stuffed.closed()) == (16, "ALREADY_CAST")


def test_a_subset_of_the_ballots_that_were_closed_is_refused(round_: Round) -> None:
    honest = round_.files()
    fewer = replace(round_, ballots=round_.ballots[1:])
    record = fewer.closed(checkpoints=honest.checkpoints, closing=honest.closing)
    assert refused(round_, record) == (21, "MISMATCH")


def test_a_record_that_the_box_has_not_closed_is_incomplete(round_: Round) -> None:
    record = round_.closed()
    files = {name: raw for name, raw in record.files.items() if name != CLOSING}
    assert refused(round_, Record(files, record.archive_name)) == (1, "INCOMPLETE")


# --- keys that are not this member's ------------------------------------------------------------------------------


def test_the_share_of_another_member_is_refused(round_: Round, new_file: NewFile, closed: ClosedRecord) -> None:
    wrong = new_file(round_, share=round_.board.shares[2])
    with pytest.raises(NotThisTrustee):
        trustee.examine(wrong.load(), round_.closed())
    with pytest.raises(NotThisTrustee):
        decrypt(wrong, closed)


def test_a_key_without_a_share_is_refused(round_: Round, new_file: NewFile, closed: ClosedRecord) -> None:
    unfinished = new_file(round_, share=None)
    with pytest.raises(ShareMissing):
        trustee.examine(unfinished.load(), round_.closed())
    with pytest.raises(ShareMissing):
        decrypt(unfinished, closed)


def test_a_key_of_another_round_is_refused(round_: Round, new_file: NewFile, closed: ClosedRecord) -> None:
    with pytest.raises(WrongRound):
        decrypt(new_file(round_, manifest="0" * 64), closed)


def test_the_wrong_passphrase_decrypts_nothing(file: TrusteeFile, closed: ClosedRecord) -> None:
    with pytest.raises(WrongPassphrase):
        decrypt(TrusteeFile(file.path, "một mật khẩu khác hẳn"), closed)


# --- no oracle ----------------------------------------------------------------------------------------------------


def test_no_function_takes_a_ciphertext_or_a_point_from_outside() -> None:
    public = {n: f for n, f in vars(trustee).items() if inspect.isfunction(f) and f.__module__ == trustee.__name__}
    assert set(public) == {"take_opening_test", "examine", "seen", "decrypt", "check_root", "check_witnessed"}
    for name, function in public.items():
        taken = {hint for argument, hint in typing.get_type_hints(function).items() if argument != "return"}
        assert not taken & {Ciphertext, EncryptedTally, Point, PartialDecryption}, name
    assert typing.get_type_hints(trustee.decrypt)["closed"] is ClosedRecord


def test_the_opening_test_raises_a_point_whose_exponent_everybody_knows(round_: Round) -> None:
    from tally.protocol.opening import opening_exponent

    memory, committee = memory_of(round_, 2), round_.board.committee
    passed = trustee.take_opening_test(memory, committee, {2: memory.nonce})
    known = opening_exponent(committee.manifest, committee.hash, {2: memory.nonce})
    assert passed.factor == committee.trustees.owners[1] ** known


def test_the_opening_test_of_another_round_is_refused(round_: Round) -> None:
    memory = memory_of(round_, 2)
    with pytest.raises(WrongRound):
        trustee.take_opening_test(memory, convene(seal(round_.hall)).committee, {2: memory.nonce})


def test_the_opening_test_of_a_committee_with_another_key_is_refused(round_: Round) -> None:
    memory = memory_of(round_, 2)
    with pytest.raises(NotThisTrustee):
        trustee.take_opening_test(memory, convene(round_.manifest).committee, {2: memory.nonce})


def test_the_opening_test_after_other_messages_than_ours_is_refused(round_: Round) -> None:
    memory = replace(memory_of(round_, 2), transcript="0" * 64)
    with pytest.raises(TranscriptChanged):
        trustee.take_opening_test(memory, round_.board.committee, {2: memory.nonce})
