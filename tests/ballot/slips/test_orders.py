"""The life of an order: who may take it, what a station is handed, lost replies, dead stations, erased keys."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from ballot.acts import find_round
from ballot.demo.station import PythonStation
from ballot.models.registry.roll import Voter
from ballot.models.registry.slips import OrderState, SlipOrder
from ballot.slips import orders
from ballot.slips.orders import NEXT, NothingToReplace, OrderExists, SlipBegun, WrongOrderState
from ballot.storage import reading, writing
from tally.protocol.errors import WrongShape
from tally.protocol.holding import SPOILED
from tests.ballot.asking import ask, request_for, work
from tests.ballot.hall import DESK, OTHER_DESK, VOTERS, Hall
from tests.ballot.look import looked_over, nothing_changes, refused, stored

Open = Callable[[str], Hall]


def states(hall: Hall) -> list[str]:
    with reading(hall.house.registry) as session:
        return sorted(session.scalars(select(SlipOrder.state)))


def xong(hall: Hall, station: PythonStation, order: str, state: str):
    body = {"station": station.token, "order": order, "state": state}
    return hall.at_station().ask(f"/dot/{hall.uuid}/xong", body)


# --- the table ----------------------------------------------------------------------------------------------------


def test_an_order_only_goes_on_and_never_skips_a_state() -> None:
    places = list(OrderState)
    for at, target in ((a, b) for a in places for b in places):
        order = SlipOrder(state=at.value)
        if target is at or NEXT.get(at) is target:
            orders.move(order, target)
            assert order.state == target
        else:
            with pytest.raises(WrongOrderState):
                orders.move(order, target)


def test_a_station_reports_delivered_then_printed_and_may_repeat_itself(at: Open) -> None:
    hall = at("issuing")
    station = hall.station
    hall.check_in(hall.voters()[0])
    (order,) = station.poll()["orders"]
    begun = station.state[order["id"]]
    for early in ("delivered", "printed"):
        refused(xong(hall, station, order["id"], early), 409, "WRONG_ORDER_STATE")
    station.sign(begun)
    refused(xong(hall, station, order["id"], "printed"), 409, "WRONG_ORDER_STATE")
    for state in ("delivered", "delivered", "printed", "printed"):
        assert xong(hall, station, order["id"], state).get_json() == {"state": state}
    refused(xong(hall, station, order["id"], "delivered"), 409, "WRONG_ORDER_STATE")
    for other in ("signed", "taken", "waiting", "", "x"):
        refused(xong(hall, station, order["id"], other), 400, "WRONG_SHAPE")
    refused(xong(hall, hall.new_station(OTHER_DESK), order["id"], "printed"), 404, "ORDER_UNKNOWN")
    refused(xong(hall, station, "00" * 16, "printed"), 404, "ORDER_UNKNOWN")


# --- taking -------------------------------------------------------------------------------------------------------


def test_a_station_is_handed_one_persons_slip_at_a_time_in_the_order_of_check_in(at: Open) -> None:
    hall = at("issuing")
    station = hall.station
    for voter_id in hall.voters()[:3]:
        hall.check_in(voter_id)
    with reading(hall.house.registry) as session:
        placed = {o.id.hex(): o.voter_id for o in session.scalars(select(SlipOrder))}
    served = []
    for _ in range(3):
        (order,) = station.poll()["orders"]
        assert (order["kind"], order["state"], len(order["key"])) == ("first", "taken", 64)
        assert list(order) == ["id", "kind", "state", "permission", "key"]
        served.append(placed[order["id"]])
        station.finish(station.state[order["id"]])
    assert served == hall.voters()[:3]
    assert station.poll()["orders"] == []


def test_what_a_station_is_handed_names_nobody(at: Open) -> None:
    hall = at("issuing")
    assert hall.station
    hall.check_in(hall.voters()[7])
    answer = hall.at_station().ask(f"/dot/{hall.uuid}/viec", {"station": hall.station.token}).get_data(as_text=True)
    assert "0007" not in answer
    assert "Đại biểu" not in answer


def test_an_order_goes_to_the_station_of_its_desk_and_to_no_other(at: Open) -> None:
    hall = at("issuing")
    mine, other = hall.new_station(DESK), hall.new_station(OTHER_DESK)
    hall.check_in(hall.voters()[0])
    assert other.poll()["orders"] == []
    assert len(mine.poll()["orders"]) == 1


def test_of_two_stations_that_ask_at_once_for_an_envelope_one_is_handed_it(at: Open) -> None:
    hall = at("issuing")
    pair = [hall.new_station(DESK), hall.new_station(OTHER_DESK)]
    orders.order_envelopes(hall.house, hall.uuid, 1, hall.actor("to-chuc-1"))
    with ThreadPoolExecutor(2) as both:
        handed = list(both.map(lambda station: len(work(hall, station)), pair))
    assert sorted(handed) == [0, 1]


# threats A3
def test_a_lost_reply_gives_a_new_permission_and_the_old_one_is_dead(at: Open) -> None:
    hall = at("issuing")
    assert hall.station
    hall.check_in(hall.voters()[0])
    (lost,), (again,) = work(hall), work(hall)
    assert lost["id"] == again["id"]
    assert lost["key"] == again["key"]
    assert lost["permission"] != again["permission"]
    with nothing_changes(hall.house.registry):
        refused(ask(hall, lost["permission"], request_for(hall)), 403, "NOT_AUTHORISED")
    blinded = request_for(hall)
    assert ask(hall, again["permission"], blinded).status_code == 200
    (bound,) = work(hall)
    assert (bound["permission"], bound["state"], bound["key"]) == (None, "signed", lost["key"])
    assert ask(hall, again["permission"], blinded).status_code == 200  # its reply may have been lost as well


def test_a_station_that_crashed_anywhere_goes_on_with_the_same_slip(at: Open) -> None:
    hall = at("issuing")
    station = hall.station
    for steps in range(1, 4):
        hall.check_in(hall.voters()[steps])
        (order,) = station.poll()["orders"]
        begun = station.state[order["id"]]
        for step in (station.sign, station.deliver, station.print_slip)[:steps]:
            before = begun.reached
            step(begun)
            begun.reached = before  # the reply was lost: the page does not know
            step(begun)
        station.finish(begun)
    hall.slips = [hall.slip(hall.voters()[0])]
    assert hall.freeze() == 4


def test_a_desk_with_a_dead_station_pairs_another_which_takes_over_what_is_not_bound(at: Open) -> None:
    hall = at("issuing")
    dead = hall.new_station(DESK)
    hall.check_in(hall.voters()[0])
    (taken,) = dead.poll()["orders"]
    fresh = hall.new_station(DESK)
    (order,) = work(hall, fresh)
    assert order["id"] == taken["id"]
    assert order["key"] != taken["key"]  # what the dead one kept, nobody reads
    assert dead.poll()["orders"] == []
    assert len(fresh.work()) == 1


def test_a_bound_order_stays_with_the_station_that_bound_it(at: Open) -> None:
    hall = at("issuing")
    first = hall.new_station(DESK)
    hall.check_in(hall.voters()[0])
    (order,) = first.poll()["orders"]
    first.sign(first.state[order["id"]])
    fresh = hall.new_station(DESK)
    assert fresh.poll()["orders"] == []
    assert len(first.work()) == 1


# --- keys ---------------------------------------------------------------------------------------------------------


def test_the_wrapping_key_is_nowhere_in_the_registrys_files_once_the_slip_is_printed(at: Open) -> None:
    hall = at("issuing")
    station = hall.station
    hall.check_in(hall.voters()[0])
    (order,) = station.poll()["orders"]
    begun, key = station.state[order["id"]], bytes.fromhex(order["key"])
    station.sign(begun)
    station.deliver(begun)
    assert key in stored(hall.house.registry)
    station.print_slip(begun)
    assert key not in stored(hall.house.registry)


def test_a_key_that_a_reader_kept_in_the_log_is_gone_after_the_freeze(at: Open) -> None:
    hall = at("issuing")
    station = hall.station
    hall.check_in(hall.voters()[0])
    (order,) = station.poll()["orders"]
    with reading(hall.house.registry) as session:
        session.scalars(select(SlipOrder)).all()
        looked_over(hall.house.registry)
        station.finish(station.state[order["id"]])
    hall.freeze()
    assert bytes.fromhex(order["key"]) not in stored(hall.house.registry)


def test_no_permission_key_or_token_is_logged_or_shown(at: Open, caplog: pytest.LogCaptureFixture) -> None:
    hall = at("issuing")
    with caplog.at_level(logging.DEBUG):
        station = hall.station
        hall.check_in(hall.voters()[0])
        (order,) = station.poll()["orders"]
        secrets = (order["permission"], order["key"], station.token)
        answers = [
            ask(hall, order["permission"], [b"\x00" * 384] * 2),
            ask(hall, order["permission"], []),
            xong(hall, station, order["id"], "printed"),
            hall.at_station().ask(f"/dot/{hall.uuid}/viec", {"station": station.token + "x"}),
        ]
    shown = caplog.text + "".join(answer.get_data(as_text=True) for answer in answers)
    assert [secret for secret in secrets if secret in shown] == []


# --- the desk's and the organisers' orders ------------------------------------------------------------------------


def voter(hall: Hall, place: int) -> tuple[int, Any]:
    with reading(hall.house.registry) as session:
        return hall.voters()[place], session.get(Voter, hall.voters()[place])


# threats A1
def test_no_voter_is_ordered_a_second_first_slip(at: Open) -> None:
    hall = at("issuing")
    voter_id, row = voter(hall, 0)
    hall.check_in(voter_id)
    with pytest.raises(OrderExists), writing(hall.house.registry) as session:
        orders.order_first(session, find_round(session, hall.uuid), row, hall.actor(OTHER_DESK))


def test_a_slip_can_be_withdrawn_until_a_station_has_taken_it(at: Open) -> None:
    hall = at("issuing")
    station, (voter_id, row) = hall.station, voter(hall, 0)
    hall.check_in(voter_id)
    with writing(hall.house.registry) as session:
        orders.withdraw(session, row)
    assert station.poll()["orders"] == []
    with writing(hall.house.registry) as session:
        orders.order_first(session, find_round(session, hall.uuid), row, hall.actor(DESK))
    station.poll()
    with pytest.raises(SlipBegun), writing(hall.house.registry) as session:
        orders.withdraw(session, row)


def test_only_a_printed_slip_is_replaced_and_one_at_a_time(at: Open) -> None:
    hall = at("issuing")
    voter_id = hall.voters()[0]
    replace = (hall.house, hall.uuid, voter_id, hall.actor(DESK))
    with pytest.raises(NothingToReplace):
        orders.order_replacement(*replace)
    hall.check_in(voter_id)
    with pytest.raises(NothingToReplace):
        orders.order_replacement(*replace)
    (slip,) = hall.station.work()
    orders.order_replacement(*replace)
    with pytest.raises(OrderExists):
        orders.order_replacement(*replace)
    hall.station.void(slip, SPOILED)
    (second,) = hall.station.work()
    orders.order_replacement(*replace)
    hall.station.void(second, SPOILED)
    assert len(hall.station.work()) == 1


# threats B21
def test_envelopes_come_all_at_once_and_are_bounded_by_the_roll(at: Open) -> None:
    hall = at("issuing")
    station = hall.station
    hall.check_in(hall.voters()[0])
    page = f"/dot/{hall.uuid}/"
    assert hall.person("to-chuc-1").form(f"{page}phong-bi", {"count": "3"}, page=page).status_code == 302
    assert sorted(o["kind"] for o in station.poll()["orders"]) == ["envelope"] * 3 + ["first"]
    assert len(station.work()) == 4
    for count in (0, VOTERS // 2 - 2):
        with pytest.raises(WrongShape):
            orders.order_envelopes(hall.house, hall.uuid, count, hall.actor("to-chuc-1"))
    refused(hall.person(DESK).form(f"{page}phong-bi", {"count": "1"}, page=page), 403, "HTTP_403")


def test_unbound_orders_are_withdrawn_in_one_press_and_their_permissions_die(at: Open) -> None:
    hall = at("issuing")
    assert hall.station
    for voter_id in hall.voters()[:2]:
        hall.check_in(voter_id)
    (taken,) = work(hall)
    page = f"/dot/{hall.uuid}/"
    assert hall.person("to-chuc-1").form(f"{page}viec/rut-lenh", page=page).status_code == 302
    assert states(hall) == []
    refused(ask(hall, taken["permission"], request_for(hall)), 403, "NOT_AUTHORISED")


def test_after_the_freeze_nothing_is_ordered_or_taken_but_a_delivered_slip_is_still_printed(at: Open) -> None:
    hall = at("issuing")
    station, voter_id = hall.station, hall.voters()[0]
    hall.check_in(voter_id)
    (order,) = station.poll()["orders"]
    station.sign(station.state[order["id"]])
    station.deliver(station.state[order["id"]])
    assert hall.freeze() == 1
    answer = station.poll()
    assert (answer["frozen"], [o["state"] for o in answer["orders"]]) == (True, ["delivered"])
    assert answer["orders"][0]["key"] == order["key"]
    assert len(station.work()) == 1
    actor = hall.actor("to-chuc-1")
    for late in (
        lambda: orders.order_envelopes(hall.house, hall.uuid, 1, actor),
        lambda: orders.order_replacement(hall.house, hall.uuid, voter_id, actor),
        lambda: orders.withdraw_unbound(hall.house, hall.uuid, actor),
        lambda: hall.check_in(hall.voters()[1]),
    ):
        with pytest.raises(orders.WrongPhase):
            late()
