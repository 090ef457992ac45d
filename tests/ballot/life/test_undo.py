"""Taking a mistaken check-in back: two persons, only before the slip is begun, and nothing of it stays.

Here live these tests. Never here: what the page looks like.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from ballot.desk import checkin
from ballot.models.registry.acts import AuditEntry, Proposal
from ballot.models.registry.roll import Attested, Voter
from ballot.models.registry.slips import OrderState, SlipOrder
from ballot.slips import orders
from ballot.slips.orders import SlipBegun
from ballot.storage import reading, writing
from tally.protocol.phase import WrongPhase
from tests.ballot.hall import DESK, OTHER_DESK, Hall
from tests.ballot.look import nothing_changes

Open = Callable[[str], Hall]
SIGNED = b"[[[100,200],[300,250]]]"


def undo(hall: Hall, login: str) -> bool:
    return checkin.undo(hall.house, hall.uuid, hall.voters()[0], hall.actor(login))


def count(hall: Hall, table: Any) -> int:
    with reading(hall.house.registry) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def voter(hall: Hall) -> Voter:
    with reading(hall.house.registry) as session:
        return session.get(Voter, hall.voters()[0])


@pytest.fixture
def hall(at: Open) -> Hall:
    """A round in which the first voter has been confirmed by mistake, with a slip ordered and something signed."""
    hall = at("issuing")
    checkin.check_in(hall.house, hall.uuid, hall.voters()[0], hall.actor(DESK), signature=SIGNED)
    return hall


def test_one_person_only_proposes(hall: Hall) -> None:
    assert undo(hall, DESK) is False
    assert undo(hall, DESK) is False
    assert voter(hall).present
    assert count(hall, Attested) == 1


def test_a_second_person_takes_it_back_and_nothing_of_it_stays(hall: Hall) -> None:
    undo(hall, DESK)
    assert undo(hall, OTHER_DESK) is True
    assert (voter(hall).present, voter(hall).desk) == (False, "")
    assert [count(hall, table) for table in (Attested, SlipOrder, Proposal)] == [0, 0, 0]


def test_the_person_taken_back_can_be_confirmed_again_and_needs_two_again(hall: Hall) -> None:
    undo(hall, DESK)
    undo(hall, OTHER_DESK)
    checkin.check_in(hall.house, hall.uuid, hall.voters()[0], hall.actor(OTHER_DESK))
    assert voter(hall).desk == OTHER_DESK
    assert undo(hall, DESK) is False


def test_a_proposal_alone_holds_the_waiting_slip_back(hall: Hall) -> None:
    undo(hall, DESK)
    assert count(hall, SlipOrder) == 0
    checkin.order_slip(hall.house, hall.uuid, hall.voters()[0], hall.actor(DESK))
    assert undo(hall, OTHER_DESK) is True
    assert count(hall, SlipOrder) == 0


@pytest.mark.parametrize("state", [s for s in OrderState if s is not OrderState.WAITING])
def test_a_slip_that_is_begun_cannot_be_taken_back(hall: Hall, state: OrderState) -> None:
    with writing(hall.house.registry) as session:
        session.scalars(select(SlipOrder)).one().state = state.value
    with nothing_changes(hall.house.registry), pytest.raises(SlipBegun):
        undo(hall, DESK)


def test_a_slip_begun_between_two_persons_stops_the_second(hall: Hall) -> None:
    undo(hall, DESK)
    checkin.order_slip(hall.house, hall.uuid, hall.voters()[0], hall.actor(DESK))
    with writing(hall.house.registry) as session:
        orders.permit(session.scalars(select(SlipOrder)).one())
    with nothing_changes(hall.house.registry), pytest.raises(SlipBegun):
        undo(hall, OTHER_DESK)


def test_proposals_about_two_voters_do_not_mix(hall: Hall) -> None:
    other = hall.voters()[1]
    checkin.check_in(hall.house, hall.uuid, other, hall.actor(DESK), order=False)
    undo(hall, DESK)
    assert checkin.undo(hall.house, hall.uuid, other, hall.actor(OTHER_DESK)) is False
    assert count(hall, Proposal) == 2


def test_nothing_is_taken_back_after_the_freeze(at: Open) -> None:
    hall = at("frozen")
    with nothing_changes(hall.house.registry), pytest.raises(WrongPhase):
        undo(hall, DESK)


def test_the_log_holds_both_acts_and_no_name(hall: Hall) -> None:
    undo(hall, DESK)
    undo(hall, OTHER_DESK)
    with reading(hall.house.registry) as session:
        entries = [(e.actor, e.act, e.subject) for e in session.scalars(select(AuditEntry).order_by(AuditEntry.height))]
    assert entries[-2:] == [
        (DESK, "propose-undo-check-in", hall.uuid),
        (OTHER_DESK, "undo-check-in", hall.uuid),
    ]


def test_the_panel_says_who_proposed_and_lets_the_other_confirm(hall: Hall) -> None:
    first, second = hall.person(DESK), hall.person(OTHER_DESK)
    place = f"/dot/{hall.uuid}/ban/{hall.voters()[0]}"
    assert "Xin hủy xác nhận" in first.get(place).get_data(as_text=True)
    first.form(f"{place}/xin-huy", page=place)
    mine, theirs = first.get(place).get_data(as_text=True), second.get(place).get_data(as_text=True)
    assert "Quý vị đã đề nghị hủy" in mine
    assert "xin-huy" not in mine
    assert f"Người {DESK} đã đề nghị hủy" in theirs
    second.form(f"{place}/xin-huy", page=place)
    assert "chưa có mặt" in second.get(place).get_data(as_text=True)
