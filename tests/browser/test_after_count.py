"""From the count to a result that stands, by clicks: two people type, programs recount, papers are made and signed.

Here live the pages of organisers after the count, each looked at by axe-core. Never here: a signature with a key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.small_hall import FIRST, PLAN, SECOND, cast, close, tally
from tests.browser.people import Staff
from tests.browser.real_hall import served
from tests.browser.waiting import expect

COUNTED = {"signatures": "36", "envelopes_left": "0", "slips_in_box": "6"}
MINUTES = {"place": "Cần Thơ", "room": "Phòng họp số 2", "started": "9h30", "ended": "11:05", "assigned_by": "Hội nghị"}


@dataclass
class After:
    """Two organisers and the round, counted; what they saw is kept by the name of the picture."""

    hall: Hall
    first: Staff
    second: Staff
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/dot/{self.hall.uuid}/"

    def look(self, person: Staff, name: str, page: str = "") -> None:
        if page:
            person.go(self.path + page)
        self.seen[name] = person.text()
        person.picture(f"after-{name}")

    def type(self, person: Staff, **changes: str) -> None:
        person.go(f"{self.path}doi-chieu")
        again = person.page.get_by_text("Nhập lại", exact=True)
        if again.count() and not person.page.locator("details.retype[open]").count():
            again.click()
        for name, value in (COUNTED | changes).items():
            person.page.fill(f"[name={name}]", value)
        with person.page.expect_navigation():
            person.press("Ghi số của tôi")

    def play(self) -> None:
        self.look(self.first, "01-empty", "doi-chieu")
        self.type(self.first)
        self.look(self.second, "02-second", "doi-chieu")
        self.type(self.second, signatures="35")
        self.look(self.second, "03-differ")
        for person in (self.first, self.second):
            self.type(person)
        self.look(self.first, "04-open", "doi-chieu")
        self.recount()
        self.look(self.first, "06-agree", "doi-chieu")
        self.draw_up()
        self.certify()
        self.look(self.first, "12-result", "ket-qua")

    def recount(self) -> None:
        self.first.go(f"{self.path}kiem-lai")
        self.first.press("Kiểm lại bằng ba chương trình")
        self.first.page.get_by_text("tally verify nói gì").wait_for(timeout=240_000)
        self.first.page.get_by_text("recount.py nói gì").wait_for(timeout=240_000)
        self.first.page.get_by_role("button", name="Kiểm lại bằng ba chương trình").wait_for(timeout=240_000)
        self.look(self.first, "05-recounted")

    def draw_up(self) -> None:
        self.look(self.first, "07-minutes", "bien-ban")
        for name, value in MINUTES.items():
            self.first.page.fill(f"[name={name}]", value)
        with self.first.page.expect_navigation():
            self.first.press("Lưu biên bản")
        with self.first.page.expect_navigation(timeout=240_000):
            self.first.press("Lập văn bản")
        self.look(self.first, "08-made")

    def certify(self) -> None:
        self.look(self.first, "09-paper", "ky")
        self.first.press("Xác nhận bản giấy đủ chữ ký")
        self.first.page.get_by_text("Việc này cần người thứ hai").wait_for()
        self.look(self.second, "10-second-paper", "ky")
        with self.second.page.expect_navigation():
            self.second.press("Xác nhận bản giấy đủ chữ ký")
        self.look(self.second, "11-certified")


@pytest.fixture(scope="module")
def after(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[After]:
    with served(tmp_path_factory.mktemp("after"), own_device=False, **PLAN) as hall:
        for phase in ("frozen", "ready", "voting"):
            getattr(hall, phase)()
        cast(hall, range(6))
        close(hall)
        tally(hall)
        people = [Staff(browser, hall.house.config.registry_origin) for _ in range(2)]
        for person, login in zip(people, (FIRST, SECOND), strict=True):
            person.log_in(login, PASSWORD)
        found = After(hall, *people)
        try:
            found.play()
            assert [error for person in people for error in person.errors] == []
            yield found
        finally:
            for person in people:
                person.close()


def test_the_second_sees_that_the_first_has_typed_and_no_number(after: After) -> None:
    assert f"Người {FIRST} đã nhập" in after.seen["02-second"]
    assert "36" not in after.seen["02-second"]


def test_a_difference_is_named_and_then_gone(after: After) -> None:
    assert "Khác ở: Chữ ký nhận thẻ." in after.seen["03-differ"]
    assert "Còn phải kiểm lại" in after.seen["04-open"]
    assert "Khớp." in after.seen["06-agree"]


def test_a_time_is_taken_as_people_write_it(after: After) -> None:
    after.first.go(f"{after.path}bien-ban")
    expect(after.first.page.locator("[name=started]")).to_have_value("09:30")


def test_the_sentence_stands_on_the_first_screen_of_a_small_laptop(after: After) -> None:
    page = after.first.page
    page.set_viewport_size({"width": 1366, "height": 768})
    after.first.go(f"{after.path}doi-chieu")
    place = page.locator(".verdict").bounding_box()
    assert place["y"] + place["height"] <= 480


def test_the_result_stands_and_its_papers_can_be_fetched(after: After) -> None:
    assert "Kết quả đã được xác nhận" in after.seen["11-certified"]
    assert "Biên bản kiểm phiếu" in after.seen["12-result"]
    with after.first.page.expect_download() as loading:
        after.first.page.evaluate("path => { location.href = path }", f"{after.path}ket-qua/ho-so.zip")
    assert loading.value.suggested_filename == f"ho-so-{after.hall.uuid}.zip"


def test_a_result_on_paper_has_every_column(after: After) -> None:
    page = after.first.page
    before = page.viewport_size
    after.first.go(f"{after.path}ket-qua")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 between a browser's usual margins
    page.emulate_media(media="print")
    assert page.locator(".result").evaluate("table => table.getBoundingClientRect().right <= innerWidth")
    page.emulate_media(media="screen")
    page.set_viewport_size(before)


def test_a_receipt_is_looked_up_beside_the_papers(after: After) -> None:
    from ballot.public import board

    tracker = board.trackers(after.hall.house, after.hall.uuid)[0]
    after.first.go(f"{after.path}tra-cuu")
    after.first.page.fill("[name=tracker]", tracker)
    with after.first.page.expect_navigation():
        after.first.press("Tra cứu")
    after.look(after.first, "13-receipt")
    assert "Phiếu này có trong hồ sơ." in after.seen["13-receipt"]
    assert tracker not in after.first.page.url
