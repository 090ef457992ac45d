"""A line between two machines that loses, cuts, delays and swallows, by chance: a proxy on loopback.

Here live its faults, each counted. Never here: a changed byte; whatever arrives is what was sent.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from types import TracebackType

FAULTS = ("refused", "cut on the way there", "cut on the way back", "half open")
PIECE = 4096
_CHANCE = secrets.SystemRandom()


@dataclass
class BadLine:
    """Listens where people believe the server to be, and hands on to where it is."""

    here: tuple[str, int]
    there: tuple[str, int]
    loss: float = 0.3
    delay: float = 0.2
    """Seconds at most, before a connection is handed on."""
    swallow: float = 1.0
    """Seconds for which a half-open connection stays silent."""
    seen: Counter[str] = field(default_factory=Counter)
    _up: Event = field(default_factory=Event)

    def __enter__(self) -> BadLine:
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._up.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    @property
    def lost(self) -> int:
        return sum(self.seen[fault] for fault in FAULTS)

    @property
    def connections(self) -> int:
        return self.seen.total()

    async def _serve(self) -> None:
        self._loop, self._over, self._open = asyncio.get_running_loop(), asyncio.Event(), set[asyncio.Task[None]]()
        server = await asyncio.start_server(self._connected, *self.here)
        self._up.set()
        await self._over.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        fault = _CHANCE.choice(FAULTS) if _CHANCE.random() < self.loss else ""
        self.seen[fault or "handed on"] += 1
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self._hand_on(reader, writer, fault)
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: str) -> None:
        if fault == "refused":
            return
        if fault == "half open":
            await asyncio.sleep(self.swallow)
            return
        await asyncio.sleep(self.delay * _CHANCE.random())
        back, there = await asyncio.open_connection(*self.there)
        over = asyncio.Event()
        ways = (
            asyncio.create_task(_carry(reader, there, over.set, cut=fault == FAULTS[1])),
            asyncio.create_task(_carry(back, writer, over.set, cut=fault == FAULTS[2])),
        )
        try:
            await over.wait()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            there.transport.abort()


async def _carry(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, over: Callable[[], None], *, cut: bool
) -> None:
    """Carry bytes one way until the end, or until a random number of them has passed."""
    left = _CHANCE.choice((0, 1, _CHANCE.randrange(400), _CHANCE.randrange(20_000)))
    try:
        while piece := await source.read(PIECE):
            if cut and len(piece) >= left:
                target.write(piece[:left])
                await target.drain()
                return
            left -= len(piece)
            target.write(piece)
            await target.drain()
    finally:
        with suppress(OSError):
            await target.drain()
        over()
