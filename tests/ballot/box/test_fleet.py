"""The board of terminals: what they say of themselves, who may look, and that nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from ballot.box.fleet import MOST_TERMINALS, SILENCE, Beat, Fleet, FleetFull
from ballot.models.registry.rounds import Round
from ballot.storage import reading
from tally.protocol.encoding import canonical
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused, stored
from tests.ballot.prepared import Prepared

Open = Callable[[str], Hall]


def shown(fleet: Fleet, now: float) -> list[tuple[str, str, bool]]:
    return [(b.terminal, b.state, b.call) for b in fleet.board("round", now)]


# --- in memory ----------------------------------------------------------------------------------------------------


def test_a_terminal_is_shown_as_it_said_last() -> None:
    fleet = Fleet()
    fleet.hear("round", Beat("B1", "idle", False), 0.0)
    fleet.hear("round", Beat("B1", "voting", True), 1.0)
    assert shown(fleet, 2.0) == [("B1", "voting", True)]


def test_a_terminal_is_offline_after_fifteen_seconds_of_silence_and_comes_back() -> None:
    fleet = Fleet()
    fleet.hear("round", Beat("B1", "voting", False), 100.0)
    assert shown(fleet, 100.0 + SILENCE) == [("B1", "voting", False)]
    assert shown(fleet, 100.1 + SILENCE) == [("B1", "offline", False)]
    fleet.hear("round", Beat("B1", "idle", False), 200.0)
    assert shown(fleet, 200.0) == [("B1", "idle", False)]


def test_those_that_need_somebody_come_first() -> None:
    fleet = Fleet()
    fleet.hear("round", Beat("B9", "idle", False), 0.0)  # silent by then
    beats = [("B10", "idle", False), ("B2", "idle", False), ("B3", "voting", False), ("B4", "stalled", False)]
    for name, state, call in [*beats, ("B8", "voting", True)]:
        fleet.hear("round", Beat(name, state, call), 20.0)
    assert [name for name, _state, _call in shown(fleet, 21.0)] == ["B8", "B4", "B9", "B3", "B2", "B10"]


def test_rounds_do_not_see_each_other() -> None:
    fleet = Fleet()
    fleet.hear("round", Beat("B1", "idle", False), 0.0)
    assert fleet.board("another", 0.0) == []


def test_a_full_board_forgets_only_who_is_silent() -> None:
    fleet = Fleet()
    for number in range(MOST_TERMINALS):
        fleet.hear("round", Beat(f"B{number}", "idle", False), float(number) / MOST_TERMINALS)
    with pytest.raises(FleetFull):
        fleet.hear("round", Beat("NEW", "idle", False), 5.0)
    fleet.hear("round", Beat("B7", "voting", False), 5.0)  # a known one is always heard
    fleet.hear("round", Beat("NEW", "idle", False), SILENCE + 0.5)
    names = {name for name, _state, _call in shown(fleet, 16.0)}
    assert len(names) == MOST_TERMINALS
    assert names >= {"NEW", "B7"}
    assert "B0" not in names


# --- over HTTP ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(prepared: Prepared) -> Iterator[Hall]:
    hall = prepared.at("voting")
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def send(hall: Hall, last: str, value: Any, mimetype: str = "application/json") -> TestResponse:
    body = value if isinstance(value, bytes) else canonical(value)
    return hall.booth().send(f"/dot/{hall.uuid}/{last}", data=body, content_type=mimetype)


def beat(hall: Hall, terminal: str = "B1", state: Any = "idle", call: Any = False) -> TestResponse:
    return send(hall, "may", {"terminal": terminal, "state": state, "call": call})


def key_of(hall: Hall) -> str:
    with reading(hall.house.registry) as session:
        return session.scalars(select(Round).where(Round.uuid == hall.uuid)).one().fleet_key


def test_the_board_is_shown_to_who_has_the_key_of_the_organisers_page(at: Open) -> None:
    hall = at("voting")
    assert beat(hall, "B2", "voting").status_code == 204
    assert beat(hall, "B1", "stalled", True).status_code == 204
    answer = send(hall, "cac-may.json", {"key": key_of(hall)})
    assert answer.get_json() == {
        "terminals": [
            {"terminal": "B1", "state": "stalled", "call": True},
            {"terminal": "B2", "state": "voting", "call": False},
        ]
    }
    page = hall.person("to-chuc-1").get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert f"/dot/{hall.uuid}/cac-may#{key_of(hall)}" in page


def test_without_the_key_nothing_is_shown(shared: Hall) -> None:
    beat(shared)
    for key in ("", "x", key_of(shared)[:-1], key_of(shared) + "x"):
        answer = send(shared, "cac-may.json", {"key": key})
        refused(answer, 403, "FLEET_LOCKED")
        assert "B1" not in answer.get_data(as_text=True)
    refused(send(shared, "cac-may.json", {"key": 7}), 400, "WRONG_SHAPE")


def test_the_box_holds_no_key_and_the_page_names_none(shared: Hall) -> None:
    page = shared.booth().get(f"/dot/{shared.uuid}/cac-may")
    assert page.status_code == 200
    assert key_of(shared) not in page.get_data(as_text=True)
    assert "Set-Cookie" not in page.headers
    key = key_of(shared).encode()
    assert key in stored(shared.house.registry)
    assert key not in stored(shared.house.box)


def test_a_beat_touches_no_disk(shared: Hall) -> None:
    with nothing_changes(shared.house.box, shared.house.registry):
        for state in ("idle", "voting", "stalled"):
            assert beat(shared, "XQ907", state).status_code == 204
    assert b"XQ907" not in stored(shared.house.registry) + stored(shared.house.box)
    for path in shared.house.config.instance.rglob("*"):
        assert not path.is_file() or b"XQ907" not in path.read_bytes() or path.suffix == ".zip"


@pytest.mark.parametrize(
    ("terminal", "state", "call"),
    [
        ("", "idle", False), ("b1", "idle", False), ("B1\n", "idle", False), ("-B", "idle", False),
        ("Đ1", "idle", False), ("B234567890123", "idle", False), ("<b>", "idle", False), ("B1", "offline", False),
        ("B1", "marked", False), ("B1", ["idle"], False), ("B1", "idle", 1), ("B1", "idle", "true"),
    ],
)  # fmt: skip
def test_what_is_no_beat_is_refused(shared: Hall, terminal: str, state: Any, call: Any) -> None:
    refused(beat(shared, terminal, state, call), 400, "WRONG_SHAPE")


def test_a_beat_says_nothing_else(shared: Hall) -> None:
    said = {"terminal": "B1", "state": "idle", "call": False}
    refused(send(shared, "may", said | {"casts": 3}), 400, "WRONG_SHAPE")
    refused(send(shared, "may", canonical(said) + b" " * 300), 413, "TOO_LARGE")
    refused(send(shared, "may", said, "text/plain"), 415, "HTTP_415")


@pytest.mark.parametrize("phase", ["issuing", "frozen"])
def test_no_terminal_is_heard_before_the_round_is_ready(at: Open, phase: str) -> None:
    refused(beat(at(phase)), 409, "WRONG_PHASE")


def test_a_round_that_does_not_exist_has_no_board(shared: Hall) -> None:
    assert shared.booth().get("/dot/khong-co/cac-may").status_code == 404
    answer = shared.booth().send("/dot/khong-co/may", data=b"{}", content_type="application/json")
    refused(answer, 404, "NO_SUCH_ROUND")
