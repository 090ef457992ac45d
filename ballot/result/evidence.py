"""Bộ hồ sơ: the evidence pack of a counted round, one file that proves itself on any other machine.

Here lives having it made. Never here: what is in a pack (tally/pack.py).
"""

from __future__ import annotations

from ballot.acts import check_phase, find_round
from ballot.house import House
from ballot.phases import COUNTED
from ballot.result.tally_process import run_tally
from ballot.storage import reading
from ballot.written_record import copied
from tally.protocol.encoding import sha256_hex


def packed(house: House, uuid: str) -> bytes:
    """Return everything about a counted round as one evidence pack, each file of it checked by the tally once more.

    Raises WrongPhase, TallyRefused where a file is not what the record gives, or a signature is still awaited.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_phase(row, *COUNTED)
        manifest = sha256_hex(row.manifest or b"")
    with copied(house, uuid, report=True) as copy:
        out = copy.with_name("bo-ho-so.zip")
        run_tally("pack", copy, out, "--manifest", manifest)
        return out.read_bytes()
