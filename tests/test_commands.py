"""The commands that tests run are those that a person starts: forked or started, they say the same and end alike."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.commands import Done, run
from tests.nursery import ROOT


def started(*arguments: str) -> Done:
    """Start a Python that has imported nothing."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, encoding="utf-8",
        cwd=ROOT, env=os.environ | {"PTN_LANG": "vi", "PYTHONUTF8": "1"}, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout + done.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        ("ballot", "--help"), ("ballot", "account", "add"), ("keys", "--help"), ("keys", "roles"),
        ("tally", "--help"), ("tally", "verify", "nowhere.bel"), ("tally", "rules"),
    ],
)  # fmt: skip
def test_a_forked_command_says_what_a_started_one_says(arguments: tuple[str, ...]) -> None:
    assert run(*arguments) == started(*arguments)


def test_a_traceback_fails_whatever_is_tested() -> None:
    with pytest.raises(AssertionError, match="Traceback"):
        run("tests.no_such_module")
