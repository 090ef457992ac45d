"""What observers and issuers' operators see of a round: phase, sums, hashes; nothing of any one person.

Here lives putting these together. Never here: a name of the roll, a photo, a slip, a ballot.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ballot.acts import find_round
from ballot.desk.attendance import Attendance, attendance
from ballot.house import House
from ballot.issuer.acts import Counts
from ballot.models.registry.rounds import Round
from ballot.onlookers import opinions
from ballot.onlookers.opinions import Sent
from ballot.phases import CLOSED
from ballot.slips import issuers
from ballot.storage import reading
from ballot.written_record import written_root
from tally.protocol.errors import CodedError
from tally.protocol.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Watched:
    """A round as it is watched; `counts` pairs each issuer with what it says, or nothing where it does not answer."""

    round: Round
    attendance: Attendance
    manifest: Manifest | None
    root: str
    has_record: bool
    counts: tuple[tuple[str, Counts | None], ...]
    opinions: tuple[Sent, ...]


def rounds_of(house: House, organisation_id: int) -> list[Round]:
    """Return an organisation's rounds, newest first."""
    with reading(house.registry) as session:
        mine = select(Round).where(Round.organisation_id == organisation_id)
        return list(session.scalars(mine.order_by(Round.id.desc())))


def watch(house: House, uuid: str, *, with_counts: bool, with_opinions: bool) -> Watched:
    """Return a round as it stands. Raises NoSuchRound."""
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        present = attendance(session, row)
        sent = tuple(opinions.of_round(session, row)) if with_opinions else ()
    manifest = Manifest.parse(row.manifest) if row.manifest else None
    root = written_root(house, uuid)
    counts = tuple(_asked(house, manifest)) if manifest and with_counts else ()
    return Watched(row, present, manifest, root, bool(root) and row.phase in CLOSED, counts, sent)


def _asked(house: House, manifest: Manifest) -> list[tuple[str, Counts | None]]:
    """Ask every issuer for its counts; one that does not answer keeps nobody from the others'."""
    found: list[tuple[str, Counts | None]] = []
    for issuer in manifest.issuers:
        try:
            found.append((issuer.name, issuers.door(house, issuer.name).counts(manifest.uuid)))
        except CodedError:
            found.append((issuer.name, None))
    return found
