"""Making backups of a running server: databases by their own online copy, files as they stand, all encrypted at once.

Here lives what each part holds. Never here: a plaintext on a disk, or the box's rows in the order in which they came.

The registry goes first: acts of a round move the box before the registry, and may be repeated from there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from ballot.backup import unsealed
from ballot.backup.entries import is_name, opening_line
from ballot.backup.errors import FileShrank, OneRecipient
from ballot.backup.sealed import BOX, CHUNK, KEYS, PARTS, REGISTRY, Header, SealedWriter
from ballot.house import House
from ballot.models import box as box_tables
from ballot.models.registry.base import RegistryBase
from ballot.models.registry.rounds import Round
from ballot.own_place import PREFIX
from ballot.storage import copied, reading

SUFFIX = ".ptn-backup"


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup: which part, where, the SHA-256 of its file, its rounds as (uuid, phase)."""

    part: str
    path: Path
    digest: str
    rounds: tuple[tuple[str, str], ...]


def back_up(house: House, folder: Path, recipients: Mapping[str, str], *, stamp: str) -> list[Made]:
    """Write one new file for each part in `recipients`; `stamp` goes into the names.

    Voting goes on meanwhile. Raises OneRecipient, BadRecipient, FileShrank, NotServedHere, FileExistsError.
    Source: threats B15, I5, I20.
    """
    if len(set(recipients.values())) < len(recipients):
        raise OneRecipient("backup")
    return [_made(house, folder, part, recipients[part], stamp) for part in PARTS if part in recipients]


def _made(house: House, folder: Path, part: str, recipient: str, stamp: str) -> Made:
    path = folder / f"{part}-{stamp}{SUFFIX}"
    header = Header(part, recipient, _rounds(house, part))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            writer = SealedWriter(file, header)
            CONTENTS[part](house, writer)
            digest = writer.close()
    except BaseException:
        path.unlink(missing_ok=True)  # half a backup is none
        raise
    return Made(part, path, digest, header.rounds)


def _rounds(house: House, part: str) -> tuple[tuple[str, str], ...]:
    """Return the rounds with their phases, by name: what is in which backup can be seen without a key."""
    table, engine = (Round, house.registry) if part == REGISTRY else (box_tables.Election, house.box)
    with reading(engine) as session:
        return tuple(sorted((row.uuid, row.phase) for row in session.scalars(select(table))))


def _registry(house: House, writer: SealedWriter) -> None:
    with copied(house.registry, RegistryBase.metadata) as copy:
        _put(writer, "registry.db", _image(copy))
    for folder in house.folders():
        _put_folder(writer, house.config.instance, folder)


def _box(house: House, writer: SealedWriter) -> None:
    """Rewrite the copy in key order, in memory, before anything of it leaves: the file tells no order. Threats K3.

    Nor do two files: what no checkpoint covers is left out where the second copy has it. Threats B15.
    """
    rounds = unsealed.held_elsewhere(house)  # before the box is read: what comes after this is in the copy by itself
    with copied(house.box, box_tables.BoxBase.metadata) as copy:
        unsealed.leave_out(copy, rounds)
        with closing(copy.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute("PRAGMA temp_store=MEMORY")
            cursor.execute("VACUUM")
        _put(writer, "box.db", _image(copy))


def _keys(house: House, writer: SealedWriter) -> None:
    _put_folder(writer, house.config.instance, house.keyring.folder)


CONTENTS = {REGISTRY: _registry, BOX: _box, KEYS: _keys}


def _image(copy: Engine) -> bytes:
    """Return a database as the bytes of its file, without that file."""
    with closing(copy.raw_connection()) as raw:
        return bytes(raw.driver_connection.serialize())  # type: ignore[union-attr]


def _put(writer: SealedWriter, name: str, data: bytes) -> None:
    writer.write(opening_line(name, len(data)))
    writer.write(memoryview(data))


def _put_folder(writer: SealedWriter, instance: Path, folder: Path) -> None:
    for path in sorted(_files(folder)):
        name = path.relative_to(instance).as_posix()
        if not is_name(name):  # drafts begin with a dot
            continue
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            writer.write(opening_line(name, size))
            for at in range(0, size, CHUNK):
                piece = file.read(min(CHUNK, size - at))
                if len(piece) < min(CHUNK, size - at):
                    raise FileShrank(name, name=name)
                writer.write(piece)


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_symlink() or path.name.startswith(PREFIX) or path.suffix == ".lock":
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path
