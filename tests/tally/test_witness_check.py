"""Check 28: witnesses' copies beside a record, copies and receipts from outside, and the server that they name.

Here live a box that signs whatever its owner wants, and people who kept what it had signed before. Never here: HTTP.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tally.checks import RECORD
from tally.checks.evidence import Outside
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import encode_notes
from tally.protocol.encoding import canonical
from tally.protocol.receipt import make_receipt
from tally.record import CHECKPOINTS, CLOSING, Record, UnknownFile
from tally.verify import CheckFailed, verify_closed, verify_record
from tests.builders import VOTES, Round
from tests.commands import DONE, INCOMPLETE, REFUSED, VERIFIED, tally, written
from tests.tally.conftest import Refused
from tests.tally.watching import LAN, MAI, copy_of, notes_of, watched
from tests.voter import vote
from tests.watchers import Watcher, signer


def receipt(round_: Round, ballot: bytes) -> bytes:
    made = make_receipt(Ballot.parse(ballot), round_.election, signer(round_.hall.box))
    return canonical(made.as_json())


@pytest.fixture(scope="module")
def honest(round_: Round) -> Record:
    """The record of the honest round, written once."""
    return round_.record()


@pytest.fixture(scope="module")
def one_less(round_: Round) -> Record:
    """A dishonest box dropped a ballot at the end and signed all its words anew: consistent by itself."""
    record = replace(round_, ballots=round_.ballots[1:]).record()
    verify_record(record)
    return record


def contradicts(record: Record, **kept: bytes) -> CheckFailed:
    """Hold what people kept against a record; the server must be named."""
    copies = {name: raw for name, raw in kept.items() if not name.startswith("receipt")}
    receipts = {name: raw for name, raw in kept.items() if name.startswith("receipt")}
    with pytest.raises(CheckFailed) as failed:
        verify_record(record, outside=Outside(copies, receipts))
    assert (failed.value.check.number, failed.value.code) == (28, "BOX_CONTRADICTS"), str(failed.value)
    return failed.value


# --- nothing is wrong ---------------------------------------------------------------------------------------------


# threats F10
def test_check_28_runs_before_anything_is_decrypted() -> None:
    order = [check.number for check in RECORD]
    assert order == [*range(1, 24), 28, *range(24, 28)]


def test_a_record_that_nobody_watched_passes_and_says_so(round_: Round, honest: Record, tmp_path: Path) -> None:
    code, output = tally("verify", written(honest, tmp_path / "r"), "--manifest", round_.manifest.hash)
    assert code == DONE
    assert "  28  –  " in output
    assert "không có người chứng kiến" in output


def test_witnesses_stand_beside_a_record_and_change_no_hash(round_: Round, honest: Record, tmp_path: Path) -> None:
    record = watched(round_, honest, LAN, MAI)
    assert record.hash == honest.hash
    for path in (written(record, tmp_path / "folder"), tmp_path / "zip"):
        if path.name == "zip":
            record.write_zip(path)
        assert Record.read(path) == record
        testimony = verify_record(Record.read(path)).evidence.testimony
        assert [copy.witness for copy in testimony.signed_last_word] == ["quan-sat-1", "quan-sat-2"]


def test_the_command_says_who_watched_and_under_which_key(round_: Round, honest: Record, tmp_path: Path) -> None:
    path = written(watched(round_, honest, LAN), tmp_path / "r")
    kept = tmp_path / "mine.txt"
    kept.write_bytes(copy_of(round_, honest, MAI, ended=False))
    paper = tmp_path / "receipt.json"
    paper.write_bytes(receipt(round_, round_.ballots[0]) + b"\n")
    options = ("--manifest", round_.manifest.hash, "--witness", kept, "--receipt", paper)
    code, output = tally("verify", path, *options)
    assert (code, VERIFIED in output) == (DONE, True)
    count = len(round_.ballots)
    assert f"người chứng kiến quan-sat-1: các mốc đến {count} phiếu, và tờ chốt" in output
    assert f"người chứng kiến quan-sat-2: các mốc đến {count} phiếu\n" in output
    assert LAN.public[:4] in output
    assert "biên nhận khớp: 1" in output


def test_the_copy_of_somebody_without_a_key_is_evidence_too(round_: Round, honest: Record, one_less: Record) -> None:
    verify_record(honest, outside=Outside({"witness.txt": honest[CHECKPOINTS] + b"\n" + honest[CLOSING]}))
    contradicts(one_less, plain=honest[CHECKPOINTS])


def test_one_key_counts_once_however_often_it_signed(round_: Round, honest: Record) -> None:
    record = watched(round_, honest, LAN)
    again = Outside({"again": copy_of(round_, record, LAN), "other": copy_of(round_, record, MAI)})
    found = verify_closed(record, outside=again).evidence.testimony.signed_last_word
    assert [copy.witness for copy in found] == ["quan-sat-1", "quan-sat-2"]


# --- the server is named ------------------------------------------------------------------------------------------


# threats F9
def test_a_box_that_drops_a_ballot_after_a_witness_saw_it_is_named(
    round_: Round, honest: Record, one_less: Record
) -> None:
    """threats G1, G2: the record is consistent by itself; the checkpoint signed earlier proves what was done."""
    failed = contradicts(one_less, copy=copy_of(round_, honest, ended=False))
    dropped = Ballot.parse(round_.ballots[0]).tracker
    assert failed.error.details["trackers"] == dropped
    assert failed.error.details["lost"] == 1
    assert round_.manifest.origin in str(failed.error)


def test_a_box_that_hides_a_receipted_ballot_is_named(round_: Round, one_less: Record) -> None:  # threats G2
    failed = contradicts(one_less, receipt=receipt(round_, round_.ballots[0]))
    tracker = Ballot.parse(round_.ballots[0]).tracker
    assert failed.error.details["tracker"] == tracker
    assert tracker in str(failed.error)


def test_a_box_that_puts_another_ballot_in_place_of_a_receipted_one_is_named(round_: Round) -> None:  # threats G2
    swapped = vote(round_.election, VOTES[1], round_.slips[0])
    record = replace(round_, ballots=(swapped, *round_.ballots[1:])).record()
    verify_record(record)
    contradicts(record, receipt=receipt(round_, round_.ballots[0]))


def test_a_box_with_two_last_words_is_named(round_: Round, honest: Record, one_less: Record) -> None:
    notes, _ = notes_of(one_less)
    both = LAN.copy(round_.manifest, notes, notes_of(honest)[1]).encode()
    assert "tờ chốt" in str(contradicts(one_less, copy=both))


def test_two_last_words_alone_name_the_server_beside_either_record(
    round_: Round, honest: Record, one_less: Record
) -> None:
    """SPEC 5.21, step 3: what `tally witness` keeps in bang-chung.txt of a box that ended twice."""
    both = [notes_of(record)[1] for record in (honest, one_less)]
    for record in (honest, one_less):
        for kept in (both, both[::-1]):
            assert "tờ chốt" in str(contradicts(record, evidence=encode_notes(kept)))


def test_one_last_word_twice_accuses_nobody(round_: Round, honest: Record) -> None:
    closing = notes_of(honest)[1]
    with pytest.raises(CheckFailed) as failed:
        verify_record(honest, outside=Outside({"kept": encode_notes([closing, closing])}))
    assert failed.value.code == "NOT_SORTED"


def test_a_witness_file_beside_the_record_names_the_server_too(
    round_: Round, honest: Record, one_less: Record, refused: Refused
) -> None:
    refused(replace(one_less, witnesses={"witness-1.txt": copy_of(round_, honest)}), 28, "BOX_CONTRADICTS")


def test_the_command_names_the_server_before_the_sums_are_opened(round_: Round, tmp_path: Path) -> None:
    closed = replace(round_, ballots=round_.ballots[1:]).closed()
    paper = tmp_path / "receipt.json"
    paper.write_bytes(receipt(round_, round_.ballots[0]))
    path = written(closed, tmp_path / "r")
    assert tally("verify", path)[0] == INCOMPLETE
    code, output = tally("verify", path, "--receipt", paper)
    assert (code, "BOX_CONTRADICTS" in output, VERIFIED in output) == (REFUSED, True, False)
    assert "MÁY CHỦ HÒM PHIẾU TỰ MÂU THUẪN" in output


# --- nobody is accused who did nothing ----------------------------------------------------------------------------


def test_a_receipt_that_the_box_did_not_sign_accuses_nobody(round_: Round, honest: Record) -> None:
    stranger = canonical(make_receipt(Ballot.parse(round_.ballots[0]), round_.election, signer(LAN.key)).as_json())
    with pytest.raises(CheckFailed) as failed:
        verify_record(honest, outside=Outside(receipts={"receipt": stranger}))
    assert failed.value.code == "BAD_SIGNATURE"


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"x" * 5000, b'{"round":1}'])
def test_what_is_no_receipt_accuses_nobody(round_: Round, honest: Record, raw: bytes) -> None:
    with pytest.raises(CheckFailed) as failed:
        verify_record(honest, outside=Outside(receipts={"receipt": raw}))
    assert failed.value.code in {"NOT_JSON", "WRONG_SHAPE", "TOO_LARGE"}


def test_a_receipt_with_one_digit_changed_accuses_nobody(round_: Round, honest: Record) -> None:
    value = json.loads(receipt(round_, round_.ballots[0]))
    value["commit"] = ("0" if value["commit"][0] != "0" else "1") + value["commit"][1:]
    with pytest.raises(CheckFailed) as failed:
        verify_record(honest, outside=Outside(receipts={"receipt": canonical(value)}))
    assert failed.value.code == "BAD_SIGNATURE"


@pytest.mark.parametrize("number", ["0", "10", "01", "1a", ""])
def test_a_file_of_no_witness_is_no_part_of_a_record(round_: Round, honest: Record, number: str) -> None:
    members = dict(honest.members())
    with pytest.raises(UnknownFile):
        Record.of({**members, f"witness-{number}.txt": b""})


def test_a_witness_who_does_not_say_who_they_are_is_not_counted(
    round_: Round, honest: Record, refused: Refused
) -> None:
    refused(replace(honest, witnesses={"witness-1.txt": honest[CHECKPOINTS]}), 28, "WRONG_SHAPE")


def test_one_witness_under_two_names_or_one_name_twice_is_refused(
    round_: Round, honest: Record, refused: Refused
) -> None:
    for other in (Watcher("quan-sat-2", LAN.key), Watcher("quan-sat-1")):
        refused(watched(round_, honest, LAN, other), 28, "MISMATCH")


def test_the_box_or_an_issuer_is_no_witness(round_: Round, honest: Record, refused: Refused) -> None:
    for key in (round_.hall.box, round_.hall.statements[0]):
        refused(watched(round_, honest, Watcher("hom", key)), 28, "MISMATCH")


def test_a_witness_file_with_a_byte_changed_is_refused(round_: Round, honest: Record) -> None:
    record = watched(round_, honest, LAN)
    raw = bytearray(record.witnesses["witness-1.txt"])
    raw[-20] ^= 1
    with pytest.raises(CheckFailed) as failed:
        verify_record(replace(record, witnesses={"witness-1.txt": bytes(raw)}))
    assert failed.value.check.number == 28
