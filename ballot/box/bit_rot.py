"""Ballots whose bytes are no longer what they were: found before the box closes, and taken from the second copy.

Here lives the comparison of what lies on the disk with what was promised. Never here: a ballot that is left out, or
believed although its hash is another.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.box import second_copy
from ballot.box.checkpoints import notes
from ballot.house import House
from ballot.models import box as tables
from ballot.models.copy import BALLOT
from tally.i18n import marked as _
from tally.protocol.checkpoint import ballots_of
from tally.protocol.election import Election
from tally.protocol.encoding import grouped, sha256_hex
from tally.protocol.errors import Refused

SHOWN = 5


class BallotDamaged(Refused):
    """Ballots that were receipted are not on the disk as they were, and no copy has them; the box stays open."""

    code = "BALLOT_DAMAGED"
    text = _(
        "Dữ liệu trên đĩa đã hỏng: {count} phiếu trong hòm không còn đúng như khi nhận (mã băm {hashes}). Chưa chốt, "
        "không có gì bị thay đổi. Xin giữ nguyên máy, khôi phục hòm phiếu từ bản sao lưu rồi chốt lại."
    )


def mend(house: House, session: Session, row: tables.Election) -> int:
    """Compare every ballot with the hash under which it was staged or sealed; return how many the copy mended.

    `session` writes to the box. Raises BallotDamaged, CopyAway. Source: threats I6; SPEC 5.9, step 4.
    """
    promised = set(session.scalars(select(tables.Staged.hash).where(tables.Staged.uuid == row.uuid)))
    for note in notes(session, row.uuid, Election.parse(row.election or b"")):
        promised |= {bytes.fromhex(one) for one in ballots_of(note, "checkpoint")}
    stored = select(tables.Ballot.raw).where(tables.Ballot.uuid == row.uuid)
    lost = promised - {bytes.fromhex(sha256_hex(raw)) for raw in session.scalars(stored)}
    if not lost:
        return 0
    mended = _from_copy(house, session, row.uuid, lost)
    if lost - mended:
        left = sorted(one.hex() for one in lost - mended)
        raise BallotDamaged("box", count=len(left), hashes=", ".join(grouped(one, 2) for one in left[:SHOWN]))
    return len(mended)


def _from_copy(house: House, session: Session, uuid: str, lost: set[bytes]) -> set[bytes]:
    """Write those of the lost ballots that the second copy holds, and whose row still stands."""
    if house.box_copy is None:
        return set()
    kept, mended = second_copy.held(house.box_copy, uuid, BALLOT), set()
    for digest in lost & set(kept):
        stands = session.get(tables.Ballot, (uuid, digest))
        if stands is not None and sha256_hex(kept[digest]) == digest.hex():
            stands.raw = kept[digest]
            mended.add(digest)
    return mended
