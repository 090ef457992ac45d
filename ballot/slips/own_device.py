"""A vote from one's own device, where the round's policy allows it: one-time logins, and the slip's order behind each.

Here live handing out logins, using one, and noting that a slip has arrived. Never here: a password in clear after it
was handed out, a credential, a ballot, or a time. What this mode cannot protect stands on its page (threats 1.5, 5.5).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round
from ballot.house import House
from ballot.identity.login import LoginFailed
from ballot.identity.passwords import TURNS
from ballot.log import audit
from ballot.models.registry.roll import Voter, VoterLogin
from ballot.models.registry.rounds import Round
from ballot.models.registry.slips import OrderKind, OrderState, SlipOrder
from ballot.slips.issuing import NotAuthorised
from ballot.slips.orders import OrderExists, check_issuing, is_unused, move, order_own_device, permission_digest
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol.credential import ALPHABET, plain
from tally.protocol.errors import Refused

DESK = _("thiết bị riêng")
"""What the attendance shows in place of a desk."""
CHARACTERS, TYPED = 16, 80  # of a password; what may be typed of one, with whatever stands between
HASHER = PasswordHasher(
    time_cost=2, memory_cost=19_456, parallelism=1
)  # 80 random bits need no more; a roll has hundreds
_NOBODY = HASHER.hash("nobody has this password, and checking it takes as long as any")


class OwnDeviceOff(Refused):
    """The round's policy does not allow it; it is off unless the organiser turns it on before sealing."""

    code = "OWN_DEVICE_OFF"
    text = _("Đợt này không cho bỏ phiếu từ thiết bị riêng. Mời quý vị đến bàn tiếp đón.")


class NobodyWithoutSlip(Refused):
    """Nobody of this reference waits for a slip."""

    code = "NOBODY_WITHOUT_SLIP"
    text = _("Không có ai mang mã này mà chưa có thẻ.")


class NotSignedYet(Refused):
    """The slip cannot have arrived: nobody has signed it."""

    code = "NOT_SIGNED_YET"
    text = _("Thẻ này chưa được các bên cấp thẻ ký. Xin quý vị thử lại từ trang tạo thẻ.")


@dataclass(frozen=True, slots=True)
class Login:
    """A voter's one-time login, as it is handed over on paper and nowhere kept in clear."""

    reference: str
    name: str
    unit: str
    password: str


# --- the organiser hands out logins -------------------------------------------------------------------------------


def hand_out(house: House, uuid: str, actor: Actor, *, reference: str = "") -> list[Login]:
    """Draw a password for everybody who has no slip yet, or for one person; earlier ones of theirs end.

    Whoever is present has a slip, or gets one at a desk; except a voter whose device was lost between logging in and
    its first request: nothing was signed for them, and a new login gives them a new start. Raises WrongPhase,
    OwnDeviceOff, NobodyWithoutSlip.
    """
    with reading(house.registry) as session:
        row = _open_round(session, uuid)
        voters = [v for v in _without_slip(session, row) if reference in ("", v.reference)]
    if reference and not voters:
        raise NobodyWithoutSlip("reference")
    drawn = [(v, new_password()) for v in voters]
    hashes = [HASHER.hash(plain(password)) for _v, password in drawn]  # slow: not while the registry is held
    with writing(house.registry) as session:
        row = _open_round(session, uuid)
        still = {v.id for v in _without_slip(session, row)}
        session.execute(delete(VoterLogin).where(VoterLogin.voter_id.in_([v.id for v in voters])))
        given = [(v, pw, kept) for (v, pw), kept in zip(drawn, hashes, strict=True) if v.id in still]
        session.add_all(VoterLogin(voter_id=v.id, password=kept) for v, _password, kept in given)
        audit.record(
            session, actor.organisation_id, actor=actor.login, act="own-device-logins", subject=f"{uuid} {len(given)}"
        )
    return [Login(v.reference, v.name, v.unit, password) for v, password, _kept in given]


def new_password() -> str:
    """Return 80 random bits as sixteen base-32 characters in groups of four."""
    digits = "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))
    return "-".join(digits[i : i + 4] for i in range(0, CHARACTERS, 4))


def _without_slip(session: Session, row: Round) -> list[Voter]:
    order = select(SlipOrder).where(SlipOrder.round_id == row.id, SlipOrder.once.is_not(None))
    begun = {o.once: o for o in session.scalars(order)}
    voters = session.scalars(select(Voter).where(Voter.round_id == row.id).order_by(Voter.reference)).all()
    return [v for v in voters if (is_unused(begun[v.id]) if v.id in begun else _may_begin(v))]


def _may_begin(voter: Voter) -> bool:
    """Say whether a voter without an order may have one: who is not here, or whose earlier order was withdrawn."""
    return not voter.present or voter.desk == DESK


# --- a voter uses one ---------------------------------------------------------------------------------------------


def log_in(house: House, uuid: str, *, reference: str, password: str) -> str:
    """Use up a login: the voter is present, and a slip is ordered; return the permission for their device.

    The same work and one answer for an unknown reference, no login, and a wrong password. Raises LoginFailed,
    WrongPhase, OwnDeviceOff. Source: threats A22.
    """
    with reading(house.registry) as session:
        row = _open_round(session, uuid)
        voter = session.scalar(select(Voter).where(Voter.round_id == row.id, Voter.reference == reference.strip()))
        found = session.get(VoterLogin, voter.id) if voter else None
    try:
        with TURNS:
            HASHER.verify(found.password if found else _NOBODY, plain(password[:TYPED]))
    except (VerifyMismatchError, InvalidHashError):
        raise LoginFailed("login") from None
    if voter is None or found is None:
        raise LoginFailed("login")
    with writing(house.registry) as session:
        row = _open_round(session, uuid)
        used = session.execute(
            delete(VoterLogin).where(VoterLogin.voter_id == voter.id, VoterLogin.password == found.password)
        )
        if used.rowcount != 1:  # somebody was quicker, with this very login or with a new one
            raise LoginFailed("login")
        permission = _order(session, row, voter.id)
        audit.record(
            session, row.organisation_id, actor="", act="own-device", subject=uuid
        )  # not who: the log has an order
    return permission


def _order(session: Session, row: Round, voter_id: int) -> str:
    """Mark the voter present and order their one slip; return the permission. Raises LoginFailed."""
    voter = session.get(Voter, voter_id)
    if voter is None or not _may_begin(voter):
        raise LoginFailed("login")
    voter.present, voter.desk = True, DESK
    try:
        return order_own_device(session, row, voter)
    except OrderExists:
        raise LoginFailed("login") from None


# --- their device has left its copy with the box -------------------------------------------------------------------


def arrived(house: House, uuid: str, permission: str) -> str:
    """Note that the box has the sealed slip; saying it again is harmless. Return the order's state.

    Raises NotAuthorised, NotSignedYet, OwnDeviceOff.
    """
    with writing(house.registry) as session:
        row = allowed_round(session, uuid)
        order = session.scalar(select(SlipOrder).where(SlipOrder.permission == permission_digest(permission)))
        if order is None or order.round_id != row.id or order.kind != OrderKind.OWN_DEVICE:
            raise NotAuthorised("permission")
        if order.state == OrderState.TAKEN:
            raise NotSignedYet("order")
        if order.state != OrderState.PRINTED:
            move(order, OrderState.DELIVERED)
        return order.state


# --- the policy ---------------------------------------------------------------------------------------------------


def allowed_round(session: Session, uuid: str) -> Round:
    """Return a sealed round that allows own devices. Raises NoSuchRound, OwnDeviceOff."""
    row = find_round(session, uuid)
    if not row.own_device or row.manifest is None:
        raise OwnDeviceOff("round")
    return row


def _open_round(session: Session, uuid: str) -> Round:
    row = allowed_round(session, uuid)
    check_issuing(row)
    return row
