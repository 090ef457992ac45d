"""What the desk sees of one voter and of its own open slips, in words.

Here lives reading for the desk's pages. Never here: an act, or a slip's code; a desk never has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.desk.checkin import UNDO
from ballot.desk.finding import namesakes
from ballot.models.registry.accounts import Account
from ballot.models.registry.acts import Proposal
from ballot.models.registry.roll import Attested, Portrait, Voter
from ballot.models.registry.rounds import Round
from ballot.models.registry.slips import OrderKind, OrderState, Pairing, SlipOrder
from ballot.phases import ARRIVING
from ballot.slips.orders import is_issuing
from tally.i18n import marked as _
from tally.i18n import translate

WORDS = {
    OrderState.WAITING: _("đang chờ trạm"),
    OrderState.TAKEN: _("trạm đang làm"),
    OrderState.SIGNED: _("trạm đang làm"),
    OrderState.DELIVERED: _("đang in"),
    OrderState.PRINTED: _("đã in"),
}
KINDS = {
    OrderKind.FIRST: _("Thẻ lần đầu"),
    OrderKind.REPLACEMENT: _("Thẻ đổi"),
    OrderKind.ENVELOPE: _("Thẻ trong phong bì"),
    OrderKind.OWN_DEVICE: _("Thẻ trên thiết bị riêng"),
}
NO_ORDER = _("chưa cấp")


@dataclass(frozen=True, slots=True)
class Panel:
    """One voter as the desk sees them; `order` is the slip in work, else the last one."""

    voter: Voter
    portrait: bool
    attested: bool
    order: SlipOrder | None
    proposed_by: Account | None
    namesakes: list[Voter]
    issuing: bool
    arriving: bool

    @property
    def words(self) -> str:
        """How far the slip is."""
        return slip_words(self.order)

    @property
    def waiting(self) -> bool:
        """Whether the slip is not yet in anybody's hand, so that its state may change."""
        return self.order is not None and self.order.state != OrderState.PRINTED

    @property
    def may_order(self) -> bool:
        """Whether a first slip can be ordered."""
        return self.issuing and self.voter.present and self.order is None

    @property
    def may_replace(self) -> bool:
        """Whether a spoiled slip can be exchanged."""
        return self.issuing and self.order is not None and self.order.state == OrderState.PRINTED

    @property
    def may_undo(self) -> bool:
        """Whether the check-in can still be taken back: nothing of a slip has been begun."""
        begun = self.order is not None and self.order.state != OrderState.WAITING
        return self.issuing and self.voter.present and not begun


def panel(session: Session, row: Round, voter: Voter) -> Panel:
    """Return what the desk sees of a voter of this round."""
    orders = session.scalars(select(SlipOrder).where(SlipOrder.voter_id == voter.id)).all()
    at_work = sorted(orders, key=lambda o: (o.state == OrderState.PRINTED, o.kind != OrderKind.REPLACEMENT))
    proposal = session.get(Proposal, (row.id, UNDO, voter.reference))
    return Panel(
        voter=voter,
        portrait=_has(session, Portrait, voter),
        attested=_has(session, Attested, voter),
        order=at_work[0] if at_work else None,
        proposed_by=session.get(Account, proposal.account_id) if proposal else None,
        namesakes=namesakes(session, voter),
        issuing=is_issuing(row),
        arriving=row.phase in ARRIVING,
    )


def _has(session: Session, table: type[Portrait] | type[Attested], voter: Voter) -> bool:
    counted = select(func.count()).select_from(table).where(table.voter_id == voter.id)
    return bool(session.scalar(counted))


def slip_words(order: SlipOrder | None) -> str:
    """Return the state of a slip as people say it."""
    return translate(WORDS[OrderState(order.state)] if order else NO_ORDER)


def station_state(session: Session, row: Round, account_id: int) -> dict[str, bool]:
    """Say whether a desk has a station, and whether a code for pairing one still waits to be typed."""
    pairing = session.get(Pairing, (row.id, account_id))
    return {
        "paired": pairing is not None and pairing.station_id is not None,
        "waiting": pairing is not None and pairing.code is not None,
    }


def listed(session: Session, orders: list[SlipOrder]) -> list[dict[str, Any]]:
    """Return a desk's open slips for its page: whose, what for, how far."""
    ids = [order.voter_id for order in orders if order.voter_id]
    voters = {v.id: v for v in session.scalars(select(Voter).where(Voter.id.in_(ids)))}
    return [
        {
            "voter": order.voter_id,
            "name": voters[order.voter_id].name if order.voter_id else "",
            "kind": translate(KINDS[OrderKind(order.kind)]),
            "state": order.state,
            "words": slip_words(order),
        }
        for order in orders
    ]
