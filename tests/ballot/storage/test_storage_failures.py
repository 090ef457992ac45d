"""What a database answers when it cannot, read as three answers of ours; whatever else it says stays a fault.

Here live codes of both kinds of database. Never here: a disk (tests/survival).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import errors as postgres
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, TimeoutError

from ballot import cli
from ballot.startup.errors import DatabaseAway
from ballot.storage import StorageBusy, StorageFailed, StorageFull, failure, open_engine, writing
from tests.ballot.hall import Hall
from tests.ballot.look import refused
from tests.commands import run
from tests.postgres import Server

Open = Callable[[str], Hall]


def of_sqlite(code: int, kind: type[sqlite3.Error] = sqlite3.OperationalError) -> DBAPIError:
    raised = kind("said so")
    raised.sqlite_errorcode = code
    return OperationalError("BEGIN", {}, raised)


def of_postgres(kind: type[psycopg.Error]) -> DBAPIError:
    return OperationalError("BEGIN", {}, kind("said so"))


@pytest.fixture
def server(postgres: Server) -> Server:
    """The tests' own server; its name here is the driver's errors'."""
    return postgres


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (13, StorageFull), (10, StorageFailed), (778, StorageFailed), (1034, StorageFailed), (8, StorageFailed),
        (1032, StorageFailed), (11, StorageFailed), (14, StorageFailed), (26, StorageFailed), (5, StorageBusy),
        (261, StorageBusy), (517, StorageBusy), (6, StorageBusy), (1, None), (20, None),
    ],
)  # fmt: skip
def test_each_code_of_sqlite_has_its_answer(code: int, found: type | None) -> None:
    """threats I3, I4"""
    assert type(failure(of_sqlite(code))) is (found or type(None))


@pytest.mark.parametrize(
    ("raised", "found"),
    [
        (postgres.DiskFull, StorageFull), (postgres.LockNotAvailable, StorageBusy),
        (postgres.SerializationFailure, StorageBusy), (postgres.DeadlockDetected, StorageBusy),
        (postgres.TooManyConnections, StorageBusy), (postgres.IoError, StorageFailed),
        (postgres.AdminShutdown, StorageFailed), (postgres.ReadOnlySqlTransaction, StorageFailed),
        (postgres.DataCorrupted, StorageFailed), (psycopg.OperationalError, StorageFailed),
        (postgres.UndefinedTable, None), (postgres.UniqueViolation, None),
    ],
)  # fmt: skip
def test_each_code_of_postgresql_has_its_answer(raised: type[psycopg.Error], found: type | None) -> None:
    """threats I3, I4"""
    assert type(failure(of_postgres(raised))) is (found or type(None))


def test_a_server_that_is_not_there_is_a_storage_that_failed(tmp_path: Path) -> None:
    engine = create_engine(f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    with pytest.raises(OperationalError) as raised:
        engine.connect()
    assert isinstance(failure(raised.value), StorageFailed)


def test_a_pool_in_which_every_connection_is_taken_is_busy_and_a_constraint_is_neither() -> None:
    assert isinstance(failure(TimeoutError()), StorageBusy)
    assert failure(IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE"))) is None
    assert failure(ValueError("x")) is None


def test_a_file_that_is_no_database_and_one_that_is_not_there_are_told_apart_from_a_fault(tmp_path: Path) -> None:
    (tmp_path / "box.db").write_bytes(b"not a database, but long enough to be looked at" * 100)
    for path in (tmp_path / "box.db", tmp_path / "no-folder" / "box.db"):
        engine = open_engine(f"sqlite:///{path}")
        with pytest.raises((DBAPIError, sqlite3.Error)) as raised, writing(engine) as session:
            session.execute(text("SELECT 1"))
        assert isinstance(failure(raised.value), StorageFailed)
        engine.dispose()


def test_a_damaged_page_is_answered_in_words_and_with_no_traceback(at: Open, caplog: pytest.LogCaptureFixture) -> None:
    """threats I6"""
    hall = at("voting")
    body = hall.body(0)
    hall.house.box.dispose()
    file = hall.house.config.instance / "box.db"
    file.write_bytes(file.read_bytes()[:4096] + bytes(len(file.read_bytes()) - 4096))
    refused(hall.cast(body), 503, "STORAGE_FAILED")
    assert "Traceback" not in caplog.text


def test_a_command_names_a_database_that_does_not_open_and_speaks_to_no_voter(tmp_path: Path, server: Server) -> None:
    file = tmp_path / "registry.db"
    file.write_bytes(b"no database, but long enough" * 1000)
    urls = [f"sqlite:///{file}", f"postgresql+psycopg://nobody@/none?host={tmp_path}"]
    urls += [server.url("postgres", password=tmp_path.name), server.url("of_nobody")]
    for url in urls:
        done = run("ballot", "organisation", "list", BALLOT_INSTANCE=str(tmp_path), BALLOT_REGISTRY_DB=url)
        assert done.code == 1, url
        assert f"DATABASE_AWAY: {DatabaseAway()}" in done.output, done.output


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (of_sqlite(13), "STORAGE_FULL"), (of_sqlite(10), "STORAGE_FAILED"), (of_sqlite(5), "STORAGE_BUSY"),
        (of_sqlite(14), "DATABASE_AWAY"), (of_postgres(postgres.CannotConnectNow), "DATABASE_AWAY"),
        (of_postgres(postgres.InsufficientPrivilege), "DATABASE_AWAY"),
        (of_postgres(postgres.DataCorrupted), "STORAGE_FAILED"),
    ],
)  # fmt: skip
def test_whoever_runs_a_command_is_told_of_no_receipt_and_not_to_send_anything_again(
    error: DBAPIError, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_group: object) -> None:
        raise error

    monkeypatch.setattr(cli, "run", fails)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().out
    assert (ended.value.code, said.startswith(f"{code}: ")) == (1, True), said
    assert "biên nhận" not in said
    assert "gửi lại" not in said


def test_a_fault_of_ours_in_a_command_is_no_storage_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_group: object) -> None:
        raise of_sqlite(1)

    monkeypatch.setattr(cli, "run", fails)
    with pytest.raises(OperationalError):
        cli.main()
