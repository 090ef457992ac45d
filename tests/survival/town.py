"""A round's machines as processes of their own on loopback: registry, box, two issuers, a site; each may be killed.

Here live their start, their addresses and their end. Never here: an expectation, or a lie.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event, Thread

from ballot.config import Config
from ballot.house import House
from ballot.issuer import rounds
from ballot.issuer.house import IssuerHouse
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.site.house import SiteHouse
from tests.ballot.hall import Hall
from tests.nursery import Child, Nursery

PATIENCE = 60
SITE_NAME = "Điểm cầu xa"
_CHANCE = secrets.SystemRandom()


@dataclass
class Server:
    """One process: what it is told, where it listens, and the child while it runs."""

    nursery: Nursery
    name: str
    environ: dict[str, str]
    listen: list[tuple[str, int]]
    child: Child | None = None
    kills: int = 0

    def start(self) -> Server:
        addresses = [f"{host}:{port}" for host, port in self.listen]
        self.child = self.nursery.start(
            "tests.survival.acts:serve", environ=self.environ, log=f"{self.name}.log", listen=addresses
        )
        return self.wait()

    def wait(self) -> Server:
        """Wait until every address answers."""
        end = time.monotonic() + PATIENCE
        for address in self.listen:
            while not _answers(address):
                assert time.monotonic() < end and self.child, self.name
                assert self.child.ended() is None, self.child.log.read_text()
                time.sleep(0.01)
        return self

    def kill(self) -> None:
        """Pull the plug."""
        if self.child is not None:
            self.child.kill()
            self.child, self.kills = None, self.kills + 1

    def restart(self) -> None:
        self.kill()
        self.start()

    @property
    def log(self) -> str:
        return (self.nursery.folder / f"{self.name}.log").read_text()


def _answers(address: tuple[str, int]) -> bool:
    with socket.socket() as found:
        return found.connect_ex(address) == 0


@dataclass
class Town:
    """All machines of one registry; `folder` holds a folder for each."""

    nursery: Nursery
    folder: Path
    remote_issuers: bool = False
    behind: int = 0
    """Where people's requests pass something else on their way: how far its port lies below the servers' own."""
    network: str = field(default_factory=lambda: f"127.8.{secrets.randbelow(250) + 1}")
    servers: dict[str, Server] = field(default_factory=dict)

    @cached_property
    def port(self) -> int:
        with socket.socket() as found:
            found.bind((self.host("box"), 0))
            return int(found.getsockname()[1])

    def host(self, part: str) -> str:
        number = {"registry": 4, "station": 2, "committee": 3, "box": 1, "site": 5, ISSUERS[0]: 11, ISSUERS[1]: 12}
        return f"{self.network}.{number[part]}"

    def origin(self, part: str) -> str:
        return f"http://{self.host(part)}:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """What registry and box are told."""
        placed = (f"{name}={self.origin(name)}" if self.remote_issuers else name for name in ISSUERS)
        hosts = {f"BALLOT_{part.upper()}_HOST": self.host(part) for part in ("registry", "station", "committee", "box")}
        return hosts | {
            "BALLOT_INSTANCE": str(self.folder / "house"), "BALLOT_PORT": str(self.port),
            "BALLOT_ISSUERS": ",".join(placed),
        }  # fmt: skip

    def environ_of(self, part: str) -> dict[str, str]:
        if part == "site":
            return {
                "BALLOT_ROLES": "site", "BALLOT_SITE_NAME": SITE_NAME, "BALLOT_SITE_HOST": self.host("site"),
                "BALLOT_INSTANCE": str(self.folder / "site"), "BALLOT_PORT": str(self.port),
            }  # fmt: skip
        if part in ISSUERS:
            return {
                "BALLOT_ROLES": "issuer", "BALLOT_ISSUER_NAME": part, "BALLOT_INSTANCE": str(self.folder / part),
                "BALLOT_ISSUER_HOST": self.host(part),
            }  # fmt: skip
        return self.environ | {"BALLOT_ROLES": part}

    @cached_property
    def hall(self) -> Hall:
        """The same folder, opened by this test: people's acts that are not what is tested, and what is looked at."""
        return Hall(House.open(Config.from_environ(self.environ)))

    def start(self, *parts: str) -> Town:
        for part in parts:
            behind = {"registry": ("registry", "station", "committee")}.get(part, (part,))
            listen = [(self.host(name), self.port + self.behind) for name in behind]
            self.servers[part] = Server(self.nursery, part, self.environ_of(part), listen).start()
        return self

    def link_issuers(self) -> None:
        """Start both issuers and carry the secrets of their links to the registry, as their operators do."""
        keys = self.folder / "house" / "keys"
        keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ISSUERS:
            self.start(name)
            house = self.issuer(name)
            path = keys / f"{name}.link.secret"
            path.write_text(house.link_secret)
            path.chmod(0o600)
            house.engine.dispose()

    def accept(self) -> None:
        """Let both operators accept the sealed round."""
        for name in ISSUERS:
            house = self.issuer(name)
            rounds.accept(house, self.hall.uuid, typed=self.hall.manifest.hash)
            house.engine.dispose()

    def issuer(self, name: str) -> IssuerHouse:
        return IssuerHouse.from_environ(self.environ_of(name))

    def site_house(self) -> SiteHouse:
        return SiteHouse.from_environ(self.environ_of("site"))

    def take_over(self, folder: Path, uuid: str) -> Town:
        """Copy a prepared round into the house."""
        shutil.copytree(folder, self.folder / "house")
        self.hall.uuid = uuid
        return self

    @property
    def kills(self) -> Counter[str]:
        return Counter({name: server.kills for name, server in self.servers.items()})

    def stop(self) -> None:
        for server in self.servers.values():
            if server.child is not None:
                server.child.kill()
        if "hall" in self.__dict__:
            for door in self.hall.house.links.values():
                door.close()
            self.hall.house.registry.dispose()
            self.hall.house.box.dispose()


@contextmanager
def killing(town: Town, *parts: str, within: float, most: int = 1000) -> Iterator[None]:
    """Kill one of these machines again and again, at a random moment after it is up, and start it anew.

    Each is killed once at least, the first time soon: on a fast machine the acts are over in a moment.
    """
    over, failures = Event(), []
    first = _CHANCE.sample(parts, len(parts))
    chosen = [*first, *(_CHANCE.choice(parts) for _ in range(most - len(parts)))]

    def kill_on() -> None:
        try:
            for number, part in enumerate(chosen):
                soon = number < len(first)
                if over.wait(within * _CHANCE.random() * (0.2 if soon else 1)) and not soon:
                    return
                town.servers[part].restart()
        except BaseException as error:
            failures.append(error)

    thread = Thread(target=kill_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failures:
        raise failures[0]
