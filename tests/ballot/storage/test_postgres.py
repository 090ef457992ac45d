"""PostgreSQL under the storage laws: settings read back, one writer at a time, no order of arrival in any file."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from ballot.models.box import Ballot, BoxBase, Staged
from ballot.models.copy import CopyBase, Kept
from ballot.models.issuer import IssuerBase
from ballot.models.registry.base import RegistryBase
from ballot.models.registry.slips import SlipOrder
from ballot.models.site import SiteBase
from ballot.storage import (
    RewriteFailed,
    StorageBusy,
    StorageLawBroken,
    as_placed,
    copied,
    failure,
    make,
    migrate,
    open_engine,
    reading,
    rewrite,
    writing,
)
from ballot.storage.guards import ONLY_GROW, PLACED
from ballot.storage.postgres import LAWS, PATIENCE, snapshot
from tests.ballot.issuer_processes import free_port
from tests.postgres import Server, running
from tests.survival.seized import kendall_tau

BASES = {"box": BoxBase, "registry": RegistryBase, "issuer": IssuerBase, "site": SiteBase}
ARRIVING = 60
TAU_BOUND = 0.30  # 60 rows in no order: standard deviation 0.088


@pytest.fixture(params=["box"])
def engine(postgres: Server, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A new database, migrated; a test may ask for another kind by `indirect`."""
    name = f"laws_{request.param}"
    engine = open_engine(postgres.create(name))
    migrate(engine, request.param)
    yield engine
    engine.dispose()
    postgres.drop(name)


registry = pytest.mark.parametrize("engine", ["registry"], indirect=True)


# --- laws ---------------------------------------------------------------------------------------------------------


def test_every_connection_keeps_every_law(engine: Engine) -> None:
    with engine.connect() as first, engine.execution_options(ptn_read_only=True).connect() as second:
        for connection in (first, second):
            found = {name: connection.scalar(text(f"SELECT current_setting('{name}', true)")) or "" for name in LAWS}
            assert {name: value for name, value in found.items() if value not in LAWS[name]} == {}
        assert found["synchronous_commit"] == found["fsync"] == "on"  # threats K2


# threats B4
@pytest.mark.parametrize(
    ("setting", "value"),
    [("log_statement", "all"), ("log_min_messages", "warning"), ("log_min_duration_statement", "0"),
     ("log_lock_waits", "on"), ("log_duration", "on")],
)  # fmt: skip
def test_a_database_that_logs_what_is_done_in_it_is_not_opened(postgres: Server, setting: str, value: str) -> None:
    url = postgres.create("talkative")
    postgres.sql(f"ALTER DATABASE talkative SET {setting} = '{value}'")
    engine = open_engine(url)
    with pytest.raises(StorageLawBroken, match=setting):
        engine.connect()
    engine.dispose()
    postgres.drop("talkative")


def test_what_a_connection_may_choose_itself_is_chosen_for_it(postgres: Server) -> None:
    url = postgres.create("careless")
    postgres.sql("ALTER DATABASE careless SET synchronous_commit = off")
    engine = open_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"
    engine.dispose()
    postgres.drop("careless")


def test_a_server_that_may_lose_or_tell_what_was_committed_is_not_used() -> None:
    with running() as server:  # threats K2, B4
        url = server.create("box")
        for setting, value in (("fsync", "off"), ("full_page_writes", "off"), ("track_commit_timestamp", "on"),
                               ("archive_mode", "on"), ("wal_level", "logical")):  # fmt: skip
            server.stop()
            server.settings = {setting: value}
            server.start()
            engine = open_engine(url)
            with pytest.raises(StorageLawBroken, match=setting):
                engine.connect()
            engine.dispose()


def test_a_line_over_which_nobody_answers_any_more_ends_in_seconds_at_both_ends() -> None:
    """threats I11: what the kernel was told of a real connection; test_database_gone.py pulls a real cable."""
    with running(listen="127.0.0.1", port=free_port()) as server:
        engine = open_engine(server.url("postgres", host="127.0.0.1"))
        with engine.connect() as connection:
            number = connection.connection.driver_connection.fileno()  # type: ignore[union-attr]
            with socket.socket(fileno=os.dup(number)) as line:
                told = {name: line.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in OURS_END}
                assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            theirs = {name: connection.scalar(text(f"SHOW tcp_{name}")) for name in ITS_END}
        engine.dispose()
    assert (told, theirs) == (OURS_END, ITS_END)


OURS_END = {"TCP_USER_TIMEOUT": 10_000, "TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3}
ITS_END = {"user_timeout": "60000", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(StorageLawBroken, match="mysql"):
        open_engine("mysql://somewhere/box")


# --- schema -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", list(BASES), indirect=True)
def test_a_new_database_has_exactly_the_models_schema_and_twice_is_harmless(engine: Engine) -> None:
    name = next(name for name, base in BASES.items() if set(base.metadata.tables) <= _names(engine))
    migrate(engine, name)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, BASES[name].metadata)
        columns = [change for change in found if change[0] != "add_constraint" and change[0] != "remove_constraint"]
    assert [change for change in columns if not (change[2] in PLACED and change[3].name == "placed")] == []


def _names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


@registry
def test_the_log_only_grows(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(text("INSERT INTO organisation (uuid, name) VALUES ('u', 'n')"))
        session.execute(text(_entry(1)))
        session.execute(text(_entry(2)))
    for statement in (
        "DELETE FROM audit_entry", "UPDATE audit_entry SET actor = 'x'", "TRUNCATE audit_entry", _entry(4), _entry(2),
        *(f"TRUNCATE {table}" for table in ONLY_GROW),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="append-only"), writing(engine) as session:
            session.execute(text(statement))
    rewrite(engine)
    with pytest.raises(IntegrityError, match="append-only"), writing(engine) as session:
        session.execute(text("DELETE FROM audit_entry"))
    with reading(engine) as session:
        assert session.scalars(text("SELECT height FROM audit_entry ORDER BY height")).all() == [1, 2]


def _entry(height: int) -> str:
    columns = "organisation_id, height, actor, act, subject, previous, hash, time"
    return f"INSERT INTO audit_entry ({columns}) VALUES (1, {height}, 'a', 'b', 's', 'p', 'h{height}', '')"  # noqa: S608


@registry
def test_orders_are_handed_out_as_they_were_placed_also_after_the_table_was_written_anew(engine: Engine) -> None:
    ids = [hashlib.sha256(bytes([n])).digest()[:16] for n in range(9)]
    with writing(engine) as session:
        session.execute(text("ALTER TABLE slip_order DISABLE TRIGGER ALL"))  # rows without a round
        for number in ids:
            session.add(SlipOrder(id=number, round_id=1, kind="envelope", state="waiting"))
            session.flush()
    with writing(engine) as session:
        session.execute(text("UPDATE slip_order SET state = 'taken' WHERE id = :id"), {"id": ids[0]})
    with reading(engine) as session:
        in_order = as_placed(session, SlipOrder.__table__)
        assert session.scalars(text(f"SELECT id FROM slip_order ORDER BY {in_order}")).all() == ids  # noqa: S608


@registry
def test_a_copy_to_try_an_act_on_holds_everything_and_changes_nothing(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(text("INSERT INTO organisation (uuid, name) VALUES ('u', 'Tỉnh Ánh')"))
    with copied(engine, RegistryBase.metadata) as copy:
        with writing(copy) as session:
            session.execute(text("INSERT INTO organisation (uuid, name) VALUES ('v', 'another')"))
        with reading(copy) as session:
            found = session.execute(text("SELECT id, name FROM organisation ORDER BY id")).all()
    assert [tuple(row) for row in found] == [(1, "Tỉnh Ánh"), (2, "another")]
    with reading(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM organisation")) == 1


# --- transactions -------------------------------------------------------------------------------------------------


def row(number: int, raw: bytes = b"{}", run: bytes = b"") -> Ballot:
    """Return a ballot's row whose key says nothing of its number."""
    digest = hashlib.sha256(run + number.to_bytes(4, "big")).digest()
    return Ballot(uuid="x", hash=digest, credential=hashlib.sha256(digest).digest(), raw=raw)


def in_threads(*acts: Callable[[], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    return threads


def test_what_was_read_in_a_write_still_holds_when_it_is_written(engine: Engine) -> None:
    """K7, I9: eight writers add one to what they read; deferred locks would lose some, or refuse them."""
    with writing(engine) as session:
        session.add(Ballot(uuid="x", hash=b"h" * 32, credential=b"c" * 32, raw=b"0"))

    def add_one() -> None:
        for _ in range(5):
            with writing(engine) as session:
                (kept,) = session.query(Ballot).all()
                kept.raw = str(int(kept.raw) + 1).encode()

    for thread in in_threads(*[add_one] * 8):
        thread.join()
    with reading(engine) as session:
        assert session.query(Ballot).one().raw == b"40"


def test_whoever_waits_too_long_for_a_writer_is_told_that_others_write(engine: Engine) -> None:
    hasty = engine.execution_options(**{PATIENCE: 50})
    with writing(engine) as session:
        session.add(row(1))
        session.flush()
        with pytest.raises(OperationalError) as caught, writing(hasty) as other:
            other.execute(text("SELECT 1"))
    assert isinstance(failure(caught.value), StorageBusy)


def test_a_read_sees_one_state_and_cannot_write(engine: Engine) -> None:
    with reading(engine) as session:
        assert session.query(Ballot).count() == 0
        with writing(engine) as other:
            other.add(row(1))
        assert session.query(Ballot).count() == 0
        with pytest.raises(DBAPIError, match="read-only"):
            session.execute(text("DELETE FROM ballot"))


def test_an_error_names_no_value(engine: Engine) -> None:
    with pytest.raises(IntegrityError) as caught, writing(engine) as session:
        for key in (b"a", b"b"):
            session.add(Ballot(uuid="x", hash=key * 32, credential=b"c" * 32, raw=b"MARKED"))
            session.flush()
    assert "MARKED" not in str(caught.value)


def test_what_was_refused_leaves_nothing_in_the_servers_log(postgres: Server, engine: Engine) -> None:
    for _ in range(2):
        with suppress(IntegrityError), writing(engine) as session:
            session.add(Ballot(uuid="loud", hash=b"a" * 32, credential=b"c" * 32, raw=b"{}"))
    log = postgres.log.read_text()
    assert [word for word in ("loud", "63" * 8, "duplicate key") if word in log] == []


# --- order of arrival ---------------------------------------------------------------------------------------------


def places(engine: Engine) -> list[tuple[bytes, int]]:
    """Return keys as they lie in the table, with the number of the transaction that wrote each."""
    with reading(engine) as session:
        query = text("SELECT hash, xmin::text::bigint FROM ballot ORDER BY ctid")
        return [(bytes(key), number) for key, number in session.execute(query)]


def arrive(engine: Engine, count: int = ARRIVING, run: bytes = b"") -> list[bytes]:
    """Let ballots come one by one, each in a transaction of its own; return their keys in the order of arrival."""
    arrived = []
    for number in range(count):
        with writing(engine) as session:
            arriving = row(number, b"RAW" * 2000 + number.to_bytes(4, "big"), run)
            session.add(arriving)
            session.add(Staged(uuid="x", hash=arriving.hash))
            arrived.append(arriving.hash)
    return arrived


def test_a_table_keeps_the_order_of_arrival_until_it_is_written_anew(engine: Engine) -> None:
    """K4, B4: first that the measure sees an order where there is one, in rows and in transactions."""
    arrived = arrive(engine)
    before = places(engine)
    assert [key for key, _ in before] == arrived
    assert kendall_tau([number for _, number in before]) == 1
    rewrite(engine)
    after = places(engine)
    assert [key for key, _ in after] == sorted(arrived)
    assert len({number for _, number in after}) == 1
    where = {key: at for at, (key, _) in enumerate(after)}
    assert abs(kendall_tau([where[key] for key in arrived])) < TAU_BOUND


def orders_in(folder: Path, keys: list[bytes]) -> dict[str, float]:
    """Return, for every file of a cluster that holds half of the keys, how far their places are in order of arrival."""
    found = {}
    for path in (path for path in folder.rglob("*") if path.is_file() and path.parent.name.isalnum()):
        content = path.read_bytes() if path.stat().st_size else b""
        if not any(key in content for key in keys[:6]):
            continue
        for name, find in (("first", content.find), ("last", content.rfind)):
            held = [at for at in map(find, keys) if at >= 0]
            if len(held) > len(keys) // 2:
                found[f"{path.relative_to(folder)} {name}"] = abs(kendall_tau(held))
    return found


# threats B4
def test_no_file_of_the_server_keeps_the_order_of_arrival(postgres: Server, engine: Engine) -> None:
    """K4, B4: the table's file, its index's, and the server's log, which keeps every row in the order of its coming."""
    arrived = arrive(engine)
    postgres.sql("CHECKPOINT", engine.url.database or "")
    assert max(orders_in(postgres.data / "base", arrived).values()) == 1
    rewrite(engine)
    left = orders_in(postgres.data, arrived)
    assert [name for name in left if name.startswith("base")]
    assert {name: tau for name, tau in left.items() if tau > TAU_BOUND} == {}


@pytest.mark.campaign
def test_over_many_boxes_no_order_of_arrival_is_left(postgres: Server) -> None:
    """B4: 300 ballots a box, PTN_RUNS boxes (100), by `python -m pytest -m campaign -s` and the name of this file."""
    runs, found, signed = int(os.environ.get("PTN_RUNS", "100")), [], []
    for _ in range(runs):
        engine = open_engine(postgres.create("one_of_many"))
        migrate(engine, "box")
        arrived = arrive(engine, 300, secrets.token_bytes(16))
        rewrite(engine)
        keys = {key: at for at, (key, _) in enumerate(places(engine))}
        signed.append(kendall_tau([keys[key] for key in arrived]))
        found.append(max(*orders_in(postgres.data, arrived).values(), abs(signed[-1])))
        assert len({number for _, number in places(engine)}) == 1
        engine.dispose()
        postgres.drop("one_of_many")
    mean = sum(signed) / runs
    print(f"\nPostgreSQL, order of 300 ballots in table, files and log after the close: {runs} boxes,"
          f" worst |tau| {max(found):.3f}, mean {mean:+.4f}, one xmin in each")  # fmt: skip
    assert max(found) <= 0.12
    assert abs(mean) <= max(0.01, 3 * 0.0387 / runs**0.5)


def samples(engine: Engine) -> list[str]:
    """Return the tables of ours of which the server keeps samples once it has looked at all."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        query = "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        return sorted(connection.scalars(text(query)))


def test_the_server_keeps_no_sample_of_who_was_there_when(engine: Engine) -> None:
    # threats B4 K4: a sample outlives the tables being filled anew, and tells who had come by then
    arrive(engine, 20)
    assert samples(engine) == []
    with engine.connect() as connection:
        unwatched = "SELECT count(*) FROM pg_class WHERE relname IN ('ballot', 'staged')"
        unwatched += " AND 'autovacuum_enabled=false' = ANY (reloptions)"
        assert connection.scalar(text(unwatched)) == 2
        connection.exec_driver_sql("ALTER TABLE ballot ALTER COLUMN hash SET STATISTICS -1")
        connection.commit()
    assert samples(engine) == ["ballot"]  # the measure sees one where there is one


def test_nor_of_people_who_are_forgotten_later_nor_in_a_second_copy(postgres: Server) -> None:
    # threats 5.12, K4: the name of a person outlives the row in a sample, and so does the key of a printed slip
    made = open_engine(postgres.create("registry_looked_over"))
    migrate(made, "registry")
    with writing(made) as session:
        session.execute(text("ALTER TABLE slip_order DISABLE TRIGGER ALL"))
        for number in range(9):
            session.execute(text(f"INSERT INTO organisation (uuid, name) VALUES ('u{number}', 'n{number}')"))  # noqa: S608
            session.add(SlipOrder(id=bytes([number] * 16), round_id=1, kind="envelope", state="waiting"))
    copy = open_engine(postgres.create("copy_looked_over"))
    for _again in range(2):
        make(copy, CopyBase.metadata)
    with writing(copy) as session:
        session.add_all(Kept(uuid="x", kind="ballot", digest=bytes([n] * 32), raw=b"{}") for n in range(9))
    assert (samples(made), samples(copy)) == ([], [])
    for engine in (made, copy):
        engine.dispose()
        postgres.drop(engine.url.database or "")


def test_a_table_is_not_written_anew_under_a_reader(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(row(1))
    with reading(engine) as session:
        session.execute(text("SELECT 1"))  # it has looked at nothing yet, and must not find an empty table then
        with pytest.raises(RewriteFailed):
            rewrite(engine, patience=100)
        assert session.query(Ballot).count() == 1
    rewrite(engine)


def test_readers_and_writers_never_see_an_emptied_table(engine: Engine) -> None:
    for number in range(50):
        with writing(engine) as session:
            session.add(row(number))
    seen: list[int] = []
    until = time.monotonic() + 2

    def read() -> None:
        while time.monotonic() < until:
            with reading(engine) as session:
                seen.append(session.query(Ballot).count())

    def write() -> None:
        while time.monotonic() < until:
            with writing(engine) as session:
                seen.append(session.query(Ballot).count())

    threads = in_threads(read, read, write)
    times = 0
    while time.monotonic() < until:
        rewrite(engine, patience=5_000)
        times += 1
    for thread in threads:
        thread.join()
    assert times > 3
    assert set(seen) == {50}


def test_a_dump_holds_everything_while_tables_wait_to_be_written_anew(postgres: Server, engine: Engine) -> None:
    """I7, B15: a dump whose snapshot is older than an emptied table would hold none of its rows."""
    with writing(engine) as session:
        session.add(row(1))
    with snapshot(engine) as number, pytest.raises(RewriteFailed):
        with psycopg.connect(postgres.url(engine.url.database or "").replace("+psycopg", "")) as dumping:
            dumping.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            dumping.execute(f"SET TRANSACTION SNAPSHOT '{number}'")
            assert dumping.execute("SELECT count(*) FROM ballot").fetchone() == (1,)
            dumping.rollback()
        rewrite(engine, patience=100)
