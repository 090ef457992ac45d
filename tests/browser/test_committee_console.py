"""The organisers' side of the committee in a real browser: name, confirm, invite, follow by itself, begin anew, admit.

Here lives what an organiser sees and does. Never here: a member's page; members speak HTTP from Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.members import PageMember, come_in, named, run, until
from tests.browser.conftest import check_accessible
from tests.browser.people import Staff
from tests.browser.real_hall import served
from tests.browser.waiting import expect

NAMES = ("Nguyễn Thị Ánh", "Đặng Ỷ Lan", "Tôn Nữ Công Huyền Thị Thiên Kim Bảo Ngọc")
PRIMARY = "main button:not(.plain):visible, main a.button:not(.plain):visible"


@pytest.fixture
def hall(tmp_path: Any) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


@pytest.fixture
def organiser(browser: Any, hall: Hall) -> Iterator[Staff]:
    yield from _logged_in(browser, hall, "to-chuc-1")


@pytest.fixture
def other(browser: Any, hall: Hall) -> Iterator[Staff]:
    yield from _logged_in(browser, hall, "to-chuc-2")


def _logged_in(browser: Any, hall: Hall, login: str) -> Iterator[Staff]:
    person = Staff(browser, hall.house.config.registry_origin)
    person.log_in(login, PASSWORD)
    yield person
    errors = person.errors
    person.close()
    assert errors == []


def open_page(person: Staff, hall: Hall) -> None:
    person.go(f"/dot/{hall.uuid}/ban-kiem-phieu")


def fill(person: Staff, *names: str) -> None:
    for place, name in enumerate(names):
        person.page.locator("[name=name]:visible").nth(place).fill(name)


def sees(person: Staff, sentence: str) -> None:
    """Wait until the page says so by itself."""
    person.page.get_by_text(sentence).first.wait_for()


def offers(person: Staff, *buttons: str) -> None:
    """Wait until these and no others are the filled buttons: some appear only once the page's script runs."""
    found = person.page.locator(PRIMARY)
    expect(found).to_have_text(list(buttons), use_inner_text=True)


def test_a_refused_list_stays_in_the_form_and_says_why(organiser: Staff, hall: Hall) -> None:
    open_page(organiser, hall)
    organiser.picture("console-01-name")
    offers(organiser, "Đề nghị danh sách này")
    fill(organiser, NAMES[0], "Cán bộ số 1", NAMES[2])
    organiser.press("Đề nghị danh sách này")
    sees(organiser, "Cán bộ số 1 trùng tên người được lấy phiếu")
    organiser.picture("console-02-conflict")
    expect(organiser.page.locator("[name=name]").nth(2)).to_have_value(NAMES[2])
    fill(organiser, NAMES[0], NAMES[0])
    organiser.press("Đề nghị danh sách này")
    sees(organiser, "hai ghế không được cùng họ tên và nhiệm vụ")
    expect(organiser.page.get_by_role("link", name="Ghi ngoại lệ ở trang đợt")).to_have_count(0)


def test_two_organisers_name_invite_and_see_members_come_in(organiser: Staff, other: Staff, hall: Hall) -> None:
    open_page(organiser, hall)
    fill(organiser, *NAMES)
    organiser.press("Đề nghị danh sách này")
    sees(organiser, "cần người khác xác nhận")
    offers(organiser)
    organiser.picture("console-03-waiting")
    open_page(other, hall)
    sees(other, "Người đề nghị: Người to-chuc-1.")
    offers(other, "Xác nhận đúng danh sách này")
    other.picture("console-04-confirm")
    other.press("Xác nhận đúng danh sách này")
    sees(organiser, "Xin mời các thành viên chưa có lời mời")  # the first one's page came up to date by itself
    organiser.picture("console-05-named")
    organiser.press("Lập lời mời cho những người chưa vào")
    organiser.page.locator(".invitation").nth(2).wait_for()
    offers(organiser, "In các lời mời")
    organiser.picture("console-06-invitations")
    links = organiser.page.locator(".invitation .password").all_inner_texts()
    member = PageMember.come_in(hall.at_committee(), links[1])
    organiser.page.locator("#invitation-2").get_by_text("đã vào", exact=True).wait_for()
    assert member.number == 2
    organiser.page.locator("#invitation-3 .larger").click()
    assert organiser.page.locator("#invitation-3 img").bounding_box()["width"] > 500
    organiser.picture("console-07-projected")
    assert organiser.page.url.endswith("/loi-moi#invitation-3")


def test_printed_invitations_are_two_to_a_page_and_hold_no_buttons(organiser: Staff, hall: Hall) -> None:
    pypdf = pytest.importorskip("pypdf")
    named(hall)
    open_page(organiser, hall)
    organiser.press("Lập lời mời cho những người chưa vào")
    organiser.page.locator(".invitation").nth(2).wait_for()
    links = organiser.page.locator(".invitation .password").all_inner_texts()
    path = hall.house.config.instance / "invitations.pdf"
    organiser.page.pdf(path=path, prefer_css_page_size=True)
    pages = [re.sub(r"\s", "", page.extract_text()) for page in pypdf.PdfReader(path).pages]
    assert [page.count("#vao=") for page in pages] == [2, 1]
    assert all(link in "".join(pages) for link in links)
    assert "Incáclờimời" not in "".join(pages)
    assert "Đăngxuất" not in "".join(pages)


def test_the_page_follows_the_ceremony_shows_why_it_stopped_and_admits(organiser: Staff, hall: Hall) -> None:
    members = [come_in(named(hall) if number == 1 else hall, number) for number in (1, 2, 3)]
    open_page(organiser, hall)
    sees(organiser, "Các trang đang tự tạo khóa. Đang chờ: Ủy viên kiểm phiếu 1, Ủy viên kiểm phiếu 2")
    members[0].step()
    organiser.page.locator("[data-member='1']").get_by_text("đang tạo, 1 trên 4").wait_for()
    members[1].next()  # it knows the attempt now
    members[1].complain(3, "BAD_TRUSTEE_MESSAGE")
    sees(organiser, "Thành viên số 2, Ủy viên kiểm phiếu 2 báo: điều thành viên số 3, Ủy viên kiểm phiếu 3 gửi đến")
    offers(organiser, "Làm lại buổi tạo khóa")
    organiser.picture("console-08-ended")
    organiser.press("Làm lại buổi tạo khóa")
    sees(organiser, "Các trang đang tự tạo khóa.")
    until(members, "nonce")
    for member in members[:2]:
        member.step()
    sees(organiser, "Đang chờ cất khóa và sẵn sàng thử: Ủy viên kiểm phiếu 3.")
    organiser.picture("console-09-ready")
    organiser.press("Gọi thử khóa với các thành viên có mặt")
    sees(organiser, "0 trên 2 người được gọi đã thử")
    run(members[:2])
    sees(organiser, "Xin chốt danh sách thẻ, rồi nhận khóa ở đây")
    hall.slips = [hall.slip(voter_id) for voter_id in hall.voters()]
    hall.freeze()
    sees(organiser, "Xin nhận khóa.")
    offers(organiser, "Nhận khóa của ban kiểm phiếu")
    organiser.picture("console-10-admit")
    organiser.press("Nhận khóa của ban kiểm phiếu")
    sees(organiser, "một người đề nghị, một người xác nhận")
    assert hall.phase() == "ready"


def test_a_form_that_is_being_filled_in_is_not_reloaded(organiser: Staff, hall: Hall) -> None:
    named(hall)
    open_page(organiser, hall)
    organiser.page.get_by_text("Đổi danh sách").click()
    organiser.page.locator("[name=name]").nth(1).fill("Người thay thế")
    for number in (1, 2, 3):
        come_in(hall, number)
    sees(organiser, "Tình hình đã thay đổi.")
    organiser.page.locator("[data-member='3']").get_by_text("đã vào", exact=True).wait_for()
    expect(organiser.page.locator("[name=name]").nth(1)).to_have_value("Người thay thế")


def test_it_works_without_a_script(browser: Any, hall: Hall) -> None:
    named(hall)
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page, origin = context.new_page(), hall.house.config.registry_origin
    page.goto(f"{origin}/dang-nhap")
    page.fill("[name=login]", "to-chuc-1")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("heading", name="Các đợt lấy phiếu").wait_for()
    page.goto(f"{origin}/dot/{hall.uuid}/ban-kiem-phieu")
    come_in(hall, 1)
    page.get_by_role("link", name="Xem lại tình hình").click()
    expect(page.locator("[data-member='1'] [data-cell=page]")).to_have_text("đã vào", use_inner_text=True)
    page.get_by_role("button", name="Lập lời mời cho những người chưa vào").click()
    expect(page.locator(".invitation")).to_have_count(2)
    expect(page.get_by_text("In các lời mời")).not_to_be_visible()
    context.close()


WIDTHS = (1920, 1366, 1024, 390)


def fits(organiser: Staff) -> None:
    """See that no page is wider than the screen, whatever the screen."""
    for width in WIDTHS:
        organiser.page.set_viewport_size({"width": width, "height": 768})
        assert organiser.page.evaluate("document.documentElement.scrollWidth") <= width
    check_accessible(organiser.page)


def test_no_page_is_wider_than_the_screen(organiser: Staff, hall: Hall) -> None:
    open_page(organiser, hall)
    fits(organiser)
    organiser.page.goto("about:blank")  # the page would come up to date by itself, across the next one's way
    come_in(named(hall), 2)
    open_page(organiser, hall)
    fits(organiser)
    organiser.press("Lập lời mời cho những người chưa vào")
    organiser.page.locator(".invitation").first.wait_for()
    fits(organiser)
