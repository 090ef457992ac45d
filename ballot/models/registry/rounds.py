"""A round and what is on its ballot: the officials to be rated, and who holds a rated post and is left out.

Here lives what a manifest is made of, besides the roll. Never here: a voter, or what people do on the day.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.columns import one_of
from ballot.models.registry.base import RegistryBase
from tally.protocol.phase import Phase


class Round(RegistryBase):
    """A round. `manifest` is empty until it is sealed; `frozen` says that the list of credentials is final.

    `own_device` is the policy switch of votes from one's own device; `fleet_key` opens the attendants' board,
    `projector_key` the big screen, `reading_key` the dossiers; `revealed` counts the blocks that the big screen shows.
    `accepted_by` is who acknowledged the warnings of a small electorate. `plan` is the approved plan (canonical JSON).
    """

    __tablename__ = "round"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="round_organisation"))
    uuid: Mapped[str] = mapped_column(String(40), unique=True)
    phase: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(String(400))
    session: Mapped[str] = mapped_column(String(400))
    date: Mapped[str] = mapped_column(String(10))
    rule_set: Mapped[str] = mapped_column(String(60))
    rehearsal: Mapped[bool]
    delegates: Mapped[int]
    committee_size: Mapped[int]
    threshold: Mapped[int]
    minimum_ballots: Mapped[int]
    roll_salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    own_device: Mapped[bool]
    fleet_key: Mapped[str] = mapped_column(String(40))
    staging_key: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary)
    frozen: Mapped[bool]
    disclosure: Mapped[str] = mapped_column(String(20))
    secrecy: Mapped[str] = mapped_column(String(40))
    accepted_by: Mapped[str] = mapped_column(String(200))
    projector_key: Mapped[str] = mapped_column(String(40))
    reading_key: Mapped[str] = mapped_column(String(40))
    revealed: Mapped[int]
    plan: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = (one_of("phase", Phase, name="round_phase_known"),)


class Official(RegistryBase):
    """A person to be rated, in ballot order, on one form (loại phiếu); `person_id` where the catalogue knows them."""

    __tablename__ = "official"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="official_round"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    block: Mapped[str] = mapped_column(String(400))
    name: Mapped[str] = mapped_column(String(400))
    position: Mapped[str] = mapped_column(String(400))
    form: Mapped[str] = mapped_column(String(400))
    authority: Mapped[str] = mapped_column(String(400))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", name="official_person"))


class Exempt(RegistryBase):
    """A person who holds a rated post and is not rated in this round, with the reason and its source."""

    __tablename__ = "exempt"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", name="exempt_round"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(400))
    position: Mapped[str] = mapped_column(String(400))
    reason: Mapped[str] = mapped_column(String(400))
    citation: Mapped[str] = mapped_column(String(400))
