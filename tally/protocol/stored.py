"""The events of an archive that stays where it is: an index of some eighty bytes an event, and bodies read on demand.

Here live places, sizes and hashes. Never here: a body longer than it is needed, or one whose hash was not compared.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import overload

from tally.i18n import marked
from tally.protocol.entries import HEADER, Source, read_entry
from tally.protocol.errors import BadArchive
from tally.protocol.events import BALLOT, EVENTS, Event, read_type

HASH = 32
_TYPES = tuple(EVENTS)


class StoredEvents(Sequence[Event]):
    """Events of a source by their places; one is built, its data read and compared, when it is asked for."""

    def __init__(self, source: Source, where: str) -> None:
        self._source, self._where = source, where
        self._types, self._hashes = bytearray(), bytearray()
        self._ends = array("Q")  # of each event: how many data records there are up to its own
        self._places, self._sizes, self._digests = array("Q"), array("I"), bytearray()

    @classmethod
    def read(cls, source: Source, at: int, timestamp: int, where: str) -> StoredEvents:
        """Read every entry from `at` to the end once, and keep where they are.

        Raises BadArchive, WrongOrder for a type that no election has, reading errors. Source: SPEC 5.7, steps 2, 3.
        """
        events, end = cls(source, where), len(source)
        while at < end:
            entry = read_entry(source, at, timestamp, where)
            digest, _, kind = entry.name.partition(".")
            hashed = sha256(entry.body)
            if digest != hashed.hexdigest():
                raise BadArchive(f"{where}@{at}", reason=marked("mã băm của mục không khớp"))
            if kind == "data.json":
                events._add_data(at + HEADER, len(entry.body), hashed.digest())
            elif kind == "event.json":
                events._add_event(entry.body, hashed.digest())
            else:
                raise BadArchive(f"{where}@{at}", reason=marked("tên mục lạ"))
            at = entry.end
        if not events or events._ends[-1] != len(events._places):
            raise BadArchive(where, reason=marked("có dữ liệu không thuộc sự kiện nào"))
        return events

    def _add_data(self, place: int, size: int, digest: bytes) -> None:
        self._places.append(place)
        self._sizes.append(size)
        self._digests += digest

    def _add_event(self, body: bytes, digest: bytes) -> None:
        height = len(self)
        payload = self._digests[-HASH:].hex() if len(self._places) > self._first(height) else None
        kind = read_type(body, height, self._parent(height), payload, f"{self._where}.events[{height}]")
        self._types.append(_TYPES.index(kind))
        self._hashes += digest
        self._ends.append(len(self._places))

    # --- reading ------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._types)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Event, ...]: ...
    def __getitem__(self, index: int | slice) -> Event | tuple[Event, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        i = range(len(self))[index]
        data = tuple(self._body(n) for n in range(self._first(i), self._ends[i]))
        return Event(_TYPES[self._types[i]], i, self._parent(i), data)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def shapes(self) -> Iterator[tuple[str, int]]:
        """Yield the type of every event and how many data records it has."""
        before = 0
        for kind, end in zip(self._types, self._ends, strict=True):
            yield _TYPES[kind], end - before
            before = end

    def digest(self, index: int) -> bytes:
        """Return the SHA-256 of an event's last data record."""
        n = self._ends[index]
        return bytes(self._digests[HASH * (n - 1) : HASH * n])

    def size(self, index: int) -> int:
        """Return how long an event's last data record is."""
        return self._sizes[self._ends[index] - 1]

    def _first(self, index: int) -> int:
        return self._ends[index - 1] if index else 0

    def _parent(self, index: int) -> str | None:
        return self._hashes[HASH * (index - 1) : HASH * index].hex() if index else None

    def _body(self, n: int) -> bytes:
        body = self._source[self._places[n] : self._places[n] + self._sizes[n]]
        if sha256(body).digest() != self._digests[HASH * n : HASH * (n + 1)]:
            event = bisect_right(self._ends, n)
            raise BadArchive(f"{self._where}.events[{event}]", reason=marked("tệp bị sửa trong lúc đang đọc"))
        return body


class Bodies(Sequence[bytes]):
    """The ballots of an archive as bytes, in archive order, and their hashes without reading them again."""

    def __init__(self, events: Sequence[Event], numbers: Sequence[int]) -> None:
        self._events, self._numbers = events, numbers

    @classmethod
    def of(cls, events: Sequence[Event]) -> Bodies:
        """Find the ballots among `events`; where they stand side by side, as they should, nothing is listed."""
        numbers = array("Q", (i for i, (kind, _) in enumerate(shapes(events)) if kind == BALLOT))
        together = len(numbers) > 0 and numbers[-1] - numbers[0] + 1 == len(numbers)
        return cls(events, range(numbers[0], numbers[-1] + 1) if together else numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[bytes, ...]: ...
    def __getitem__(self, index: int | slice) -> bytes | tuple[bytes, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        return self._events[self._numbers[index]].data[0]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(bytes.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def digest(self, index: int) -> bytes:
        """Return the SHA-256 of a ballot."""
        if isinstance(self._events, StoredEvents):
            return self._events.digest(self._numbers[index])
        return sha256(self[index]).digest()

    def size(self, index: int) -> int:
        """Return how long a ballot is."""
        if isinstance(self._events, StoredEvents):
            return self._events.size(self._numbers[index])
        return len(self[index])


def shapes(events: Sequence[Event]) -> Iterator[tuple[str, int]]:
    """Yield the type of every event and how many data records it has, without reading one."""
    if isinstance(events, StoredEvents):
        yield from events.shapes()
    else:
        yield from ((event.type, len(event.data)) for event in events)
