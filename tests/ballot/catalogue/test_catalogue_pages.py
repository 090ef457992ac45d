"""The catalogue's pages as a browser sees them: forms that keep what was typed, hostile input, other organisations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from ballot.catalogue import models_of_text
from ballot.models.registry.acts import AuditEntry
from ballot.models.registry.catalogue import Appointment, Body, Group, Membership, Person, Position, TemplateVersion
from ballot.storage import reading
from tests.ballot.catalogued import Catalogue, another_organisation
from tests.ballot.client import Client
from tests.ballot.hall import Hall
from tests.ballot.look import rows
from tests.ballot.prepared import new_hall, with_people

ROOT = "/danh-muc/"
HOSTILE = [
    "<img src=x onerror=alert(1)>", "{{7*7}}", "{% raw %}", "a\x00b", "a\u202eb", "\u200b", "x" * 10_240,
    "' OR 1=1 --", "../../etc/passwd", "%s%n{0}", "=cmd|' /C calc'!A0", "\ud800".encode("utf-8", "surrogatepass"),
    "\r\nSet-Cookie: a=b", "Z" + "\u0301" * 60, "\u0000", "", "   ", "NULL", "０", "𝓐", "<script>alert(1)</script>",
    "javascript:alert(1)",
]  # fmt: skip
"""Texts that people type to break something. Threats H3, H17, H21, G13."""


class Organiser(Client):
    """An organiser's browser in the catalogue."""

    def __init__(self, browser: Client) -> None:
        self.client, self.origin = browser.client, browser.origin

    def fill(self, path: str, **typed: Any) -> TestResponse:
        return self.form(ROOT + path, typed, page=ROOT + "nguoi/moi")

    def see(self, path: str = "") -> str:
        answer = self.get(ROOT + path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    hall = with_people(new_hall(tmp_path_factory.mktemp("pages")))
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


@pytest.fixture(scope="module")
def other(hall: Hall) -> Catalogue:
    return another_organisation(hall.house)


@pytest.fixture(scope="module")
def me(hall: Hall) -> Organiser:
    return Organiser(hall.person("to-chuc-1"))


@pytest.fixture(scope="module")
def filled(hall: Hall, me: Organiser) -> Catalogue:
    """A body, two posts, three people, a group, entered through the forms."""
    assert "Danh mục còn trống" in me.see()
    assert "Nhập từ Excel" in me.see("nguoi/")
    assert "Chưa có nhóm nào" in me.see("nhom/")
    c = Catalogue(hall.house, hall.actor("to-chuc-1"))
    done = [
        me.fill("to-chuc/moi", name="Tỉnh ủy", code="TU", level="tinh", since="1/1/2015", parent=""),
        me.fill("nguoi/moi", name="Trần Thị Hòa", code="N1", born="1970", unit="Sở A", site="Điểm 1"),
        me.fill("nguoi/moi", name="Lê Văn Ân", code="N2", born="5/12/1971", unit="", site=""),
        me.fill("nguoi/moi", name="Nguyễn Đức", code="N3", born="", unit="", site=""),
        me.fill("nhom/moi", name="Ban Chấp hành", code="BCH", body="1"),
        me.fill(
            "to-chuc/1/chuc-danh-moi", title="Bí thư", code="BT", since="1/1/2015", standard="tinh.bi-thu", rank="1"
        ),
        me.fill("to-chuc/1/chuc-danh-moi", title="Phó Bí thư", code="PBT", since="1/1/2015", rank="2"),
        me.fill("chuc-danh/1/bo-nhiem", person="N1", since="1/2/2020", basis="QĐ 1"),
        me.fill("nhom/1/thanh-vien", person="le van an", since="1/1/2020", until=""),
        me.fill("nguoi/1/bo-nhiem/1", status="suspended", day="1/3/2025", basis="QĐ 2"),
    ]
    assert [answer.status_code for answer in done] == [302] * len(done)
    return c


# --- what the pages show ------------------------------------------------------------------------------------------


def test_a_body_shows_who_held_what_on_a_day(me: Organiser, filled: Catalogue) -> None:
    past, now = me.see("to-chuc/1?ngay=1/6/2021"), me.see("to-chuc/1?ngay=2025-06-01")
    assert "Trần Thị Hòa" in past
    assert "tạm đình chỉ" not in past
    assert "tạm đình chỉ công tác" in now
    assert past.count("khuyết") >= 1  # the second post
    assert "Trần Thị Hòa" not in me.see("to-chuc/1?ngay=1/1/2019")
    assert "không có tổ chức này" in me.see("to-chuc/1?ngay=1/1/2014")


def test_people_groups_and_posts_have_their_pages(me: Organiser, filled: Catalogue) -> None:
    person = me.see("nguoi/1")
    assert "Bí thư" in person
    assert "01/03/2025: tạm đình chỉ công tác" in person
    names = re.findall(r"nguoi/\d+\">([^<]+)</a></th>", me.see("nguoi/"))
    assert names == sorted(names, key=["Lê Văn Ân", "Nguyễn Đức", "Trần Thị Hòa"].index)  # by given name
    assert "05/12/1971" in me.see("nguoi/2")
    assert "Lê Văn Ân" in me.see("nhom/1")
    assert "Thành viên vào 31/12/2019: 0 người" in me.see("nhom/1?ngay=31/12/2019")
    assert "01/02/2020" in me.see("chuc-danh/1")
    assert "Khuyết" in me.see("chuc-danh/2")


def test_search_needs_no_diacritics_and_shows_every_kind(me: Organiser, filled: Catalogue) -> None:
    assert "Trần Thị Hòa" in me.see("?tim=tran+hoa")
    assert "Phó Bí thư" in me.see("?tim=pho+bi+thu")
    assert "Ban Chấp hành" in me.see("?tim=BCH")
    assert "Không thấy mục nào" in me.see("?tim=zzzz")
    assert "Trần Thị Hòa" in me.see("nguoi/?tim=N1")
    assert "Không thấy ai" in me.see("nguoi/?tim=zzzz")


@pytest.mark.parametrize("path", ["", "to-chuc/1", "nhom/", "nhom/1"])
@pytest.mark.parametrize("day", ["31/02/2020", "hôm qua", "{{7*7}}", "<img onerror>", "9" * 5000, "\x00", "0000-00-00"])
def test_a_day_that_is_none_is_said_and_today_shown(me: Organiser, filled: Catalogue, path: str, day: str) -> None:
    answer = me.client.get(ROOT + path, base_url=me.origin, query_string={"ngay": day})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Không phải một ngày" in page
    assert "<img onerror" not in page
    assert "Ban Chấp hành" in page or "Tỉnh ủy" in page


# --- refused forms ------------------------------------------------------------------------------------------------


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(me: Organiser, filled: Catalogue, hall: Hall) -> None:
    before = rows(hall.house.registry)
    answer = me.fill("nguoi/moi", name="Phạm Văn Giữ Lại", code="N1", born="5/5/1980", unit="Đơn vị X", site="")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "CODE_TAKEN" in page
    assert 'value="Phạm Văn Giữ Lại"' in page
    assert 'value="5/5/1980"' in page
    assert re.search(r'name="code"[^>]*aria-invalid="true" aria-describedby="trouble"', page)
    assert rows(hall.house.registry) == before


def test_a_name_that_reads_alike_asks_first(me: Organiser, filled: Catalogue) -> None:
    typed = {"name": "Trần Thị Hoà", "code": "N9", "born": "", "unit": "", "site": ""}
    answer = me.fill("nguoi/moi", **typed)
    assert answer.status_code == 409
    assert "Trần Thị Hòa (N1)" in answer.get_data(as_text=True)
    assert 'name="different"' in answer.get_data(as_text=True)
    made = me.fill("nguoi/moi", **typed, different="1")
    assert made.status_code == 302
    assert "Tên đọc giống người khác" in me.get(made.headers["Location"]).get_data(as_text=True)  # never merged
    for path, more in (("to-chuc/moi", {"level": "tinh", "since": "1/1/2020"}), ("nhom/moi", {"body": ""})):
        name = "Tỉnh uỷ" if "to-chuc" in path else "Ban Chấp hành"
        assert me.fill(path, name=name, code="KHAC", **more).status_code == 409
    assert me.fill("to-chuc/1/chuc-danh-moi", title="BÍ THƯ", code="KHAC", since="1/1/2020").status_code == 409


@pytest.mark.parametrize(
    "refused",
    [
        ("chuc-danh/1/bo-nhiem", {"person": "N2", "since": "1/1/2014", "basis": ""}, "DAYS_OUT_OF_ORDER"),
        ("chuc-danh/1/bo-nhiem", {"person": "ai đó", "since": "1/1/2020", "basis": ""}, "UNKNOWN_CHOICE"),
        ("chuc-danh/1/bo-nhiem", {"person": "", "since": "1/1/2020", "basis": ""}, "FIELD_MISSING"),
        ("chuc-danh/1/ket-thuc", {"until": "1/1/2010"}, "DAYS_OUT_OF_ORDER"),
        ("chuc-danh/1/ket-thuc", {"until": ""}, "FIELD_MISSING"),
        ("nguoi/1/bo-nhiem/1", {"status": "left", "day": "1/1/2019", "basis": ""}, "DAYS_OUT_OF_ORDER"),
        ("nguoi/1/bo-nhiem/1", {"status": "", "day": "1/1/2026", "basis": ""}, "UNKNOWN_CHOICE"),
        ("nhom/1/thanh-vien", {"person": "N2", "since": "1/1/2021", "until": ""}, "DAYS_OUT_OF_ORDER"),
        ("nhom/1/thanh-vien", {"person": "N3", "since": "1/1/2021", "until": "1/1/2020"}, "DAYS_OUT_OF_ORDER"),
        ("nhom/1/thoi/1", {"until": "1/1/2010"}, "DAYS_OUT_OF_ORDER"),
        ("to-chuc/1/thay-doi", {"kind": "end", "day": "1/1/2014", "basis": ""}, "DAYS_OUT_OF_ORDER"),
        ("to-chuc/1/thay-doi", {"kind": "split", "day": "1/1/2026", "basis": "", "new_name": "A"}, "WRONG_CHANGE"),
        ("to-chuc/1/thay-doi", {"kind": "boom", "day": "1/1/2026", "basis": ""}, "UNKNOWN_CHOICE"),
        ("to-chuc/1/sua", {"name": "X", "code": "X", "level": "tinh", "since": "1/1/2020"}, "ENTRY_IN_USE"),
        ("nhom/1/sua", {"name": "X", "code": "X", "body": ""}, "ENTRY_IN_USE"),
        ("chuc-danh/1/sua", {"title": "X", "code": "X", "since": "1/1/2020", "rank": "1"}, "ENTRY_IN_USE"),
        ("chuc-danh/1/sua", {"rank": "trên cùng"}, "BAD_NUMBER"),
        ("mau/ke-hoach/sua", {"text": "Sai {khong_co}", "seen": "0"}, "BAD_TEMPLATE"),
        ("mau/ke-hoach/sua", {"text": "Một", "seen": "7"}, "TEMPLATE_MOVED"),
        ("mau/ke-hoach/toan-quoc", {"seen": "0"}, "TEMPLATE_UNCHANGED"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_written(
    me: Organiser, filled: Catalogue, hall: Hall, refused: tuple[str, dict[str, str], str]
) -> None:
    path, typed, code = refused
    before = rows(hall.house.registry)
    answer = me.fill(path, **typed)
    assert answer.status_code in (400, 409)
    assert code in answer.get_data(as_text=True)
    assert rows(hall.house.registry) == before


FORMS: dict[str, dict[str, str]] = {
    "to-chuc/moi": {"name": "Tên", "code": "", "level": "tinh", "since": "1/1/2020", "parent": ""},
    "to-chuc/1/sua": {"name": "Tên", "code": "X", "level": "tinh", "since": "1/1/2020", "parent": ""},
    "to-chuc/1/thay-doi": {"kind": "end", "day": "", "basis": "", "new_name": "", "old": "", "into": ""},
    "to-chuc/1/chuc-danh-moi": {
        "title": "Chức danh", "code": "", "since": "1/1/2020", "standard": "", "authority": "", "block": "", "form": "",
        "rank": "", "different": "1",
    },
    "chuc-danh/2/sua": {
        "title": "", "code": "", "since": "1/1/2020", "standard": "", "authority": "", "block": "", "form": "",
        "rank": "",
    },
    "chuc-danh/2/bo-nhiem": {"person": "", "since": "", "basis": ""},
    "chuc-danh/2/ket-thuc": {"until": ""},
    "nguoi/moi": {"name": "", "code": "", "born": "", "unit": "", "site": "", "different": "1"},
    "nguoi/3/sua": {"name": "", "code": "", "born": "", "unit": "", "site": ""},
    "nguoi/1/bo-nhiem/1": {"status": "", "day": "", "basis": ""},
    "nhom/moi": {"name": "", "code": "", "body": "", "different": "1"},
    "nhom/1/sua": {"name": "", "code": "", "body": ""},
    "nhom/1/thanh-vien": {"person": "", "since": "", "until": ""},
    "nhom/1/thoi/1": {"until": ""},
    "mau/ke-hoach/sua": {"text": "", "seen": "0"},
    "mau/chuc-danh/sua": {"text": "", "seen": "0"},
    "mau/ke-hoach/toan-quoc": {"seen": ""},
    "thay-doi/1/rut": {"x": ""},
}  # fmt: skip


# threats H17
@pytest.mark.parametrize("path", FORMS)
def test_no_form_breaks_on_hostile_input(me: Organiser, filled: Catalogue, path: str) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', me.see("nguoi/moi"))
    assert token
    for field in FORMS[path]:
        for text in HOSTILE:
            typed = FORMS[path] | {field: text, "csrf_token": token[1]}
            answer = me.send(ROOT + path, data=typed)
            page = answer.get_data(as_text=True)
            assert answer.status_code in (302, 400, 404, 409), (field, text[:30], answer.status_code)
            assert "FAULT" not in page
            assert "<img src=x" not in page
            assert "<script>alert" not in page
            assert "Set-Cookie: a" not in str(answer.headers)


def test_what_was_typed_is_shown_as_text_everywhere(me: Organiser, filled: Catalogue) -> None:
    evil = "<img src=x onerror=alert(1)>{{7*7}}\"'&"
    c = filled
    body = c.body("EVIL", evil)  # threats H3
    post = c.post(body, "EVIL", title=evil, authority=evil, block=evil, form=evil)
    person, group = c.person("EVIL", evil, unit=evil, site=evil), c.group("EVIL", body)
    c.appoint(person, post), c.join(group, person)
    paths = (
        "", "?tim=img", "nguoi/", "nhom/", f"to-chuc/{body}", f"to-chuc/{body}/thay-doi?loai=merge", "to-chuc/moi",
        f"to-chuc/{body}/chuc-danh-moi", f"chuc-danh/{post}", f"chuc-danh/{post}/sua", f"nguoi/{person}",
        f"nguoi/{person}/sua", f"nhom/{group}",
    )  # fmt: skip
    for path in paths:
        page = me.see(path)
        assert "<img" not in page, path
        assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in page, path
    assert "49" not in re.findall(r"<h1>([^<]*)</h1>", me.see(f"to-chuc/{body}"))[0]


@pytest.mark.parametrize("missing", [path for path in FORMS if not path.endswith("/rut")])
def test_a_form_without_its_fields_is_no_fault(me: Organiser, filled: Catalogue, hall: Hall, missing: str) -> None:
    before = rows(hall.house.registry)
    assert me.fill(missing).status_code in (400, 409)
    assert rows(hall.house.registry) == before


# --- other organisations ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def theirs(other: Catalogue) -> dict[str, int]:
    body = other.body("K")
    post, person, group = other.post(body, "K"), other.person("K"), other.group("K", body)
    term, member = other.appoint(person, post), other.join(group, person)
    ended = other.body("K2")
    other.change("end", "2025-01-01", [ended], [])
    change = other.lineage().after(ended)[0].id
    models_of_text.save(other.house, other.actor, "ke-hoach", "Riêng của đơn vị khác", seen=0)
    with other.read() as session:
        version = session.scalars(select(TemplateVersion).where(TemplateVersion.organisation_id == other.mine)).one()
    return {
        "body": body, "post": post, "person": person, "group": group, "term": term, "member": member, "change": change,
        "version": version.id,
    }  # fmt: skip


def test_what_is_anothers_is_as_if_it_were_not(
    me: Organiser, filled: Catalogue, theirs: dict[str, int], hall: Hall
) -> None:
    before = rows(hall.house.registry)
    for path in (
        "to-chuc/{body}", "to-chuc/{body}/sua", "to-chuc/{body}/thay-doi", "to-chuc/{body}/chuc-danh-moi",
        "chuc-danh/{post}", "chuc-danh/{post}/sua", "nguoi/{person}", "nguoi/{person}/sua", "nhom/{group}",
        "nhom/{group}/sua", "mau/ke-hoach/ban/{version}",
    ):  # fmt: skip
        for number in (theirs, dict.fromkeys(theirs, 2147483647)):  # threats H5: none and another's answer alike
            answer = me.get(ROOT + path.format(**number))
            assert answer.status_code == 404, path
            assert "Đơn vị khác" not in answer.get_data(as_text=True)
    typed = {
        "name": "X", "code": "XX", "level": "tinh", "since": "1/1/2020", "parent": "", "title": "X", "person": "N1",
        "basis": "", "until": "1/1/2026", "status": "left", "day": "1/1/2026", "kind": "end", "born": "", "unit": "",
        "site": "", "body": "", "different": "1",
    }  # fmt: skip
    for path in (
        "to-chuc/{body}/sua", "to-chuc/{body}/thay-doi", "to-chuc/{body}/chuc-danh-moi", "chuc-danh/{post}/sua",
        "chuc-danh/{post}/bo-nhiem", "chuc-danh/{post}/ket-thuc", "nguoi/{person}/sua",
        "nguoi/{person}/bo-nhiem/{term}", "nguoi/1/bo-nhiem/{term}",
        "nhom/{group}/sua", "nhom/{group}/thanh-vien", "nhom/{group}/thoi/{member}",
        "nhom/1/thoi/{member}", "thay-doi/{change}/rut",
    ):  # fmt: skip
        assert me.fill(path.format(**theirs), **typed).status_code == 404, path
    assert me.fill("to-chuc/moi", **(typed | {"parent": theirs["body"]})).status_code == 404
    assert me.fill("nhom/moi", **(typed | {"body": theirs["body"]})).status_code == 404
    merging = {"kind": "merge", "day": "1/1/2026", "basis": "", "into": theirs["body"]}
    assert me.fill("to-chuc/1/thay-doi", **merging).status_code == 404
    merging |= {"into": "", "old": theirs["body"], "new_code": "ZZ", "new_name": "ZZ"}
    assert me.fill("to-chuc/1/thay-doi", **merging).status_code == 404
    assert rows(hall.house.registry) == before


def test_nothing_of_anothers_is_listed_or_found(me: Organiser, filled: Catalogue, theirs: dict[str, int]) -> None:
    for path in ("", "nguoi/", "nhom/", "?tim=K", "mau/ke-hoach"):
        page = me.see(path)
        assert "Nhóm K" not in page
        assert "Tổ chức K" not in page
        assert "Riêng của đơn vị khác" not in page


def test_only_organisers_enter(hall: Hall, filled: Catalogue) -> None:
    desk = hall.person("tiep-don")
    for path in ("", "nguoi/", "nguoi/1", "nhom/1", "to-chuc/1", "mau/"):
        assert desk.get(ROOT + path).status_code == 403, path
        assert hall.anybody().get(ROOT + path).status_code in (302, 401), path
    assert desk.form(ROOT + "nguoi/moi", {"name": "X", "code": "X"}, page="/").status_code == 403


# --- templates ----------------------------------------------------------------------------------------------------


def test_an_own_template_is_made_compared_and_given_up(me: Organiser, hall: Hall, filled: Catalogue) -> None:
    mine = models_of_text.national("dieu-hanh").replace("cảm ơn các đồng chí", "cảm ơn các đại biểu")
    assert me.fill("mau/dieu-hanh/sua", text=mine, seen="0").status_code == 302
    page = me.see("mau/dieu-hanh")
    assert "<del>" in page
    assert "<ins>" in page
    assert "bản của đơn vị" in me.see("mau/")
    with reading(hall.house.registry) as session:
        newest = session.scalars(select(TemplateVersion).where(TemplateVersion.name == "dieu-hanh")).one()
    assert "Bản 1" in me.see(f"mau/dieu-hanh/ban/{newest.id}")
    assert me.get(f"{ROOT}mau/ke-hoach/ban/{newest.id}").status_code == 404
    assert me.fill("mau/dieu-hanh/toan-quoc", seen=str(newest.id)).status_code == 302
    assert "Lập bản riêng của đơn vị" in me.see("mau/dieu-hanh")


def test_who_comes_second_sees_both_texts(me: Organiser, filled: Catalogue) -> None:
    name = "thanh-phan"
    text = models_of_text.national(name)
    assert me.fill(f"mau/{name}/sua", text=text + "# một\n", seen="0").status_code == 302
    answer = me.fill(f"mau/{name}/sua", text=text + "# hai\n", seen="0")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "# hai" in page
    assert re.search(r"<del>một</del>.*<ins>hai</ins>", page, re.S)


def test_templates_in_toml_are_shown_as_tables(me: Organiser, filled: Catalogue) -> None:
    assert "Thủ trưởng cơ quan ngang bộ" in me.see("mau/chuc-danh")
    assert "chưa đối chiếu" in me.see("mau/thanh-phan")
    for name in models_of_text.names():
        me.see(f"mau/{name}/sua")
    assert me.get(ROOT + "mau/khong-co").status_code == 404


# --- acts ---------------------------------------------------------------------------------------------------------


def test_bodies_merge_and_split_through_the_forms(me: Organiser, filled: Catalogue) -> None:
    one, two = filled.body("S1", "Sở một"), filled.body("S2", "Sở hai")
    assert 'name="old"' in me.see(f"to-chuc/{one}/thay-doi?loai=merge")
    merged = me.fill(
        f"to-chuc/{one}/thay-doi", kind="merge", day="1/3/2025", basis="NQ 1", old=str(two), into="",
        new_code="S3", new_name="Sở chung",
    )  # fmt: skip
    assert merged.status_code == 302
    new = int(merged.headers["Location"].rsplit("/", 1)[1])
    assert "Sở chung" in me.see(f"to-chuc/{two}")
    assert "Sở hai" in me.see(f"to-chuc/{new}")
    answer = me.fill(
        f"to-chuc/{new}/thay-doi", kind="split", day="1/4/2025", basis="", new_code=["S4", "S5", ""],
        new_name=["Sở bốn", "Sở năm", ""],
    )  # fmt: skip
    assert answer.status_code == 302
    assert "Sở năm" in me.see(f"to-chuc/{new}")
    with filled.read() as session:
        change = filled.lineage().after(new)[0]
        assert session.get(Body, change.new_id)
    assert me.fill(f"thay-doi/{change.id}/rut").status_code == 302
    assert "S3" in filled.alive("2026-01-01")
    assert "Xin chọn loại thay đổi" in me.see(f"to-chuc/{new}/thay-doi?loai=%7B%7B")


def test_a_person_in_use_is_corrected_by_a_new_row(me: Organiser, filled: Catalogue, hall: Hall) -> None:
    person = filled.person("SAI", "Nguyễn Vắn Sai")
    filled.join(filled.group("GS"), person)
    assert "dòng mới" in me.see(f"nguoi/{person}/sua")
    typed = {"name": "Nguyễn Văn Đúng", "born": "", "unit": "", "site": ""}
    assert me.fill(f"nguoi/{person}/sua", code="SAI", **typed).status_code == 409  # the old row keeps its code
    answer = me.fill(f"nguoi/{person}/sua", code="DUNG", **typed)
    assert answer.headers["Location"] != f"{ROOT}nguoi/{person}"
    assert "Nguyễn Văn Đúng" in me.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Nguyễn Vắn Sai" in me.see(f"nguoi/{person}")
    with reading(hall.house.registry) as session:
        last = session.scalars(select(AuditEntry).where(AuditEntry.organisation_id == filled.mine)).all()[-1]
    assert (last.act, last.subject) == ("person-replace", "SAI > DUNG")


def test_typos_are_corrected_through_the_forms(me: Organiser, filled: Catalogue) -> None:
    body, group, person = filled.body("TYPO", "Sở Tài chinh"), filled.group("TYPO"), filled.person("TYPO", "Vũ Thị Sả")
    post = filled.post(filled.body("TYPO2"), "TYPO")
    done = [
        me.fill(f"to-chuc/{body}/sua", name="Sở Tài chính", code="TYPO", level="tinh", since="1/1/2015", parent="1"),
        me.fill(f"nhom/{group}/sua", name="Nhóm đúng", code="TYPO", body=str(body)),
        me.fill(f"nguoi/{person}/sua", name="Vũ Thị Sa", code="TYPO", born="1990", unit="", site=""),
        me.fill(f"chuc-danh/{post}/sua", title="Giám đốc", code="TYPO", since="1/1/2015", rank="3", block="Khối"),
        me.fill(f"chuc-danh/{post}/ket-thuc", until="1/1/2026"),
    ]
    assert [answer.status_code for answer in done] == [302] * 5
    with filled.read() as session:
        assert session.get_one(Body, body).parent_id == 1
        assert session.get_one(Group, group).body_id == body
        assert session.get_one(Person, person).name == "Vũ Thị Sa"
        assert (session.get_one(Position, post).block, session.get_one(Position, post).until) == ("Khối", "2026-01-01")


def test_a_member_leaves_through_the_form(me: Organiser, filled: Catalogue) -> None:
    group, person = filled.group("RA"), filled.person("RA", "Đỗ Văn Ra")
    member = filled.join(group, person, "2020-01-01")
    assert me.fill(f"nhom/{group}/thoi/{member}", until="1/1/2025").status_code == 302
    with filled.read() as session:
        assert session.get_one(Membership, member).until == "2025-01-01"
        assert session.scalar(select(Appointment).where(Appointment.person_id == person)) is None
    assert "Thành viên vào những ngày khác" in me.see(f"nhom/{group}?ngay=1/6/2025")
