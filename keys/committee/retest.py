"""The opening test once more, when the box is closed and everybody is still in the hall: over the same call as before.

Here lives where its inputs come from: a record, or the folder of the ceremony. Never here: the test itself, which is
the one of trustee.py, or a point from outside. SPEC 5.8; threats F1.
"""

from __future__ import annotations

from pathlib import Path

from keys.committee.errors import NotCalled
from keys.committee.exchange import Exchange, read_call
from keys.committee.trustee import TrusteeFile, take_opening_test
from tally.protocol.committee import Committee
from tally.protocol.errors import Incomplete
from tally.protocol.opening import Opening, Passed
from tally.protocol.opening_call import CALL
from tally.record import COMMITTEE, OPENING, Record

RETEST = "retest"
"""The kind of the message: member-N.retest.json, of the same form as member-N.opening.json."""


def is_record(place: Path) -> bool:
    """Say whether this is a record, packed or not, and not the folder of a ceremony."""
    return place.is_file() or (place / OPENING).is_file()


def retest(place: Path, file: TrusteeFile) -> Passed:
    """Show again that this file and passphrase decrypt; nothing is written into the file.

    Raises NotCalled for a member who was not in the first test, and what `take_opening_test` raises.
    """
    memory = file.load()
    committee, nonces = _of_record(place) if is_record(place) else _of_folder(place)
    if memory.index not in nonces:
        raise NotCalled(f"member {memory.index}")
    return take_opening_test(memory, committee, nonces)


def _of_record(place: Path) -> tuple[Committee, dict[int, str]]:
    record = Record.read(place)
    passed = Opening.parse(record[OPENING]).passed
    return Committee.parse(record[COMMITTEE]), {p.owner: p.nonce for p in passed}


def _of_folder(place: Path) -> tuple[Committee, dict[int, str]]:
    exchange = Exchange(place)
    if not (place / CALL).is_file():
        raise Incomplete(place.name, missing=CALL)
    return exchange.committee(), read_call(exchange)
