"""`tally log` and `tally verify --log`: what a person reads, exit codes, and a verdict only after both have passed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import Round
from tests.commands import CONSISTENT, DONE, REFUSED, VERIFIED, WRONG_USE, run, tally
from tests.tally.acts_logs import SECOND, WHOLE, whole

HOLDS = "chuỗi mã băm liền mạch"


@pytest.fixture(scope="module")
def folder(round_: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hồ sơ")
    round_.record().write(path)
    return path


@pytest.fixture(scope="module")
def good(round_: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nhật ký") / "nhat-ky.jsonl"
    path.write_bytes(whole(round_.manifest.uuid).encode())
    return path


def test_a_log_alone_is_checked_and_says_that_no_signature_was(good: Path) -> None:
    code, output = tally("log", good)
    assert code == DONE
    assert f"11 mục, {HOLDS}" in output
    assert "Chưa đối chiếu chữ ký nào" in output


def test_a_log_and_a_manifest_tell_who_opened_and_closed(good: Path, folder: Path) -> None:
    code, output = tally("log", good, "--manifest", folder / "manifest.json")
    assert code == DONE
    for words in (
        HOLDS,
        "Mở hòm phiếu · to-chuc-2 (đề nghị: to-chuc-1)",
        "Chốt hòm phiếu · to-chuc-2",
        "Kiểm phiếu xong",
    ):
        assert words in output
    assert "5 chữ ký đầu nhật ký đúng khóa" in output
    assert "không chứng minh điều ghi trong mục là đúng" in output


def test_a_record_is_verified_together_with_its_log(good: Path, folder: Path, round_: Round) -> None:
    code, output = tally("verify", folder, "--manifest", round_.manifest.hash, "--log", good)
    assert code == DONE
    assert output.index(HOLDS) < output.index(VERIFIED)
    assert [int(number) for number in re.findall(r"^ +(\d+)  [✓–]  ", output, re.M)] == [
        *range(1, 24),
        28,
        *range(24, 28),
    ]


def damaged(round_: Round) -> dict[str, tuple[bytes, str]]:
    uuid = round_.manifest.uuid
    log = whole(uuid)
    forged = (*log.entries[:5], replace(log.entries[5], actor=SECOND), *log.entries[6:])
    return {
        "an entry was changed": (replace(log, entries=forged).encode(), "AUDIT_BROKEN"),
        "the end was cut off": (replace(log, entries=log.entries[:-1]).encode(), "LOG_CUT"),
        "another round's head": (
            replace(log, heads=tuple(replace(h, round="B7kQ2mXv9TzRw4") for h in log.heads)).encode(), "LOG_UNSIGNED",
        ),
        "another signature": (
            replace(log, heads=(replace(log.heads[0], signature="00" * 64), *log.heads[1:])).encode(), "BAD_SIGNATURE",
        ),
        "a round that was not closed": (whole(uuid, WHOLE[:5]).encode(), "LOG_LIFE"),
        "a log without the round": (whole("B7kQ2mXv9TzRw4").encode(), "LOG_LIFE"),
        "rubbish": (b"\x00\xff" * 9, "WRONG_SHAPE"),
        "nothing": (b"", "WRONG_SHAPE"),
    }  # fmt: skip


def test_a_log_that_does_not_hold_takes_the_verdict_away(folder: Path, round_: Round, tmp_path: Path) -> None:
    for name, (raw, refused) in damaged(round_).items():
        path = tmp_path / "nhat-ky.jsonl"
        path.write_bytes(raw)
        code, output = tally("log", path, "--manifest", folder / "manifest.json")
        closed_only = name == "a round that was not closed"
        assert (code, refused in output) == ((DONE, False) if closed_only else (REFUSED, True)), (name, output)
        if name in ("an entry was changed", "a round that was not closed"):
            code, output = tally("verify", folder, "--log", path)
            assert (code, refused in output) == (REFUSED, True), (name, output)
            assert VERIFIED not in output
            assert CONSISTENT not in output


def test_names_in_a_log_do_not_steer_the_terminal(round_: Round, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "nhat-ky.jsonl"
    log = whole(round_.manifest.uuid)
    path.write_bytes(replace(log, name="Đơn vị", entries=log.entries).encode().replace("Đơn vị".encode(), b"A [red]B"))
    assert "A [red]B" in tally("log", path)[1]


def test_a_file_that_is_not_there_is_wrong_use(folder: Path, tmp_path: Path) -> None:
    assert tally("log", tmp_path / "không có")[0] == WRONG_USE
    assert tally("verify", folder, "--log", tmp_path / "không có")[0] == WRONG_USE


def test_the_command_speaks_english(good: Path, folder: Path) -> None:
    done = run("tally", "log", good, "--manifest", folder / "manifest.json", PTN_LANG="en")
    assert done.code == DONE
    assert "ế" not in done.output.replace("Đơn vị thử", "").replace("Lấy phiếu tín nhiệm", "")
