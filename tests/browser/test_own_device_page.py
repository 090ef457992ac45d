"""A voter's own device in a real browser: from the one-time login to the receipt, cut off at every step.

Here lives what a voter does at home in the real application. Never here: a fake of the server.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ballot.models.registry.roll import Voter
from ballot.models.registry.slips import SlipOrder
from ballot.slips import own_device
from ballot.storage import reading
from tally.protocol.credential import SlipCode
from tally.protocol.receipt import Receipt
from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.look import rows
from tests.browser.booth_steps import confirm
from tests.browser.real_hall import open_box, roll, served
from tests.browser.waiting import expect

VOTERS = 15
SIZES = ((1920, 1080), (1366, 768), (1024, 600), (390, 844))
STORE = """async () => {
  const open = indexedDB.open("the-rieng", 1);
  const database = await new Promise((good, bad) => { open.onsuccess = () => good(open.result); open.onerror = bad; });
  if (!database.objectStoreNames.contains("the")) return [];
  const request = database.transaction("the").objectStore("the").getAll();
  const all = await new Promise((good) => { request.onsuccess = () => good(request.result); });
  database.close();
  return all.map((entry) => ({ stage: entry.stage, code: entry.code ?? "", fields: Object.keys(entry).sort() }));
}"""

MARKED = """(count) => {
  const settled = document.querySelector(".settling") === null;
  return settled && document.querySelectorAll('[aria-checked="true"]').length === count;
}"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A round that is being issued, and stays so; each test takes voters of its own."""
    with served(tmp_path_factory.mktemp("own"), delegates=VOTERS, roll=roll(VOTERS)) as hall:
        yield hall


@pytest.fixture(scope="module")
def queue(hall: Hall) -> Iterator[int]:
    """The numbers of the voters who have not been here yet."""
    return iter(range(VOTERS))


@pytest.fixture
def number(queue: Iterator[int]) -> int:
    return next(queue)


@pytest.fixture
def hall_of_its_own(dist: Path, tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path / "house") as hall:
        yield hall


def login_of(hall: Hall, number: int) -> dict[str, str]:
    reference = f"DB-{number:04d}"
    (login,) = own_device.hand_out(hall.house, hall.uuid, hall.actor("to-chuc-1"), reference=reference)
    return {"reference": reference, "password": login.password}


def log_in(page: Any, hall: Hall, number: int) -> None:
    """Fill in the form at the registry and be sent on to the station's host."""
    login = login_of(hall, number)
    page.goto(f"{hall.house.config.registry_origin}/dot/{hall.uuid}/rieng")
    page.get_by_label("Mã đại biểu").fill(login["reference"])
    page.get_by_label("Mật khẩu dùng một lần").fill(login["password"].lower().replace("-", " "))
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("heading", name="Xin quý vị đọc trước").wait_for()


def here(hall: Hall) -> str:
    return f"{hall.house.config.station_origin}/dot/{hall.uuid}/rieng/"


def make(page: Any) -> None:
    page.get_by_role("button", name="Tôi đã đọc, tạo thẻ trên máy này").click()


def slip_on(page: Any) -> SlipCode:
    page.get_by_role("heading", name="Thẻ đã có trên máy này").wait_for()
    return SlipCode.read("".join(page.locator(".code span").all_inner_texts()))


def order_of(hall: Hall, number: int) -> SlipOrder | None:
    with reading(hall.house.registry) as session:
        who = session.scalars(select(Voter).where(Voter.reference == f"DB-{number:04d}")).one()
        return session.scalar(select(SlipOrder).where(SlipOrder.once == who.id))


def absent(hall: Hall) -> list[int]:
    with reading(hall.house.registry) as session:
        return list(session.scalars(select(Voter.id).where(Voter.present.is_(False))))


def staged(hall: Hall) -> int:
    return len(rows(hall.house.box)["staged_credential"])


def bodies(last: str, kept: list[tuple[str, bytes]]) -> list[bytes]:
    return [body for url, body in kept if url.endswith(f"/{last}")]


@pytest.fixture
def sent(page: Any) -> list[tuple[str, bytes]]:
    """Everything that the page posts."""
    kept: list[tuple[str, bytes]] = []
    page.on("request", lambda r: kept.append((r.url, r.post_data_buffer or b"")) if r.method == "POST" else None)
    return kept


def cut(page: Any, last: str) -> Callable[[], None]:
    """Let the next request arrive and lose its answer; return what mends the line."""

    def lose(route: Any) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route(f"**/{last}", lose)
    return lambda: page.unroute(f"**/{last}")


# --- making the slip ----------------------------------------------------------------------------------------------


def test_the_page_says_first_what_it_cannot_protect_and_keeps_the_permission_out_of_the_address(
    page: Any, hall: Hall, number: int, picture: Any, accessible: Any
) -> None:
    log_in(page, hall, number)
    accessible()
    picture("limits")
    assert page.url == here(hall)
    text = page.locator("main").inner_text()
    for said in ("nhìn thấy lựa chọn", "đứng bên cạnh", "được tin vào lúc gửi", "địa chỉ mạng", "phòng phiếu kín"):
        assert said in text
    assert [entry["stage"] for entry in page.evaluate(STORE)] == ["permission"]
    assert [c for c in page.context.cookies() if c["domain"] != hall.house.config.registry_host] == []


def test_a_slip_is_made_delivered_and_kept_here_alone(
    page: Any, hall: Hall, number: int, picture: Any, accessible: Any, *, sent: list[tuple[str, bytes]]
) -> None:
    before = staged(hall)
    log_in(page, hall, number)
    make(page)
    slip = slip_on(page)
    accessible()
    picture("slip")
    order = order_of(hall, number)
    assert order is not None
    assert order.state == "delivered"
    assert staged(hall) == before + 1
    (kept,) = page.evaluate(STORE)
    assert kept == {"stage": "ready", "code": slip.shown(), "fields": ["code", "permission", "stage", "uuid"]}
    assert not [body for _url, body in sent if slip.shown().encode() in body or slip.digits.encode() in body]
    with page.expect_download() as download:
        page.get_by_role("link", name="Lưu thẻ thành tệp").click()
    assert download.value.suggested_filename == f"the-{hall.uuid}.txt"
    assert slip.shown() in Path(download.value.path()).read_text("utf-8")
    expect(page.locator("svg.qr")).to_have_count(1)
    page.reload()
    assert slip_on(page) == slip


@pytest.mark.parametrize("last", ["cap", "tam", "xong"])
def test_a_lost_answer_and_a_reload_send_the_same_bytes_again(
    page: Any, hall: Hall, last: str, number: int, sent: list[tuple[str, bytes]]
) -> None:
    before = staged(hall)
    log_in(page, hall, number)
    mend = cut(page, last)
    make(page)
    page.get_by_text("Đường truyền bị gián đoạn").wait_for()
    mend()
    page.reload()
    slip_on(page)
    assert len(bodies(last, sent)) == 2
    assert len(set(bodies(last, sent))) == 1
    assert staged(hall) == before + 1
    order = order_of(hall, number)
    assert order is not None
    assert order.state == "delivered"


def test_pressing_again_after_a_lost_answer_goes_on_too(
    page: Any, hall: Hall, number: int, sent: list[tuple[str, bytes]]
) -> None:
    log_in(page, hall, number)
    mend = cut(page, "cap")
    make(page)
    page.get_by_text("Đường truyền bị gián đoạn").wait_for()
    mend()
    page.get_by_role("button", name="Gửi lại").click()
    slip_on(page)
    assert len(set(bodies("cap", sent))) == 1


def test_a_second_person_on_one_device_does_not_lose_the_first_ones_slip(
    page: Any, hall: Hall, queue: Iterator[int]
) -> None:
    log_in(page, hall, next(queue))
    make(page)
    first = slip_on(page)
    permission = own_device.log_in(hall.house, hall.uuid, **login_of(hall, next(queue)))
    page.goto(f"{here(hall)}#{permission}")
    page.get_by_text("Một trình duyệt chỉ giữ một thẻ").wait_for()
    assert slip_on(page) == first
    page.get_by_role("button", name="Xóa thẻ khỏi máy này").click()
    page.get_by_role("dialog").get_by_role("button", name="Xóa", exact=True).click()
    make(page)
    assert slip_on(page) != first


def test_a_new_login_replaces_a_request_that_never_arrived(page: Any, hall: Hall, number: int) -> None:
    log_in(page, hall, number)
    page.route("**/cap", lambda route: route.abort("connectionrefused"))
    make(page)
    page.get_by_text("Đường truyền bị gián đoạn").wait_for()
    page.unroute("**/cap")
    permission = own_device.log_in(hall.house, hall.uuid, **login_of(hall, number))
    page.goto("about:blank")
    page.goto(f"{here(hall)}#{permission}")
    make(page)
    slip_on(page)
    assert page.url == here(hall)


def test_without_a_login_there_is_nothing_and_after_erasing_neither(page: Any, hall: Hall) -> None:
    page.goto(here(hall))
    page.get_by_text("Chưa có thẻ nào trên máy này").wait_for()
    assert page.evaluate(STORE) == []


def test_nothing_is_cut_off_at_any_size(page: Any, hall: Hall, number: int) -> None:
    def check() -> None:
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width

    log_in(page, hall, number)
    check()
    make(page)
    slip_on(page)
    check()


def test_the_organiser_saves_the_list_of_logins_from_the_page_itself(
    page: Any, hall: Hall, picture: Any, accessible: Any
) -> None:
    origin = hall.house.config.registry_origin
    page.goto(f"{origin}/dang-nhap")
    page.fill("[name=login]", "to-chuc-1")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.goto(f"{origin}/dot/{hall.uuid}/")
    page.get_by_role("button", name="Lập mật khẩu dùng một lần").click()
    accessible()
    picture("logins")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải danh sách (CSV)").click()
    lines = list(csv.reader(Path(download.value.path()).read_text("utf-8-sig").splitlines()))
    assert lines[0] == ["ma", "ho_ten", "don_vi", "mat_khau"]
    assert 1 < len(lines) <= 1 + VOTERS


# --- casting ------------------------------------------------------------------------------------------------------


def test_the_kept_slip_casts_from_the_stations_host_without_a_cookie_and_is_then_erased(
    page: Any, hall_of_its_own: Hall, picture: Any, accessible: Any, *, sent: list[tuple[str, bytes]]
) -> None:
    hall = hall_of_its_own
    log_in(page, hall, 0)
    make(page)
    slip = slip_on(page)
    for number in absent(hall):
        hall.slip(number)
    open_box(hall, staged(hall))
    page.get_by_role("link", name="Đến trang bỏ phiếu").click()
    page.get_by_role("button", name="Bắt đầu").click()
    for level in "123":  # the booth's pauses are those of a hall
        page.keyboard.press(level)
        page.wait_for_function(MARKED, arg=int(level))
    page.keyboard.press("Enter")
    confirm(page)
    page.get_by_role("button", name="Bỏ phiếu", exact=True).click()
    page.get_by_role("button", name="Dùng thẻ trong máy này").wait_for()
    accessible()
    picture("slip-wanted")
    with page.expect_response("**/phieu") as answer:
        page.get_by_role("button", name="Dùng thẻ trong máy này").click()
    assert answer.value.status == 201
    page.get_by_role("heading", name="Phiếu đã được ghi nhận").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Lưu biên nhận thành tệp").click()
    saved = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert saved == json.loads(answer.value.body())
    Receipt.parse(saved).check(hall.manifest)
    asked = answer.value.request.all_headers()
    assert "cookie" not in asked
    assert "referer" not in asked
    assert answer.value.url.startswith(hall.house.config.box_origin)
    assert json.loads(answer.value.body())["round"] == hall.uuid
    assert page.evaluate(STORE) == []
    assert not [body for _url, body in sent if slip.digits.encode() in body]
    assert len(rows(hall.house.box)["ballot"]) == 1
