"""Who waits for a turn at the box, who is told at once to come again, and that nothing is lost by it.

Here live the door and what a voter behind it is told. Never here: how many ballots a second that makes (tests/bench).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import monotonic, sleep

import pytest

from ballot.box import admission, casting
from ballot.box.admission import FEW, LATEST, STILL, BoxBusy, Door
from tally.protocol.booth import cast
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.holding import UNUSED_ENVELOPE, Voided
from tests import voter
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, nothing_changes, refused
from tests.ballot.rushing import WAIT, full

Open = Callable[[str], Hall]


def queued(door: Door, crowd: ThreadPoolExecutor, act: Callable[[], None]) -> Future[None]:
    """Have somebody wait behind those who wait already."""

    def wait() -> None:
        with door.inside():
            act()

    before = door.waiting
    future = crowd.submit(wait)
    while door.waiting == before and not future.done():
        pass
    return future


# --- the door -----------------------------------------------------------------------------------------------------


def test_those_who_wait_are_called_in_the_order_in_which_they_came() -> None:
    door, called = Door(places=1), list[int]()
    with ThreadPoolExecutor(FEW) as crowd:
        with full(door, 1):
            waiting = [queued(door, crowd, lambda number=number: called.append(number)) for number in range(FEW)]
            assert called == []
        for one in waiting:
            one.result(WAIT)
    assert called == list(range(FEW))
    assert door.waiting == 0


def test_whoever_would_wait_too_long_is_told_at_once_with_a_time_to_come_again() -> None:
    """threats I19: backpressure, not a heap of people who wait for an answer that comes too late."""
    door = Door(places=1, patience=0)
    with ThreadPoolExecutor(FEW) as crowd, full(door, 1):
        for _ in range(FEW):
            queued(door, crowd, lambda: None)
        for ask in (door.knock, lambda: door.inside().__enter__()):
            with pytest.raises(BoxBusy) as caught:
                ask()
            assert 1 <= caught.value.details["after"] <= LATEST
    door.knock()


def test_those_who_are_sent_away_do_not_come_back_all_together() -> None:
    """So many a second are asked back as can be taken, or a crowd would knock in vain again and again."""
    door = Door(places=1, patience=0)
    with ThreadPoolExecutor(FEW) as crowd, full(door, 1):
        for _ in range(FEW):
            queued(door, crowd, lambda: None)
        times = [told(door) for _ in range(200)]
    assert times[:40] == sorted(times[:40])
    assert max(times.count(second) for second in range(1, LATEST // 2)) <= 1 / admission.FIRST_GUESS + 1
    assert max(times) <= LATEST


def told(door: Door) -> int:
    with pytest.raises(BoxBusy) as caught:
        door.knock()
    return int(str(caught.value.details["after"]))


def test_while_no_place_moves_whoever_comes_is_told_at_once() -> None:
    """threats I11, I19: what holds those inside up may last; whoever waited with them would hold a thread each."""
    door = Door(places=3, still=0.1)
    for _ in range(100):
        with door.inside():
            pass  # a turn is short, on average
    with ThreadPoolExecutor(1) as crowd, full(door, 2):
        with full(door, 1):
            waiting = queued(door, crowd, lambda: None)
            sleep(0.2)
            asked = monotonic()
            for ask in (door.knock, lambda: door.inside().__enter__()):
                with pytest.raises(BoxBusy) as caught:
                    ask()
                assert 1 <= caught.value.details["after"] <= LATEST
            assert monotonic() - asked < STILL
            assert door.waiting == 1
        waiting.result(WAIT)
        door.knock()


def test_nobody_waits_longer_than_a_few_seconds_and_whoever_leaves_the_queue_takes_no_place_along() -> None:
    """threats I11, I19: sixty-four requests are all the threads of a server."""
    door = Door(places=3, longest=0.2)
    for _ in range(100):
        with door.inside():
            pass
    with ThreadPoolExecutor(64) as crowd, full(door, 3):
        began = monotonic()
        told = [crowd.submit(door.inside().__enter__) for _ in range(64)]
        for one in told:
            with pytest.raises(BoxBusy) as caught:
                one.result(WAIT)
            assert 1 <= caught.value.details["after"] <= LATEST
        assert monotonic() - began < STILL
        assert door.waiting == 0
    with full(door, 3):
        pass


def test_a_place_handed_over_just_as_the_wait_ends_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(Event):
        """Called while it stops waiting."""

        def wait(self, _timeout: float | None = None) -> bool:
            assert super().wait(WAIT)
            return False

    monkeypatch.setattr(admission, "Event", Late)
    door, called = Door(places=1), list[int]()
    with ThreadPoolExecutor(1) as crowd:
        with full(door, 1):
            waiting = queued(door, crowd, lambda: called.append(1))
        waiting.result(WAIT)
    assert called == [1]
    with full(door, 1):
        pass


def test_no_place_is_lost_among_many_who_come_go_and_stop_waiting() -> None:
    door, outcomes = Door(places=3, patience=1000, longest=0.001), Counter[bool]()

    def come(number: int) -> bool:
        try:
            with door.inside():
                sleep(0.001 * (number % 3))
        except BoxBusy:
            return False
        return True

    with ThreadPoolExecutor(24) as crowd:
        outcomes.update(crowd.map(come, range(3000)))
    assert min(outcomes[True], outcomes[False]) > 100
    assert door.waiting == 0
    with full(door, 3), pytest.raises(BoxBusy):
        door.inside().__enter__()


def test_a_place_is_free_again_after_whatever_goes_wrong_inside() -> None:
    door = Door(places=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), door.inside():
            raise ZeroDivisionError
    with door.inside():
        pass


# --- a voter behind it --------------------------------------------------------------------------------------------


def test_a_crowd_is_told_to_come_again_and_everybody_has_one_ballot_in_the_end(
    at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threats I19, C1"""
    hall, door = at("voting"), Door(places=1, patience=0, still=WAIT, longest=WAIT)
    monkeypatch.setattr(casting, "DOOR", door)
    bodies = [hall.body(number) for number in range(FEW + 4)]
    with ThreadPoolExecutor(len(bodies)) as crowd:
        with full(door, 1):
            answers = [crowd.submit(hall.cast, body) for body in bodies[:FEW]]
            while door.waiting < FEW:
                pass
            for body in bodies[FEW:]:
                with nothing_changes(hall.house.box):
                    refused(hall.cast(body), 503, "BOX_BUSY")
            assert 1 <= int(hall.cast(bodies[FEW]).headers["Retry-After"]) <= LATEST
        assert [answer.result(WAIT).status_code for answer in answers] == [201] * FEW
    for body in bodies:
        assert hall.cast(body).status_code == 201
    assert len(ballots(hall)) == len(bodies)


def test_whoever_has_no_ballot_to_cast_is_answered_before_any_point_is_read(
    at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threats C2, C18: the name at the head decides, and nobody waits for the rest of it."""
    hall = at("voting")
    assert hall.cast(hall.body(0)).status_code == 201
    voided = Voided.make(hall.manifest.hash, hall.credential(1), UNUSED_ENVELOPE)
    asked = {"staging_key": hall.staging_key, **voided.as_json()}
    assert hall.booth().ask(f"/dot/{hall.uuid}/huy-the", asked).status_code == 200
    monkeypatch.setattr(casting, "accept", None)  # nothing beyond the glance can be asked
    refused(hall.cast(hall.body(1)), 400, "CREDENTIAL_VOID")
    stranger = Credential.derive(SlipCode.random(), hall.uuid)
    unlisted = cast(hall.election, voter.draft(hall.election, (0, 0, 0)), stranger).encode()
    refused(hall.cast(unlisted), 400, "CREDENTIAL_NOT_LISTED")
    assert len(ballots(hall)) == 1


def test_a_stranger_is_not_told_under_which_credentials_was_cast(at: Open) -> None:
    """threats B2: the list is public while voting, so whoever asks again and again would learn the order of arrival."""
    hall = at("voting")
    assert hall.cast(hall.body(0)).status_code == 201
    own, mine = hall.ballot(2), hall.credential(2).public.encode().encode()
    for number in (0, 1):  # one who cast, and one who did not
        theirs = own.replace(mine, hall.credential(number).public.encode().encode(), 1)
        refused(hall.cast(theirs[: theirs.index(b"[") + 1]), 400, "NOT_JSON")
        refused(hall.cast(theirs), 400, "MISMATCH")
    refused(hall.cast(hall.body(0, (2, 2, 2))), 409, "ALREADY_CAST")
