"""People, told apart by code, and the warning where two names would be read as one person's.

Here live their writing and their comparing. Never here: a merge of two people; only a person can tell (threats H21).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue.errors import EntryInUse
from ballot.catalogue.fields import CODE, NAME, UNIT, birthday, free_code, words
from ballot.likeness import likeness
from ballot.models.registry.catalogue import Appointment, Membership, Person
from ballot.models.registry.history import PastLine
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Official
from ballot.vietnamese import by_given_name

__all__ = ["CODE", "NAME", "UNIT", "add_person", "correct", "everybody", "in_use", "near_duplicates", "relocate"]


def add_person(
    session: Session, organisation_id: int, *, code: str, name: str, born: str = "", unit: str = "", site: str = ""
) -> Person:
    """Add a person. Raises CodeTaken, BadDay, FieldMissing, FieldTooLong, BadText."""
    row = Person(
        organisation_id=organisation_id,
        code=free_code(session, Person, organisation_id, code),
        name=words(name, "name", limit=NAME),
        born=birthday(born, "born"),
        unit=words(unit, "unit", limit=UNIT, empty=True),
        site=words(site, "site", limit=UNIT, empty=True),
    )
    session.add(row)
    session.flush()
    return row


def everybody(session: Session, organisation_id: int) -> list[Person]:
    """Return an organisation's people by given name; those of one name by code."""
    found = session.scalars(select(Person).where(Person.organisation_id == organisation_id)).all()
    return sorted(found, key=lambda person: (by_given_name(person.name), person.code))


def near_duplicates(session: Session, organisation_id: int, names: Sequence[str]) -> dict[str, list[Person]]:
    """Return, for each of these names, the people whose name reads like it; names that nobody's is like are left out.

    Alike are names with the tone on another letter (hoà, hòa), with letters of another alphabet, and equal ones.
    Source: threats H21.
    """
    alike: dict[str, list[Person]] = {}
    for person in everybody(session, organisation_id):
        alike.setdefault(likeness(person.name), []).append(person)
    return {name: alike[key] for name in names if (key := likeness(name)) in alike}


def in_use(session: Session, person: Person) -> bool:
    """Say whether anything refers to a person: a post, a group, a ballot, a roll or an older result."""
    by = (Appointment.person_id, Membership.person_id, Official.person_id, Voter.person_id, PastLine.person_id)
    return any(session.scalar(select(column).where(column == person.id).limit(1)) is not None for column in by)


def correct(session: Session, person: Person, *, code: str, name: str, born: str) -> None:
    """Correct what tells a person apart, while nothing refers to them.

    Raises EntryInUse, CodeTaken, BadDay, FieldMissing, FieldTooLong, BadText.
    """
    if in_use(session, person):
        raise EntryInUse("name")
    person.code = free_code(session, Person, person.organisation_id, code, besides=person.id)
    person.name, person.born = words(name, "name", limit=NAME), birthday(born, "born")


def relocate(session: Session, person: Person, *, unit: str, site: str) -> None:
    """Note where a person works and attends now; rounds keep what was true for them. Raises FieldTooLong, BadText."""
    person.unit = words(unit, "unit", limit=UNIT, empty=True)
    person.site = words(site, "site", limit=UNIT, empty=True)
    session.flush()
