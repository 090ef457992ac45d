"""The commands that tests run are those that a person starts: forked or started, they say the same and end alike."""

from __future__ import annotations

import os

import pytest

from tests.commands import run, start


@pytest.mark.parametrize(
    "arguments",
    [
        ("ballot", "--help"), ("ballot", "account", "add"), ("keys", "--help"), ("keys", "roles"),
        ("tally", "--help"), ("tally", "verify", "nowhere.bel"), ("tally", "rules"),
    ],
)  # fmt: skip
def test_a_forked_command_says_what_a_started_one_says(arguments: tuple[str, ...]) -> None:
    assert run(*arguments) == start(list(arguments), os.environ | {"PTN_LANG": "vi"})


def test_a_traceback_fails_whatever_is_tested() -> None:
    with pytest.raises(AssertionError, match="Traceback"):
        run("tests.no_such_module")
