"""The box over HTTP: when it takes ballots, what happens while it closes, and what it never says or keeps."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ballot.life import annulling
from ballot.result import closing
from tests.ballot.client import BOX, STATION
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, nothing_changes, refused, rows
from tests.ballot.rushing import at_once

Open = Callable[[str], Hall]


# --- phases -------------------------------------------------------------------------------------------------------


# threats B1, C23
def test_before_opening_nobody_casts(at: Open) -> None:
    hall = at("ready")
    with nothing_changes(hall.house.box):
        refused(hall.cast(hall.body(0)), 409, "WRONG_PHASE")


# threats C23
def test_after_closing_nobody_casts_not_even_again(at: Open) -> None:
    hall = at("voting")
    bodies = [hall.body(number) for number in range(6)]
    for body in bodies[:-1]:
        hall.cast(body)
    hall.by_two(closing.close)
    with nothing_changes(hall.house.box):
        refused(hall.cast(bodies[-1]), 409, "WRONG_PHASE")
        refused(hall.cast(bodies[0]), 409, "WRONG_PHASE")


# threats C24
def test_a_ballot_that_races_with_the_closing_is_in_the_record_or_refused(at: Open) -> None:
    hall = at("voting")
    bodies = [hall.body(number) for number in range(10)]
    for body in bodies[:6]:
        hall.cast(body)
    closing.close(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    heard: list[int] = []
    late = [lambda body=body: heard.append(hall.cast(body).status_code) for body in bodies[6:]]
    at_once(lambda: closing.close(hall.house, hall.uuid, hall.actor("to-chuc-2")), *late)
    assert set(heard) <= {201, 409}
    assert len(ballots(hall)) == 6 + heard.count(201)
    archive = (hall.house.record(hall.uuid) / f"{hall.uuid}.bel").read_bytes()
    assert archive.count(b'"credential":"') == len(ballots(hall))


def test_a_void_round_takes_nothing(at: Open) -> None:
    hall = at("voting")
    hall.by_two(lambda house, uuid, actor: annulling.annul(house, uuid, "mất điện", actor))
    with nothing_changes(hall.house.box):
        refused(hall.cast(hall.body(0)), 409, "WRONG_PHASE")


# --- what the box never says --------------------------------------------------------------------------------------


# threats B5
def test_the_box_sets_no_cookie_and_logs_nothing(at: Open, caplog) -> None:
    hall = at("voting")
    body = hall.body(0)
    with caplog.at_level(logging.DEBUG):
        answers = [hall.cast(body), hall.cast(b"?"), hall.booth().get("/"), hall.booth().get("/khong-co")]
    assert [answer.headers.get("Set-Cookie") for answer in answers] == [None] * 4
    assert [record.getMessage() for record in caplog.records if not record.name.startswith("asyncio")] == []


# threats B7
def test_a_cookie_sent_to_the_box_is_neither_read_nor_kept(at: Open) -> None:
    hall = at("voting")
    answer = hall.cast(hall.body(0), headers={"Cookie": "phien=x; __Host-phien=y"})
    assert (answer.status_code, answer.headers.get("Set-Cookie"), answer.headers.get("Vary")) == (201, None, None)


def test_only_staging_and_voiding_may_be_used_from_the_stations_pages(at: Open) -> None:
    hall = at("voting")
    booth, origin = hall.booth(), {"Origin": "http://evil.example"}
    for path in ("tam", "huy-the"):
        allowed = booth.client.options(f"/dot/{hall.uuid}/{path}", base_url=BOX, headers=origin)
        assert allowed.headers["Access-Control-Allow-Origin"] == STATION
        assert "Access-Control-Allow-Credentials" not in allowed.headers
    for path in ("phieu", "kiem-tra", "manifest.json"):
        answer = booth.client.options(f"/dot/{hall.uuid}/{path}", base_url=BOX, headers=origin)
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Access-Control-Allow-Origin" not in hall.cast(hall.body(0), headers=origin).headers


def test_the_counts_in_the_database_are_those_of_the_ballots(at: Open) -> None:
    hall = at("voting")
    for number in range(3):
        hall.cast(hall.body(number))
    found = rows(hall.house.box)
    assert (len(found["ballot"]), len(found["staged"]), len(found["known_ciphertext"])) == (3, 3, 3 * 9)
