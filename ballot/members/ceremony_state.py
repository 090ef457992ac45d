"""What a member's page and the organisers' page see of a ceremony: who is there, what was sent, what is awaited.

Here lives reading only. Never here: a token, a secret, or a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ballot.acts import find_round
from ballot.committee import attempts
from ballot.committee.attempts import (
    CERTIFICATE,
    COMMITMENT,
    DESTRUCTION,
    KEY,
    KINDS,
    NONCE,
    OPENING,
    RETEST,
    REVEAL,
    Table,
)
from ballot.committee.invitations import known_seat
from ballot.committee.seats import check_served, read_proposed, seats
from ballot.house import House
from ballot.models.registry.committee import Ceremony
from ballot.models.registry.rounds import Round
from ballot.result import complaint_wait, counting, papers
from ballot.storage import reading
from tally.protocol.committee import Member
from tally.protocol.encoding import decode
from tally.protocol.incident import MOST_MINUTES
from tally.protocol.phase import Phase
from tally.record import CLOSING

FOR_PAGES = (CERTIFICATE, COMMITMENT, REVEAL, KEY, NONCE)
_PHASES = tuple(Phase)


@dataclass(frozen=True, slots=True)
class MemberState:
    """How far one member is; `sent` are the kinds of message that came in for this attempt."""

    number: int
    name: str
    role: str
    joined: bool
    invited: bool
    sent: tuple[str, ...]
    part: bool

    def as_json(self) -> dict[str, Any]:
        """Return what pages see of a member."""
        return {
            "number": self.number,
            "name": self.name,
            "role": self.role,
            "joined": self.joined,
            "sent": list(self.sent),
            "part": self.part,
            "retested": RETEST in self.sent,
            "destroyed": DESTRUCTION in self.sent,
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """What the organisers' page shows: the members, the list that waits for a second person, how the attempt stands."""

    attempt: int
    members: tuple[MemberState, ...]
    proposed: tuple[Member, ...]
    ended: dict[str, Any] | None
    called: tuple[int, ...]
    committee: str
    complete: bool

    def with_kind(self, kind: str) -> tuple[MemberState, ...]:
        """Return the members who have sent a message of this kind."""
        return tuple(member for member in self.members if kind in member.sent)


def progress(house: House, session: Session, row: Round) -> Progress | None:
    """Return where the committee of a round stands; nothing before anybody named its members."""
    found = session.get(Ceremony, row.id)
    if found is None:
        return None
    lying = attempts.table(house, session, row, found) if row.manifest else None
    members = tuple(_members(house, session, row, lying))
    called = tuple(sorted(lying.called)) if lying else ()
    passed = {member.number for member in members if OPENING in member.sent}
    committee = lying.committee.hash if lying and lying.committee_raw else ""
    complete = bool(called) and set(called) <= passed and not found.ended
    return Progress(found.attempt, members, read_proposed(found), _ended(found), called, committee, complete)


def state(house: House, uuid: str, *, device: str, revision: int) -> dict[str, Any]:
    """Return the state for a member's page, or its revision alone when nothing changed since.

    Raises DeviceUnknown. Source: SPEC 5.15, step 5.
    """
    wait = complaint_wait.waiting(house, uuid)
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        number = known_seat(session, row, device).number
        found, root = attempts.current(session, row), (house.record(uuid) / CLOSING).is_file()
        waits = wait.minutes_left if row.phase == Phase.CLOSED.value else 0
        now = _revision(found, row, root=root, waits=waits)
        if revision == now:
            return {"revision": now}
        lying = attempts.table(house, session, row, found)
        return {
            "revision": now,
            "phase": row.phase,
            "title": row.title,
            "body": row.body,
            "rehearsal": row.rehearsal,
            "attempt": found.attempt,
            "size": row.committee_size,
            "threshold": row.threshold,
            "number": number,
            "members": [member.as_json() for member in _members(house, session, row, lying)],
            "messages": {kind: {str(n): v for n, v in lying.values(kind).items()} for kind in FOR_PAGES},
            "ended": _ended(found),
            "called": [{"owner": n, "nonce": lying.called[n]} for n in sorted(lying.called)] or None,
            "committee": lying.committee_raw is not None,
            "root": root,
            "waits": waits,
            "comparison": _compared(house, session, row) if root else None,
        }


def _compared(house: House, session: Session, row: Round) -> dict[str, Any] | None:
    """Return paper beside record as a member's page shows it, read only; nothing while no two people agree."""
    found = papers.comparison(house, session, row)
    if found is None:
        return None
    lines = [
        {"words": e.words, "left": e.left, "sign": e.sign, "right": e.right, "holds": e.holds} for e in found.equations
    ]
    return {"agrees": found.agrees, "sentence": papers.sentence(house, session, row), "equations": lines}


def committee_file(house: House, uuid: str) -> bytes | None:
    """Return committee.json once there is one. Raises NoSuchRound, WrongPhase."""
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_served(row)
        found = session.get(Ceremony, row.id)
        return attempts.table(house, session, row, found).committee_raw if found else None


def _members(house: House, session: Session, row: Round, lying: Table | None) -> list[MemberState]:
    with_part = {path.name for path in counting.parts(house, row.uuid)}
    return [
        MemberState(
            number=seat.number,
            name=seat.name,
            role=seat.role,
            joined=seat.device is not None,
            invited=seat.invitation is not None,
            sent=tuple(kind for kind in KINDS if lying and seat.number in lying.bodies[kind]),
            part=f"partial-{seat.number}.json" in with_part,
        )
        for seat in seats(session, row)
    ]


def _ended(found: Ceremony) -> dict[str, Any] | None:
    return decode(found.ended.encode(), "ended", limit=400) if found.ended else None


def _revision(found: Ceremony, row: Round, *, root: bool, waits: int) -> int:
    """Return a number that grows with the mailbox, the phase, the written record, and as the wait passes."""
    state = found.revision * 2 * len(_PHASES) + 2 * _PHASES.index(Phase(row.phase)) + root
    return state * (MOST_MINUTES + 1) + MOST_MINUTES - waits
