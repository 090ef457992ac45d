"""A box that came out of a backup takes ballots again: with evidence from outside, or on the word of two organisers.

Here live these two ways out. Never here: what is put into the box (filling.py), or a way to open a closed one again.

Every checkpoint that anybody holds must be in the chain, and every ballot that a checkpoint names must be in the box.
With the second copy that is every ballot with a receipt. Without it, ballots after the last checkpoint may be gone, and
nobody can see which: then two organisers say so and give their reason (threats I13).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, make_url, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round, propose
from ballot.backup.errors import EvidenceNeeded, NotRestored, ReasonTooShort
from ballot.backup.filling import Outside, Resumed, fill
from ballot.box import second_copy
from ballot.box_round import require_one, round_of
from ballot.house import House
from ballot.log import audit
from ballot.models import box as tables
from ballot.models.copy import BALLOT, NOTE, OPENED, VOID
from ballot.models.registry import Account, AuditEntry, Proposal, Round
from ballot.storage import RewriteFailed, reading, rewrite, writing
from ballot.written_record import written_root
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import Note, parse_notes
from tally.protocol.encoding import text
from tally.protocol.phase import Phase, WrongPhase
from tally.record import CHECKPOINTS, CLOSING

ENDED = (Phase.CLOSED, Phase.TALLIED, Phase.CERTIFIED)
ACT, REASON = "resume-behind", "resume-reason"
LEAST_REASON, LONGEST_REASON = 10, 300
OPERATOR = "máy chủ"


def read_notes(raw: bytes, where: str) -> list[Note]:
    """Read the file of a witness, or a checkpoints.txt. Raises NotCanonical, TooLarge."""
    return list(parse_notes(raw, where))


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal to do without evidence that waits for a second person: its reason, whose it is."""

    why: str
    name: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """A restored box that waits, and what was proposed about it."""

    asked: tuple[Asked, ...]

    @property
    def is_mine(self) -> bool:
        """Whether whoever looks has proposed it already."""
        return any(one.mine for one in self.asked)


def behind(house: House, row: Round, actor: Actor) -> Behind | None:
    """Return how the box of a round waits to be resumed, or nothing where it does not."""
    if not is_behind(house, row.uuid):
        return None
    mine = select(AuditEntry.subject).where(AuditEntry.organisation_id == row.organisation_id)
    said = mine.where(AuditEntry.act == REASON, AuditEntry.subject.startswith(f"{row.uuid} "))
    made = select(Proposal, Account.name).join(Account, Account.id == Proposal.account_id)
    with reading(house.registry) as session:
        reasons = {_named(why): why for why in (one.partition(" ")[2] for one in session.scalars(said))}
        found = session.execute(made.where(Proposal.round_id == row.id, Proposal.act == ACT).order_by(Proposal.subject))
        open_ = [(reasons.get(proposal.subject, ""), name, proposal.account_id) for proposal, name in found]
    return Behind(tuple(Asked(why, name, account == actor.account_id) for why, name, account in open_))


def is_behind(house: House, uuid: str) -> bool:
    """Say whether the box of a round waits to be resumed."""
    with reading(house.box) as session:
        return session.get(tables.Restored, uuid) is not None


def has_ended(house: House, uuid: str) -> bool:
    """Say whether the box of a round is closed."""
    with reading(house.box) as session:
        return round_of(session, uuid).phase in {one.value for one in ENDED}


# --- with evidence ------------------------------------------------------------------------------------------------


def resume(house: House, uuid: str, *, notes: Sequence[Note], copy: str | None, ballots: Sequence[bytes]) -> Resumed:
    """Fill a restored box from what is known outside, all of it or nothing; free it if nothing can be missing.

    One that had been closed, by the registry or by its own last word, stays closed: nothing reopens it. `copy` is the
    address of the second copy's database; only the one that this process keeps (BALLOT_BOX_COPY) shows that nothing is
    missing, for any other may be an older state of it. Raises NotRestored, WrongPhase, EvidenceNeeded, ChainsDiffer,
    BallotsMissing, CopyIncomplete, CopyAway, and what the checks of notes and ballots refuse. Source: threats I13, E11.
    """
    if not notes and copy is None:
        raise EvidenceNeeded("round")
    ended = _ended(house, uuid)
    outside = _gather(house, uuid, [*notes, *_written(house, uuid)], copy, ballots)
    with writing(house.box) as session:
        row = _restored(session, uuid)
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


def _restored(session: Session, uuid: str) -> tables.Election:
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
    engine = second_copy.open_copy(copy)
    try:
        kept = {kind: second_copy.held(engine, uuid, kind) for kind in (BALLOT, OPENED, VOID, NOTE)}
    finally:
        engine.dispose()
    signed = [note for raw in kept[NOTE].values() for note in parse_notes(raw, "copy")]
    live = house.box_copy is not None and house.box_copy.url == make_url(copy)
    return Outside((*notes, *signed), given | kept[BALLOT], kept[OPENED], kept[VOID], frozenset(kept[BALLOT]), live)


def _note(house: House, uuid: str) -> None:
    """Write down that it was done, where the registry is at hand; no number of ballots, for the box is open."""
    if house.registry_engine is None:
        return
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        audit.record(session, row.organisation_id, actor=OPERATOR, act="resume-box", subject=uuid)


# --- without ------------------------------------------------------------------------------------------------------


def resume_behind(house: House, uuid: str, why: str, actor: Actor) -> bool:
    """Let a restored box take ballots though some may be gone, when a second person gives the very same reason.

    Raises WrongPhase, NotRestored, BadText, ReasonTooShort, and BoxBehind where the second copy is there and holds what
    the box lacks: no word is needed then, and none would do. Source: threats I13.
    """
    why = text(" ".join(why.split()), "why", limit=LONGEST_REASON)
    if len(why) < LEAST_REASON:
        raise ReasonTooShort("why", least=LEAST_REASON)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        if row.phase != Phase.VOTING.value:
            raise WrongPhase("round", phase=row.phase)
        if not is_behind(house, uuid):
            raise NotRestored("round")
        with suppress(second_copy.CopyAway):
            second_copy.check_not_older(house, uuid)
        agreed = propose(session, row, ACT, actor, subject=_named(why))
        _log(session, row, actor, REASON, why)
        if not agreed:
            return False
        with writing(house.box) as box:
            _restored(box, uuid).phase = Phase.VOTING.value
            box.execute(delete(tables.Restored).where(tables.Restored.uuid == uuid))
        _log(session, row, actor, ACT, "")
    return True


def _named(why: str) -> str:
    """The proposal's subject: both persons must mean the same reason, which may be longer than a subject."""
    return hashlib.sha256(why.encode()).hexdigest()[:32]


def _log(session: Session, row: Round, actor: Actor, act: str, said: Any) -> None:
    subject = f"{row.uuid} {said}".rstrip()
    audit.record(session, actor.organisation_id, actor=actor.login, act=act, subject=subject)
