"""Bộ ký: what a member needs to sign on a machine of their own, as one zip that unpacks into a folder.

Here lives the packing, with nothing that signing does not need. Never here: sheets of persons, or a list of whom to
follow up.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from ballot.house import House
from ballot.result.papers import MINUTES
from ballot.result.signatures import SIGNED, TO_SIGN
from ballot.result.statements import STATEMENT
from tally.protocol.errors import Incomplete
from tally.record import REPORT, Record

_EPOCH = (1980, 1, 1, 0, 0, 0)


def zipped(house: House, uuid: str) -> bytes:
    """Return the zip; the same files give the same bytes. Raises Incomplete before documents were made."""
    folder = house.record(uuid)
    report = folder / REPORT
    if not (report / MINUTES).is_file():
        raise Incomplete("record", missing=f"{REPORT}/{MINUTES}")
    members = [(name, bytes(raw)) for name, raw in Record.read(folder).everything()]
    members += [(str(path.relative_to(folder)), path.read_bytes()) for path in _needed(report)]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, raw in members:
            info = zipfile.ZipInfo(f"ho-so-{uuid}/{name}", _EPOCH)
            info.external_attr = 0o644 << 16
            archive.writestr(info, raw)
    return buffer.getvalue()


def _needed(report: Path) -> list[Path]:
    said = sorted(path for path in report.iterdir() if path.name == MINUTES or STATEMENT.match(path.name))
    return said + _documents(report) + _documents(report / SIGNED)


def _documents(folder: Path) -> list[Path]:
    return [path for name in TO_SIGN if (path := folder / f"{name}.pdf").is_file()]
