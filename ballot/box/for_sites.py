"""What the box tells a site with a server of its own: where the round stands, its public files, one ballot's receipt.

Here live these answers, which anybody may have. Never here: a way in for ballots other than casting, or a site's name.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ballot.box import second_copy
from ballot.box.standing import ABSENT, ANSWERED_IN, RECORDED, Standing
from ballot.box.voiding import effective_list
from ballot.box_round import check_whole, require_one, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.storage import reading
from tally.i18n import marked as _
from tally.protocol.ballot import Ballot
from tally.protocol.election import Election
from tally.protocol.errors import Incomplete, TooLarge
from tally.protocol.padding import padded_length, unpadded
from tally.protocol.phase import Phase
from tally.protocol.receipt import make_receipt


@dataclass(frozen=True, slots=True)
class Course:
    """Where a round stands, and the hash of its list of credentials with everything that is void by now."""

    phase: str
    credentials: str


def course(house: House, uuid: str) -> Course:
    """Return how the round stands. Raises NoSuchRound, Incomplete before its election is fixed."""
    with reading(house.box) as session:
        row = _fixed(round_of(session, uuid))
        return Course(row.phase, effective_list(session, row).hash)


def committee(house: House, uuid: str) -> bytes:
    """Return committee.json. Raises NoSuchRound, Incomplete."""
    with reading(house.box) as session:
        return _fixed(round_of(session, uuid)).committee or b""


def credentials(house: House, uuid: str) -> bytes:
    """Return credentials.json as it stands: the list never changes, what is void may grow until the close.

    Raises NoSuchRound, Incomplete.
    """
    with reading(house.box) as session:
        return effective_list(session, _fixed(round_of(session, uuid))).encode()


def receipt_again(house: House, uuid: str, body: bytes) -> Standing:
    """Return the receipt of a ballot whose very bytes are in the box, or that it is absent; nothing is written.

    After the close nobody casts, not even again; a site whose last answer was lost asks here. Raises WrongPhase,
    BoxBehind, CopyAway, TooLarge, and reading errors. Source: SPEC 5.18; threats I2, I10.
    """
    with reading(house.box) as session:
        row = round_of(session, uuid)
        require_one(row, *ANSWERED_IN)
        election = Election.parse(row.election or b"")
        most = padded_length(election)
        if len(body) > most:
            raise TooLarge("ballot", limit=most)
        raw = unpadded(body)
        ballot = Ballot.parse(raw)
        found = session.scalar(
            select(tables.Ballot.raw).where(
                tables.Ballot.uuid == uuid, tables.Ballot.hash == bytes.fromhex(ballot.hash)
            )
        )
    if found != raw:
        second_copy.begin(house, uuid)
        with reading(house.box) as session:
            check_whole(session, uuid)
        return Standing(ABSENT)
    if row.phase == Phase.VOTING.value:  # no receipt before the second copy has the ballot
        second_copy.keep_ballot(house, uuid, ballot.hash, raw)
    return Standing(RECORDED, make_receipt(ballot, election, house.keyring.box(uuid).sign))


def _fixed(row: tables.Election) -> tables.Election:
    if row.election is None or row.credentials is None:
        raise Incomplete("round", missing=_("danh sách thẻ đã chốt và khóa của ban kiểm phiếu"))
    return row
