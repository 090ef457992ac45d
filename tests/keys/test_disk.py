"""Key files on the disk: whole or not at all, for nobody else to read, and never among the source code."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from keys import disk, store
from keys.errors import (
    InsideRepository,
    KeyFileBusy,
    KeyFileExists,
    KeyFileMissing,
    WrongPassphrase,
)
from keys.roles import BOX
from keys.store import KdfCost

WORDS = "cây tre trăm đốt"
OTHER_WORDS = "một câu khác hẳn"
TWELVE = "mười hai ký1"
SECRET = b"\x00 never to be seen \xff"


def make(path: Path, cost: KdfCost, **changes: Any) -> None:
    given_values = {"kind": BOX, "secret": SECRET, "passphrase": WORDS, "name": "Hòm phiếu", "round_id": "r1"}
    store.create(path, **(given_values | changes), cost=cost)


@pytest.fixture
def key_file(key_path: Path, cheap: KdfCost) -> Path:
    make(key_path, cheap)
    return key_path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "src" / ".git").mkdir(parents=True)
    (tmp_path / "src" / "pyproject.toml").write_text('[project]\nname = "phieu-tin-nhiem"\n', encoding="utf-8")
    return tmp_path / "src"


def test_nobody_else_may_read_the_file(key_file: Path) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_the_file_and_its_errors_show_no_secret(key_file: Path) -> None:
    assert SECRET not in key_file.read_bytes()
    assert SECRET.hex().encode() not in key_file.read_bytes()
    assert "never" not in repr(store.open_key(key_file, kind=BOX, passphrase=WORDS))
    with pytest.raises(WrongPassphrase) as caught:
        store.open_key(key_file, kind=BOX, passphrase=OTHER_WORDS)
    assert OTHER_WORDS not in repr(caught.value) + str(caught.value)


def test_a_key_is_never_overwritten_by_a_new_one(key_file: Path, cheap: KdfCost) -> None:
    before = key_file.read_bytes()
    with pytest.raises(KeyFileExists):
        make(key_file, cheap, secret=b"new")
    assert key_file.read_bytes() == before


def test_two_files_of_one_secret_have_nothing_in_common(tmp_path: Path, cheap: KdfCost) -> None:
    values = []
    for name in ("a", "b"):
        make(tmp_path / name, cheap)
        values.append(json.loads((tmp_path / name).read_bytes()))
    assert values[0]["kdf"]["salt"] != values[1]["kdf"]["salt"]
    assert values[0]["nonce"] != values[1]["nonce"]
    assert values[0]["ciphertext"] != values[1]["ciphertext"]


def test_replacing_keeps_everything_but_the_secret(key_file: Path) -> None:
    store.replace(key_file, kind=BOX, secret=b"next state", passphrase=WORDS)
    opened = store.open_key(key_file, kind=BOX, passphrase=WORDS)
    assert (opened.name, opened.round_id, opened.secret) == ("Hòm phiếu", "r1", b"next state")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_replacing_needs_the_passphrase(key_file: Path) -> None:
    before = key_file.read_bytes()
    with pytest.raises(WrongPassphrase):
        store.replace(key_file, kind=BOX, secret=b"", passphrase=OTHER_WORDS)
    assert key_file.read_bytes() == before


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    before = key_file.read_bytes()
    monkeypatch.setattr(os if call == "fsync" else Path, call, fail)
    with pytest.raises(OSError, match="disk full"):
        store.replace(key_file, kind=BOX, secret=b"", passphrase=WORDS)
    assert key_file.read_bytes() == before
    assert os.listdir(key_file.parent) == [key_file.name]


def test_a_first_write_that_fails_leaves_nothing(
    key_path: Path, cheap: KdfCost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        make(key_path, cheap)
    assert os.listdir(key_path.parent) == []


def fail(*_: object, **__: object) -> None:
    raise OSError("disk full")


def test_file_and_folder_are_on_the_disk_before_the_answer(
    key_path: Path, cheap: KdfCost, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(stat.S_ISDIR(os.fstat(fd).st_mode)), real(fd)))
    make(key_path, cheap)
    assert synced == [False, True]


def test_destroying_overwrites_before_it_removes(key_file: Path) -> None:
    before = key_file.read_bytes()
    os.link(key_file, key_file.with_name("second name"))
    store.destroy(key_file)
    assert not key_file.exists()
    after = key_file.with_name("second name").read_bytes()
    assert len(after) == len(before)
    assert after != before


def test_destroying_follows_no_link(key_file: Path) -> None:
    link = key_file.with_name("link")
    link.symlink_to(key_file)
    for path in (link, key_file.with_name("none"), key_file.parent):
        with pytest.raises(KeyFileMissing):
            store.destroy(path)
    assert store.open_key(key_file, kind=BOX, passphrase=WORDS).secret == SECRET


def test_a_link_leads_to_the_one_file_that_is_replaced_and_locked(key_file: Path) -> None:
    (key_file.parent / "elsewhere").mkdir()
    link = key_file.parent / "elsewhere" / "link"
    link.symlink_to(key_file)
    store.replace(link, kind=BOX, secret=b"another", passphrase=WORDS)
    assert store.open_key(key_file, kind=BOX, passphrase=WORDS).secret == b"another"
    assert link.is_symlink()
    with disk.locked(key_file), pytest.raises(KeyFileBusy), disk.locked(link):
        pass


def test_a_link_in_the_source_tree_brings_no_key_there(repository: Path, key_file: Path) -> None:
    link = repository / "a.key"
    link.symlink_to(key_file)
    store.replace(link, kind=BOX, secret=b"another", passphrase=WORDS)
    assert link.is_symlink()


def test_no_key_stands_in_the_source_tree(repository: Path, cheap: KdfCost) -> None:
    (repository / "keys").mkdir()
    for path in (repository / "a.key", repository / "keys" / "a.key", repository / ".git" / "a.key"):
        with pytest.raises(InsideRepository):
            make(path, cheap)
        assert not path.exists()


def test_no_key_in_the_source_tree_is_opened_or_rewritten(repository: Path, key_file: Path) -> None:
    inside = repository / "a.key"
    key_file.rename(inside)
    with pytest.raises(InsideRepository):
        store.open_key(inside, kind=BOX, passphrase=WORDS)
    with pytest.raises(InsideRepository):
        store.replace(inside, kind=BOX, secret=b"", passphrase=WORDS)


def test_a_link_or_a_detour_into_the_source_tree_is_seen_through(repository: Path, cheap: KdfCost) -> None:
    link = repository.parent / "innocent"
    link.symlink_to(repository, target_is_directory=True)
    (repository / "instance").mkdir()
    for path in (
        link / "a.key",
        repository / "instance" / ".." / "a.key",
        repository.parent / "x" / ".." / "src" / "a",
    ):
        with pytest.raises(InsideRepository):
            make(path, cheap)


def test_demonstrations_may_keep_keys_in_the_ignored_folder(repository: Path, cheap: KdfCost) -> None:
    folder = repository / "instance" / "demo"
    folder.mkdir(parents=True)
    make(folder / "a.key", cheap)
    assert store.open_key(folder / "a.key", kind=BOX, passphrase=WORDS).secret == SECRET


def test_another_project_or_an_unpacked_archive_is_no_repository_of_ours(repository: Path, cheap: KdfCost) -> None:
    (repository / "pyproject.toml").write_text('[project]\nname = "khac"\n', encoding="utf-8")
    make(repository / "a.key", cheap)
    (repository / "pyproject.toml").unlink()
    make(repository / "b.key", cheap)


def test_this_very_repository_is_recognised() -> None:
    source = Path(disk.__file__).parents[1]
    if not (source / ".git").exists():
        pytest.skip("not run from a clone")
    with pytest.raises(InsideRepository):
        disk.check_outside_repository(source / "keys" / "a.key")
    disk.check_outside_repository(source / "instance" / "a.key")
