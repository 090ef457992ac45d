"""Files that lie: each is refused with its reason in little time and memory, before anything of it is believed.

Here live hostile workbooks and CSV files, made afresh (threats H18, H19, H21). Never here: a row that is written.
"""

from __future__ import annotations

import hashlib
import io
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest

from ballot.lists import archive, reader
from ballot.lists.columns import PEOPLE
from ballot.lists.refusals import BadFile
from ballot.lists.sheets import read_sheets
from ballot.lists.workbook import Workbook, read
from tally.protocol.errors import Refused
from tests.ballot import workbooks as made
from tests.ballot.workbooks import cell, parts, people, relations, row, sheet, workbook, zipped

GOOD = people(row(2, "001", "Cán bộ mẫu 01", "05/01/1970", "Sở mẫu", ""))
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]>"  # fmt: skip


def names(book: Workbook) -> list[str]:
    return [found.cells["Họ và tên"] for found in book.sheets["Người"]]


def patched(
    raw: bytes,
    *,
    local: Callable[[bytearray, int], None] | None = None,
    central: Callable[[bytearray, int], None] | None = None,
) -> bytes:
    """Change the last member's own header, or its entry in the directory."""
    out = bytearray(raw)
    if local:
        local(out, out.rindex(b"PK\3\4"))
    if central:
        central(out, out.rindex(b"PK\1\2"))
    return bytes(out)


# --- what is taken ------------------------------------------------------------------------------------------------


def test_a_workbook_is_read_by_its_headings() -> None:
    book = read(workbook(GOOD), "danh-sach.xlsx")
    assert (book.problems, book.warnings) == ([], [])
    assert book.sheets["Người"][0].cells == {
        "Mã": "001", "Họ và tên": "Cán bộ mẫu 01", "Ngày sinh": "05/01/1970", "Đơn vị": "Sở mẫu", "Điểm cầu": ""
    }  # fmt: skip


def test_columns_may_stand_in_any_order_and_one_too_many_is_named() -> None:
    part = sheet(row(1, "họ và  TÊN", "Ghi chú", "mã") + row(2, "Cán bộ mẫu 01", "x", "7a"))
    book = read(workbook(part), "a.xlsx")
    assert (names(book), book.problems) == (["Cán bộ mẫu 01"], [])
    assert [(w.row, w.column, w.cell) for w in book.warnings] == [(1, "B", "Ghi chú")]


def test_what_excel_itself_writes_is_read_as_it_is_shown() -> None:
    book = openpyxl.Workbook()
    tab = book.active
    tab.title = "Người"
    tab.append(made.PEOPLE)
    tab.append(["001", "Cán bộ mẫu 01", date(1970, 1, 5), "Sở mẫu", None])
    tab.append([2, "Cán bộ mẫu 02", 1971, 15, None])
    tab.append([3, "Cán bộ mẫu 03", "1/2/1972", 1.5, None])
    tab["A4"].number_format = "000"
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue(), "a.xlsx")
    assert found.problems == []
    assert [list(r.cells.values())[:4] for r in found.sheets["Người"]] == [
        ["001", "Cán bộ mẫu 01", "05/01/1970", "Sở mẫu"],
        ["2", "Cán bộ mẫu 02", "1971", "15"],
        ["003", "Cán bộ mẫu 03", "01/02/1972", "1,5"],
    ]
    assert [(w.row, w.column) for w in found.warnings] == [(3, "Mã (A3)")]  # zeros before it may be lost


@pytest.mark.parametrize(
    ("serial", "day"), [("1", "01/01/1900"), ("59", "28/02/1900"), ("61", "01/03/1900"), ("45296", "05/01/2024")]
)
def test_excels_days_are_counted_as_excel_counts(serial: str, day: str) -> None:
    styles = f'<styleSheet xmlns="{made.MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    book = parts(
        {"Người": people(f'<row r="2">{cell("A2", "1")}{cell("B2", "A")}<c r="C2" s="1"><v>{serial}</v></c></row>')}
    )
    book["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml", ""), ("styles", "styles.xml", "")
    )
    found = read(zipped({**book, "xl/styles.xml": styles}), "a.xlsx")
    assert found.sheets["Người"][0].cells["Ngày sinh"] == day


def test_a_decomposed_name_is_stored_composed() -> None:  # threats H21
    book = read(workbook(people(row(2, "1", "Nguye\u0302\u0303n Thi\u0323 Hoa\u0300"))), "a.xlsx")
    assert names(book) == ["Nguyễn Thị Hoà"]


def test_a_click_to_an_address_is_no_link_to_data() -> None:
    rels = relations(("hyperlink", "mailto:a@example.org", "External"))
    assert read(workbook(GOOD, **{"xl/worksheets/_rels/sheet1.xml.rels": rels}), "a.xlsx").problems == []


def test_a_sheet_of_another_name_is_passed_over_and_said() -> None:
    book = read(zipped(parts({"Người": GOOD, "Ghi chú": sheet(row(1, "x"))})), "a.xlsx")
    assert [(w.sheet, w.row) for w in book.warnings] == [("Ghi chú", 0)]


# --- files that are not read --------------------------------------------------------------------------------------

NEVER: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "không phải tệp Excel"),
    "noise": (lambda: b"PK\3\4" + bytes(range(256)) * 4, "không phải tệp Excel"),
    "half a file": (lambda: workbook(GOOD)[:-300], "không phải tệp Excel"),
    "something after the end": (lambda: workbook(GOOD) + b"x", "không phải tệp Excel"),
    "something before the beginning": (lambda: b"MZ" + workbook(GOOD), "không phải tệp Excel"),
    "an old or locked workbook": (lambda: archive.OLE + bytes(5000), "đặt mật khẩu"),
    "no workbook in the zip": (lambda: zipped({"x.xml": "<x/>"}), "không phải tệp Excel"),
    "a macro": (lambda: workbook(GOOD, **{"xl/vbaProject.bin": b"x"}), "macro"),
    "a macro sheet": (lambda: workbook(GOOD, **{"xl/macrosheets/sheet1.xml": "<x/>"}), "macro"),
    "a macro by type": (
        lambda: workbook(
            GOOD, **{"[Content_Types].xml": "<Types a='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/>"}
        ),
        "macro",
    ),
    "a control": (lambda: workbook(GOOD, **{"xl/activeX/activeX1.xml": "<x/>"}), "macro"),
    "an external link": (lambda: workbook(GOOD, **{"xl/externalLinks/externalLink1.xml": "<x/>"}), "liên kết"),
    "an external relation": (
        lambda: workbook(
            GOOD, **{"xl/worksheets/_rels/sheet1.xml.rels": relations(("oleObject", "file:///x", "External"))}
        ),
        "liên kết",
    ),
    "a connection": (lambda: workbook(GOOD, **{"xl/connections.xml": "<x/>"}), "liên kết"),
    "an embedded object": (lambda: workbook(GOOD, **{"xl/embeddings/oleObject1.bin": b"x"}), "nhúng"),
    "a path upwards": (lambda: workbook(GOOD, **{"xl/../../x.xml": "<x/>"}), "tên không hợp lệ"),
    "an absolute path": (lambda: workbook(GOOD, **{"/x.xml": "<x/>"}), "tên không hợp lệ"),
    "a windows path": (lambda: workbook(GOOD, **{"xl\\x.xml": "<x/>"}), "tên không hợp lệ"),
    "a name twice": (lambda: zipped([*parts({"Người": GOOD}).items(), ("XL/Workbook.xml", "<x/>")]), "cùng tên"),
    "six hundred parts": (
        lambda: workbook(GOOD, **{f"xl/media/{n}.xml": "<x/>" for n in range(600)}),
        "quá nhiều phần",
    ),
    "a bomb of zeros": (lambda: workbook(GOOD, **{"xl/media/x.xml": b"0" * 20_000_000}), "nén bất thường"),
    "parts that are too large": (
        lambda: zipped({**parts({"Người": GOOD}), **{f"xl/{n}.xml": bytes(range(256)) * 60_000 for n in range(4)}}),
        "nén bất thường|48 MB",
    ),
    "a part larger than all": (lambda: workbook(GOOD, **{"xl/x.xml": b"0" * 25_000_000}), "bất thường"),
    "entities": (lambda: workbook(GOOD, **{made.SHEET: BOMB + "<worksheet>&j;</worksheet>"}), "DOCTYPE"),
    "entities in another part": (lambda: workbook(GOOD, **{"docProps/app.xml": BOMB + "<x>&j;</x>"}), "DOCTYPE"),
    "entities in UTF-16": (
        lambda: workbook(
            GOOD, **{"docProps/app.xml": ("<?xml version='1.0' encoding='UTF-16'?>" + BOMB + "<x/>").encode("utf-16")}
        ),
        "DOCTYPE",
    ),
    "a document type in a drawing": (lambda: workbook(GOOD, **{"xl/drawings/v.vml": "<!DocType x><x>"}), "DOCTYPE"),
    "an external entity": (
        lambda: workbook(GOOD, **{made.SHEET: "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><worksheet/>"}),
        "DOCTYPE",
    ),
    "broken XML": (lambda: workbook("<worksheet><sheetData>"), "không phải tệp Excel"),
    "elements without end": (
        lambda: workbook("<worksheet>" + "<a>" * 100 + "</a>" * 100 + "</worksheet>"),
        "bất thường",
    ),
    "a string that is not there": (
        lambda: workbook(people('<row r="2"><c r="A2" t="s"><v>7</v></c></row>')),
        "không phải tệp Excel",
    ),
    "a number that is none": (
        lambda: workbook(people('<row r="2"><c r="A2"><v>1,5x</v></c></row>')),
        "không phải tệp Excel",
    ),
    "a cell twice": (lambda: workbook(people(row(2, "1", "A"), row(2, "2", "B"))), "không phải tệp Excel"),
    "a place that is none": (
        lambda: workbook(people('<row r="2"><c r="2A"><v>1</v></c></row>')),
        "không phải tệp Excel",
    ),
    "a chart for a sheet": (
        lambda: zipped(
            {
                **parts({"Người": GOOD}),
                "xl/_rels/workbook.xml.rels": relations(("chartsheet", "worksheets/sheet1.xml", "")),
            }
        ),
        "biểu đồ",
    ),
    "a million rows": (lambda: workbook(people('<row r="1048576"/>')), "1048576"),
    "a dimension of a million rows": (lambda: workbook(people(before='<dimension ref="A1:XFD1048576"/>')), "1048576"),
    "a dimension of all columns": (lambda: workbook(people(before='<dimension ref="A1:XFD9"/>')), "XFD"),
    "a column too far": (lambda: workbook(people('<row r="2"><c r="CW2"><v>1</v></c></row>')), "CW"),
    "five thousand and one rows": (lambda: workbook(people(*(row(n, str(n), "A") for n in range(2, 5003)))), "5002"),
    "fifty-one sheets": (lambda: zipped(parts({f"S{n}": sheet("") for n in range(51)})), "50 trang"),
    "no sheet of a known name": (lambda: workbook(GOOD, "Trang 1"), "không thấy trang"),
    "headings and nothing else": (lambda: workbook(people()), "không có dòng nào"),
}


# threats H19
@pytest.mark.parametrize("name", NEVER)
def test_a_workbook_that_lies_is_refused(name: str) -> None:
    raw, reason = NEVER[name][0](), NEVER[name][1]
    started = time.monotonic()
    with pytest.raises(BadFile, match=reason):
        read(raw, "danh-sach.xlsx")
    assert time.monotonic() - started < 15


def test_a_million_rows_are_refused_without_reading_them() -> None:
    """Rows without numbers, one after the other: the walk ends at row 5,002. threats H19."""
    rows = b"<row><c t='inlineStr'><is><t>x</t></is></c></row>"
    raw = zipped({**parts({"Người": ""}), made.SHEET: b"<worksheet><sheetData>" + rows * 400_000}, zipfile.ZIP_STORED)
    assert len(raw) > archive.FILE_LIMIT  # more than any upload may be; a packed one is refused for its ratio
    small = zipped({**parts({"Người": ""}), made.SHEET: b"<worksheet><sheetData>" + rows * 100_000}, zipfile.ZIP_STORED)
    started = time.process_time()
    with pytest.raises(Exception, match=r"nhiều hơn 5.000 hàng"):
        read_sheets(small)
    assert time.process_time() - started < 2


def test_sizes_that_lie_are_refused() -> None:
    """The directory says little, the stream holds much; and the other way round. threats H18."""
    honest = workbook(GOOD, **{"xl/x.xml": b"<x>" + b"ab" * 30_000 + b"</x>"})
    for size in (10, 10_000_000):
        lie = patched(honest, central=lambda out, at, size=size: struct.pack_into("<L", out, at + 24, size))
        with pytest.raises(BadFile, match=r"không phải tệp Excel|nén bất thường"):
            read(lie, "a.xlsx")


def test_an_encrypted_part_is_refused() -> None:
    with pytest.raises(BadFile, match="mật khẩu"):
        read(patched(workbook(GOOD), central=lambda out, at: struct.pack_into("<H", out, at + 8, 1)), "a.xlsx")


def test_a_strange_compression_is_refused() -> None:
    with pytest.raises(BadFile, match="không phải tệp Excel"):
        read(zipped(parts({"Người": GOOD}), zipfile.ZIP_BZIP2), "a.xlsx")


def test_parts_that_share_bytes_are_refused() -> None:
    """A member whose entry points into another's bytes: what one reader sees is not what another does. threats H18."""
    raw = workbook(GOOD, **{"xl/x.xml": b"<x/>", "xl/y.xml": b"<x/>"})
    first = raw.index(b"PK\3\4", raw.index(b"xl/x.xml") - 60)
    lie = patched(raw, central=lambda out, at: struct.pack_into("<L", out, at + 42, first))
    with pytest.raises(BadFile, match="chồng lên nhau"):
        read(lie, "a.xlsx")


def test_a_part_that_calls_itself_otherwise_is_refused() -> None:
    def rename(out: bytearray, at: int) -> None:
        out[at + 30 : at + 32] = b"XX"

    with pytest.raises(BadFile, match=r"chồng lên nhau|không phải tệp Excel"):
        read(patched(workbook(GOOD), local=rename), "a.xlsx")


def test_a_file_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(BadFile, match="8 MB"):
        read(b"PK\3\4" + bytes(archive.FILE_LIMIT), "a.xlsx")


@pytest.mark.parametrize("name", ["a.xlsm", "a.XLTM", "a.xlsb"])
def test_a_file_that_calls_itself_a_macro_file_is_refused(name: str) -> None:
    with pytest.raises(BadFile, match="macro"):
        read(workbook(GOOD), name)


def test_what_the_reader_may_use_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that needs more memory than it has is a refusal, and so is one that never ends."""
    for code in ("import ballot.lists.reader as r; r.limit(); bytearray(2 * 1024**3)", "import time; time.sleep(60)"):
        monkeypatch.setattr(reader, "PATIENCE", 5)
        monkeypatch.setattr(reader, "COMMAND", (sys.executable, "-c", code))
        with pytest.raises(BadFile, match=r"bộ nhớ|thời gian"):
            read(workbook(GOOD), "a.xlsx")


MARKS = "".join("\u0300\u0301\u0316\u0323"[byte % 4] for byte in hashlib.shake_128(b"marks").digest(60_000))
MARKED = {
    "the name of a sheet": (lambda: workbook(GOOD, name=MARKS), "danh-sach.xlsx", None),
    "a heading of a CSV file": (lambda: bytes(f"Mã,{MARKS}\n001,x\n", "utf-8"), "danh-sach.csv", PEOPLE),
    "the name of the file": (lambda: workbook(GOOD, name="Người"), f"{MARKS}.xlsx", None),
}


@pytest.mark.parametrize("case", MARKED)
def test_nothing_but_marks_is_refused_at_once(case: str) -> None:
    """threats H19: to put them in order takes the square of their number"""
    make, name, only = MARKED[case]
    raw, began = make(), time.process_time()
    with pytest.raises(Refused):
        read(raw, name, only=only)
    assert time.process_time() - began < 2.0
