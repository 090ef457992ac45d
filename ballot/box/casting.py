"""Casting: what the box does with a ballot.

Here lives this act, stored in one transaction. Never here: a name, a time, a log line about one ballot.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import OrderedDict
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from ballot.box import second_copy, seen, voiding
from ballot.box.admission import DOOR
from ballot.box.checkpoints import seal
from ballot.box_round import check_whole, require_now
from ballot.house import House
from ballot.models import box as tables
from ballot.storage import reading, writing
from tally.protocol.acceptance import Accepted, accept, named_credential, overtaken
from tally.protocol.cipher import Ciphertext
from tally.protocol.credential_list import CredentialList
from tally.protocol.election import Election
from tally.protocol.errors import CredentialVoid, NotListed, TooLarge
from tally.protocol.group import Point
from tally.protocol.padding import padded_length, unpadded
from tally.protocol.phase import Phase
from tally.protocol.receipt import Receipt, make_receipt

MOST_ROUNDS = 8  # whose rights are kept in memory


@dataclass(frozen=True, slots=True)
class Rights:
    """A round's election with its list as it was fixed, read once; what is voided later is looked up each time."""

    election: Election
    listed: frozenset[Point]
    by_name: Mapping[str, Point]
    void: frozenset[Point]
    longest: int


_READ: OrderedDict[tuple[str, bytes], Rights] = OrderedDict()
_READING = Lock()


def _rights(session: Session, uuid: str) -> Rights:
    """Return the rights of a round, which no longer change once it has an election; the list alone is a megabyte."""
    table = tables.Election
    election = session.scalar(select(table.election).where(table.uuid == uuid)) or b""
    place = (str(session.connection().engine.url), election)
    with _READING:
        if place not in _READ:
            credentials = session.scalar(select(table.credentials).where(table.uuid == uuid)) or b""
            _READ[place] = _parsed(election, credentials)
            while len(_READ) > MOST_ROUNDS:
                _READ.popitem(last=False)
        return _READ[place]


def _parsed(election: bytes, credentials: bytes) -> Rights:
    found, parsed = CredentialList.parse(credentials), Election.parse(election)
    by_name = {point.encode(): point for point in found.points}
    return Rights(parsed, found.points, by_name, frozenset(found.void), padded_length(parsed))


def cast(house: House, uuid: str, body: bytes) -> Receipt:
    """Take a ballot and return its receipt, once it is on the disk; the same bytes get the same receipt.

    Where there is a second copy, it has the ballot too before the receipt goes out. Raises BoxBusy, WrongPhase,
    BoxBehind, CopyAway, TooLarge and everything acceptance refuses. Source: SPEC 5.2, 5.12, 5.13; threats C1–C24, I1,
    I7, I13, I19.
    """
    DOOR.knock()
    with reading(house.box) as session:
        require_now(session, uuid, Phase.VOTING)
        check_whole(session, uuid)
        rights = _rights(session, uuid)
        void = rights.void | {voided.credential for voided in voiding.voided(session, uuid)}  # grows while voting
    second_copy.begin(house, uuid)
    if len(body) > rights.longest:  # before any point in it is decoded
        raise TooLarge("ballot", limit=rights.longest)
    raw, box = unpadded(body), _Known(house, uuid)
    _glance(raw, rights, void)
    with DOOR.inside():
        accepted = accept(raw, rights.election, listed=rights.listed, void=void, box=box)
        _keep(house, uuid, accepted, raw)
        return make_receipt(accepted.ballot, rights.election, house.keyring.box(uuid).sign)


def _glance(raw: bytes, rights: Rights, void: Collection[Point]) -> None:
    """Refuse by the name at the head alone whoever has no ballot to cast: nobody waits, and no point is decoded.

    Raises NotListed, CredentialVoid. Source: SPEC 5.2, step 3; threats C2, C18.
    """
    name = named_credential(raw, rights.election)
    if name is None:  # reading it will say what is wrong
        return
    credential = rights.by_name.get(name)
    if credential is None:
        raise NotListed("ballot")
    if credential in void:
        raise CredentialVoid("ballot")


def _keep(house: House, uuid: str, accepted: Accepted, raw: bytes) -> None:
    """Have the ballot on the disk and in the second copy; then seal, where it completes a batch."""
    digest = hashlib.sha256(raw)
    if not accepted.repeated:
        _store(house, uuid, accepted, raw, digest.digest())
    second_copy.keep_ballot(house, uuid, digest.hexdigest(), raw)  # of a repeat too: the first try may have failed
    if not accepted.repeated:
        with suppress(DBAPIError, sqlite3.Error):  # the ballot is on the disk; whoever casts next seals it
            seal(house, uuid, closing=False)


def _store(house: House, uuid: str, accepted: Accepted, raw: bytes, digest: bytes) -> None:
    """Insert; the phase is checked again in this very transaction, and the constraints decide every race."""
    ballot = accepted.ballot
    try:
        with writing(house.box) as session:
            require_now(session, uuid, Phase.VOTING)
            check_whole(session, uuid)
            if voiding.is_void(session, uuid, ballot.credential):  # since it was looked up
                raise CredentialVoid("ballot")
            session.add(tables.Ballot(uuid=uuid, hash=digest, credential=ballot.credential.raw, raw=raw))
            session.add(tables.Staged(uuid=uuid, hash=digest))
            seen.add(session, uuid, ballot.ciphertexts())
    except IntegrityError:
        overtaken(ballot, raw, _Known(house, uuid))


class _Known:
    """What acceptance asks of the box; each answer is a short read of its own, since proofs take long."""

    def __init__(self, house: House, uuid: str) -> None:
        self._house, self._uuid = house, uuid

    def ballot_under(self, credential: Point) -> bytes | None:
        """Return the ballot cast under a credential, if there is one."""
        table = tables.Ballot
        found = select(table.raw).where(table.uuid == self._uuid, table.credential == credential.raw)
        with reading(self._house.box) as session:
            return session.scalar(found)

    def holds(self, ciphertexts: Collection[Ciphertext]) -> bool:
        """Say whether the alpha of any of these is known."""
        with reading(self._house.box) as session:
            return seen.holds(session, self._uuid, ciphertexts)
