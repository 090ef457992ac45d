"""What a new user does from an empty folder to an open box, step by step, and the members of the committee with them.

Here lives the order of clicks of that day. Never here: an expectation about the round, or an act done without a page,
but for the voters after the first few, who are checked in by the same forms over HTTP without a screen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ballot.demo.client import Browser
from ballot.demo.station import PythonStation
from ballot.vietnamese import plain
from tally.protocol.manifest import Manifest
from tests.browser.committee_steps import Seated, finish
from tests.browser.first_run import Machine
from tests.browser.people import Person, Voter
from tests.browser.planning_steps import CHOOSING_A_FILE, TITLE, Counted, Diary, Planning

BODY, ADMINISTRATOR = "Văn phòng Hội đồng nhân dân tỉnh", "quan-tri"
PEOPLE = (
    ("lan-td", "Trần Thị Lan", "Ban tổ chức"),
    ("hung-nv", "Nguyễn Văn Hùng", "Ban tổ chức"),
    ("ban-1", "Bàn tiếp đón 1", "Bàn tiếp đón"),
)
OWN = {
    ADMINISTRATOR: "thuyen nan cap ben do",
    "lan-td": "bon tam son che nang",
    "hung-nv": "ngon khoi lam chieu que",
    "ban-1": "gach cua hien nha mua",
}
"""What people choose in place of the one-time passwords."""
MEMBERS = (("Phạm Minh Đức", "Trưởng ban"), ("Lê Thu Hà", ""), ("Võ Quốc Bảo", ""))
QUORUM, BY_HAND = 47, 3
SMALL = {"width": 1366, "height": 768}
PAIRING, LINE = re.compile(r"\b([0-9A-Z]{4}-[0-9A-Z]{4})\b"), re.compile(r'/ban/([0-9]+)"')


class Member(Seated):
    """A member of the committee whose presses and typing are counted."""

    def __init__(self, browser: Any, folder: Path, number: int, diary: Diary) -> None:
        super().__init__(browser, folder, number)
        self.diary = diary

    def press(self, name: str) -> None:
        super().press(name)
        self.diary.parts[-1].clicks += 1

    def choose(self, name: str, path: Path | Sequence[Path]) -> None:
        super().choose(name, path)
        self.diary.parts[-1].clicks += CHOOSING_A_FILE - 1  # the button was pressed

    def type_from_paper(self) -> None:
        super().type_from_paper()
        self._typed()

    def unlock(self) -> None:
        super().unlock()
        self._typed()

    def picture(self, name: str) -> None:
        with self.diary.aside():
            super().picture(name)

    def _typed(self) -> None:
        self.diary.parts[-1].clicks += 1
        self.diary.parts[-1].typed += len(self.paper)


@dataclass
class Day:
    """Everybody's browser, the diary, and what was seen."""

    machine: Machine
    browser: Any
    folder: Path
    diary: Diary
    people: dict[str, Counted] = field(default_factory=dict)
    one_time: dict[str, str] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    voters: list[Voter] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    uuid: str = ""

    def play(self) -> None:
        self.accounts()
        self.first, self.second, self.desk = (self.people[login] for login, _name, _role in PEOPLE)
        self.plan()
        self.receive()
        self.freeze()
        self.committee()
        self.look_at_zero()
        self.open()

    def look(self, who: Counted, name: str) -> None:
        self.seen[name] = who.text()
        width = who.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], (name, width)
        who.picture(f"provincial-{name}")

    def manifest(self) -> Manifest:
        answer = self.first.context.request.get(f"{self.first.origin}/dot/{self.uuid}/manifest.json")
        return Manifest.parse(answer.body())

    def site_lines(self) -> int:
        """Count the sites that the desk's page tells the attendance of."""
        self.desk.go(f"/dot/{self.uuid}/ban")
        return int(self.desk.page.locator(".sites tbody tr").count())

    def booth(self) -> str:
        """Enter the booth as a voter would; return what it says."""
        self.voters.append(Voter(self.browser, self.machine.config.box_origin))
        self.voters[0].enter(self.uuid)
        self.voters[0].picture("provincial-25-booth")
        return self.voters[0].text()

    def errors(self) -> list[str]:
        return [error for person in self.everybody() for error in person.errors]

    def everybody(self) -> list[Person]:
        return [*self.people.values(), *self.members, *self.voters]

    def close(self) -> None:
        for person in self.everybody():
            person.close()

    # --- accounts -------------------------------------------------------------------------------------------------

    def accounts(self) -> None:
        """Let the administrator come in and make everybody's account; let them all change their passwords."""
        self.one_time[ADMINISTRATOR] = self.machine.password
        self.come_in(ADMINISTRATOR, "administrator")
        who = self.people[ADMINISTRATOR]
        self.look(who, "03-accounts")
        for login, name, role in PEOPLE:
            with self.diary.part(f"account {login}", "administrator"):
                who.click("link", "Tạo tài khoản")
                who.type_in("login", login)
                who.type_in("name", name)
                who.page.get_by_label(role, exact=True).check()
                who.count(1)
                self.look(who, "04-new-account") if login == PEOPLE[0][0] else None
                who.press("Tạo tài khoản")
                self.one_time[login] = who.page.locator(".secret-shown").inner_text()
                self.look(who, "05-one-time") if login == PEOPLE[0][0] else None
                who.click("link", "Đã chép xong")
        for (login, _name, _role), title in zip(PEOPLE, ("first organiser", "second organiser", "desk"), strict=True):
            self.come_in(login, title)

    def come_in(self, login: str, title: str) -> None:
        """Log in with the one-time password and change it."""
        who = self.people[login] = Counted(self.browser, self.machine.config.registry_origin, self.diary)
        who.page.set_viewport_size(SMALL)
        with self.diary.part("come in, change the password", title):
            who.go("/")
            self.look(who, "01-login") if login == ADMINISTRATOR else None
            who.type_in("login", login)
            who.type_in("password", self.one_time[login])
            who.press("Đăng nhập")
            who.heading("Đổi mật khẩu")
            self.look(who, "02-password") if login == ADMINISTRATOR else None
            who.type_in("old", self.one_time[login])
            who.type_in("new", OWN[login])
            who.type_in("again", OWN[login])
            who.press("Đổi mật khẩu")
            who.heading("Tài khoản" if login == ADMINISTRATOR else "Các đợt lấy phiếu")

    # --- the round ------------------------------------------------------------------------------------------------

    def plan(self) -> None:
        begun = len(self.diary.parts)
        planning = Planning(self.first, self.second, self.folder, self.diary, looked_at=False)
        self.uuid = planning.play()
        for part in self.diary.parts[begun:]:
            part.who = "second organiser" if "second account" in part.name else "first organiser"
        self.seen |= planning.seen
        self.look(self.first, "06-sealed")

    def receive(self) -> None:
        """Check a handful of voters in by hand, and as many more as a quorum needs."""
        desk = self.desk
        with self.diary.part("open the desk, pair a station", "desk"):
            desk.click("link", "Các đợt")
            desk.click("link", TITLE)
            desk.click("link", "Mở bàn tiếp đón")
            desk.press("Ghép trạm in thẻ")
            desk.heading("Ghép trạm in thẻ")
            with desk.context.expect_page() as opened:
                desk.click("link", "Mở trạm trong tab mới")
            station = desk.watched(opened.value)
            station.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
            desk.page.get_by_text("Đã ghép xong").wait_for()
            self.look(desk, "07-paired")
            desk.click("link", "Về bàn tiếp đón")
            desk.heading("Bàn tiếp đón")
        self.look(desk, "08-desk")
        names = desk.page.locator("tbody .name").all_inner_texts()[:BY_HAND]
        with self.diary.part(f"{BY_HAND} voters", "desk"):
            for name in names:
                self.check_in(name, station, looked_at=name == names[0])
        station.close()
        with self.diary.part(f"{QUORUM - BY_HAND} voters without a screen", "machine"):
            self.check_in_the_others(QUORUM - BY_HAND)
        desk.go(f"/dot/{self.uuid}/ban")
        self.look(desk, "12-quorum")

    def check_in(self, name: str, station: Any, *, looked_at: bool) -> None:
        """Find somebody by the last two words of the name, without diacritics; confirm; hand the slip over."""
        desk, tab = self.desk, self.desk.page
        desk.type_in("tim", plain(" ".join(name.split()[-2:])))
        desk.press("Tìm")
        tab.wait_for_url("**tim=*")
        desk.click("link", name, exact=True)
        self.look(desk, "09-voter") if looked_at else None
        desk.press("Xác nhận có mặt và cấp thẻ")
        tab.get_by_text("có mặt, bàn").wait_for()
        self.look(desk, "10-confirmed") if looked_at else None
        desk.page = station
        station.locator("#slip-paper").wait_for()
        self.look(desk, "11-station") if looked_at else None
        desk.press("In thẻ")
        desk.press("Đã in xong, đã trao tận tay")
        station.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
        desk.page = tab

    def check_in_the_others(self, count: int) -> None:
        desk, path = Browser(self.machine.config.registry_origin), f"/dot/{self.uuid}/ban"
        desk.submit("/dang-nhap", "/dang-nhap", {"login": "ban-1", "password": OWN["ban-1"]})
        station = PythonStation(Browser(self.machine.config.station_origin), Browser(self.machine.config.box_origin))
        code = PAIRING.search(desk.submit(path, f"{path}/ghep-tram"))
        assert code
        station.pair(code[1])
        waiting = LINE.findall(desk.get(path).decode())[BY_HAND:][:count]
        for voter in waiting:
            desk.submit(f"{path}/{voter}", f"{path}/{voter}")
        assert len(station.work()) == len(waiting) == count

    def freeze(self) -> None:
        who = self.first
        with self.diary.part("freeze", "first organiser"):
            who.click("link", "Các đợt")
            who.click("link", TITLE)
            self.look(who, "13-quorum-round")
            who.press("Chốt danh sách thẻ")
            who.page.get_by_text("Danh sách thẻ đã chốt; không ai được cấp thêm thẻ.").wait_for()
            self.look(who, "14-frozen")

    # --- the committee --------------------------------------------------------------------------------------------

    def committee(self) -> None:
        self.name_members()
        links = self.invite()
        self.members = [Member(self.browser, self.folder, n, self.diary) for n in range(1, len(links) + 1)]
        with self.diary.part(f"{len(links)} members make the key", "committee"):
            for member, link in zip(self.members, links, strict=True):
                member.take_seat(link)
            words = {tuple(member.read_words()) for member in self.members}
            assert len(words) == 1, words
            self.members[0].picture("provincial-words")
            finish(self.members)
            self.members[0].picture("provincial-rest")
        who = self.first
        with self.diary.part("admit the key", "first organiser"):
            who.click("link", "Quay lại ban kiểm phiếu")
            who.page.get_by_text("Xin nhận khóa.").first.wait_for()
            self.look(who, "18-admit")
            who.press("Nhận khóa của ban kiểm phiếu")
            who.page.locator(".phases [aria-current]").get_by_text("Sẵn sàng mở", exact=True).wait_for()
            self.look(who, "19-ready")

    def name_members(self) -> None:
        who = self.first
        with self.diary.part("name the committee", "first organiser"):
            who.click("link", "Mở trang ban kiểm phiếu")
            who.heading("Ban kiểm phiếu")
            for place, (name, role) in enumerate(MEMBERS):
                who.type_in("name", name, place)
                who.type_in("role", role, place) if role else None
            self.look(who, "15-naming")
            who.press("Đề nghị danh sách này")
            who.page.get_by_text("cần người khác xác nhận").first.wait_for()
        other = self.second
        with self.diary.part("confirm the committee", "second organiser"):
            other.click("link", "Các đợt")
            other.click("link", TITLE)
            other.click("link", "Mở trang ban kiểm phiếu")
            self.look(other, "16-confirming")
            other.press("Xác nhận đúng danh sách này")
            other.page.locator("[data-member]").nth(len(MEMBERS) - 1).wait_for()

    def invite(self) -> list[str]:
        who = self.first
        with self.diary.part("invite the committee", "first organiser"):
            who.page.get_by_text("Xin mời các thành viên chưa có lời mời").first.wait_for()  # it came by itself
            who.press("Lập lời mời cho những người chưa vào")
            who.page.locator(".invitation").nth(len(MEMBERS) - 1).wait_for()
            self.look(who, "17-invitations")
            who.press("In các lời mời")
            who.count(1)  # in the dialogue for printing, which no headless browser has
        return who.page.locator(".invitation .password").all_inner_texts()

    # --- opening --------------------------------------------------------------------------------------------------

    def look_at_zero(self) -> None:
        who = self.first
        with self.diary.part("zero report", "first organiser"):
            who.click("link", "Báo cáo không")
            who.heading("Báo cáo không")
            self.look(who, "20-zero")
            who.count(2)  # the browser's own printing
            who.click("link", "Về trang của đợt")
            who.heading(TITLE)

    def open(self) -> None:
        first, second = self.first, self.second
        with self.diary.part("propose to open", "first organiser"):
            first.press("Mở bỏ phiếu")
            first.heading("Chờ người thứ hai")
            self.look(first, "22-proposed")
            first.click("link", "Về trang của đợt")
            first.page.get_by_text("Quý vị đã đề nghị: Mở bỏ phiếu.").wait_for()
            self.look(first, "22-waiting")
        with self.diary.part("confirm, open", "second organiser"):
            second.click("link", "Các đợt")
            second.click("link", TITLE)
            self.look(second, "23-confirming")
            second.press("Xác nhận mở bỏ phiếu")
            second.page.locator(".phases [aria-current]").get_by_text("Đang bỏ phiếu", exact=True).wait_for()
            self.look(second, "24-voting")
