"""What became of a slip: recorded, absent or void; the definite answer after a terminal was unplugged while it sent.

Here lives this one question, which only who holds the slip can ask. Never here: a trace of it; nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ballot.box import second_copy, voiding
from ballot.box_round import check_whole, require_one, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.storage import reading
from tally.protocol.ballot import Ballot
from tally.protocol.election import Election
from tally.protocol.encoding import decode, fields, sha256_hex
from tally.protocol.errors import NotListed
from tally.protocol.group import Point
from tally.protocol.holding import check_standing
from tally.protocol.phase import Phase
from tally.protocol.proofs import Proof
from tally.protocol.receipt import Receipt, make_receipt

LIMIT = 512
RECORDED, ABSENT, VOID = "recorded", "absent", "void"
ANSWERED_IN = (Phase.VOTING, Phase.CLOSED, Phase.TALLIED, Phase.CERTIFIED)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a slip stands; with the very receipt that was given, or would have been, when its ballot was cast."""

    state: str
    receipt: Receipt | None = None

    def as_json(self) -> dict[str, Any]:
        """Return {"state"} or {"state","receipt"}."""
        return {"state": self.state} | ({"receipt": self.receipt.as_json()} if self.receipt else {})


def standing(house: House, uuid: str, body: bytes) -> Standing:
    """Answer whoever proves to hold a slip: {"credential","proof"}.

    Raises WrongPhase, BoxBehind, CopyAway, BadSignature, NotListed, and reading errors. Source: threats C4, I1;
    terminal 3, no. 11.
    """
    with reading(house.box) as session:
        row = round_of(session, uuid)
        require_one(row, *ANSWERED_IN)
    m = fields(decode(body, "standing", limit=LIMIT), "standing", "credential", "proof")
    credential = Point.decode(m["credential"], "credential")
    check_standing(sha256_hex(row.manifest), credential, Proof.parse(m["proof"], "proof"), "proof")
    raw = _ballot_under(house, uuid, credential)
    if raw is not None:
        return _recorded(house, row, raw)
    listed = voiding.listed(row.credentials or b"")
    if credential not in listed.points:
        raise NotListed("credential")
    second_copy.begin(house, uuid)
    with reading(house.box) as session:
        check_whole(session, uuid)
        void = credential in listed.void or voiding.is_void(session, uuid, credential)
    return Standing(VOID if void else ABSENT)


def _recorded(house: House, row: tables.Election, raw: bytes) -> Standing:
    ballot, election = Ballot.parse(raw), Election.parse(row.election or b"")
    if row.phase == Phase.VOTING.value:  # no receipt before the second copy has the ballot
        second_copy.keep_ballot(house, row.uuid, ballot.hash, raw)
    return Standing(RECORDED, make_receipt(ballot, election, house.keyring.box(row.uuid).sign))


def _ballot_under(house: House, uuid: str, credential: Point) -> bytes | None:
    table = tables.Ballot
    with reading(house.box) as session:
        return session.scalar(select(table.raw).where(table.uuid == uuid, table.credential == credential.raw))
