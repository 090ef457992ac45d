"""History with a database: rounds from files, our own counted rounds, who is who, and who may see which line.

Here live whole ways through the pages. Never here: the arithmetic of a sentence (test_history.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from ballot.acts import Actor
from ballot.catalogue.bodies import NewBody
from ballot.history import pages, people
from ballot.history.onlooker import ORGANISER, Onlooker
from ballot.history.people import NAME, PERSON, POST
from ballot.house import House
from ballot.identity import organisations
from ballot.identity.login import LIMITER, create_account
from ballot.models.registry.catalogue import Person
from ballot.models.registry.history import PastLine, PastRound
from ballot.planning import rule_versions
from ballot.result import closing
from ballot.storage import reading, writing
from tally import rules
from tests.ballot.accounts_of import AUTHORITY, LOGINS, acts, with_every_role
from tests.ballot.catalogued import Catalogue
from tests.ballot.everything import routes_of
from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.look import code_of, nothing_changes, refused
from tests.ballot.planning_hall import Planner, furnish
from tests.ballot.prepared import Prepared, new_hall, with_people
from tests.ballot.small_hall import certify, set_column, tally

PUBLISHED = Path(__file__).parents[2] / "data" / "published"
TODAY = "2026-11-26"
HEAD = (
    "round,date,body,rule_set,total_delegates,ballots_issued,ballots_returned,ballots_valid,ballots_invalid,"
    "seq,name,position,high,medium,low,pct_low,source\n"
)
BODY = "Hội đồng (số liệu thử)"


def line(name: str, *counts: int, year: int = 2014, seq: int = 1, position: str = "Chức vụ 0", **more: Any) -> str:
    """A line of a round of 50 delegates and as many ballots as are counted."""
    said = {"body": BODY, "rule_set": "NQ35_2012", "pct": "", "delegates": 50} | more
    total = sum(counts)
    numbers = f"{said['delegates']},{total},{total},{total},0"
    marks = ",".join(map(str, counts))
    return (
        f"Đợt {year},{year}-12-05,{said['body']},{said['rule_set']},{numbers},{seq},{name},{position},"
        f"{marks},{said['pct']},giấy\n"
    )


@pytest.fixture(autouse=True)
def nobody_has_failed_yet() -> Iterator[None]:
    yield
    LIMITER.reset()


@pytest.fixture
def hall(tmp_path: Any) -> Iterator[Hall]:
    hall = with_people(new_hall(tmp_path / "hall"))
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def send(hall: Hall, content: str | bytes, login: str = "to-chuc-1", name: str = "dot-cu.csv") -> Any:
    raw = content if isinstance(content, bytes) else (HEAD + content).encode("utf-8")
    return hall.person(login).form("/lich-su/nhap", {"rounds": (BytesIO(raw), name)}, page="/lich-su/nhap")


def shown(hall: Hall, answer: Any, login: str = "to-chuc-1") -> str:
    """Return the preview that an upload leads to."""
    assert answer.status_code == 302, answer.get_data(as_text=True)
    page = hall.person(login).get(answer.headers["Location"])
    assert page.status_code == 200
    return page.get_data(as_text=True)


def agree(hall: Hall, answer: Any, login: str = "to-chuc-1") -> Any:
    path = answer.headers["Location"]
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', shown(hall, answer, login))
    return hall.person(login).form(f"{path}/ghi", {"digest": digest[1]}, page=path)


def take(hall: Hall, content: str | bytes, login: str = "to-chuc-1") -> None:
    answer = agree(hall, send(hall, content, login), login)
    assert answer.headers["Location"] == "/lich-su/"


def everybody(hall: Hall, name: str = "", organisation_id: int = 1) -> list[people.Rated]:
    return pages.everybody(hall.house, Onlooker(organisation_id, name, ORGANISER), TODAY)


def count(house: House, table: Any) -> int:
    with reading(house.registry) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# --- rounds from files ----------------------------------------------------------------------------------------------


def test_a_preview_tells_base_percentages_flags_and_differences_and_writes_nothing(hall: Hall) -> None:
    two = line("Nguyễn Văn An", 20, 3, 26, pct="52") + line("Trần Thị Bình", 40, 8, 1, seq=2, pct="2.5")
    with nothing_changes(hall.house.box):
        page = shown(hall, send(hall, two))
    assert count(hall.house, PastRound) == 0
    assert "tổng số đại biểu: <strong>50</strong>" in page
    assert "quá nửa tổng số đại biểu đánh giá tín nhiệm thấp" in page
    assert "1/2 tỷ lệ đã công bố khớp" in page
    assert "Dòng 3, cột pct_low: công bố 2.5, tính được 2%" in page


def test_agreed_the_whole_file_is_written_once_and_logged(hall: Hall) -> None:
    content = line("Nguyễn Văn An", 20, 3, 26) + line("Nguyễn Văn An", 30, 3, 16, year=2013)
    take(hall, content)
    assert (count(hall.house, PastRound), count(hall.house, PastLine)) == (2, 2)
    (logged,) = (entry for entry in acts(hall) if entry[1] == "past-rounds-import")
    assert logged[0] == "to-chuc-1"
    assert logged[2].endswith(" +2")
    refused(send(hall, content), 409, "PAST_FILE_KNOWN")
    refused(send(hall, content + "\n"), 409, "PAST_ROUND_KNOWN")
    assert count(hall.house, PastRound) == 2


BAD = line("C D", 20, 3, 26, seq=2).replace(",20,3,", ",20,x,")


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (line("A B", 20, 3, 26) + BAD, "BAD_CELL", "Dòng 3, cột medium"),
        (line("A B", 20, 3, 26) + line("C D", 20, 3, 26), "DUPLICATE_ROW", "Dòng 3"),
        (line("A B", 20, 3, 26, rule_set="KHONG_CO"), "UNKNOWN_RULE_SET", "Dòng 2, cột rule_set"),
        (line("A B", 20, 3, 26).replace("2014-12-05", "5/12/2014"), "BAD_CELL", "Dòng 2, cột date"),
        (line("A B", 20, 3, 26) + line("A B", 20, 3, 26, body="Khác"), "PAST_ROUND_KNOWN", "Đợt 2014"),
        ("", "UNREADABLE_TABLE", ""),
    ],
)  # fmt: skip
def test_a_file_with_one_wrong_line_is_refused_whole_and_the_line_is_named(
    hall: Hall, content: str, code: str, told: str
) -> None:
    with nothing_changes(hall.house.registry):
        answer = send(hall, content)
        assert code_of(answer) == code
        assert told in answer.get_data(as_text=True)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"PK\x03\x04", b"\x00", "Đợt,".encode("cp1258", "replace"), b""])
def test_what_is_no_table_is_refused(hall: Hall, raw: bytes) -> None:
    with nothing_changes(hall.house.registry):
        assert send(hall, raw).status_code == 400


@pytest.mark.parametrize("name", sorted(path.name for path in PUBLISHED.glob("*.csv")))
def test_the_published_tables_are_taken_over_and_told_again(hall: Hall, name: str) -> None:
    page = shown(hall, answer := send(hall, (PUBLISHED / name).read_bytes(), name=name))
    assert "0 không giải thích được" in page or "Tệp không ghi tỷ lệ nào" in page
    agree(hall, answer)
    found = everybody(hall)
    assert found
    assert {each.how for each in found} == {POST}  # they name no people
    assert all(each.ratings[0].source for each in found)
    with reading(hall.house.registry) as session:
        (past,) = session.scalars(select(PastRound)).all()
    again = hall.person("to-chuc-1").get(f"/lich-su/dot/{past.id}").get_data(as_text=True)
    cells = re.compile(r"<td>[0-9]+</td><td class=\"share\">[^<]+</td>")
    assert cells.findall(again) == cells.findall(page)


def test_a_waiting_file_is_its_readers_alone_and_may_be_put_aside(hall: Hall) -> None:
    path = send(hall, line("Nguyễn Văn An", 20, 3, 26)).headers["Location"]
    refused(hall.person("to-chuc-2").get(path), 404, "NO_SUCH_LIST")
    assert hall.person("to-chuc-1").get(path.replace("/lich-su/", "/danh-sach/")).status_code == 404
    hall.person("to-chuc-1").form(f"{path}/bo", page=path)
    refused(hall.person("to-chuc-1").get(path), 404, "NO_SUCH_LIST")


def test_what_would_be_written_must_be_what_was_shown(hall: Hall) -> None:
    answer = send(hall, line("Nguyễn Văn An", 20, 3, 26))
    path = answer.headers["Location"]
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', shown(hall, answer))[1]
    changed = rules.source("NQ35_2012").replace("denominator = 2\nstrict", "denominator = 3\nstrict")
    rule_versions.save(hall.house, hall.actor("to-chuc-2"), changed, of="NQ35_2012", seen=0)
    refused(hall.person("to-chuc-1").form(f"{path}/ghi", {"digest": digest}, page=path), 409, "LIST_CHANGED")
    assert count(hall.house, PastRound) == 0
    assert agree(hall, answer).status_code == 302


def test_a_round_keeps_the_rules_with_which_it_was_taken_over(hall: Hall) -> None:
    take(hall, line("Nguyễn Văn An", 20, 3, 26))
    changed = rules.source("NQ35_2012").replace('kind = "delegates"', 'kind = "returned"')
    rule_versions.save(hall.house, hall.actor("to-chuc-1"), changed, of="NQ35_2012", seen=0)
    (one,) = everybody(hall)
    assert (one.latest.held.base, one.latest.percent[2]) == (50, "52%")


def test_an_organisations_own_rule_set_judges_its_rounds(hall: Hall) -> None:
    own = (
        rules.source("NQ96_2023")
        .replace('id = "NQ96_2023"', 'id = "NQ96_TINH"')
        .replace("denominator = 2", "denominator = 4")
    )
    rule_versions.save(hall.house, hall.actor("to-chuc-1"), own, of="", seen=0)
    page = shown(hall, send(hall, line("Nguyễn Văn An", 30, 5, 15, year=2024, rule_set="NQ96_TINH")))
    assert "Có thể xin từ chức" in page


def test_a_round_is_taken_out_with_a_reason_that_the_log_keeps(hall: Hall) -> None:
    take(hall, line("Nguyễn Văn An", 20, 3, 26))
    with reading(hall.house.registry) as session:
        (past,) = session.scalars(select(PastRound)).all()
    path = f"/lich-su/dot/{past.id}"
    browser = hall.person("to-chuc-1")
    with nothing_changes(hall.house.registry):
        refused(browser.form(f"{path}/xoa", {"reason": "ngắn"}, page=path), 400, "WRONG_SHAPE")
    assert browser.form(f"{path}/xoa", {"reason": "Số liệu chép nhầm năm"}, page=path).status_code == 302
    assert (count(hall.house, PastRound), count(hall.house, PastLine)) == (0, 0)
    assert acts(hall)[-1][:2] == ("to-chuc-1", "past-round-delete")
    assert acts(hall)[-1][2].endswith("Đợt 2014: Số liệu chép nhầm năm")


def test_a_hostile_file_is_shown_as_text(hall: Hall) -> None:
    take(hall, line("<script>alert(1)</script>", 20, 3, 26, position="{{7*7}}").replace("giấy", "'=1+1"))
    (one,) = everybody(hall)
    page = hall.person("to-chuc-1").get(f"/lich-su/{one.key}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{7*7}}" in page


# --- who is who -----------------------------------------------------------------------------------------------------


def add_person(hall: Hall, code: str, name: str) -> int:
    with writing(hall.house.registry) as session:
        person = Person(organisation_id=1, code=code, name=name, born="", unit="", site="")
        session.add(person)
        session.flush()
        return person.id


def test_rounds_of_a_name_that_reads_alike_are_one_persons(hall: Hall) -> None:
    take(hall, line("Nguyễn Thị Hoà", 20, 3, 26, year=2013) + line("Đ/c Nguyễn Thị Hòa", 20, 3, 26))
    (one,) = everybody(hall)
    assert (one.how, len(one.ratings)) == (NAME, 2)


def test_a_name_that_one_person_of_the_catalogue_has_is_taken_for_that_person_and_shown_before(hall: Hall) -> None:
    person_id = add_person(hall, "CB01", "Nguyễn Văn An")
    page = shown(hall, answer := send(hall, line("NGUYỄN VĂN AN", 20, 3, 26)))
    assert "gắn với Nguyễn Văn An, mã CB01" in page
    agree(hall, answer)
    (one,) = everybody(hall)
    assert (one.how, one.name, one.latest.person_id) == (PERSON, "Nguyễn Văn An", person_id)


def test_a_name_that_two_of_the_catalogue_have_is_nobodys(hall: Hall) -> None:
    add_person(hall, "CB01", "Nguyễn Văn An")
    add_person(hall, "CB02", "Nguyễn Văn An")
    take(hall, line("Nguyễn Văn An", 20, 3, 26))
    (one,) = everybody(hall)
    assert (one.how, one.namesakes, one.latest.person_id) == (NAME, 2, None)
    assert "2 người tên đọc giống vậy" in hall.person("to-chuc-1").get(f"/lich-su/{one.key}").get_data(as_text=True)


def test_two_of_one_name_in_one_round_are_told_apart_by_their_posts(hall: Hall) -> None:
    add_person(hall, "CB01", "Nguyễn Văn An")
    both = line("Nguyễn Văn An", 20, 3, 26) + line("Nguyễn Văn An", 40, 5, 4, seq=2, position="Chức vụ 1")
    take(hall, both + line("Nguyễn Văn An", 41, 5, 3, year=2013, position="Chức vụ 1"))
    found = everybody(hall)
    assert sorted((each.how, len(each.ratings)) for each in found) == [(NAME, 1), (NAME, 2)]


def test_a_person_whom_a_round_names_is_not_corrected_into_another(hall: Hall) -> None:
    from ballot.catalogue import people as catalogue_people

    person_id = add_person(hall, "CB01", "Nguyễn Văn An")
    take(hall, line("Nguyễn Văn An", 20, 3, 26))
    with reading(hall.house.registry) as session:
        assert catalogue_people.in_use(session, session.get_one(Person, person_id))


def test_a_body_is_the_same_under_its_other_name_and_another_body_is_not(hall: Hall) -> None:
    catalogue = Catalogue(hall.house, Actor(0, "to-chuc-1", "organiser", 1))
    old = catalogue.body("H1", "HĐND thị xã Thử", since="2000-01-01")
    catalogue.change("rename", "2020-01-01", [old], [NewBody("H2", "HĐND thành phố Thử")])
    rows = line("Nguyễn Văn An", 20, 3, 26, year=2014, body="HĐND thị xã Thử")
    rows += line("Nguyễn Văn An", 40, 3, 6, year=2023, body="HĐND thành phố Thử", rule_set="NQ96_2023")
    rows += line("Nguyễn Văn An", 40, 3, 6, year=2024, body="HĐND huyện khác", rule_set="NQ96_2023")
    take(hall, rows)
    (one,) = everybody(hall)
    page = hall.person("to-chuc-1").get(f"/lich-su/{one.key}").get_data(as_text=True)
    assert page.count("→") == 1
    assert "05/12/2014 → 05/12/2023" in page


# --- our own rounds -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def counted(prepared: Prepared) -> Iterator[Hall]:
    """A certified round of ten ballots: over half low for the first, two thirds for the second; and older rounds."""
    hall = prepared.at("voting")
    with_every_role(hall)
    for number in range(10):
        levels = (2 if number < 6 else 0, 2 if number < 7 else 0, 0)
        assert hall.cast(hall.body(number, levels)).status_code == 201
    hall.by_two(closing.close)
    tally(hall)
    certify(hall)
    with writing(hall.house.registry) as session:
        session.execute(text("UPDATE official SET authority = :one WHERE number = 1"), {"one": AUTHORITY})
    older = "".join(
        line(name, 40 - low, 5, low, year=year, seq=seq, position=f"Chức vụ {name[-1]}")
        for year, low in ((2013, 28), (2014, 29))
        for seq, name in enumerate(NAMES, start=1)
    )
    take(hall, older)
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


NAMES = ("Cán bộ số 0", "Cán bộ số 2", "Cán bộ số 1")


def of_name(hall: Hall, name: str) -> people.Rated:
    (found,) = (each for each in everybody(hall) if each.name == name)
    return found


def test_our_rounds_stand_in_history_as_their_records_have_them(counted: Hall) -> None:
    rated = of_name(counted, "Cán bộ số 0")
    assert [r.held.date for r in rated.ratings] == ["2013-12-05", "2014-12-05", "2026-11-22"]
    ours = rated.latest
    assert (ours.held.uuid, ours.counts, ours.percent, ours.held.base) == (
        counted.uuid,
        (4, 0, 6),
        ("40%", "0%", "60%"),
        10,
    )
    assert (ours.met, ours.held.rules.id, ours.held.final) == (("over_half",), "QD96_2023", True)


def test_a_page_tells_lines_changes_the_repeated_threshold_and_has_a_picture(counted: Hall) -> None:
    browser, rated = counted.person("to-chuc-1"), of_name(counted, "Cán bộ số 0")
    page = browser.get(f"/lich-su/{rated.key}").get_data(as_text=True)
    assert "6/10 (60% tổng số phiếu thu về), lần trước 29/50 (58% tổng số đại biểu)" in page.replace("\n", " ")
    assert "nên không so trực tiếp tỷ lệ" in page
    assert "Hai lần lấy phiếu liền nhau (05/12/2013 và 05/12/2014)" in page
    picture = re.search(r'src="(/lich-su/[^"]+\.svg)"', page)
    assert picture
    answer = browser.get(picture[1])
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    refused(browser.get(picture[1].replace("-1.svg", "-2.svg")), 404, "NO_SUCH_ENTRY")


def test_people_are_found_with_and_without_diacritics(counted: Hall) -> None:
    browser = counted.person("to-chuc-1")
    for typed in ("can bo so 1", "Cán bộ số 1", "chuc vu 1"):
        page = browser.get("/lich-su/", query_string={"q": typed}).get_data(as_text=True)
        assert "Cán bộ số 1</a>" in page
    page = browser.get("/lich-su/", query_string={"q": "<script>"}).get_data(as_text=True)
    assert "Không tìm thấy ai khớp với “&lt;script&gt;”" in page


def test_a_rehearsal_is_no_history(prepared: Prepared, counted: Hall) -> None:
    set_column(counted, "rehearsal", True)
    try:
        assert len(of_name(counted, "Cán bộ số 0").ratings) == 2
    finally:
        set_column(counted, "rehearsal", False)


def test_a_result_that_leads_to_a_vote_offers_one_and_two_thirds_does_not(counted: Hall) -> None:
    page = counted.person("to-chuc-1").get(f"/dot/{counted.uuid}/ket-qua").get_data(as_text=True)
    part = page.partition("Có thể dẫn tới bỏ phiếu tín nhiệm")[2]
    assert "Cán bộ số 0, Chức vụ 0" in part
    assert "Cán bộ số 2" not in part  # removal follows, not a vote
    assert "Có thể dẫn tới bỏ phiếu" not in counted.person("giam-sat").get(f"/dot/{counted.uuid}/ket-qua").get_data(
        as_text=True
    )


def test_without_a_catalogue_the_small_form_is_filled_in_with_the_vote(counted: Hall) -> None:
    browser = counted.person("to-chuc-1")
    page = f"/dot/{counted.uuid}/ket-qua"
    answer = browser.form(f"/ke-hoach/bo-phieu/{counted.uuid}", {"official": "1", "date": "05/12/2026"}, page=page)
    assert answer.headers["Location"].startswith("/dot-moi?")
    shown_ = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert 'value="QD96_2023_VOTE" selected' in shown_
    assert "Bỏ phiếu tín nhiệm đối với Cán bộ số 0, Chức vụ 0" in shown_
    fields = {
        "source": counted.uuid, "official": "1", "title": "Bỏ phiếu tín nhiệm", "body": BODY, "session": "",
        "date": "2026-12-05", "rule_set": "QD96_2023_VOTE", "delegates": "44", "committee_size": "3", "threshold": "2",
        "minimum_ballots": "5",
        "complaint_minutes": "0",
    }  # fmt: skip
    answer = browser.form("/dot-moi", fields, page="/dot-moi")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    made = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Cán bộ số 0" in made
    assert "Cán bộ số 1" not in made
    refused(browser.get(f"/dot-moi?tu={counted.uuid}&nguoi=99"), 404, "NO_SUCH_ENTRY")
    refused(browser.get("/dot-moi?tu=khong-co&nguoi=1"), 404, "NO_SUCH_ROUND")


def test_with_a_catalogue_a_plan_is_begun_for_that_official_and_the_same_voters(
    prepared: Prepared, counted: Hall
) -> None:
    hall = prepared.copy(counted.house.config.instance, counted.uuid)
    furnish(hall)
    set_column(hall, "body", "HĐND tỉnh Thử")
    answer = hall.person("to-chuc-1").form(
        f"/ke-hoach/bo-phieu/{hall.uuid}", {"official": "1", "date": "05/12/2026"}, page=f"/dot/{hall.uuid}/ket-qua"
    )
    draft_id = int(re.search(r"/ke-hoach/(\d+)/can-cu", answer.headers["Location"])[1])
    content = Planner(hall, draft_id=draft_id).content
    assert (content.basis.rule_set, content.basis.date, content.source) == ("QD96_2023_VOTE", "2026-12-05", hall.uuid)
    assert [line.name for line in content.rated] == ["Cán bộ số 0"]
    assert len(content.voters) == 44
    hall.house.registry.dispose()
    hall.house.box.dispose()


# --- who may see ----------------------------------------------------------------------------------------------------


def pages_of(hall: Hall, login: str) -> str:
    """Return everything that history and the reader's part tell an account."""
    browser = hall.person(login)
    told = ""
    for start in ("/lich-su/", "/doc-ket-qua/lich-su/"):
        index = browser.get(start)
        if index.status_code == 200:
            text = index.get_data(as_text=True)
            told += text + "".join(
                browser.get(path).get_data(as_text=True)
                for path in re.findall(rf'href="({start}(?:[0-9a-f]{{20}}|dot/\d+))"', text)
            )
    return told


def test_history_opens_to_organisers_and_readers_alone(counted: Hall) -> None:
    for role, login in LOGINS.items():
        assert (counted.person(login).get("/lich-su/").status_code == 200) == (role == "organiser")
        assert (counted.person(login).get("/doc-ket-qua/lich-su/").status_code == 200) == (role == "reader")
    assert counted.anybody().get("/lich-su/").status_code == 302


def test_a_restricted_result_stands_in_no_page_of_those_who_may_not_see_it(counted: Hall) -> None:
    # every page of every role but organisers, observers and whoever manages the official, with real addresses
    words = {"login": "doc-khac", "name": "Người đọc khác", "role": "reader", "authority": "Cấp khác"}
    create_account(counted.house, 1, password=PASSWORD, **words)
    set_column(counted, "disclosure", "restricted")
    with reading(counted.house.registry) as session:
        past_id = session.scalars(select(PastRound.id)).first()
    there = {"uuid": counted.uuid, "past_id": past_id, "history_key": of_name(counted, "Cán bộ số 0").key}
    told = []
    for login in ("quan-tri", "tiep-don", "cap-the", "doc-khac"):
        browser = counted.person(login)
        for route in routes_of(counted.registry):
            if route.method == "GET":
                answer = browser.get(route.path(there))
                if answer.mimetype in READABLE and RESULT.search(answer.get_data()):
                    told.append((login, route.rule, answer.status_code))
    assert told == []
    refused(browser.get(f"/doc-ket-qua/lich-su/{there['history_key']}"), 404, "NO_SUCH_ENTRY")
    refused(browser.get(f"/doc-ket-qua/lich-su/{there['history_key']}/bieu-do-1.svg"), 404, "NO_SUCH_ENTRY")


RESULT = re.compile(rb"[67]0%|<svg")
READABLE = ("text/html", "application/json", "image/svg+xml", "text/csv")


def test_a_reader_sees_their_officials_and_of_them_what_their_authority_may_see(counted: Hall) -> None:
    told = pages_of(counted, "doc-ket-qua")
    assert "Cán bộ số 0" in told
    assert "Cán bộ số 1" not in told
    assert "Cán bộ số 2" not in told
    assert "60%" in told
    assert "Đợt 2014" not in told  # a name alone is not enough to tell an authority of a round from a file


def test_before_the_committee_has_signed_a_reader_sees_nothing(counted: Hall) -> None:
    set_column(counted, "phase", "tallied")
    try:
        assert "Cán bộ" not in pages_of(counted, "doc-ket-qua")
        assert "ban kiểm phiếu chưa xác nhận" in pages_of(counted, "to-chuc-1")
    finally:
        set_column(counted, "phase", "certified")


def test_a_rated_organiser_sees_no_round_in_which_they_are_rated_old_or_new(counted: Hall) -> None:
    # threats P4
    create_account(counted.house, 1, login="trung-ten", name="Cán bộ số 1", role="organiser", password=PASSWORD)
    told = pages_of(counted, "trung-ten")
    assert "Cán bộ số 0" not in told
    assert "Đợt 2014" not in told
    with reading(counted.house.registry) as session:
        past_id = session.scalars(select(PastRound.id)).first()
    browser = counted.person("trung-ten")
    refused(browser.get(f"/lich-su/dot/{past_id}"), 404, "NO_SUCH_ENTRY")
    with nothing_changes(counted.house.registry):
        answer = browser.form(f"/lich-su/dot/{past_id}/xoa", {"reason": "Một lý do đủ dài"}, page="/lich-su/")
        refused(answer, 404, "NO_SUCH_ENTRY")
        refused(send(counted, line("Cán bộ số 1", 20, 3, 26, year=2001), "trung-ten"), 403, "CONFLICT_OF_INTEREST")
        answer = browser.form(
            f"/ke-hoach/bo-phieu/{counted.uuid}", {"official": "1", "date": "05/12/2026"}, page="/lich-su/"
        )
        refused(answer, 403, "CONFLICT_OF_INTEREST")
        refused(browser.get(f"/dot-moi?tu={counted.uuid}&nguoi=1"), 403, "CONFLICT_OF_INTEREST")


def test_another_organisation_sees_none_of_it(counted: Hall) -> None:
    other = organisations.found(counted.house, "Đơn vị khác nữa")
    with_every_role(counted, other, "-nua")
    key = of_name(counted, "Cán bộ số 0").key
    for login in ("to-chuc-1-nua", "doc-ket-qua-nua"):
        assert "Cán bộ" not in pages_of(counted, login)
    refused(counted.person("to-chuc-1-nua").get(f"/lich-su/{key}"), 404, "NO_SUCH_ENTRY")
