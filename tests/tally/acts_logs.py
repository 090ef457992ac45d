"""Logs of organisers' acts, chained and signed.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

from collections.abc import Sequence

from nacl.signing import SigningKey

from tally.protocol.acts_log import (
    Entry,
    Head,
    Log,
    entry_hash,
    head_bytes,
    start_hash,
)
from tally.protocol.acts_log_life import BY_TWO, WORDS
from tests.builders import LOG_KEY

ORGANISATION = "0123456789abcdef0123"


FIRST, SECOND, DESK = "to-chuc-1", "to-chuc-2", "tiep-don"


Act3 = tuple[str, str, str]


WHOLE = ("create", "seal", "freeze", "propose-open", "open", "propose-close", "close", "tally")


def chained(acts: Sequence[Act3], organisation: str = ORGANISATION) -> tuple[Entry, ...]:
    """Chain (actor, act, subject); every second entry has a time."""
    entries: list[Entry] = []
    previous = start_hash(organisation)
    for height, (actor, act, subject) in enumerate(acts, start=1):
        time = f"2026-11-20T02:{height % 60:02}Z" if height % 2 else ""
        said = {"time": time, "actor": actor, "act": act, "subject": subject, "previous": previous}
        previous = entry_hash(height, **said)
        entries.append(Entry(height=height, hash=previous, **said))
    return tuple(entries)


def signed(entries: Sequence[Entry], height: int, uuid: str, key: SigningKey = LOG_KEY) -> Head:
    message = head_bytes(ORGANISATION, uuid, height=height, hash_=entries[height - 1].hash)
    return Head(height, uuid, key.sign(message).signature.hex())


def acts(uuid: str, names: Sequence[str] = WHOLE) -> list[Act3]:
    """The acts of a round with a desk at work between them; what one proposes the other does."""
    found: list[Act3] = []
    for name in names:
        found.append((SECOND if name in BY_TWO else FIRST, name, uuid))
        if name == "seal":
            found += [(DESK, "check-in", uuid), (FIRST, "order-envelopes", f"{uuid} 3")]
    return found


def whole(uuid: str, names: Sequence[str] = WHOLE, extra: Sequence[Act3] = ()) -> Log:
    """A log with a head at every act that moves the sealed round."""
    entries = chained([(FIRST, "create", "Ab1"), *acts(uuid, names), *extra])
    moved = [e for e in entries if e.subject == uuid and e.act in WORDS and e.act != "create"]
    return Log(ORGANISATION, "Đơn vị thử", entries, tuple(signed(entries, e.height, uuid) for e in moved))
