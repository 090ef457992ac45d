"""A day whose machines are killed again and again under traffic: nothing receipted is lost, nothing counts twice.

`PTN_KILLS=1000 python -m pytest -m campaign -s tests/survival/test_kills.py` goes on until so many were killed.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ballot.acts import find_round
from ballot.box_round import round_of
from ballot.demo.client import Answered
from ballot.demo.station import PythonStation
from ballot.models.issuer import LogEntry
from ballot.models.registry.roll import Voter
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.site import fetching, forwarding, rounds
from ballot.site.line import Line, Wire
from ballot.storage import reading
from ballot.written_record import written_root
from keys.issuer import Kind
from tally.protocol.archive import Archive
from tally.protocol.ballot import Ballot
from tally.protocol.credential import SlipCode
from tally.protocol.credential_list import CredentialList
from tally.protocol.decryption import Binding, decrypt_partially
from tally.protocol.encoding import sha256_hex
from tally.protocol.receipt import Receipt
from tally.protocol.sums import EncryptedTally
from tally.record import ARCHIVE, Record
from tally.verify import verify_record
from tests.ballot.look import ballots
from tests.ballot.prepared import with_people
from tests.builders import convene
from tests.nursery import Nursery
from tests.survival.patient import Patient, pair
from tests.survival.town import Town, killing

DESKS, VOTERS, AT_SITE = ("tiep-don", "tiep-don-2"), 12, 3
ROLL = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 2}\n" for n in range(VOTERS))
FIRST, SECOND = "to-chuc-1", "to-chuc-2"
PATIENCE = 120
JSON = "application/json"


@dataclass
class Day:
    """One round over HTTP, from the first slip to the report, with what every person in it was told."""

    town: Town
    slips: list[SlipCode] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    receipts: dict[int, Receipt] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    people: dict[str, Patient] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/dot/{self.town.hall.uuid}"

    def person(self, login: str) -> Patient:
        if login not in self.people:
            self.people[login] = Patient(self.town.origin("registry")).log_in(login)
        return self.people[login]

    def box(self) -> Patient:
        return Patient(self.town.origin("box"))

    def press(self, act: str, reached: Callable[[], bool], *logins: str, **values: str) -> Counter[str]:
        """Press a button until the round is where it leads; return what the server said meanwhile."""
        end, said = time.monotonic() + PATIENCE, Counter[str]()
        while not reached():
            assert time.monotonic() < end, said
            for login in logins or (FIRST,):
                said[self.person(login).try_to(f"{self.path}/", f"{self.path}/viec/{act}", values)] += 1
        return said

    def phase(self) -> tuple[str, str]:
        hall = self.town.hall
        with reading(hall.house.registry) as session:
            return find_round(session, hall.uuid).phase, hall.phase()

    # --- the day, in its order ------------------------------------------------------------------------------------

    def seal(self) -> None:
        town = self.town
        town.link_issuers()
        with_people(town.hall).draft(roll=ROLL, delegates=VOTERS)
        town.hall.issuing()
        town.accept()
        town.start("registry", "box")

    def issue(self) -> None:
        """Check everybody in at two desks at once; each has a station."""
        with ThreadPoolExecutor(len(DESKS)) as pool:
            made = list(pool.map(self._desk, range(len(DESKS))))
        self.slips = [slip for slips in made for slip in slips]

    def _desk(self, number: int) -> list[SlipCode]:
        login, hall = DESKS[number], self.town.hall
        desk, station = self.person(login), PythonStation(Patient(self.town.origin("station")), self.box())
        pair(station, lambda: hall.pairing_code(login))
        slips: list[SlipCode] = []
        for voter_id in hall.voters()[number :: len(DESKS)]:
            said = desk.try_to(f"{self.path}/ban", f"{self.path}/ban/{voter_id}")
            assert said in ("", "ALREADY_CHECKED_IN")
            slips += station.work()
        return slips

    def freeze(self) -> None:
        self.press("chot", self.frozen)

    def frozen(self) -> bool:
        """Say whether the list is fixed and every key that issued is gone."""
        hall = self.town.hall
        with reading(hall.house.registry) as session:
            if not find_round(session, hall.uuid).frozen:
                return False
        return all(Kind.DESTROYED.value in self.town_log(name) for name in ISSUERS)

    def town_log(self, name: str) -> list[str]:
        house = self.town.issuer(name)
        with reading(house.engine) as session:
            kinds = list(session.scalars(select(LogEntry.kind).order_by(LogEntry.height)))
        house.engine.dispose()
        return kinds

    def admit(self) -> None:
        hall, end = self.town.hall, time.monotonic() + PATIENCE
        hall.board = convene(hall.manifest)
        committee, tests = hall.committee_files()
        files = [("committee", "committee.json", committee)]
        files += [("tests", f"member-{n}.opening.json", raw) for n, raw in enumerate(tests, start=1)]
        page = f"{self.path}/ban-kiem-phieu"
        while self.phase() != ("ready", "ready"):
            assert time.monotonic() < end
            self.person(FIRST).try_to(f"{self.path}/", page, files=files)

    def open_voting(self) -> None:
        self.press("mo", lambda: self.phase() == ("voting", "voting"), FIRST, SECOND)

    def link_site(self) -> None:
        town, house = self.town, self.town.site_house()
        wire = Wire(town.origin("box"), None)
        fetching.fetch(
            house, town.hall.uuid, box_url=town.origin("box"), line=Line(wire), typed=town.hall.manifest.hash
        )
        wire.close()
        house.engine.dispose()
        town.start("site")

    def vote(self) -> None:
        hall = self.town.hall
        hall.slips = self.slips
        self.bodies = [hall.body(number) for number in range(VOTERS)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._vote, range(VOTERS)))

    def _vote(self, number: int) -> None:
        if number < AT_SITE:
            site = Patient(self.town.origin("site"))
            site.post(f"{self.path}/phieu", self.bodies[number], JSON)
            self.held.add(number)
            return
        said = self.box().post(f"{self.path}/phieu", self.bodies[number], JSON)
        self.receipts[number] = Receipt.parse(json.loads(said))

    def settle_site(self) -> None:
        """Hand on what the site holds, by its operator's command; ask it for the receipts, which are the box's own."""
        end, house = time.monotonic() + PATIENCE, self.town.site_house()
        wire = Wire(self.town.origin("box"), None)
        while self.held:
            assert time.monotonic() < end, self.town.servers["site"].log
            forwarding.turn(house, self.town.hall.uuid, Line(wire), alone=True)
            for number in sorted(self.held):
                site = Patient(self.town.origin("site"))
                said = json.loads(site.post(f"{self.path}/phieu", self.bodies[number], JSON))
                if "held" not in said:
                    self.receipts[number] = Receipt.parse(said)
                    self.held.discard(number)
        wire.close()
        house.engine.dispose()

    def close(self) -> str:
        hall = self.town.hall
        self.press("dong", lambda: self.phase() == ("closed", "closed"), FIRST, SECOND)
        self.press("ho-so", lambda: bool(written_root(hall.house, hall.uuid)))
        return written_root(hall.house, hall.uuid)

    def count(self) -> None:
        files = [("parts", name, raw) for name, raw in self.parts().items()]
        end, kept = time.monotonic() + PATIENCE, self.town.hall.house.folder(self.town.hall.uuid) / "parts"
        while {path.name for path in kept.glob("partial-*.json")} != {name for _, name, _ in files}:
            assert time.monotonic() < end
            self.person(FIRST).try_to(f"{self.path}/", f"{self.path}/giai-ma", files=files)
        self.press("kiem-phieu", lambda: self.phase() == ("tallied", "tallied"))

    def parts(self) -> dict[str, bytes]:
        hall, board = self.town.hall, self.town.hall.board
        assert board
        stored = sorted((Ballot.parse(raw) for raw in ballots(hall)), key=lambda ballot: ballot.hash)
        sums = EncryptedTally.over(hall.election, [(ballot, 1) for ballot in stored])
        made = {}
        for owner in (1, 3):
            binding = Binding(hall.manifest.hash, hall.election.hash, sha256_hex(sums.encode()), owner)
            public, secret = board.committee.trustees.owners[owner - 1], board.shares[owner]
            part = decrypt_partially(hall.election, sums, binding, public=public, secret=secret)
            made[f"partial-{owner}.json"] = part.encode()
        return made

    # --- what must be true ----------------------------------------------------------------------------------------

    def check_issued(self) -> None:
        """Everybody has one slip, the list has exactly these, and the logs of both issuers say the same."""
        hall = self.town.hall
        with reading(hall.house.registry) as session:
            assert set(session.scalars(select(Voter.present))) == {True}
        with reading(hall.house.box) as session:
            listed = CredentialList.parse(round_of(session, hall.uuid).credentials or b"")
        hall.slips = self.slips
        mine = {hall.credential(number).public for number in range(len(self.slips))}
        assert (len(mine), listed.points) == (VOTERS, mine)
        for name in ISSUERS:
            kinds = Counter(self.town_log(name))
            assert kinds == {Kind.ISSUED.value: VOTERS, Kind.FROZEN.value: 1, Kind.DESTROYED.value: 1}

    def check_voted(self) -> None:
        """Every receipt's ballot is in the box once; sent again it gets a receipt for the same ballot."""
        hall = self.town.hall
        assert len(self.receipts) == VOTERS
        assert sorted(ballots(hall)) == sorted(body.rstrip() for body in self.bodies)
        for number, receipt in self.receipts.items():
            receipt.check(hall.manifest)
            again = Receipt.parse(json.loads(self.box().post(f"{self.path}/phieu", self.bodies[number], JSON)))
            assert (again.tracker, again.commit) == (receipt.tracker, receipt.commit)
            with pytest.raises(Answered, match="409"):
                self.box().post(f"{self.path}/phieu", hall.body(number, (2, 2, 2)), JSON)

    def check_record(self, root: str) -> None:
        record = Record.read(self.town.hall.house.record(self.town.hall.uuid))
        verified = verify_record(record)
        assert verified.evidence.manifest.hash == self.town.hall.manifest.hash
        archive = Archive.parse(record.files[ARCHIVE])
        assert (len(archive.ballots), root) == (VOTERS, archive.root)
        trackers = {Ballot.parse(raw).tracker for raw in archive.ballots}
        assert trackers == {receipt.tracker for receipt in self.receipts.values()}


def live(town: Town) -> Day:
    """Bring a day to its end while everything is killed that could be."""
    day = Day(town)
    day.seal()
    with killing(town, "registry", "box", *ISSUERS, within=0.8, most=10):
        day.issue()
    with killing(town, "registry", *ISSUERS, within=1.5, most=3):
        day.freeze()
        day.admit()
    day.check_issued()
    with killing(town, "registry", within=0.8, most=2):
        day.open_voting()
    day.link_site()
    with killing(town, "box", "site", within=0.5, most=8):
        day.vote()
    with killing(town, "box", "site", within=0.5, most=3):
        day.settle_site()
    day.check_voted()
    stop_site(day)
    with killing(town, "registry", "box", within=1.5, most=3):
        root = day.close()
    with killing(town, "registry", within=3, most=1):
        day.count()
    day.check_record(root)
    return day


def stop_site(day: Day) -> None:
    house = day.town.site_house()
    rounds.stop(house, day.town.hall.uuid)
    house.engine.dispose()


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery")) as nursery:
        yield nursery


def lived(nursery: Nursery, folder: Path) -> tuple[Counter[str], int]:
    """Live one day in a folder; return who was killed how often, and how many receipts were given."""
    town = Town(nursery, folder, remote_issuers=True)
    try:
        receipts = len(live(town).receipts)
    finally:
        town.stop()
    return town.kills, receipts


def test_a_day_under_kills_ends_with_every_receipt_in_a_verified_record(nursery: Nursery, tmp_path: Path) -> None:
    """threats E6, E7, I1, I2, I8, C1"""
    kills, receipts = lived(nursery, tmp_path)
    assert receipts == VOTERS
    assert kills["box"] and kills.total() > 5, kills


@pytest.mark.campaign
def test_days_under_kills(nursery: Nursery, tmp_path: Path) -> None:
    wanted, kills, receipts, days = int(os.environ.get("PTN_KILLS", "1000")), Counter[str](), 0, 0
    while kills.total() < wanted:
        days += 1
        more: Any = lived(nursery, tmp_path / str(days))
        kills, receipts = kills + more[0], receipts + more[1]
    said = ", ".join(f"{name} {number}" for name, number in sorted(kills.items()))
    print(f"\nkill -9 under traffic: {kills.total()} kills ({said}) in {days} rounds: 0 of {receipts} receipted "
          f"ballots lost (upper bound {3 / receipts:.1e}), 0 doubled, every record verified")  # fmt: skip
