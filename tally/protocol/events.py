"""The chained events of an archive: their types, and the order in which an election has them.

Here live one event and the table of all. Never here: the bytes of entries, or what the records mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.i18n import marked
from tally.protocol.encoding import canonical, decode, fields, integer, sha256_hex, string
from tally.protocol.errors import BadArchive, WrongOrder

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


@dataclass(frozen=True, slots=True)
class Event:
    """One event with the data records that stand before it, in order; the last of them is its payload."""

    type: str
    height: int
    parent: str | None
    data: tuple[bytes, ...]

    def encode(self) -> bytes:
        """Return the canonical JSON of the event."""
        return written(self.type, self.height, self.parent, sha256_hex(self.data[-1]) if self.data else None)

    @property
    def hash(self) -> str:
        """SHA-256 of the event's JSON: what the next event names, and what is read aloud."""
        return sha256_hex(self.encode())


def written(kind: str, height: int, parent: str | None, payload: str | None) -> bytes:
    """Return the canonical JSON of an event from the hashes in it. Source: SPEC 4.8."""
    document: dict[str, Any] = {} if parent is None else {"parent": parent}
    document |= {"height": height, "type": kind}
    if payload is not None:
        document["payload"] = payload
    return canonical(document)


def read_type(raw: bytes, height: int, parent: str | None, payload: str | None, where: str) -> str:
    """Return the type of an event that stands at this height, after this one, with this payload.

    Raises WrongOrder for a type that no election has, BadArchive, reading errors. Source: SPEC 5.7, step 3.
    """
    names = ("height", "type") if parent is None else ("parent", "height", "type")
    m = fields(decode(raw, where, limit=4096), where, *names, optional=("payload",))
    kind = string(m["type"], f"{where}.type")
    if kind not in EVENTS:
        raise WrongOrder(where, found=kind[:40])
    if integer(m["height"], f"{where}.height", 0) != height or m.get("parent") != parent:
        raise BadArchive(where, reason=marked("chuỗi sự kiện bị đứt"))
    if written(kind, height, parent, payload) != raw:
        raise BadArchive(where, reason=marked("sự kiện không trỏ đúng dữ liệu của nó"))
    return kind
