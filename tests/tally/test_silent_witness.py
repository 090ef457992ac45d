"""A copy in which the box says nothing is nobody's testimony: refused from outside, passed over beside a record.

Here live empty files and introductions alone. Never here: a copy that holds a note of the box (test_witness_check.py).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tally.checks.evidence import Outside
from tally.record import CHECKPOINTS, Record
from tally.verify import CheckFailed, verify_closed, verify_record
from tests.builders import Round
from tests.commands import DONE, REFUSED, VERIFIED, tally, written
from tests.tally.watching import LAN, MAI, copy_of, notes_of, watched
from tests.watchers import signer

UNWATCHED = "không có người chứng kiến"


@pytest.fixture(scope="module")
def honest(round_: Round) -> Record:
    """The record of the honest round, written once."""
    return round_.record()


@pytest.fixture(params=["empty", "introduction"])
def silent(request: pytest.FixtureRequest, round_: Round) -> bytes:
    """What a full disk leaves of a copy, and what anybody can make without having looked at the box."""
    return b"" if request.param == "empty" else LAN.begin(round_.manifest).encode()


def test_a_copy_without_a_note_of_the_box_is_refused_as_a_witness(honest: Record, silent: bytes) -> None:
    """threats F10"""
    with pytest.raises(CheckFailed) as failed:
        verify_record(honest, outside=Outside({"witness-quan-sat-1.txt": silent}))
    assert (failed.value.check.number, failed.value.code) == (28, "WITNESS_SILENT")
    assert "witness-quan-sat-1.txt" in str(failed.value.error)


def test_a_good_copy_makes_no_witness_of_the_silent_one_beside_it(round_: Round, honest: Record, silent: bytes) -> None:
    with pytest.raises(CheckFailed) as failed:
        verify_closed(honest, outside=Outside({"a": copy_of(round_, honest, MAI), "b": silent}))
    assert failed.value.code == "WITNESS_SILENT"


def test_the_command_refuses_an_empty_copy_and_says_what_to_do(
    round_: Round, honest: Record, silent: bytes, tmp_path: Path
) -> None:
    kept = tmp_path / "witness-quan-sat-1.txt"
    kept.write_bytes(silent)
    path = written(honest, tmp_path / "r")
    code, output = tally("verify", path, "--manifest", round_.manifest.hash, "--witness", kept)
    assert (code, "  28  ✗  " in output, "WITNESS_SILENT" in output, VERIFIED in output) == (REFUSED, True, True, False)
    assert "không nói gì về hồ sơ" in output


def test_an_introduction_beside_a_record_fails_nothing_and_nobody_watched(
    round_: Round, honest: Record, tmp_path: Path
) -> None:
    record = replace(honest, witnesses={"witness-1.txt": LAN.begin(round_.manifest).encode()})
    code, output = tally("verify", written(record, tmp_path / "r"), "--manifest", round_.manifest.hash)
    assert (code, VERIFIED in output, UNWATCHED in output) == (DONE, True, True)
    assert "  28  –  " in output
    assert "quan-sat-1 chỉ để lại tên và khóa" in output
    assert "các mốc đến" not in output


def test_an_introduction_beside_a_witness_who_watched_takes_nothing_from_that_one(
    round_: Round, honest: Record, tmp_path: Path
) -> None:
    record = watched(round_, honest, LAN)
    record = replace(record, witnesses={**record.witnesses, "witness-2.txt": MAI.begin(round_.manifest).encode()})
    testimony = verify_record(record).evidence.testimony
    assert [copy.witness for copy in testimony.watched] == ["quan-sat-1"]
    assert [copy.witness for copy in testimony.silent] == ["quan-sat-2"]
    _code, output = tally("verify", written(record, tmp_path / "r"), "--manifest", round_.manifest.hash)
    assert "  28  ✓  " in output
    assert UNWATCHED not in output


@pytest.mark.parametrize("named", [True, False])
def test_the_last_word_alone_is_a_word_of_the_box(round_: Round, honest: Record, named: bool) -> None:
    """Where fewer than twenty vote there is nothing else before the close."""
    closing = notes_of(honest)[1]
    raw = LAN.begin(round_.manifest).with_notes([closing], round_.manifest, signer(LAN.key)).encode()
    kept = raw if named else closing.encode()
    (copy,) = verify_record(honest, outside=Outside({"kept": kept})).evidence.testimony.watched
    assert (copy.witness, copy.size, copy.closing is not None) == ("quan-sat-1" if named else "", 0, True)


def test_the_checkpoints_alone_are_words_of_the_box(honest: Record) -> None:
    (copy,) = verify_record(honest, outside=Outside({"kept": honest[CHECKPOINTS]})).evidence.testimony.watched
    assert (copy.closing, copy.size) == (None, 6)
