"""Many at one box while somebody else holds its lock: every voter gets a receipt, none reads of a lock.

Here lives waiting for others. Never here: a disk that fails (test_io_errors.py, test_disk_full.py).

    python -m pytest -m campaign -s tests/survival/test_locks.py       # eight processes, a lock held for 12 seconds
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from ballot.storage import PRAGMAS, sqlite
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, code_of
from tests.ballot.prepared import Prepared
from tests.commands import ROOT
from tests.survival import found

CASTERS, EACH = 8, 2
SLEEPY_DISK = 300  # seconds that a campaign's caster may take


@pytest.fixture
def hall(prepared: Prepared) -> Iterator[Hall]:
    opened = prepared.at("voting")
    yield opened
    found.leave(opened)


@contextmanager
def lock_held(hall: Hall, *, hold: float, pause: float) -> Iterator[subprocess.Popen[bytes]]:
    """Let another process hold the box's write lock, now and again and again."""
    file = hall.house.config.instance / "box.db"
    command = [sys.executable, "-m", "tests.survival.lock_holder", str(file), str(hold), str(pause)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield holder
        finally:
            holder.kill()


def patience(monkeypatch: pytest.MonkeyPatch, milliseconds: int) -> None:
    """Let every connection from now on wait that long; the real ten seconds are waited in the campaign."""
    monkeypatch.setitem(PRAGMAS, "busy_timeout", (milliseconds, milliseconds))


def cast_all(hall: Hall, bodies: list[bytes]) -> list[str]:
    """Cast from eight threads at a time; return what came of each: a code, or nothing where there is a receipt."""

    def one(body: bytes) -> str:
        answer = hall.cast(body)
        assert "lock" not in answer.get_data(as_text=True)
        return "" if answer.status_code == 201 else code_of(answer)

    with ThreadPoolExecutor(CASTERS) as crowd:
        return list(crowd.map(one, bodies))


def test_nobody_at_the_box_is_told_of_a_lock_that_another_process_holds_for_longer_than_one_wait(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threats I4, K7: three seconds' patience, the lock held for longer; the retries see to it."""
    bodies = [hall.body(number) for number in range(CASTERS * EACH)]
    patience(monkeypatch, 3000)
    with lock_held(hall, hold=3.6, pause=60):
        said = cast_all(hall, bodies)
    assert set(said) == {""}
    assert len(ballots(hall)) == len(bodies)


def test_without_the_retries_voters_would_be_turned_away_and_even_then_in_plain_words(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threats I4: that the test before sees what it is there to see; whoever is turned away comes again."""
    bodies = [hall.body(number) for number in range(CASTERS)]
    patience(monkeypatch, 50)
    monkeypatch.setattr(sqlite, "RETRIES", 0)
    with lock_held(hall, hold=4, pause=0.1) as holder:
        said = cast_all(hall, bodies)
        assert "STORAGE_BUSY" in said
        holder.kill()
    monkeypatch.undo()
    hall.house.box.dispose()
    assert cast_all(hall, bodies) == [""] * CASTERS
    assert len(ballots(hall)) == len(bodies)


@pytest.mark.parametrize("act", ["receipt again", "the election"])
def test_what_only_reads_waits_for_no_lock(hall: Hall, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """threats I4, C1"""
    body = hall.body(0)
    first = hall.cast(body)
    patience(monkeypatch, 50)
    hall.house.box.dispose()
    reads: dict[str, Callable[[], int]] = {
        "receipt again": lambda: hall.cast(body).status_code,
        "the election": lambda: hall.booth().get(f"/dot/{hall.uuid}/election.json").status_code,
    }
    with lock_held(hall, hold=30, pause=1):
        assert reads[act]() == {"receipt again": first.status_code, "the election": 200}[act]


# --- the campaign -------------------------------------------------------------------------------------------------


@pytest.mark.campaign
def test_eight_processes_cast_while_a_ninth_holds_the_lock_for_twelve_seconds(
    hall: Hall, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """threats I4, K7: prints the figures of the README."""
    bodies = [hall.body(number) for number in range(CASTERS * 5)]
    found.leave(hall)
    environ = {"BALLOT_INSTANCE": str(hall.house.config.instance), "BALLOT_ROLES": "box"}
    casters = [start_caster(hall, tmp_path, n, bodies[n::CASTERS], environ) for n in range(CASTERS)]
    for caster in casters:
        assert caster.stdout is not None
        assert caster.stdout.readline() == "ready\n"
    with lock_held(hall, hold=12, pause=2):
        for caster in casters:
            assert caster.stdin is not None
            caster.stdin.write("go\n")
            caster.stdin.flush()
        said = [line.split() for caster in casters for line in caster.communicate(timeout=SLEEPY_DISK)[0].splitlines()]
    receipts = [words for words in said if len(words[0]) == 64]
    longest = max(float(seconds) for _, seconds in said)
    with capsys.disabled():
        print(
            f"\nlocks: {CASTERS} processes, {len(said)} ballots, the lock held by another for 12 s at a time:"
            f" {len(receipts)} receipts, {len(said) - len(receipts)} refused, longest wait {longest:.1f} s"
        )
    assert len(receipts) == len(said) == len(bodies)
    assert len(ballots(hall)) == len(bodies)


def start_caster(
    hall: Hall, folder: Path, number: int, bodies: list[bytes], environ: dict[str, str]
) -> subprocess.Popen[str]:
    file = folder / f"{number}.txt"
    file.write_text("\n".join(body.hex() for body in bodies))
    command = [sys.executable, "-m", "tests.survival.caster", str(file), hall.uuid]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stdin=pipe, stdout=pipe, text=True)
