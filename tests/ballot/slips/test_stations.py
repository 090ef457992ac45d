"""Pairing: a code from a desk serves once, for ten minutes, and guessing ends it; a token is known by its hash."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ballot.models.registry.slips import Pairing
from ballot.slips import stations
from ballot.slips.stations import CODE_SECONDS, MOST_TRIES, PairingRefused
from ballot.storage import writing
from tally.protocol.phase import WrongPhase
from tests.ballot.hall import DESK, OTHER_DESK, Hall
from tests.ballot.look import nothing_changes, refused, rows

Open = Callable[[str], Hall]
NOON = 1_800_000_000


def code_at(hall: Hall, now: int = NOON, login: str = DESK) -> str:
    return stations.pairing_code(hall.house, hall.uuid, hall.actor(login), now=now)


def pair(hall: Hall, typed: str, token: str = "", now: int = NOON) -> stations.Paired:
    return stations.pair(hall.house, typed, token, now=now)


def test_a_code_pairs_one_station_with_its_desk_and_serves_once(at: Open) -> None:
    hall = at("issuing")
    code = hall.pairing_code()
    answer = hall.at_station().ask("/ghep", {"code": code, "station": ""})
    assert answer.status_code == 200
    assert list(answer.get_json()) == ["station", "uuid", "desk"]
    assert (answer.get_json()["uuid"], answer.get_json()["desk"]) == (hall.uuid, DESK)
    refused(hall.at_station().ask("/ghep", {"code": code, "station": ""}), 403, "PAIRING_REFUSED")
    assert "Set-Cookie" not in answer.headers


def test_a_code_is_read_forgivingly(at: Open) -> None:
    hall = at("issuing")
    for spelling in (str.lower, lambda c: c.replace("-", ""), lambda c: f" {c[:2]} {c[2:]}\t"):
        assert pair(hall, spelling(code_at(hall))).desk == DESK
    code = code_at(hall)
    while not set(code) & set("01"):
        code = code_at(hall)
    assert pair(hall, code.replace("0", "o").replace("1", "l")).desk == DESK


def test_a_code_ends_after_ten_minutes_and_with_the_next_one(at: Open) -> None:
    hall = at("issuing")
    code = code_at(hall)
    with pytest.raises(PairingRefused):
        pair(hall, code, now=NOON + CODE_SECONDS)
    earlier, later = code_at(hall), code_at(hall)
    with pytest.raises(PairingRefused):
        pair(hall, earlier)
    assert pair(hall, later, now=NOON + CODE_SECONDS - 1).desk == DESK


# threats A20
def test_five_wrong_codes_end_every_code_that_waits(at: Open) -> None:
    hall = at("issuing")
    first, second = code_at(hall), code_at(hall, login=OTHER_DESK)
    with writing(hall.house.registry) as session:
        for waiting in session.scalars(select(Pairing)):
            waiting.tries = MOST_TRIES - 1
    assert pair(hall, second).desk == OTHER_DESK
    with pytest.raises(PairingRefused):
        pair(hall, "0000-0000")
    with pytest.raises(PairingRefused):
        pair(hall, first)
    assert pair(hall, code_at(hall)).desk == DESK


def test_no_stranger_can_stop_the_pairing_of_others(at: Open) -> None:
    """A handful of wrong posts, from a page somewhere or a bored neighbour, must not end every code (threats A20)."""
    hall = at("issuing")
    code = hall.pairing_code()
    for number in range(50):
        refused(hall.at_station().ask("/ghep", {"code": f"{number:08d}", "station": ""}), 403, "PAIRING_REFUSED")
        assert hall.at_station().send("/ghep", data=b"x", content_type="text/plain").status_code == 415
    assert hall.at_station().ask("/ghep", {"code": code, "station": ""}).status_code == 200


def test_neither_code_nor_token_is_kept_in_the_clear(at: Open) -> None:
    hall = at("issuing")
    code = code_at(hall)
    waiting = repr(rows(hall.house.registry))
    paired = pair(hall, code)
    kept = waiting + repr(rows(hall.house.registry))
    assert code not in kept
    assert code.replace("-", "") not in kept
    assert paired.station not in kept
    assert paired.station not in repr(paired)


def test_a_station_may_serve_several_desks_and_a_desk_goes_to_the_last_station(at: Open) -> None:
    hall = at("issuing")
    first = hall.new_station(DESK, OTHER_DESK)
    assert first.poll()["desks"] == [DESK, OTHER_DESK]
    second = hall.new_station(OTHER_DESK)
    assert (first.poll()["desks"], second.poll()["desks"]) == ([DESK], [OTHER_DESK])
    assert first.token != second.token


def test_a_token_of_another_round_or_of_nobody_opens_nothing(at: Open) -> None:
    hall = at("issuing")
    token, elsewhere = hall.station.token, hall.uuid
    hall.draft()
    hall.issuing()
    with nothing_changes(hall.house.registry):
        for one in (token, "", "x" * 43, "é", "\ufffd"):
            refused(hall.at_station().ask(f"/dot/{hall.uuid}/viec", {"station": one}), 403, "STATION_UNKNOWN")
        body = {"station": "x", "order": "00" * 16, "state": "printed"}
        refused(hall.at_station().ask(f"/dot/{hall.uuid}/xong", body), 403, "STATION_UNKNOWN")
        refused(hall.at_station().ask("/dot/khong-co/viec", {"station": token}), 404, "NO_SUCH_ROUND")
    assert hall.at_station().ask(f"/dot/{elsewhere}/viec", {"station": token}).status_code == 200
    assert hall.new_station(DESK).uuid == hall.uuid


def test_before_the_seal_and_after_the_close_no_code_is_given(at: Open) -> None:
    with pytest.raises(WrongPhase):
        code_at(at("draft"))


def test_the_page_of_a_station_knows_no_round_and_the_manifest_is_public(at: Open) -> None:
    hall = at("issuing")
    page = hall.at_station().get("/")
    assert page.status_code == 200
    assert hall.uuid not in page.get_data(as_text=True)
    assert 'data-box="http://127.0.0.1:8000"' in page.get_data(as_text=True)
    assert hall.at_station().get(f"/dot/{hall.uuid}/manifest.json").get_data() == hall.manifest.raw
