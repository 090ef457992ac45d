"""A cell as its column wants it: one text in NFC, or the reason why not.

Here lives the reading of single cells. Never here: a row, or a second meaning of a cell that is not clear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from ballot.lists.columns import Column, Kind
from ballot.lists.raw import DAY, ERROR, FLAG, FORMULA, LONG, MAX_CELL, NUMBER, ROUNDED, Cell, vietnamese_day
from ballot.lists.refusals import Unfit
from tally.i18n import marked as _
from tally.protocol.composing import composed
from tally.protocol.encoding import text
from tally.protocol.errors import BadText

FIRST_YEAR, LAST_YEAR = 1900, 2199
_TYPED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})\Z")
_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_YEAR = re.compile(r"[0-9]{4}\Z")

NEVER = {
    FORMULA: _("ô có công thức; xin chép ô rồi dán lại chỉ giá trị (Paste Special → Values)"),
    ERROR: _("ô báo lỗi của Excel"),
    FLAG: _("ô là giá trị TRUE/FALSE, không phải chữ"),
    LONG: _("ô dài quá 2.000 ký tự"),
    ROUNDED: _("số dài hơn 15 chữ số nên Excel đã làm tròn; xin định dạng cột là Text rồi gõ lại"),
}
EMPTY = _("ô trống")
STACKED = _("quá nhiều dấu chồng lên một chữ; xin gõ lại ô này")


def read_cell(cell: Cell | None, column: Column) -> str:
    """Return a cell's text, a day as dd/mm/yyyy. Raises Unfit."""
    kind, shown = cell or ("text", "")
    if kind in NEVER:
        raise Unfit(NEVER[kind])
    _check_kind(kind, column)
    value = _composed(shown).strip()
    if not value:
        if column.needed:
            raise Unfit(EMPTY)
        return ""
    if column.kind is Kind.DAY:
        return _day(value, born=column.key == "born")
    if column.kind is Kind.NUMBER and not (value.isascii() and value.isdigit() and len(value) <= column.limit):
        raise Unfit(_("cần một số nguyên từ 0 đến 9999"))
    _check_text(value, column)
    return value


def _composed(shown: str) -> str:
    try:
        return composed(shown, "")
    except BadText:
        raise Unfit(STACKED) from None


def _check_kind(kind: str, column: Column) -> None:
    if kind == DAY and column.kind is not Kind.DAY:
        if column.kind is Kind.NAME:
            raise Unfit(_("ô là ngày tháng, cần họ và tên"))
        raise Unfit(_("Excel đã hiểu ô này là ngày tháng; xin định dạng ô là Text rồi gõ lại"))
    if kind == NUMBER and column.kind is Kind.NAME:
        raise Unfit(_("ô là số, cần họ và tên"))


def _check_text(value: str, column: Column) -> None:
    if len(value) > column.limit:
        raise Unfit(_("dài quá {limit} ký tự"), limit=column.limit)
    try:
        text(value, "", limit=MAX_CELL)
    except BadText:
        place, character = next(_strange(value), (0, ""))
        if character in ("\n", "\r"):
            raise Unfit(_("ô có xuống dòng; xin viết trên một dòng")) from None
        if character:
            code = f"U+{ord(character):04X}"
            raise Unfit(
                _("ký tự thứ {place} ({code}) không nhìn thấy được hoặc không được phép; xin gõ lại ô này"),
                place=place,
                code=code,
            ) from None
        raise Unfit(STACKED) from None


def _strange(value: str) -> Iterator[tuple[int, str]]:
    """Yield each character that no text may hold, with its place from 1."""
    for place, character in enumerate(value, start=1):
        try:
            text(f"a{character}a", "")
        except BadText:
            if unicodedata.normalize("NFC", f"a{character}") == f"a{character}":
                yield place, character


def _day(value: str, *, born: bool) -> str:
    """Return a day as dd/mm/yyyy; of a birth the year alone will do."""
    if born and _YEAR.match(value) and FIRST_YEAR <= int(value) <= LAST_YEAR:
        return value
    typed, written = _TYPED.match(value), _WRITTEN.match(value)
    numbers = typed.groups()[::-1] if typed else written.groups() if written else None
    if numbers is None:
        raise Unfit(_("không phải một ngày; xin viết ngày/tháng/năm, ví dụ 05/01/2026"))
    try:
        found = date(*map(int, numbers))
    except ValueError:
        raise Unfit(_("không có ngày này trong lịch; xin viết ngày/tháng/năm, ví dụ 05/01/2026")) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unfit(_("không có ngày này trong lịch; xin viết ngày/tháng/năm, ví dụ 05/01/2026"))
    return vietnamese_day(found)


def iso(day: str) -> str:
    """Return a day of a list as it is kept, yyyy-mm-dd; a year alone, and nothing, stay as they are."""
    match = _TYPED.match(day)
    return "-".join(match.groups()[::-1]) if match else day


def written(day: str) -> str:
    """Return a day that is kept as it stands in a list."""
    match = _WRITTEN.match(day)
    return "/".join(match.groups()[::-1]) if match else day
