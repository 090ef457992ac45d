"""A list from a file into the catalogue: seen first, then written whole or not at all, and only once.

Here lives the way by HTTP, as an organiser goes it. Never here: a hostile file (test_lists_files.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select, update

from ballot.catalogue import appointments, groups
from ballot.identity import organisations
from ballot.identity.login import create_account
from ballot.lists import samples
from ballot.lists.columns import CATALOGUE, by_slug
from ballot.lists.xlsx_out import write_xlsx
from ballot.models.registry.acts import AuditEntry
from ballot.models.registry.catalogue import Appointment, Body, Group, Person, Position
from ballot.models.registry.planning import StagedList
from ballot.storage import reading, writing
from tests.ballot.client import Client
from tests.ballot.hall import DESK, PASSWORD, Hall
from tests.ballot.list_desk import CATALOGUE_TABLES, DIGEST, Desk, catalogue, words
from tests.ballot.look import nothing_changes, refused, rows
from tests.ballot.workbooks import people, row, workbook

Open = Callable[[str], Hall]
START = date(2021, 6, 1)


def told(page: str) -> list[list[str]]:
    """Return the rows of the table of problems and warnings."""
    tables = re.findall(r'<table class="lists-told[^>]*>.*?</table>', page, re.DOTALL)
    lines = [line for table in tables for line in re.findall(r"<tr>(<td.*?)</tr>", table, re.DOTALL)]
    return [[unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", line)] for line in lines]


def book(**lists: list[list[Any]]) -> bytes:
    """A workbook of some sheets, by their names in addresses with _ for -."""
    given = {slug.replace("_", "-"): found for slug, found in lists.items()}
    sheets = [sheet for sheet in CATALOGUE if sheet.slug in given]
    return write_xlsx(samples.tables({sheet.title: given[sheet.slug] for sheet in sheets}, tuple(sheets)))


BODY = ["T", "Tỉnh mẫu", "Cấp tỉnh", "", START]
POST = ["P", "T", "Chức danh mẫu", "", "", "Khối", "Phiếu", 1, START]
WHO = ["001", "Cán bộ mẫu 01", "", "Sở mẫu", "Điểm cầu số 1"]
TERM = ["001", "P", date(2022, 1, 1), "", "", ""]


@pytest.fixture
def desk(at: Open) -> Desk:
    return Desk(at("draft"))


# --- from nothing -------------------------------------------------------------------------------------------------


def test_a_province_comes_from_one_file(desk: Desk) -> None:
    hall = desk.hall
    before = catalogue(hall)
    address = desk.look(samples.provincial_workbook(), "tinh-mau.xlsx")
    page = words(desk.page(address))
    assert "Không có lỗi" in page
    assert "thêm 227 hàng, thay đổi 0 hàng" in page
    assert catalogue(hall) == before == {name: [] for name in CATALOGUE_TABLES}  # seen, and nothing is written
    assert desk.agree(address).status_code == 302
    mine = hall.actor("to-chuc-1").organisation_id
    with reading(hall.house.registry) as session:
        ids = list(session.scalars(select(Body.id)))
        officials = appointments.holding(session, mine, ids, "2026-11-22")
        voters = groups.union(session, mine, session.scalars(select(Group.id)), "2026-11-22")
    assert len(officials) == samples.RATED
    assert list(dict.fromkeys(h.position.form for h in officials)) == [
        samples.COUNCIL_FORM,
        samples.PEOPLE_FORM,
    ]
    assert (len(voters), {v.site for v in voters}) == (samples.VOTERS, set(samples.SITES))


def test_the_same_file_twice_adds_nothing(desk: Desk) -> None:
    desk.write(samples.sample_workbook())
    before = catalogue(desk.hall)
    page = desk.page(desk.look(samples.sample_workbook()))
    assert "Không có gì mới" in words(page)
    assert DIGEST.search(page) is None
    assert catalogue(desk.hall) == before


def test_the_log_names_the_import_and_nobody(desk: Desk) -> None:
    desk.write(samples.sample_workbook())
    with reading(desk.hall.house.registry) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "import-catalogue")).one()
    assert entry.actor == "to-chuc-1"
    assert re.fullmatch(r"[0-9a-f]{16} \+10 ~0", entry.subject)


def test_one_list_may_come_as_csv(desk: Desk) -> None:
    raw = "Mã;Họ và tên;Điểm cầu\r\n001;Cán bộ mẫu 01;Điểm cầu số 1\r\n".encode("utf-8-sig")
    assert "Hàng đã thêm 1" in desk.write(raw, "nguoi.csv", "nguoi")
    with reading(desk.hall.house.registry) as session:
        assert session.scalars(select(Person.code)).all() == ["001"]


def test_bodies_may_stand_in_any_order(desk: Desk) -> None:
    low = ["S", "Sở mẫu", "Sở, ban, ngành cấp tỉnh", "T", START]
    desk.write(book(to_chuc=[low, BODY]))
    with reading(desk.hall.house.registry) as session:
        above = {b.code: b.parent_id for b in session.scalars(select(Body))}
        assert (above["T"], above["S"]) == (None, session.scalars(select(Body.id).where(Body.code == "T")).one())


# --- what is named ------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[dict[str, list[list[Any]]], tuple[str, str, str], str]] = {
    "a code twice": ({"nguoi": [WHO, ["001", "Cán bộ mẫu 02", "", "", ""]]}, ("Người", "3", "Mã"), "hàng 2"),
    "no such body": ({"chuc_danh": [POST]}, ("Chức danh", "2", "Mã tổ chức"), "trang Tổ chức"),
    "no such level": ({"to_chuc": [["T", "Tỉnh", "Cấp trời", "", START]]}, ("Tổ chức", "2", "Cấp"), "Cấp tỉnh"),
    "no such standard": (
        {"to_chuc": [BODY], "chuc_danh": [[*POST[:3], "Trạng nguyên", *POST[4:]]]},
        ("Chức danh", "2", "Tương đương"),
        "Trạng nguyên",
    ),
    "a circle": (
        {"to_chuc": [["A", "A", "Cấp tỉnh", "B", START], ["B", "B", "Cấp tỉnh", "A", START]]},
        ("Tổ chức", "2", "Mã cấp trên"),
        "vòng kín",
    ),
    "a post before its body": (
        {"to_chuc": [BODY], "chuc_danh": [[*POST[:8], date(2020, 1, 1)]]},
        ("Chức danh", "2", "Từ ngày"),
        "01/01/2020",
    ),
    "no such person": (
        {"to_chuc": [BODY], "chuc_danh": [POST], "bo_nhiem": [TERM]},
        ("Bổ nhiệm", "2", "Mã người"),
        "Người",
    ),
    "an appointment before the post": (
        {
            "to_chuc": [BODY],
            "chuc_danh": [POST],
            "nguoi": [WHO],
            "bo_nhiem": [["001", "P", date(2020, 1, 1), "", "", ""]],
        },
        ("Bổ nhiệm", "2", "Từ ngày"),
        "chưa có",
    ),
    "no such status": (
        {"to_chuc": [BODY], "chuc_danh": [POST], "nguoi": [WHO], "bo_nhiem": [[*TERM[:3], "nghỉ phép", "", ""]]},
        ("Bổ nhiệm", "2", "Tình trạng"),
        "tạm đình chỉ",
    ),
    "a status without its day": (
        {"to_chuc": [BODY], "chuc_danh": [POST], "nguoi": [WHO], "bo_nhiem": [[*TERM[:3], "thôi giữ chức vụ", "", ""]]},
        ("Bổ nhiệm", "2", "Tình trạng từ ngày"),
        "từ ngày nào",
    ),
    "a status before the appointment": (
        {
            "to_chuc": [BODY],
            "chuc_danh": [POST],
            "nguoi": [WHO],
            "bo_nhiem": [[*TERM[:3], "thôi giữ chức vụ", date(2021, 9, 1), ""]],
        },
        ("Bổ nhiệm", "2", "Tình trạng từ ngày"),
        "trước ngày bổ nhiệm",
    ),
    "two names of one group": (
        {"nguoi": [WHO], "nhom": [["N", "Nhóm 1", "001", START], ["N", "Nhóm 2", "", ""]]},
        ("Nhóm", "3", "Tên nhóm"),
        "Nhóm 1",
    ),
    "a member without a day": (
        {"nguoi": [WHO], "nhom": [["N", "Nhóm 1", "001", ""]]},
        ("Nhóm", "2", "Từ ngày"),
        "trống",
    ),
    "a member twice at a time": (
        {"nguoi": [WHO], "nhom": [["N", "Nhóm 1", "001", START], ["N", "Nhóm 1", "001", date(2022, 1, 1)]]},
        ("Nhóm", "3", "Từ ngày"),
        "đã là thành viên",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_and_nothing_of_the_file_is_written(desk: Desk, name: str) -> None:
    lists, place, reason = WRONG[name]
    before = catalogue(desk.hall)
    address = desk.look(book(**lists))
    page = desk.page(address)
    assert tuple(told(page)[0][:3]) == place
    assert reason in told(page)[0][4]
    assert DIGEST.search(page) is None
    with reading(desk.hall.house.registry) as session:
        digest = session.scalars(select(StagedList.digest)).one()
    refused(desk.agree(address, digest), 409, "LIST_HAS_PROBLEMS")
    assert catalogue(desk.hall) == before


def test_what_refers_to_a_wrong_row_is_not_named_again(desk: Desk) -> None:
    raw = book(to_chuc=[["T", "Tỉnh", "Cấp trời", "", START]], chuc_danh=[POST], nguoi=[WHO], bo_nhiem=[TERM])
    assert len(told(desk.page(desk.look(raw)))) == 1


def test_a_problem_of_a_cell_shows_the_cell_as_text(desk: Desk) -> None:
    part = people(row(2, "1", "<img src=x onerror=alert(1)>\u200b{{7*7}}"))
    page = desk.page(desk.look(workbook(part)))
    assert told(page)[0] == [
        "Người",
        "2",
        "Họ và tên (B2)",
        "<img src=x onerror=alert(1)>\ufffd{{7*7}}",
        told(page)[0][4],
    ]
    assert "<img" not in page


def test_names_that_read_alike_are_warned_of_and_stop_nothing(desk: Desk) -> None:
    """threats H21: two tone placements, and equal names under two codes."""
    desk.write(book(nguoi=[["1", "Nguyễn Thị Hoà", "", "", ""]]))
    raw = book(
        nguoi=[
            ["2", "Nguyễn Thị Hòa", "", "", ""],
            ["3", "Trần Văn Mẫu", "", "", ""],
            ["4", "Trần Văn Mẫu", "", "", ""],
        ]
    )
    page = desk.page(desk.look(raw))
    assert [(line[1], "Nguyễn Thị Hoà (mã 1)" in line[4], "Trần Văn Mẫu (mã 3)" in line[4]) for line in told(page)] == [
        ("2", True, False), ("4", False, True)
    ]  # fmt: skip
    assert "Hàng đã thêm 3" in desk.write(raw)


# --- what is there already ----------------------------------------------------------------------------------------


def start(desk: Desk) -> None:
    desk.write(book(to_chuc=[BODY], chuc_danh=[POST], nguoi=[WHO], bo_nhiem=[TERM]))


def test_what_may_change_is_shown_old_and_new_and_then_changed(desk: Desk) -> None:
    start(desk)
    raw = book(chuc_danh=[["P", "T", "Chức danh mẫu", "", "Cấp mới", "Khối mới", "Phiếu", 7, START]],
               nguoi=[["001", "Cán bộ mẫu 01", "", "Sở khác", ""]])  # fmt: skip
    address = desk.look(raw)
    assert [line[3:] for line in told(desk.page(address))] == [
        ["Cấp quản lý", "–", "Cấp mới"], ["Khối", "Khối", "Khối mới"], ["Thứ tự", "1", "7"],
        ["Đơn vị", "Sở mẫu", "Sở khác"],
    ]  # fmt: skip
    assert desk.agree(address).status_code == 302
    with reading(desk.hall.house.registry) as session:
        post, person = session.scalars(select(Position)).one(), session.scalars(select(Person)).one()
    assert (post.authority, post.block, post.rank, post.form) == ("Cấp mới", "Khối mới", 7, "Phiếu")
    assert (person.unit, person.site) == ("Sở khác", "Điểm cầu số 1")  # an empty cell takes nothing away


HISTORY: dict[str, tuple[dict[str, list[list[Any]]], str, str]] = {
    "a body's name": ({"to_chuc": [["T", "Tỉnh khác", "Cấp tỉnh", "", START]]}, "Tên", "Tỉnh mẫu"),
    "a body's level": ({"to_chuc": [["T", "Tỉnh mẫu", "Cấp xã", "", START]]}, "Cấp", "Cấp tỉnh"),
    "a body's first day": ({"to_chuc": [["T", "Tỉnh mẫu", "Cấp tỉnh", "", date(2020, 1, 1)]]}, "Từ ngày", "01/06/2021"),
    "a post's title": ({"chuc_danh": [["P", "T", "Khác", *POST[3:]]]}, "Chức danh", "Chức danh mẫu"),
    "a person's name": ({"nguoi": [["001", "Người khác", "", "", ""]]}, "Họ và tên", "Cán bộ mẫu 01"),
    "a person's birthday": ({"nguoi": [["001", "Cán bộ mẫu 01", "1970", "", ""]]}, "Ngày sinh", ""),
}


@pytest.mark.parametrize("name", HISTORY)
def test_history_is_not_written_over(desk: Desk, name: str) -> None:
    start(desk)
    before = catalogue(desk.hall)
    lists, column, old = HISTORY[name]
    (line,) = told(desk.page(desk.look(book(**lists))))
    assert (line[2], old in line[4]) == (column, True)
    assert catalogue(desk.hall) == before


def test_a_status_is_added_once_and_an_older_file_changes_nothing(desk: Desk) -> None:
    start(desk)
    notice = book(bo_nhiem=[[*TERM[:3], "đã có thông báo nghỉ hưu", date(2026, 9, 1), "Thông báo mẫu"]])
    assert "Hàng đã thay đổi 1" in desk.write(notice)
    before = catalogue(desk.hall)
    for raw in (notice, book(bo_nhiem=[TERM])):
        assert "Không có gì mới" in words(desk.page(desk.look(raw)))
    assert (catalogue(desk.hall), len(before["appointment_status"])) == (before, 1)


def test_a_second_term_in_one_post_is_warned_of(desk: Desk) -> None:
    start(desk)
    page = desk.page(desk.look(book(bo_nhiem=[["001", "P", date(2026, 1, 1), "", "", ""]])))
    assert ["01/01/2022" in line[4] for line in told(page)] == [True]
    assert DIGEST.search(page)


# --- whose list it is, and when -----------------------------------------------------------------------------------


def test_another_account_sees_no_list_of_mine(desk: Desk) -> None:
    address = desk.look(samples.sample_workbook())
    other = Desk(desk.hall, "to-chuc-2")
    with nothing_changes(desk.hall.house.registry):
        refused(other.person.get(address), 404, "NO_SUCH_LIST")
        digest = DIGEST.search(desk.page(address))
        assert digest
        refused(other.agree(address, digest[1]), 404, "NO_SUCH_LIST")
        refused(other.person.form(f"{address}/bo", page="/danh-sach/"), 404, "NO_SUCH_LIST")


def test_two_organisations_see_nothing_of_each_other(desk: Desk) -> None:
    """The same codes in both; neither finds, changes or exports the other's. threats H5."""
    house = desk.hall.house
    start(desk)
    other = organisations.found(house, "Đơn vị khác")
    create_account(house, other, login="ngoai", name="Người ngoài", role="organiser", password=PASSWORD)
    theirs = Desk(desk.hall, "ngoai")
    assert theirs.person.get("/danh-sach/xuat/nguoi.csv").data.decode("utf-8-sig").count("\r\n") == 1
    refused(theirs.person.get(f"/dot/{desk.hall.uuid}/danh-sach/danh-sach.xlsx"), 404, "NO_SUCH_ROUND")
    assert "thêm 4 hàng" in words(
        theirs.page(theirs.look(book(to_chuc=[BODY], chuc_danh=[POST], nguoi=[WHO], bo_nhiem=[TERM])))
    )
    (line,) = told(theirs.page(theirs.look(book(bo_nhiem=[TERM]))))
    assert line[2] == "Mã người"


def test_the_next_file_takes_the_place_of_the_one_before(desk: Desk) -> None:
    first = desk.look(samples.sample_workbook())
    desk.look(samples.sample_workbook())
    refused(desk.person.get(first), 404, "NO_SUCH_LIST")
    assert len(rows(desk.hall.house.registry)["staged_list"]) == 1


def test_a_list_that_was_put_aside_is_gone(desk: Desk) -> None:
    before = catalogue(desk.hall)
    address = desk.look(samples.sample_workbook())
    assert desk.person.form(f"{address}/bo", page=address).status_code == 302
    refused(desk.person.get(address), 404, "NO_SUCH_LIST")
    assert (catalogue(desk.hall), rows(desk.hall.house.registry)["staged_list"]) == (before, [])


def test_a_yes_counts_once(desk: Desk) -> None:
    address = desk.look(samples.sample_workbook())
    digest = DIGEST.search(desk.page(address))
    assert digest
    assert desk.agree(address, digest[1]).status_code == 302
    with nothing_changes(desk.hall.house.registry):
        refused(desk.agree(address, digest[1]), 404, "NO_SUCH_LIST")


def test_a_yes_to_something_else_counts_for_nothing(desk: Desk) -> None:
    address = desk.look(samples.sample_workbook())
    with nothing_changes(desk.hall.house.registry):
        refused(desk.agree(address, "0" * 64), 409, "LIST_CHANGED")


def test_what_changed_meanwhile_is_shown_before_it_is_written(desk: Desk) -> None:
    address = desk.look(book(nguoi=[WHO]))
    digest = DIGEST.search(desk.page(address))
    assert digest
    Desk(desk.hall, "to-chuc-2").write(book(nguoi=[["001", "Cán bộ mẫu 01", "", "Nơi khác", ""]]))
    before = catalogue(desk.hall)
    refused(desk.agree(address, digest[1]), 409, "LIST_CHANGED")
    assert catalogue(desk.hall) == before
    assert [line[4:] for line in told(desk.page(address))] == [["Nơi khác", "Sở mẫu"], ["–", "Điểm cầu số 1"]]
    assert desk.agree(address).status_code == 302  # seen anew, and agreed to


def test_what_became_wrong_meanwhile_is_not_written(desk: Desk) -> None:
    desk.write(book(to_chuc=[BODY]))
    address = desk.look(book(chuc_danh=[POST]))
    digest = DIGEST.search(desk.page(address))
    assert digest
    with writing(desk.hall.house.registry) as session:
        session.execute(update(Body).values(until="2021-01-01"))
    before = catalogue(desk.hall)
    refused(desk.agree(address, digest[1]), 409, "LIST_CHANGED")
    assert (catalogue(desk.hall), len(told(desk.page(address)))) == (before, 1)


# --- by HTTP ------------------------------------------------------------------------------------------------------


def test_a_refused_file_is_a_page_that_says_why(desk: Desk) -> None:
    with nothing_changes(desk.hall.house.registry):
        answer = desk.send(b"x" * 100, "a.xls")
        refused(answer, 400, "BAD_FILE")
        assert "lưu lại" in answer.get_data(as_text=True)
        refused(desk.send(samples.sample_workbook(), "a.xlsx", "khong-co"), 400, "HTTP_400")
        refused(desk.person.form("/danh-sach/nhap", {"sheet": ""}, page="/danh-sach/"), 400, "HTTP_400")


@pytest.mark.parametrize("login", [DESK])
def test_a_desk_sees_no_lists(desk: Desk, login: str) -> None:
    browser: Client = desk.hall.person(login)
    for path in (
        "/danh-sach/",
        "/danh-sach/xuat/nguoi.csv",
        "/danh-sach/mau/nguoi.csv",
        f"/dot/{desk.hall.uuid}/danh-sach/",
    ):
        refused(browser.get(path), 403, "HTTP_403")


@pytest.mark.parametrize("path", ["xuat/x.csv", "xuat/nguoi.pdf", "xuat/nguoi", "mau/x.xlsx", "mau/..%2fx", "nhap/x"])
def test_a_name_that_is_none_is_not_found(desk: Desk, path: str) -> None:
    assert desk.person.get(f"/danh-sach/{path}").status_code == 404


def test_a_preview_of_many_rows_shows_the_first_and_tells_how_many(desk: Desk) -> None:
    address = desk.look(book(nguoi=[[f"{n:05d}", f"Cán bộ mẫu {n:05d}", "", "Sở mẫu", ""] for n in range(500)]))
    page = words(desk.page(address))
    assert "200 dòng đầu trong 500 dòng" in page
    assert ("Cán bộ mẫu 00199" in page, "Cán bộ mẫu 00200" in page) == (True, False)


def test_every_sheet_has_an_address() -> None:
    assert [by_slug(sheet.slug) for sheet in CATALOGUE] == list(CATALOGUE)
    assert Appointment.__tablename__ in CATALOGUE_TABLES
