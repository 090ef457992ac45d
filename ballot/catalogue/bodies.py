"""Bodies (tổ chức, cơ quan) and what becomes of them: renamed, merged, split, ended; the old stay with their dates.

Here live their writing and the changes among them. Never here: a body that is overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue import changes, fields, standards
from ballot.catalogue.changes import check_alive
from ballot.catalogue.errors import BodyCycle, EntryInUse, NoSuchEntry
from ballot.catalogue.fields import WORDS, free_code, own, within, words
from ballot.catalogue.lineage import Lineage
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.catalogue import Body, BodyChange, Group, Position
from ballot.storage import writing
from ballot.vietnamese import alphabetical


@dataclass(frozen=True, slots=True)
class NewBody:
    """A body that comes out of a change; an empty level and parent are those of the first old body."""

    code: str
    name: str
    level: str = ""
    parent_id: int | None = None


def add_body(
    session: Session, organisation_id: int, *, code: str, name: str, level: str, parent: Body | None, since: str
) -> Body:
    """Add a body; `level` is a key or a name of the levels in the template `chuc-danh`.

    Raises CodeTaken, UnknownChoice, BadDay, FieldMissing, FieldTooLong, BadText, OutOfOrder, NoSuchEntry.
    """
    begins = fields.day(since, "since")
    if parent is not None:
        own(session, Body, parent.id, organisation_id)
        check_alive(parent, begins)
    row = Body(
        organisation_id=organisation_id,
        code=free_code(session, Body, organisation_id, code),
        name=words(name, "name", limit=WORDS),
        level=standards.level_key(session, organisation_id, level),
        parent_id=parent.id if parent else None,
        since=begins,
        until="",
    )
    session.add(row)
    session.flush()
    return row


def alive(session: Session, organisation_id: int, day: str) -> list[Body]:
    """Return the bodies of an organisation on a day, by name."""
    found = session.scalars(select(Body).where(Body.organisation_id == organisation_id)).all()
    return sorted((b for b in found if within(day, b.since, b.until)), key=lambda b: (alphabetical(b.name), b.code))


def change(  # noqa: PLR0917 - in the order of the sentence: who, what, when, from what, to what, why
    house: House,
    actor: Actor,
    kind: str,
    day: str,
    old_ids: Sequence[int],
    new: Sequence[NewBody | int],
    basis: str = "",
) -> list[Body]:
    """End bodies on a day and note what comes of them; return the bodies that go on. `new` may name one that exists.

    Renamed, a body stays the same one: its posts and their holders go on. Otherwise posts end with their body.
    Raises WrongChange, OutOfOrder, BodyCycle, NoSuchEntry, CodeTaken, UnknownChoice, FieldMissing, BadText…
    """
    on, cause = fields.day(day, "day"), words(basis, "basis", limit=WORDS, empty=True)
    changes.check_numbers(kind, list(old_ids), list(new))
    with writing(house.registry) as session:
        mine = actor.organisation_id
        old = [own(session, Body, body_id, mine) for body_id in old_ids]
        for body in old:
            changes.check_may_end(session, Lineage.of(session, mine), body, kind, on)
        for body in old:
            body.until = on
        heirs = [_heir(session, mine, entry, old[0], on) for entry in new]
        for body in old:
            for new_id in (heir.id for heir in heirs) if heirs else (None,):
                session.add(BodyChange(kind=kind, day=on, old_id=body.id, new_id=new_id, basis=cause))
        session.flush()
        lineage = Lineage.of(session, mine)
        for heir in heirs:
            changes.check_no_cycle(lineage, heir)
        subject = "+".join(b.code for b in old) + " > " + "+".join(b.code for b in heirs)
        audit.record(session, mine, actor=actor.login, act=f"body-{kind}", subject=subject[:400])
        return heirs


def _heir(session: Session, organisation_id: int, entry: NewBody | int, old: Body, on: str) -> Body:
    if isinstance(entry, int):
        body = own(session, Body, entry, organisation_id)
        check_alive(body, on)
        return body
    lineage = Lineage.of(session, organisation_id)
    if entry.parent_id is not None:
        own(session, Body, entry.parent_id, organisation_id)
        parent: Body | None = lineage.bodies[entry.parent_id]
    else:
        above = lineage.parent_on(old, on)
        parent = above if above and within(on, above.since, above.until) else None
    level = entry.level or old.level
    return add_body(session, organisation_id, code=entry.code, name=entry.name, level=level, parent=parent, since=on)


def withdraw(house: House, actor: Actor, change_id: int) -> int:
    """Take back a change that was noted by mistake, while nothing refers to what came of it; return an old body's id.

    Raises EntryInUse, NoSuchEntry.
    """
    with writing(house.registry) as session:
        lineage = Lineage.of(session, actor.organisation_id)
        rows = lineage.act_of(change_id)
        if not rows:
            raise NoSuchEntry("change")
        heirs = {row.new_id: lineage.bodies[row.new_id] for row in rows if row.new_id is not None}
        made = [body for body in heirs.values() if body.since == rows[0].day]
        codes = [lineage.bodies[old_id].code for old_id in sorted({row.old_id for row in rows})]
        for row in rows:
            lineage.bodies[row.old_id].until = ""
            session.delete(row)
        session.flush()
        for body in made:
            if in_use(session, body) or body.until:
                raise EntryInUse("change")
            session.delete(body)
        subject = f"{rows[0].kind} {'+'.join(codes)}"
        audit.record(session, actor.organisation_id, actor=actor.login, act="body-change-undone", subject=subject[:400])
        return rows[0].old_id


def in_use(session: Session, body: Body) -> bool:
    """Say whether anything refers to a body: one below it, a post, a group, a change."""
    by = (Body.parent_id, Position.body_id, Group.body_id, BodyChange.old_id, BodyChange.new_id)
    return any(session.scalar(select(column).where(column == body.id).limit(1)) is not None for column in by)


def correct(session: Session, body: Body, *, code: str, name: str, level: str, parent: Body | None, since: str) -> None:
    """Correct a body while nothing refers to it. Raises EntryInUse, and what add_body refuses."""
    if in_use(session, body):
        raise EntryInUse("name")
    begins = fields.day(since, "since")
    if parent is not None:
        own(session, Body, parent.id, body.organisation_id)
        check_alive(parent, begins)
    if parent is body:
        raise BodyCycle("parent", name=body.name)
    body.code = free_code(session, Body, body.organisation_id, code, besides=body.id)
    body.name, body.since = words(name, "name", limit=WORDS), begins
    body.level = standards.level_key(session, body.organisation_id, level)
    body.parent_id = parent.id if parent else None
    session.flush()
