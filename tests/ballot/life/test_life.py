"""The life of a round over HTTP: the table's acts and no other, two persons, lists that are refused, the audit log."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from ballot.committee import readiness
from ballot.committee.readiness import NoQuorum
from ballot.life import rounds
from ballot.log import audit
from ballot.result import closing
from ballot.round_lists import MAX_ROWS, BadList
from ballot.storage import reading, writing
from tally.protocol.acts_log import AuditBroken
from tally.protocol.errors import BadText
from tally.record import Record
from tally.verify import verify_record
from tests.ballot.asking import do, hand_in_parts
from tests.ballot.hall import FORM, OFFICIALS, ROLL, Hall, plan
from tests.ballot.look import nothing_changes, refused
from tests.builders import convene
from tests.postgres import lay_guards_aside

Open = Callable[[str], Hall]
ACTS = {"niem-phong", "chot", "mo", "dong", "kiem-phieu", "huy"}
ALLOWED = {
    "draft": {"niem-phong", "huy"}, "issuing": {"chot", "huy"}, "frozen": {"huy", "chot"}, "ready": {"mo", "huy"},
    "voting": {"dong", "huy"},
}  # fmt: skip
HOSTILE = ("<img src=x onerror=alert(1)>", "{{7*7}}", "<svg onload=alert(1)>", "' OR 1=1 --", '"><script>x</script>')


# --- acts and phases ----------------------------------------------------------------------------------------------


# threats E4, E5
@pytest.mark.parametrize("phase", ALLOWED)
def test_in_every_phase_only_the_tables_acts_are_possible(at: Open, phase: str) -> None:
    hall = at(phase)
    browser = hall.person("to-chuc-1")
    with nothing_changes(hall.house.registry, hall.house.box):
        for act in sorted(ACTS - ALLOWED[phase]):
            refused(do(browser, hall, act, reason="thử"), 409, "WRONG_PHASE")
        refused(do(browser, hall, "mo-lai"), 400, "WRONG_SHAPE")


@pytest.mark.parametrize(("phase", "act", "after"), [("ready", "mo", "voting"), ("ready", "huy", "void")])
def test_an_act_of_two_persons_needs_two(at: Open, phase: str, act: str, after: str) -> None:
    hall = at(phase)
    first, second = hall.person("to-chuc-1"), hall.person("to-chuc-2")
    for _ in range(2):
        refused(do(first, hall, act, reason="mất điện"), 409, "SECOND_PERSON_NEEDED")
        assert hall.phase() == phase
    assert do(second, hall, act, reason="mất điện").status_code == 302
    assert hall.phase() == after
    for again in (first, second):
        refused(do(again, hall, act, reason="mất điện"), 409, "WRONG_PHASE")


# --- lists --------------------------------------------------------------------------------------------------------

BAD_ROLLS = {
    "wrong headings": ("ma,ten,don_vi\n1,A,\n", "roll"),
    "a missing cell": ("ma,ho_ten,don_vi\n1,A\n", "dòng 2"),
    "a cell too many": ("ma,ho_ten,don_vi\n1,A,,\n", "dòng 2"),
    "a reference twice": ("ma,ho_ten,don_vi\n1,A,\n2,B,\n1,C,\n", "dòng 4"),
    "no name": ("ma,ho_ten,don_vi\n1,,\n", "dòng 2, .*ho_ten"),
    "nobody": ("ma,ho_ten,don_vi\n", "roll"),
    "nothing": ("", "roll"),
    "right to left": ("ma,ho_ten,don_vi\n1,A\u202eB,\n", "dòng 2, .*ho_ten"),
    "a zero byte": ("ma,ho_ten,don_vi\n1,A\x00B,\n", "roll"),
    "an open quote": ('ma,ho_ten,don_vi\n1,"A,\n', "roll"),
    "a million rows": ("ma,ho_ten,don_vi\n" + "1,A,\n" * (10**6), f"dòng {MAX_ROWS + 1}"),
}


@pytest.mark.parametrize("name", BAD_ROLLS)
def test_a_bad_list_is_refused_by_row_and_column(at: Open, name: str) -> None:
    hall, (roll, where) = at("draft"), BAD_ROLLS[name]
    with nothing_changes(hall.house.registry), pytest.raises((BadList, BadText), match=where):
        rounds.create(hall.house, plan(roll=roll), hall.actor("to-chuc-1"))


def send_lists(hall: Hall, officials: bytes, roll: bytes):
    files = {"officials": (BytesIO(officials), "o.csv"), "roll": (BytesIO(roll), "r.csv")}
    return hall.person("to-chuc-1").form("/dot-moi", {**FORM, **files}, page="/dot-moi")


def test_a_list_that_is_not_utf8_is_refused(at: Open) -> None:
    hall = at("draft")
    with nothing_changes(hall.house.registry):
        refused(send_lists(hall, OFFICIALS.encode("utf-16-le"), ROLL.encode()), 400, "BAD_LIST")


def test_headings_may_have_blanks_around_them(at: Open) -> None:
    assert send_lists(at("draft"), OFFICIALS.encode(), ROLL.replace("ho_ten", " ho_ten ").encode()).status_code == 302


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_text(at: Open, name: str) -> None:
    hall = at("draft")
    quoted = '"' + name.replace('"', '""') + '"'
    answer = send_lists(hall, f"khoi,ho_ten,chuc_vu\n{quoted},{quoted},{quoted}\n".encode(), ROLL.encode())
    assert answer.status_code == 302
    page = hall.person("to-chuc-1").get(answer.headers["Location"]).get_data(as_text=True)
    assert "<img src=x" not in page
    assert "<svg onload" not in page
    assert "<script>x" not in page
    assert (">49<" in page) is False
    assert ("{{7*7}}" in page) is (name == "{{7*7}}")


# --- gates --------------------------------------------------------------------------------------------------------


def test_below_the_quorum_the_round_does_not_open(at: Open) -> None:
    hall = at("frozen")
    with writing(hall.house.registry) as session:
        session.execute(sql("UPDATE voter SET present = false WHERE id > 29"))  # 29 of 44: less than two thirds
    hall.board = convene(hall.manifest)
    committee, tests = hall.committee_files()
    with nothing_changes(hall.house.box), pytest.raises(NoQuorum):
        readiness.admit_committee(
            hall.house, hall.uuid, committee=committee, tests=tests, actor=hall.actor("to-chuc-1")
        )


def test_the_audit_log_verifies_and_shows_a_changed_or_missing_row(at: Open) -> None:
    for damage in ("UPDATE audit_entry SET actor = 'x' WHERE height = 3", "DELETE FROM audit_entry WHERE height = 3"):
        hall = at("voting")
        with reading(hall.house.registry) as session:
            assert audit.check(session, 1) > 40
        with pytest.raises(IntegrityError, match="append-only"), writing(hall.house.registry) as session:
            session.execute(sql(damage))
        with writing(hall.house.registry) as session:  # as somebody with the file and a tool of their own
            lay_guards_aside(session)
            session.execute(sql(damage))
        with reading(hall.house.registry) as session, pytest.raises(AuditBroken):
            audit.check(session, 1)


def test_a_round_ends_with_a_record_that_verifies(at: Open) -> None:
    hall = at("voting")
    for number in range(6):
        assert hall.cast(hall.body(number)).status_code == 201
    hall.by_two(closing.close)
    browser = hall.person("to-chuc-1")
    refused(do(browser, hall, "mo"), 409, "WRONG_PHASE")
    assert hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip").status_code == 200
    refused(do(browser, hall, "kiem-phieu"), 400, "INCOMPLETE")
    hand_in_parts(hall, browser)
    assert do(browser, hall, "kiem-phieu").status_code == 302
    assert hall.phase() == "tallied"
    record = Record.read(hall.house.record(hall.uuid))
    verified = verify_record(record)
    assert (verified.evidence.manifest.raw, len(verified.evidence.ballots)) == (hall.manifest.raw, 6)
    for act in sorted(ACTS):
        refused(do(browser, hall, act, reason="thử"), 409, "WRONG_PHASE")
