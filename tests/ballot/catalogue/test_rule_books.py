"""An organisation's own rule sets: checked with line and field, versions kept, sealed as they were, theirs alone.

Here live the text's checking, the versions, the pages. Never here: what a law says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, update

from ballot.acts import find_round
from ballot.catalogue import models_of_text, rule_books, rule_text
from ballot.catalogue.errors import BadTemplate, NoSuchEntry
from ballot.catalogue.rule_fit import RulesUnfit, on_paper_only, unfit
from ballot.catalogue.rule_text import BadRuleSet
from ballot.desk.attendance import attendance
from ballot.identity import organisations
from ballot.life import rounds, sealing
from ballot.models.registry.catalogue import RuleVersion
from ballot.models.registry.roll import Voter
from ballot.planning import rule_versions
from ballot.planning.rule_versions import RuleSetExists, RuleSetInUse, RuleSetMoved, RuleSetUnchanged
from ballot.storage import reading, writing
from tally import rules
from tally.protocol.ruleset import RuleSet
from tally.rules import UnknownRuleSet
from tests.ballot.accounts_of import acts, with_every_role
from tests.ballot.hall import Hall, plan
from tests.ballot.look import nothing_changes, refused
from tests.ballot.planning_hall import Planner, furnish
from tests.ballot.prepared import new_hall, with_people

QD96, NQ96 = rules.source("QD96_2023"), rules.source("NQ96_2023")
THREE_QUARTERS = NQ96.replace("numerator = 2\ndenominator = 3\ncitation", "numerator = 3\ndenominator = 4\ncitation", 1)
OWN = QD96.replace('id = "QD96_2023"', 'id = "QD96_TINH"')


@pytest.fixture
def hall(tmp_path: Any) -> Iterator[Hall]:
    hall = with_people(new_hall(tmp_path / "hall"))
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def save(hall: Hall, text: str, *, of: str = "", seen: int | None = None, login: str = "to-chuc-1") -> str:
    """Save a text as whoever has seen the newest version."""
    with reading(hall.house.registry) as session:
        now = rule_books.book(session, 1, of).newest if of else 0
    return rule_versions.save(hall.house, hall.actor(login), text, of=of, seen=now if seen is None else seen)


def load(hall: Hall, rule_set: str, organisation_id: int = 1) -> Any:
    with reading(hall.house.registry) as session:
        return rule_books.load(session, organisation_id, rule_set)


# --- the text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rules.names())
def test_every_rule_set_that_ships_could_be_an_own_one(name: str) -> None:
    text = rules.source(name)
    assert rule_text.tidy(text.replace("\n", "\r\n") + "\n\n") == text
    assert rule_text.read(text).id == name


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('id = "QD96_2023"', "id = QD96", "Dòng 3, cột 6", "Sai cú pháp TOML"),
        ('id = "QD96_2023"\n', 'id = "QD96_2023"\nid = "QD96_2023"\n', "Dòng 4", "mỗi trường một lần"),
        ("[base]", "[base", "Dòng 50", "Sai cú pháp"),
        ('id = "QD96_2023"', 'id = "qd 96"', "Dòng 3, trường id", "A–Z"),
        ('id = "QD96_2023"', 'id = "X"', "Dòng 3, trường id", "3 đến 60"),
        ('number = "96-QĐ/TW"\n', "", "", "thiếu trường number"),
        ('number = "96-QĐ/TW"\n', 'number = "96-QĐ/TW"\nnumbers = 3\n', "", "thừa trường numbers"),
        ('number = "96-QĐ/TW"', 'number = ""', "Dòng 4, trường number", "phải có chữ"),
        ('number = "96-QĐ/TW"', "number = 96", "Dòng 4, trường number", "trong dấu nháy"),
        ('date = "2023-02-02"', 'date = "2023-02-30"', "Dòng 7, trường date", "yyyy-mm-dd"),
        ('date = "2023-02-02"', "date = 2023-02-02", "Dòng 7, trường date", "trong dấu nháy"),
        ('effective_to = ""', 'effective_to = "2023-01-01"', "Dòng 9, trường effective_to", "≥ 2023-02-02"),
        ('kind = "rating"', 'kind = "poll"', "Dòng 11, trường kind", "rating / vote"),
        ('kind = "rating"', 'kind = "vote"', "trường levels", "đúng 2 mục"),
        ('layout = "party"', 'layout = "Party"', "trường layout", "party / state"),
        ('key = "medium"', 'key = "high"', "trường levels.key", "trùng nhau"),
        ("strict = true", "strict = 1", "trường thresholds[1].strict", "true / false"),
        ("strict = true\n", "", "trường thresholds[1]", "thiếu trường strict"),
        ("days = 20", "days = 900", "trường deadlines[0].days", "số nguyên từ 0 đến 400"),
        ("days = 20", 'days = "20"', "trường deadlines[0].days", "không có dấu nháy"),
        ('value = "retirement_notice"', 'value = ""', "trường exemptions[0].value", "phải có chữ"),
        ('replaces = ["QD262_2014"]', 'replaces = "QD262_2014"', "trường replaces", "danh sách"),
    ],
)
def test_a_text_is_refused_with_its_line_its_field_and_what_is_expected(
    old: str, new: str, place: str, reason: str
) -> None:
    assert old in QD96
    with pytest.raises(BadRuleSet) as found:
        rule_text.read(rule_text.tidy(QD96.replace(old, new, 1)))
    assert place in found.value.where
    assert reason in str(found.value)


@pytest.mark.parametrize(
    "text", ["", " \n", "x\u202ey", "[" * 5000, "a = " + "[" * 5000, "=", "x" * 70_000, "a = " + "9" * 5000]
)
def test_what_is_no_rule_set_at_all_is_refused(text: str) -> None:
    with pytest.raises(BadRuleSet):
        rule_text.read(rule_text.tidy(text))


@pytest.mark.parametrize(
    ("path", "line"),
    [("id", 'id = "QD96_2023"'), ("base.kind", 'kind = "returned"'), ("levels[2].label", 'label = "Tín nhiệm thấp"'),
     ("thresholds[1].numerator", "numerator = 1"), ("nothing", ""), ("deadlines[4]", "[[deadlines]]")],
)  # fmt: skip
def test_a_field_is_found_by_its_line(path: str, line: str) -> None:
    number = rule_text.line_of(QD96, path)
    assert (QD96.split("\n")[number - 1] if number else "") == line


# --- versions -------------------------------------------------------------------------------------------------------


def test_an_own_version_holds_in_its_organisation_and_in_no_other(hall: Hall) -> None:
    other = organisations.found(hall.house, "Đơn vị khác")
    save(hall, THREE_QUARTERS, of="NQ96_2023")
    save(hall, OWN)
    assert load(hall, "NQ96_2023").quorum.denominator == 4
    assert load(hall, "NQ96_2023", other) == rules.load("NQ96_2023")
    assert load(hall, "QD96_TINH").number == "96-QĐ/TW"
    with pytest.raises(UnknownRuleSet):
        load(hall, "QD96_TINH", other)
    with reading(hall.house.registry) as session:
        assert rule_books.names(session, other) == rules.names()
        assert rule_books.names(session, 1) == sorted([*rules.names(), "QD96_TINH"])


def test_a_version_is_never_overwritten_and_taking_back_lets_the_shipped_one_hold_again(hall: Hall) -> None:
    save(hall, THREE_QUARTERS, of="NQ96_2023")
    save(hall, THREE_QUARTERS.replace("denominator = 4", "denominator = 5", 1), of="NQ96_2023", login="to-chuc-2")
    with reading(hall.house.registry) as session:
        newest = rule_books.book(session, 1, "NQ96_2023").newest
    rule_versions.take_back(hall.house, hall.actor("to-chuc-1"), "NQ96_2023", seen=newest)
    assert load(hall, "NQ96_2023") == rules.load("NQ96_2023")
    with reading(hall.house.registry) as session:
        kept = rule_books.versions(session, 1, "NQ96_2023")
    assert [(bool(version.text), version.login) for version in kept] == [
        (False, "to-chuc-1"), (True, "to-chuc-2"), (True, "to-chuc-1"),
    ]  # fmt: skip
    logged = [(who, act, subject.split()[0]) for who, act, subject in acts(hall) if act.startswith("rule-set")]
    assert logged == [
        ("to-chuc-1", "rule-set-save", "NQ96_2023"), ("to-chuc-2", "rule-set-save", "NQ96_2023"),
        ("to-chuc-1", "rule-set-back", "NQ96_2023"),
    ]  # fmt: skip


def test_of_two_who_edit_at_once_the_second_is_told(hall: Hall) -> None:
    save(hall, THREE_QUARTERS, of="NQ96_2023", seen=0)
    with nothing_changes(hall.house.registry), pytest.raises(RuleSetMoved):
        save(hall, NQ96.replace("tổng số phiếu thu về", "số phiếu thu về"), of="NQ96_2023", seen=0)


def test_what_changes_nothing_or_takes_another_id_is_refused(hall: Hall) -> None:
    with nothing_changes(hall.house.registry):
        with pytest.raises(RuleSetUnchanged):
            save(hall, NQ96, of="NQ96_2023")
        with pytest.raises(RuleSetExists):
            save(hall, NQ96)
        with pytest.raises(BadRuleSet, match="trường id"):
            save(hall, OWN, of="NQ96_2023")
        with pytest.raises(BadRuleSet, match="không có bộ quy tắc bỏ phiếu"):
            save(hall, OWN.replace('"QD96_2023_VOTE"', '"QD96_2023"'))
        with pytest.raises(RuleSetUnchanged):
            rule_versions.take_back(hall.house, hall.actor("to-chuc-1"), "NQ96_2023", seen=0)
        with pytest.raises(NoSuchEntry):
            rule_versions.take_back(hall.house, hall.actor("to-chuc-1"), "KHONG_CO", seen=0)


def test_a_rule_set_that_nothing_replaces_stays_while_a_round_waits_for_it(hall: Hall) -> None:
    save(hall, OWN)
    uuid = rounds.create(hall.house, plan(rule_set="QD96_TINH"), hall.actor("to-chuc-1"))
    with reading(hall.house.registry) as session:
        newest = rule_books.book(session, 1, "QD96_TINH").newest
    with nothing_changes(hall.house.registry), pytest.raises(RuleSetInUse, match="Lấy phiếu tín nhiệm"):
        rule_versions.take_back(hall.house, hall.actor("to-chuc-1"), "QD96_TINH", seen=newest)
    sealing.seal(hall.house, uuid, hall.actor("to-chuc-1"))
    rule_versions.take_back(hall.house, hall.actor("to-chuc-1"), "QD96_TINH", seen=newest)
    with pytest.raises(UnknownRuleSet):
        load(hall, "QD96_TINH")
    browser = hall.person("to-chuc-1")  # the sealed round goes on by its own copy
    assert browser.get(f"/dot/{uuid}/").status_code == 200


def test_a_template_of_voters_may_name_an_own_rule_set(hall: Hall) -> None:
    text = models_of_text.national("thanh-phan").replace('"QD96_2023"', '"QD96_TINH"')
    actor = hall.actor("to-chuc-1")
    with pytest.raises(BadTemplate, match="bộ quy tắc"):
        models_of_text.save(hall.house, actor, "thanh-phan", text, seen=0)
    save(hall, OWN)
    models_of_text.save(hall.house, actor, "thanh-phan", text, seen=0)


# --- rounds ---------------------------------------------------------------------------------------------------------


def test_a_round_seals_the_rules_of_that_moment_and_a_later_edit_changes_nothing_of_it(hall: Hall) -> None:
    actor = hall.actor("to-chuc-1")
    sealed = rounds.create(hall.house, plan(rule_set="NQ96_2023"), actor)
    save(hall, THREE_QUARTERS, of="NQ96_2023")  # after the draft, before the seal
    sealing.seal(hall.house, sealed, actor)
    draft = rounds.create(hall.house, plan(rule_set="NQ96_2023"), actor)
    save(hall, THREE_QUARTERS.replace("denominator = 4", "denominator = 5", 1), of="NQ96_2023")
    hall.uuid = sealed
    assert hall.manifest.rules.quorum.denominator == 4
    assert hall.manifest.rules.source == rule_text.read(THREE_QUARTERS).source
    with reading(hall.house.registry) as session:
        quorums = [attendance(session, find_round(session, uuid)).quorum for uuid in (sealed, draft)]
    assert [(quorum.numerator, quorum.denominator) for quorum in quorums] == [(3, 4), (3, 5)]


def test_the_quorum_at_the_desk_is_that_of_the_own_rules(hall: Hall) -> None:
    save(hall, THREE_QUARTERS, of="NQ96_2023")
    hall.draft(rule_set="NQ96_2023")
    hall.issuing()
    told = hall.person("tiep-don").get(f"/dot/{hall.uuid}/co-mat.json").get_json()
    assert (told["needed"], told["quorum"]) == (33, {"numerator": 3, "denominator": 4})
    ids = hall.voters()
    with writing(hall.house.registry) as session:
        session.execute(update(Voter).where(Voter.id.in_(ids[:33])).values(present=True))
    assert hall.person("tiep-don").get(f"/dot/{hall.uuid}/co-mat.json").get_json()["enough"]


def test_rules_by_which_one_line_voids_a_ballot_are_for_paper_and_say_so(hall: Hall) -> None:
    save(hall, OWN.replace("bad_line_voids_ballot = false", "bad_line_voids_ballot = true"))
    with nothing_changes(hall.house.registry), pytest.raises(RulesUnfit, match="chỉ dùng cho phiếu giấy"):
        rounds.create(hall.house, plan(rule_set="QD96_TINH"), hall.actor("to-chuc-1"))
    assert "chỉ dùng cho phiếu giấy" in hall.person("to-chuc-1").get("/quy-tac/QD96_TINH").get_data(as_text=True)
    assert on_paper_only(rules.load("QD262_2014"))


def test_what_two_persons_approved_is_not_changed_under_them(hall: Hall) -> None:
    """A round of an approved plan that is not sealed yet keeps the rules that its approvers read."""
    save(hall, OWN)
    uuid = rounds.create(hall.house, plan(rule_set="QD96_TINH"), hall.actor("to-chuc-1"))
    with reading(hall.house.registry) as session:
        newest = rule_books.book(session, 1, "QD96_TINH").newest
    changed = OWN.replace("tổng số phiếu thu về", "số phiếu thu về")
    with writing(hall.house.registry) as session:
        find_round(session, uuid).plan = b"{}"
    with nothing_changes(hall.house.registry), pytest.raises(RuleSetInUse, match="Lấy phiếu tín nhiệm"):
        save(hall, changed, of="QD96_TINH", seen=newest)
    with writing(hall.house.registry) as session:
        find_round(session, uuid).plan = None  # made at once by one organiser: whoever seals it reads what holds then
    save(hall, changed, of="QD96_TINH", seen=newest)


@pytest.mark.parametrize(
    ("rule_set", "day", "fits"),
    [
        ("NQ96_2023", "2023-06-30", False), ("NQ96_2023", "2023-07-01", True), ("NQ85_2014", "2023-06-30", True),
        ("NQ85_2014", "2023-07-01", False), ("QD96_2023", "2030-01-01", True),
    ],
)  # fmt: skip
def test_rules_hold_from_their_first_day_to_their_last(rule_set: str, day: str, fits: bool) -> None:
    assert (unfit(rules.load(rule_set), day) == "") == fits


def test_a_round_under_rules_that_do_not_hold_on_its_day_is_refused_with_the_days(hall: Hall) -> None:
    with nothing_changes(hall.house.registry), pytest.raises(RulesUnfit, match=r"01/07/2015 – 30/06/2023"):
        rounds.create(hall.house, plan(rule_set="NQ85_2014"), hall.actor("to-chuc-1"))


def test_the_wizard_plans_by_an_own_rule_set_and_shows_what_is_certain(hall: Hall) -> None:
    furnish(hall)
    save(hall, NQ96.replace('id = "NQ96_2023"', 'id = "NQ96_TINH"').replace("96/2023/QH15", "96/2023/QH15 (tỉnh)"))
    planner = Planner(hall).begin()
    page = planner.page("can-cu")
    assert "96/2023/QH15 (tỉnh)" in page
    assert "Chắc chắn: 5 điểm" in page
    assert "Chưa đối chiếu với văn bản gốc: 3 điểm" in page
    planner.basis(rule_set="NQ96_TINH")
    assert planner.content.basis.rule_set == "NQ96_TINH"
    assert "96/2023/QH15 (tỉnh)" in planner.page("ke-hoach")
    with reading(hall.house.registry) as session:
        newest = rule_books.book(session, 1, "NQ96_TINH").newest
    with pytest.raises(RuleSetInUse, match="Lấy phiếu giữa nhiệm kỳ"):
        rule_versions.take_back(hall.house, hall.actor("to-chuc-1"), "NQ96_TINH", seen=newest)


def test_a_vote_begins_with_nobody_on_the_ballot(hall: Hall) -> None:
    furnish(hall)
    planner = Planner(hall).begin()
    planner.basis(rule_set="NQ96_2023_VOTE")
    planner.saved("nguoi", **{"decision-" + planner.key("CB04"): "rated"})
    assert [line.name for line in planner.content.rated] == ["Phạm Thị Dung"]


# --- pages ----------------------------------------------------------------------------------------------------------


def test_a_page_shows_everything_that_a_rule_set_says(hall: Hall) -> None:
    browser = hall.person("to-chuc-1")
    for name in rules.names():
        answer = browser.get(f"/quy-tac/{name}")
        assert answer.status_code == 200
        assert [words for words in said_by(rules.load(name)) if words not in answer.get_data(as_text=True)] == []


def said_by(found: RuleSet) -> list[str]:
    told = [found.number, found.title, found.issuer, found.base.words, found.several_posts.words, found.blank_line]
    told += [level.label for level in found.levels] + list(found.certain) + list(found.verify)
    told += [t.words for t in found.thresholds] + [t.consequence for t in found.thresholds]
    told += [t.words for t in found.triggers] + [e.words for e in found.exemptions] + [v.words for v in found.invalid]
    told += [d.act for d in found.deadlines] + [point for c in found.criteria for point in c.points]
    told += [found.titles.ballot, found.titles.minutes, found.titles.report, found.titles.resolution]
    return told


def test_the_list_tells_who_replaced_whom_and_whose_version_holds(hall: Hall) -> None:
    save(hall, THREE_QUARTERS, of="NQ96_2023")
    page = hall.person("to-chuc-1").get("/quy-tac/").get_data(as_text=True)
    row = page[page.index("/quy-tac/NQ85_2014") :].partition("</tr>")[0]
    assert "96/2023/QH15" in row
    assert "đã hết hiệu lực" in row
    row = page[page.index('"/quy-tac/NQ96_2023"') :].partition("</tr>")[0]
    assert "bản riêng của đơn vị" in row


def form(hall: Hall, path: str, **fields: Any) -> Any:
    return hall.person("to-chuc-1").form(path, fields, page="/quy-tac/moi")


def test_a_preview_shows_the_differences_and_writes_nothing(hall: Hall) -> None:
    with nothing_changes(hall.house.registry):
        answer = form(hall, "/quy-tac/xem-truoc", of="NQ96_2023", seen="0", text=THREE_QUARTERS)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert re.search(r"<ins>3</ins>", page)
        assert "Ghi bản của đơn vị" in page
    answer = form(hall, "/quy-tac/ghi", of="NQ96_2023", seen="0", text=THREE_QUARTERS)
    assert answer.headers["Location"] == "/quy-tac/NQ96_2023"
    page = hall.person("to-chuc-1").get("/quy-tac/NQ96_2023").get_data(as_text=True)
    assert "Khác với bộ đi kèm chương trình" in page
    assert "3/4 số người được triệu tập" in page


def test_a_refused_text_comes_back_with_its_reason(hall: Hall) -> None:
    wrong = THREE_QUARTERS.replace("days = 45", "days = -1")
    answer = form(hall, "/quy-tac/xem-truoc", of="NQ96_2023", seen="0", text=wrong)
    refused(answer, 400, "BAD_RULE_SET")
    page = answer.get_data(as_text=True)
    assert "days = -1" in page
    assert "deadlines[0].days" in page


def test_a_file_is_read_in_place_of_the_field(hall: Hall) -> None:
    sent = {"of": "", "seen": "0", "text": "", "toml": (BytesIO(OWN.encode("utf-8-sig")), "quy-tac.toml")}
    browser = hall.person("to-chuc-1")
    answer = browser.form("/quy-tac/xem-truoc", sent, page="/quy-tac/moi")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert "QD96_TINH" in answer.get_data(as_text=True)
    bad = {"of": "", "seen": "0", "text": "", "toml": (BytesIO(OWN.encode("cp1258", "replace")), "quy-tac.toml")}
    refused(browser.form("/quy-tac/xem-truoc", bad, page="/quy-tac/moi"), 400, "BAD_RULE_SET")


def test_a_new_one_begins_as_a_copy_with_an_id_of_its_own(hall: Hall) -> None:
    page = hall.person("to-chuc-1").get("/quy-tac/moi?tu=NQ35_2012").get_data(as_text=True)
    assert "id = &#34;NQ35_2012_RIENG&#34;" in page
    refused(hall.person("to-chuc-1").get("/quy-tac/moi?tu=KHONG_CO"), 404, "NO_SUCH_ENTRY")


def test_whoever_saves_over_another_sees_what_differs(hall: Hall) -> None:
    save(hall, THREE_QUARTERS, of="NQ96_2023", login="to-chuc-2")
    answer = form(hall, "/quy-tac/ghi", of="NQ96_2023", seen="0", text=NQ96.replace("days = 45", "days = 44"))
    refused(answer, 409, "RULE_SET_MOVED")
    assert "Bản vừa được ghi" in answer.get_data(as_text=True)


def test_an_older_version_stands_beside_the_one_before(hall: Hall) -> None:
    save(hall, THREE_QUARTERS, of="NQ96_2023")
    with reading(hall.house.registry) as session:
        (version,) = session.scalars(select(RuleVersion)).all()
    page = hall.person("to-chuc-1").get(f"/quy-tac/NQ96_2023/ban/{version.id}").get_data(as_text=True)
    assert "Khác với bản trước" in page
    answer = hall.person("to-chuc-1").get("/quy-tac/NQ96_2023/toml")
    assert answer.get_data(as_text=True) == THREE_QUARTERS
    assert answer.headers["Content-Disposition"] == 'attachment; filename="NQ96_2023.toml"'


def test_only_organisers_see_rule_sets(hall: Hall) -> None:
    with_every_role(hall)
    for login in ("quan-tri", "tiep-don", "giam-sat", "cap-the", "doc-ket-qua"):
        assert hall.person(login).get("/quy-tac/").status_code == 403


def test_a_number_of_a_law_is_told_by_the_organisations_own_words(hall: Hall) -> None:
    save(hall, NQ96.replace('number = "96/2023/QH15"', 'number = "96 riêng"'), of="NQ96_2023")
    assert "96 riêng" in hall.person("to-chuc-1").get("/danh-muc/mau/thanh-phan").get_data(as_text=True)
