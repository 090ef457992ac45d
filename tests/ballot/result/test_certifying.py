"""From documents to a result that stands: members sign with keys or on paper, the organisers certify, nobody else does.

Here live signatures as they come in and the act of certifying. Never here: what a forged PDF looks like (tests/tally).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql
from werkzeug.test import TestResponse

from ballot.acts import find_round
from ballot.life import day
from ballot.log import audit
from ballot.result import after_count, certifying, comparing, papers, signatures, sittings
from ballot.result.comparing import Typed
from ballot.storage import reading, writing
from keys.committee.channel import MemberKeys
from keys.documents.statement import certificate_hash
from tally.protocol.acts_log_life import Life, check_round
from tally.protocol.encoding import sha256_hex
from tally.protocol.signer import SignerStatement
from tally.record import REPORT
from tests.ballot.after_hall import PAPER, again, agree, counted, dispose, draw_up, post, read, save
from tests.ballot.asking import do
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import FIRST, SECOND, screen, set_column
from tests.signatories import identities, signed_by

MINUTES, RESULT = signatures.TO_SIGN


def statement(hall: Hall, owner: int, secret_of: int = 0) -> bytes:
    """A member's statement, signed by that member or, as a lie, by another."""
    assert hall.board
    secret = MemberKeys.derive(hall.board.seeds[(secret_of or owner) - 1]).signing.secret
    certificate = certificate_hash(identities()[owner - 1].certificate)
    made = SignerStatement.make(hall.board.committee, owner=owner, certificate=certificate, secret=secret)
    return made.encode()


def files(*raws: bytes) -> list[tuple[BytesIO, str]]:
    return [(BytesIO(raw), "signer-1.json") for raw in raws]


def send(hall: Hall, login: str = FIRST, **documents: bytes) -> TestResponse:
    """Hand in signed documents, by MINUTES and RESULT."""
    named = {name.replace("_", "-"): (BytesIO(raw), "x.pdf") for name, raw in documents.items()}
    return post(hall.person(login), hall, "ky", named, page="ky")


def document(hall: Hall, name: str) -> bytes:
    return (hall.house.record(hall.uuid) / REPORT / f"{name}.pdf").read_bytes()


def signed(hall: Hall, name: str, *owners: int) -> bytes:
    return signed_by(document(hall, name), *((owner, identities()[owner - 1]) for owner in owners))


def certify(hall: Hall, login: str = FIRST) -> TestResponse:
    return post(hall.person(login), hall, "xac-nhan", page="ky")


@pytest.fixture(scope="module")
def agreed(prepared: Prepared) -> Hall:
    hall = counted(prepared)
    agree(hall)
    return hall


@pytest.fixture(scope="module")
def on_paper(prepared: Prepared, agreed: Hall) -> Hall:
    """Documents that are signed on paper; nobody may change it."""
    hall = again(prepared, agreed)
    assert save(hall).status_code == 302
    assert draw_up(hall).status_code == 302
    return hall


@pytest.fixture(scope="module")
def by_key(prepared: Prepared, agreed: Hall) -> Hall:
    """Documents that wait for the signatures of members 1 and 2; nobody may change it."""
    hall = again(prepared, agreed)
    said = files(statement(hall, 1), statement(hall, 2))
    assert save(hall, how="key", statements=said).status_code == 302
    assert draw_up(hall).status_code == 302
    return hall


@pytest.fixture(scope="module")
def begun(prepared: Prepared, by_key: Hall) -> Hall:
    """Member 1 has signed the minutes; nobody may change it."""
    hall = again(prepared, by_key)
    assert send(hall, bien_ban_kiem_phieu=signed(hall, MINUTES, 1)).status_code == 302
    return hall


@pytest.fixture(scope="module")
def whole(prepared: Prepared, by_key: Hall) -> Hall:
    """Both members have signed both documents; nobody may change it."""
    hall = again(prepared, by_key)
    sent = {name.replace("-", "_"): signed(hall, name, 1, 2) for name in signatures.TO_SIGN}
    assert send(hall, **sent).status_code == 302
    return hall


def own(name: str) -> Callable[..., Iterator[Hall]]:
    """Return a fixture: a fresh copy of a hall that others share."""

    @pytest.fixture(name=f"own_{name}")
    def fixture(prepared: Prepared, request: pytest.FixtureRequest) -> Iterator[Hall]:
        copy = again(prepared, request.getfixturevalue(name))
        yield copy
        dispose(copy)

    return fixture


own_paper, own_keyed, own_begun, own_whole = (own(name) for name in ("on_paper", "by_key", "begun", "whole"))


# --- statements ---------------------------------------------------------------------------------------------------


def test_a_statement_is_kept_if_its_member_signed_it_and_ties_the_certificate(by_key: Hall) -> None:
    report = by_key.house.record(by_key.uuid) / REPORT
    minutes = json.loads((report / "minutes.json").read_bytes())
    expected = [{"owner": n, "certificate": certificate_hash(identities()[n - 1].certificate)} for n in (1, 2)]
    assert minutes["signers"] == expected
    assert SignerStatement.parse((report / "signer-2.json").read_bytes()).owner == 2
    assert read(by_key.person(FIRST), by_key, "bien-ban").count("đã khai chứng thư") == 2


def test_a_statement_of_somebody_else_or_of_another_committee_is_not_kept(prepared: Prepared, agreed: Hall) -> None:
    hall = again(prepared, agreed)
    with nothing_changes(hall.house.registry):
        other = statement(hall, 1).replace(hall.board.committee.hash.encode(), b"0" * 64)  # type: ignore[union-attr]
        for raw in (statement(hall, 1, secret_of=2), other, b"{}", b"", b"[" * 5000):
            answer = save(hall, statements=files(raw))
            assert answer.status_code in (400, 413), raw
            assert "Chưa lưu được.</strong> Tờ khai chứng thư" in answer.get_data(as_text=True)
    assert not (hall.house.record(hall.uuid) / REPORT / "signer-1.json").exists()
    assert save(hall, how="key").status_code == 302
    assert "tờ khai chứng thư của thành viên số 1" in read(hall.person(FIRST), hall, "bien-ban")
    refused(draw_up(hall), 409, "MINUTES_INCOMPLETE")
    dispose(hall)


# --- the kit ------------------------------------------------------------------------------------------------------


def kit(hall: Hall) -> dict[str, bytes]:
    answer = hall.person(FIRST).get(f"/dot/{hall.uuid}/ky/bo-ky.zip")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        return {name.removeprefix(f"ho-so-{hall.uuid}/"): archive.read(name) for name in archive.namelist()}


def test_the_kit_is_what_a_member_signs_with_and_no_sheet_of_a_person(begun: Hall) -> None:
    found = kit(begun)
    assert {"manifest.json", "result.json", f"{begun.uuid}.bel", "report/minutes.json"} <= set(found)
    assert {"report/signer-1.json", "report/signer-2.json"} <= set(found)
    assert found[f"report/{MINUTES}.pdf"] == document(begun, MINUTES)
    assert found[f"report/signed/{MINUTES}.pdf"] == kept(begun, MINUTES)
    assert not [name for name in found if "ca-nhan" in name or "theo-doi" in name or "cap-the" in name]


def kept(hall: Hall, name: str) -> bytes:
    return (signatures.folder(hall.house, hall.uuid) / f"{name}.pdf").read_bytes()


# --- signed documents ---------------------------------------------------------------------------------------------


def test_the_page_says_who_has_signed_what_and_who_is_missing(by_key: Hall, begun: Hall, whole: Hall) -> None:
    page = read(by_key.person(FIRST), by_key, "ky")
    assert page.count("chưa ký</td>") == 4
    assert "keys sign" in page
    page = read(begun.person(SECOND), begun, "ky")
    assert (page.count("đã ký, chữ ký hợp lệ"), page.count("chưa ký</td>")) == (1, 3)
    assert "Biên bản kiểm phiếu chưa đủ chữ ký; Báo cáo kết quả phiếu tín nhiệm chưa đủ chữ ký" in page
    assert [(one.name, one.owners) for one in signatures.standing(begun.house, begun.uuid)] == [
        (MINUTES, (1,)), (RESULT, ()),
    ]  # fmt: skip
    page = read(whole.person(FIRST), whole, "ky")
    assert (page.count("đã ký, chữ ký hợp lệ"), "chưa ký</td>" in page) == (4, False)
    answer = whole.person(SECOND).get(f"/dot/{whole.uuid}/ky/{MINUTES}.pdf")
    assert answer.get_data() == kept(whole, MINUTES)


def test_a_file_with_fewer_signatures_never_replaces_the_kept_one(own_whole: Hall) -> None:
    before = kept(own_whole, MINUTES)
    fewer = signed(own_whole, MINUTES, 1)
    refused(send(own_whole, bien_ban_kiem_phieu=fewer), 409, "FEWER_SIGNATURES")
    assert kept(own_whole, MINUTES) == before
    assert signatures.standing(own_whole.house, own_whole.uuid)[0].owners == (1, 2)


def test_what_is_not_the_document_as_it_was_made_is_not_kept(own_by_key: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    with nothing_changes(own_by_key.house.registry):
        for other in (signed(own_by_key, RESULT, 1), b"%PDF-1.7"):  # told at once, without a process
            refused(send(own_by_key, bien_ban_kiem_phieu=other), 400, "MISMATCH")
        stranger = signed_by(document(own_by_key, MINUTES), (1, identities()[2]))
        answer = send(own_by_key, bien_ban_kiem_phieu=stranger)
        refused(answer, 400, "TALLY_REFUSED")
        assert "SIGNER_UNKNOWN" in answer.get_data(as_text=True)
        monkeypatch.setattr(signatures, "SIGNED_LIMIT", 1000)
        refused(send(own_by_key, bien_ban_kiem_phieu=signed(own_by_key, MINUTES, 1)), 413, "TOO_LARGE")
        assert send(own_by_key).status_code == 302  # no file at all
    assert not signatures.is_signed(own_by_key.house, own_by_key.uuid)
    assert sorted(p.name for p in own_by_key.house.folder(own_by_key.uuid).iterdir()) == ["parts", "record"]


def test_what_was_signed_over_other_documents_meanwhile_is_not_kept(
    own_by_key: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, check = own_by_key, signatures.verified

    def and_somebody_draws_up(*asked: Any, **more: Any) -> Any:
        found = check(*asked, **more)
        with reading(hall.house.registry) as session:
            typed, revision = sittings.draft(session, find_round(session, hall.uuid), members=3)
        sittings.save(hall.house, hall.uuid, replace(typed, place="Hà Nội"), hall.actor(SECOND), revision=revision)
        papers.draw_up(hall.house, hall.uuid, hall.actor(SECOND))
        return found

    monkeypatch.setattr(signatures, "verified", and_somebody_draws_up)
    refused(send(hall, bien_ban_kiem_phieu=signed(hall, MINUTES, 1, 2)), 400, "MISMATCH")
    assert not signatures.is_signed(hall.house, hall.uuid)


def test_documents_that_were_cut_off_are_none_even_if_the_old_minutes_are_typed_again(
    own_on_paper: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = own_on_paper
    assert save(hall, revision=1, place="Hà Nội").status_code == 302
    with monkeypatch.context() as crash:
        crash.setattr(papers, "write_whole", cut_off(papers.write_whole, after=3))
        assert draw_up(hall).status_code == 503
    assert save(hall, revision=2).status_code == 302
    refused(certify(hall), 409, "NOT_SIGNED")


def cut_off(write: Callable[[Path, bytes], None], *, after: int) -> Callable[[Path, bytes], None]:
    """Return a writing of files that fails once so many are written."""
    left = iter(range(after))

    def writing_some(path: Path, raw: bytes) -> None:
        if next(left, None) is None:
            raise OSError("cut off")
        write(path, raw)

    return writing_some


def test_nothing_that_was_signed_over_can_be_changed_any_more(begun: Hall) -> None:
    with nothing_changes(begun.house.registry):
        refused(save(begun, revision=1, place="Hà Nội"), 409, "ALREADY_SIGNED")
        refused(post(begun.person(FIRST), begun, "doi-chieu", PAPER), 409, "ALREADY_SIGNED")
        refused(draw_up(begun), 409, "ALREADY_SIGNED")
        refused(save(begun, revision=1, statements=files(statement(begun, 3))), 409, "ALREADY_SIGNED")
    for name in ("doi-chieu", "bien-ban"):
        assert "Đã có văn bản được ký" in read(begun.person(FIRST), begun, name)


def test_two_organisers_can_put_signed_documents_aside_and_begin_again(own_begun: Hall) -> None:
    hall = own_begun
    for _ in range(2):
        refused(post(hall.person(FIRST), hall, "bo-chu-ky", page="ky"), 409, "SECOND_PERSON_NEEDED")
    assert signatures.is_signed(hall.house, hall.uuid)
    assert post(hall.person(SECOND), hall, "bo-chu-ky", page="ky").status_code == 302
    assert not signatures.is_signed(hall.house, hall.uuid)
    assert [p.name for p in hall.house.folder(hall.uuid).glob("bo-chu-ky-*/*.pdf")] == [f"{MINUTES}.pdf"]
    assert save(hall, revision=1, how="key", place="Hà Nội").status_code == 302
    assert draw_up(hall).status_code == 302


# --- certifying ---------------------------------------------------------------------------------------------------


def phases(hall: Hall) -> tuple[str, str]:
    with reading(hall.house.registry) as session:
        return find_round(session, hall.uuid).phase, hall.phase()


def life(hall: Hall) -> Life:
    with reading(hall.house.registry) as session:
        return check_round(audit.log_of(session, 1), hall.manifest, closed=True)


def test_before_every_member_has_signed_both_documents_nobody_certifies(by_key: Hall, begun: Hall) -> None:
    for hall in (by_key, begun):
        with nothing_changes(hall.house.registry, hall.house.box):
            refused(certify(hall), 409, "NOT_SIGNED")


def test_one_organiser_certifies_and_then_the_result_is_public_and_final(own_whole: Hall) -> None:
    hall = own_whole
    assert told(hall) == ("Xác nhận kết quả", "certify")
    refused(hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip"), 403, "RESULT_NOT_CERTIFIED")
    assert certify(hall).status_code == 302
    assert phases(hall) == ("certified", "certified")
    assert (life(hall).phase.value, life(hall).moves[-1].entry.act) == ("certified", "certify")
    assert hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip").status_code == 200
    assert "Kết quả đã được xác nhận" in read(hall.person(FIRST), hall, "ky")
    with nothing_changes(hall.house.registry, hall.house.box):
        refused(certify(hall), 409, "WRONG_PHASE")
        refused(post(hall.person(FIRST), hall, "bo-chu-ky", page="ky"), 409, "WRONG_PHASE")
    answer = post(hall.person(FIRST), hall, "ket-qua/bo-ho-so", page="ket-qua")
    names = zipfile.ZipFile(io.BytesIO(answer.get_data())).namelist()
    assert any(name.endswith(f"signed/{MINUTES}.pdf") for name in names), names
    assert do(hall.person(FIRST), hall, "cong-bo", shown="0").status_code == 302
    assert "100%" in screen(hall)
    assert told(hall) == ("Công bố kết quả theo thẩm quyền", "publish")
    set_column(hall, "disclosure", "restricted")
    assert told(hall) == ("Gửi kết quả theo thẩm quyền", "publish")


def test_a_kept_file_that_was_changed_afterwards_is_found_at_the_certification(own_whole: Hall) -> None:
    hall = own_whole
    path = signatures.folder(hall.house, hall.uuid) / f"{RESULT}.pdf"
    before = path.read_bytes()
    path.write_bytes(before[:-2000] + b"\n" + before[-2000:])
    with nothing_changes(hall.house.registry, hall.house.box):
        refused(certify(hall), 409, "NOT_SIGNED")  # it is not the file that was looked at
    found = hall.house.folder(hall.uuid) / signatures.FOUND
    found.write_bytes(found.read_bytes().replace(sha256_hex(before).encode(), sha256_hex(path.read_bytes()).encode()))
    with nothing_changes(hall.house.registry, hall.house.box):
        refused(certify(hall), 400, "TALLY_REFUSED")
    assert phases(hall) == ("tallied", "tallied")


def test_a_recount_that_differs_after_the_signing_keeps_the_result_from_being_certified(own_whole: Hall) -> None:
    with writing(own_whole.house.registry) as session:
        session.execute(sql("UPDATE recounted SET agrees = false WHERE program = 'recount.py'"))
    with nothing_changes(own_whole.house.registry, own_whole.house.box):
        refused(certify(own_whole), 409, "PAPER_DIFFERS")


def test_on_paper_two_organisers_say_that_the_papers_are_signed(own_on_paper: Hall) -> None:
    hall = own_on_paper
    page = read(hall.person(FIRST), hall, "ky")
    assert "Ký giấy" in page
    assert "Ủy viên 1; Ủy viên 2." in page
    for _ in range(2):
        refused(certify(hall), 409, "SECOND_PERSON_NEEDED")
        assert phases(hall) == ("tallied", "tallied")
    assert "Xin mời một người khác" in read(hall.person(FIRST), hall, "ky")
    assert f"Người đề nghị: Người {FIRST}." in read(hall.person(SECOND), hall, "ky")
    assert certify(hall, SECOND).status_code == 302
    assert phases(hall) == ("certified", "certified")
    assert life(hall).phase.value == "certified"
    with nothing_changes(hall.house.registry):
        refused(save(hall, revision=1, statements=files(statement(hall, 3))), 409, "WRONG_PHASE")
    assert not (hall.house.record(hall.uuid) / REPORT / "signer-3.json").exists()


def test_what_the_first_said_of_other_documents_does_not_count_for_these(own_on_paper: Hall) -> None:
    hall = own_on_paper
    refused(certify(hall), 409, "SECOND_PERSON_NEEDED")
    assert save(hall, revision=1, place="Hà Nội").status_code == 302
    refused(certify(hall, SECOND), 409, "NOT_SIGNED")  # the papers on the table are no longer those of the minutes
    assert draw_up(hall).status_code == 302
    refused(certify(hall, SECOND), 409, "SECOND_PERSON_NEEDED")


def test_a_rehearsal_is_never_certified(own_on_paper: Hall) -> None:
    set_column(own_on_paper, "rehearsal", True)
    page = read(own_on_paper.person(FIRST), own_on_paper, "ky")
    assert "Đợt diễn tập không xác nhận được" in page
    assert "/xac-nhan" not in page
    with nothing_changes(own_on_paper.house.registry, own_on_paper.house.box):
        refused(certify(own_on_paper), 409, "REHEARSAL_ONLY")


def test_below_the_threshold_nobody_certifies(prepared: Prepared, agreed: Hall) -> None:
    hall = again(prepared, agreed)
    assert save(hall, signer=["2"]).status_code == 302
    refused(draw_up(hall), 409, "MINUTES_INCOMPLETE")
    refused(certify(hall), 409, "NOT_SIGNED")
    dispose(hall)


# --- what the day says --------------------------------------------------------------------------------------------


def told(hall: Hall) -> tuple[str, str]:
    with reading(hall.house.registry) as session:
        row = find_round(session, hall.uuid)
        found = day.day(hall.house, session, row, hall.actor(FIRST))
        assert [s.current for s in after_count.way(hall.house, session, row).steps].count(True) == 1
    return found.lead, found.step


def test_the_day_leads_from_the_comparison_to_the_signing(
    prepared: Prepared, agreed: Hall, by_key: Hall, on_paper: Hall
) -> None:
    fresh = again(prepared, agreed)
    comparing.type_counts(fresh.house, fresh.uuid, Typed(1, 0, True, 1), fresh.actor(FIRST))
    assert told(fresh) == ("Đối chiếu số trên giấy với hồ sơ", "compare")
    dispose(fresh)
    assert told(agreed) == ("Ghi biên bản và lập văn bản", "minutes")
    assert told(by_key) == ("Ban kiểm phiếu ký biên bản và báo cáo", "sign")
    assert told(on_paper) == ("Ban kiểm phiếu ký bản giấy, hai người xác nhận", "sign")
    for hall, name in ((agreed, "bien-ban"), (on_paper, "ky")):
        page = read(hall.person(FIRST), hall, "")
        place = page.partition('<section class="next day"')[2].partition("</section>")[0]
        assert f'href="/dot/{hall.uuid}/{name}"' in place


def test_papers_that_were_not_made_lead_to_nothing(agreed: Hall) -> None:
    refused(agreed.person(FIRST).get(f"/dot/{agreed.uuid}/ky/bo-ky.zip"), 400, "INCOMPLETE")
    for name in (f"{MINUTES}.pdf", "minutes.json", "signer-1.json", "..%2fminutes.json", "ket-qua.pdf"):
        assert agreed.person(FIRST).get(f"/dot/{agreed.uuid}/ky/{name}").status_code == 404
    with reading(agreed.house.registry) as session:
        row = find_round(session, agreed.uuid)
        assert papers.made(agreed.house, session, row) is None
        assert certifying.missing(agreed.house, row, None) == ("văn bản chưa được lập",)
