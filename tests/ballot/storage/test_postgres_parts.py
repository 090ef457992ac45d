"""Registry and box as processes of their own, two of each, with databases and logins that the documented files made.

Here lives what one part must not reach, and what two processes of a part must not do twice. Never here: a rule of one
process.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from ballot.config import Config
from ballot.house import House
from ballot.keyring import Keyring
from ballot.storage import open_engine, rewrite
from ballot.storage.commands import PARTS, setup_file
from tally.protocol.archive import Archive
from tests.ballot.client import TOKEN
from tests.ballot.hall import PASSWORD, PHASES, Hall
from tests.ballot.issuer_processes import free_port
from tests.ballot.look import ballots
from tests.ballot.on_postgres import ROLL, VOTERS
from tests.ballot.prepared import with_people
from tests.commands import ROOT, run
from tests.postgres import MISSING, Server, programs, running

PATIENCE = 60
HOSTS = {"registry": "localhost", "box": "127.0.0.1"}


@dataclass
class Web:
    """One web process of a part."""

    part: str
    environ: dict[str, str]
    log: Path
    port: int = field(default_factory=free_port)

    @property
    def origin(self) -> str:
        return f"http://{HOSTS[self.part]}:{self.port}"

    def start(self, stack: ExitStack) -> Web:
        command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{self.port}", "wsgi:app"]
        environ = os.environ | self.environ | {"BALLOT_ROLES": self.part, "BALLOT_PORT": str(self.port)}
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        stack.callback(lambda: (process.kill(), process.wait()))
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)
        return self

    def _answers(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0

    def cast(self, uuid: str, body: bytes) -> requests.Response:
        headers = {"Content-Type": "application/json"}
        return requests.post(f"{self.origin}/dot/{uuid}/phieu", data=body, headers=headers, timeout=60)


@dataclass
class Parted:
    """A server with both databases, and a round that is open for voting."""

    server: Server
    hall: Hall
    urls: dict[str, str] = field(repr=False)
    webs: dict[str, list[Web]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parted]:
    if programs() is None:
        pytest.skip(MISSING)
    folder = tmp_path_factory.mktemp("parted")
    with running(settings={"log_min_messages": "warning", "wal_recycle": "on"}) as server, ExitStack() as stack:
        urls = set_up(server)
        environ = {"BALLOT_INSTANCE": str(folder / "house"), "BALLOT_REGISTRY_DB": urls["registry"]}
        house = House.open(Config.from_environ(environ | {"BALLOT_BOX_DB": urls["box_registry"]}))
        stack.callback(house.box.dispose)
        stack.callback(house.registry.dispose)
        ring = Keyring(house.keyring.folder, house.keyring.passphrase_file)
        hall = with_people(Hall(replace(house, keyring=ring)))
        for phase in PHASES:
            getattr(hall, phase)(**({"roll": ROLL, "delegates": VOTERS} if phase == "draft" else {}))
        found = Parted(server, hall, urls)
        for part, box_url in (("registry", urls["box_registry"]), ("box", urls["box"])):
            told = environ | {"BALLOT_BOX_DB": box_url}
            if part == "box":
                del told["BALLOT_REGISTRY_DB"]
            logs = [folder / f"{part}-{number}.log" for number in (1, 2)]
            found.webs[part] = [Web(part, told, log).start(stack) for log in logs]
        yield found


def set_up(server: Server) -> dict[str, str]:
    """Run the files that `ballot database` prints, as an administrator does; return the addresses of each login."""
    passwords = {name: secrets.token_hex(16) for name in ("REGISTRY", "BOX", "BOX_REGISTRY")}
    for part in PARTS:
        told = {f"PTN_{name}_PASSWORD": password for name, password in passwords.items()}
        told |= {"PGHOST": str(server.folder), "PGPORT": str(server.port), "PGUSER": "postgres"}
        psql = [str((programs() or Path()) / "psql"), "-X", "-q", "-f", str(setup_file(part))]
        environ = os.environ | told | {"PGPASSWORD": server.password}
        done = subprocess.run(psql, env=environ, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert [password for password in passwords.values() if password in done.stdout] == []
    databases = {"registry": "ptn_registry", "box": "ptn_box", "box_registry": "ptn_box"}
    logins = {name: (database, f"ptn_{name}", passwords[name.upper()]) for name, database in databases.items()}
    return {name: server.url(*login) for name, login in logins.items()}


# --- what a part cannot reach -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "database"), [("box", "ptn_registry"), ("box_registry", "ptn_registry"), ("registry", "ptn_box")]
)
def test_no_login_of_one_database_opens_the_other(parted: Parted, login: str, database: str) -> None:
    """B9, B10: the box's process cannot read who is who, nor the registry's own login what was cast."""
    url = parted.urls[login].replace("+psycopg", "")
    place, query = url.rsplit("?", 1)
    elsewhere = f"{place.rsplit('/', 1)[0]}/{database}?{query}"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(elsewhere)
    psycopg.connect(url).close()


@pytest.mark.parametrize("login", ["registry", "box", "box_registry"])
def test_a_login_is_no_administrator(parted: Parted, login: str) -> None:
    with psycopg.connect(parted.urls[login].replace("+psycopg", ""), autocommit=True) as connection:
        for statement in (
            "CREATE ROLE another", "CREATE DATABASE another", "SELECT pg_read_file('postgresql.conf')",
            "SET log_min_messages = 'debug5'", "ALTER SYSTEM SET wal_level = 'logical'", "SET ROLE postgres",
            "SELECT rolpassword FROM pg_authid",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_the_files_are_printed_by_a_command_and_say_how_they_are_used() -> None:
    printed = run("ballot", "database", "box").output
    assert printed == setup_file("box").read_text(encoding="utf-8")
    assert all("psql -f" in setup_file(part).read_text(encoding="utf-8") for part in PARTS)


# --- two processes of each part -----------------------------------------------------------------------------------


def at_once(*acts: Any) -> list[Any]:
    answers: list[Any] = [None] * len(acts)

    def run_one(number: int) -> None:
        answers[number] = acts[number]()

    threads = [threading.Thread(target=run_one, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# threats C3
def test_two_box_processes_take_one_ballot_for_one_slip(parted: Parted) -> None:
    """C1, I9: the same bytes at both get one receipt; different bytes of one slip are one ballot and one refusal."""
    hall, (first, second) = parted.hall, parted.webs["box"]
    for number in (0, 1):
        body = hall.body(number)
        answers = at_once(*[lambda web=web, body=body: web.cast(hall.uuid, body) for web in (first, second) * 2])
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
    for number in range(2, VOTERS):
        bodies = [hall.body(number, levels) for levels in ((0, 0, 0), (2, 2, 2))]
        pairs = list(zip((first, second), bodies, strict=True))
        answers = at_once(*[lambda web=web, body=body: web.cast(hall.uuid, body) for web, body in pairs])
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert next(a for a in answers if a.status_code == 409).json()["code"] == "ALREADY_CAST"
    assert len(ballots(hall)) == VOTERS


class Person(requests.Session):
    """An organiser's browser, which a proxy sends now to one process, now to the other."""

    def __init__(self, webs: list[Web], login: str) -> None:
        super().__init__()
        self.webs = webs
        answer = self.form(0, "/dang-nhap", {"login": login, "password": PASSWORD}, page="/dang-nhap")
        assert answer.status_code == 302, answer.text

    def form(self, at: int, path: str, values: dict[str, str], *, page: str) -> requests.Response:
        shown = self.get(self.webs[1 - at].origin + page, timeout=60)
        assert shown.status_code == 200, shown.text
        token = TOKEN.search(shown.text)
        values = values | {"csrf_token": token[1] if token else ""}
        return self.post(self.webs[at].origin + path, data=values, allow_redirects=False, timeout=60)


def test_what_one_registry_process_began_the_other_ends(parted: Parted) -> None:
    """G6, I9: a session, a form's token and a proposal of two persons hold at both; both boxes then take nothing."""
    hall, webs = parted.hall, parted.webs["registry"]
    page = f"/dot/{hall.uuid}/"
    for at, (login, status) in enumerate({"to-chuc-1": 409, "to-chuc-2": 302}.items()):
        with Person(webs, login) as person:
            answer = person.form(at, f"/dot/{hall.uuid}/viec/dong", {}, page=page)
        assert answer.status_code == status, answer.text
    assert hall.phase() == "closed"
    assert [web.cast(hall.uuid, hall.body(0)).status_code for web in parted.webs["box"]] == [409, 409]
    archive = Archive.parse((hall.house.record(hall.uuid) / f"{hall.uuid}.bel").read_bytes())
    assert sorted(archive.ballots) == sorted(ballots(hall))


def test_both_logins_of_the_box_can_write_its_tables_anew(parted: Parted) -> None:
    """B4: the box's process does so with every sealed batch, the registry's when it closes."""
    for login in ("box", "box_registry", "registry"):
        engine = open_engine(parted.urls[login])
        rewrite(engine)
        engine.dispose()
    assert len(ballots(parted.hall)) == VOTERS
