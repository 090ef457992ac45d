"""What must be found after a power cut: every promise kept, nothing half, and work that simply goes on.

Here live these expectations, asked of a real House over stock SQLite. Never here: the layer that played the disk.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine, select

from ballot.box import testing
from ballot.box.checkpoints import notes
from ballot.config import Config
from ballot.house import House
from ballot.issuer import signing
from ballot.issuer.house import IssuerHouse
from ballot.models import box as tables
from ballot.models.issuer import LogEntry
from ballot.models.registry.issuing import IssuerEntry, IssuerLedger
from ballot.storage import open_engine, reading
from keys.issuer import check_log, log_start
from keys.issuer.log import hash_voter
from keys.signers import Entry, Kind
from tally.protocol.ballot import Ballot
from tally.protocol.blind import finalize
from tally.protocol.checkpoint import ballots_of
from tally.protocol.encoding import decode
from tally.protocol.padding import unpadded
from tally.protocol.spoiled import OpenedBallot
from tests.ballot.hall import Hall
from tests.survival.cutting import Disk
from tests.survival.promises import Work, receipt, signatures


def restart(work: Work, disk: Disk, folder: Path, roles: str, *, migrated: bool = True) -> Hall:
    """Leave in a folder what the cut left, with the keys that lay safe, and open it as a server of these roles does.

    Not `migrated`, the schema is not looked at: what a sample saves.
    """
    folder.mkdir()
    disk.write(folder)
    (folder / "keys").symlink_to(work.hall.house.keyring.folder)
    config = Config.from_environ({"BALLOT_INSTANCE": str(folder), "BALLOT_ROLES": roles})
    before = work.hall.house
    if migrated:
        house = replace(House.open(config), keyring=before.keyring)  # its keys are open: that takes a second
    else:
        house = House(config, None, open_engine(config.box_url), before.keyring)
    return Hall(house, work.hall.uuid)


def leave(hall: Hall) -> None:
    hall.house.box.dispose()
    if hall.house.registry_engine is not None:
        hall.house.registry_engine.dispose()


def check_file(engine: Engine) -> None:
    """Check that SQLite finds its file whole."""
    with closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []


# --- the box ------------------------------------------------------------------------------------------------------


def lost(work: Work, disk: Disk, hall: Hall) -> int:
    """Count the ballots that had a receipt before the cut and are not there, byte for byte."""
    with reading(hall.house.box) as session:
        held = set(session.scalars(select(tables.Ballot.raw).filter_by(uuid=hall.uuid)))
    return sum(unpadded(promise.asked) not in held for promise in work.kept("cast", disk.position))


def check_box(hall: Hall) -> None:
    """Check that no act is there by half: ballots, their ciphertexts, batches and chain fit together."""
    check_file(hall.house.box)
    with reading(hall.house.box) as session:
        ballots = {row.hash: row.raw for row in session.scalars(select(tables.Ballot))}
        staged = set(session.scalars(select(tables.Staged.hash)))
        opened = list(session.scalars(select(tables.Spoiled.opened)))
        known = set(session.scalars(select(tables.KnownCiphertext.digest)))
        chain = notes(session, hall.uuid, hall.election)
        checkpoints = list(session.scalars(select(tables.Checkpoint.head)))
    sealed = [bytes.fromhex(digest) for note in chain for digest in ballots_of(note, "checkpoint")]
    assert len(chain) == len(checkpoints)
    assert (len(set(sealed)), set(sealed) | staged) == (len(sealed), set(ballots))
    assert not set(sealed) & staged
    expected = [digest for raw in ballots.values() for digest in _of_ballot(raw)]
    expected += [digest for raw in opened for digest in _of_opened(raw)]
    assert (len(expected), set(expected)) == (len(known), known)


@lru_cache(maxsize=1024)
def _of_ballot(raw: bytes) -> tuple[bytes, ...]:
    return tuple(hashlib.sha256(c.alpha.raw).digest() for c in Ballot.parse(raw).ciphertexts())


@lru_cache(maxsize=1024)
def _of_opened(raw: bytes) -> tuple[bytes, ...]:
    opened = OpenedBallot.parse(decode(raw, "opened", limit=1 << 20), "opened")
    return tuple(hashlib.sha256(o.ciphertext.alpha.raw).digest() for line in opened.rows for o in line)


def check_casting_goes_on(work: Work, disk: Disk, hall: Hall) -> None:
    """Check that the same bytes get the same receipt again, and who got none gets one now. threats C1, I2"""
    kept, house = work.kept("cast", disk.position), hall.house
    for promise in {0, len(kept) - 1, secrets.randbelow(len(kept))} if kept else ():
        assert receipt(house, hall.uuid, kept[promise].asked) == kept[promise].answer
    for promise in work.kept("open", disk.position)[-1:]:
        assert testing.open_for_test(house, hall.uuid, promise.asked) == promise.answer
    waiting = work.next("cast", disk.position)
    if waiting is not None:
        first = receipt(house, hall.uuid, waiting)
        assert receipt(house, hall.uuid, waiting) == first
        check_box(hall)


# --- issuing ------------------------------------------------------------------------------------------------------


def check_ledgers(hall: Hall) -> None:
    """Check each issuer's log, entry by entry, and that no voter has two slips."""
    check_file(hall.house.registry)
    with reading(hall.house.registry) as session:
        salts = {row.issuer: row.salt for row in session.scalars(select(IssuerLedger))}
        rows = list(session.scalars(select(IssuerEntry).order_by(IssuerEntry.height)))
    signed = []
    for issuer, salt in salts.items():
        entries = [row for row in rows if row.issuer == issuer]
        check_entries(entries, manifest=hall.manifest.hash, issuer=issuer)
        assert {row.voter for row in entries} <= {hash_voter(f"DB-{n:04d}", salt) for n in range(44)}
        signed.append(len(entries))
    assert max(signed, default=0) - min(signed, default=0) <= 1  # who was cut off is asked again


def check_entries(rows: list[IssuerEntry] | list[LogEntry], *, manifest: str, issuer: str) -> None:
    entries = [Entry(Kind(row.kind), row.voter, row.blinded, row.answer, row.reason) for row in rows]
    head = rows[-1].head if rows else log_start(manifest=manifest, issuer=issuer)
    check_log(entries, manifest=manifest, issuer=issuer, head=head)
    assert [row.height for row in rows] == list(range(1, len(rows) + 1))
    voters = [row.voter_once for row in rows if row.voter_once]
    assert len(voters) == len(set(voters))


def check_issuing_goes_on(work: Work, disk: Disk, hall: Hall) -> int:
    """Check that what was answered is answered the same, and what was permitted can be signed; count what cannot."""
    unkept = 0
    for promise in work.kept("sign", disk.position):
        unkept += signatures(hall, promise.asked) != promise.answer
    with reading(hall.house.box) as session:
        staged = set(session.scalars(select(tables.StagedCredential.digest)))
    for promise in work.kept("stage", disk.position):
        unkept += hashlib.sha256(promise.asked.sealed).digest() not in staged
    for promise in work.kept("permit", disk.position)[-1:]:
        for key, message, blinding, answer in zip(
            hall.manifest.issuers, promise.asked.messages, promise.asked.blindings,
            signatures(hall, promise.asked), strict=True,
        ):  # fmt: skip
            finalize(key.key, message, blinding=blinding, blind_signature=answer)
    check_ledgers(hall)
    return unkept


def check_alone(work: Work, disk: Disk, issuer: IssuerHouse, folder: Path) -> int:
    """Do the same for an issuer with a database of its own; count the answers that it does not know any more."""
    folder.mkdir()
    disk.write(folder)
    house = IssuerHouse(issuer.config, open_engine(f"sqlite:///{folder}/issuer.db"), issuer.keyring)
    uuid, kept = work.hall.uuid, work.kept("alone", disk.position)
    check_file(house.engine)
    unkept = 0
    for promise in kept:
        unkept += signing.sign(house, uuid, **promise.asked) != promise.answer
    waiting = work.next("alone", disk.position)
    if waiting is not None:
        assert signing.sign(house, uuid, **waiting) == signing.sign(house, uuid, **waiting)
    with reading(house.engine) as session:
        rows = list(session.scalars(select(LogEntry).order_by(LogEntry.height)))
    check_entries(rows, manifest=work.hall.manifest.hash, issuer=issuer.name)
    house.engine.dispose()
    return unkept
