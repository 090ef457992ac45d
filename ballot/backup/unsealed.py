"""What a box's backup leaves out while people vote: ballots of no sealed batch, where the second copy has them.

Here lives the leaving out, in a copy in memory. Never here: a ballot that is gone from the box, or one that nobody else
holds.

Whoever opens two backups sees what came between them. A batch was drawn by chance and is public; a single ballot that
came is its voter's, for good. `ballot resume` brings back what was left out. Source: SPEC 5.22, step 5; threats B15.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from ballot.box import second_copy, seen
from ballot.house import House
from ballot.models import box as tables
from ballot.storage import reading, writing
from tally.protocol.phase import Phase

TAKING = (Phase.READY.value, Phase.VOTING.value)
"""Rounds that take ballots, or may before the box has been read."""


def held_elsewhere(house: House) -> tuple[str, ...]:
    """Return the rounds of whose receipted ballots the second copy lacks none, having caught up; none where it is away.

    What comes later is in the copy before its receipt goes out. A box that is behind brings the copy nothing (SPEC
    5.22, step 4), and receipted ballots of it may be nowhere else.
    """
    if house.box_copy is None:
        return ()
    with reading(house.box) as session:
        behind = select(tables.Restored.uuid)
        found = select(tables.Election.uuid).where(tables.Election.phase.in_(TAKING))
        rounds = tuple(session.scalars(found.where(tables.Election.uuid.not_in(behind))))
    try:
        for uuid in rounds:
            second_copy.catch_up(house, uuid)
    except second_copy.CopyAway:
        return ()
    return rounds


def leave_out(image: Engine, rounds: Iterable[str]) -> None:
    """Take the unsealed ballots of these rounds, and every trace of them, out of a copy of the box in memory.

    Three tables tell of a ballot: opened drafts, voids and what witnesses signed are about none.
    """
    with writing(image) as session:
        for uuid in rounds:
            for digest in session.scalars(select(tables.Staged.hash).filter_by(uuid=uuid)).all():
                _leave_out(session, uuid, digest)


def _leave_out(session: Session, uuid: str, digest: bytes) -> None:
    """Take one out; one that rotted on the disk stays as it is, to be found and mended before the close. Threats I6."""
    raw = session.scalar(select(tables.Ballot.raw).filter_by(uuid=uuid, hash=digest))
    if raw is None or hashlib.sha256(raw).digest() != digest:
        return
    known = tables.KnownCiphertext
    session.execute(delete(known).where(known.uuid == uuid, known.digest.in_(seen.hashes_of(raw))))
    for table in (tables.Ballot, tables.Staged):
        session.execute(delete(table).where(table.uuid == uuid, table.hash == digest))
