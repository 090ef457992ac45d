"""The tally as a process of its own: its exit code is judged and its words are kept, whoever starts it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ballot.result import tally_process
from ballot.result.tally_process import TallyRefused, run_tally


@pytest.fixture(params=["as in tests", "as it is"])
def starter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the process be forked, as everywhere in these tests, and started, as where the application runs."""
    if request.param == "as it is":
        monkeypatch.setattr(tally_process, "subprocess", subprocess)
    yield


@pytest.mark.usefixtures("starter")
def test_a_tally_that_refuses_is_an_error_with_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(b"{}")
    with pytest.raises(TallyRefused) as refused:
        run_tally("report", tmp_path, "--manifest", "0" * 64)
    assert refused.value.code == "TALLY_REFUSED"
    assert "còn thiếu committee.json. · CHƯA ĐẦY ĐỦ" in str(refused.value)
    assert "\N{REPLACEMENT CHARACTER}" not in str(refused.value)


@pytest.mark.usefixtures("starter")
def test_one_that_ends_well_gives_what_it_printed() -> None:
    assert "QD96_2023" in run_tally("rules")
