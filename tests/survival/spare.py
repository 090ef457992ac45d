"""The cold spare, rehearsed with a stopwatch: backup in the midst of voting, the server killed for good, another one.

    .venv/bin/python -m tests.survival.spare [--voters 44] [--folder DIR]

Here lives the rehearsal: the real server and the real commands as processes of their own. Never here: what people do
meanwhile (finding the spare, carrying the disk, the passphrases); the stopwatch shows the machine's part alone.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import urllib3

from ballot.backup.sealed import PARTS
from ballot.config import Config
from ballot.house import House
from ballot.result import closing
from tally.record import Record
from tally.verify import verify_record
from tests.ballot.asking import do, hand_in_parts
from tests.ballot.client import BOX
from tests.ballot.hall import VOTERS, Hall
from tests.ballot.prepared import Prepared
from tests.commands import ROOT, run
from tests.survival.backups import WORDS, Recipients

GOAL = 600
"""Seconds: ten minutes (threats I20, G14)."""
HOST = BOX.removeprefix("http://").split(":")[0]
IN_FLIGHT = 3
"""Voters who wait for their receipt in the moment when the plug is pulled."""


@dataclass
class Stopwatch:
    """What each step took, in seconds."""

    steps: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.steps[name] = time.monotonic() - begun

    @property
    def total(self) -> float:
        return sum(self.steps.values())

    def lines(self) -> list[str]:
        width = max(map(len, self.steps))
        told = [f"  {name:<{width}} {seconds:7.1f} s" for name, seconds in self.steps.items()]
        return [*told, f"  {'in all':<{width}} {self.total:7.1f} s   (goal: {GOAL} s)"]


@dataclass
class Machine:
    """A host: its folder, and the server that runs on it. The spare takes over the address of the first one."""

    folder: Path
    copy: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        return {"BALLOT_INSTANCE": str(self.folder), "BALLOT_BOX_COPY": self.copy, "BALLOT_PORT": str(self.port)}

    def start(self) -> None:
        command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{self.port}", "wsgi:app"]
        with self.folder.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | self.environ, stdout=log, stderr=log, start_new_session=True
            )
        while self.post("", b"")[0] == 0:
            assert self.process.poll() is None, self.folder.with_suffix(".log").read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def get(self, path: str) -> bytes:
        with urllib3.PoolManager(retries=False) as pool:
            answer = pool.request("GET", f"http://127.0.0.1:{self.port}/{path}", headers={"Host": HOST})
        assert answer.status == 200, answer.data
        return answer.data

    def post(self, path: str, body: bytes) -> tuple[int, Any]:
        """Return status and answer; 0 where none came."""
        with urllib3.PoolManager(retries=False) as pool:
            headers = {"Content-Type": "application/json", "Host": HOST}
            try:
                answer = pool.request("POST", f"http://127.0.0.1:{self.port}/{path}", body=body, headers=headers)
            except urllib3.exceptions.HTTPError:
                return 0, None
        return answer.status, json.loads(answer.data) if answer.data.startswith(b"{") else None


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Rehearsal:
    """One round that is cut off in its midst and goes on elsewhere; `receipts` are by number of the slip."""

    prepared: Prepared
    folder: Path
    voters: int = VOTERS
    watch: Stopwatch = field(default_factory=Stopwatch)
    receipts: dict[int, dict[str, str]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    """What the commands printed, in order."""

    def __post_init__(self) -> None:
        self.hall: Hall = self.prepared.at("voting")
        self.uuid = self.hall.uuid
        self.bodies = [self.hall.body(number) for number in range(self.voters)]
        for engine in (self.hall.house.registry, self.hall.house.box):
            engine.dispose()
        first = self.hall.house.config.instance.rename(self.folder / "first")
        (self.folder / "other-disk").mkdir()
        self.copy, port = f"sqlite:///{self.folder}/other-disk/copy.db", _free_port()
        self.first, self.spare = (Machine(place, self.copy, port) for place in (first, self.folder / "spare"))
        self.to = Recipients.make(self.folder / "holders")

    @property
    def witnessed(self) -> Path:
        """What somebody who watched the first server has of its checkpoints."""
        return self.folder / "witness.txt"

    # --- the first server -----------------------------------------------------------------------------------------

    def vote(self, machine: Machine, numbers: range) -> None:
        for number in numbers:
            status, answer = machine.post(f"dot/{self.uuid}/phieu", self.bodies[number])
            assert status == 201, (number, status, answer)
            self.receipts[number] = answer

    def back_up(self) -> None:
        """Run the command as the machine's operator does, while people vote."""
        options = [word for part in PARTS for word in (f"--{part}-to", self.to.names[part])]
        self._command("ballot", "backup", self.folder / "backups", *options, **self.first.environ)

    def lose(self, numbers: range) -> None:
        """Pull the plug while these wait for their receipts, and let nobody read that disk again."""
        waiting = [threading.Thread(target=self._try, args=(number,)) for number in numbers]
        self.witnessed.write_bytes(self.first.get(f"dot/{self.uuid}/moc.txt"))
        for one in waiting:
            one.start()
        time.sleep(0.1)
        self.first.kill()
        for one in waiting:
            one.join()
        shutil.rmtree(self.first.folder)

    def _try(self, number: int) -> None:
        status, answer = self.first.post(f"dot/{self.uuid}/phieu", self.bodies[number])
        if status == 201:
            self.receipts[number] = answer

    # --- the spare ------------------------------------------------------------------------------------------------

    def restore(self) -> None:
        for part in PARTS:
            (file,) = (self.folder / "backups").glob(f"{part}-*")
            self._command(
                "ballot",
                "restore",
                self.spare.folder,
                file,
                self.to.file(part),
                stdin=f"{WORDS}\n",
                **self.spare.environ,
            )

    def resume(self) -> None:
        outside = ("--witness", self.witnessed, "--copy", self.copy)
        self._command("ballot", "resume", self.uuid, *outside, **self.spare.environ)

    def go_on(self, number: int) -> None:
        """Restore, start, see that nothing is taken, fill, and take the first ballot."""
        with self.watch.step("restore registry, box and keys"):
            self.restore()
        with self.watch.step("start the server"):
            self.spare.start()
        status, answer = self.spare.post(f"dot/{self.uuid}/phieu", self.bodies[number])
        assert (status, answer["code"]) == (503, "BOX_BEHIND")
        with self.watch.step("fill the box from the second copy"):
            self.resume()
        with self.watch.step("first receipt"):
            self.vote(self.spare, range(number, number + 1))

    def _command(self, *arguments: object, stdin: str = "", **environ: str) -> None:
        done = run(*arguments, stdin=stdin, **environ)
        assert done.code == 0, done.output
        self.told.append(done.output)

    # --- the end --------------------------------------------------------------------------------------------------

    @cached_property
    def record(self) -> Record:
        """Close, count and verify as ever; return the record."""
        hall = Hall(House.open(Config.from_environ(self.spare.environ | {"BALLOT_PORT": "8000"})))
        hall.uuid, hall.board = self.uuid, self.prepared.hall.board
        hall.by_two(closing.close)
        organiser = hall.person("to-chuc-1")
        hand_in_parts(hall, organiser)
        assert do(organiser, hall, "kiem-phieu").status_code == 302
        found = Record.read(hall.house.record(self.uuid))
        for engine in (hall.house.registry, hall.house.box, hall.house.box_copy):
            engine.dispose()
        return found

    def recorded(self) -> list[str]:
        """Return the trackers of all ballots in the record, which was verified."""
        return [ballot.tracker for ballot in verify_record(self.record).evidence.ballots]


def rehearse(prepared: Prepared, folder: Path, *, voters: int = VOTERS) -> Rehearsal:
    """Play it all; return what was seen. Threats I13, I20, G14."""
    found = Rehearsal(prepared, folder, voters)
    early, late = voters // 4, voters * 3 // 4
    found.first.start()
    try:
        found.vote(found.first, range(early))
        backing_up = threading.Thread(target=found.back_up)
        backing_up.start()
        found.vote(found.first, range(early, late))
        backing_up.join()
        found.lose(range(late, late + IN_FLIGHT))
        found.go_on(late + IN_FLIGHT)
        before = dict(found.receipts)
        found.vote(found.spare, range(voters))  # everybody sends again: whoever had a receipt gets the very same
        assert {number: found.receipts[number] for number in before} == before
    finally:
        for machine in (found.first, found.spare):
            if machine.process is not None:
                machine.process.kill()
                machine.process.wait()
    return found


def main() -> None:
    """Rehearse once and print the stopwatch."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--voters", type=int, default=VOTERS)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.folder:
        asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ptn-spare-", dir=asked.folder) as place:
        folder, count = Path(place), asked.voters
        roll = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 3}\n" for n in range(count))
        (folder / "round").mkdir()
        (folder / "hosts").mkdir()
        found = rehearse(Prepared(folder / "round", roll=roll, delegates=count), folder / "hosts", voters=count)
        recorded = found.recorded()
    lost = sum(receipt["tracker"] not in recorded for receipt in found.receipts.values())
    print(f"Cold spare, rehearsed with {count} ballots, plug pulled with {IN_FLIGHT} requests in flight:")
    print("\n".join(found.watch.lines()))
    twice = len(recorded) - len(set(recorded))
    count = len(found.receipts)
    print(f"  receipted ballots lost: {lost} of {count} (95 % upper bound 3/{count}); in the record twice: {twice}")


if __name__ == "__main__":
    main()
