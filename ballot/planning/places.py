"""Where else a person is rated in a year: other rounds of the same organisation.

Here lives that search, and which rounds rated the very same people. Never here: a result; two places are never added.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.likeness import likeness
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Official, Round
from ballot.planning.content import Line
from ballot.vietnamese import vndate
from tally.protocol.phase import Phase


@dataclass(frozen=True, slots=True)
class Place:
    """That somebody is rated in a round: by the catalogue's number, and by a name that reads alike."""

    person_id: int
    likeness: str
    round: str


def in_year(session: Session, organisation_id: int, day: str) -> list[Place]:
    """Return every rated person of an organisation's rounds in the calendar year, but for rehearsals and void ones."""
    query = select(Round, Official).join(Official, Official.round_id == Round.id)
    real = query.where(Round.organisation_id == organisation_id, Round.rehearsal.is_(False))
    this_year = real.where(Round.phase != Phase.VOID.value, Round.date.startswith(day[:5], autoescape=True))
    return [
        Place(official.person_id or 0, likeness(official.name), f"{row.title}, {vndate(row.date)}")
        for row, official in session.execute(this_year.order_by(Round.date, Round.id))
    ]


def same_ballot(session: Session, organisation_id: int, rated: set[str]) -> list[tuple[str, set[str]]]:
    """Return the real rounds of an organisation that rate the very same names, each with the names of its voters.

    Names are given and returned as what reads alike. Source: threats D9.
    """
    real = select(Round).where(Round.organisation_id == organisation_id, Round.rehearsal.is_(False))
    found = []
    for row in session.scalars(real.where(Round.phase != Phase.VOID.value).order_by(Round.date, Round.id)):
        officials = session.scalars(select(Official.name).where(Official.round_id == row.id))
        if rated and {likeness(name) for name in officials} == rated:
            voters = session.scalars(select(Voter.name).where(Voter.round_id == row.id))
            found.append((f"{row.title}, {vndate(row.date)}", {likeness(name) for name in voters}))
    return found


def of_line(places: list[Place], line: Line) -> tuple[str, ...]:
    """Return the rounds in which this person is rated; where the catalogue knows both, names are not compared."""
    found = [place.round for place in places if _same(place, line)]
    return tuple(dict.fromkeys(found))


def _same(place: Place, line: Line) -> bool:
    if place.person_id and line.person_id:
        return place.person_id == line.person_id
    return place.likeness == likeness(line.name)
