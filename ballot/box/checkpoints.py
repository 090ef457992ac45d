"""Checkpoints: batches are drawn at random, chained and signed while voting is open; at the end the box gives all back.

Here lives the sealing of batches and what a closed box contains. Never here: a time, or a batch of a single ballot.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.box import laying, second_copy
from ballot.box_round import count, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.storage import RewriteFailed, reading, rewrite, sweep, writing
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import Head, Note, ballots_of, checkpoint_lines, parse_notes, sealed_batches, sign_note
from tally.protocol.election import Election
from tally.protocol.manifest import Manifest
from tally.protocol.spoiled import Spoiled, read_opened

PATIENCE = 200  # milliseconds a voter may wait for readers while a sealed batch is written anew


def seal(house: House, uuid: str, *, closing: bool) -> None:
    """Seal as many batches as may be sealed now, each of ballots that the second copy has too. Raises CopyAway.

    Source: SPEC 5.9.
    """
    with reading(house.box) as session:
        if not sealed_batches(count(session, tables.Staged, uuid), closing=closing):
            return
    with writing(house.box) as session:
        row = round_of(session, uuid)
        manifest, election = Manifest.parse(row.manifest), Election.parse(row.election or b"")
        staged = [h.hex() for h in session.scalars(select(tables.Staged.hash).where(tables.Staged.uuid == uuid))]
        sizes = sealed_batches(len(staged), closing=closing)
        if not closing:  # a copy that is away at the close must not stop the count: nobody waits for a receipt then
            second_copy.keep_staged(house, session, uuid, staged)
        head = _head(session, uuid, election) if sizes else None
        large, sealed = not closing and laying.is_large(session), list[bytes]()
        for size in sizes:
            batch = [staged.pop(secrets.randbelow(len(staged))) for _ in range(size)]
            head = _seal_batch(session, house, manifest, head, batch)
            sealed += map(bytes.fromhex, batch)
            if large:
                laying.lay_anew(session, uuid, sealed[-size:])
    with suppress(second_copy.CopyAway):  # the next seal brings the notes; until then witnesses have them
        second_copy.catch_up(house, uuid)
    second_copy.tidy(house, uuid, () if closing else sealed, patience=PATIENCE)
    if large:  # the batch was laid anew; what still lies about of its order goes
        sweep(house.box, patience=PATIENCE)
    elif not closing:
        with suppress(RewriteFailed):  # large rows keep their order of arrival until the file is written anew
            rewrite(house.box, patience=PATIENCE)


def _seal_batch(session: Session, house: House, manifest: Manifest, head: Head, batch: list[str]) -> Head:
    after = head.after(batch)
    signer = house.keyring.box(manifest.uuid)
    lines = checkpoint_lines(manifest.origin, after, batch)
    note = sign_note(lines, manifest.origin, bytes.fromhex(signer.public_hex), signer.sign)
    hashes = [bytes.fromhex(h) for h in batch]
    session.execute(delete(tables.Staged).where(tables.Staged.uuid == manifest.uuid, tables.Staged.hash.in_(hashes)))
    session.add(tables.Checkpoint(uuid=manifest.uuid, head=after.hash, previous=head.hash, note=note.encode()))
    session.flush()
    return after


def notes(session: Session, uuid: str, election: Election) -> list[Note]:
    """Return the checkpoints in the order of the chain."""
    by_previous = {
        c.previous: c for c in session.scalars(select(tables.Checkpoint).where(tables.Checkpoint.uuid == uuid))
    }
    ordered, at = [], Head.start(election.hash).hash
    while at in by_previous:
        ordered.append(parse_notes(by_previous[at].note, "checkpoint")[0])
        at = by_previous[at].head
    return ordered


def _head(session: Session, uuid: str, election: Election) -> Head:
    head = Head.start(election.hash)
    for note in notes(session, uuid, election):
        head = head.after(ballots_of(note, "checkpoint"))
    return head


# --- what a closed box gives back --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in a closed box, sorted by hash: ballots, checkpoints, opened ballots, head of the chain."""

    ballots: list[bytes]
    notes: list[Note]
    spoiled: Spoiled
    head: Head


def contents(session: Session, uuid: str, election: Election) -> Contents:
    """Return what the box holds of a round."""
    rows = session.scalars(select(tables.Ballot).where(tables.Ballot.uuid == uuid)).all()
    ballots = [raw for _, raw in sorted((Ballot.parse(row.raw).hash, row.raw) for row in rows)]
    opened = [
        read_opened(row.opened, election)
        for row in session.scalars(select(tables.Spoiled).where(tables.Spoiled.uuid == uuid))
    ]
    ordered = tuple(sorted(opened, key=lambda b: b.commit_code(election)))
    return Contents(
        ballots, notes(session, uuid, election), Spoiled(election.hash, ordered), _head(session, uuid, election)
    )
