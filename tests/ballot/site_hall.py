"""A site with a server of its own beside a real box that is reached over HTTP on loopback; nothing is a mock.

Here live the line that is cut (the box's server stops), the site's process, and what a test sees of its files. Never
here: a lie; a test tells it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import urllib3
import waitress
from flask import Flask
from sqlalchemy import select

from ballot.app import site_app
from ballot.config import Config
from ballot.models.site import HeldBallot
from ballot.site import fetching, forwarding
from ballot.site.house import SiteHouse
from ballot.site.line import Exchange, Line, Wire
from ballot.storage import reading
from tests.ballot.client import Client
from tests.ballot.hall import Hall
from tests.ballot.issuer_processes import free_port
from tests.commands import ROOT, Done, run
from tests.postgres import databases

SITE_HOST = "127.0.0.5"
NAME = "Điểm cầu huyện Ánh"
PATIENCE = 60


@dataclass
class BoxServer:
    """The box of a hall on one port of loopback; stopped, the line is cut."""

    app: Any
    port: int = field(default_factory=free_port)
    host: str = "127.0.0.1"
    _running: tuple[Any, threading.Thread] | None = None

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> BoxServer:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((self.host, self.port))
        server = waitress.create_server(self.app, sockets=[listening], threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        self._running = (server, thread)
        return self

    def stop(self) -> None:
        if self._running is None:
            return
        server, thread = self._running
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        thread.join()
        server.task_dispatcher.shutdown()
        self._running = None


@dataclass
class Site:
    """One site: its folder, its application in this process, and its way to the box."""

    folder: Path
    origin: str = f"http://{SITE_HOST}:8000"
    houses: list[SiteHouse] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "BALLOT_ROLES": "site", "BALLOT_SITE_NAME": NAME, "BALLOT_SITE_HOST": SITE_HOST,
            "BALLOT_INSTANCE": str(self.folder), "BALLOT_SITE_FORWARD": "off",
        } | databases(self.folder, "site")  # fmt: skip

    @cached_property
    def house(self) -> SiteHouse:
        self.houses.append(SiteHouse.open(Config.from_environ(self.environ)))
        return self.houses[-1]

    @cached_property
    def app(self) -> Flask:
        return site_app(self.house)

    def restart(self) -> None:
        """Forget everything that was only in memory."""
        self.__dict__.pop("house", None)
        self.__dict__.pop("app", None)

    def browser(self) -> Client:
        return Client(self.app, self.origin)

    def line(self, box: BoxServer) -> Line:
        self.wires.append(Wire(box.origin, None))
        return Line(self.wires[-1])

    def fetch(self, hall: Hall, box: BoxServer) -> Site:
        fetching.fetch(self.house, hall.uuid, box_url=box.origin, line=self.line(box), typed=hall.manifest.hash)
        return self

    def cast(self, hall: Hall, body: bytes) -> Any:
        return self.browser().send(f"/dot/{hall.uuid}/phieu", data=body, content_type="application/json")

    def ask(self, hall: Hall, value: Any) -> Any:
        return self.browser().ask(f"/dot/{hall.uuid}/trang-thai", value)

    def turn(self, hall: Hall, box: BoxServer, **more: Any) -> bool:
        return forwarding.turn(self.house, hall.uuid, self.line(box), **more)

    def held(self, hall: Hall) -> list[HeldBallot]:
        with reading(self.house.engine) as session:
            found = select(HeldBallot).filter_by(uuid=hall.uuid).order_by(HeldBallot.hash)
            return list(session.scalars(found))

    def states(self, hall: Hall) -> dict[str, int]:
        states = [row.state for row in self.held(hall)]
        return {state: states.count(state) for state in sorted(set(states))}

    def command(self, *arguments: object) -> Done:
        return run("ballot", "site", *arguments, **self.environ)

    def files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()}

    def close(self) -> None:
        for wire in self.wires:
            wire.close()
        for house in self.houses:
            house.engine.dispose()


@dataclass
class SiteProcess:
    """The same site as a process of its own, which can be killed at any moment."""

    site: Site
    module: str = "wsgi:app"
    forward: str = "off"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        return f"http://{SITE_HOST}:{self.port}"

    def start(self, **environ: str) -> SiteProcess:
        command = [sys.executable, "-m", "waitress", f"--listen={SITE_HOST}:{self.port}", self.module]
        settings = self.site.environ | {"BALLOT_SITE_FORWARD": self.forward, "BALLOT_PORT": str(self.port)} | environ
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_for(lambda: self.request("GET", "/")[0] == 200)
        return self

    @property
    def log_file(self) -> Path:
        return self.site.folder.parent / f"{self.site.folder.name}.log"

    def wait_for(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < end, self.log_file.read_text()
            time.sleep(0.05)

    def request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Return status and body; 0 where no answer came."""
        with urllib3.PoolManager(retries=False) as pool:
            try:
                headers = {"Content-Type": "application/json"}
                answer = pool.request(method, self.origin + path, body=body, headers=headers, timeout=20)
            except urllib3.exceptions.HTTPError:
                return 0, b""
            return answer.status, answer.data

    def cast(self, uuid: str, body: bytes) -> tuple[int, bytes]:
        return self.request("POST", f"/dot/{uuid}/phieu", body)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()  # like a power cut: nothing is tidied up
            self.process.wait()
            self.process = None


def in_process(app: Flask) -> Exchange:
    """Return a way to a box in this process, for tests that send thousands of times."""
    client = app.test_client(use_cookies=False)

    def exchange(method: str, path: str, body: bytes | None, limit: int) -> tuple[int, bytes]:
        answer = client.open(
            path, method=method, data=body, content_type="application/json", base_url="http://127.0.0.1:8000",
            buffered=True,
        )  # fmt: skip
        return answer.status_code, answer.get_data()

    return exchange
