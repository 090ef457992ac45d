"""The inside of a workbook: its sheets, cell by cell, as one walk through each finds them.

Here lives what a cell is: text, a number as it is shown, a day, a formula. Never here: a style, a picture or any other
part of the file; the least is read, so that the least can go wrong.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from ballot.lists.archive import UNREADABLE, unpack
from ballot.lists.book_parts import (
    MOST_SHEETS,
    Book,
    Strings,
    Styles,
    by_kind,
    check_types,
    links_of,
    office_part,
    unescaped,
    walked,
)
from ballot.lists.raw import (
    DAY,
    ERROR,
    FLAG,
    FORMULA,
    LONG,
    MAX_CELL,
    NUMBER,
    ROUNDED,
    TEXT,
    Cell,
    RawSheet,
    check_column,
    check_row,
    number_of,
    vietnamese_day,
)
from ballot.lists.refusals import Unfit
from ballot.lists.xml_parts import Attributes, Walk, check, walk
from tally.i18n import marked as _

MOST_CELLS, MOST_MERGED = 250_000, 100
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})\Z")


def read_sheets(raw: bytes) -> list[RawSheet]:
    """Return the sheets of an .xlsx file in their order. Raises Unfit naming the part or the sheet."""
    parts = unpack(raw)
    check_types(parts)
    book_name = office_part(parts)
    book = walked(parts, book_name, Book())
    links = links_of(parts, book_name)
    strings = walked(parts, by_kind(links, "sharedStrings"), Strings()).found
    styles = walked(parts, by_kind(links, "styles"), Styles())
    if len(book.sheets) > MOST_SHEETS:
        raise Unfit(_("tệp có hơn 50 trang"))
    sheets, left = [], MOST_CELLS
    used = {book_name, by_kind(links, "sharedStrings"), by_kind(links, "styles")}
    for name, hidden, link in book.sheets:
        kind, path = links.get(link, ("", ""))
        if kind != "worksheet" or path not in parts:
            raise Unfit(_("có trang không phải bảng tính thường (biểu đồ, macro)"), name)
        reader = _Sheet(RawSheet(name, hidden), strings, styles, book.since_1904, left)
        walk(parts[path], name, reader)
        left = reader.left
        used.add(path)
        sheets.append(reader.sheet)
    for name in parts.keys() - used:
        check(parts[name], name)
    return sheets


class _Sheet(Walk):
    """One sheet; it ends at the first row or column beyond the limits, however many are still to come."""

    def __init__(self, sheet: RawSheet, strings: list[str], styles: Styles, since_1904: bool, left: int) -> None:
        super().__init__()
        self.sheet, self.strings, self.styles, self.left = sheet, strings, styles, left
        self.epoch = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
        self.row = self.column = 0
        self.kind = self.style = ""
        self.formula = self.listening = False
        self.silent = 0
        self.now: list[str] = []

    def begin(self, name: str, attributes: Attributes) -> None:
        """Take the beginning of a cell, of its value, or of what stands around the cells."""
        if name == "c":
            self._cell(attributes)
        elif name in ("v", "t"):
            self.listening = True
        elif name == "f":
            self.formula = True
        elif name == "rPh":
            self.silent += 1
        else:
            self._around(name, attributes)

    def finish(self, name: str) -> None:
        """Take the end of an element."""
        if name in ("v", "t"):
            self.listening = False
        elif name == "rPh":
            self.silent -= 1
        elif name == "c":
            self._keep()

    def _around(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self._row(attributes)
        elif name == "dimension":
            for corner in filter(_REFERENCE.match, attributes.get("ref", "").split(":")):
                self._place(corner)
        elif name == "mergeCell" and len(self.sheet.merged) < MOST_MERGED:
            self.sheet.merged.append(attributes.get("ref", "")[:30])
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = (_small(attributes.get(key, "0")) for key in ("min", "max"))
            self.sheet.hidden_columns.append((first, last))

    def characters(self, content: str) -> None:
        """Take a piece of a cell's value."""
        if self.listening and not self.silent:
            self.now.append(content)

    def _row(self, attributes: Attributes) -> None:
        self.row = _small(attributes["r"]) if "r" in attributes else self.row + 1
        self.column = 0
        check_row(self.row)
        if attributes.get("hidden") in ("1", "true"):
            self.sheet.hidden_rows.append(self.row)

    def _cell(self, attributes: Attributes) -> None:
        if "r" in attributes:
            self.row, self.column = self._place(attributes["r"])
        else:
            self.column += 1
            check_column(self.column)
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        self.formula, self.now = False, []

    def _place(self, reference: str) -> tuple[int, int]:
        match = _REFERENCE.match(reference)
        if match is None:
            raise Unfit(UNREADABLE)
        row, column = int(match[2]), number_of(match[1])
        check_row(row)
        check_column(column)
        return row, column

    def _keep(self) -> None:
        value = "".join(self.now)
        if not value and not self.formula:
            return
        self.left -= 1
        if self.left < 0:
            raise Unfit(_("tệp có quá 250.000 ô có nội dung"))
        if self.column in self.sheet.rows.setdefault(self.row, {}):
            raise Unfit(UNREADABLE)
        kind, shown = (FORMULA, value) if self.formula else self._value(value)
        kind, shown = (kind, shown) if len(shown) <= MAX_CELL else (LONG, shown[:MAX_CELL])
        self.sheet.rows[self.row][self.column] = (kind, shown)

    def _value(self, value: str) -> Cell:
        if self.kind == "s":
            number = _small(value)
            if number >= len(self.strings):
                raise Unfit(UNREADABLE)
            return TEXT, self.strings[number]
        if self.kind == "inlineStr":
            return TEXT, unescaped(value)
        if self.kind in ("str", "e", "b"):
            return {"str": TEXT, "e": ERROR, "b": FLAG}[self.kind], value
        if self.kind == "d":
            return _iso_day(value)
        return self._number(value)

    def _number(self, value: str) -> Cell:
        shows_day, zeros = self.styles.of(self.style)
        try:
            found = Decimal(value[:40])
            whole = found.is_finite() and abs(found) < 10**20 and found == int(found)
        except (InvalidOperation, ValueError):
            raise Unfit(UNREADABLE) from None
        if shows_day and whole and 0 < found < 1_000_000:
            return DAY, self._day(int(found))
        if not whole:
            return NUMBER, value[:40].replace(".", ",")
        return ROUNDED if abs(found) >= 10**15 else NUMBER, f"{int(found):0{zeros}d}"

    def _day(self, serial: int) -> str:
        early = serial < 60 and self.epoch.year == 1899  # Excel believes in 29/02/1900
        return vietnamese_day(self.epoch + timedelta(days=serial + early))


def _iso_day(value: str) -> Cell:
    try:
        return DAY, vietnamese_day(date.fromisoformat(value[:10]))
    except ValueError:
        raise Unfit(UNREADABLE) from None


def _small(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Unfit(UNREADABLE)
    return int(value)
