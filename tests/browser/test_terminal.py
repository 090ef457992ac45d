"""The booth as a machine in a hall: scanner, camera, workers, a dead line, silence, sizes, the attendants' board.

Here lives what the machine does around a vote. Never here: what a ballot holds (test_booth_page.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from tally.protocol.credential import SlipCode
from tests.browser.booth_steps import SMALL, confirm, rate, scan, to_slip, to_slip_from_start, visit
from tests.browser.hall import BLOCKS, Fake, opened, refusal
from tests.browser.waiting import expect, open_on_a_clock, stop_time, until

SCROLLS = "document.querySelector('.content').scrollHeight > document.querySelector('.content').clientHeight"
LOWEST = "Math.min(...[...document.querySelectorAll('.row .level')].map(b => b.getBoundingClientRect().height))"


@pytest.fixture
def small() -> Iterator[Fake]:
    with opened(Fake(SMALL)) as fake:
        yield fake


@pytest.fixture
def usual() -> Iterator[Fake]:
    """A booth with the pauses of a real one."""
    with opened(Fake(SMALL, seconds={"pause": 350})) as fake:
        yield fake


@pytest.fixture
def standing_still(page: Any, usual: Fake) -> Any:
    """The first page of marking, in a booth with the pauses of a real one, where no time passes by itself."""
    open_on_a_clock(page, f"{usual.registry}/booth")
    page.locator(".welcome").wait_for()
    stop_time(page)
    page.get_by_role("button", name="Bắt đầu").click()
    return page


# --- scanner and keys -----------------------------------------------------------------------------------------------


def test_a_scanner_casts_wherever_the_focus_is_and_a_double_scan_sends_once(page: Any, small: Fake) -> None:
    to_slip(page, small)
    page.get_by_role("button", name="Quay lại").focus()
    code = SlipCode.random()
    scan(page, code)
    scan(page, code)
    page.locator(".receipt").wait_for()
    scan(page, code)  # the Enter of a third scan does not close the receipt
    expect(page.locator(".receipt")).to_have_count(1)
    page.get_by_role("button", name="Xong").click()
    page.locator(".welcome").wait_for()
    assert len(small.bodies("/cast")) == 1


def test_a_scan_replaces_what_fingers_had_begun(page: Any, small: Fake) -> None:
    to_slip(page, small)
    page.locator("#slip").press_sequentially("ABCD", delay=90)
    page.wait_for_timeout(200)  # a person puts down the hand and takes the slip
    scan(page, SlipCode.random())
    page.locator(".receipt").wait_for()


def test_a_slip_scanned_too_early_marks_nothing_and_is_explained(standing_still: Any, usual: Fake) -> None:
    page = standing_still
    scan(page, SlipCode.random())
    page.get_by_text("Chưa đến bước đưa thẻ").wait_for()
    page.clock.run_for(2_000)
    assert page.locator('[aria-checked="true"]').count() == 0
    assert page.locator("dialog").count() == 0
    assert [path for path, _, _ in usual.requests] == []


def test_fingers_may_begin_anywhere_on_the_screen(page: Any, small: Fake) -> None:
    to_slip(page, small)
    page.get_by_role("button", name="Quay lại").focus()
    page.keyboard.type("wxyz", delay=120)
    assert page.locator("#slip").input_value() == "WXYZ"


def test_forgiving_input_reads_small_letters_and_look_alikes(page: Any, small: Fake) -> None:
    to_slip(page, small)
    shown = SlipCode.random().shown()
    typed = shown.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    page.locator("#slip").fill(typed)
    assert page.locator("#slip").input_value() == shown
    expect(page.locator("#slip-hint")).to_contain_text("hợp lệ", use_inner_text=True)


def test_a_mark_is_seen_before_the_focus_moves_and_a_held_key_marks_once(standing_still: Any) -> None:
    page = standing_still
    page.keyboard.down("1")
    for _ in range(4):
        page.keyboard.down("1")  # the key repeats while it is held
    page.clock.run_for(100)  # by then it is no scanner's
    for _ in range(2):
        expect(page.locator(".row").first.locator('[aria-checked="true"]')).to_have_count(1)
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("1. ")
        page.clock.run_for(300)
    page.keyboard.up("1")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("2. ")
    expect(page.locator('[aria-checked="true"]')).to_have_count(1)


# threats H7
def test_a_press_counts_only_if_it_begins_and_ends_in_the_button(page: Any, small: Fake) -> None:
    visit(page, small)
    first, second = page.locator(".row .level").nth(0).bounding_box(), page.locator(".row .level").nth(1).bounding_box()
    page.mouse.move(first["x"] + 20, first["y"] + 20)
    page.mouse.down()
    page.mouse.move(second["x"] + 20, second["y"] + 20)
    page.mouse.up()
    assert page.locator('[aria-checked="true"]').count() == 0
    page.locator(".row .who").first.click()  # a name is no button
    assert page.locator('[aria-checked="true"]').count() == 0


def test_one_person_at_a_time_leads_on_and_back_and_keeps_marks_on_the_page(page: Any, usual: Fake) -> None:
    visit(page, usual)
    page.get_by_role("button", name="Từng người một").click()
    page.get_by_role("radio", name="Tín nhiệm thấp").click()
    expect(page.locator('.single [aria-checked="true"]')).to_have_count(1)  # seen before the next name comes
    page.get_by_text("Người 2/3").wait_for()
    page.keyboard.press("2")
    page.get_by_text("Người 3/3").wait_for()
    page.get_by_role("button", name="Quay lại").click()
    assert page.locator('[aria-checked="true"]').get_attribute("data-level") == "1"
    page.get_by_role("button", name="Cả trang").click()
    expect(page.locator('.row [aria-checked="true"]')).to_have_count(2)
    page.get_by_role("button", name="Từng người một").click()
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("button", name="Bỏ trống có chủ ý").click()
    page.locator(".review").wait_for()


# --- sizes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "height", "letters"),
    [(1920, 1080, 1), (1920, 1080, 3), (1366, 768, 2), (1024, 600, 3), (390, 844, 3)],
)
def test_no_page_scrolls_whatever_the_letters(page: Any, width: int, height: int, letters: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    with opened(Fake(BLOCKS)) as fake:
        page.goto(f"{fake.registry}/booth#may=B1")
        page.locator(f".pick-{letters}").click()
        page.get_by_role("button", name="Bắt đầu").click()
        seen = 0
        while page.locator(".marking").count():
            assert not page.evaluate(SCROLLS)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.evaluate(LOWEST) >= (72 if height >= 768 and width > 700 else 56)
            seen += page.locator(".row").count()
            page.keyboard.press("Enter")
            page.get_by_role("button", name="Bỏ trống có chủ ý").click()
        assert seen == 44


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768), (1024, 600)])
def test_with_the_largest_letters_a_slips_code_is_seen_whole_and_the_receipt_to_its_end(
    page: Any, small: Fake, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    to_slip(page, small)
    page.evaluate("document.documentElement.dataset.size = '3'")
    page.locator("#slip").fill("ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345")
    assert page.evaluate("(i => i.scrollWidth <= i.clientWidth)(document.querySelector('#slip'))")
    page.locator("#slip").fill("")
    scan(page, SlipCode.random())
    page.locator(".receipt").wait_for()
    assert not page.evaluate(SCROLLS)


def test_how_another_machine_checks_is_in_sight_and_shown_when_opened(page: Any, small: Fake) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    visit(page, small)
    rate(page, "123")
    confirm(page)
    page.get_by_role("button", name="Kiểm tra máy").click()
    how = page.locator("details")
    fold = page.locator(".screen > footer").bounding_box()["y"]
    assert how.bounding_box()["y"] + how.bounding_box()["height"] <= fold
    page.locator("summary").click()
    until(page, lambda: page.locator("details li").first.bounding_box()["y"] < fold - 40)


def test_letters_and_contrast_are_as_before_for_the_next_voter(page: Any, small: Fake) -> None:
    page.goto(f"{small.registry}/booth")
    page.locator(".pick-3").click()
    page.locator(".pick-more").click()
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "29px"
    to_slip_from_start(page)
    scan(page, SlipCode.random())
    page.get_by_role("button", name="Xong").click()
    page.locator(".welcome").wait_for()
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"
    expect(page.locator('.pick-1[aria-pressed="true"]')).to_have_count(1)


def test_buttons_are_twenty_millimetres_where_the_attendant_measured_the_screen(page: Any, small: Fake) -> None:
    page.goto(f"{small.registry}/booth")
    page.get_by_role("button", name="Thiết lập máy").click()
    page.locator("#terminal").fill("b 1!")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator(".hint")).to_contain_text("ví dụ B1", use_inner_text=True)
    page.locator("#terminal").fill("b1")
    page.locator("#mm").fill("5.56")
    page.get_by_role("button", name="Lưu").click()
    page.locator(".welcome").wait_for()
    assert page.url.endswith("/booth#may=B1&mm=5.56")
    page.get_by_role("button", name="Bắt đầu").click()
    assert page.evaluate(LOWEST) >= 111
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


# --- the line, workers, camera --------------------------------------------------------------------------------------


def test_from_the_start_to_the_slip_the_line_may_be_down(page: Any, small: Fake) -> None:
    page.goto(f"{small.registry}/booth")
    page.locator(".welcome").wait_for()
    page.context.set_offline(True)
    to_slip_from_start(page)
    page.locator("#slip").wait_for()
    scan(page, SlipCode.random())
    page.get_by_role("button", name="Gửi lại").wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="Gửi lại").click()
    page.locator(".receipt").wait_for()
    page.get_by_role("button", name="Xong").click()
    page.context.set_offline(True)
    to_slip_from_start(page)  # the workers of the next voter are made from what is in memory
    page.locator("#slip").wait_for()
    page.context.set_offline(False)


def test_workers_start_from_memory_and_are_new_for_every_voter(page: Any, small: Fake) -> None:
    page.goto(f"{small.registry}/booth")
    page.locator(".welcome").wait_for()
    wanted = page.evaluate("Math.min(4, navigator.hardwareConcurrency)")
    until(page, lambda: len(page.workers) == wanted)
    assert all(worker.url.startswith("blob:") for worker in page.workers)
    gone: list[str] = []
    for worker in page.workers:
        worker.on("close", lambda _: gone.append("gone"))
    to_slip_from_start(page)
    scan(page, SlipCode.random())
    page.get_by_role("button", name="Xong").click()
    page.locator(".welcome").wait_for()
    until(page, lambda: (len(gone), len(page.workers)) == (wanted, wanted))


def test_a_worker_that_is_not_the_sealed_one_never_starts_and_the_page_works_alone(browser: Any) -> None:
    with opened(Fake(SMALL, worker_integrity="sha384-" + "A" * 64)) as fake:
        context = browser.new_context(locale="vi-VN")  # the browser complains in the console, as it should
        page = context.new_page()
        to_slip(page, fake)
        assert page.workers == []
        scan(page, SlipCode.random())
        page.locator(".receipt").wait_for()
        context.close()


CAMERA = """(modules) => {
  const [canvas, side] = [document.createElement("canvas"), Math.floor(400 / modules.length)];
  Object.assign(canvas, { width: 640, height: 480 });
  const pen = canvas.getContext("2d");
  const draw = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 640, 480);
    pen.fillStyle = "#111";
    const dot = (x, y) => pen.fillRect(130 + x * side, 40 + y * side, side, side);
    modules.forEach((row, y) => row.forEach((dark, x) => dark && dot(x, y)));
    requestAnimationFrame(draw);
  };
  draw();
  window.tracks = [];
  navigator.mediaDevices.enumerateDevices = async () => [{ kind: "videoinput" }];
  navigator.mediaDevices.getUserMedia = async () => {
    const stream = canvas.captureStream(10);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}"""


def modules_of(text: str) -> list[list[bool]]:
    """Return the squares of a QR code as another program makes it."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    return [[bool(dark) for dark in row] for row in code.modules]


def test_the_camera_reads_a_slip_and_is_let_go_of_when_its_screen_ends(page: Any, small: Fake) -> None:
    page.goto(f"{small.registry}/booth")
    page.locator(".welcome").wait_for()
    page.evaluate(CAMERA, modules_of("PTN-DB:not a slip"))
    to_slip_from_start(page)
    page.get_by_role("button", name="Đọc thẻ bằng máy ảnh").click()
    page.get_by_text("Mã chưa đúng").wait_for()
    page.get_by_role("button", name="Quay lại").click()
    assert page.evaluate("window.tracks.map(track => track.readyState)") == ["ended"]
    page.evaluate(CAMERA, modules_of(SlipCode.random().shown().replace("-", "")))
    page.get_by_role("button", name="Bỏ phiếu").click()
    page.get_by_role("button", name="Đọc thẻ bằng máy ảnh").click()
    page.locator(".receipt").wait_for()
    assert page.evaluate("window.tracks.map(track => track.readyState)") == ["ended"]
    assert len(small.bodies("/cast")) == 1


# --- silence --------------------------------------------------------------------------------------------------------


# threats H10
def test_silence_asks_then_covers_then_wipes_and_sends_nothing(page: Any, small: Fake, picture: Any) -> None:
    open_on_a_clock(page, f"{small.registry}/booth")
    page.get_by_role("button", name="Bắt đầu").click()
    page.keyboard.press("1")
    page.clock.run_for(61_000)
    page.get_by_role("button", name="Tôi cần thêm thời gian").click()
    expect(page.locator('[aria-checked="true"]')).to_have_count(1)
    page.clock.run_for(121_000)
    page.locator("dialog.cover").wait_for()
    picture("cover")
    assert not page.locator("#booth").is_visible()
    page.get_by_role("button", name="Tôi vẫn ở đây").click()
    expect(page.locator('[aria-checked="true"]')).to_have_count(1)
    page.clock.run_for(181_000)
    page.locator(".welcome").wait_for()
    assert page.locator("dialog").count() == 0
    page.get_by_role("button", name="Bắt đầu").click()
    assert page.locator('[aria-checked="true"]').count() == 0
    assert [path for path, _, _ in small.requests] == []


def test_a_screen_turned_under_its_cover_stays_covered_and_is_cut_anew_afterwards(page: Any, small: Fake) -> None:
    open_on_a_clock(page, f"{small.registry}/booth")
    page.get_by_role("button", name="Bắt đầu").click()
    page.keyboard.press("1")
    rows = page.locator(".row").count()
    assert rows > 1
    page.clock.run_for(121_000)
    page.locator("dialog.cover").wait_for()
    page.evaluate("addEventListener('resize', () => document.body.dataset.turned = '')")
    page.set_viewport_size({"width": 1024, "height": 340})
    page.locator("body[data-turned]").wait_for(state="attached")
    page.clock.run_for(1_000)
    expect(page.locator("dialog.cover")).to_be_visible()
    assert not page.locator("#booth").is_visible()
    page.get_by_role("button", name="Tôi vẫn ở đây").click()
    page.locator(".row").first.wait_for()
    assert 1 < page.locator(".row").count() < rows  # cut anew, and measured
    expect(page.locator('[aria-checked="true"]')).to_have_count(1)
    assert page.locator(".content").evaluate("content => content.scrollHeight <= content.clientHeight + 1")
    page.clock.run_for(181_000)
    page.locator(".welcome").wait_for()


def test_an_undecided_ballot_is_never_wiped_by_silence(page: Any, small: Fake) -> None:
    small.trouble = lambda path: refusal("DOWN", "", 503) if path == "/cast" else None
    open_on_a_clock(page, f"{small.registry}/booth")
    to_slip_from_start(page)
    scan(page, SlipCode.random())
    page.get_by_role("button", name="Gửi lại").wait_for()
    page.clock.run_for(240_000)
    expect(page.get_by_role("button", name="Gửi lại")).to_have_count(1)
    assert page.locator("dialog").count() == 0


# --- the attendants' board ------------------------------------------------------------------------------------------


def beats(fake: Fake) -> list[dict[str, Any]]:
    return [json.loads(body) for body in fake.bodies("/fleet")]


def test_a_named_terminal_tells_what_it_does_and_calls(page: Any, small: Fake) -> None:
    def told(state: str, *, call: bool) -> None:
        until(page, lambda: beats(small)[-1:] == [{"terminal": "B1", "state": state, "call": call}])

    open_on_a_clock(page, f"{small.registry}/booth#may=B1")
    page.get_by_role("button", name="Bắt đầu").click()
    page.get_by_role("button", name="Gọi cán bộ").click()
    page.get_by_role("button", name="Đã gọi cán bộ").wait_for()
    told("voting", call=True)
    page.get_by_role("button", name="Đã gọi cán bộ").click()
    page.get_by_role("button", name="Gọi cán bộ", exact=True).wait_for()
    page.clock.run_for(121_000)
    page.locator("dialog.cover").wait_for()
    told("stalled", call=True)
    page.clock.run_for(61_000)
    page.locator(".welcome").wait_for()
    told("idle", call=False)
    assert {tuple(beat) for beat in beats(small)} == {("terminal", "state", "call")}


def test_a_terminal_without_a_name_tells_nobody_and_promises_no_help(page: Any, small: Fake) -> None:
    open_on_a_clock(page, f"{small.registry}/booth")
    page.get_by_role("button", name="Bắt đầu").click()
    page.clock.run_for(20_000)
    page.evaluate("fetch('/fleet', { method: 'POST', body: '{}' })")  # sent after all that it would have sent
    until(page, lambda: beats(small))
    assert beats(small) == [{}]
    assert page.get_by_role("button", name="Gọi cán bộ").count() == 0


def test_the_test_of_a_machine_names_it_and_hands_out_a_file(page: Any, small: Fake, tmp_path: Path) -> None:
    page.goto(f"{small.registry}/booth#may=B1")
    page.get_by_role("button", name="Bắt đầu").click()
    rate(page, "123")
    confirm(page)
    commit = page.locator(".commit code").inner_text()
    page.get_by_role("button", name="Kiểm tra máy").click()
    page.locator(".tested").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Lưu tệp kiểm tra").click()
    assert download.value.suggested_filename == f"kiem-tra-may-{commit[:8]}.json"
    download.value.save_as(tmp_path / "file.json")
    saved = json.loads((tmp_path / "file.json").read_text("utf-8"))
    assert saved["terminal"] == json.loads(small.bodies("/test")[0])["terminal"] == "B1"
    assert saved["rows"] == json.loads(small.bodies("/test")[0])["rows"]
    expect(page.locator(".frames .qr")).to_have_count(1)


# --- reading aloud --------------------------------------------------------------------------------------------------

VOICE = """([lang, local]) => {
  window.said = [];
  const voice = { lang, localService: local, name: "voice" };
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => [voice],
    cancel: () => window.said.push("-"),
    speak: (text) => window.said.push(text.text),
  } });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""


def with_voice(page: Any, fake: Fake, lang: str, *, local: bool) -> None:
    page.add_init_script(f"({VOICE})({json.dumps([lang, local])})")
    page.goto(f"{fake.registry}/booth")
    page.locator(".welcome").wait_for()


def test_with_a_headset_names_levels_and_marks_are_read_and_stop_with_the_screen(page: Any, small: Fake) -> None:
    with_voice(page, small, "vi-VN", local=True)
    page.get_by_role("button", name="Có", exact=True).click()
    page.get_by_role("button", name="Bắt đầu").click()
    first = next(o.name for _, o in small.manifest.officials())
    assert first in page.evaluate("window.said.at(-1)")
    page.keyboard.press("2")
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Đọc to").click()
    assert page.evaluate("window.said.at(-1)").endswith("Quý vị đã chọn: Tín nhiệm.")
    rate(page, "123")  # the focus is where it was
    page.get_by_role("button", name="Đọc to").click()
    assert "Tín nhiệm thấp: 1" in page.evaluate("window.said.at(-1)")
    confirm(page)
    page.locator(".commit").wait_for()
    assert page.evaluate("window.said.at(-1)") == "-"


def test_without_a_headset_nothing_is_ever_read(page: Any, small: Fake) -> None:
    with_voice(page, small, "vi-VN", local=True)
    page.get_by_role("button", name="Bắt đầu").click()
    rate(page, "123")
    confirm(page)
    assert set(page.evaluate("window.said")) <= {"-"}
    assert page.get_by_role("button", name="Đọc to").count() == 0


@pytest.mark.parametrize(("lang", "local"), [("vi-VN", False), ("en-GB", True)])
def test_a_voice_of_another_language_or_of_somebodys_server_is_not_offered(
    page: Any, small: Fake, lang: str, local: bool
) -> None:
    with_voice(page, small, lang, local=local)
    assert page.get_by_text("Đọc to qua tai nghe").count() == 0
