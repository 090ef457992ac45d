"""A disk that fails at one call, from one call on, or now and then; and what casting and issuing must do about it.

Here live the failures and the looking after each. Never here: which calls are tried (test_io_errors.py).
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy.exc import DBAPIError

from ballot.config import BOX
from ballot.models.box import Ballot
from ballot.storage import failure, reading
from tally.protocol.padding import unpadded
from tests.ballot.hall import Hall
from tests.ballot.look import code_of
from tests.ballot.prepared import Prepared
from tests.survival import found, promises
from tests.survival.cutting import cuts
from tests.survival.promises import Work, over_layer

ERRORS = {
    "read": apsw.SQLITE_IOERR_READ, "write": apsw.SQLITE_IOERR_WRITE, "sync": apsw.SQLITE_IOERR_FSYNC,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE, "open": apsw.SQLITE_CANTOPEN, "delete": apsw.SQLITE_IOERR_DELETE,
}  # fmt: skip
FULL = {"write": apsw.SQLITE_FULL, "truncate": apsw.SQLITE_FULL, "sync": apsw.SQLITE_FULL}
CHANGES = {act: code for act, code in ERRORS.items() if act not in ("read", "open")}
CODES = {"STORAGE_FAILED": 503, "STORAGE_FULL": 507}


@dataclass
class Failing:
    """Fails at the n-th call of these kinds; from then on, where it is `for_good`."""

    at: int
    codes: dict[str, int] = field(default_factory=lambda: ERRORS)
    for_good: bool = False
    seen: int = 0

    def __call__(self, act: str, _file: str) -> int | None:
        if act not in self.codes:
            return None
        self.seen += 1
        return self.codes[act] if self.seen == self.at or (self.for_good and self.seen > self.at) else None

    @property
    def struck(self) -> bool:
        return self.seen >= self.at


def cast(hall: Hall, body: bytes) -> Any:
    """Cast over HTTP and check that a failing disk is named, in words for a voter, and leaves no trace of itself."""
    answer = hall.cast(body)
    if answer.status_code != 201:
        assert CODES.get(code_of(answer)) == answer.status_code, answer.get_data(as_text=True)
        assert not {"sqlite", "I/O", "Traceback", "database"} & set(answer.get_data(as_text=True).split())
    return answer


def in_box(hall: Hall, body: bytes) -> bool:
    with reading(hall.house.box) as session:
        return session.query(Ballot).filter_by(raw=unpadded(body)).one_or_none() is not None


def fail_at(work: Work, body: bytes, failing: Failing) -> bool:
    """Cast while a call fails; return whether there was a receipt. Afterwards the same ballot is taken as it is."""
    work.layer.fault = failing
    answer = cast(work.hall, body)
    work.layer.fault = None
    receipted = answer.status_code == 201
    assert in_box(work.hall, body) or not receipted
    found.check_box(work.hall)
    again = cast(work.hall, body)
    assert again.status_code == 201
    assert again.get_data() == answer.get_data() or not receipted
    return receipted


def fail_while_issuing(work: Work, voter_id: int, failing: Failing) -> bool:
    """Have a slip signed while a call fails; return whether it was. Asked again, the answer is the same."""
    hall = work.hall
    hall.check_in(voter_id)
    hall.station.poll()
    (begun,) = hall.station.state.values()
    request = hall.station.request(begun)
    work.layer.fault = failing
    answer = hall.at_station().ask(f"/dot/{hall.uuid}/cap", request)
    work.layer.fault = None
    signed = answer.status_code == 200
    assert signed or CODES.get(code_of(answer)) == answer.status_code, answer.get_data(as_text=True)
    found.check_ledgers(hall)
    again = hall.at_station().ask(f"/dot/{hall.uuid}/cap", request)
    assert again.status_code == 200
    assert again.get_data() == answer.get_data() or not signed
    hall.station.finish(begun)  # checks every signature
    return signed


# --- and then the power is cut -----------------------------------------------------------------------------------


def failing_and_cut(prepared: Prepared, bodies: list[bytes], images: Path, *, count: int) -> tuple[int, int, int]:
    """Cast on a disk of which one call in sixty fails, cut; return ballots with a receipt, lost ones, and errors."""
    work, errors = over_layer(prepared.at("voting")), 0

    def now_and_then(act: str, _file: str) -> int | None:
        nonlocal errors
        if act not in ERRORS or secrets.randbelow(60):
            return None
        errors += 1
        return ERRORS[act]

    work.layer.fault = now_and_then
    for body in bodies[:24]:
        work.ask("cast", body, lambda body=body: patiently(work, body))
    work.layer.fault = None
    work.stop()
    receipted = missing = 0
    for number, disk in enumerate(cuts(work.layer, count)):
        hall = found.restart(work, disk, images / str(number), BOX)
        receipted += len(work.kept("cast", disk.position))
        missing += found.lost(work, disk, hall)
        found.check_box(hall)
        found.check_casting_goes_on(work, disk, hall)
        found.leave(hall)
        shutil.rmtree(images / str(number))
    return receipted, missing, errors


def patiently(work: Work, body: bytes) -> bytes:
    """Cast as a booth does: the same bytes again until there is a receipt."""
    while True:
        try:
            return promises.receipt(work.hall.house, work.hall.uuid, body)
        except (DBAPIError, sqlite3.Error) as error:
            assert failure(error) is not None, error
