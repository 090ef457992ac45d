"""Rounds held elsewhere: older ones, those of another system, those on paper; only their counts are known.

Here lives what was taken over from a file. Never here: a number of our own rounds; those stand in their records.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.registry.base import RegistryBase


class PastRound(RegistryBase):
    """A round of which only counts are known: older, of another system, or held on paper; `digest` is its file's hash.

    An empty number was not in the file; `base` is what percentages were computed on. `rules` is the rule set as it was
    when the round was taken over, as canonical JSON. past_line says what each of its officials was rated.
    """

    __tablename__ = "past_round"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="past_round_organisation"))
    title: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(String(400))
    session: Mapped[str] = mapped_column(String(400))
    date: Mapped[str] = mapped_column(String(10))
    rule_set: Mapped[str] = mapped_column(String(60))
    rules: Mapped[bytes] = mapped_column(LargeBinary)
    delegates: Mapped[int | None]
    summoned: Mapped[int | None]
    issued: Mapped[int | None]
    returned: Mapped[int | None]
    valid: Mapped[int | None]
    invalid: Mapped[int | None]
    base: Mapped[int | None]
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (UniqueConstraint("organisation_id", "title", "date", name="past_round_once"),)


class PastLine(RegistryBase):
    """One official of a past round; `counts` is canonical JSON, one number or null for each level of its rule set."""

    __tablename__ = "past_line"
    past_round_id: Mapped[int] = mapped_column(ForeignKey("past_round.id", name="past_line_round"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(400))
    position: Mapped[str] = mapped_column(String(400))
    counts: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(400))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", name="past_line_person"))
