"""A folder in which an act works belongs to that act alone and does not outlive it, however it ends.

Here live the folders that are lent. Never here: what a count leaves (test_counting.py).
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ballot.app import create_app
from ballot.own_place import PREFIX, clear, own_place
from tests.ballot.hall import Hall
from tests.ballot.prepared import Prepared

WORKS = """
import sys, time
from pathlib import Path
from ballot.own_place import own_place
with own_place(Path(sys.argv[1])) as place:
    (place / "ket-qua.json").write_text("{}")
    print(place.name, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def hall(prepared: Prepared) -> Iterator[Hall]:
    hall = prepared.at("voting")
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def worker(folder: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process that works in a folder of its own until it is killed."""
    child = subprocess.Popen([sys.executable, "-c", WORKS, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    return child, folder / child.stdout.readline().strip()


def kill(child: subprocess.Popen[str]) -> None:
    child.kill()
    assert child.wait() == -signal.SIGKILL
    assert child.stdout is not None
    child.stdout.close()


def test_what_a_killed_act_left_goes_with_the_next_and_what_a_living_one_has_stays(tmp_path: Path) -> None:
    """threats E5, I2"""
    (killed, left), (living, kept) = worker(tmp_path), worker(tmp_path)
    try:
        kill(killed)
        assert (left / "ket-qua.json").is_file()
        with own_place(tmp_path) as place:
            assert sorted(tmp_path.iterdir()) == sorted((kept, place))
        assert (kept / "ket-qua.json").is_file()
    finally:
        kill(living)
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_starts_takes_away_what_a_killed_count_left(hall: Hall) -> None:
    """threats E5: a restricted result does not lie about."""
    folder = hall.house.folder(hall.uuid)
    folder.mkdir(exist_ok=True)
    before = sorted(folder.iterdir())
    child, left = worker(folder)
    kill(child)
    assert sorted(folder.iterdir()) == sorted((*before, left))
    create_app(hall.house.config)
    assert sorted(folder.iterdir()) == before


def test_those_who_come_at_once_get_folders_of_their_own(tmp_path: Path) -> None:
    def works(number: int) -> str:
        with own_place(tmp_path) as place:
            (place / "mine").write_text(str(number))
            clear(tmp_path)
            assert (place / "mine").read_text() == str(number)
            return place.name

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(works, range(200)))
    assert len(set(names)) == 200
    assert all(name.startswith(PREFIX) for name in names)
    assert list(tmp_path.iterdir()) == []
