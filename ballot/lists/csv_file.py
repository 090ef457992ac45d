"""CSV in and out: UTF-8 or UTF-16 in, with any of Excel's delimiters; UTF-8 out, with no cell that a spreadsheet runs.

Here lives that spelling of a table. Never here: a guess at an encoding.

The rule for cells is that of tally/cells.py, undone in reading: what is written is what is read. It looks behind every
semicolon too, where a spreadsheet in Vietnamese cuts a line whose cells are parted by commas.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from ballot.lists.archive import FILE_LIMIT, TOO_BIG
from ballot.lists.columns import folded
from ballot.lists.raw import (
    LONG,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    TEXT,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    RawSheet,
    letters_of,
)
from ballot.lists.refusals import Unfit
from tally.cells import plain, safe
from tally.i18n import marked as _

DELIMITERS = (",", ";", "\t")
_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
NOT_UNICODE = _(
    "không phải UTF-8 (byte lạ ở dòng {line}); trong Excel xin chọn Lưu thành (Save As) → CSV UTF-8, hoặc gửi tệp .xlsx"
)
HALF_UNICODE = _("UTF-16 không trọn vẹn; trong Excel xin chọn Lưu thành (Save As) → CSV UTF-8, hoặc gửi tệp .xlsx")


def write_csv(rows: Iterable[Sequence[str]], *, delimiter: str = ",", mark: bool = True) -> bytes:
    """Return a table as CSV; `mark` puts the mark of UTF-8 before it, without which Excel misreads it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([[safe(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


def read_csv(raw: bytes, name: str, headings: Sequence[str]) -> RawSheet:
    """Return a CSV file as a sheet; the delimiter is the one that finds most of `headings`. Raises Unfit."""
    content = decoded(raw)
    hint = _HINT.match(content)
    if hint:
        content = content[hint.end() :]
    delimiter = hint[1] if hint else _delimiter(content, headings)
    sheet = RawSheet(name)
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True), start=1
        ):
            if number > MAX_ROWS + 1:
                raise Unfit(TOO_MANY_ROWS, row=number)
            if len(row) > MAX_COLUMNS:
                raise Unfit(TOO_MANY_COLUMNS, column=letters_of(len(row)))
            cells = {place: _cell(cell) for place, cell in enumerate(row, start=1) if cell}
            if cells:
                sheet.rows[number] = cells
    except csv.Error:
        raise Unfit(
            _("dấu ngoặc kép không khép lại, hoặc có ký tự lạ, ở sau dòng {line}"), line=max(sheet.rows, default=0)
        ) from None
    return sheet


def decoded(raw: bytes) -> str:
    """Return a file's text: UTF-8 with or without its mark, or UTF-16 with it; nothing is guessed. Raises Unfit."""
    if len(raw) > FILE_LIMIT:
        raise Unfit(TOO_BIG)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16").replace("\0", "\ufffd")
        except UnicodeDecodeError:
            raise Unfit(HALF_UNICODE) from None
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unfit(NOT_UNICODE, line=raw.count(b"\n", 0, error.start) + 1) from None
    if "\0" in content:
        raise Unfit(NOT_UNICODE, line=content.count("\n", 0, content.index("\0")) + 1)
    return content


def _delimiter(content: str, headings: Sequence[str]) -> str:
    first = content.partition("\n")[0]
    wanted = {folded(heading) for heading in headings}

    def found(delimiter: str) -> int:
        return len(wanted & {folded(cell.strip('"')) for cell in first.rstrip("\r").split(delimiter)})

    return max(DELIMITERS, key=found)


def _cell(cell: str) -> tuple[str, str]:
    cell = plain(cell)
    return (TEXT, cell) if len(cell) <= MAX_CELL else (LONG, cell[:MAX_CELL])
