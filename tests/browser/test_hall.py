"""A whole hall at once: three desks, two stations, six terminals, sixty voters, dying machines, a slip scanned twice.

Here lives the day of a full hall, played once, and what must be true of it afterwards. Never here: a fake of a part.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ballot.demo import committee, organiser, play
from ballot.demo.hall import DESK, Hall
from ballot.demo.scenario import published
from ballot.demo.server import Server
from ballot.demo.stage import Stage
from ballot.house import House
from ballot.identity.login import create_account
from tally.protocol.archive import Archive
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.manifest import Manifest
from tests.browser.crowd import LEVELS, Desk, Machine, Marks, Station, Terminal, draw_marks, every, files_with
from tests.commands import DONE, VERIFIED, Done, run

VOTERS, ABSENT, OFFICIALS = 60, 2, 5
DESKS = (DESK, "tiep-don-2", "tiep-don-3")
STATION_OF = (0, 0, 1)
STATIONS, TERMINALS = 2, 6
PASSWORD = "mật khẩu của bàn tiếp đón"  # noqa: S105 - of an account that lives as long as the test
DIES_AT = 4


@dataclass
class Crowd:
    """Everything that was seen in the hall; the tests below look at it."""

    hall: Hall
    folder: Path
    manifest: Manifest = field(init=False)
    slips: list[str] = field(default_factory=list)
    cast: list[Marks] = field(default_factory=list)
    trackers: dict[str, str] = field(default_factory=dict)
    died_early: str = ""
    died_late: str = ""
    twice: str = ""
    errors: list[str] = field(default_factory=list)
    made: list[int] = field(default_factory=list)
    record: Path = field(init=False)
    verified: Done = field(default_factory=lambda: Done(-1, ""))

    @property
    def profiles(self) -> Path:
        return self.folder / "profiles"

    async def play(self, program: str) -> None:
        from playwright.async_api import async_playwright

        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=program)
            await self.issue(playwright, browser, program)
            await asyncio.to_thread(self.make_ready)
            await self.vote(playwright, program)
            await browser.close()
        await asyncio.to_thread(self.finish)

    # --- slips ----------------------------------------------------------------------------------------------------

    async def issue(self, playwright: Any, browser: Any, program: str) -> None:
        """Check everybody in at three desks while two stations make the slips and one of them dies."""
        config = self.hall.server.config
        queue: asyncio.Queue[str] = asyncio.Queue()
        desks = [await self.desk(browser, login) for login in DESKS]
        stations = []
        for number in range(STATIONS):
            machine = Machine(playwright, program, self.profiles / f"station-{number}")
            await machine.start(config.station_origin)
            stations.append(Station(machine, config.station_origin, queue))
        for desk, place in zip(desks, STATION_OF, strict=True):
            await stations[place].pair(await desk.pairing_code(self.manifest.uuid))
        serving = [asyncio.create_task(s.serve(kill_at=DIES_AT if n else -1)) for n, s in enumerate(stations)]
        await every([self.check_in(desk, number) for number, desk in enumerate(desks)])
        for _ in range(VOTERS):
            self.slips.append(await asyncio.wait_for(queue.get(), 120))
        for task in serving:
            task.cancel()
        self.made = [station.made for station in stations]
        for station in stations:
            self.errors += station.machine.errors
            await station.machine.close()

    async def desk(self, browser: Any, login: str) -> Desk:
        context = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
        context.set_default_timeout(60_000)
        desk = Desk(await context.new_page(), self.hall.server.config.registry_origin, login)
        desk.page.on("pageerror", lambda error: self.errors.append(str(error)))
        await desk.log_in(self.hall.server.passwords.get(login, PASSWORD))
        return desk

    async def check_in(self, desk: Desk, number: int) -> None:
        """Every desk takes a third of the roll, as the queues in front of it would."""
        for voter in range(number + 1, VOTERS + 1, len(DESKS)):
            typed = f"PTN-DB:{voter:03d}" if voter % 2 else f"dai bieu {voter:03d}"
            await desk.check_in(self.manifest.uuid, typed)

    # --- ballots --------------------------------------------------------------------------------------------------

    async def vote(self, playwright: Any, program: str) -> None:
        """Let everybody vote at six terminals, in no order; two slips are taken home."""
        address = f"{self.hall.server.config.box_origin}/dot/{self.manifest.uuid}/phong-phieu"
        secrets.SystemRandom().shuffle(self.slips)
        queue: asyncio.Queue[str] = asyncio.Queue()
        for slip in self.slips[: VOTERS - ABSENT]:
            queue.put_nowait(slip)
        terminals = []
        for number in range(TERMINALS):
            machine = Machine(playwright, program, self.profiles / f"terminal-{number}")
            await machine.start(f"{address}#may=B{number + 1}")
            terminals.append(Terminal(machine, f"{address}#may=B{number + 1}"))
        await self.troubles(terminals, queue)
        await every([self.serve_terminal(terminal, queue) for terminal in terminals])
        for terminal in terminals:
            self.errors += terminal.machine.errors
            await terminal.machine.close()

    async def troubles(self, terminals: list[Terminal], queue: asyncio.Queue[str]) -> None:
        """Two terminals die while casting; one slip is scanned twice, and once more at another terminal."""
        early, late, again = (queue.get_nowait() for _ in range(3))
        marks = [draw_marks(OFFICIALS) for _ in range(3)]
        await every([
            terminals[0].die_casting(marks[0], early, after_the_box_has_it=False),
            terminals[1].die_casting(marks[1], late, after_the_box_has_it=True),
        ])  # fmt: skip
        self.died_early = await terminals[2].standing(early)
        self.trackers[early] = await terminals[2].vote(marks[0], early)
        self.died_late = await terminals[3].standing(late)
        self.trackers[again] = await terminals[4].vote(marks[2], again, times=2)
        self.twice = await terminals[5].refusal(draw_marks(OFFICIALS), again)
        self.cast += marks

    async def serve_terminal(self, terminal: Terminal, queue: asyncio.Queue[str]) -> None:
        while not queue.empty():
            slip, marks = queue.get_nowait(), draw_marks(OFFICIALS)
            self.trackers[slip] = await terminal.vote(marks, slip)
            self.cast.append(marks)

    # --- what the organisers do -----------------------------------------------------------------------------------

    def prepare(self) -> None:
        self.manifest = organiser.create_and_seal(self.hall)
        house = House.open(self.hall.server.config)
        for login in DESKS[1:]:
            create_account(house, 1, login=login, name=f"Bàn {login}", role="desk", password=PASSWORD)
        house.registry.dispose()
        house.box.dispose()

    def make_ready(self) -> None:
        organiser.freeze(self.hall, self.manifest)
        committee.make_key(self.hall)
        organiser.admit_committee(self.hall, self.manifest)
        organiser.open_voting(self.hall, self.manifest)

    def finish(self) -> None:
        organiser.close(self.hall, self.manifest)
        record = play.download(self.hall, self.manifest)
        root = Archive.parse((record / f"{self.manifest.uuid}.bel").read_bytes()).root
        organiser.count(self.hall, self.manifest, committee.decrypt(self.hall, record, root, seats=(1, 2)))
        self.record = play.download(self.hall, self.manifest)
        self.verified = run("tally", "verify", self.record, "--manifest", self.manifest.hash)


def in_thread(act: Coroutine[Any, Any, None]) -> None:
    """Run to its end in a thread of its own, for the other tests' browser already has a loop in this one."""
    failure: list[BaseException] = []

    def body() -> None:
        try:
            asyncio.run(act)
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]


@pytest.fixture(scope="module")
def crowd(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium: `apt-get install chromium`")
    pytest.importorskip("playwright", reason="no playwright: `pip install -e '.[test]'`")
    folder = tmp_path_factory.mktemp("crowd")
    with pytest.MonkeyPatch.context() as own:  # what browsers put down beside their profiles lies here too
        for name, place in (
            ("TMPDIR", "tmp"),
            ("HOME", "home"),
            ("XDG_CACHE_HOME", "home"),
            ("XDG_CONFIG_HOME", "home"),
        ):
            (folder / place).mkdir(exist_ok=True)
            own.setenv(name, str(folder / place))
        yield from played(program, folder)


def played(program: str, folder: Path) -> Iterator[Crowd]:
    """Play the day."""
    scenario = published()
    scenario = replace(scenario, delegates=VOTERS, issued=VOTERS, returned=0, rows=scenario.rows[:OFFICIALS])
    server = Server.start(folder / "server")
    crowd = Crowd(Hall(scenario, folder / "hall", Stage(Console(file=StringIO())), server), folder)
    try:
        crowd.prepare()
        in_thread(crowd.play(program))
        yield crowd
    finally:
        server.stop()


def spellings(code: str) -> tuple[bytes, ...]:
    shown = SlipCode.read(code).shown()
    return tuple(text.encode(form) for text in (code, shown, code.lower(), code[:14], code[14:]) for form in ENCODINGS)


ENCODINGS = ("utf-8", "utf-16-le")


def plain(text: str) -> tuple[bytes, ...]:
    return tuple(text.encode(form) for form in ENCODINGS)


def test_everybody_gets_one_slip_though_a_station_died(crowd: Crowd) -> None:
    assert len(set(crowd.slips)) == VOTERS
    assert sum(crowd.made) == VOTERS
    assert crowd.made[1] > DIES_AT


def test_every_receipt_is_a_ballot_in_the_box(crowd: Crowd) -> None:
    archive = Archive.parse((crowd.record / f"{crowd.manifest.uuid}.bel").read_bytes())
    found = json.loads((crowd.record / "result.json").read_bytes())["ballots"]
    assert (found["issued"], found["returned"]) == (VOTERS, VOTERS - ABSENT)
    assert len(set(crowd.trackers.values())) == VOTERS - ABSENT - 1  # the one who was cut off has no receipt
    assert archive.root


def test_counts_agree_and_nobody_votes_twice(crowd: Crowd) -> None:
    officials = json.loads((crowd.record / "result.json").read_bytes())["officials"]
    for place, official in enumerate(officials):
        levels = [marks[place] for marks in crowd.cast]
        assert official["counts"] == [levels.count(level) for level in range(LEVELS)]
        assert official["void"] == levels.count(None)


def test_a_terminal_that_died_before_the_box_had_the_ballot_leaves_the_slip_good(crowd: Crowd) -> None:
    assert "chưa ghi nhận" in crowd.died_early.casefold()


def test_a_terminal_that_died_after_the_box_had_the_ballot_is_answered_for(crowd: Crowd) -> None:
    assert "đã ghi nhận" in crowd.died_late.casefold() or "đã được ghi nhận" in crowd.died_late.casefold()


def test_a_slip_scanned_twice_casts_once_and_not_again_elsewhere(crowd: Crowd) -> None:
    assert "Thẻ này đã bỏ phiếu." in crowd.twice


def test_the_record_verifies(crowd: Crowd) -> None:
    assert crowd.verified.code == DONE, crowd.verified.output
    assert VERIFIED in crowd.verified.output


# threats B17
def test_no_file_that_a_process_wrote_holds_a_slip_code(crowd: Crowd) -> None:
    assert files_with(crowd.folder, crowd.slips, spellings) == []


def test_no_name_stands_on_the_side_of_the_box_the_station_or_the_terminal(crowd: Crowd) -> None:
    names = [f"Đại biểu {number:03d}" for number in range(1, VOTERS + 1)]
    instance = crowd.hall.server.config.instance
    assert any(plain(name)[0] in (instance / "registry.db").read_bytes() for name in names)
    sides = [crowd.profiles, crowd.record, *instance.glob("dot-*")]
    assert [found for side in sides for found in files_with(side, names, plain)] == []
    box = b"".join(path.read_bytes() for path in instance.glob("box.db*"))
    assert [name for name in names if any(text in box for text in plain(name))] == []


# threats B17, H9
def test_no_browser_profile_holds_what_leads_to_a_ballot(crowd: Crowd) -> None:
    """Neither tracker nor credential, in stations' and terminals' profiles or in what browsers put down elsewhere."""
    needles = list(crowd.trackers.values())
    needles += [Credential.derive(SlipCode.read(slip), crowd.manifest.uuid).public.encode() for slip in crowd.slips]
    sides = [crowd.profiles, crowd.folder / "tmp", crowd.folder / "home"]
    assert [found for side in sides for found in files_with(side, needles, plain)] == []


# threats B9
def test_no_tracker_and_no_credential_stands_on_the_side_of_the_registry(crowd: Crowd) -> None:
    registry = b"".join(path.read_bytes() for path in crowd.hall.server.config.instance.glob("registry.db*"))
    public = [Credential.derive(SlipCode.read(slip), crowd.manifest.uuid).public for slip in crowd.slips]
    needles = [text for tracker in crowd.trackers.values() for text in plain(tracker)]
    needles += [text for point in public for text in (point.raw, *plain(point.encode()))]
    assert [needle for needle in needles if needle in registry] == []


def test_no_page_had_an_error(crowd: Crowd) -> None:
    assert crowd.errors == []
