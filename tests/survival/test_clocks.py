"""The server's clock jumps by a year, forth and back, before, while and after people vote: no phase depends on it.

`PTN_JUMPS=200 python -m pytest -m campaign -s tests/survival/test_clocks.py` jumps so many times.
"""

from __future__ import annotations

import email.utils
import json
import os
import re
import secrets
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ballot.demo.client import Answered
from ballot.demo.station import PythonStation
from tally.protocol.archive import Archive
from tally.protocol.receipt import Receipt
from tally.record import ARCHIVE, Record
from tally.verify import verify_closed
from tests.ballot.hall import PASSWORD
from tests.ballot.look import ballots
from tests.nursery import Nursery
from tests.survival.patient import Patient
from tests.survival.stages import VOTERS, Stages
from tests.survival.town import Town

LIBRARIES = sorted(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"))
JUMPS = ("+1y", "-1y", "+0", "-1d", "+1d", "-1y", "+1y")
DAYS = {"y": 365, "d": 1}
FIRST, SECOND, DESK = "to-chuc-1", "to-chuc-2", "tiep-don"
JSON = "application/json"
PAIRING = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b")
needs_faketime = pytest.mark.skipif(not LIBRARIES, reason="no libfaketime: apt-get install faketime")


@dataclass(frozen=True)
class Clock:
    """The clock on the wall of the machines, as a file that libfaketime reads whenever a process asks the time.

    The monotonic clock goes on, as it does when a clock on the wall is set.
    """

    path: Path

    @property
    def environ(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(self.path), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0", "NO_FAKE_STAT": "1",
        }  # fmt: skip

    def jump(self, offset: str) -> None:
        draft = self.path.with_suffix(".new")
        draft.write_text(offset)
        draft.replace(self.path)


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    return Stages(tmp_path_factory.mktemp("clocks"))


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    found = Clock(tmp_path_factory.mktemp("clock") / "offset")
    found.jump("+0")
    return found


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery"), clock.environ) as nursery:
        yield nursery


@pytest.fixture
def town(nursery: Nursery, tmp_path: Path, clock: Clock) -> Iterator[Town]:
    clock.jump("+0")
    town = Town(nursery, tmp_path)
    yield town
    town.stop()


def off_by(town: Town, part: str) -> float:
    """Return by how many days the clock of a machine differs from this test's."""
    with urllib.request.urlopen(town.origin(part) + "/") as answer:  # noqa: S310 - loopback
        shown = email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp()
    return (shown - time.time()) / 86_400


def expected(offset: str) -> float:
    return 0 if offset == "+0" else float(offset[:-1]) * DAYS[offset[-1]]


def cast(town: Town, body: bytes) -> str:
    """Cast over HTTP; return the code of the refusal, or nothing for a receipt that holds."""
    try:
        said = Patient(town.origin("box")).post(f"/dot/{town.hall.uuid}/phieu", body, JSON)
    except Answered as answer:
        return answer.server_code
    Receipt.parse(json.loads(said)).check(town.hall.manifest)
    return ""


def press(town: Town, login: str, act: str) -> str:
    """Log in, as somebody does whose session a jump has ended, and press."""
    path = f"/dot/{town.hall.uuid}"
    return Patient(town.origin("registry")).log_in(login).try_to(f"{path}/", f"{path}/viec/{act}")


@needs_faketime
def test_a_clock_that_jumps_by_a_year_opens_and_closes_nothing(town: Town, stages: Stages, clock: Clock) -> None:
    """threats E1, G29, I12"""
    town.take_over(stages.before("open_voting"), stages.uuid).start("registry", "box")
    for jump in ("+1y", "-1y"):  # around the opening
        clock.jump(jump)
        assert abs(off_by(town, "box") - expected(jump)) < 1
        assert cast(town, stages.bodies[0]) == "WRONG_PHASE"
    assert press(town, FIRST, "mo") == "SECOND_PERSON_NEEDED"
    clock.jump("+1y")
    assert press(town, SECOND, "mo") == ""
    left = iter(stages.bodies[:-1])
    for jump in JUMPS:  # while people vote
        clock.jump(jump)
        assert [cast(town, body) for body in (next(left), next(left))] == ["", ""]
    in_box = sorted(ballots(town.hall))
    assert press(town, FIRST, "dong") == "SECOND_PERSON_NEEDED"
    clock.jump("-1y")
    assert press(town, SECOND, "dong") == ""
    for jump in JUMPS:  # after the close
        clock.jump(jump)
        assert cast(town, stages.bodies[-1]) == "WRONG_PHASE"
    record = Record.read(town.hall.house.record(stages.uuid))
    verify_closed(record)
    assert sorted(Archive.parse(record.files[ARCHIVE]).ballots) == in_box
    assert len(in_box) == 2 * len(JUMPS)


@needs_faketime
def test_slips_are_made_and_people_log_in_whatever_the_clock_says(town: Town, stages: Stages, clock: Clock) -> None:
    """threats I12: a code or a session may end by it; a new one is had at once and nothing was lost."""
    town.take_over(stages.prepared.folder / "issuing", stages.uuid).start("registry", "box")
    path = f"/dot/{stages.uuid}/ban"
    station, slips = PythonStation(Patient(town.origin("station")), Patient(town.origin("box"))), []
    for number, jump in enumerate(JUMPS):
        clock.jump(jump)
        desk = Patient(town.origin("registry")).log_in(DESK)
        if not number:
            page = desk.submit(path, f"{path}/ghep-tram")
            station.pair(found_code(page))
        assert desk.try_to(path, f"{path}/{town.hall.voters()[number]}") == ""
        slips += station.work()
    assert len(slips) == len(JUMPS)


def found_code(page: str) -> str:
    found = PAIRING.search(page)
    assert found
    return found[1]


@needs_faketime
def test_who_was_slowed_down_before_the_clock_went_back_is_not_locked_out_for_a_year(
    town: Town, stages: Stages, clock: Clock
) -> None:
    """threats I12, A22"""
    town.take_over(stages.before("open_voting"), stages.uuid).start("registry")
    clock.jump("+1y")
    wrong = {"login": DESK, "password": "sai mật khẩu"}
    said = [Patient(town.origin("registry")).try_to("/dang-nhap", "/dang-nhap", wrong) for _ in range(10)]
    assert said[0] == "LOGIN_FAILED"
    assert said[-1] == "HTTP_429"
    clock.jump("+0")
    browser = Patient(town.origin("registry"))
    assert browser.try_to("/dang-nhap", "/dang-nhap", {"login": DESK, "password": PASSWORD}) == ""
    assert not browser.logged_out()


@pytest.mark.campaign
@needs_faketime
def test_many_jumps(town: Town, stages: Stages, clock: Clock) -> None:
    """Every ballot of the round, each sent again and again while the clock jumps; then the close, and again."""
    jumps, chance = int(os.environ.get("PTN_JUMPS", "200")), secrets.SystemRandom()
    town.take_over(stages.before("cast"), stages.uuid).start("registry", "box")
    refused = accepted = 0
    for number in range(jumps):
        clock.jump(f"{chance.choice('+-')}{chance.randint(0, 365)}d")
        refused += cast(town, stages.bodies[number % (VOTERS - 1)]) != ""
    assert {press(town, FIRST, "dong"), press(town, SECOND, "dong")} == {"SECOND_PERSON_NEEDED", ""}
    for _number in range(jumps):
        clock.jump(f"{chance.choice('+-')}{chance.randint(0, 365)}d")
        accepted += cast(town, stages.bodies[VOTERS - 1]) == ""
    print(f"\nclock jumps up to a year: {refused} of {jumps} ballots refused before the close, {accepted} of {jumps} "
          f"accepted after it (upper bound {3 / jumps:.1e} each)")  # fmt: skip
    assert (refused, accepted) == (0, 0)
