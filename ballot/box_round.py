"""What all acts of the ballot box share: finding a round, and its phases.

Here live these few. Never here: an act.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.models import box as tables
from ballot.round_errors import BoxBehind, NoSuchRound
from tally.protocol.phase import Phase, WrongPhase


def check_whole(session: Session, uuid: str) -> None:
    """Refuse while a restored box may lack ballots. Raises BoxBehind."""
    if session.get(tables.Restored, uuid) is not None:
        raise BoxBehind("round")


def round_of(session: Session, uuid: str) -> tables.Election:
    """Return the box's row of a round. Raises NoSuchRound."""
    row = session.get(tables.Election, uuid)
    if row is None:
        raise NoSuchRound("round")
    return row


def require(row: tables.Election, phase: Phase) -> None:
    """Refuse an act in another phase. Raises WrongPhase."""
    if row.phase != phase.value:
        raise WrongPhase("round", phase=row.phase)


def require_now(session: Session, uuid: str, phase: Phase) -> None:
    """Refuse in another phase, without reading the round's files, which are large. Raises NoSuchRound, WrongPhase."""
    found = session.scalar(select(tables.Election.phase).where(tables.Election.uuid == uuid))
    if found is None:
        raise NoSuchRound("round")
    if found != phase.value:
        raise WrongPhase("round", phase=found)


def require_one(row: tables.Election, *phases: Phase) -> None:
    """Refuse an act outside these phases: the one it starts from, and the one it leads to if it was cut off.

    Raises WrongPhase.
    """
    if row.phase not in {phase.value for phase in phases}:
        raise WrongPhase("round", phase=row.phase)


def move_box(session: Session, uuid: str, source: Phase, target: Phase) -> tables.Election:
    """Move a round on in the box, and return its row; one that is there already stays: the act was cut off before.

    Raises NoSuchRound, WrongPhase.
    """
    row = round_of(session, uuid)
    require_one(row, source, target)
    row.phase = target.value
    return row


def count(session: Session, table: type[tables.BoxBase], uuid: str) -> int:
    """Return how many rows of a table belong to a round."""
    return session.scalar(select(func.count()).select_from(table).filter_by(uuid=uuid)) or 0
