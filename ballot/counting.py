"""Counting: the members' partial decryptions come in, and the tally makes result and report of them.

Here live these acts. Never here: a sum or a share opened; the tally judges every part in a process of its own.
"""

from __future__ import annotations

import re
from pathlib import Path

from ballot.acts import Actor, check_allowed, find_round, move
from ballot.box import require_one, round_of
from ballot.house import House
from ballot.storage import reading, writing
from ballot.tally_process import run_tally
from tally.protocol.errors import Incomplete
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Act, Phase

PART = re.compile(r"partial-([1-9])\.json\Z")
PART_LIMIT = 8 * 1024 * 1024


def keep_part(house: House, uuid: str, name: str, raw: bytes) -> Path:
    """Keep a member's partial decryption; the tally process judges it. Raises WrongPhase, Incomplete."""
    with reading(house.registry) as session:
        check_allowed(find_round(session, uuid), Act.TALLY)
    match = PART.match(name)
    if match is None or len(raw) > PART_LIMIT:
        raise Incomplete("partial", missing="partial-N.json")
    folder = house.folder(uuid) / "parts"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / match.group(0)
    path.write_bytes(raw)
    return path


def parts(house: House, uuid: str) -> list[Path]:
    """Return the partial decryptions that have come in."""
    folder = house.folder(uuid) / "parts"
    return sorted(p for p in folder.iterdir() if PART.match(p.name)) if folder.is_dir() else []


def tally(house: House, uuid: str, actor: Actor) -> None:
    """Count, verify and report in processes of their own; the phase moves only when all of them succeed.

    Raises WrongPhase, Incomplete, TallyRefused.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.TALLY)
        manifest = Manifest.parse(row.manifest or b"")
    record, found = house.record(uuid), parts(house, uuid)
    if len(found) < manifest.threshold:
        raise Incomplete("partial", missing=f"{manifest.threshold - len(found)} × partial-N.json")
    run_tally("count", record, *found)
    run_tally("report", record, "--manifest", manifest.hash)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.TALLY)  # it may have been annulled meanwhile
        with writing(house.box) as box:
            box_row = round_of(box, uuid)
            require_one(box_row, Phase.CLOSED, Phase.TALLIED)
            box_row.phase = Phase.TALLIED.value
        move(session, row, Act.TALLY, actor)
