"""Voters' photos: taken from an organiser's archive all or none, kept small, shown to desks.

Here live taking them, counting them and finding one. Never here: a byte of an uploaded picture (photo_archive.py).
"""

from __future__ import annotations

from typing import IO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round
from ballot.desk.photo_archive import ENDINGS, read_archive
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.roll import Portrait, Voter
from ballot.models.registry.rounds import Round
from ballot.storage import reading, writing
from tally.protocol.phase import Phase, WrongPhase


def admit(house: House, uuid: str, archive: IO[bytes], actor: Actor) -> int:
    """Take the photos of a zip, all or none, in place of earlier ones; return how many.

    Raises WrongPhase and BadPhotos naming the file.
    """
    with reading(house.registry) as session:
        row = _before_the_freeze(session, uuid)
        voters = session.execute(select(Voter.reference, Voter.id).where(Voter.round_id == row.id))
        wanted = {f"{reference}{ending}": voter_id for reference, voter_id in voters for ending in ENDINGS}
    pictures = read_archive(archive, wanted)  # outside the transaction: desks go on meanwhile
    with writing(house.registry) as session:
        _before_the_freeze(session, uuid)
        for voter_id, jpeg in pictures.items():
            session.merge(Portrait(voter_id=voter_id, jpeg=jpeg))
        audit.record(
            session, actor.organisation_id, actor=actor.login, act="portraits", subject=f"{uuid} {len(pictures)}"
        )
    return len(pictures)


def portrait(session: Session, row: Round, voter_id: int) -> bytes | None:
    """Return a photo of a voter of this round as JPEG, if there is one."""
    belongs = Voter.round_id == row.id, Voter.id == voter_id
    return session.scalar(select(Portrait.jpeg).join(Voter, Voter.id == Portrait.voter_id).where(*belongs))


def count(session: Session, row: Round) -> int:
    """Return how many voters of a round have a photo."""
    joined = select(func.count()).select_from(Portrait).join(Voter, Voter.id == Portrait.voter_id)
    return session.scalar(joined.where(Voter.round_id == row.id)) or 0


def _before_the_freeze(session: Session, uuid: str) -> Round:
    row = find_round(session, uuid)
    if row.phase not in (Phase.DRAFT.value, Phase.ISSUING.value) or row.frozen:
        raise WrongPhase("round", phase=row.phase)
    return row
