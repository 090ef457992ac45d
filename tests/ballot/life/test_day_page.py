"""The day on one page: where the round stands, what is next and who must do it; two persons; quorum; zero report."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text as sql

from ballot.committee import readiness
from ballot.committee.readiness import NoQuorum
from ballot.desk import checkin
from ballot.life.day import ORDER
from ballot.phases import WORDS
from ballot.storage import writing
from tally.protocol.errors import BadSignature
from tests.ballot.asking import do
from tests.ballot.hall import VOTERS, Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.small_hall import DESK, FIRST, SECOND

Open = Callable[[str], Hall]
NEXT = {
    "draft": ("Kiểm tra hai danh sách rồi niêm phong", "Một người của ban tổ chức", "viec/niem-phong"),
    "issuing": ("Đón người dự họp và cấp thẻ", "Bàn tiếp đón và trạm in thẻ", "/ban"),
    "frozen": ("Ban kiểm phiếu tạo và thử khóa", "Các thành viên ban kiểm phiếu", "/ban-kiem-phieu"),
    "ready": ("Mở bỏ phiếu", "một người đề nghị, một người xác nhận", "viec/mo"),
    "voting": ("Chốt hòm phiếu", "một người đề nghị, một người xác nhận", "viec/dong"),
}
TWO = {"ready": ("mo", "Xác nhận mở bỏ phiếu"), "voting": ("dong", "Xác nhận chốt hòm phiếu")}


def page(hall: Hall, login: str = FIRST) -> str:
    answer = hall.person(login).get(f"/dot/{hall.uuid}/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def next_act(text: str) -> str:
    """Return the part of the page that says what is next; it stands before every other part."""
    before, _, rest = text.partition('<section class="next day"')
    assert "<section" not in before
    return rest.partition("</section>")[0]


@pytest.mark.parametrize("phase", NEXT)
def test_the_page_says_first_what_is_next_and_who_must_do_it(at: Open, phase: str) -> None:
    lead, who, link = NEXT[phase]
    part = next_act(page(at(phase)))
    for words in (lead, who, link):
        assert words in part


@pytest.mark.parametrize(("phase", "current"), [("draft", 0), ("frozen", 1), ("ready", 2), ("voting", 3)])
def test_the_ribbon_shows_all_phases_and_marks_the_present_one(at: Open, phase: str, current: int) -> None:
    ribbon = page(at(phase)).partition('<ol class="stages phases"')[2].partition("</ol>")[0]
    assert re.findall(r"<b>([^<]+)</b>", ribbon) == [WORDS[p] for p in ORDER]
    (marked,) = re.findall(r'aria-current="step"><span>\d</span> <b>([^<]+)</b>', ribbon)
    assert marked == WORDS[ORDER[current]]
    assert ribbon.count('class="past"') == current


@pytest.mark.parametrize("path", ["", "danh-sach/", "ban", "su-co"])
def test_a_page_of_a_round_marks_one_entry_of_the_navigation(at: Open, path: str) -> None:
    hall = at("voting")
    found = hall.person(FIRST).get(f"/dot/{hall.uuid}/{path}").get_data(as_text=True)
    entries = found.partition('<nav class="parts')[2].partition("</nav>")[0]
    assert re.findall(r'aria-current="true">([^<]+)<', entries) == ["Các đợt"]


# --- two persons --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", TWO)
def test_who_proposed_is_named_and_only_another_has_the_button(at: Open, phase: str) -> None:
    act, confirm = TWO[phase]
    hall = at(phase)
    first, second = hall.person(FIRST), hall.person(SECOND)
    alone = next_act(page(hall))
    assert (f'viec/{act}"' in alone, confirm in alone) == (True, False)
    refused(do(first, hall, act), 409, "SECOND_PERSON_NEEDED")
    mine, theirs = next_act(page(hall, FIRST)), next_act(page(hall, SECOND))
    assert f'viec/{act}"' not in mine
    assert "Quý vị đã đề nghị" in mine
    assert f'viec/{act}"' in theirs
    assert f"Người đề nghị: Người {FIRST}." in theirs
    assert confirm in theirs
    assert f'viec/{act}"' not in page(hall, DESK)
    assert do(second, hall, act).status_code == 302


def test_a_round_is_annulled_for_the_reason_that_the_first_wrote(at: Open) -> None:
    hall = at("voting")
    refused(do(hall.person(FIRST), hall, "huy", reason="Mất điện cả tòa nhà"), 409, "SECOND_PERSON_NEEDED")
    mine, theirs = page(hall, FIRST), page(hall, SECOND)
    assert 'viec/huy"' not in mine
    assert "Mất điện cả tòa nhà" in theirs
    assert '<input type="hidden" name="reason" value="Mất điện cả tòa nhà">' in theirs
    assert do(hall.person(SECOND), hall, "huy", reason="Mất điện cả tòa nhà").status_code == 302
    text = page(hall)
    assert "Đợt đã bị hủy" in next_act(text)
    assert "<ol" not in text.partition("<h1>")[2].partition("<section")[0]


# --- the quorum ---------------------------------------------------------------------------------------------------


def leave(hall: Hall, present: int) -> None:
    with writing(hall.house.registry) as session:
        session.execute(sql("UPDATE voter SET present = (id <= :present)"), {"present": present})


def test_below_the_quorum_the_box_is_not_opened_and_the_page_says_how_many_are_needed(at: Open) -> None:
    hall = at("ready")
    leave(hall, 29)  # of 44; two thirds are 30
    with nothing_changes(hall.house.registry, hall.house.box):
        refused(do(hall.person(FIRST), hall, "mo"), 409, "NO_QUORUM")
    part = next_act(page(hall))
    assert "Chưa đủ số người" in part
    assert "viec/mo" not in part
    assert "chưa đủ số quy định (cần 30)" in page(hall)
    checkin.check_in(hall.house, hall.uuid, hall.voters()[29], hall.actor(DESK), order=False)  # draws an envelope
    refused(do(hall.person(FIRST), hall, "mo"), 409, "SECOND_PERSON_NEEDED")
    leave(hall, 29)  # the second person is asked anew
    with pytest.raises(NoQuorum):
        readiness.open_voting(hall.house, hall.uuid, hall.actor(SECOND))


# --- the roll -----------------------------------------------------------------------------------------------------


# threats A24
def test_after_the_seal_the_page_says_that_the_roll_stays_and_what_can_be_done(at: Open) -> None:
    assert "không thêm, bớt hay sửa được nữa" not in page(at("draft"))
    for phase in ("issuing", "voting"):
        hall = at(phase)
        text = page(hall).partition('id="danh-sach"')[2]
        assert "không thêm, bớt hay sửa được nữa" in text
        assert 'href="#huy"' in text
        assert f'action="/ke-hoach/tu-dot/{hall.uuid}"' in text


# --- the zero report ----------------------------------------------------------------------------------------------


def report(hall: Hall) -> str:
    text = hall.person(DESK).get(f"/dot/{hall.uuid}/bao-cao-khong").get_data(as_text=True)
    return text.partition("<main>")[2]


def test_the_zero_report_shows_an_empty_box_signed_by_itself(at: Open) -> None:
    hall = at("ready")
    text = report(hall)
    plain = re.sub(r"[^0-9a-f]", "", text)
    assert hall.manifest.hash in plain
    assert hall.election.hash in plain
    numbers = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", text))
    assert numbers == {
        "Số phiếu trong hòm": "0", "Thẻ trong danh sách": str(VOTERS), "Thẻ đã vô hiệu": "0",
        "Thẻ còn dùng được": str(VOTERS),
    }  # fmt: skip
    assert "Đã kiểm chứng bằng khóa của hòm phiếu" in text
    assert text.count('class="rule"') == 2 + hall.manifest.committee_size
    assert not re.search(r"\d\d:\d\d", text)


def test_a_zero_report_that_the_box_did_not_sign_is_not_shown(at: Open) -> None:
    hall = at("ready")
    with writing(hall.house.box) as session:
        raw = session.scalar(sql("SELECT opening FROM election"))
        place = raw.index(b'"zero_report":"') + 20
        changed = raw[:place] + (b"0" if raw[place : place + 1] != b"0" else b"1") + raw[place + 1 :]
        session.execute(sql("UPDATE election SET opening = :raw"), {"raw": changed})
    refused(hall.person(FIRST).get(f"/dot/{hall.uuid}/bao-cao-khong"), 400, BadSignature.code)


def test_the_zero_report_comes_with_the_key_and_counts_nothing_once_the_box_is_open(at: Open) -> None:
    for phase in ("draft", "frozen"):
        hall = at(phase)
        assert hall.person(FIRST).get(f"/dot/{hall.uuid}/bao-cao-khong").status_code in (404, 409)
        assert "bao-cao-khong" not in page(hall)
    hall = at("voting")
    before = report(hall)
    assert hall.cast(hall.body(0)).status_code == 201
    assert report(hall) == before
    assert "Hòm phiếu đã mở sau khi ký báo cáo này" in before
