"""The desk in a real browser: scan, sign, confirm, follow; two desks at once; without a script; at every size.

Here lives what a desk official sees and does. Never here: a station's page, which is only opened.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select

from ballot.desk import checkin, portraits
from ballot.models.registry.roll import Attested
from ballot.models.registry.slips import SlipOrder
from ballot.storage import reading
from tests.ballot.hall import DESK, OTHER_DESK, PASSWORD, Hall
from tests.browser.people import Staff
from tests.browser.real_hall import served
from tests.browser.waiting import expect

NAMES = (
    "Nguyễn Thị Ánh", "Đặng Ỷ Lan", "Lê Hòa", "Trần Đức Hoà", "Bùi Văn Ân", "Phạm An", "Vũ Đan", "Hồ Dũng",
    "Tôn Nữ Công Huyền Thị Thiên Kim Bảo Ngọc", "Lê Hoà",
)  # fmt: skip
SITES = ("Hội trường chính", "Điểm cầu Cần Giờ", "Điểm cầu Thủ Đức")
MANY = tuple(f"Đại biểu mẫu {n:03d}" for n in range(120))
ROLL = "ma,ho_ten,don_vi,diem\n" + "".join(
    f"DB-{n:04d},{name},Tổ đại biểu số {n % 7 + 1},{SITES[n % 3]}\n" for n, name in enumerate((*NAMES, *MANY))
)
SIZES = ((1920, 1080), (1366, 768), (1024, 600), (390, 844))
WHO = {name: place for place, name in enumerate(NAMES)}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    count = len(NAMES) + len(MANY)
    with served(tmp_path_factory.mktemp("desk"), roll=ROLL, delegates=count, rehearsal=False) as hall:
        portraits.admit(hall.house, hall.uuid, _photos(), hall.actor("to-chuc-1"))
        yield hall


def _photos() -> io.BytesIO:
    face = Image.new("RGB", (300, 400), "#d9d2c3")
    ImageDraw.Draw(face).ellipse((90, 80, 210, 230), fill="#8a8272")
    ImageDraw.Draw(face).ellipse((40, 260, 260, 520), fill="#4b463d")
    picture, out = io.BytesIO(), io.BytesIO()
    face.save(picture, "JPEG")
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("DB-0000.jpg", picture.getvalue())
        archive.writestr("DB-0002.jpg", picture.getvalue())
    return out


@pytest.fixture
def desk(browser: Any, hall: Hall) -> Iterator[Staff]:
    yield from _at_desk(browser, hall, DESK)


@pytest.fixture
def other_desk(browser: Any, hall: Hall) -> Iterator[Staff]:
    yield from _at_desk(browser, hall, OTHER_DESK)


def _at_desk(browser: Any, hall: Hall, login: str) -> Iterator[Staff]:
    person = Staff(browser, hall.house.config.registry_origin)
    person.log_in(login, PASSWORD)
    person.go(f"/dot/{hall.uuid}/ban")
    yield person
    errors = person.errors
    person.close()
    assert errors == []


def voter_id(hall: Hall, name: str) -> int:
    return hall.voters()[WHO[name]]


def open_voter(desk: Staff, hall: Hall, name: str) -> None:
    desk.go(f"/dot/{hall.uuid}/ban/{voter_id(hall, name)}")


def sign(desk: Staff) -> None:
    """Write two strokes with the mouse."""
    place = desk.page.locator("canvas").bounding_box()
    mouse, (x, y) = desk.page.mouse, (place["x"] + 60, place["y"] + 60)
    for dx in (0, 220):
        mouse.move(x + dx, y)
        mouse.down()
        for step in range(1, 12):
            mouse.move(x + dx + step * 14, y + (step % 4) * 26)
        mouse.up()


def present(desk: Staff) -> int:
    return int(desk.page.locator("[data-present]").inner_text())


def test_a_person_is_found_without_diacritics_and_confirmed_with_a_signature(desk: Staff, hall: Hall) -> None:
    desk.picture("desk-01-search")
    desk.page.fill("[name=tim]", "nguyen thi anh")
    desk.press("Tìm")
    expect(desk.page.locator("tbody .name")).to_have_text(["Nguyễn Thị Ánh"], use_inner_text=True)
    desk.page.locator("tbody .name").click()
    assert desk.page.locator("img.portrait").evaluate("image => image.decode().then(() => image.naturalWidth)") == 300
    sign(desk)
    expect(desk.page.locator("main")).to_contain_text("đã có chữ ký", use_inner_text=True)
    desk.picture("desk-02-voter")
    desk.press("Xác nhận có mặt và cấp thẻ")
    desk.page.get_by_text(f"có mặt, bàn {DESK}").wait_for()
    expect(desk.page.locator("main")).to_contain_text("đã ký trên máy", use_inner_text=True)
    desk.picture("desk-03-confirmed")
    with reading(hall.house.registry) as session:
        strokes = json.loads(session.get(Attested, voter_id(hall, "Nguyễn Thị Ánh")).strokes)
    assert [len(line) for line in strokes] == [12, 12]


def test_a_cleared_signature_is_not_sent(desk: Staff, hall: Hall) -> None:
    open_voter(desk, hall, "Vũ Đan")
    sign(desk)
    desk.press("Xóa chữ ký")
    expect(desk.page.locator("[name=strokes]")).to_have_value("")
    desk.press("Chỉ xác nhận có mặt")
    desk.page.get_by_text("ký trên tờ in", exact=True).wait_for()
    expect(desk.page.locator("main")).to_contain_text("chưa cấp", use_inner_text=True)


def test_a_scanner_typing_anywhere_on_the_page_opens_the_next_voter(desk: Staff, hall: Hall) -> None:
    open_voter(desk, hall, "Phạm An")
    desk.page.get_by_role("button", name="Chỉ xác nhận có mặt").focus()
    desk.page.keyboard.type("PTN-DB:DB-0001")  # as fast as a scanner
    desk.page.keyboard.press("Enter")
    desk.page.get_by_role("heading", name="Đặng Ỷ Lan").wait_for()
    open_voter(desk, hall, "Phạm An")
    expect(desk.page.locator("main")).to_contain_text("chưa có mặt", use_inner_text=True)


def test_one_key_alone_moves_nothing(desk: Staff, hall: Hall) -> None:
    open_voter(desk, hall, "Phạm An")
    button = desk.page.get_by_role("button", name="Chỉ xác nhận có mặt")
    button.focus()
    desk.page.keyboard.type("abc", delay=150)
    assert button.evaluate("button => button === document.activeElement")


def test_two_desks_see_one_count_and_the_second_reads_who_was_first(desk: Staff, other_desk: Staff, hall: Hall) -> None:
    before = present(desk)
    open_voter(other_desk, hall, "Hồ Dũng")
    checkin.check_in(hall.house, hall.uuid, voter_id(hall, "Hồ Dũng"), hall.actor(DESK))
    desk.page.wait_for_function("n => document.querySelector('[data-present]').textContent === n", arg=str(before + 1))
    expect(desk.page.locator("main")).to_contain_text("chưa đủ số quy định (cần 87)", use_inner_text=True)
    desk.page.get_by_text("đang chờ trạm").first.wait_for()
    other_desk.press("Xác nhận có mặt và cấp thẻ")
    other_desk.page.get_by_text(f"đã được xác nhận có mặt tại bàn {DESK}").wait_for()
    desk.picture("desk-04-live")


def test_a_second_press_sends_nothing(desk: Staff, hall: Hall) -> None:
    open_voter(desk, hall, "Bùi Văn Ân")
    desk.page.get_by_role("button", name="Xác nhận có mặt và cấp thẻ").dblclick()
    desk.page.get_by_text(f"có mặt, bàn {DESK}").wait_for()
    with reading(hall.house.registry) as session:
        wanted = select(SlipOrder).where(SlipOrder.voter_id == voter_id(hall, "Bùi Văn Ân"))
        assert len(session.scalars(wanted).all()) == 1


def test_pairing_shows_a_code_and_says_when_a_station_has_typed_it(desk: Staff, hall: Hall) -> None:
    desk.press("Ghép trạm in thẻ")
    code = desk.page.locator(".pairing-code").inner_text()
    link = desk.page.get_by_role("link", name="Mở trạm trong tab mới của máy này")
    expect(link).to_have_attribute("href", f"{hall.house.config.station_origin}/#{code}")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    desk.picture("desk-05-pairing")
    station = hall.new_station()
    station.pair(code)
    desk.page.get_by_text("Đã ghép xong").wait_for()


def test_two_persons_take_a_mistake_back(desk: Staff, other_desk: Staff, hall: Hall) -> None:
    checkin.check_in(hall.house, hall.uuid, voter_id(hall, "Lê Hòa"), hall.actor(DESK), order=False)
    open_voter(desk, hall, "Lê Hòa")
    desk.press("Xin hủy xác nhận")
    desk.page.get_by_text("Quý vị đã đề nghị hủy xác nhận này").wait_for()
    open_voter(other_desk, hall, "Lê Hòa")
    expect(other_desk.page.locator("main")).to_contain_text(f"Người {DESK} đã đề nghị hủy", use_inner_text=True)
    other_desk.picture("desk-06-undo")
    other_desk.press("Hủy xác nhận có mặt")
    other_desk.page.get_by_text("chưa có mặt").wait_for()


def test_a_namesake_is_pointed_out(desk: Staff, hall: Hall) -> None:
    open_voter(desk, hall, "Lê Hòa")
    expect(desk.page.locator("main")).to_contain_text("Có người trùng tên.", use_inner_text=True)
    desk.picture("desk-07-namesake")


def test_everything_works_without_a_script(browser: Any, hall: Hall) -> None:
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page, origin = context.new_page(), hall.house.config.registry_origin
    page.goto(f"{origin}/dang-nhap")
    page.fill("[name=login]", DESK)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("heading", name="Các đợt lấy phiếu").wait_for()
    page.goto(f"{origin}/dot/{hall.uuid}/ban")
    expect(page.locator("main")).to_contain_text("chưa đủ số quy định", use_inner_text=True)
    page.fill("[name=tim]", "PTN-DB:DB-0008")
    page.keyboard.press("Enter")
    expect(page.locator("canvas")).not_to_be_visible()
    page.get_by_role("button", name="Xác nhận có mặt và cấp thẻ").click()
    expect(page.locator("main")).to_contain_text(f"có mặt, bàn {DESK}", use_inner_text=True)
    context.close()


def test_a_session_that_has_ended_is_said_and_asked_for_no_longer(desk: Staff, hall: Hall) -> None:
    desk.page.locator("[data-present]").wait_for()
    desk.context.clear_cookies()
    desk.page.get_by_text("Phiên làm việc đã hết").first.wait_for()


@pytest.mark.parametrize("size", SIZES)
def test_no_page_of_the_desk_is_wider_than_the_screen(desk: Staff, hall: Hall, size: tuple[int, int]) -> None:
    desk.page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in ("ban", f"ban/{voter_id(hall, 'Phạm An')}", f"ban/{voter_id(hall, 'Hồ Dũng')}", ""):
        desk.go(f"/dot/{hall.uuid}/{path}")
        width = desk.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], (path, width)


def test_the_primary_act_is_on_the_first_screen_of_a_small_laptop(desk: Staff, hall: Hall) -> None:
    open_voter(desk, hall, "Phạm An")
    for size in SIZES[:3]:
        desk.page.set_viewport_size({"width": size[0], "height": size[1]})
        place = desk.page.get_by_role("button", name="Xác nhận có mặt và cấp thẻ").bounding_box()
        assert place["y"] + place["height"] <= size[1], size


def test_the_desk_is_accessible(desk: Staff, hall: Hall) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for path in ("ban", "ban?tim=hoa", f"ban/{voter_id(hall, 'Phạm An')}", f"ban/{voter_id(hall, 'Hồ Dũng')}", ""):
        desk.go(f"/dot/{hall.uuid}/{path}")
        found = axe.run(desk.page).response["violations"]
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == [], path


def test_the_organiser_sends_photos_from_the_rounds_page(browser: Any, hall: Hall, tmp_path: Path) -> None:
    person = Staff(browser, hall.house.config.registry_origin)
    person.log_in("to-chuc-1", PASSWORD)
    (tmp_path / "anh.zip").write_bytes(_photos().getvalue())
    person.go(f"/dot/{hall.uuid}/")
    person.upload("Nhận ảnh", {"photos": [tmp_path / "anh.zip"]})
    person.page.get_by_text("Ảnh đã nhận: 2").wait_for()
    person.picture("desk-08-round")
    person.close()
