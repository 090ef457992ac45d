"""A written record on this disk: its root, and a copy for programs that read one or write beside it.

Here live these looks at a record that stays as it is. Never here: what is in it, or the writing of one (ballot/result).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from ballot.house import House
from tally.protocol.archive import Archive
from tally.record import CLOSING, NAMES, REPORT, WITNESSES


def written_root(house: House, uuid: str) -> str:
    """Return the root of a record that was written to its end (closing.txt comes last), or nothing."""
    folder = house.record(uuid)
    if not (folder / CLOSING).is_file():
        return ""
    path = folder / f"{uuid}.bel"
    found = path.stat()
    return _root(path, (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))


@lru_cache(maxsize=32)
def _root(path: Path, _version: tuple[int, ...]) -> str:
    """Read an archive once for each version of its file: a large one takes a second, and pages ask several times."""
    return Archive.parse(path.read_bytes()).root


@contextmanager
def copied(house: House, uuid: str, *, report: bool) -> Iterator[Path]:
    """Lend a copy of a record's folder, gone afterwards; `report`: with what lies in its report."""
    record = house.record(uuid)
    with tempfile.TemporaryDirectory(prefix="ban-sao-", dir=house.folder(uuid)) as place:
        copy = Path(place) / "record"
        copy.mkdir()
        for name in (*NAMES, *WITNESSES, f"{uuid}.bel"):
            if (record / name).is_file():
                shutil.copyfile(record / name, copy / name)
        if report and (record / REPORT).is_dir():
            shutil.copytree(record / REPORT, copy / REPORT, ignore=shutil.ignore_patterns(".*"))
        yield copy


def write_whole(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(raw)
    part.replace(path)
