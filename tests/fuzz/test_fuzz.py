"""Every reader of foreign bytes takes what is honest and refuses, by a code, whatever else comes (threats G10, C18).

Here lives the sample that runs with all tests: the same bent inputs every time, a few for each reader, and a few
seconds of atheris over all of them. Never here: the campaign, which is `python -m tests.fuzz`.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fuzz import seeds
from tests.fuzz.mutations import bent, drawn
from tests.fuzz.targets import PLANTED, TARGETS, Target

SAMPLE, PATIENCE = 150, 5.0
QUICK = [name for name, target in TARGETS.items() if not target.slow]
SEEDS: dict[str, list[bytes]] = {}


def honest(target: Target) -> list[bytes]:
    """Return a reader's inputs, made once."""
    if target.name not in SEEDS:
        SEEDS[target.name] = target.seeds()
    return SEEDS[target.name]


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_takes_every_honest_input(name: str) -> None:
    target = TARGETS[name]
    once_broken = len(seeds.broken(name))
    assert all(target.try_one(raw) for raw in honest(target)[once_broken:])


@pytest.mark.parametrize("name", TARGETS)
def test_what_once_broke_a_reader_does_not_any_more(name: str) -> None:
    for raw in seeds.broken(name):
        TARGETS[name].try_one(raw)


# threats C18
@pytest.mark.parametrize("name", QUICK)
def test_bent_inputs_are_refused_or_read_soon_and_nothing_else_happens(name: str) -> None:
    target, draw, slowest = TARGETS[name], drawn(name), 0.0
    for _ in range(SAMPLE):
        good = honest(target)
        raw = bent(good[draw(len(good))], draw, good)
        started = time.process_time()
        try:
            target.try_one(raw)
        except Exception as error:
            error.add_note(f"{name}: {hashlib.sha256(raw).hexdigest()} {raw[:300]!r}")
            raise
        slowest = max(slowest, time.process_time() - started)
    assert slowest < PATIENCE


def search(keep: Path, reader: str, *more: str) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("atheris", reason="no atheris: `pip install -e '.[test]'` on Linux, x86-64")
    command = [sys.executable, "-m", "tests.fuzz", reader, "--seed", "1", "--keep", str(keep), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


# threats G10
def test_a_guided_search_over_all_readers_finds_no_fault(tmp_path: Path) -> None:
    done = search(tmp_path, "together", "--seconds", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 faults" in done.stdout


def test_the_guided_search_finds_a_reader_that_breaks_and_keeps_the_input(tmp_path: Path) -> None:
    done = search(tmp_path, "planted", "--seconds", "60")
    assert (done.returncode, "A FAULT" in done.stdout) == (1, True)
    assert "Traceback" in done.stdout
    (kept,) = tmp_path.glob("planted-*")
    with pytest.raises((KeyError, IndexError, RecursionError)):
        PLANTED.try_one(kept.read_bytes())
