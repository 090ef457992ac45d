"""The desk's acts: confirm that a person is there, order their slip, take a mistaken confirmation back.

Here live these acts, each one transaction. Never here: a credential, or a time.
"""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round, propose
from ballot.desk import strokes
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.roll import Attested, Voter
from ballot.models.registry.rounds import Round
from ballot.phases import ARRIVING
from ballot.slips import orders
from ballot.storage import writing
from tally.i18n import marked as _
from tally.protocol.errors import Refused

UNDO = "undo-check-in"


class AlreadyCheckedIn(Refused):
    """Another desk was first."""

    code = "ALREADY_CHECKED_IN"
    text = _("Người này đã được xác nhận có mặt tại bàn {desk}.")


class NotCheckedIn(Refused):
    """The act is about somebody who is present, and this person is not."""

    code = "NOT_CHECKED_IN"
    text = _("Người này chưa được xác nhận có mặt. Không có gì bị thay đổi.")


class NoSuchVoter(Refused):
    """Nobody of this number is on the roll of this round."""

    code = "NO_SUCH_VOTER"
    text = _("Không có người này trong danh sách của đợt.")


def find_voter(session: Session, row: Round, voter_id: int) -> Voter:
    """Return a voter of this round. Raises NoSuchVoter also for one of another round (threats H5)."""
    voter = session.get(Voter, voter_id)
    if voter is None or voter.round_id != row.id:
        raise NoSuchVoter("voter")
    return voter


def _present(session: Session, row: Round, voter_id: int) -> Voter:
    """Return a voter of this round who is present. Raises NoSuchVoter, NotCheckedIn."""
    voter = find_voter(session, row, voter_id)
    if not voter.present:
        raise NotCheckedIn("voter")
    return voter


def check_in(
    house: House, uuid: str, voter_id: int, actor: Actor, *, order: bool = True, signature: bytes = b""
) -> None:
    """Mark a voter present, keep what they signed on the tablet, and order their first slip; of two desks one succeeds.

    Without a slip it is allowed until the box closes. Raises WrongPhase, NoSuchVoter, AlreadyCheckedIn naming the desk,
    and what reading the strokes refuses. Source: threats A3, A4, A27.
    """
    with writing(house.registry) as session:  # BEGIN IMMEDIATE: the second desk waits here, then sees the first
        row = find_round(session, uuid)
        if order:
            orders.check_issuing(row)
        else:  # after the freeze they may draw an envelope (threats 5.5)
            check_phase(row, *ARRIVING)
        voter = find_voter(session, row, voter_id)
        if voter.present:
            raise AlreadyCheckedIn("voter", desk=voter.desk)
        voter.present, voter.desk = True, actor.login
        if signature:
            strokes.parse(signature)
            session.add(Attested(voter_id=voter.id, strokes=signature))
        audit.record(
            session, actor.organisation_id, actor=actor.login, act="check-in", subject=uuid
        )  # not who: the log has an order
        if order:
            orders.order_first(session, row, voter, actor)


def order_slip(house: House, uuid: str, voter_id: int, actor: Actor) -> None:
    """Order the first slip of somebody who is present without one. Raises WrongPhase, NoSuchVoter, NotCheckedIn."""
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        orders.check_issuing(row)
        voter = _present(session, row, voter_id)
        orders.order_first(session, row, voter, actor)


def undo(house: House, uuid: str, voter_id: int, actor: Actor) -> bool:
    """Take back a mistaken check-in when a second person confirms; return whether it is taken back now.

    Only before the voter's slip is begun. Raises WrongPhase, NoSuchVoter, NotCheckedIn, SlipBegun. Source: threats A23.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        orders.check_issuing(row)
        voter = _present(session, row, voter_id)
        orders.withdraw(session, voter)  # refuses a begun one; held back already when this is only proposed
        if not propose(session, row, UNDO, actor, subject=voter.reference):
            return False
        voter.present, voter.desk = False, ""
        session.execute(delete(Attested).where(Attested.voter_id == voter.id))
        audit.record(session, actor.organisation_id, actor=actor.login, act=UNDO, subject=uuid)
    return True
