"""The station where slips end: a spoiled one before its replacement, unused envelopes, and every answer of the box.

Here live scans and what comes of them; the proofs are checked in Python. Never here: a slip that is shown again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tally.protocol.credential import SlipCode
from tests.browser.hall import refusal
from tests.browser.station_hall import StationHall, serving
from tests.browser.station_steps import CODE, printed, scan, slip
from tests.browser.waiting import expect


@pytest.fixture
def hall() -> Iterator[StationHall]:
    with serving(StationHall()) as hall:
        yield hall


def first_slip(page: Any, hall: StationHall) -> SlipCode:
    page.goto(f"{hall.station}/#{CODE}")
    hall.order()
    code = slip(page)
    printed(page)
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    return code


def test_a_spoiled_slip_is_voided_before_the_new_one_is_made(page: Any, hall: StationHall, picture: Any) -> None:
    spoiled = first_slip(page, hall)
    hall.order("replacement")
    page.get_by_role("heading", name="Đổi thẻ hỏng").wait_for()
    page.locator("#slip").fill("0000-1111")
    assert page.get_by_role("button", name="Hủy thẻ này").is_disabled()
    picture("spoiled")
    page.locator("#slip").fill("")
    scan(page, spoiled)
    new = slip(page)
    assert new.value != spoiled.value
    assert {void.reason for void in hall.voids.values()} == {"spoiled"}
    assert {void.credential for void in hall.voids.values()} == {hall.credential(spoiled)}
    paths = [path.rsplit("/", 1)[1] for path, _, _ in hall.requests if not path.endswith("/viec")]
    assert paths == ["cap", "tam", "xong", "xong", "huy-the", "cap", "tam", "xong"]


def test_a_replacement_whose_slip_was_voided_is_not_asked_for_again_after_a_reload(
    page: Any, hall: StationHall
) -> None:
    spoiled = first_slip(page, hall)
    hall.order("replacement")
    hall.lost = lambda path: path.endswith("/cap") and len(hall.bodies("cap")) == 2
    scan(page, spoiled)
    page.locator(".link[data-state=down]").wait_for()
    page.reload()
    new = slip(page)
    assert hall.credential(new) in hall.credentials()
    assert len(hall.bodies("huy-the")) == 1


def test_a_slip_that_was_voided_for_another_replacement_can_be_changed_for_the_right_one(
    page: Any, hall: StationHall
) -> None:
    """The registry counts: one spoiled slip, one new one. Whoever scanned an old one by mistake scans again."""
    spoiled = first_slip(page, hall)
    hall.order("replacement")
    sentence = "Đổi 2 thẻ hỏng mà mới quét hủy 1 thẻ."
    refused = lambda path: path.endswith("/cap") and len(hall.bodies("cap")) == 2  # noqa: E731
    hall.trouble = lambda path: refusal("SPOILED_NOT_VOIDED", sentence) if refused(path) else None
    scan(page, spoiled)
    page.get_by_text(sentence).wait_for()
    page.get_by_role("button", name="Thử lại").click()
    scan(page, spoiled)
    assert slip(page).value != spoiled.value
    assert len(hall.bodies("huy-the")) == 2


def test_a_replacement_may_wait_while_the_next_person_is_served(page: Any, hall: StationHall) -> None:
    spoiled = first_slip(page, hall)
    hall.order("replacement")
    page.get_by_role("button", name="Để sau").click()
    page.get_by_text("Có 1 lệnh đã để lại sau").wait_for()
    hall.order()
    slip(page)
    printed(page)
    page.get_by_role("button", name="Làm các lệnh để lại").click()
    scan(page, spoiled)
    slip(page)


def test_a_box_that_refuses_the_void_is_quoted_and_no_new_slip_is_made(page: Any, hall: StationHall) -> None:
    spoiled = first_slip(page, hall)
    hall.trouble = lambda path: refusal("STAGING_FULL", "Hòm phiếu đã đầy.") if path.endswith("/huy-the") else None
    hall.order("replacement")
    scan(page, spoiled)
    page.get_by_text("Hòm phiếu đã đầy.").wait_for()
    expect(page.get_by_text("Thẻ bị mất thì không đổi được")).to_be_visible()
    assert len(hall.bodies("cap")) == 1


def test_unused_envelopes_are_voided_one_scan_after_the_other(page: Any, hall: StationHall, picture: Any) -> None:
    one, two = first_slip(page, hall), SlipCode.random()
    hall.frozen, hall.phase = True, "voting"
    page.get_by_role("heading", name="Việc phát thẻ đã kết thúc").wait_for()
    picture("frozen")
    page.get_by_role("button", name="Hủy phong bì chưa dùng").click()
    scan(page, one)
    page.get_by_text("Đã hủy: 1", exact=True).wait_for()
    scan(page, one)
    page.locator(".answers").get_by_text("Thẻ này đã quét rồi").wait_for()
    scan(page, two)
    page.locator(".answers").get_by_text("không có trong danh sách").wait_for()
    picture("voids")
    expect(page.get_by_text("Đã hủy: 1", exact=True)).to_be_visible()
    assert [void.reason for void in hall.voids.values()] == ["unused_envelope"]
    assert len(hall.bodies("huy-the")) == 2
    assert one.shown()[:4] not in page.locator("main").inner_text()
    page.get_by_role("button", name="Quay lại").click()
    page.get_by_role("heading", name="Việc phát thẻ đã kết thúc").wait_for()


def test_a_slip_that_voted_cannot_be_voided_and_a_lost_answer_may_be_scanned_again(
    page: Any, hall: StationHall
) -> None:
    voted = first_slip(page, hall)
    hall.frozen, hall.phase = True, "voting"
    hall.cast.add(hall.credential(voted).encode())
    page.get_by_role("button", name="Hủy thẻ hỏng").click()
    scan(page, voted)
    page.locator(".answers").get_by_text("Thẻ này đã bỏ phiếu rồi").wait_for()
    hall.cast.clear()
    hall.lost = lambda path: path.endswith("/huy-the")
    scan(page, voted)
    page.locator(".answers").get_by_text("Chưa có trả lời của hòm phiếu").wait_for()
    hall.lost = lambda path: False
    scan(page, voted)
    page.get_by_text("Đã hủy: 1", exact=True).wait_for()
    assert [void.reason for void in hall.voids.values()] == ["spoiled"]


def test_spoiled_slips_are_voided_alone_only_after_the_freeze(page: Any, hall: StationHall) -> None:
    first_slip(page, hall)
    expect(page.get_by_role("button", name="Hủy phong bì chưa dùng")).to_have_count(1)
    assert page.get_by_role("button", name="Hủy thẻ hỏng").count() == 0
    hall.frozen, hall.phase = True, "closed"
    page.get_by_role("heading", name="Việc phát thẻ đã kết thúc").wait_for()
    assert page.get_by_role("button", name="Hủy").count() == 0
