"""How many ballots are looked at at a time, who waits for a turn, and who is told at once to come again.

Here lives this door of one process. Never here: what is decided about a ballot, or anything that outlives the process.

Proofs take the cores; more ballots at a time than cores are all slower, and none is sooner done. So a few are looked
at, the others wait in the order in which they came, and whoever could not be answered in time is told so before a thing
is done for them, with the seconds after which to send the same bytes again. Nothing is lost by it, and those who are
inside are answered as fast as ever. How long a turn takes is known from those who left; so when nobody leaves at all,
whoever comes is told so at once, and whoever waits goes on waiting for a few seconds only: a request that waits holds a
thread of the server, and without a thread nobody is told anything. Source: threats I11, I19; design 6.
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
STILL = 3.0
"""Seconds without anybody coming in or going out after which whoever comes is sent away: those inside are held up."""
LONGEST = 6.0
"""Seconds after which whoever still waits for a place is sent away too."""
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
    """Lets so many in at a time, the others in their order, and none who would wait longer than `patience` seconds.

    Nobody comes to wait after `still` seconds in which no place moved, and nobody waits longer than `longest`.
    """

    def __init__(self, *, places: int, patience: float = SOON, still: float = STILL, longest: float = LONGEST) -> None:
        self._places, self._patience, self._still, self._longest = places, patience, still, longest
        self._free, self._turn = places, FIRST_GUESS
        self._waiting: deque[Event] = deque()
        self._moved = 0.0  # when somebody last came in or went out
        self._promised = 0.0  # until when those who were sent away fill the places that will be free
        self._lock = Lock()

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._waiting)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Lend a place, as soon as it is this one's turn. Raises BoxBusy."""
        began = monotonic()
        if (called := self._arrive(began)) is not None:
            self._wait(called)
            began = monotonic()
        try:
            yield
        finally:
            self._leave(began)

    def knock(self) -> None:
        """Do nothing for whoever would be sent away: even the database is not asked. Raises BoxBusy."""
        with self._lock:
            self._check_patience()

    def _arrive(self, now: float) -> Event | None:
        with self._lock:
            if self._free:
                self._free -= 1
                self._moved = now
                return None
            self._check_patience()
            self._waiting.append(called := Event())
            return called

    def _wait(self, called: Event) -> None:
        """Wait to be called. Raises BoxBusy for whoever was not called in time, and then is no longer in the queue."""
        if called.wait(self._longest):
            return
        with self._lock:
            if not called.is_set():  # else a place was handed over in this very moment: it is this one's
                self._waiting.remove(called)
                raise self._busy(self._longest)

    def _check_patience(self) -> None:
        """Refuse who would wait too long."""
        if self._free:
            return
        ahead, still = len(self._waiting) + 1, monotonic() - self._moved
        wait = ahead * self._turn / self._places
        if still > self._still or (ahead > FEW and wait > self._patience):
            raise self._busy(max(wait, still))

    def _busy(self, wait: float) -> BoxBusy:
        """Return what is said to whom it says after how many seconds to come again.

        No more come back in any second than can be taken in it.
        """
        now = monotonic()
        self._promised = max(self._promised, now + wait) + self._turn / self._places
        if self._promised < now + LATEST:
            return BoxBusy("ballot", after=ceil(self._promised - now))
        self._promised = now + LATEST
        return BoxBusy("ballot", after=LATEST - secrets.randbelow(LATEST // 2))

    def _leave(self, began: float) -> None:
        """Hand the place to whoever came first."""
        with self._lock:
            self._moved = monotonic()
            self._turn += (self._moved - began - self._turn) / MEMORY
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


DOOR = Door(places=cores() + 1)
"""One for the process: while one ballot waits for the disk, the cores have others."""
