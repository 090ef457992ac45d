"""An uploaded file as lists: which sheet is which, which column is which, every cell read or named as a problem.

Here lives `read`. Never here: the database; whether a row fits what is there is rows_of.py's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ballot.lists import archive, reader
from ballot.lists.cells import EMPTY, read_cell
from ballot.lists.columns import CATALOGUE, Column, Kind, Sheet, by_title, folded
from ballot.lists.csv_file import read_csv
from ballot.lists.problems import Problem, problem
from ballot.lists.raw import FORMULA, NUMBER, Cell, RawSheet, letters_of
from ballot.lists.refusals import BadFile, Unfit
from tally.i18n import marked as _
from tally.i18n import said
from tally.protocol.composing import composed
from tally.protocol.errors import one_line

WORKBOOK = (".xlsx",)
MACROS, OLD = (".xlsm", ".xltm", ".xlam", ".xlsb"), (".xls", ".ods", ".et", ".doc", ".docx", ".pdf")
MOST_PROBLEMS = 1_000
NUMBERS = _("Excel giữ mã như một số; nếu mã có số 0 ở đầu thì số 0 đã mất, xin định dạng cột là Text rồi gõ lại")
GUIDE = "Hướng dẫn"
"""The sheet of our own samples that explains the others; it is passed over."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list by its number in the file: heading → text, an empty text for an empty cell."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Workbook:
    """What was read: rows by sheet, and what is wrong (nothing may be written then) or may be (it may)."""

    name: str
    sheets: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read(raw: bytes, filename: str, *, only: Sheet | None = None, sheets: tuple[Sheet, ...] = CATALOGUE) -> Workbook:
    """Read an .xlsx with any of `sheets`, or a CSV file or an .xlsx of one sheet that holds `only`.

    Raises BadFile where the file is not one to read, BadText; what is wrong in it is in `problems`.
    """
    name = one_line(composed(filename.rpartition("/")[2].rpartition("\\")[2], "name"))[:200] or "?"
    book = Workbook(name)
    try:
        for sheet, found in _assigned(book, _raw_sheets(raw, name, only), only, sheets):
            book.sheets[sheet.title] = list(_rows(book, sheet, found))
    except Unfit as error:
        where = f"{name}, {error.where}" if error.where else name
        raise BadFile(where, reason=said(error.reason, **error.details)) from None
    if not any(book.sheets.values()) and not book.problems:
        raise BadFile(name, reason=_("không có dòng nào dưới hàng tiêu đề"))
    return book


def _raw_sheets(raw: bytes, name: str, only: Sheet | None) -> list[RawSheet]:
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if ending in MACROS:
        raise Unfit(archive.MACROS)
    if ending in WORKBOOK or raw.startswith((archive.ZIP, archive.OLE)):
        return reader.sheets_of(raw, name)
    if ending in OLD:
        raise Unfit(_("chỉ nhận tệp .xlsx hoặc .csv; xin mở bằng Excel rồi lưu lại dạng đó"))
    if only is None:
        raise Unfit(_("tệp .csv chỉ có một danh sách; xin chọn trên biểu mẫu đó là danh sách nào"))
    return [read_csv(raw, only.title, [h for c in only.columns for h in (c.heading, *c.others)])]


def _assigned(
    book: Workbook, found: list[RawSheet], only: Sheet | None, sheets: tuple[Sheet, ...]
) -> Iterator[tuple[Sheet, RawSheet]]:
    """Yield each known sheet; unknown ones are named, hidden ones are problems whatever they hold."""
    seen: set[str] = set()
    filled = [raw for raw in found if raw.rows]
    for raw in found:
        if not raw.rows or folded(raw.name) == folded(GUIDE):
            continue
        if raw.hidden:
            _whole(book, raw, _("trang bị ẩn; xin bỏ ẩn (Unhide) để quý vị nhìn thấy điều sẽ được ghi, hoặc xóa trang"))
        sheet = _meant(raw, only, sheets, alone=len(filled) == 1)
        if sheet is None:
            book.warnings.append(problem(raw.name, 0, "", "", _("không phải trang của danh mục nên không đọc")))
        elif sheet.title in seen:
            _whole(book, raw, _("hai trang cùng tên"))
        else:
            seen.add(sheet.title)
            yield sheet, raw
    if not seen and not book.problems:
        wanted = ", ".join(s.title for s in ((only,) if only else sheets))
        raise Unfit(_("không thấy trang nào mang tên: {titles}"), titles=wanted)


def _meant(raw: RawSheet, only: Sheet | None, sheets: tuple[Sheet, ...], *, alone: bool) -> Sheet | None:
    if only is None:
        return by_title(raw.name, sheets)
    return only if alone or folded(raw.name) == folded(only.title) else None


def _whole(book: Workbook, raw: RawSheet, reason: str, **details: object) -> None:
    _add(book, problem(raw.name, 0, "", "", reason, details))


def _add(book: Workbook, found: Problem) -> None:
    if len(book.problems) < MOST_PROBLEMS:
        book.problems.append(found)


def _rows(book: Workbook, sheet: Sheet, raw: RawSheet) -> Iterator[Row]:
    places = _places(book, sheet, raw)
    _check_shown(book, sheet, raw)
    if places is None:
        return
    for number in sorted(raw.rows):
        if number > 1 and any(shown.strip() or kind == FORMULA for kind, shown in raw.rows[number].values()):
            row = (number, raw.rows[number])
            yield Row(number, {c.heading: _read(book, sheet, row, places.get(c.key, 0), c) for c in sheet.columns})


def _places(book: Workbook, sheet: Sheet, raw: RawSheet) -> dict[str, int] | None:
    """Return where each column stands, or nothing where the first row is not the headings."""
    found: dict[str, int] = {}
    for place, (_kind, shown) in sorted(raw.rows.get(1, {}).items()):
        column = next((c for c in sheet.columns if folded(shown) in map(folded, (c.heading, *c.others))), None)
        if column is None:
            book.warnings.append(
                problem(sheet.title, 1, letters_of(place), shown, _("không phải cột của danh sách này nên không đọc"))
            )
        elif column.key in found:
            _add(book, problem(sheet.title, 1, letters_of(place), shown, _("hai cột cùng tên")))
        else:
            found[column.key] = place
    missing = [c.heading for c in sheet.columns if c.needed and c.key not in found]
    if missing:
        wanted = ", ".join(sheet.headings)
        shown = ", ".join(shown for _k, shown in raw.rows.get(1, {}).values())
        reason = _("hàng đầu phải là: {headings}; còn thiếu: {missing}")
        _add(book, problem(sheet.title, 1, "", shown, reason, {"headings": wanted, "missing": ", ".join(missing)}))
        return None
    extra = set(range(1, 1 + max((max(row) for row in raw.rows.values()), default=0))) - set(raw.rows.get(1, {}))
    if any(place in row for row in raw.rows.values() for place in extra):
        place = next(place for place in sorted(extra) if any(place in row for row in raw.rows.values()))
        book.warnings.append(problem(sheet.title, 1, letters_of(place), "", _("cột không có tiêu đề nên không đọc")))
    return found


def _check_shown(book: Workbook, sheet: Sheet, raw: RawSheet) -> None:
    """Name what a person looking at the sheet would not see, or would see in another place."""
    for number in raw.hidden_rows:
        if number in raw.rows:
            _add(
                book, problem(sheet.title, number, "", "", _("hàng bị ẩn hoặc bị lọc; xin bỏ lọc, bỏ ẩn hoặc xóa hàng"))
            )
    used = {place for row in raw.rows.values() for place in row}
    for first, last in raw.hidden_columns:
        if any(first <= place <= last for place in used):
            _add(book, problem(sheet.title, 0, letters_of(first), "", _("cột bị ẩn; xin bỏ ẩn hoặc xóa cột")))
    for merged in raw.merged:
        row = "".join(c for c in merged.partition(":")[0] if c.isdigit())
        _add(
            book,
            problem(sheet.title, int(row or 0), merged, "", _("các ô bị gộp (Merge Cells); xin bỏ gộp và điền từng ô")),
        )


def _read(book: Workbook, sheet: Sheet, row: tuple[int, dict[int, Cell]], place: int, column: Column) -> str:
    number, cells = row
    cell = cells.get(place)
    at = f"{column.heading} ({letters_of(place)}{number})" if place else column.heading
    try:
        value = read_cell(cell, column)
    except Unfit as error:
        shown = "" if error.reason == EMPTY or cell is None else cell[1]
        _add(book, problem(sheet.title, number, at, shown, error.reason, error.details))
        return ""
    if cell and cell[0] == NUMBER and column.kind is Kind.CODE and not value.startswith("0"):
        _warn_once(book, problem(sheet.title, number, at, value, NUMBERS))
    return value


def _warn_once(book: Workbook, found: Problem) -> None:
    """Say something once for a sheet."""
    if not any((w.sheet, w.reason) == (found.sheet, found.reason) for w in book.warnings):
        book.warnings.append(found)
