"""The second copy of what a box has taken: one table, keyed by hashes, without row numbers, times or order.

Here lives what another disk or host keeps. Never here: anything that the box itself does not hold.
"""

from __future__ import annotations

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ballot.models.columns import UNORDERED, one_of

BALLOT, OPENED, VOID, NOTE = KINDS = ("ballot", "opened", "void", "note")


class CopyBase(DeclarativeBase):
    """Base of the copy's table."""


class Kept(CopyBase):
    """A ballot, an opened draft, a void with its proof, or a checkpoint; `digest` is its key in the box."""

    __tablename__ = "kept"
    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (one_of("kind", KINDS, name="kept_kind_known"), UNORDERED)
