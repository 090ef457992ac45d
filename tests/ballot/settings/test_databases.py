"""Addresses of databases that nobody can open are refused by the name of their setting, and never end in a traceback.

Here live addresses as operators mistype them. Never here: a database.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ballot.config import Config
from ballot.settings.databases import ALLOWED
from ballot.settings.errors import BadSetting
from ballot.storage.presence import shown
from tests.commands import REFUSED, run

WRONG = [
    "", "registry.db", "/dia-hai", "/dia-hai/ban-sao.db", "sqlite:registry.db", "sqlite://registry.db", "sqlite://",
    "sqlite:///:memory:", "sqlite+nobody:///x.db", "mysql://x/y", "postgres://x/y", "postgresql://x:y:z/q",
    "://", "https://x/y",
]  # fmt: skip
RIGHT = [
    "sqlite:////dia-hai/phieu/ban-sao.db", "sqlite:///beside.db", "postgresql+psycopg://ptn@/box?host=/run/postgresql",
    "postgresql://ptn:secret@db.lan:5433/registry",
]  # fmt: skip
SITE = {"BALLOT_ROLES": "site", "BALLOT_SITE_HOST": "localhost", "BALLOT_SITE_NAME": "Điểm cầu A"}
NAMES = ["BALLOT_REGISTRY_DB", "BALLOT_BOX_DB", "BALLOT_BOX_COPY", "BALLOT_ISSUER_DB", "BALLOT_SITE_DB"]


def environ(name: str, url: str) -> dict[str, str]:
    return (SITE if name == "BALLOT_SITE_DB" else {}) | {name: url}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_address_of_a_database_is_refused_by_the_settings_name(name: str) -> None:
    for url in WRONG:
        if name == "BALLOT_BOX_COPY" and not url:
            continue  # no copy
        with pytest.raises(BadSetting) as found:
            Config.from_environ(environ(name, url))
        assert str(found.value).startswith(f"{name}: "), url
        assert ALLOWED in str(found.value)


@pytest.mark.parametrize("name", NAMES)
def test_an_address_of_a_file_or_a_server_is_taken_as_it_is(name: str) -> None:
    for url in RIGHT:
        config = Config.from_environ(environ(name, url))
        urls = [config.registry_url, config.box_url, config.box_copy_url, config.issuing.url]
        assert url in [*urls, config.site.url if config.site else ""]
        assert "secret" not in shown(url)


@pytest.mark.parametrize(
    ("name", "url"),
    [("BALLOT_BOX_COPY", "/dia-hai"), ("BALLOT_REGISTRY_DB", "registry.db"), ("BALLOT_REGISTRY_DB", "mysql://x/y")],
)
def test_a_command_says_which_setting_is_wrong_and_what_is_allowed(name: str, url: str, tmp_path: Path) -> None:
    done = run("ballot", "organisation", "list", **{"BALLOT_INSTANCE": str(tmp_path / "x"), name: url})
    assert (done.code, f"BAD_SETTING: {name}: " in done.output) == (REFUSED, True), done.output
    assert ALLOWED in done.output
    assert not (tmp_path / "x").exists()


def test_an_option_that_is_no_address_is_refused_by_its_name(tmp_path: Path) -> None:
    place = {"BALLOT_INSTANCE": str(tmp_path / "x")}
    done = run("ballot", "resume", "B7kQ2mXv9TzRw4", "--copy", "/dia-hai/ban-sao.db", **place)
    assert (done.code, "BAD_SETTING: --copy: " in done.output) == (REFUSED, True), done.output
    (tmp_path / "file").write_bytes(b"")
    files = (tmp_path / "file", tmp_path / "file")
    done = run("ballot", "restore", tmp_path / "x", *files, "--into", "/abc", **place)
    assert (done.code, "BAD_SETTING: --into: " in done.output) == (REFUSED, True), done.output
    assert not (tmp_path / "x").exists()
