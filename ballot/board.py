"""The board: finished rounds and their public files, read from the folders in which their records stand.

Here lives finding and reading of records. Never here: counting, verifying, or a file outside a record.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tally.protocol.errors import TallyError
from tally.protocol.manifest import Manifest
from tally.record import MANIFEST, REPORT, RESULT, Record

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}\Z")
REPORT_FILES = re.compile(r"(ket-qua\.pdf|bieu-do-[1-9][0-9]?\.(svg|png))\Z")


@dataclass(frozen=True, slots=True)
class Published:
    """A finished round: its manifest and what its result.json says."""

    slug: str
    folder: Path
    manifest: Manifest
    result: dict[str, Any]

    @property
    def report(self) -> list[str]:
        """Names of the report's files, the PDF first."""
        folder = self.folder / REPORT
        names = [p.name for p in folder.iterdir() if REPORT_FILES.match(p.name)] if folder.is_dir() else []
        return sorted(names, key=lambda name: (not name.endswith(".pdf"), name))

    def charts(self) -> list[str]:
        """Names of the charts to show, in order."""
        return [name for name in self.report if name.endswith(".svg")]

    def zipped(self) -> bytes:
        """Return the whole record as a reproducible zip."""
        buffer = io.BytesIO()
        Record.read(self.folder).write_zip(buffer)
        return buffer.getvalue()


def published(instance: Path) -> Iterator[Published]:
    """Yield every finished round below `instance`, newest date first; folders that are none are passed over."""
    folders = instance.iterdir() if instance.is_dir() else ()
    found = (find(instance, folder.name) for folder in folders)
    yield from sorted((p for p in found if p), key=lambda p: (p.manifest.date, p.slug), reverse=True)


def find(instance: Path, slug: str) -> Published | None:
    """Return the finished round of that name, if there is one."""
    folder = instance / slug / "record"
    if not SLUG.match(slug) or not (folder / RESULT).is_file():
        return None
    try:
        manifest = Manifest.parse((folder / MANIFEST).read_bytes())
        return Published(slug, folder, manifest, json.loads((folder / RESULT).read_bytes()))
    except (TallyError, OSError, ValueError):
        return None
