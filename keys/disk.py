"""Files that must not be lost, half-written, readable by others, or committed with the source code.

Here live the writes and the refusal of this repository. Never here: a passphrase, or the meaning of the bytes.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from keys.errors import InsideRepository, KeyFileBusy, KeyFileDamaged, KeyFileExists, KeyFileMissing

DEMONSTRATIONS = "instance"
_OUR_PROJECT = re.compile(r"""^\s*name\s*=\s*["']phieu-tin-nhiem["']""", re.MULTILINE)


def check_outside_repository(path: Path) -> None:
    """Refuse a path in the source tree, where the next commit could publish it; links are followed first.

    Only `instance/`, which git ignores, is open to demonstrations. Raises InsideRepository.
    """
    target = path.resolve()
    for folder in target.parents:
        if _is_our_repository(folder) and target.relative_to(folder).parts[0] != DEMONSTRATIONS:
            raise InsideRepository(path.name)


def _is_our_repository(folder: Path) -> bool:
    project = folder / "pyproject.toml"
    if not (folder / ".git").exists() or not project.is_file():
        return False
    return _OUR_PROJECT.search(project.read_text(encoding="utf-8", errors="replace")) is not None


def read(path: Path, *, limit: int) -> bytes:
    """Return the bytes of a regular file of at most `limit`. Raises KeyFileMissing, KeyFileDamaged."""
    if not path.is_file():
        raise KeyFileMissing(path.name)
    with path.open("rb") as file:
        raw = file.read(limit + 1)
    if len(raw) > limit:
        raise KeyFileDamaged(path.name)
    return raw


def create(path: Path, raw: bytes) -> None:
    """Write a new file, mode 0600, whole or not at all. Raises KeyFileExists.

    The name is taken exclusively first, then filled by renaming: hard links, the other way, are unknown to the FAT
    file systems of memory sticks.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise KeyFileExists(path.name) from None
    try:
        replace(path, raw)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def settle(path: Path, raw: bytes) -> None:
    """Write a new file of this machine, mode 0600, that has its name only once it is whole; an earlier one stays.

    Unlike `create` it needs hard links, which every file system of a server knows: a process that is killed here, or
    that is not the only one to start, never leaves an empty file in which the next would look for a secret.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write(descriptor, raw)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def replace(path: Path, raw: bytes) -> None:
    """Put `raw` in the place of the file at `path`: after a power cut it is the old one or the new one.

    Links are followed: replacing the link itself would leave the old file where it was, and put the new one into a
    folder that nobody has checked.
    """
    path = path.resolve()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write(descriptor, raw)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a key file for one command; a lock file beside it, since memory sticks know no other lock.

    Links are followed, for one file must not have two locks. Raises KeyFileBusy while another command holds it. A
    command that was cut off leaves the lock behind; the error names the file to remove.
    """
    target = path.resolve()
    lock = target.with_name(f"{target.name}.lock")
    try:
        os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise KeyFileBusy(path.name, lock=lock.name) from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def erase(path: Path) -> None:
    """Overwrite a file once with random bytes and remove its name.

    Deleting is not erasing: solid-state disks, journals, snapshots and backups may keep the old bytes. What protects
    them is the passphrase; what destroys them is destroying the medium. Raises KeyFileMissing.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        raise KeyFileMissing(path.name) from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise KeyFileMissing(path.name)
    _write(descriptor, secrets.token_bytes(found.st_size))
    path.unlink()
    _sync_folder(path.parent)


def _write(descriptor: int, raw: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename outlive a power cut; Windows has no such call and does not need it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
