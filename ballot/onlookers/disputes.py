"""Tranh chấp: what a receipt proves, and the chain from one ballot to the result, hash by hash.

Here live looking up and checking. Never here: what a ballot says, whose it is, or a hash by which somebody who may not
see a result could try out what it is.

A receipt that the box signed for a ballot that is not in the record proves that the server lost or hid it; nothing
else does. A tracker that is not there may be mistyped. SPEC 5.12; threats G2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from ballot.house import House
from ballot.onlookers.paper_chain import Link, chain
from ballot.public import board
from ballot.public.disclosure import Sees, Viewer, sees
from tally.protocol.archive import Archive
from tally.protocol.ballot import Ballot
from tally.protocol.booth import check_commit, commit_code
from tally.protocol.election import Election
from tally.protocol.encoding import sha256_compact
from tally.protocol.errors import CodedError, Incomplete
from tally.protocol.manifest import Manifest
from tally.protocol.receipt import Receipt, pasted
from tally.record import CLOSING, Record

LEAST = 6


class Kind(Enum):
    """What is found."""

    HERE = auto()
    ABSENT = auto()
    FAULT = auto()
    """Not here, and the box signed that it is."""
    FORGED = auto()
    """Not here, and the signature is not the box's."""
    SEVERAL = auto()
    SHORT = auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed or scanned from a receipt; only the tracker must be there, and of that the beginning is enough."""

    tracker: str
    commit: str = ""
    signature: str = ""

    @classmethod
    def typed(cls, tracker: str, commit: str = "", signature: str = "") -> Asked:
        """Take blanks off; a whole receipt (SPEC 5.12) that was pasted as the tracker gives all three."""
        if tracker.lstrip().startswith("{"):
            receipt = pasted(tracker)
            return cls(receipt.tracker, receipt.commit, receipt.signature) if receipt else cls("")
        return cls(*("".join(value.split()) for value in (tracker, commit, signature.lower())))


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer. `signed` and `committed` say whether signature and commit code are right, nothing if not asked."""

    kind: Kind
    tracker: str = ""
    signed: bool | None = None
    committed: bool | None = None
    chain: tuple[Link, ...] = field(default=())


def look_up(house: House, uuid: str, asked: Asked, viewer: Viewer) -> Finding:
    """Look a receipt up in the written record. Raises NoSuchRound, NotPublished, Incomplete."""
    found = board.find(house, uuid, viewer)
    if not (found.folder / CLOSING).is_file():
        raise Incomplete("record", missing=CLOSING)
    if len(asked.tracker) < LEAST:
        return Finding(Kind.SHORT)
    record = Record.read(found.folder)
    archive = Archive.parse((found.folder / record.archive_name).read_bytes())
    alike = {sha256_compact(raw): raw for raw in archive.ballots if sha256_compact(raw).startswith(asked.tracker)}
    if len(alike) > 1:
        return Finding(Kind.SEVERAL)
    signed = _is_signed(found.manifest, asked)
    if not alike:
        return Finding({True: Kind.FAULT, False: Kind.FORGED, None: Kind.ABSENT}[signed], asked.tracker, signed)
    tracker, raw = alike.popitem()
    policy = {"disclosure": found.manifest.policy.disclosure, "rehearsal": found.manifest.rehearsal}
    with_result = sees(viewer, phase=found.phase, **policy) >= Sees.RESULT
    election = Election.parse(archive.events[0].data[0])
    links = chain(record, found.manifest, election, archive, raw, with_result=with_result)
    return Finding(Kind.HERE, tracker, signed, _is_committed(election, raw, asked), links)


def _is_signed(manifest: Manifest, asked: Asked) -> bool | None:
    """Say whether the box signed for this ballot; nothing where no whole receipt was given."""
    if not asked.signature:
        return None
    receipt = {"round": manifest.uuid, "tracker": asked.tracker, "commit": asked.commit.lower()}
    try:
        Receipt.parse(receipt | {"signature": asked.signature}).check(manifest)
    except CodedError:
        return False
    return True


def _is_committed(election: Election, raw: bytes, asked: Asked) -> bool | None:
    """Say whether the commit code from the terminal's screen, short or full, is this ballot's."""
    if not asked.commit:
        return None
    ballot = Ballot.parse(raw)
    try:
        check_commit(asked.commit, commit_code(election, tuple(answer.choices for answer in ballot.answers)))
    except CodedError:
        return False
    return True
