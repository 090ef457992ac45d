"""A server lost at a random moment, its second copy lost before it or not: no receipt is broken, nobody votes twice.

Here lives the game of chance, once in CI and often by command:
`PTN_LOSSES=100 .venv/bin/python -m pytest -s -m campaign tests/survival/test_backup_losses.py`. Never here: one of the
cases by itself (tests/ballot/backup/test_resume.py).
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import pytest

from ballot.backup import resuming
from tally.protocol.ballot import Ballot
from tests.ballot.copied import break_off, mend, with_copy
from tests.ballot.hall import Hall
from tests.ballot.look import ballots
from tests.ballot.prepared import Prepared, new_hall
from tests.survival.backups import Recipients

VOTERS = 24  # one batch is sealed among them


@dataclass(frozen=True)
class Seen:
    """One loss: receipts given before it, how many of these were broken, ballots at the end."""

    receipts: int
    lost: int
    ballots: int


class Losses:
    """The same voters with the same ballots, time and again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0
        self.prepared = Prepared(folder / "round")
        hall = self.prepared.at("voting")
        self.bodies = [hall.body(number) for number in range(VOTERS)]
        self.to = Recipients.make(folder / "holders")
        dispose(hall)

    def lose(self) -> Seen:
        """Back up, lose the copy's disk, lose the server, each after a random number of voters; restore and go on."""
        self.number += 1
        place = self.folder / f"loss-{self.number}"
        place.mkdir()
        hall = with_copy(self.prepared.at("voting"), place)
        saved, gone = secrets.randbelow(VOTERS), 1 + secrets.randbelow(2 * VOTERS)  # or not at all
        receipts: dict[int, object] = {}
        for number, body in enumerate(self.bodies):
            if number == saved:
                made = self.to.back_up(hall.house, place / "backups")
            if number == gone:
                break_off(hall)
            answer = hall.cast(body)
            assert answer.status_code == (201 if number < gone else 503), (number, saved, gone)
            if answer.status_code == 201:
                receipts[number] = answer.get_json()
        if gone < VOTERS:
            mend(hall)
        dispose(hall)
        self.to.restore(made, place / "spare")
        return self._go_on(place, hall.uuid, receipts)

    def _go_on(self, place: Path, uuid: str, receipts: dict[int, object]) -> Seen:
        hall = with_copy(new_hall(place / "spare", self.prepared.opened), place)
        hall.uuid = uuid
        assert {hall.cast(body).status_code for body in self.bodies[:2]} == {503}
        found = resuming.resume(hall.house, uuid, notes=[], copy=f"sqlite:///{place}/copy.db", ballots=[])
        assert found.whole
        inside = {Ballot.parse(raw).tracker for raw in ballots(hall)}
        lost = [r for r in receipts.values() if r["tracker"] not in inside]  # type: ignore[index]
        for number, body in enumerate(self.bodies):
            answer = hall.cast(body)
            assert answer.status_code == 201
            assert receipts.get(number, answer.get_json()) == answer.get_json()
        seen = Seen(len(receipts), len(lost), len(ballots(hall)))
        dispose(hall)
        return seen


def dispose(hall: Hall) -> None:
    for engine in (hall.house.registry, hall.house.box, hall.house.box_copy):
        if engine is not None:
            engine.dispose()


def play(folder: Path, times: int) -> None:
    """threats I6, I7, I13, C34"""
    losses = Losses(folder)
    seen = [losses.lose() for _ in range(times)]
    receipts = sum(one.receipts for one in seen)
    lost = sum(one.lost for one in seen)
    print(f"\nServers lost and restored: {times}; receipted ballots lost: {lost} of {receipts}", end="")
    print(f" (95 % upper bound 3/{receipts}); every voter has one ballot at the end.")
    assert (lost, {one.ballots for one in seen}) == (0, {VOTERS})


def test_a_lost_server_breaks_no_receipt_and_doubles_no_ballot(tmp_path: Path) -> None:
    play(tmp_path, 1)


@pytest.mark.campaign
def test_no_lost_server_breaks_a_receipt(tmp_path: Path) -> None:
    play(tmp_path, int(os.environ.get("PTN_LOSSES", "100")))
