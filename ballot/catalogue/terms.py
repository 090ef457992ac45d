"""A post or a person over time: every appointment with its notes, and when it ended.

Here lives reading into values. Never here: a write, or a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue.appointments import LEFT, SERVING, statuses
from ballot.catalogue.fields import within
from ballot.catalogue.lineage import Lineage
from ballot.models.registry.catalogue import Appointment, AppointmentStatus, Body, Person, Position
from ballot.vietnamese import by_given_name


@dataclass(frozen=True, slots=True)
class Term:
    """An appointment with its other side and its notes in the order of days; `until` is empty while it lasts."""

    appointment: Appointment
    person: Person
    position: Position
    body: Body
    notes: list[AppointmentStatus]
    corrected: frozenset[int]
    until: str

    def status(self, day: str) -> str:
        """Return the status on a day, or nothing where it is not held."""
        if not within(day, self.appointment.since, self.until):
            return ""
        past = [note for note in self.notes if note.day <= day and note.id not in self.corrected]
        return past[-1].status if past else SERVING


def terms_of_person(session: Session, person: Person) -> list[Term]:
    """Return everything that a person held, the latest first."""
    query = select(Appointment).where(Appointment.person_id == person.id)
    found = _terms(session, person.organisation_id, session.scalars(query).all())
    return sorted(found, key=lambda term: (term.appointment.since, term.appointment.id), reverse=True)


def terms_of_position(session: Session, position: Position) -> list[Term]:
    """Return everybody who held a post, the latest first."""
    query = select(Appointment).where(Appointment.position_id == position.id)
    found = _terms(session, position.organisation_id, session.scalars(query).all())
    found.sort(key=lambda term: by_given_name(term.person.name))
    return sorted(found, key=lambda term: term.appointment.since, reverse=True)


def _terms(session: Session, organisation_id: int, appointments: Iterable[Appointment]) -> list[Term]:
    given, lineage = list(appointments), Lineage.of(session, organisation_id)
    notes = statuses(session, [each.id for each in given])
    return [_term(session, lineage, each, notes.get(each.id, [])) for each in given]


def _term(session: Session, lineage: Lineage, each: Appointment, notes: list[AppointmentStatus]) -> Term:
    post = session.get_one(Position, each.position_id)
    body, person = session.get_one(Body, post.body_id), session.get_one(Person, each.person_id)
    in_force = {note.day: note.id for note in notes}
    corrected = frozenset(note.id for note in notes if in_force[note.day] != note.id)
    notes = sorted(notes, key=lambda note: (note.day, note.id))
    left = [note.day for note in notes if note.status == LEFT and note.id not in corrected]
    named = [lineage.bodies[same] for same in lineage.same(body.id)]
    over = "" if any(not other.until for other in named) else max(other.until for other in named)
    ends = sorted(day for day in (*left[:1], post.until, over) if day)
    return Term(each, person, post, body, notes, corrected, ends[0] if ends else "")
