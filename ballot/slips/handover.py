"""What a station is handed and what it reports: its orders with permission and wrapping key, one slip at a time.

Here lives the registry's side of a station's day. Never here: a voter's name, or a key in a log, address or exception.

A wrapping key is drawn when an order is taken and erased when its slip is printed: what the station's browser kept
under it can then be read by nobody, though a browser's database files keep what was deleted from them.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import find_round
from ballot.box.staging import make_room
from ballot.box_round import round_of
from ballot.house import House
from ballot.models.registry.accounts import Account
from ballot.models.registry.rounds import Round
from ballot.models.registry.slips import OrderKind, OrderState, Pairing, SlipOrder, Station
from ballot.slips.orders import is_issuing, move, permit
from ballot.slips.stations import known_station
from ballot.storage import as_placed, empty_log, reading, writing
from tally.i18n import marked as _
from tally.protocol.errors import Refused

KEY_BYTES = 32
REPORTED = (OrderState.DELIVERED, OrderState.PRINTED)


class OrderUnknown(Refused):
    """No order of this number belongs to this station."""

    code = "ORDER_UNKNOWN"
    text = _("Trạm này không có lệnh in thẻ như vậy.")


@dataclass(frozen=True, slots=True)
class Handed:
    """One order as its station sees it: never whose slip it is."""

    id: str
    kind: str
    state: str
    permission: str | None = field(repr=False)
    key: str = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return {"id","kind","state","permission","key"}."""
        return {name: getattr(self, name) for name in ("id", "kind", "state", "permission", "key")}


@dataclass(frozen=True, slots=True)
class Work:
    """What a station needs to know: its desks, where the round stands, the keys for the box, its open orders."""

    desks: list[str]
    phase: str
    frozen: bool
    freeze_key: str
    staging_key: str = field(repr=False)
    orders: list[Handed]

    def as_json(self) -> dict[str, Any]:
        """Return {"desks","phase","frozen","freeze_key","staging_key","orders"}."""
        names = ("desks", "phase", "frozen", "freeze_key", "staging_key")
        head = {name: getattr(self, name) for name in names}
        return head | {"orders": [order.as_json() for order in self.orders]}


def hand_over(house: House, uuid: str, token: str, aside: Collection[bytes] = ()) -> Work:
    """Return a station's open orders; a waiting one is taken when nothing else is in hand, envelopes all at once.

    Orders that the station's attendant put `aside` (a slip that cannot be finished there) keep nobody waiting.
    Raises NoSuchRound, StationUnknown. Source: SPEC 5.14, step 2.
    """
    with reading(house.box) as session:
        freeze_key = round_of(session, uuid).freeze_key
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        station = known_station(session, row, token)
        desks = session.execute(
            select(Account.id, Account.login).join(Pairing).where(Pairing.station_id == station.id)
        ).all()
        orders = _mine(session, row, station, {number for number, _login in desks})
        handed = [_handed(order, station) for order in _in_hand(orders, aside)]
    make_room(house, uuid)  # for what it is about to make
    return Work(sorted(login for _number, login in desks), row.phase, row.frozen, freeze_key, row.staging_key, handed)


def _mine(session: Session, row: Round, station: Station, desks: set[int]) -> list[SlipOrder]:
    """Return the open orders of a station in the order in which they were placed: people wait for them."""
    table = SlipOrder
    found = session.scalars(
        select(table)
        .where(table.round_id == row.id, table.state != OrderState.PRINTED.value)
        .where(table.kind != OrderKind.OWN_DEVICE.value)
        .order_by(as_placed(session, SlipOrder.__table__))
    )
    return [order for order in found if _belongs(order, station, desks) and (is_issuing(row) or order.request)]


def _belongs(order: SlipOrder, station: Station, desks: set[int]) -> bool:
    """Say whose an order is: bound, of the station that bound it; before, of whichever its desk is paired with now."""
    if order.request is not None:
        return order.station_id == station.id
    if order.account_id is not None:
        return order.account_id in desks
    return order.station_id in (None, station.id)


def _in_hand(orders: list[SlipOrder], aside: Collection[bytes]) -> list[SlipOrder]:
    """Leave out every waiting slip for a person, but for the first when no other is in hand."""
    mine = [order for order in orders if order.id not in aside]
    begun = any(o.state != OrderState.WAITING and o.kind != OrderKind.ENVELOPE for o in mine)
    chosen = []
    for order in orders:
        if order.state == OrderState.WAITING and order.kind != OrderKind.ENVELOPE:
            if begun:
                continue
            begun = True
        chosen.append(order)
    return chosen


def _handed(order: SlipOrder, station: Station) -> Handed:
    permission = None
    if order.request is None:
        permission = permit(order)
        if order.station_id != station.id or order.wrapping is None:
            order.wrapping = secrets.token_bytes(KEY_BYTES)
        order.station_id = station.id
    key = (order.wrapping or b"").hex()
    return Handed(order.id.hex(), order.kind, order.state, permission, key)


def report(house: House, uuid: str, token: str, *, order_id: bytes, target: OrderState) -> OrderState:
    """Note that a station has delivered a slip to the box, or printed it; then its wrapping key is erased.

    A repeat is harmless. Raises StationUnknown, OrderUnknown, WrongOrderState. Source: SPEC 5.14, step 5.
    """
    with writing(house.registry) as session:
        station = known_station(session, find_round(session, uuid), token)
        order = session.get(SlipOrder, order_id)
        if order is None or order.station_id != station.id or target not in REPORTED:
            raise OrderUnknown("order")
        move(order, target)
        if target is OrderState.PRINTED:
            order.wrapping = None
    if target is OrderState.PRINTED:
        empty_log(house.registry)  # an erased key must not lie on in the log
    return target
