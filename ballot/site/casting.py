"""Casting at a site: the box's own checks, then the ballot on this disk and a receipt that says it is provisional.

Here live this act and what is known of a ballot afterwards. Never here: a name, a time, an order.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ballot.box.admission import DOOR
from ballot.models.site import FINAL, HELD, REFUSED, TAKING, WAITING, HeldBallot, SeenCiphertext, SiteRound
from ballot.site.errors import BoxRefused, SiteNotTaking
from ballot.site.house import SiteHouse
from ballot.site.rounds import found, look_up
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.acceptance import Accepted, accept, overtaken
from tally.protocol.ballot import Ballot
from tally.protocol.booth import commit_code
from tally.protocol.cipher import Ciphertext
from tally.protocol.credential_list import CredentialList
from tally.protocol.election import Election
from tally.protocol.errors import TooLarge
from tally.protocol.group import Point
from tally.protocol.padding import padded_length, unpadded
from tally.protocol.receipt import Receipt
from tally.protocol.site import SiteReceipt

CASE = _("xin gọi cán bộ phục vụ; điểm cầu giữ phiếu này để hai người có trách nhiệm xem xét.")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a site answers for a ballot: its own provisional receipt, or the box's own, which is final."""

    provisional: SiteReceipt | None = None
    final: Receipt | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the box's receipt as the box writes it, or {"held":…}: nobody takes one for the other."""
        if self.final is not None:
            return self.final.as_json()
        return {"held": self.provisional.as_json() if self.provisional else None}


@dataclass(frozen=True, slots=True)
class Rights:
    """A round's election and list, read once for each list."""

    election: Election
    listed: frozenset[Point]
    void: frozenset[Point]


@lru_cache(maxsize=8)
def _rights(election: bytes, credentials: bytes) -> Rights:
    listed = CredentialList.parse(credentials)
    return Rights(Election.parse(election), listed.points, frozenset(listed.void))


def rights(row: SiteRound) -> Rights:
    """Return who may vote in a round, by what this site was told last."""
    return _rights(row.election, row.credentials)


def hold(house: SiteHouse, uuid: str, body: bytes) -> Kept:
    """Take a ballot and answer for it once it is on the disk; the same bytes again get an answer of the same ballot.

    Raises BoxBusy, NoSuchRound, SiteNotTaking, TooLarge, BoxRefused for one that the box has refused, and everything
    acceptance refuses. Source: SPEC 5.2, 5.18; threats I9, I19.
    """
    DOOR.knock()
    row = look_up(house, uuid)
    if row.state == WAITING:
        raise SiteNotTaking("round")
    known = rights(row)
    most = padded_length(known.election)
    if len(body) > most:  # before any point in it is decoded
        raise TooLarge("ballot", limit=most)
    raw = unpadded(body)
    with DOOR.inside():
        accepted = accept(raw, known.election, listed=known.listed, void=known.void, box=_Known(house, uuid))
        if not accepted.repeated:
            _store(house, uuid, accepted, raw)
        return answer_for(house, uuid, accepted.ballot)


def answer_for(house: SiteHouse, uuid: str, ballot: Ballot) -> Kept:
    """Return the receipt of a ballot that this site took. Raises BoxRefused for one that the box has refused."""
    with reading(house.engine) as session:
        election = Election.parse(found(session, uuid).election)
        row = session.get_one(HeldBallot, (uuid, bytes.fromhex(ballot.hash)))
    if row.state == REFUSED:
        raise BoxRefused("ballot", reason=row.refusal, sentence=translate(CASE))
    if row.state == FINAL:
        commit = commit_code(election, tuple(answer.choices for answer in ballot.answers))
        return Kept(final=Receipt(uuid, ballot.tracker, commit, row.receipt.hex()))
    return Kept(provisional=SiteReceipt.make(ballot, election, house.signer(uuid).sign))


def _store(house: SiteHouse, uuid: str, accepted: Accepted, raw: bytes) -> None:
    """Insert; the state is checked in this very transaction, and the constraints decide every race."""
    ballot = accepted.ballot
    try:
        with writing(house.engine) as session:
            if found(session, uuid).state != TAKING:
                raise SiteNotTaking("round")
            digest = bytes.fromhex(ballot.hash)
            row = HeldBallot(uuid=uuid, hash=digest, credential=ballot.credential.raw, raw=raw, state=HELD)
            row.receipt, row.refusal = b"", ""
            session.add(row)
            session.add_all(SeenCiphertext(uuid=uuid, digest=c.alpha_hash) for c in ballot.ciphertexts())
    except IntegrityError:
        overtaken(ballot, raw, _Known(house, uuid))


class _Known:
    """What acceptance asks of this site; each answer is a short read of its own, since proofs take long."""

    def __init__(self, house: SiteHouse, uuid: str) -> None:
        self._house, self._uuid = house, uuid

    def ballot_under(self, credential: Point) -> bytes | None:
        """Return the ballot taken under a credential, if there is one."""
        with reading(self._house.engine) as session:
            return session.scalar(
                select(HeldBallot.raw).where(HeldBallot.uuid == self._uuid, HeldBallot.credential == credential.raw)
            )

    def holds(self, ciphertexts: Collection[Ciphertext]) -> bool:
        """Say whether the alpha of any of these is known."""
        table, digests = SeenCiphertext, [c.alpha_hash for c in ciphertexts]
        with reading(self._house.engine) as session:
            wanted = select(table.digest).where(table.uuid == self._uuid, table.digest.in_(digests)).limit(1)
            return session.scalar(wanted) is not None
