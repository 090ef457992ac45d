"""Minutes, report and draft resolution as their readers get them: every field, both layouts, results at the edge.

Here live tests of the documents of a committee. Never here: the paper forms around them (test_papers_*.py), or the
comparison of whole texts (test_documents_golden.py).
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from tally.i18n import speak, stop_speaking
from tally.outcome import Outcome
from tally.protocol.committee import Member
from tally.protocol.incident import Incident
from tally.protocol.manifest import Block, Policy, Roll
from tally.protocol.minutes import Absent, PaperCounts, Recount, Signatory
from tally.protocol.override import Override
from tally.protocol.witnessed import Witnessed
from tally.report import documents, family
from tally.report.documents import DOCUMENTS, Document, Papers, minutes, resolution, result_report
from tally.report.documents.parts import amount, day_words, dots, plain, time_words
from tally.report.documents.qr_code import QrCode, verification_text
from tally.report.sheet import LONG
from tally.rules import load
from tests.tally.judged import HOSTILE, REHEARSAL, a_round, counted, in_two_forms, officials
from tests.tally.some_papers import (
    RECORD_HASH,
    large,
    on_paper,
    pages,
    papers,
    party_rating,
    state_rating,
    text,
    vote,
)
from tests.tally.some_papers import minutes as written

UNANIMOUS = "con số tự nó cho biết"
NOBODY = "Không có người nào đạt ngưỡng phải xem xét"
STATE, PARTY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ĐẢNG CỘNG SẢN VIỆT NAM"
BY_KEY = tuple(Signatory(owner, "c" * 64) for owner in (1, 3, 2))
SIGNED = [document for document in DOCUMENTS if document.signed]


def one_person(*counts: int, returned: int = 30, rules: str = "NQ96_2023") -> Papers:
    people = Block("Khối Ủy ban nhân dân", officials("Lê Văn Hữu"))
    return papers(counted(a_round(people, rules=rules), counts, returned=returned), written())


def changed(outcome: Outcome, **facts: object) -> Outcome:
    return replace(outcome, round=replace(outcome.round, **facts))  # type: ignore[arg-type]


# --- each field of the minutes ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def state_minutes() -> str:
    said = written(
        assigned_by="Chủ tọa kỳ họp", complaints="Một đại biểu đề nghị đọc lại số liệu; đã đọc lại.",
        absent=(Absent("Vũ Thị Vắng", "nghỉ ốm"), Absent("Lại Văn Khuyết", "")),
        recounts=(Recount("tally recount", agrees=True), Recount("belenios-tool 3.3.0", agrees=True)),
    )  # fmt: skip
    return text(minutes.make, papers(state_rating(), said))


@pytest.mark.parametrize(
    "field",
    [
        STATE, "Độc lập - Tự do - Hạnh phúc", "HỘI ĐỒNG NHÂN DÂN TỈNH THANH SƠN BAN KIỂM PHIẾU", "Số: 05/BB-BKP",
        "Thanh Sơn, ngày 09 tháng 12 năm 2026", "BIÊN BẢN KIỂM PHIẾU Lấy phiếu tín nhiệm năm 2026 Kỳ họp thứ 11",
        "Căn cứ Nghị quyết số 96/2023/QH15", "Thực hiện nhiệm vụ do Chủ tọa kỳ họp giao",
        "Hồi 08 giờ 05 phút, ngày 09 tháng 12 năm 2026, tại Hội trường A, Thanh Sơn",
        "Ban kiểm phiếu gồm 03 thành viên, do Trần Quang Minh đứng đầu", "- Trần Quang Minh, Trưởng ban;",
        "- Phan Văn Đức.", "có ít nhất 03 trong 05 thành viên", "Tổng số đại biểu 34", "Số người được triệu tập 32",
        "Số người có mặt 31", "Số người vắng mặt 1", "đạt mức ít nhất 2/3 số người được triệu tập",
        "Vắng mặt: Vũ Thị Vắng (nghỉ ốm); Lại Văn Khuyết (không ghi lý do).",
        "Hồ Văn Ngoại Trưởng Ban Dân tộc Được bầu trong năm lấy phiếu khoản 5 Điều 2",
        "Loại phiếu Số người Phát ra Thu về Không thu về Hợp lệ Không hợp lệ",
        "Phiếu lấy phiếu tín nhiệm 4 31 30 1 30 0", "cấp lại thay thẻ hỏng 1", "đã hủy vì hỏng 1",
        "phong bì thẻ chuẩn bị trước 5", "đã hủy vì phong bì không dùng đến 2", "Số lần kiểm tra máy 3",
        "số phiếu không hợp lệ bằng 0", "chỉ làm mất hiệu lực của chính dòng đó; phiếu vẫn hợp lệ",
        "tính trên tổng số phiếu thu về, là 30 (khoản 3 Điều 19)", "Khối Hội đồng nhân dân 1 Nguyễn Thị Hường",
        "Trưởng Ban Pháp chế 27 3 9 30% 2 6,67% 16 53,33%", "30 0 4 13,33% 6 20% 20 66,67%",
        "Hai người đếm trên giấy và nhập độc lập với nhau: Lê Thị Hòa và Ngô Gia Nhập.",
        "Chữ ký nhận thẻ trên danh sách 31", "Phong bì không dùng đến 2", "Thẻ đã dùng trong thùng thẻ 30",
        "28 = 28 Khớp", "34 = 34 Khớp", "31 = 31 Khớp", "30 ≤ 31 Khớp", "2 = 2 Khớp", "30 = 30 Khớp",
        "tally recount Khớp belenios-tool 3.3.0 Khớp", "Khớp. Số trên giấy",
        "Khiếu nại, kiến nghị: Một đại biểu đề nghị đọc lại số liệu", "niêm phong theo biên bản niêm phong kèm theo",
        "Mã niêm phong (bản kê)", "abab abab abab abab abab abab abab abab", "c0de c0de c0de c0de",
        "tally verify HO-SO --manifest", "Biên bản kết thúc hồi 11 giờ 20 phút, lập thành 02 bản", "Nơi nhận:",
        "- Như trên; - Lưu.", "TRƯỞNG BAN (Ký, ghi rõ họ tên)", "THÀNH VIÊN (Ký, ghi rõ họ tên)", "Hồ sơ c0de c0de",
        "Trang 1/",
    ],
)  # fmt: skip
def test_the_minutes_have_every_field(field: str, state_minutes: str) -> None:
    assert field in state_minutes


def test_every_equation_is_printed_with_its_number_even_for_each_issuer(state_minutes: str) -> None:
    table = state_minutes[state_minutes.index("Phép so Nội dung") :]
    assert re.findall(r"(\d) (?:ban-to-chuc|mat-tran): số", table) == ["1", "1", "2", "2"]


def test_minutes_of_a_quiet_sitting_say_so() -> None:
    found = text(minutes.make, papers(state_rating(), written(absent=(), room="", number="")))
    assert "Không có khiếu nại, kiến nghị." in found
    assert "Vắng mặt:" not in found
    assert "Thực hiện nhiệm vụ" not in found
    assert ", tại Thanh Sơn, Ban kiểm phiếu" in found
    assert "Số: ……/BB-BKP" in found


@pytest.mark.parametrize(("kinds", "said"), [
    (("complaint", "power", "complaint"), "Khiếu nại, kiến nghị: 2 mục trong sổ sự cố dưới đây."),
    (("power", "receipt"), "Không có khiếu nại, kiến nghị."),
])  # fmt: skip
def test_a_field_left_empty_denies_no_complaint_that_the_book_has(kinds: tuple[str, ...], said: str) -> None:
    book = tuple(Incident(kind, "09:05", f"việc {kind}") for kind in kinds)
    found = text(minutes.make, papers(state_rating(), written(complaints="", incidents=book)))
    assert said in found
    assert ("Không có khiếu nại" in found) == said.startswith("Không")
    assert "việc power" in found


def test_a_slip_box_that_nobody_counted_is_named() -> None:
    paper = PaperCounts(31, 2, slips_counted=False, slips_in_box=0, typed_by=("A", "B"))
    found = text(minutes.make, papers(state_rating(), written(paper=paper)))
    assert "Thẻ đã dùng trong thùng thẻ Không đếm" in found
    assert "6 Thẻ đã dùng" not in found


def test_too_few_present_is_written_down() -> None:
    found = text(minutes.make, papers(state_rating(), written(present=21)))
    assert "không đạt mức ít nhất 2/3 số người được triệu tập" in found
    assert "Số người có mặt đạt mức" in text(minutes.make, papers(state_rating(), written(present=22)))


def test_a_count_that_went_past_midnight_ended_the_next_day() -> None:
    found = text(minutes.make, papers(state_rating(), written(started="22:40", ended="01:05")))
    assert "kết thúc hồi 01 giờ 05 phút ngày hôm sau" in found


def test_exceptions_to_the_conflict_of_interest_are_printed_and_only_where_there_are_some(state_minutes: str) -> None:
    granted = (Override("Nguyễn Thị Hường", "member", "Hai người trùng họ tên.", "to-chuc-1", "to-chuc-2"),)
    found = text(minutes.make, replace(papers(state_rating(), written()), overrides=granted))
    assert "Ngoại lệ về xung đột lợi ích" in found
    assert "Hai người trùng họ tên. to-chuc-1; to-chuc-2" in found
    assert "Ngoại lệ" not in state_minutes


def test_who_accepted_a_small_electorate_is_named_in_minutes_and_report() -> None:
    """threats D2"""
    outcome = changed(state_rating(), policy=Policy(5, accepted_by="Trần Văn B, Chủ tọa"), voters=9)
    for document in SIGNED:
        assert "Trần Văn B, Chủ tọa đã đọc cảnh báo này" in text(document.make, papers(outcome, written()))


# --- layouts and marks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", SIGNED, ids=lambda d: d.name)
def test_the_layout_is_that_of_the_rules(document: Document) -> None:
    state, party = (text(document.make, papers(o, written())) for o in (state_rating(), party_rating()))
    assert STATE in state
    assert PARTY not in state
    assert PARTY in party
    assert STATE not in party
    assert "TỈNH ỦY THANH SƠN BAN KIỂM PHIẾU *" in party
    assert "Số: " in state
    assert "Số: " not in party


def test_party_documents_are_numbered_without_a_colon() -> None:
    assert "Số 05-BB/BKP" in text(minutes.make, papers(party_rating(), written()))
    assert "Số ……-BC/BKP" in text(result_report.make, papers(party_rating(), written()))
    assert "Số 1204-BB/BKP" in text(minutes.make, papers(party_rating(), written(number="1204")))
    assert "Số 5-BB/BKP" not in text(minutes.make, papers(party_rating(), written(number="5")))
    assert "Số ² Thanh Sơn" in text(minutes.make, papers(party_rating(), written(number="²")))
    assert "Số 12-BB/BKP-TU" in text(minutes.make, papers(party_rating(), written(number="12-BB/BKP-TU")))


@pytest.mark.parametrize("document", DOCUMENTS[:3], ids=lambda d: d.name)
def test_marks_of_secrecy_and_of_a_draft_stand_on_page_one(document: Document) -> None:
    secret = changed(state_rating(), policy=Policy(5, secrecy="Tối mật"))
    first, *rest = pages(document.make(papers(secret), family()))
    assert "TỐI MẬT" in first
    assert "DỰ THẢO" in first
    assert not any("MẬT" in page or "DỰ THẢO" in page for page in rest)


def test_what_is_to_be_signed_is_no_draft_and_a_resolution_always_is_one() -> None:
    whole = papers(state_rating(), written())
    assert all("DỰ THẢO" not in text(document.make, whole) for document in SIGNED)
    assert "DỰ THẢO" in text(resolution.make, whole)


@pytest.mark.parametrize("document", DOCUMENTS[:3], ids=lambda d: d.name)
def test_every_page_of_a_rehearsal_says_so(document: Document) -> None:
    found = pages(document.make(papers(changed(large("NQ96_2023"), rehearsal=True), written()), family()))
    assert len(found) > 3
    assert all(REHEARSAL in page for page in found)


def test_a_draft_leaves_dots_where_people_write_and_says_nothing_of_a_comparison() -> None:
    found = text(minutes.make, papers(state_rating()))
    for line in ("Hồi ……… giờ ……… phút", "Số người có mặt ………", "Chữ ký nhận thẻ trên danh sách ………", "lập thành ………"):
        assert line in found, line
    assert "Phép so" not in found
    assert "Vắng mặt (họ tên, lý do):" in found
    assert "LÊ THỊ HÒA" not in found  # as they are called, not in capitals
    assert "Lê Thị Hòa" in found


def test_numbers_that_differ_make_a_draft_that_shows_where() -> None:
    paper = PaperCounts(30, 2, slips_counted=True, slips_in_box=30, typed_by=("A", "B"))
    found = text(minutes.make, papers(state_rating(), written(paper=paper)))
    assert "DỰ THẢO" in found
    assert "31; 30 Không khớp" in found
    assert "Không khớp ở phép so 1, phép so 3" in found


def test_a_recount_that_differs_is_named() -> None:
    said = written(recounts=(Recount("tally recount", agrees=True), Recount("belenios-tool", agrees=False)))
    found = text(minutes.make, papers(state_rating(), said))
    assert "belenios-tool Không khớp" in found
    assert "lần kiểm lại của belenios-tool" in found


# --- results at the edge ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", SIGNED, ids=lambda d: d.name)
def test_exactly_half_reaches_nothing_and_exactly_two_thirds_does(document: Document) -> None:
    assert NOBODY in text(document.make, one_person(10, 5, 15))
    over = text(document.make, one_person(10, 4, 16))
    assert "thuộc trường hợp quá nửa đến dưới 2/3" in over
    two_thirds = text(document.make, one_person(4, 6, 20))
    assert "20 phiếu, chiếm 66,67% tổng số phiếu thu về; thuộc trường hợp từ 2/3" in two_thirds
    assert "(Điều 12, văn bản số 96/2023/QH15)" in two_thirds
    assert NOBODY not in over + two_thirds


def test_the_words_for_the_lower_share_are_not_said_of_whoever_reached_the_higher() -> None:
    trigger = "Căn cứ để xem xét bỏ phiếu tín nhiệm"
    assert trigger in text(minutes.make, one_person(10, 4, 16))
    assert trigger not in text(minutes.make, one_person(4, 6, 20))
    assert trigger in text(minutes.make, one_person(1, 1, 28, rules="NQ85_2014"))


@pytest.mark.parametrize("counts", [(30, 0, 0), (0, 0, 30), (20, 10, 0)])
def test_a_unanimous_row_gets_one_neutral_sentence(counts: tuple[int, ...]) -> None:
    """threats D5, D6"""
    found = text(minutes.make, one_person(*counts))
    assert found.count(UNANIMOUS) == 1
    assert f"{counts[0]} {'100%' if counts[0] == 30 else '0%' if not counts[0] else '66,67%'}" in found


def test_the_fewest_ballots_get_a_sentence_and_none_gets_no_other() -> None:
    """threats D2"""
    assert "Chỉ có 5 phiếu thu về" in text(minutes.make, one_person(2, 2, 1, returned=5))
    nothing = text(minutes.make, one_person(0, 0, 0, returned=0))
    assert "0 0% 0 0% 0 0%" in nothing
    assert UNANIMOUS not in nothing
    assert "Chỉ có" not in nothing


def test_the_base_of_all_delegates_is_named() -> None:
    found = text(minutes.make, one_person(17, 7, 6, rules="NQ85_2014"))
    assert "tính trên tổng số đại biểu, là 34 (khoản 1 Điều 17)" in found
    assert "17 50% 7 20,59% 6 17,65%" in found


def test_a_vote_with_two_choices_has_two_columns() -> None:
    found = text(minutes.make, papers(vote(), written()))
    assert "30 0 12 40% 18 60%" in found
    assert "Tín nhiệm thấp" not in found
    assert "quá nửa tổng số phiếu không tín nhiệm" in found
    party = text(result_report.make, papers(vote("QD96_2023_VOTE"), written()))
    assert "BÁO CÁO KẾT QUẢ BỎ PHIẾU TÍN NHIỆM Tại Kỳ họp thứ 11 bỏ phiếu tín nhiệm" in party


def test_each_form_has_its_counters() -> None:
    for document in SIGNED:
        found = text(document.make, papers(in_two_forms(), written()))
        assert "Phiếu số 1: Hội đồng nhân dân 2 31 30 1 30 0" in found
        assert "Phiếu số 2: Ủy ban nhân dân 2 31 30 1 30 0" in found
        assert "PHIẾU SỐ 2: ỦY BAN NHÂN DÂN Lãnh đạo" in found


def test_large_numbers_have_a_dot_for_thousands() -> None:
    round_ = a_round(Block("Khối", officials("Lê Văn Hữu")), roll=Roll(1300, 1250, 1200, "0" * 64))
    found = text(minutes.make, papers(counted(round_, (1000, 100, 100), returned=1200), written()))
    assert "Tổng số đại biểu 1.300" in found
    assert "1.200 0 1.000 83,33%" in found


# --- report and resolution ----------------------------------------------------------------------------------------


def test_the_report_has_the_fields_of_its_form_in_their_order() -> None:
    found = text(result_report.make, papers(party_rating(), written(assigned_by="Thường trực Tỉnh ủy")))
    fields = (
        "(Đóng dấu treo)", "BÁO CÁO KẾT QUẢ PHIẾU TÍN NHIỆM", "Tại Hội nghị lần thứ 12 lấy phiếu tín nhiệm",
        "giao nhiệm vụ kiểm phiếu: Thường trực Tỉnh ủy.", "bắt đầu kiểm phiếu: 08 giờ 05 phút, ngày 09 tháng 12",
        "Địa điểm: Hội trường A, Thanh Sơn", "gồm 03 thành viên; người đứng đầu: Trần Quang Minh.",
        "Đối tượng kiểm phiếu: 04 người (Ban Thường vụ)", "Tổng số đại biểu 34", "Số người có mặt 31",
        "Số phiếu phát ra 31", "Số phiếu thu về 30", "Số phiếu hợp lệ 30", "Số phiếu không hợp lệ 0",
        "Tín nhiệm cao Tín nhiệm Tín nhiệm thấp", "Nguyễn Thị Hường", "20 66,67% 7 23,33% 3 10%", "Phạm Đức Trưởng",
        "Kiểm phiếu kết thúc hồi 11 giờ 20 phút", "Nơi nhận:",
    )  # fmt: skip
    places = [found.index(field) for field in fields]
    assert places == sorted(places)
    state = text(result_report.make, papers(state_rating(), written()))
    assert "BÁO CÁO KẾT QUẢ KIỂM PHIẾU LẤY PHIẾU TÍN NHIỆM Tại Kỳ họp thứ 11" in state


def test_a_round_without_a_session_is_at_a_meeting_or_a_session() -> None:
    for outcome, place in ((party_rating(), "Tại hội nghị"), (state_rating(), "Tại kỳ họp")):
        found = text(result_report.make, papers(changed(outcome, session=""), written()))
        assert f"{place} lấy phiếu tín nhiệm" in found


def test_the_resolution_is_written_as_councils_write_theirs() -> None:
    found = text(resolution.make, papers(state_rating(), written()))
    fields = (
        "Số: ……/NQ-HĐND", "NGHỊ QUYẾT Xác nhận kết quả lấy phiếu tín nhiệm", "KỲ HỌP THỨ 11", "Căn cứ …",
        "bầu hoặc phê chuẩn;", "Căn cứ Biên bản kiểm phiếu ngày 09 tháng 12 năm 2026", "QUYẾT NGHỊ:",
        "Điều 1. Tại Kỳ họp thứ 11, Hội đồng nhân dân tỉnh Thanh Sơn đã lấy phiếu tín nhiệm đối với 04 người",
        "Điều 2. Xác nhận", "I. Khối Hội đồng nhân dân", "1. Nguyễn Thị Hường, Trưởng Ban Pháp chế:",
        "- Số phiếu tín nhiệm cao: 20 phiếu (chiếm 66,67% tổng số phiếu thu về);", "- Số phiếu tín nhiệm: 07 phiếu",
        "- Số phiếu tín nhiệm thấp: 03 phiếu (chiếm 10% tổng số phiếu thu về).",
        "- Số phiếu tín nhiệm: 0 phiếu (chiếm 0% tổng số phiếu thu về);", "II. Khối Ủy ban nhân dân",
        "- Số phiếu không ghi hợp lệ ở dòng này: 03 phiếu.", "Điều 12, văn bản số 96/2023/QH15", "Lưỡng Vỹ Sửu.",
        "Điều 3. Nghị quyết này có hiệu lực", "Nơi nhận:", "CHỦ TỊCH",
    )  # fmt: skip
    at = 0
    for field in fields:
        at = found.index(field, at)


def test_a_resolution_on_a_vote_has_a_line_for_each_choice() -> None:
    found = text(resolution.make, papers(vote(), written()))
    assert "- Số phiếu tín nhiệm: 12 phiếu (chiếm 40% tổng số phiếu thu về);" in found
    assert "- Số phiếu không tín nhiệm: 18 phiếu (chiếm 60% tổng số phiếu thu về)." in found
    assert "đã bỏ phiếu tín nhiệm đối với 02 người" in found


def test_only_rules_that_name_a_resolution_have_one() -> None:
    assert resolution.needed(papers(state_rating()))
    assert not resolution.needed(papers(party_rating()))


def test_the_assembly_numbers_its_resolutions_otherwise() -> None:
    assembly = changed(state_rating(), body="Quốc hội")
    assert "Số: ……/NQ-QH" in text(resolution.make, papers(assembly))
    assert "Số: ……/NQ " in text(resolution.make, papers(changed(state_rating(), body="Hội nghị chung")))


# --- rounds on paper ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS[:3], ids=lambda d: d.name)
def test_a_round_on_paper_has_documents_without_hashes(document: Document) -> None:
    people = counted(a_round(Block("Khối", officials("Lê Văn Hữu"))), (10, 5, 10))
    found = text(document.make, on_paper(people, invalid=3))
    assert "Kiểm phiếu giấy" in found
    assert "tally verify" not in found
    assert "Phép so" not in found
    assert "27" in found  # valid ballots


def test_paper_ballots_are_void_for_the_reasons_of_the_rules() -> None:
    rules = load("QD262_2014")
    found = text(minutes.make, on_paper(changed(party_rating(), rules=rules)))
    assert "Phiếu không hợp lệ theo văn bản số 262-QĐ/TW: phiếu không do ban kiểm phiếu phát ra;" in found
    assert "thì phiếu không hợp lệ." in found
    assert "phiếu vẫn hợp lệ" not in found
    assert "Số phiếu đã in ………" in found


def test_what_nobody_wrote_down_of_a_round_on_paper_is_left_open() -> None:
    outcome = replace(state_rating(), ballots=replace(state_rating().ballots, delegates=0, summoned=0, issued=0))
    about = on_paper(outcome)
    assert "Tổng số đại biểu ……… Số người được triệu tập ………" in text(minutes.make, about)
    assert "4 ……… 30 ……… 30 0" in text(minutes.make, about)
    assert "Số phiếu phát ra: ………;" in text(resolution.make, about)


# --- signatures ---------------------------------------------------------------------------------------------------


def fields_of(pdf: bytes) -> list[tuple[str, bool]]:
    """The signature fields in their order, and whether each locks the document."""
    form = PdfReader(io.BytesIO(pdf)).trailer["/Root"].get("/AcroForm")
    return [(f.get_object()["/T"], "/Lock" in f.get_object()) for f in form["/Fields"]] if form else []


@pytest.mark.parametrize("document", SIGNED, ids=lambda d: d.name)
def test_each_signer_has_a_field_in_their_order_and_the_last_locks(document: Document) -> None:
    made = document.make(papers(state_rating(), written(signers=BY_KEY)), family())
    assert fields_of(made) == [("ky-1", False), ("ky-3", False), ("ky-2", True)]
    assert "có chữ ký số của những người có tên dưới đây" in " ".join(pages(made))


@pytest.mark.parametrize("document", DOCUMENTS[:3], ids=lambda d: d.name)
def test_what_is_signed_on_paper_or_not_at_all_has_no_field(document: Document) -> None:
    assert fields_of(document.make(papers(state_rating(), written()), family())) == []
    assert fields_of(document.make(papers(state_rating()), family())) == []
    if not document.signed:
        assert fields_of(document.make(papers(state_rating(), written(signers=BY_KEY)), family())) == []


def test_minutes_name_who_watched_the_box_and_how_far() -> None:
    lan, mai = Witnessed("quan-sat-1", "5" * 64, 30, closing=True), Witnessed("quan-sat-2", "6" * 64, 20, closing=False)
    told = text(minutes.make, papers(state_rating(), written(witnesses=(lan, mai))))
    assert "Người chứng kiến đã ký các mốc của hòm phiếu bằng khóa của mình: quan-sat-1 (5555 5555 5555 5555 …)" in told
    assert "đến phiếu thứ 30, và tờ chốt quan-sat-2 (6666 6666 6666 6666 …) đến phiếu thứ 20" in told
    assert "chứng kiến" not in text(minutes.make, papers(state_rating(), written()))


def test_nine_signers_and_many_recipients_find_room() -> None:
    nine = tuple(Member(f"Nguyễn Thị Thành Viên Thứ {i}", "") for i in range(9))
    said = written(
        signers=tuple(Signatory(i, "c" * 64) for i in range(1, 10)), recipients=tuple(f"Nơi {i}" for i in range(80))
    )
    made = minutes.make(replace(papers(state_rating(), said), members=nine), family())
    assert [name for name, _ in fields_of(made)] == [f"ky-{i}" for i in range(1, 10)]
    found = " ".join(pages(made))
    assert "- Nơi 79." in found
    assert all(f"Thứ {i}" in found for i in range(9))


def test_no_member_signs_a_page_without_a_word_of_the_minutes() -> None:
    for outcome in (state_rating(), party_rating(), large(), vote()):
        last = pages(minutes.make(papers(outcome, written(signers=BY_KEY)), family()))
        signed = next(page for page in last if "TRƯỞNG BAN" in page)
        assert "Biên bản kết thúc hồi" in signed


# --- the code on page one -----------------------------------------------------------------------------------------


def test_the_code_says_how_to_verify_and_names_record_and_manifest() -> None:
    about = papers(state_rating())
    seal = about.outcome.seal
    assert seal is not None
    assert verification_text(about) == f"tally verify HO-SO --manifest {seal.manifest} # PTN1-BB {RECORD_HASH}"
    address = verification_text(about, "https://kiem-chung.example/")
    assert address == f"https://kiem-chung.example/#manifest={seal.manifest}&record={RECORD_HASH}"
    assert verification_text(on_paper(state_rating())) == ""


def test_the_code_is_square_and_described() -> None:
    code = QrCode("tally verify")
    assert code.width == code.height > 0
    assert "kiểm chứng" in code.alt


# --- the same bytes, and texts of any kind ------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS[:3], ids=lambda d: d.name)
def test_a_document_is_the_same_bytes_whatever_language_a_screen_speaks(document: Document) -> None:
    about = papers(state_rating(), written(signers=BY_KEY))
    first = document.make(about, family())
    token = speak("en")
    try:
        second = document.make(about, family())
    finally:
        stop_speaking(token)
    assert first == second


@pytest.mark.parametrize("document", DOCUMENTS[:3], ids=lambda d: d.name)
def test_texts_that_try_to_be_markup_are_printed_as_they_are(document: Document) -> None:
    block = Block("<i>Khối</i>", officials(*HOSTILE))
    manifest = a_round(block, title="<para>&amp;{0}", body="ủy ban <font>", session="<b>{x}")
    said = written(place="<u>{0}", recipients=("<a href='x'>{1}",), number="<1>", room="{2}", assigned_by="&lt;{3}")
    outcome = counted(manifest, *[(4, 6, 20)] * len(HOSTILE))
    found = text(document.make, papers(outcome, said)).replace(" ", "")
    for hostile in (*HOSTILE, "<i>Khối</i>", "ỦYBAN<FONT>", "<b>{x}", "<u>{0}", "<ahref='x'>{1}"):
        assert hostile.replace(" ", "") in found or hostile.upper().replace(" ", "") in found, hostile


@pytest.mark.parametrize("document", DOCUMENTS[:3], ids=lambda d: d.name)
def test_the_longest_permitted_texts_find_room(document: Document) -> None:
    block = Block("M" * 2000, officials("W" * 400, "Đ" * 400, position="W" * 400), "Ô" * 400)
    names = {"title": "Ư" * 2000, "session": "Ă" * 2000, "body": "Ê" * 2000}
    outcome = counted(a_round(block, **names), *[(20, 7, 3)] * 2)
    said = written(
        place="Q" * 200, room="R" * 400, number="7" * 60, recipients=("T" * 2000,), complaints="U" * 2000,
        absent=(Absent("V" * 200, "X" * 400),), recounts=(Recount("Y" * 200, agrees=True),),
        paper=PaperCounts(31, 2, slips_counted=True, slips_in_box=30, typed_by=("Z" * 200, "Ơ" * 200)),
    )  # fmt: skip
    long = tuple(Member("Ỹ" * 200, "Ạ" * 200) for _ in range(3))
    found = " ".join(pages(document.make(replace(papers(outcome, said), members=long), family())))
    assert found.count("Đ") >= 400
    assert found.count("T") >= 2000
    assert found.count("Ê") >= 2000


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_the_longest_texts_that_are_not_set_smaller_find_room(document: Document) -> None:
    block = Block("M" * LONG, officials("W" * LONG, "Đ" * LONG, position="W" * LONG), "Ô" * LONG)
    outcome = counted(a_round(block), *[(20, 7, 3)] * 2)
    assert pages(document.make(papers(outcome, written()), family()))


@pytest.mark.parametrize("certificate", ["c" * 64, ""], ids=["by key", "on paper"])
@pytest.mark.parametrize("document", SIGNED, ids=lambda d: d.name)
def test_everybody_signs_on_the_page_of_the_last_sentences(document: Document, certificate: str) -> None:
    signers = tuple(Signatory(owner, certificate) for owner in (1, 3, 2))
    *others, last = pages(document.make(papers(state_rating(), written(signers=signers)), family()))
    assert last.count("(Ký, ghi rõ họ tên)") == 3
    assert "có giá trị như nhau" in last
    assert not any("(Ký" in page for page in others)


def test_the_places_to_sign_follow_the_text_where_the_page_has_room() -> None:
    signers = tuple(Signatory(owner, "") for owner in (1, 3, 2))
    found = pages(minutes.make(papers(state_rating(), written(signers=signers)), family()))
    assert "Mã của hồ sơ" in found[-1]


# --- a whole set --------------------------------------------------------------------------------------------------


def test_a_set_is_written_whole_and_told_as_it_goes(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    about = papers(state_rating(), written())
    paths = documents.write_documents(about, tmp_path, family(), progress=lambda *done: told.append(done))
    assert [path.name for path in paths[:3]] == ["bien-ban-kiem-phieu.pdf", "bao-cao-ket-qua.pdf", "nghi-quyet.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)
    assert told == [(i, len(paths)) for i in range(1, len(paths) + 1)]
    assert paths[0].read_bytes() == DOCUMENTS[0].make(about, family())


def test_a_set_that_fails_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_papers: Papers, _face: object) -> bytes:
        raise OSError("no space left")

    old = tmp_path / "bien-ban-kiem-phieu.pdf"
    old.write_bytes(b"old")
    broken = (DOCUMENTS[0], Document("khac", "Khác", fails))
    monkeypatch.setattr(documents, "DOCUMENTS", broken)
    with pytest.raises(OSError, match="no space left"):
        documents.write_documents(papers(state_rating()), tmp_path, family())
    assert [path.name for path in tmp_path.iterdir()] == [old.name]
    assert old.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("said", "as_written"),
    [
        (amount(0), "0"), (amount(4), "04"), (amount(78), "78"), (amount(1234), "1.234"), (plain(4), "4"),
        (plain(12345), "12.345"), (dots(3), "………"), (time_words("08:05"), "08 giờ 05 phút"),
        (day_words("2026-12-09"), "ngày 09 tháng 12 năm 2026"), (day_words("2023-02-02"), "ngày 02 tháng 02 năm 2023"),
        (day_words("2023-05-17"), "ngày 17 tháng 5 năm 2023"),
    ],
)  # fmt: skip
def test_numbers_days_and_times_are_written_as_offices_write_them(said: str, as_written: str) -> None:
    assert said == as_written
