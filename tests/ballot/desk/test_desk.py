"""The desk: finding people, two desks at one person, panels, signatures, live counts, the line between rounds.

Here live tests of check-in and of its pages. Never here: slips (test_orders), undoing (test_undo), papers.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from ballot.desk import checkin
from ballot.desk.attendance import attendance, enough, needed
from ballot.desk.finding import SHOWN, addressed, search
from ballot.life import rounds, sealing
from ballot.log import audit
from ballot.models.registry.acts import AuditEntry
from ballot.models.registry.roll import Attested, Voter
from ballot.models.registry.rounds import Round
from ballot.models.registry.slips import SlipOrder
from ballot.round_lists import BadList
from ballot.storage import reading, writing
from ballot.vietnamese import by_given_name, plain
from tally import rules
from tally.protocol.errors import Refused
from tests.ballot.hall import DESK, OTHER_DESK, VOTERS, Hall, plan
from tests.ballot.look import nothing_changes, refused, statements

Open = Callable[[str], Hall]
SIGNED = "[[[100,200],[300,250]],[[150,400]]]"
NAMES = ("Nguyễn Thị Ánh", "Đặng Ỷ Lan", "Lê Hòa", "Trần Đức Hoà", "Bùi Văn Ân", "Phạm An", "Vũ Đan", "Hồ Dũng")


def with_roll(hall: Hall, roll: str, **changes: Any) -> str:
    """Make a second round in the house and return its uuid."""
    return rounds.create(hall.house, plan(roll=roll, delegates=5_000, **changes), hall.actor("to-chuc-1"))


def people(hall: Hall, uuid: str, typed: str) -> list[str]:
    with reading(hall.house.registry) as session:
        row = session.scalars(select(Round).where(Round.uuid == uuid)).one()
        return [voter.name for voter in search(session, row, typed).voters]


@pytest.fixture
def named(at: Open) -> tuple[Hall, str]:
    hall = at("issuing")
    lines = [f"NS-{n:02d},{name},Tổ {n % 2}" for n, name in enumerate(NAMES)]
    return hall, with_roll(hall, "ma,ho_ten,don_vi\n" + "\n".join(lines) + "\n")


# --- finding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Đặng Ỷ Lan", "dang y", "ĐẶNG", "y lan", "ns-01", "lan dang"])
def test_a_person_is_found_with_and_without_diacritics(named: tuple[Hall, str], typed: str) -> None:
    assert people(*named, typed) == ["Đặng Ỷ Lan"]


# threats H21
def test_both_ways_to_place_a_tone_are_found_and_stay_two_names(named: tuple[Hall, str]) -> None:
    assert people(*named, "hòa") == people(*named, "hoà") == ["Lê Hòa", "Trần Đức Hoà"]


def test_people_are_listed_by_given_name_as_dictionaries_sort(named: tuple[Hall, str]) -> None:
    assert people(*named, "") == [
        "Phạm An", "Nguyễn Thị Ánh", "Bùi Văn Ân", "Hồ Dũng", "Vũ Đan", "Lê Hòa", "Trần Đức Hoà", "Đặng Ỷ Lan",
    ]  # fmt: skip


def test_tones_sort_after_letters() -> None:
    assert sorted(["Bạ", "Bá", "Bã", "Bả", "Bà", "Ba", "Bă", "Bân"], key=by_given_name) == [
        "Ba", "Bà", "Bả", "Bã", "Bá", "Bạ", "Bă", "Bân",
    ]  # fmt: skip
    assert plain("  ĐẶNG   Ỷ ") == "dang y"


@pytest.mark.parametrize("typed", ["PTN-DB:NS-03", "NS-03", " ptn-db:ns-03 ", "PTN-ĐB:NS-03"])
def test_a_scanned_badge_opens_its_voter(named: tuple[Hall, str], typed: str) -> None:
    hall, uuid = named
    answer = hall.person(DESK).get(f"/dot/{uuid}/ban", query_string={"tim": typed})
    assert answer.status_code == 302
    assert "Trần Đức Hoà" in hall.person(DESK).get(answer.location).get_data(as_text=True)


@pytest.mark.parametrize("typed", ["PTN-DB:", "PTN-DB:DB-0001", "NS", ""])
def test_a_badge_of_nobody_here_opens_nothing(named: tuple[Hall, str], typed: str) -> None:
    hall, uuid = named
    with reading(hall.house.registry) as session:
        row = session.scalars(select(Round).where(Round.uuid == uuid)).one()
        assert addressed(session, row, typed) is None


def test_five_thousand_people_are_searched_in_a_few_statements_and_fifty_shown(at: Open) -> None:
    hall = at("issuing")
    lines = (f"M-{n:04d},Người Thứ {n % 97} Ánh,Tổ {n % 31}\n" for n in range(4_999))
    uuid = with_roll(hall, "ma,ho_ten,don_vi\n" + "".join(lines))
    browser = hall.person(DESK)
    browser.get(f"/dot/{uuid}/ban")
    with statements(hall.house.registry) as sent:
        page = browser.get(f"/dot/{uuid}/ban?tim=anh").get_data(as_text=True)
    assert len(sent) <= 17  # and none for each person
    assert f"{SHOWN} trong 4999 người, gõ thêm để thu hẹp." in page
    assert page.count('class="name"') == SHOWN


# --- two desks ----------------------------------------------------------------------------------------------------


# threats A4
def test_of_two_desks_at_the_same_person_exactly_one_succeeds(at: Open) -> None:
    hall = at("issuing")
    start, ended = threading.Barrier(2), {}

    def desk(login: str, actor: Any) -> None:
        start.wait()
        try:
            checkin.check_in(hall.house, hall.uuid, hall.voters()[5], actor)
            ended[login] = "done"
        except Refused as error:
            ended[login] = str(error)

    threads = [threading.Thread(target=desk, args=(login, hall.actor(login))) for login in (DESK, OTHER_DESK)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [login for login, end in ended.items() if end == "done"]
    (loser,) = [end for end in ended.values() if end != "done"]
    assert f"tại bàn {winner}" in loser
    with reading(hall.house.registry) as session:
        assert session.scalars(select(Voter.desk).where(Voter.present)).all() == [winner]
        assert len(session.scalars(select(SlipOrder)).all()) == 1


# threats A4
def test_the_second_desk_reads_which_desk_was_first(at: Open) -> None:
    hall = at("issuing")
    first, second = hall.person(DESK), hall.person(OTHER_DESK)
    place = f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    assert first.form(place, page=place).status_code == 302
    with nothing_changes(hall.house.registry):
        answer = second.form(place, page=f"/dot/{hall.uuid}/ban")
    refused(answer, 409, "ALREADY_CHECKED_IN")
    assert f"tại bàn {DESK}" in answer.get_data(as_text=True)
    assert f"có mặt, bàn {DESK}" in second.get(place).get_data(as_text=True)


# --- the panel ----------------------------------------------------------------------------------------------------


def test_presence_alone_orders_no_slip_and_the_slip_follows_later(at: Open) -> None:
    hall = at("issuing")
    browser, place = hall.person(DESK), f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    browser.form(f"{place}/co-mat", page=place)
    assert "Cấp thẻ" in (page := browser.get(place).get_data(as_text=True))
    assert "chưa cấp" in page
    browser.form(f"{place}/cap-the", page=place)
    assert "đang chờ trạm" in browser.get(place).get_data(as_text=True)
    refused(browser.form(f"{place}/cap-the", page=place), 409, "ORDER_EXISTS")


def test_no_slip_is_ordered_for_somebody_who_is_not_present(at: Open) -> None:
    hall = at("issuing")
    place = f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    with nothing_changes(hall.house.registry):
        refused(hall.person(DESK).form(f"{place}/cap-the", page=place), 409, "NOT_CHECKED_IN")
        refused(hall.person(DESK).form(f"{place}/xin-huy", page=place), 409, "NOT_CHECKED_IN")


def test_a_spoiled_slip_is_exchanged_only_after_it_was_printed(at: Open) -> None:
    hall = at("issuing")
    browser, place = hall.person(DESK), f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    assert "Đổi thẻ hỏng" not in browser.get(place).get_data(as_text=True)
    hall.slip(hall.voters()[0])
    assert "Đổi thẻ hỏng" in browser.get(place).get_data(as_text=True)
    assert browser.form(f"{place}/doi-the", page=place).status_code == 302
    assert "đang chờ trạm" in browser.get(place).get_data(as_text=True)


# threats B21
def test_a_late_arrival_is_noted_after_the_freeze_but_gets_no_order(at: Open) -> None:
    hall = at("voting")
    with writing(hall.house.registry) as session:  # somebody who did not come in time
        session.execute(update(Voter).where(Voter.id == hall.voters()[0]).values(present=False, desk=""))
    browser, place = hall.person(DESK), f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    assert "rút một phong bì" in browser.get(place).get_data(as_text=True)
    refused(browser.form(place, page=place), 409, "WRONG_PHASE")
    assert browser.form(f"{place}/co-mat", page=place).status_code == 302
    assert f"có mặt, bàn {DESK}" in browser.get(place).get_data(as_text=True)


def test_namesakes_are_pointed_out(named: tuple[Hall, str]) -> None:
    hall, _ = named
    uuid = with_roll(hall, "ma,ho_ten,don_vi\nA1,Lê Hòa,Tổ 1\nA2,Lê Hoà,Tổ 2\nA3,Lê Lan,Tổ 3\n")
    with reading(hall.house.registry) as session:
        ids = dict(session.execute(select(Voter.reference, Voter.id).where(Voter.reference.in_(("A1", "A3")))).all())
    browser = hall.person(DESK)
    assert "Lê Hoà, Tổ 2 (A2)" in browser.get(f"/dot/{uuid}/ban/{ids['A1']}").get_data(as_text=True)
    assert "trùng tên" not in browser.get(f"/dot/{uuid}/ban/{ids['A3']}").get_data(as_text=True)


def test_an_unknown_act_is_refused(at: Open) -> None:
    hall = at("issuing")
    place = f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    refused(hall.person(DESK).form(f"{place}/xoa", page=place), 400, "WRONG_SHAPE")


def test_every_form_of_the_desk_needs_its_token(at: Open) -> None:
    hall = at("issuing")
    browser, place = hall.person(DESK), f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    with nothing_changes(hall.house.registry):
        for path in (place, f"{place}/co-mat", f"{place}/xin-huy", f"/dot/{hall.uuid}/ban/ghep-tram"):
            refused(browser.send(path, data={}), 400, "FORM_EXPIRED")


# --- signatures ---------------------------------------------------------------------------------------------------


def test_a_signature_on_the_tablet_is_kept_with_the_check_in(at: Open) -> None:
    hall = at("issuing")
    browser, place = hall.person(DESK), f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    assert browser.form(place, {"strokes": SIGNED}, page=place).status_code == 302
    with reading(hall.house.registry) as session:
        assert session.get(Attested, hall.voters()[0]).strokes == SIGNED.encode()
    assert "đã ký trên máy" in browser.get(place).get_data(as_text=True)


@pytest.mark.parametrize(
    ("strokes", "code"),
    [
        ("[]", "WRONG_SHAPE"),
        ("[[]]", "WRONG_SHAPE"),
        ("[[[1,2]],[]]", "WRONG_SHAPE"),
        ("[[[1]]]", "WRONG_SHAPE"),
        ("[[[1,2,3]]]", "WRONG_SHAPE"),
        ("[[[1,2001]]]", "WRONG_SHAPE"),
        ("[[[-1,2]]]", "WRONG_SHAPE"),
        ("[[[true,2]]]", "WRONG_SHAPE"),
        ('[[["1",2]]]', "WRONG_SHAPE"),
        ('{"a":1}', "WRONG_SHAPE"),
        ("[[[1.5,2]]]", "NOT_JSON"),
        ("[[[1, 2]]]", "NOT_CANONICAL"),
        ("[[[1,2]]", "NOT_JSON"),
        ("<svg onload=alert(1)>", "NOT_JSON"),
        ("[" * 40, "TOO_DEEP"),
        ("[" + ",".join(["[[1,2]]"] * 61) + "]", "WRONG_SHAPE"),
        ("[[" + ",".join(["[1,2]"] * 4_001) + "]]", "WRONG_SHAPE"),
        ("[[" + ",".join(["[1000,2000]"] * 7_000) + "]]", "TOO_LARGE"),
    ],
)
def test_a_signature_that_is_none_is_refused_and_nobody_becomes_present(at: Open, strokes: str, code: str) -> None:
    hall = at("issuing")
    browser, place = hall.person(DESK), f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    with nothing_changes(hall.house.registry):
        answer = browser.form(place, {"strokes": strokes}, page=place)
    refused(answer, 413 if code == "TOO_LARGE" else 400, code)


def test_the_largest_signature_is_accepted(at: Open) -> None:
    hall = at("issuing")
    full = "[" + ",".join(["[[2000,0],[1,1]]"] * 59 + ["[" + ",".join(["[7,8]"] * 3_882) + "]"]) + "]"
    place = f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    assert hall.person(DESK).form(place, {"strokes": full}, page=place).status_code == 302


# --- counts -------------------------------------------------------------------------------------------------------


def test_the_quorum_is_two_thirds_exactly() -> None:
    quorum = rules.load("QD96_2023").quorum
    assert (quorum.numerator, quorum.denominator) == (2, 3)
    for summoned in range(1, 500):
        least = needed(quorum, summoned=summoned)
        assert enough(quorum, present=least, summoned=summoned)
        assert not enough(quorum, present=least - 1, summoned=summoned)
    assert (needed(quorum, summoned=300), needed(quorum, summoned=301)) == (200, 201)


def test_counts_are_told_by_site_and_turn_at_the_quorum(at: Open) -> None:
    hall = at("issuing")
    lines = [f"S-{n},Người {n},Tổ,{('Hà Nội', 'Đà Nẵng', 'An Giang')[n % 3]}\n" for n in range(9)]
    uuid = with_roll(hall, "ma,ho_ten,don_vi,diem\n" + "".join(lines))
    with reading(hall.house.registry) as session:
        row = session.scalars(select(Round).where(Round.uuid == uuid)).one()
        ids = list(session.scalars(select(Voter.id).where(Voter.round_id == row.id).order_by(Voter.id)))
    browser, told = hall.person(DESK), []
    for here in (5, 6):
        with writing(hall.house.registry) as session:
            session.execute(update(Voter).where(Voter.id.in_(ids[:here])).values(present=True))
        told.append(browser.get(f"/dot/{uuid}/co-mat.json").get_json())
    assert [(t["present"], t["summoned"], t["needed"], t["enough"]) for t in told] == [
        (5, 9, 6, False),
        (6, 9, 6, True),
    ]
    assert told[0]["quorum"] == {"numerator": 2, "denominator": 3}
    assert [(s["site"], s["present"], s["summoned"]) for s in told[0]["sites"]] == [
        ("An Giang", 1, 3), ("Đà Nẵng", 2, 3), ("Hà Nội", 2, 3),
    ]  # fmt: skip
    for page in (f"/dot/{uuid}/ban", f"/dot/{uuid}/"):  # without a script the numbers stand there too
        text = browser.get(page).get_data(as_text=True)
        assert "đủ số quy định (cần 6)" in text
        assert "An Giang" in text


def test_a_roll_may_have_a_hundred_sites_and_no_more(at: Open) -> None:
    hall = at("draft")
    for sites, accepted in ((100, True), (101, False)):
        roll = "ma,ho_ten,don_vi,diem\n" + "".join(f"{n},Người {n},,Điểm {n % sites}\n" for n in range(202))
        if accepted:
            uuid = with_roll(hall, roll)
            with reading(hall.house.registry) as session:
                row = session.scalars(select(Round).where(Round.uuid == uuid)).one()
                assert len(attendance(session, row).sites) == sites
        else:
            with pytest.raises(BadList, match="100"):
                with_roll(hall, roll)


@pytest.mark.parametrize("heading", ["ma,ho_ten,don_vi,noi", "ma,ho_ten,diem", "ma,ho_ten,don_vi,diem,diem"])
def test_other_columns_than_a_site_are_refused(at: Open, heading: str) -> None:
    with pytest.raises(BadList):
        with_roll(at("draft"), f"{heading}\n" + "a,b,c,d,e\n" * 3)


# --- what must not be -----------------------------------------------------------------------------------------------


def test_a_voter_of_another_round_is_out_of_reach(named: tuple[Hall, str]) -> None:
    hall, other = named
    sealing.seal(hall.house, other, hall.actor("to-chuc-1"))
    mine, browser = hall.voters()[0], hall.person(DESK)
    page = f"/dot/{other}/ban"
    with nothing_changes(hall.house.registry):
        for path in (f"{page}/{mine}", f"{page}/{mine}/the.json"):
            refused(browser.get(path), 404, "NO_SUCH_VOTER")
        for path in (f"{page}/{mine}", f"{page}/{mine}/co-mat", f"{page}/{mine}/cap-the", f"{page}/{mine}/xin-huy"):
            refused(browser.form(path, page=page), 404, "NO_SUCH_VOTER")
        assert browser.form(f"{page}/{mine}/doi-the", page=page).status_code in (404, 409)
        assert browser.get(f"/dot/{other}/anh/{mine}").status_code == 404


def test_hostile_names_are_shown_and_not_obeyed(at: Open) -> None:
    hall = at("issuing")
    bad = ("<img src=x onerror=alert(1)>", "{{7*7}}{% raw %}", '"><script>alert(1)</script>', "';DROP TABLE voter;--")
    roll = io.StringIO()
    csv.writer(roll).writerows([("ma", "ho_ten", "don_vi"), *((f"H-{n}", name, name) for n, name in enumerate(bad))])
    uuid = with_roll(hall, roll.getvalue())
    browser = hall.person(DESK)
    page = browser.get(f"/dot/{uuid}/ban").get_data(as_text=True)
    found = [int(i) for i in re.findall(rf"/dot/{uuid}/ban/(\d+)\"", page)]
    for text in (page, *(browser.get(f"/dot/{uuid}/ban/{i}").get_data(as_text=True) for i in found)):
        assert "<img src=x" not in text
        assert "<script>alert" not in text
        assert ">49<" not in text
    assert len(found) == len(bad)


def test_nothing_of_a_check_in_tells_a_time_or_a_name_in_the_log(at: Open) -> None:
    hall = at("issuing")
    browser, place = hall.person(DESK), f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    browser.form(place, {"strokes": SIGNED}, page=place)
    with reading(hall.house.registry) as session:
        assert audit.check(session, 1) > 0
        entries = [(e.act, e.subject) for e in session.scalars(select(AuditEntry))]
        columns = {c.name: str(c.type) for table in (Voter, Attested, SlipOrder) for c in table.__table__.columns}
    assert ("check-in", hall.uuid) in entries
    assert not any("DB-" in subject or "Đại biểu" in subject for _, subject in entries)
    assert not any("DATE" in kind or "TIME" in kind for kind in columns.values())


def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(at: Open) -> None:
    hall = at("issuing")
    browser = hall.person(DESK)
    place = f"/dot/{hall.uuid}/ban"
    for path in (f"/dot/{hall.uuid}/co-mat.json", f"{place}/tram.json", f"{place}/{hall.voters()[0]}/the.json"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" in browser.get(place).headers


# --- the station of a desk ----------------------------------------------------------------------------------------


def test_a_desk_shows_a_code_and_then_follows_its_own_slips(at: Open) -> None:
    hall = at("issuing")
    mine, other = hall.person(DESK), hall.person(OTHER_DESK)
    page = f"/dot/{hall.uuid}/ban"
    shown = mine.form(f"{page}/ghep-tram", page=page).get_data(as_text=True)
    code = re.search(r'class="pairing-code">([0-9A-Z]{4}-[0-9A-Z]{4})<', shown)[1]
    assert f'href="{hall.house.config.station_origin}/#{code}"' in shown
    assert mine.get(f"{page}/tram.json").get_json() == {"paired": False, "waiting": True, "orders": []}
    hall.new_station().pair(code)
    mine.form(f"{page}/{hall.voters()[2]}", page=page)
    told = mine.get(f"{page}/tram.json").get_json()
    assert (told["paired"], told["waiting"]) == (True, False)
    (order,) = told["orders"]
    assert (order["name"], order["state"], order["words"]) == ("Đại biểu họ tên 0002", "waiting", "đang chờ trạm")
    assert other.get(f"{page}/tram.json").get_json()["orders"] == []
    assert mine.get(f"{page}/{hall.voters()[2]}/the.json").get_json() == {"words": "đang chờ trạm", "waiting": True}
    assert len(hall.voters()) == VOTERS
