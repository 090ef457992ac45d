"""How long pages, exports and documents of a large round take: `python -m tests.bench.pages`.

Here live a round of 500 voters and 44 officials on the real code, and a table of medians. Never here: a claim that some
number is small enough, or the network; every page is asked for through WSGI by whoever may see it.

    python -m tests.bench.pages [--voters 500] [--officials 44] [--turns 5]

Making the round, slip by slip and ballot by ballot, takes some minutes of a core.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ballot.acts import find_round
from ballot.models import box as tables
from ballot.result import closing
from ballot.storage import reading
from tally.protocol.ballot import Ballot
from tally.record import REPORT, Record
from tally.report.documents import Papers, documents_of
from tally.report.exports import csv_file, word_file, workbook
from tally.report.typeface import family
from tally.report_files import minutes_in
from tally.verify import verify_record
from tests import voter
from tests.ballot import after_hall
from tests.ballot.client import Client
from tests.ballot.hall import Hall
from tests.ballot.prepared import new_hall, with_people
from tests.ballot.small_hall import FIRST, certify, tally

Row = tuple[str, float, int]
CONSOLE = (
    ("console: all rounds", "/"), ("round page", "/dot/{uuid}/"), ("committee", "/dot/{uuid}/ban-kiem-phieu"),
    ("roll: sheet to sign (PDF)", "/dot/{uuid}/to-ky.pdf"), ("incidents", "/dot/{uuid}/su-co"),
)  # fmt: skip
DESK = (("desk", "/dot/{uuid}/ban"), ("turnout as it comes", "/dot/{uuid}/co-mat.json"))
OPEN_BOX = (
    ("board: all rounds", "/"), ("booth", "/dot/{uuid}/phong-phieu"),
    ("checkpoints", "/dot/{uuid}/moc.txt"), ("credentials.json", "/dot/{uuid}/credentials.json"),
)  # fmt: skip
COUNTED = (
    ("result page", "/dot/{uuid}/ket-qua"), ("record, to organisers", "/dot/{uuid}/ket-qua/ho-so.zip"),
    ("numbers from paper", "/dot/{uuid}/doi-chieu"), ("minutes, form", "/dot/{uuid}/bien-ban"),
)  # fmt: skip
BOARD = (
    ("board: result", "/dot/{uuid}/"), ("board: look-up", "/dot/{uuid}/tra-cuu?ma={tracker}"),
    ("board: all trackers", "/dot/{uuid}/tra-cuu"), ("board: record download", "/dot/{uuid}/ho-so.zip"),
)  # fmt: skip


def main() -> int:
    """Bring the round through its day, measure on the way, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages")
    parser.add_argument("--voters", type=int, default=500)
    parser.add_argument("--officials", type=int, default=44)
    parser.add_argument("--turns", type=int, default=5)
    asked = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="ptn-pages-") as folder:
        hall = _voting(Path(folder), asked.voters, asked.officials)
        rows += _while_voting(hall, asked.turns)
        rows += [_act("act: close, record written", lambda: hall.by_two(closing.close))]
        rows += [_act("act: hand in two parts, count", lambda: tally(hall))]
        rows += _after_the_count(hall, asked.turns)
        rows += _made(hall)
    for what, seconds, size in rows:
        print(f"{what:<42} {1000 * seconds:>9.0f} ms {size / 1024:>10.0f} KiB")
    print(f"{asked.voters} voters, {asked.officials} officials; medians of {asked.turns}, what is made is made once;"
          f" {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")  # fmt: skip
    return 0


# --- the round ----------------------------------------------------------------------------------------------------


def _voting(folder: Path, voters: int, officials: int) -> Hall:
    """Return a hall in which everybody has voted and the box is still open."""
    began = time.monotonic()
    hall = with_people(new_hall(folder / "round"))
    people = "".join(f"Khối {n % 2},Cán bộ số {n},Chức vụ {n}\n" for n in range(officials))
    roll = "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 20}\n" for n in range(voters))
    lists = {"officials": f"khoi,ho_ten,chuc_vu\n{people}", "roll": f"ma,ho_ten,don_vi\n{roll}"}
    hall.draft(**lists, delegates=voters)
    for phase in ("issuing", "frozen", "ready", "voting"):
        getattr(hall, phase)()
        print(f"{phase}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    for number in range(voters):
        answer = hall.cast(hall.body(number, voter.any_levels(officials)))
        assert answer.status_code == 201, answer.get_data(as_text=True)
    print(f"all have voted: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return hall


# --- measuring ----------------------------------------------------------------------------------------------------


def _while_voting(hall: Hall, turns: int) -> Iterator[Row]:
    with reading(hall.house.registry) as session:
        key = find_round(session, hall.uuid).projector_key
    yield from _pages(hall.person(FIRST), CONSOLE, turns, uuid=hall.uuid)
    yield from _pages(hall.person("tiep-don"), DESK, turns, uuid=hall.uuid)
    yield from _pages(hall.anybody(), (("projector", f"/chieu/{key}"),), turns)
    yield from _pages(hall.booth(), OPEN_BOX, turns, uuid=hall.uuid)


def _after_the_count(hall: Hall, turns: int) -> Iterator[Row]:
    with reading(hall.house.box) as session:
        raw = session.scalars(select(tables.Ballot.raw).limit(1)).one()
    organiser, tracker = hall.person(FIRST), Ballot.parse(raw).tracker
    yield _act("act: all programs recount", lambda: after_hall.agree(hall))
    assert after_hall.save(hall).status_code == 302
    yield _act("act: all documents and exports", lambda: after_hall.draw_up(hall))
    yield from _pages(organiser, CONSOLE[:2], turns, uuid=hall.uuid)
    yield from _pages(organiser, COUNTED, turns, uuid=hall.uuid)
    yield from _pages(organiser, _downloads(hall), turns, uuid=hall.uuid)
    pack = after_hall.path(hall, "ket-qua/bo-ho-so")
    yield _act("evidence pack", lambda: organiser.form(pack, page=after_hall.path(hall, "ket-qua")))
    certify(hall)
    yield from _pages(hall.booth(), BOARD, turns, uuid=hall.uuid, tracker=tracker)


def _downloads(hall: Hall) -> tuple[tuple[str, str], ...]:
    names = sorted(path.name for path in (hall.house.record(hall.uuid) / REPORT).iterdir())
    one_of_each = {name.rpartition(".")[2]: name for name in reversed(names) if name != "minutes.json"}
    return tuple((f"download: {name}", f"/dot/{{uuid}}/ket-qua/{name}") for name in one_of_each.values())


def _pages(browser: Client, pages: tuple[tuple[str, str], ...], turns: int, **values: str) -> Iterator[Row]:
    for what, path in pages:
        times, size = [], 0
        for _ in range(turns):
            began = time.perf_counter()
            answer = browser.get(path.format(**values))
            times.append(time.perf_counter() - began)
            assert answer.status_code == 200, (path, answer.get_data(as_text=True)[:2000])
            size = len(answer.get_data())
        yield what, statistics.median(times), size


def _act(what: str, act: Callable[[], Any]) -> Row:
    """Do it once; of an answer the size is shown too."""
    began = time.perf_counter()
    answer = act()
    took = time.perf_counter() - began
    status = getattr(answer, "status_code", 200)
    assert status in (200, 302), answer.get_data(as_text=True)[:2000]
    return what, took, len(answer.get_data()) if hasattr(answer, "get_data") and status == 200 else 0


def _made(hall: Hall) -> Iterator[Row]:
    """Make each document and each export of the verified record by itself."""
    folder = hall.house.record(hall.uuid)
    record = Record.read(folder)
    began = time.perf_counter()
    verified = verify_record(record)
    yield "verifying the record, one process", time.perf_counter() - began, 0
    papers, face = Papers.of(verified, minutes_in(verified, folder / REPORT)), family()
    exports: tuple[tuple[str, Callable[[], bytes]], ...] = (
        ("ket-qua.xlsx", lambda: workbook(papers)), ("ket-qua.csv", lambda: csv_file(papers.outcome)),
        ("ket-qua.json", papers.outcome.encode), ("bien-ban-kiem-phieu.docx", lambda: word_file(papers)),
    )  # fmt: skip
    documents = [(f"{one.name}.pdf", lambda one=one: one.make(papers, face)) for one in documents_of(papers)]
    for name, make in (*exports, *documents[:9]):
        began = time.perf_counter()
        size = len(make())
        yield f"making {name}", time.perf_counter() - began, size


if __name__ == "__main__":
    sys.exit(main())
