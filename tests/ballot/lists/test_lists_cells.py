"""Cells and CSV files with something wrong: each is named by sheet, row and column, or refused with what to do.

Here lives what a person may have typed. Never here: a file that lies about its inside (test_lists_files.py).
"""

from __future__ import annotations

import re

import pytest

from ballot.lists import archive
from ballot.lists.columns import PEOPLE as PEOPLE_SHEET
from ballot.lists.refusals import BadFile
from ballot.lists.workbook import Workbook, read
from tests.ballot.workbooks import cell, parts, people, row, sheet, workbook, zipped

GOOD = people(row(2, "001", "Cán bộ mẫu 01", "05/01/1970", "Sở mẫu", ""))


def of(book: Workbook) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.sentence) for p in book.problems]


def names(book: Workbook) -> list[str]:
    return [found.cells["Họ và tên"] for found in book.sheets["Người"]]


# --- cells that are named -----------------------------------------------------------------------------------------

NAMED: dict[str, tuple[str, str, str]] = {
    "a formula as a name": (
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><f>A1&amp;"x"</f><v>A</v></c></row>',
        "Họ và tên (B2)",
        "công thức",
    ),
    "a formula without a value": (
        f'<row r="2">{cell("A2", "1")}<c r="B2"><f>1+1</f></c></row>',
        "Họ và tên (B2)",
        "công thức",
    ),
    "an error": (f'<row r="2">{cell("A2", "1")}<c r="B2" t="e"><v>#REF!</v></c></row>', "Họ và tên (B2)", "báo lỗi"),
    "true": (f'<row r="2">{cell("A2", "1")}<c r="B2" t="b"><v>1</v></c></row>', "Họ và tên (B2)", "TRUE"),
    "a number as a name": (f'<row r="2">{cell("A2", "1")}<c r="B2"><v>12</v></c></row>', "Họ và tên (B2)", "là số"),
    "a day as a name": (
        f'<row r="2">{cell("A2", "1")}<c r="B2" t="d"><v>2024-05-01</v></c></row>',
        "Họ và tên (B2)",
        "ngày tháng",
    ),
    "a day as a code": (
        f'<row r="2"><c r="A2" t="d"><v>2024-05-01</v></c>{cell("B2", "A")}</row>',
        "Mã (A2)",
        "ngày tháng",
    ),
    "a code that Excel rounded": (
        f'<row r="2"><c r="A2"><v>1234567890123456789</v></c>{cell("B2", "A")}</row>',
        "Mã (A2)",
        "làm tròn",
    ),
    "no name": (row(2, "1", ""), "Họ và tên (B2)", "trống"),
    "a blank name": (row(2, "1", "  "), "Họ và tên (B2)", "trống"),
    "a line break": (row(2, "1", "A_x000A_B"), "Họ và tên (B2)", "xuống dòng"),
    "an unseen letter": (row(2, "1", "A\u200bB"), "Họ và tên (B2)", r"thứ 2 \(U\+200B\)"),
    "half a letter": (row(2, "1", "A_xD800_B"), "Họ và tên (B2)", r"U\+D800"),
    "right to left": (row(2, "1", "A\u202eB"), "Họ và tên (B2)", r"U\+202E"),
    "marks upon marks": (row(2, "1", "Z\u0351\u0352\u0353\u0354"), "Họ và tên (B2)", "chồng lên"),
    "a long name": (row(2, "1", "A" * 201), "Họ và tên (B2)", "200 ký tự"),
    "a very long name": (row(2, "1", "A" * 30_000), "Họ và tên (B2)", "2.000 ký tự"),
    "no such day": (row(2, "1", "A", "31/02/1970"), "Ngày sinh (C2)", "lịch"),
    "an american day": (row(2, "1", "A", "05/31/1970"), "Ngày sinh (C2)", "lịch"),
    "a short year": (row(2, "1", "A", "05/01/70"), "Ngày sinh (C2)", "không phải một ngày"),
    "a hidden row": (row(2, "1", "A", more=' hidden="1"'), "", "bị ẩn"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_cell_is_named_by_sheet_row_and_column(name: str) -> None:
    rows, column, reason = NAMED[name]
    book = read(workbook(people(rows)), "a.xlsx")
    (found,) = book.problems
    assert (found.sheet, found.row, found.column) == ("Người", 2, column)
    assert re.search(reason, found.sentence), found.sentence
    assert "\u202e" not in found.cell


def test_merged_cells_and_hidden_columns_are_named() -> None:
    part = people(row(2, "1", "A"), before='<cols><col min="2" max="2" hidden="1"/></cols>',
                  after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>')  # fmt: skip
    assert [(r, c) for r, c, _sentence in of(read(workbook(part), "a.xlsx"))] == [(0, "B"), (2, "A2:A3")]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_named(state: str) -> None:
    book = read(zipped(parts({"Người": GOOD}, state)), "a.xlsx")
    assert [(p.sheet, p.row) for p in book.problems] == [("Người", 0)]


def test_wrong_headings_say_what_they_should_be() -> None:
    book = read(workbook(sheet(row(1, "DANH SÁCH CÁN BỘ") + row(2, "Mã", "Tên"))), "a.xlsx")
    (found,) = book.problems
    assert (found.row, "Mã, Họ và tên, Ngày sinh" in found.sentence) == (1, True)


def test_a_heading_twice_and_a_sheet_twice_are_named() -> None:
    twice = sheet(row(1, "Mã", "Họ và tên", "Mã") + row(2, "1", "A", "2"))
    assert [p.column for p in read(workbook(twice), "a.xlsx").problems] == ["C"]
    again = read(zipped(parts({"Người": GOOD, "NGƯỜI": GOOD})), "a.xlsx")
    assert ["cùng tên" in p.sentence for p in again.problems] == [True]


# --- CSV ----------------------------------------------------------------------------------------------------------

TABLE = "Mã,Họ và tên,Ngày sinh,Đơn vị,Điểm cầu\r\n001,Cán bộ mẫu 01,05/01/1970,Sở mẫu,\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_and_delimiters_of_excel(encoding: str, delimiter: str) -> None:
    book = read(TABLE.replace(",", delimiter).encode(encoding), "a.csv", only=PEOPLE_SHEET)
    assert (names(book), book.problems) == (["Cán bộ mẫu 01"], [])
    assert book.sheets["Người"][0].cells["Mã"] == "001"


def test_excels_hint_at_the_delimiter_is_believed() -> None:
    book = read(("sep=;\r\n" + TABLE.replace(",", ";")).encode("utf-8-sig"), "a.csv", only=PEOPLE_SHEET)
    assert names(book) == ["Cán bộ mẫu 01"]


BAD_CSV = {
    "another encoding": (
        TABLE.encode("utf-8") + "002,Nguyễn".encode()[:-2] + b"\xea,,,\r\n",
        "dòng 3.*CSV UTF-8",
    ),
    "a western encoding": (
        "Mã,Họ và tên\r\n1,Trần\r\n".replace("ọ", "o").replace("ầ", "â").encode("cp1252"),
        "CSV UTF-8",
    ),
    "two encodings": (TABLE.encode("utf-8") + "002,Cán bộ,,,\r\n".encode("utf-16-le"), "CSV UTF-8"),
    "UTF-16 without its mark": (TABLE.encode("utf-16-le"), "CSV UTF-8"),
    "half of UTF-16": (TABLE.encode("utf-16")[:-1], "UTF-16"),
    "an open quote": (TABLE.encode() + b'2,"A\r\n', "ngoặc kép"),
    "a million rows": (TABLE.encode() + b"1,A,,,\r\n" * 10**6, "5002"),
    "a thousand columns": (TABLE.encode() + b"1," * 1000, "100 cột"),
    "a file beyond the limit": (b"a" * (archive.FILE_LIMIT + 1), "8 MB"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(128, 256)), "CSV UTF-8"),
}


@pytest.mark.parametrize("name", BAD_CSV)
def test_a_csv_file_that_cannot_be_read_is_refused_with_what_to_do(name: str) -> None:
    raw, reason = BAD_CSV[name]
    with pytest.raises(BadFile, match=reason):
        read(raw, "a.csv", only=PEOPLE_SHEET)


def test_a_csv_file_needs_to_be_told_which_list_it_is() -> None:
    with pytest.raises(BadFile, match="chọn trên biểu mẫu"):
        read(TABLE.encode(), "a.csv")


@pytest.mark.parametrize("name", ["a.xls", "a.ods", "a.pdf", "a.docx"])
def test_another_kind_of_file_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(BadFile, match="lưu lại"):
        read(b"x", name, only=PEOPLE_SHEET)


def test_the_name_of_a_file_is_only_shown() -> None:
    assert read(workbook(GOOD), "../..\\C:\\x/da\u202enh.xlsx").name == "da\ufffdnh.xlsx"
