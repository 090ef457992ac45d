"""What surrounds a count: the wait for complaints, the book of incidents, what is kept of a round and what is gone.

Here lives what people decide about a round around its count. Never here: a ballot, or when anybody came or voted.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.columns import UNORDERED
from ballot.models.registry.base import RegistryBase


class ComplaintWait(RegistryBase):
    """How many minutes must pass between close and count; `passed` once they have.

    `first` and `second` are the names of who ended the wait early, `reason` is theirs; a `first` alone has proposed it.
    """

    __tablename__ = "complaint_wait"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="complaint_wait_round"), primary_key=True)
    minutes: Mapped[int]
    passed: Mapped[bool]
    first: Mapped[str] = mapped_column(String(200))
    second: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(400))
    __table_args__ = (CheckConstraint("minutes BETWEEN 0 AND 240", name="complaint_wait_bounded"),)


class ComplaintClock(RegistryBase):
    """When one run of one machine began to wait, in seconds since that machine was started; no time of day."""

    __tablename__ = "complaint_clock"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="complaint_clock_round"), primary_key=True)
    run: Mapped[str] = mapped_column(String(64), primary_key=True)
    began: Mapped[int]
    __table_args__ = (UNORDERED,)


class IncidentEntry(RegistryBase):
    """An entry of the book of incidents, its hour as it was typed. Append-only."""

    __tablename__ = "incident"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="incident_round"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    time: Mapped[str] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(String(1000))
    name: Mapped[str] = mapped_column(String(200))


class IncidentSettled(RegistryBase):
    """How an incident was settled, once. Append-only."""

    __tablename__ = "incident_settled"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="incident_settled_round"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(String(1000))
    name: Mapped[str] = mapped_column(String(200))


class Retention(RegistryBase):
    """What happened to a round that has ended: the hash of the pack that was archived, and what was destroyed."""

    __tablename__ = "retention"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="retention_round"), primary_key=True)
    pack: Mapped[str] = mapped_column(String(64))
    keys_gone: Mapped[bool]
    people_gone: Mapped[bool]
