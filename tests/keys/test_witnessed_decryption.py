"""`keys trustee decrypt --witnesses K`: a share is used under a last word that others have seen too.

Here live a member who asks for witnesses, and records with as many as there are. Never here: a box over HTTP.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tally.protocol.checkpoint import parse_notes
from tally.protocol.encoding import grouped
from tally.record import CHECKPOINTS, CLOSING, Record
from tests.builders import Round
from tests.commands import DONE, REFUSED, Done, run, written
from tests.keys.member import WORDS, NewFile
from tests.watchers import Watcher

LAN, MAI = Watcher("quan-sat-1"), Watcher("quan-sat-2")


def copy_of(round_: Round, record: Record, watcher: Watcher, *, ended: bool = True) -> bytes:
    notes, (closing,) = parse_notes(record[CHECKPOINTS], CHECKPOINTS), parse_notes(record[CLOSING], CLOSING)
    return watcher.copy(round_.manifest, notes, closing if ended else None).encode()


@pytest.fixture
def closed(round_: Round) -> Record:
    """A closed record with one witness who signed its last word, and one who only saw the checkpoints."""
    record = round_.closed()
    copies = {
        "witness-1.txt": copy_of(round_, record, LAN), "witness-2.txt": copy_of(round_, record, MAI, ended=False)
    }  # fmt: skip
    return replace(record, witnesses=copies)


def decrypt(round_: Round, record: Record, make: NewFile, place: Path, *options: object) -> Done:
    root = grouped(round_.files().chained.root, 16)
    where = ("decrypt", written(record, place / "r"), make(round_).path, "--root", root, "--out", place / "parts")
    return run("keys", "trustee", *where, "--workers", 1, *options, stdin=f"{WORDS}\n")


def test_fewer_witnesses_than_asked_for_leave_the_share_unused(  # threats F10
    round_: Round, closed: Record, new_file: NewFile, tmp_path: Path
) -> None:
    done = decrypt(round_, closed, new_file, tmp_path, "--witnesses", 2)
    assert (done.code, "TOO_FEW_WITNESSES" in done.output) == (REFUSED, True)
    assert not (tmp_path / "parts").exists()


def test_a_copy_that_the_member_was_given_counts_too(
    round_: Round, closed: Record, new_file: NewFile, tmp_path: Path
) -> None:
    kept = tmp_path / "mai.txt"
    kept.write_bytes(copy_of(round_, closed, MAI))
    done = decrypt(round_, closed, new_file, tmp_path, "--witnesses", 2, "--witness", kept)
    assert done.code == DONE, done.output
    for watcher in (LAN, MAI):
        assert f"người chứng kiến {watcher.name}" in done.output
        assert grouped(watcher.public, 16) in done.output
    assert (tmp_path / "parts" / "partial-1.json").is_file()


def test_a_copy_that_contradicts_the_record_leaves_the_share_unused(
    round_: Round, closed: Record, new_file: NewFile, tmp_path: Path
) -> None:
    less = replace(round_, ballots=round_.ballots[1:])
    kept = tmp_path / "mai.txt"
    kept.write_bytes(copy_of(round_, closed, MAI, ended=False))
    done = decrypt(less, less.closed(), new_file, tmp_path, "--witness", kept)
    assert (done.code, "BOX_CONTRADICTS" in done.output) == (REFUSED, True)
    assert not (tmp_path / "parts").exists()
