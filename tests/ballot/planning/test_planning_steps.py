"""The wizard's eight steps over HTTP: what each proposes, keeps, refuses without losing what was typed, and shows.

Here live the pages of one organiser. Never here: what takes two (test_planning_two.py).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from ballot.catalogue import appointments, people
from ballot.identity import organisations
from ballot.identity.login import create_account
from ballot.models.registry.catalogue import Body, Group, Person
from ballot.models.registry.planning import Draft
from ballot.planning.content import EXEMPT, OPEN, RATED, REMOVED
from ballot.storage import reading, writing
from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.look import code_of, nothing_changes, refused
from tests.ballot.planning_hall import DAY, VOTERS, Furnished, Planner, furnish
from tests.ballot.prepared import new_hall, with_people

STEPS = ("can-cu", "nguoi", "phieu", "cu-tri", "diem-cau", "ban-kiem-phieu", "ke-hoach", "kiem-tra")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return Furnished(tmp_path_factory.mktemp("furnished"))


@pytest.fixture
def hall(furnished: Furnished) -> Hall:
    return furnished.copy()


@pytest.fixture
def planner(hall: Hall) -> Planner:
    return Planner(hall).begin()


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# --- any order ----------------------------------------------------------------------------------------------------


def test_every_step_of_an_empty_draft_opens_and_says_what_is_missing(planner: Planner) -> None:
    for slug in STEPS:
        page = planner.page(slug)
        assert page.count('class="lacks"') == 8
        assert "chưa chọn căn cứ, ngày và cơ quan" in page
    assert planner.save("phieu").status_code in (302, 400)


@pytest.mark.parametrize("slug", ["nguoi", "phieu", "cu-tri", "diem-cau"])
def test_a_step_whose_ground_is_missing_says_so_and_changes_nothing(planner: Planner, slug: str) -> None:
    fields = planner.fields("can-cu")  # these pages have no form yet
    with nothing_changes(planner.hall.house.registry):
        answer = planner.send(slug, fields)
    refused_page(answer, 400, "trước")


def refused_page(answer: object, status: int, words_: str) -> str:
    page = answer.get_data(as_text=True)  # type: ignore[attr-defined]
    assert answer.status_code == status, page  # type: ignore[attr-defined]
    alert = page.partition('role="alert"')[2].partition("</div>")[0]
    assert words_ in alert, alert
    assert "Traceback" not in page
    return page


def test_policy_first_and_basis_last_is_as_good_as_in_order(planner: Planner) -> None:
    planner.saved("ban-kiem-phieu", committee_size="5", threshold="3")
    planner.basis()
    assert planner.content.policy.committee_size == 5
    assert planner.content.basis.title == "Lấy phiếu giữa nhiệm kỳ"


# --- 1: basis -----------------------------------------------------------------------------------------------------


def test_the_basis_is_kept_with_the_body_of_the_catalogue(planner: Planner) -> None:
    planner.basis(date="7/12/2026")
    basis = planner.content.basis
    assert (basis.rule_set, basis.date, basis.body) == ("NQ96_2023", DAY, "HĐND tỉnh Thử")
    page = planner.page("can-cu")
    assert 'value="07/12/2026"' in page
    assert "chưa đối chiếu với văn bản gốc" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"date": "30/06/2023"}, "không có hiệu lực vào ngày 30/06/2023 (có hiệu lực từ 01/07/2023)"),
        ({"date": "31/12/2020"}, "không có hiệu lực"),
        ({"date": "30/02/2026"}, "Không phải một ngày"),
        ({"date": "29/02/2027"}, "Không phải một ngày"),
        ({"date": ""}, "Chưa điền"),
        ({"title": " "}, "Tên đợt: Chưa điền"),
        ({"title": "x" * 401}, "Dài quá 400"),
        ({"title": "Lấy\u202ephiếu"}, "ký tự không được phép"),
        ({"rule_set": "QD1_1900"}, "Chưa có bộ quy tắc này"),
        ({"rule_set": "../../etc"}, "Chưa có bộ quy tắc này"),
    ],
)
def test_a_wrong_basis_is_refused_and_comes_back_as_typed(
    planner: Planner, changes: dict[str, str], sentence: str
) -> None:
    planner.basis()
    with nothing_changes(planner.hall.house.registry):
        answer = planner.save("can-cu", **({"session": "Kỳ họp bất thường"} | changes))
    page = refused_page(answer, 400, sentence)
    assert 'value="Kỳ họp bất thường"' in page


def test_a_rule_set_holds_from_its_first_day(planner: Planner) -> None:
    planner.basis(date="01/07/2023")
    assert planner.content.basis.date == "2023-07-01"


def test_a_body_that_was_not_yet_or_no_more_is_refused(planner: Planner) -> None:
    with writing(planner.hall.house.registry) as session:
        body = session.scalars(select(Body).where(Body.code == "HDND")).one()
        body.until = "2026-12-07"
    planner_page = planner.page("can-cu")
    assert "đến 07/12/2026" in planner_page
    answer = planner.save("can-cu", title="A", date="07/12/2026", body=str(body.id), rule_set="NQ96_2023")
    refused_page(answer, 400, "“HĐND tỉnh Thử” không có vào ngày 07/12/2026")
    planner.basis(date="06/12/2026")


# --- 2: officials -------------------------------------------------------------------------------------------------


def decisions(planner: Planner) -> dict[str, str]:
    return {line.name: line.decision for line in planner.content.officials.lines}


def test_officials_are_proposed_with_every_exemption_and_its_reason(planner: Planner) -> None:
    planner.basis()
    page = planner.page("nguoi")
    assert "Được bầu, bổ nhiệm, phê chuẩn trong năm lấy phiếu (khoản 5 Điều 2)" in page
    assert "Đã có thông báo nghỉ hưu, nghỉ công tác chờ nghỉ hưu (khoản 5 Điều 2)" in page
    planner.saved("nguoi", then="stay")
    assert decisions(planner) == {
        "Nguyễn Văn An": RATED, "Trần Thị Bình": EXEMPT, "Lê Văn Cường": EXEMPT, "Phạm Thị Dung": RATED,
        "Hoàng Văn Em": OPEN, "Vũ Thị Giang": RATED, "Đặng Văn Hà": RATED,
    }  # fmt: skip
    assert "1 người chưa quyết định" in planner.page("nguoi")
    of = {line.name: line for line in planner.content.officials.lines}
    assert of["Vũ Thị Giang"].positions == ("Phó Chủ tịch UBND", "Ủy viên UBND")
    assert of["Đặng Văn Hà"].new_posts == ("Ủy viên UBND",)
    assert of["Nguyễn Văn An"].authority == "Ban Thường vụ Tỉnh ủy"


def test_an_organiser_decides_about_the_suspended(planner: Planner) -> None:
    planner.basis()
    key = planner.key("CB05")
    answer = planner.save("nguoi", **{f"decision-{key}": EXEMPT, f"reason-{key}": "Đang bị đình chỉ"})
    refused_page(answer, 400, "Hoàng Văn Em: không lấy phiếu cần cả lý do và căn cứ")
    said = {f"reason-{key}": "Đang bị đình chỉ", f"citation-{key}": "Quy định 377-QĐ/TW"}
    planner.saved("nguoi", **({f"decision-{key}": EXEMPT} | said))
    (line,) = [line for line in planner.content.officials.lines if line.key == key]
    assert (line.decision, line.reason, line.citation) == (EXEMPT, "Đang bị đình chỉ", "Quy định 377-QĐ/TW")


def test_whom_the_rule_exempts_is_rated_only_with_a_word_why(planner: Planner) -> None:
    planner.basis()
    key = planner.key("CB02")
    refused_page(planner.save("nguoi", **{f"decision-{key}": RATED}), 400, "xin ghi lý do")
    planner.saved("nguoi", **{f"decision-{key}": RATED, f"reason-{key}": "Theo kết luận của Thường trực"})
    assert decisions(planner)["Trần Thị Bình"] == RATED
    assert "Trần Thị Bình thuộc diện không lấy phiếu theo quy định nhưng vẫn được đưa vào" in planner.page("kiem-tra")


def test_somebody_may_be_added_by_code_or_name_and_removed(planner: Planner) -> None:
    planner.basis()
    planner.saved("nguoi", **{"new-name": "DB-0007", "new-position": "Chánh Văn phòng", "new-block": "Các Ban HĐND"})
    added = planner.content.officials.lines[-1]
    assert (added.name, added.position, added.form) == ("Đại biểu Họ 007", "Chánh Văn phòng", "Phiếu khối HĐND")
    assert added.person_id > 0
    refused_page(planner.save("nguoi", **{"new-name": "DB-0007", "new-position": "A"}), 400, "đã có trong danh sách")
    planner.saved("nguoi", **{"new-name": "Người Ngoài Danh Mục", "new-position": "Trưởng Ban"})
    assert planner.content.officials.lines[-1].person_id == 0
    planner.saved("nguoi", **{f"decision-{added.key}": REMOVED})
    assert added.name not in [line.name for line in planner.content.rated]


def test_other_bodies_propose_other_people_and_keep_decisions(planner: Planner) -> None:
    planner.basis()
    key = planner.key("CB05")
    planner.saved("nguoi", **{f"decision-{key}": RATED})
    with reading(planner.hall.house.registry) as session:
        council, committee = (
            str(session.scalars(select(Body.id).where(Body.code == code)).one()) for code in ("HDND", "UBND")
        )
    planner.saved("nguoi", body=[council])
    assert set(decisions(planner)) == {"Nguyễn Văn An", "Trần Thị Bình", "Lê Văn Cường", "Đặng Văn Hà"}
    planner.saved("nguoi", body=[council, committee])
    assert decisions(planner)["Vũ Thị Giang"] == RATED
    refused_page(planner.save("nguoi", without=["body"]), 400, "ít nhất một tổ chức")


def test_what_changed_in_the_catalogue_is_shown_and_taken_over_on_asking(planner: Planner) -> None:
    planner.basis()
    key = planner.key("CB05")
    planner.saved("nguoi", **{f"decision-{key}": RATED})
    with writing(planner.hall.house.registry) as session:
        held = appointments.holding(session, 1, [b.id for b in session.scalars(select(Body))], DAY)
        (chair,) = [h for h in held if h.person.code == "CB01"]
        appointments.set_status(session, chair.appointment, "left", "2026-11-30")
        successor = people.add_person(session, 1, code="CB99", name="Mai Thị Kế Nhiệm")
        appointments.appoint(session, successor, chair.position, since="2026-11-30")
    page = words(planner.page("nguoi"))
    assert "Danh mục nay khác bản đã lưu" in page
    assert "Không còn Nguyễn Văn An (Chủ tịch HĐND)" in page
    assert "Thêm Mai Thị Kế Nhiệm (Chủ tịch HĐND): không lấy phiếu" in page
    assert "Nguyễn Văn An" in decisions(planner)
    planner.saved("nguoi", then="refresh")
    assert "Nguyễn Văn An" not in decisions(planner)
    assert decisions(planner)["Hoàng Văn Em"] == RATED
    assert "Danh mục nay khác" not in planner.page("nguoi")


def test_another_date_asks_to_look_at_officials_and_voters_again(planner: Planner) -> None:
    planner.lists()
    planner.basis(date="07/01/2027")
    page = planner.page("kiem-tra")
    assert "ngày hoặc căn cứ đã đổi" in page
    assert "ngày họp đã đổi" in page
    planner.saved("nguoi")
    planner.saved("cu-tri")
    assert decisions(planner)["Trần Thị Bình"] == RATED  # appointed in 2026, and the round is in 2027
    assert decisions(planner)["Hoàng Văn Em"] == RATED


# --- 3: ballot ----------------------------------------------------------------------------------------------------


def test_numbers_move_people_blocks_and_forms(planner: Planner) -> None:
    planner.lists()
    assert [line.name for line in planner.content.rated] == [
        "Nguyễn Văn An", "Đặng Văn Hà", "Phạm Thị Dung", "Hoàng Văn Em", "Vũ Thị Giang",
    ]  # fmt: skip
    planner.saved("phieu", **{f"line-number-{planner.key('CB06')}": "1", "block-number-2": "1"})
    assert [line.name for line in planner.content.rated] == [
        "Vũ Thị Giang", "Phạm Thị Dung", "Hoàng Văn Em", "Nguyễn Văn An", "Đặng Văn Hà",
    ]  # fmt: skip
    planner.saved("phieu", **{"block-title-3": "Khối mới", "block-form-3": "Phiếu khối HĐND", "block-number-3": "9"})
    assert "Khối mới" not in planner.page("phieu")  # nobody is in it yet
    fields = planner.fields("phieu")
    choose = {"block-title-3": "Khối mới", "block-form-3": "Phiếu khối HĐND"}
    planner.send("phieu", fields, **choose, **{f"line-block-{planner.key('CB01')}": "3"})
    assert {line.name: line.block for line in planner.content.rated}["Nguyễn Văn An"] == "Khối mới"


@pytest.mark.parametrize(("name", "value"), [("number", "-1"), ("number", "1000"), ("number", "²"), ("block", "9")])
def test_a_number_that_is_none_is_refused(planner: Planner, name: str, value: str) -> None:
    planner.lists()
    answer = planner.save("phieu", **{f"line-{name}-{planner.key('CB06')}": value})
    page = refused_page(answer, 400, "cần một số nguyên")
    assert name == "block" or f'value="{value}"' in page


def test_a_form_on_one_block_only_is_pointed_out(planner: Planner) -> None:
    planner.lists()
    planner.saved("phieu", **{"block-form-0": ""})
    assert "có khối chưa ghi loại phiếu" in planner.page("phieu")


# --- 4: voters ----------------------------------------------------------------------------------------------------


def test_voters_are_a_union_without_duplicates_and_with_their_groups(planner: Planner) -> None:
    planner.lists()
    voters = planner.content.voters
    assert len(voters) == VOTERS + 1
    assert {v.code: v.groups for v in voters}["DB-0002"] == ("Đại biểu HĐND tỉnh", "Trưởng đoàn")
    page = words(planner.page("cu-tri"))
    assert "Vừa ghi phiếu vừa được lấy phiếu (được phép): 1 người" in page
    assert planner.content.electorate.delegates == VOTERS + 1


def test_whoever_is_left_out_or_added_has_a_word_why(planner: Planner) -> None:
    planner.lists()
    key = planner.key("DB-0005")
    refused_page(planner.save("cu-tri", out=key), 400, "Chưa điền")
    planner.saved("cu-tri", out=key, **{"out-why": "Chuyển công tác ngoài tỉnh"})
    assert [(v.code, v.why) for v in planner.content.electorate.excluded] == [("DB-0005", "Chuyển công tác ngoài tỉnh")]
    assert planner.content.electorate.delegates == VOTERS  # it followed the roll before
    refused_page(planner.save("cu-tri", **{"add-who": "Khách Mời"}), 400, "Lý do thêm")
    planner.saved("cu-tri", **{"add-who": "Khách Mời", "add-why": "Kết luận số 5", "add-unit": "Sở Nội vụ"})
    (guest,) = [v for v in planner.content.voters if not v.groups]
    assert (guest.name, guest.unit, guest.why, guest.code) == ("Khách Mời", "Sở Nội vụ", "Kết luận số 5", "BS-1")
    planner.saved("cu-tri", **{f"in-{key}": "1", f"drop-{guest.key}": "1"})
    assert len(planner.content.voters) == VOTERS + 1
    assert planner.content.electorate.excluded == ()


def test_somebody_of_the_catalogue_is_added_by_code_once(planner: Planner) -> None:
    planner.lists()
    planner.saved("cu-tri", **{"add-who": "CB04", "add-why": "Dự họp"})
    (added,) = [v for v in planner.content.voters if not v.groups]
    assert (added.name, added.person_id > 0) == ("Phạm Thị Dung", True)
    for code in ("CB04", "DB-0001"):
        answer = planner.save("cu-tri", **{"add-who": code, "add-why": "Dự họp"})
        refused_page(answer, 400, "đã có trong danh sách người ghi phiếu")


@pytest.mark.parametrize("delegates", ["2", "1000000", "một trăm", "-5"])
def test_a_number_of_delegates_out_of_bounds_is_refused(planner: Planner, delegates: str) -> None:
    planner.lists()
    refused_page(planner.save("cu-tri", delegates=delegates), 400, "cần một số nguyên")


def test_fewer_delegates_than_voters_are_pointed_out(planner: Planner) -> None:
    planner.lists()
    planner.saved("cu-tri", delegates="20")
    assert "tổng số đại biểu ít hơn số người ghi phiếu" in planner.page("cu-tri")


def test_near_duplicates_in_the_catalogue_are_pointed_out(planner: Planner) -> None:
    # threats H21
    with writing(planner.hall.house.registry) as session:
        people.add_person(session, 1, code="X1", name="ĐẠI BIỂU HỌ 001")
    planner.lists()
    assert "ĐẠI BIỂU HỌ 001 (X1)" in words(planner.page("cu-tri"))


# --- 5: sites -----------------------------------------------------------------------------------------------------


def test_sites_come_from_the_catalogue_and_are_moved_one_by_one_or_many_at_once(planner: Planner) -> None:
    planner.lists()
    assert {v.site for v in planner.content.voters} == {"Điểm cầu 1", "Điểm cầu 2", "Hội trường"}
    key = planner.key("DB-0001")
    planner.saved("diem-cau", **{f"site-{key}": "Hội trường"})
    assert {v.code: v.site for v in planner.content.voters}["DB-0001"] == "Hội trường"
    planner.saved("diem-cau", many="site:Hội trường", **{"many-to": "Điểm cầu 1"})
    assert {v.site for v in planner.content.voters} == {"Điểm cầu 1", "Điểm cầu 2"}
    planner.saved("diem-cau", many="unit:Tổ 1", **{"many-to": "Trung tâm"})
    assert {v.site for v in planner.content.voters if v.unit == "Tổ 1"} == {"Trung tâm"}
    planner.saved("diem-cau", many="all:", **{"many-to": ""})
    assert {v.site for v in planner.content.voters} == {""}
    assert "đủ" in planner.page("diem-cau")


def test_a_voter_without_a_site_among_others_is_pointed_out(planner: Planner) -> None:
    planner.lists()
    planner.saved("diem-cau", **{f"site-{planner.key('DB-0001')}": ""})
    assert "1 người chưa có điểm cầu" in planner.page("diem-cau")


# --- 6: policy ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule_set", "disclosure"), [("QD96_2023", "restricted"), ("NQ96_2023", "public")])
def test_disclosure_is_proposed_by_the_rule_set(planner: Planner, rule_set: str, disclosure: str) -> None:
    planner.basis(rule_set=rule_set)
    assert planner.fields("ban-kiem-phieu")["disclosure"] == disclosure
    assert planner.fields("ban-kiem-phieu")["complaint_minutes"] == "10"
    planner.saved("ban-kiem-phieu", secrecy="Mật", own_device="1", minimum_ballots="10", complaint_minutes="25")
    policy = planner.content.policy
    assert (policy.secrecy, policy.own_device, policy.minimum_ballots) == ("Mật", True, 10)
    assert policy.complaint_minutes == 25
    assert "ban-to-chuc" in planner.page("ban-kiem-phieu")


@pytest.mark.parametrize(
    "changes",
    [
        {"committee_size": "0"}, {"committee_size": "100"}, {"threshold": "4"}, {"threshold": "1"},
        {"minimum_ballots": "4"}, {"disclosure": "everybody"}, {"secrecy": "Top"}, {"threshold": "١"},
    ],
)  # fmt: skip
def test_a_policy_that_no_manifest_may_have_is_refused(planner: Planner, changes: dict[str, str]) -> None:
    answer = planner.save("ban-kiem-phieu", **changes)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert planner.content.policy is None


# --- 7: plan ------------------------------------------------------------------------------------------------------


def test_the_plan_follows_the_facts_until_somebody_edits_it(planner: Planner) -> None:
    planner.lists()
    text = planner.fields("ke-hoach")["text"]
    for fact in (
        "Lấy phiếu giữa nhiệm kỳ",
        "07/12/2026",
        "HĐND tỉnh Thử",
        "41 người",
        "Trần Thị Bình",
        "khoản 5 Điều 2",
    ):
        assert fact in text
    planner.saved("ke-hoach")
    assert planner.content.text == ""
    planner.saved("cu-tri", out=planner.key("DB-0005"), **{"out-why": "Vắng"})
    assert "40 người" in planner.fields("ke-hoach")["text"]
    planner.saved("ke-hoach", text="KẾ HOẠCH RIÊNG\r\n\r\nI. MỤC ĐÍCH  \r\nHai dòng\r\n")
    assert planner.content.text == "KẾ HOẠCH RIÊNG\n\nI. MỤC ĐÍCH\nHai dòng"
    assert "đã được sửa tay" in planner.page("ke-hoach")
    planner.saved("ke-hoach", then="again")
    assert planner.content.text == ""


def test_a_plan_with_characters_that_nobody_sees_is_refused_by_line(planner: Planner) -> None:
    page = refused_page(planner.save("ke-hoach", text="Một\nHai\u202e"), 400, "dòng 2 có ký tự không nhìn thấy")
    assert "Hai" in page


@pytest.mark.parametrize(
    ("rule_set", "heading"), [("QD96_2023", "ĐẢNG CỘNG SẢN VIỆT NAM"), ("NQ96_2023", "Độc lập - Tự do - Hạnh phúc")]
)
def test_the_plan_is_printed_under_the_heading_of_its_kind(planner: Planner, rule_set: str, heading: str) -> None:
    planner.basis(rule_set=rule_set)
    page = planner.client.get(f"/ke-hoach/{planner.draft_id}/in").get_data(as_text=True)
    assert heading in page
    assert "DỰ THẢO" in page


# --- 8: check -----------------------------------------------------------------------------------------------------


def test_the_table_of_chances_is_this_rounds_own(planner: Planner) -> None:
    # threats D3, K13
    planner.lists()
    page = words(planner.page("kiem-tra"))
    assert "Với 41 người ghi phiếu và 5 người được lấy phiếu" in page
    assert "90% tín nhiệm cao, 8% tín nhiệm, 2% tín nhiệm thấp" in page
    assert "98% tín nhiệm cao, 1,5% tín nhiệm, 0,5% tín nhiệm thấp" in page
    assert "Ít nhất một người được mọi phiếu giống nhau 6,5% 94,3%" in page


def small(tmp_path: Path, voters: int) -> Planner:
    hall = with_people(new_hall(tmp_path / "small"))
    furnish(hall, voters=voters)
    return Planner(hall).begin().lists()


@pytest.mark.parametrize("voters", [1, 2])
def test_one_or_two_voters_make_no_secret_round(tmp_path: Path, voters: int) -> None:
    # threats D1
    planner = small(tmp_path, voters)
    assert "ít hơn 3 người ghi phiếu: không lập được đợt bỏ phiếu kín" in planner.page("cu-tri")
    refused_page(planner.act("trinh"), 409, "ít hơn 3 người ghi phiếu")
    refused_page(planner.act("dien-tap", "kiem-tra"), 409, "ít hơn 3 người ghi phiếu")


@pytest.mark.parametrize(("voters", "who"), [(9, "người chủ trì"), (29, "đã xem cảnh báo")])
def test_a_small_electorate_is_acknowledged_by_name_before_the_round_is_made(
    tmp_path: Path, voters: int, who: str
) -> None:
    # threats D2, D3
    planner = small(tmp_path, voters)
    planner.act("trinh")
    planner.also("to-chuc-2").act("duyet")
    assert who in planner.page("kiem-tra")
    refused_page(planner.act("lap-dot", "kiem-tra"), 409, "cảnh báo ít người ghi phiếu")
    planner.saved("kiem-tra", then="stay", accepted_by="Nguyễn Thị Chủ Tọa")
    assert planner.row.proposed is None  # an acknowledgement is no change of the plan
    uuid = planner.act("lap-dot", "kiem-tra").headers["Location"].strip("/").split("/")[-1]
    planner.hall.uuid = uuid
    with reading(planner.hall.house.registry) as session:
        from ballot.acts import find_round

        assert find_round(session, uuid).accepted_by == "Nguyễn Thị Chủ Tọa"


def test_deadlines_are_ticked_off(planner: Planner) -> None:
    planner.lists()
    planner.saved("kiem-tra", done=["list", "dossier", "nonsense"])
    assert planner.content.done == ("list", "dossier")
    page = words(planner.page("kiem-tra"))
    assert "23/10/2026" in page
    assert "rơi vào thứ Bảy: nên xong từ thứ Sáu 06/11/2026" in page
    planner.saved("kiem-tra", without=["done"])
    assert planner.content.done == ()


def test_what_an_organiser_should_know_stands_before_the_round(planner: Planner) -> None:
    planner.lists()
    page = words(planner.page("kiem-tra"))
    for sentence in (
        "Đặng Văn Hà mới giữ chức vụ Ủy viên UBND", "1 người vừa được lấy phiếu vừa ghi phiếu",
        "Điểm cầu ít người: Hội trường (1)", "Những điều hệ thống không làm được", "Chưa đối chiếu với văn bản gốc",
    ):  # fmt: skip
        assert sentence in page


def test_an_account_with_a_rated_name_is_warned_of(planner: Planner) -> None:
    create_account(planner.hall.house, 1, login="trung-ten", name="Phạm Thị Dung", role="desk", password=PASSWORD)
    planner.lists()
    assert "Tài khoản trung-ten mang tên người được lấy phiếu" in words(planner.page("kiem-tra"))


# --- whose --------------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger(planner: Planner) -> Planner:
    """An organiser of another organisation, at the address of this one's draft."""
    planner.lists()
    hall = planner.hall
    other = organisations.found(hall.house, "Đơn vị khác")
    create_account(hall.house, other, login="khach", name="Người khác", role="organiser", password=PASSWORD)
    furnish(hall, other)
    return Planner(hall, "khach", planner.draft_id)


@pytest.mark.parametrize("path", [*STEPS, "in", "so-sanh"])
def test_another_organisations_draft_is_none(stranger: Planner, path: str) -> None:
    # threats H5
    for draft_id in (stranger.draft_id, 999, 2147483647):
        refused(stranger.client.get(f"/ke-hoach/{draft_id}/{path}"), 404, "NO_SUCH_DRAFT")
    assert stranger.client.get(f"/ke-hoach/2147483648/{path}").status_code == 404


def test_nothing_of_another_organisations_draft_can_be_sent(stranger: Planner) -> None:
    # threats H5
    draft_id = stranger.draft_id
    token = {"revision": "1", "title": "Của tôi"}
    with nothing_changes(stranger.hall.house.registry):
        for slug in STEPS:
            refused(
                stranger.client.form(f"/ke-hoach/{draft_id}/{slug}", token, page="/ke-hoach/"), 404, "NO_SUCH_DRAFT"
            )
        for act in ("trinh", "duyet", "xac-nhan", "bo", "xoa", "lap-dot", "dien-tap"):
            path = f"/ke-hoach/{draft_id}/ke-hoach/viec/{act}"
            refused(stranger.client.form(path, token, page="/ke-hoach/"), 404, "NO_SUCH_DRAFT")
    assert "Lấy phiếu giữa nhiệm kỳ" not in stranger.client.get("/ke-hoach/").get_data(as_text=True)


def test_bodies_groups_and_people_of_another_organisation_are_none(planner: Planner, stranger: Planner) -> None:
    # threats H5
    with reading(planner.hall.house.registry) as session:
        body = session.scalars(select(Body.id).where(Body.organisation_id == 2)).first()
        group = session.scalars(select(Group.id).where(Group.organisation_id == 2)).first()
        person = session.scalars(select(Person).where(Person.organisation_id == 2, Person.code == "DB-0001")).one()
    with nothing_changes(planner.hall.house.registry):
        assert planner.save("can-cu", body=str(body)).status_code == 404
        refused_page(planner.save("nguoi", body=[str(body)]), 400, "trong danh sách")
        refused_page(planner.save("cu-tri", group=[str(group)]), 400, "nhóm không có trong danh mục")
        refused_page(planner.save("cu-tri", out=f"p{person.id}", **{"out-why": "x"}), 400, "không có trong danh sách")


@pytest.mark.parametrize("value", ["x", "-1", "1e3", "9" * 40, "", "١"])
def test_hostile_ids_are_refused(planner: Planner, value: str) -> None:
    planner.lists()
    with nothing_changes(planner.hall.house.registry):
        for slug, name in (("can-cu", "body"), ("nguoi", "body"), ("cu-tri", "group")):
            assert planner.save(slug, **{name: [value]}).status_code in (400, 404), (slug, name)
        assert planner.save("can-cu", revision=value).status_code == 400


@pytest.mark.parametrize("slug", ["khac", "CAN-CU", "can-cu/x", "%00"])
def test_a_step_that_is_none_is_not_found(planner: Planner, slug: str) -> None:
    assert planner.client.get(f"/ke-hoach/{planner.draft_id}/{slug}").status_code == 404


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "{{7*7}}", "=1+1", "'; DROP TABLE draft; --"])
def test_hostile_names_stay_text_on_every_page(planner: Planner, name: str) -> None:
    # threats H3
    planner.lists()
    planner.saved("can-cu", title=name, session=name)
    planner.saved("nguoi", **{"new-name": name, "new-position": name, "new-block": name})
    planner.saved("cu-tri", **{"add-who": name, "add-why": name, "add-unit": name})
    planner.saved("diem-cau", many="all:", **{"many-to": name})
    for slug in (*STEPS, "in"):
        page = planner.page(slug)
        assert "<img src=x" not in page
        assert "49" not in planner.content.title


def test_a_draft_that_was_not_approved_may_be_thrown_away(planner: Planner) -> None:
    assert planner.act("xoa", "can-cu").status_code == 302
    with reading(planner.hall.house.registry) as session:
        assert session.get(Draft, planner.draft_id) is None
    refused(planner.client.get(f"/ke-hoach/{planner.draft_id}/can-cu"), 404, "NO_SUCH_DRAFT")


def test_an_act_that_is_none_is_refused(planner: Planner) -> None:
    assert code_of(planner.act("no-such-act")) == "WRONG_SHAPE"
