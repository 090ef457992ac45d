"""`ballot check` says of what is not there that it is not there: a copy, a folder, a key of an open round.

Here live machines that lack one thing. Never here: a thing that is there and wrong (test_startup.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ballot import box_key, key_files
from ballot.box.second_copy import open_copy
from ballot.models.copy import CopyBase
from ballot.startup import State, findings
from ballot.startup.place import Place
from ballot.storage import make, open_engine, writing
from tests.ballot.fitness import over, place, refused
from tests.ballot.hall import Hall
from tests.ballot.issuer_processes import Linked
from tests.commands import REFUSED, run
from tests.postgres import chosen

Open = Callable[[str], Hall]
pytestmark = pytest.mark.usefixtures("no_core_dumps")


def said(at: Place, code: str) -> str:
    return next(str(found.error) for found in findings(at) if (found.code, found.state) == (code, State.REFUSED))


# --- the second copy ------------------------------------------------------------------------------------------------


def test_a_second_copy_on_a_disk_that_is_not_mounted_is_refused(fit: Path, tmp_path: Path) -> None:
    """threats I5: the folder inside the disk is absent, and none is made in its place."""
    folder = tmp_path / "dia-hai" / "phieu"
    at = place(fit, environ={"BALLOT_BOX_COPY": f"sqlite:///{folder}/ban-sao.db"})
    assert refused(at) == {"COPY_MISSING"}
    assert str(folder) in said(at, "COPY_MISSING")
    assert not folder.exists()
    folder.mkdir(parents=True)
    assert refused(at) == set()
    engine = open_engine(f"sqlite:///{folder}/ban-sao.db")
    make(engine, CopyBase.metadata)
    engine.dispose()
    open_copy(f"sqlite:///{folder}/ban-sao.db").dispose()
    assert refused(at) == set()


def test_a_second_copy_on_a_server_that_is_silent_is_refused_and_its_password_not_shown(fit: Path) -> None:
    """threats I5"""
    at = place(fit, environ={"BALLOT_BOX_COPY": "postgresql+psycopg://ptn:kin-dao@127.0.0.1:9/ban_sao"})
    assert refused(at) == {"COPY_MISSING"}
    assert "kin-dao" not in said(at, "COPY_MISSING")


def test_a_second_copy_is_asked_of_the_box_alone(fit: Path, tmp_path: Path) -> None:
    away = {"BALLOT_BOX_COPY": f"sqlite:///{tmp_path}/none/copy.db"}
    assert refused(place(fit, "registry", away)) == set()


# --- folders --------------------------------------------------------------------------------------------------------


def test_an_installation_without_its_folders_is_refused(fit: Path, tmp_path: Path) -> None:
    assert refused(place(tmp_path / "none")) == {"FOLDER_MISSING"}
    assert refused(place(fit, environ={"BALLOT_BOX_DB": f"sqlite:///{tmp_path}/shared/box.db"})) == {"FOLDER_MISSING"}


def test_the_command_refuses_an_environment_before_its_folder_was_made(tmp_path: Path) -> None:
    at = place(tmp_path / "none")
    env = tmp_path / "box.env"
    env.write_text("".join(f"{name}={value}\n" for name, value in at.environ.items()), "utf-8")
    done = run("ballot", "check", "--env", env)
    assert (done.code, "✗ Các thư mục có sẵn" in done.output) == (REFUSED, True), done.output
    assert not (tmp_path / "none").exists()


# --- keys of an open round --------------------------------------------------------------------------------------------

ALWAYS = {"hom-phieu.box.key", "nhat-ky.log.key", "ban-to-chuc.statement.key", "ban-kiem-phieu.statement.key"}
UNTIL_THE_FREEZE = {"chot.freeze.key", "ban-to-chuc.issuer.key", "ban-kiem-phieu.issuer.key"}


@pytest.mark.parametrize("phase", ["issuing", "frozen", "ready", "voting"])
def test_every_key_that_a_phase_needs_is_missed_and_none_that_the_freeze_ended(at: Open, phase: str) -> None:
    """threats I20"""
    hall = at(phase)
    keys = hall.house.config.instance / "keys"
    needed = {f"{hall.uuid}/{name}" for name in ALWAYS | (UNTIL_THE_FREEZE if phase == "issuing" else set())}
    assert refused(over(hall)) == set()
    for name in sorted(needed | {"machine.secret"}):
        (keys / name).rename(keys / "aside")
        assert refused(over(hall)) == {"ROUND_KEY_MISSING"}, name
        assert str(keys / name) in said(over(hall), "ROUND_KEY_MISSING")
        (keys / "aside").rename(keys / name)
    assert refused(over(hall)) == set()


def test_keys_that_were_not_restored_are_missed_where_only_the_box_is(at: Open) -> None:
    """threats I20"""
    hall = at("voting")
    shutil.rmtree(hall.house.config.instance / "keys")
    assert refused(over(hall)) == {"ROUND_KEY_MISSING"}
    if not chosen():  # a registry's file beside a box's process is refused before
        (hall.house.config.instance / "registry.db").unlink()
    assert "ROUND_KEY_MISSING" in refused(over(hall, "box"))


def test_a_registry_without_its_database_is_refused_beside_an_open_box(at: Open) -> None:
    if chosen():
        pytest.skip("a database of a server is not a file that could be left out")
    hall = at("voting")
    hall.registry  # noqa: B018 - opened, so that nothing is written after the file is gone
    hall.house.registry.dispose()
    (hall.house.config.instance / "registry.db").unlink()
    assert "DATABASE_AWAY" in refused(over(hall))


def test_a_box_that_still_finds_its_key_in_its_database_needs_the_secret_of_the_link(at: Open) -> None:
    hall = at("voting")
    kept = hall.house.config.instance / "keys"
    key = kept / hall.uuid / key_files.BOX
    with writing(hall.house.box) as session:
        box_key.carry(session, hall.uuid, key)
    key.unlink()
    assert "ROUND_KEY_MISSING" in refused(over(hall, "box"))
    assert key_files.BOX_LINK in said(over(hall, "box"), "ROUND_KEY_MISSING")
    (kept / key_files.BOX_LINK).write_text("x" * 43)
    (kept / key_files.BOX_LINK).chmod(0o600)
    assert "ROUND_KEY_MISSING" not in refused(over(hall, "box"))


def test_a_round_that_is_not_open_needs_no_key(at: Open) -> None:
    hall = at("draft")
    shutil.rmtree(hall.house.config.instance / "keys", ignore_errors=True)
    assert refused(over(hall)) == set()


def test_an_issuer_of_its_own_needs_its_keys_and_the_registry_the_secret_of_its_link(linked: Linked) -> None:
    hall, issuer = linked.issuing(), linked.issuers[0]
    at = place(issuer.folder, "issuer", issuer.environ)
    names = [f"{hall.uuid}/{issuer.name}.{kind}.key" for kind in ("issuer", "statement")]
    _is_missed(at, issuer.folder, *names, "machine.secret", "link.secret")
    config = hall.house.config
    named = ",".join(f"{placed.name}={placed.url}" for placed in config.issuing.issuers)
    _is_missed(over(hall, BALLOT_ISSUERS=named), config.instance, f"{issuer.name}.link.secret")


def _is_missed(at: Place, folder: Path, *names: str) -> None:
    for name in names:
        assert "ROUND_KEY_MISSING" not in refused(at)
        path = folder / "keys" / name
        path.rename(folder / "aside")
        assert str(path) in said(at, "ROUND_KEY_MISSING")
        (folder / "aside").rename(path)
    assert "ROUND_KEY_MISSING" not in refused(at)
