"""What was done and by whom: acts that wait for a second person, and the hash-chained log of all acts.

Here lives the log as it is checked. Never here: an act's consequence, or the time of an act about a person.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.columns import UNORDERED, ActColumns
from ballot.models.registry.base import RegistryBase


class Proposal(RegistryBase):
    """An act that one person asked for and a second must confirm; `subject` says about what, where that is needed."""

    __tablename__ = "proposal"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="proposal_round"), primary_key=True)
    act: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(60), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", name="proposal_account"))


class AuditEntry(ActColumns, RegistryBase):
    """One act in the hash-chained audit log of one organisation; triggers refuse to change or delete one.

    `time` is a UTC minute where log/acts_logged.py allows one, else empty. There are no row numbers: they would put one
    organisation's entries with a time between another's check-ins, and time those (threats K5).
    """

    __tablename__ = "audit_entry"
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", name="audit_entry_organisation"), primary_key=True
    )
    time: Mapped[str] = mapped_column(String(20), sort_order=1)  # after the columns of every log
    __table_args__ = (UNORDERED,)


class AuditHead(RegistryBase):
    """A signed head of an audit log: the key of this round signed the entry of this height. Append-only as entries."""

    __tablename__ = "audit_head"
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", name="audit_head_organisation"), primary_key=True
    )
    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="audit_head_round"), primary_key=True)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (UNORDERED,)
