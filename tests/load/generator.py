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
from heapq import heappop, heappush

CLIENTS = 200
"""Connections at the most: a waiting voter holds one, so there must be more than ever wait."""
PATIENCE = 120
LATER = 503
Ballot = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of one ballot: seconds since its planned time, status (0: none), body; `tries` before this one.

    `looked` is how long the server had this very try; `after` are the seconds after which it asks for the next.
    """

    number: int
    seconds: float
    status: int
    body: bytes
    tries: int = 0
    looked: float = 0.0
    after: int | None = None


@dataclass
class Run:
    """One run against servers on this machine, in turn; `again` sends what was put off once more, as terminals do."""

    ports: tuple[int, ...]
    again: int = 0
    answers: list[Answer] = field(default_factory=list)
    put_off: list[Answer] = field(default_factory=list)
    _later: list[tuple[float, int, int, Ballot]] = field(default_factory=list)
    _first: tuple[float, int, int, Ballot] | None = None
    _open: int = 0
    _lock: threading.Condition = field(default_factory=threading.Condition)

    def send(self, ballots: Iterator[Ballot], times: list[float]) -> list[Answer]:
        """Send ballot after ballot, each at its time; return the last answer to each, in that order."""
        work = enumerate(zip(times, ballots, strict=False))
        begin = time.monotonic() + 0.5
        planned = ((at, number, 0, ballot) for number, (at, ballot) in work)
        self._first = next(planned, None)
        threads = [
            threading.Thread(target=self._client, args=(place, planned, times, begin), daemon=True)
            for place in range(min(CLIENTS, len(times)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(self.answers, key=lambda answer: answer.number)

    def _client(self, place: int, planned: Iterator, times: list[float], begin: float) -> None:
        port = self.ports[place % len(self.ports)]
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        while (next_ := self._next(planned)) is not None:
            due, number, tries, ballot = next_
            time.sleep(max(0.0, begin + due - time.monotonic()))
            sent = time.monotonic()
            status, body, after = _post(line, f"/dot/{ballot[0]}/phieu", ballot[1])
            done = time.monotonic()
            answer = Answer(number, done - begin - times[number], status, body, tries, done - sent, after)
            self._note(answer, ballot, done - begin)
        line.close()

    def _next(self, planned: Iterator) -> tuple[float, int, int, Ballot] | None:
        """Return what is due first; at the end wait for those who may be put off and come again."""
        with self._lock:
            while self._first is None and not self._later and self._open:
                self._lock.wait()
            found = self._first
            if self._later and (found is None or self._later[0] < found):
                found = heappop(self._later)
            elif found is not None:
                self._first = next(planned, None)
            self._open += found is not None
            return found

    def _note(self, answer: Answer, ballot: Ballot, now: float) -> None:
        with self._lock:
            self._open -= 1
            if answer.status == LATER and answer.after is not None and answer.tries < self.again:
                self.put_off.append(answer)
                heappush(self._later, (now + answer.after, answer.number, answer.tries + 1, ballot))
            else:
                self.answers.append(answer)
            self._lock.notify_all()


def _post(line: http.client.HTTPConnection, path: str, body: bytes) -> tuple[int, bytes, int | None]:
    """Send once; where nothing came back, a terminal would send the same bytes again, and that would hide an error."""
    try:
        line.request("POST", path, body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        after = answer.getheader("Retry-After")
        return answer.status, answer.read(), int(after) if after else None
    except (OSError, http.client.HTTPException):
        line.close()
        return 0, b"", None


def arrivals(count: int, rate: float) -> list[float]:
    """Return so many times at which voters come, independently of each other, `rate` of them a second."""
    chance, at, times = secrets.SystemRandom(), 0.0, []
    for _ in range(count):
        at += chance.expovariate(rate)
        times.append(at)
    return times
