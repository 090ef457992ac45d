"""What a part's stream holds: named files one after the other, each behind a line that says its name and size.

An empty line ends them, and only zeros may follow, which hide how long all of it is.

Here live this framing and the names that are taken. Never here: a path that leads out of the folder, or a whole file in
memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from ballot.backup.errors import BackupDamaged
from tally.protocol.encoding import canonical, decode, fields, string
from tally.protocol.errors import TallyError

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}(?:/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}){0,7}\Z")
_LINE = 2048
LAST_LINE = b"\n"


def is_name(name: str) -> bool:
    """Say whether a relative path may stand in a backup: plain, without a leading dot anywhere, at most eight deep."""
    return _NAME.match(name) is not None


def opening_line(name: str, size: int) -> bytes:
    """Return the line before a file."""
    return canonical({"name": name, "size": size}) + b"\n"


def read_entries(pieces: Iterable[bytes]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield (name, its bytes in pieces); every file must be read to its end before the next. Raises BackupDamaged."""
    source = _Source(iter(pieces))
    seen: set[str] = set()
    while line := source.line():
        name, size = _parse(line)
        if name in seen:
            raise BackupDamaged("backup")
        seen.add(name)
        body = source.take(size)
        yield name, body
        for _rest in body:  # whoever did not want it
            pass
    source.check_padding()


def _parse(line: bytes) -> tuple[str, int]:
    try:
        m = fields(decode(line, "entry", limit=_LINE), "entry", "name", "size")
        name, size = string(m["name"], "name"), m["size"]
    except TallyError:
        raise BackupDamaged("backup") from None
    if not is_name(name) or type(size) is not int or size < 0:
        raise BackupDamaged("backup")
    return name, size


class _Source:
    """The pieces as one stream: a line, or so many bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""

    def line(self) -> bytes:
        """Return the next line without its newline, or nothing where the files or the pieces end."""
        while b"\n" not in self._left and len(self._left) < _LINE:
            piece = next(self._pieces, None)
            if piece is None:
                if self._left:
                    raise BackupDamaged("backup")
                return b""
            self._left += piece
        line, newline, self._left = self._left.partition(b"\n")
        if not newline:
            raise BackupDamaged("backup")
        return line

    def check_padding(self) -> None:
        """Read to the very end; nothing but zeros may be there. Raises BackupDamaged."""
        for piece in chain([self._left], self._pieces):
            if piece.strip(b"\0"):
                raise BackupDamaged("backup")

    def take(self, size: int) -> Iterator[bytes]:
        """Yield exactly so many bytes."""
        while size:
            if not self._left:
                piece = next(self._pieces, None)
                if piece is None:
                    raise BackupDamaged("backup")
                self._left = piece
            piece, self._left = self._left[:size], self._left[size:]
            size -= len(piece)
            yield piece
