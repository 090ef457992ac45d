"""An issuer at work: sign, count, pause, resume, end, declare; each a call of the registry's, each harmless repeated.

Here live these acts over the issuer's own database. Never here: a credential before the list is fixed, or a name.
"""

from __future__ import annotations

from threading import Lock

from sqlalchemy import select

from ballot.issuer import log
from ballot.issuer.acts import Counts, answer, declare, end_issuing, most_envelopes
from ballot.issuer.house import IssuerHouse
from ballot.issuer.ledger import OwnLedger
from ballot.issuer.rounds import REGISTRY, found
from ballot.models.issuer import IssuerAct, RollLine, Served
from ballot.storage import reading, writing
from keys.signers import Issuer, IssuingFrozen, Kind, hash_blinded
from tally.i18n import marked as _
from tally.protocol.credential_list import CredentialList
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Mismatch, Refused, WrongCount
from tally.protocol.issuance import IssuerStatement
from tally.protocol.manifest import Manifest

_COUNTED_THEN_SIGNED = Lock()


class NotAccepted(Refused):
    """The issuer's operator has not compared this round with the paper yet; nothing is signed for it."""

    code = "ISSUER_NOT_ACCEPTED"
    text = _("Người phụ trách máy cấp phiếu {issuer} chưa chấp nhận đợt này, nên máy chưa ký.")


def sign(house: IssuerHouse, uuid: str, *, kind: Kind, reference: str, blinded: bytes) -> bytes:
    """Return the blind signature for a voter of the roll that was handed over, or for an envelope.

    Raises NoSuchRound, NotAccepted, IssuingPaused, WrongCount, and what `Issuer` raises. Source: SPEC 5.3.
    """
    with reading(house.engine) as session:
        row = found(session, uuid)
        if row.accepted and uuid not in house.rolls:  # from now on the roll does not change any more
            references = session.scalars(select(RollLine.reference).where(RollLine.uuid == uuid))
            house.rolls[uuid] = frozenset(references)
    if not row.accepted:
        raise NotAccepted("round", issuer=house.name)
    ledger = house.ledger(row)
    if ledger.frozen:
        raise IssuingFrozen(house.name)
    issuer = Issuer(house.keyring.issuer(uuid, house.name), voters=house.rolls[uuid], ledger=ledger)
    if kind is not Kind.ENVELOPE:
        return answer(issuer, kind, reference, blinded)
    with _COUNTED_THEN_SIGNED:  # or those who ask at once would all be the last one
        _check_envelopes(ledger, blinded, voters=len(house.rolls[uuid]))
        return answer(issuer, kind, reference, blinded)


def _check_envelopes(ledger: OwnLedger, blinded: bytes, *, voters: int) -> None:
    """Refuse more slips for nobody yet than a hall of this size may have. Raises WrongCount. Source: threats 5.5."""
    made, most = ledger.count(Kind.ENVELOPE), most_envelopes(voters)
    if made >= most and ledger.find(hash_blinded(blinded)) is None:
        raise WrongCount("envelopes", found=made + 1, expected=f"≤ {most}")


def counts(house: IssuerHouse, uuid: str) -> Counts:
    """Return the counts and the head of the log. Raises NoSuchRound."""
    with reading(house.engine) as session:
        row = found(session, uuid)
    return Counts.of(house.ledger(row))


def pause(house: IssuerHouse, uuid: str) -> Counts:
    """Sign nothing from now on, until issuing is resumed or ended; return the counts, which now stand still."""
    return _switch(house, uuid, paused=True)


def resume(house: IssuerHouse, uuid: str) -> Counts:
    """Sign again. Raises NoSuchRound."""
    return _switch(house, uuid, paused=False)


def _switch(house: IssuerHouse, uuid: str, *, paused: bool) -> Counts:
    with writing(house.engine) as session:
        row = found(session, uuid)
        if row.paused != paused:
            row.paused = paused
            log.note(session, actor=REGISTRY, act="pause" if paused else "resume", subject=uuid)
    return counts(house, uuid)


def freeze(house: IssuerHouse, uuid: str) -> Counts:
    """End issuing for good and destroy the key; return the counts with the last head. Raises NoSuchRound."""
    with reading(house.engine) as session:
        row = found(session, uuid)
    end_issuing(house.ledger(row), lambda: house.destroy_key(uuid))
    ended = Counts.of(house.ledger(row))
    with writing(house.engine) as session:
        if session.scalar(select(IssuerAct.height).filter_by(act="destroyed", subject=f"{uuid} {ended.head}")) is None:
            log.note(session, actor=REGISTRY, act="destroyed", subject=f"{uuid} {ended.head}")
    return ended


def statement(house: IssuerHouse, uuid: str, credentials: bytes) -> IssuerStatement:
    """Sign this issuer's closing statement over one list, and never over another; more of it may be void by then.

    Raises NoSuchRound, Mismatch for another list, and what `declare` raises.
    """
    listed = CredentialList.parse(credentials)
    with reading(house.engine) as session:
        row = found(session, uuid)
    signer = house.keyring.statement(uuid, house.name)
    signed = declare(house.ledger(row), Manifest.parse(row.manifest or b""), listed, signer.sign)
    with writing(house.engine) as session:
        row = found(session, uuid)
        _check_one_list(row, listed)
        log.note(session, actor=REGISTRY, act="statement", subject=f"{uuid} {listed.hash}")
    return signed


def _check_one_list(row: Served, listed: CredentialList) -> None:
    public = sha256_hex(listed.public())
    if row.listed not in ("", public):
        raise Mismatch("credentials.json", other=row.listed)
    row.listed = public
