"""Connections that are opened and never used, and bodies that never end: voters are answered beside them (threats H16).

Here lives the real server under such a load. Never here: a proxy, which has limits of its own (ballot/deployment).
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ballot.hall import Hall
from tests.ballot.issuer_processes import free_port
from tests.ballot.prepared import Prepared
from tests.commands import ROOT

VOTERS, IDLE, DRIPPING, PATIENCE, SOON = 12, 30, 30, 60, 20.0
ROLL = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 2}\n" for n in range(VOTERS))


@dataclass
class Serving:
    """A box as a process of its own."""

    hall: Hall
    port: int

    def line(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def cast(self, body: bytes) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as line:
            line.request("POST", f"/dot/{self.hall.uuid}/phieu", body, {"Content-Type": "application/json"})
            return line.getresponse().status


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    hall = Prepared(tmp_path_factory.mktemp("slow"), roll=ROLL, delegates=VOTERS).at("voting")
    port = free_port()
    environ = {"BALLOT_INSTANCE": str(hall.house.config.instance), "BALLOT_PORT": str(port), "BALLOT_ROLES": "box"}
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "wsgi:app"]
    log = hall.house.config.instance / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stdout=out, stderr=out)
    try:
        wait_for(port, log)
        yield Serving(hall, port)
    finally:
        process.kill()
        process.wait()
        hall.house.registry.dispose()
        hall.house.box.dispose()


def wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


# threats H16
def test_voters_are_answered_beside_idle_connections_and_bodies_that_never_end(serving: Serving) -> None:
    hall = serving.hall
    bodies = [hall.body(number) for number in range(6)]
    head = f"POST /dot/{hall.uuid}/phieu HTTP/1.1\r\nHost: 127.0.0.1:{serving.port}\r\n"
    unfinished = f"{head}Content-Type: application/json\r\nContent-Length: {len(bodies[0])}\r\n\r\n".encode()
    with ExitStack() as open_lines:
        for _ in range(IDLE):
            open_lines.enter_context(closing(serving.line()))
        for number in range(DRIPPING):
            line = open_lines.enter_context(closing(serving.line()))
            line.sendall(unfinished[: 40 + number] if number % 2 else unfinished + bodies[0][: 50 * number])
        started = time.monotonic()
        assert [serving.cast(body) for body in bodies] == [201] * len(bodies)
        assert time.monotonic() - started < SOON


# threats H16
def test_a_body_that_claims_to_be_huge_is_refused_before_it_is_sent(serving: Serving) -> None:
    with closing(serving.line()) as line:
        line.sendall(
            f"POST /dot/{serving.hall.uuid}/phieu HTTP/1.1\r\nHost: 127.0.0.1:{serving.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {10**10}\r\n\r\n".encode()
        )
        assert line.recv(64).split()[1] == b"413"
    assert serving.cast(serving.hall.body(7)) == 201
