"""A person whose name was typed wrongly and who is in use: a new row takes their place, and the old one stays.

Here lives that one act. Never here: a name that is overwritten.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue.appointments import LEFT, statuses
from ballot.catalogue.people import add_person
from ballot.models.registry.catalogue import Appointment, AppointmentStatus, Membership, Person

NOTE = "Đính chính: thay bằng mã {code}"
"""What the old row's notes say; kept data, so in the language of the records."""


def replace(session: Session, person: Person, *, code: str, name: str, born: str) -> Person:
    """Enter a person anew, with every post and group of the old row from the same days; the old row holds none of them.

    The old row's times become empty: each ends on the day on which it began. Raises what add_person refuses.
    """
    same = {"unit": person.unit, "site": person.site}
    new = add_person(session, person.organisation_id, code=code, name=name, born=born, **same)
    basis = NOTE.format(code=new.code)
    for term in session.scalars(select(Appointment).where(Appointment.person_id == person.id)).all():
        _take_over(session, term, new, basis)
    for old in session.scalars(select(Membership).where(Membership.person_id == person.id)).all():
        session.add(Membership(group_id=old.group_id, person_id=new.id, since=old.since, until=old.until))
        old.until = old.since
    session.flush()
    return new


def _take_over(session: Session, term: Appointment, new: Person, basis: str) -> None:
    copy = Appointment(person_id=new.id, position_id=term.position_id, since=term.since, basis=term.basis)
    session.add(copy)
    session.flush()
    days = {term.since}
    for note in statuses(session, [term.id]).get(term.id, []):
        said = {"status": note.status, "day": note.day, "basis": note.basis}
        session.add(AppointmentStatus(appointment_id=copy.id, **said))
        days.add(note.day)
    for day in sorted(days):
        session.add(AppointmentStatus(appointment_id=term.id, status=LEFT, day=day, basis=basis))
