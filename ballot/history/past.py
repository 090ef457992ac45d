"""Rounds that were taken over from files: found, told again from their counts, taken out with a reason.

Here lives what becomes of them after they were written (taking.py). Never here: a change of a number.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue.errors import NoSuchEntry
from ballot.history.gathering import judged_again
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.history import PastLine, PastRound
from ballot.storage import writing
from tally.paper import JudgedRound
from tally.protocol.override import check_reason


def remove(house: House, past_id: int, reason: str, actor: Actor) -> None:
    """Take a round out again, with a reason that the log keeps. Raises NoSuchEntry, WrongShape, BadText."""
    why = check_reason(" ".join(reason.split()), "reason")
    with writing(house.registry) as session:
        row = find(session, past_id, actor.organisation_id)
        subject = f"{row.digest[:16]} {row.date} {row.title}: {why}"
        session.execute(delete(PastLine).where(PastLine.past_round_id == row.id))
        session.delete(row)
        audit.record(session, actor.organisation_id, actor=actor.login, act="past-round-delete", subject=subject)


def rounds_of(session: Session, organisation_id: int) -> list[tuple[PastRound, list[PastLine]]]:
    """Return an organisation's rounds from files with their lines, newest first."""
    mine = select(PastRound).where(PastRound.organisation_id == organisation_id)
    rows = session.scalars(mine.order_by(PastRound.date.desc(), PastRound.id.desc())).all()
    return [(row, lines_of(session, row)) for row in rows]


def lines_of(session: Session, row: PastRound) -> list[PastLine]:
    """Return the lines of a round from a file in their order."""
    return list(session.scalars(select(PastLine).where(PastLine.past_round_id == row.id).order_by(PastLine.number)))


def find(session: Session, past_id: int, organisation_id: int) -> PastRound:
    """Return a round from a file; another organisation's is none. Raises NoSuchEntry. Source: threats H5."""
    mine = select(PastRound).where(PastRound.id == past_id, PastRound.organisation_id == organisation_id)
    row = session.scalar(mine)
    if row is None:
        raise NoSuchEntry("id")
    return row


def judged(session: Session, row: PastRound) -> JudgedRound:
    """Return a round from a file as it is told: by the rules with which it was taken over."""
    return judged_again(row, lines_of(session, row))
