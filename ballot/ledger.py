"""An issuer's ledger in a database: what keys.issuer asks of a ledger, one transaction for each call.

Here lives what it is wherever the issuer runs. Never here: a table (slips/ledger.py inside the registry's process,
issuer/ledger.py in one of its own), a decision to sign, which the issuer makes, or a voter's name.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ballot.storage import reading, writing
from keys.signers import (
    ANSWERS,
    AlreadyIssued,
    Answered,
    BlindedRepeated,
    Entry,
    Kind,
    check_order,
    log_start,
    next_head,
)
from tally.i18n import marked as _
from tally.protocol.errors import Refused


class IssuingPaused(Refused):
    """The registry is fixing the list; whatever is signed meanwhile could be missing on it."""

    code = "ISSUING_PAUSED"
    text = _("Bên cấp phiếu đang tạm dừng để chốt danh sách thẻ. Không có gì bị mất; xin quý vị thử lại sau giây lát.")


class StoredLedger:
    """The ledger of one issuer of one round, in rows that `_place` tells from all others."""

    _table: Any
    _place: dict[str, Any]

    def __init__(self, engine: Engine, *, issuer: str, manifest: str) -> None:
        self._engine = engine
        self.issuer, self.manifest = issuer, manifest

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
            row = session.scalar(self._mine().where(self._table.blinded_once == blinded))
        return Answered(_entry(row), row.signature) if row else None

    def has_issued(self, voter: str) -> bool:
        """Tell whether this voter, by hash, has received a slip."""
        with reading(self._engine) as session:
            return session.scalar(self._mine().where(self._table.voter_once == voter)) is not None

    def count(self, kind: Kind) -> int:
        """Count the entries of a kind."""
        with reading(self._engine) as session:
            rows = self._mine().where(self._table.kind == kind.value).subquery()
            return session.scalar(select(func.count()).select_from(rows)) or 0

    @property
    def signed(self) -> int:
        """Count everything that this issuer has signed."""
        return sum(self.count(kind) for kind in ANSWERS)

    def append(self, entry: Entry, signature: bytes = b"") -> None:
        """Add an act. Raises what `Ledger.append` says, and IssuingPaused; whatever was looked up before."""
        try:
            with writing(self._engine) as session:
                height, head = self._tip(session)  # from here on nobody else writes
                check_order(self, entry.kind)
                if entry.kind not in (Kind.FROZEN, Kind.DESTROYED):
                    self._check_going_on(session)
                session.add(self._row(entry, signature, height=height + 1, head=next_head(head, entry)))
        except IntegrityError as error:
            repeated = "blinded_once" in str(error.orig) or "one_answer" in str(error.orig)
            raise (BlindedRepeated("blinded message") if repeated else AlreadyIssued("voter")) from None

    def _check_going_on(self, session: Session) -> None:
        """Refuse an act of issuing where none may happen now. Raises IssuingFrozen, IssuingPaused."""
        raise NotImplementedError

    def _mine(self) -> Select[Any]:
        return select(self._table).filter_by(**self._place)

    def _tip(self, session: Session) -> tuple[int, str]:
        last = session.scalar(self._mine().order_by(self._table.height.desc()).limit(1))
        return (last.height, last.head) if last else (0, log_start(manifest=self.manifest, issuer=self.issuer))

    def _row(self, entry: Entry, signature: bytes, *, height: int, head: str) -> Any:
        return self._table(
            **self._place,
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


def _entry(row: Any) -> Entry:
    return Entry(Kind(row.kind), row.voter, row.blinded, row.answer, row.reason)
