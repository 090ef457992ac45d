"""The order in which ballots came, searched for in every file that a closed box leaves (threats B2, B3, B13, K3).

Here lives the measurement on the real code. Never here: the schema of the box (tests/ballot/storage/test_storage.py).

    .venv/bin/python -m pytest -m campaign -s tests/survival/test_order_of_arrival.py     # 300 ballots, 100 runs
    PTN_RUNS=10 PTN_BALLOTS=60 …                                                          # or fewer
    PTN_DATABASE=postgresql …                                                             # on PostgreSQL (threats B4)

A box without an order keeps its ballots by hash, so tau against a random arrival is what chance makes of it; every
order is therefore played forwards and backwards, which cancels chance in the mean, and does not cancel a leak.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from ballot.box import casting
from ballot.log import journal
from ballot.result import closing
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import BATCH, OPEN_AT, ballots_of, parse_notes
from tests import postgres
from tests.ballot.hall import Hall
from tests.ballot.prepared import Prepared
from tests.survival.seized import NOTES, Sighting, files_in, kendall_tau, sightings, spellings, spread

FEW, MANY = 40, int(os.environ.get("PTN_BALLOTS", "300"))
BEYOND_CHANCE = 3.1  # standard deviations: 0.12 for 300 ballots, once in 500 honest runs
RUNS = int(os.environ.get("PTN_RUNS", "100"))
SERVER = "PostgreSQL"
CHAINED = (NOTES, "hash in hex")  # a note spells hashes in hex


def plan(voters: int) -> dict[str, object]:
    rows = "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 3}\n" for n in range(voters))
    return {"roll": f"ma,ho_ten,don_vi\n{rows}", "delegates": voters}


class Urn:
    """A round whose box is open and empty, and all its ballots: cast in any order, each time into a fresh copy."""

    def __init__(self, folder: Path, voters: int) -> None:
        self.prepared = Prepared(folder, **plan(voters))
        hall = self.prepared.at("voting")
        self.ballots = [hall.ballot(number) for number in range(voters)]
        dispose(hall)

    def drawn(self) -> list[bytes]:
        """Return the ballots in an order drawn by chance."""
        left = list(self.ballots)
        return [left.pop(secrets.randbelow(len(left))) for _ in self.ballots]

    def cast(self, arriving: list[bytes]) -> Hall:
        hall = self.prepared.at("voting")
        for raw in arriving:
            casting.cast(hall.house, hall.uuid, raw)
        return hall


def dispose(hall: Hall) -> None:
    hall.house.registry.dispose()
    hall.house.box.dispose()


def seized(hall: Hall) -> dict[str, bytes]:
    """Return every file of the installation, and what is shown or handed out beside them: the log and the board."""
    files = files_in(hall.house.config.instance)
    if postgres.chosen():
        files |= of_the_server(hall)
    files["log of acts"] = journal.export(hall.house, 1)
    files["board"] = hall.booth().get(f"/dot/{hall.uuid}/tra-cuu").get_data()
    return files


def of_the_server(hall: Hall) -> dict[str, bytes]:
    """Return the files of the box's database in PostgreSQL: tables, indexes, what the server logged of all of them."""
    server, name = postgres.shared(), hall.house.box.url.database or ""
    ((number,),) = server.sql(f"SELECT oid FROM pg_database WHERE datname = '{name}'")  # noqa: S608 - a name of ours
    server.sql("CHECKPOINT")
    places = (server.data / "base" / str(number), server.data / "pg_wal", server.data / "pg_xact")
    kinds = zip(("base", "pg_wal", "pg_xact"), places, strict=True)
    found = {f"{SERVER} {kind} {name}": raw for kind, place in kinds for name, raw in files_in(place).items()}
    return found | {"the server's messages": server.log.read_bytes()}


def closed(urn: Urn, arriving: list[bytes]) -> tuple[list[Sighting], dict[str, bytes]]:
    """Cast in this order, close, and look for the order in all there is."""
    hall = urn.cast(arriving)
    hall.by_two(closing.close)
    files = seized(hall)
    dispose(hall)
    return sightings(files, arriving), files


def unchained(found: list[Sighting]) -> list[Sighting]:
    """Leave out where a ballot stands in a checkpoint: whose batch is public by intent, and is looked at by itself."""
    noted = [s for s in found if s.spelling.startswith(CHAINED)]
    noted = [s for s in noted if s.file in ("checkpoints.txt", "box.db") or s.file.startswith(SERVER)]
    return [s for s in found if s not in noted]


def within_batches(notes: bytes, arrived: list[bytes]) -> list[float]:
    """Return tau in each batch of checkpoints.txt."""
    at = {Ballot.parse(raw).hash: number for number, raw in enumerate(arrived)}
    batches = [ballots_of(note, "checkpoints") for note in parse_notes(notes, "checkpoints")]
    return [kendall_tau([at[one] for one in batch]) for batch in batches]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Urn:
    return Urn(tmp_path_factory.mktemp("urn"), FEW)


@pytest.fixture(scope="module")
def there_and_back(few: Urn) -> Iterator[tuple[list[Sighting], list[Sighting], dict[str, bytes], list[bytes]]]:
    arriving = few.drawn()
    forwards, files = closed(few, arriving)
    backwards, _ = closed(few, arriving[::-1])
    yield forwards, backwards, files, arriving


# --- does the search see? -----------------------------------------------------------------------------------------


def test_the_search_finds_the_exact_order_in_a_table_with_row_numbers(few: Urn, tmp_path: Path) -> None:
    """The usual table: a random key beside a row number that nobody asked for; vacuuming keeps it (threats K3)."""
    arriving = few.drawn()
    for vacuum in (False, True):
        file = tmp_path / f"{vacuum}.db"
        with sqlite3.connect(file, isolation_level=None) as usual:
            usual.execute("CREATE TABLE ballot (hash BLOB PRIMARY KEY, credential BLOB, raw BLOB)")
            for raw in arriving:
                said = spellings(raw)
                usual.execute("INSERT INTO ballot VALUES (?,?,?)", (said["hash"], said["credential"], raw[-600:]))
            if vacuum:
                usual.execute("VACUUM")
        usual.close()
        found = sightings({file.name: file.read_bytes()}, arriving)
        assert max(abs(s.tau) for s in found if s.spelling.startswith("hash, then credential")) == 1


def test_the_search_finds_the_exact_order_in_a_log_that_was_not_emptied(few: Urn) -> None:
    hall = few.cast(arriving := few.drawn()[: OPEN_AT - 1])  # none is sealed yet
    found = sightings({"wal": (hall.house.config.instance / "box.db-wal").read_bytes()}, arriving)
    dispose(hall)
    assert max(s.tau for s in found if s.spelling.startswith("end of the ballot")) == 1


# --- a closed box -------------------------------------------------------------------------------------------------


def test_every_ballot_is_found_in_the_box_and_in_the_record_on_the_board_and_nowhere_else(there_and_back) -> None:
    forwards, _, files, arriving = there_and_back
    assert {s.file for s in forwards if s.found == FEW} >= {"box.db", "checkpoints.txt"}
    record = {name for name in files if name.endswith((".bel", ".json", ".txt"))}
    assert {s.file for s in forwards} - record == {"box.db", "board"}
    for name in ("hash, then credential, first", "hash, then credential, last"):
        assert {s.found for s in forwards if s.file == "box.db" and s.spelling == name} == {FEW}
    rows = [spellings(raw)["hash, then credential"] for raw in arriving]
    assert {files["box.db"].count(row) for row in rows} == {1}  # no older copy in a free page
    assert {name: len(raw) for name, raw in files.items() if name == "box.db-wal" and raw} == {}


# threats B2
def test_ballots_that_came_backwards_lie_in_every_file_in_the_same_order(there_and_back) -> None:
    """Stronger than any correlation: what the files tell does not depend on the order of arrival at all."""
    forwards, backwards, _, _ = there_and_back
    left, right = ({(s.file, s.spelling, s.order): s.sequence for s in unchained(f)} for f in (forwards, backwards))
    assert left == right
    assert left


# threats B3
def test_no_file_of_a_closed_box_goes_with_the_order_of_arrival(there_and_back) -> None:
    forwards, _, files, arriving = there_and_back
    assert max(abs(s.tau) for s in unchained(forwards)) < 5 * spread(FEW)  # the measured bound is the campaign's
    assert abs(mean(within_batches(files["checkpoints.txt"], arriving))) < 5 * spread(BATCH) / (FEW / BATCH) ** 0.5


def test_a_box_seized_while_open_tells_the_order_of_no_sealed_batch(few: Urn) -> None:
    """Fewer than twenty ballots are still in their order; of those in a batch only the batch is known (threats B15)."""
    arriving = few.drawn()[: FEW - 5]
    hall = few.cast(arriving)
    files = {p.name: p.read_bytes() for p in hall.house.config.instance.glob("box.db*")}
    dispose(hall)
    fresh = set(arriving[-OPEN_AT:])
    (wal,) = [content for name, content in files.items() if name.endswith("-wal")]
    last = [raw for raw in arriving if spellings(raw)["end of the ballot"] in wal]
    assert set(last) <= fresh
    settled = [raw for raw in arriving if raw not in fresh]
    found = unchained(sightings({"box.db": files["box.db"]}, settled))
    assert max(abs(s.tau) for s in found) < 5 * spread(len(settled))


# --- the campaign -------------------------------------------------------------------------------------------------


class Series:
    """Tau of one reading over all runs, as if of all ballots: of a part of them chance makes a larger one."""

    def __init__(self) -> None:
        self.whole: dict[int, list[float]] = {}
        self.parts: list[float] = []

    def add(self, seen: Sighting, run: int) -> None:
        if seen.found == MANY:
            self.whole.setdefault(run, []).append(seen.tau)
        else:
            self.parts.append(seen.tau * spread(MANY) / spread(seen.found))

    def of_runs(self) -> list[float]:
        """Return a number for each run: a server has several files of one kind."""
        return [mean(taus) for taus in self.whole.values()]

    def check(self, name: str) -> None:
        """Orders that were played both ways cancel chance in a file that is there each time; elsewhere it remains."""
        chance = 5 * spread(MANY)
        bound = chance / RUNS**0.5 if postgres.chosen() else 0.01
        assert len(self.whole) < RUNS or abs(mean(self.of_runs())) < bound, (name, self.whole)
        assert not self.parts or abs(mean(self.parts)) < chance / len(self.parts) ** 0.5, (name, self.parts)


@pytest.mark.campaign
def test_the_order_of_three_hundred_ballots_over_many_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Kendall's tau within 0.12 in a run but for what chance allows, and within 0.01 over all of them (K4)."""
    urn = Urn(tmp_path, MANY)
    series: dict[str, Series] = {}
    batches: list[float] = []
    arriving: list[bytes] = []
    for run in range(RUNS):
        arriving = urn.drawn() if run % 2 == 0 else arriving[::-1]
        found, files = closed(urn, arriving)
        for s in unchained(found):
            series.setdefault(f"{_kind(s.file)}: {s.spelling}, {s.order}", Series()).add(s, run)
        batches += within_batches(files["checkpoints.txt"], arriving)
        for copy in urn.prepared.folder.glob("copy-*"):
            postgres.forget(copy)
            shutil.rmtree(copy)
    whole = [one.of_runs() for one in series.values() if len(one.whole) == RUNS]
    single, over_all = max(abs(t) for taus in whole for t in taus), max(abs(mean(taus)) for taus in whole)
    beyond = max(sum(abs(tau) > BEYOND_CHANCE * spread(MANY) for tau in taus) for taus in whole)
    with capsys.disabled():
        print(
            f"\norder of arrival ({'PostgreSQL' if postgres.chosen() else 'SQLite'}): {RUNS} runs of {MANY} ballots, "
            f"{len(whole)} readings of whole files; tau of a run {single:.3f} at the most, {beyond} runs beyond "
            f"{BEYOND_CHANCE * spread(MANY):.2f}; mean tau {over_all:.4f} at the most; mean tau within "
            f"{len(batches)} batches {mean(batches):+.4f}"
        )
    for name, one in series.items():
        one.check(name)
    assert beyond <= 2 + RUNS // 50
    assert abs(mean(batches)) < 5 * spread(BATCH) / len(batches) ** 0.5


def _kind(file: str) -> str:
    """Name a file of the server without the number that it has in this run."""
    return " ".join(file.split()[:2]) if file.startswith(SERVER) else file
