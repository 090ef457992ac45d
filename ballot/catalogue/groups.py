"""Groups whose members may be voters: a committee, the heads of units; each member from a day on, until another.

Here live their writing and their union without duplicates. Never here: a roll; a round keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue.errors import EntryInUse, NoSuchEntry, OutOfOrder
from ballot.catalogue.fields import WORDS, day, free_code, own, within, words
from ballot.models.registry.catalogue import Body, Group, Membership, Person
from ballot.vietnamese import by_given_name, vndate
from tally.i18n import marked as _


def add_group(session: Session, organisation_id: int, *, code: str, name: str, body: Body | None = None) -> Group:
    """Add a group. Raises CodeTaken, FieldMissing, FieldTooLong, BadText, NoSuchEntry."""
    if body is not None:
        own(session, Body, body.id, organisation_id)
    clean, title = free_code(session, Group, organisation_id, code), words(name, "name", limit=WORDS)
    row = Group(organisation_id=organisation_id, code=clean, name=title, body_id=body.id if body else None)
    session.add(row)
    session.flush()
    return row


def join(session: Session, group: Group, person: Person, since: str, until: str = "") -> Membership:
    """Note that a person belongs to a group from a day on, until another. Raises OutOfOrder, BadDay, NoSuchEntry."""
    if group.organisation_id != person.organisation_id:
        raise NoSuchEntry("person")
    begins, ends = day(since, "since"), day(until, "until", empty=True)
    _check_end(begins, ends, person.name)
    mine = select(Membership).where(Membership.group_id == group.id, Membership.person_id == person.id)
    for other in session.scalars(mine):
        if overlap((begins, ends), (other.since, other.until)) or other.since == begins:
            reason = _("đã là thành viên của nhóm trong thời gian này")
            raise OutOfOrder("since", day=vndate(begins), other=vndate(other.since), name=person.name, reason=reason)
    row = Membership(group_id=group.id, person_id=person.id, since=begins, until=ends)
    session.add(row)
    session.flush()
    return row


def leave(session: Session, membership: Membership, until: str) -> None:
    """Note the first day on which somebody no longer belongs to a group. Raises OutOfOrder, BadDay."""
    person = session.get_one(Person, membership.person_id)
    ends = day(until, "until")
    if membership.until:
        reason = _("đã thôi là thành viên")
        raise OutOfOrder("until", day=vndate(ends), other=vndate(membership.until), name=person.name, reason=reason)
    _check_end(membership.since, ends, person.name)
    membership.until = ends
    session.flush()


def overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Say whether two times share a day; an empty end is never."""
    return (not one[1] or other[0] < one[1]) and (not other[1] or one[0] < other[1])


def members(session: Session, group_ids: Iterable[int], day: str) -> list[tuple[Membership, Person]]:
    """Return who belongs to these groups on a day, by given name; somebody in two of them stands twice."""
    ids = set(group_ids)
    found = session.execute(select(Membership, Person).join(Person, Person.id == Membership.person_id)).all()
    here = [(m, p) for m, p in found if m.group_id in ids and within(day, m.since, m.until)]
    return sorted(here, key=lambda pair: (by_given_name(pair[1].name), pair[1].code, pair[0].group_id))


def union(session: Session, organisation_id: int, group_ids: Iterable[int], day: str) -> list[Person]:
    """Return everybody who belongs to one of an organisation's groups on a day, each once, by given name."""
    mine = session.scalars(select(Group.id).where(Group.organisation_id == organisation_id)).all()
    people = {person.id: person for _m, person in members(session, set(group_ids) & set(mine), day)}
    return sorted(people.values(), key=lambda person: (by_given_name(person.name), person.code))


def _check_end(begins: str, ends: str, name: str) -> None:
    if ends and ends < begins:
        reason = _("ngày thôi trước ngày vào")
        raise OutOfOrder("until", day=vndate(ends), other=vndate(begins), name=name, reason=reason)


def in_use(session: Session, group: Group) -> bool:
    """Say whether anybody was ever a member."""
    return session.scalar(select(Membership.id).where(Membership.group_id == group.id).limit(1)) is not None


def correct(session: Session, group: Group, *, code: str, name: str, body: Body | None) -> None:
    """Correct a group while nobody belongs to it. Raises EntryInUse, and what add_group refuses."""
    if in_use(session, group):
        raise EntryInUse("name")
    if body is not None:
        own(session, Body, body.id, group.organisation_id)
    group.code = free_code(session, Group, group.organisation_id, code, besides=group.id)
    group.name, group.body_id = words(name, "name", limit=WORDS), body.id if body else None
    session.flush()
