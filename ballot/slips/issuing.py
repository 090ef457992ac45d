"""Issuing: every issuer of the round signs what a station, or a voter's own device, sends under a permission.

Here lives this one act. Never here: a credential (it comes blinded), or the list that follows (freezing.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.acts import find_round
from ballot.box.staging import make_room
from ballot.box.voiding import SpoiledNotVoided, spoiled_before_freeze
from ballot.house import House
from ballot.ledger import IssuingPaused
from ballot.models.registry.issuing import BoundMessage
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.models.registry.slips import OrderKind, OrderState, SlipOrder
from ballot.slips.issuers import IssuerDoor, doors
from ballot.slips.orders import check_issuing, move, permission_digest
from ballot.storage import reading, writing
from keys.signers import BlindedRepeated, Kind, check_blinded, hash_blinded
from tally.i18n import marked as _
from tally.protocol.errors import Refused, WrongCount
from tally.protocol.manifest import Manifest

KINDS = {OrderKind.ENVELOPE: Kind.ENVELOPE, OrderKind.REPLACEMENT: Kind.REISSUED}
"""What an order is to an issuer; every other is a voter's one slip."""


class NotAuthorised(Refused):
    """No order has this permission, or it was used for another request."""

    code = "NOT_AUTHORISED"
    text = _("Mã của bàn tiếp đón không đúng hoặc đã dùng cho yêu cầu khác.")


@dataclass(frozen=True, slots=True)
class _Bound:
    """An order whose permission is bound to one request: what every issuer is asked for."""

    order: bytes
    manifest: Manifest
    kind: Kind
    reference: str

    @property
    def uuid(self) -> str:
        return self.manifest.uuid


def sign(house: House, uuid: str, *, permission: str, blinded: Sequence[bytes]) -> list[bytes]:
    """Return every issuer's blind signature; the same request gets the same answer, any other is refused.

    Raises NotAuthorised, WrongPhase, WrongCount, IssuerAway, and what the issuers refuse; whatever is cut off between
    two issuers is made good by asking again. Source: SPEC 5.14, step 3; threats A1–A5.
    """
    bound = _bind(house, uuid, permission=permission_digest(permission), blinded=blinded)
    pairs = zip(doors(house, bound.manifest), blinded, strict=True)
    answers = [_answer(house, issuer, bound, message) for issuer, message in pairs]
    with writing(house.registry) as session:
        found = session.get(SlipOrder, bound.order)
        if found is not None and found.state == OrderState.TAKEN:
            move(found, OrderState.SIGNED)
    make_room(house, uuid)  # for the slip that will be delivered
    return answers


def _bind(house: House, uuid: str, *, permission: bytes, blinded: Sequence[bytes]) -> _Bound:
    """Bind a permission to this request before anybody signs; return what is to be signed, and for whom."""
    request = hashlib.sha256(b"".join(blinded)).digest()
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_issuing(row)
        manifest = Manifest.parse(row.manifest or b"")
        if len(blinded) != len(manifest.issuers):
            raise WrongCount("blinded", found=len(blinded), expected=len(manifest.issuers))
        # Refused before the permission is bound: one issuer must never sign where the next one will not.
        for issuer, message in zip(manifest.issuers, blinded, strict=True):
            check_blinded(issuer.key, message)
        order = session.scalar(
            select(SlipOrder).where(SlipOrder.round_id == row.id, SlipOrder.permission == permission)
        )
        if order is None or order.request not in (None, request):
            raise NotAuthorised("authorisation")
        if order.request is None:
            _bind_messages(session, row, manifest, blinded)
            if order.kind == OrderKind.REPLACEMENT:
                _check_handed_back(session, row, spoiled=spoiled_before_freeze(house, uuid))
        order.request = request  # a repeat is the same request or nothing
        voter = session.get(Voter, order.voter_id) if order.voter_id is not None else None
        kind = KINDS.get(OrderKind(order.kind), Kind.ISSUED)
        return _Bound(order.id, manifest, kind, voter.reference if voter else "")


def _bind_messages(session: Session, row: Round, manifest: Manifest, blinded: Sequence[bytes]) -> None:
    """Refuse a number that an order was bound to: two that share one would leave the issuers at odds for ever.

    It is remembered here, whether its issuer has answered or not, so no issuer has to be asked. Raises BlindedRepeated.
    """
    for issuer, message in zip(manifest.issuers, blinded, strict=True):
        place = {"round_id": row.id, "issuer": issuer.name, "blinded": hash_blinded(message)}
        if session.get(BoundMessage, tuple(place.values())) is not None:
            raise BlindedRepeated("blinded message")
        session.add(BoundMessage(**place))


def _check_handed_back(session: Session, row: Round, *, spoiled: int) -> None:
    """Refuse a replacement for which no slip of this round was handed back and voided. Raises SpoiledNotVoided.

    Whatever an issuer replaced, or is about to, was bound here first.
    """
    bound = select(func.count()).where(SlipOrder.round_id == row.id, SlipOrder.kind == OrderKind.REPLACEMENT.value)
    wanted = (session.scalar(bound.where(SlipOrder.request.is_not(None))) or 0) + 1
    if wanted > spoiled:
        raise SpoiledNotVoided("order", reissued=wanted, voided=spoiled)


def _answer(house: House, issuer: IssuerDoor, bound: _Bound, message: bytes) -> bytes:
    """Ask one issuer; one that a freeze left paused when it was cut off is let go on, for nobody is freezing now."""
    try:
        return issuer.sign(bound.uuid, kind=bound.kind, reference=bound.reference, blinded=message)
    except IssuingPaused:
        with writing(house.registry) as session:  # whoever fixes a list holds it
            check_issuing(find_round(session, bound.uuid))
            issuer.resume(bound.uuid)
        return issuer.sign(bound.uuid, kind=bound.kind, reference=bound.reference, blinded=message)


def staging_key(house: House, uuid: str) -> str:
    """Return what opens the box's staging, for whoever was just given signatures: one key for all. SPEC 5.14."""
    with reading(house.registry) as session:
        return find_round(session, uuid).staging_key
