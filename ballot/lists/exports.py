"""What is in the catalogue, and what a round was made with, as tables that people print, keep and read in again.

Here lives the choice of rows and columns. Never here: who came, or in which order; that is the attendance sheet's.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue import appointments, standards
from ballot.catalogue.errors import UnknownChoice
from ballot.catalogue.fields import within
from ballot.catalogue.lineage import Lineage
from ballot.catalogue.people import everybody
from ballot.lists.columns import APPOINTMENTS, BODIES, GROUPS, PEOPLE, POSITIONS, Sheet
from ballot.lists.csv_file import write_csv
from ballot.lists.raw import vietnamese_day
from ballot.lists.xlsx_out import Table, Value, day_or_text
from ballot.models.registry.catalogue import Appointment, AppointmentStatus, Body, Group, Membership, Person, Position
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Exempt, Official, Round
from ballot.vietnamese import alphabetical, by_given_name

OFFICIALS, ROLL, EXEMPT = "nguoi-duoc-lay-phieu", "nguoi-ghi-phieu", "nguoi-khong-lay-phieu"
ROUND = {OFFICIALS: "Người được lấy phiếu", ROLL: "Người ghi phiếu", EXEMPT: "Người không lấy phiếu"}


def catalogue_tables(session: Session, organisation_id: int, day: str) -> list[Table]:
    """Return an organisation's catalogue as it is on a day: what has ended is not in it, its history is."""
    lineage = Lineage.of(session, organisation_id)
    people = everybody(session, organisation_id)
    posts = _posts(session, organisation_id, day)
    return [
        _table(BODIES, _bodies(session, organisation_id, lineage, day)),
        _table(POSITIONS, _position_rows(session, organisation_id, lineage, posts, day)),
        _table(PEOPLE, [[p.code, p.name, day_or_text(p.born), p.unit, p.site] for p in people]),
        _table(APPOINTMENTS, _appointment_rows(session, people, posts, day)),
        _table(GROUPS, _group_rows(session, organisation_id, people, day)),
    ]


def round_tables(session: Session, row: Round) -> list[Table]:
    """Return a round's officials, its roll by given name, and who holds a rated post and is not rated."""
    officials = session.scalars(select(Official).where(Official.round_id == row.id).order_by(Official.number))
    voters = sorted(
        session.scalars(select(Voter).where(Voter.round_id == row.id)),
        key=lambda v: (by_given_name(v.name), v.reference),
    )
    exempt = session.scalars(select(Exempt).where(Exempt.round_id == row.id).order_by(Exempt.number))
    return [
        Table(ROUND[OFFICIALS], ("TT", "Loại phiếu", "Khối", "Họ và tên", "Chức danh, chức vụ", "Cấp quản lý"),
              [[o.number, o.form, o.block, o.name, o.position, o.authority] for o in officials]),
        Table(ROUND[ROLL], ("TT", "Mã", "Họ và tên", "Đơn vị", "Điểm cầu"),
              [[n, v.reference, v.name, v.unit, v.site] for n, v in enumerate(voters, start=1)]),
        Table(ROUND[EXEMPT], ("TT", "Họ và tên", "Chức danh, chức vụ", "Lý do", "Căn cứ"),
              [[e.number, e.name, e.position, e.reason, e.citation] for e in exempt]),
    ]  # fmt: skip


def as_csv(table: Table, *, delimiter: str = ",", mark: bool = True) -> bytes:
    """Return a table as CSV."""
    rows = [[_word(value) for value in row] for row in table.rows]
    return write_csv([table.headings, *rows], delimiter=delimiter, mark=mark)


def _word(value: Value) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else vietnamese_day(value)


def _table(sheet: Sheet, rows: Iterable[list[Value]]) -> Table:
    return Table(sheet.title, sheet.headings, list(rows))


def _bodies(session: Session, organisation_id: int, lineage: Lineage, day: str) -> list[list[Value]]:
    """Return the bodies, those above others first; a renamed one counts from its first name on."""
    names = {level.key: level.name for level in standards.levels(session, organisation_id)}
    here = [body for body in lineage.bodies.values() if within(day, body.since, body.until)]

    def above(body: Body) -> Body | None:
        found = lineage.parent_on(body, day)
        return found if found in here else None

    def depth(body: Body) -> int:
        return len(list(lineage.above(body.id)))

    rows: list[list[Value]] = []
    for body in sorted(here, key=lambda b: (depth(b), alphabetical(b.name), b.code)):
        parent = above(body)
        first = min(lineage.bodies[same].since for same in lineage.same(body.id))
        level = names.get(body.level, body.level)
        rows.append([body.code, body.name, level, parent.code if parent else "", day_or_text(first)])
    return rows


def _posts(session: Session, organisation_id: int, day: str) -> list[Position]:
    found = session.scalars(select(Position).where(Position.organisation_id == organisation_id))
    here = [post for post in found if within(day, post.since, post.until)]
    return sorted(here, key=lambda p: (p.rank, alphabetical(p.title), p.code))


def _position_rows(
    session: Session, organisation_id: int, lineage: Lineage, posts: list[Position], day: str
) -> Iterable[list[Value]]:
    titles = {standard.key: standard.title for standard in standards.standards(session, organisation_id)}
    for post in posts:
        body = lineage.named_on(post.body_id, day) or lineage.bodies[post.body_id]
        said = titles.get(post.standard, post.standard)
        try:
            found = standards.standard_key(session, organisation_id, said, level=body.level)
        except UnknownChoice:
            found = ""
        standard = said if found == post.standard else post.standard  # a title that two levels share
        yield [
            post.code,
            body.code,
            post.title,
            standard,
            post.authority,
            post.block,
            post.form,
            post.rank,
            day_or_text(post.since),
        ]


def _appointment_rows(session: Session, people: list[Person], posts: list[Position], day: str) -> Iterable[list[Value]]:
    by_post, place = {p.id: p for p in posts}, {p.id: n for n, p in enumerate(people)}
    terms = [t for t in session.scalars(select(Appointment)) if t.person_id in place and t.position_id in by_post]
    notes = appointments.statuses(session, [t.id for t in terms])
    for term in sorted(terms, key=lambda t: (place[t.person_id], t.since, by_post[t.position_id].code)):
        status = appointments.status_on(notes.get(term.id, ()), day)
        if status == appointments.LEFT:
            continue
        noted = _last_note(notes.get(term.id, []), day)
        since = day_or_text(noted.day) if noted else ""
        said = appointments.WORDS_OF_STATUS[status]
        yield [
            people[place[term.person_id]].code,
            by_post[term.position_id].code,
            day_or_text(term.since),
            said,
            since,
            term.basis,
        ]


def _last_note(notes: list[AppointmentStatus], day: str) -> AppointmentStatus | None:
    past = [note for note in notes if note.day <= day]
    return max(past, key=lambda note: (note.day, note.id)) if past else None


def _group_rows(session: Session, organisation_id: int, people: list[Person], day: str) -> Iterable[list[Value]]:
    place = {person.id: number for number, person in enumerate(people)}
    groups = session.scalars(select(Group).where(Group.organisation_id == organisation_id))
    for group in sorted(groups, key=lambda g: (alphabetical(g.name), g.code)):
        found = session.scalars(select(Membership).where(Membership.group_id == group.id))
        members = sorted(
            (m for m in found if within(day, m.since, m.until)), key=lambda m: (place[m.person_id], m.since)
        )
        for member in members:
            yield [group.code, group.name, people[place[member.person_id]].code, day_or_text(member.since)]
        if not members:
            yield [group.code, group.name, "", ""]
