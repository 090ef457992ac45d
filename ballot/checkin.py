"""The desk: find a person on the roll, confirm that they are there, give their station a one-time permission.

Here live the desk's acts. Never here: a credential, or a time.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot import audit
from ballot.acts import Actor, find_round
from ballot.house import House
from ballot.models.registry import Authorisation, Round, Voter
from ballot.storage import writing
from tally.i18n import marked as _
from tally.protocol.errors import Refused
from tally.protocol.phase import Phase, WrongPhase


class AlreadyCheckedIn(Refused):
    """Another desk was first."""

    code = "ALREADY_CHECKED_IN"
    text = _("Người này đã được xác nhận có mặt tại bàn {desk}.")


class NoSuchVoter(Refused):
    """Nobody of this number is on the roll of this round."""

    code = "NO_SUCH_VOTER"
    text = _("Không có người này trong danh sách của đợt.")


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many are present, of how many summoned."""

    present: int
    summoned: int


def search(session: Session, row: Round, typed: str) -> list[Voter]:
    """Return voters whose name, unit or reference holds what was typed, diacritics or not, by given name."""
    voters = session.scalars(select(Voter).where(Voter.round_id == row.id)).all()
    wanted = plain(typed)
    found = [v for v in voters if wanted in plain(f"{v.reference} {v.name} {v.unit}")]
    return sorted(found, key=lambda v: (plain(v.name).split()[-1:], plain(v.name), v.reference))


def plain(value: str) -> str:
    """Return a text in lower case without diacritics, for comparing with what people type."""
    decomposed = unicodedata.normalize("NFD", value.casefold().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def attendance(session: Session, row: Round) -> Attendance:
    """Return the live counts."""
    total = select(func.count()).select_from(Voter).where(Voter.round_id == row.id)
    return Attendance(session.scalar(total.where(Voter.present)) or 0, session.scalar(total) or 0)


def check_in(house: House, uuid: str, voter_id: int, actor: Actor) -> str:
    """Mark a voter present and return the one-time code for a station; of two desks exactly one succeeds.

    Raises WrongPhase, NoSuchVoter, AlreadyCheckedIn naming the desk. Source: threats A3, A4.
    """
    code = secrets.token_urlsafe(24)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        if row.phase != Phase.ISSUING.value or row.frozen:
            raise WrongPhase("round", phase=row.phase)
        voter = session.get(Voter, voter_id)
        if voter is None or voter.round_id != row.id:
            raise NoSuchVoter("voter")
        if voter.present:
            raise AlreadyCheckedIn("voter", desk=voter.desk)
        voter.present, voter.desk = True, actor.login
        session.add(Authorisation(digest=digest(code), round_id=row.id, voter_id=voter.id, request=None))
        audit.record(session, actor=actor.login, act="check-in", subject=uuid)  # not who: the log has an order
    return code


def digest(code: str) -> bytes:
    """Return the hash under which a code is kept. SPEC 5.14, step 1."""
    return hashlib.sha256(b"phieu-tin-nhiem/v1/authorisation|" + code.encode("utf-8")).digest()
