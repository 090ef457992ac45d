"""The generator against a server that puts people off: they come again when they were told to, with the same bytes.

Here live the generator's own promises. Never here: the box (test_load.py); a server of ten lines stands in for it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat

import pytest

from tests.load.generator import Run

PUT_OFF = 2


class Reluctant(ThreadingHTTPServer):
    """Takes every other ballot only when it comes for the third time."""

    daemon_threads = True

    def __init__(self) -> None:
        self.came: dict[bytes, int] = defaultdict(int)
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Answering)


class Answering(BaseHTTPRequestHandler):
    server: Reluctant
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.came[body] += 1
            put_off = body[-1] % 2 and self.server.came[body] <= PUT_OFF
        self.send_response(503 if put_off else 201)
        if put_off:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def reluctant() -> Iterator[Reluctant]:
    with Reluctant() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_who_is_put_off_comes_again_and_keeps_nobody_waiting_who_was_planned(reluctant: Reluctant) -> None:
    bodies = [bytes([65 + number]) for number in range(20)]
    run = Run((reluctant.server_port,), again=PUT_OFF)
    answers = run.send(zip(repeat("round"), bodies, strict=False), [number / 50 for number in range(20)])
    assert [answer.status for answer in answers] == [201] * 20
    assert [answer.tries for answer in answers] == [PUT_OFF if body[-1] % 2 else 0 for body in bodies]
    assert reluctant.came == {body: 1 + PUT_OFF * (body[-1] % 2) for body in bodies}
    assert len(run.put_off) == 10 * PUT_OFF
    assert all(answer.seconds >= PUT_OFF for answer in answers if answer.tries)  # latency counts from the plan
    assert sorted(answers, key=lambda one: one.seconds)[9].tries == 0


def test_without_leave_to_come_again_being_put_off_is_the_answer(reluctant: Reluctant) -> None:
    answers = Run((reluctant.server_port,)).send(iter([("round", b"A"), ("round", b"B")]), [0.0, 0.0])
    assert [(answer.status, answer.tries) for answer in answers] == [(503, 0), (201, 0)]
