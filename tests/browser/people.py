"""People at their own browsers, in the real application: what each of them clicks and types.

Here lives the order of clicks. Never here: an expectation, or an act done without the page.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tally.protocol.credential import SlipCode
from tests.browser.booth_steps import confirm
from tests.browser.conftest import SIZES, check_accessible, take_pictures

BLANK = "."


class Person:
    """One profile of one browser; what went wrong in its pages is kept in `errors`."""

    def __init__(self, browser: Any, origin: str) -> None:
        self.origin = origin
        width, height = SIZES[0]
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale="vi-VN", accept_downloads=True
        )
        self.context.set_default_timeout(20_000)
        self.errors: list[str] = []
        self.page = self.watched(self.context.new_page())

    def watched(self, page: Any) -> Any:
        """Note a page's errors; an answer of 4xx is no error of the page."""
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if _is_error(m) else None)
        return page

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def text(self) -> str:
        self.page.wait_for_load_state()
        return self.page.locator("main").inner_text()

    def picture(self, name: str) -> None:
        """Let axe-core look, then take a picture in each size into the folder that PTN_PICTURES names, if any."""
        check_accessible(self.page)
        folder = os.environ.get("PTN_PICTURES")
        if folder:
            take_pictures(self.page, Path(folder) / name)

    def close(self) -> None:
        self.context.close()


def _is_error(message: Any) -> bool:
    return message.type == "error" and "Failed to load" not in message.text


class Staff(Person):
    """Somebody with an account at the registry."""

    def log_in(self, login: str, password: str) -> None:
        self.go("/dang-nhap")
        self.picture("01-login") if login.endswith("1") else None
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.press("Đăng nhập")
        self.page.get_by_role("heading", name="Các đợt lấy phiếu").wait_for()

    def create_round(self, values: dict[str, str], *, rule_set: str, officials: Path, roll: Path) -> str:
        """Fill in the form, upload both lists, and return the round's uuid."""
        self.page.get_by_role("link", name="Lập nhanh từ hai danh sách").click()
        for name, value in values.items():
            self.page.fill(f"[name={name}]", value)
        self.page.select_option("[name=rule_set]", rule_set)
        self.page.set_input_files("[name=officials]", officials)
        self.page.set_input_files("[name=roll]", roll)
        self.page.check("[name=rehearsal]")
        self.picture("02-new")
        self.press("Lập đợt")
        self.page.get_by_role("heading", name=values["title"]).wait_for()
        return str(self.page.url).rstrip("/").rsplit("/", 1)[1]

    def upload(self, button: str, files: dict[str, Sequence[Path]]) -> None:
        for name, paths in files.items():
            self.page.set_input_files(f"[name={name}]", list(paths))
        self.press(button)

    def pair_station(self, uuid: str) -> Any:
        """Pair this desk with a station in a tab beside it; return that tab."""
        self.go(f"/dot/{uuid}/ban")
        self.press("Ghép trạm in thẻ")
        self.page.get_by_role("heading", name="Ghép trạm in thẻ").wait_for()
        self.picture("05-pairing")
        with self.context.expect_page() as opened:
            self.page.get_by_role("link", name="Mở trạm trong tab mới").click()
        station = self.watched(opened.value)
        station.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
        self.page.get_by_text("Đã ghép xong").wait_for()
        return station

    def take_slip(self, station: Any) -> tuple[SlipCode, str]:
        """Print and hand over the slip on the station's screen; return it and all that stood there."""
        station.locator("#slip-paper").wait_for()
        desk, self.page = self.page, station
        self.picture("06-station")
        seen, slip = self.text(), "".join(station.locator(".slip-code span").all_inner_texts())
        self.press("In thẻ")
        self.press("Đã in xong, đã trao tận tay")
        station.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
        assert slip[:4] not in self.text()
        self.page = desk
        return SlipCode.read(slip), seen


class Voter(Person):
    """Somebody in a booth, or at home before the board; nobody here has an account."""

    def enter(self, uuid: str) -> None:
        self.go(f"/dot/{uuid}/phong-phieu")
        self.page.get_by_role("button", name="Bắt đầu").wait_for()

    def mark(self, wanted: str, picture: str = "") -> None:
        """Mark every official by touch, a digit for a level and a dot for a line left blank on purpose."""
        self.press("Bắt đầu")
        done = 0
        while self.page.locator(".marking").count():
            rows = self.page.locator(".row")
            keys = wanted[done : done + rows.count()]
            for place, key in enumerate(keys):
                if key != BLANK:
                    rows.nth(place).locator(".level").nth(int(key) - 1).click()
            if picture:
                self.picture(f"{picture}-{done}")
            self.press("Tiếp tục")
            if BLANK in keys:
                self.press("Bỏ trống có chủ ý")
            done += len(keys)

    def confirm(self) -> None:
        """Read the review to its end and have the ballot encrypted."""
        confirm(self.page)

    def type_slip(self, slip: SlipCode) -> None:
        self.press("Bỏ phiếu")
        self.page.locator("#slip").press_sequentially(slip.shown().replace("-", "").lower())

    def refusal(self, slip: SlipCode) -> tuple[int, str]:
        """Cast with a slip that will be refused; return the status and what the screen says."""
        self.type_slip(slip)
        with self.page.expect_response("**/phieu") as answer:
            self.page.keyboard.press("Enter")
        self.page.locator(".failed").wait_for()
        return answer.value.status, self.text()

    def download(self, uuid: str, folder: Path) -> Path:
        """Download the record from the board, as anybody can."""
        self.go(f"/dot/{uuid}/")
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Hồ sơ đầy đủ").click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path


def write_list(path: Path, *rows: Sequence[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path
