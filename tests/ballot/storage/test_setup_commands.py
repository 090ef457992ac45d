"""`ballot database` as the README tells an administrator to use it: the commands themselves, against a real server.

Here live those lines of the README. Never here: what a login may do (test_postgres_parts.py).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ballot.storage.commands import PARTS, setup_file
from tests.commands import ROOT
from tests.postgres import MISSING, Server, programs, running

SUDO = re.compile(r"sudo --preserve-env=(\S+) -u postgres psql")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if programs() is None:
        pytest.skip(MISSING)
    with running() as found:
        yield found


def told() -> str:
    """Return the README's commands for a server of databases."""
    section = (ROOT / "README.md").read_text("utf-8").partition("### PostgreSQL")[2]
    return section.partition("```sh\n")[2].partition("```")[0]


def as_administrator(server: Server, names: str) -> str:
    """Return psql as the server's administrator, who is handed these variables and no other."""
    kept = {"PGHOST": server.folder, "PGPORT": server.port, "PGUSER": "postgres", "PGPASSWORD": server.password}
    words = [f"{name}='{value}'" for name, value in kept.items()]
    words += [f'{name}="${name}"' for name in names.split(",") if name]
    return f"env -i {' '.join(words)} {(programs() or Path()) / 'psql'} -X -q"


def in_shell(script: str) -> subprocess.CompletedProcess[str]:
    script = script.replace("ballot database", f"{sys.executable} -m ballot database")
    return subprocess.run(
        ["sh", "-e", "-c", script], capture_output=True, text=True, check=False, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_the_readme_hands_over_every_variable_that_a_script_reads() -> None:
    lines = {part: next(line for line in told().splitlines() if f"ballot database {part} |" in line) for part in PARTS}
    for part, line in lines.items():
        needed = set(re.findall(r"^\\getenv \w+ (\w+)$", setup_file(part).read_text("utf-8"), re.M))
        handed = SUDO.search(line)
        assert handed and set(handed[1].split(",")) == needed
        assert all(f"export {name}=" in told() or f" {name}=$(" in told() for name in needed)


def test_the_readmes_commands_make_databases_that_its_settings_open(server: Server) -> None:
    script = SUDO.sub(lambda found: as_administrator(server, found[1]), told())
    script = re.sub(r"^(BALLOT_\w+=(.*))$", r'echo "\2"', script, flags=re.M)
    done = in_shell(script)
    assert (done.returncode, done.stderr) == (0, "")
    urls = [line for line in done.stdout.splitlines() if line.startswith("postgresql")]
    assert len(urls) == 3
    for url in urls:
        place = url.replace("+psycopg", "").replace("@127.0.0.1", "@")
        psycopg.connect(f"{place}?host={server.folder}&port={server.port}").close()


@pytest.mark.parametrize("password", [None, "", "short"])
@pytest.mark.parametrize("part", PARTS)
def test_a_password_that_was_not_handed_over_is_named_and_nothing_is_made(
    server: Server, part: str, password: str | None
) -> None:
    before = server.sql("SELECT rolname FROM pg_roles ORDER BY 1")
    names = re.findall(r"^\\getenv \w+ (\w+)$", setup_file(part).read_text("utf-8"), re.M)
    for missing in names:
        given = {name: "0" * 48 for name in names if name != missing} | (
            {} if password is None else {missing: password}
        )
        words = "".join(f"export {name}='{value}'; " for name, value in given.items())
        done = in_shell(f"{words}ballot database {part} | {as_administrator(server, ','.join(given))}")
        assert (done.returncode, f"{missing}: chưa đặt" in done.stderr) == (3, True), done.stderr
    assert server.sql("SELECT rolname FROM pg_roles ORDER BY 1") == before
