"""The members of a round's committee: one organiser names them, another confirms the very same list.

Here live names and roles. Never here: an invitation (invitations.py), a message, or a key. SPEC 5.15; threats P4.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round, propose
from ballot.committee import attempts, conflicts
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.acts import Proposal
from ballot.models.registry.committee import Ceremony, CeremonyMessage, Seat
from ballot.models.registry.rounds import Round
from ballot.storage import writing
from tally.i18n import marked as _
from tally.protocol.committee import Committee, Member
from tally.protocol.composing import composed
from tally.protocol.encoding import array, canonical, decode, fields, objects, sha256_compact, text
from tally.protocol.errors import Mismatch, WrongShape
from tally.protocol.override import LONGEST_NAME, MEMBER
from tally.protocol.phase import Phase

ACT = "name-members"
NAMING = (Phase.DRAFT, Phase.ISSUING)
SERVED = (Phase.ISSUING, Phase.READY, Phase.VOTING, Phase.CLOSED, Phase.TALLIED, Phase.CERTIFIED)
"""When a member's page may come in: from the seal on, for as long as a share may have to be used or destroyed."""


def name_members(house: House, uuid: str, members: Sequence[Member], actor: Actor) -> bool:
    """Propose the members in their order, or confirm the very same list of another person; return whether it holds.

    A seat whose name or role changes loses its device, and a ceremony that has begun starts anew.
    Raises WrongPhase, WrongShape, BadText, ConflictOfInterest.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_phase(row, *NAMING, where=ACT)
        raw = _encode(session, row, members)
        found = session.get(Ceremony, row.id)
        if found is None:
            found = Ceremony(round_id=row.id, attempt=1, revision=0, ended="", called=None, committee=None)
            session.add(found)
            session.flush()
        if list(members) == list(named(session, row)):
            return True
        digest = sha256_compact(raw)
        if not propose(session, row, ACT, actor, subject=digest, noted=digest):
            found.proposed = raw
            return False
        session.execute(delete(Proposal).where(Proposal.round_id == row.id, Proposal.act == ACT))
        found.proposed = None
        _seat(session, row, found, members, actor)
        return True


def _encode(session: Session, row: Round, members: Sequence[Member]) -> bytes:
    if len(members) != row.committee_size:
        raise WrongShape("members", expected=str(row.committee_size))
    for number, member in enumerate(members, start=1):
        text(member.name, f"member {number}", limit=LONGEST_NAME)
        text(member.role, f"member {number}", empty=True, limit=LONGEST_NAME)
        conflicts.check_free(session, row, member.name, MEMBER)
    if len(set(members)) < len(members):
        raise WrongShape("members", expected=_("họ tên hoặc nhiệm vụ khác nhau"))
    return canonical([{"name": member.name, "role": member.role} for member in members])


def _seat(session: Session, row: Round, found: Ceremony, members: Sequence[Member], actor: Actor) -> None:
    for number, member in enumerate(members, start=1):
        seat = session.get(Seat, (row.id, number))
        if seat is None or (seat.name, seat.role) != (member.name, member.role):
            if seat is not None:
                session.delete(seat)
                session.flush()
            session.add(Seat(round_id=row.id, number=number, name=member.name, role=member.role))
            audit.record(
                session, actor.organisation_id, actor=actor.login, act=ACT, subject=f"{row.uuid} {number} {member.name}"
            )
    attempts.changed(found)
    if session.scalar(select(CeremonyMessage).where(CeremonyMessage.round_id == row.id).limit(1)) or found.ended:
        attempts.restart(session, found)


def named(session: Session, row: Round) -> tuple[Member, ...]:
    """Return the confirmed members in their order; none before two persons named them."""
    return tuple(Member(seat.name, seat.role) for seat in seats(session, row))


def seats(session: Session, row: Round) -> list[Seat]:
    """Return the seats in their order."""
    return list(session.scalars(select(Seat).where(Seat.round_id == row.id).order_by(Seat.number)))


def read_proposed(found: Ceremony | None) -> tuple[Member, ...]:
    """Return the list that waits for a second person, if one does."""
    if found is None or found.proposed is None:
        return ()
    entries = objects(array(decode(found.proposed, ACT, limit=attempts.MESSAGE_LIMIT), ACT), ACT)
    return tuple(Member(**fields(entry, where, "name", "role")) for entry, where in entries)


def proposed_by(session: Session, row: Round, actor: Actor) -> bool:
    """Say whether it was this person who named the list that waits."""
    found = session.get(Ceremony, row.id)
    subject = sha256_compact(found.proposed) if found and found.proposed else ""
    proposal = session.get(Proposal, (row.id, ACT, subject))
    return proposal is not None and proposal.account_id == actor.account_id


def one_spelling(typed: str) -> str:
    """Return a name as it is kept: composed, single blanks, none at the ends. Raises BadText."""
    return composed(" ".join(typed.split()), "text")


def check_named(session: Session, row: Round, committee: Committee) -> None:
    """Refuse a committee of others than two persons named, where they did. Raises Mismatch."""
    known = named(session, row)
    if known and committee.members != known:
        raise Mismatch("committee.json", other=_("danh sách ban kiểm phiếu"))


def check_served(row: Round) -> None:
    """Refuse a round that is not sealed yet, or was annulled. Raises WrongPhase."""
    check_phase(row, *SERVED, where="committee")
