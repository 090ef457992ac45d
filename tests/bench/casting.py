"""How many ballots the box takes in a second, and what it says to those it cannot take at once.

Here live one run by plan and its table. Never here: a claim that some number is enough, or a mock of anything.

    python -m tests.bench.casting --database sqlite --rate 20 --minutes 2 --officials 44
    python -m tests.bench.casting --database postgresql --processes 2 …   a server is started for it, and ended
    python -m tests.bench.casting --rate 60 --minutes 0.5 …               more than can be taken: they come again
    --stock FOLDER keeps the ballots that were made (90 ms of a core each) and takes them again; --copy: second copy too

Latency counts from the moment at which a voter was planned to come, and ends with the receipt, however often the ballot
had to be sent. Every receipt is checked, and compared with the row in the box.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from ballot.models import box as tables
from ballot.storage import reading, writing
from tests import postgres
from tests.load.generator import Answer, Run, arrivals
from tests.load.measuring import TAKEN, look
from tests.load.server import Server, seconds_of
from tests.load.stock import FILE, Stock, house_of, make

TRIES = 40
"""How often a ballot that is put off comes again."""
MEGA = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Took:
    """What one run gave: seconds that were planned and that it lasted, answers, and what was found in the box.

    `used` are seconds of a core: of the box's processes, the database server, the generator.
    """

    planned: float
    lasted: float
    answers: tuple[Answer, ...]
    put_off: tuple[Answer, ...]
    receipts: int
    stored: int
    memory: int
    used: tuple[float, float, float]

    @property
    def taken(self) -> list[Answer]:
        """The answers that brought a receipt."""
        return [answer for answer in self.answers if answer.status == TAKEN]

    @property
    def lost(self) -> int:
        """Ballots without a good receipt whose ballot is in the box."""
        return len(self.answers) - self.receipts

    @property
    def doubled(self) -> int:
        """Ballots in the box for which nobody has a receipt."""
        return self.stored - self.receipts

    def table(self) -> str:
        """Return the figures as lines to copy."""
        rows = (
            (
                "offered",
                f"{len(self.answers)} in {self.planned:.0f} s, {len(self.answers) / self.planned:.1f} a second",
            ),
            ("accepted", f"{len(self.taken)} in {self.lasted:.0f} s, {len(self.taken) / self.lasted:.1f} a second"),
            ("refused for now", f"{len(self.put_off)} times, {_ranks(answer.looked for answer in self.put_off)}"),
            ("lost, doubled", f"{self.lost}, {self.doubled}{self._other()}"),
            ("latency at the first try", _ranks(answer.seconds for answer in self.taken if not answer.tries)),
            ("latency of all", _ranks(answer.seconds for answer in self.taken)),
            ("memory of the box", f"{self.memory / MEGA:.0f} MiB at the most"),
            (
                "core time of a ballot",
                f"{1000 * sum(self.used[:2]) / max(1, len(self.taken)):.0f} ms with the database's",
            ),
            ("cores: box, database, generator", ", ".join(f"{used / self.lasted:.2f}" for used in self.used)),
        )
        return "\n".join(f"{name:<33} {value}" for name, value in rows)

    def _other(self) -> str:
        """Name the answers that were neither a receipt nor "come again"."""
        said = Counter(f"{one.status} {one.body[:60].decode(errors='replace')}" for one in self.answers)
        return "".join(f"; {times} × {what}" for what, times in said.items() if not what.startswith(str(TAKEN)))


def _ranks(seconds: Iterable[float]) -> str:
    """Return median, 99th percentile and the longest."""
    found = sorted(seconds)
    ranks = (found[min(len(found) - 1, int(share * len(found)))] for share in (0.5, 0.99, 1)) if found else ()
    return "p50 / p99 / max " + (" / ".join(f"{one:.2f} s" for one in ranks) or "-")


# --- a run --------------------------------------------------------------------------------------------------------


def run(stock: Stock, folder: Path, *, count: int, rate: float, processes: int, server: postgres.Server | None,
        copy: bool) -> Took:  # fmt: skip
    """Cast the first `count` ballots of a stock into a fresh box at this rate."""
    instance = Path(shutil.copytree(stock.instance, folder / "instance"))
    settings = _databases(stock, server, folder, copy=copy)
    with _serving(instance, folder / "server.log", processes, settings) as boxes, _watched(boxes) as memory:
        times, sending = arrivals(count, rate), Run(tuple(box.port for box in boxes), again=TRIES)
        before = _used(boxes, server)
        answers = sending.send(islice(stock.bodies(), count), times)
        used = tuple(after - earlier for earlier, after in zip(before, _used(boxes, server), strict=True))
    house = house_of(instance, **settings)
    receipts, stored = look(stock, house, answers)
    house.box.dispose()
    lasted = max(times[answer.number] + answer.seconds for answer in answers)
    return Took(times[-1], lasted, tuple(answers), tuple(sending.put_off), receipts, stored, max(memory), used)


def _databases(stock: Stock, server: postgres.Server | None, folder: Path, *, copy: bool) -> dict[str, str]:
    """Return the settings that name the databases; on a server a new one gets the open boxes of the stock."""
    (folder / "elsewhere").mkdir()
    beside = {"BALLOT_BOX_COPY": f"sqlite:///{folder}/elsewhere/copy.db"} if copy else {}
    if server is None:
        return beside
    settings = {"BALLOT_BOX_DB": server.create("box")}
    if copy:
        settings["BALLOT_BOX_COPY"] = server.create("copy")
    source, target = house_of(stock.instance), house_of(stock.instance, **settings)
    with reading(source.box) as session, writing(target.box) as into:
        for row in session.execute(select(tables.Election.__table__)).mappings():
            into.add(tables.Election(**row))
    for house in (source, target):
        house.box.dispose()
    return settings


@contextmanager
def _on_disk() -> Iterator[postgres.Server]:
    """Lend a database server whose files are on a disk: a receipt waits for that."""
    folder = Path(tempfile.mkdtemp(prefix="ptn-pg-"))
    server = postgres.Server(folder).prepare()
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _serving(instance: Path, log: Path, processes: int, settings: dict[str, str]) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        boxes = []
        for _ in range(processes):
            boxes.append(Server.start(instance, log, **settings))
            stack.callback(boxes[-1].stop)
        yield boxes


@contextmanager
def _watched(boxes: list[Server]) -> Iterator[list[int]]:
    """Note every second how much memory the box's processes have together."""
    memory, ended = [sum(box.memory() for box in boxes)], threading.Event()

    def watch() -> None:
        while not ended.wait(1):
            memory.append(sum(box.memory() for box in boxes))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield memory
    ended.set()
    thread.join()


def _used(boxes: list[Server], server: postgres.Server | None) -> tuple[float, float, float]:
    process = server.process if server else None
    database = seconds_of(process.pid, children=True) if process else 0.0
    return sum(box.seconds() for box in boxes), database, sum(os.times()[:2])


# --- the command --------------------------------------------------------------------------------------------------


def main() -> int:
    """Make or take a stock, run, print; the exit code says whether a ballot was lost or doubled."""
    asked = _arguments()
    count = round(asked.minutes * 60 * asked.rate)
    with ExitStack() as stack:
        own = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ptn-casting-")))
        folder = asked.stock or own / "stock"
        if not (folder / FILE).exists():
            print(f"making {count} ballots of {asked.officials} rows …", file=sys.stderr)
            make(folder, ballots=count, officials=asked.officials)
        stock = Stock.read(folder)
        server = stack.enter_context(_on_disk()) if asked.database == "postgresql" else None
        found = run(
            stock, own, count=min(count, stock.ballots), rate=asked.rate, processes=asked.processes, server=server,
            copy=asked.copy,
        )  # fmt: skip
    head = f"{asked.database}, {asked.processes} web process(es), {stock.officials} officials × 3 levels"
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{head}{', second copy' if asked.copy else ''}\n{found.table()}")
    print(f"{'machine':<33} {os.cpu_count()} cores, generator on it too; load average at the end {load}")
    return 1 if found.lost or found.doubled else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.casting")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, default=1, help="web processes on one database")
    parser.add_argument("--rate", type=float, default=20, help="arrivals a second")
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--officials", type=int, default=44)
    parser.add_argument("--copy", action="store_true", help="with a second copy")
    parser.add_argument("--stock", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
