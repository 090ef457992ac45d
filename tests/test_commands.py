"""The commands that tests run are those that a person starts: forked or started, they say the same and end alike."""

from __future__ import annotations

import os

import pytest

from tests.commands import fork, run, start


@pytest.mark.parametrize(
    "arguments",
    [
        ("ballot", "--help"), ("ballot", "account", "add"), ("keys", "--help"), ("keys", "roles"),
        ("tally", "--help"), ("tally", "verify", "nowhere.bel"), ("tally", "rules"),
    ],
)  # fmt: skip
def test_a_forked_command_says_what_a_started_one_says(arguments: tuple[str, ...]) -> None:
    asked = list(arguments), os.environ | {"PTN_LANG": "vi"}
    forked, started = fork(*asked), start(*asked)
    assert (forked.returncode, forked.stdout, forked.stderr) == (started.returncode, started.stdout, started.stderr)


def test_a_traceback_fails_whatever_is_tested() -> None:
    with pytest.raises(AssertionError, match="Traceback"):
        run("tests.no_such_module")
