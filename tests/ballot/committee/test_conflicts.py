"""A rated official holds no key and no office: accounts, members, the exceptions of two persons, and where they stand.

Here live real rounds with an official's name in the wrong place. Never here: the check of a record (tests/tally).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from ballot.access import Who
from ballot.acts import find_round
from ballot.box_round import round_of
from ballot.committee import conflicts, readiness
from ballot.identity.login import create_account
from ballot.life import rounds
from ballot.likeness import likeness
from ballot.models.registry.acts import AuditEntry
from ballot.storage import reading
from tally.protocol.committee import Member
from tally.protocol.errors import BadText, ConflictOfInterest, Mismatch, WrongShape
from tally.protocol.opening import Opening
from tally.protocol.phase import WrongPhase
from tests.ballot.everything import ask, routes_of, token_of
from tests.ballot.hall import PASSWORD, Hall, plan
from tests.ballot.look import nothing_changes, refused
from tests.builders import convene

Open = Callable[[str], Hall]
OFFICIAL, REASON = "Cán bộ số 1", "Hai người trùng họ tên, khác năm sinh."
FIRST, SECOND = "to-chuc-1", "to-chuc-2"


def newcomer(hall: Hall, name: str = OFFICIAL, role: str = "organiser", login: str = "nguoi-moi") -> Any:
    create_account(hall.house, 1, login=login, name=name, role=role, password=PASSWORD)
    return hall.person(login)


def override(hall: Hall, login: str, office: str = "organiser", name: str = OFFICIAL, reason: str = REASON) -> bool:
    return conflicts.override(hall.house, hall.uuid, name=name, office=office, reason=reason, actor=hall.actor(login))


def by_two(hall: Hall, office: str, name: str = OFFICIAL) -> None:
    assert not override(hall, FIRST, office, name)
    assert override(hall, SECOND, office, name)


# --- accounts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "pages"), [("organiser", 30), ("desk", 10), ("issuer", 1), ("observer", 4), ("reader", 1)]
)
def test_every_page_of_the_round_is_closed_to_an_account_with_an_officials_name(
    at: Open, role: str, pages: int
) -> None:
    hall = at("issuing")
    browser = newcomer(hall, role=role)
    token, closed = token_of(browser), 0
    with nothing_changes(hall.house.registry, hall.house.box):
        for route in routes_of(hall.registry):
            if "uuid" in route.parts and Who[role.upper()] in route.who:
                answer = ask(browser, route.method, route.path({"uuid": hall.uuid}), token)
                refused(answer, 403, "CONFLICT_OF_INTEREST")
                closed += 1
    assert closed >= pages


@pytest.mark.parametrize("name", ["cán bộ số 1", "CÁN  BỘ   SỐ 1", "Ca\u0301n bo\u0323\u0302 so\u0302\u0301 1"])
def test_another_spelling_of_the_name_is_the_same_name(at: Open, name: str) -> None:
    hall = at("issuing")
    refused(newcomer(hall, name).get(f"/dot/{hall.uuid}/"), 403, "CONFLICT_OF_INTEREST")


ALIKE = {
    "tone on the other letter": ("Nguyễn Văn Hòa", "Nguyễn Văn Hoà"),
    "title": ("Nguyễn Văn Hòa", "Đ/c PGS.TS. Nguyễn Văn Hòa"),
    "title of the official": ("Ông Nguyễn Văn Hòa", "Nguyễn Văn Hòa"),
    "punctuation": ("Nguyễn Văn Hòa", "Nguyễn Văn-Hòa."),
    "letters of Cyrillic": ("Nguyễn Văn Hòa", "Nguуễn V\u0430\u0306n Hò\u0430"),
    "capitals of Cyrillic": ("Hồ Tấn Cơ", "\u041dồ \u0422ấn \u0421ơ"),
    "eth": ("Đỗ Thị Lan", "\u00d0ỗ Thị Lan"),
    "letters of full width": ("Nguyễn Văn Hòa", "Ｎguyễn Văn Hòa"),
    "nothing that is seen": ("Nguyễn Văn Hòa", "Nguyễn Văn\u200b Hòa\u2060"),
}


@pytest.mark.parametrize("case", ALIKE)
def test_a_name_that_is_read_like_an_officials_holds_no_office(at: Open, case: str) -> None:
    rated, held = ALIKE[case]
    hall = at("draft")
    hall.uuid = rounds.create(
        hall.house, plan(officials=f"khoi,ho_ten,chuc_vu\nKhối,{rated},Chức vụ\n"), hall.actor(FIRST)
    )
    refused(newcomer(hall, held).get(f"/dot/{hall.uuid}/"), 403, "CONFLICT_OF_INTEREST")


@pytest.mark.parametrize("names", [("Nguyễn Văn Hòa", "Nguyễn Văn Hoa"), ("Ông Hòa", "Hòa"), ("Trần Tú", "Trần Từ")])
def test_names_that_are_read_differently_are_different(names: tuple[str, str]) -> None:
    assert likeness(names[0]) != likeness(names[1])


@pytest.mark.parametrize("name", ["Cán bộ số 10", "Can bo so 1", "Cán bộ"])
def test_a_name_that_is_merely_like_it_is_another_name(at: Open, name: str) -> None:
    hall = at("issuing")
    assert newcomer(hall, name).get(f"/dot/{hall.uuid}/").status_code == 200


def test_other_rounds_stay_open_and_an_unknown_round_is_unknown(at: Open) -> None:
    hall = at("issuing")
    browser = newcomer(hall)
    others = "khoi,ho_ten,chuc_vu\nKhối,Người khác,Chức vụ\n"
    other = rounds.create(hall.house, plan(officials=others), hall.actor(FIRST))
    assert browser.get(f"/dot/{other}/").status_code == 200
    assert browser.get("/").status_code == 200
    refused(browser.get("/dot/khong-co/"), 404, "NO_SUCH_ROUND")


def test_an_official_who_creates_the_round_is_named_on_its_page_at_once(at: Open) -> None:
    hall = at("draft")
    newcomer(hall, login="chinh-minh")
    hall.uuid = rounds.create(hall.house, plan(), hall.actor("chinh-minh"))
    refused(hall.person("chinh-minh").get(f"/dot/{hall.uuid}/"), 403, "CONFLICT_OF_INTEREST")
    page = hall.person(FIRST).get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert f"<li>{OFFICIAL} – ban tổ chức</li>" in page


def test_an_exception_is_about_the_very_official_where_two_are_read_alike(at: Open) -> None:
    hall = at("draft")
    both = "khoi,ho_ten,chuc_vu\nKhối,Nguyễn Văn Hòa,Một\nKhối,Nguyễn Văn Hoà,Hai\n"
    hall.uuid = rounds.create(hall.house, plan(officials=both), hall.actor(FIRST))
    by_two(hall, "member", "nguyễn văn hoà")
    by_two(hall, "desk", "Đ/c Nguyễn Văn Hòa")
    with reading(hall.house.registry) as session:
        found = conflicts.overrides(session, find_round(session, hall.uuid))
    assert [(o.name, o.office) for o in found] == [("Nguyễn Văn Hoà", "member"), ("Nguyễn Văn Hòa", "desk")]


# --- exceptions ---------------------------------------------------------------------------------------------------


def test_two_organisers_open_the_round_to_a_namesake_in_that_office_only(at: Open) -> None:
    hall = at("issuing")
    browser = newcomer(hall)
    by_two(hall, "desk")
    refused(browser.get(f"/dot/{hall.uuid}/"), 403, "CONFLICT_OF_INTEREST")
    by_two(hall, "organiser")
    assert browser.get(f"/dot/{hall.uuid}/").status_code == 200


def test_the_form_proposes_shows_and_confirms(at: Open) -> None:
    hall = at("issuing")
    first, second, page = hall.person(FIRST), hall.person(SECOND), f"/dot/{hall.uuid}/"
    values = {"name": OFFICIAL, "office": "member", "reason": REASON}
    for _ in range(2):  # whoever proposed it cannot confirm it
        refused(first.form(page + "ngoai-le", values, page=page), 409, "SECOND_PERSON_NEEDED")
    assert "Duyệt ngoại lệ" not in first.get(page).get_data(as_text=True)
    assert "Duyệt ngoại lệ" in second.get(page).get_data(as_text=True)
    assert second.form(page + "ngoai-le", values, page=page).status_code == 302
    shown = hall.person("tiep-don").get(page).get_data(as_text=True)
    assert REASON in shown
    assert f"{FIRST}, {SECOND}" in shown
    refused(hall.person("tiep-don").form(page + "ngoai-le", values, page=page), 403, "HTTP_403")


def test_another_reason_is_another_proposal(at: Open) -> None:
    hall = at("issuing")
    assert not override(hall, FIRST)
    assert not override(hall, SECOND, reason=REASON + " Khác.")
    assert override(hall, FIRST, reason=REASON + " Khác.")


def test_the_log_tells_who_proposed_why_and_who_confirmed(at: Open) -> None:
    hall = at("issuing")
    by_two(hall, "desk")
    with reading(hall.house.registry) as session:
        last = list(session.scalars(select(AuditEntry).order_by(AuditEntry.height.desc()).limit(3)))
    subject = f"{hall.uuid} desk {OFFICIAL}"
    assert [(e.actor, e.act, e.subject) for e in reversed(last)] == [
        (FIRST, "propose-override", subject),
        (FIRST, "override-reason", f"{hall.uuid} {REASON}"),
        (SECOND, "override", subject),
    ]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": "ngắn quá"}, WrongShape),
        ({"reason": "dài " * 101}, BadText),
        ({"reason": "có ký tự \u202e ẩn trong lý do"}, BadText),
        ({"office": "observer"}, WrongShape),
        ({"name": "Người ngoài"}, Mismatch),
    ],
)
def test_an_exception_needs_a_reason_an_office_and_an_official(
    at: Open, changes: dict[str, str], error: type[Exception]
) -> None:
    hall = at("issuing")
    with nothing_changes(hall.house.registry), pytest.raises(error):
        override(hall, FIRST, **changes)


@pytest.mark.parametrize("phase", ["ready", "voting"])
def test_no_exception_is_made_once_the_committees_key_was_admitted(at: Open, phase: str) -> None:
    hall = at(phase)
    with nothing_changes(hall.house.registry), pytest.raises(WrongPhase):
        override(hall, FIRST)
    assert "Đề nghị ngoại lệ" not in hall.person(FIRST).get(f"/dot/{hall.uuid}/").get_data(as_text=True)


# --- members ------------------------------------------------------------------------------------------------------


# threats A25
def test_a_seat_is_refused_to_an_official_and_given_to_an_excused_one(at: Open) -> None:
    hall = at("issuing")
    with reading(hall.house.registry) as session:
        row = find_round(session, hall.uuid)
        conflicts.check_free(session, row, "Ủy viên 1", "member")
        with pytest.raises(ConflictOfInterest, match=OFFICIAL):
            conflicts.check_free(session, row, OFFICIAL, "member")
    by_two(hall, "member")
    with reading(hall.house.registry) as session:
        row = find_round(session, hall.uuid)
        conflicts.check_free(session, row, OFFICIAL.upper(), "member")
        with pytest.raises(ConflictOfInterest):
            conflicts.check_free(session, row, OFFICIAL, "desk")


def test_a_committee_with_an_official_is_not_admitted_and_with_an_exception_it_is_and_says_so(at: Open) -> None:
    hall = at("frozen")
    board = convene(hall.manifest)
    first, _second, third = board.committee.members
    members = (first, Member(OFFICIAL, ""), third)
    hall.board = replace(board, committee=replace(board.committee, members=members))
    committee, tests = hall.committee_files()
    handed = {"committee": committee, "tests": tests, "actor": hall.actor(FIRST)}
    with nothing_changes(hall.house.registry, hall.house.box), pytest.raises(ConflictOfInterest):
        readiness.admit_committee(hall.house, hall.uuid, **handed)
    by_two(hall, "organiser", "Cán bộ số 2")
    by_two(hall, "member")
    assert not override(hall, FIRST, "desk")  # proposed, never confirmed
    readiness.admit_committee(hall.house, hall.uuid, **handed)
    with reading(hall.house.box) as session:
        opening = Opening.parse(round_of(session, hall.uuid).opening or b"")
    assert [(o.name, o.office, o.reason, o.first, o.second) for o in opening.overrides] == [
        (OFFICIAL, "member", REASON, FIRST, SECOND), ("Cán bộ số 2", "organiser", REASON, FIRST, SECOND),
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/nhat-ky/?dot={uuid}", "/nhat-ky/in?dot={uuid}", "/nhat-ky/so.pdf?dot={uuid}"])
def test_a_rated_organiser_is_kept_from_what_the_log_says_of_the_round(at: Open, path: str) -> None:
    """threats P4"""
    hall = at("issuing")
    create_account(hall.house, 1, login="duoc-lay", name="Cán bộ số 1", role="organiser", password=PASSWORD)
    refused(hall.person("duoc-lay").get(path.format(uuid=hall.uuid)), 403, "CONFLICT_OF_INTEREST")
    assert hall.person(FIRST).get(path.format(uuid=hall.uuid)).status_code == 200


@pytest.mark.parametrize("role", ["organiser", "observer", "administrator"])
def test_nor_does_the_log_of_all_rounds_tell_somebody_rated_of_theirs(at: Open, role: str) -> None:
    """threats P4"""
    hall = at("issuing")
    others = "khoi,ho_ten,chuc_vu\nKhối,Người khác,Chức vụ\n"
    other = rounds.create(hall.house, plan(officials=others, title="Đợt khác"), hall.actor(FIRST))
    browser = newcomer(hall, role=role)
    page = browser.get("/nhat-ky/").get_data(as_text=True)
    told = re.findall(r'class="of">([^<]*)<', page)
    assert told and set(told) == {"Đợt khác"}
    assert "Không có ở đây việc của các đợt mà quý vị là người được lấy phiếu." in page
    for path in ("/nhat-ky/in", "/nhat-ky/so.pdf"):
        refused(browser.get(path), 403, "CONFLICT_OF_INTEREST")
        assert browser.get(f"{path}?dot={other}").status_code == 200
    with nothing_changes(hall.house.registry):
        for dot in ("", other):
            answer = browser.form("/nhat-ky/tep", {"dot": dot}, page="/tai-khoan/cua-toi/")
            refused(answer, 403, "CONFLICT_OF_INTEREST")
    assert "Không có ở đây" not in hall.person(FIRST).get("/nhat-ky/").get_data(as_text=True)
