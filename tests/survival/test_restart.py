"""Registry and box ended like by a power cut in every phase and started again: everything stands as it stood.

Here is also measured how long a machine is away: its process from nothing, as a supervisor starts it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ballot.acts import find_round
from ballot.demo.client import Answered, Browser
from ballot.result import counting
from ballot.storage import reading
from ballot.written_record import written_root
from tally.protocol.receipt import Receipt
from tests.ballot.look import rows
from tests.commands import ROOT
from tests.nursery import Nursery
from tests.survival.patient import Patient
from tests.survival.stages import CAST, Stages, shut
from tests.survival.town import Town

FIRST = "to-chuc-1"
TOKEN = re.compile(rb'name="csrf_token" value="[^"]+"')
STAGES = {
    "draft": "seal", "issuing": "freeze", "frozen": "admit", "ready": "open_voting", "voting": "close",
    "closed": "hand_in", "handed in": "count", "tallied": "tallied",
}  # fmt: skip
"""What a round has come to, and the stage whose folder stands there."""
SOON = 60  # seconds until a machine serves again (threats I8)


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    return Stages(tmp_path_factory.mktemp("restart"))


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery")) as nursery:
        yield nursery


@pytest.fixture
def town_at(stages: Stages, nursery: Nursery, tmp_path: Path) -> Iterator[Callable[[str], Town]]:
    towns: list[Town] = []

    def start(standing: str) -> Town:
        towns.append(Town(nursery, tmp_path))
        stage = STAGES[standing]
        folder = tallied(stages) if stage == "tallied" else stages.before(stage)
        return towns[-1].take_over(folder, stages.uuid).start("registry", "box")

    yield start
    for town in towns:
        town.stop()


def tallied(stages: Stages) -> Path:
    hall = stages.open(stages.copy("count"))
    counting.tally(hall.house, hall.uuid, hall.actor(FIRST))
    return shut(hall)


def seen(town: Town, browser: Patient) -> dict[str, Any]:
    """Return what people see of a round, and everything that lies in both databases and in the record."""
    hall, path = town.hall, f"/dot/{town.hall.uuid}"
    with reading(hall.house.registry) as session:
        row = find_round(session, hall.uuid)
        phase = (row.phase, row.frozen)
    record = hall.house.folder(hall.uuid)
    return {
        "phase": phase,
        "page": TOKEN.sub(b"", browser.get(f"{path}/")),
        "board": public(town, f"{path}/"),
        "head": public(town, f"{path}/moc.txt", Browser),  # empty before the first batch
        "registry": rows(hall.house.registry),
        "box": rows(hall.house.box),
        "root": written_root(hall.house, hall.uuid),
        "files": {file.name: file.read_bytes() for file in record.rglob("*") if file.is_file()},
        "keys": sorted(file.name for file in hall.house.keyring.folder.rglob("*.key")),
    }


def public(town: Town, path: str, browser: type[Browser] = Patient) -> bytes:
    """Return a page of the box, or what the box says instead before there is one."""
    try:
        return browser(town.origin("box")).get(path)
    except Answered as answer:
        return answer.server_code.encode()


@pytest.mark.parametrize("standing", STAGES)
def test_after_a_restart_in_any_phase_everything_stands_as_it_stood(
    town_at: Callable[[str], Town], standing: str
) -> None:
    """threats E6, I8"""
    town = town_at(standing)
    browser = Patient(town.origin("registry")).log_in(FIRST)
    before = seen(town, browser)
    for part in ("registry", "box"):
        town.servers[part].restart()
    after = seen(town, browser)  # the same session: nobody has to log in again
    assert {name for name in before if before[name] != after[name]} == set()


def test_after_a_restart_a_slip_still_votes_and_a_receipt_is_given_again(
    town_at: Callable[[str], Town], stages: Stages
) -> None:
    """threats E6, I2"""
    town, path = town_at("voting"), f"/dot/{stages.uuid}/phieu"
    box, kind = Patient(town.origin("box")), "application/json"
    first = Receipt.parse(json.loads(box.post(path, stages.bodies[0], kind)))
    town.servers["box"].restart()
    again = Receipt.parse(json.loads(box.post(path, stages.bodies[0], kind)))
    new = Receipt.parse(json.loads(box.post(path, stages.bodies[CAST], kind)))
    for receipt in (first, again, new):
        receipt.check(town.hall.manifest)
    assert (first.tracker, first.commit) == (again.tracker, again.commit)


def test_a_box_that_is_started_from_nothing_takes_ballots_within_a_minute(
    town_at: Callable[[str], Town], stages: Stages
) -> None:
    """threats I8: as a supervisor starts it, `python -m waitress … wsgi:app`."""
    town = town_at("voting")
    box = town.servers["box"]
    box.kill()
    command = [sys.executable, "-m", "waitress", f"--listen={town.host('box')}:{town.port}", "wsgi:app"]
    begun = time.monotonic()
    with (town.folder / "cold.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | box.environ, stdout=log, stderr=log)
    try:
        said = Patient(town.origin("box")).post(f"/dot/{stages.uuid}/phieu", stages.bodies[CAST], "application/json")
    finally:
        process.kill()
        process.wait()
    away = time.monotonic() - begun
    Receipt.parse(json.loads(said)).check(town.hall.manifest)
    print(f"\nthe box from nothing to the next receipt: {away:.1f} s")
    assert away < SOON
