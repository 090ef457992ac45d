"""A copy of a written record, for programs that read one or write beside it while the kept one stays as it is.

Here lives the copying. Never here: a file that the record and its report do not have.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ballot.house import House
from tally.record import NAMES, REPORT, WITNESSES


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
