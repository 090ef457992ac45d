"""What observers say about a round.

Here lives what they sent, as they sent it. Never here: what they were shown.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.registry.base import RegistryBase


class Opinion(RegistryBase):
    """What an observer (Mặt trận Tổ quốc) sent about a round; append-only."""

    __tablename__ = "opinion"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="opinion_round"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", name="opinion_account"))
    day: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(8000))
