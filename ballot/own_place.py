"""A folder of an act's own, in which it works until what it made is put where it belongs; gone afterwards.

Here live lending one, and taking away those of acts that were killed. Never here: what is made in it.

Whoever works in a folder holds a lock on it, which the system lets go when a process ends, however it ends. What is
left without its lock belongs to nobody, and may hold a result that is not for everybody (threats E5).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "ban-sao-"
"""How the names of these folders begin; a backup passes over them."""


@contextmanager
def own_place(folder: Path) -> Iterator[Path]:
    """Lend a new folder in this one, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with _held(folder, fcntl.LOCK_EX):
        _clear(folder)
        place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
        lock = _lock(place, fcntl.LOCK_EX)
    try:
        yield place
    finally:
        try:
            shutil.rmtree(place)
        finally:
            os.close(lock)


def clear(folder: Path) -> None:
    """Take away what killed acts left in this folder."""
    with _held(folder, fcntl.LOCK_EX):
        _clear(folder)


def _clear(folder: Path) -> None:
    for place in folder.glob(f"{PREFIX}*"):
        try:
            with _held(place, fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(place)
        except BlockingIOError:  # somebody works there
            continue
        except FileNotFoundError:  # its owner was done this very moment
            continue


@contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    lock = _lock(folder, how)
    try:
        yield
    finally:
        os.close(lock)


def _lock(folder: Path, how: int) -> int:
    """Return the descriptor of a folder that is locked until this is closed; no child process inherits it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, how)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
