"""The station in a real browser: paired with a desk, it carries out orders one after the other.

Here live pairing, the way of one slip and what may be refused on it. Never here: crashes (test_station_crash.py),
paper (test_station_paper.py) or voids (test_station_voids.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.hall import refusal
from tests.browser.station_hall import StationHall, json_answer, serving
from tests.browser.station_steps import CODE, printed, slip
from tests.browser.waiting import expect


@pytest.fixture
def hall() -> Iterator[StationHall]:
    with serving(StationHall()) as hall:
        yield hall


def pair(page: Any, hall: StationHall, code: str = CODE) -> None:
    page.goto(hall.station)
    page.get_by_label("Mã ghép").press_sequentially(code.lower())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()


# --- pairing ------------------------------------------------------------------------------------------------------


def test_a_typed_code_pairs_the_station_and_it_says_which_desk_it_serves(
    page: Any, hall: StationHall, picture: Any
) -> None:
    page.goto(hall.station)
    field = page.get_by_label("Mã ghép")
    field.press_sequentially("abcd")
    expect(page.get_by_text("Còn 4 ký tự")).to_be_visible()
    assert page.get_by_role("button", name="Ghép trạm").is_disabled()
    field.press_sequentially("-i234")
    assert field.input_value() == "ABCD-1234"
    picture("pairing")
    page.get_by_role("button", name="Ghép trạm").click()
    page.get_by_text("Phục vụ bàn: ban-1").wait_for()
    page.get_by_text("Đã nối máy chủ").wait_for()
    picture("ready")


def test_a_code_in_the_fragment_leaves_the_address_at_once(page: Any, hall: StationHall) -> None:
    page.goto(f"{hall.station}/#{CODE}")
    page.get_by_text("Phục vụ bàn: ban-1").wait_for()
    assert page.url == f"{hall.station}/"
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_a_wrong_code_is_refused_in_words_and_another_may_be_typed(page: Any, hall: StationHall, picture: Any) -> None:
    page.goto(f"{hall.station}/#ZZZZ9999")
    page.get_by_text("Mã ghép không đúng").wait_for()
    picture("refused")
    page.get_by_role("button", name="Quay lại").click()
    page.get_by_label("Mã ghép").fill(CODE)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()


def test_one_station_serves_a_second_desk(page: Any, hall: StationHall) -> None:
    pair(page, hall)
    page.get_by_role("button", name="Ghép thêm bàn").click()
    page.get_by_label("Mã ghép").fill("wxyz-5678")
    page.keyboard.press("Enter")
    page.get_by_text("Phục vụ các bàn: ban-1, ban-2").wait_for()
    assert len(hall.stations) == 1


def test_a_station_that_is_not_known_any_more_asks_to_be_paired_again(page: Any, hall: StationHall) -> None:
    pair(page, hall)
    hall.stations.clear()
    page.get_by_role("heading", name="Máy chủ không nhận ra trạm này").wait_for()
    page.get_by_role("button", name="Ghép lại").click()
    page.get_by_label("Mã ghép").fill("WXYZ5678")
    page.keyboard.press("Enter")
    page.get_by_text("Phục vụ bàn: ban-2").wait_for()


# --- one slip -----------------------------------------------------------------------------------------------------


def test_a_slip_is_signed_by_every_issuer_and_staged_before_it_is_shown(
    page: Any, hall: StationHall, picture: Any
) -> None:
    pair(page, hall)
    order = hall.order()
    code = slip(page)
    picture("slip")
    assert hall.credentials() == {hall.credential(code)}
    assert order.state == "delivered"
    assert len(page.locator(".slip-code span").all_inner_texts()) == 7
    paths = [path.rsplit("/", 1)[1] for path, _, _ in hall.requests if not path.endswith("/viec")]
    assert paths == ["cap", "tam", "xong"]


def test_the_code_does_not_show_on_the_screen(page: Any, hall: StationHall) -> None:
    pair(page, hall)
    hall.order()
    slip(page)
    hidden = "nodes => nodes.every(node => getComputedStyle(node).opacity === '0')"
    assert page.locator("#slip-paper .slip-code span, #slip-paper .qr").evaluate_all(hidden)


def test_printed_wipes_everything_and_the_next_person_gets_another_slip(page: Any, hall: StationHall) -> None:
    pair(page, hall)
    one, two = hall.order(), hall.order()
    first = slip(page)
    assert two.state == "waiting"  # one after the other
    printed(page, wait=False)
    page.wait_for_function(f"!document.body.textContent.includes('{first.shown()[:4]}')")
    second = slip(page)
    assert second.value != first.value
    printed(page)
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    assert (one.state, two.state) == ("printed", "printed")
    assert one.key == ""
    stored = "new Promise(r => indexedDB.open('tram').onsuccess = e => e.target.result.transaction('the')"
    assert page.evaluate(f"{stored}.objectStore('the').count().onsuccess = e => r(e.target.result))") == 0


def test_a_slip_is_not_ended_before_something_was_printed(page: Any, hall: StationHall) -> None:
    pair(page, hall)
    hall.order()
    slip(page)
    assert page.get_by_role("button", name="Đã in xong").is_disabled()
    page.get_by_role("button", name="In thẻ").click()
    expect(page.get_by_role("button", name="Đã in xong")).to_be_enabled()


def test_it_prints_by_itself_where_that_was_chosen(page: Any, hall: StationHall, picture: Any) -> None:
    pair(page, hall)
    page.get_by_role("button", name="Giấy in").click()
    page.get_by_label("Tự gửi lệnh in khi có thẻ").check()
    page.get_by_label("A6").check()
    picture("settings")
    page.get_by_role("button", name="Quay lại").click()
    page.evaluate("window.print = () => { window.printedBySelf = true }")
    hall.order()
    slip(page)
    page.wait_for_function("window.printedBySelf === true")
    assert page.evaluate("document.documentElement.dataset.paper") == "a6"


def test_people_who_wait_are_announced_on_other_screens(page: Any, hall: StationHall) -> None:
    pair(page, hall)
    page.get_by_role("button", name="Giấy in").click()
    hall.order()
    page.locator(".queue", has_text="Có 1 thẻ đang chờ làm").wait_for()
    page.get_by_role("button", name="Quay lại").click()
    slip(page)


# --- what is refused ----------------------------------------------------------------------------------------------


def test_a_wrong_signature_is_caught_and_nothing_is_staged(page: Any, hall: StationHall, picture: Any) -> None:
    answer = json_answer({"signatures": ["11" * 384, "22" * 384]})
    hall.trouble = lambda path: answer if path.endswith("/cap") else None
    pair(page, hall)
    hall.order()
    page.get_by_text("SIGNATURE_INVALID").wait_for()
    picture("wrong")
    assert hall.staged == []
    hall.trouble = lambda path: None
    page.get_by_role("button", name="Thử lại").click()
    slip(page)
    bodies = [json.loads(body)["blinded"] for body in hall.bodies("cap")]
    assert bodies[0] == bodies[1]


def test_a_refusal_is_said_in_the_registrys_words_and_the_next_order_may_go_on(page: Any, hall: StationHall) -> None:
    sentence = "Người này đã có thẻ."
    refused = hall.order()
    hall.trouble = lambda path: (
        refusal("ALREADY_ISSUED", sentence) if path.endswith("/cap") and refused.blinded is None else None
    )
    page.goto(f"{hall.station}/#{CODE}")
    page.get_by_text(sentence).wait_for()
    hall.order()
    hall.trouble = lambda path: None
    page.get_by_role("button", name="Bỏ qua, làm thẻ tiếp theo").click()
    slip(page)
    printed(page)
    page.get_by_text("Có 1 lệnh đã để lại sau").wait_for()
    page.get_by_role("button", name="Làm các lệnh để lại").click()
    slip(page)
    assert refused.state == "delivered"


def test_an_order_signed_elsewhere_is_explained_and_does_not_hold_up_the_others(
    page: Any, hall: StationHall, picture: Any
) -> None:
    lost = hall.order()
    lost.state, lost.blinded = "signed", ["ab"]
    page.goto(f"{hall.station}/#{CODE}")
    page.get_by_role("heading", name="Thẻ này không còn trên trạm").wait_for()
    expect(page.get_by_text("xin rút một phong bì")).to_be_visible()
    picture("lost")
    hall.order()
    page.get_by_role("button", name="Bỏ qua").click()
    slip(page)


# threats A11
def test_another_manifest_than_at_pairing_is_not_worked_under(page: Any, hall: StationHall) -> None:
    pair(page, hall)
    page.evaluate(
        """() => new Promise(done => indexedDB.open('tram').onsuccess = ({target: {result}}) => {
             const table = result.transaction('tram', 'readwrite').objectStore('tram');
             table.get('pairing').onsuccess = e => table.put({...e.target.result, manifest: 'f'.repeat(64)}, 'pairing')
               .onsuccess = done })"""
    )
    page.reload()
    page.get_by_text("Bản niêm phong của đợt đã thay đổi").wait_for()


def test_in_english_too(page: Any, hall: StationHall) -> None:
    hall.lang = "en"
    page.goto(f"{hall.station}/#{CODE}")
    page.get_by_text("Serving desk: ban-1").wait_for()
