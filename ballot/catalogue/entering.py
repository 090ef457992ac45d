"""What organisers enter by form: each act is one transaction with its entry in the log, and asks where names are alike.

Here live the use cases of the catalogue's pages. Never here: a rule about an entry; those stand beside each kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue import appointments, bodies, fields, groups, people, positions, replacing
from ballot.catalogue.choosing import person_said
from ballot.catalogue.errors import LooksAlike, NoSuchEntry
from ballot.catalogue.fields import own
from ballot.house import House
from ballot.likeness import likeness
from ballot.log import audit
from ballot.models.registry.catalogue import Appointment, Body, Group, Membership, Person, Position
from ballot.storage import writing

Typed = Mapping[str, str]
"""What was typed into a form, by field."""
SURE = "different"
"""The field that says: another one, though the name is alike."""


def add_body(house: House, actor: Actor, typed: Typed) -> int:
    """Add a body and return its id. Raises LooksAlike, and what bodies.add_body refuses."""
    with writing(house.registry) as session:
        mine = actor.organisation_id
        since = fields.day(typed["since"], "since")
        _ask(typed, typed["name"], [(b.name, b.code) for b in bodies.alive(session, mine, since)])
        parent = _optional(session, actor, typed.get("parent", ""))
        said = _picked(typed, "code", "name", "level")
        body = bodies.add_body(session, mine, parent=parent, since=since, **said)
        _log(session, actor, "body-add", body.code)
        return body.id


def correct_body(house: House, actor: Actor, body_id: int, typed: Typed) -> None:
    """Correct a body that nothing refers to. Raises what bodies.correct refuses."""
    with writing(house.registry) as session:
        body = own(session, Body, body_id, actor.organisation_id)
        parent = _optional(session, actor, typed.get("parent", ""))
        bodies.correct(session, body, parent=parent, **_picked(typed, "code", "name", "level", "since"))
        _log(session, actor, "body-correct", body.code)


def add_position(house: House, actor: Actor, body_id: int, typed: Typed) -> int:
    """Add a post to a body and return its id. Raises LooksAlike, and what positions.add_position refuses."""
    with writing(house.registry) as session:
        mine = actor.organisation_id
        body = own(session, Body, body_id, mine)
        there = session.scalars(select(Position).where(Position.body_id == body.id, Position.until == ""))
        _ask(typed, typed["title"], [(post.title, post.code) for post in there])
        said = _picked(typed, "code", "title", "since", *ARRANGED)
        post = positions.add_position(session, mine, body=body, **said)
        _log(session, actor, "position-add", post.code)
        return post.id


def correct_position(house: House, actor: Actor, position_id: int, typed: Typed) -> None:
    """Correct a post, or, once somebody was appointed, only where it stands. Raises what positions refuses."""
    with writing(house.registry) as session:
        post = own(session, Position, position_id, actor.organisation_id)
        said = _picked(typed, "code", "title", "since")
        if not positions.in_use(session, post) or "title" in typed:
            positions.correct(session, post, **said)
            _log(session, actor, "position-correct", post.code)
        positions.arrange(session, post, **_picked(typed, *ARRANGED))
        _log(session, actor, "position-arrange", post.code)


def end_position(house: House, actor: Actor, position_id: int, typed: Typed) -> None:
    """End a post. Raises what positions.end refuses."""
    with writing(house.registry) as session:
        post = own(session, Position, position_id, actor.organisation_id)
        positions.end(session, post, typed["until"])
        _log(session, actor, "position-end", f"{post.code} {post.until}")


def add_person(house: House, actor: Actor, typed: Typed) -> int:
    """Add a person and return their id. Raises LooksAlike, and what people.add_person refuses."""
    with writing(house.registry) as session:
        mine = actor.organisation_id
        alike = people.near_duplicates(session, mine, [typed["name"]]).get(typed["name"], [])
        _ask(typed, typed["name"], [(person.name, person.code) for person in alike])
        person = people.add_person(session, mine, **_picked(typed, "code", "name", "born", "unit", "site"))
        _log(session, actor, "person-add", person.code)
        return person.id


def correct_person(house: House, actor: Actor, person_id: int, typed: Typed) -> int:
    """Correct a person; one in use gets a new row where the name changes. Return the id that holds now.

    Raises what people.correct and replacing.replace refuse.
    """
    with writing(house.registry) as session:
        person = own(session, Person, person_id, actor.organisation_id)
        said, act = _picked(typed, "code", "name", "born"), "person-correct"
        if said != {"code": person.code, "name": person.name, "born": person.born}:
            if people.in_use(session, person):
                old, act = person.code, "person-replace"
                person = replacing.replace(session, person, **said)
                _log(session, actor, act, f"{old} > {person.code}")
            else:
                people.correct(session, person, **said)
                _log(session, actor, act, person.code)
        if (typed["unit"], typed["site"]) != (person.unit, person.site):
            people.relocate(session, person, **_picked(typed, "unit", "site"))
            _log(session, actor, "person-move", person.code)
        return person.id


def appoint(house: House, actor: Actor, position_id: int, typed: Typed) -> None:
    """Note that somebody, named by code or name, holds a post. Raises UnknownChoice, and what appoint refuses."""
    with writing(house.registry) as session:
        post = own(session, Position, position_id, actor.organisation_id)
        person = person_said(session, actor.organisation_id, typed["person"])
        term = appointments.appoint(session, person, post, **_picked(typed, "since", "basis"))
        _log(session, actor, "appoint", f"{person.code} {post.code} {term.since}")


def set_status(house: House, actor: Actor, person_id: int, appointment_id: int, typed: Typed) -> int:
    """Note what becomes of an appointment; return the person's id. Raises what appointments.set_status refuses."""
    with writing(house.registry) as session:
        person = own(session, Person, person_id, actor.organisation_id)
        term = session.get(Appointment, appointment_id)
        if term is None or term.person_id != person.id:
            raise NoSuchEntry("id")
        appointments.set_status(session, term, typed["status"], typed["day"], typed["basis"])
        post = session.get_one(Position, term.position_id)
        day = fields.day(typed["day"], "day")
        _log(session, actor, "appointment-status", f"{person.code} {post.code} {typed['status']} {day}")
        return person.id


def add_group(house: House, actor: Actor, typed: Typed) -> int:
    """Add a group and return its id. Raises LooksAlike, and what groups.add_group refuses."""
    with writing(house.registry) as session:
        mine = actor.organisation_id
        there = session.scalars(select(Group).where(Group.organisation_id == mine))
        _ask(typed, typed["name"], [(group.name, group.code) for group in there])
        body = _optional(session, actor, typed.get("body", ""))
        group = groups.add_group(session, mine, body=body, **_picked(typed, "code", "name"))
        _log(session, actor, "group-add", group.code)
        return group.id


def correct_group(house: House, actor: Actor, group_id: int, typed: Typed) -> None:
    """Correct a group that nobody belongs to. Raises what groups.correct refuses."""
    with writing(house.registry) as session:
        group = own(session, Group, group_id, actor.organisation_id)
        body = _optional(session, actor, typed.get("body", ""))
        groups.correct(session, group, body=body, **_picked(typed, "code", "name"))
        _log(session, actor, "group-correct", group.code)


def join(house: House, actor: Actor, group_id: int, typed: Typed) -> None:
    """Note that somebody, named by code or name, belongs to a group. Raises what groups.join refuses."""
    with writing(house.registry) as session:
        group = own(session, Group, group_id, actor.organisation_id)
        person = person_said(session, actor.organisation_id, typed["person"])
        row = groups.join(session, group, person, typed["since"], typed.get("until", ""))
        _log(session, actor, "group-join", f"{group.code} {person.code} {row.since}")


def leave(house: House, actor: Actor, group_id: int, membership_id: int, typed: Typed) -> None:
    """Note that somebody no longer belongs to a group. Raises what groups.leave refuses."""
    with writing(house.registry) as session:
        group = own(session, Group, group_id, actor.organisation_id)
        row = session.get(Membership, membership_id)
        if row is None or row.group_id != group.id:
            raise NoSuchEntry("id")
        groups.leave(session, row, typed["until"])
        code = session.get_one(Person, row.person_id).code
        _log(session, actor, "group-leave", f"{group.code} {code} {row.until}")


ARRANGED = ("standard", "authority", "block", "form", "rank")


def _ask(typed: Typed, name: str, there: list[tuple[str, str]]) -> None:
    """Refuse a name that reads like one that is there, unless its writer says that it is another."""
    alike = [f"{other} ({code})" for other, code in there if likeness(other) == likeness(name)]
    if alike and not typed.get(SURE):
        raise LooksAlike("name", names="; ".join(alike[:5]))


def _picked(typed: Typed, *names: str) -> dict[str, Any]:
    return {name: typed.get(name, "") for name in names}


def _optional(session: Session, actor: Actor, value: str) -> Body | None:
    return own(session, Body, fields.id_of(value, "id"), actor.organisation_id) if value.strip() else None


def _log(session: Session, actor: Actor, act: str, subject: str) -> None:
    audit.record(session, actor.organisation_id, actor=actor.login, act=act, subject=subject[:400])
