"""Zip files whose bytes depend on their members alone: sorted names, one date, one way of packing.

Here lives their writing. Never here: the reading of a zip file that somebody else made.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
UNIX = 3


def zipped(members: Mapping[str, bytes], *, first: tuple[str, ...] = (), packed: bool = True) -> bytes:
    """Return the members as a zip file: those named in `first` before all others, which are sorted."""
    out = io.BytesIO()
    rest = sorted(set(members) - set(first))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name in (*(name for name in first if name in members), *rest):
            info = zipfile.ZipInfo(name, EPOCH)
            info.external_attr, info.create_system = READABLE, UNIX
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            archive.writestr(info, members[name])
    return out.getvalue()


def rezipped(raw: bytes, *, first: tuple[str, ...]) -> bytes:
    """Return a zip file that a library of ours has just made, with the same members and no dates in it."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return zipped({info.filename: archive.read(info) for info in archive.infolist()}, first=first)
