"""The zero report: that the box held no ballot before it was opened, as the box itself signed it, to be signed by hand.

Here lives reading and verifying what the page prints. Never here: an act, or a time; people write that by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from ballot.box.voiding import effective_list
from ballot.box_round import count, require_one, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.storage import reading
from tally.protocol.committee import Committee, Member
from tally.protocol.election import Election
from tally.protocol.holding import SPOILED, UNUSED_ENVELOPE
from tally.protocol.manifest import Manifest
from tally.protocol.opening import Opening
from tally.protocol.phase import Phase

KNOWN = (Phase.READY, Phase.VOTING, Phase.CLOSED, Phase.TALLIED, Phase.CERTIFIED)


@dataclass(frozen=True, slots=True)
class ZeroReport:
    """What is printed; `ballots` and `tested` are counted now, and only while the box has not been opened.

    `signature` (128 hex digits) is the box's own over "no ballot", checked against its key in the manifest.
    """

    manifest: Manifest
    election: Election
    members: tuple[Member, ...]
    committee: str
    passed: tuple[int, ...]
    signature: str
    listed: int
    spoiled: int
    unused: int
    ballots: int | None
    tested: int | None

    @property
    def usable(self) -> int:
        """How many credentials may still vote."""
        return self.listed - self.spoiled - self.unused


def zero_report(house: House, uuid: str) -> ZeroReport:
    """Return the report of a round whose committee has its key; what the box signed is verified on the way.

    Raises NoSuchRound, WrongPhase, and BadSignature or another refusal where opening.json does not hold. SPEC 5.8.
    """
    with reading(house.box) as session:
        row = round_of(session, uuid)
        require_one(row, *KNOWN)
        listed, ready = effective_list(session, row), row.phase == Phase.READY.value
        ballots = count(session, tables.Ballot, uuid) if ready else None
        tested = count(session, tables.Spoiled, uuid) if ready else None
    manifest, committee = Manifest.parse(row.manifest), Committee.parse(row.committee or b"")
    opening = Opening.parse(row.opening or b"")
    opening.check(manifest, committee)
    reasons = [entry.reason for entry in listed.voided]
    return ZeroReport(
        manifest=manifest,
        election=Election.parse(row.election or b""),
        members=tuple(committee.members),
        committee=committee.hash,
        passed=tuple(p.owner for p in opening.passed),
        signature=opening.zero_report,
        listed=len(listed.credentials),
        spoiled=reasons.count(SPOILED),
        unused=reasons.count(UNUSED_ENVELOPE),
        ballots=ballots,
        tested=tested,
    )
