"""What was true on a day stays true: whatever is entered later for later days, and in whatever order rows came in."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballot.catalogue import positions, reading
from ballot.catalogue.appointments import held, in_ballot_order
from ballot.catalogue.bodies import NewBody
from ballot.catalogue.terms import terms_of_person
from ballot.models.registry.catalogue import (
    STATUSES,
    Appointment,
    AppointmentStatus,
    Body,
    Membership,
    Person,
    Position,
)
from ballot.storage import writing
from tally.protocol.errors import Refused
from tests.ballot.catalogued import Catalogue
from tests.ballot.prepared import new_hall

Open = Callable[[], Catalogue]
DAYS = st.integers(1, 12).map(lambda number: f"2025-01-{number:02d}")
ACTS = ("appoint", "status", "join", "leave", "rename", "merge", "split", "end", "end-post", "post", "body")
ACT = st.tuples(st.sampled_from(ACTS), st.integers(0, 20), st.integers(0, 20), DAYS, st.sampled_from(STATUSES))
Act = tuple[str, int, int, str, str]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    hall = new_hall(tmp_path_factory.mktemp("history"))
    yield lambda: Catalogue.founded(hall.house, f"Đơn vị {secrets.token_hex(6)}")
    hall.house.registry.dispose()
    hall.house.box.dispose()


class Life:
    """A catalogue in which things happen; what the application refuses does not happen."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.c = catalogue
        self.bodies = [catalogue.body(code) for code in ("A", "B", "C")]
        self.bodies.append(catalogue.body("D", parent=self.bodies[0]))
        self.posts = [catalogue.post(body, f"P{number}", rank=number) for number, body in enumerate(self.bodies)]
        self.people = [catalogue.person(f"N{number}", f"Nguyễn Văn {name}") for number, name in enumerate(("An", "Bé"))]
        self.groups = [catalogue.group("G", self.bodies[0])]
        self.terms: list[int] = []
        self.members: list[int] = []

    def happen(self, act: Act) -> None:
        try:
            getattr(self, act[0].replace("-", "_"))(*act[1:])
        except Refused:
            return

    def pick(self, entries: list[int], number: int) -> int:
        return entries[number % len(entries)] if entries else 0

    def new(self) -> NewBody:
        return NewBody(secrets.token_hex(8), "Tổ chức mới")

    def appoint(self, one: int, other: int, day: str, _status: str) -> None:
        self.terms.append(self.c.appoint(self.pick(self.people, one), self.pick(self.posts, other), day))

    def status(self, one: int, _other: int, day: str, status: str) -> None:
        if self.terms:
            self.c.status(self.pick(self.terms, one), status, day)

    def join(self, one: int, _other: int, day: str, _status: str) -> None:
        self.members.append(self.c.join(self.groups[0], self.pick(self.people, one), day))

    def leave(self, one: int, _other: int, day: str, _status: str) -> None:
        from ballot.catalogue.groups import leave

        if self.members:
            with self.c.write() as session:
                leave(session, session.get_one(Membership, self.pick(self.members, one)), day)

    def rename(self, one: int, _other: int, day: str, _status: str) -> None:
        self.bodies += self.c.change("rename", day, [self.pick(self.bodies, one)], [self.new()])

    def merge(self, one: int, other: int, day: str, status: str) -> None:
        heir: Any = self.pick(self.bodies, other) if status == STATUSES[0] else self.new()
        made = self.c.change("merge", day, [self.pick(self.bodies, one)], [heir])
        self.bodies += [body for body in made if body not in self.bodies]

    def split(self, one: int, _other: int, day: str, _status: str) -> None:
        self.bodies += self.c.change("split", day, [self.pick(self.bodies, one)], [self.new(), self.new()])

    def end(self, one: int, _other: int, day: str, _status: str) -> None:
        self.c.change("end", day, [self.pick(self.bodies, one)], [])

    def end_post(self, one: int, _other: int, day: str, _status: str) -> None:
        with self.c.write() as session:
            positions.end(session, session.get_one(Position, self.pick(self.posts, one)), day)

    def post(self, one: int, other: int, day: str, _status: str) -> None:
        self.posts.append(self.c.post(self.pick(self.bodies, one), secrets.token_hex(8), day, rank=other))

    def body(self, one: int, _other: int, day: str, _status: str) -> None:
        self.bodies.append(self.c.body(secrets.token_hex(8), parent=self.pick(self.bodies, one), since=day))

    def on(self, day: str) -> list[Any]:
        """Return all that the catalogue says of a day."""
        first = self.bodies[:4]
        with self.c.read() as session:
            tree = [(b.body.code, b.depth, b.posts, b.held) for b in reading.tree(session, self.c.mine, day)]
            shown = [reading.body_on(session, session.get_one(Body, body), day) for body in first]
            terms = [terms_of_person(session, session.get_one(Person, person)) for person in self.people]
        named = [(s.named.code if s.named else "", s.parent.code if s.parent else "") for s in shown]
        below = [[body.code for body in s.below] for s in shown]
        statuses = [sorted(term.appointment.id for term in each if term.status(day)) for each in terms]
        return [
            [self.c.holders(body, day) for body in first], self.c.alive(day), self.c.members(self.groups[0], day),
            tree, named, below, statuses,
        ]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(first=st.lists(ACT, max_size=12), day=DAYS, later=st.lists(ACT, min_size=1, max_size=12))
def test_what_is_entered_for_later_days_leaves_a_day_as_it_was(
    opened: Open, first: list[Act], day: str, later: list[Act]
) -> None:
    life = Life(opened())
    for act in first:
        life.happen(act)
    before = life.on(day)
    for act in later:
        if act[3] > day:
            life.happen(act)
    assert life.on(day) == before


TERMS = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 2), DAYS,
        st.lists(st.tuples(st.sampled_from(STATUSES), DAYS), max_size=4, unique_by=lambda note: note[1]),
    ),
    max_size=8, unique_by=lambda term: term[:3],
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(terms=TERMS, data=st.data())
def test_who_holds_what_never_depends_on_the_order_of_rows(opened: Open, terms: list[Any], data: st.DataObject) -> None:
    shown = []
    for order in (terms, data.draw(st.permutations(terms))):
        c = opened()
        body = c.body()
        posts = [c.post(body, f"P{n}", rank=n % 2, block=f"Khối {n}") for n in range(3)]
        people = [c.person(f"N{n}", name) for n, name in enumerate(("Lê Văn Ân", "Trần Đức", "Lê Văn Ân"))]
        with writing(c.house.registry) as session:
            for person, post, since, notes in order:
                row = Appointment(person_id=people[person], position_id=posts[post], since=since, basis="")
                session.add(row)
                session.flush()
                for status, day in notes if order is terms else data.draw(st.permutations(notes)):
                    session.add(AppointmentStatus(appointment_id=row.id, status=status, day=day, basis=""))
        shown.append([c.holders(body, f"2025-01-{day:02d}") for day in range(1, 14)])
    assert shown[0] == shown[1]


@given(terms=TERMS, data=st.data())
def test_the_order_of_the_ballot_is_the_rows_own(terms: list[Any], data: st.DataObject) -> None:
    names = ("Lê Văn Ân", "Trần Đức", "Lê Văn Ân")
    people = {n: Person(id=n, code=str(n), name=name) for n, name in enumerate(names)}
    posts = {n: Position(id=n, code=str(n), title="", form="", block=f"K{n % 2}", rank=n) for n in range(3)}
    rows, notes = [], {}
    for number, (person, post, since, said) in enumerate(terms):
        rows.append(Appointment(id=number, person_id=person, position_id=post, since=since))
        notes[number] = [AppointmentStatus(id=n, status=status, day=day) for n, (status, day) in enumerate(said)]
    day = data.draw(DAYS)
    one = in_ballot_order(held(rows, notes, posts, people, day))
    shuffled = {number: data.draw(st.permutations(said)) for number, said in notes.items()}
    other = in_ballot_order(held(data.draw(st.permutations(rows)), shuffled, posts, people, day))
    assert [each.appointment.id for each in one] == [each.appointment.id for each in other]
    assert len({(each.person.id, each.position.id) for each in one}) == len(one)
