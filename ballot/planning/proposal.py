"""What the catalogue proposes for a draft: bodies and their posts, who holds them, groups and who is in them.

Here lives the reading of the catalogue on the day of the round. Never here: a write, or a decision of an organiser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue import appointments, bodies, groups, standards
from ballot.catalogue.lineage import Lineage
from ballot.catalogue.rule_books import load
from ballot.models.registry.catalogue import Body, Group, Person
from ballot.planning import exemptions
from ballot.planning.content import REMOVED, Basis, Invited, Line, Officials
from ballot.planning.electorate import Group as Members
from ballot.planning.trees import in_tree_order
from ballot.vietnamese import alphabetical
from tally.protocol.ruleset import VOTE


@dataclass(frozen=True, slots=True)
class Choice:
    """A body whose posts may be rated: how many people hold one on the day, and how deep it stands below the first.

    `proposed` says that it is ticked unless an organiser decides otherwise.
    """

    id: int
    name: str
    depth: int
    holders: int
    proposed: bool


def bodies_around(session: Session, organisation_id: int, basis: Basis) -> list[Choice]:
    """Return the bodies alive on the day in the tree of the round's own body, each under its parent.

    Proposed are the body and those below it; where a council rates whom it elects, also neighbours with a form.
    """
    alive = bodies.alive(session, organisation_id, basis.date)
    lineage = Lineage.of(session, organisation_id)
    parents = {body.id: parent.id if (parent := lineage.parent_on(body, basis.date)) else None for body in alive}
    held = appointments.holding(session, organisation_id, [body.id for body in alive], basis.date)
    below = {body.id for body, _depth in _below(alive, parents, basis.body_id)}
    neighbours = load(session, organisation_id, basis.rule_set).rates_neighbours
    found = []
    for body, depth in _below(alive, parents, _top(parents, basis.body_id)):
        same = lineage.same(body.id)
        mine = [holding for holding in held if holding.position.body_id in same]
        elected = neighbours and any(holding.position.form for holding in mine)
        near = elected and parents[body.id] == parents.get(basis.body_id)
        holders = len({holding.person.id for holding in mine})
        found.append(Choice(body.id, body.name, depth, holders, holders > 0 and (body.id in below or near)))
    return found


def _top(parents: dict[int, int | None], body_id: int) -> int:
    """Return the body on top of the tree that a body stands in."""
    for _step in range(len(parents)):
        above = parents.get(body_id)
        if above is None:
            break
        body_id = above
    return body_id


def _below(alive: Sequence[Body], parents: dict[int, int | None], top: int) -> list[tuple[Body, int]]:
    first = [(body, 0) for body in alive if body.id == top]
    return first + [(body, depth + 1) for body, depth in in_tree_order(alive, parents, top)]


def officials(session: Session, organisation_id: int, basis: Basis, body_ids: Sequence[int]) -> Officials:
    """Return everybody who holds a post of these bodies on the day, once, exempt where the rule set says so.

    In a vote of confidence nobody is on the ballot until an organiser puts them there.
    """
    held = appointments.holding(session, organisation_id, body_ids, basis.date)
    posts = [
        exemptions.Post(
            person_id=h.person.id,
            name=h.person.name,
            title=h.position.title,
            authority=h.position.authority,
            form=h.position.form,
            block=h.position.block,
            status=h.status,
            since=h.since,
        )
        for h in held
    ]
    rules = load(session, organisation_id, basis.rule_set)
    lines = exemptions.lines(posts, rules.exemptions, basis.date)
    if rules.kind == VOTE:  # a vote is on those whom somebody names, not on all who hold a post
        lines = tuple(replace(line, decision=REMOVED, reason="", citation="", rule="") for line in lines)
    return Officials(basis.date, basis.rule_set, tuple(body_ids), lines)


def merged(old: Officials | None, new: Officials) -> Officials:
    """Return a new proposal with the decisions, blocks and order that organisers gave to those who stay.

    A decision is kept where an organiser made another than the rule did, and where the rule still says the same.
    Lines that were typed by hand stay.
    """
    if old is None:
        return new
    proposed = {line.key: line for line in new.lines}
    known = {line.key for line in old.lines}
    stay = [_kept(line, proposed[line.key]) for line in old.lines if line.key in proposed]
    typed = [line for line in old.lines if not line.person_id]
    fresh = [line for line in new.lines if line.key not in known]
    return replace(new, lines=(*stay, *typed, *fresh))


def _kept(old: Line, new: Line) -> Line:
    placed = replace(new, form=old.form or new.form, block=old.block or new.block)
    if old.rule == new.rule and old.suspended == new.suspended:
        return replace(placed, decision=old.decision, reason=old.reason, citation=old.citation)
    return placed


def all_groups(session: Session, organisation_id: int) -> list[Group]:
    """Return an organisation's groups by name."""
    found = session.scalars(select(Group).where(Group.organisation_id == organisation_id)).all()
    return sorted(found, key=lambda group: (alphabetical(group.name), group.code))


def members(session: Session, organisation_id: int, day: str) -> dict[int, Members]:
    """Return each group's name and members on a day, by its id."""
    return {
        group.id: (group.name, [invited(p) for p in groups.union(session, organisation_id, [group.id], day)])
        for group in all_groups(session, organisation_id)
    }


def invited(person: Person) -> Invited:
    """Return a person of the catalogue as a voter of no group yet."""
    return Invited(f"p{person.id}", person.id, person.code, person.name, person.unit, person.site, ())


def person_of(session: Session, organisation_id: int, code: str) -> Person | None:
    """Return the person of this code."""
    return session.scalar(select(Person).where(Person.organisation_id == organisation_id, Person.code == code))


@dataclass(frozen=True, slots=True)
class Composition:
    """Which groups should fill in the ballots by the template, for which posts, and how sure that is."""

    groups: tuple[str, ...]
    posts: tuple[str, ...]
    certain: bool
    note: str


def compositions(session: Session, organisation_id: int, basis: Basis, body_ids: Sequence[int]) -> list[Composition]:
    """Return what the template `thanh-phan` says about the posts that are held in these bodies."""
    held = appointments.holding(session, organisation_id, body_ids, basis.date)
    titles: dict[str, list[str]] = {}
    for holding in held:
        if holding.position.standard:
            titles.setdefault(holding.position.standard, []).append(holding.position.title)
    found: dict[tuple[str, ...], Composition] = {}
    for key, names in titles.items():
        row = standards.voters_of(session, organisation_id, rule_set=basis.rule_set, standard=key)
        if row is not None:
            known = found[row.groups].posts if row.groups in found else ()
            posts = tuple(dict.fromkeys((*known, *names)))
            found[row.groups] = Composition(row.groups, posts, row.certainty == "seen", row.note)
    return list(found.values())
