"""What a whole round leaves behind: every file that its processes wrote, searched for what must not lie there.

Here live real processes whose logs are as loud as they go, whose people make mistakes, and the search through their
folders, their temporary and home folders, and the places of this machine where things are left. threats B5, B6, B17,
B19, B20. Never here: browsers, which leave profiles (tests/browser/test_hall.py).
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing as closes
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ballot.config import Config
from ballot.demo.client import Answered, Browser
from ballot.demo.station import PythonStation
from ballot.house import House
from ballot.result import closing
from tally.protocol.ballot import Ballot
from tally.protocol.booth import commit_code
from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.prepared import with_people
from tests.commands import ROOT

VOTERS, CAST, PATIENCE = 14, 12, 60
FIRST, SECOND, DESK = "to-chuc-1", "to-chuc-2", "tiep-don"
ROLL = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 2}\n" for n in range(VOTERS))
LEFT = ("/var/log", "/var/spool", "/var/tmp", "/var/crash", "/var/lib/systemd/coredump", "/dev/shm")  # noqa: S108
WINDOW, MOST_OF_EACH, MOST_FILES = 6, 1024**2, 5_000
HOSTS = {"registry": 4, "station": 2, "committee": 3, "box": 1}


@dataclass
class Machines:
    """Registry and box as processes of their own, each with a home and a temporary folder of its own."""

    folder: Path
    network: str = field(default_factory=lambda: f"127.9.{1 + secrets.randbelow(250)}")
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        with socket.socket() as found:
            found.bind((self.host("box"), 0))
            self.port = found.getsockname()[1]

    @property
    def voter(self) -> str:
        """The address from which every ballot comes, and nothing else."""
        return f"{self.network}.213"

    def host(self, part: str) -> str:
        return f"{self.network}.{HOSTS[part]}"

    def origin(self, part: str) -> str:
        return f"http://{self.host(part)}:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        hosts = {f"BALLOT_{part.upper()}_HOST": self.host(part) for part in HOSTS}
        return hosts | {"BALLOT_INSTANCE": str(self.folder / "house"), "BALLOT_PORT": str(self.port)}

    def start(self, role: str, *parts: str) -> None:
        own = self.folder / role
        for name in ("home", "tmp"):
            (own / name).mkdir(parents=True)
        more = {"HOME": str(own / "home"), "XDG_CACHE_HOME": str(own / "home"), "TMPDIR": str(own / "tmp")}
        command = [sys.executable, "-m", "tests.survival.loud", *(f"{self.host(part)}:{self.port}" for part in parts)]
        with (own / "log").open("wb") as log:
            environ = os.environ | self.environ | more | {"BALLOT_ROLES": role, "PYTHONDEVMODE": "1"}
            self.running.append(
                subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True)
            )
        end = time.monotonic() + PATIENCE
        while not all(_answers(self.host(part), self.port) for part in parts):
            assert time.monotonic() < end, (own / "log").read_text()
            time.sleep(0.1)

    def stop(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


def _answers(host: str, port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex((host, port)) == 0


@dataclass
class Left:
    """A round that is over: the hall with its secrets, and what its processes left."""

    hall: Hall
    machines: Machines
    began: float
    bodies: list[bytes] = field(default_factory=list)

    def post(self, path: str, body: bytes, mimetype: str = "application/json") -> tuple[int, bytes]:
        """Send from the voters' own address."""
        line = http.client.HTTPConnection(
            self.machines.host("box"), self.machines.port, timeout=PATIENCE, source_address=(self.machines.voter, 0)
        )
        with closes(line):
            line.request("POST", f"/dot/{self.hall.uuid}{path}", body, {"Content-Type": mimetype})
            answer = line.getresponse()
            return answer.status, answer.read()

    # --- the day --------------------------------------------------------------------------------------------------

    def issue(self) -> None:
        """Check everybody in at the desk and let a station make the slips, all over HTTP."""
        hall, machines = self.hall, self.machines
        desk = Browser(machines.origin("registry"))
        desk.submit("/dang-nhap", "/dang-nhap", {"login": DESK, "password": PASSWORD})
        station = PythonStation(Browser(machines.origin("station")), Browser(machines.origin("box")))
        station.pair(hall.pairing_code(DESK))
        for voter_id in hall.voters():
            desk.submit(f"/dot/{hall.uuid}/ban", f"/dot/{hall.uuid}/ban/{voter_id}")
            hall.slips += station.work()
        with suppress(Answered):  # once more: refused
            desk.submit(f"/dot/{hall.uuid}/ban", f"/dot/{hall.uuid}/ban/{voter_id}")

    def vote(self) -> None:
        """Cast, twice, differently, broken, and as no machine of ours would."""
        self.bodies = [self.hall.body(number) for number in range(CAST)]
        assert {self.post("/phieu", body)[0] for body in self.bodies} == {201}
        self.post("/phieu", self.bodies[0])
        wrong = [
            self.hall.body(0, (2, 2, 2)), self.bodies[1].rstrip()[:-9],
            self.bodies[2].replace(b'"alpha"', b'"beta"', 1),
            b"\xff" + self.bodies[3], b"[" * 9_000, self.hall.slips[4].shown().encode(), self.bodies[5] * 3,
        ]  # fmt: skip
        said = {self.post("/phieu", body)[0] for body in wrong}
        assert said <= {400, 409, 413}, said
        asked = json.dumps({"credential": self.hall.credential(6).public.encode()}).encode()
        for path in ("/kiem-tra", "/tam", "/huy-the", "/trang-thai", f"/khong-co/{secrets.token_hex(4)}"):
            self.post(path, asked)
            self.post(path, self.bodies[6])

    def end(self) -> None:
        """Close, and look one tracker up on the board."""
        self.hall.by_two(closing.close)
        page = Browser(self.machines.origin("box")).get(f"/dot/{self.hall.uuid}/tra-cuu?ma={self.ballots[0].tracker}")
        assert self.ballots[0].tracker.encode() in page

    # --- what is looked for ---------------------------------------------------------------------------------------

    @property
    def ballots(self) -> list[Ballot]:
        return [Ballot.parse(body.rstrip(b" ")) for body in self.bodies]

    def of_slips(self) -> list[bytes]:
        """What only the holder of a slip has: its code in every spelling, and the key that it makes."""
        found = []
        for number, slip in enumerate(self.hall.slips):
            secret = self.hall.credential(number).secret
            found += _texts(slip.shown(), slip.shown().replace("-", ""), slip.digits, str(secret), f"{secret:064x}")
            found += [secret.to_bytes(32, "big"), secret.to_bytes(32, "little")]
        return found

    def of_ballots(self) -> list[bytes]:
        """What stands on a receipt, or leads to a ballot."""
        found = []
        for number, ballot in enumerate(self.ballots):
            public = self.hall.credential(number).public
            commit = commit_code(self.hall.election, tuple(answer.choices for answer in ballot.answers))
            for digest in (bytes.fromhex(ballot.hash), public.raw, bytes.fromhex(commit)):
                found += [digest, *_texts(digest.hex(), base64.b64encode(digest).decode().rstrip("="))]
            found += [*_texts(ballot.tracker), self.bodies[number].rstrip(b" ")[-60:]]
        return found

    def of_voters(self) -> list[bytes]:
        """Who was there."""
        return [text for n in range(VOTERS) for text in _texts(f"DB-{n:04d}", f"Đại biểu họ tên {n:04d}")]


def _texts(*texts: str) -> list[bytes]:
    """Return texts as they are, decomposed, in the other case, as JSON escapes them, and in two encodings."""
    forms = {unicodedata.normalize(form, text) for text in texts for form in ("NFC", "NFD")}
    forms |= {form.lower() for form in forms} | {form.upper() for form in forms}
    forms |= {json.dumps(form)[1:-1] for form in forms}
    return [form.encode(encoding) for form in forms for encoding in ("utf-8", "utf-16-le")]


def holding(paths: Iterable[Path], needles: list[bytes], *, last: int = 0) -> list[str]:
    """Return which of these files hold any needle: whole, or in their last bytes; one walk finds all needles."""
    wanted: dict[bytes, list[bytes]] = {}
    for needle in needles:
        wanted.setdefault(needle[:WINDOW], []).append(needle)
    found = []
    for path in paths:
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()[-last:]
            found += [f"{path.name}: {needle!r}" for needle in _held(content, wanted)][:3]
    return found


def clean(what: str, paths: Iterable[Path], needles: list[bytes], *, last: int = 0) -> None:
    """Check that no needle stands in any of these files, and say how many of each there were."""
    files = [path for path in paths if path.is_file() and not path.is_symlink()]
    assert holding(files, needles, last=last) == []
    size = sum(min(path.stat().st_size, last or path.stat().st_size) for path in files)
    print(f"\n{what}: 0 of {len(needles)} strings found in {len(files)} files of {size:,} bytes together")


def _held(content: bytes, wanted: Mapping[bytes, list[bytes]]) -> Iterator[bytes]:
    for place in range(len(content) - WINDOW + 1):
        for needle in wanted.get(content[place : place + WINDOW], ()):
            if content.startswith(needle, place):
                yield needle


def below(folder: Path, *without: str) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if not set(path.parts) & set(without)]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    folder, began = tmp_path_factory.mktemp("residue"), time.time() - 1
    machines = Machines(folder)
    hall = with_people(Hall(House.open(Config.from_environ(machines.environ))))
    hall.draft(roll=ROLL, delegates=VOTERS)
    hall.issuing()
    left = Left(hall, machines, began)
    try:
        machines.start("registry", "registry", "station", "committee")
        machines.start("box", "box")
        left.issue()
        hall.freeze()
        hall.ready()
        hall.voting()
        left.vote()
        left.end()
        yield left
    finally:
        machines.stop()
        hall.house.registry.dispose()
        hall.house.box.dispose()


def test_both_processes_logged_and_nothing_in_the_round_went_wrong(left: Left) -> None:
    assert [process.poll() for process in left.machines.running] == [None, None]
    for role in ("registry", "box"):
        log = (left.machines.folder / role / "log").read_text("utf-8", "replace")
        assert len(log) > 100
        assert "Traceback" not in log


def test_no_slip_stands_in_any_file_of_the_round(left: Left) -> None:
    assert len(left.of_slips()) > VOTERS
    clean("slips, in every file", below(left.machines.folder), left.of_slips())


# threats B6
def test_what_leads_to_a_ballot_stands_in_the_box_and_the_record_and_nowhere_else(left: Left) -> None:
    house = left.machines.folder / "house"
    boxes, rest = sorted(house.glob("box.db*")), below(left.machines.folder, "record")
    assert holding(boxes, left.of_ballots()) != []
    clean("ballots, outside box and record", (path for path in rest if path not in boxes), left.of_ballots())


def test_no_voter_stands_on_the_side_of_the_box_or_in_the_record(left: Left) -> None:
    house = left.machines.folder / "house"
    assert holding(house.glob("registry.db*"), left.of_voters()) != []
    sides = [*house.glob("box.db*"), *below(left.machines.folder / "box"), *below(house / f"dot-{left.hall.uuid}")]
    clean("voters, in box and record", [*sides, *house.glob("dot-*/**/*")], left.of_voters())


def test_no_file_holds_the_address_from_which_ballots_came(left: Left) -> None:
    """Threats B5, B6: not in the box, not in a log as loud as it goes, not anywhere else."""
    packed = socket.inet_aton(left.machines.voter)
    assert holding(below(left.machines.folder), _texts(left.machines.voter)) == []
    assert holding((left.machines.folder / "house").glob("box.db*"), [packed]) == []


def test_the_desks_own_log_names_no_voter(left: Left) -> None:
    assert holding([left.machines.folder / "registry" / "log"], left.of_voters()) == []


def test_nothing_is_left_where_this_machine_leaves_things(left: Left) -> None:
    """Threats B6, B16, B17: logs, spools, crash reports, shared memory, whatever was written since the round began."""
    needles = [*left.of_slips(), *left.of_ballots()]
    recent = [path for place in map(Path, LEFT) if place.is_dir() for path in written_since(place, left.began)]
    clean("slips and ballots, elsewhere on the machine", recent, needles, last=MOST_OF_EACH)


def written_since(place: Path, began: float) -> Iterator[Path]:
    """Yield the files of a folder that were written since then, but databases of tests that run beside this one."""
    for path in sorted(place.rglob("*"))[:MOST_FILES]:
        with suppress(OSError):
            if path.is_file() and path.lstat().st_mtime >= began and ".db" not in path.name:
                yield path


def test_the_search_would_find_them(left: Left, tmp_path: Path) -> None:
    for needles in (left.of_slips(), left.of_ballots(), left.of_voters()):
        for needle in (needles[0], needles[-1]):
            (tmp_path / "log").write_bytes(b"x" * 5 + needle + b"y")
            assert len(holding([tmp_path / "log"], needles)) > 0
