"""Every screen of the booth under axe-core: no violation, in both languages, both contrasts, four sizes and zoomed.

Here live the walk through the screens and what must hold on each. Never here: a rule that is switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tally.protocol.credential import SlipCode
from tests.browser.booth_steps import SMALL
from tests.browser.hall import DIST, Fake, opened, refusal
from tests.browser.waiting import open_on_a_clock

axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install -e '.[test]'")

FULL, NETBOOK, PHONE, ZOOMED = (1920, 1080), (1024, 600), (390, 844), (512, 300)
CASES = (
    ("vi", "normal", "1", FULL),
    ("vi", "more", "3", NETBOOK),
    ("en", "normal", "2", PHONE),
    ("vi", "normal", "1", ZOOMED),
    ("en", "more", "1", NETBOOK),
    ("vi", "more", "1", PHONE),
)
WORDS = {
    "vi": {
        "begin": "Bắt đầu",
        "onward": "Tiếp tục",
        "blank": "Bỏ trống có chủ ý",
        "confirm": "Xác nhận lựa chọn",
        "test": "Kiểm tra máy",
        "again": "Làm lại phiếu",
        "cast": "Bỏ phiếu",
        "single": "Từng người một",
        "whole": "Cả trang",
        "done": "Xong",
        "standing": "Thẻ của tôi đã bỏ phiếu chưa?",
        "set up": "Thiết lập máy",
    },
    "en": {
        "begin": "Begin",
        "onward": "Continue",
        "blank": "Leave blank on purpose",
        "confirm": "Confirm choices",
        "test": "Test the machine",
        "again": "Make the ballot again",
        "cast": "Cast",
        "single": "One by one",
        "whole": "Whole page",
        "done": "Done",
        "standing": "Has my slip voted?",
        "set up": "Set up",
    },
}
FOCUS = "document.activeElement !== document.body && document.activeElement.checkVisibility()"
NAME = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


class Look:
    """Looks at the present screen: axe-core, where the focus is, and whether anything sticks out sideways."""

    def __init__(self, page: Any) -> None:
        self.page, self.axe, self.seen = page, axe_playwright.Axe(), []

    def __call__(self, name: str) -> None:
        self.page.wait_for_timeout(50)
        found = self.axe.run(self.page).response["violations"]
        told = [(v["id"], [(n["html"][:160], n.get("failureSummary", "")[:300]) for n in v["nodes"]]) for v in found]
        assert told == [], f"{name}: {told}"
        assert self.page.evaluate(FOCUS), f"{name}: the focus is lost"
        assert self.page.evaluate(FITS), f"{name}: wider than the screen"
        assert self.page.locator("h1").count() >= 1, f"{name}: no heading"
        self.seen.append(name)


class Walk:
    """Leads one browser through the whole booth and looks at every screen on the way."""

    def __init__(self, page: Any, fake: Fake, look: Look, lang: str) -> None:
        self.page, self.fake, self.look, self.words = page, fake, look, WORDS[lang]
        self.code = SlipCode.random().shown()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=self.words[name], exact=True).last.click()

    def enter(self, code: str) -> None:
        self.page.locator("#slip").fill(code)
        self.page.keyboard.press("Enter")

    def start(self, contrast: str, size: str) -> None:
        self.page.goto(f"{self.fake.registry}/booth#may=B1")
        self.page.locator(f".pick-{size}").click()
        self.page.locator(f".pick-{contrast}").click()
        self.look("start")
        self.press("begin")

    def mark(self) -> None:
        self.page.keyboard.press("1")
        self.look("marking")
        self.press("single")
        self.look("one person")
        self.press("whole")
        while self.page.locator(".marking").count():
            self.press("onward")
            if self.page.locator("dialog").count():
                self.look("blanks")
                self.press("blank")

    def review(self) -> None:
        self.look("review")
        self.page.locator("button.line").first.click()
        self.look("review, a line open")
        self.page.locator(".item .level").nth(1).click()

    def seal(self) -> None:
        self.page.locator(".review").wait_for()
        self.page.locator(".list").evaluate("list => list.scrollTo({ top: list.scrollHeight, behavior: 'instant' })")
        self.press("confirm")
        self.page.locator(".commit").wait_for()

    def test(self) -> None:
        self.look("commit code")
        self.press("test")
        self.page.locator(".tested").wait_for()
        self.page.locator("summary").click()
        self.look("opened for the test")
        self.press("again")

    def cast(self) -> None:
        self.press("cast")
        self.page.locator("#slip").fill("WXYZ")
        self.look("slip")
        self.enter(self.code[:-1] + ("0" if self.code[-1] != "0" else "1"))
        self.look("wrong code")
        self.fake.trouble = lambda path: refusal("ALREADY_CAST", "Thẻ này đã được dùng.") if path == "/cast" else None
        self.enter(self.code)
        self.page.locator(".failed").wait_for()
        self.look("refused")
        self.fake.trouble = lambda path: None
        self.page.locator(".trouble .primary").click()
        self.enter(self.code)
        self.page.locator(".receipt").wait_for()
        self.look("receipt")
        self.press("done")

    def ask(self) -> None:
        self.press("standing")
        self.look("ask about a slip")
        self.enter(self.code)
        self.page.locator(".standing-answer").wait_for()
        self.look("answer about a slip")
        self.press("done")
        self.press("set up")
        self.look("set-up")


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[1]}-{c[2]}-{c[3][0]}x{c[3][1]}")
def test_axe_finds_nothing_on_any_screen(page: Any, case: tuple[Any, ...]) -> None:
    lang, contrast, size, (width, height) = case
    page.set_viewport_size({"width": width, "height": height})
    look = Look(page)
    # No count-down may end a screen that is being looked at.
    with opened(Fake(SMALL, lang=lang, seconds={"receipt": 600, "idle": 600})) as fake:
        walk = Walk(page, fake, look, lang)
        walk.start(contrast, size)
        walk.mark()
        walk.review()
        walk.seal()
        walk.test()
        walk.seal()
        walk.cast()
        walk.ask()
    assert len(set(look.seen)) == 15


@pytest.fixture
def silent(page: Any) -> Iterator[Any]:
    with opened(Fake(SMALL)) as fake:
        open_on_a_clock(page, f"{fake.registry}/booth#may=B1")
        page.get_by_role("button", name="Bắt đầu").click()
        yield page


def test_axe_finds_nothing_on_the_question_and_the_cover(silent: Any) -> None:
    look = Look(silent)
    silent.clock.run_for(61_000)
    silent.locator("dialog:not(.cover)").wait_for()
    look("question")
    silent.clock.run_for(60_000)
    silent.locator("dialog.cover").wait_for()
    look("cover")


def test_axe_finds_nothing_where_the_booth_cannot_open(page: Any) -> None:
    with opened(Fake(SMALL, trouble=lambda path: refusal("DOWN", "", 503) if path == "/election" else None)) as fake:
        page.goto(f"{fake.registry}/booth")
        page.locator(".trouble").wait_for()
        page.get_by_role("button", name="Tải lại").focus()
        Look(page)("broken")


def test_every_control_of_a_page_is_reached_by_tab_and_left_again(page: Any) -> None:
    with opened(Fake(SMALL)) as fake:
        page.goto(f"{fake.registry}/booth#may=B1")
        page.get_by_role("button", name="Bắt đầu").click()
        reached = set()
        for _ in range(14):
            reached.add(
                page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent")
            )
            page.keyboard.press("Tab")
        names = " | ".join(map(str, reached))
        for control in ("1. ", "2. ", "3. ", "Từng người một", "Tiếp tục", "Gọi cán bộ"):
            assert control in names


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("selector", "least"), [(":root", 7), ('html[data-contrast="more"]', 10)])
def test_every_pair_of_colours_has_the_contrast_that_is_promised(dist: Any, selector: str, least: float) -> None:
    sheet = (DIST / "hall.css").read_text("utf-8")
    blocks = [sheet.split(":root {", 1)[1].split("}", 1)[0], sheet.split(f"{selector} {{", 1)[1].split("}", 1)[0]]
    colours: dict[str, str] = {}
    for block in blocks:
        for name, value in re.findall(r"--([a-z]+): (#[0-9a-f]{3,6})[;\s]", block + ";"):
            colours[name] = value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
    pairs = [(text, ground) for text in ("ink", "quiet", "red", "green") for ground in ("ground", "soft", "paper")]
    ratios = {(text, ground): round(ratio(colours[text], colours[ground]), 2) for text, ground in pairs}
    low = {pair: found for pair, found in ratios.items() if found < least}
    assert low == {}
    assert ratio("#ffffff", colours["red"]) >= least
