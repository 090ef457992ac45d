"""Moving a round on: the table of phases applied in one transaction, with its entry in the audit log.

Here lives who may confirm what. Never here: what an act does besides moving the phase (rounds, freezing, closing…).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.house import House
from ballot.log import audit
from ballot.models.registry.accounts import Account
from ballot.models.registry.acts import Proposal
from ballot.models.registry.rounds import Round
from ballot.round_errors import NoSuchRound
from tally.i18n import marked as _
from tally.protocol.errors import Refused
from tally.protocol.phase import Act, Phase, WrongPhase, step

WHOLE_ROUND = ""
"""The subject of a proposal that is about no single person."""


class SecondPersonNeeded(Refused):
    """The act was proposed; somebody else must confirm it."""

    code = "SECOND_PERSON_NEEDED"
    text = _("Đã ghi đề nghị. Việc này cần người thứ hai xác nhận bằng tài khoản khác.")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the audit log names them."""

    account_id: int
    login: str
    role: str
    organisation_id: int

    @classmethod
    def of(cls, account: Account) -> Actor:
        """Return the actor behind an account."""
        return cls(account.id, account.login, account.role, account.organisation_id)


def find_round(session: Session, uuid: str) -> Round:
    """Return a round. Raises NoSuchRound."""
    row = session.scalar(select(Round).where(Round.uuid == uuid))
    if row is None:
        raise NoSuchRound("round")
    return row


def check_allowed(row: Round, act: Act) -> None:
    """Refuse an act that the table does not allow now. Raises WrongPhase."""
    step(act, Phase(row.phase))


def check_phase(row: Round, *phases: Phase, where: str = "round") -> None:
    """Refuse outside these phases what is no act of the table. Raises WrongPhase."""
    if row.phase not in phases:
        raise WrongPhase(where, phase=row.phase)


def second_person(session: Session, row: Round, act: Act, actor: Actor) -> bool:
    """Say whether the act may happen now; otherwise keep `actor`'s proposal of it.

    Acts of one person may always. For acts of two, the first call proposes and another account's call confirms.
    """
    if step(act, Phase(row.phase)).persons < 2:
        return True
    return propose(session, row, act.value, actor)


def propose(
    session: Session, row: Round, act: str, actor: Actor, *, subject: str = WHOLE_ROUND, noted: str = ""
) -> bool:
    """Keep the first person's proposal and say no; when another person asks the same, use it up and say yes.

    `subject` is what the two must agree on, `noted` what the audit log may tell of it: never a voter, for the log has
    an order.
    """
    proposal = session.get(Proposal, (row.id, act, subject))
    if proposal is None:
        session.add(Proposal(round_id=row.id, act=act, subject=subject, account_id=actor.account_id))
        audit.record(
            session,
            actor.organisation_id,
            actor=actor.login,
            act=f"propose-{act}",
            subject=f"{row.uuid} {noted}".rstrip(),
        )
        return False
    if proposal.account_id == actor.account_id:
        return False
    session.delete(proposal)
    return True


def move(house: House, session: Session, row: Round, act: Act, actor: Actor) -> None:
    """Move a round on by `act`, log it and, once it is sealed, sign the log's head with its key. Raises WrongPhase.

    A round whose key cannot be opened any more can still be annulled.
    """
    row.phase = step(act, Phase(row.phase)).target.value
    session.execute(delete(Proposal).where(Proposal.round_id == row.id))  # none survives the phase it was made in
    audit.record(session, actor.organisation_id, actor=actor.login, act=act.value, subject=row.uuid)
    if row.manifest:
        audit.sign_head(house.keyring, session, row, without_key=act is Act.ANNUL)
