"""A file layer under SQLite that notes every write, truncation and sync in order, or fails on the n-th of them.

Here live the layer and an engine over it that keeps the storage laws. Never here: what is done to what was noted
(cutting.py), or an expectation.

threats 3.2: deletions and directory entries are taken to be durable; a disk that lies about a sync is outside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import apsw
from sqlalchemy import Engine, create_engine

from ballot.storage import sqlite
from tests.survival import apsw_dbapi

KEPT = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL
"""Kinds of files of which something is left after a cut; the rest are temporary."""


@dataclass(frozen=True, slots=True)
class Write:
    file: str
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    file: str


@dataclass(frozen=True, slots=True)
class FailedSync:
    """The disk said that it could not; what it was asked to keep may be lost, and it will not be asked again for it."""

    file: str


@dataclass(frozen=True, slots=True)
class Delete:
    file: str


Operation = Write | Truncate | Sync | FailedSync | Delete
Fault = Callable[[str, str], int | None]
"""Asked before every operation, by its name and its file: SQLite's result code that it shall fail with, if it shall."""


@dataclass
class Layer:
    """One folder's files: what they held at first, and all that was done to them since, in order."""

    folder: Path
    name: str
    start: dict[str, bytes] = field(default_factory=dict)
    done: list[Operation] = field(default_factory=list)
    fault: Fault | None = None
    _vfs: Any = None
    _writing: Lock = field(default_factory=Lock)

    def install(self) -> Layer:
        """Let SQLite know the layer by its name; what lies in the folder now is what a disk holds at first."""
        self.start = {path.name: path.read_bytes() for path in self.folder.glob("*.db*")}
        self._vfs = _Vfs(self)
        return self

    def remove(self) -> None:
        self._vfs.unregister()

    def engine(self, file: str) -> Engine:
        """Return an engine over this layer, under the same laws as every other."""
        path = str(self.folder / file)
        opened = create_engine(f"sqlite:///{path}", module=apsw_dbapi, creator=apsw_dbapi.connector(path, self.name))
        sqlite.prepare(opened)
        return opened

    def try_to(self, act: str, file: str) -> None:
        """Fail where it was said to."""
        code = self.fault(act, file) if self.fault else None
        if code is not None:
            raise apsw.exception_for(code)

    def note(self, operation: Operation) -> None:
        with self._writing:
            self.done.append(operation)

    @property
    def position(self) -> int:
        """Where the log stands: what was answered now was answered after all before it."""
        with self._writing:
            return len(self.done)


class _Vfs(apsw.VFS):
    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        super().__init__(layer.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        if name is None or not flags[0] & KEPT:
            return apsw.VFSFile("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._layer.try_to("open", Path(path).name)
        return _File(self._layer, Path(path).name, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:
        self._layer.try_to("delete", Path(name).name)
        super().xDelete(name, sync)
        self._layer.note(Delete(Path(name).name))


class _File(apsw.VFSFile):
    def __init__(self, layer: Layer, file: str, name: Any, flags: list[int]) -> None:
        self._layer, self._file = layer, file
        super().__init__("", name, flags)

    def xRead(self, amount: int, offset: int) -> bytes:
        self._layer.try_to("read", self._file)
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        try:
            self._layer.try_to("write", self._file)
        except apsw.Error:
            self._write(bytes(data)[: len(data) // 2], offset)  # a write that fails has often begun
            raise
        self._write(bytes(data), offset)

    def _write(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._layer.note(Write(self._file, offset, data))

    def xTruncate(self, size: int) -> None:
        self._layer.try_to("truncate", self._file)
        super().xTruncate(size)
        self._layer.note(Truncate(self._file, size))

    def xSync(self, flags: int) -> None:
        try:
            self._layer.try_to("sync", self._file)
        except apsw.Error:
            self._layer.note(FailedSync(self._file))
            raise
        self._layer.note(Sync(self._file))  # the folder of a test need not be on the disk for this
