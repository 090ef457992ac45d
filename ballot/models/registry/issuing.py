"""What issuers inside the registry's process answered: their logs, and the blinded messages that orders are bound to.

Here lives what an issuer signed blindly. Never here: a key, or a credential.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.columns import IssuingColumns
from ballot.models.registry.base import RegistryBase


class IssuerLedger(RegistryBase):
    """One issuer of one round: the salt of its voters' hashes, and nothing of its key."""

    __tablename__ = "issuer_ledger"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="issuer_ledger_round"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(40), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))


class IssuerEntry(IssuingColumns, RegistryBase):
    """One entry of the log of an issuer inside the registry's process."""

    __tablename__ = "issuer_entry"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="issuer_entry_round"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(40), primary_key=True)
    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    __table_args__ = (
        UniqueConstraint("round_id", "issuer", "voter_once", name="issuer_entry_one_slip"),
        UniqueConstraint("round_id", "issuer", "blinded_once", name="issuer_entry_one_answer"),
    )


class BoundMessage(RegistryBase):
    """A blinded message, by its hash, that an order was bound to: no issuer is asked to sign it for another order."""

    __tablename__ = "bound_message"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="bound_message_round"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(40), primary_key=True)
    blinded: Mapped[str] = mapped_column(String(64), primary_key=True)
