"""The three parts in any order: what is missing is named, and what a start made by itself does not stand in the way.

Here live installations that are restored part by part. Never here: the ballots of a restored box (test_resume.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ballot.app import create_app
from ballot.backup.errors import EmptyInTheWay, KeysInTheWay, RestoreNotEmpty
from ballot.backup.restoring import restore
from ballot.backup.sealed import BOX, KEYS, PARTS, REGISTRY
from ballot.config import Config
from ballot.house import House
from keys.signers import KeyFileMissing
from tests.ballot.hall import Hall
from tests.ballot.prepared import Prepared
from tests.commands import REFUSED, run
from tests.postgres import chosen
from tests.survival.backups import WORDS, Made, Recipients

pytestmark = pytest.mark.skipif(chosen(), reason="these parts are files in a folder")
SAID = {REGISTRY: "danh sách", BOX: "hòm phiếu", KEYS: "khóa máy"}


class Parts:
    """The three files of a backup in mid-vote, to be restored into a folder one by one."""

    def __init__(self, hall: Hall, folder: Path) -> None:
        self.uuid, self.to = hall.uuid, Recipients.make(folder / "holders")
        self.made: dict[str, Made] = self.to.back_up(hall.house, folder / "backups")

    def into(self, place: Path, *parts: str) -> None:
        for part in parts:
            restore(self.made[part].path, self.to.key(part), place)


@pytest.fixture(scope="module")
def parts(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return Parts(prepared.at("voting"), tmp_path_factory.mktemp("parts"))


def held(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("there", [(BOX,), (BOX, REGISTRY), (BOX, KEYS)])
def test_a_box_is_not_resumed_before_every_part_is_there_and_the_missing_are_named(
    parts: Parts, there: tuple[str, ...], tmp_path: Path
) -> None:
    """threats I20: an empty registry that a command left would stand in the way of the right one."""
    parts.into(tmp_path / "spare", *there)
    before = held(tmp_path / "spare")
    done = run("ballot", "resume", parts.uuid, BALLOT_INSTANCE=str(tmp_path / "spare"))
    assert (done.code, "RESTORE_INCOMPLETE" in done.output) == (REFUSED, True), done.output
    missing = ", ".join(SAID[part] for part in PARTS if part not in there)
    assert f"còn thiếu {missing}." in done.output
    assert held(tmp_path / "spare") == before
    parts.into(tmp_path / "spare", *(part for part in PARTS if part not in there))


def test_a_box_by_itself_needs_no_registry_to_be_resumed(parts: Parts, tmp_path: Path) -> None:
    parts.into(tmp_path / "spare", BOX)
    done = run("ballot", "resume", parts.uuid, BALLOT_INSTANCE=str(tmp_path / "spare"), BALLOT_ROLES="box")
    assert "còn thiếu khóa máy." in done.output
    parts.into(tmp_path / "spare", KEYS)
    done = run("ballot", "resume", parts.uuid, BALLOT_INSTANCE=str(tmp_path / "spare"), BALLOT_ROLES="box")
    assert "EVIDENCE_NEEDED" in done.output


def test_a_server_that_is_not_reached_is_said_to_the_operator_and_leaves_nothing_in_the_folder(
    parts: Parts, tmp_path: Path
) -> None:
    """threats E11"""
    url, place = f"postgresql+psycopg://nobody@/none?host={tmp_path}", tmp_path / "spare"
    arguments = (place, parts.made[BOX].path, parts.to.file(BOX), "--into", url)
    done = run("ballot", "restore", *arguments, stdin=f"{WORDS}\n")
    assert (done.code, "DATABASE_AWAY: " in done.output) == (REFUSED, True), done.output
    assert held(place) == set()
    parts.into(place, BOX)


# --- a server that was begun before its keys came ------------------------------------------------------------------


def begun(place: Path) -> None:
    """Begin to serve, as `ballot serve` does, and look at the page where people log in."""
    app = create_app(Config.from_environ({"BALLOT_INSTANCE": str(place)}))
    assert app is not None


def test_keys_are_restored_where_a_start_made_nothing_but_its_own_again(parts: Parts, tmp_path: Path) -> None:
    place = tmp_path / "spare"
    parts.into(place, BOX, REGISTRY)
    begun(place)
    assert held(place / "keys") == {"session.secret"}
    (place / "release.json").write_text("{}")
    parts.into(place, KEYS)
    assert "machine.secret" in held(place / "keys")
    house = House.open(Config.from_environ({"BALLOT_INSTANCE": str(place)}))
    assert house.keyring.box(parts.uuid)
    for engine in (house.registry, house.box):
        engine.dispose()
    assert not [name for name in held(place) if name.startswith(".restoring")]


def test_any_other_key_stands_in_the_way_and_is_named_with_what_to_do(parts: Parts, tmp_path: Path) -> None:
    """threats E11: nothing is written over, and a key that was destroyed does not come back into a running house."""
    place = tmp_path / "spare"
    parts.into(place, BOX, REGISTRY, KEYS)
    destroyed = next((place / "keys").rglob("*.log.key"))
    destroyed.unlink()
    with pytest.raises(KeysInTheWay, match=r"machine\.secret") as found:
        parts.into(place, KEYS)
    assert "đừng xóa" in str(found.value)
    assert not destroyed.exists()
    (place / "keys" / parts.uuid).rename(tmp_path / "elsewhere")
    with pytest.raises(KeysInTheWay):  # a machine's secret alone may open what lies elsewhere
        parts.into(place, KEYS)
    shutil.rmtree(place / "keys")
    parts.into(place, KEYS)


def test_looking_for_a_key_that_is_not_there_yet_draws_no_secret_that_would_stand_in_its_way(
    parts: Parts, tmp_path: Path
) -> None:
    place = tmp_path / "spare"
    parts.into(place, BOX, REGISTRY)
    house = House.open(Config.from_environ({"BALLOT_INSTANCE": str(place)}))
    opened: tuple[Callable[[str], object], ...] = (house.keyring.box, house.keyring.log, house.keyring.freeze)
    for open_key in opened:
        with pytest.raises(KeyFileMissing):
            open_key(parts.uuid)
    assert not (place / "keys").exists()
    for engine in (house.registry, house.box):
        engine.dispose()


def test_an_empty_database_that_a_command_made_is_said_to_be_empty_and_what_to_do(parts: Parts, tmp_path: Path) -> None:
    place = tmp_path / "spare"
    parts.into(place, BOX)
    begun(place)
    with pytest.raises(EmptyInTheWay, match=r"registry\.db"):
        parts.into(place, REGISTRY)
    (place / "registry.db").rename(tmp_path / "elsewhere")
    for left in place.glob("registry.db-*"):
        left.unlink()
    parts.into(place, REGISTRY)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "registry.db").write_text("something else" * 1000)
    with pytest.raises(RestoreNotEmpty) as found:
        parts.into(tmp_path / "other", REGISTRY)
    assert type(found.value) is RestoreNotEmpty


@pytest.mark.parametrize("left", ["box.db-wal", "box.db-shm"])
def test_the_log_of_another_database_is_in_nobodys_way_and_that_of_the_own_is(
    parts: Parts, left: str, tmp_path: Path
) -> None:
    """An old log beside a new file would be read into it."""
    place = tmp_path / "spare"
    place.mkdir()
    (place / left).write_bytes(b"x")
    with pytest.raises(RestoreNotEmpty, match=left):
        parts.into(place, BOX)
    parts.into(place, REGISTRY, KEYS)
