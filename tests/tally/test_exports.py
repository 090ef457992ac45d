"""Every export read back: each number and text is that of result.json, and no text of anybody is ever run.

Here live tests of workbook, table, data and the minutes for editing. Never here: a pack (test_pack.py).
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tally.cells import plain, safe
from tally.i18n import speak, stop_speaking
from tally.outcome import Outcome, percent
from tally.protocol.manifest import Block, Official
from tally.report import family
from tally.report.documents import Papers
from tally.report.documents.minutes import make
from tally.report.exports import DATA, MINUTES, TABLE, WORKBOOK, exports_of, write_exports
from tally.report.spreadsheet import share_value
from tests.tally.judged import REHEARSAL, a_round, counted, in_two_forms
from tests.tally.some_papers import minutes, on_paper, papers, party_rating, state_rating, vote
from tests.tally.some_papers import pages as pdf_pages

HOSTILE = (
    "=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1:A9)", "＝1+1", "'=1", "a;=cmd|' /C calc'!A0;", 'a;"=1', "#N/A", "1e9",
    "_x0041_ và _x000D_", 'nói "thế", rồi thôi', "&amp;<b>&", "\U0001f600 Lê", "TRUE", "2026-12-09", "{=1}",
)  # fmt: skip
ROUNDS: dict[str, Callable[[], Papers]] = {
    "state": lambda: papers(state_rating(), minutes()),
    "party": lambda: papers(party_rating()),
    "vote": lambda: papers(vote(), minutes()),
    "forms": lambda: papers(in_two_forms()),
    "paper": lambda: on_paper(state_rating()),
    "hostile": lambda: papers(hostile()),
}
every_round = pytest.mark.parametrize("name", ROUNDS)


@cache
def hostile() -> Outcome:
    people = tuple(Official(f"={i}", name, f"{name} (chức vụ)") for i, name in enumerate(HOSTILE))
    manifest = a_round(Block("=Khối", people), title="=1+1", body="+84 Tỉnh ủy", session="@phiên")
    return counted(manifest, *[(10 + i, 12 - i, 3) for i in range(len(HOSTILE))])


@cache
def exports(name: str) -> dict[str, bytes]:
    return exports_of(ROUNDS[name]())


def result(name: str) -> dict[str, Any]:
    """What result.json says of the round; a round on paper has none, but the same outcome would have this one."""
    outcome = ROUNDS[name]().outcome
    sealed = outcome if outcome.seal else replace(outcome, seal=state_rating().seal)
    return json.loads(sealed.encode())  # type: ignore[no-any-return]


# --- the table ---------------------------------------------------------------------------------------------------


def table(raw: bytes) -> list[dict[str, str]]:
    rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
    head, *lines = [[plain(cell) for cell in row] for row in rows]
    return [dict(zip(head, line, strict=True)) for line in lines]


def expected_cells(found: dict[str, Any], row: dict[str, Any]) -> dict[str, str]:
    cells = {
        "TT": str(row["number"]), "Mã": row["id"], "Họ và tên": row["name"], "Chức danh, chức vụ": row["position"],
        "Dòng trống": str(row["void"]), "Hệ quả": row["consequence"], "Căn cứ": row["citation"],
    }  # fmt: skip
    for level, count, share in zip(found["levels"], row["counts"], row["percent"], strict=True):
        cells[f"{level['label']} (số phiếu)"] = str(count)
        cells[f"{level['label']} (tỷ lệ trên {found['base']['words']})"] = share
    return cells


@every_round
def test_the_table_says_what_result_json_says(name: str) -> None:
    found = result(name)
    rows = table(exports(name)[TABLE])
    assert len(rows) == len(found["officials"])
    for line, row in zip(rows, found["officials"], strict=True):
        cells = expected_cells(found, row)
        assert {head: line[head] for head in cells} == cells
        assert line.get("Loại phiếu", "") == row["form"]
        assert line["Khối"] == row["block"]


def test_the_table_is_spelled_as_rfc_4180_asks() -> None:
    raw = exports("state")[TABLE]
    assert raw.startswith(b'\xef\xbb\xbf"TT",')
    lines = raw.decode("utf-8-sig").split("\r\n")
    assert lines.pop() == ""
    assert all("\n" not in line and re.fullmatch(r'("([^"]|"")*",?)+', line) for line in lines)


def test_no_cell_of_the_table_is_run_whatever_separates_lists() -> None:
    text = exports("hostile")[TABLE].decode("utf-8-sig")
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            for cell in row:
                assert not re.match(r"[\" ]*[=+\-@＝＋－＠\t\r]", cell), cell


@given(st.text(st.sampled_from("=+-@\"'; a＝＋－＠"), max_size=10))
def test_a_cell_is_read_back_as_it_was(text: str) -> None:
    assert plain(safe(text)) == text


# --- the workbook ------------------------------------------------------------------------------------------------


def sheet(raw: bytes, title: str) -> Worksheet:
    found = load_workbook(io.BytesIO(raw))[title]
    assert isinstance(found, Worksheet)
    return found


def shown(value: str) -> str:
    """A text as a spreadsheet shows it: the escape of an escape undone."""
    return value.replace("_x005F_", "_")


@every_round
def test_the_workbook_holds_the_numbers_of_result_json_as_numbers(name: str) -> None:
    found = result(name)
    head, *lines = sheet(exports(name)[WORKBOOK], "Kết quả").iter_rows()
    heads = [cell.value for cell in head]
    assert len(lines) == len(found["officials"])
    for line, row in zip(lines, found["officials"], strict=True):
        cells = dict(zip(heads, line, strict=True))
        for key, expected in expected_cells(found, row).items():
            cell = cells[key]
            if "tỷ lệ" in key:
                assert cell.data_type == "n"
                assert share_value(expected) == (Decimal(str(cell.value)), cell.number_format)
            elif key in ("TT", "Dòng trống") or key.endswith("(số phiếu)"):
                assert (cell.value, cell.data_type) == (int(expected), "n")
            else:
                assert shown(cell.value or "") == expected


@every_round
def test_no_cell_of_the_workbook_is_a_formula_or_an_error(name: str) -> None:
    raw = exports(name)[WORKBOOK]
    for work in load_workbook(io.BytesIO(raw)).worksheets:
        for row in work.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "inlineStr", "n"}, row
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {member: archive.read(member) for member in archive.namelist()}
    assert not any(b"<f>" in part or b"<f " in part for part in parts.values())
    assert not any(word in member for member in parts for word in ("external", "vba", "drawing", "connections"))


def test_a_text_that_begins_like_a_formula_stays_a_text_when_it_is_edited() -> None:
    cells = {cell.value: cell for row in sheet(exports("hostile")[WORKBOOK], "Kết quả").iter_rows() for cell in row}
    assert all(cells[text].quotePrefix for text in HOSTILE if safe(text) != text)
    assert not cells["TRUE"].quotePrefix


@pytest.mark.parametrize(("count", "base"), [(0, 7), (7, 7), (1, 3), (52, 81), (1, 20_000), (1, 8), (69, 23), (0, 0)])
def test_a_percentage_is_the_printed_one_exactly_and_is_shown_so(count: int, base: int) -> None:
    printed = percent(count, base)
    value, shape = share_value(printed)
    decimals = len(shape.strip("0%.")) + len(shape.partition(".")[2].rstrip("%"))
    assert f"{value * 100:.{decimals}f}%".replace(".", ",") == printed


@pytest.mark.parametrize("name", ["state", "paper"])
def test_the_summary_has_every_counter_the_base_in_words_and_the_remarks(name: str) -> None:
    found = result(name)
    rows = [(row[0], row[1]) for row in sheet(exports(name)[WORKBOOK], "Tóm tắt").iter_rows(values_only=True)]
    said = dict(rows)
    ballots = found["ballots"]
    for key, words in (
        ("delegates", "Tổng số đại biểu"), ("summoned", "Số người được triệu tập"), ("issued", "Số phiếu phát ra"),
        ("returned", "Số phiếu thu về"), ("not_returned", "Số phiếu không thu về"), ("valid", "Số phiếu hợp lệ"),
        ("invalid", "Số phiếu không hợp lệ"),
    ):  # fmt: skip
        assert said[words] == ballots[key]
    assert (said["Tỷ lệ tính trên"], said["Số để tính tỷ lệ"]) == (found["base"]["words"], found["base"]["count"])
    assert (said["Đợt"], said["Cơ quan, đơn vị"], said["Ngày"]) == (found["round"], found["body"], "09/12/2026")
    assert any("con số tự nó cho biết" in str(value) for _name, value in rows)


def test_who_is_not_rated_and_the_hashes_have_sheets_of_their_own() -> None:
    raw = exports("state")[WORKBOOK]
    exempt = list(sheet(raw, "Không lấy phiếu").iter_rows(values_only=True))
    assert exempt[1] == (1, "Hồ Văn Ngoại", "Trưởng Ban Dân tộc", "Được bầu trong năm lấy phiếu", "khoản 5 Điều 2")
    values = [row[1] for row in sheet(raw, "Kiểm chứng").iter_rows(values_only=True)]
    found = ROUNDS["state"]()
    assert {found.record_hash, result("state")["manifest"], result("state")["root"]} <= set(values)
    alone = [row[1] for row in sheet(exports("paper")[WORKBOOK], "Kiểm chứng").iter_rows(values_only=True)]
    assert alone[0] == "Đợt kiểm phiếu giấy: không có hồ sơ điện tử để kiểm chứng."
    nobody = list(sheet(exports("party")[WORKBOOK], "Không lấy phiếu").iter_rows(values_only=True))
    assert nobody[1][1] == "Không có người nào."


def test_each_sheet_is_set_for_a4_with_a_head_that_stays() -> None:
    book = load_workbook(io.BytesIO(exports("state")[WORKBOOK]))
    assert book.sheetnames == ["Tóm tắt", "Kết quả", "Không lấy phiếu", "Kiểm chứng"]
    for work in book.worksheets:
        assert (work.page_setup.paperSize, work.page_setup.fitToHeight) == (9, 0)
        assert work.oddFooter.right.text == "Trang &P/&N"
        assert "Hồ sơ c0de c0de c0de c0de" in work.oddFooter.left.text
    assert (book["Kết quả"].freeze_panes, book["Kết quả"].print_title_rows) == ("A2", "$1:$1")


def rehearsed() -> Papers:
    return papers(counted(a_round(Block("Khối", (Official("a", "Lê Văn Hữu", "X"),)), rehearsal=True), (20, 7, 3)))


def test_a_rehearsal_says_so_on_every_sheet_and_page() -> None:
    made = exports_of(rehearsed())
    for work in load_workbook(io.BytesIO(made[WORKBOOK])).worksheets:
        assert (work["A1"].value, work.oddHeader.center.text) == (REHEARSAL, REHEARSAL)
    assert load_workbook(io.BytesIO(made[WORKBOOK]))["Kết quả"].freeze_panes == "A3"
    header = Document(io.BytesIO(made[MINUTES])).sections[0].header
    assert header.paragraphs[0].text == REHEARSAL


def test_a_mark_of_secrecy_is_printed_on_each_sheet_and_is_no_command() -> None:
    outcome = state_rating()
    policy = replace(outcome.round.policy, secrecy="MẬT &A")
    made = exports_of(papers(replace(outcome, round=replace(outcome.round, policy=policy))))
    for work in load_workbook(io.BytesIO(made[WORKBOOK])).worksheets:
        assert work.oddHeader.right.text == "MẬT &&A"


# --- the minutes for editing -------------------------------------------------------------------------------------


def words_of(raw: bytes) -> list[str]:
    """The text of every paragraph of a Word file, in order, tables included."""
    body = Document(io.BytesIO(raw)).element.body
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p"))]


@pytest.mark.parametrize("name", ["state", "party", "vote", "forms", "paper"])
def test_the_minutes_for_editing_say_what_the_pdf_says(name: str) -> None:
    squeezed = "".join("".join(words_of(exports(name)[MINUTES])).split())
    for page in pdf_pages(make(ROUNDS[name](), family())):
        body = re.sub(r"(Hồ sơ( [0-9a-f]{4}){4}|Kiểm phiếu giấy)\s*Trang \d+/\d+", "", page)
        rest = body
        for word in rest.split():
            assert word in squeezed, (word, page)


@every_round
def test_the_minutes_for_editing_hold_the_numbers_of_result_json(name: str) -> None:
    found = result(name)
    rows = [
        ["\n".join(p.text for p in cell.paragraphs) for cell in row.cells]
        for table_ in Document(io.BytesIO(exports(name)[MINUTES])).tables
        for row in table_.rows
    ]
    for row in found["officials"]:
        numbers = [str(found["ballots"]["valid"] - row["void"]), str(row["void"])]
        for count, share in zip(row["counts"], row["percent"], strict=True):
            numbers += [str(count), share]
        assert [str(row["number"]), f"{row['name']}\n{row['position']}", *numbers] in rows


def test_the_minutes_for_editing_are_vietnamese_in_times_new_roman() -> None:
    document = Document(io.BytesIO(exports("state")[MINUTES]))
    with zipfile.ZipFile(io.BytesIO(exports("state")[MINUTES])) as archive:
        styles, names = archive.read("word/styles.xml").decode(), archive.namelist()
    defaults = styles[styles.index("<w:docDefaults>") : styles.index("</w:docDefaults>")]
    assert 'w:lang w:val="vi-VN" w:eastAsia="vi-VN"' in defaults
    assert defaults.count('"Times New Roman"') == 4
    assert "Theme" not in defaults
    properties = document.core_properties
    assert (properties.author, properties.language) == ("Hội đồng nhân dân tỉnh Thanh Sơn", "vi-VN")
    assert f"{properties.created:%Y-%m-%d}" == f"{properties.modified:%Y-%m-%d}" == "2026-12-09"
    assert not any(word in member for member in names for word in ("thumbnail", "custom", "app.xml", "Effects"))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm), round(section.left_margin.mm)) == (
        210,
        297,
        30,
    )


# --- all ---------------------------------------------------------------------------------------------------------


@every_round
def test_exports_are_the_same_bytes_whenever_and_in_whatever_language_they_are_made(name: str) -> None:
    about = ROUNDS[name]()
    token = speak("en")
    try:
        assert exports_of(about) == exports(name)
    finally:
        stop_speaking(token)


@every_round
def test_zip_files_have_sorted_members_without_dates(name: str) -> None:
    for file in (WORKBOOK, MINUTES):
        with zipfile.ZipFile(io.BytesIO(exports(name)[file])) as archive:
            infos = archive.infolist()
        first, *rest = [info.filename for info in infos]
        assert first == "[Content_Types].xml"
        assert rest == sorted(rest)
        assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}


def test_the_data_is_result_json_and_a_round_on_paper_has_none(tmp_path: Path) -> None:
    assert exports("state")[DATA] == state_rating().encode()
    assert [path.name for path in write_exports(ROUNDS["paper"](), tmp_path)] == [WORKBOOK, TABLE, MINUTES]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == exports("paper")
