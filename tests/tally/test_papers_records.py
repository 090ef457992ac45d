"""The statement of attendance and issuing, the sealing record, and what holds for every paper without a signing field.

Here live tests of these. Never here: the comparison's arithmetic (test_comparison.py).
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from pypdf import PdfReader

from tally.outcome import Outcome
from tally.protocol.minutes import Absent, PaperCounts
from tally.report.documents import DOCUMENTS, Papers, documents_of, exempt_list, follow_up, issuing, sealing
from tally.report.documents.paper_ballot import make as ballot
from tally.report.documents.paper_ballot import make_specimen as specimen
from tally.report.documents.person_sheet import make as person_sheet
from tests.tally.some_papers import (
    SLIPS,
    Make,
    large,
    made,
    minutes,
    on_paper,
    pages,
    papers,
    party_rating,
    state_rating,
    text,
    vote,
)  # fmt: skip

OURS = {
    "phieu-tin-nhiem", "phieu-tin-nhiem-mau", "danh-sach-khong-lay-phieu", "bang-cap-the", "bien-ban-niem-phong",
    "danh-sach-theo-doi",
}  # fmt: skip
MAKERS: tuple[Make, ...] = (
    ballot, specimen, exempt_list.make, issuing.make, sealing.make, follow_up.make, partial(person_sheet, number=1),
)  # fmt: skip
ROUNDS: tuple[Callable[[], Outcome], ...] = (state_rating, party_rating, vote, large)


def issued(about: Papers) -> str:
    return text(issuing.make, about)


def sealed(about: Papers) -> str:
    return text(sealing.make, about)


# --- attendance and issuing ---------------------------------------------------------------------------------------


def test_attendance_and_slips_are_counted_even_when_zero() -> None:
    found = issued(papers(state_rating(), minutes()))
    for line in (
        "BẢNG TỔNG HỢP người dự và cấp thẻ bỏ phiếu", "Tổng số đại biểu 34", "Số người được triệu tập 32",
        "Số người có tên trong danh sách bỏ phiếu 31", "Số người có mặt 31", "Số người vắng mặt 1",
        "đạt mức ít nhất 2/3 số người được triệu tập", "1 Vũ Thị Vắng nghỉ ốm", "ban-to-chuc 28 1 5 0 34 mat-tran 28 1",
        "Thẻ trong danh sách 34 Đã hủy vì hỏng 1 Đã hủy vì phong bì không dùng đến 2", "Số phiếu phát ra 31",
        "Số phiếu thu về 30", "Số phiếu không thu về 1", "Lê Thị Hòa và Ngô Gia Nhập", "Khớp. Số trên giấy",
        "Chữ ký nhận thẻ trên danh sách 31 Phong bì không dùng đến 2 Thẻ đã dùng trong thùng thẻ 30",
        "Tổng số lần kiểm tra 3 Máy không ghi tên 1 Máy B1 2", "NGƯỜI ĐẾM VÀ NHẬP THỨ NHẤT (Ký, ghi rõ họ tên)",
    ):  # fmt: skip
        assert line in found, line
    assert "DỰ THẢO" not in found


def test_no_tests_and_no_envelopes_are_printed_as_zero() -> None:
    none = replace(SLIPS, envelopes=(0, 0), reissued=(0, 0), spoiled=0, unused=0, tests={})
    found = issued(replace(papers(state_rating(), minutes()), slips=none))
    assert "ban-to-chuc 28 0 0 0 28" in found
    assert "Đã hủy vì hỏng 0 Đã hủy vì phong bì không dùng đến 0" in found
    assert "Tổng số lần kiểm tra 0" in found


def test_issuers_that_differ_show_it_and_the_statement_says_what_does_not_agree() -> None:
    different = replace(SLIPS, issued=(28, 27))
    wrong = minutes(paper=PaperCounts(31, 2, slips_counted=True, slips_in_box=29, typed_by=("Lê Thị Hòa", "Ngô Nhập")))
    found = issued(replace(papers(state_rating(), wrong), slips=different))
    assert "mat-tran 27 1 5 0 33" in found
    assert "Không khớp ở phép so 6." in found


def test_nobody_absent_is_said_plainly_and_so_are_people_without_a_name() -> None:
    everybody = issued(papers(state_rating(), minutes(present=32, absent=())))
    assert "Không có người vắng mặt." in everybody
    unnamed = issued(papers(state_rating(), minutes(present=29, absent=(Absent("Vũ Thị Vắng", ""),))))
    assert "1 Vũ Thị Vắng không ghi lý do" in unnamed
    assert "Người vắng mặt chưa được ghi tên: 2." in unnamed


def test_too_few_people_are_called_too_few() -> None:
    assert "không đạt mức ít nhất 2/3" in issued(papers(state_rating(), minutes(present=21)))
    assert "không đạt mức" not in issued(papers(state_rating(), minutes(present=22)))


def test_slips_that_nobody_counted_are_not_called_zero() -> None:
    paper = PaperCounts(31, 2, slips_counted=False, slips_in_box=0, typed_by=("Lê Thị Hòa", "Ngô Gia Nhập"))
    assert "Thẻ đã dùng trong thùng thẻ Không đếm" in issued(papers(state_rating(), minutes(paper=paper)))


def test_a_draft_has_dots_where_people_write() -> None:
    found = issued(papers(party_rating()))
    for line in ("DỰ THẢO", "Số người có mặt …", "1 …", "3 …", "Chữ ký nhận thẻ trên danh sách …"):
        assert line in found, line


def test_a_hundred_absent_people_are_all_there() -> None:
    absent = tuple(Absent(f"Người vắng thứ {i:03d}", "đi công tác") for i in range(100))
    found = pages(made(issuing.make, papers(state_rating(), minutes(present=0, absent=absent))))
    whole = " ".join(found)
    assert all(f"{i + 1} Người vắng thứ {i:03d} đi công tác" in whole for i in range(100))


# --- sealing ------------------------------------------------------------------------------------------------------


def test_the_sealing_record_names_things_numbers_and_hashes() -> None:
    found = sealed(papers(state_rating(), minutes()))
    for line in (
        "BIÊN BẢN niêm phong, bàn giao tài liệu kiểm phiếu", "Số: ……/BB-BKP", "tại Hội trường A, Thanh Sơn",
        "- Trần Quang Minh, Trưởng ban", "Bên nhận (họ tên, chức vụ): …", "1 Danh sách người dự có chữ ký nhận thẻ",
        "tờ, 31 chữ ký", "2 Thẻ đã dùng, lấy từ thùng thẻ 30 thẻ",
        "3 Phong bì thẻ không dùng đến, đã mở và hủy 2 phong bì", "4 Thẻ hỏng đã thu lại và hủy 1 thẻ",
        "7 Phương tiện lưu hồ sơ (USB), số …", "Mã hồ sơ c0de c0de c0de c0de",
        "Gốc cây phiếu abab abab", "Nơi lưu giữ và thời hạn lưu giữ theo quy định của cơ quan, tổ chức: …",
        "Phần khóa của từng thành viên Ban kiểm phiếu không nằm trong hồ sơ", "lập thành 02 bản", "ĐẠI DIỆN BÊN NHẬN",
        "ĐẠI DIỆN BÊN GIAO", "NGƯỜI CHỨNG KIẾN",
    ):  # fmt: skip
        assert line in found, line


def test_the_sealing_record_of_a_round_on_paper_seals_ballots_and_has_no_hash() -> None:
    found = sealed(on_paper(party_rating(), invalid=1))
    assert "2 Phiếu hợp lệ 29 phiếu" in found
    assert "3 Phiếu không hợp lệ 1 phiếu" in found
    for line in ("Mã hồ sơ", "USB", "Phần khóa", "thẻ đã dùng"):
        assert line not in found


def test_the_sealing_record_of_a_draft_has_dots() -> None:
    found = sealed(papers(party_rating()))
    assert "tờ, ……… chữ ký" in found
    assert "lập thành ……… bản" in found


# --- all papers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ROUNDS)
def test_every_paper_is_the_same_bytes_twice_composed_and_without_a_field(outcome: Callable[[], Outcome]) -> None:
    for make in MAKERS:
        pdf = made(make, papers(outcome(), minutes()))
        assert unicodedata.is_normalized("NFC", " ".join(pages(pdf)))
        assert "/AcroForm" not in PdfReader(io.BytesIO(pdf)).trailer["/Root"]


@pytest.mark.parametrize(("outcome", "mine", "other"), [
    (state_rating, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ĐẢNG CỘNG SẢN"),
    (party_rating, "ĐẢNG CỘNG SẢN VIỆT NAM", "CỘNG HÒA XÃ HỘI"),
])  # fmt: skip
def test_every_paper_has_the_head_of_its_layout(outcome: Callable[[], Outcome], mine: str, other: str) -> None:
    for make in MAKERS:
        found = text(make, papers(outcome(), minutes()))
        assert mine in found
        assert other not in found


def test_every_paper_but_a_ballot_names_its_record_on_each_page() -> None:
    for make in MAKERS[2:]:
        found = pages(made(make, papers(state_rating(), minutes())))
        assert all("Hồ sơ c0de c0de c0de c0de" in page for page in found)


def test_a_round_on_paper_has_all_papers_but_the_statement_of_slips() -> None:
    electronic = {d.name for d in documents_of(papers(state_rating()))}
    paper = {d.name for d in documents_of(on_paper(state_rating()))}
    assert {d.name for d in DOCUMENTS} >= OURS
    assert electronic >= OURS
    assert paper & OURS == OURS - {"bang-cap-the"}
