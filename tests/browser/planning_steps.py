"""What organisers do from an empty catalogue to a sealed provincial round, step by step, with every click counted.

Here lives the order of clicks, and a diary of what each part took. Never here: an expectation of a test's own, or an
act done without a page.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.browser.people import Staff

TITLE = "Lấy phiếu tín nhiệm giữa nhiệm kỳ"
SAMPLE = "Một tỉnh mẫu"
CHOOSING_A_FILE, CHOOSING_FROM_A_LIST = 3, 2
"""Clicks by hand: the button, the file, “open”; the list, the entry."""


@dataclass
class Part:
    """What one part of the work took one person; `seconds` are the machine's, for nobody pauses in a test."""

    name: str
    who: str = ""
    clicks: float = 0
    typed: float = 0
    seconds: float = 0


@dataclass
class Diary:
    """Every part in its order; what time was spent looking at pages counts for none of them."""

    parts: list[Part] = field(default_factory=list)
    looking: float = 0

    @contextmanager
    def part(self, name: str, who: str = "") -> Iterator[Part]:
        self.parts.append(Part(name, who))
        started, looked = time.monotonic(), self.looking
        yield self.parts[-1]
        self.parts[-1].seconds = time.monotonic() - started - (self.looking - looked)

    @contextmanager
    def aside(self) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.looking += time.monotonic() - started

    def written(self) -> str:
        rows = [f"{p.name:<34}{p.clicks:>4} clicks {p.typed:>3} characters {p.seconds:>6.1f} s" for p in self.parts]
        return "\n".join(["", *rows, f"{'sum':<34}{self.clicks:>4} clicks {'':>14} {self.seconds:>6.1f} s"])

    @property
    def clicks(self) -> float:
        return sum(part.clicks for part in self.parts)

    @property
    def seconds(self) -> float:
        return sum(part.seconds for part in self.parts)


class Counted(Staff):
    """Somebody whose clicks are counted into the part of the diary that is being written."""

    def __init__(self, browser: Any, origin: str, diary: Diary) -> None:
        super().__init__(browser, origin)
        self.diary = diary

    def count(self, clicks: int, typed: int = 0) -> None:
        if self.diary.parts:  # what comes before the first part is no part of the work
            self.diary.parts[-1].clicks += clicks
            self.diary.parts[-1].typed += typed

    def click(self, role: str, name: str, **more: Any) -> None:
        self.page.get_by_role(role, name=name, **more).first.click()
        self.count(1)

    def press(self, name: str) -> None:
        super().press(name)
        self.count(1)

    def tick(self, label: str) -> None:
        self.page.get_by_label(label).check()
        self.count(1)

    def type_in(self, name: str, value: str, place: int = 0) -> None:
        self.page.locator(f"[name={name}]:visible").nth(place).fill(value)
        self.count(1, len(value))

    def heading(self, name: str) -> None:
        self.page.get_by_role("heading", name=name, exact=True, level=1).wait_for()

    def go_on(self, expected: str) -> None:
        self.click("button", "Lưu và tiếp tục")
        self.heading(expected)

    def picture(self, name: str) -> None:
        with self.diary.aside():
            super().picture(name)


@dataclass
class Planning:
    """Two organisers and what they saw; `looked_at` has axe-core look at every page and takes the pictures."""

    first: Counted
    second: Counted
    folder: Path
    diary: Diary
    looked_at: bool = True
    seen: dict[str, str] = field(default_factory=dict)

    def play(self) -> str:
        """From the workbook to the sealed round; return the round's uuid."""
        self.fill_the_catalogue()
        self.plan()
        self.approve()
        return self.make_and_seal()

    def look(self, who: Counted, name: str) -> None:
        self.seen[name] = who.text()
        if self.looked_at:
            who.picture(f"planning-{name}")

    def fill_the_catalogue(self) -> None:
        who = self.first
        with self.diary.part("workbook: get, upload, confirm"):
            who.click("link", "Kế hoạch", exact=True)
            self.look(who, "00-nothing-yet")
            who.click("link", "Nhập, xuất danh sách")
            with who.page.expect_download() as download:
                who.click("link", SAMPLE)
            sample = self.folder / download.value.suggested_filename
            download.value.save_as(sample)
            who.page.set_input_files("[name=list]", sample)
            who.count(CHOOSING_A_FILE)
            who.click("button", "Đọc và xem trước")
            who.page.get_by_role("heading", name="Không có lỗi").wait_for()
            self.look(who, "01-preview")
            who.click("button", "Đồng ý, ghi vào danh mục")
            who.heading("Đã ghi vào danh mục")

    def plan(self) -> None:
        who = self.first
        with self.diary.part("1 basis"):
            who.click("link", "Kế hoạch", exact=True)
            who.click("button", "Lập kế hoạch mới")
            who.type_in("title", TITLE)
            who.type_in("session", "Kỳ họp thứ 9")
            who.type_in("date", f"{self.day():%d/%m/%Y}")
            who.page.get_by_label("Cơ quan, tổ chức").select_option(label="– Hội đồng nhân dân tỉnh mẫu")
            who.count(CHOOSING_FROM_A_LIST)
            self.look(who, "11-basis")
            who.go_on("Người được lấy phiếu")
        self.officials_to_policy(who)
        with self.diary.part("7 plan: submit"):
            self.look(who, "17-plan")
            who.click("link", "Xem bản in")
            self.look(who, "18-paper")
            who.click("link", "Trở lại")
            who.click("button", "Trình duyệt")
            who.page.get_by_text("đã trình duyệt kế hoạch này").wait_for()
            self.look(who, "19-submitted")

    def officials_to_policy(self, who: Counted) -> None:
        with self.diary.part("2 officials"):
            self.look(who, "12-officials")
            who.go_on("Khối, loại phiếu, thứ tự")
        with self.diary.part("3 ballot"):
            self.look(who, "13-ballot")
            who.go_on("Người ghi phiếu")
        with self.diary.part("4 voters"):
            for number in (1, 2, 3):
                who.tick(f"Tổ đại biểu số {number}")
            who.tick("Thường trực và các trưởng ban")
            who.click("button", "Lưu", exact=True)
            who.page.get_by_text("Danh sách người ghi phiếu, theo tên").wait_for()
            self.look(who, "14-voters")
            who.go_on("Điểm cầu")
        with self.diary.part("5 sites"):
            self.look(who, "15-sites")
            who.go_on("Ban kiểm phiếu, công khai")
        with self.diary.part("6 committee and disclosure"):
            self.look(who, "16-policy")
            who.go_on("Văn bản kế hoạch, phê duyệt")

    def approve(self) -> None:
        who = self.second
        with self.diary.part("7 plan: approve (second account)"):
            who.click("link", "Kế hoạch", exact=True)
            self.look(who, "20-list")
            who.click("link", TITLE)
            who.click("link", "Văn bản kế hoạch, phê duyệt")
            self.look(who, "21-to-approve")
            who.click("button", "Duyệt kế hoạch")
            who.page.get_by_text("Đã duyệt bởi").wait_for()

    def make_and_seal(self) -> str:
        who = self.first
        with self.diary.part("8 check, make the round"):
            who.click("link", "Kiểm tra, lập đợt")
            self.look(who, "22-check")
            who.click("button", "Lập đợt", exact=True)
            who.heading(TITLE)
            self.look(who, "23-round")
        with self.diary.part("seal"):
            who.click("button", "Niêm phong")
            who.page.get_by_role("link", name="Mở bàn tiếp đón").first.wait_for(timeout=120_000)
            self.look(who, "24-sealed")
        return str(who.page.url).rstrip("/").rsplit("/", 1)[1]

    @staticmethod
    def day() -> date:
        return date.today() + timedelta(days=60)
