"""Loose modes: a key file that others may read, a folder in which anybody may swap it, file systems without modes."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys import modes, store
from keys.errors import KeyFileExposed, KeyFolderExposed
from keys.roles import BOX
from keys.signers import machine_secret
from keys.store import KdfCost
from tests.commands import REFUSED, run

WORDS = "cây tre trăm đốt"


@pytest.fixture
def key_file(tmp_path: Path, cheap: KdfCost) -> Path:
    path = tmp_path / "hòm phiếu.box.key"
    store.create(path, kind=BOX, secret=b"x", passphrase=WORDS, cost=cheap)
    return path


def mounted(tmp_path: Path, *lines: str) -> Path:
    """Write a list of mounts as the kernel shows it."""
    path = tmp_path / "mountinfo"
    path.write_text("".join(f"{line}\n" for line in ("22 1 8:1 / / rw - ext4 /dev/sda1 rw", *lines)), "utf-8")
    return path


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bit", [0o040, 0o020, 0o010, 0o004, 0o002, 0o001])
def test_any_bit_for_group_or_others_closes_a_key_file(key_file: Path, bit: int) -> None:
    key_file.chmod(0o600 | bit)
    for act in (
        lambda: store.open_key(key_file, kind=BOX, passphrase=WORDS),
        lambda: store.replace(key_file, kind=BOX, secret=b"y", passphrase=WORDS),
    ):
        with pytest.raises(KeyFileExposed, match=f"chmod 600 '{key_file}'"):
            act()


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_file_of_its_owner_alone_is_opened(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    assert store.open_key(key_file, kind=BOX, passphrase=WORDS).secret == b"x"


def test_a_link_does_not_hide_the_mode_of_what_it_leads_to(key_file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.key"
    link.symlink_to(key_file)
    assert store.open_key(link, kind=BOX, passphrase=WORDS).secret == b"x"
    key_file.chmod(0o644)
    with pytest.raises(KeyFileExposed):
        store.open_key(link, kind=BOX, passphrase=WORDS)


def test_an_exposed_key_may_still_be_destroyed(key_file: Path) -> None:
    key_file.chmod(0o644)
    store.destroy(key_file)
    assert not key_file.exists()


def test_the_secret_of_a_machine_must_not_lie_open(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "session.secret"
    machine_secret(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileExposed):
        machine_secret(path)


def test_the_sentence_says_what_to_type(key_file: Path) -> None:
    key_file.chmod(0o644)
    done = run("keys", "inventory", key_file.parent)
    assert "người khác đọc hoặc thay được" in done.output
    trustee = run("keys", "trustee", "destroy", key_file, "--yes", "--unused", stdin=f"{WORDS}\n")
    assert trustee.code == REFUSED
    assert "KEY_FILE_EXPOSED" in trustee.output
    assert f"Quý vị hãy chạy: chmod 600 '{key_file}'" in trustee.output


# --- folders ------------------------------------------------------------------------------------------------------


def test_a_folder_that_anybody_may_write_takes_and_opens_no_key(tmp_path: Path, cheap: KdfCost) -> None:
    folder = tmp_path / "chung"
    folder.mkdir()
    path = folder / "a.box.key"
    store.create(path, kind=BOX, secret=b"x", passphrase=WORDS, cost=cheap)
    folder.chmod(0o777)
    with pytest.raises(KeyFolderExposed, match=f"chmod o-w {folder}"):
        store.open_key(path, kind=BOX, passphrase=WORDS)
    with pytest.raises(KeyFolderExposed):
        store.create(folder / "b.box.key", kind=BOX, secret=b"x", passphrase=WORDS, cost=cheap)
    folder.chmod(0o1777)  # as /tmp is: nobody removes what others put there
    assert store.open_key(path, kind=BOX, passphrase=WORDS).secret == b"x"


# --- file systems -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(modes.WITHOUT_MODES))
def test_memory_sticks_keep_no_modes_so_none_is_asked_for(key_file: Path, tmp_path: Path, kind: str) -> None:
    key_file.chmod(0o777)
    tmp_path.chmod(0o777)
    point = str(tmp_path.resolve()).replace(" ", "\\040")
    modes.check_file(key_file, mounts=mounted(tmp_path, f"40 22 8:17 / {point} rw shared:9 - {kind} /dev/sdb1 rw"))


def test_the_deepest_and_last_mount_counts(tmp_path: Path) -> None:
    stick = "31 22 8:17 / /run/stick/a\\040b rw - vfat /dev/sdb1 rw"
    inside = "32 31 8:18 / /run/stick/a\\040b/disk rw - ext4 /dev/sdb2 rw"
    over = "33 22 8:19 / /run/stick/a\\040b rw - ext4 /dev/sdc1 rw"
    assert not modes.keeps_modes(Path("/run/stick/a b/1.trustee.key"), mounted(tmp_path, stick))
    assert modes.keeps_modes(Path("/run/stick/a bc/1.trustee.key"), mounted(tmp_path, stick))
    assert modes.keeps_modes(Path("/run/stick/a b/disk/1.trustee.key"), mounted(tmp_path, stick, inside))
    assert modes.keeps_modes(Path("/run/stick/a b/1.trustee.key"), mounted(tmp_path, stick, over))


@pytest.mark.parametrize("lines", [(), ("",), ("rubbish",), ("40 22 8:17 / /x rw",)])
def test_where_the_mounts_are_not_told_modes_are_believed(key_file: Path, tmp_path: Path, lines: tuple[str]) -> None:
    key_file.chmod(0o644)
    for mounts in (tmp_path / "nowhere", mounted(tmp_path, *lines)):
        with pytest.raises(KeyFileExposed):
            modes.check_file(key_file, mounts=mounts)
