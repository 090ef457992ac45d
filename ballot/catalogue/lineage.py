"""What became of which body: a renamed one is the same body under another name, others end and leave successors.

Here lives the reading of an organisation's bodies and changes as one value. Never here: a write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue.fields import within
from ballot.models.registry.catalogue import Body, BodyChange

RENAME = "rename"


@dataclass(frozen=True)
class Lineage:
    """The bodies of one organisation by id, and every change among them."""

    bodies: dict[int, Body]
    changes: tuple[BodyChange, ...]

    @classmethod
    def of(cls, session: Session, organisation_id: int) -> Lineage:
        """Read an organisation's."""
        bodies = session.scalars(select(Body).where(Body.organisation_id == organisation_id)).all()
        by_id = {body.id: body for body in bodies}
        mine = select(BodyChange).join(Body, Body.id == BodyChange.old_id)
        changes = session.scalars(mine.where(Body.organisation_id == organisation_id).order_by(BodyChange.id)).all()
        return cls(by_id, tuple(changes))

    @cached_property
    def _names(self) -> dict[int, frozenset[int]]:
        """Give every body the set of those that it was or became by renaming, itself included."""
        groups = {body_id: {body_id} for body_id in self.bodies}
        for change in self.changes:
            if change.kind == RENAME and change.new_id is not None:
                joined = groups[change.old_id] | groups[change.new_id]
                groups.update(dict.fromkeys(joined, joined))
        return {body_id: frozenset(group) for body_id, group in groups.items()}

    def same(self, body_id: int) -> frozenset[int]:
        """Return the ids under which this body goes or went; none for an unknown one."""
        return self._names.get(body_id, frozenset())

    def named_on(self, body_id: int, day: str) -> Body | None:
        """Return this body as it was called on a day, or none where it was not."""
        alive = [self.bodies[i] for i in self.same(body_id)]
        return next((body for body in alive if within(day, body.since, body.until)), None)

    def before(self, body_id: int) -> list[BodyChange]:
        """Return the changes that this body came out of."""
        return [change for change in self.changes if change.new_id == body_id]

    def after(self, body_id: int) -> list[BodyChange]:
        """Return the changes that ended this body."""
        return [change for change in self.changes if change.old_id == body_id]

    def act_of(self, change_id: int) -> list[BodyChange]:
        """Return all rows of the act that one row belongs to; none for an unknown one."""
        found = next((change for change in self.changes if change.id == change_id), None)
        if found is None:
            return []
        of_the_day = [c for c in self.changes if (c.kind, c.day) == (found.kind, found.day)]
        if found.new_id is None:
            return [found]
        old = {c.old_id for c in of_the_day if c.new_id == found.new_id}
        return [c for c in of_the_day if c.old_id in old]

    def heir(self, body_id: int, day: str = "") -> Body:
        """Follow a body to the only one that came of it, as far as `day` (nothing: to the end)."""
        body = self.bodies[body_id]
        for _step in range(len(self.bodies)):
            heir = self._only_heir(body.id, day)
            if heir is None:
                break
            body = self.bodies[heir]
        return body

    def parent_on(self, body: Body, day: str = "") -> Body | None:
        """Return the body above another on a day (nothing: at the end), under the name that it has then."""
        return self.heir(body.parent_id, day) if body.parent_id in self.bodies else None

    def above(self, body_id: int | None) -> Iterator[int]:
        """Yield the ids of a body and of all that stand above it in the end, old names included."""
        seen: set[int] = set()
        while body_id is not None and body_id not in seen and body_id in self.bodies:
            seen.add(body_id)
            yield body_id
            body_id = self._only_heir(body_id, "") or self.bodies[body_id].parent_id

    def _only_heir(self, body_id: int, day: str) -> int | None:
        heirs = {c.new_id for c in self.after(body_id) if c.new_id is not None and (not day or c.day <= day)}
        return heirs.pop() if len(heirs) == 1 else None
