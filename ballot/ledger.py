"""An issuer's ledger in the registry's database: what keys.issuer asks of a ledger, one transaction for each call.

Here lives its storage. Never here: a decision to sign, which the issuer makes, or a voter's name.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ballot.models.registry import IssuerEntry, IssuerLedger, Round
from ballot.storage import reading, writing
from keys.signers import (
    ANSWERS,
    AlreadyIssued,
    Answered,
    BlindedRepeated,
    Entry,
    IssuingFrozen,
    Kind,
    log_start,
    next_head,
)


class SqlLedger:
    """The ledger of one issuer of one round."""

    def __init__(self, engine: Engine, *, round_id: int, issuer: str, manifest: str) -> None:
        self._engine, self._round = engine, round_id
        self.issuer, self.manifest = issuer, manifest
        with writing(engine) as session:
            row = session.get(IssuerLedger, (round_id, issuer))
            if row is None:
                row = IssuerLedger(round_id=round_id, issuer=issuer, salt=secrets.token_bytes(32))
                session.add(row)
            self.salt = row.salt

    @property
    def head(self) -> str:
        """Head of the log."""
        with reading(self._engine) as session:
            return self._tip(session)[1]

    @property
    def frozen(self) -> bool:
        """Whether issuing has ended."""
        return self.count(Kind.FROZEN) > 0

    def find(self, blinded: str) -> Answered | None:
        """Return the answer to this blinded message, by its hash."""
        with reading(self._engine) as session:
            row = session.scalar(self._mine().where(IssuerEntry.blinded_once == blinded))
        return Answered(_entry(row), row.signature) if row else None

    def has_issued(self, voter: str) -> bool:
        """Tell whether this voter, by hash, has received a slip."""
        with reading(self._engine) as session:
            return session.scalar(self._mine().where(IssuerEntry.voter_once == voter)) is not None

    def count(self, kind: Kind) -> int:
        """Count the entries of a kind."""
        with reading(self._engine) as session:
            rows = self._mine().where(IssuerEntry.kind == kind.value).subquery()
            return session.scalar(select(func.count()).select_from(rows)) or 0

    @property
    def signed(self) -> int:
        """Count everything that this issuer has signed."""
        return sum(self.count(kind) for kind in ANSWERS)

    def append(self, entry: Entry, signature: bytes = b"") -> None:
        """Add an act. Raises IssuingFrozen, AlreadyIssued, BlindedRepeated, whatever was looked up before."""
        try:
            with writing(self._engine) as session:
                ended = session.scalar(select(Round.frozen).where(Round.id == self._round))
                if session.scalar(self._mine().where(IssuerEntry.kind == Kind.FROZEN.value)) is not None:
                    raise IssuingFrozen(self.issuer)
                if ended and entry.kind is not Kind.FROZEN:  # the list is fixed: nothing may be signed beside it
                    raise IssuingFrozen(self.issuer)
                height, head = self._tip(session)
                session.add(self._row(entry, signature, height=height + 1, head=next_head(head, entry)))
        except IntegrityError as error:
            repeated = "blinded_once" in str(error.orig) or "one_answer" in str(error.orig)
            raise (BlindedRepeated("blinded message") if repeated else AlreadyIssued("voter")) from None

    def _mine(self) -> Select[tuple[IssuerEntry]]:
        return select(IssuerEntry).where(IssuerEntry.round_id == self._round, IssuerEntry.issuer == self.issuer)

    def _tip(self, session: Session) -> tuple[int, str]:
        last = session.scalar(self._mine().order_by(IssuerEntry.height.desc()).limit(1))
        return (last.height, last.head) if last else (0, log_start(manifest=self.manifest, issuer=self.issuer))

    def _row(self, entry: Entry, signature: bytes, *, height: int, head: str) -> IssuerEntry:
        return IssuerEntry(
            round_id=self._round,
            issuer=self.issuer,
            height=height,
            kind=entry.kind.value,
            voter=entry.voter,
            blinded=entry.blinded,
            answer=entry.answer,
            reason=entry.reason,
            head=head,
            signature=signature,
            voter_once=entry.voter if entry.kind is Kind.ISSUED else None,
            blinded_once=entry.blinded if entry.kind in ANSWERS else None,
        )


def _entry(row: IssuerEntry) -> Entry:
    return Entry(Kind(row.kind), row.voter, row.blinded, row.answer, row.reason)
