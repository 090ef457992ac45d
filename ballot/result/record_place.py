"""Where a record is made before it lies where it belongs: a place of its own for each who writes one.

Here live closing an archive and laying a record. Never here: what is in a record (closing.py).

Two may write the record of a round at a time, and the same box gives both the same bytes.
"""

from __future__ import annotations

from ballot.house import House
from ballot.own_place import own_place
from ballot.result.tally_process import run_tally
from tally.record import Record


def close_archive(house: House, uuid: str, begun: bytes) -> bytes:
    """Have the tally's program close an archive, and return it. Raises TallyRefused."""
    with own_place(house.folder(uuid)) as place:
        path = place / f"{uuid}.bel"
        path.write_bytes(begun)
        run_tally("close", path)
        return path.read_bytes()


def lay(house: House, uuid: str, record: Record) -> None:
    """Put a record's files where they belong, each whole or not there, closing.txt last."""
    house.record(uuid).mkdir(parents=True, exist_ok=True)
    with own_place(house.folder(uuid)) as place:
        record.write(place)
        for name, _stored in record.everything():
            (place / name).replace(house.record(uuid) / name)
