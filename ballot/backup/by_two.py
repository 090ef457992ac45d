"""A restored box takes ballots again on the word of two organisers, where no second copy shows what is missing.

Here lives this way out, and what the page shows of it. Never here: evidence (resuming.py).

Without the second copy, ballots after the last checkpoint may be gone, and nobody can see which: then two organisers
say so and give their reason (threats I13).
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round, propose
from ballot.backup.errors import NotRestored, ReasonTooShort
from ballot.backup.resuming import is_behind, restored
from ballot.box import second_copy
from ballot.house import House
from ballot.log import audit
from ballot.models import box as tables
from ballot.models.registry.accounts import Account
from ballot.models.registry.acts import AuditEntry, Proposal
from ballot.models.registry.rounds import Round
from ballot.storage import reading, writing
from tally.protocol.encoding import text
from tally.protocol.phase import Phase

ACT, REASON = "resume-behind", "resume-reason"
LEAST_REASON, LONGEST_REASON = 10, 300


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
        check_phase(row, Phase.VOTING)
        if not is_behind(house, uuid):
            raise NotRestored("round")
        with suppress(second_copy.CopyAway):
            second_copy.check_not_older(house, uuid)
        agreed = propose(session, row, ACT, actor, subject=_named(why))
        _log(session, row, actor, REASON, why)
        if not agreed:
            return False
        with writing(house.box) as box:
            restored(box, uuid).phase = Phase.VOTING.value
            box.execute(delete(tables.Restored).where(tables.Restored.uuid == uuid))
        _log(session, row, actor, ACT, "")
    return True


def _named(why: str) -> str:
    """The proposal's subject: both persons must mean the same reason, which may be longer than a subject."""
    return hashlib.sha256(why.encode()).hexdigest()[:32]


def _log(session: Session, row: Round, actor: Actor, act: str, said: Any) -> None:
    subject = f"{row.uuid} {said}".rstrip()
    audit.record(session, actor.organisation_id, actor=actor.login, act=act, subject=subject)
