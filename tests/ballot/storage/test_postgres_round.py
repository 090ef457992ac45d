"""A round whose registry and box are databases of a PostgreSQL server: the tests of casting and of a life, once more.

Here live what is the same on both kinds of database, by name, and what only a server can suffer. Never here: a second
copy of a test. All of tests/ballot on PostgreSQL: `PTN_DATABASE=postgresql python -m pytest tests/ballot`.
"""

from __future__ import annotations

import signal
import threading

from tests.ballot.box.test_casting import (
    Open,
    test_a_right_ballot_gets_a_receipt_that_the_box_signed,  # noqa: F401
    test_the_same_bytes_again_get_the_same_receipt_and_one_row,  # noqa: F401
)
from tests.ballot.box.test_casting_box import (
    test_a_void_slip_is_refused,  # noqa: F401
    test_of_a_ballot_and_a_void_at_the_same_moment_exactly_one_happens,  # noqa: F401
    test_one_ballot_sent_twice_at_the_same_moment_gets_two_equal_receipts,  # noqa: F401
    test_two_different_ballots_of_one_slip_at_the_same_moment_are_one,  # noqa: F401
)
from tests.ballot.hall import Hall
from tests.ballot.life.test_life import test_a_round_ends_with_a_record_that_verifies  # noqa: F401
from tests.ballot.look import ballots, rows
from tests.ballot.on_postgres import VOTERS, chosen_here, prepared  # noqa: F401 - fixtures
from tests.postgres import Server

STEP = 3  # voters at once


def test_the_round_is_where_it_should_be(at: Open) -> None:
    hall = at("voting")
    assert {hall.house.box.dialect.name, hall.house.registry.dialect.name} == {"postgresql"}
    assert list(hall.house.config.instance.rglob("*.db*")) == []


def test_a_server_that_stops_in_mid_voting_loses_no_receipted_ballot(at: Open, postgres: Server) -> None:
    """I1, I2, K2: at every stop some are on their way; who got a receipt is in the box, who got none sends again."""
    hall = at("voting")
    bodies = [hall.body(number) for number in range(VOTERS)]
    receipts: dict[int, bytes] = {}

    def vote(number: int) -> None:
        answer = hall.cast(bodies[number])
        if answer.status_code == 201:
            receipts[number] = answer.get_data()
        else:
            assert answer.status_code in (503, 507)

    for first in range(0, VOTERS, STEP):
        threads = [threading.Thread(target=vote, args=(number,)) for number in range(first, first + STEP)]
        for thread in threads:
            thread.start()
        threads[0].join()
        postgres.stop(signal.SIGQUIT)  # nothing is written any more: as a power cut to its files
        for thread in threads[1:]:
            thread.join()
        postgres.start()
        _check_kept(hall, receipts)
    for number, body in enumerate(bodies):
        again = hall.cast(body)
        assert again.status_code == 201
        assert receipts.get(number, again.get_data()) == again.get_data()
    assert len(ballots(hall)) == VOTERS


def _check_kept(hall: Hall, receipts: dict[int, bytes]) -> None:
    kept = {row[2] for row in rows(hall.house.box)["ballot"]}
    assert {number for number in receipts if hall.credential(number).public.raw not in kept} == set()
