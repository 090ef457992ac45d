"""The application of a demonstration: the real one, on loopback, in a thread of this process.

Here lives its start and its accounts. Never here: a shortcut past HTTP.
"""

from __future__ import annotations

import errno
import os
import secrets
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import waitress

from ballot.app import create_app
from ballot.config import Config
from ballot.house import House
from ballot.identity import organisations
from ballot.identity.login import create_account
from ballot.serving import CONNECTIONS, MOST, THREADS, PortInUse
from tally.i18n import marked as _
from tally.i18n import translate

PORTS = range(8000, 8020)
ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.0.0.3")  # registry and box; station; committee (config.HOSTS)
ORGANISATION = _("Ban tổ chức (trình diễn)")
PEOPLE = (
    ("to-chuc-1", _("Người tổ chức thứ nhất"), "organiser"),
    ("to-chuc-2", _("Người tổ chức thứ hai"), "organiser"),
    ("tiep-don", _("Bàn tiếp đón"), "desk"),
    ("quan-tri", _("Người quản trị"), "administrator"),
    ("quan-sat", _("Quan sát viên"), "observer"),
)


@dataclass(frozen=True)
class Server:
    """A running application and the passwords of its people, by login."""

    config: Config
    passwords: dict[str, str] = field(repr=False)
    _running: tuple[tuple[Any, threading.Thread], ...] = field(repr=False)

    @classmethod
    def start(cls, instance: Path) -> Server:
        """Start with an empty instance folder on the port that BALLOT_PORT asks for, else on the first free one.

        Raises BadSetting, PortInUse, OSError; then no folder was made.
        """
        environ = {k: v for k, v in os.environ.items() if "PTN" in k} | {"BALLOT_INSTANCE": str(instance)}
        asked = os.environ.get("BALLOT_PORT")
        ports = (Config.from_environ(environ | {"BALLOT_PORT": asked}).port,) if asked else PORTS
        listening = _bound_sockets(ports)
        instance.mkdir(parents=True, exist_ok=True)
        config = Config.from_environ(environ | {"BALLOT_PORT": str(listening[0].getsockname()[1])})
        application = create_app(config)
        running = tuple(_serve(application, one) for one in listening)
        return cls(config, _create_people(config), running)

    def wait(self) -> None:
        """Serve until interrupted."""
        while any(thread.is_alive() for _server, thread in self._running):
            for _server, thread in self._running:
                thread.join(timeout=1)

    def stop(self) -> None:
        """Close every connection, in each server's own thread, and wait until all have ended."""
        for server, thread in self._running:
            server.trigger.pull_trigger(partial(server.asyncore.close_all, server._map))
            thread.join()
            server.task_dispatcher.shutdown()


def _serve(application: Any, listening: socket.socket) -> tuple[Any, threading.Thread]:
    """Serve one address in a thread; several in one server could not be stopped from outside."""
    server = waitress.create_server(
        application, sockets=[listening], threads=THREADS, connection_limit=CONNECTIONS, max_request_body_size=MOST
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    return server, thread


def _bound_sockets(ports: Sequence[int]) -> list[socket.socket]:
    """Return sockets of all addresses on the first of these ports that is free at each. Raises PortInUse, OSError."""
    for port in ports:
        found = [socket.socket() for _address in ADDRESSES]
        try:
            for listening, address in zip(found, ADDRESSES, strict=True):
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listening.bind((address, port))
        except OSError as error:
            for listening in found:
                listening.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return found
    raise PortInUse(port="–".join(map(str, sorted({ports[0], ports[-1]}))))


def _create_people(config: Config) -> dict[str, str]:
    house, passwords = House.open(config), {}
    organisation = organisations.found(house, translate(ORGANISATION))
    for login, name, role in PEOPLE:
        passwords[login] = "-".join(secrets.token_hex(2) for _ in range(4))
        create_account(house, organisation, login=login, name=translate(name), role=role, password=passwords[login])
    return passwords
