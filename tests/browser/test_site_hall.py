"""A hall whose line is down: a terminal votes at its site's own server, the line comes back, the record verifies.

Here lives that one day, played once. Never here: a fake of the site, the box or the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ballot.result import closing
from ballot.site import rounds
from tally.protocol.site import SiteStatement
from tests.ballot.asking import do, hand_in_parts
from tests.ballot.hall import Hall
from tests.ballot.look import ballots
from tests.ballot.site_hall import NAME, BoxServer, Site, SiteProcess
from tests.browser.people import Voter
from tests.browser.real_hall import VOTERS, open_box, served
from tests.commands import DONE, VERIFIED, Done, run


@dataclass
class Day:
    """Everything that was seen, in the order of the day; the tests below look at it."""

    hall: Hall
    folder: Path
    browser: Any
    site: Site = field(init=False)
    box: BoxServer = field(init=False)
    server: SiteProcess = field(init=False)
    voter: Voter = field(init=False)
    attendant: Voter = field(init=False)
    seen: dict[str, str] = field(default_factory=dict)
    tracker: str = ""
    arrived: int = 0
    said: SiteStatement | None = None
    verified: Done = field(default_factory=lambda: Done(-1, ""))

    def play(self) -> None:
        hall, uuid = self.hall, self.hall.uuid
        self.box, self.site = BoxServer(hall.box).start(), Site(self.folder / "site")
        self.site.fetch(hall, self.box)
        key = rounds.draw_status_key(self.site.house, uuid)
        self.box.stop()
        self.server = SiteProcess(self.site, forward="on").start()
        self.voter, self.attendant = (Voter(self.browser, self.server.origin) for _ in range(2))
        self.vote()
        self.ask("held")
        for number in range(1, VOTERS):
            assert self.server.cast(uuid, hall.body(number))[0] == 202
        self.attend(key)
        assert ballots(hall) == []
        self.box.start()
        assert self.site.command("forward", uuid).code == DONE
        self.server.wait_for(lambda: self.site.states(hall) == {"final": VOTERS})
        self.arrived = len(ballots(hall))
        self.ask("recorded")
        self.stop_site()
        self.end()

    def vote(self) -> None:
        voter = self.voter
        voter.enter(self.hall.uuid)
        voter.mark("1.3")
        voter.confirm()
        voter.type_slip(self.hall.slips[0])
        voter.page.keyboard.press("Enter")
        voter.page.locator(".receipt").wait_for()
        self.seen["receipt"] = voter.text()
        self.tracker = "".join(voter.page.locator(".tracker span").all_inner_texts())
        voter.picture("site-receipt")
        voter.press("Xong")

    def ask(self, name: str) -> None:
        """Let the slip's holder ask the terminal what became of the ballot."""
        voter = self.voter
        voter.press("Thẻ của tôi đã bỏ phiếu chưa?")
        voter.page.locator("#slip").press_sequentially(self.hall.slips[0].shown().replace("-", "").lower())
        voter.page.keyboard.press("Enter")
        voter.page.locator(".standing-answer").wait_for()
        self.seen[name] = voter.text()
        voter.picture(f"site-standing-{name}")
        voter.press("Xong")

    def attend(self, key: str) -> None:
        """Open the attendant's page by its link; the key goes from the address into the form."""
        page = self.attendant.page
        page.goto(f"{self.server.origin}/dot/{self.hall.uuid}/diem-cau#{key}")
        page.get_by_role("heading", name=NAME).wait_for()
        assert key not in page.url
        self.seen["attendant"] = self.attendant.text()
        self.attendant.picture("site-status-held")

    def stop_site(self) -> None:
        attendant = self.attendant
        attendant.page.locator("summary", has_text="Thôi nhận phiếu").click()
        attendant.page.get_by_label("Mọi người ở điểm cầu đã bỏ phiếu xong").check()
        attendant.press("Thôi nhận phiếu")
        attendant.page.get_by_text("ĐÃ CHUYỂN HẾT").wait_for()
        self.seen["done"] = attendant.text()
        attendant.picture("site-status-done")
        with attendant.page.expect_download() as download:
            attendant.press("Tải bản báo đã ký")
        self.said = SiteStatement.parse(Path(download.value.path()).read_bytes())
        attendant.go("/")
        attendant.picture("site-index")

    def end(self) -> None:
        hall = self.hall
        hall.by_two(closing.close)
        organiser = hall.person("to-chuc-1")
        hand_in_parts(hall, organiser)
        assert do(organiser, hall, "kiem-phieu").status_code == 302
        self.verified = run("tally", "verify", hall.house.record(hall.uuid), "--manifest", hall.manifest.hash)

    def close(self) -> None:
        self.voter.close()
        self.attendant.close()
        self.server.kill()
        self.box.stop()
        self.site.close()


@pytest.fixture(scope="module")
def day(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("site-day")
    with served(folder / "house") as hall:
        hall.slips = [hall.slip(voter_id) for voter_id in hall.voters()]
        open_box(hall, VOTERS)
        day = Day(hall, folder, browser)
        try:
            day.play()
            yield day
        finally:
            day.close()


def test_the_receipt_says_that_the_site_holds_the_ballot_and_not_that_it_is_in_the_box(day: Day) -> None:
    assert "BIÊN NHẬN TẠM" in day.seen["receipt"]
    assert "Điểm cầu đã giữ phiếu; chưa ghi nhận vào hòm phiếu" in day.seen["receipt"]
    assert "Phiếu đã được ghi nhận" not in day.seen["receipt"]
    assert "Tín nhiệm" not in day.seen["receipt"]


def test_the_slips_holder_hears_held_and_later_recorded_with_one_tracker(day: Day) -> None:
    assert "Điểm cầu đang giữ phiếu" in day.seen["held"]
    assert "Đã ghi nhận" in day.seen["recorded"]
    assert "chưa ghi nhận" not in day.seen["recorded"]
    for name in ("held", "recorded"):
        assert day.tracker in "".join(day.seen[name].split())


def test_every_ballot_arrives_once_when_the_line_is_back(day: Day) -> None:
    assert day.arrived == VOTERS


def test_the_attendant_sees_no_exact_number_before_the_stop_and_all_after_it(day: Day) -> None:
    assert "có, dưới 10" in day.seen["attendant"]
    assert "đang gián đoạn" in day.seen["attendant"]
    assert day.said is not None
    day.said.check(rounds.look_up(day.site.house, day.hall.uuid).site_key)
    assert (day.said.forwarded, day.said.refused, day.said.held) == (VOTERS, 0, 0)


def test_the_record_verifies(day: Day) -> None:
    assert day.verified.code == DONE, day.verified.output
    assert VERIFIED in day.verified.output


def test_the_site_leaves_no_cookie_and_its_pages_no_error(day: Day) -> None:
    for person in (day.voter, day.attendant):
        assert person.context.cookies() == []
        assert person.errors == []
