"""A sheet as it came out of a file, whatever kind of file it was, and the limits of one.

Here live the kinds of cells. Never here: what a column means (columns.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ballot.lists.refusals import Unfit
from tally.i18n import marked as _

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 5_000, 100, 2_000
TEXT, NUMBER, DAY, FLAG, ERROR = "text", "number", "day", "flag", "error"
FORMULA, LONG, ROUNDED = "formula", "long", "rounded"
TOO_MANY_ROWS = _(
    "trang có tới hàng {row}, nhiều hơn 5.000 hàng; nếu phía dưới chỉ là hàng trống, "
    "xin chọn và xóa hẳn (Delete → Entire row) rồi lưu lại"
)
TOO_MANY_COLUMNS = _(
    "trang có tới cột {column}, nhiều hơn 100 cột; nếu bên phải chỉ là cột trống, "
    "xin chọn và xóa hẳn (Delete → Entire column) rồi lưu lại"
)

Cell = tuple[str, str]
"""What a cell is, and how it reads."""


@dataclass(slots=True)
class RawSheet:
    """A sheet as it came: rows by number, cells by column number from 1, and what Excel does not show or joins."""

    name: str
    hidden: bool = False
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


def check_row(row: int) -> None:
    """Refuse a row beyond the limit, which the headings do not count in. Raises Unfit."""
    if not 1 <= row <= MAX_ROWS + 1:
        raise Unfit(TOO_MANY_ROWS, row=row)


def check_column(column: int) -> None:
    """Refuse a column beyond the limit. Raises Unfit."""
    if column > MAX_COLUMNS:
        raise Unfit(TOO_MANY_COLUMNS, column=letters_of(column))


def vietnamese_day(day: date) -> str:
    """Return a day as people write it, 05/01/2026."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def number_of(letters: str) -> int:
    """Return a column's number from 1: A, B … Z, AA …"""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def letters_of(number: int) -> str:
    """Return a column's letters."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
