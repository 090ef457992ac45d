"""`python -m tally` over files of any kind: one sentence and an exit code, never a traceback or a moved cursor."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from tally.protocol.election import Election
from tally.protocol.encoding import canonical
from tests.builders import VOTES, Round, new_round
from tests.commands import DONE, INCOMPLETE, REFUSED, VERIFIED, WRONG_USE, run, tally, written
from tests.voter import vote


def test_a_path_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    for command in ("verify", "archive", "close", "report"):
        assert tally(command, tmp_path / "không có")[0] == WRONG_USE, command


def test_an_empty_folder_is_incomplete(tmp_path: Path) -> None:
    assert tally("verify", tmp_path)[0] == INCOMPLETE


def test_a_text_file_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "ghi chú.txt"
    path.write_text("không phải hồ sơ", "utf-8")
    code, output = tally("verify", path)
    assert code == REFUSED
    assert "UNREADABLE_RECORD" in output


# threats G10
@pytest.mark.parametrize("name", [b"t\xean.json", b"\x1b[2J.json", b"dong\nmoi.json"])
def test_a_file_of_any_name_is_refused_in_one_sentence(round_: Round, tmp_path: Path, name: bytes) -> None:
    written(round_.record(), tmp_path)
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_bytes(b"x")
    code, output = tally("verify", tmp_path)
    assert code == REFUSED
    assert "UNKNOWN_FILE" in output
    assert output.splitlines()[0].startswith("UNKNOWN_FILE")
    assert len(output.splitlines()) == 1
    assert "\x1b" not in output


@pytest.mark.parametrize("size", [0, 1, 511, 512, 5000])
def test_bytes_of_chance_are_no_archive(tmp_path: Path, size: int) -> None:
    path = tmp_path / "zzzzzzzzzzzzzz.bel"
    path.write_bytes(secrets.token_bytes(size))
    assert tally("archive", path)[0] == REFUSED
    assert tally("close", path)[0] == REFUSED


def test_a_folder_named_like_an_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zzzzzzzzzzzzzz.bel").mkdir()
    assert tally("verify", tmp_path)[0] == REFUSED
    assert tally("archive", tmp_path / "zzzzzzzzzzzzzz.bel")[0] == WRONG_USE


def test_a_hostile_archive_cannot_write_over_the_screen(tmp_path: Path) -> None:
    """The election of anybody's archive may hold any text: also one that clears the screen and claims a verdict."""
    path = tmp_path / "zzzzzzzzzzzzzz.bel"
    claim = f"\x1b[2J\n{VERIFIED}\u2028\u202e"
    path.write_bytes(foreign_archive(claim))
    code, output = tally("archive", path)
    assert code == DONE
    assert not set(output) & {"\x1b", "\u2028", "\u202e"}
    assert not any(line.startswith(VERIFIED) for line in output.splitlines())


def foreign_archive(question: str) -> bytes:
    """Return the archive of an election that no manifest of ours describes."""
    foreign = new_round(VOTES[:1])
    title = foreign.manifest.questions()[0].question
    raw = foreign.election.raw.replace(canonical(title)[1:-1], canonical(question)[1:-1])
    election = Election.parse(raw)
    ballot = vote(election, VOTES[0], foreign.slips[0])
    foreign = replace(foreign, ballots=(ballot,))
    vars(foreign)["election"] = election
    return foreign.files().archive


def test_no_command_and_an_unknown_one_are_wrong_use() -> None:
    assert run("tally").code == WRONG_USE
    assert run("tally", "khai-man").code == WRONG_USE
    assert run("tally", "--help").code == DONE
