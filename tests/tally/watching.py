"""What witnesses keep of a round.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

from dataclasses import replace

from tally.protocol.checkpoint import Note, parse_notes
from tally.record import CHECKPOINTS, CLOSING, Record
from tests.builders import Round
from tests.watchers import Watcher

LAN, MAI = Watcher("quan-sat-1"), Watcher("quan-sat-2")


def notes_of(record: Record) -> tuple[tuple[Note, ...], Note]:
    return parse_notes(record[CHECKPOINTS], CHECKPOINTS), parse_notes(record[CLOSING], CLOSING)[0]


def copy_of(round_: Round, record: Record, watcher: Watcher = LAN, *, ended: bool = True) -> bytes:
    """Return what a witness has kept who saw this record's box."""
    notes, closing = notes_of(record)
    return watcher.copy(round_.manifest, notes, closing if ended else None).encode()


def watched(round_: Round, record: Record, *watchers: Watcher) -> Record:
    """Return the record with what these witnesses signed beside it."""
    copies = {f"witness-{n}.txt": copy_of(round_, record, each) for n, each in enumerate(watchers, start=1)}
    return replace(record, witnesses=copies)
