"""Cells of a table to values: counts, percentages, days and texts, each in one strict spelling.

Here lives what a cell may hold. Never here: a cell that is guessed at; an empty one is not zero.
"""

from __future__ import annotations

import re

from tally.i18n import marked as _
from tally.paper.published import Published
from tally.paper.refusals import BadCell, place
from tally.paper.table import Row
from tally.protocol.composing import composed
from tally.protocol.encoding import text
from tally.protocol.errors import BadText, WrongShape
from tally.protocol.manifest import check_date

MOST = 1_000_000
_NUMBER = re.compile(r"[0-9]{1,7}", re.ASCII)

EMPTY = _("không được để trống")
NOT_A_NUMBER = _("phải là số nguyên không âm, chỉ gồm các chữ số 0–9, nhiều nhất 1000000")
NOT_A_SHARE = _("phải là tỷ lệ như 76.46 hoặc 76,46")
NOT_A_DAY = _("phải là ngày, viết yyyy-mm-dd")
NOT_A_TEXT = _("có ký tự không được phép hoặc quá dài")


def number(row: Row, column: str) -> int | None:
    """Return a count, or None for an empty cell: not known, which is not zero. Raises BadCell."""
    cell = row.cells.get(column, "")
    if not cell:
        return None
    if not _NUMBER.fullmatch(cell) or int(cell) > MOST:
        raise BadCell(place(row.line, column), reason=NOT_A_NUMBER)
    return int(cell)


def share(row: Row, column: str) -> Published | None:
    """Return a percentage as it was written, or None for an empty cell. Raises BadCell."""
    cell = row.cells.get(column, "")
    if not cell:
        return None
    published = Published.parse(cell)
    if published is None:
        raise BadCell(place(row.line, column), reason=NOT_A_SHARE)
    return published


def day(row: Row) -> str:
    """Return the day of the round. Raises BadCell."""
    try:
        return check_date(row.cells["date"], "date")
    except WrongShape:
        raise BadCell(place(row.line, "date"), reason=NOT_A_DAY) from None


def words(row: Row, column: str, *, empty: bool = False) -> str:
    """Return a text in NFC: newspapers and spreadsheets write both forms, and only invisible marks are refused.

    Raises BadCell.
    """
    cell = row.cells.get(column, "")
    if not cell and not empty:
        raise BadCell(place(row.line, column), reason=EMPTY)
    try:
        return text(composed(cell, column), column, empty=True, limit=400)
    except BadText:
        raise BadCell(place(row.line, column), reason=NOT_A_TEXT) from None
