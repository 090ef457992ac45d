"""An issuer's own tables: its rounds, its copy of each roll, its log, its acts; in a database that only it opens.

Here lives what an issuer must remember. Never here: a credential, a name of a voter, or anything of the registry's.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ballot.models.columns import ActColumns, IssuingColumns


class IssuerBase(DeclarativeBase):
    """Base of an issuer's tables."""


class Served(IssuerBase):
    """A round that this issuer made keys for; both public halves as the manifest writes them.

    `manifest` is empty until roll and manifest were handed over; `accepted` says that the operator compared them with
    the paper; `paused`, that the registry is fixing the list; `listed` is the hash of the one list a statement was
    signed for. `salt` is of the voters' hashes in the log.
    """

    __tablename__ = "served"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(2000))
    statement_key: Mapped[str] = mapped_column(String(64))
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary)
    accepted: Mapped[bool]
    paused: Mapped[bool]
    listed: Mapped[str] = mapped_column(String(64))


class RollLine(IssuerBase):
    """A voter of the roll that was handed over: the reference, and a salted hash of the whole line, name and all."""

    __tablename__ = "roll_line"
    uuid: Mapped[str] = mapped_column(ForeignKey("served.uuid", name="roll_line_served"), primary_key=True)
    reference: Mapped[str] = mapped_column(String(60), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


class LogEntry(IssuingColumns, IssuerBase):
    """One entry of the log; `voter_once` and `blinded_once` repeat what must be unique."""

    __tablename__ = "log_entry"
    uuid: Mapped[str] = mapped_column(ForeignKey("served.uuid", name="log_entry_served"), primary_key=True)
    height: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    __table_args__ = (
        UniqueConstraint("uuid", "voter_once", name="log_entry_one_slip"),
        UniqueConstraint("uuid", "blinded_once", name="log_entry_one_answer"),
    )


class IssuerAct(ActColumns, IssuerBase):
    """One act in this issuer's own hash-chained audit log."""

    __tablename__ = "issuer_act"
