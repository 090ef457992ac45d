"""Results for a managing authority (cấp quản lý cán bộ): the lines of those officials whom it manages, and no others.

Here lives the choice of lines from a counted record. Never here: a number that is not in result.json.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import find_round
from ballot.house import House
from ballot.likeness import likeness
from ballot.models.registry.rounds import Official, Round
from ballot.phases import COUNTED
from ballot.public.board import NotPublished
from ballot.public.disclosure import Sees, Viewer, shows
from ballot.storage import reading
from tally.record import RESULT


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the account's organisation, its authority, and its name, which may be an official's."""

    organisation_id: int
    authority: str
    name: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A counted round as its reader may see it: the round, what result.json says of all, and the reader's lines."""

    round: Round
    result: dict[str, Any]
    lines: tuple[dict[str, Any], ...]


def rounds_of(house: House, reader: Reader) -> list[tuple[Round, int]]:
    """Return the rounds whose result this reader may see and somebody of theirs is in, and how many; newest first."""
    with reading(house.registry) as session:
        mine = select(Round).where(Round.organisation_id == reader.organisation_id, Round.phase.in_(COUNTED))
        found = session.scalars(mine.order_by(Round.date.desc(), Round.id.desc())).all()
        counted = [(row, len(managed(session, row, reader))) for row in found if _may_see(row)]
    return [(row, number) for row, number in counted if number]


def read(house: House, uuid: str, reader: Reader) -> Reading:
    """Return what this reader may see of a round. Raises NoSuchRound; NotPublished also where nobody is theirs."""
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        mine = managed(session, row, reader)
    path = house.record(uuid) / RESULT
    if not _may_see(row) or not mine or not path.is_file():
        raise NotPublished("round")
    result = json.loads(path.read_bytes())
    lines = tuple(line for line in result["officials"] if (line["name"], line["position"]) in mine)
    return Reading(row, result, lines)


def _may_see(row: Round) -> bool:
    return shows(Viewer.READER, row) is not Sees.NOTHING


def managed(session: Session, row: Round, reader: Reader) -> set[tuple[str, str]]:
    """Return (name, position) of the reader's officials: no two of a round have both alike. SPEC 4.1.

    A reader who has the name of an official of this round sees that line alone, if it is theirs at all.
    """
    if not reader.authority:
        return set()
    officials = list(session.scalars(select(Official).where(Official.round_id == row.id)))
    theirs = [official for official in officials if official.authority == reader.authority]
    own = likeness(reader.name)
    if any(likeness(official.name) == own for official in officials):
        theirs = [official for official in theirs if likeness(official.name) == own]
    return {(official.name, official.position) for official in theirs}
