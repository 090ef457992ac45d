"""Several at one moment, and a door that is full.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from ballot.box.admission import Door


def at_once(*acts: Callable[[], object]) -> None:
    """Start all acts behind one barrier."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


WAIT = 20


@contextmanager
def full(door: Door, places: int) -> Iterator[None]:
    """Have somebody in every place until the block ends."""
    leave = Event()
    with ThreadPoolExecutor(places) as crowd:
        entered = [Event() for _ in range(places)]
        for each in entered:
            crowd.submit(stay, door, each, leave)
        for each in entered:
            assert each.wait(WAIT)
        try:
            yield
        finally:
            leave.set()


def stay(door: Door, entered: Event, leave: Event) -> None:
    with door.inside():
        entered.set()
        leave.wait(WAIT)
