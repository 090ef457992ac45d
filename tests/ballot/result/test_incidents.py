"""The book of incidents: added to and never changed, nobody named by mistake, stated in the minutes, printed.

Here lives what becomes of an entry. Never here: how minutes print it word for word (tests/tally).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from ballot.acts import find_round
from ballot.models.registry.acts import AuditEntry
from ballot.result import incidents, papers
from ballot.storage import reading, writing
from tally.protocol.incident import KINDS, Incident
from tests.ballot.after_hall import again, agree, counted, dispose, draw_up, path, post, read, save
from tests.ballot.hall import DESK, Hall
from tests.ballot.look import refused
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import FIRST

ENTRY = {"kind": "power", "time": "9h05", "text": "Mất điện ba phút ở phòng phiếu"}


@pytest.fixture(scope="module")
def counted_once(prepared: Prepared) -> Iterator[Hall]:
    hall = counted(prepared)
    yield hall
    dispose(hall)


@pytest.fixture
def hall(prepared: Prepared, counted_once: Hall) -> Iterator[Hall]:
    copy = again(prepared, counted_once)
    yield copy
    dispose(copy)


def enter(hall: Hall, login: str = FIRST, **changes: str):
    return post(hall.person(login), hall, "su-co", ENTRY | changes, page="su-co")


def words_of(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def stated(hall: Hall) -> tuple[Incident, ...]:
    with reading(hall.house.registry) as session:
        return incidents.stated(session, find_round(session, hall.uuid))


def test_organisers_and_desks_write_and_settle_and_observers_only_read(hall: Hall) -> None:
    assert enter(hall, DESK).status_code == 302
    assert enter(hall, kind="receipt", time="10:40", text="Mã a1B2c3D4 tra không thấy").status_code == 302
    how = {"text": "Gõ nhầm một ký tự"}
    assert post(hall.person(DESK), hall, "su-co/2", how, page="su-co").status_code == 302
    assert stated(hall) == (
        Incident("power", "09:05", "Mất điện ba phút ở phòng phiếu", ""),
        Incident("receipt", "10:40", "Mã a1B2c3D4 tra không thấy", "Gõ nhầm một ký tự"),
    )
    page = read(hall.person(FIRST), hall, "su-co")
    for words in ("Mất điện", "09:05", f"Người {DESK}", "Chưa giải quyết", "Gõ nhầm một ký tự"):
        assert words in page
    with reading(hall.house.registry) as session:
        found = [(e.actor, e.act, e.subject, e.time) for e in session.query(AuditEntry) if "incident" in e.act]
    assert sorted(found) == [
        (DESK, "incident-enter", f"{hall.uuid} 1", ""),
        (DESK, "incident-settle", f"{hall.uuid} 2", ""),
        (FIRST, "incident-enter", f"{hall.uuid} 2", ""),
    ]


def test_an_entry_is_never_changed_deleted_or_settled_twice(hall: Hall) -> None:
    enter(hall)
    how = {"text": "Chạy bằng bộ lưu điện"}
    assert post(hall.person(FIRST), hall, "su-co/1", how, page="su-co").status_code == 302
    refused(post(hall.person(FIRST), hall, "su-co/1", how, page="su-co"), 404, "NO_SUCH_INCIDENT")
    for number in (7, 10**30):  # more than a database's integers hold
        refused(post(hall.person(FIRST), hall, f"su-co/{number}", how, page="su-co"), 404, "NO_SUCH_INCIDENT")
    for statement in (
        "UPDATE incident SET text = 'khác'", "DELETE FROM incident", "UPDATE incident_settled SET text = 'khác'",
        "DELETE FROM incident_settled",
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="append-only"), writing(hall.house.registry) as session:
            session.execute(sql(statement))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "chuyen"}, "WRONG_SHAPE"), ({"time": "25:00"}, "WRONG_SHAPE"), ({"time": ""}, "WRONG_SHAPE"),
        ({"text": ""}, "BAD_TEXT"), ({"text": "x" * 1001}, "BAD_TEXT"), ({"text": "A\u202eB"}, "BAD_TEXT"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_stays_in_the_form(hall: Hall, change: dict[str, str], code: str) -> None:
    answer = enter(hall, **change)
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "Chưa ghi." in page
    assert 'value="power"' in page
    assert stated(hall) == ()


@pytest.mark.parametrize("told", ["Đại biểu họ tên 0003 bấm nhầm", "Thẻ của DB-0003 bị rách", "ĐẠI BIỂU HỌ TÊN 0003."])
def test_a_voter_is_named_only_when_somebody_says_that_it_must_be(hall: Hall, told: str) -> None:
    """threats K5: an hour beside a name is half of the way from a person to a ballot."""
    answer = enter(hall, text=told)
    assert answer.status_code == 409
    assert "Đại biểu họ tên 0003" in answer.get_data(as_text=True)
    assert stated(hall) == ()
    assert enter(hall, text=told, named="on").status_code == 302
    refusal = post(hall.person(FIRST), hall, "su-co/1", {"text": told}, page="su-co")
    assert refusal.status_code == 409
    assert [i.settled for i in stated(hall)] == [""]


def test_the_table_holds_no_formula(hall: Hall) -> None:
    """threats H4."""
    for told in ("=HYPERLINK(1)", "+1", "-1", "@x", "\uff1d1"):
        assert enter(hall, text=told).status_code == 302
    raw = hall.person(FIRST).get(path(hall, "su-co.csv")).get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(raw)))
    assert rows[0][:4] == ["Số", "Giờ", "Loại việc", "Việc xảy ra"]
    assert [row[3] for row in rows[1:]] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'\uff1d1"]
    assert {row[2] for row in rows[1:]} == {KINDS["power"]}


def test_a_draft_has_no_book_yet_and_one_that_is_being_issued_has(prepared: Prepared) -> None:
    draft, issuing = prepared.at("draft"), prepared.at("issuing")
    refused(enter(draft), 409, "WRONG_PHASE")
    assert enter(issuing, DESK).status_code == 302
    assert f"/dot/{issuing.uuid}/su-co" in read(issuing.person(DESK), issuing, "")
    for each in (draft, issuing):
        dispose(each)


def test_the_minutes_state_the_book_and_print_it(hall: Hall) -> None:
    enter(hall)
    agree(hall)
    save(hall)
    assert draw_up(hall).status_code == 302
    with reading(hall.house.registry) as session:
        made = papers.made(hall.house, session, find_round(session, hall.uuid))
    assert made is not None
    assert made.current
    assert made.minutes.incidents == (Incident("power", "09:05", "Mất điện ba phút ở phòng phiếu", ""),)
    assert made.minutes.window.minutes == 0
    printed = words_of(hall.house.record(hall.uuid) / "report" / "bien-ban-kiem-phieu.pdf")
    for words in ("Sổ sự cố có 1 mục", "Mất điện ba phút", "Chưa giải quyết", "Không dành thời gian để tra cứu"):
        assert words in printed
    enter(hall, time="11:00", text="Việc thứ hai")
    with reading(hall.house.registry) as session:
        later = papers.made(hall.house, session, find_round(session, hall.uuid))
    assert later is not None
    assert not later.current  # documents that lack an entry are not signed
