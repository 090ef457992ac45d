"""An open workload: every arrival's time is fixed before the first, and latency counts from that time.

Here lives sending by plan. Never here: a pause because the server is slow; whoever waits for an answer before the next
voter comes measures a server that nobody is waiting for.
"""

from __future__ import annotations

import http.client
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

CLIENTS = 96
"""Connections at the most: a waiting voter holds one, so there must be more than ever wait."""
PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of one ballot: seconds since its planned time, status (0: none), body."""

    number: int
    seconds: float
    status: int
    body: bytes


@dataclass
class Run:
    """One run against a server on this machine."""

    port: int
    answers: list[Answer] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, ballots: Iterator[tuple[str, bytes]], times: list[float]) -> list[Answer]:
        """Send ballot after ballot, each at its time; return the answers in that order."""
        work = enumerate(zip(times, ballots, strict=False))
        begin = time.monotonic() + 0.5
        threads = [
            threading.Thread(target=self._client, args=(work, begin), daemon=True)
            for _ in range(min(CLIENTS, len(times)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(self.answers, key=lambda answer: answer.number)

    def _client(self, work: Iterator, begin: float) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while True:
            with self.lock:
                number, (at, (uuid, body)) = next(work, (-1, (0.0, ("", b""))))
            if number < 0:
                break
            time.sleep(max(0.0, begin + at - time.monotonic()))
            status, answer = _post(line, f"/dot/{uuid}/phieu", body)
            done = time.monotonic() - begin - at
            with self.lock:
                self.answers.append(Answer(number, done, status, answer))
        line.close()


def _post(line: http.client.HTTPConnection, path: str, body: bytes) -> tuple[int, bytes]:
    """Send once; a terminal would send the same bytes again, and that would hide an error here."""
    try:
        line.request("POST", path, body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        line.close()
        return 0, b""


def arrivals(count: int, rate: float) -> list[float]:
    """Return so many times at which voters come, independently of each other, `rate` of them a second."""
    chance, at, times = secrets.SystemRandom(), 0.0, []
    for _ in range(count):
        at += chance.expovariate(rate)
        times.append(at)
    return times
