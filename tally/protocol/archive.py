"""The archive `UUID.bel`: an old-style tar of data records and chained events, in exactly one spelling.

Here live its bytes and the order of its events. Never here: what the records mean.

    BELENIOS, then for each event its data records and the event itself, all named by their SHA-256:
    Setup · Ballot* · EndBallots · EncryptedTally · PartialDecryption+ · Result

The reader rebuilds every header and accepts nothing else: no end-of-archive blocks, no other order. SPEC 4.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tally.i18n import marked
from tally.protocol.encoding import canonical, decode, fields, hex_hash, integer, sha256_hex, string
from tally.protocol.errors import BadArchive, Incomplete, WrongOrder

LIMIT = 4 * 1024**3
ENTRY_LIMIT = 256 * 1024**2
DAY = 86_400

SETUP = "Setup"
BALLOT = "Ballot"
END_BALLOTS = "EndBallots"
ENCRYPTED_TALLY = "EncryptedTally"
PARTIAL_DECRYPTION = "PartialDecryption"
RESULT = "Result"

# Event type: how many data records stand before it, and which event types may follow it.
EVENTS: dict[str, tuple[int, tuple[str, ...]]] = {
    SETUP: (4, (BALLOT, END_BALLOTS)),
    BALLOT: (1, (BALLOT, END_BALLOTS)),
    END_BALLOTS: (0, (ENCRYPTED_TALLY,)),
    ENCRYPTED_TALLY: (2, (PARTIAL_DECRYPTION,)),
    PARTIAL_DECRYPTION: (2, (PARTIAL_DECRYPTION, RESULT)),
    RESULT: (1, ()),
}
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,10}\Z")


@dataclass(frozen=True, slots=True)
class Event:
    """One event with the data records that stand before it, in order; the last of them is its payload."""

    type: str
    height: int
    parent: str | None
    data: tuple[bytes, ...]

    def encode(self) -> bytes:
        """Return the canonical JSON of the event."""
        document: dict[str, Any] = {} if self.parent is None else {"parent": self.parent}
        document |= {"height": self.height, "type": self.type}
        if self.data:
            document["payload"] = sha256_hex(self.data[-1])
        return canonical(document)

    @property
    def hash(self) -> str:
        """SHA-256 of the event's JSON: what the next event names, and what is read aloud."""
        return sha256_hex(self.encode())


@dataclass(frozen=True)
class Archive:
    """A whole archive. `timestamp` is the one time of all entries, in seconds since 1970."""

    timestamp: int
    events: tuple[Event, ...]

    @classmethod
    def parse(cls, raw: bytes, where: str = "archive") -> Archive:
        """Read an archive whose hashes, chain, headers and padding are all right; the order is checked separately.

        Raises BadArchive and reading errors. Source: SPEC 4.8, 5.7.
        """
        if len(raw) > LIMIT:
            raise BadArchive(where, reason=marked("quá lớn"))
        timestamp, at = _read_preamble(raw, where)
        events: list[Event] = []
        pending: list[bytes] = []
        while at < len(raw):
            name, body, at = _read_entry(raw, at, timestamp, where)
            digest, _, kind = name.partition(".")
            if digest != sha256_hex(body):
                raise BadArchive(f"{where}@{at}", reason=marked("mã băm của mục không khớp"))
            if kind == "data.json":
                pending.append(body)
            elif kind == "event.json":
                events.append(
                    _read_event(body, events[-1] if events else None, tuple(pending), f"{where}.events[{len(events)}]")
                )
                pending.clear()
            else:
                raise BadArchive(f"{where}@{at}", reason=marked("tên mục lạ"))
        if pending or not events:
            raise BadArchive(where, reason=marked("có dữ liệu không thuộc sự kiện nào"))
        return cls(timestamp, tuple(events))

    @classmethod
    def begin(cls, timestamp: int, *, election: bytes, trustees: bytes, credentials: bytes) -> Archive:
        """Start an archive with its Setup event; the time is rounded down to the day."""
        names = ("election", "trustees", "credentials")
        bodies = (election, trustees, credentials)
        setup = canonical(dict(zip(names, map(sha256_hex, bodies), strict=True)))
        return cls(timestamp - timestamp % DAY, (Event(SETUP, 0, None, (*bodies, setup)),))

    def extended(self, *additions: tuple[str, tuple[bytes, ...]]) -> Archive:
        """Return the archive with further events, given as (type, data records). Raises WrongOrder."""
        events = list(self.events)
        for kind, data in additions:
            last = events[-1]
            events.append(Event(kind, last.height + 1, last.hash, data))
        archive = Archive(self.timestamp, tuple(events))
        archive.check_order("archive")
        return archive

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes entry by entry."""
        preamble = canonical({"version": 1, "timestamp": str(self.timestamp)})
        yield _entry("BELENIOS", preamble, self.timestamp)
        for event in self.events:
            for body in event.data:
                yield _entry(f"{sha256_hex(body)}.data.json", body, self.timestamp)
            body = event.encode()
            yield _entry(f"{sha256_hex(body)}.event.json", body, self.timestamp)

    def check_order(self, where: str) -> None:
        """Check that the events come in an order an election can have, so far as it has come.

        Raises WrongOrder. Source: SPEC 5.7, step 4.
        """
        allowed: tuple[str, ...] = (SETUP,)
        for i, event in enumerate(self.events):
            if event.type not in allowed:
                raise WrongOrder(f"{where}.events[{i}]", found=event.type)
            count, allowed = EVENTS[event.type]
            if len(event.data) != count:
                raise WrongOrder(f"{where}.events[{i}]", found=f"{event.type} + {len(event.data)}")

    def check_complete(self, where: str) -> None:
        """Check that the archive ends with a result. Raises Incomplete naming the next event."""
        last = self.events[-1].type
        if last != RESULT:
            raise Incomplete(where, missing=EVENTS[last][1][-1])

    def of_type(self, kind: str) -> list[Event]:
        """Return the events of one type, in order."""
        return [event for event in self.events if event.type == kind]

    @cached_property
    def ballots(self) -> list[bytes]:
        """The bytes of every ballot, in archive order."""
        return [event.data[0] for event in self.of_type(BALLOT)]

    @property
    def root(self) -> str:
        """Hash of the EncryptedTally event: what trustees decrypt once and what stands on paper. Raises Incomplete."""
        found = self.of_type(ENCRYPTED_TALLY)
        if not found:
            raise Incomplete("archive", missing=ENCRYPTED_TALLY)
        return found[0].hash

    def setup(self, where: str) -> tuple[bytes, bytes, bytes]:
        """Return election, trustees and public credentials, whose hashes the setup record repeats.

        Raises BadArchive. Source: SPEC 4.8.
        """
        election, trustees, credentials, raw = self.events[0].data
        names = ("election", "trustees", "credentials")
        m = fields(decode(raw, where, limit=4096), where, *names)
        for name, body in zip(names, (election, trustees, credentials), strict=True):
            if hex_hash(m[name], f"{where}.{name}") != sha256_hex(body):
                raise BadArchive(f"{where}.{name}", reason=marked("mã băm của mục không khớp"))
        return election, trustees, credentials


# --- bytes -------------------------------------------------------------------------------------------------------


def _read_preamble(raw: bytes, where: str) -> tuple[int, int]:
    size, mtime = _header_numbers(raw, 0, where)
    body = raw[512 : 512 + size]
    m = fields(decode(body, where, limit=4096), where, "version", "timestamp")
    stamp, version = string(m["timestamp"], f"{where}.timestamp"), integer(m["version"], f"{where}.version", 1)
    if version != 1 or not _TIMESTAMP.match(stamp) or int(stamp) != mtime or int(stamp) >= 8**11:
        raise BadArchive(where, reason=marked("phần đầu"))
    name, _, at = _read_entry(raw, 0, mtime, where)
    if name != "BELENIOS":
        raise BadArchive(where, reason=marked("phần đầu"))
    return mtime, at


def _read_entry(raw: bytes, at: int, timestamp: int, where: str) -> tuple[str, bytes, int]:
    size, _ = _header_numbers(raw, at, where)
    body = raw[at + 512 : at + 512 + size]
    name = raw[at : at + 100].rstrip(b"\0").decode("ascii", "replace")
    end = at + 512 + _padded(size)
    if len(name) > 99 or raw[at:end] != _entry(name, body, timestamp):
        raise BadArchive(f"{where}@{at}", reason=marked("mục không ở dạng chuẩn"))
    return name, body, end


def _header_numbers(raw: bytes, at: int, where: str) -> tuple[int, int]:
    header = raw[at : at + 512]
    size, mtime = header[124:135], header[136:147]
    if len(header) != 512 or not re.fullmatch(rb"[0-7]{22}", size + mtime) or int(size, 8) > ENTRY_LIMIT:
        raise BadArchive(f"{where}@{at}", reason=marked("tiêu đề mục"))
    return int(size, 8), int(mtime, 8)


def _entry(name: str, body: bytes, timestamp: int) -> bytes:
    head = bytearray(512)
    values = (
        (0, name.encode("ascii", "replace")), (100, b"0000644"), (108, b"0000000"), (116, b"0000000"),
        (124, b"%011o" % len(body)), (136, b"%011o" % timestamp), (148, b" " * 8), (156, b"0"),
    )  # fmt: skip
    for at, value in values:
        head[at : at + len(value)] = value
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + body + bytes(_padded(len(body)) - len(body))


def _padded(size: int) -> int:
    return (size + 511) // 512 * 512


def _read_event(raw: bytes, previous: Event | None, data: tuple[bytes, ...], where: str) -> Event:
    names = ("parent", "height", "type") if previous else ("height", "type")
    m = fields(decode(raw, where, limit=4096), where, *names, optional=("payload",))
    kind = string(m["type"], f"{where}.type")
    if kind not in EVENTS:
        raise WrongOrder(where, found=kind[:40])
    event = Event(kind, integer(m["height"], f"{where}.height", 0), m.get("parent"), data)
    expected_height = previous.height + 1 if previous else 0
    if event.height != expected_height or event.parent != (previous.hash if previous else None):
        raise BadArchive(where, reason=marked("chuỗi sự kiện bị đứt"))
    if event.encode() != raw:
        raise BadArchive(where, reason=marked("sự kiện không trỏ đúng dữ liệu của nó"))
    return event
