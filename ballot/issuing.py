"""Issuing: every issuer of the round signs what a station, or a voter's own device, sends under a permission.

Here lives this one act. Never here: a credential (it comes blinded), or the list that follows (freezing.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.acts import find_round
from ballot.house import ISSUERS, House
from ballot.ledger import SqlLedger
from ballot.models.registry import IssuerEntry, OrderKind, OrderState, Round, SlipOrder, Voter
from ballot.orders import check_issuing, move, permission_digest
from ballot.storage import reading, writing
from ballot.voiding import SpoiledNotVoided, spoiled_before_freeze
from keys.signers import BlindedRepeated, Issuer, Kind, Reason, check_blinded, hash_blinded
from tally.i18n import marked as _
from tally.protocol.errors import Refused, WrongCount
from tally.protocol.manifest import Manifest


class NotAuthorised(Refused):
    """No order has this permission, or it was used for another request."""

    code = "NOT_AUTHORISED"
    text = _("Mã của bàn tiếp đón không đúng hoặc đã dùng cho yêu cầu khác.")


def sign(house: House, uuid: str, *, permission: str, blinded: Sequence[bytes]) -> list[bytes]:
    """Return every issuer's blind signature; the same request gets the same answer, any other is refused.

    Raises NotAuthorised, WrongPhase, WrongCount, and what the issuers refuse. Source: SPEC 5.14, step 3; threats A1–A5.
    """
    order, reference = _bind(house, uuid, permission=permission_digest(permission), blinded=blinded)
    issuers = open_issuers(house, uuid)
    pairs = zip(issuers, blinded, strict=True)
    answers = [_answer(issuer, OrderKind(order.kind), reference, message) for issuer, message in pairs]
    with writing(house.registry) as session:
        found = session.get(SlipOrder, order.id)
        if found is not None and found.state == OrderState.TAKEN:
            move(found, OrderState.SIGNED)
    return answers


def _bind(house: House, uuid: str, *, permission: bytes, blinded: Sequence[bytes]) -> tuple[SlipOrder, str]:
    """Bind a permission to this request before anybody signs; return its order and the voter's reference, if any."""
    if len(blinded) != len(ISSUERS):
        raise WrongCount("blinded", found=len(blinded), expected=len(ISSUERS))
    request = hashlib.sha256(b"".join(blinded)).digest()
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_issuing(row)
        # Refused before the permission is bound: one issuer must never sign where the next one will not.
        for issuer, message in zip(Manifest.parse(row.manifest or b"").issuers, blinded, strict=True):
            check_blinded(issuer.key, message)
        order = session.scalar(
            select(SlipOrder).where(SlipOrder.round_id == row.id, SlipOrder.permission == permission)
        )
        if order is None or order.request not in (None, request):
            raise NotAuthorised("authorisation")
        if order.request is None:
            _check_fresh(session, row, blinded)
            if order.kind == OrderKind.REPLACEMENT:
                _check_handed_back(session, row, order, spoiled=spoiled_before_freeze(house, uuid))
        order.request = request  # a repeat is the same request or nothing
        voter = session.get(Voter, order.voter_id) if order.voter_id is not None else None
        return order, voter.reference if voter else ""


def _check_fresh(session: Session, row: Round, blinded: Sequence[bytes]) -> None:
    """Refuse a number that an issuer has answered: two orders that share one would leave the issuers at odds for ever.

    Raises BlindedRepeated.
    """
    table = IssuerEntry
    for name, message in zip(ISSUERS, blinded, strict=True):
        mine = (table.round_id == row.id, table.issuer == name, table.blinded_once == hash_blinded(message))
        if session.scalar(select(table.height).where(*mine)) is not None:
            raise BlindedRepeated("blinded message")


def _check_handed_back(session: Session, row: Round, order: SlipOrder, *, spoiled: int) -> None:
    """Refuse a replacement for which no slip of this round was handed back and voided. Raises SpoiledNotVoided."""
    counted = select(func.count()).where(IssuerEntry.round_id == row.id, IssuerEntry.kind == Kind.REISSUED.value)
    reissued = max(session.scalar(counted.where(IssuerEntry.issuer == name)) or 0 for name in ISSUERS)
    others = select(func.count()).where(SlipOrder.round_id == row.id, SlipOrder.kind == order.kind)
    bound = others.where(SlipOrder.request.is_not(None), SlipOrder.state == OrderState.TAKEN.value)
    wanted = reissued + (session.scalar(bound) or 0) + 1
    if wanted > spoiled:
        raise SpoiledNotVoided("order", reissued=wanted, voided=spoiled)


def _answer(issuer: Issuer, kind: OrderKind, reference: str, message: bytes) -> bytes:
    if kind is OrderKind.ENVELOPE:
        return issuer.issue_envelope(message)
    if kind is OrderKind.REPLACEMENT:
        return issuer.reissue(reference, message, Reason.SPOILED)
    return issuer.issue(reference, message)


def staging_key(house: House, uuid: str) -> str:
    """Return what opens the box's staging, for whoever was just given signatures: one key for all. SPEC 5.14."""
    with reading(house.registry) as session:
        return find_round(session, uuid).staging_key


def open_issuers(house: House, uuid: str) -> list[Issuer]:
    """Return the round's issuers with their ledgers."""
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        manifest = Manifest.parse(row.manifest or b"")
        voters = [v.reference for v in session.query(Voter).filter(Voter.round_id == row.id)]
    return [
        Issuer(
            house.keyring.issuer(uuid, name),
            voters=voters,
            ledger=SqlLedger(house.registry, round_id=row.id, issuer=name, manifest=manifest.hash),
        )
        for name in ISSUERS
    ]
