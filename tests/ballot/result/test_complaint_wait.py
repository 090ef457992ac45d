"""The wait for complaints: nothing is decrypted before it is over, no clock shortens it, two persons may end it.

Here lives what a round does between close and count. Never here: how a tracker is looked up (test_disputes.py).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ballot import uptime
from ballot.acts import find_round
from ballot.models.registry.acts import AuditEntry
from ballot.result import closing, complaint_wait, counting
from ballot.result.complaint_wait import ComplaintsOpen, ComplaintsOver, Waiting
from ballot.storage import reading, writing
from ballot.uptime import Uptime
from tally.protocol.errors import BadText, WrongShape
from tally.protocol.incident import ComplaintWindow
from tally.protocol.phase import WrongPhase
from tests.ballot.after_hall import again, dispose, path, post
from tests.ballot.asking import hand_in_parts
from tests.ballot.hall import Hall
from tests.ballot.look import refused
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import FIRST, SECOND, cast, column, screen
from tests.postgres import databases

Open = Callable[[str], Hall]
BALLOTS = 6
RUN = Uptime("first run", 5_000)
REASON = "Mọi người đã tra cứu xong"


class Machine:
    """The machine that the server runs on, as `ballot.uptime` sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin in the first run."""
        self.at = RUN
        monkeypatch.setattr(uptime, "now", lambda: self.at)

    def run(self, seconds: int) -> None:
        self.at = replace(self.at, seconds=self.at.seconds + seconds)

    def restart(self) -> None:
        self.at = Uptime(f"{self.at.run}, and another", 7)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


@pytest.fixture(scope="module")
def closed_once(prepared: Prepared) -> Iterator[Hall]:
    """A round that was closed by a machine in its first run and waits ten minutes."""
    hall = prepared.at("voting")
    cast(hall, range(BALLOTS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uptime, "now", lambda: RUN)
        complaint_wait.set_minutes(hall.house, hall.uuid, 10, hall.actor(FIRST))
        hall.by_two(closing.close)
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


@pytest.fixture
def closed(prepared: Prepared, closed_once: Hall) -> Iterator[Hall]:
    copy = again(prepared, closed_once)
    yield copy
    dispose(copy)


def waiting(hall: Hall) -> Waiting:
    return complaint_wait.waiting(hall.house, hall.uuid)


def hand_in(hall: Hall) -> None:
    hand_in_parts(hall, hall.person(FIRST))


def still_closed(hall: Hall) -> bool:
    """Say whether part, count and page are all refused."""
    browser = hall.person(FIRST)
    part = browser.form(path(hall, "giai-ma"), {"parts": []}, page=path(hall, ""))
    assert part.status_code == 302  # no part: nothing to refuse
    with pytest.raises(ComplaintsOpen) as refusal:
        counting.keep_part(hall.house, hall.uuid, "partial-1.json", b"{}", by="thử")
    assert "phút" in str(refusal.value)
    count = browser.form(path(hall, "viec/kiem-phieu"), page=path(hall, ""))
    refused(count, 409, "COMPLAINTS_OPEN")
    assert counting.parts(hall.house, hall.uuid) == []
    return not waiting(hall).over


# --- nothing before it is over ------------------------------------------------------------------------------------


def test_nothing_is_decrypted_or_counted_before_ten_minutes_have_passed(closed: Hall, machine: Machine) -> None:
    """threats F9: whoever dropped ballots must not have the count before anybody could look."""
    assert waiting(closed).minutes_left == 10
    assert still_closed(closed)
    machine.run(599)
    assert waiting(closed).minutes_left == 1
    assert still_closed(closed)
    machine.run(1)
    assert waiting(closed).over
    hand_in(closed)
    assert len(counting.parts(closed.house, closed.uuid)) >= 2
    counting.tally(closed.house, closed.uuid, closed.actor(FIRST))
    assert closed.phase() == "tallied"
    assert waiting(closed).stated == ComplaintWindow(10)


def test_everybody_can_look_their_tracker_up_meanwhile(closed: Hall, machine: Machine) -> None:
    page = closed.person(FIRST).get(path(closed, "")).get_data(as_text=True)
    assert "Còn 10 trên 10 phút để tra cứu và khiếu nại." in page
    assert f"/dot/{closed.uuid}/tra-cuu" in page
    assert "viec/kiem-phieu" not in page
    shown = screen(closed)
    assert "Còn 10 phút để tra cứu mã theo dõi và khiếu nại" in shown
    board = closed.booth().get(path(closed, "")).get_data(as_text=True)
    assert "Bây giờ là lúc tra cứu" in board
    assert closed.booth().get(path(closed, "tra-cuu")).status_code == 200


def test_what_is_over_stays_over(closed: Hall, machine: Machine) -> None:
    machine.run(700)
    assert waiting(closed).over
    machine.restart()
    assert waiting(closed).over


# --- no clock shortens it -----------------------------------------------------------------------------------------


def test_after_a_restart_it_begins_again(closed: Hall, machine: Machine) -> None:
    machine.run(500)
    assert not waiting(closed).over
    machine.restart()
    assert waiting(closed).minutes_left == 10
    machine.run(599)
    assert still_closed(closed)
    machine.run(1)
    assert waiting(closed).over


def test_two_machines_each_wait_their_own_ten_minutes(closed: Hall, machine: Machine) -> None:
    machine.run(300)
    first = machine.at
    machine.at = Uptime("another host", 900_000)
    assert waiting(closed).minutes_left == 10
    machine.run(299)
    assert still_closed(closed)
    machine.at = replace(first, seconds=first.seconds + 300)
    assert waiting(closed).over


def test_a_machine_set_back_to_an_earlier_picture_of_itself_begins_again(closed: Hall, machine: Machine) -> None:
    machine.run(-4_000)
    assert waiting(closed).minutes_left == 10
    machine.run(599)
    assert still_closed(closed)


LOOK = """
import os, sys
from datetime import datetime
from pathlib import Path
from ballot.result import complaint_wait
from ballot.config import Config
from ballot.house import House
house = House.open(Config.from_environ(os.environ | {"BALLOT_INSTANCE": sys.argv[1]}))
print(datetime.now().year, complaint_wait.waiting(house, sys.argv[2]).minutes_left)
"""


@pytest.mark.skipif(shutil.which("faketime") is None, reason="apt-get install faketime: clocks are set in a process")
def test_a_clock_that_jumps_by_a_year_changes_nothing(prepared: Prepared) -> None:
    """threats E1: on the real kernel's count of seconds, in processes whose clocks are a year ahead and behind."""
    hall = prepared.at("voting")
    cast(hall, range(BALLOTS))
    complaint_wait.set_minutes(hall.house, hall.uuid, 10, hall.actor(FIRST))
    hall.by_two(closing.close)
    folder, years = str(hall.house.config.instance), []
    environ = os.environ | databases(hall.house.config.instance)
    hall.house.registry.dispose()
    hall.house.box.dispose()
    for shift in ("+365d", "-365d"):
        asked = ["faketime", "-f", shift, sys.executable, "-c", LOOK, folder, hall.uuid]
        said = subprocess.run(asked, env=environ, capture_output=True, text=True, check=True, timeout=120)
        year, left = said.stdout.split()
        years.append(int(year))
        assert left == "10"
    assert years[0] - years[1] == 2


CONTAINER = ("unshare", "--time", "--boottime", "100000")


def can_have_containers() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*CONTAINER, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_have_containers(), reason="as root, with util-linux: a container has an uptime of its own")
@pytest.mark.parametrize("known", [True, False])
def test_a_container_that_is_shown_another_uptime_waits_for_itself(prepared: Prepared, known: bool) -> None:
    """threats F9: one kernel, one boot, a second server that seems to run a day longer; `known`: it looked before."""
    hall = prepared.at("voting")
    cast(hall, range(BALLOTS))
    complaint_wait.set_minutes(hall.house, hall.uuid, 10, hall.actor(FIRST))
    hall.by_two(closing.close)
    folder = str(hall.house.config.instance)
    environ = os.environ | databases(hall.house.config.instance)
    hall.house.registry.dispose()
    hall.house.box.dispose()
    asked = [sys.executable, "-c", LOOK, folder, hall.uuid]
    for inside in ((), CONTAINER) if known else (CONTAINER,):
        said = subprocess.run([*inside, *asked], env=environ, capture_output=True, text=True, check=True, timeout=60)
        assert said.stdout.split()[1] == "10"


def test_the_machine_tells_how_long_it_runs_and_where_it_does_not_the_process_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second = uptime.now(), uptime.now()
    assert first.run == second.run
    assert first.run.startswith(uptime.BOOT_ID.read_text().strip())
    assert len(first.run) <= 64
    assert 0 <= second.seconds - first.seconds < 60
    monkeypatch.setattr(uptime, "BOOT_ID", tmp_path / "none")
    other = uptime.now()
    assert other.run == uptime.now().run != first.run


# --- its length, and its early end --------------------------------------------------------------------------------


def test_the_length_is_anybodys_in_a_draft_and_of_two_to_shorten_it_afterwards(at: Open) -> None:
    hall = at("draft")
    who = hall.actor(FIRST)
    for minutes in (240, 0, 10):
        assert complaint_wait.set_minutes(hall.house, hall.uuid, minutes, who)
    hall = at("voting")
    assert waiting(hall).minutes == 0
    browser = hall.person(FIRST)
    assert post(browser, hall, "khieu-nai", {"complaint_minutes": "15"}, page="").status_code == 302
    refused(post(browser, hall, "khieu-nai", {"complaint_minutes": "5"}, page=""), 409, "SECOND_PERSON_NEEDED")
    refused(post(browser, hall, "khieu-nai", {"complaint_minutes": "5"}, page=""), 409, "SECOND_PERSON_NEEDED")
    assert waiting(hall).minutes == 15
    second = hall.person(SECOND)
    assert "Đợi 5 phút." in second.get(path(hall, "")).get_data(as_text=True)
    assert post(second, hall, "khieu-nai", {"complaint_minutes": "5"}, page="").status_code == 302
    assert waiting(hall).minutes == 5
    with pytest.raises(WrongShape):
        complaint_wait.set_minutes(hall.house, hall.uuid, 241, who)


def test_the_length_does_not_change_once_the_box_is_closed(closed: Hall, machine: Machine) -> None:
    for minutes in (0, 240):
        with pytest.raises(WrongPhase):
            complaint_wait.set_minutes(closed.house, closed.uuid, minutes, closed.actor(FIRST))


def test_a_round_that_says_nothing_waits_ten_minutes(at: Open, machine: Machine) -> None:
    hall = at("voting")
    with writing(hall.house.registry) as session:
        session.delete(complaint_wait._kept(session, find_round(session, hall.uuid)))
    cast(hall, range(BALLOTS))
    hall.by_two(closing.close)
    assert waiting(hall).minutes_left == 10
    machine.run(600)
    assert waiting(hall).over


def test_two_persons_end_it_early_with_one_reason_which_is_logged_and_stated(closed: Hall, machine: Machine) -> None:
    first, second = closed.person(FIRST), closed.person(SECOND)
    refused(post(first, closed, "khieu-nai/ket-thuc", {"reason": REASON}, page=""), 409, "SECOND_PERSON_NEEDED")
    refused(post(first, closed, "khieu-nai/ket-thuc", {"reason": REASON}, page=""), 409, "SECOND_PERSON_NEEDED")
    assert still_closed(closed)
    page = second.get(path(closed, "")).get_data(as_text=True)
    assert f"Người {FIRST}" in page
    assert REASON in page
    assert post(second, closed, "khieu-nai/ket-thuc", {"reason": REASON}, page="").status_code == 302
    assert waiting(closed).over
    assert waiting(closed).stated == ComplaintWindow(10, (f"Người {FIRST}", f"Người {SECOND}"), REASON)
    with reading(closed.house.registry) as session:
        acts = [(e.act, e.actor, e.subject) for e in session.query(AuditEntry) if "complaints-end" in e.act]
    assert sorted(acts) == [
        ("complaints-end", SECOND, f"{closed.uuid} {REASON}"),
        ("propose-complaints-end", FIRST, f"{closed.uuid} {REASON}"),
    ]
    hand_in(closed)
    with pytest.raises(ComplaintsOver):
        complaint_wait.end_early(closed.house, closed.uuid, REASON, closed.actor(FIRST))


def test_another_reason_is_another_proposal_and_no_reason_is_none(closed: Hall, machine: Machine) -> None:
    first, second = closed.actor(FIRST), closed.actor(SECOND)
    with pytest.raises(BadText):
        complaint_wait.end_early(closed.house, closed.uuid, "", first)
    assert not complaint_wait.end_early(closed.house, closed.uuid, REASON, first)
    assert not complaint_wait.end_early(closed.house, closed.uuid, "Hội trường phải trả", second)
    assert still_closed(closed)
    assert waiting(closed).proposed_by == f"Người {SECOND}"
    assert complaint_wait.end_early(closed.house, closed.uuid, "Hội trường phải trả", first)
    assert waiting(closed).stated.ended_by == (f"Người {SECOND}", f"Người {FIRST}")


def test_no_time_of_day_is_stored(closed: Hall, machine: Machine) -> None:
    with reading(closed.house.registry) as session:
        (clock,) = session.query(complaint_wait.ComplaintClock)
    assert (clock.run, clock.began) == (RUN.run, RUN.seconds)
    assert column(closed, "phase") == "closed"
