"""How many ballots are looked at at a time, who waits for a turn, and who is told at once to come again.

Here lives this door of one process. Never here: what is decided about a ballot, or anything that outlives the process.

Proofs take the cores; more ballots at a time than cores are all slower, and none is sooner done. So a few are looked
at, the others wait in the order in which they came, and whoever could not be answered in time is told so before a thing
is done for them, with the seconds after which to send the same bytes again. Nothing is lost by it, and those who are
inside are answered as fast as ever. Source: threats I19; design 6.
"""

from __future__ import annotations

import os
import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from threading import Event, Lock
from time import monotonic

from tally.i18n import marked as _
from tally.protocol.errors import Refused

SOON = 1.2
"""Seconds that somebody may wait for a turn: with the look itself under two, which is when people press again."""
FIRST_GUESS = 0.1
"""Seconds of a turn, until some were seen."""
FEW = 8
"""So many wait on any machine, however slow it is or was a moment ago."""
MEMORY = 16
"""Turns over which their length is averaged."""
LATEST = 15
"""Seconds after which at the latest somebody who was sent away comes again."""


class BoxBusy(Refused):
    """More ballots arrive than can be looked at in time: this one was not looked at, and comes again."""

    code = "BOX_BUSY"
    text = _(
        "Nhiều phiếu đang đến cùng lúc nên hòm phiếu chưa xem phiếu này. Không có gì bị mất: máy sẽ tự gửi lại đúng "
        "phiếu ấy sau giây lát; xin quý vị chờ."
    )


class Door:
    """Lets so many in at a time, the others in their order, and none who would wait longer than `patience` seconds."""

    def __init__(self, *, places: int, patience: float = SOON) -> None:
        self._places, self._patience = places, patience
        self._free, self._turn = places, FIRST_GUESS
        self._waiting: deque[Event] = deque()
        self._promised = 0.0  # until when those who were sent away fill the places that will be free
        self._lock = Lock()

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._waiting)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Lend a place, as soon as it is this one's turn. Raises BoxBusy."""
        if (called := self._arrive()) is not None:
            called.wait()
        began = monotonic()
        try:
            yield
        finally:
            self._leave(monotonic() - began)

    def knock(self) -> None:
        """Do nothing for whoever would be sent away: even the database is not asked. Raises BoxBusy."""
        with self._lock:
            self._check_patience()

    def _arrive(self) -> Event | None:
        with self._lock:
            if self._free:
                self._free -= 1
                return None
            self._check_patience()
            self._waiting.append(called := Event())
            return called

    def _check_patience(self) -> None:
        """Refuse who would wait too long."""
        ahead = len(self._waiting) + 1
        wait = ahead * self._turn / self._places
        if ahead > FEW and wait > self._patience:
            raise BoxBusy("ballot", after=self._promise(wait))

    def _promise(self, wait: float) -> int:
        """Return after how many seconds to come again: no more come back in any second than can be taken in it."""
        now = monotonic()
        self._promised = max(self._promised, now + wait) + self._turn / self._places
        if self._promised < now + LATEST:
            return ceil(self._promised - now)
        self._promised = now + LATEST
        return LATEST - secrets.randbelow(LATEST // 2)

    def _leave(self, took: float) -> None:
        """Hand the place to whoever came first."""
        with self._lock:
            self._turn += (took - self._turn) / MEMORY
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


DOOR = Door(places=cores() + 1)
"""One for the process: while one ballot waits for the disk, the cores have others."""
