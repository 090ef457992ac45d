"""Conflict of interest: a rated official holds no key and no office of the round, unless two persons wrote down why.

Here live the comparison with the round's officials and the exceptions. Never here: an exception of one person alone, or
one that is made after the committee's key was admitted, for opening.json holds them all. SPEC 5.8; threats P4.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round
from ballot.house import House
from ballot.likeness import likeness
from ballot.log import audit
from ballot.models.registry.accounts import Account
from ballot.models.registry.committee import Override as OverrideRow
from ballot.models.registry.committee import Seat
from ballot.models.registry.rounds import Official, Round
from ballot.phases import COUNTED
from ballot.storage import reading, writing
from tally.protocol.composing import composed
from tally.protocol.encoding import text
from tally.protocol.errors import ConflictOfInterest, Mismatch, WrongShape
from tally.protocol.names import same_person_key
from tally.protocol.override import LONGEST_LOGIN, LONGEST_NAME, MEMBER, MOST, OFFICES, Override, check_reason
from tally.protocol.phase import Phase

UNTIL = (Phase.DRAFT, Phase.ISSUING)
ACT = "override"
READER = "reader"


def check_free(session: Session, row: Round, name: str, office: str) -> None:
    """Refuse an office of this round to somebody with a rated official's name. Raises ConflictOfInterest."""
    if not _is_free(session, row, name, office):
        raise ConflictOfInterest(office, name=name)


def _is_free(session: Session, row: Round, name: str, office: str) -> bool:
    key = likeness(name)
    return key not in _rated(session, row) or (key, office) in _excused(session, row)


def check_account(house: House, uuid: str, *, name: str, role: str) -> None:
    """Refuse every page of a round to an account with a rated official's name; a round that is not there has none.

    Only the offices of OFFICES may be excused. A reader comes in once the round is counted, for nothing can be changed
    any more and onlookers/readers.py shows them their own line alone. Raises ConflictOfInterest.
    """
    with reading(house.registry) as session:
        row = session.scalar(select(Round).where(Round.uuid == uuid))
        if row is not None and not (role == READER and row.phase in COUNTED):
            check_free(session, row, name, role)


def barred(house: House, organisation_id: int, *, name: str, role: str) -> tuple[str, ...]:
    """Return the rounds of an organisation whose pages are closed to an account, which has an official's name there."""
    with reading(house.registry) as session:
        mine = session.scalars(select(Round).where(Round.organisation_id == organisation_id))
        return tuple(row.uuid for row in mine if not _is_free(session, row, name, role))


def overrides(session: Session, row: Round) -> tuple[Override, ...]:
    """Return the confirmed exceptions in the order of opening.json."""
    found = [_value(o) for o in _rows(session, row) if o.second]
    return tuple(sorted(found, key=lambda o: (o.name, o.office)))


def override(house: House, uuid: str, *, name: str, office: str, reason: str, actor: Actor) -> bool:
    """Propose an exception, or confirm it when another person asks for the very same; return whether it holds now.

    Raises WrongPhase once the committee's key was admitted, Mismatch for a name that is no official's, WrongShape,
    BadText.
    """
    reason = check_reason(composed(" ".join(reason.split()), "reason"), "reason")
    if office not in OFFICES:
        raise WrongShape("office", expected=" / ".join(OFFICES))
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_phase(row, *UNTIL, where=ACT)
        official = _official(session, row, name)
        if official is None:
            raise Mismatch("name", other="officials")
        name, login = text(official, "name", limit=LONGEST_NAME), text(actor.login, "login", limit=LONGEST_LOGIN)
        return _propose_or_confirm(session, row, Override(name, office, reason, login, ""))


def _propose_or_confirm(session: Session, row: Round, asked: Override) -> bool:
    found = session.get(OverrideRow, (row.id, asked.name, asked.office))
    if found is not None and found.second:
        return True
    subject = f"{row.uuid} {asked.office} {asked.name}"
    if found is not None and found.reason == asked.reason and found.first != asked.first:
        found.second = asked.first
        audit.record(session, row.organisation_id, actor=asked.first, act=ACT, subject=subject)
        return True
    if found is None:
        if len(_rows(session, row)) >= MOST:
            raise WrongShape("overrides", expected=f"0…{MOST}")
        found = OverrideRow(round_id=row.id, name=asked.name, office=asked.office, second="")
        session.add(found)
    found.reason, found.first = asked.reason, asked.first  # another reason is another proposal
    audit.record(session, row.organisation_id, actor=asked.first, act=f"propose-{ACT}", subject=subject)
    audit.record(
        session, row.organisation_id, actor=asked.first, act=f"{ACT}-reason", subject=f"{row.uuid} {asked.reason}"
    )
    return False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the round's page shows: who is in conflict and where, what was proposed, what holds, whether more may come.

    `concerned` are (name, office) of accounts and members that an official's name bars; `waiting` has no `second`.
    """

    concerned: tuple[tuple[str, str], ...]
    waiting: tuple[Override, ...]
    confirmed: tuple[Override, ...]
    open: bool


def standing(session: Session, row: Round) -> Standing:
    """Return where the conflict of interest stands in this round."""
    rated, excused = _rated(session, row), _excused(session, row)
    accounts = select(Account).where(Account.organisation_id == row.organisation_id).order_by(Account.id)
    holders = [(account.name, account.role) for account in session.scalars(accounts) if account.role in OFFICES]
    seats = select(Seat).where(Seat.round_id == row.id).order_by(Seat.number)
    holders += [(seat.name, MEMBER) for seat in session.scalars(seats)]
    barred = [(n, o) for n, o in holders if likeness(n) in rated and (likeness(n), o) not in excused]
    waiting = tuple(_value(o) for o in _rows(session, row) if not o.second)
    return Standing(tuple(dict.fromkeys(barred)), waiting, overrides(session, row), row.phase in UNTIL)


def _official(session: Session, row: Round, name: str) -> str | None:
    """Return the official whose name this is, before one whose name is read like it: records are checked for it."""
    exactly = {same_person_key(official): official for official in _officials(session, row)}
    return exactly.get(same_person_key(name)) or _rated(session, row).get(likeness(name))


def _rated(session: Session, row: Round) -> dict[str, str]:
    """Return the officials' names by what names that read alike have in common."""
    return {likeness(name): name for name in _officials(session, row)}


def _officials(session: Session, row: Round) -> list[str]:
    found = select(Official.name).where(Official.round_id == row.id).order_by(Official.number.desc())
    return list(session.scalars(found))


def _excused(session: Session, row: Round) -> set[tuple[str, str]]:
    return {(likeness(o.name), o.office) for o in _rows(session, row) if o.second}


def _rows(session: Session, row: Round) -> list[OverrideRow]:
    found = select(OverrideRow).where(OverrideRow.round_id == row.id)
    return list(session.scalars(found.order_by(OverrideRow.name, OverrideRow.office)))


def _value(row: OverrideRow) -> Override:
    return Override(row.name, row.office, row.reason, row.first, row.second)
