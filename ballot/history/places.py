"""A body's key through all its names: the one under which rounds of the same body are found beside each other.

Here lives the matching of a name with the catalogue's bodies. Never here: a body that merges with another; what came of
two is neither of them.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy.orm import Session

from ballot.catalogue.fields import within
from ballot.catalogue.lineage import Lineage
from ballot.likeness import likeness
from ballot.models.registry.catalogue import Body


class Places:
    """The bodies of one organisation by what their names have in common."""

    def __init__(self, session: Session, organisation_id: int) -> None:
        self._lineage = Lineage.of(session, organisation_id)
        self._named: dict[str, list[Body]] = defaultdict(list)
        for body in self._lineage.bodies.values():
            self._named[likeness(body.name)].append(body)

    def of(self, name: str, day: str) -> str:
        """Return the key of the body that had this name on a day; a name that the catalogue lacks is its own key."""
        named = self._named.get(likeness(name), [])
        found = {self._first(body) for body in named}
        if len(found) > 1:
            found = {self._first(body) for body in named if within(day, body.since, body.until)}
        return f"#{found.pop()}" if len(found) == 1 else likeness(name)

    def _first(self, body: Body) -> int:
        return min(self._lineage.same(body.id))
