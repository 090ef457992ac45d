"""A real server on a small disk that is full: ballots are refused before a receipt, and nothing that has one is lost.

Here live small file systems in memory. Never here: a single failing call (test_io_errors.py).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import urllib3

from ballot.committee import readiness
from ballot.result import closing
from ballot.startup.errors import DiskLow
from tally.protocol.encoding import canonical
from tally.protocol.padding import unpadded
from tally.protocol.spoiled import OpenedBallot
from tests.ballot.asking import do
from tests.ballot.hall import Hall
from tests.ballot.issuer_processes import free_port
from tests.ballot.look import ballots, refused
from tests.ballot.prepared import Prepared, new_hall
from tests.commands import ROOT
from tests.survival import found, promises

PATIENCE = 60
LITTLE_ROOM = "Đĩa của máy chủ chỉ còn"
Room = Callable[[str], Path]
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted: run as root")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Room]:
    """Return what makes a disk of a size (`4m`)."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        folder = tmp_path / f"disk-{len(mounted)}"
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@dataclass
class Server:
    """The box's process over a folder."""

    folder: Path
    uuid: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{self.port}", "wsgi:app"]
        environ = os.environ | {"BALLOT_INSTANCE": str(self.folder), "BALLOT_ROLES": "box"}
        with (self.folder.parent.parent / "box.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                self.get("election.json")
            except urllib3.exceptions.HTTPError:
                time.sleep(0.1)
            else:
                return self
        raise AssertionError(self.log())

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def log(self) -> str:
        return (self.folder.parent.parent / "box.log").read_text()

    def get(self, file: str) -> bytes:
        with urllib3.PoolManager(retries=False) as pool:
            return pool.request("GET", f"http://127.0.0.1:{self.port}/dot/{self.uuid}/{file}").data

    def post(self, file: str, body: bytes) -> tuple[int, bytes]:
        with urllib3.PoolManager(retries=False) as pool:
            address = f"http://127.0.0.1:{self.port}/dot/{self.uuid}/{file}"
            answer = pool.request("POST", address, body=body, headers={"Content-Type": "application/json"})
            return answer.status, answer.data


@pytest.fixture
def servers(small: Room) -> Iterator[list[Server]]:
    started: list[Server] = []
    yield started
    for server in started:
        server.kill()


def fill(folder: Path, *, leave: int) -> Path:
    """Let something else take the room of a disk, but for some bytes."""
    free = shutil.disk_usage(folder).free
    (folder / "something-else").write_bytes(bytes(max(0, free - leave)))
    return folder / "something-else"


def test_a_full_disk_refuses_before_a_receipt_and_loses_nothing_that_has_one(
    prepared: Prepared, small: Room, servers: list[Server]
) -> None:
    """threats I3, K8"""
    hall = prepared.at("voting")
    bodies = [hall.body(number) for number in range(40)]
    draft = promises.drafts(hall, 1)[0]
    found.leave(hall)
    instance = small("8m") / "instance"
    shutil.copytree(hall.house.config.instance, instance)
    server = Server(instance, hall.uuid)
    servers.append(server)
    server.start()
    receipts = {body: server.post("phieu", body) for body in bodies[:3]}
    something = fill(instance.parent, leave=300_000)
    waiting = iter(bodies[3:])
    status, said, body = 201, b"", b""
    while status == 201:
        body = next(waiting)
        status, said = server.post("phieu", body)
        receipts |= {body: (status, said)} if status == 201 else {}
    assert (status, json.loads(said)["code"]) == (507, "STORAGE_FULL")
    assert "sqlite" not in json.loads(said)["sentence"].lower()
    opened = canonical(OpenedBallot.of(draft, "B1").as_json())
    assert server.post("kiem-tra", opened)[0] in (201, 507)  # it is smaller, and the log is written over from its start
    # Who has a receipt and asks once more gets it: that needs no room.
    for cast, receipt in receipts.items():
        assert server.post("phieu", cast) == receipt
    server.kill()  # and whoever runs the machine pulls the plug
    something.unlink()
    server.start()
    for cast, receipt in receipts.items():
        assert server.post("phieu", cast) == receipt
    assert server.post("phieu", body)[0] == 201
    assert server.post("kiem-tra", opened)[0] == 201
    server.kill()
    for secret in (body, b"Traceback"):
        assert secret not in server.log().encode()
    check_closed(prepared, instance, hall.uuid, {*receipts, body})
    print(f"\na full disk: {len(receipts)} receipts before it, the next ballot refused, 0 lost")


def check_closed(prepared: Prepared, instance: Path, uuid: str, cast: set[bytes]) -> None:
    """Check that the box is whole, and closes over exactly these ballots."""
    hall = new_hall(instance, prepared.opened)
    hall.uuid = uuid
    found.check_box(hall)
    hall.by_two(closing.close)
    assert {bytes(raw) for raw in ballots(hall)} == {unpadded(body) for body in cast}
    found.leave(hall)


def page(hall: Hall) -> str:
    return hall.person("to-chuc-1").get(f"/dot/{hall.uuid}/").get_data(as_text=True)


def test_no_box_is_opened_on_a_disk_with_little_room(prepared: Prepared, small: Room) -> None:
    """threats I3: 500 MB, before the first voter stands there."""
    ready = prepared.at("ready")
    found.leave(ready)
    instance = small("60m") / "instance"
    shutil.copytree(ready.house.config.instance, instance)
    hall = new_hall(instance, prepared.opened)
    hall.uuid = ready.uuid
    refused(do(hall.person("to-chuc-1"), hall, "mo"), 507, "DISK_LOW")
    with pytest.raises(DiskLow, match="500 MB"):
        readiness.open_voting(hall.house, hall.uuid, hall.actor("to-chuc-2"))
    assert hall.phase() == "ready"
    assert LITTLE_ROOM in page(hall)
    subprocess.run(["mount", "-o", "remount,size=700m", str(instance.parent)], check=True)
    hall.voting()
    assert hall.phase() == "voting"
    assert LITTLE_ROOM in page(hall)  # the alarm comes earlier: under 1 GB
    subprocess.run(["mount", "-o", "remount,size=1200m", str(instance.parent)], check=True)
    assert LITTLE_ROOM not in page(hall)
    found.leave(hall)
