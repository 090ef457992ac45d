"""The audit log: every act, who did it, chained by hashes in the same transaction as the act itself; its signed heads.

Here lives its writing and its checking. Never here: a choice, a credential, a voter's time of arrival. SPEC 5.17.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.keyring import Keyring
from ballot.log import clock
from ballot.log.acts_logged import keeps_time
from ballot.models.registry.accounts import Organisation
from ballot.models.registry.acts import AuditEntry, AuditHead
from ballot.models.registry.rounds import Round
from ballot.phases import ARRIVING
from tally.protocol.acts_log import (
    SUBJECT_LIMIT,
    Entry,
    Head,
    Log,
    entry_hash,
    head_bytes,
    start_hash,
)
from tally.protocol.errors import CodedError


def record(session: Session, organisation_id: int, *, actor: str, act: str, subject: str) -> None:
    """Append an entry to an organisation's log; the caller's transaction makes act and entry one.

    A subject that is longer than the format allows is cut.
    """
    last = _last(session, organisation_id)
    height, previous = (last.height + 1, last.hash) if last else (1, start_hash(_uuid(session, organisation_id)))
    said = {"actor": actor, "act": act, "subject": subject[:SUBJECT_LIMIT], "previous": previous}
    said["time"] = clock.utc_minute() if keeps_time(act, quiet=not _arriving(session, organisation_id)) else ""
    hashed = entry_hash(height, **said)
    session.add(AuditEntry(organisation_id=organisation_id, height=height, hash=hashed, **said))


def sign_head(keyring: Keyring, session: Session, row: Round, *, without_key: bool = False) -> None:
    """Sign the log as it now stands with a sealed round's key; the same height again is harmless.

    `without_key` lets a round end whose key cannot be opened any more. Raises what opening the key raises.
    """
    last = _last(session, row.organisation_id)
    if last is None or session.get(AuditHead, (row.organisation_id, last.height, row.id)) is not None:
        return
    try:
        signer = keyring.log(row.uuid)
    except CodedError:
        if without_key:
            return
        raise
    signed = signer.sign(head_bytes(_uuid(session, row.organisation_id), row.uuid, height=last.height, hash_=last.hash))
    place = {"organisation_id": row.organisation_id, "height": last.height, "round_id": row.id}
    session.add(AuditHead(**place, signature=signed))


def log_of(session: Session, organisation_id: int) -> Log:
    """Return an organisation's whole log as it is exported; its chain is not checked yet."""
    found = session.get_one(Organisation, organisation_id)
    columns = (getattr(AuditEntry, name) for name in Entry.__slots__)
    entries = session.execute(
        select(*columns).where(AuditEntry.organisation_id == organisation_id).order_by(AuditEntry.height)
    )
    heads = session.execute(
        select(AuditHead.height, Round.uuid, AuditHead.signature)
        .join(Round, Round.id == AuditHead.round_id)
        .where(AuditHead.organisation_id == organisation_id)
        .order_by(AuditHead.height, Round.uuid)
    )
    return Log(
        found.uuid,
        found.name,
        tuple(Entry(*row) for row in entries),
        tuple(Head(height, uuid, signature.hex()) for height, uuid, signature in heads),
    )


def check(session: Session, organisation_id: int) -> int:
    """Check the whole log of an organisation and return its length. Raises AuditBroken naming the entry, LogCut."""
    return log_of(session, organisation_id).check_chain()


def _last(session: Session, organisation_id: int) -> AuditEntry | None:
    mine = select(AuditEntry).where(AuditEntry.organisation_id == organisation_id)
    return session.scalar(mine.order_by(AuditEntry.height.desc()).limit(1))


def _uuid(session: Session, organisation_id: int) -> str:
    return session.get_one(Organisation, organisation_id).uuid


def _arriving(session: Session, organisation_id: int) -> bool:
    """Say whether people may be arriving at a desk of any round of this organisation."""
    mine = select(Round.id).where(Round.organisation_id == organisation_id, Round.phase.in_(ARRIVING))
    return session.scalar(mine.limit(1)) is not None
