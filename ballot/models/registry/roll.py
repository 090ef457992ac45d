"""The roll of a round and what a desk adds to it: who is there, at which site, with what photo and signature.

Here lives what is known of a voter before a slip. Never here: a slip, a credential, or a time of arrival.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.registry.base import RegistryBase


class Voter(RegistryBase):
    """A person on the roll; `present` once checked in at a desk; `site` is the place (điểm) where they attend."""

    __tablename__ = "voter"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="voter_round"))
    reference: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(200))
    site: Mapped[str] = mapped_column(String(200))
    present: Mapped[bool]
    desk: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", name="voter_person"))
    __table_args__ = (UniqueConstraint("round_id", "reference", name="voter_reference_once"),)


class Portrait(RegistryBase):
    """A voter's photo for the desk: a small JPEG that this application encoded itself."""

    __tablename__ = "portrait"
    voter_id: Mapped[int] = mapped_column(ForeignKey("voter.id", name="portrait_voter"), primary_key=True)
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)


class Attested(RegistryBase):
    """A voter's signature on the desk's tablet, as strokes (canonical JSON); without one the printed sheet holds it."""

    __tablename__ = "attested"
    voter_id: Mapped[int] = mapped_column(ForeignKey("voter.id", name="attested_voter"), primary_key=True)
    strokes: Mapped[bytes] = mapped_column(LargeBinary)


class VoterLogin(RegistryBase):
    """The one-time password with which a voter issues to a device of their own; only where the policy allows it."""

    __tablename__ = "voter_login"
    voter_id: Mapped[int] = mapped_column(ForeignKey("voter.id", name="voter_login_voter"), primary_key=True)
    password: Mapped[str] = mapped_column(String(200))
