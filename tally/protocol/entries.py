"""The entries of an archive: tar headers and bodies in exactly one spelling, read from bytes or from a file in pieces.

Here live headers and padding, and what is asked of the place where the bytes are. Never here: what a body means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from tally.i18n import marked
from tally.protocol.encoding import decode, fields, integer, string
from tally.protocol.errors import BadArchive

ENTRY_LIMIT = 256 * 1024**2
HEADER = 512
FIRST = "BELENIOS"
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,10}\Z")


class Source(Protocol):
    """Bytes by their places: `bytes` itself, or a file of which no more is in memory than was asked for."""

    def __len__(self) -> int:
        """Return how many bytes there are."""
        ...

    def __getitem__(self, place: slice, /) -> bytes:
        """Return a piece, shorter where the end comes first."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its name, its bytes, and where the next one begins."""

    name: str
    body: bytes
    end: int


def read_preamble(source: Source, where: str) -> tuple[int, int]:
    """Return the one time of an archive and where its second entry begins. Raises BadArchive, reading errors."""
    size, mtime = _header_numbers(source[0:HEADER], 0, where)
    m = fields(decode(source[HEADER : HEADER + size], where, limit=4096), where, "version", "timestamp")
    stamp, version = string(m["timestamp"], f"{where}.timestamp"), integer(m["version"], f"{where}.version", 1)
    if version != 1 or not _TIMESTAMP.match(stamp) or int(stamp) != mtime or int(stamp) >= 8**11:
        raise BadArchive(where, reason=marked("phần đầu"))
    entry = read_entry(source, 0, mtime, where)
    if entry.name != FIRST:
        raise BadArchive(where, reason=marked("phần đầu"))
    return mtime, entry.end


def read_entry(source: Source, at: int, timestamp: int, where: str) -> Entry:
    """Return the entry that begins at `at`. Raises BadArchive. Source: SPEC 5.7, step 2."""
    header = source[at : at + HEADER]
    size, _ = _header_numbers(header, at, where)
    rest = source[at + HEADER : at + HEADER + padded(size)]
    body, name = rest[:size], header[:100].rstrip(b"\0").decode("ascii", "replace")
    if len(name) > 99 or header + rest != write_entry(name, body, timestamp):
        raise BadArchive(f"{where}@{at}", reason=marked("mục không ở dạng chuẩn"))
    return Entry(name, body, at + HEADER + padded(size))


def _header_numbers(header: bytes, at: int, where: str) -> tuple[int, int]:
    size, mtime = header[124:135], header[136:147]
    if len(header) != HEADER or not re.fullmatch(rb"[0-7]{22}", size + mtime) or int(size, 8) > ENTRY_LIMIT:
        raise BadArchive(f"{where}@{at}", reason=marked("tiêu đề mục"))
    return int(size, 8), int(mtime, 8)


def write_entry(name: str, body: bytes, timestamp: int) -> bytes:
    """Return the one spelling of an entry. Source: SPEC 4.8."""
    head = bytearray(HEADER)
    values = (
        (0, name.encode("ascii", "replace")), (100, b"0000644"), (108, b"0000000"), (116, b"0000000"),
        (124, b"%011o" % len(body)), (136, b"%011o" % timestamp), (148, b" " * 8), (156, b"0"),
    )  # fmt: skip
    for at, value in values:
        head[at : at + len(value)] = value
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + body + bytes(padded(len(body)) - len(body))


def padded(size: int) -> int:
    """Return how many bytes a body of `size` bytes takes in the file."""
    return (size + HEADER - 1) // HEADER * HEADER
