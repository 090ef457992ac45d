"""The report as its reader gets it: text, fonts, pages, the same bytes each time, and texts that try to be markup.

Here live tests of documents and charts. Never here: a test of the counting (test_outcome.py).
"""

import io
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from tally.outcome import Outcome
from tally.protocol.manifest import Block, Exempt, Policy, Roll
from tally.protocol.override import Override
from tally.report import chart, family, write_report
from tally.report.typeface import FALLBACK_NOTE, FOLDER
from tally.slips import SlipCounts
from tests.tally.judged import (
    HOSTILE,
    RECORD_HASH,
    REHEARSAL,
    SLIPS,
    UNANIMOUS,
    VERDICT,
    a_round,
    counted,
    in_two_forms,
    officials,
    usual,
)


def written(outcome: Outcome, folder: Path) -> dict[str, bytes]:
    paths = write_report(outcome, folder, record_hash=RECORD_HASH, verdict=VERDICT, slips=SLIPS)
    return {path.name: path.read_bytes() for path in paths}


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with runs of white space as one blank."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text(outcome: Outcome, folder: Path) -> str:
    return " ".join(pages(written(outcome, folder)["ket-qua.pdf"]))


def test_exceptions_to_the_conflict_of_interest_are_printed_and_only_where_there_are_some(tmp_path: Path) -> None:
    title = "Ngoại lệ về xung đột lợi ích"
    assert title not in text(usual(), tmp_path)
    reason = "Hai người trùng họ tên, khác năm sinh & <quê quán>."
    granted = (Override("Nguyễn Thị Hường", "member", reason, "to-chuc-1", "to-chuc-2"),)
    paths = write_report(usual(), tmp_path, record_hash=RECORD_HASH, verdict=VERDICT, slips=SLIPS, overrides=granted)
    found = " ".join(pages(paths[0].read_bytes()))
    for line in (title, "thành viên ban kiểm phiếu", reason, "to-chuc-1 to-chuc-2"):
        assert line in found, line


def test_a_round_in_several_forms_has_their_names_above_their_blocks(tmp_path: Path) -> None:
    found = text(in_two_forms(), tmp_path)
    table = found[found.index("Kết quả của từng người") :]
    order = ("Phiếu số 1: Hội đồng nhân dân", "Khối Hội đồng nhân dân", "Nguyễn Thị Hường", "Lãnh đạo", "Đỗ Quỳnh Ẩn",
             "Phiếu số 2: Ủy ban nhân dân", "Lãnh đạo", "Lưỡng Vỹ Sửu", "Phạm Đức Trưởng")  # fmt: skip
    at = 0
    for line in order:
        at = table.index(line, at) + len(line)


def test_each_form_has_its_counters_and_all_are_equal(tmp_path: Path) -> None:
    found = text(in_two_forms(), tmp_path)
    assert "Phiếu số 1: Hội đồng nhân dân 2 31 30 30 0" in found
    assert "Phiếu số 2: Ủy ban nhân dân 2 31 30 30 0" in found
    assert "nên số phiếu của mọi loại đều bằng nhau" in found


def test_a_round_in_one_form_has_no_table_of_forms(tmp_path: Path) -> None:
    assert "Loại phiếu" not in text(usual(), tmp_path)
    named = counted(a_round(Block("Khối", officials("Lê Văn Hữu"), "Phiếu số 1")), (10, 5, 15))
    found = text(named, tmp_path)
    assert "Loại phiếu" not in found
    assert "Phiếu số 1" in found


def test_a_block_that_is_called_as_its_form_has_one_heading(tmp_path: Path) -> None:
    blocks = (Block("Phiếu số 1", officials("Lê Văn Hữu"), "Phiếu số 1"), Block("B", officials("Lê An"), "Phiếu số 2"))
    found = text(counted(a_round(*blocks), (10, 5, 15), (10, 5, 15)), tmp_path)
    table = found[found.index("Kết quả của từng người") : found.index("Người có tỷ lệ đạt ngưỡng")]
    assert table.count("Phiếu số 1") == 1


def test_a_chart_has_a_heading_for_a_form_and_one_for_each_block_of_it() -> None:
    (figure,) = chart.pages(in_two_forms())
    assert [[(h.text, h.is_form) for h in headings] for headings, _ in figure.rows] == [
        [("Phiếu số 1: Hội đồng nhân dân", True), ("Khối Hội đồng nhân dân", False)],
        [("Lãnh đạo", False)],
        [("Phiếu số 2: Ủy ban nhân dân", True), ("Lãnh đạo", False)],
        [],
    ]


def test_a_form_is_named_again_on_the_next_figure() -> None:
    block = Block("Khối", officials(*(f"Người {i}" for i in range(40))), "Phiếu số 1")
    figures = chart.pages(counted(a_round(block), *[(20, 7, 3)] * 40))
    assert len(figures) > 1
    assert all([h.text for h in page.rows[0][0]] == ["Phiếu số 1", "Khối"] for page in figures)


def test_who_is_not_rated_is_listed_with_reason_and_source(tmp_path: Path) -> None:
    title = "Người giữ chức vụ thuộc diện nhưng không lấy phiếu trong đợt này"
    assert title not in text(usual(), tmp_path)
    people = (
        Exempt("Trần Thị Bưởi", "Giám đốc Sở Y tế", "Đã có thông báo nghỉ hưu & <chờ>", "khoản 5 Điều 2"),
        Exempt("Lý Văn Cam", "Trưởng Ban Dân tộc", "Đang điều trị dài ngày", ""),
    )
    found = text(usual(exempt=people), tmp_path)
    for line in (title, "Trần Thị Bưởi Giám đốc Sở Y tế Đã có thông báo nghỉ hưu & <chờ> khoản 5 Điều 2",
                 "Lý Văn Cam Trưởng Ban Dân tộc Đang điều trị dài ngày Không ghi"):  # fmt: skip
        assert line in found, line


def test_a_report_of_few_voters_names_who_accepted_the_warning(tmp_path: Path) -> None:
    """threats D2"""
    assert "đã đọc cảnh báo này" not in text(usual(), tmp_path)
    policy = Policy(5, accepted_by="Trần Văn B, Chủ tọa")
    found = text(usual(policy=policy, roll=Roll(9, 9, 9, "0" * 64)), tmp_path)
    assert "Danh sách có 9 người bỏ phiếu." in found
    assert "Trần Văn B, Chủ tọa đã đọc cảnh báo này và chấp nhận trước khi niêm phong." in found


def test_the_mark_of_secrecy_stands_first_on_page_one_and_on_every_chart(tmp_path: Path) -> None:
    files = written(usual(policy=Policy(5, secrecy="Tuyệt mật")), tmp_path)
    first, *rest = pages(files["ket-qua.pdf"])
    assert first.startswith("TUYỆT MẬT HỘI ĐỒNG NHÂN DÂN")
    assert not any("TUYỆT MẬT" in page for page in rest)
    title = ET.fromstring(files["bieu-do-1.svg"]).find("{http://www.w3.org/2000/svg}metadata")  # noqa: S314 (ours)
    assert title is not None
    assert "TUYỆT MẬT" in ET.tostring(title, "unicode")
    assert "MẬT" not in text(usual(), tmp_path)


def test_the_longest_mark_of_secrecy_is_printed_whole(tmp_path: Path) -> None:
    first = pages(written(usual(policy=Policy(5, secrecy="M" * 40)), tmp_path)["ket-qua.pdf"])[0]
    assert "M" * 40 in first.replace(" ", "")


def test_a_result_for_few_eyes_says_so(tmp_path: Path) -> None:
    sentence = "Kết quả không công bố rộng rãi; chỉ gửi những người và cơ quan có thẩm quyền."
    assert sentence not in text(usual(), tmp_path)
    assert sentence in text(usual(policy=Policy(5, disclosure="restricted")), tmp_path)


def test_slips_and_tests_of_terminals_are_counted_on_the_page_even_when_zero(tmp_path: Path) -> None:
    found = text(usual(), tmp_path)
    for line in (
        "Số người đã được cấp thẻ tại bàn 31", "Số thẻ cấp lại thay thẻ hỏng 1", "Số phong bì thẻ chuẩn bị trước 4",
        "Số thẻ đã hủy vì hỏng 1", "Số thẻ đã hủy vì phong bì không dùng đến 3",
        "không nằm trong danh sách 1 / 0 / 0", "Số lần kiểm tra máy 3", "máy không ghi tên 1", "Trong đó, máy B1 2",
    ):  # fmt: skip
        assert line in found, line
    nothing = SlipCounts(("van-phong",), (0,), (0,), (0,), (0,), spoiled=0, unused=0, tests={})
    paths = write_report(usual(), tmp_path, record_hash=RECORD_HASH, verdict=VERDICT, slips=nothing)
    found = " ".join(pages(paths[0].read_bytes()))
    for line in ("cấp thẻ tại bàn 0", "thay thẻ hỏng 0", "chuẩn bị trước 0", "vì hỏng 0", "không dùng đến 0",
                 "trong danh sách 0", "kiểm tra máy 0"):  # fmt: skip
        assert line in found, line


def test_the_report_names_round_officials_counts_and_shares(tmp_path: Path) -> None:
    found = text(usual(), tmp_path)
    assert unicodedata.is_normalized("NFC", found)
    for expected in (
        "HỘI ĐỒNG NHÂN DÂN TỈNH THANH SƠN", "KẾT QUẢ LẤY PHIẾU TÍN NHIỆM", "Ngày 09/12/2026", "96/2023/QH15",
        "Khối Hội đồng nhân dân", "Khối Ủy ban nhân dân", "Nguyễn Thị Hường", "Đỗ Quỳnh Ẩn", "Trưởng Ban Pháp chế",
        "20 66,67% 7 23,33% 3 10% 0", "30 100% 0 0% 0 0% 0", "9 30% 2 6,67% 16 53,33% 3",
    ):  # fmt: skip
        assert expected in found


def test_every_counter_is_printed_even_when_zero(tmp_path: Path) -> None:
    found = text(usual(), tmp_path)
    for expected in (
        "Tổng số đại biểu 34", "Số người được triệu tập 32", "Số phiếu phát ra 31", "Số phiếu thu về 30",
        "Số phiếu không thu về 1", "Số phiếu hợp lệ 30", "Số phiếu không hợp lệ 0",
        "Dòng để trống chỉ làm mất hiệu lực",
    ):  # fmt: skip
        assert expected in found


def test_the_base_of_percentages_is_named_in_words(tmp_path: Path) -> None:
    assert "tính trên tổng số phiếu thu về, tức 30 (khoản 3 Điều 19)" in text(usual(), tmp_path)


def test_who_reached_a_threshold_is_told_with_its_text_and_source(tmp_path: Path) -> None:
    found = text(usual(), tmp_path)
    assert "3. Lưỡng Vỹ Sửu, Trưởng Ban Pháp chế Tín nhiệm thấp: 20 phiếu, chiếm 66,67% tổng số phiếu thu về" in found
    assert "(Điều 12, văn bản số 96/2023/QH15)" in found
    assert "Có thể xin từ chức" in found
    assert "Không có người nào đạt ngưỡng" not in found


def test_a_report_in_which_nobody_reached_a_threshold_says_so(tmp_path: Path) -> None:
    outcome = counted(a_round(Block("Khối", officials("Lê Văn Hữu"))), (10, 5, 15))
    found = text(outcome, tmp_path)
    assert "Không có người nào đạt ngưỡng phải xem xét theo văn bản số 96/2023/QH15." in found
    assert UNANIMOUS not in found


@pytest.mark.parametrize("counts", [(30, 0, 0), (0, 0, 30), (20, 10, 0)])
def test_a_unanimous_row_gets_one_neutral_sentence(counts: tuple[int, ...], tmp_path: Path) -> None:
    outcome = counted(a_round(Block("Khối", officials("Lê Văn Hữu"))), counts)
    assert text(outcome, tmp_path).count(UNANIMOUS) == 1


def test_very_few_ballots_get_a_warning(tmp_path: Path) -> None:
    outcome = counted(a_round(Block("Khối", officials("Lê Văn Hữu"))), (3, 2, 2), returned=7)
    assert "Chỉ có 7 phiếu thu về" in text(outcome, tmp_path)


def test_a_round_without_a_ballot_is_still_reported(tmp_path: Path) -> None:
    outcome = counted(a_round(Block("Khối", officials("Lê Văn Hữu"))), (0, 0, 0), returned=0)
    found = text(outcome, tmp_path)
    assert "0 0% 0 0% 0 0% 0" in found
    assert UNANIMOUS not in found


def test_the_reader_is_told_how_to_check(tmp_path: Path) -> None:
    outcome = usual()
    found = text(outcome, tmp_path)
    assert VERDICT in found
    assert "c0de c0de c0de c0de" in found
    assert f"tally verify HO-SO --manifest {outcome.seal.manifest}" in found
    assert "3 (van-phong, mat-tran, thanh-tra)" in found
    assert "5 thành viên; mở kết quả cần ít nhất 3" in found
    assert all(note in found for note in outcome.round.rules.verify)


def test_only_embedded_fonts_are_used(tmp_path: Path) -> None:
    if shutil.which("pdffonts") is None:
        pytest.skip("pdffonts (poppler-utils) is not installed")
    written(usual(), tmp_path)
    listed = subprocess.run(["pdffonts", tmp_path / "ket-qua.pdf"], capture_output=True, text=True, check=True)
    rows = listed.stdout.splitlines()[2:]
    assert rows
    for row in rows:
        assert row.split()[-5:-2] == ["yes", "yes", "yes"], row  # embedded, subset, with a way back to Unicode


def test_the_build_has_brought_the_wanted_fonts() -> None:
    assert family().regular == "Tinos-Regular"
    assert family().note == ""
    assert "SIL OPEN FONT LICENSE" in (FOLDER / "OFL.txt").read_text("utf-8")


def test_without_the_wanted_fonts_another_family_serves_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tally.report.typeface.FOLDER", tmp_path / "none")
    family.cache_clear()
    try:
        assert family().note == FALLBACK_NOTE
        assert "Nguyễn Thị Hường" in text(usual(), tmp_path)
    finally:
        family.cache_clear()


def test_all_vietnamese_letters_have_glyphs() -> None:
    vowels = "aăâeêioôơuưy"
    marks = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    letters = unicodedata.normalize("NFC", "".join(v + mark for v in vowels for mark in marks) + "đ–“”₫")
    assert family().spell(letters + letters.upper()) == letters + letters.upper()


def test_what_a_font_cannot_draw_is_spelled_out_and_decomposed_text_is_composed() -> None:
    assert family().spell("Họp 🙂") == "Họp [U+1F642]"
    assert family().spell(unicodedata.normalize("NFD", "Nguyễn")) == "Nguyễn"


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = written(usual(), tmp_path / "a"), written(usual(), tmp_path / "b")
    assert list(first) == ["ket-qua.pdf", "luot-phieu.svg", "luot-phieu.png", "bieu-do-1.svg", "bieu-do-1.png"]
    assert first == second


def test_the_document_says_its_language_and_title(tmp_path: Path) -> None:
    reader = PdfReader(io.BytesIO(written(usual(), tmp_path)["ket-qua.pdf"]))
    assert reader.trailer["/Root"]["/Lang"] == "vi-VN"
    assert reader.metadata is not None
    assert reader.metadata.title == "Kết quả lấy phiếu tín nhiệm: Lấy phiếu tín nhiệm năm 2026"


def test_every_page_of_a_rehearsal_says_so_and_no_other(tmp_path: Path) -> None:
    many = officials(*(f"Người thứ {i}" for i in range(1, 41)))
    outcome = counted(a_round(Block("Khối", many), rehearsal=True), *[(20, 7, 3)] * 40)
    found = pages(written(outcome, tmp_path)["ket-qua.pdf"])
    assert len(found) > 3
    assert all(REHEARSAL in page for page in found)
    assert REHEARSAL not in text(usual(), tmp_path)


def test_every_page_carries_the_record_and_its_number(tmp_path: Path) -> None:
    found = pages(written(usual(), tmp_path)["ket-qua.pdf"])
    for number, page in enumerate(found, start=1):
        assert "Hồ sơ c0de c0de c0de c0de" in page
        assert f"Trang {number}/{len(found)}" in page


def test_sixty_officials_with_long_names_and_positions_are_all_there(tmp_path: Path) -> None:
    names = [f"Công Tằng Tôn Nữ Thị Nguyễn Phước Bảo Quỳnh Hương {i:02d}" for i in range(60)]
    position = "Ủy viên Ban Thường vụ, Bí thư Đảng ủy, " * 9 + "Chủ tịch"
    manifest = a_round(Block("Khối rất dài " * 20, officials(*names, position=position[:400])))
    found = text(counted(manifest, *[(20, 7, 3)] * 60), tmp_path)
    assert all(f"Hương {i:02d}" in found for i in range(60))


def test_the_longest_permitted_texts_without_a_blank_are_printed_whole(tmp_path: Path) -> None:
    form = Block("M" * 2000, officials("W" * 400, "Đ" * 400, position="W" * 400), "Ô" * 400)
    exempt = (Exempt("Ơ" * 400, "Ă" * 400, "Ê" * 400, "Ư" * 400),)
    other = Block("Khối", officials("Lê Văn Hữu"), "Â" * 400)
    manifest = a_round(form, other, exempt=exempt, policy=Policy(5, accepted_by="Ỹ" * 200))
    found = text(counted(manifest, *[(20, 7, 3)] * 3), tmp_path).replace(" ", "")
    assert found.count("M") >= 2000
    assert found.count("Đ") >= 400
    assert found.count("W") >= 1200
    for letter, most in (("Ô", 800), ("Â", 800), ("Ơ", 400), ("Ă", 400), ("Ê", 400), ("Ư", 400), ("Ỹ", 200)):
        assert found.count(letter) >= most, letter


def test_texts_that_try_to_be_markup_are_printed_as_they_are(tmp_path: Path) -> None:
    manifest = a_round(Block("<i>Khối</i>", officials(*HOSTILE)), title="<para>&amp;{0}", body="ủy ban <font>")
    files = written(counted(manifest, *[(4, 6, 20)] * len(HOSTILE)), tmp_path)
    squeezed = "".join(pages(files["ket-qua.pdf"])).replace(" ", "")
    for hostile in (*HOSTILE, "<i>Khối</i>", "<para>&amp;{0}", "ỦY BAN <FONT>"):
        assert hostile.replace(" ", "") in squeezed
    drawing = ET.fromstring(files["bieu-do-1.svg"])  # noqa: S314 (we wrote it ourselves)
    assert not [node for node in drawing.iter() if node.tag.rpartition("}")[2] in {"script", "img", "image", "b"}]


def test_charts_are_readable_pictures_without_a_date(tmp_path: Path) -> None:
    files = written(usual(), tmp_path)
    assert b"dc:date" not in files["bieu-do-1.svg"]
    assert ET.fromstring(files["bieu-do-1.svg"]).tag.endswith("svg")  # noqa: S314 (we wrote it ourselves)
    with Image.open(io.BytesIO(files["bieu-do-1.png"])) as picture:
        assert picture.width > 1000
        assert set(picture.info) <= {"Title", "Description", "dpi"}


def test_a_chart_shows_each_official_once_in_ballot_order() -> None:
    names = [f"Người {i}" for i in range(1, 45)]
    blocks = (Block("A", officials(*names[:20])), Block("B", officials(*names[20:])))
    figures = chart.pages(counted(a_round(*blocks), *[(20, 7, 3)] * 44))
    assert [row.official.name for page in figures for _, row in page.rows] == names
    assert all(page.rows[0][0] for page in figures)


def test_a_share_of_all_delegates_shows_who_did_not_return_a_ballot(tmp_path: Path) -> None:
    manifest = a_round(Block("Khối", officials("Lê Văn Hữu")))
    base = replace(manifest.rules.base, kind="delegates", words="tổng số đại biểu", citation="")
    outcome = counted(replace(manifest, rules=replace(manifest.rules, base=base)), (17, 10, 3))
    found = text(outcome, tmp_path)
    assert "tính trên tổng số đại biểu, tức 34, làm tròn" in found
    assert "17 50%" in found
    assert "Không có phiếu" in found
