"""Issuers as real processes on loopback, and a hall whose registry is linked with them; nothing is a mock.

Here live their start and end, and what their operators do. Never here: a lie; a test tells it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from ballot.config import Config
from ballot.house import House
from ballot.issuer import rounds
from ballot.issuer.house import IssuerHouse
from ballot.models.issuer import LogEntry
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.storage import reading
from keys.signers import Entry, Kind
from tests.ballot.hall import Hall
from tests.ballot.prepared import with_people
from tests.commands import ROOT, run
from tests.postgres import databases

PATIENCE = 60


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@dataclass
class IssuerProcess:
    """One issuer: its folder, its port, and the process while it runs."""

    name: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        named = {"BALLOT_ROLES": "issuer", "BALLOT_ISSUER_NAME": self.name, "BALLOT_INSTANCE": str(self.folder)}
        return named | databases(self.folder, "issuer")

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        serve = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{self.port}", "wsgi:app"]
        log = (self.folder.parent / f"{self.name}.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                serve, cwd=ROOT, env=os.environ | self.environ, stdout=log, stderr=log, start_new_session=True
            )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        with urllib3.PoolManager(retries=False) as pool:
            while time.monotonic() < end:
                try:
                    pool.request("POST", f"{self.origin}/dot/x/khoa", headers={"Content-Type": "application/json"})
                except urllib3.exceptions.HTTPError:
                    time.sleep(0.1)
                else:
                    return
        raise AssertionError((self.folder.parent / f"{self.name}.log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()  # like a power cut: nothing is tidied up
            self.process.wait()
            self.process = None

    def log(self) -> str:
        return (self.folder.parent / f"{self.name}.log").read_text()

    def house(self) -> IssuerHouse:
        """Open the issuer's own database and keys, as its operator's commands do."""
        return IssuerHouse.from_environ(self.environ)

    def accept(self, hall: Hall) -> None:
        house = self.house()
        rounds.accept(house, hall.uuid, typed=hall.manifest.hash)
        house.engine.dispose()

    def command(self, *arguments: object):
        return run("ballot", "issuer", *arguments, **self.environ)

    def log_entries(self, uuid: str) -> list[Entry]:
        """Return the issuer's log from its own database."""
        house = self.house()
        with reading(house.engine) as session:
            found = session.query(LogEntry).filter_by(uuid=uuid).order_by(LogEntry.height).all()
        house.engine.dispose()
        return [Entry(Kind(e.kind), e.voter, e.blinded, e.answer, e.reason) for e in found]

    def kinds(self, uuid: str) -> list[str]:
        return [entry.kind.value for entry in self.log_entries(uuid)]

    def key_files(self, uuid: str) -> set[str]:
        return {path.name for path in (self.folder / "keys" / uuid).iterdir()}


@dataclass
class Linked:
    """A folder with two running issuers, and halls whose registry is linked with both."""

    folder: Path
    issuers: list[IssuerProcess] = field(default_factory=list)
    halls: list[Hall] = field(default_factory=list)

    def start(self) -> Linked:
        for name in ISSUERS:
            issuer = IssuerProcess(name, self.folder / name)
            issuer.start()
            secret = self.folder / f"{name}.link.secret"
            assert issuer.command("link", secret).code == 0
            self.issuers.append(issuer)
        return self

    def hall(self, **settings: str) -> Hall:
        """Open a registry and box of its own with people, and carry the secrets to it."""
        folder = self.folder / f"hall-{len(self.halls)}"
        folder.mkdir(mode=0o700)
        (folder / "keys").mkdir(mode=0o700)
        for issuer in self.issuers:
            shutil.copy(self.folder / f"{issuer.name}.link.secret", folder / "keys")
        placed = ",".join(f"{issuer.name}={issuer.origin}" for issuer in self.issuers)
        environ = {"BALLOT_INSTANCE": str(folder), "BALLOT_ISSUERS": placed} | databases(folder)
        hall = with_people(Hall(House.open(Config.from_environ(environ | settings))))
        self.halls.append(hall)
        return hall

    def issuing(self, *, accepted: bool = True) -> Hall:
        """Return a hall with a sealed round that, unless a test says no, both operators have accepted."""
        hall = self.hall()
        hall.draft()
        hall.issuing()
        for issuer in self.issuers if accepted else ():
            issuer.accept(hall)
        return hall

    def stop(self) -> None:
        for issuer in self.issuers:
            issuer.stop()
        for hall in self.halls:
            close(hall)


def close(hall: Hall) -> None:
    for door in hall.house.links.values():
        door.close()
    hall.house.registry.dispose()
    hall.house.box.dispose()
