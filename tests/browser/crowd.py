"""A hall full of people at once: desks, stations and terminals, each a Chromium of its own, some of them killed.

Here lives what each of them does, all at the same time. Never here: an expectation, or a shortcut past a page.

Stations and terminals run with profiles on disk, as in a hall, so that a test can kill a machine, start it again, and
search afterwards what it left behind.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.booth_steps import confirm_async
from tests.browser.conftest import ARGUMENTS
from tests.browser.waiting import WITHIN, kill_browser

LEVELS = 3
BLANK = None
WAIT = 1000 * WITHIN
Marks = tuple[int | None, ...]


@dataclass
class Machine:
    """A computer with one browser and a profile on its disk; `kill` is what a pulled plug does to the processes."""

    playwright: Any
    program: str
    profile: Path
    context: Any = None
    page: Any = None
    errors: list[str] = field(default_factory=list)

    async def start(self, address: str) -> None:
        self.context = await self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=self.program,
            args=list(ARGUMENTS),
            viewport={"width": 1366, "height": 768},
            locale="vi-VN",
        )
        self.context.set_default_timeout(WAIT)
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        await self.page.goto(address)

    def kill(self) -> None:
        kill_browser(self.profile)

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def close(self) -> None:
        await self.context.close()


# --- the desk -----------------------------------------------------------------------------------------------------


@dataclass
class Desk:
    """Somebody at a desk with an account; checks in the people who queue there."""

    page: Any
    origin: str
    login: str

    async def log_in(self, password: str) -> None:
        await self.page.goto(f"{self.origin}/dang-nhap")
        await self.page.fill("[name=login]", self.login)
        await self.page.fill("[name=password]", password)
        await self.page.get_by_role("button", name="Đăng nhập", exact=True).click()
        await self.page.get_by_role("heading", name="Các đợt lấy phiếu").wait_for()

    async def pairing_code(self, uuid: str) -> str:
        await self.page.goto(f"{self.origin}/dot/{uuid}/ban")
        await self.page.get_by_role("button", name="Ghép trạm in thẻ").click()
        shown = self.page.locator(".pairing-code")
        await shown.wait_for()
        return re.sub(r"[^0-9A-Z]", "", await shown.inner_text())

    async def check_in(self, uuid: str, typed: str) -> None:
        """Find a voter by what the scanner or the fingers type, and confirm."""
        await self.page.goto(f"{self.origin}/dot/{uuid}/ban")
        await self.page.fill("[name=tim]", typed)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url(re.compile(r"/ban(/\d+|\?tim=.*)$"))
        if "?tim=" in self.page.url:  # a badge opens its voter at once, fingers choose from a list
            await self.page.locator("a.name").first.click()
        await self.page.get_by_role("button", name="Xác nhận có mặt và cấp thẻ").click()
        await self.page.get_by_text("có mặt, bàn").wait_for()


# --- the station --------------------------------------------------------------------------------------------------


@dataclass
class Station:
    """The slip station beside the desks; hands every slip to whoever stands in front of it."""

    machine: Machine
    address: str
    slips: asyncio.Queue[str]
    made: int = 0
    killed: asyncio.Event = field(default_factory=asyncio.Event)

    async def pair(self, code: str) -> None:
        page, field = self.machine.page, self.machine.page.locator("#pairing-code")
        more = page.get_by_role("button", name="Ghép thêm bàn")
        await field.or_(more).first.wait_for()
        if await more.count():
            await more.click()
        await field.fill(code)
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()

    async def serve(self, *, kill_at: int = -1) -> None:
        """Hand over slips until cancelled; die once, in the middle of making slip number `kill_at`."""
        while True:
            if self.made == kill_at and not self.killed.is_set():
                await self.die_and_come_back()
            paper = self.machine.page.locator("#slip-paper")
            await paper.wait_for(timeout=10 * WAIT)
            code = "".join(await paper.locator(".slip-code span").all_inner_texts())
            await self.machine.press("In thẻ")
            await self.machine.press("Đã in xong, đã trao tận tay")
            await paper.wait_for(state="detached")
            self.made += 1
            await self.slips.put(code)

    async def die_and_come_back(self) -> None:
        """Pull the plug between the issuers' answer and the delivery to the box; then switch the machine on again."""
        dead = asyncio.Event()

        async def pull(route: Any) -> None:
            self.machine.kill()
            dead.set()

        await self.machine.context.route("**/tam", pull)
        async with asyncio.timeout(10 * WITHIN):  # somebody has to come to this station's desk first
            await dead.wait()
        await self.machine.start(self.address)
        self.killed.set()


# --- the terminal -------------------------------------------------------------------------------------------------


@dataclass
class Terminal:
    """A voting terminal; one voter after another uses it."""

    machine: Machine
    address: str

    async def mark(self, marks: Marks) -> None:
        """Mark every official by touch, review to the end, and have the ballot encrypted."""
        page, done = self.machine.page, 0
        await self.machine.press("Bắt đầu")
        while done < len(marks):
            rows = page.locator(".marking .row")
            count = await rows.count()
            for place in range(count):
                level = marks[done + place]
                if level is not None:
                    await rows.nth(place).locator(".level").nth(level).click()
            done += count
            await self.machine.press("Tiếp tục")
            if BLANK in marks[done - count : done]:
                await self.machine.press("Bỏ trống có chủ ý")
        await confirm_async(page)

    async def scan(self, code: str, times: int = 1) -> None:
        """Hold the slip under the scanner: a burst of keys and Enter, perhaps twice."""
        await self.machine.press("Bỏ phiếu")
        await self.machine.page.locator("#slip").wait_for()
        for _ in range(times):
            await self.machine.page.keyboard.type(code)
            await self.machine.page.keyboard.press("Enter")

    async def vote(self, marks: Marks, code: str, *, times: int = 1) -> str:
        """Vote and return the tracker of the receipt."""
        await self.mark(marks)
        await self.scan(code, times)
        return await self.receipt()

    async def receipt(self) -> str:
        await self.machine.page.locator(".receipt").wait_for()
        tracker = "".join(await self.machine.page.locator(".tracker span").all_inner_texts())
        await self.machine.press("Xong")
        return tracker

    async def refusal(self, marks: Marks, code: str) -> str:
        """Try to vote with a slip that will be refused; return what the screen says."""
        await self.mark(marks)
        await self.scan(code)
        await self.machine.page.locator(".failed").wait_for()
        said = await self.machine.page.locator("main").inner_text()
        await self.machine.press("Kết thúc")
        return said

    async def die_casting(self, marks: Marks, code: str, *, after_the_box_has_it: bool) -> None:
        """Pull the plug while the ballot is on its way: before it reaches the box, or before the answer comes back."""
        dead = asyncio.Event()

        async def pull(route: Any) -> None:
            if after_the_box_has_it:
                await route.fetch()
            self.machine.kill()
            dead.set()

        await self.mark(marks)
        await self.machine.context.route("**/phieu", pull)
        await self.scan(code)
        async with asyncio.timeout(WITHIN):
            await dead.wait()
        await self.machine.start(self.address)

    async def standing(self, code: str) -> str:
        """Ask at the start screen whether this slip has voted; return what the screen says."""
        await self.machine.press("Thẻ của tôi đã bỏ phiếu chưa?")
        await self.machine.page.locator("#slip").wait_for()
        await self.machine.page.keyboard.type(code)
        await self.machine.page.keyboard.press("Enter")
        answer = self.machine.page.locator(".standing-answer")
        await answer.wait_for()
        said = await answer.inner_text()
        await self.machine.press("Xong")
        return said


def draw_marks(officials: int) -> Marks:
    """Draw a voter's marks; now and then a line is left blank."""
    return tuple(BLANK if secrets.randbelow(12) == 0 else secrets.randbelow(LEVELS) for _ in range(officials))


async def every(acts: Sequence[Any]) -> None:
    """Let all of them act at once; the first failure ends them all."""
    async with asyncio.TaskGroup() as group:
        for act in acts:
            group.create_task(act)


def files_with(folder: Path, needles: Sequence[str], spellings: Callable[[str], Sequence[bytes]]) -> list[str]:
    """Return which files of a folder hold any of these texts, in any of their spellings."""
    wanted = [spelling for needle in needles for spelling in spellings(needle)]
    found, clean = [], set()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            raw = path.read_bytes()
            digest = hashlib.sha256(raw).digest()  # profiles of one browser hold the same large files
            held = [f"{path.name}: {text!r}" for text in wanted if text in raw] if digest not in clean else []
            found += held
            if not held:
                clean.add(digest)
    return found
