"""A box that came out of a backup takes ballots again: with evidence from outside, or on the word of two organisers.

Here live these two ways out. Never here: what is put into the box (backup/filling.py), or a way back into a closed one.

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

from sqlalchemy import delete, select
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
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import Note, parse_notes
from tally.protocol.encoding import text
from tally.protocol.phase import Phase, WrongPhase

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


# --- with evidence ------------------------------------------------------------------------------------------------


def resume(house: House, uuid: str, *, notes: Sequence[Note], copy: str | None, ballots: Sequence[bytes]) -> Resumed:
    """Fill a restored box from what is known outside, all of it or nothing, and open it if nothing can be missing.

    `copy` is the address of the second copy's database. Raises NotRestored, WrongPhase, EvidenceNeeded, ChainsDiffer,
    BallotsMissing, CopyIncomplete, CopyAway, and what the checks of notes and ballots refuse.
    """
    if not notes and copy is None:
        raise EvidenceNeeded("round")
    _check_not_past(house, uuid)
    outside = _gather(uuid, notes, copy, ballots)
    with writing(house.box) as session:
        row = _restored(session, uuid)
        found = fill(session, row, outside)
        if found.open:
            row.phase = Phase.VOTING.value
            session.execute(delete(tables.Restored).where(tables.Restored.uuid == uuid))
    with suppress(RewriteFailed, second_copy.CopyAway):  # it is done; who casts is told where the copy is away
        rewrite(house.box)
        if found.open:  # a copy that was filled from a box that is behind could be shown as evidence
            second_copy.catch_up(house, uuid)
    _note(house, uuid)
    return found


def _restored(session: Session, uuid: str) -> tables.Election:
    row = round_of(session, uuid)
    if session.get(tables.Restored, uuid) is None:
        raise NotRestored("round")
    require_one(row, Phase.READY, Phase.VOTING)
    return row


def _check_not_past(house: House, uuid: str) -> None:
    """Nothing reopens a round: where the registry is at hand, it says whether this one is still open."""
    if house.registry_engine is None:
        return
    with reading(house.registry) as session:
        phase = find_round(session, uuid).phase
    if phase != Phase.VOTING.value:
        raise WrongPhase("round", phase=phase)


def _gather(uuid: str, notes: Sequence[Note], copy: str | None, ballots: Sequence[bytes]) -> Outside:
    given = {bytes.fromhex(Ballot.parse(raw).hash): raw for raw in ballots}
    if copy is None:
        return Outside(tuple(notes), given)
    engine = second_copy.open_copy(copy)
    try:
        kept = {kind: second_copy.held(engine, uuid, kind) for kind in (BALLOT, OPENED, VOID, NOTE)}
    finally:
        engine.dispose()
    signed = [note for raw in kept[NOTE].values() for note in parse_notes(raw, "copy")]
    return Outside((*notes, *signed), given | kept[BALLOT], kept[OPENED], kept[VOID], frozenset(kept[BALLOT]))


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

    Raises WrongPhase, NotRestored, BadText, ReasonTooShort. Source: threats I13.
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
