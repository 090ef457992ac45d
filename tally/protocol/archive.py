"""The archive `UUID.bel`: an old-style tar of data records and chained events, in exactly one spelling.

Here live the whole and the order of its events. Never here: what the records mean.

    BELENIOS, then for each event its data records and the event itself, all named by their SHA-256:
    Setup · Ballot* · EndBallots · EncryptedTally · PartialDecryption+ · Result

The reader rebuilds every header and accepts nothing else: no end-of-archive blocks, no other order. SPEC 4.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tally.i18n import marked
from tally.protocol.encoding import canonical, decode, fields, hex_hash, sha256_hex
from tally.protocol.entries import FIRST, Source, read_preamble, write_entry
from tally.protocol.errors import BadArchive, Incomplete, WrongOrder
from tally.protocol.events import (
    BALLOT,
    ENCRYPTED_TALLY,
    END_BALLOTS,
    EVENTS,
    PARTIAL_DECRYPTION,
    RESULT,
    SETUP,
    Event,
)
from tally.protocol.stored import Bodies, StoredEvents, shapes

__all__ = [
    "BALLOT", "DAY", "ENCRYPTED_TALLY", "END_BALLOTS", "PARTIAL_DECRYPTION", "RESULT", "SETUP", "Archive", "Event",
]  # fmt: skip

DAY = 86_400


@dataclass(frozen=True)
class Archive:
    """A whole archive. `timestamp` is the one time of all entries, in seconds since 1970."""

    timestamp: int
    events: Sequence[Event]

    @classmethod
    def parse(cls, raw: Source, where: str = "archive") -> Archive:
        """Read an archive whose hashes, chain, headers and padding are all right; the order is checked separately.

        All of it is read once, and kept is an index; data are read from `raw` again, and compared, when asked for.
        Raises BadArchive and reading errors. Source: SPEC 4.8, 5.7.
        """
        timestamp, at = read_preamble(raw, where)
        return cls(timestamp, StoredEvents.read(raw, at, timestamp, where))

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
        yield write_entry(FIRST, preamble, self.timestamp)
        for event in self.events:
            for body in event.data:
                yield write_entry(f"{sha256_hex(body)}.data.json", body, self.timestamp)
            body = event.encode()
            yield write_entry(f"{sha256_hex(body)}.event.json", body, self.timestamp)

    def check_order(self, where: str) -> None:
        """Check that the events come in an order an election can have, so far as it has come.

        Raises WrongOrder. Source: SPEC 5.7, step 4.
        """
        allowed: tuple[str, ...] = (SETUP,)
        for i, (kind, found) in enumerate(shapes(self.events)):
            if kind not in allowed:
                raise WrongOrder(f"{where}.events[{i}]", found=kind)
            count, allowed = EVENTS[kind]
            if found != count:
                raise WrongOrder(f"{where}.events[{i}]", found=f"{kind} + {found}")

    def check_complete(self, where: str) -> None:
        """Check that the archive ends with a result. Raises Incomplete naming the next event."""
        last = self.events[-1].type
        if last != RESULT:
            raise Incomplete(where, missing=EVENTS[last][1][-1])

    def of_type(self, kind: str) -> list[Event]:
        """Return the events of one type, in order."""
        return [self.events[i] for i, (found, _) in enumerate(shapes(self.events)) if found == kind]

    @cached_property
    def ballots(self) -> Bodies:
        """The bytes of every ballot, in archive order."""
        return Bodies.of(self.events)

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
