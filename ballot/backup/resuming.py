"""A box that came out of a backup takes ballots again, when evidence from outside shows that nothing is missing.

Here lives this way out. Never here: what is put into the box (filling.py), the word of two organisers (by_two.py), or a
way to open a closed box again.

Every checkpoint that anybody holds must be in the chain, and every ballot that a checkpoint names must be in the box.
With the second copy that is every ballot with a receipt.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import delete, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ballot.acts import find_round
from ballot.backup.errors import CopyNotRead, EvidenceNeeded, NotRestored
from ballot.backup.filling import Outside, Resumed, fill
from ballot.box import second_copy
from ballot.box_round import require_one, round_of
from ballot.house import House
from ballot.log import audit
from ballot.models import box as tables
from ballot.models.copy import BALLOT, NOTE, OPENED, VOID, Kept
from ballot.storage import RewriteFailed, reading, rewrite, writing
from ballot.storage.presence import is_there, shown
from ballot.written_record import written_root
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import Note, parse_notes
from tally.protocol.manifest import origin_of
from tally.protocol.phase import Phase, WrongPhase
from tally.record import CHECKPOINTS, CLOSING

ENDED = (Phase.CLOSED, Phase.TALLIED, Phase.CERTIFIED)
OPERATOR = "máy chủ"


def read_notes(raw: bytes, where: str) -> list[Note]:
    """Read the file of a witness, or a checkpoints.txt. Raises NotCanonical, TooLarge."""
    return list(parse_notes(raw, where))


def are_of(notes: Sequence[Note], uuid: str) -> bool:
    """Say whether any of these notes is by the box of this round; whether it is true is seen when the box is filled."""
    return any(name == origin_of(uuid) for note in notes for name, _signature in note.signatures)


def is_behind(house: House, uuid: str) -> bool:
    """Say whether the box of a round waits to be resumed."""
    with reading(house.box) as session:
        return session.get(tables.Restored, uuid) is not None


def has_ended(house: House, uuid: str) -> bool:
    """Say whether the box of a round is closed."""
    with reading(house.box) as session:
        return round_of(session, uuid).phase in {one.value for one in ENDED}


def resume(house: House, uuid: str, *, notes: Sequence[Note], copy: str | None, ballots: Sequence[bytes]) -> Resumed:
    """Fill a restored box from what is known outside, all of it or nothing; free it if nothing can be missing.

    One that had been closed, by the registry or by its own last word, stays closed: nothing reopens it. `copy` is the
    address of the second copy's database; only the one that this process keeps (BALLOT_BOX_COPY) shows that nothing is
    missing, for any other may be an older state of it. Raises NoSuchRound, NotRestored, WrongPhase, EvidenceNeeded,
    ChainsDiffer, BallotsMissing, CopyIncomplete, CopyNotRead, and what the checks of notes and ballots refuse. Source:
    threats I13, E11.
    """
    check_waits(house, uuid)
    if not notes and copy is None:
        raise EvidenceNeeded("round")
    ended = _ended(house, uuid)
    outside = _gather(house, uuid, [*notes, *_written(house, uuid)], copy, ballots)
    with writing(house.box) as session:
        row = restored(session, uuid)
        found = fill(session, row, outside)
        if found.whole:
            row.phase = ended or (Phase.CLOSED.value if found.closed else Phase.VOTING.value)
            session.execute(delete(tables.Restored).where(tables.Restored.uuid == uuid))
    with suppress(RewriteFailed, second_copy.CopyAway):  # it is done; who casts is told where the copy is away
        rewrite(house.box)
        if found.whole:  # a copy that was filled from a box that is behind could be shown as evidence
            second_copy.catch_up(house, uuid)
    _note(house, uuid)
    return found


def check_waits(house: House, uuid: str) -> None:
    """Refuse a round that there is nothing to resume of. Raises NoSuchRound, NotRestored, WrongPhase."""
    with reading(house.box) as session:
        restored(session, uuid)


def restored(session: Session, uuid: str) -> tables.Election:
    """Return the box's row of a round that came out of a backup. Raises NoSuchRound, NotRestored, WrongPhase."""
    row = round_of(session, uuid)
    if session.get(tables.Restored, uuid) is None:
        raise NotRestored("round")
    require_one(row, Phase.READY, Phase.VOTING, *ENDED)
    return row


def _ended(house: House, uuid: str) -> str:
    """Return the phase of a round that the registry knows as closed; nothing while it is open, or knows of none.

    Raises WrongPhase for a round that was never open, or was annulled.
    """
    if house.registry_engine is None:
        return ""
    with reading(house.registry) as session:
        phase = find_round(session, uuid).phase
    if phase == Phase.VOTING.value:
        return ""
    if phase not in {one.value for one in ENDED}:
        raise WrongPhase("round", phase=phase)
    return phase


def _written(house: House, uuid: str) -> list[Note]:
    """Return what the box signed by a record that lies here, whole: its checkpoints and its last word."""
    folder = house.record(uuid)
    if not written_root(house, uuid):
        return []
    return [note for name in (CHECKPOINTS, CLOSING) for note in parse_notes((folder / name).read_bytes(), name)]


def _gather(house: House, uuid: str, notes: Sequence[Note], copy: str | None, ballots: Sequence[bytes]) -> Outside:
    given = {bytes.fromhex(Ballot.parse(raw).hash): raw for raw in ballots}
    if copy is None:
        return Outside(tuple(notes), given)
    kept = _kept(copy, uuid)
    signed = [note for raw in kept[NOTE].values() for note in parse_notes(raw, "copy")]
    live, keys = _is_live(house, copy), frozenset(kept[BALLOT])
    return Outside((*notes, *signed), given | kept[BALLOT], kept[OPENED], kept[VOID], keys, live)


def _kept(copy: str, uuid: str) -> dict[str, dict[bytes, bytes]]:
    """Return all that a copy holds of a round, by kind; none is made where none is. Raises CopyNotRead."""
    try:
        if not is_there(copy, Kept.__tablename__):
            raise CopyNotRead("copy", place=shown(copy))
        engine = second_copy.open_copy(copy)
        try:
            return {kind: second_copy.held(engine, uuid, kind) for kind in (BALLOT, OPENED, VOID, NOTE)}
        finally:
            engine.dispose()
    except (DBAPIError, second_copy.CopyAway):
        raise CopyNotRead("copy", place=shown(copy)) from None


def _is_live(house: House, copy: str) -> bool:
    """Say whether an address is of the copy that this process keeps, however its path is spelled."""
    given, own = make_url(copy), house.box_copy.url if house.box_copy is not None else None
    if own is None or given.get_backend_name() != "sqlite":
        return given == own
    return Path(given.database or "").resolve() == Path(own.database or "").resolve()


def _note(house: House, uuid: str) -> None:
    """Write down that it was done, where the registry is at hand; no number of ballots, for the box is open."""
    if house.registry_engine is None:
        return
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        audit.record(session, row.organisation_id, actor=OPERATOR, act="resume-box", subject=uuid)
