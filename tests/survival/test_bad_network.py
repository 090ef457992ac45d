"""Every third connection is lost, cut or swallowed: each ballot ends with one receipt and counts once.

`PTN_BALLOTS=2000 python -m pytest -m campaign -s tests/survival/test_bad_network.py` sends so many.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from ballot.box_round import round_of
from ballot.demo.station import PythonStation
from ballot.models.issuer import LogEntry
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.site import fetching, forwarding
from ballot.site.line import Line, Wire
from ballot.storage import reading
from keys.issuer import Kind
from tally.protocol.ballot import Ballot
from tally.protocol.receipt import Receipt
from tests.ballot.look import ballots
from tests.ballot.prepared import with_people
from tests.nursery import Nursery
from tests.survival.bad_line import BadLine
from tests.survival.patient import Patient, pair
from tests.survival.stages import VOTERS, Stages
from tests.survival.town import Town

JSON = "application/json"
BEHIND = 1
TIMEOUT = 3
SLIPS = 6
ROLL = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 2}\n" for n in range(SLIPS))


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    return Stages(tmp_path_factory.mktemp("network"))


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery")) as nursery:
        yield nursery


@pytest.fixture
def town(nursery: Nursery, tmp_path: Path) -> Iterator[Town]:
    town = Town(nursery, tmp_path, behind=BEHIND)
    yield town
    town.stop()


def bad_line(town: Town, part: str, **more: float) -> BadLine:
    """Put a bad line where people and machines believe this part to be."""
    return BadLine((town.host(part), town.port), (town.host(part), town.port + BEHIND), **more)


def cast(town: Town, body: bytes) -> Receipt:
    path = f"/dot/{town.hall.uuid}/phieu"
    return Receipt.parse(json.loads(Patient(town.origin("box"), timeout=TIMEOUT).post(path, body, JSON)))


def check_all_there(town: Town, bodies: list[bytes], receipts: list[Receipt]) -> None:
    """One ballot in the box for every voter, and every receipt is about its voter's ballot."""
    assert sorted(ballots(town.hall)) == sorted(body.rstrip() for body in bodies)
    for body, receipt in zip(bodies, receipts, strict=True):
        receipt.check(town.hall.manifest)
        assert receipt.tracker == Ballot.parse(body.rstrip()).tracker


def test_every_ballot_ends_with_one_receipt_over_a_line_that_loses_a_third(town: Town, stages: Stages) -> None:
    """threats I11, C1, I2"""
    town.take_over(stages.prepared.folder / "voting", stages.uuid).start("box")
    with bad_line(town, "box") as line, ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda body: cast(town, body), stages.bodies))
    check_all_there(town, stages.bodies, receipts)
    assert line.lost


def test_a_site_hands_on_every_ballot_once_over_such_a_line(town: Town, stages: Stages) -> None:
    """threats I9, I11"""
    town.take_over(stages.prepared.folder / "voting", stages.uuid).start("box")
    uuid, house, bodies = stages.uuid, town.site_house(), stages.bodies[:10]
    wire = Wire(f"http://{town.host('box')}:{town.port + BEHIND}", None)
    fetching.fetch(house, uuid, box_url=town.origin("box"), line=Line(wire), typed=town.hall.manifest.hash)
    wire.close()
    town.start("site")
    at_site = Patient(f"http://{town.host('site')}:{town.port + BEHIND}")
    for body in bodies:
        assert "held" in json.loads(at_site.post(f"/dot/{uuid}/phieu", body, JSON))
    with bad_line(town, "box"):
        for _turn in range(200):
            wire = Wire(town.origin("box"), None)
            forwarding.turn(house, uuid, Line(wire), alone=True)
            wire.close()
            answers = [json.loads(at_site.post(f"/dot/{uuid}/phieu", body, JSON)) for body in bodies]
            if not any("held" in answer for answer in answers):
                break
    house.engine.dispose()
    check_all_there(town, bodies, [Receipt.parse(answer) for answer in answers])


def test_everybody_gets_one_slip_though_all_machines_reach_each_other_over_such_lines(town: Town) -> None:
    """threats I11, A1, A5"""
    town.remote_issuers = True
    town.link_issuers()
    hall, parts = with_people(town.hall), ("registry", "station", "box")
    with ExitStack() as lines:
        for name in ISSUERS:  # without loss while the round is prepared
            lines.enter_context(bad_line(town, name, loss=0))
        hall.draft(roll=ROLL, delegates=SLIPS)
        hall.issuing()
        town.accept()
    town.start("registry", "box")
    path = f"/dot/{hall.uuid}/ban"
    with ExitStack() as lines:
        for part in (*parts, *ISSUERS):
            lines.enter_context(bad_line(town, part))
        desk = Patient(town.origin("registry"), timeout=TIMEOUT).log_in("tiep-don")
        station = PythonStation(*(Patient(town.origin(part), timeout=2 * TIMEOUT) for part in ("station", "box")))
        pair(station, lambda: hall.pairing_code("tiep-don"))
        slips = []
        for voter_id in hall.voters():
            assert desk.try_to(path, f"{path}/{voter_id}") in ("", "ALREADY_CHECKED_IN")
            slips += station.work()
    assert len({slip.digits for slip in slips}) == SLIPS
    for name in ISSUERS:
        house = town.issuer(name)
        with reading(house.engine) as session:
            assert Counter(entry.kind for entry in session.query(LogEntry)) == {Kind.ISSUED.value: SLIPS}
        house.engine.dispose()
    with reading(hall.house.box) as session:
        assert round_of(session, hall.uuid).credentials is None
    for door in hall.house.links.values():
        door.close()
    town_freeze(town)


def town_freeze(town: Town) -> None:
    """Fix the list over lines that lose nothing: it has every slip."""
    with ExitStack() as lines:
        for name in ISSUERS:
            lines.enter_context(bad_line(town, name, loss=0))
        assert town.hall.freeze() == SLIPS


@pytest.mark.campaign
def test_many_ballots_over_a_line_that_loses_a_third(town: Town, stages: Stages) -> None:
    """Every ballot of the round is sent again and again; the delay is up to two seconds."""
    wanted = int(os.environ.get("PTN_BALLOTS", "2000"))
    town.take_over(stages.prepared.folder / "voting", stages.uuid).start("box")
    with bad_line(town, "box", delay=2.0, swallow=4.0) as line, ThreadPoolExecutor(16) as pool:
        sent = [stages.bodies[number % VOTERS] for number in range(wanted)]
        receipts = list(pool.map(lambda body: cast(town, body), sent))
    trackers, voted = {receipt.tracker for receipt in receipts}, min(wanted, VOTERS)
    assert (len(receipts), len(trackers)) == (wanted, voted)
    check_all_there(town, stages.bodies[:voted], receipts[:voted])
    print(f"\n{line.connections} connections, {line.lost} of them lost, cut or swallowed, delay up to 2 s: {wanted} of "
          f"{wanted} requests ended with a receipt, {voted} ballots in the box, 0 doubled")  # fmt: skip
