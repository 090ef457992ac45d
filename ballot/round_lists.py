"""The two CSV lists from which a small round can be made at once: officials and roll.

Here lives their reading, cell by cell. Never here: a round, or a spreadsheet (ballot/lists).
"""

from __future__ import annotations

import csv
import io

from tally.i18n import marked as _
from tally.i18n import said
from tally.protocol.composing import composed
from tally.protocol.encoding import text
from tally.protocol.errors import Refused

OFFICIALS = ("khoi", "ho_ten", "chuc_vu")
ROLL = ("ma", "ho_ten", "don_vi")
SITE = "diem"
"""A fourth column that a roll may have: the place where a voter attends."""
MAX_ROWS = 5_000
LONGEST = {"ma": 60, "don_vi": 200, SITE: 200}
MAY_BE_EMPTY = ("don_vi", SITE)


class BadList(Refused):
    """A list that cannot be read; `where` names the row."""

    code = "BAD_LIST"
    text = _("Danh sách chưa đúng: {reason}.")


def check_references(references: list[str]) -> None:
    """Refuse a reference that stands twice. Raises BadList naming the row."""
    seen: set[str] = set()
    for number, reference in enumerate(references, start=2):
        if reference in seen:
            raise BadList(line_of("roll", number), reason=said(_("mã {reference} đã có ở trên"), reference=reference))
        seen.add(reference)


def check_people(people: list[tuple[str, str]]) -> None:
    """Refuse a person who stands twice with the same post. Raises BadList naming the row."""
    seen: set[tuple[str, str]] = set()
    for number, person in enumerate(people, start=2):
        if person in seen:
            reason = said(_("{name} đã có ở trên"), name=" – ".join(person))
            raise BadList(line_of("officials", number), reason=reason)
        seen.add(person)


def read_list(content: str, columns: tuple[str, ...], where: str, *, optional: str = "") -> list[dict[str, str]]:
    """Read CSV text with exactly these column headings; every cell is NFC text without control characters.

    A last column `optional` may be there; where it is not, its cells are empty.
    Raises BadList, BadText naming the row (the heading is row 1).
    """
    reader = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")), strict=True)
    rows: list[dict[str, str]] = []
    try:
        headings = tuple(name.strip() for name in reader.fieldnames or ())
        if headings != columns and (not optional or headings != (*columns, optional)):
            raise BadList(where, reason=said(_("hàng đầu phải là {columns}"), columns=", ".join(columns)))
        reader.fieldnames = headings
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values() or number > MAX_ROWS:
                raise BadList(line_of(where, number), reason=_("số ô không đúng"))
            cells = {key: _cell(row[key], key, line_of(where, number)) for key in headings}
            rows.append({optional: "", **cells} if optional else cells)
    except csv.Error as error:
        raise BadList(where, reason=str(error)) from None
    if not rows:
        raise BadList(where, reason=_("không có dòng nào"))
    return rows


def line_of(where: str, number: int) -> str:
    """Return the words for a row of a list."""
    return said(_("{list}, dòng {number}"), list=where, number=number)


def _cell(value: str, column: str, line: str) -> str:
    where = f"{line}, {column}"
    return text(composed(value.strip(), where), where, empty=column in MAY_BE_EMPTY, limit=LONGEST.get(column, 400))
