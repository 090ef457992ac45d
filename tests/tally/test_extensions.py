"""Commands that other packages add to `tally`: found by name, loaded when asked for, and harmless when broken."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import Round
from tests.commands import DONE, WRONG_USE, Done, run, written

Ask = Callable[..., Done]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Run `tally` beside an installed package whose commands are broken, or named like one of ours."""
    package = tmp_path / "lib" / "la-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: la\nVersion: 1.0\n")
    points = "[tally.commands]\nhong = khong.co:gi\nso = la:SO\nno = la:no\nverify = la:SO\n"
    (package / "entry_points.txt").write_text(points)
    (tmp_path / "lib" / "la.py").write_text("SO = 1\n")
    path = os.pathsep.join([str(tmp_path / "lib"), os.environ.get("PYTHONPATH", "")])
    return lambda *arguments: run("tally", *arguments, PYTHONPATH=path)


def test_the_command_of_a_witness_is_one_of_tally() -> None:
    assert "witness" in run("tally", "--help").output
    assert "--manifest" in run("tally", "witness", "--help").output


def test_broken_commands_break_nothing_else(ask: Ask, round_: Round, tmp_path: Path) -> None:
    helped = ask("--help")
    assert helped.code == DONE
    assert "verify" in helped.output
    for name in ("hong", "so", "no"):
        done = ask(name)
        assert done.code == WRONG_USE
        assert f"Lệnh thêm {name} không nạp được" in done.output
    assert ask("verify", written(round_.closed(), tmp_path / "r"), "--workers", 1).code == 3


def test_no_package_takes_the_place_of_a_command_of_ours(ask: Ask) -> None:
    assert "--manifest" in ask("verify", "--help").output
