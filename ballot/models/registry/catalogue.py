"""The catalogue's tables: bodies, positions, persons, who held what when, groups, a province's own texts and rules.

Here lives what outlives a round. Never here: a round, or an overwritten past: an end is a date, a change is a row.

All days are ISO 8601 (yyyy-mm-dd); an empty `until` means: still.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.columns import one_of
from ballot.models.registry.base import RegistryBase

CHANGES = ("rename", "merge", "split", "end")
STATUSES = ("serving", "retirement_notice", "suspended", "left")


class Body(RegistryBase):
    """A body (tổ chức, cơ quan) with its lifetime; `level` is a key of the templates, `parent_id` the body above."""

    __tablename__ = "body"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="body_organisation"))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(400))
    level: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("body.id", name="body_parent"))
    since: Mapped[str] = mapped_column(String(10))
    until: Mapped[str] = mapped_column(String(10))
    __table_args__ = (UniqueConstraint("organisation_id", "code", name="body_code_once"),)


class BodyChange(RegistryBase):
    """What ended one body on a day and what came of it: renamed, merged, split, or ended. Append-only.

    One row for each pair of old and new body; `new_id` is empty where nothing came of it.
    """

    __tablename__ = "body_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    day: Mapped[str] = mapped_column(String(10))
    old_id: Mapped[int] = mapped_column(ForeignKey("body.id", name="body_change_old"))
    new_id: Mapped[int | None] = mapped_column(ForeignKey("body.id", name="body_change_new"))
    basis: Mapped[str] = mapped_column(String(400))
    __table_args__ = (one_of("kind", CHANGES, name="body_change_kind_known"),)


class Position(RegistryBase):
    """A post of a body. `standard` names the equivalent (chức danh tương đương) in the national list, or is empty.

    `authority` is the managing authority (cấp quản lý cán bộ), `block` and `form` where the post stands on a ballot.
    """

    __tablename__ = "position"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="position_organisation"))
    code: Mapped[str] = mapped_column(String(60))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id", name="position_body"))
    title: Mapped[str] = mapped_column(String(400))
    standard: Mapped[str] = mapped_column(String(60))
    authority: Mapped[str] = mapped_column(String(400))
    block: Mapped[str] = mapped_column(String(400))
    form: Mapped[str] = mapped_column(String(400))
    rank: Mapped[int]
    since: Mapped[str] = mapped_column(String(10))
    until: Mapped[str] = mapped_column(String(10))
    __table_args__ = (UniqueConstraint("organisation_id", "code", name="position_code_once"),)


class Person(RegistryBase):
    """A person, told apart by `code`, for names repeat; `unit` is where they work, in words."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="person_organisation"))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    born: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str] = mapped_column(String(200))
    site: Mapped[str] = mapped_column(String(200))
    __table_args__ = (UniqueConstraint("organisation_id", "code", name="person_code_once"),)


class Appointment(RegistryBase):
    """That a person held a post from a day on; a person may have several, a post several or none."""

    __tablename__ = "appointment"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", name="appointment_person"))
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id", name="appointment_position"))
    since: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(String(400))
    __table_args__ = (UniqueConstraint("person_id", "position_id", "since", name="appointment_once"),)


class AppointmentStatus(RegistryBase):
    """What became of an appointment from a day on; the latest day not after today holds. Append-only."""

    __tablename__ = "appointment_status"
    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id", name="appointment_status_of"))
    status: Mapped[str] = mapped_column(String(20))
    day: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(String(400))
    __table_args__ = (
        one_of("status", STATUSES, name="appointment_status_known"),
        Index("appointment_status_by", "appointment_id", "day"),
    )


class Group(RegistryBase):
    """A group whose members may be voters, e.g. a committee (ban chấp hành) or the heads of units."""

    __tablename__ = "voter_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="voter_group_organisation"))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(400))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id", name="voter_group_body"))
    __table_args__ = (UniqueConstraint("organisation_id", "code", name="voter_group_code_once"),)


class Membership(RegistryBase):
    """That a person belongs to a group from a day on, until another."""

    __tablename__ = "membership"
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("voter_group.id", name="membership_group"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", name="membership_person"))
    since: Mapped[str] = mapped_column(String(10))
    until: Mapped[str] = mapped_column(String(10))
    __table_args__ = (UniqueConstraint("group_id", "person_id", "since", name="membership_once"),)


class TemplateVersion(RegistryBase):
    """An organisation's own version of a national template; `base_text` is the national text it was made from.

    `base` is that one's hash. The newest row of a name holds; an empty text means: the national one again. Append-only.
    """

    __tablename__ = "template_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="template_version_organisation"))
    name: Mapped[str] = mapped_column(String(60))
    base: Mapped[str] = mapped_column(String(64))
    base_text: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(60))


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
