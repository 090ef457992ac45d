"""One measured run: ballots by plan against a server, then every answer and every row looked at.

Here lives what is counted as an error, and the table. Never here: how a ballot is made or sent.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

from sqlalchemy import select

from ballot.box_round import round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.storage import reading
from tally.protocol.encoding import base64_compact, sha256_hex
from tally.protocol.errors import Refused
from tally.protocol.manifest import Manifest
from tally.protocol.padding import unpadded
from tally.protocol.receipt import Receipt
from tests.load.generator import Answer, Run, arrivals
from tests.load.server import Server
from tests.load.stock import Stock, house_of

TAKEN = 201
EVERY = 1.0  # seconds between two looks at the server's memory
WARM = 0.1  # of the ballots are taken before memory counts: caches fill first
TRIES = 20
"""How often a ballot comes again that the server has put off, as from a terminal (frontend/src/booth/casting.js)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run gave."""

    officials: int
    seconds: float
    answers: tuple[Answer, ...]
    receipts: int
    stored: int
    memory: tuple[int, ...]
    busy: float
    put_off: int = 0
    """How often a ballot was told to come again, and came."""

    @property
    def errors(self) -> int:
        """How many ballots have no receipt, or a receipt that is wrong or whose ballot is not in the box."""
        return len(self.answers) - self.receipts

    @property
    def refused(self) -> str:
        """Name the answers that were no receipt, each kind with its number."""
        kinds = Counter(_kind(answer) for answer in self.answers if answer.status != TAKEN)
        return ", ".join(f"{count} × {kind}" for kind, count in kinds.most_common())

    def percentile(self, share: float) -> float:
        """Return the latency in seconds that this share of the voters did not exceed."""
        found = sorted(answer.seconds for answer in self.answers)
        return found[min(len(found) - 1, int(share * len(found)))]

    @property
    def growth(self) -> float:
        """How much the server's memory grew since caches were warm, as a share."""
        warm = self.memory[int(WARM * len(self.memory))]
        return self.memory[-1] / warm - 1

    def table(self) -> str:
        """Return the figures as lines to copy."""
        count, mega = len(self.answers), 1024 * 1024
        rows = (
            ("ballots, officials on each", f"{count}, {self.officials}"),
            ("duration, arrivals a second", f"{self.seconds:.0f} s, {count / self.seconds:.2f}"),
            ("errors", f"{self.errors} of {count} (upper bound {3 / count:.5f})"),
            *([("answers without a receipt", self.refused)] if self.refused else []),
            ("told to come again", f"{self.put_off} times"),
            ("ballots in the box", f"{self.stored}"),
            ("latency p50 / p99 / max", " / ".join(f"{self.percentile(p):.2f} s" for p in (0.5, 0.99, 1))),
            ("server: memory warm, end", f"{self.memory[int(WARM * len(self.memory))] / mega:.0f} MiB, "
                                         f"{self.memory[-1] / mega:.0f} MiB ({self.growth:+.1%})"),
            ("server: share of one core", f"{self.busy / self.seconds:.0%}"),
        )  # fmt: skip
        return "\n".join(f"{name:<30} {value}" for name, value in rows)


def measure(stock: Stock, log: Path, *, count: int, rate: float, **settings: str) -> Measured:
    """Cast the first `count` ballots of a stock at this rate, and look at everything that came of it."""
    server = Server.start(stock.instance, log, **settings)
    memory, ended = [server.memory()], threading.Event()
    watching = threading.Thread(target=_watch, args=(server, memory, ended), daemon=True)
    watching.start()
    try:
        times, before = arrivals(count, rate), server.seconds()
        run = Run((server.port,), again=TRIES)
        answers = run.send(islice(stock.bodies(), count), times)
        busy = server.seconds() - before
        ended.set()
        watching.join()
        memory.append(server.memory())
    finally:
        server.stop()
    receipts, stored = look(stock, house_of(stock.instance), answers)
    memories, put_off = tuple(memory), len(run.put_off)
    return Measured(stock.officials, times[-1], tuple(answers), receipts, stored, memories, busy, put_off)


def _kind(answer: Answer) -> str:
    """Return an answer's status and, where it says one, its code."""
    with suppress(ValueError, TypeError, KeyError):
        return f"{answer.status} {json.loads(answer.body)['code']}"
    return str(answer.status)


def _watch(server: Server, memory: list[int], ended: threading.Event) -> None:
    while not ended.wait(EVERY):
        memory.append(server.memory())


def look(stock: Stock, house: House, answers: list[Answer]) -> tuple[int, int]:
    """Return how many answers are good receipts of the very ballot that was sent and is there, and how many are there.

    Every signature is checked, and every receipt is compared with the row whose hash it names.
    """
    good, stored = 0, 0
    sent = ((uuid, answer, body) for answer, (uuid, body) in zip(answers, stock.bodies(), strict=False))
    try:
        for uuid, group in groupby(sent, key=lambda one: one[0]):
            with reading(house.box) as session:
                manifest = Manifest.parse(round_of(session, uuid).manifest)
                raws = session.scalars(select(tables.Ballot.raw).where(tables.Ballot.uuid == uuid)).all()
            held = {sha256_hex(raw): raw for raw in raws}
            stored += len(held)
            good += sum(_is_good(answer, body, manifest, held) for _uuid, answer, body in group)
    finally:
        house.box.dispose()
    return good, stored


def _is_good(answer: Answer, body: bytes, manifest: Manifest, held: Mapping[str, bytes]) -> bool:
    if answer.status != TAKEN:
        return False
    receipt = Receipt.parse(json.loads(answer.body))
    try:
        receipt.check(manifest)
    except Refused:
        return False
    raw = unpadded(body)
    return receipt.tracker == base64_compact(bytes.fromhex(sha256_hex(raw))) and sha256_hex(raw) in held
