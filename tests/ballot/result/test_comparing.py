"""Paper beside record: two people who do not see each other's numbers, one sentence, three recounts, the minutes.

Here live the pages before the signing. Never here: an equation (tests/tally/test_comparison.py), or a signature.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ballot.acts import find_round
from ballot.models.registry.results import PaperCount
from ballot.result import closing, comparing, recount_programs, recounts, sittings
from ballot.result.comparing import Typed
from ballot.result.recount_programs import PROGRAMS, THIRD, ask
from ballot.result.recounts import RecountRunning
from ballot.result.sittings import Particulars
from ballot.storage import reading, writing
from tally.protocol.errors import BadText, WrongShape
from tally.protocol.minutes import Minutes
from tally.record import REPORT
from tests.ballot.after_hall import (
    COUNT,
    PAPER,
    SITTING,
    again,
    agree,
    both_type,
    counted,
    dispose,
    draw_up,
    post,
    read,
    save,
)
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused, rows
from tests.ballot.members import PageMember, admit, convened, run
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import DESK, FIRST, SECOND, set_column

DIFFERENT = {"signatures": "4711", "envelopes_left": "812", "slips_in_box": "933"}
TOOL = Path(__file__).parents[2] / "tools" / "belenios"


@pytest.fixture(scope="module")
def whole(prepared: Prepared) -> Hall:
    """A counted round; nobody may change it."""
    return counted(prepared)


@pytest.fixture
def hall(prepared: Prepared, whole: Hall) -> Iterator[Hall]:
    """A counted round of its own."""
    copy = again(prepared, whole)
    yield copy
    dispose(copy)


@pytest.fixture(scope="module")
def agreed(prepared: Prepared, whole: Hall) -> Hall:
    """The same once two people and all programs agree; nobody may change it."""
    hall = again(prepared, whole)
    agree(hall)
    return hall


@pytest.fixture
def ready(prepared: Prepared, agreed: Hall) -> Iterator[Hall]:
    copy = again(prepared, agreed)
    yield copy
    dispose(copy)


def standing(hall: Hall, login: str) -> comparing.Standing:
    with reading(hall.house.registry) as session:
        return comparing.standing(session, find_round(session, hall.uuid), hall.actor(login).account_id)


def tells(page: str, number: str) -> bool:
    """Say whether a number stands in a page, but as a part of a hash, a token or an address."""
    text = re.sub(r"(?:[0-9a-f]{4} )+[0-9a-f]{4}", "", page)
    return re.search(rf"(?<![\w./-]){number}(?![\w./-])", text) is not None


# --- two people ---------------------------------------------------------------------------------------------------


def test_nobody_sees_the_numbers_of_the_other_before_both_have_typed(hall: Hall) -> None:
    first, second = hall.person(FIRST), hall.person(SECOND)
    assert post(first, hall, "doi-chieu", DIFFERENT).status_code == 302
    pages = [read(second, hall, name) for name in ("doi-chieu", "bien-ban", "ky", "kiem-lai", "")]
    pages += [hall.person(login).get("/nhat-ky/").get_data(as_text=True) for login in (FIRST, SECOND)]
    pages += [read(hall.person(DESK), hall, "")]
    for page in pages:
        assert not [number for number in DIFFERENT.values() if tells(page, number)]
    assert f"Người {FIRST} đã nhập" in pages[0]
    assert "Người thứ hai" not in pages[0]
    assert standing(hall, SECOND) == comparing.Standing(None, (f"Người {FIRST}",), (), None)


def test_where_they_differ_the_field_is_named_and_not_who_is_right(hall: Hall) -> None:
    for login, changes in ((FIRST, {}), (SECOND, DIFFERENT | {"envelopes_left": "0"})):
        assert post(hall.person(login), hall, "doi-chieu", PAPER | changes).status_code == 302
    for login in (FIRST, SECOND):
        page = read(hall.person(login), hall, "doi-chieu")
        assert "Khác ở: Chữ ký nhận thẻ, Thẻ đã dùng trong thùng thẻ." in page
        assert not tells(page, "4711")
        assert f">{COUNT}<" not in page
        assert "equations" not in page


def test_both_type_again_from_nothing_so_that_nobody_comes_nearer_by_trying(hall: Hall) -> None:
    post(hall.person(FIRST), hall, "doi-chieu", PAPER)
    post(hall.person(SECOND), hall, "doi-chieu", DIFFERENT)
    post(hall.person(SECOND), hall, "doi-chieu", PAPER)
    assert standing(hall, FIRST) == comparing.Standing(None, (f"Người {SECOND}",), (), None)
    post(hall.person(FIRST), hall, "doi-chieu", PAPER)
    found = standing(hall, FIRST).agreed
    assert found
    assert (found.signatures, found.envelopes_left, found.slips_counted, found.slips_in_box) == (COUNT, 0, True, 6)
    assert found.typed_by == (f"Người {FIRST}", f"Người {SECOND}")
    assert len(rows(hall.house.registry)["paper_count"]) == 2


def test_one_person_who_types_twice_is_still_one(hall: Hall) -> None:
    for _ in range(2):
        post(hall.person(FIRST), hall, "doi-chieu", PAPER)
    assert standing(hall, FIRST).agreed is None
    assert "Xin mời một người khác" in read(hall.person(FIRST), hall, "doi-chieu")


def test_a_third_account_begins_anew_where_two_have_typed(hall: Hall) -> None:
    both_type(hall)
    comparing.type_counts(hall.house, hall.uuid, Typed(1, 1, True, 1), hall.actor(DESK))
    assert standing(hall, FIRST).agreed is None
    assert standing(hall, FIRST).mine is None


def test_two_accounts_of_one_name_are_told_apart_by_their_logins(hall: Hall) -> None:
    from ballot.models.registry.accounts import Account

    with writing(hall.house.registry) as session:
        for login in (FIRST, SECOND):
            session.get_one(Account, hall.actor(login).account_id).name = "Nguyễn Văn A"
    both_type(hall)
    found = standing(hall, FIRST).agreed
    assert found
    assert found.typed_by == (f"Nguyễn Văn A ({FIRST})", f"Nguyễn Văn A ({SECOND})")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (PAPER | {"signatures": "-1"}, "WRONG_SHAPE"),
        (PAPER | {"signatures": "5001"}, "WRONG_SHAPE"),
        (PAPER | {"envelopes_left": "một"}, "WRONG_SHAPE"),
        (PAPER | {"slips_in_box": ""}, "WRONG_SHAPE"),
        (PAPER | {"slips_not_counted": "on"}, "WRONG_SHAPE"),
        ({"signatures": "1"}, "HTTP_400"),
    ],
)
def test_what_is_no_count_is_refused(hall: Hall, values: dict[str, str], code: str) -> None:
    browser = hall.person(FIRST)
    read(browser, hall, "doi-chieu")
    with nothing_changes(hall.house.registry):
        refused(post(browser, hall, "doi-chieu", values), 400, code)


def test_numbers_are_typed_after_the_close_and_until_the_certification(hall: Hall) -> None:
    for phase in ("issuing", "voting", "certified", "void"):
        set_column(hall, "phase", phase)
        with nothing_changes(hall.house.registry):
            refused(hall.person(FIRST).form(f"/dot/{hall.uuid}/doi-chieu", PAPER, page="/"), 409, "WRONG_PHASE")
    set_column(hall, "phase", "closed")
    both_type(hall)
    page = read(hall.person(FIRST), hall, "doi-chieu")
    assert "Còn phải kiểm lại" in page
    refused(post(hall.person(FIRST), hall, "kiem-lai"), 409, "WRONG_PHASE")


# --- the sentence -------------------------------------------------------------------------------------------------


def lines(page: str) -> list[str]:
    return re.findall(r"<tr(?: class=\"wrong\")?><td>(\d)</td>", page)


def test_one_sentence_and_every_equation_even_when_zero(agreed: Hall) -> None:
    page = read(agreed.person(SECOND), agreed, "doi-chieu")
    assert '<p class="verdict agrees" role="status"><strong>Khớp.</strong>' in page
    assert lines(page) == ["1", "1", "2", "2", "3", "4", "5", "6"]
    assert '<td class="side">0</td>' in page
    assert f"Người {FIRST} và Người {SECOND}" in page
    assert f"phần chênh {COUNT - 6} là số phiếu không thu về" in page


# threats A16
def test_what_differs_is_said_in_the_same_place(hall: Hall) -> None:
    both_type(hall, signatures=str(COUNT - 1), envelopes_left="1")
    page = read(hall.person(FIRST), hall, "doi-chieu")
    assert "Không khớp ở phép so 3, phép so 5" in page
    assert page.count('<tr class="wrong">') == 4  # of an envelope more than were made each issuer speaks too
    assert page.count("<strong>sai</strong>") == 4  # of an envelope more than were made each issuer speaks too


def test_slips_that_nobody_counted_are_said_to_be_not_counted(hall: Hall) -> None:
    both_type(hall, slips_in_box="", slips_not_counted="on")
    page = read(hall.person(FIRST), hall, "doi-chieu")
    assert lines(page)[-1] == "6"
    assert "không đếm" in page
    assert "Không khớp" not in page


# --- recounts -----------------------------------------------------------------------------------------------------


def told(hall: Hall) -> dict[str, tuple[bool, str]]:
    return {row[1]: (bool(row[3]), row[4]) for row in rows(hall.house.registry)["recounted"]}


def test_programs_of_three_origins_recount_and_say_so(agreed: Hall) -> None:
    found = told(agreed)
    assert {"tally verify", "recount.py"} <= set(found)
    assert all(agrees for agrees, _said in found.values())
    assert "ĐÃ KIỂM CHỨNG" in found["tally verify"][1]
    assert "KHỚP: đếm lại ra đúng kết quả của hồ sơ." in found["recount.py"][1]
    page = read(agreed.person(FIRST), agreed, "kiem-lai")
    assert page.count("✓ ra đúng kết quả của hồ sơ") == len(found)
    if shutil.which(THIRD) is None:
        assert "chưa cài trên máy chủ này" in page


def test_a_press_while_they_are_at_work_changes_nothing(hall: Hall) -> None:
    thread = recounts.start(hall.house, hall.uuid, hall.actor(FIRST))
    page = read(hall.person(FIRST), hall, "kiem-lai")
    assert 'http-equiv="refresh"' in page
    assert "đang chạy…" in page
    with pytest.raises(RecountRunning):
        recounts.start(hall.house, hall.uuid, hall.actor(SECOND))
    refused(post(hall.person(SECOND), hall, "kiem-lai"), 409, "RECOUNT_RUNNING")
    thread.join()
    assert len(told(hall)) >= 2
    assert 'http-equiv="refresh"' not in read(hall.person(FIRST), hall, "kiem-lai")
    assert sorted(p.name for p in hall.house.folder(hall.uuid).iterdir()) == ["parts", "record"]


def test_a_result_that_was_changed_afterwards_is_caught_by_each(ready: Hall) -> None:
    path = ready.house.record(ready.uuid) / "result.json"
    changed = path.read_bytes().replace(b'"counts":[6,0,0]', b'"counts":[5,1,0]')
    assert changed != path.read_bytes()
    path.write_bytes(changed)
    recounts.start(ready.house, ready.uuid, ready.actor(FIRST)).join()
    found = told(ready)
    assert not found["tally verify"][0]
    assert not found["recount.py"][0]
    assert "result.json" in found["recount.py"][1]
    page = read(ready.person(FIRST), ready, "doi-chieu")
    assert "Không khớp ở lần kiểm lại của tally verify, lần kiểm lại của recount.py" in page
    save(ready)
    with nothing_changes(ready.house.registry):
        refused(draw_up(ready), 409, "PAPER_DIFFERS")


def test_somebody_elses_program_verifies_the_archive_and_every_ballot(
    hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / THIRD).write_text(f'#!/bin/sh\nexec "{TOOL}" "$@"\n')
    (tmp_path / THIRD).chmod(0o755)
    if os.system(f"{TOOL} --version >/dev/null 2>&1"):  # noqa: S605 - our own tool
        pytest.skip("belenios-tool cannot be had here")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert "chưa chạy" in read(hall.person(FIRST), hall, "kiem-lai")
    recounts.start(hall.house, hall.uuid, hall.actor(FIRST)).join()
    agrees, said = told(hall)[THIRD]
    assert agrees, said
    assert "từng phiếu trong 6 phiếu" in said
    spoil(hall)
    recounts.start(hall.house, hall.uuid, hall.actor(FIRST)).join()
    assert not told(hall)[THIRD][0]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_record_that_a_program_cannot_read_is_not_agreed_to(whole: Hall, tmp_path: Path, name: str) -> None:
    record = shutil.copytree(whole.house.record(whole.uuid), tmp_path / "record")
    archive = record / f"{whole.uuid}.bel"
    archive.write_bytes(archive.read_bytes()[:3000])
    assert not ask(name, record, manifest=whole.manifest.hash).agrees


def test_a_program_that_hangs_is_stopped_and_does_not_agree(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recount_programs, "LONGEST", 0.1)
    recounts.start(hall.house, hall.uuid, hall.actor(FIRST)).join()
    assert not recounts.is_running(hall.uuid)
    assert not any(agrees for agrees, _said in told(hall).values())
    assert "nên đã bị dừng" in read(hall.person(FIRST), hall, "kiem-lai")


def spoil(hall: Hall) -> None:
    """Exchange two proofs of one ballot in the archive, with every hash made right again."""
    from tally.protocol.archive import Archive

    path = hall.house.record(hall.uuid) / f"{hall.uuid}.bel"
    archive = Archive.parse(path.read_bytes())
    ballot = json.loads(archive.ballots[0])
    proofs = ballot["answers"][0]["individual_proofs"]
    proofs[0], proofs[1] = proofs[1], proofs[0]
    raw = json.dumps(ballot, ensure_ascii=False, separators=(",", ":")).encode()
    rest = [(e.type, (raw,) if e.data == (archive.ballots[0],) else e.data) for e in archive.events[1:]]
    path.write_bytes(Archive(archive.timestamp, archive.events[:1]).extended(*rest).encode())


# --- the minutes --------------------------------------------------------------------------------------------------


def draft(hall: Hall) -> tuple[Particulars, int]:
    with reading(hall.house.registry) as session:
        return sittings.draft(session, find_round(session, hall.uuid), members=3)


def test_the_form_begins_with_who_was_there_and_who_was_not(hall: Hall) -> None:
    with writing(hall.house.registry) as session:
        from ballot.models.registry.roll import Voter

        for voter in session.query(Voter).filter(Voter.reference.in_(["DB-0003", "DB-0001"])):
            voter.present = False
    found, revision = draft(hall)
    assert (found.present, revision, found.signers) == (str(COUNT - 2), 0, (1, 2, 3))
    assert found.absent == (("Đại biểu họ tên 0001", ""), ("Đại biểu họ tên 0003", ""))
    page = read(hall.person(FIRST), hall, "bien-ban")
    assert 'value="Đại biểu họ tên 0001"' in page
    assert "Người vắng mặt (2)" in page


def test_what_was_saved_is_there_again_in_one_spelling(hall: Hall) -> None:
    assert save(hall).status_code == 302
    found, revision = draft(hall)
    assert revision == 1
    assert (found.started, found.ended, found.recipients) == ("10:05", "11:40", ("Như trên", "Lưu"))
    assert found.absent == (("Nguyễn Văn Vắng", "Đi công tác"),)
    assert (found.signers, found.on_paper) == ((1, 2), True)


def test_two_who_type_at_once_do_not_write_over_each_other(hall: Hall) -> None:
    assert save(hall).status_code == 302
    with nothing_changes(hall.house.registry):
        answer = save(hall, place="Hà Nội")
        assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "người khác đã lưu biên bản này" in page
    assert 'value="Hà Nội"' in page  # what was typed is not lost
    assert save(hall, revision=1, place="Hà Nội").status_code == 302


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"started": "25:00"}, "Bắt đầu lúc"),
        ({"ended": "chiều"}, "Kết thúc lúc"),
        ({"present": "nhiều"}, "Có mặt"),
        ({"copies": "0"}, "Số bản"),
        ({"place": "C\u202eần Thơ"}, "Nơi lập"),
        ({"number": "1" * 61}, "Số văn bản"),
    ],
)
def test_what_minutes_cannot_hold_is_named_by_its_field(hall: Hall, changes: dict[str, str], said: str) -> None:
    with nothing_changes(hall.house.registry):
        answer = save(hall, **changes)
        assert answer.status_code == 400
        assert f"</strong> {said}: " in answer.get_data(as_text=True)
    with pytest.raises((BadText, WrongShape), match=said):
        Particulars.of_form(lambda name: _listed((SITTING | changes).get(name))).check()


def _listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def test_an_unfinished_draft_is_kept_and_says_what_it_lacks(ready: Hall) -> None:
    assert save(ready, place="", ended="", signer=["1"]).status_code == 302
    page = read(ready.person(FIRST), ready, "bien-ban")
    for lack in ("“Nơi lập”", "“Kết thúc lúc”", "ít nhất 2 người ký"):
        assert f"<li>{lack}</li>" in page
    with nothing_changes(ready.house.registry):
        refused(draw_up(ready), 409, "MINUTES_INCOMPLETE")


def test_documents_need_two_people_and_every_recount(hall: Hall) -> None:
    save(hall)
    page = read(hall.person(FIRST), hall, "bien-ban")
    for lack in ("hai người nhập số trên giấy và bằng nhau", "kiểm lại bằng tally verify", "kiểm lại bằng recount.py"):
        assert f"<li>{lack}</li>" in page
    refused(draw_up(hall), 409, "MINUTES_INCOMPLETE")
    both_type(hall, signatures=str(COUNT - 1))
    with writing(hall.house.registry) as session:
        session.query(PaperCount).update({"signatures": COUNT - 1})
    recounts.start(hall.house, hall.uuid, hall.actor(FIRST)).join()
    refused(draw_up(hall), 409, "PAPER_DIFFERS")
    assert not (hall.house.record(hall.uuid) / REPORT / "minutes.json").exists()


def test_documents_are_made_listed_with_their_hashes_and_made_again(ready: Hall) -> None:
    from tally.protocol.encoding import sha256_hex

    save(ready)
    report = ready.house.record(ready.uuid) / REPORT
    (report / "phieu-ca-nhan-99.pdf").write_bytes(b"of an earlier making")
    assert draw_up(ready).status_code == 302
    minutes = Minutes.parse((report / "minutes.json").read_bytes())
    assert (minutes.place, minutes.present, minutes.paper.signatures) == ("Cần Thơ", COUNT, COUNT)
    assert [(r.program, r.agrees) for r in minutes.recounts][:2] == [("tally verify", True), ("recount.py", True)]
    assert [(s.owner, s.certificate) for s in minutes.signers] == [(1, ""), (2, "")]
    assert not (report / "phieu-ca-nhan-99.pdf").exists()
    page = read(ready.person(FIRST), ready, "bien-ban")
    for name in ("bien-ban-kiem-phieu.pdf", "bao-cao-ket-qua.pdf"):
        raw = (report / name).read_bytes()
        assert raw.startswith(b"%PDF")
        assert sha256_hex(raw)[:4] in page
        assert ready.person(FIRST).get(f"/dot/{ready.uuid}/ket-qua/{name}").get_data() == raw
    listed, _, sheets = read(ready.person(FIRST), ready, "ket-qua").partition("<summary>Phiếu cá nhân (3)</summary>")
    assert ("phieu-ca-nhan-" in listed, "bien-ban-kiem-phieu.pdf" in listed) == (False, True)
    assert re.findall(r"Phiếu cá nhân số (\d)</a>: Cán bộ số (\d)", sheets) == [("1", "0"), ("2", "2"), ("3", "1")]
    before = (report / "bien-ban-kiem-phieu.pdf").read_bytes()
    assert "đã đổi sau lần lập này" not in page
    save(ready, revision=1, place="Hà Nội")
    assert "đã đổi sau lần lập này" in read(ready.person(FIRST), ready, "bien-ban")
    assert draw_up(ready).status_code == 302
    assert (report / "bien-ban-kiem-phieu.pdf").read_bytes() != before
    assert "đã đổi sau lần lập này" not in read(ready.person(FIRST), ready, "bien-ban")


# --- the members' pages -------------------------------------------------------------------------------------------


def test_a_members_page_reads_the_sentence_and_cannot_change_anything(prepared: Prepared) -> None:
    hall, members = convened(prepared.at("issuing"))
    hall.slips = [hall.slip(voter) for voter in hall.voters()]
    hall.freeze()
    run(members)
    admit(hall)
    hall.voting()
    for number in range(5):
        assert hall.cast(hall.body(number)).status_code == 201
    hall.by_two(closing.close)
    before = members[0].state()
    assert before["comparison"] is None
    for login, signed in ((FIRST, 44), (SECOND, 43), (FIRST, 43), (SECOND, 43)):
        comparing.type_counts(hall.house, hall.uuid, Typed(signed, 0, True, 5), hall.actor(login))
    after = members[1].state(before["revision"])
    assert after["revision"] > before["revision"]
    found = after["comparison"]
    assert (found["agrees"], len(found["equations"])) == (False, 8)
    assert found["sentence"].startswith("Không khớp ở phép so 1, phép so 3")
    assert found["equations"][4] == {
        "words": "Số phiếu phát ra theo hồ sơ = chữ ký nhận thẻ trên giấy",
        "left": 44, "sign": "=", "right": 43, "holds": False,
    }  # fmt: skip
    english = members[0].answer("tinh-hinh?ngon-ngu=en", revision=-1).get_json()["comparison"]["sentence"]
    assert english.startswith("They do not agree")
    for login in (FIRST, SECOND):
        comparing.type_counts(hall.house, hall.uuid, Typed(44, 0, True, 5), hall.actor(login))
    found = members[0].state()["comparison"]
    assert (found["agrees"], found["sentence"].startswith("Số trên giấy")) == (False, True)  # nobody recounted yet
    refused(PageMember(hall.at_committee(), hall.uuid, 1, "x").answer("tinh-hinh", revision=-1), 403, "DEVICE_UNKNOWN")
    dispose(hall)
