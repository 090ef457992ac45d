"""The real application in a folder of its own, brought by its own use cases to any phase of a round; nothing is a mock.

Here live a prepared round, its people's browsers, and what a test needs to look at. Never here: a lie; a test tells it.

    hall = prepared.at("voting")            # a fresh copy of a round whose box is open, with every slip in reach
    hall.cast(hall.body(0)).status_code     # 201
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ballot import checkin, issuing, rounds
from ballot.acts import Actor
from ballot.app import box_app, registry_app
from ballot.casting import round_of
from ballot.config import Config
from ballot.demo.station import make_slip
from ballot.house import House, Keyring
from ballot.login import create_account
from ballot.models.registry import Account, Voter
from ballot.storage import reading
from tally.protocol.booth import cast
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.election import Election
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.manifest import Manifest
from tally.protocol.opening import pass_test
from tally.protocol.padding import padded
from tests import voter
from tests.builders import Board, convene

REGISTRY, BOX = "http://localhost:8000", "http://127.0.0.1:8000"
PASSWORD = "mật khẩu dùng để thử"
PEOPLE = {"to-chuc-1": "organiser", "to-chuc-2": "organiser", "tiep-don": "desk"}
PHASES = ("draft", "issuing", "frozen", "ready", "voting")
VOTERS = 44
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
OFFICIALS = "khoi,ho_ten,chuc_vu\n" + "".join(f"Khối {n % 2},Cán bộ số {n},Chức vụ {n}\n" for n in (0, 2, 1))
ROLL = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 3}\n" for n in range(VOTERS))
FORM = {
    "title": "Lấy phiếu tín nhiệm", "body": "Hội đồng (số liệu thử)", "session": "Kỳ họp thứ nhất",
    "date": "2026-11-22", "rule_set": "QD96_2023", "delegates": str(VOTERS), "committee_size": "3",
    "threshold": "2", "minimum_ballots": "5",
}  # fmt: skip
NUMBERS = ("delegates", "committee_size", "threshold", "minimum_ballots")


def plan(**changes: Any) -> rounds.Plan:
    """The plan of a small round, with something changed."""
    values: dict[str, Any] = FORM | {name: int(FORM[name]) for name in NUMBERS}
    return rounds.Plan(**(values | {"rehearsal": False, "officials": OFFICIALS, "roll": ROLL} | changes))


class Client:
    """A client with the two calls that ballot.demo.station makes of a browser."""

    def __init__(self, app: Flask, origin: str) -> None:
        self.client, self.origin = app.test_client(use_cookies=origin == REGISTRY), origin

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url=self.origin, **more)

    def send(self, path: str, **more: Any) -> TestResponse:
        return self.client.post(path, base_url=self.origin, **more)

    def form(self, path: str, values: Mapping[str, Any] = {}, *, page: str = "/dang-nhap") -> TestResponse:
        """Send a form with the token that stands on `page`."""
        token = TOKEN.search(self.get(page).get_data(as_text=True))
        return self.send(path, data={**values, "csrf_token": token[1] if token else ""})

    def post(self, path: str, body: bytes, mimetype: str) -> bytes:
        answer = self.send(path, data=body, content_type=mimetype)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.get_data()

    def post_json(self, path: str, value: Any) -> Any:
        answer = self.send(path, data=canonical(value), content_type="application/json")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()


@dataclass
class Hall:
    """A house in a folder, its two applications, and the round in it with all that a real hall keeps secret."""

    house: House
    uuid: str = ""
    slips: list[SlipCode] = field(default_factory=list)
    board: Board | None = None
    people: dict[str, FlaskClient] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.registry, self.box = registry_app(self.house), box_app(self.house)

    # --- people ---------------------------------------------------------------------------------------------------

    def actor(self, login: str) -> Actor:
        with reading(self.house.registry) as session:
            return Actor.of(session.scalars(select(Account).where(Account.login == login)).one())

    def anybody(self) -> Client:
        return Client(self.registry, REGISTRY)

    def booth(self) -> Client:
        return Client(self.box, BOX)

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
            return list(session.scalars(select(Voter.id).order_by(Voter.id)))

    @property
    def manifest(self) -> Manifest:
        with reading(self.house.box) as session:
            return Manifest.parse(round_of(session, self.uuid).manifest)

    @property
    def election(self) -> Election:
        with reading(self.house.box) as session:
            return Election.parse(round_of(session, self.uuid).election or b"")

    @property
    def freeze_key(self) -> str:
        with reading(self.house.box) as session:
            return round_of(session, self.uuid).freeze_key

    def slip(self, voter_id: int) -> SlipCode:
        """Check a voter in and let a station make the slip, over HTTP."""
        code = checkin.check_in(self.house, self.uuid, voter_id, self.actor("tiep-don"))
        made: Any = (self.anybody(), self.booth())
        return make_slip(*made, self.manifest, code=code, freeze_key=self.freeze_key)

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

    def draft(self) -> None:
        self.uuid = rounds.create(self.house, plan(), self.actor("to-chuc-1"))

    def issuing(self) -> None:
        rounds.seal(self.house, self.uuid, self.actor("to-chuc-1"))

    def frozen(self) -> None:
        self.slips = [self.slip(voter_id) for voter_id in self.voters()]
        issuing.freeze(self.house, self.uuid, self.actor("to-chuc-1"))

    def ready(self) -> None:
        self.board = convene(self.manifest)
        committee, tests = self.committee_files()
        rounds.admit_committee(self.house, self.uuid, committee=committee, tests=tests, actor=self.actor("to-chuc-1"))

    def committee_files(self) -> tuple[bytes, list[bytes]]:
        assert self.board
        nonces = {owner: sha256_hex(f"nonce {owner}".encode()) for owner in self.board.shares}
        tests = [
            canonical(pass_test(self.board.committee, nonces, owner=owner, secret=share).as_json())
            for owner, share in self.board.shares.items()
        ]
        return self.board.committee.encode(), tests

    def voting(self) -> None:
        self.by_two(rounds.open_voting)

    def by_two(self, act: Callable[..., Any]) -> Any:
        """Let one organiser propose an act and the other confirm it."""
        assert not act(self.house, self.uuid, self.actor("to-chuc-1"))
        return act(self.house, self.uuid, self.actor("to-chuc-2"))


def new_hall(folder: Path, opened: Mapping[Any, Any] = {}) -> Hall:
    """Open a hall; `opened` are keys that were opened before, since stretching a passphrase takes a second."""
    house = House.open(Config.from_environ({"BALLOT_INSTANCE": str(folder)}))
    ring = Keyring(house.keyring.folder, house.keyring.passphrase_file, dict(opened))
    return Hall(replace(house, keyring=ring))


def with_people(hall: Hall) -> Hall:
    for login, role in PEOPLE.items():
        create_account(hall.house, login=login, name=f"Người {login}", role=role, password=PASSWORD)
    return hall


class Prepared:
    """One round, kept as a copy of its folder at every phase."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.copies = folder, 0
        self.hall = with_people(new_hall(folder / "round"))
        for phase in PHASES:
            getattr(self.hall, phase)()
            self._dispose()
            shutil.copytree(folder / "round", folder / phase)
        self.opened = dict(self.hall.house.keyring._opened)

    def _dispose(self) -> None:
        self.hall.house.registry.dispose()
        self.hall.house.box.dispose()

    def at(self, phase: str) -> Hall:
        """Return a hall of its own at this phase; what happens there happens nowhere else."""
        self.copies += 1
        copy = self.folder / f"copy-{self.copies}"
        shutil.copytree(self.folder / phase, copy)
        hall = new_hall(copy, self.opened)
        hall.uuid, hall.slips, hall.board = self.hall.uuid, self.hall.slips, self.hall.board
        return hall
