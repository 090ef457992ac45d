"""The officials' dossiers, for voters to read before they vote.

Here live papers as pictures that this application drew itself. Never here: a file as it was uploaded.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.columns import one_of
from ballot.models.registry.base import RegistryBase


class Dossier(RegistryBase):
    """One paper of an official's dossier, for the voters to read: self-report, asset declaration, explanation."""

    __tablename__ = "dossier"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="dossier_round"))
    official: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (one_of("kind", ("self_report", "declaration", "explanation"), name="dossier_kind_known"),)


class DossierPage(RegistryBase):
    """A page of a dossier's paper as a picture that this application drew itself."""

    __tablename__ = "dossier_page"
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id", name="dossier_page_dossier"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    image: Mapped[bytes] = mapped_column(LargeBinary)
