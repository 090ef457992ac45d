"""Invitations into a committee: a link that serves once lets a member's page in, which is known by a token afterwards.

Here live links and devices. Never here: an invitation or a token in the clear, a clock, or a key. SPEC 5.15, step 2.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round
from ballot.committee import attempts
from ballot.committee.seats import check_served, seats
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.committee import CeremonyMessage, Seat
from ballot.models.registry.rounds import Round
from ballot.storage import writing
from keys.signers import NoSuchSeat
from tally.i18n import marked as _
from tally.protocol.errors import Incomplete, Refused, WrongShape
from tally.protocol.phase import Phase

_TOKEN = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")
"""32 bytes in base64url without padding, in their one spelling."""


class InvitationRefused(Refused):
    """Not an invitation that waits: wrong, used or replaced; the answer does not say which."""

    code = "INVITATION_REFUSED"
    text = _("Lời mời không đúng, đã được dùng hoặc đã được thay. Xin quý vị lấy lời mời mới ở ban tổ chức.")


class DeviceUnknown(Refused):
    """No member of this round's committee came in with this device."""

    code = "DEVICE_UNKNOWN"
    text = _("Thiết bị này không giữ chỗ nào trong ban kiểm phiếu của đợt. Xin quý vị lấy lời mời mới ở ban tổ chức.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link for one member, which is shown once."""

    number: int
    name: str
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """A page that came in: the round, the member's number."""

    uuid: str
    number: int


def invite(house: House, uuid: str, actor: Actor, *, number: int | None = None) -> list[Invitation]:
    """Draw links, to be shown this once: for every member whose page has not come in, or anew for one member.

    Whoever is invited anew loses the device; a ceremony in which that member has spoken begins anew, unless the
    committee's key exists already. Raises WrongPhase, Incomplete, NoSuchSeat.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_served(row)
        found, every = attempts.current(session, row), seats(session, row)
        if not every:
            raise Incomplete("committee", missing=_("danh sách ban kiểm phiếu"))
        chosen = [s for s in every if (s.device is None if number is None else s.number == number)]
        if number is not None and not chosen:
            raise NoSuchSeat(f"member {number}", size=len(every))
        links = [_invite(house, session, row, seat, actor) for seat in chosen]
        attempts.changed(found)
        spoken = session.get(CeremonyMessage, (row.id, found.attempt, number, _first_kind(row))) if number else None
        if spoken is not None and found.committee is None and row.phase == Phase.ISSUING:
            attempts.restart(session, found)
        return links


def _first_kind(row: Round) -> str:
    """Return what a member says first: a certificate, or where there is only one member, its key."""
    return attempts.CERTIFICATE if row.committee_size > 1 else attempts.KEY


def _invite(house: House, session: Session, row: Round, seat: Seat, actor: Actor) -> Invitation:
    secret = secrets.token_urlsafe(32)
    seat.invitation, seat.device = _invitation_hash(secret), None
    audit.record(
        session, actor.organisation_id, actor=actor.login, act="invite-member", subject=f"{row.uuid} {seat.number}"
    )
    return Invitation(seat.number, seat.name, f"{house.config.committee_origin}/#vao={secret}")


def join(house: House, invitation: str, device: str) -> Joined:
    """Let a member's page in, known from now on by the token that it drew itself; the invitation is used up.

    A page that is known gets the same answer again: the first may have been lost on the way.
    Raises WrongShape, InvitationRefused, WrongPhase.
    """
    if not _TOKEN.match(device):
        raise WrongShape("device", expected=_TOKEN.pattern)
    with writing(house.registry) as session:
        known = session.scalar(select(Seat).where(Seat.device == _device_hash(device)))
        seat = known or session.scalar(select(Seat).where(Seat.invitation == _invitation_hash(invitation)))
        if seat is None:
            raise InvitationRefused("invitation")
        row = session.get_one(Round, seat.round_id)
        check_served(row)
        if known is not None:
            return Joined(row.uuid, seat.number)
        seat.invitation, seat.device = None, _device_hash(device)
        attempts.changed(attempts.current(session, row))
        audit.record(
            session,
            row.organisation_id,
            actor=f"member {seat.number}",
            act="join-committee",
            subject=f"{row.uuid} {seat.number}",
        )
        return Joined(row.uuid, seat.number)


def known_seat(session: Session, row: Round, device: str) -> Seat:
    """Return the seat of this round that came in with this device. Raises DeviceUnknown."""
    seat = session.scalar(select(Seat).where(Seat.round_id == row.id, Seat.device == _device_hash(device)))
    if seat is None:
        raise DeviceUnknown("device")
    return seat


def _invitation_hash(secret: str) -> bytes:
    """Return the hash under which an invitation is kept. SPEC 5.15, step 2."""
    return hashlib.sha256(b"phieu-tin-nhiem/v1/invitation|" + secret.encode("utf-8", "replace")).digest()


def _device_hash(token: str) -> bytes:
    """Return the hash under which a device's token is kept. SPEC 5.15, step 2."""
    return hashlib.sha256(b"phieu-tin-nhiem/v1/member|" + token.encode("utf-8", "replace")).digest()
