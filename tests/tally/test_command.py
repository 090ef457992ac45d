"""The border between errors and the terminal, which all commands end at. Never here: a command of ours."""

from __future__ import annotations

import errno
import os

import click
import pytest

from tally import command
from tests.commands import REFUSED


def ended(group: click.Group, capsys: pytest.CaptureFixture[str], *words: str, language: str = "vi") -> tuple[int, str]:
    """Run a group of commands as a program would; return its exit code and all that it printed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PTN_LANG", language)
        patch.setattr("sys.argv", ["ballot", *words])
        with pytest.raises(SystemExit) as caught:
            command.run(group)
    said = capsys.readouterr()
    return int(caught.value.code or 0), said.out + said.err


def failing(error: OSError) -> click.Group:
    group = click.Group("group")

    @group.command("fail")
    def fail() -> None:
        raise error

    return group


def test_what_the_system_refuses_is_said_with_the_file_if_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    at_a_file = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "phieu.csv")
    code, said = ended(failing(at_a_file), capsys, "fail")
    assert (code, "FILE_ERROR: Không đọc hoặc ghi được phieu.csv" in said) == (REFUSED, True)
    code, said = ended(failing(OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))), capsys, "fail")
    assert (code, "FILE_ERROR: Hệ điều hành từ chối: Network is unreachable" in said) == (REFUSED, True)
    assert "None" not in said
