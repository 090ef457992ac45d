"""The two lists of a small round from Excel or CSV: read like any list, and handed on as the CSV that rounds take.

Here lives that bridge. Never here: a round, or the catalogue.
"""

from __future__ import annotations

import csv
import io

from ballot.lists.columns import PAIR, Sheet
from ballot.lists.refusals import BadFile
from ballot.lists.workbook import read
from ballot.round_lists import BadList, line_of


def as_csv(raw: bytes, filename: str, sheet: Sheet, where: str) -> str:
    """Return a list's rows as CSV text with the program's own headings. Raises BadList naming row and column."""
    try:
        book = read(raw, filename, only=sheet, sheets=PAIR)
    except BadFile as error:
        raise BadList(where, reason=error.details["reason"]) from None
    for found in book.problems[:1]:
        place = line_of(where, found.row) if found.row else where
        raise BadList(f"{place}, {found.column}" if found.column else place, reason=found.sentence)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.key for column in sheet.columns])
    writer.writerows([[row.cells[heading] for heading in sheet.headings] for row in book.sheets[sheet.title]])
    return out.getvalue()
