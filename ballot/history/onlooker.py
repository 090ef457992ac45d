"""Who looks at history, and which lines of which rounds are theirs to see: nothing that a page of the round keeps back.

Here lives that choice. Never here: a rule who may see a round; public/, committee/ and onlookers/ have it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue import appointments
from ballot.catalogue.fields import within
from ballot.committee import conflicts
from ballot.likeness import likeness
from ballot.models.registry.catalogue import Appointment, Person, Position
from ballot.models.registry.history import PastLine
from ballot.models.registry.rounds import Official, Round
from ballot.onlookers import readers
from ballot.onlookers.readers import Reader
from ballot.public.disclosure import Sees, Viewer, shows
from tally.protocol.errors import ConflictOfInterest

ORGANISER = "organiser"


@dataclass(frozen=True, slots=True)
class Onlooker:
    """An organiser, or whoever reads for the authority that manages officials."""

    organisation_id: int
    name: str
    role: str
    authority: str = ""

    def sees(self, session: Session, row: Round, lines: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return which (name, position) of a counted round this onlooker may see."""
        if self.role != ORGANISER:
            reader = Reader(self.organisation_id, self.authority, self.name)
            return readers.managed(session, row, reader) if shows(Viewer.READER, row) is not Sees.NOTHING else set()
        try:  # threats P4: an organiser with a rated official's name sees no page of that round
            conflicts.check_free(session, row, self.name, self.role)
        except ConflictOfInterest:
            return set()
        return set(lines) if shows(Viewer.ORGANISER, row) is not Sees.NOTHING else set()

    def sees_past(self, lines: list[PastLine], managed: set[int]) -> list[PastLine]:
        """Return which lines of a round from a file this onlooker may see; `managed` are the people of an authority.

        Somebody with the name of one of its officials sees none of it, or as a reader their own line if it is managed.
        """
        own = likeness(self.name)
        rated = any(line.name and likeness(line.name) == own for line in lines)
        if self.role == ORGANISER:
            return [] if rated else lines
        theirs = [line for line in lines if line.person_id in managed]
        return [line for line in theirs if likeness(line.name) == own] if rated else theirs

    def managed(self, session: Session, today: str) -> set[int]:
        """Return the people whom a reader's authority manages: in a post today, or in a round that it may see."""
        if self.role == ORGANISER or not self.authority:
            return set()
        theirs = select(Position).where(Position.organisation_id == self.organisation_id)
        posts = {p.id: p for p in session.scalars(theirs.where(Position.authority == self.authority))}
        open_ = {key: post for key, post in posts.items() if within(today, post.since, post.until)}
        terms = [t for t in session.scalars(select(Appointment)) if t.position_id in open_]
        mine = select(Person).where(Person.organisation_id == self.organisation_id)
        people = {person.id: person for person in session.scalars(mine)}
        now = appointments.held(terms, appointments.statuses(session, [t.id for t in terms]), open_, people, today)
        rated = select(Round, Official.person_id).join(Official, Official.round_id == Round.id)
        rated = rated.where(Round.organisation_id == self.organisation_id, Official.authority == self.authority)
        seen = {who for row, who in session.execute(rated) if shows(Viewer.READER, row) is not Sees.NOTHING}
        return {holding.person.id for holding in now} | (seen - {None})
