"""Between close and count, by clicks: everybody is told to look, nobody can decrypt, two end it; then what is kept.

Here live the pages of the wait, of the book of incidents and of a round that has ended, each looked at by axe-core.
Never here: how the wait is measured (tests/ballot/result/test_complaint_wait.py).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ballot.result import counting
from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.small_hall import FIRST, SECOND, column
from tests.browser import real_hall
from tests.browser.committee_hall import open_box, python_members, vote_and_close
from tests.browser.conftest import take_pictures
from tests.browser.people import Staff
from tests.browser.test_committee_close import Closed
from tests.browser.waiting import expect
from tests.builders import VOTES

REASON = "Mọi người đã tra cứu xong"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@dataclass
class Wait:
    """Two organisers, a stranger with a telephone, and what they saw, by the name of the picture."""

    hall: Hall
    first: Staff
    second: Staff
    stranger: Staff
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/dot/{self.hall.uuid}/"

    def look(self, person: Staff, name: str, path: str = "") -> None:
        person.page.goto(path) if path.startswith("http") else person.go(self.path + path)
        self.seen[name] = person.text()
        person.picture(f"wait-{name}")
        assert person.page.evaluate(FITS), f"{name}: wider than the screen"

    def project(self) -> None:
        """Look at the big screen, which asks for itself again and is not for axe."""
        self.first.go(f"/chieu/{column(self.hall, 'projector_key')}")
        self.seen["03-projector"] = self.first.text()
        if folder := os.environ.get("PTN_PICTURES"):
            take_pictures(self.first.page, Path(folder) / "wait-03-projector")

    def set_length(self) -> None:
        self.look(self.first, "01-length")
        self.first.page.fill("[name=complaint_minutes]", "10")
        with self.first.page.expect_navigation():
            self.first.press("Ghi số phút")

    def write_down(self) -> None:
        person = self.first
        self.look(person, "04-book", "su-co")
        for text, named in (("Đại biểu họ tên 0001 bấm nhầm", False), ("Mất điện ba phút ở phòng phiếu", True)):
            person.page.select_option("select[name=kind]", "power")
            person.page.fill("[name=time]", "9h05")
            person.page.fill("section [name=text]", text)
            with person.page.expect_navigation():
                person.press("Ghi vào sổ")
            self.seen["05-named" if not named else "06-written"] = person.text()
            person.picture("wait-05-named" if not named else "wait-06-written")
        person.page.get_by_text("Ghi cách giải quyết").click()
        person.page.fill("td [name=text]", "Máy chạy bằng bộ lưu điện, không mất phiếu")
        with person.page.expect_navigation():
            person.press("Ghi")
        self.look(person, "07-settled", "su-co")

    def end_early(self) -> None:
        self.first.go(self.path)
        self.first.page.get_by_text("Kết thúc sớm (hai người, có lý do)").click()
        self.first.page.fill("[name=reason]", REASON)
        self.first.press("Đề nghị kết thúc sớm")
        self.first.page.get_by_text("Việc này cần người thứ hai").wait_for()
        self.look(self.first, "08-proposed")
        self.look(self.second, "09-second")
        with self.second.page.expect_navigation():
            self.second.press("Xác nhận kết thúc sớm")
        self.look(self.second, "10-over")

    def keep(self) -> None:
        self.look(self.first, "11-ended", "luu-tru")
        with self.first.page.expect_download(timeout=120_000):
            self.first.press("Lập bộ hồ sơ và ghi mã")
        self.look(self.first, "12-archived", "luu-tru")
        self.first.press("Hủy khóa của máy")
        self.first.page.get_by_text("Việc này cần người thứ hai").wait_for()
        self.look(self.second, "13-second", "luu-tru")
        with self.second.page.expect_navigation():
            self.second.press("Xác nhận hủy khóa của máy")
        self.look(self.second, "14-keys-gone", "luu-tru")


@pytest.fixture
def wait(browser: Any, tmp_path: Path) -> Iterator[Wait]:
    with real_hall.served(tmp_path / "wait", own_device=False, rehearsal=True) as hall:
        hall.members = python_members(hall)
        config = hall.house.config
        people = [Staff(browser, origin) for origin in (config.registry_origin,) * 2 + (config.box_origin,)]
        for person, login in zip(people, (FIRST, SECOND), strict=False):
            person.log_in(login, PASSWORD)
        open_box(hall)
        yield Wait(hall, *people)
        errors = [error for person in people for error in person.errors]
        for person in people:
            person.close()
        assert errors == []


def test_everybody_is_told_to_look_and_nobody_can_decrypt_until_it_is_over(wait: Wait, seats: Any) -> None:
    """threats F9, by the pages that people see."""
    hall = wait.hall
    wait.set_length()
    root = vote_and_close(hall, VOTES[:5])
    wait.look(wait.first, "02-waiting")
    wait.project()
    assert "Còn 10 trên 10 phút" in wait.seen["02-waiting"]
    assert "Còn 10 phút để tra cứu" in wait.seen["03-projector"]
    wait.look(wait.stranger, "03-board")
    assert "Bây giờ là lúc tra cứu" in wait.seen["03-board"]
    member = Closed(hall, hall.members, root).seat(seats, 1)
    member.screen("closed-menu")
    member.said("Còn 10 phút để tra cứu mã theo dõi và khiếu nại")
    decrypt = member.page.get_by_role("button", name="Giải mã")
    expect(decrypt).to_be_disabled()
    member.picture("waiting")
    wait.write_down()
    assert "Đại biểu họ tên 0001" in wait.seen["05-named"]
    assert "không mất phiếu" in wait.seen["07-settled"]
    wait.end_early()
    assert REASON in wait.seen["09-second"]
    assert "Còn thiếu phần giải mã" in wait.seen["10-over"]
    member.page.locator(".closed-menu button.primary:not([disabled])").wait_for()
    for each in hall.members[1:]:
        each.ask("giai-ma", part=json.loads(each.part().encode()))
    counting.tally(hall.house, hall.uuid, hall.actor(FIRST))
    wait.keep()
    assert "Đã hủy." in wait.seen["14-keys-gone"]
