"""What a disk holds after a power cut: all that was synced, and of the rest what chance and the disk's cache left.

Here lives the model of the cut. Never here: SQLite, or what a ballot is.

    for disk in cuts(layer, 200):       # at 200 points of the log
        disk.write(folder)              # what is found after the next start
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.survival.filelayer import Delete, FailedSync, Layer, Operation, Sync, Truncate, Write

SECTOR = 512  # bytes that a disk writes whole or not at all
LEVELS = 5  # from "nothing unsynced arrived" to "all of it did"


@dataclass
class Disk:
    """The files of one layer at one point of its log: what is safe, and what only the cache has."""

    position: int = 0
    safe: dict[str, bytearray] = field(default_factory=dict)
    cached: dict[str, list[Write | Truncate]] = field(default_factory=dict)

    def take(self, operation: Operation) -> None:
        """Go one step on in the log."""
        self.position += 1
        held = self.safe.setdefault(operation.file, bytearray())
        match operation:
            case Sync(file):
                for earlier in self.cached.pop(file, []):
                    _whole(held, earlier)
            case FailedSync(file):  # Linux forgets what it could not write, and the next sync succeeds without it
                self.safe[file] = self._arrived(held, self.cached.pop(file, []))
            case Delete(file):
                del self.safe[file]
                self.cached.pop(file, None)
            case _:
                self.cached.setdefault(operation.file, []).append(operation)

    def after_cut(self) -> dict[str, bytes]:
        """Return the files as they are found: of what was cached each write is whole, lost or torn, in any order."""
        return {file: bytes(self._arrived(held, self.cached.get(file, []))) for file, held in self.safe.items()}

    def _arrived(self, held: bytearray, waiting: list[Write | Truncate]) -> bytearray:
        level, found = secrets.randbelow(LEVELS), bytearray(held)
        for operation in waiting:
            if secrets.randbelow(LEVELS - 1) < level:
                _whole(found, operation)
            elif level and isinstance(operation, Write) and secrets.randbelow(2):
                _torn(found, operation)
        return found

    def write(self, folder: Path) -> None:
        """Leave in a folder what is found after the cut."""
        for file, held in self.after_cut().items():
            (folder / file).write_bytes(held)


def _whole(held: bytearray, operation: Write | Truncate) -> None:
    if isinstance(operation, Truncate):
        _resize(held, operation.size)
    else:
        _put(held, operation.at, operation.data)


def _torn(held: bytearray, write: Write) -> None:
    """Let each sector of a write arrive or not; the file may have grown without what was to be in it."""
    _resize(held, max(len(held), write.at + len(write.data) * secrets.randbelow(2)))
    end = write.at + len(write.data)
    first = write.at
    while first < end:
        last = min(end, (first // SECTOR + 1) * SECTOR)
        if secrets.randbelow(2):
            _put(held, first, write.data[first - write.at : last - write.at])
        first = last


def _put(held: bytearray, at: int, data: bytes) -> None:
    _resize(held, max(len(held), at + len(data)))
    held[at : at + len(data)] = data


def _resize(held: bytearray, size: int) -> None:
    del held[size:]
    held.extend(bytes(size - len(held)))


def cuts(layer: Layer, count: int) -> Iterator[Disk]:
    """Cut the power `count` times, at points spread by chance over the whole log."""
    points = sorted(secrets.randbelow(len(layer.done) + 1) for _ in range(count))
    disk = Disk(safe={file: bytearray(held) for file, held in layer.start.items()})
    for point in points:
        for operation in layer.done[disk.position : point]:
            disk.take(operation)
        yield disk
