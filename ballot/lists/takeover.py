"""Taking a list over into the catalogue, row by row, in the transaction of whoever asks: to keep it, or only to see.

Here lives the order of rows and what stops one. Never here: a rule of the catalogue; its own functions decide, and a
preview runs the very same ones on a copy (rehearsal.py).

An empty cell changes nothing. What history hangs on (names, days, codes) is never overwritten from a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from ballot.lists import rows_of
from ballot.lists.columns import APPOINTMENTS, BODIES, CATALOGUE, GROUPS, PEOPLE, POSITIONS, Sheet
from ballot.lists.held import Held, Line, Waits, warn_of_likeness
from ballot.lists.outcome import Outcome
from ballot.lists.problems import problem
from ballot.lists.refusals import Unfit
from ballot.lists.workbook import Row, Workbook
from tally.i18n import marked as _
from tally.protocol.errors import CodedError

TAKERS: dict[str, Callable[[Held, Line], str]] = {
    BODIES.title: rows_of.body,
    POSITIONS.title: rows_of.position,
    PEOPLE.title: rows_of.person,
    APPOINTMENTS.title: rows_of.appointment,
    GROUPS.title: rows_of.membership,
}
COLUMN_OF = {"day": "status_day"}
"""What the catalogue calls a field, where the sheet calls it otherwise."""


def take_over(session: Session, organisation_id: int, book: Workbook) -> Outcome:
    """Take every row over that can be, and return what became of each; the caller keeps or undoes it all."""
    outcome = Outcome()
    bad = {(p.sheet, p.row) for p in book.problems}
    held = Held.of(session, organisation_id, outcome)
    held.doubtful = {
        (sheet.title, row.cells[sheet.columns[0].heading])
        for sheet in CATALOGUE
        for row in book.sheets.get(sheet.title, ())
    }
    warn_of_likeness(held, book)
    for sheet in CATALOGUE:
        rows = book.sheets.get(sheet.title)
        if rows is None:
            continue
        verdicts = outcome.rows.setdefault(sheet.title, {})
        for row in _in_order(held, sheet, rows, bad):
            verdict = _take(session, held, sheet, row)
            if verdict:
                verdicts[row.number] = verdict
    return outcome


def _take(session: Session, held: Held, sheet: Sheet, row: Row) -> str:
    line = Line(sheet, row)
    try:
        with session.begin_nested():
            return TAKERS[sheet.title](held, line)
    except Waits:
        return ""  # it refers to a row whose own problem is named
    except Unfit as error:
        _note(held, line, error.where, error.reason, error.details)
    except CodedError as error:
        key = COLUMN_OF.get(error.where, error.where)
        _note(held, line, key if any(c.key == key for c in sheet.columns) else "", error.text, error.details)
    return ""


def _note(held: Held, line: Line, key: str, reason: str, details: dict[str, object]) -> None:
    column = line.sheet.column(key).heading if key else ""
    cell = line.row.cells.get(column, "")
    held.outcome.add_problem(problem(line.sheet.title, line.row.number, column, cell, reason, details))


def _in_order(held: Held, sheet: Sheet, rows: list[Row], bad: set[tuple[str, int]]) -> Iterator[Row]:
    """Yield the sound rows as they stand; of bodies, those above others first."""
    sound = [row for row in rows if (sheet.title, row.number) not in bad]
    if sheet is not BODIES:
        yield from sound
        return
    code, above = BODIES.column("code").heading, BODIES.column("parent").heading
    in_file = {row.cells[code] for row in sound}
    ready = [row for row in sound if row.cells[above] not in in_file]
    below: dict[str, list[Row]] = {}
    for row in sound:
        if row.cells[above] in in_file:
            below.setdefault(row.cells[above], []).append(row)
    while ready:
        yield from ready
        next_ = [child for row in ready for child in below.pop(row.cells[code], ())]
        ready = sorted(next_, key=lambda row: row.number)
    for row in sorted((row for rows in below.values() for row in rows), key=lambda row: row.number):
        reason = _("các tổ chức này là cấp trên của nhau thành vòng kín")
        held.outcome.add_problem(problem(sheet.title, row.number, above, row.cells[above], reason))
