"""Files that nobody finds half written.

Here lives how they are written. Never here: what is in one, or where it belongs.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all; only one may write it at a time."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(raw)
    part.replace(path)


def sync_folder(folder: Path) -> None:
    """Make what was renamed in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_for_owner(path: Path, raw: bytes, *, by_way_of: Path | None = None) -> None:
    """Write a file for its owner alone, whole and on the disk, or not at all, whoever else writes it at the same time.

    `by_way_of` is a folder on the same disk for what is not whole yet, if nothing else may lie beside the file.
    """
    handle, part = tempfile.mkstemp(prefix=".", dir=by_way_of or path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
