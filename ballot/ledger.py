"""An issuer's ledger in a database: what keys.issuer asks of a ledger, one transaction for each call.

Here lives its storage, for an issuer inside the registry's process and for one of its own. Never here: a decision to
sign, which the issuer makes, or a voter's name.
"""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ballot.models.issuer import LogEntry, Served
from ballot.models.registry.issuing import IssuerEntry, IssuerLedger
from ballot.models.registry.rounds import Round
from ballot.storage import reading, writing
from keys.signers import (
    ANSWERS,
    AlreadyIssued,
    Answered,
    BlindedRepeated,
    Entry,
    IssuingFrozen,
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


class _Ledger:
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


class SqlLedger(_Ledger):
    """The ledger of an issuer inside the registry's process, in the registry's database."""

    _table = IssuerEntry

    def __init__(self, engine: Engine, *, round_id: int, issuer: str, manifest: str) -> None:
        super().__init__(engine, issuer=issuer, manifest=manifest)
        self._place = {"round_id": round_id, "issuer": issuer}

    @property
    def salt(self) -> bytes:
        """Salt of the voters' hashes, drawn when the first of them is made."""
        key = (self._place["round_id"], self.issuer)
        with reading(self._engine) as session:
            row = session.get(IssuerLedger, key)
        if row is None:
            with writing(self._engine) as session:
                row = session.get(IssuerLedger, key)
                if row is None:
                    row = IssuerLedger(**self._place, salt=secrets.token_bytes(32))
                    session.add(row)
        return row.salt

    def _check_going_on(self, session: Session) -> None:
        if session.scalar(select(Round.frozen).where(Round.id == self._place["round_id"])):
            raise IssuingFrozen(self.issuer)  # the list is fixed: nothing may be signed beside it


class OwnLedger(_Ledger):
    """The ledger of an issuer that is a process of its own, in its own database."""

    _table = LogEntry

    def __init__(self, engine: Engine, *, uuid: str, issuer: str, manifest: str, salt: bytes) -> None:
        super().__init__(engine, issuer=issuer, manifest=manifest)
        self._place, self.salt = {"uuid": uuid}, salt

    def _check_going_on(self, session: Session) -> None:
        row = session.get(Served, self._place["uuid"])
        if row is None or row.paused:
            raise IssuingPaused(self.issuer)


def _entry(row: Any) -> Entry:
    return Entry(Kind(row.kind), row.voter, row.blinded, row.answer, row.reason)
