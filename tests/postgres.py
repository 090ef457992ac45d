"""A PostgreSQL server of the tests' own: a cluster in a temporary folder, run as an ordinary user, gone at the end.

Here live its start, its databases and roles. Never here: a rule of the application, or the server of anybody else.

    def test_something(postgres):                       # the server of this test process, started once
        url = postgres.create("box")                    # postgresql+psycopg://…, a new empty database
        copy = postgres.create("copy", template="box")  # a copy of it
        postgres.drop("copy")
"""

from __future__ import annotations

import atexit
import ctypes
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from glob import glob
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, text
from sqlalchemy.orm import Session

MISSING = "no PostgreSQL on this machine: apt-get install postgresql"
SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "wal_recycle": "off",
    "log_min_messages": "log", "max_connections": "400", "shared_buffers": "64MB", "autovacuum_naptime": "5",
    "unix_socket_permissions": "0777", "min_wal_size": "32MB", "max_wal_size": "256MB",
}  # fmt: skip
PATIENCE = 60
ROOM = 2 * 2**30


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL on this machine."""
    folders = sorted(glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(Path(path).parent.name))
    found = shutil.which("initdb")
    return Path(folders[-1]) if folders else Path(found).parent if found else None


def _ordinary_user() -> pwd.struct_passwd:
    """Return whom the server runs as: PostgreSQL refuses to run as root."""
    if os.getuid():
        return pwd.getpwuid(os.getuid())
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _end_with_us() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG: the server ends with the tests, however these end


@dataclass
class Server:
    """One cluster; `prefix` is a command before the server's own (`ip netns exec …`), `listen` its TCP addresses."""

    folder: Path
    listen: str = ""
    port: int = 5432
    prefix: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """The folder of the cluster's files."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def prepare(self) -> Server:
        """Make the cluster: everybody needs a password, lists are sorted by code points."""
        bin_folder = programs()
        assert bin_folder is not None, MISSING
        user, secret = _ordinary_user(), self.folder / "password"
        self.folder.mkdir(parents=True, exist_ok=True)
        secret.write_text(self.password)
        for path in (self.folder, secret):
            os.chown(path, user.pw_uid, user.pw_gid)
        initdb = [bin_folder / "initdb", "-D", self.data, "-U", "postgres", f"--pwfile={secret}", "--no-sync"]
        locale = ["--locale=C.UTF-8", "--encoding=UTF8", "--auth=scram-sha-256"]
        self._run([*initdb, *locale])
        secret.unlink()
        with (self.data / "pg_hba.conf").open("a") as access:
            access.write("host all all 0.0.0.0/0 scram-sha-256\n")
        return self

    def start(self) -> Server:
        """Start the server; after `kill` it waits until the last child of the one before has noticed and gone."""
        end = time.monotonic() + PATIENCE
        while not self._launch()._answers(end):
            time.sleep(0.2)
        return self

    def _launch(self) -> Server:
        bin_folder = programs()
        assert bin_folder is not None, MISSING
        settings = SETTINGS | {"unix_socket_directories": str(self.folder), "listen_addresses": self.listen}
        settings |= {"port": str(self.port)} | self.settings
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        user = _ordinary_user()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.prefix, *self._as_user(), str(bin_folder / "postgres"), "-D", str(self.data), *options],
                stdout=log, stderr=log, start_new_session=True, cwd=self.folder,
                preexec_fn=_end_with_us,  # noqa: PLW1509 - it only asks the kernel
                **({} if self.prefix else _of(user)),
            )  # fmt: skip
        return self

    def _as_user(self) -> list[str]:
        """Return the command that gives up root's rights inside a namespace, which only root could enter."""
        if not self.prefix or os.getuid():
            return []
        user = _ordinary_user()
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=INT"]

    def _answers(self, end: float) -> bool:
        """Wait until the server takes connections; false where another of this folder is still ending."""
        while True:
            try:
                with self.connect():
                    return True
            except psycopg.OperationalError:
                assert self.process is not None
                said = self.log.read_text()[-2000:]
                assert time.monotonic() < end, said
                if self.process.poll() is not None:
                    assert "pre-existing shared memory" in said or "lock file" in said, said
                    return False
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server; SIGQUIT is as a power cut to it: it recovers from its log when it starts again."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None

    def kill(self) -> None:
        """Let the postmaster die at once; its children notice and follow."""
        self.stop(signal.SIGKILL)

    def _run(self, command: list[Any]) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **_of(_ordinary_user()))

    # --- databases and roles --------------------------------------------------------------------------------------

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Connect as the cluster's administrator."""
        return psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", password=self.password, dbname=database,
            autocommit=True,
        )  # fmt: skip

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements as the administrator; return the rows of the last."""
        with self.connect(database) as connection:
            found = connection.execute(statement)  # type: ignore[call-overload]
            while found.nextset():
                pass
            return found.fetchall() if found.description else []

    def url(self, database: str, user: str = "postgres", password: str | None = None, host: str = "") -> str:
        """Return where a database is, for settings: over the socket, or at a `host` of `listen`."""
        place = URL.create(
            "postgresql+psycopg", username=user, password=password or self.password, host=host or None,
            port=self.port if host else None, database=database,
            query={} if host else {"host": str(self.folder), "port": str(self.port)},
        )  # fmt: skip
        return place.render_as_string(hide_password=False)

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database, empty or as a copy of one whose connections are ended first; return its address."""
        statement = "CREATE DATABASE {} TEMPLATE {} STRATEGY = wal_log"
        with self.connect() as connection:
            end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(end, [template])
            connection.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(template)))  # type: ignore[arg-type]
        return self.url(name)

    def has(self, name: str) -> bool:
        with self.connect() as connection:
            return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone())

    def stored(self, name: str) -> bytes:
        """Return every byte of a database's own files; the log is not looked at: it holds all databases together."""
        ((number,),) = self.sql(f"SELECT oid FROM pg_database WHERE datname = '{name}'")  # noqa: S608 - a name of ours
        self.sql("CHECKPOINT")
        files = sorted((self.data / "base" / str(number)).iterdir())
        return b"".join(path.read_bytes() for path in files if path.is_file())

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _of(user: pwd.struct_passwd) -> dict[str, Any]:
    return {} if os.getuid() else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _quick_folder() -> str | None:
    """Return a folder in memory where there is room: a checkpoint writes hundreds of files for each database."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it is ours alone
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else None


@contextmanager
def running(**more: Any) -> Iterator[Server]:
    """Lend a cluster of one's own, for a test that kills it or puts it elsewhere."""
    folder = Path(tempfile.mkdtemp(prefix="ptn-pg-", dir=_quick_folder()))
    server = Server(folder, **more).prepare()
    try:
        yield server.start()
    finally:
        server.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


@cache
def shared() -> Server:
    """Return the server of this test process, started when it is first asked for. Raises nothing: look first."""
    lent = running()
    server = lent.__enter__()
    atexit.register(lent.__exit__, None, None, None)
    return server


@pytest.fixture(scope="session")
def postgres() -> Server:
    """The server of this test process."""
    if programs() is None or sys.platform != "linux":
        pytest.skip(MISSING)
    return shared()


# --- the same tests on PostgreSQL: PTN_DATABASE=postgresql --------------------------------------------------------

SETTING = {
    "registry": "BALLOT_REGISTRY_DB",
    "box": "BALLOT_BOX_DB",
    "issuer": "BALLOT_ISSUER_DB",
    "site": "BALLOT_SITE_DB",
}


def chosen() -> bool:
    """Say whether the tests of the web application run on PostgreSQL."""
    return os.environ.get("PTN_DATABASE") == "postgresql"


def databases(folder: Path, *kinds: str) -> dict[str, str]:
    """Return the settings of a house in this folder that name its databases: none where they are files in it."""
    if not chosen():
        return {}
    names = {kind: _name(folder, kind) for kind in kinds or ("registry", "box")}
    server = shared()
    for name in names.values():
        if not server.has(name):
            server.create(name)
    return {SETTING[kind]: server.url(name) for kind, name in names.items()}


def databases_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the same for a process that is told its folder and its part by these settings."""
    part = environment.get("BALLOT_ROLES", "")
    kinds = (part,) if part in ("issuer", "site") else ()
    return databases(Path(environment["BALLOT_INSTANCE"]), *kinds) if "BALLOT_INSTANCE" in environment else {}


def lay_guards_aside(session: Session) -> None:
    """Let tables that only grow be changed, as somebody with a tool of their own does."""
    if chosen():
        for table in ("audit_entry", "audit_head"):
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    else:
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f"DROP TRIGGER {name}"))


def copy_house(source: Path, target: Path) -> Path:
    """Copy the folder of a house together with its databases, to which nobody is connected."""
    shutil.copytree(source, target)
    for kind in SETTING if chosen() else ():
        if shared().has(_name(source, kind)):
            shared().create(_name(target, kind), template=_name(source, kind))
    return target


def forget(folder: Path) -> None:
    """Drop the databases of a house that nobody asks for any more."""
    for kind in SETTING if chosen() else ():
        shared().drop(_name(folder, kind))


def _name(folder: Path, kind: str) -> str:
    return f"{kind}_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]}"
