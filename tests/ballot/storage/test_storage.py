"""The storage laws, read back from every connection and from the bytes of the files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing as closes
from pathlib import Path
from pkgutil import iter_modules

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import DateTime, Engine, Integer, inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError

from ballot.models import registry
from ballot.models.box import Ballot as BallotRow
from ballot.models.box import BoxBase
from ballot.models.registry.base import RegistryBase
from ballot.result import closing
from ballot.storage import PRAGMAS, StorageLawBroken, migrate, open_engine, reading, rewrite, writing
from tally.protocol.ballot import Ballot
from tests.ballot.hall import Hall
from tests.ballot.prepared import Prepared
from tests.survival.seized import kendall_tau, spread

TAU_BOUND = 3.2 * spread(40)  # beyond it once in about 700 honest runs

BASES = {"box": BoxBase, "registry": RegistryBase}
EACH = pytest.mark.parametrize("name", BASES)
# What both sides may name: the public name of the round, its phase, manifest and committee. Nothing else is shared.
SHARED_NAMES = {"uuid", "phase", "manifest", "committee"}
UNRELATED_NAMES = {"head": "an issuer's log / the box's chain", "previous": "the audit log / the box's chain"}
UNRELATED_NAMES |= {"hash": "an audit entry / a ballot", "digest": "of a desk's code / of a ciphertext"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/new.db")
    yield engine
    engine.dispose()


# --- connections --------------------------------------------------------------------------------------------------


@EACH
def test_every_pooled_connection_keeps_every_law(prepared: Prepared, name: str) -> None:
    engine: Engine = getattr(prepared.hall.house, name)
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            raw = connection.connection.driver_connection
            found = {p: raw.execute(f"PRAGMA {p}").fetchone()[0] for p in PRAGMAS}
            assert found == {pragma: expected for pragma, (_, expected) in PRAGMAS.items()}
    assert PRAGMAS["synchronous"][1] == 2
    engine.dispose()


def test_a_database_that_cannot_keep_a_law_is_not_opened() -> None:
    engine = open_engine("sqlite://")
    with pytest.raises(StorageLawBroken, match="journal_mode"):
        engine.connect()
    engine.dispose()


def test_a_write_takes_the_lock_at_once_and_a_read_does_not(engine: Engine) -> None:
    statements: list[str] = []
    with engine.connect() as connection:
        connection.connection.driver_connection.set_trace_callback(statements.append)
    migrate(engine, "box")
    statements.clear()
    with writing(engine) as session:
        session.execute(text("SELECT 1"))
    with reading(engine) as session:
        session.execute(text("SELECT 1"))
    assert [s for s in statements if s.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN DEFERRED"]


def test_an_act_is_written_whole_or_not_at_all(engine: Engine) -> None:
    migrate(engine, "box")
    row = {"uuid": "x", "credential": b"c" * 32, "raw": b"{}"}
    with pytest.raises(IntegrityError), writing(engine) as session:
        session.add(BallotRow(hash=b"a" * 32, **row))
        session.add(BallotRow(hash=b"b" * 32, **row))
    with reading(engine) as session:
        assert session.query(BallotRow).count() == 0


# --- the schema ---------------------------------------------------------------------------------------------------


@EACH
def test_migrations_make_exactly_the_models_schema_and_twice_is_harmless(engine: Engine, name: str) -> None:
    migrate(engine, name)
    migrate(engine, name)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, BASES[name].metadata) == []


@EACH
def test_migrations_and_models_name_the_same_checks(engine: Engine, name: str) -> None:
    migrate(engine, name)
    found = inspect(engine)
    for table in BASES[name].metadata.sorted_tables:
        checks = {str(c["sqltext"]) for c in found.get_check_constraints(table.name)}
        assert checks == {str(c.sqltext) for c in table.constraints if hasattr(c, "sqltext")}


def test_whoever_knows_one_table_of_the_registry_knows_all_that_it_may_point_at() -> None:
    asked = "import sys; import ballot.models.registry.base; print(*sys.modules)"
    known = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    modules = {found.name for found in iter_modules(registry.__path__)}
    assert modules - {name.removeprefix("ballot.models.registry.") for name in known} == set()


# threats B2
def test_no_table_of_the_box_keeps_an_order_a_time_or_a_number(prepared: Prepared) -> None:
    engine = prepared.hall.house.box
    for table in BoxBase.metadata.sorted_tables:
        assert [c.name for c in table.columns if isinstance(c.type, Integer | DateTime)] == []
        assert [c.name for c in table.columns if c.name.endswith("_at") or "time" in c.name] == []
        assert (table.foreign_keys, table.dialect_options["sqlite"]["with_rowid"]) == (set(), False)
    with closes(engine.raw_connection()) as raw:
        made = raw.cursor().execute("SELECT name, sql FROM sqlite_master WHERE type='table'").fetchall()
    engine.dispose()
    assert [name for name, sql in made if "WITHOUT ROWID" not in sql and name != "alembic_version"] == []
    assert "sqlite_sequence" not in {name for name, _ in made}


@pytest.mark.parametrize("table", ["audit_entry", "audit_head"])
def test_no_row_number_puts_one_organisations_log_between_the_entries_of_another(
    prepared: Prepared, table: str
) -> None:
    """Times of a log where nobody arrives would time the check-ins of one that keeps no times (threats K5)."""
    engine = prepared.hall.house.registry
    with engine.connect() as connection, pytest.raises(OperationalError, match="no such column: rowid"):
        connection.execute(text(f"SELECT rowid FROM {table}"))  # noqa: S608
    engine.dispose()


def test_registry_and_box_share_no_column_that_could_join_a_person_to_a_ballot() -> None:
    names = [{c.name for t in base.metadata.sorted_tables for c in t.columns} for base in BASES.values()]
    assert names[0] & names[1] <= SHARED_NAMES | set(UNRELATED_NAMES)
    assert not names[0] & {"voter", "voter_id", "reference", "name", "login", "account_id", "desk", "round_id", "id"}
    assert not names[1] & {"credential", "raw", "sealed", "tracker", "commit_code"}


# --- the order of ballots in the file -----------------------------------------------------------------------------


def test_the_measure_of_order_sees_an_order() -> None:
    assert kendall_tau(list(range(40))) == 1
    assert kendall_tau(list(range(39, -1, -1))) == -1


def places_after(hall: Hall, arriving: list[bytes]) -> dict[bytes, int]:
    """Cast these ballots, close the box, and return where each stands in the bytes of its file."""
    for raw in arriving:
        assert hall.cast(raw).status_code == 201
    hall.by_two(closing.close)
    wal = hall.house.config.instance / "box.db-wal"
    assert not wal.exists() or wal.stat().st_size == 0
    file = (hall.house.config.instance / "box.db").read_bytes()
    parsed = {raw: Ballot.parse(raw) for raw in arriving}
    rows = {raw: bytes.fromhex(ballot.hash) + ballot.credential.raw for raw, ballot in parsed.items()}
    assert {file.count(row) for row in rows.values()} == {1}  # no older copy of a row either
    return {raw: file.index(row) for raw, row in rows.items()}


def test_the_closed_box_tells_no_order_of_arrival(at: Callable[[str], Hall]) -> None:
    hall = at("voting")
    arrived = [hall.ballot(number) for number in range(40)]
    places = places_after(hall, arrived)
    assert abs(kendall_tau([places[raw] for raw in arrived])) < TAU_BOUND
    backwards = places_after(at("voting"), arrived[::-1])
    assert sorted(arrived, key=backwards.__getitem__) == sorted(arrived, key=places.__getitem__)


# threats B3
def test_rewriting_leaves_nothing_of_a_deleted_row(engine: Engine, tmp_path: Path) -> None:
    migrate(engine, "box")
    with writing(engine) as session:
        session.add(BallotRow(uuid="x", hash=b"a" * 32, credential=b"c" * 32, raw=b"WHAT-WAS-HERE" * 9))
    with writing(engine) as session:
        session.execute(text("DELETE FROM ballot"))
    rewrite(engine)
    assert all(b"WHAT-WAS-HERE" not in path.read_bytes() for path in tmp_path.iterdir())
