"""Commands told to work where no installation is: they say so, and neither make one nor back up nothing.

Here live wrong and half-filled folders. Never here: what stands in a backup (tests/survival/test_backup.py).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from ballot.config import Config
from ballot.house import House
from ballot.storage.presence import InstanceMissing, is_there, shown
from tests.ballot.hall import Hall
from tests.commands import DONE, REFUSED, Done, run
from tests.postgres import Server
from tests.survival.backups import Recipients

Open = Callable[[str], Hall]
UUID = "B7kQ2mXv9TzRw4"


@pytest.fixture(scope="module")
def to(tmp_path_factory: pytest.TempPathFactory) -> Recipients:
    return Recipients.make(tmp_path_factory.mktemp("holders"))


def commands(to: Recipients, folder: Path) -> list[tuple[object, ...]]:
    """Every command that needs an installation to be there."""
    return [
        ("backup", folder / "out", *(word for part, name in to.names.items() for word in (f"--{part}-to", name))),
        ("resume", UUID),
        ("organisation", "list"),
        ("account", "reset", "quan-tri"),
        ("account", "add", "x", "--organisation", "1", "--role", "desk"),
    ]


def test_no_command_makes_an_installation_where_none_is_and_each_names_the_place(
    to: Recipients, tmp_path: Path
) -> None:
    """threats I20: a backup of the wrong folder would be of nothing, and look like one."""
    for command in commands(to, tmp_path):
        done = run("ballot", *command, BALLOT_INSTANCE=str(tmp_path / "wrong"))
        assert (done.code, "INSTANCE_MISSING" in done.output) == (REFUSED, True), done.output
        assert "BALLOT_INSTANCE" in done.output
        assert list(tmp_path.iterdir()) == []


AT_AN_ISSUER = {"BALLOT_ISSUER_NAME": "ban-to-chuc"}
AT_A_SITE = {"BALLOT_SITE_NAME": "Điểm cầu 1", "BALLOT_SITE_HOST": "127.0.0.5"}


@pytest.mark.parametrize(("command", "part"), [
    (("issuer", "show", UUID), AT_AN_ISSUER),
    (("issuer", "accept", UUID, "--manifest", "0" * 64), AT_AN_ISSUER),
    *((("site", act, UUID), AT_A_SITE) for act in ("link", "open", "stop", "forward", "show")),
    (("site", "statement", UUID, "ban-bao"), AT_A_SITE),
], ids=lambda given: "-".join(given[:2]) if isinstance(given, tuple) else "")  # fmt: skip
def test_no_command_of_an_issuer_or_a_site_makes_one_either_and_each_names_its_own_setting(
    command: tuple[str, ...], part: dict[str, str], tmp_path: Path
) -> None:
    done = run("ballot", *command, BALLOT_INSTANCE=str(tmp_path / "wrong"), **part)
    assert (done.code, "INSTANCE_MISSING" in done.output) == (REFUSED, True), done.output
    assert f"BALLOT_{command[0].upper()}_DB" in done.output
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_database_and_is_named_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "box.db").touch()
    config = Config.from_environ({"BALLOT_INSTANCE": str(tmp_path)})
    with pytest.raises(InstanceMissing) as found:
        House.existing(config)
    assert str(tmp_path / "registry.db") in str(found.value)
    assert str(tmp_path / "box.db") in str(found.value)
    assert [(path.name, path.stat().st_size) for path in tmp_path.iterdir()] == [("box.db", 0)]


def test_an_empty_database_of_a_server_is_no_installation_and_stays_empty(postgres: Server) -> None:
    url = postgres.create(name := f"empty_{secrets.token_hex(4)}")
    assert not is_there(url)
    assert postgres.sql("SELECT nspname FROM pg_namespace WHERE nspname = 'ptn'", name) == []
    assert postgres.password not in shown(url)


def test_a_process_of_the_box_alone_asks_for_no_registry(tmp_path: Path) -> None:
    whole = House.open(Config.from_environ({"BALLOT_INSTANCE": str(tmp_path)}))
    for engine in (whole.registry, whole.box):
        engine.dispose()
    (tmp_path / "registry.db").unlink()
    box = House.existing(Config.from_environ({"BALLOT_INSTANCE": str(tmp_path), "BALLOT_ROLES": "box"}))
    box.box.dispose()
    with pytest.raises(InstanceMissing, match=r"registry\.db"):
        House.existing(Config.from_environ({"BALLOT_INSTANCE": str(tmp_path)}))


# --- what a backup says of itself -----------------------------------------------------------------------------------


def backed_up(folder: Path, to: Recipients, out: Path) -> Done:
    return run("ballot", *commands(to, out)[0], BALLOT_INSTANCE=str(folder))


def test_a_backup_shows_its_rounds_with_their_phases_and_no_number_of_ballots(
    at: Open, to: Recipients, tmp_path: Path
) -> None:
    hall = at("voting")
    assert hall.cast(hall.body(0)).status_code == 201
    done = backed_up(hall.house.config.instance, to, tmp_path)
    assert done.code == DONE, done.output
    assert done.output.count(f"  {hall.uuid}: Đang bỏ phiếu\n") == len(to.names)
    said = done.output.replace("SHA-256", "").splitlines()
    assert len(said) == 3 * len(to.names)


def test_a_backup_in_which_no_round_is_says_so(to: Recipients, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    run("ballot", "organisation", "add", "Sở Thử nghiệm", "--admin", "quan-tri", BALLOT_INSTANCE=str(folder))
    done = backed_up(folder, to, tmp_path)
    assert done.code == DONE, done.output
    assert done.output.count("Không có đợt nào trong đó.") == len(to.names)
