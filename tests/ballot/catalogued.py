"""A catalogue to test with: one organisation's bodies, posts, people, entered by the application's own use cases.

Here lives the making. Never here: a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue import appointments, bodies, groups, people, positions
from ballot.catalogue.lineage import Lineage
from ballot.house import House
from ballot.identity import organisations
from ballot.identity.login import create_account
from ballot.models.registry.catalogue import Appointment, Body, Group, Person, Position
from ballot.storage import reading, writing
from tests.ballot.hall import PASSWORD

LONG_AGO = "2015-01-01"


@dataclass
class Catalogue:
    """One organisation's catalogue and whoever enters it."""

    house: House
    actor: Actor

    @classmethod
    def founded(cls, house: House, name: str) -> Catalogue:
        return cls(house, Actor(0, "to-chuc-1", "organiser", organisations.found(house, name)))

    @property
    def mine(self) -> int:
        return self.actor.organisation_id

    @contextmanager
    def write(self) -> Iterator[Session]:
        with writing(self.house.registry) as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        with reading(self.house.registry) as session:
            yield session

    def body(self, code: str = "TU", name: str = "", parent: int | None = None, since: str = LONG_AGO) -> int:
        with self.write() as session:
            above = session.get(Body, parent) if parent else None
            values = {"code": code, "name": name or f"Tổ chức {code}", "level": "tinh", "since": since}
            return bodies.add_body(session, self.mine, parent=above, **values).id

    def post(self, body: int, code: str = "BT", since: str = LONG_AGO, **more: Any) -> int:
        with self.write() as session:
            values = {"code": code, "title": f"Chức danh {code}", "since": since} | more
            return positions.add_position(session, self.mine, body=session.get_one(Body, body), **values).id

    def person(self, code: str = "P1", name: str = "Nguyễn Văn An", **more: Any) -> int:
        with self.write() as session:
            return people.add_person(session, self.mine, code=code, name=name, **more).id

    def appoint(self, person: int, post: int, since: str = LONG_AGO) -> int:
        with self.write() as session:
            who, what = session.get_one(Person, person), session.get_one(Position, post)
            return appointments.appoint(session, who, what, since=since).id

    def status(self, appointment: int, status: str, day: str) -> None:
        with self.write() as session:
            appointments.set_status(session, session.get_one(Appointment, appointment), status, day)

    def group(self, code: str = "G", body: int | None = None) -> int:
        with self.write() as session:
            of = session.get(Body, body) if body else None
            return groups.add_group(session, self.mine, code=code, name=f"Nhóm {code}", body=of).id

    def join(self, group: int, person: int, since: str = LONG_AGO, until: str = "") -> int:
        with self.write() as session:
            return groups.join(session, session.get_one(Group, group), session.get_one(Person, person), since, until).id

    def change(self, kind: str, day: str, old: list[int], new: list[Any]) -> list[int]:
        return [body.id for body in bodies.change(self.house, self.actor, kind, day, old, new)]

    def holders(self, body: int, day: str) -> list[tuple[str, str, str, str]]:
        """Return (person, post, status, since) of everybody who holds a post of a body on a day."""
        with self.read() as session:
            found = appointments.holding(session, self.mine, [body], day)
        return [(each.person.code, each.position.code, each.status, each.since) for each in found]

    def alive(self, day: str) -> list[str]:
        with self.read() as session:
            return [body.code for body in bodies.alive(session, self.mine, day)]

    def members(self, group: int, day: str) -> list[str]:
        with self.read() as session:
            return [person.code for person in groups.union(session, self.mine, [group], day)]

    def lineage(self) -> Lineage:
        with self.read() as session:
            return Lineage.of(session, self.mine)


def another_organisation(house: House) -> Catalogue:
    """Found a second organisation with an organiser of its own (login `khac`)."""
    other = Catalogue.founded(house, "Đơn vị khác")
    create_account(house, other.mine, login="khac", name="Người khác", role="organiser", password=PASSWORD)
    return other
