"""The board of terminals in a real browser: states by word and shape, calls first and said aloud, no key left behind.

Here lives what attendants see of what terminals say. Never here: a terminal's own page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ballot.committee import readiness
from ballot.models.registry.rounds import Round
from ballot.storage import reading
from tally.protocol.encoding import canonical
from tests.ballot.hall import Hall
from tests.browser.real_hall import served
from tests.browser.waiting import expect

SIZES = ((1920, 1080), (1366, 768), (1024, 600), (390, 844))
STATES = {"idle": "Rảnh", "voting": "Đang dùng", "stalled": "Cần giúp", "offline": "Mất liên lạc"}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A round that is ready, or open; nobody votes here."""
    with served(tmp_path_factory.mktemp("fleet"), own_device=False) as hall:
        hall.slips = [hall.slip(number) for number in hall.voters()]
        assert hall.freeze() == len(hall.slips)
        hall.ready()
        hall.by_two(readiness.open_voting)
        yield hall


def key(hall: Hall) -> str:
    with reading(hall.house.registry) as session:
        return session.scalars(select(Round).where(Round.uuid == hall.uuid)).one().fleet_key


def address(hall: Hall) -> str:
    return f"{hall.house.config.box_origin}/dot/{hall.uuid}/cac-may"


def beat(page: Any, hall: Hall, terminal: str, state: str, call: bool = False) -> None:
    body = canonical({"terminal": terminal, "state": state, "call": call})
    url = f"{hall.house.config.box_origin}/dot/{hall.uuid}/may"
    answer = page.context.request.post(url, data=body, headers={"Content-Type": "application/json"})
    assert answer.status == 204, answer.text()


def tiles(page: Any) -> list[str]:
    return [tile.get_attribute("data-terminal") for tile in page.locator(".tile").all()]


def test_each_state_has_its_word_and_its_own_shape_and_help_comes_first(
    page: Any, hall: Hall, picture: Any, accessible: Any
) -> None:
    beat(page, hall, "A1", "idle")
    beat(page, hall, "A2", "voting")
    beat(page, hall, "A3", "stalled")
    beat(page, hall, "A10", "voting", call=True)
    page.goto(f"{address(hall)}#{key(hall)}")
    page.locator(".tile").nth(3).wait_for()
    assert tiles(page)[:4] == ["A10", "A3", "A2", "A1"]
    words = [tile.locator(".state").inner_text() for tile in page.locator(".tile").all()][:4]
    assert words == [STATES[s] for s in ("voting", "stalled", "voting", "idle")]
    shapes = [tile.locator("path").get_attribute("d") for tile in page.locator(".tile").all()][:4]
    assert len(set(shapes)) == 3
    expect(page.locator(".tile.calls")).to_contain_text("Gọi cán bộ", use_inner_text=True)
    accessible()
    picture("board")


def test_a_call_is_announced_to_who_listens_and_a_board_that_stays_is_left_alone(page: Any, hall: Hall) -> None:
    beat(page, hall, "C1", "voting")
    page.goto(f"{address(hall)}#{key(hall)}")
    page.locator("[data-terminal=C1]").wait_for()
    beat(page, hall, "C1", "voting", call=True)
    page.locator("[aria-live=assertive]", has_text="Máy C1 gọi cán bộ").wait_for(state="attached")
    beat(page, hall, "C1", "idle")
    page.locator("[data-terminal=C1].idle:not(.calls)").wait_for()


def test_the_key_leaves_the_address_and_no_store_has_it_so_a_reload_needs_the_link(page: Any, hall: Hall) -> None:
    beat(page, hall, "D1", "idle")
    page.goto(f"{address(hall)}#{key(hall)}")
    page.locator(".tile").first.wait_for()
    assert page.url == address(hall)
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert key(hall) not in page.content()
    page.reload()
    page.get_by_text("Thiếu khóa của bảng này").wait_for()
    assert tiles(page) == []
    page.evaluate(f"location.hash = '{key(hall)}'")  # the link again, in the same tab
    page.locator(".tile").first.wait_for()


def test_a_wrong_key_shows_nothing_and_says_what_to_do(page: Any, hall: Hall, picture: Any, accessible: Any) -> None:
    page.goto(f"{address(hall)}#wrong-key")
    page.get_by_text("Liên kết tới bảng các máy không đúng").wait_for()
    assert tiles(page) == []
    accessible()
    picture("locked")


def test_a_broken_line_is_told_and_the_board_comes_back(page: Any, hall: Hall) -> None:
    beat(page, hall, "E1", "idle")
    page.goto(f"{address(hall)}#{key(hall)}")
    page.locator("[data-terminal=E1]").wait_for()
    page.context.set_offline(True)
    page.get_by_text("Không liên lạc được với máy chủ").wait_for()
    assert "E1" in tiles(page)
    page.context.set_offline(False)
    page.get_by_text("Không liên lạc được với máy chủ").wait_for(state="hidden")


def test_a_silent_terminal_is_shown_as_offline(page: Any, hall: Hall) -> None:
    beat(page, hall, "F1", "voting")
    page.goto(f"{address(hall)}#{key(hall)}")
    page.locator("[data-terminal=F1].offline").wait_for(timeout=25_000)
    expect(page.locator("[data-terminal=F1]")).to_contain_text(STATES["offline"], use_inner_text=True)


def test_nothing_moves_for_who_asked_for_less_motion(page: Any, hall: Hall) -> None:
    beat(page, hall, "G1", "voting", call=True)
    animation = "getComputedStyle(document.querySelector('.tile.calls')).animationName"
    for motion, expected in (("reduce", "none"), ("no-preference", "call")):
        page.emulate_media(reduced_motion=motion)
        page.goto(f"{address(hall)}#{key(hall)}")
        page.locator(".tile.calls").first.wait_for()
        assert page.evaluate(animation) == expected
        page.goto("about:blank")


def test_the_bell_is_off_until_somebody_turns_it_on(page: Any, hall: Hall) -> None:
    beat(page, hall, "H1", "idle")
    page.goto(f"{address(hall)}#{key(hall)}")
    sound = page.get_by_role("button", name="Bật chuông")
    assert sound.get_attribute("aria-pressed") == "false"
    sound.click()
    page.get_by_role("button", name="Tắt chuông").click()
    page.get_by_role("button", name="Bật chuông").wait_for()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_sixty_terminals_fit_any_width(page: Any, hall: Hall, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for number in range(60):
        beat(page, hall, f"B{number + 1}", ("idle", "voting")[number % 2])
    page.goto(f"{address(hall)}#{key(hall)}")
    page.locator("[data-terminal=B60]").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_organisers_link_opens_the_board(page: Any, hall: Hall, tmp_path: Path) -> None:
    shown = hall.person("to-chuc-1").get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert f'href="{address(hall)}#{key(hall)}" target="_blank" rel="noopener noreferrer"' in shown
