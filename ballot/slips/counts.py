"""Slips counted: a desk's open orders, what no station has delivered, and what has been handed out so far.

Here lives reading for desks, organisers and the freeze. Never here: an act, whose slip it is, or a ballot.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.acts import find_round
from ballot.box.voiding import effective_list, voided
from ballot.house import House
from ballot.models.box import Election
from ballot.models.registry.rounds import Round
from ballot.models.registry.slips import OrderKind, OrderState, SlipOrder
from ballot.storage import reading
from tally.protocol.holding import SPOILED, UNUSED_ENVELOPE

DONE = (OrderState.DELIVERED.value, OrderState.PRINTED.value)


@dataclass(frozen=True, slots=True)
class Slips:
    """How many orders are open, how many are printed, and how many envelopes were ordered in all."""

    open: int
    printed: int
    envelopes: int


@dataclass(frozen=True, slots=True)
class HandedOut:
    """Orders by state, void slips by reason, and listed minus void ones (*phát ra*) after the freeze."""

    slips: Slips
    spoiled: int
    unused: int
    issued: int | None


def handed_out(house: House, uuid: str) -> HandedOut:
    """Return the counts of a round as they stand now. Raises NoSuchRound."""
    with reading(house.registry) as session:
        ordered = slips(session, find_round(session, uuid))
    with reading(house.box) as session:
        row = session.get(Election, uuid)
        listed = effective_list(session, row) if row and row.credentials else None
        void = listed.voided if listed else tuple(voided(session, uuid))
    reasons = [entry.reason for entry in void]
    issued = listed.issued if listed else None
    return HandedOut(ordered, reasons.count(SPOILED), reasons.count(UNUSED_ENVELOPE), issued)


def open_orders(session: Session, row: Round, account_id: int) -> list[SlipOrder]:
    """Return what a desk has ordered and is not printed yet."""
    table = SlipOrder
    mine = select(table).where(table.round_id == row.id, table.account_id == account_id)
    return list(session.scalars(mine.where(table.state != OrderState.PRINTED.value)))


def unfinished(session: Session, row: Round) -> list[SlipOrder]:
    """Return the orders that a station has not delivered.

    A voter's own device is nobody's to wait for: what it had signed and never sent, the freeze counts as undelivered.
    """
    table = SlipOrder
    found = select(table).where(table.round_id == row.id, table.state.not_in(DONE))
    return list(session.scalars(found.where(table.kind != OrderKind.OWN_DEVICE.value)))


def slips(session: Session, row: Round) -> Slips:
    """Return the counts of a round's orders."""
    counted = select(SlipOrder.kind, SlipOrder.state, func.count()).where(SlipOrder.round_id == row.id)
    found = session.execute(counted.group_by(SlipOrder.kind, SlipOrder.state)).all()
    printed = sum(number for _kind, state, number in found if state == OrderState.PRINTED)
    envelopes = sum(number for kind, _state, number in found if kind == OrderKind.ENVELOPE)
    return Slips(sum(number for _kind, _state, number in found) - printed, printed, envelopes)
