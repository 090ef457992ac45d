"""A receipt in dispute: what it proves, the chain to the result, and what neither a desk nor anybody learns from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from ballot.identity.login import create_account
from ballot.onlookers import disputes
from ballot.onlookers.disputes import Asked, Kind
from ballot.public import board
from ballot.public.disclosure import Viewer
from ballot.result import closing
from tally.protocol.ballot import Ballot
from tally.protocol.booth import commit_code, shown_commit
from tally.protocol.checkpoint import parse_notes
from tally.protocol.encoding import sha256_hex
from tally.protocol.receipt import Receipt, make_receipt, receipt_bytes
from tally.record import CHECKPOINTS, CLOSING, RESULT, Record
from tests.ballot.after_hall import again, dispose, post, read
from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.look import ballots, nothing_changes, refused
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import DESK, FIRST, cast, tally

CAST = 24
GONE = "A" * 43
MARKS = re.compile(r">[0-9,]+%<|Cán bộ số|class=\"result\"|\"counts\"")


@pytest.fixture(scope="module")
def closed(prepared: Prepared) -> Hall:
    """A closed box with two batches; nobody may change it."""
    hall = prepared.at("voting")
    cast(hall, range(CAST))
    hall.by_two(closing.close)
    create_account(hall.house, 1, login="quan-sat", name="Người quan sát", role="observer", password=PASSWORD)
    return hall


@pytest.fixture(scope="module")
def hall(prepared: Prepared, closed: Hall) -> Iterator[Hall]:
    """The same, counted."""
    copy = again(prepared, closed)
    tally(copy)
    yield copy
    dispose(copy)


def receipt(hall: Hall, number: int = 0) -> Receipt:
    ballot = Ballot.parse(sorted(ballots(hall))[number])
    return make_receipt(ballot, hall.election, hall.house.keyring.box(hall.uuid).sign)


def ask(hall: Hall, login: str, **values: str) -> str:
    answer = asked(hall, login, **values)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def asked(hall: Hall, login: str, **values: str) -> TestResponse:
    return post(hall.person(login), hall, "tra-cuu", values, page="tra-cuu")


def links(page: str) -> list[str]:
    found = re.findall(r'<span class="hash">([0-9a-f ]+)</span>', page)
    return [digest.replace(" ", "") for digest in found]


# --- in the record ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 7, CAST - 1])
def test_every_link_from_the_ballot_to_the_result_is_a_hash_of_the_record(hall: Hall, number: int) -> None:
    given = receipt(hall, number)
    page = ask(hall, FIRST, tracker=given.tracker)
    record = Record.read(hall.house.record(hall.uuid))
    assert "Phiếu này có trong hồ sơ." in page
    ballot, batch, head, closing, root, whole, result = links(page)
    assert ballot == next(sha256_hex(raw) for raw in ballots(hall) if Ballot.parse(raw).tracker == given.tracker)
    notes = parse_notes(record[CHECKPOINTS], CHECKPOINTS)
    place = next(i for i, note in enumerate(notes) if f"ballot {ballot}" in note.lines)
    assert f"Lô niêm phong {place + 1} trên {len(notes)}" in page
    closed_note = parse_notes(record[CLOSING], CLOSING)[0]
    assert f"Đầu chuỗi của mọi lô: {CAST} phiếu" in page
    assert closed_note.lines[2] in page.replace("&#43;", "+")
    assert (batch == head) is (place + 1 == len(notes))
    assert closing == sha256_hex(record[CLOSING])
    assert f"root {root}" in closed_note.lines
    assert whole == record.hash
    assert result == sha256_hex(record[RESULT])
    assert "không khớp với mắt xích trước" not in page


def test_the_beginning_of_a_tracker_is_enough_where_only_one_begins_so(hall: Hall) -> None:
    given = receipt(hall)
    typed = f" {given.tracker[:5]} {given.tracker[5:9]} "
    assert given.tracker in ask(hall, FIRST, tracker=typed).replace("&#43;", "+")
    assert "Mã quá ngắn" in ask(hall, FIRST, tracker=given.tracker[:5])


def test_a_whole_receipt_answers_for_signature_and_commit_code(hall: Hall) -> None:
    given = receipt(hall)
    page = ask(hall, FIRST, tracker=given.tracker, commit=given.commit, signature=given.signature.upper())
    assert "Chữ ký trên biên nhận đúng là của hòm phiếu." in page
    assert "Mã cam kết đúng là của phiếu này." in page
    pasted = ask(hall, FIRST, tracker=json.dumps(given.as_json()))
    assert "Chữ ký trên biên nhận đúng là của hòm phiếu." in pasted
    short = ask(hall, FIRST, tracker=given.tracker, commit=shown_commit(given.commit))
    assert "Mã cam kết đúng là của phiếu này." in short
    other = Ballot.parse(sorted(ballots(hall))[1])
    wrong = commit_code(hall.election, tuple(answer.choices for answer in other.answers))
    page = ask(hall, FIRST, tracker=given.tracker, commit=wrong, signature=given.signature)
    assert "không phải của phiếu này" in page
    assert "không phải của hòm phiếu này cho phiếu này" in page


def test_before_the_count_the_chain_ends_with_the_root(closed: Hall) -> None:
    page = ask(closed, FIRST, tracker=receipt(closed).tracker)
    assert len(links(page)) == 5
    assert "Chưa kiểm phiếu: chuỗi mới đến mã gốc." in page


def test_a_link_that_does_not_hold_is_said(prepared: Prepared, hall: Hall) -> None:
    copy = again(prepared, hall)
    path = copy.house.record(copy.uuid) / CHECKPOINTS
    raw = path.read_bytes()
    notes = parse_notes(raw, CHECKPOINTS)
    path.write_bytes(raw.replace(notes[0].lines[2].encode(), notes[1].lines[2].encode(), 1))
    page = ask(copy, FIRST, tracker=receipt(copy).tracker)
    assert "không khớp với mắt xích trước" in page
    dispose(copy)


# --- not in the record --------------------------------------------------------------------------------------------


def test_a_receipt_that_the_box_signed_for_a_ballot_that_is_not_there_proves_a_fault(hall: Hall) -> None:
    """threats G2"""
    commit = "0" * 64
    signed = hall.house.keyring.box(hall.uuid).sign(receipt_bytes(hall.uuid, tracker=GONE, commit=commit)).hex()
    page = ask(hall, FIRST, tracker=GONE, commit=commit, signature=signed)
    assert "Lỗi của máy chủ, đã được chứng minh." in page
    assert "Không ký và không xác nhận kết quả." in page
    elsewhere = hall.house.keyring.box(hall.uuid).sign(receipt_bytes("1" * 14, tracker=GONE, commit=commit)).hex()
    for signature in (elsewhere, "0" * 128, "x", signed[:-2] + "00"):
        page = ask(hall, FIRST, tracker=GONE, commit=commit, signature=signature)
        assert "chữ ký không phải của hòm phiếu" in page
        assert "đã được chứng minh" not in page


def test_a_tracker_alone_proves_nothing_and_the_page_says_what_to_look_for(hall: Hall) -> None:
    page = ask(hall, FIRST, tracker=GONE)
    assert "Không có mã này trong hồ sơ." in page
    assert "Thẻ của tôi đã bỏ phiếu chưa?" in page


def test_anything_at_all_may_be_typed(hall: Hall) -> None:
    broken = ("{", '{"round":1}', "{}" * 900, '{"a":' + "[" * 1900, "<script>x</script>", "\u202e" * 20, "é" * 43)
    for value in broken:
        for field in ("tracker", "commit", "signature"):
            values = {"tracker": GONE, "commit": "0" * 64, "signature": "0" * 128} | {field: value}
            page = ask(hall, FIRST, **values)
            assert "<script>x" not in page
    refused(hall.person(FIRST).send(f"/dot/{hall.uuid}/tra-cuu", data={"tracker": GONE}), 400, "FORM_EXPIRED")


def test_the_board_takes_a_whole_receipt_too_and_anything_else_is_no_fault(hall: Hall) -> None:
    """SPEC 5.12: what a phone reads from a terminal's code."""
    whole, place = receipt(hall), f"/dot/{hall.uuid}/tra-cuu"
    page = hall.booth().get(place, query_string={"ma": json.dumps(whole.as_json())}).get_data(as_text=True)
    assert f'✓ Có trong hòm phiếu: <span class="hash">{whole.tracker}</span>' in page.replace("&#43;", "+")
    other = json.dumps(whole.as_json() | {"tracker": GONE})
    for broken in ("{", '{"round":1}', '{"a":' + "[" * 5000, other, "[]", "7" * 5000):
        answer = hall.booth().get(place, query_string={"ma": broken})
        assert (answer.status_code, "✓" in answer.get_data(as_text=True)) == (200, False)


# --- what nobody learns -------------------------------------------------------------------------------------------


def test_the_answer_never_says_what_a_ballot_holds_or_whose_it_is(hall: Hall) -> None:
    given = receipt(hall)
    for login in (FIRST, DESK, "quan-sat"):
        page = ask(hall, login, tracker=given.tracker, commit=given.commit, signature=given.signature)
        assert not MARKS.search(page)
        assert "Đại biểu họ tên" not in page


def test_a_desk_gets_no_hash_by_which_it_could_try_out_a_result(hall: Hall) -> None:
    given = receipt(hall)
    assert len(links(ask(hall, DESK, tracker=given.tracker))) == 5
    assert len(links(ask(hall, "quan-sat", tracker=given.tracker))) == 7
    record = Record.read(hall.house.record(hall.uuid))
    for secret in (record.hash, sha256_hex(record[RESULT])):
        assert secret[:16] not in ask(hall, DESK, tracker=given.tracker).replace(" ", "")


def test_looking_up_is_written_down_nowhere_and_not_in_an_address(hall: Hall) -> None:
    with nothing_changes(hall.house.registry, hall.house.box):
        answer = asked(hall, FIRST, tracker=receipt(hall).tracker)
    assert answer.status_code == 200  # no redirect that would carry it
    assert 'id="ket-qua"' not in read(hall.person(FIRST), hall, f"tra-cuu?tracker={GONE}")


def test_while_the_box_is_open_nothing_is_looked_up(prepared: Prepared) -> None:
    hall = prepared.at("voting")
    for login in (FIRST, DESK):
        refused(hall.person(login).get(f"/dot/{hall.uuid}/tra-cuu"), 404, "ROUND_NOT_PUBLISHED")
    with pytest.raises(board.NotPublished):
        disputes.look_up(hall.house, hall.uuid, Asked(GONE), Viewer.DESK)
    dispose(hall)


def test_two_that_begin_alike_are_not_told_apart(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disputes, "LEAST", 0)
    assert disputes.look_up(hall.house, hall.uuid, Asked(""), Viewer.ORGANISER).kind is Kind.SEVERAL
