"""Closing: the box gives back what it holds, the record of the round is written, committee and tally do the rest.

Here live the acts from close to result. Never here: a sum; counting is `python -m tally`, a process of its own.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from ballot.acts import Actor, check_allowed, find_round, move, second_person
from ballot.box import require_one, round_of
from ballot.checkpoints import Contents, contents, seal
from ballot.house import ISSUERS, House
from ballot.ledger import SqlLedger
from ballot.models import box as box_tables
from ballot.storage import reading, rewrite, writing
from keys.signers import closing_statement
from tally.i18n import marked as _
from tally.protocol.archive import BALLOT, Archive
from tally.protocol.checkpoint import Closing, encode_notes, sign_note
from tally.protocol.committee import Committee
from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.election import Election
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Incomplete, TallyError
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Act, Phase
from tally.record import (
    ARCHIVE,
    CHECKPOINTS,
    CLOSING,
    COMMITTEE,
    CREDENTIALS,
    ISSUANCE,
    MANIFEST,
    OPENING,
    SPOILED,
    Record,
)

PART = re.compile(r"partial-([1-9])\.json\Z")
PART_LIMIT = 8 * 1024 * 1024


class TallyRefused(TallyError):
    """The tally process refused; its own words are in `output`."""

    code = "TALLY_REFUSED"
    text = _("Chương trình kiểm phiếu không chấp nhận:\n{output}")


def close(house: House, uuid: str, actor: Actor) -> str | None:
    """Close the box when a second person confirms, and write the record; return the root, or nothing if proposed.

    Raises WrongPhase. Source: SPEC 5.9, step 4.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        if not second_person(session, row, Act.CLOSE, actor):
            return None
        with writing(house.box) as box:
            box_row = round_of(box, uuid)
            require_one(box_row, Phase.VOTING, Phase.CLOSED)
            box_row.phase = Phase.CLOSED.value
        move(session, row, Act.CLOSE, actor)
    return write_record(house, uuid)


def write_again(house: House, uuid: str, actor: Actor) -> str:
    """Write the record of a closed round once more, if writing was cut off. Raises WrongPhase. Returns the root."""
    with reading(house.registry) as session:
        check_allowed(find_round(session, uuid), Act.TALLY)
    return write_record(house, uuid)


def write_record(house: House, uuid: str) -> str:
    """Seal the last batch, rewrite the box in key order, write the record of the closed round; return its root.

    The same box gives the same bytes, so it may be called again.
    """
    seal(house, uuid, closing=True)
    rewrite(house.box)
    with reading(house.box) as session:
        row = round_of(session, uuid)
        found = contents(session, uuid, Election.parse(row.election or b""))
    path = house.folder(uuid) / f"{uuid}.bel"  # outside the record, whose files are each whole or not there
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_archive(row, found).encode())
    run_tally("close", path)
    closed = path.read_bytes()
    root = Archive.parse(closed).root
    Record(_files(house, row, found, closed, root), path.name).write(house.record(uuid))
    path.unlink()
    return root


def written_root(house: House, uuid: str) -> str:
    """Return the root of a record that was written to its end (closing.txt comes last), or nothing."""
    folder = house.record(uuid)
    if not (folder / CLOSING).is_file():
        return ""
    return Archive.parse((folder / f"{uuid}.bel").read_bytes()).root


def _archive(row: box_tables.Election, found: Contents) -> Archive:
    credentials = CredentialList.parse(row.credentials or b"")
    begun = Archive.begin(
        Manifest.parse(row.manifest).timestamp,
        election=row.election or b"",
        trustees=Committee.parse(row.committee or b"").trustees.raw,
        credentials=credentials.public(),
    )
    return begun.extended(*((BALLOT, (raw,)) for raw in found.ballots)) if found.ballots else begun


def _files(house: House, row: box_tables.Election, found: Contents, closed: bytes, root: str) -> dict[str, bytes]:
    manifest, credentials = Manifest.parse(row.manifest), CredentialList.parse(row.credentials or b"")
    spoiled = found.spoiled.encode()
    issuance = _issuance(house, manifest, credentials).encode()
    statement = Closing(
        head=found.head,
        manifest=manifest.hash,
        election=sha256_hex(row.election or b""),
        opening=sha256_hex(row.opening or b""),
        credentials=credentials.hash,
        issuance=sha256_hex(issuance),
        spoiled=sha256_hex(spoiled),
        root=root,
    )
    signer = house.keyring.box(manifest.uuid)
    note = sign_note(statement.lines(manifest.origin), manifest.origin, bytes.fromhex(signer.public_hex), signer.sign)
    return {
        MANIFEST: row.manifest,
        COMMITTEE: row.committee or b"",
        OPENING: row.opening or b"",
        CREDENTIALS: row.credentials or b"",
        ISSUANCE: issuance,
        ARCHIVE: closed,
        CHECKPOINTS: encode_notes(found.notes),
        SPOILED: spoiled,
        CLOSING: note.encode(),
    }


def _issuance(house: House, manifest: Manifest, credentials: CredentialList) -> Issuance:
    with reading(house.registry) as session:
        round_id = find_round(session, manifest.uuid).id
    return Issuance(
        tuple(
            closing_statement(
                SqlLedger(house.registry, round_id=round_id, issuer=name, manifest=manifest.hash),
                voided=len(credentials.voided),
                credentials=credentials.hash,
                sign=house.keyring.statement(manifest.uuid, name).sign,
            )
            for name in ISSUERS
        )
    )


# --- after decryption --------------------------------------------------------------------------------------------


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


def run_tally(*arguments: object) -> str:
    """Run `python -m tally` and return what it printed. Raises TallyRefused."""
    done = subprocess.run(  # noqa: S603 - our own module, arguments from this package
        [sys.executable, "-m", "tally", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise TallyRefused(output=(done.stdout + done.stderr)[-2000:])
    return done.stdout
