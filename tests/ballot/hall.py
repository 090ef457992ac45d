"""The real application in a folder of its own, brought by its own use cases to any phase of a round; nothing is a mock.

Here live a prepared round, its people's browsers, and what a test needs to look at. Never here: a lie; a test tells it.

    hall = prepared.at("voting")            # a fresh copy of a round whose box is open, with every slip in reach
    hall.cast(hall.body(0)).status_code     # 201
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ballot.acts import Actor, find_round
from ballot.app import box_app, committee_app, registry_app, station_app
from ballot.box_round import round_of
from ballot.committee import readiness
from ballot.demo.station import PythonStation
from ballot.desk import checkin
from ballot.house import House
from ballot.life import rounds, sealing
from ballot.life.planned import Settings
from ballot.models.registry.accounts import Account
from ballot.models.registry.roll import Voter
from ballot.slips import freezing, orders, stations
from ballot.storage import reading
from tally.protocol.booth import cast
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.election import Election
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.holding import SPOILED
from tally.protocol.manifest import Manifest
from tally.protocol.opening import pass_test
from tally.protocol.padding import padded
from tests import voter
from tests.ballot.client import BOX, COMMITTEE, REGISTRY, STATION, Client, Machine
from tests.builders import Board, convene

PASSWORD = "mật khẩu dùng để thử"  # noqa: S105 - of accounts that live as long as a test
PEOPLE = {"to-chuc-1": "organiser", "to-chuc-2": "organiser", "tiep-don": "desk", "tiep-don-2": "desk"}
DESK, OTHER_DESK = "tiep-don", "tiep-don-2"
PHASES = ("draft", "issuing", "frozen", "ready", "voting")
VOTERS = 44
NOON = 4_000_000_000
"""When codes are made: still to come, for those that are used over HTTP are looked at by the server's own clock."""
OFFICIALS = "khoi,ho_ten,chuc_vu\n" + "".join(f"Khối {n % 2},Cán bộ số {n},Chức vụ {n}\n" for n in (0, 2, 1))
ROLL = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 3}\n" for n in range(VOTERS))
FORM = {
    "title": "Lấy phiếu tín nhiệm", "body": "Hội đồng (số liệu thử)", "session": "Kỳ họp thứ nhất",
    "date": "2026-11-22", "rule_set": "QD96_2023", "delegates": str(VOTERS), "committee_size": "3",
    "threshold": "2", "minimum_ballots": "5", "disclosure": "public", "complaint_minutes": "0",
}  # fmt: skip
NUMBERS = ("delegates", "committee_size", "threshold", "minimum_ballots", "complaint_minutes")


def plan(**changes: Any) -> rounds.SmallRound:
    """What is entered for a small round, with something changed."""
    values: dict[str, Any] = FORM | {name: int(FORM[name]) for name in NUMBERS}
    values |= {"rehearsal": False, "accepted_by": "Chủ trì hội nghị"} | changes  # a name is needed where voters are few
    officials, roll = values.pop("officials", OFFICIALS), values.pop("roll", ROLL)
    return rounds.SmallRound(Settings(**values), officials, roll)


@dataclass
class Hall:
    """A house in a folder, its three applications, and the round in it with all that a real hall keeps secret."""

    house: House
    uuid: str = ""
    slips: list[SlipCode] = field(default_factory=list)
    board: Board | None = None
    people: dict[str, FlaskClient] = field(default_factory=dict)

    # --- the applications: each is put together when somebody first asks for it ------------------------------------

    @cached_property
    def registry(self) -> Flask:
        return registry_app(self.house)

    @cached_property
    def box(self) -> Flask:
        return box_app(self.house)

    @cached_property
    def stations(self) -> Flask:
        return station_app(self.house)

    @cached_property
    def committee(self) -> Flask:
        return committee_app(self.house)

    # --- people ---------------------------------------------------------------------------------------------------

    def actor(self, login: str) -> Actor:
        with reading(self.house.registry) as session:
            return Actor.of(session.scalars(select(Account).where(Account.login == login)).one())

    def anybody(self) -> Client:
        return Client(self.registry, REGISTRY)

    def booth(self) -> Client:
        return Client(self.box, BOX)

    def at_station(self) -> Client:
        return Client(self.stations, STATION)

    def at_committee(self) -> Client:
        return Client(self.committee, COMMITTEE)

    def new_station(self, *desks: str) -> PythonStation:
        """Return a station that was paired, over HTTP, with these desks."""
        station = PythonStation(Machine(self.at_station()), Machine(self.booth()))
        for login in desks:
            station.pair(self.pairing_code(login))
        return station

    def pairing_code(self, login: str = DESK) -> str:
        return stations.pairing_code(self.house, self.uuid, self.actor(login), now=NOON)

    @cached_property
    def station(self) -> PythonStation:
        """The station of the first desk."""
        return self.new_station(DESK)

    def person(self, login: str) -> Client:
        """Return the browser of somebody who has logged in."""
        browser = self.anybody()
        answer = browser.form("/dang-nhap", {"login": login, "password": PASSWORD})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return browser

    # --- the round ------------------------------------------------------------------------------------------------

    def phase(self) -> str:
        with reading(self.house.box) as session:
            return round_of(session, self.uuid).phase

    def voters(self) -> list[int]:
        with reading(self.house.registry) as session:
            row = find_round(session, self.uuid)
            return list(session.scalars(select(Voter.id).where(Voter.round_id == row.id).order_by(Voter.id)))

    @property
    def manifest(self) -> Manifest:
        with reading(self.house.box) as session:
            return Manifest.parse(round_of(session, self.uuid).manifest)

    @property
    def election(self) -> Election:
        with reading(self.house.box) as session:
            return Election.parse(round_of(session, self.uuid).election or b"")

    @property
    def staging_key(self) -> str:
        with reading(self.house.registry) as session:
            return find_round(session, self.uuid).staging_key

    @property
    def freeze_key(self) -> str:
        with reading(self.house.box) as session:
            return round_of(session, self.uuid).freeze_key

    def check_in(self, voter_id: int, login: str = DESK) -> None:
        checkin.check_in(self.house, self.uuid, voter_id, self.actor(login))

    def slip(self, voter_id: int) -> SlipCode:
        """Check a voter in and let the desk's station make the slip, over HTTP."""
        self.check_in(voter_id)
        (slip,) = self.station.work()
        return slip

    def replacement(self, voter_id: int, spoiled: SlipCode) -> SlipCode:
        """Let the desk order a slip in place of a spoiled one, and its station void that one and make it."""
        self.station.void(spoiled, SPOILED)
        orders.order_replacement(self.house, self.uuid, voter_id, self.actor(DESK))
        (slip,) = self.station.work()
        return slip

    def envelopes(self, count: int) -> list[SlipCode]:
        """Let the station make slips for envelopes."""
        orders.order_envelopes(self.house, self.uuid, count, self.actor("to-chuc-1"))
        assert self.station
        return self.station.work()

    def freeze(self, login: str = "to-chuc-1", undelivered: int | None = None) -> int | None:
        return freezing.freeze(self.house, self.uuid, self.actor(login), undelivered=undelivered)

    def credential(self, number: int) -> Credential:
        return Credential.derive(self.slips[number], self.uuid)

    def ballot(self, number: int, levels: voter.Levels = (0, 1, 2)) -> bytes:
        election = self.election
        return cast(election, voter.draft(election, levels), self.credential(number)).encode()

    def body(self, number: int, levels: voter.Levels = (0, 1, 2)) -> bytes:
        return padded(self.ballot(number, levels), self.election)

    def cast(self, body: bytes, mimetype: str = "application/json", **more: Any) -> TestResponse:
        return self.booth().send(f"/dot/{self.uuid}/phieu", data=body, content_type=mimetype, **more)

    # --- from phase to phase --------------------------------------------------------------------------------------

    def draft(self, **changes: Any) -> None:
        self.uuid = rounds.create(self.house, plan(**changes), self.actor("to-chuc-1"))

    def issuing(self) -> None:
        sealing.seal(self.house, self.uuid, self.actor("to-chuc-1"))

    def frozen(self) -> None:
        self.slips = [self.slip(voter_id) for voter_id in self.voters()]
        self.freeze()

    def ready(self) -> None:
        self.board = convene(self.manifest)
        committee, tests = self.committee_files()
        readiness.admit_committee(
            self.house, self.uuid, committee=committee, tests=tests, actor=self.actor("to-chuc-1")
        )

    def committee_files(self) -> tuple[bytes, list[bytes]]:
        assert self.board
        nonces = {owner: sha256_hex(f"nonce {owner}".encode()) for owner in self.board.shares}
        tests = [
            canonical(pass_test(self.board.committee, nonces, owner=owner, secret=share).as_json())
            for owner, share in self.board.shares.items()
        ]
        return self.board.committee.encode(), tests

    def voting(self) -> None:
        self.by_two(readiness.open_voting)

    def by_two(self, act: Callable[..., Any]) -> Any:
        """Let one organiser propose an act and the other confirm it."""
        assert not act(self.house, self.uuid, self.actor("to-chuc-1"))
        return act(self.house, self.uuid, self.actor("to-chuc-2"))
