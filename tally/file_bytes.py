"""The bytes of a file, or of a part of one, that stay on the disk: what asks for a piece reads that piece.

Here live places in a file and the hash of what was read. Never here: a meaning of the bytes, or all of them at once,
unless somebody asks for exactly that.

A file may be changed while it is looked at. Whoever needs it not to have been compares hashes: tally/protocol/stored.py
does for every body, and `sha256` is of the very bytes that were handed out when the file was first read through.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tally.i18n import marked
from tally.protocol.errors import BadArchive, TooLarge

PIECE = 1024 * 1024


class FileBytes:
    """Bytes `start` to `start + size` of a file; nothing is open between two readings."""

    def __init__(self, path: Path, start: int = 0, size: int | None = None) -> None:
        self._path, self._start = path.absolute(), start
        self._size = path.stat().st_size - start if size is None else size
        self._ahead, self._ahead_at = b"", 0
        self._hasher, self._hashed = hashlib.sha256(), 0

    @classmethod
    def copied(cls, stream: IO[bytes]) -> FileBytes:
        """Keep what a stream gives in a file that goes when nobody uses it any more. Raises what reading raises."""
        number, name = tempfile.mkstemp(prefix="tally-")
        try:
            with os.fdopen(number, "wb") as file:
                shutil.copyfileobj(stream, file, PIECE)
            kept = cls(Path(name))
        except BaseException:
            os.unlink(name)
            raise
        weakref.finalize(kept, os.unlink, name)
        return kept

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: slice, /) -> bytes:
        at, end, step = place.indices(self._size)
        if step != 1:
            raise ValueError
        piece = self._read(at, max(end - at, 0))
        # Hash what is handed out for the first time, if nothing before it is missing.
        if at <= self._hashed < at + len(piece):
            self._hasher.update(piece[self._hashed - at :])
            self._hashed = at + len(piece)
        return piece

    def __bytes__(self) -> bytes:
        return b"".join(self.pieces())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, bytes | FileBytes):
            return NotImplemented
        return len(self) == len(other) and all(piece == other[at : at + PIECE] for at, piece in self._placed())

    __hash__ = None  # type: ignore[assignment]

    def pieces(self) -> Iterator[bytes]:
        """Yield all bytes, some at a time. Raises BadArchive at the end if they are not those that were read first."""
        hasher = hashlib.sha256()
        for _, piece in self._placed():
            hasher.update(piece)
            yield piece
        if hasher.hexdigest() != self.sha256:
            raise BadArchive(self._path.name, reason=marked("tệp bị sửa trong lúc đang đọc"))

    @property
    def sha256(self) -> str:
        """The SHA-256 in hex of all bytes, each as it was when it was first handed out."""
        while self._hashed < self._size and self[self._hashed : self._hashed + PIECE]:
            pass
        return self._hasher.copy().hexdigest()

    def _placed(self) -> Iterator[tuple[int, bytes]]:
        for at in range(0, self._size, PIECE):
            yield at, self[at : at + PIECE]

    def _read(self, at: int, size: int) -> bytes:
        """Read a piece; small ones from what was read ahead, for a reader mostly goes on where it was."""
        begin = at - self._ahead_at
        if begin >= 0 and begin + size <= len(self._ahead):
            return self._ahead[begin : begin + size]
        with self._path.open("rb", buffering=0) as file:
            file.seek(self._start + at)
            read = _whole(file, min(max(size, PIECE), self._size - at))
        if size < PIECE:
            self._ahead, self._ahead_at = read, at
        return read[:size]


def _whole(file: IO[bytes], size: int) -> bytes:
    """Read `size` bytes, or up to the end of the file: a reading without a buffer may give less than it was asked."""
    pieces = []
    while size > 0 and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


Stored = bytes | FileBytes
"""What a file of a record is: small ones are in memory."""


def read_at_most(path: Path, limit: int, where: str) -> bytes:
    """Return the bytes of a file that may have so many; never more are read. Raises TooLarge."""
    with path.open("rb") as opened:
        raw = opened.read(limit + 1)
    if len(raw) > limit:
        raise TooLarge(where, limit=limit)
    return raw


def digest(stored: Stored) -> str:
    """Return the SHA-256 of a file of a record in hex."""
    return stored.sha256 if isinstance(stored, FileBytes) else hashlib.sha256(stored).hexdigest()


def pieces(stored: Stored) -> Iterator[bytes]:
    """Yield the bytes of a file of a record, some at a time."""
    if isinstance(stored, FileBytes):
        yield from stored.pieces()
    else:
        yield stored
