"""What key files lie in a folder: what everybody may know of each, and whether it could be used as it lies there.

Here live public facts. Never here: a passphrase, a share, or anything else from inside a key file.

A header is only a claim until its file is opened: whoever can write the file can write the header. `unlocked` opens a
member's file and says what it remembers.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from keys import disk, modes, store
from keys.committee.trustee import TrusteeFile
from keys.errors import InsideRepository, KdfOutOfRange, KeyFileDamaged, KeyFileExposed, KeyFolderExposed
from keys.roles import ROLES
from tally.i18n import marked as _
from tally.protocol.encoding import sha256_hex

_BEGINS = f'{{"format":"{store.FORMAT[:-1]}'.encode()


class State(StrEnum):
    """Whether the store would open a file as it lies there, given the passphrase."""

    USABLE = "usable"
    EXPOSED = "exposed"
    DAMAGED = "damaged"
    INSIDE = "inside-repository"


STATES = {
    State.USABLE: _("dùng được"),
    State.EXPOSED: _("người khác đọc hoặc thay được"),
    State.DAMAGED: _("hỏng"),
    State.INSIDE: _("nằm trong thư mục mã nguồn"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One key file. `header` is what it claims, empty where it cannot be read; `mode` is octal, of the file."""

    path: Path
    state: State
    mode: str
    digest: str
    header: store.Header | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What a member's file remembers, authenticated by its passphrase."""

    share: bool
    transcript: str
    decrypted_root: str


def take(folders: tuple[Path, ...]) -> list[Found]:
    """Return every key file in these folders and below them, in the order of their paths."""
    paths = {path for folder in folders for path in _candidates(folder)}
    return [_look(path) for path in sorted(paths)]


def unlocked(path: Path, passphrase: str) -> Unlocked:
    """Open a member's key file. Raises what `store.open_key` raises."""
    memory = TrusteeFile(path, passphrase).load()
    return Unlocked(memory.share is not None, memory.transcript, memory.decrypted_root)


def _candidates(place: Path) -> Iterator[Path]:
    """Go through a folder without following links to other folders; a file may be named itself."""
    suffixes = tuple(role.suffix for role in ROLES.values())
    for path in [place] if place.is_file() else place.rglob("*"):
        if path.is_file() and (path.name.endswith(suffixes) or _begins_like_one(path)):
            yield path


def _begins_like_one(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_BEGINS)) == _BEGINS
    except OSError:
        return False


def _look(path: Path) -> Found:
    mode = f"{stat.S_IMODE(path.stat().st_mode):04o}"
    try:
        raw = disk.read(path, limit=store.MAX_FILE)
        digest, header = sha256_hex(raw), store.read_header(raw, path.name)
    except (KeyFileDamaged, KdfOutOfRange):
        return Found(path, State.DAMAGED, mode, _digest(path))
    except OSError:
        return Found(path, State.DAMAGED, mode, "")
    return Found(path, _state(path), mode, digest, header)


def _state(path: Path) -> State:
    try:
        disk.check_outside_repository(path)
        modes.check_file(path)
    except InsideRepository:
        return State.INSIDE
    except (KeyFileExposed, KeyFolderExposed):
        return State.EXPOSED
    return State.USABLE


def _digest(path: Path) -> str:
    try:
        return sha256_hex(disk.read(path, limit=store.MAX_FILE))
    except KeyFileDamaged:
        return ""
