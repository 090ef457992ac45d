"""The station's page against the real application: what the fake of station_hall.py stands for, once for each kind.

Here lives one round from pairing to the voting phase. Never here: a crash or a size of paper; the fake is quicker.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ballot.box.voiding import effective_list
from ballot.box_round import round_of
from ballot.models.registry.slips import OrderKind, OrderState, SlipOrder, Station
from ballot.slips import orders
from ballot.storage import reading, writing
from tally.protocol.credential import Credential, SlipCode
from tests.ballot.hall import DESK, Hall
from tests.browser.real_hall import served
from tests.browser.station_steps import printed, scan, slip
from tests.browser.waiting import expect


@pytest.fixture
def hall(dist: Path, tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path / "house") as hall:
        yield hall


def pair(page: Any, hall: Hall) -> None:
    page.goto(f"{hall.house.config.station_origin}/#{hall.pairing_code()}")
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()


def states(hall: Hall) -> list[tuple[str, str]]:
    with reading(hall.house.registry) as session:
        return sorted((kind, state) for kind, state in session.execute(select(SlipOrder.kind, SlipOrder.state)))


def rest(page: Any) -> None:
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()


def hand_over(page: Any) -> SlipCode:
    code = slip(page)
    printed(page)
    rest(page)
    return code


def test_first_slips_a_replacement_and_envelopes_as_far_as_the_list(page: Any, hall: Hall) -> None:
    pair(page, hall)
    first, second, *_others = hall.voters()
    hall.check_in(first)
    spoiled = hand_over(page)
    hall.check_in(second)
    page.locator("#slip-paper").wait_for()
    page.reload()
    kept = hand_over(page)
    orders.order_replacement(hall.house, hall.uuid, first, hall.actor(DESK))
    scan(page, spoiled)
    replaced = hand_over(page)
    orders.order_envelopes(hall.house, hall.uuid, 3, hall.actor("to-chuc-1"))
    page.get_by_role("heading", name="3 thẻ phong bì đã xong").wait_for()
    texts = page.locator(".sheet .slip-code").evaluate_all("all => all.map(each => each.textContent)")
    page.get_by_role("button", name="In thẻ").click()
    page.get_by_role("button", name="Đã in xong tất cả").click()
    rest(page)
    assert {state for _kind, state in states(hall)} == {OrderState.PRINTED}
    codes = [spoiled, kept, replaced, *(SlipCode.read(text) for text in texts)]
    assert hall.freeze() == len(codes)
    page.get_by_role("heading", name="Việc phát thẻ đã kết thúc").wait_for()
    page.get_by_role("button", name="Hủy phong bì chưa dùng").click()
    scan(page, codes[-1])
    page.get_by_text("Đã hủy: 1", exact=True).wait_for()
    scan(page, SlipCode.random())
    page.locator(".answers").get_by_text("không có trong danh sách").wait_for()
    with reading(hall.house.box) as session:
        final = effective_list(session, round_of(session, hall.uuid))
    points = [Credential.derive(code, hall.uuid).public for code in codes]
    assert set(final.points) == set(points)
    assert {(void.credential, void.reason) for void in final.voided} == {
        (points[0], "spoiled"),
        (points[-1], "unused_envelope"),
    }


def test_an_order_that_cannot_be_finished_here_does_not_hold_up_the_next_person(page: Any, hall: Hall) -> None:
    pair(page, hall)
    first, second, *_others = hall.voters()
    page.context.set_offline(True)
    page.locator(".link[data-state=down]").wait_for()  # nothing that it asked for is on its way any more
    hall.check_in(first)
    with writing(hall.house.registry) as session:  # signed by this station, which then lost its disk
        (order,) = session.scalars(select(SlipOrder).where(SlipOrder.kind == OrderKind.FIRST))
        order.state, order.request, order.wrapping = OrderState.SIGNED.value, bytes(32), bytes(32)
        order.station_id = hall_station(session)
    page.context.set_offline(False)
    page.get_by_role("heading", name="Thẻ này không còn trên trạm").wait_for()
    hall.check_in(second)
    page.get_by_role("button", name="Bỏ qua").click()
    hand_over(page)
    expect(page.get_by_text("Có 1 lệnh đã để lại sau")).to_be_visible()
    assert states(hall) == [("first", "printed"), ("first", "signed")]


def hall_station(session: Any) -> bytes:
    return session.scalars(select(Station.id)).one()


def test_a_code_works_once_and_a_wrong_one_is_refused(page: Any, hall: Hall) -> None:
    code = hall.pairing_code()
    page.goto(f"{hall.house.config.station_origin}/#{code}")
    rest(page)
    page.get_by_role("button", name="Ghép thêm bàn").click()
    page.get_by_label("Mã ghép").fill(code)
    page.keyboard.press("Enter")
    page.get_by_text("Mã ghép không đúng, đã dùng hoặc đã hết hạn").wait_for()
    page.get_by_role("button", name="Quay lại").click()
    rest(page)
