"""Orders for slips: who orders which kind, and the life of an order as one table of states.

Here live placing and withdrawing. Never here: a credential, a station's permission in the clear, or a time.

    waiting → taken → signed → delivered → printed          an order is *bound* once its permission was used
"""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round
from ballot.house import House
from ballot.issuer.acts import most_envelopes
from ballot.log import audit
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.models.registry.slips import OrderKind, OrderState, SlipOrder
from ballot.slips.counts import slips, unfinished
from ballot.slips.stations import station_of
from ballot.storage import writing
from tally.i18n import marked as _
from tally.protocol.encoding import integer
from tally.protocol.errors import Refused
from tally.protocol.phase import Phase, WrongPhase

NEXT = {
    OrderState.WAITING: OrderState.TAKEN,
    OrderState.TAKEN: OrderState.SIGNED,
    OrderState.SIGNED: OrderState.DELIVERED,
    OrderState.DELIVERED: OrderState.PRINTED,
}
ONCE = (OrderKind.FIRST, OrderKind.OWN_DEVICE)  # of these no voter has two


class OrderExists(Refused):
    """This voter's slip was ordered before."""

    code = "ORDER_EXISTS"
    text = _("Đã có lệnh in thẻ cho người này; không in thẻ thứ hai.")


class SlipBegun(Refused):
    """A station may have begun the slip; it cannot be taken back any more."""

    code = "SLIP_BEGUN"
    text = _("Trạm in đã bắt đầu làm thẻ cho người này nên không rút lại được nữa.")


class NothingToReplace(Refused):
    """No slip was printed for this voter, so none can have been spoiled."""

    code = "NOTHING_TO_REPLACE"
    text = _("Người này chưa có thẻ nào in xong để đổi.")


class WrongOrderState(Refused):
    """The table of states leads elsewhere."""

    code = "WRONG_ORDER_STATE"
    text = _("Lệnh in thẻ đang ở trạng thái {state}, không chuyển sang {target} được.")


def is_issuing(row: Round) -> bool:
    """Say whether slips are issued now: the list is not fixed yet."""
    return row.phase == Phase.ISSUING and not row.frozen


def check_issuing(row: Round) -> None:
    """Refuse what only happens while slips are issued. Raises WrongPhase."""
    if not is_issuing(row):
        raise WrongPhase("round", phase=row.phase)


def move(order: SlipOrder, target: OrderState) -> None:
    """Move an order on by one state; to where it already is, nothing happens. Raises WrongOrderState."""
    state = OrderState(order.state)
    if state is target:
        return
    if NEXT.get(state) is not target:
        raise WrongOrderState("order", state=state.value, target=target.value)
    order.state = target.value


def permit(order: SlipOrder) -> str:
    """Take an unbound order: draw its one-time permission, which ends any earlier one, and return it. SPEC 5.14."""
    permission = secrets.token_urlsafe(24)
    order.permission, order.state = permission_digest(permission), OrderState.TAKEN.value
    return permission


def permission_digest(permission: str) -> bytes:
    """Return the hash under which a permission is kept. SPEC 5.14, step 2."""
    return hashlib.sha256(b"phieu-tin-nhiem/v1/authorisation|" + permission.encode("utf-8")).digest()


# --- placing ------------------------------------------------------------------------------------------------------


def order_first(session: Session, row: Round, voter: Voter, actor: Actor) -> SlipOrder:
    """Order a voter's one slip, in the transaction that marks them present. Raises OrderExists. Source: threats A1."""
    if session.scalar(select(SlipOrder.id).where(SlipOrder.once == voter.id)) is not None:
        raise OrderExists("voter")
    return _place(session, row, OrderKind.FIRST, voter=voter, account_id=actor.account_id)


def order_replacement(house: House, uuid: str, voter_id: int, actor: Actor) -> None:
    """Order a slip in place of one that the voter hands back; the station voids that one by scanning it.

    Raises WrongPhase, NothingToReplace, OrderExists while an earlier one is unfinished. Source: threats 5.11.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_issuing(row)
        voter = session.get(Voter, voter_id)
        orders = session.scalars(select(SlipOrder).where(SlipOrder.voter_id == voter_id)).all()
        first = [o for o in orders if o.kind == OrderKind.FIRST and o.state == OrderState.PRINTED]
        if voter is None or voter.round_id != row.id or not first:
            raise NothingToReplace("voter")
        if any(o.state != OrderState.PRINTED for o in orders):
            raise OrderExists("voter")
        _place(session, row, OrderKind.REPLACEMENT, voter=voter, account_id=actor.account_id)
        audit.record(
            session, actor.organisation_id, actor=actor.login, act="order-replacement", subject=uuid
        )  # not whose


def order_envelopes(house: House, uuid: str, count: int, actor: Actor) -> None:
    """Order slips for nobody yet, to be sealed in envelopes; at the station of this account, if it has one.

    Raises WrongPhase, WrongShape above what a hall of this size may have. Source: threats 5.5.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_issuing(row)
        voters = session.scalar(select(func.count()).select_from(Voter).where(Voter.round_id == row.id)) or 0
        integer(count, "envelopes", 1, most_envelopes(voters) - slips(session, row).envelopes)
        account_id = actor.account_id if station_of(session, row, actor.account_id) else None
        for _number in range(count):
            _place(session, row, OrderKind.ENVELOPE, voter=None, account_id=account_id)
        audit.record(
            session, actor.organisation_id, actor=actor.login, act="order-envelopes", subject=f"{uuid} {count}"
        )


def order_own_device(session: Session, row: Round, voter: Voter) -> str:
    """Order the slip that a voter's own device makes, taken at once; return the device's permission.

    One that was never used gives way to a new one. Raises OrderExists. Source: threats A1.
    """
    order = session.scalar(select(SlipOrder).where(SlipOrder.once == voter.id))
    if order is None:
        order = _place(session, row, OrderKind.OWN_DEVICE, voter=voter, account_id=None)
    elif not is_unused(order):
        raise OrderExists("voter")
    return permit(order)


def is_unused(order: SlipOrder) -> bool:
    """Say whether an own device was permitted a slip and had nothing signed: its permission dies with the order."""
    return order.kind == OrderKind.OWN_DEVICE and order.request is None


def _place(session: Session, row: Round, kind: OrderKind, *, voter: Voter | None, account_id: int | None) -> SlipOrder:
    order = SlipOrder(
        id=secrets.token_bytes(16),
        round_id=row.id,
        kind=kind.value,
        state=OrderState.WAITING.value,
        voter_id=voter.id if voter else None,
        once=voter.id if voter and kind in ONCE else None,
        account_id=account_id,
    )
    session.add(order)
    session.flush()
    return order


# --- withdrawing --------------------------------------------------------------------------------------------------


def withdraw(session: Session, voter: Voter) -> None:
    """Take back a voter's slip that no station has begun; harmless where none was ordered. Raises SlipBegun."""
    for order in session.scalars(select(SlipOrder).where(SlipOrder.voter_id == voter.id)):
        if order.state != OrderState.WAITING and not is_unused(order):
            raise SlipBegun("voter")
        session.delete(order)


def withdraw_unbound(house: House, uuid: str, actor: Actor) -> int:
    """Take back every order under which nothing was asked to be signed, as before a freeze; return how many.

    A permission that a station holds for one of them dies with it. Raises WrongPhase.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_issuing(row)
        found = [order for order in unfinished(session, row) if order.request is None]
        for order in found:
            session.delete(order)
        audit.record(
            session, actor.organisation_id, actor=actor.login, act="withdraw-orders", subject=f"{uuid} {len(found)}"
        )
    return len(found)
