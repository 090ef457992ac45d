"""A site's process killed at the worst moments, and a line that loses: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ballot.site import forwarding
from ballot.site.errors import BoxAway
from ballot.site.line import Exchange, Line, Wire
from tally.protocol.receipt import Receipt
from tally.protocol.site import SiteReceipt
from tests.ballot.hall import Hall
from tests.ballot.look import ballots
from tests.ballot.site_hall import BoxServer, Site, SiteProcess
from tests.commands import ROOT

Open = Callable[[str], Hall]
Scene = tuple[Hall, BoxServer, Site]
KILLED = -9


@pytest.fixture
def scene(at: Open, tmp_path: Path) -> Iterator[Scene]:
    hall = at("voting")
    box, site = BoxServer(hall.box).start(), Site(tmp_path / "site")
    site.fetch(hall, box)
    yield hall, box, site
    box.stop()
    site.close()


@pytest.fixture
def processes() -> Iterator[list[SiteProcess]]:
    started: list[SiteProcess] = []
    yield started
    for process in started:
        process.kill()


def forward(site: Site, hall: Hall, dies_at: str) -> int:
    """Hand on once in a process that dies at a place; return its exit code."""
    command = [sys.executable, "-m", "tests.ballot.dying_site", "site", "forward", hall.uuid]
    environ = os.environ | site.environ | {"DIES_AT": dies_at}
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=False, timeout=120).returncode


def test_killed_between_store_and_answer_the_ballot_is_held_and_the_retry_gets_its_receipt(
    scene: Scene, processes: list[SiteProcess]
) -> None:
    """threats I1, I2, I9"""
    hall, box, site = scene
    box.stop()
    process = SiteProcess(site, "tests.ballot.dying_site:app")
    processes.append(process)
    body = hall.body(0)
    assert process.start(DIES_AT="stored").cast(hall.uuid, body) == (0, b"")
    assert process.process is not None
    assert process.process.wait(20) == KILLED
    assert site.states(hall) == {"held": 1}
    status, answer = process.start(DIES_AT="").cast(hall.uuid, body)
    assert status == 202
    SiteReceipt.parse(json.loads(answer)["held"]).check(site.house.signer(hall.uuid).public_hex)
    assert process.cast(hall.uuid, hall.body(0, (2, 2, 2)))[0] == 409
    assert site.states(hall) == {"held": 1}


def test_killed_between_the_boxs_commit_and_the_note_the_ballot_is_sent_again_and_counts_once(scene: Scene) -> None:
    """threats I2"""
    hall, box, site = scene
    box.stop()
    bodies = [hall.body(number) for number in range(4)]
    for body in bodies:
        assert site.cast(hall, body).status_code == 202
    box.start()
    for in_box in (1, 2):  # which ballot is first is drawn anew each time
        assert forward(site, hall, "answered") == KILLED
        assert site.states(hall) == {"held": 4}
        assert 1 <= len(ballots(hall)) <= in_box
    before = len(ballots(hall))
    assert forward(site, hall, "noted") == KILLED
    assert site.states(hall) == {"final": 1, "held": 3}
    assert len(ballots(hall)) in (before, before + 1)
    assert forward(site, hall, "") == 0
    assert site.states(hall) == {"final": 4}
    assert sorted(ballots(hall)) == sorted(body.rstrip() for body in bodies)


def lossy(wire: Exchange, percent: int) -> Exchange:
    """Lose that share of the requests, and of the answers that got through."""

    def exchange(method: str, path: str, body: bytes | None, limit: int) -> tuple[int, bytes]:
        if secrets.randbelow(100) < percent:
            raise BoxAway("box")
        answer = wire(method, path, body, limit)
        if secrets.randbelow(100) < percent:
            raise BoxAway("box")
        return answer

    return exchange


def test_a_line_that_loses_a_third_each_way_loses_and_doubles_nothing(scene: Scene) -> None:
    """threats I11"""
    hall, box, site = scene
    bodies = [hall.body(number) for number in range(15)]
    for body in bodies:
        assert site.cast(hall, body).status_code == 202
    wire = Wire(box.origin, None)
    line = Line(lossy(wire, 30))
    turns = 0
    while site.states(hall) != {"final": 15}:
        forwarding.turn(site.house, hall.uuid, line)
        turns += 1
        assert turns < 2000
        if turns % 10 == 0:
            site.restart()
            box.stop()
            box.start()
    wire.close()
    assert turns > 1
    assert sorted(ballots(hall)) == sorted(body.rstrip() for body in bodies)
    for row in site.held(hall):
        kept = site.cast(hall, row.raw).get_json()
        Receipt.parse(kept).check(hall.manifest)


def test_a_running_site_hands_on_by_itself_when_the_line_is_back(scene: Scene, processes: list[SiteProcess]) -> None:
    """threats I9, I8: the process is killed once on the way; a minute later everything is in the box."""
    hall, box, site = scene
    box.stop()
    process = SiteProcess(site, forward="on")
    processes.append(process.start())
    bodies = [hall.body(number) for number in range(6)]
    for body in bodies[:4]:
        assert process.cast(hall.uuid, body)[0] == 202
    process.kill()
    process.start()
    for body in bodies[4:]:
        assert process.cast(hall.uuid, body)[0] == 202
    box.start()
    process.wait_for(lambda: site.states(hall) == {"final": 6})
    assert sorted(ballots(hall)) == sorted(body.rstrip() for body in bodies)
    log = process.log_file.read_text()
    trackers = [json.loads(process.cast(hall.uuid, body)[1])["tracker"] for body in bodies]
    assert [tracker for tracker in trackers if tracker in log] == []
    assert "127.0.0." not in log.replace(f"http://{'127.0.0.5'}", "")
    assert "Traceback" not in log


def test_two_that_hand_on_at_once_double_nothing(scene: Scene) -> None:
    hall, box, site = scene
    box.stop()
    for number in range(5):
        site.cast(hall, hall.body(number))
    box.start()
    other = Site(site.folder)
    from tests.ballot.rushing import at_once

    at_once(lambda: site.turn(hall, box), lambda: other.turn(hall, box))
    assert site.states(hall) == {"final": 5}
    assert len(ballots(hall)) == 5
    other.close()
