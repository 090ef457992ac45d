"""Filling a restored box: notes, ballots, opened drafts and voids from outside, each checked as if it came today.

Here lives what is missing and how it is put in. Never here: a ballot that acceptance did not check, or a chain that
contradicts what the box has signed before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.backup.errors import BallotsMissing, ChainsDiffer, CopyIncomplete, LastWordAhead
from ballot.box import seen
from ballot.box.checkpoints import notes as own_notes
from ballot.box.voiding import effective_list
from ballot.models import box as tables
from tally.protocol.acceptance import accept
from tally.protocol.checkpoint import Head, Note, ballots_of, replay
from tally.protocol.cipher import Ciphertext
from tally.protocol.election import Election
from tally.protocol.encoding import decode
from tally.protocol.group import Point
from tally.protocol.holding import Voided
from tally.protocol.manifest import Manifest
from tally.protocol.proofs import Proof
from tally.protocol.spoiled import read_opened

CLOSING = "closing"
LIMIT = 4 * 1024


@dataclass(frozen=True, slots=True)
class Resumed:
    """What was filled in; `chain` counts all checkpoints now.

    `whole` says that nothing can be missing; `closed`, that the box had been closed and stays so.
    """

    ballots: int
    chain: int
    checkpoints: int
    tests: int
    voids: int
    whole: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known from elsewhere: notes of the box, what files and the second copy hold; `copied` if there is one.

    `live` says that the copy is the one that every receipt waited for to the end, and not an older state of it.
    """

    notes: tuple[Note, ...]
    ballots: Mapping[bytes, bytes]
    opened: Mapping[bytes, bytes] = field(default_factory=dict)
    voids: Mapping[bytes, bytes] = field(default_factory=dict)
    copied: frozenset[bytes] | None = None
    live: bool = False


def fill(session: Session, row: tables.Election, outside: Outside) -> Resumed:
    """Put in what is missing, all of it or nothing.

    The last word of a box that was closed shows by itself whether all is there. Raises ChainsDiffer, BallotsMissing,
    CopyIncomplete, and what the checks of notes, ballots, drafts and voids refuse. Source: SPEC 5.2, 5.9; threats C34,
    I13, E11.
    """
    manifest, election = Manifest.parse(row.manifest), Election.parse(row.election or b"")
    had, mine = _hashes(session, row.uuid), own_notes(session, row.uuid, election)
    chain, last = _one_chain(mine, outside.notes, manifest, election)
    named = {bytes.fromhex(h) for note in chain for h in ballots_of(note, "checkpoint")}
    if missing := sorted(named - had - outside.ballots.keys()):
        raise BallotsMissing("round", count=len(missing), first=missing[0].hex()[:16])
    _check_copy(outside.copied, named, had)
    voids = _add_voids(session, row, manifest, outside.voids)
    tests = _add_opened(session, row.uuid, election, outside.opened)
    added = _add_ballots(session, row, election, {h: raw for h, raw in outside.ballots.items() if h not in had})
    _add_chain(session, row.uuid, election, chain, known=len(mine))
    if last is not None and (beyond := (had | added) - named):
        raise ChainsDiffer("closing", size=len(named) + len(beyond))
    for digest in added - named:
        session.add(tables.Staged(uuid=row.uuid, hash=digest))
    for digest in named:
        session.execute(delete(tables.Staged).filter_by(uuid=row.uuid, hash=digest))
    # An empty copy may have been set up just now: it shows nothing.
    whole = last is not None or (outside.live and bool(outside.copied))
    return Resumed(len(added), len(chain), len(chain) - len(mine), tests, voids, whole, last is not None)


def _check_copy(copied: frozenset[bytes] | None, named: set[bytes], had: set[bytes]) -> None:
    """Refuse a database that cannot have been the second copy: nothing is sealed before the copy has it.

    It may lack what the backup holds and no checkpoint names: ballots that came while it was away got no receipt.
    """
    if copied is None:
        return
    if lacking := (named - copied) or (had if not copied else set()):
        raise CopyIncomplete("copy", count=len(lacking))


def _one_chain(
    mine: Sequence[Note], known: Iterable[Note], manifest: Manifest, election: Election
) -> tuple[list[Note], Note | None]:
    """Return the longest chain of all notes, each checked, in which every one of them must be; and the last word.

    Raises ChainsDiffer, LastWordAhead.
    """
    by_size, last = {note.lines[1]: note for note in mine}, list[Note]()
    for note in known:
        signed = [mark for mark in note.signatures if mark[0] == manifest.origin]
        if not signed:
            continue  # a witness's word about itself
        alone = Note(note.lines, tuple(signed))
        alone.check(manifest.origin, manifest.box_key, "checkpoint")
        if CLOSING in alone.lines[3:4]:
            last.append(alone)
        elif by_size.setdefault(alone.lines[1], alone).lines != alone.lines:
            raise ChainsDiffer("checkpoint", size=alone.lines[1])
    chain = sorted(by_size.values(), key=lambda note: int(note.lines[1]))
    head, _ballots = replay(chain, manifest, election.hash)
    for closing in last:
        _check_last(closing, head, manifest.origin)
    return chain, last[0] if last else None


def _check_last(closing: Note, head: Head, origin: str) -> None:
    """Compare a closed box's last word with the chain that is known. Raises LastWordAhead, ChainsDiffer."""
    missing = int(closing.lines[1]) - head.size
    if missing > 0:
        raise LastWordAhead("round", count=missing)
    if list(closing.lines[:3]) != head.lines(origin):
        raise ChainsDiffer("closing", size=closing.lines[1])


def _add_chain(session: Session, uuid: str, election: Election, chain: Sequence[Note], *, known: int) -> None:
    head = Head.start(election.hash)
    for number, note in enumerate(chain):
        after = head.after(ballots_of(note, "checkpoint"))
        if number >= known:
            session.add(tables.Checkpoint(uuid=uuid, head=after.hash, previous=head.hash, note=note.encode()))
        head = after


def _add_voids(session: Session, row: tables.Election, manifest: Manifest, voids: Mapping[bytes, bytes]) -> int:
    added = 0
    for credential, raw in voids.items():
        cause, _newline, said = raw.partition(b"\n")
        proof = Proof.parse(decode(said, "proof", limit=LIMIT), "proof")
        Voided(Point(credential), cause.decode("ascii"), proof).check(manifest.hash, "void")
        if session.get(tables.Voided, (row.uuid, credential)) is None:
            session.add(tables.Voided(uuid=row.uuid, credential=credential, cause=cause.decode("ascii"), proof=said))
            added += 1
    session.flush()
    return added


def _add_opened(session: Session, uuid: str, election: Election, opened: Mapping[bytes, bytes]) -> int:
    added = 0
    for code, raw in opened.items():
        if session.get(tables.Spoiled, (uuid, code)) is not None:
            continue
        found = read_opened(raw, election)
        session.add(tables.Spoiled(uuid=uuid, commit_code=bytes.fromhex(found.commit_code(election)), opened=raw))
        seen.add(session, uuid, found.ciphertexts)
        added += 1
    session.flush()
    return added


def _add_ballots(
    session: Session, row: tables.Election, election: Election, ballots: Mapping[bytes, bytes]
) -> set[bytes]:
    """Take each ballot as the box takes any: with every check of acceptance."""
    listed = effective_list(session, row)
    void, known = frozenset(listed.void), _InSession(session, row.uuid)
    for digest, raw in sorted(ballots.items()):
        ballot = accept(raw, election, listed=listed.points, void=void, box=known).ballot
        session.add(tables.Ballot(uuid=row.uuid, hash=digest, credential=ballot.credential.raw, raw=raw))
        seen.add(session, row.uuid, ballot.ciphertexts())
        session.flush()
    return set(ballots)


class _InSession:
    """What acceptance asks, answered inside the transaction that fills the box."""

    def __init__(self, session: Session, uuid: str) -> None:
        self._session, self._uuid = session, uuid

    def ballot_under(self, credential: Point) -> bytes | None:
        """Return the ballot cast under a credential, if there is one."""
        found = select(tables.Ballot.raw).filter_by(uuid=self._uuid, credential=credential.raw)
        return self._session.scalar(found)

    def holds(self, ciphertexts: Collection[Ciphertext]) -> bool:
        """Say whether the alpha of any of these is known."""
        return seen.holds(self._session, self._uuid, ciphertexts)


def _hashes(session: Session, uuid: str) -> set[bytes]:
    return set(session.scalars(select(tables.Ballot.hash).filter_by(uuid=uuid)))
