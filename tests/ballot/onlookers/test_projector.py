"""The big screen: for whoever has its address, with no result before its time, whatever is asked (terminal 5.19)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from ballot.models.registry.acts import AuditEntry
from ballot.onlookers import projector
from ballot.public.board import ResultRestricted
from ballot.public.disclosure import Viewer
from ballot.storage import reading
from tests.ballot.asking import do, hand_in_parts
from tests.ballot.crawl import answers
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import (
    COUNT,
    DESK,
    FIRST,
    PLAN,
    SECOND,
    cast,
    certify,
    close,
    column,
    drafted,
    screen,
    set_column,
    tally,
)  # fmt: skip
from tests.postgres import chosen

Open = Callable[[str], Hall]
ASKED = (
    {},
    {"khoi": 1},
    {"khoi": 2, "trang": 1},
    {"da": 2},
    {"trang": 2},
    {"khoi": -1},
    {"khoi": "x"},
    {"da": "9" * 5000},
)
RESULT = re.compile(r"[0-9]%|class=\"result\"|Cán bộ số")
MARKS = re.compile(r">[0-9,]+%<|\"counts\":\[[0-9]|\"percent\":\[|class=\"result\"")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("small"), **PLAN)


@pytest.fixture(scope="module")
def counted(small: Prepared) -> Iterator[Hall]:
    """A real round, counted and not certified."""
    hall = small.at("voting")
    cast(hall, range(6))
    close(hall)
    tally(hall)
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def blocks(page: str) -> list[str]:
    return re.findall(r"<h2>([^<]*?) *</h2>", page)


# --- who may see it -----------------------------------------------------------------------------------------------


def test_the_screen_needs_its_address_and_nothing_else(at: Open) -> None:
    hall = at("voting")
    answer = hall.anybody().get(f"/chieu/{column(hall, 'projector_key')}")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert "<form" not in answer.get_data(as_text=True)
    assert "<script" not in answer.get_data(as_text=True)
    for key in (hall.uuid, "x", column(hall, "projector_key")[:-1], column(hall, "reading_key")):
        refused(hall.anybody().get(f"/chieu/{key}"), 404, "NO_SUCH_ROUND")
    refused(hall.anybody().get("/chieu/%00"), *((400, "BAD_TEXT") if chosen() else (404, "NO_SUCH_ROUND")))
    set_column(hall, "projector_key", "")
    assert hall.anybody().get("/chieu/").status_code == 404


def test_a_screen_that_renews_itself_keeps_nobody_logged_in(at: Open) -> None:
    hall = at("voting")
    browser = hall.person(FIRST)
    assert "Set-Cookie" not in browser.get(f"/chieu/{column(hall, 'projector_key')}").headers


PHASES = {
    "draft": "Đang chuẩn bị", "issuing": "Đang điểm danh và phát thẻ", "ready": "Sẵn sàng mở bỏ phiếu",
    "voting": "Đang bỏ phiếu",
}  # fmt: skip


@pytest.mark.parametrize("phase", PHASES)
def test_it_says_the_phase_in_words_and_asks_for_itself_again(at: Open, phase: str) -> None:
    page = screen(at(phase))
    assert f'<p class="phase">{PHASES[phase]}</p>' in page
    assert '<meta http-equiv="refresh" content="10">' in page


def test_it_shows_who_is_present_and_whether_that_is_enough(at: Open) -> None:
    hall = at("issuing")
    hall.check_in(hall.voters()[0])
    page = screen(hall)
    assert "<dd>1<small> / 44</small></dd>" in page
    assert "<dd>30</dd>" in page
    assert "Chưa đủ số người theo quy định." in page
    assert "Đủ số người theo quy định." in screen(at("ready"))


# --- no result before its time ------------------------------------------------------------------------------------


def test_no_page_of_any_part_tells_a_mark_before_the_sums_are_opened(small: Prepared) -> None:
    """terminal 5.19: while the box is open, when it is closed, and when the members' parts have come in."""
    hall = small.at("voting")
    cast(hall, range(6))
    set_column(hall, "revealed", 99)
    for step in (lambda: None, lambda: close(hall), lambda: hand_in_parts(hall, hall.person(FIRST))):
        step()
        assert [place for place, text in answers(hall).items() if MARKS.search(text)] == []
        for asked in ASKED:
            assert not RESULT.search(screen(hall, **asked))
    for name in ("ket-qua.pdf", "bieu-do-1.svg", "result.json"):
        for browser, path in (
            (hall.booth(), f"/dot/{hall.uuid}/bao-cao/{name}"),
            (hall.person(FIRST), f"/dot/{hall.uuid}/ket-qua/{name}"),
            (hall.at_committee(), f"/dot/{hall.uuid}/ho-so/{name}"),
        ):
            assert browser.get(path).status_code == 404


def test_a_real_result_is_not_shown_before_it_is_certified(counted: Hall) -> None:
    set_column(counted, "revealed", 2)
    for asked in ASKED:
        page = screen(counted, **asked)
        assert not RESULT.search(page)
        assert "Kết quả đang được giữ kín" in page
    set_column(counted, "revealed", 0)
    with nothing_changes(counted.house.registry):
        refused(do(counted.person(FIRST), counted, "cong-bo", shown="0"), 409, "WRONG_PHASE")
    assert "sau khi ban kiểm phiếu ký xác nhận" in counted.person(FIRST).get(f"/dot/{counted.uuid}/").get_data(
        as_text=True
    )


# --- staged reveal ------------------------------------------------------------------------------------------------


def test_a_certified_result_comes_block_by_block_as_the_organiser_says(small: Prepared) -> None:
    hall = small.at("voting")
    cast(hall, range(6))
    close(hall)
    tally(hall)
    certify(hall)
    browser = hall.person(FIRST)
    assert not RESULT.search(screen(hall))
    assert "từng khối" in screen(hall)
    refused(do(hall.person(DESK), hall, "cong-bo", shown="0"), 403, "HTTP_403")
    assert do(browser, hall, "cong-bo", shown="0").status_code == 302
    first = screen(hall)
    assert blocks(first) == ["Khối 0"]
    assert ("Cán bộ số 0" in first, "Cán bộ số 2" in first, "Cán bộ số 1" in first) == (True, True, False)
    assert "100%" in first
    assert blocks(screen(hall, khoi=2)) == ["Khối 0"]
    assert do(hall.person(SECOND), hall, "cong-bo", shown="0").status_code == 302  # pressed on an old page
    assert column(hall, "revealed") == 1
    assert do(browser, hall, "cong-bo", shown="1").status_code == 302
    assert blocks(screen(hall)) == ["Khối 1"]
    assert blocks(screen(hall, khoi=1)) == ["Khối 0"]
    assert do(browser, hall, "cong-bo", shown="2").status_code == 302  # there is none left
    assert column(hall, "revealed") == 2
    with reading(hall.house.registry) as session:
        entries = session.scalars(select(AuditEntry.subject).where(AuditEntry.act == "reveal-block")).all()
    assert entries == [f"{hall.uuid} Khối 0", f"{hall.uuid} Khối 1"]


def test_a_rehearsal_is_shown_once_it_is_counted_and_bears_its_band(small: Prepared) -> None:
    hall = drafted(small.at("draft"), rehearsal=True)
    assert "DIỄN TẬP" in screen(hall)
    cast(hall, range(6))
    close(hall)
    refused(do(hall.person(FIRST), hall, "cong-bo", shown="0"), 409, "WRONG_PHASE")
    tally(hall)
    assert do(hall.person(FIRST), hall, "cong-bo", shown="0").status_code == 302
    page = screen(hall)
    assert blocks(page) == ["Khối 0"]
    assert 'class="rehearsal"' in page
    assert f"/ {COUNT}" not in page


def test_a_long_block_is_shown_in_pages_that_turn_by_themselves(counted: Hall) -> None:
    found = projector.board.find(counted.house, counted.uuid, Viewer.ORGANISER)
    row = found.blocks()[0].rows[0]
    long = projector.ShownBlock("", "Khối dài", tuple({**row, "number": n} for n in range(1, 15)))
    pages = [projector.page_of(long, (), number=n, revealed=1, pinned=0) for n in (1, 2, 3, 4, 0)]
    assert [(p.number, p.of, len(p.rows)) for p in pages] == [(1, 3, 5), (2, 3, 5), (3, 3, 4), (1, 3, 5), (1, 3, 5)]
    assert [p.following["trang"] for p in pages[:3]] == [2, 3, 1]


def test_a_restricted_result_never_stands_on_the_screen(counted: Hall) -> None:
    set_column(counted, "disclosure", "restricted")
    set_column(counted, "revealed", 2)
    set_column(counted, "phase", "certified")
    for asked in ASKED:
        assert not RESULT.search(screen(counted, **asked))
    with pytest.raises(ResultRestricted):
        projector.reveal(counted.house, counted.uuid, counted.actor(FIRST), shown=0)
    for name, value in (("disclosure", "public"), ("revealed", 0), ("phase", "tallied")):
        set_column(counted, name, value)
