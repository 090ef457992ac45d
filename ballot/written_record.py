"""A written record on this disk: its root, the record as it was closed, and copies for programs that work on one.

Here live these looks at a record that stays as it is. Never here: what is in it, or the writing of one (ballot/result).

What is handed out before a count stands is the closed record, whatever else lies in the folder: a count is moved there
just before the phase moves, and the machine may be switched off between the two.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ballot.house import House
from ballot.own_place import own_place
from tally.file_bytes import FileBytes
from tally.protocol.archive import ENCRYPTED_TALLY, Archive
from tally.protocol.errors import Incomplete
from tally.record import ARCHIVE, CLOSING, NAMES, REPORT, RESULT, WITNESSES, Record


@dataclass(frozen=True, slots=True)
class _Read:
    """What was found in an archive: its root, and how many of its bytes go up to the encrypted tally."""

    root: str
    closed: int


def written_root(house: House, uuid: str) -> str:
    """Return the root of a record that was written to its end (closing.txt comes last), or nothing."""
    folder = house.record(uuid)
    return _read(folder / f"{uuid}.bel").root if (folder / CLOSING).is_file() else ""


def closed_archive(folder: Path, uuid: str) -> FileBytes:
    """Return the archive in a record's folder up to its encrypted tally, without what a count appended.

    A count leaves these bytes as they are, so it may come in the place of the closed archive at any moment. Raises
    Incomplete where the record was not written to its end, BadArchive. Source: SPEC 4.8.
    """
    path = folder / f"{uuid}.bel"
    if not (folder / CLOSING).is_file() or not path.is_file():
        raise Incomplete("record", missing=CLOSING)
    return FileBytes(path, 0, _read(path).closed)


def closed_record(folder: Path, uuid: str) -> Record:
    """Return a record as it was closed, with what witnesses signed: nothing of a count. Raises as closed_archive."""
    archive = closed_archive(folder, uuid)
    names = [name for name in (*NAMES, *WITNESSES) if name not in (ARCHIVE, RESULT)]
    files = {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
    return Record.of({**files, f"{uuid}.bel": archive})


def _read(path: Path) -> _Read:
    found = path.stat()
    return _parsed(path, (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))


@lru_cache(maxsize=32)
def _parsed(path: Path, _version: tuple[int, ...]) -> _Read:
    """Read an archive once for each version of its file: a large one takes a second, and pages ask several times."""
    raw = path.read_bytes()
    archive = Archive.parse(raw)
    root = archive.root
    end = archive.of_type(ENCRYPTED_TALLY)[0].height + 1
    _preamble, *counted = Archive(archive.timestamp, archive.events[end:]).chunks()
    return _Read(root, len(raw) - sum(map(len, counted)))


@contextmanager
def copied(house: House, uuid: str, *, report: bool) -> Iterator[Path]:
    """Lend a copy of a record's folder, gone afterwards; `report`: with what lies in its report."""
    record = house.record(uuid)
    with _place(house, uuid) as copy:
        for name in (*NAMES, *WITNESSES, f"{uuid}.bel"):
            if (record / name).is_file():
                shutil.copyfile(record / name, copy / name)
        if report and (record / REPORT).is_dir():
            shutil.copytree(record / REPORT, copy / REPORT, ignore=shutil.ignore_patterns(".*"))
        yield copy


@contextmanager
def closed_copy(house: House, uuid: str) -> Iterator[Path]:
    """Lend a copy of a record as it was closed, to be counted; gone afterwards. Raises as closed_archive."""
    record = closed_record(house.record(uuid), uuid)
    with _place(house, uuid) as copy:
        record.write(copy)
        yield copy


@contextmanager
def _place(house: House, uuid: str) -> Iterator[Path]:
    with own_place(house.folder(uuid)) as place:
        copy = place / "record"
        copy.mkdir()
        yield copy
