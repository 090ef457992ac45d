"""How a PDF is put together, read strictly: revisions one behind the other, and in each nothing but its objects.

Here lives the tiling of a file: every byte belongs to an object, a table, a trailer or white space between them.
Never here: what an object means, or an object that no table names (a reader that repairs files would find it).

Only what reportlab writes and what pyHanko appends to it is read: classic tables, no streams of objects, no generation
but 0, nothing deleted. SPEC 5.20; threats G7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

from pyhanko.pdf_utils.generic import DictionaryObject, PdfObject, Reference, TrailerReference, read_object
from pyhanko.pdf_utils.rw_common import PdfHandler

from tally.i18n import marked as _
from tally.signed.errors import SignedExtra, SignedUnreadable

LIMIT = 64 * 1024 * 1024
MOST_REVISIONS = 12
NO_PDF = _("không phải tệp PDF hoặc tệp bị cắt")
TABLE = _("bảng mục lục đối tượng không đúng dạng")
TRAILER = _("phần cuối của một lần sửa không đúng dạng")
OBJECT = _("một đối tượng không đúng dạng")
LOOSE = _("dữ liệu nằm ngoài mọi đối tượng")
AFTER_END = _("dữ liệu sau chỗ kết thúc tệp")
MANY = _("nhiều lần sửa hơn số người ký")
ENCRYPTED = _("tệp bị mã hóa")
TRAILER_KEYS = {"/Size", "/Root", "/Info", "/ID", "/Prev"}

_HEADER = re.compile(rb"%PDF-1\.[3-7]\s+(?:%[^\r\n]*[\r\n]+)?")
_END = re.compile(rb"\s*startxref\s+(\d{1,10})\s+%%EOF(?:\r\n|\n|\r)?")
_LAST = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF(?:\r\n|\n|\r)?\Z")
_SUBSECTION = re.compile(rb"(\d{1,7}) (\d{1,7})[ \r]?\n")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])[ \r]?[\r\n]")
_OBJECT = re.compile(rb"(\d{1,7}) 0 obj\s*")
_CLOSED = re.compile(rb"\s*endobj\s*\Z")


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: bytes `start` to `end`, its trailer, its objects by number and where each lies."""

    start: int
    end: int
    trailer: DictionaryObject
    objects: Mapping[int, PdfObject]
    places: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Section:
    """A table and its trailer: where the table begins, where the section ends, the offsets it names."""

    table: int
    end: int
    offsets: Mapping[int, int]
    trailer: DictionaryObject


class _Handler(PdfHandler):
    """What pyHanko's parser of objects asks for; it resolves nothing, since a length is never elsewhere."""

    strict = True

    def get_object(self, ref: Reference, as_metadata_stream: bool = False) -> PdfObject:
        raise SignedUnreadable("", reason=OBJECT)


def revisions(raw: bytes, where: str) -> tuple[Revision, ...]:
    """Return all revisions of a file in the order in which they were written.

    Raises SignedUnreadable, SignedExtra; whatever the bytes are, nothing else.
    """
    if len(raw) > LIMIT or not _HEADER.match(raw):
        raise SignedUnreadable(where, reason=NO_PDF)
    try:
        return tuple(_revisions(raw, where))
    except (SignedUnreadable, SignedExtra) as refused:
        refused.where = where
        raise
    except Exception:  # what a parser of hostile bytes lets through: its own errors, ValueError, RecursionError …
        raise SignedUnreadable(where, reason=OBJECT) from None


def _revisions(raw: bytes, where: str) -> Iterator[Revision]:
    start = most = 0
    for section in _sections(raw, where):
        if section.table < start:
            raise SignedUnreadable(where, reason=TRAILER)
        places = _places(raw, section, start, where)
        most = max(most, *places)
        size = section.trailer.get("/Size")
        if not isinstance(size, int) or size <= most:  # viewers take an object beyond it for none
            raise SignedUnreadable(where, reason=TRAILER)
        objects = {number: _parse(raw, number, *place) for number, place in places.items()}
        yield Revision(start, section.end, section.trailer, objects, places)
        start = section.end


def _sections(raw: bytes, where: str) -> list[_Section]:
    """Follow the chain of tables back from the end of the file; every link leads strictly backwards."""
    last = _LAST.search(raw, max(0, len(raw) - 64))
    if last is None:
        raise SignedUnreadable(where, reason=AFTER_END if b"%%EOF" in raw else NO_PDF)
    found = [_section(raw, int(last[1]), where)]
    if found[0].end != len(raw):
        raise SignedUnreadable(where, reason=TRAILER)
    while (before := found[-1].trailer.get("/Prev")) is not None:
        if len(found) == MOST_REVISIONS:
            raise SignedExtra(where, what=MANY)
        if not isinstance(before, int) or not 0 < before < found[-1].table:
            raise SignedUnreadable(where, reason=TRAILER)
        found.append(_section(raw, int(before), where))
    return found[::-1]


def _section(raw: bytes, table: int, where: str) -> _Section:
    if not raw.startswith(b"xref\n", table):
        raise SignedUnreadable(where, reason=TABLE)
    offsets, at = _table(raw, table + len(b"xref\n"), where)
    stream = BytesIO(raw)
    stream.seek(at)
    trailer = read_object(stream, TrailerReference(_Handler()))
    end = _END.match(raw, stream.tell())
    if not isinstance(trailer, DictionaryObject) or end is None or int(end[1]) != table:
        raise SignedUnreadable(where, reason=TRAILER)
    if "/Encrypt" in trailer:
        raise SignedUnreadable(where, reason=ENCRYPTED)
    if not set(trailer) <= TRAILER_KEYS:
        raise SignedUnreadable(where, reason=TRAILER)
    return _Section(table, end.end(), offsets, trailer)


def _table(raw: bytes, at: int, where: str) -> tuple[dict[int, int], int]:
    """Return the offsets by object number, and where the trailer's dictionary begins."""
    offsets: dict[int, int] = {}
    while head := _SUBSECTION.match(raw, at):
        at = head.end()
        for number in range(int(head[1]), int(head[1]) + int(head[2])):
            entry = _ENTRY.match(raw, at)
            if entry is None or number in offsets or (entry[3] == b"f") != (number == 0):
                raise SignedUnreadable(where, reason=TABLE)
            if number and entry[2] != b"00000":
                raise SignedUnreadable(where, reason=TABLE)
            offsets[number] = int(entry[1])
            at = entry.end()
    word = re.compile(rb"trailer\s*").match(raw, at)
    if word is None:
        raise SignedUnreadable(where, reason=TABLE)
    offsets.pop(0, None)
    return offsets, word.end()


def _places(raw: bytes, section: _Section, start: int, where: str) -> dict[int, tuple[int, int]]:
    """Return where each object lies: they follow each other without a gap from `start` to the table."""
    ordered = sorted((offset, number) for number, offset in section.offsets.items())
    if not ordered:
        raise SignedUnreadable(where, reason=TABLE)
    first = ordered[0][0]
    header = _HEADER.match(raw) if start == 0 else None
    begins = header.end() if header else start
    if first < begins or raw[begins:first].strip() or ordered[-1][0] >= section.table:
        raise SignedExtra(where, what=LOOSE)
    ends = pairwise([*(offset for offset, _number in ordered), section.table])
    return {number: place for (_offset, number), place in zip(ordered, ends, strict=True)}


def _parse(raw: bytes, number: int, begin: int, end: int) -> PdfObject:
    """Read one object, which must fill its place: `N 0 obj`, one value, `endobj`."""
    stream = BytesIO(raw[begin:end])
    head = _OBJECT.match(stream.getvalue())
    if head is None or int(head[1]) != number:
        raise SignedUnreadable("", reason=OBJECT)
    stream.seek(head.end())
    value = read_object(stream, Reference(number, 0, _Handler()))
    if not _CLOSED.match(stream.getvalue(), stream.tell()):
        raise SignedExtra("", what=LOOSE)
    return value
