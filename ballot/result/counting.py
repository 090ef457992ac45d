"""Counting: the members' partial decryptions come in, and the tally makes result and report of them.

Here live these acts. Never here: a sum or a share opened. Every part is verified when it comes in, so that a wrong one
is its sender's at once, and again by the tally, in a process of its own.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from ballot.acts import Actor, check_allowed, find_round, move
from ballot.box_round import move_box, round_of
from ballot.committee.attempts import MessageExists, changed
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.committee import Ceremony
from ballot.public.cosigning import write_copies
from ballot.result import complaint_wait
from ballot.result.tally_process import run_tally
from ballot.storage import reading, writing
from ballot.whole_files import sync_folder, write_whole
from ballot.written_record import closed_copy, written_root
from keys.signers import NoSuchSeat
from tally.protocol.archive import ENCRYPTED_TALLY, Archive
from tally.protocol.committee import Committee
from tally.protocol.decryption import Binding, PartialDecryption, check_partial, check_strong_proofs
from tally.protocol.election import Election
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Incomplete
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Act, Phase
from tally.protocol.sums import EncryptedTally
from tally.record import CLOSING, REPORT, RESULT

PART = re.compile(r"partial-([1-9])\.json\Z")
PART_LIMIT = 8 * 1024 * 1024


def keep_part(house: House, uuid: str, name: str, raw: bytes, *, by: str) -> Path:
    """Check and keep a member's partial decryption, `partial-N.json`; the same again is harmless.

    A wrong one is the member's and is not kept, whoever hands it in; a valid one is never replaced. Raises WrongPhase,
    ComplaintsOpen, Incomplete, MessageExists, BadDecryption, NoStrongProof and reading errors naming the member.
    Source: SPEC 5.6; threats F9.
    """
    match = PART.match(name)
    if match is None or len(raw) > PART_LIMIT:
        raise Incomplete("partial", missing="partial-N.json")
    with reading(house.registry) as session:
        check_allowed(find_round(session, uuid), Act.TALLY)
    complaint_wait.check_over(house, uuid)
    _check_part(house, uuid, int(match[1]), raw)
    path = house.folder(uuid) / "parts" / match[0]
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.TALLY)
        if path.exists():
            if path.read_bytes() != raw:
                raise MessageExists(f"member {match[1]}")
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, raw)
        if found := session.get(Ceremony, row.id):
            changed(found)
        audit.record(session, row.organisation_id, actor=by, act="keep-part", subject=f"{uuid} {match[1]}")
    return path


def _check_part(house: House, uuid: str, owner: int, raw: bytes) -> None:
    """Verify every proof of a part against the sums in the written record. SPEC 5.6, steps 2 and 3."""
    where = f"member {owner}"
    if not written_root(house, uuid):
        raise Incomplete("record", missing=CLOSING)
    with reading(house.box) as box:
        row = round_of(box, uuid)
    election = Election.parse(row.election or b"")
    owners = Committee.parse(row.committee or b"").trustees.owners
    if owner > len(owners):
        raise NoSuchSeat(where, size=len(owners))
    archive = Archive.parse((house.record(uuid) / f"{uuid}.bel").read_bytes())
    sums = archive.of_type(ENCRYPTED_TALLY)[0].data[0]
    tally, part = EncryptedTally.parse(sums, election), PartialDecryption.parse(raw, election, where)
    binding = Binding(sha256_hex(row.manifest), election.hash, sha256_hex(sums), owner)
    check_partial(election, tally, part, owners[owner - 1], where)
    check_strong_proofs(tally, part, binding, owners[owner - 1], where)


def parts(house: House, uuid: str) -> list[Path]:
    """Return the partial decryptions that have come in."""
    folder = house.folder(uuid) / "parts"
    return sorted(p for p in folder.iterdir() if PART.match(p.name)) if folder.is_dir() else []


def tally(house: House, uuid: str, actor: Actor) -> None:
    """Count, verify and report in processes of their own; the phase moves only when all of them succeed.

    They work in a copy of the closed record, and the record gets nothing of a count before. An act that was cut off
    anywhere is done again from its beginning. Raises WrongPhase, ComplaintsOpen, Incomplete, TallyRefused.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.TALLY)
        manifest = Manifest.parse(row.manifest or b"")
    complaint_wait.check_over(house, uuid)
    found = parts(house, uuid)
    if len(found) < manifest.threshold:
        raise Incomplete("partial", missing=f"{manifest.threshold - len(found)} × partial-N.json")
    write_copies(house, uuid)
    with closed_copy(house, uuid) as counted:
        run_tally("count", counted, *found)
        run_tally("report", counted, "--manifest", manifest.hash)
        _let_stand(house, uuid, actor, counted)


def _let_stand(house: House, uuid: str, actor: Actor, counted: Path) -> None:
    """Move the phase in box and registry, with what was counted in the record. Raises WrongPhase."""
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.TALLY)  # it may have been annulled meanwhile
        with writing(house.box) as box:
            move_box(box, uuid, Phase.CLOSED, Phase.TALLIED)
            made = [f"{uuid}.bel", RESULT, *sorted(f"{REPORT}/{path.name}" for path in (counted / REPORT).iterdir())]
            _move_files(counted, house.record(uuid), made)
        move(house, session, row, Act.TALLY, actor)


def _move_files(source: Path, record: Path, names: list[str]) -> None:
    """Move files of a count into the record, each whole; all are on the disk before the phase says that they are."""
    (record / REPORT).mkdir(exist_ok=True)
    for name in names:
        with (source / name).open("rb+") as file:
            os.fsync(file.fileno())
        (source / name).replace(record / name)
    for folder in (record, record / REPORT):
        sync_folder(folder)
