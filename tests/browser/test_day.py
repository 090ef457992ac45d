"""The day in a real browser: one page that says what is next, two persons, three sites, the big screen, staged reveal.

Here lives what organisers and the hall see. Never here: a station or a booth; slips and ballots are made in Python.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tally.protocol.holding import UNUSED_ENVELOPE
from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.small_hall import DESK, FIRST, SECOND, SITES, column, tally
from tests.browser.people import Staff
from tests.browser.real_hall import served
from tests.browser.waiting import expect

pytestmark = pytest.mark.campaign  # test_whole_round.py and test_provincial.py go through these pages every time

COUNT = 24
ROLL = "ma,ho_ten,don_vi,diem\n" + "".join(
    f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 2},{SITES[n % 3]}\n" for n in range(COUNT)
)
POSTS = ("Phó Chủ tịch Ủy ban nhân dân tỉnh, Ủy viên Ban Thường vụ Tỉnh ủy", "Giám đốc Sở Tài chính", "Chánh án")
NAMES = ("Nguyễn Thị Ẩn", "Tôn Nữ Công Huyền Thị Thiên Kim Bảo Ngọc", "Lê Hoàng Phượng", "Phạm Văn Đỗ")
OFFICIALS = "khoi,ho_ten,chuc_vu\n" + "".join(
    f'"{"Khối Ủy ban nhân dân" if n < 8 else "Khối Hội đồng nhân dân"}","{NAMES[n % 4]} {n + 1}","{POSTS[n % 3]}"\n'
    for n in range(11)
)
TITLE = "Lấy phiếu tín nhiệm đối với người giữ chức vụ do Hội đồng nhân dân tỉnh bầu"
LEVELS = tuple(n % 3 for n in range(11))
WIDTHS = ((1366, 768), (1920, 1080))
SCREENS = ((1920, 1080), (1024, 768))
ALIKE = ("02", "06-open-before", "09", "11")
"""Looks at pages that differ in a few words from others: axe-core has seen them."""
WHY = "Mất đường truyền từ 9 giờ, không liên lạc được"
READABLE = """() => [...document.querySelectorAll('h1, h2, th, td, dt, dd, p.phase, p.say')]
    .map((e) => [e.textContent.trim().slice(0, 30), parseFloat(getComputedStyle(e).fontSize) / innerHeight])
    .filter(([, share]) => share < 0.035)"""
FITS = """() => { const [b, m] = [document.body, document.querySelector('main')];
    return b.scrollHeight <= innerHeight && b.scrollWidth <= innerWidth
        && m.scrollHeight <= m.clientHeight + 1 && m.scrollWidth <= m.clientWidth + 1; }"""


@dataclass
class Day:
    """Everybody's browser, and what was seen in the order of the day."""

    hall: Hall
    first: Staff
    second: Staff
    desk: Staff
    screen: Any
    pictures: str
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def round(self) -> str:
        return f"/dot/{self.hall.uuid}/"

    def look(self, person: Staff, name: str, path: str = "") -> str:
        """Open a page of the round, look at it at both sizes, keep what stands there."""
        person.go(f"{self.round}{path}")
        for width, height in WIDTHS:
            person.page.set_viewport_size({"width": width, "height": height})
            assert person.page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        if self.pictures or not name.startswith(ALIKE):
            person.picture(f"day-{name}")
        self.seen[name] = person.text()
        return self.seen[name]

    def project(self, name: str) -> str:
        """Look at the big screen at both sizes: nothing smaller than can be read at 20 m, nothing cut off."""
        self.screen.goto(f"{self.first.origin}/chieu/{column(self.hall, 'projector_key')}")
        for width, height in SCREENS:
            self.screen.set_viewport_size({"width": width, "height": height})
            if self.pictures:
                self.screen.screenshot(path=str(Path(self.pictures) / f"day-screen-{name}-{width}x{height}.png"))
            assert self.screen.evaluate(READABLE) == [], (name, width)
            assert self.screen.evaluate(FITS), (name, width)
        self.seen[f"screen {name}"] = self.screen.locator("body").inner_text()
        self.screen.goto("about:blank")  # it would ask for itself again in the midst of the next look
        return self.seen[f"screen {name}"]

    def play(self) -> None:
        """From the first slips to the second block of the result."""
        hall = self.hall
        self.project("issuing")
        self.look(self.first, "01-issuing")
        envelopes = hall.envelopes(2)
        for voter_id in hall.voters():
            hall.slips.append(hall.slip(voter_id))
        for name, act in (("02-quorum", hall.freeze), ("03-frozen", hall.ready)):
            self.look(self.first, name)
            self.first.page.goto("about:blank")  # a page that follows the committee would load itself anew
            act()
        self.project("ready")
        self.look(self.desk, "04-ready-desk")
        self.look(self.first, "05-zero", "bao-cao-khong")
        self.print_zero_report()
        self.two("06-open", "Mở bỏ phiếu")
        self.vote()
        self.settle_sites()
        for envelope in envelopes:
            hall.station.void(envelope, UNUSED_ENVELOPE)
        self.two("09-close", "Chốt hòm phiếu")
        self.count()

    def two(self, name: str, act: str) -> None:
        """Let the first propose and the second confirm; both look at the page in between."""
        self.look(self.first, f"{name}-before")
        self.first.press(act)
        self.first.page.get_by_role("heading", name="Chờ người thứ hai").wait_for()
        self.look(self.first, f"{name}-first")
        self.look(self.second, f"{name}-second")
        with self.second.page.expect_navigation():
            self.second.press(f"Xác nhận {act[0].lower()}{act[1:]}")
        self.second.page.locator(".phases").wait_for()
        self.seen[f"{name}-after"] = self.second.text()

    def print_zero_report(self) -> None:
        raw = self.first.page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "14mm"))
        document = pypdfium2.PdfDocument(raw)
        self.seen["printed"] = [page.get_textpage().get_text_range() for page in document]
        if self.pictures:
            document[0].render(scale=1.5).to_pil().save(Path(self.pictures) / "day-05-zero-printed.png")

    def vote(self) -> None:
        for number in range(20):
            assert self.hall.cast(self.hall.body(number, LEVELS)).status_code == 201
        self.project("voting")
        self.look(self.first, "07-voting")

    def settle_sites(self) -> None:
        """A desk reports two sites; the third is given up by two organisers."""
        for site in SITES[:2]:
            self.desk.go(f"{self.round}diem-cau")
            with self.desk.page.expect_navigation():
                self.desk.page.get_by_role("button", name=f"Đã thu đủ: {site}").click()
        self.first.go(f"{self.round}diem-cau")
        self.first.page.get_by_text("Bỏ điểm này", exact=True).click()
        self.first.page.fill("[name=why]", WHY)
        self.first.picture("day-08-sites-giving-up")
        self.first.press(f"Đề nghị bỏ điểm này: {SITES[2]}")
        self.first.page.get_by_role("heading", name="Chờ người thứ hai").wait_for()
        self.look(self.second, "08-sites-second", "diem-cau")
        with self.second.page.expect_navigation():
            self.second.press(f"Xác nhận bỏ điểm này: {SITES[2]}")
        self.look(self.first, "08-sites-settled", "diem-cau")

    def count(self) -> None:
        self.project("closed")
        self.look(self.first, "10-closed")
        tally(self.hall)
        self.look(self.first, "11-tallied")
        self.project("tallied")
        for number, block in enumerate(("Khối Ủy ban nhân dân", "Khối Hội đồng nhân dân"), start=1):
            self.first.go(self.round)
            with self.first.page.expect_navigation():
                self.first.press(f"Công bố khối tiếp theo: {block}")
            self.project(f"block-{number}")
        self.look(self.first, "12-revealed")
        self.look(self.first, "13-result", "ket-qua")


@pytest.fixture(scope="module")
def day(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    plan = {"roll": ROLL, "officials": OFFICIALS, "delegates": COUNT, "rehearsal": True, "title": TITLE}
    with served(tmp_path_factory.mktemp("day"), own_device=False, **plan) as hall:
        people = [Staff(browser, hall.house.config.registry_origin) for _ in range(3)]
        for person, login in zip(people, (FIRST, SECOND, DESK), strict=True):
            person.log_in(login, PASSWORD)
        stranger = browser.new_context(locale="vi-VN")
        day = Day(hall, *people, stranger.new_page(), os.environ.get("PTN_PICTURES", ""))
        try:
            day.play()
            assert [error for person in people for error in person.errors] == []
            assert stranger.cookies() == []
            yield day
        finally:
            stranger.close()
            for person in people:
                person.close()


def test_the_next_act_stands_on_the_first_screen_of_a_small_laptop(day: Day) -> None:
    page = day.first.page
    day.first.go(day.round)
    page.set_viewport_size({"width": 1366, "height": 768})
    place = page.locator(".next.day .lead").bounding_box()
    assert place["y"] + place["height"] <= 420
    assert day.seen["01-issuing"].count("Việc tiếp theo".upper()) + day.seen["01-issuing"].count("Việc tiếp theo") == 1


def test_each_stage_says_who_must_act(day: Day) -> None:
    assert "Đón người dự họp và cấp thẻ" in day.seen["01-issuing"]
    assert "rồi chốt danh sách thẻ" in day.seen["02-quorum"]
    assert "Các thành viên ban kiểm phiếu" in day.seen["03-frozen"]
    assert "Các nút của ban tổ chức chỉ hiện cho tài khoản ban tổ chức" in day.seen["04-ready-desk"]
    assert "còn chờ 3 điểm cầu" in day.seen["07-voting"]


def test_who_proposed_waits_and_only_the_other_confirms(day: Day) -> None:
    for act, confirm in (("06-open", "Xác nhận mở bỏ phiếu"), ("09-close", "Xác nhận chốt hòm phiếu")):
        assert "Quý vị đã đề nghị" in day.seen[f"{act}-first"]
        assert f"Người đề nghị: Người {FIRST}." in day.seen[f"{act}-second"]
        assert confirm in day.seen[f"{act}-second"]


def test_a_site_is_given_up_before_everybodys_eyes(day: Day) -> None:
    assert "đã phát 8 thẻ" in day.seen["08-sites-second"]
    assert WHY in day.seen["08-sites-settled"]
    assert "Không còn điểm nào phải chờ" in day.seen["08-sites-settled"]


def test_the_screen_tells_the_hall_what_is_due_and_no_more(day: Day) -> None:
    assert "0 / 24" in day.seen["screen issuing"]
    assert "Sẵn sàng mở bỏ phiếu" in day.seen["screen ready"]
    assert "ít nhất 10" in day.seen["screen voting"]
    assert "20" in day.seen["screen closed"]
    assert not any("%" in day.seen[f"screen {name}"] for name in ("issuing", "ready", "voting", "closed", "tallied"))


def test_the_result_is_shown_block_by_block(day: Day) -> None:
    first, second = day.seen["screen block-1"], day.seen["screen block-2"]
    assert ("Khối Ủy ban nhân dân" in first, "Khối Hội đồng nhân dân" in first) == (True, False)
    assert "Khối Hội đồng nhân dân" in second
    assert "100%" in first
    assert all("DIỄN TẬP" in text for name, text in day.seen.items() if name.startswith("screen"))


def test_the_zero_report_prints_on_one_page_with_room_for_signatures(day: Day) -> None:
    (text,) = day.seen["printed"]
    assert "Đăng xuất" not in text
    for words in ("Báo cáo không", "Người tổ chức thứ hai", day.hall.manifest.hash[:4]):
        assert words in text


def test_the_screen_turns_its_pages_without_a_script(day: Day, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{day.first.origin}/chieu/{column(day.hall, 'projector_key')}?khoi=1")
    expect(page.locator("tbody tr")).to_have_count(5)
    seconds, _, address = page.locator("meta[http-equiv=refresh]").get_attribute("content").partition("; url=")
    assert 5 <= int(seconds) <= 20
    page.goto(f"{day.first.origin}{address}")
    expect(page.locator("tbody tr")).to_have_count(3)
    context.close()
