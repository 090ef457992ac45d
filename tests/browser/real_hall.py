"""The real application with a small round in it, served on loopback to a browser, and at hand for a test in Python.

Here lives the serving. Never here: a rule, a fake, or a test.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import waitress

from ballot.app import create_app
from ballot.committee import readiness
from ballot.config import Config
from ballot.house import House
from ballot.keyring import Keyring
from ballot.life import rounds
from tests.ballot.hall import Hall, plan
from tests.ballot.prepared import with_people

ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.0.0.3")  # localhost is the first of them too
VOTERS = 6
GAP = 0.2  # seconds


def roll(voters: int) -> str:
    """Return a roll as an organiser hands it in."""
    return "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 2}\n" for n in range(voters))


@contextmanager
def served(folder: Path, **changes: Any) -> Iterator[Hall]:
    """Serve a round that is being issued; its people and slips are the test's."""
    with served_empty(folder) as hall:
        small = {"delegates": VOTERS, "roll": roll(VOTERS), "own_device": True}
        hall.uuid = rounds.create(hall.house, plan(**(small | changes)), hall.actor("to-chuc-1"))
        hall.issuing()
        yield hall


@contextmanager
def served_empty(folder: Path) -> Iterator[Hall]:
    """Serve an organisation that has accounts and nothing else."""
    with _listening() as sockets:
        environ = {"BALLOT_INSTANCE": str(folder), "BALLOT_PORT": str(sockets[0].getsockname()[1])}
        config = Config.from_environ(environ)
        house = House.open(config)
        hall = with_people(Hall(replace(house, keyring=Keyring(house.keyring.folder, house.keyring.passphrase_file))))
        app = in_halves(create_app(config))
        with ExitStack() as stack:
            for each in sockets:
                stack.enter_context(_running(waitress.create_server(app, sockets=[each], threads=4)))
            yield hall
        hall.house.registry.dispose()
        hall.house.box.dispose()


def in_halves(app: Callable[..., Any]) -> Callable[..., Iterable[bytes]]:
    """Send the rest of every page a moment after its beginning: a test that reads too soon fails each time it runs."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers: dict[str, str] = {}

        def start(status: str, said: list[tuple[str, str]], *trouble: Any) -> Any:
            headers.update((name.lower(), value) for name, value in said)
            return start_response(status, said, *trouble)

        body = app(environ, start)
        return _halves(body) if headers.get("content-type", "").startswith("text/html") else body

    return answer


def _halves(body: Any) -> Iterator[bytes]:
    with closing(body):
        whole = b"".join(body)
    yield whole[: len(whole) // 2]
    time.sleep(GAP if whole else 0)
    yield whole[len(whole) // 2 :]


@contextmanager
def _running(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:  # closed in the server's own thread
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        thread.join()
        server.task_dispatcher.shutdown()


def open_box(hall: Hall, expected: int) -> None:
    """Freeze, let the committee make its key, and open the box."""
    assert hall.freeze() == expected
    hall.ready()
    hall.by_two(readiness.open_voting)


@contextmanager
def _listening() -> Iterator[list[socket.socket]]:
    """Yield sockets of all addresses on one port."""
    sockets: list[socket.socket] = []
    try:
        for address in ADDRESSES:
            sockets.append(socket.socket())
            sockets[-1].bind((address, sockets[0].getsockname()[1] if len(sockets) > 1 else 0))
        yield sockets
    finally:
        for each in sockets:
            each.close()
