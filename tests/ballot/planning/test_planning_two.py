"""What takes two at the wizard: a conflict of revisions, approval, changes after it, the round, rehearsals, clones.

Here live the acts of two organisers on one draft. Never here: what a step proposes (test_planning_steps.py).
"""

from __future__ import annotations

import json
import threading

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from ballot.acts import find_round
from ballot.catalogue import appointments, groups, models_of_text, people
from ballot.life import sealing
from ballot.log import audit
from ballot.models.registry.acts import AuditEntry
from ballot.models.registry.catalogue import Body, Group, Person
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Exempt, Official, Round
from ballot.planning.content import RATED, Content
from ballot.planning.errors import DraftMade, DraftMoved
from ballot.planning.making import make
from ballot.result import complaint_wait
from ballot.storage import reading, writing
from tally.protocol.encoding import canonical
from tally.protocol.errors import Refused
from tally.protocol.manifest import Manifest
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes
from tests.ballot.planning_hall import VOTERS, Furnished, Planner


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return Furnished(tmp_path_factory.mktemp("furnished"))


@pytest.fixture
def hall(furnished: Furnished) -> Hall:
    return furnished.copy()


@pytest.fixture
def planner(hall: Hall) -> Planner:
    return Planner(hall).begin()


@pytest.fixture
def second(planner: Planner) -> Planner:
    return planner.also("to-chuc-2")


def alert(answer: TestResponse, status: int) -> str:
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page.partition('role="alert"')[2].partition("</div>")[0]


def round_made(planner: Planner) -> str:
    answer = planner.act("lap-dot", "kiem-tra")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.headers["Location"].strip("/").split("/")[-1]


# --- two at once --------------------------------------------------------------------------------------------------


def test_of_two_at_once_the_later_is_told_and_loses_nothing_typed(planner: Planner, second: Planner) -> None:
    planner.basis()
    opened = second.fields("can-cu")
    planner.saved("can-cu", title="Tên của người thứ nhất")
    with nothing_changes(planner.hall.house.registry):
        answer = second.send("can-cu", opened, title="Tên của người thứ hai", session="Kỳ họp 10")
    said = alert(answer, 409)
    assert "Người to-chuc-1 đã lưu kế hoạch này" in said
    assert "Tên đợt: Tên của người thứ nhất → Tên của người thứ hai" in said
    page = answer.get_data(as_text=True)
    assert 'value="Tên của người thứ hai"' in page
    assert 'value="Kỳ họp 10"' in page
    again = form_of(page)
    assert second.send("can-cu", again).status_code == 302
    assert planner.content.basis.title == "Tên của người thứ hai"


def form_of(page: str) -> object:
    from tests.ballot.planning_hall import form_fields

    return form_fields(page)


def test_what_was_typed_in_a_list_comes_back_after_a_conflict(planner: Planner, second: Planner) -> None:
    planner.lists()
    opened = second.fields("diem-cau")
    planner.saved("ban-kiem-phieu", committee_size="5")
    key = planner.key("DB-0001")
    answer = second.send("diem-cau", opened, **{f"site-{key}": "Nhà văn hóa"})
    assert "Đại biểu Họ 001: điểm cầu Điểm cầu 2 → Nhà văn hóa" in alert(answer, 409)
    assert 'value="Nhà văn hóa"' in answer.get_data(as_text=True)
    assert planner.content.policy.committee_size == 5


def test_saving_what_stands_already_is_no_change(planner: Planner, second: Planner) -> None:
    planner.basis()
    opened = second.fields("can-cu")
    planner.saved("can-cu")
    assert second.send("can-cu", opened).status_code == 302


# --- approval -----------------------------------------------------------------------------------------------------


def test_a_plan_is_approved_by_another_than_who_submitted_it(planner: Planner, second: Planner) -> None:
    planner.lists()
    assert planner.act("trinh").status_code == 302
    assert "Quý vị là người đề nghị" in alert(planner.act("duyet"), 409)
    assert planner.row.state == "drafting"
    assert second.act("duyet").status_code == 302
    row = planner.row
    assert (row.state, row.approved_by) == ("approved", "to-chuc-2")
    plan = json.loads(row.approved)
    assert (plan["prepared_by"], plan["approved_by"], plan["changes"]) == ("to-chuc-1", "to-chuc-2", [])
    assert "41 người" in plan["text"]


def test_an_incomplete_plan_is_not_submitted(planner: Planner) -> None:
    planner.basis()
    assert "chưa có danh sách người được lấy phiếu" in alert(planner.act("trinh"), 409)


def test_what_is_changed_after_it_was_submitted_must_be_submitted_again(planner: Planner, second: Planner) -> None:
    planner.lists()
    planner.act("trinh")
    second.saved("ban-kiem-phieu", committee_size="5")
    assert "Việc này không làm được" in alert(second.act("duyet"), 409)
    planner.saved("kiem-tra", then="stay", done=["list"])
    planner.act("trinh")
    planner.saved("kiem-tra", then="stay", done=["list", "dossier"])  # a tick is no change of the plan
    assert second.act("duyet").status_code == 302


def test_nobody_approves_what_they_have_not_seen(planner: Planner, second: Planner) -> None:
    planner.lists()
    planner.act("trinh")
    seen = planner.row.revision
    planner.act("bo")
    planner.saved("ban-kiem-phieu", committee_size="7", threshold="4")
    planner.act("trinh")
    assert "đã lưu kế hoạch này" in alert(second.act("duyet", revision=seen), 409)
    assert planner.row.state == "drafting"


# --- after approval -----------------------------------------------------------------------------------------------


def test_a_change_after_approval_waits_for_another_account(planner: Planner, second: Planner) -> None:
    planner.approved()
    before = planner.row
    planner.saved("diem-cau", **{f"site-{planner.key('DB-0001')}": "Nhà văn hóa"})
    planner.saved("ban-kiem-phieu", committee_size="5", threshold="3")
    row = planner.row
    assert (row.content, row.approved, row.proposed_by) == (before.content, before.approved, "to-chuc-1")
    for slug in ("can-cu", "kiem-tra"):
        page = second.page(slug)
        assert "Đại biểu Họ 001: điểm cầu Điểm cầu 2 → Nhà văn hóa" in page
        assert "Số thành viên ban kiểm phiếu giữ khóa: 3 → 5" in page
        assert "Văn bản kế hoạch: lập lại theo số liệu mới" in page
    assert "còn thay đổi chờ xác nhận" in alert(second.act("lap-dot", "kiem-tra"), 409)
    assert "Quý vị là người đề nghị" in alert(planner.act("xac-nhan"), 409)
    assert second.act("xac-nhan").status_code == 302
    row = planner.row
    assert (row.state, row.proposed, row.proposed_by) == ("approved", None, "")
    plan = json.loads(row.approved)
    assert "5 thành viên giữ khóa" in plan["text"]
    (change,) = plan["changes"]
    assert (change["proposed_by"], change["confirmed_by"]) == ("to-chuc-1", "to-chuc-2")
    assert "Số thành viên cần để mở kết quả: 2 → 3" in change["what"]


def test_a_text_that_was_edited_by_hand_stays_and_is_pointed_out(planner: Planner, second: Planner) -> None:
    planner.lists()
    planner.saved("ke-hoach", text="KẾ HOẠCH RIÊNG CỦA TỈNH")
    planner.act("trinh")
    second.act("duyet")
    planner.saved("ban-kiem-phieu", committee_size="5", threshold="3")
    assert "đã sửa tay nên giữ nguyên lời" in second.page("ke-hoach")
    second.act("xac-nhan")
    assert json.loads(planner.row.approved)["text"] == "KẾ HOẠCH RIÊNG CỦA TỈNH"


@pytest.mark.parametrize("who", ["to-chuc-1", "to-chuc-2"])
def test_a_change_may_be_taken_back_or_refused(planner: Planner, who: str) -> None:
    planner.approved()
    planner.saved("ban-kiem-phieu", committee_size="5", threshold="3")
    assert planner.also(who).act("bo").status_code == 302
    assert (planner.row.proposed, planner.content.policy.committee_size) == (None, 3)


def test_a_change_that_is_undone_proposes_nothing(planner: Planner) -> None:
    planner.approved()
    planner.saved("ban-kiem-phieu", committee_size="5")
    planner.saved("ban-kiem-phieu", committee_size="3")
    assert planner.row.proposed is None


def test_whoever_adds_to_a_change_answers_for_all_of_it(planner: Planner, second: Planner) -> None:
    planner.approved()
    planner.saved("ban-kiem-phieu", committee_size="5")
    second.saved("ban-kiem-phieu", minimum_ballots="10")
    assert "Quý vị là người đề nghị" in alert(second.act("xac-nhan"), 409)
    assert planner.act("xac-nhan").status_code == 302
    assert (planner.content.policy.committee_size, planner.content.policy.minimum_ballots) == (5, 10)


def test_a_change_that_leaves_something_missing_is_not_confirmed(planner: Planner, second: Planner) -> None:
    planner.approved()
    planner.saved("can-cu", date="07/01/2027")
    assert "ngày hoặc căn cứ đã đổi" in alert(second.act("xac-nhan"), 409)


# --- the round ----------------------------------------------------------------------------------------------------


def test_the_round_is_the_plan_and_keeps_it_byte_for_byte(planner: Planner, second: Planner) -> None:
    planner.approved()
    approved = planner.row.approved
    uuid = round_made(planner)
    with reading(planner.hall.house.registry) as session:
        row = find_round(session, uuid)
        officials = session.scalars(select(Official).where(Official.round_id == row.id).order_by(Official.number)).all()
        exempt = session.scalars(select(Exempt).where(Exempt.round_id == row.id)).all()
        voters = session.scalars(select(Voter).where(Voter.round_id == row.id)).all()
        assert complaint_wait.length(session, row) == 15
    assert row.plan == approved
    assert (row.title, row.body, row.session, row.date) == (
        "Lấy phiếu giữa nhiệm kỳ", "HĐND tỉnh Thử", "Kỳ họp thứ 9", "2026-12-07",
    )  # fmt: skip
    assert [(o.name, o.block, o.form) for o in officials][-1] == ("Vũ Thị Giang", "Lãnh đạo UBND", "Phiếu khối UBND")
    assert {o.authority for o in officials} == {"Ban Thường vụ Tỉnh ủy"}
    assert all(o.person_id for o in officials)
    assert {(e.name, e.citation) for e in exempt} == {
        ("Trần Thị Bình", "khoản 5 Điều 2"), ("Lê Văn Cường", "khoản 5 Điều 2"),
    }  # fmt: skip
    assert len(voters) == VOTERS + 1
    assert len({v.site for v in voters}) == 3
    assert planner.row.state == "made"
    page = planner.client.get(f"/ke-hoach/dot/{uuid}").get_data(as_text=True)
    assert "KẾ HOẠCH" in page
    assert "DỰ THẢO" not in page


def test_the_round_can_be_sealed_as_it_was_planned(planner: Planner) -> None:
    planner.approved()
    uuid = round_made(planner)
    sealing.seal(planner.hall.house, uuid, planner.hall.actor("to-chuc-1"))
    with reading(planner.hall.house.registry) as session:
        manifest = Manifest.parse(find_round(session, uuid).manifest)
    assert manifest.forms == ("Phiếu khối HĐND", "Phiếu khối UBND")
    assert {e.name for e in manifest.exempt} == {"Trần Thị Bình", "Lê Văn Cường"}


def test_a_draft_that_is_a_round_changes_no_more(planner: Planner) -> None:
    planner.approved()
    fields = planner.fields("ban-kiem-phieu")
    round_made(planner)
    with nothing_changes(planner.hall.house.registry):
        assert "Đợt đã được lập" in alert(planner.send("ban-kiem-phieu", fields, committee_size="5"), 409)
        for act in ("trinh", "duyet", "xac-nhan", "bo", "xoa", "lap-dot"):
            assert "Đợt đã được lập" in alert(planner.act(act), 409)
    for slug in ("can-cu", "kiem-tra"):
        assert "Mở trang của đợt" in planner.page(slug)
        assert 'value="next"' not in planner.page(slug)


def test_two_presses_at_the_same_moment_make_one_round(planner: Planner, second: Planner) -> None:
    planner.approved()
    revision, answers = planner.row.revision, []

    def press(login: str) -> None:
        try:
            answers.append(make(planner.hall.house, planner.draft_id, planner.hall.actor(login), revision))
        except Refused as error:
            answers.append(type(error))

    threads = [threading.Thread(target=press, args=(login,)) for login in ("to-chuc-1", "to-chuc-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a for a in answers if a not in (DraftMade, DraftMoved)] == [planner.row.round_uuid]
    with reading(planner.hall.house.registry) as session:
        assert session.scalar(select(func.count()).select_from(Round)) == 1


def test_a_draft_that_nobody_approved_makes_no_round(planner: Planner) -> None:
    planner.lists()
    assert "chưa được người thứ hai duyệt" in alert(planner.act("lap-dot", "kiem-tra"), 409)
    planner.act("trinh")
    assert "chưa được người thứ hai duyệt" in alert(planner.act("lap-dot", "kiem-tra"), 409)


def test_acts_are_in_the_log_and_no_name_of_a_voter_is(planner: Planner) -> None:
    planner.approved()
    round_made(planner)
    with reading(planner.hall.house.registry) as session:
        audit.check(session, 1)
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.height)).all()
    acts = [entry.act for entry in entries]
    for act in ("plan-begin", "plan-save", "plan-submit", "plan-approve", "create", "plan-made"):
        assert act in acts
    assert not any("Đại biểu" in entry.subject for entry in entries)


# --- rehearsal ----------------------------------------------------------------------------------------------------


def test_one_press_makes_a_rehearsal_and_leaves_the_draft_alone(planner: Planner) -> None:
    planner.lists()
    before = planner.row.content
    answer = planner.act("dien-tap", "kiem-tra")
    uuid = answer.headers["Location"].strip("/").split("/")[-1]
    with reading(planner.hall.house.registry) as session:
        row = find_round(session, uuid)
    assert (row.rehearsal, row.title) == (True, "Diễn tập: Lấy phiếu giữa nhiệm kỳ")
    assert (planner.row.content, planner.row.state) == (before, "drafting")
    assert "DIỄN TẬP" in planner.client.get(f"/dot/{uuid}/").get_data(as_text=True)
    assert uuid in planner.page("kiem-tra")
    assert planner.act("dien-tap", "kiem-tra").status_code == 302


# --- two places ---------------------------------------------------------------------------------------------------


def test_more_than_two_places_in_a_year_are_warned_of(planner: Planner) -> None:
    hall = planner.hall
    for number in (1, 2):
        earlier = Planner(hall).begin()
        earlier.lists()
        earlier.saved("can-cu", title=f"Đợt {number}", date=f"0{number}/06/2026")
        for slug in ("nguoi", "cu-tri"):
            earlier.saved(slug)
        if number == 2:
            earlier.act("dien-tap", "kiem-tra")  # a rehearsal is no place
        earlier.act("trinh")
        earlier.also("to-chuc-2").act("duyet")
        round_made(earlier)
        planner.basis(rule_set="QD96_2023")
        planner.saved("nguoi", **{f"decision-{planner.key('CB05')}": RATED})
        page = planner.page("kiem-tra")
        assert "Nguyễn Văn An" in page
        assert ("Thêm đợt này là quá 2 nơi (khoản 3 Điều 1)" in page) is (number == 2)
        assert ("Tối đa 2 nơi" in page) is (number == 1)
    assert "Quá 2 nơi" in planner.page("nguoi")
    planner.basis(rule_set="QD96_2023", date="07/12/2027")
    planner.saved("nguoi")
    assert "nơi (khoản 3 Điều 1)" not in planner.page("kiem-tra")  # another year


def test_a_roll_that_differs_by_one_from_an_earlier_one_is_warned_of(planner: Planner) -> None:
    # threats D9
    planner.approved()
    round_made(planner)
    again = Planner(planner.hall).begin().lists()
    assert "hai kết quả có thể cho biết" not in again.page("kiem-tra")  # the same roll
    again.saved("cu-tri", out=again.key("DB-0005"), **{"out-why": "Vắng"})
    assert "chỉ khác đợt “Lấy phiếu giữa nhiệm kỳ, 07/12/2026” 1 người" in again.page("kiem-tra")


# --- clones -------------------------------------------------------------------------------------------------------


def clone(planner: Planner, uuid: str, day: str) -> Planner:
    answer = planner.client.form(f"/ke-hoach/tu-dot/{uuid}", {"date": day}, page="/ke-hoach/")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return Planner(planner.hall, planner.login, int(answer.headers["Location"].split("/")[2]))


def later(planner: Planner) -> None:
    """Let a year pass in the catalogue: one leaves, one comes, in posts and in a group."""
    with writing(planner.hall.house.registry) as session:
        bodies_ = [b.id for b in session.scalars(select(Body))]
        held = appointments.holding(session, 1, bodies_, "2027-11-01")
        (chair,) = [h for h in held if h.person.code == "CB01"]
        appointments.set_status(session, chair.appointment, "left", "2027-02-01")
        successor = people.add_person(session, 1, code="CB99", name="Mai Thị Kế Nhiệm")
        appointments.appoint(session, successor, chair.position, since="2027-02-01")
        group = session.scalars(select(Group).where(Group.code == "DB")).one()
        groups.join(session, group, successor, "2027-02-01")
        moved = session.scalars(select(Person).where(Person.code == "DB-0002")).one()
        (membership,) = [m for m, p in groups.members(session, [group.id], "2027-01-01") if p.id == moved.id]
        groups.leave(session, membership, "2027-03-01")


def test_a_clone_proposes_the_people_of_now_and_says_what_differs(planner: Planner) -> None:
    planner.approved()
    uuid = round_made(planner)
    later(planner)
    made = clone(planner, uuid, "06/12/2028")
    content = made.content
    assert (content.basis.date, content.basis.body, content.policy.threshold) == ("2028-12-06", "HĐND tỉnh Thử", 2)
    names = [line.name for line in content.rated]
    assert "Nguyễn Văn An" not in names
    assert {"Mai Thị Kế Nhiệm", "Trần Thị Bình", "Hoàng Văn Em"} <= {line.name for line in content.officials.lines}
    assert len(content.voters) == VOTERS + 2  # CB01 is in the other group still, DB-0002 too
    page = made.client.get(f"/ke-hoach/{made.draft_id}/so-sanh").get_data(as_text=True)
    assert "Không còn Nguyễn Văn An (Chủ tịch HĐND)" in page
    assert "Thêm Mai Thị Kế Nhiệm (Chủ tịch HĐND)" in page
    assert "Ngày: 07/12/2026 → 06/12/2028" in page
    assert "Thêm 1 người ghi phiếu: Mai Thị Kế Nhiệm" in page


def test_a_round_that_was_made_from_lists_can_be_cloned_too(planner: Planner) -> None:
    hall = planner.hall
    hall.draft()
    made = clone(planner, hall.uuid, "06/12/2028")
    content = made.content
    assert content.basis.body_id == 0
    assert content.policy.complaint_minutes == 0, "what was agreed in the round, not what is usual"
    assert "chưa chọn cơ quan trong danh mục" in made.page("can-cu")
    assert [line.name for line in content.rated] == ["Cán bộ số 0", "Cán bộ số 2", "Cán bộ số 1"]
    assert len(content.voters) == 44
    made.basis(date="06/12/2028")
    made.saved("nguoi")
    assert {"Cán bộ số 1", "Nguyễn Văn An"} <= {line.name for line in made.content.officials.lines}


def test_a_draft_of_before_complaints_were_asked_for_waits_as_long_as_usual(planner: Planner) -> None:
    planner.lists()
    value = json.loads(planner.content.encode())
    assert value["policy"].pop("complaint_minutes") == 15
    assert Content.parse(canonical(value)).policy.complaint_minutes == complaint_wait.DEFAULT_MINUTES


def test_another_organisations_round_cannot_be_cloned(planner: Planner) -> None:
    # threats H5
    from ballot.identity import organisations
    from ballot.identity.login import create_account
    from tests.ballot.hall import PASSWORD

    planner.hall.draft()
    other = organisations.found(planner.hall.house, "Đơn vị khác")
    create_account(planner.hall.house, other, login="khach", name="Khách", role="organiser", password=PASSWORD)
    stranger = Planner(planner.hall, "khach")
    for uuid in (planner.hall.uuid, "1" * 14):
        answer = stranger.client.form(f"/ke-hoach/tu-dot/{uuid}", {"date": "06/12/2028"}, page="/ke-hoach/")
        assert answer.status_code == 404
        assert stranger.client.get(f"/ke-hoach/dot/{uuid}").status_code == 404


def test_an_approval_holds_for_the_text_that_was_read_and_no_other(planner: Planner, second: Planner) -> None:
    """A template that changes between reading and approving does not reach the stored plan (threats P2)."""
    planner.lists()
    planner.act("trinh")
    page, added = second.page("ke-hoach"), "Câu thêm sau khi trình."
    text = models_of_text.national("ke-hoach") + f"\n{added}\n"
    models_of_text.save(planner.hall.house, planner.hall.actor("to-chuc-1"), "ke-hoach", text, seen=0)
    assert "không còn như quý vị đã đọc" in alert(second.press("duyet", "ke-hoach", page), 409)
    assert planner.row.approved is None
    assert second.act("duyet").status_code == 302
    assert added in json.loads(planner.row.approved or b"")["text"]
