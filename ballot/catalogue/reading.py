"""What the catalogue's pages show: a body on a day, the tree of bodies, the groups and how many belong to them.

Here lives reading into values. Never here: a write, or a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue import groups as group_acts
from ballot.catalogue.appointments import Holding, holding
from ballot.catalogue.fields import within
from ballot.catalogue.lineage import Lineage
from ballot.models.registry.catalogue import Body, BodyChange, Group, Membership, Person, Position
from ballot.vietnamese import alphabetical


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a body and who holds it on a day."""

    position: Position
    holdings: list[Holding]


@dataclass(frozen=True, slots=True)
class Step:
    """A change with the body on its other side."""

    change: BodyChange
    other: Body | None


@dataclass(frozen=True, slots=True)
class BodyOn:
    """A body on a day. `named` is what it is called then (none: it is not); `parent` is the body above it then."""

    body: Body
    named: Body | None
    parent: Body | None
    posts: list[Post]
    below: list[Body]
    groups: list[tuple[Group, int]]
    before: list[Step]
    after: list[Step]

    @property
    def held(self) -> int:
        """Count the posts that somebody holds."""
        return sum(bool(post.holdings) for post in self.posts)


@dataclass(frozen=True, slots=True)
class Branch:
    """A body in the tree of a day: how deep, how many posts it has and how many of them are held."""

    body: Body
    depth: int
    posts: int
    held: int


def body_on(session: Session, body: Body, day: str) -> BodyOn:
    """Return everything about a body on a day."""
    lineage = Lineage.of(session, body.organisation_id)
    ids = lineage.same(body.id)
    named = lineage.named_on(body.id, day)
    held: dict[int, list[Holding]] = {}
    for each in holding(session, body.organisation_id, [body.id], day):
        held.setdefault(each.position.id, []).append(each)
    found = session.scalars(select(Position).where(Position.body_id.in_(ids))).all()
    there = [post for post in found if named and within(day, post.since, post.until)]
    return BodyOn(
        body=body,
        named=named,
        parent=lineage.parent_on(named or body, day),
        posts=[Post(post, held.get(post.id, [])) for post in sorted(there, key=_place)],
        below=_below(lineage, ids, day),
        groups=_groups(session, ids, day),
        before=[Step(change, lineage.bodies[change.old_id]) for change in lineage.before(body.id)],
        after=[Step(c, lineage.bodies[c.new_id] if c.new_id else None) for c in lineage.after(body.id)],
    )


def tree(session: Session, organisation_id: int, day: str) -> list[Branch]:
    """Return the bodies of a day, each below the one above it; one whose upper body is gone stands at the top."""
    lineage = Lineage.of(session, organisation_id)
    alive = [body for body in lineage.bodies.values() if within(day, body.since, body.until)]
    ids = {body.id for body in alive}
    below: dict[int, list[Body]] = {}
    for body in alive:
        parent = lineage.parent_on(body, day)
        below.setdefault(parent.id if parent and parent.id in ids else 0, []).append(body)
    counts = _counts(session, lineage, organisation_id, day)
    return list(_branches(below, counts))


def _branches(below: dict[int, list[Body]], counts: dict[int, tuple[int, int]]) -> Iterable[Branch]:
    """Yield every body before those below it; without recursion, for nothing bounds how deep they stand."""
    waiting = [(0, body) for body in _last_first(below.get(0, []))]
    while waiting:
        depth, body = waiting.pop()
        yield Branch(body, depth, *counts.get(body.id, (0, 0)))
        waiting += [(depth + 1, each) for each in _last_first(below.get(body.id, []))]


def _last_first(bodies: list[Body]) -> list[Body]:
    return sorted(bodies, key=lambda b: (alphabetical(b.name), b.code), reverse=True)


def _counts(session: Session, lineage: Lineage, organisation_id: int, day: str) -> dict[int, tuple[int, int]]:
    """Count, for each body of a day, its posts and those that are held."""
    filled = {each.position.id for each in holding(session, organisation_id, lineage.bodies, day)}
    counts: dict[int, tuple[int, int]] = {}
    for post in session.scalars(select(Position).where(Position.organisation_id == organisation_id)):
        body = lineage.named_on(post.body_id, day)
        if body and within(day, post.since, post.until):
            posts, held = counts.get(body.id, (0, 0))
            counts[body.id] = posts + 1, held + (post.id in filled)
    return counts


def groups_of_person(session: Session, person: Person) -> list[tuple[Membership, Group]]:
    """Return the groups that a person belongs or belonged to, the latest first."""
    query = select(Membership, Group).join(Group, Group.id == Membership.group_id)
    found = session.execute(query.where(Membership.person_id == person.id)).all()
    return sorted(((m, g) for m, g in found), key=lambda pair: (pair[0].since, pair[0].id), reverse=True)


def all_groups(session: Session, organisation_id: int, day: str) -> list[tuple[Group, Body | None, int]]:
    """Return an organisation's groups by name, each with its body and the number of its members on a day."""
    found = session.scalars(select(Group).where(Group.organisation_id == organisation_id)).all()
    count = _members(session, [group.id for group in found], day)
    found = sorted(found, key=lambda group: (alphabetical(group.name), group.code))
    return [(g, session.get(Body, g.body_id) if g.body_id else None, count.get(g.id, 0)) for g in found]


def _groups(session: Session, body_ids: Iterable[int], day: str) -> list[tuple[Group, int]]:
    found = session.scalars(select(Group).where(Group.body_id.in_(list(body_ids)))).all()
    count = _members(session, [group.id for group in found], day)
    return [(group, count.get(group.id, 0)) for group in sorted(found, key=lambda g: (alphabetical(g.name), g.code))]


def _members(session: Session, group_ids: Iterable[int], day: str) -> dict[int, int]:
    count: dict[int, int] = {}
    for membership, _person in group_acts.members(session, group_ids, day):
        count[membership.group_id] = count.get(membership.group_id, 0) + 1
    return count


def _below(lineage: Lineage, ids: Iterable[int], day: str) -> list[Body]:
    here = set(ids)
    found = []
    for body in lineage.bodies.values():
        parent = lineage.parent_on(body, day)
        if parent and parent.id in here and within(day, body.since, body.until):
            found.append(body)
    return sorted(found, key=lambda body: (alphabetical(body.name), body.code))


def _place(post: Position) -> tuple[object, ...]:
    return post.rank, alphabetical(post.form), alphabetical(post.block), alphabetical(post.title), post.code
