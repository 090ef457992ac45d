"""Bytes to lines of a table with a head, in one of two spellings: CSV with commas, or with semicolons.

Here lives what makes a file a table. Never here: the meaning of a column, or a guess at an encoding.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from tally.cells import plain
from tally.i18n import marked as _
from tally.paper.refusals import BadColumn, UnreadableTable, place

FILE_LIMIT = 8 * 1024 * 1024
MOST_LINES = 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 4000
DELIMITERS = (",", ";")

NOT_UTF8 = _("tệp không phải UTF-8; trong Excel xin chọn Lưu thành (Save As) → CSV UTF-8")
TOO_BIG = _("tệp quá lớn")
TOO_LONG = _("bảng quá dài")
TOO_WIDE = _("bảng quá nhiều cột")
NO_LINES = _("bảng không có dòng nào dưới dòng đầu")
BAD_QUOTES = _("dấu ngoặc kép không khép lại hoặc đặt sai chỗ")
LONG_CELL = _("có ô quá dài")
UNEVEN = _("số ô khác số cột của dòng đầu")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: where it begins in the file, and its cells by column, without blanks at their ends."""

    line: int
    cells: dict[str, str]


def read_rows(raw: bytes, names: frozenset[str], where: str) -> tuple[Row, ...]:
    """Return the lines below the head; the delimiter is the one under which the head has more of `names`.

    Raises UnreadableTable, BadColumn. Source: SPEC 4.19; RFC 4180.
    """
    content = _decoded(raw, where)
    delimiter = max(DELIMITERS, key=lambda d: len(names & {cell.strip(' "') for cell in _first(content).split(d)}))
    lines = _lines(content, delimiter, where)
    _line, head = next(lines, (1, []))
    columns = [cell.strip() for cell in head]
    _check_columns(columns, where)
    rows = tuple(_row(line, cells, columns) for line, cells in lines if any(cell.strip() for cell in cells))
    if not rows:
        raise UnreadableTable(where, reason=NO_LINES)
    return rows


def _decoded(raw: bytes, where: str) -> str:
    if len(raw) > FILE_LIMIT:
        raise UnreadableTable(where, reason=TOO_BIG)
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableTable(place(raw.count(b"\n", 0, error.start) + 1), reason=NOT_UTF8) from None
    if "\0" in content:
        raise UnreadableTable(place(content.count("\n", 0, content.index("\0")) + 1), reason=NOT_UTF8)
    return content


def _first(content: str) -> str:
    return content.partition("\n")[0].rstrip("\r")


def _lines(content: str, delimiter: str, where: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line of the file on which it begins."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for number, cells in enumerate(reader):
            if number > MOST_LINES:
                raise UnreadableTable(where, reason=TOO_LONG)
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise UnreadableTable(place(begins), reason=LONG_CELL)
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise UnreadableTable(place(begins), reason=BAD_QUOTES) from None


def _check_columns(columns: list[str], where: str) -> None:
    if len(columns) > MOST_COLUMNS:
        raise UnreadableTable(where, reason=TOO_WIDE)
    for column in columns:
        if columns.count(column) > 1:
            raise BadColumn(where, column=column, reason=_("có hai lần"))


def _row(line: int, cells: list[str], columns: list[str]) -> Row:
    if len(cells) != len(columns):
        raise UnreadableTable(place(line), reason=UNEVEN)
    return Row(line, {column: plain(cell).strip() for column, cell in zip(columns, cells, strict=True)})
