"""Files to begin with: every sheet with a few made-up rows, and a provincial round with three sites.

Here live made-up people, each called a sample. Never here: a name of anybody.
"""

from __future__ import annotations

from datetime import date

from ballot.lists.columns import (
    APPOINTMENTS,
    BODIES,
    CATALOGUE,
    GROUPS,
    OFFICIALS,
    PEOPLE,
    POSITIONS,
    ROLL,
    Kind,
    Sheet,
)
from ballot.lists.workbook import GUIDE
from ballot.lists.xlsx_out import Table, Value, write_xlsx
from tally.i18n import marked as _
from tally.i18n import translate

Rows = dict[str, list[list[Value]]]
_START, _TERM = date(2021, 6, 1), date(2021, 7, 1)
SITES = ("Điểm cầu trung tâm", "Điểm cầu số 2", "Điểm cầu số 3")
COUNCIL_FORM, PEOPLE_FORM = "Phiếu số 1 – Khối Hội đồng nhân dân", "Phiếu số 2 – Khối Ủy ban nhân dân"
VOTERS, RATED = 70, 29

_KINDS = {
    Kind.CODE: _("mã, viết như chữ: 001 khác 1"),
    Kind.NAME: _("họ và tên đầy đủ dấu"),
    Kind.WORDS: _("chữ, trên một dòng"),
    Kind.DAY: _("ngày/tháng/năm, ví dụ 05/01/2026"),
    Kind.NUMBER: _("số nguyên từ 0 đến 9999"),
}
_RULES = (
    _("Mỗi trang của sổ là một danh sách; có thể gửi cả sổ hoặc chỉ vài trang. Giữ nguyên tên trang và hàng tiêu đề."),
    _("Mọi hàng được xem trước; chưa bấm đồng ý thì chưa có gì được ghi. Gửi lại tệp cũ không thêm gì."),
    _("Ô trống không xóa điều đã có. Tên, ngày và mã đã ghi không bị sửa từ tệp; sửa ở trang Danh mục."),
    _("Không dùng công thức, ô gộp, hàng ẩn hay trang ẩn, macro, liên kết ngoài; tối đa 5.000 hàng mỗi trang."),
)


def sample_rows() -> Rows:
    """Return a few rows for each sheet of the catalogue."""
    return {
        BODIES.title: [
            ["TINH", "Tỉnh mẫu", "Cấp tỉnh", "", _START],
            ["SO-01", "Sở mẫu 01", "Sở, ban, ngành cấp tỉnh", "TINH", _START],
        ],
        POSITIONS.title: [
            ["CD-01", "TINH", "Chức danh mẫu 01", "", "Cấp quản lý mẫu", "Khối mẫu", "Phiếu số 1", 1, _START],
            ["CD-02", "SO-01", "Giám đốc Sở mẫu 01", "", "Cấp quản lý mẫu", "Khối mẫu", "Phiếu số 1", 2, _START],
        ],
        PEOPLE.title: [
            ["001", "Cán bộ mẫu 01", date(1970, 5, 1), "Sở mẫu 01", SITES[0]],
            ["002", "Cán bộ mẫu 02", "1975", "Sở mẫu 01", SITES[1]],
        ],
        APPOINTMENTS.title: [
            ["001", "CD-01", _TERM, "đang giữ chức vụ", "", "Quyết định mẫu số 01"],
            ["002", "CD-02", _TERM, "đã có thông báo nghỉ hưu", date(2026, 9, 1), "Thông báo mẫu số 02"],
        ],
        GROUPS.title: [["NHOM-1", "Nhóm mẫu 1", "001", _TERM], ["NHOM-1", "Nhóm mẫu 1", "002", _TERM]],
    }


def pair_rows() -> Rows:
    """Return a few rows for the two lists of a small round."""
    return {
        OFFICIALS.title: [["Khối mẫu", f"Cán bộ mẫu {n:02d}", f"Chức danh mẫu {n:02d}"] for n in range(1, 4)],
        ROLL.title: [
            [f"{n:03d}", f"Đại biểu mẫu {n:02d}", f"Đơn vị mẫu {n % 3 + 1}", SITES[n % 3]] for n in range(1, 13)
        ],
    }


def tables(rows: Rows, sheets: tuple[Sheet, ...]) -> list[Table]:
    """Return rows as tables with their headings."""
    return [Table(sheet.title, sheet.headings, rows[sheet.title]) for sheet in sheets]


def sample_workbook() -> bytes:
    """Return the whole workbook with a few rows and a sheet that explains."""
    return write_xlsx([_guide(CATALOGUE), *tables(sample_rows(), CATALOGUE)])


def pair_workbook() -> bytes:
    """Return the two lists of a small round as a workbook."""
    return write_xlsx(tables(pair_rows(), (OFFICIALS, ROLL)))


def provincial_workbook() -> bytes:
    """Return a provincial round as one workbook: 3 sites, 70 voters, 29 officials on two forms."""
    return write_xlsx([_guide(CATALOGUE), *tables(provincial_rows(), CATALOGUE)])


def provincial_rows() -> Rows:
    """Return the rows of a province's council and committee: who is rated, and the deputies who fill in the ballots.

    10 of the 29 rated are deputies; 60 other deputies make 70. They sit in three delegations, one at each site.
    """
    posts = _posts()
    deputies = [f"CB-{n:02d}" for n in (*range(1, 8), 8, 9, 10)] + [f"DB-{n:02d}" for n in range(1, 61)]
    people: list[list[Value]] = []
    for number, (_code, _body, title, *_rest) in enumerate(posts, start=1):
        born = date(1964 + number * 7 % 18, number % 12 + 1, number % 28 + 1)
        people.append([f"CB-{number:02d}", f"Cán bộ mẫu {number:02d}", born, str(title), SITES[(number - 1) % 3]])
    for number in range(1, 61):
        unit, born = f"Tổ đại biểu số {(number - 1) % 3 + 1}", str(1960 + number * 11 % 35)
        people.append([f"DB-{number:02d}", f"Đại biểu mẫu {number:02d}", born, unit, SITES[(number - 1) % 3]])
    sites = {str(person[0]): SITES.index(str(person[4])) for person in people}
    groups: list[list[Value]] = [
        [f"TO-{sites[code] + 1}", f"Tổ đại biểu số {sites[code] + 1}", code, _TERM]
        for code in sorted(deputies, key=lambda c: (sites[c], c))
    ]
    groups += [["TTHD", "Thường trực và các trưởng ban HĐND tỉnh mẫu", code, _TERM] for code in deputies[:7]]
    terms: list[list[Value]] = [
        [f"CB-{n:02d}", post[0], _TERM, "đang giữ chức vụ", "", "Nghị quyết mẫu về kết quả bầu"]
        for n, post in enumerate(posts, start=1)
    ]
    return {
        BODIES.title: [
            ["TINH", "Tỉnh mẫu", "Cấp tỉnh", "", _START],
            ["HDND", "Hội đồng nhân dân tỉnh mẫu", "Cấp tỉnh", "TINH", _START],
            ["UBND", "Ủy ban nhân dân tỉnh mẫu", "Cấp tỉnh", "TINH", _START],
        ],
        POSITIONS.title: posts,
        PEOPLE.title: people,
        APPOINTMENTS.title: terms,
        GROUPS.title: groups,
    }


def _posts() -> list[list[Value]]:
    council = [
        "Chủ tịch Hội đồng nhân dân tỉnh",
        *["Phó Chủ tịch Hội đồng nhân dân tỉnh"] * 2,
        *["Trưởng ban của Hội đồng nhân dân tỉnh"] * 4,
    ]
    committee = [
        "Chủ tịch Ủy ban nhân dân tỉnh",
        *["Phó Chủ tịch Ủy ban nhân dân tỉnh"] * 3,
        *["Ủy viên Ủy ban nhân dân tỉnh"] * 18,
    ]
    places = [("HDND", t, "Khối Hội đồng nhân dân", COUNCIL_FORM) for t in council]
    places += [("UBND", t, "Khối Ủy ban nhân dân", PEOPLE_FORM) for t in committee]
    posts: list[list[Value]] = []
    for rank, (body, title, block, form) in enumerate(places, start=1):
        posts.append([f"CD-{rank:02d}", body, title, "", "Hội đồng nhân dân tỉnh mẫu", block, form, rank, _START])
    return posts


def _guide(sheets: tuple[Sheet, ...]) -> Table:
    """Return the sheet that explains, in the reader's language."""
    rows: list[list[Value]] = [["", translate(rule)] for rule in _RULES]
    for sheet in sheets:
        for column in sheet.columns:
            need = translate(_("bắt buộc")) if column.needed else translate(_("có thể để trống"))
            rows.append([f"{sheet.title} – {column.heading}", f"{translate(_KINDS[column.kind])}; {need}"])
    return Table(GUIDE, (translate(_("Trang – cột")), translate(_("Cách điền"))), rows, plain=True)
