"""Every screen of the station under axe-core: no violation, in both languages and on screens of four sizes.

Here lives the walk through the screens. Never here: what a screen does (test_station_page.py and its neighbours).
"""

from __future__ import annotations

from typing import Any

import pytest

from tally.protocol.credential import SlipCode
from tests.browser.hall import refusal
from tests.browser.station_hall import StationHall, serving

Look = pytest.importorskip("tests.browser.test_accessibility", reason="pip install -e '.[test]'").Look

CASES = (("vi", 1920, 1080), ("en", 1024, 600), ("vi", 390, 844), ("en", 512, 300))
WORDS = {
    "vi": ("Giấy in", "Hủy phong bì chưa dùng", "Ghép thêm bàn", "Quay lại", "In thẻ", "Đã in xong", "Để sau"),
    "en": ("Paper", "Void unused envelopes", "Pair with another", "Back", "Print the slip", "Printed and", "Later"),
}


@pytest.mark.parametrize(("lang", "width", "height"), CASES)
def test_axe_finds_nothing_on_any_screen(page: Any, lang: str, width: int, height: int) -> None:
    settings, voids, more, back, print_slip, printed, later = WORDS[lang]
    page.set_viewport_size({"width": width, "height": height})
    look = Look(page)
    press = lambda name: page.get_by_role("button", name=name).click()  # noqa: E731
    with serving(StationHall(lang=lang, rehearsal=True)) as hall:
        page.goto(hall.station)
        page.locator("#pairing-code").wait_for()
        look("pairing")
        page.fill("#pairing-code", "ABCD1234")
        page.keyboard.press("Enter")
        page.locator(".resting").wait_for()
        look("ready")
        for name in (settings, voids, more):
            press(name)
            page.locator(".settings, .voids, .pairing").wait_for()
            look(name)
            press(back)
        hall.order("replacement")
        page.locator(".replacing").wait_for()
        look("replacing")
        press(later)
        hall.order()
        page.locator("#slip-paper").wait_for()
        look("slip")
        press(print_slip)
        press(printed)
        page.locator(".resting .aside").wait_for()
        look("left for later")
        hall.order("envelope"), hall.order("envelope")
        page.locator(".sheets-ready").wait_for()
        look("envelopes")


def test_axe_finds_nothing_where_something_is_wrong(page: Any) -> None:
    look = Look(page)
    with serving(StationHall()) as hall:
        page.goto(f"{hall.station}/#ABCD1234")
        page.locator(".resting").wait_for()
        hall.trouble = lambda path: refusal("DOWN", "", 503)
        page.get_by_role("heading", name="Mất liên lạc với máy chủ").wait_for()
        look("down")
        hall.trouble = lambda path: None
        lost = hall.order()
        lost.state, lost.blinded = "signed", ["ab"]
        page.get_by_role("heading", name="Thẻ này không còn trên trạm").wait_for()
        look("lost")
        page.get_by_role("button", name="Bỏ qua").click()
        hall.frozen, hall.phase = True, "voting"
        page.get_by_role("button", name="Hủy thẻ hỏng").click()
        page.locator("#slip").fill(SlipCode.random().shown())
        page.keyboard.press("Enter")
        page.locator(".answers li").wait_for()
        look("voids")


def test_the_whole_way_of_a_slip_goes_by_keyboard(page: Any) -> None:
    with serving(StationHall()) as hall:
        page.goto(hall.station)
        page.locator("#pairing-code:focus").wait_for()
        page.keyboard.type("abcd1234")
        page.keyboard.press("Enter")
        page.locator(".resting").wait_for()
        hall.order()
        page.locator("#slip-paper").wait_for()
        for name in ("In thẻ", "Đã in xong, đã trao tận tay"):
            page.locator("button:enabled", has_text=name).wait_for()
            for _ in range(6):
                if page.evaluate("document.activeElement.textContent") == name:
                    break
                page.keyboard.press("Tab")
            page.keyboard.press("Enter")
        page.locator(".resting").wait_for()
        assert hall.orders[0].state == "printed"
