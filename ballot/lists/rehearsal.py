"""What a list would do, found by doing it on a copy of the database: no desk waits while somebody looks at a list.

Here lives the trying, and the writing of what was tried while the catalogue is still the same. Never here: a rule; the
copy is taken over by the very same functions (takeover.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from ballot.lists.outcome import Outcome
from ballot.lists.takeover import take_over
from ballot.lists.workbook import Workbook
from ballot.models.registry.catalogue import (
    Appointment,
    AppointmentStatus,
    Body,
    BodyChange,
    Group,
    Membership,
    Person,
    Position,
    TemplateVersion,
)
from ballot.models.registry.history import PastLine
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Official
from ballot.storage import copied, follow, reading, writing

WRITTEN: tuple[Table, ...] = tuple(
    kind.metadata.tables[kind.__tablename__]
    for kind in (Body, Position, Person, Appointment, AppointmentStatus, Group, Membership)
)
"""The tables that a list adds to and changes, those before that others point to; it takes nothing away."""
BESIDE = (TemplateVersion.id, Official.person_id, Voter.person_id, PastLine.person_id)
"""What else decides on a row: templates, which are only added to, and who stands on a ballot, a roll, in a result."""

Rows = Mapping[str, Sequence[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a list would do to the catalogue as it was: `before`, and as it would be: `after`, table by table."""

    outcome: Outcome
    before: Rows
    after: Rows

    def still_true(self, session: Session) -> bool:
        """Say whether everything that the list was compared with is what it was; in the transaction that writes."""
        return _state(session) == self.before

    def write(self, session: Session) -> None:
        """Write what became of the copy, whose rows were all found sound: no row is looked at again."""
        connection = session.connection()
        for table in WRITTEN:
            names = [column.name for column in table.columns]
            old = {row[0]: row for row in self.before[table.name]}
            changed = [row for row in self.after[table.name] if row[0] in old and row != old[row[0]]]
            added = [dict(zip(names, row, strict=True)) for row in self.after[table.name] if row[0] not in old]
            if changed:
                values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names[1:]}
                given = [{f"new_{name}": cell for name, cell in zip(names, row, strict=True)} for row in changed]
                connection.execute(update(table).where(table.c.id == bindparam("new_id")).values(values), given)
            if added:
                connection.execute(insert(table), added)
                follow(connection, table)


def rehearse(registry: Engine, organisation_id: int, book: Workbook) -> Rehearsal:
    """Take a list over on a copy of the registry, which is thrown away."""
    with copied(registry, BodyChange.metadata) as copy:
        with reading(copy) as session:
            before = _state(session)
        with writing(copy) as session:
            outcome = take_over(session, organisation_id, book)
        with reading(copy) as session:
            return Rehearsal(outcome, before, _state(session))


def _state(session: Session) -> Rows:
    """Return everything that a list is compared with, by tables."""
    changes = BodyChange.metadata.tables[BodyChange.__tablename__]
    found = {
        table.name: [tuple(row) for row in session.execute(select(table).order_by(table.c.id))]
        for table in (*WRITTEN, changes)
    }
    for column in BESIDE:
        named = session.execute(select(column).where(column.is_not(None)).distinct().order_by(column))
        found[str(column)] = [tuple(row) for row in named]
    return found
