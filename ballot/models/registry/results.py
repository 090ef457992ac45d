"""What comes after a count: numbers typed from paper, particulars of the minutes, what other programs counted.

Here lives what is kept beside a record. Never here: a ballot, or a result; those stand in the record itself.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.registry.base import RegistryBase


class PaperCount(RegistryBase):
    """What one account counted on paper and typed without seeing another's: A, U and C of SPEC 5.19."""

    __tablename__ = "paper_count"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="paper_count_round"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", name="paper_count_account"), primary_key=True)
    signatures: Mapped[int]
    envelopes_left: Mapped[int]
    slips_counted: Mapped[bool]
    slips_in_box: Mapped[int]


class Sitting(RegistryBase):
    """The particulars of the minutes as they are typed: canonical JSON; `revision` grows with every change."""

    __tablename__ = "sitting"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="sitting_round"), primary_key=True)
    revision: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Recounted(RegistryBase):
    """What one program said when it recounted a record; `root` is that of the record it read."""

    __tablename__ = "recounted"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="recounted_round"), primary_key=True)
    program: Mapped[str] = mapped_column(String(200), primary_key=True)
    root: Mapped[str] = mapped_column(String(64))
    agrees: Mapped[bool]
    said: Mapped[str] = mapped_column(String(2000))
