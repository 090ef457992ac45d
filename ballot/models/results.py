"""What comes after a count: numbers typed from paper, particulars of the minutes, recounts, and rounds held elsewhere.

Here lives what is kept beside a record, and results of older and of paper rounds. Never here: a ballot, or a number of
our own rounds; those stand in their records.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.registry import RegistryBase


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


class RuleVersion(RegistryBase):
    """An organisation's own rule set, or its own version of one that ships: TOML; append-only, the newest holds.

    An empty text: it was taken back, and what ships holds again.
    """

    __tablename__ = "rule_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="rule_version_organisation"))
    rule_set: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(100_000))
    login: Mapped[str] = mapped_column(String(60))
    __table_args__ = (CheckConstraint("rule_set <> ''", name="rule_version_named"),)
