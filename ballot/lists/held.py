"""An organisation's catalogue by codes, as it is while rows of a list are taken over, and one row beside it.

Here lives what rows refer to and what they may not change. Never here: a write.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue import appointments, people
from ballot.catalogue.lineage import Lineage
from ballot.likeness import likeness
from ballot.lists.columns import BODIES, PEOPLE, Sheet
from ballot.lists.outcome import Change, Outcome
from ballot.lists.problems import problem
from ballot.lists.refusals import Unfit
from ballot.lists.workbook import Row, Workbook
from ballot.models.registry.catalogue import Appointment, AppointmentStatus, Body, Group, Membership, Person, Position
from tally.i18n import marked as _

DIFFERS = _("danh mục đang ghi {column}: “{old}”; tệp không sửa được điều này, xin sửa ở trang Danh mục")
TWICE = _("mã đã có ở hàng {row} của trang này")
UNKNOWN = _("không có mã này trong danh mục, cũng không có ở trang {sheet} của tệp")
ALIKE = _("đọc giống {name} (mã {code}); nếu là một thì xin dùng một mã, nếu là hai thì không cần sửa")


class Waits(Exception):
    """The row refers to one of the same file that is itself wrong."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its sheet; cells are asked for by key."""

    sheet: Sheet
    row: Row

    def __getitem__(self, key: str) -> str:
        return self.row.cells[self.sheet.column(key).heading]


@dataclass(slots=True)
class Held:
    """An organisation's catalogue by codes, as it is while rows are taken over.

    `latest` says on which day somebody (person, position) last took up a post.
    """

    session: Session
    organisation_id: int
    outcome: Outcome
    bodies: dict[str, Body]
    positions: dict[str, Position]
    people: dict[str, Person]
    groups: dict[str, Group]
    terms: dict[tuple[int, int, str], Appointment]
    notes: dict[int, list[AppointmentStatus]]
    members: dict[tuple[int, int, str], Membership]
    lineage: Lineage
    latest: dict[tuple[int, int], str]
    doubtful: set[tuple[str, str]] = field(default_factory=set)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, organisation_id: int, outcome: Outcome) -> Held:
        """Read what an organisation has."""

        def by_code(kind: Any) -> dict[str, Any]:
            return {
                row.code: row for row in session.scalars(select(kind).where(kind.organisation_id == organisation_id))
            }

        terms = select(Appointment).join(Person, Person.id == Appointment.person_id)
        mine = list(session.scalars(terms.where(Person.organisation_id == organisation_id)))
        members = select(Membership).join(Group, Group.id == Membership.group_id)
        belong = session.scalars(members.where(Group.organisation_id == organisation_id))
        return cls(
            session, organisation_id, outcome, by_code(Body), by_code(Position), by_code(Person), by_code(Group),
            {(t.person_id, t.position_id, t.since): t for t in mine},
            appointments.statuses(session, [t.id for t in mine]),
            {(m.group_id, m.person_id, m.since): m for m in belong}, Lineage.of(session, organisation_id),
            {(t.person_id, t.position_id): t.since for t in sorted(mine, key=lambda t: t.since)},
        )  # fmt: skip

    def once(self, line: Line, *keys: str) -> None:
        """Refuse a row that says the same as one above. Raises Unfit."""
        said = "\0".join(line[key] for key in keys)
        first = self.seen.setdefault((line.sheet.title, said), line.row.number)
        if first != line.row.number:
            raise Unfit(TWICE, keys[0], row=first)

    def known(self, found: dict[str, Any], line: Line, key: str, sheet: Sheet) -> Any:
        """Return what a cell refers to. Raises Unfit, Waits."""
        if line[key] in found:
            return found[line[key]]
        if (sheet.title, line[key]) in self.doubtful:
            raise Waits
        raise Unfit(UNKNOWN, key, sheet=sheet.title)

    def keep(self, key: tuple[int, int, str], term: Appointment) -> None:
        """Note an appointment (person, position, since) that was taken over."""
        self.terms[key] = term
        self.latest[key[:2]] = max(key[2], self.latest.get(key[:2], ""))

    def change(self, line: Line, key: str, old: str) -> None:
        """Note that a cell changes what is there."""
        code = line.row.cells[line.sheet.columns[0].heading]
        heading = line.sheet.column(key).heading
        self.outcome.changes.append(Change(line.sheet.title, line.row.number, code, heading, old, line[key]))

    def warn(self, line: Line, key: str, reason: str, **details: object) -> None:
        """Note what somebody should look at; it stops nothing."""
        heading = line.sheet.column(key).heading
        self.outcome.warnings.append(problem(line.sheet.title, line.row.number, heading, line[key], reason, details))


def same(line: Line, **there: list[str]) -> None:
    """Refuse a cell that says something else than what may not change, in any of its spellings. Raises Unfit."""
    for key, spellings in there.items():
        if line[key] and line[key] not in spellings:
            raise Unfit(DIFFERS, key, column=line.sheet.column(key).heading, old=spellings[0] if spellings else "")


def warn_of_likeness(held: Held, book: Workbook) -> None:
    """Name new people and bodies whose name reads like another's; it stops nothing (threats H21)."""
    lines = [Line(PEOPLE, row) for row in book.sheets.get(PEOPLE.title, ()) if row.cells["Họ và tên"]]
    fresh = [line for line in lines if line["code"] not in held.people]
    there = people.near_duplicates(held.session, held.organisation_id, [line["name"] for line in fresh])
    above: dict[str, Line] = {}
    for line in fresh:
        for other in there.get(line["name"], ())[:3]:
            held.warn(line, "name", ALIKE, name=other.name, code=other.code)
        first = above.setdefault(likeness(line["name"]), line)
        if first is not line:
            held.warn(line, "name", ALIKE, name=first["name"], code=first["code"])
    names = {likeness(b.name): b for b in held.bodies.values() if not b.until}
    for line in (Line(BODIES, row) for row in book.sheets.get(BODIES.title, ())):
        found = names.get(likeness(line["name"])) if line["name"] else None
        if found is not None and line["code"] not in held.bodies:
            held.warn(line, "name", ALIKE, name=found.name, code=found.code)
