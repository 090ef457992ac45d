"""Votes, losses, repeats, restarts and second ballots in any order: every ballot ends final or as a case, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from ballot.models.site import STOPPED
from ballot.site import forwarding, rounds
from ballot.site.errors import BoxAway
from ballot.site.line import Exchange, Line
from ballot.site.status import statement
from tally.protocol.ballot import Ballot
from tally.protocol.receipt import Receipt, receipt_bytes
from tests.ballot.hall import Hall
from tests.ballot.look import ballots
from tests.ballot.prepared import Prepared
from tests.ballot.site_hall import BoxServer, Site, in_process

SLIPS = 7
FATES = ("arrives", "is lost", "loses its answer", "comes twice")
Fate = st.sampled_from(FATES)
Slip = st.integers(0, SLIPS - 1)


class PowerCut(BaseException):
    """The site's process ends here."""


class AtASite(RuleBasedStateMachine):
    """One site and one box; what a voter was told is remembered and must stay true."""

    runs = 0
    prepared: ClassVar[Prepared]
    folder: ClassVar[Path]
    bodies: ClassVar[list[tuple[bytes, bytes]]]

    def __init__(self) -> None:
        super().__init__()
        AtASite.runs += 1
        self.hall: Hall = self.prepared.at("voting")
        self.site = Site(self.folder / f"site-{AtASite.runs}")
        box = BoxServer(self.hall.box).start()
        self.site.fetch(self.hall, box)
        box.stop()
        self.box = in_process(self.hall.box)
        self.told: dict[int, bytes] = {}
        self.cast_elsewhere: dict[int, bytes] = {}

    def _line(self, fates: list[str]) -> Line:
        left = list(fates)

        def exchange(method: str, path: str, body: bytes | None, limit: int) -> tuple[int, bytes]:
            fate = left.pop(0) if left else "arrives"
            if fate == "is lost":
                raise BoxAway("box")
            answer = self.box(method, path, body, limit)
            if fate == "comes twice":
                answer = self.box(method, path, body, limit)
            if fate == "loses its answer":
                raise BoxAway("box")
            return answer

        checked: Exchange = exchange
        return Line(checked)

    @rule(slip=Slip, second=st.booleans())
    def vote_at_the_site(self, slip: int, second: bool) -> None:
        body = self.bodies[slip][second]
        answer = self.site.cast(self.hall, body)
        earlier = self.told.get(slip)
        if earlier is None:
            assert answer.status_code == 202 or rounds.look_up(self.site.house, self.hall.uuid).state == STOPPED
            if answer.status_code == 202:
                self.told[slip] = body
        elif earlier != body:
            assert answer.status_code == 409
        else:
            assert answer.status_code in (201, 202, 409)  # final, held, or refused by the box

    @rule(slip=Slip)
    def vote_at_the_box(self, slip: int) -> None:
        body = self.bodies[slip][1]
        if self.hall.cast(body).status_code == 201:
            self.cast_elsewhere[slip] = body

    @rule(fates=st.lists(Fate, max_size=12))
    def hand_on(self, fates: list[str]) -> None:
        forwarding.turn(self.site.house, self.hall.uuid, self._line(fates))

    @rule(dies_after=st.integers(0, 3))
    def hand_on_and_die(self, dies_after: int) -> None:
        """The power goes after so many answers of the box, before the last of them is noted."""
        left = [dies_after + 1]

        def exchange(method: str, path: str, body: bytes | None, limit: int) -> tuple[int, bytes]:
            answer = self.box(method, path, body, limit)
            left[0] -= 1
            if left[0] < 0:
                raise PowerCut
            return answer

        try:
            forwarding.turn(self.site.house, self.hall.uuid, Line(exchange))
        except PowerCut:
            self.site.restart()

    @rule()
    def restart(self) -> None:
        self.site.restart()

    @precondition(lambda self: len(self.told) > 3)
    @rule()
    def stop(self) -> None:
        rounds.stop(self.site.house, self.hall.uuid)

    @invariant()
    def no_slip_counts_twice_and_nothing_is_forgotten(self) -> None:
        held = {row.raw: row for row in self.site.held(self.hall)}
        assert held.keys() == {body.rstrip() for body in self.told.values()}
        in_box = ballots(self.hall)
        slips = [Ballot.parse(raw).credential.raw for raw in in_box]
        assert len(slips) == len(set(slips))
        for raw, row in held.items():
            if row.state == "final":
                assert raw in in_box
            if row.state == "refused":
                assert raw not in in_box

    def teardown(self) -> None:
        """With a line that works everything is settled in one turn."""
        uuid = self.hall.uuid
        assert forwarding.turn(self.site.house, uuid, self._line([]))
        states = {row.raw: row.state for row in self.site.held(self.hall)}
        for slip, body in self.told.items():
            elsewhere = self.cast_elsewhere.get(slip)
            expected = "refused" if elsewhere not in (None, body) else "final"
            assert states[body.rstrip()] == expected
        rounds.stop(self.site.house, uuid)
        said = statement(self.site.house, uuid)
        assert (said.all_in, said.forwarded + said.refused) == (True, len(self.told))
        self.check_receipts()
        self.site.close()
        self.hall.house.registry.dispose()
        self.hall.house.box.dispose()

    def check_receipts(self) -> None:
        for row in self.site.held(self.hall):
            if row.state == "final":
                given: Any = self.site.cast(self.hall, row.raw).get_json()
                receipt = Receipt.parse(given)
                receipt.check(self.hall.manifest)
                assert receipt_bytes(self.hall.uuid, tracker=receipt.tracker, commit=receipt.commit)


@pytest.fixture(scope="module")
def bodies(prepared: Prepared) -> list[tuple[bytes, bytes]]:
    """Two ballots for each slip, made once: encrypting takes longer than everything else here."""
    hall = prepared.at("voting")
    made = [(hall.body(slip, (0, 1, 2)), hall.body(slip, (2, 2, 2))) for slip in range(SLIPS)]
    hall.house.registry.dispose()
    hall.house.box.dispose()
    return made


def test_whatever_is_lost_repeated_or_cut_off_every_ballot_is_settled_once(
    prepared: Prepared, bodies: list[tuple[bytes, bytes]], tmp_path: Path
) -> None:
    """threats I2, I8, I9, I11, C31"""
    AtASite.prepared, AtASite.folder, AtASite.bodies = prepared, tmp_path, bodies
    run_state_machine_as_test(
        AtASite,
        settings=settings(
            max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
