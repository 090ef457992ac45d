"""One whole round of the real application in a real browser, from the first form to the record on the visitor's disk.

Here lives the day in its order, played once, and what every person saw. Never here: a fake of the server or of a tool.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ballot.demo import committee, organiser, voting
from ballot.demo.hall import DESK, FIRST, SECOND, Hall
from ballot.demo.marks import mark
from ballot.demo.scenario import published
from ballot.demo.server import Server
from ballot.demo.stage import Stage
from tally.protocol.archive import Archive
from tally.protocol.credential import SlipCode
from tally.protocol.election import Election
from tally.protocol.manifest import Manifest
from tests.browser.people import BLANK, Staff, Voter, write_list
from tests.commands import DONE, VERIFIED, Done, run

VOTERS = (
    "Nguyễn Thị Ẩn", "Trần Quốc Khánh", "Lê Hoàng Phượng", "Phạm Văn Đỗ", "Huỳnh Ngọc Ánh", "Vũ Đức Thuận",
    "Đặng Ỷ Lan", "Bùi Thế Kỷ",
)  # fmt: skip
TYPED, FOUND = "dang y", "Đặng Ỷ Lan"
IN_BROWSER = "1213.11231.2112.13"
BY_TWIN = ("111122223333111122", "123123123123123123", "111111111111111111", "2.2.2.2.2.2.2.2.2.", "321321321321321321")
BALLOTS = (IN_BROWSER, *BY_TWIN)


@dataclass
class Day:
    """Everything that was seen, in the order of the day; the tests below look at it."""

    hall: Hall
    folder: Path
    browser: Any
    uuid: str = ""
    first: Staff = field(init=False)
    second: Staff = field(init=False)
    desk: Staff = field(init=False)
    voter: Voter = field(init=False)
    late: Voter = field(init=False)
    found: list[str] = field(default_factory=list)
    station: str = ""
    slips: list[SlipCode] = field(default_factory=list)
    proposed: str = ""
    commits: list[str] = field(default_factory=list)
    receipt: str = ""
    tracker: str = ""
    twice: tuple[int, str] = (0, "")
    too_late: tuple[int, str] = (0, "")
    looked_up: str = ""
    rows: list[list[str]] = field(default_factory=list)
    verified: Done = field(default_factory=lambda: Done(-1, ""))
    names: list[str] = field(default_factory=list)

    def play(self) -> None:
        """Play the round from the first form to the downloaded record."""
        config = self.hall.server.config
        self.first, self.second, self.desk = (Staff(self.browser, config.registry_origin) for _ in range(3))
        self.voter, self.late = (Voter(self.browser, config.box_origin) for _ in range(2))
        for person, login in ((self.first, FIRST), (self.second, SECOND), (self.desk, DESK)):
            person.log_in(login, self.hall.server.passwords[login])
        manifest = self.create_and_seal()
        mine = self.check_one_in()
        self.slips = [mine, *organiser.issue(self.hall, manifest)]
        self.make_key()
        self.two_persons("Mở bỏ phiếu", "Đang bỏ phiếu")
        self.vote(mine)
        self.cast_by_twin(manifest)
        self.twice = self.vote_again(mine)
        self.close_before_the_last_slip()
        self.count(manifest)
        self.read_result(manifest)

    # --- the acts of the day --------------------------------------------------------------------------------------

    def create_and_seal(self) -> Manifest:
        scenario, first = self.hall.scenario, self.first
        officials = ((row.block, row.name, row.position) for row in scenario.rows)
        roll = ((f"{number:03d}", name, "Đoàn 1") for number, name in enumerate(VOTERS, start=1))
        self.uuid = first.create_round(
            {
                "title": scenario.title,
                "body": scenario.body,
                "session": scenario.session,
                "date": scenario.date,
                "delegates": str(len(VOTERS)),
                "complaint_minutes": "0",
            },
            rule_set=scenario.rule_set,
            officials=write_list(self.folder / "officials.csv", ("khoi", "ho_ten", "chuc_vu"), *officials),
            roll=write_list(self.folder / "roll.csv", ("ma", "ho_ten", "don_vi"), *roll),
        )
        first.picture("03-draft")
        first.press("Niêm phong")
        first.page.get_by_role("link", name="Mở bàn tiếp đón").wait_for()
        first.picture("04-issuing")
        raw = first.context.request.get(f"{first.origin}/dot/{self.uuid}/manifest.json").body()
        self.hall.prepare()
        (self.hall.exchange / "manifest.json").write_bytes(raw)
        return Manifest.parse(raw)

    def check_one_in(self) -> SlipCode:
        """Find a voter by a part of the name without diacritics, confirm, and let the station make the slip."""
        desk = self.desk
        desk.go("/")
        desk.page.get_by_role("link", name=self.hall.scenario.title).click()
        desk.page.get_by_role("link", name="Mở bàn tiếp đón").click()
        desk.picture("05-desk")
        station = desk.pair_station(self.uuid)
        desk.page.get_by_role("link", name="Về bàn tiếp đón").click()
        desk.page.fill("[name=tim]", TYPED)
        desk.press("Tìm")
        desk.page.wait_for_url("**tim=*")
        self.found = desk.page.locator("tbody .name").all_inner_texts()
        desk.page.get_by_role("link", name=FOUND).click()
        desk.page.get_by_role("button", name="Xác nhận có mặt và cấp thẻ").wait_for()
        desk.picture("05-desk-voter")
        desk.press("Xác nhận có mặt và cấp thẻ")
        desk.page.get_by_text("có mặt, bàn").wait_for()
        desk.picture("05-desk-confirmed")
        slip, self.station = desk.take_slip(station)
        station.close()
        return slip

    def make_key(self) -> None:
        first, exchange = self.first, self.hall.exchange
        committee.make_key(self.hall)
        first.page.reload()
        first.picture("07-frozen")
        tests = sorted(exchange.glob("member-*.opening.json"))
        first.upload("Nhận khóa của ban kiểm phiếu", {"committee": [exchange / "committee.json"], "tests": tests})
        first.page.locator(".phases [aria-current]").get_by_text("Sẵn sàng mở").wait_for()
        first.picture("08-ready")

    def two_persons(self, act: str, then: str) -> None:
        """Let one person propose an act and another confirm it."""
        self.first.press(act)
        self.first.page.get_by_role("heading", name="Chờ người thứ hai").wait_for()
        self.proposed = self.first.text()
        self.first.picture(f"09-proposed-{act}")
        self.second.go(f"/dot/{self.uuid}/")
        self.second.page.get_by_text("cần người khác xác nhận").wait_for()
        self.second.press(f"Xác nhận {act[0].lower()}{act[1:]}")
        self.second.page.locator(".phases [aria-current]").get_by_text(then, exact=True).wait_for()
        self.second.picture(f"10-{act}")
        self.first.go(f"/dot/{self.uuid}/")

    def vote(self, slip: SlipCode) -> None:
        voter, page = self.voter, self.voter.page
        voter.enter(self.uuid)
        voter.picture("11-booth-start")
        voter.mark(IN_BROWSER, picture="12-booth-marking")
        page.locator(".review").wait_for()
        voter.picture("13-booth-review")
        voter.confirm()
        voter.picture("14-booth-commit")
        self.commits.append(page.locator(".commit code").inner_text())
        voter.press("Kiểm tra máy")
        page.locator(".tested").wait_for()
        voter.picture("15-booth-tested")
        voter.press("Làm lại phiếu")
        voter.confirm()
        self.commits.append(page.locator(".commit code").inner_text())
        voter.type_slip(slip)
        voter.picture("16-booth-slip")
        page.keyboard.press("Enter")
        page.locator(".receipt").wait_for()
        voter.picture("17-booth-receipt")
        self.receipt = voter.text()
        self.tracker = "".join(page.locator(".tracker span").all_inner_texts())
        voter.press("Xong")

    def cast_by_twin(self, manifest: Manifest) -> None:
        box = self.hall.box()
        election = Election.parse(box.get(f"/dot/{self.uuid}/election.json"))
        for slip, wanted in zip(self.slips[1:], BY_TWIN, strict=False):
            choices = tuple(mark(None if key == BLANK else int(key) - 1) for key in wanted)
            voting.cast_ballot(box, election, slip, choices).check(manifest)

    def vote_again(self, slip: SlipCode) -> tuple[int, str]:
        self.voter.mark("1" * 18)
        self.voter.confirm()
        said = self.voter.refusal(slip)
        self.voter.picture("18-booth-refused")
        return said

    def close_before_the_last_slip(self) -> None:
        """Let a voter stand in the booth, ready to present a good slip, while the box is closed."""
        self.late.enter(self.uuid)
        self.late.mark("2" * 18)
        self.late.confirm()
        organiser.void_envelopes(self.hall)
        self.two_persons("Chốt hòm phiếu", "Đã chốt hòm phiếu")
        self.too_late = self.late.refusal(self.slips[-1])

    def count(self, manifest: Manifest) -> None:
        """Decrypt by the members' tools from a downloaded record, upload the parts, count."""
        record = self.folder / "record"
        with zipfile.ZipFile(self.late.download(self.uuid, self.folder)) as archive:
            archive.extractall(record)
        (place,) = record.rglob(f"{self.uuid}.bel")
        parts = committee.decrypt(self.hall, place.parent, Archive.parse(place.read_bytes()).root, seats=(1, 3))
        self.late.picture("19-closed-board")
        self.first.upload("Nhận phần giải mã", {"parts": parts})
        self.first.page.get_by_text("phần cần có. partial").wait_for()
        self.first.picture("20-closed")
        self.first.press("Kiểm phiếu, kiểm chứng và lập báo cáo")
        self.first.page.get_by_text("Xem kết quả và hồ sơ").wait_for()
        self.first.picture("21-tallied")
        self.first.go("/")
        self.first.picture("22-rounds")

    def read_result(self, manifest: Manifest) -> None:
        page = self.voter.page
        self.voter.go("/")
        self.voter.picture("23-board")
        page.get_by_role("link", name=self.hall.scenario.title).click()
        page.get_by_role("link", name="Tra cứu mã theo dõi").click()
        page.fill("[name=ma]", self.tracker[:8])
        self.voter.press("Tìm")
        self.looked_up = page.locator(".found").inner_text()
        self.voter.picture("24-look-up")
        self.voter.go(f"/dot/{self.uuid}/")
        self.voter.picture("25-result")
        rows = page.locator("table tr:not(.block):not(.consequence)", has=page.locator("td"))
        self.rows = [row.locator("td").all_inner_texts() for row in rows.all()]
        page.locator("img.chart").first.scroll_into_view_if_needed()
        self.voter.picture("26-result-chart")
        record = self.voter.download(self.uuid, self.folder)
        self.verified = run("tally", "verify", record, "--manifest", manifest.hash)
        with zipfile.ZipFile(record) as archive:
            self.names = [name for name in archive.namelist() if FOUND.encode() in archive.read(name)]


@pytest.fixture(scope="module")
def day(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("day")
    scenario = replace(published(), delegates=len(VOTERS), issued=len(VOTERS), returned=len(BALLOTS))
    server = Server.start(folder / "server")
    day = Day(Hall(scenario, folder / "hall", Stage(Console(file=StringIO())), server), folder, browser)
    try:
        day.play()
        yield day
    finally:
        server.stop()


def people(day: Day) -> tuple[Staff | Voter, ...]:
    return day.first, day.second, day.desk, day.voter, day.late


def counts(place: int) -> list[str]:
    keys = [ballot[place] for ballot in BALLOTS]
    return [str(keys.count(level)) for level in "123"] + [str(keys.count(BLANK))]


def test_a_voter_is_found_without_diacritics(day: Day) -> None:
    assert day.found == [FOUND]


def test_the_station_is_not_told_a_name(day: Day) -> None:
    assert [name for name in VOTERS if name in day.station] == []


def test_an_act_of_two_is_only_proposed_by_the_first(day: Day) -> None:
    assert "Đã ghi đề nghị" in day.proposed


def test_a_test_of_the_terminal_gives_a_new_commit_code(day: Day) -> None:
    assert len(set(day.commits)) == 2


def test_the_receipt_tells_the_tracker_and_no_choice(day: Day) -> None:
    assert "Phiếu đã được ghi nhận" in day.receipt
    assert "Tín nhiệm" not in day.receipt


def test_a_second_ballot_under_one_slip_is_refused_in_words(day: Day) -> None:
    status, said = day.twice
    assert status == 409
    assert "Phiếu lần này không được nhận" in said
    assert "Thẻ này đã bỏ phiếu." in said
    assert "ballot" not in said


def test_a_ballot_after_the_close_is_refused_in_words(day: Day) -> None:
    status, said = day.too_late
    assert status == 409
    assert "Phiếu chưa được ghi nhận" in said
    assert "Hòm phiếu chưa mở hoặc đã đóng" in said


def test_the_tracker_is_found_on_the_board(day: Day) -> None:
    assert "Có trong hòm phiếu" in day.looked_up
    assert day.tracker in day.looked_up


def test_every_number_of_the_result_is_the_sum_of_the_marks(day: Day) -> None:
    assert [[row[3], row[5], row[7], row[9]] for row in day.rows] == [counts(place) for place in range(18)]


def test_the_downloaded_record_verifies(day: Day) -> None:
    assert day.verified.code == DONE, day.verified.output
    assert VERIFIED in day.verified.output


def test_no_voter_stands_in_the_record(day: Day) -> None:
    assert day.names == []


def test_neither_box_nor_station_leaves_a_cookie(day: Day) -> None:
    cookies = [cookie for person in people(day) for cookie in person.context.cookies()]
    assert len(cookies) == 3  # the three sessions at the registry
    assert {cookie["domain"] for cookie in cookies} == {day.hall.server.config.registry_host}


def test_no_page_had_an_error(day: Day) -> None:
    assert [error for person in people(day) for error in person.errors] == []
