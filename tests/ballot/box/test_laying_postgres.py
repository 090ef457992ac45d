"""A batch laid anew inside a large box on PostgreSQL: neither rows nor what they left behind tell an order within it.

Here live rows of a table and bytes of its files while voting is open. Never here: the server's log, which tells more as
long as it is there, or a closed box (test_postgres.py).

    PTN_RUNS=60 python -m pytest -m campaign -s tests/ballot/box/test_laying_postgres.py
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy import Engine, func, select, text

from ballot.box import laying, seen
from ballot.models.box import Ballot, KnownCiphertext
from ballot.models.copy import BALLOT, CopyBase, Kept
from ballot.storage import make, migrate, open_engine, reading, size_of, sweep, writing
from tally.protocol.checkpoint import BATCH
from tests.postgres import Server
from tests.survival.seized import kendall_tau, spread

BATCHES, ALPHAS, LONG = 8, 3, 9000
Found = dict[str, list[float]]


@pytest.fixture
def engine(postgres: Server) -> Iterator[Engine]:
    """An empty box with its second copy in the same database, which is as good for looking into files."""
    made = open_engine(postgres.create("laid"))
    migrate(made, "box")
    make(made, CopyBase.metadata)
    yield made
    made.dispose()
    postgres.drop("laid")


def one() -> Ballot:
    """A row with the shape of a ballot in it, as far as laying looks; what nobody can compress."""
    choices = [{"alpha": secrets.token_hex(32)} for _ in range(ALPHAS)]
    raw = json.dumps({"answers": [{"choices": choices}], "rest": secrets.token_hex(LONG)}).encode()
    return Ballot(uuid="x", hash=secrets.token_bytes(32), credential=secrets.token_bytes(32), raw=raw)


def take(engine: Engine) -> bytes:
    """Let a ballot come, in a transaction of its own, with its ciphertexts and its second copy; return its key."""
    with writing(engine) as session:
        session.add(row := one())
        session.add_all(KnownCiphertext(uuid="x", digest=digest) for digest in seen.hashes_of(row.raw))
        session.add(Kept(uuid="x", kind=BALLOT, digest=row.hash, raw=row.raw))
    return row.hash


def filled(engine: Engine, batches: int, lay: Callable[..., None] = laying.lay_anew) -> list[list[bytes]]:
    """Let ballots come, ten at a time; each ten are laid anew. Return their keys as they came, ten by ten."""
    arrived = []
    for _ in range(batches):
        arrived.append(batch := [take(engine) for _ in range(BATCH)])
        with writing(engine) as session:
            lay(session, "x", batch)
            laying.lay_copy_anew(session, "x", batch)
        sweep(engine, patience=200)
    return arrived


def taus_of_rows(engine: Engine, arrived: list[list[bytes]]) -> Found:
    """Return tau within each batch by the place of its rows, in the box and in the copy."""
    found: Found = {}
    for table, key in (("ballot", "hash"), ("kept", "digest")):
        with reading(engine) as session:
            rows = session.execute(text(f"SELECT {key} FROM {table} ORDER BY ctid")).scalars()  # noqa: S608
            at = {bytes(value): place for place, value in enumerate(rows)}
        found[table] = [kendall_tau([at[one] for one in batch]) for batch in arrived]
    return found


def taus_in_files(postgres: Server, engine: Engine, arrived: list[list[bytes]]) -> Found:
    """Return tau within each batch by first and last place in each file of the database that holds a whole batch."""
    ((number,),) = postgres.sql("SELECT oid FROM pg_database WHERE datname = 'laid'")
    postgres.sql("CHECKPOINT")
    found: Found = {}
    for path in sorted(Path(postgres.data / "base" / str(number)).iterdir()):
        content = path.read_bytes() if path.is_file() else b""
        for batch in arrived:
            for side, find in (("first", content.find), ("last", content.rfind)):
                places = [find(key) for key in batch]
                if min(places) >= 0:
                    found.setdefault(f"{_name(engine, path)}, {side}", []).append(kendall_tau(places))
    return found


def _name(engine: Engine, path: Path) -> str:
    with reading(engine) as session:
        query = "SELECT relname FROM pg_class WHERE pg_relation_filenode(oid) = :number"
        return str(session.scalar(text(query), {"number": int(path.name.partition("_")[0].partition(".")[0])}))


# threats B4, K4
def test_neither_rows_nor_what_they_left_behind_tell_an_order_within_a_batch(postgres: Server, engine: Engine) -> None:
    """Deleted rows are overwritten by those that come after: of the last two batches they may lie there still."""
    arrived = filled(engine, BATCHES)
    for table, taus in taus_of_rows(engine, arrived).items():
        assert abs(mean(taus)) < 4.5 * spread(BATCH) / BATCHES**0.5, table
    with reading(engine) as session:
        numbers = {bytes(key): number for key, number in session.execute(text("SELECT hash, xmin::text FROM ballot"))}
        assert session.scalar(select(func.count()).select_from(KnownCiphertext)) == BATCHES * BATCH * ALPHAS
    assert {len({numbers[one] for one in batch}) for batch in arrived} == {1}  # one transaction for each batch
    for name, taus in taus_in_files(postgres, engine, arrived[:-2]).items():
        assert abs(mean(taus)) < 4.5 * spread(BATCH) / len(taus) ** 0.5, (name, taus)


def test_the_same_look_finds_the_order_where_nothing_is_laid_anew(postgres: Server, engine: Engine) -> None:
    arrived = filled(engine, 3, lay=lambda *_arguments: None)
    assert taus_of_rows(engine, arrived)["ballot"] == [1] * 3
    in_files = taus_in_files(postgres, engine, arrived)
    assert max(abs(mean(taus)) for name, taus in in_files.items() if name.startswith("ballot,")) > 0.9


def test_a_large_database_is_told_from_a_small_one(engine: Engine) -> None:
    with reading(engine) as session:
        assert not laying.is_large(session)
        assert size_of(session.connection()) > 0
    with writing(engine) as session:
        session.add(Ballot(uuid="x", hash=bytes(32), credential=bytes(32), raw=secrets.token_bytes(laying.LARGE)))
    with reading(engine) as session:
        assert laying.is_large(session)


@pytest.mark.campaign
def test_over_many_boxes(postgres: Server, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    arrived = filled(engine, int(os.environ.get("PTN_RUNS", "30")) * BATCHES)
    found = taus_of_rows(engine, arrived) | taus_in_files(postgres, engine, arrived[:-2])
    with capsys.disabled():
        for name, taus in found.items():
            print(f"\nlarge box on PostgreSQL while open, {name}: {len(taus)} batches, mean tau {mean(taus):+.4f}")
    for name, taus in found.items():
        assert abs(mean(taus)) < 4.5 * spread(BATCH) / len(taus) ** 0.5, name
