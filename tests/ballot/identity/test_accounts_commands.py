"""The first steps on a new machine: an organisation, its accounts, and serving them, by the real commands."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from ballot.config import Config
from ballot.serving import listening
from ballot.settings.errors import BadSetting
from tests.ballot.accounts_of import MYSELF, STRONG, Phone, acts, login
from tests.ballot.hall import Hall
from tests.ballot.prepared import new_hall
from tests.commands import run
from tests.postgres import databases

ROOT = Path(__file__).parents[3]
NAME = "Sở Thử nghiệm"


def environ(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BALLOT_")}
    return {
        **kept,
        **databases(folder),
        "BALLOT_INSTANCE": str(folder),
        "PTN_LANG": "vi",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def ballot(folder: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    done = run("ballot", *arguments, stdin=typed, BALLOT_INSTANCE=str(folder))
    return done.code, done.output


def password_of(output: str) -> str:
    found = re.search(r"\b[a-z2-9]{4}(?:-[a-z2-9]{4}){3}\b", output)
    assert found, output
    return found[0]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A new machine with its first organisation; return its folder and the administrator's one-time password."""
    folder = tmp_path_factory.mktemp("machine")
    code, said = ballot(folder, "organisation", "add", f"  {NAME} ", "--admin", "quan-tri", "--name", "Quản Trị")
    assert code == 0, said
    assert "http://localhost:8000/dang-nhap" in said
    return folder, password_of(said)


@pytest.fixture
def hall(machine: tuple[Path, str]) -> Any:
    hall = new_hall(machine[0])
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def test_a_new_machine_has_an_administrator_who_makes_the_others(machine: tuple[Path, str], hall: Hall) -> None:
    folder, password = machine
    assert ballot(folder, "organisation", "list") == (0, f"   1  {NAME}\n")
    browser, answer = login(hall, "quan-tri", password)
    assert answer.status_code == 302
    assert browser.form(MYSELF, {"old": password, "new": STRONG, "again": STRONG}, page=MYSELF).status_code == 302
    assert browser.get("/tai-khoan/").status_code == 200
    assert [entry[:2] for entry in acts(hall)][:2] == [("máy chủ", "organisation-found"), ("máy chủ", "account-create")]
    assert not any(password in " ".join(entry) for entry in acts(hall))


def test_an_account_is_made_with_a_password_that_is_asked_for(machine: tuple[Path, str], hall: Hall) -> None:
    folder, _password = machine
    add = ("account", "add", "to-chuc-9", "--organisation", "1", "--role", "organiser", "--ask-password")
    code, said = ballot(folder, *add, typed="ngắn\n")
    assert (code, "WEAK_PASSWORD" in said) == (1, True)
    code, said = ballot(folder, *add, typed=f"{NAME} 2026\n")
    assert (code, "PASSWORD_GUESSABLE" in said) == (1, True)
    code, said = ballot(folder, *add, typed=STRONG + "\n")
    assert (code, STRONG in said) == (0, False)
    browser, _answer = login(hall, "to-chuc-9", STRONG)
    assert browser.get("/dot-moi").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("account", "add", "x-1", "--organisation", "9", "--role", "desk"), "NO_SUCH_ORGANISATION"),
        (("account", "add", "doc-1", "--organisation", "1", "--role", "reader"), "AUTHORITY_MISSING"),
        (("account", "add", "quan-tri", "--organisation", "1", "--role", "desk"), "LOGIN_TAKEN"),
        (("account", "reset", "khong-ai"), "NO_SUCH_ACCOUNT"),
        (("organisation", "add", NAME, "--admin", "quan-tri-2"), "ORGANISATION_EXISTS"),
        (("organisation", "add", "Đơn vị khác", "--admin", "quan-tri"), "LOGIN_TAKEN"),
        (("organisation", "add", "", "--admin", "quan-tri-2"), "BAD_TEXT"),
    ],
)
def test_what_cannot_be_is_refused_whole(machine: tuple[Path, str], arguments: tuple[str, ...], code: str) -> None:
    folder, _password = machine
    assert ballot(folder, *arguments)[0] == 1
    assert ballot(folder, *arguments)[1].startswith(f"{code}: ")
    assert ballot(folder, "organisation", "list") == (0, f"   1  {NAME}\n")


def test_who_lost_everything_is_let_in_again(machine: tuple[Path, str], hall: Hall) -> None:
    folder, _password = machine
    add = ("account", "add", "tiep-don-9", "--organisation", "1", "--role", "desk", "--ask-password")
    ballot(folder, *add, typed=STRONG + "\n")
    browser, _answer = login(hall, "tiep-don-9", STRONG)
    Phone(browser, STRONG)
    code, said = ballot(folder, "account", "reset", "tiep-don-9")
    assert code == 0, said
    assert browser.get("/").status_code == 302
    browser, answer = login(hall, "tiep-don-9", password_of(said))
    assert (answer.status_code, browser.get("/").headers["Location"]) == (302, MYSELF)


# --- serving ------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_one_command_serves_all_four_parts_on_loopback(tmp_path: Path) -> None:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "ballot", "serve"], cwd=ROOT, env=environ(tmp_path, BALLOT_PORT=str(port)),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        said = [server.stdout.readline() for _ in range(5)]
        assert said[0].strip().endswith(f"http://localhost:{port}/dang-nhap"), said
        for host, path in (("localhost", "/dang-nhap"), ("127.0.0.2", "/"), ("127.0.0.3", "/"), ("127.0.0.1", "/")):
            assert answered(f"http://{host}:{port}{path}") == 200
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()


def answered(url: str) -> int:
    for _attempt in range(50):
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
                return int(answer.status)
        except ConnectionError:
            time.sleep(0.1)
        except OSError as error:
            if not isinstance(error.__cause__ or getattr(error, "reason", None), ConnectionError):
                raise
            time.sleep(0.1)
    return 0


@pytest.mark.parametrize(
    "change",
    [
        {"BALLOT_SCHEME": "https"},
        {"BALLOT_REGISTRY_HOST": "phieu.example"},
        {"BALLOT_BOX_HOST": "0.0.0.0"},  # noqa: S104 - which is refused
        {"BALLOT_ROLES": "issuer", "BALLOT_ISSUER_NAME": "x"},
    ],
)
def test_anything_but_this_machine_is_not_served(change: dict[str, str]) -> None:
    assert listening(Config.from_environ({})) == ["127.0.0.1:8000", "127.0.0.2:8000", "127.0.0.3:8000"]
    with pytest.raises(BadSetting):
        listening(Config.from_environ(change))
