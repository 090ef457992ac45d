"""Organisations side by side, the catalogue, what is planned before a round, sites, dossiers, signed heads of the log.

Everything that was there before belongs to one organisation, which may be renamed.
"""

import hashlib
import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ROLES = "role IN ('administrator', 'organiser', 'desk', 'issuer', 'observer', 'reader')"
OLD_ROLES = "role IN ('organiser', 'desk')"
FIRST = "Đơn vị thứ nhất"
TABLES = (
    "organisation",
    "body",
    "draft",
    "person",
    "template_version",
    "audit_head",
    "body_change",
    "dossier",
    "exempt",
    "opinion",
    "position",
    "recovery_code",
    "site_envelopes",
    "site_state",
    "staged_list",
    "voter_group",
    "appointment",
    "dossier_page",
    "membership",
    "appointment_status",
)


def upgrade() -> None:
    """Go to this schema."""
    _create_tables()
    op.create_index("appointment_status_by", "appointment_status", ["appointment_id", "day"])
    _give_to_the_first_organisation()
    _extend_accounts()
    _extend_rounds()
    _extend_log()


def _give_to_the_first_organisation() -> None:
    """Make the organisation to which everything belonged that was here before, if anything was."""
    bind = op.get_bind()
    if bind.scalar(sa.text("SELECT count(*) FROM account")) or bind.scalar(sa.text("SELECT count(*) FROM audit_entry")):
        insert = sa.text("INSERT INTO organisation (id, uuid, name) VALUES (1, :uuid, :name)")
        bind.execute(insert, {"uuid": secrets.token_hex(10), "name": FIRST})


def _new(name: str, kind: sa.types.TypeEngine, default: str) -> sa.Column:
    return sa.Column(name, kind, nullable=False, server_default=sa.text(default))


def _extend_accounts() -> None:
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint("account_role_known", type_="check")
        batch.create_check_constraint("account_role_known", ROLES)
        batch.add_column(_new("organisation_id", sa.Integer(), "1"))
        batch.add_column(_new("active", sa.Boolean(), "1"))
        batch.add_column(_new("temporary", sa.Boolean(), "0"))
        batch.add_column(_new("authority", sa.String(length=400), "''"))
        batch.add_column(sa.Column("totp", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("totp_pending", sa.LargeBinary(), nullable=True))
        batch.add_column(_new("totp_step", sa.Integer(), "0"))
        batch.add_column(sa.Column("subject", sa.String(length=200), nullable=True))
        batch.add_column(_new("language", sa.String(length=10), "''"))
        batch.create_unique_constraint("account_subject_once", ["subject"])
        batch.create_foreign_key("account_organisation", "organisation", ["organisation_id"], ["id"])


def _extend_rounds() -> None:
    with op.batch_alter_table("round") as batch:
        batch.add_column(_new("organisation_id", sa.Integer(), "1"))
        batch.add_column(_new("disclosure", sa.String(length=20), "'public'"))
        batch.add_column(_new("secrecy", sa.String(length=40), "''"))
        batch.add_column(_new("accepted_by", sa.String(length=200), "''"))
        batch.add_column(_new("projector_key", sa.String(length=40), "''"))
        batch.add_column(_new("reading_key", sa.String(length=40), "''"))
        batch.add_column(_new("revealed", sa.Integer(), "0"))
        batch.add_column(sa.Column("plan", sa.LargeBinary(), nullable=True))
        batch.create_foreign_key("round_organisation", "organisation", ["organisation_id"], ["id"])
    with op.batch_alter_table("official") as batch:
        batch.add_column(_new("form", sa.String(length=400), "''"))
        batch.add_column(_new("authority", sa.String(length=400), "''"))
        batch.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("official_person", "person", ["person_id"], ["id"])
    with op.batch_alter_table("voter") as batch:
        batch.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("voter_person", "person", ["person_id"], ["id"])


def _extend_log() -> None:
    """Every organisation has a log of its own; the entries so far are the first organisation's."""
    op.rename_table("audit_entry", "old_audit_entry")
    op.create_table(
        "audit_entry",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("time", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="audit_entry_organisation"),
        sa.PrimaryKeyConstraint("organisation_id", "height"),
        sa.UniqueConstraint("hash"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO audit_entry SELECT 1, height, actor, act, subject, previous, hash, '' FROM old_audit_entry")
    op.drop_table("old_audit_entry")
    _chain_anew()
    for name, when in APPEND_ONLY.items():
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, 'append-only'); END")


APPEND_ONLY = {
    "audit_entry_kept": "DELETE ON audit_entry",
    "audit_entry_unchanged": "UPDATE ON audit_entry",
    "audit_entry_appended": "INSERT ON audit_entry WHEN NEW.height != 1 + (SELECT coalesce(max(height), 0) FROM"
    " audit_entry WHERE organisation_id = NEW.organisation_id) OR EXISTS (SELECT 1 FROM audit_entry WHERE"
    " hash = NEW.hash)",  # REPLACE deletes without a DELETE
    "audit_head_kept": "DELETE ON audit_head",
    "audit_head_unchanged": "UPDATE ON audit_head",
    "audit_head_appended": "INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head WHERE organisation_id ="
    " NEW.organisation_id AND height = NEW.height AND round_id = NEW.round_id)",
}


def _chain_anew() -> None:
    """Chain what is there to the organisation: before, a log began with zeros, and no head of one was ever signed."""
    bind = op.get_bind()
    uuid = bind.scalar(sa.text("SELECT uuid FROM organisation WHERE id = 1"))
    previous = hashlib.sha256(f"phieu-tin-nhiem/v1/audit-start|{uuid}".encode()).hexdigest()
    rows = bind.execute(sa.text("SELECT height, actor, act, subject FROM audit_entry ORDER BY height")).all()
    for row in rows:
        fields = json.dumps([*row, previous], ensure_ascii=False, separators=(",", ":"))
        changed = {"height": row.height, "previous": previous}
        previous = changed["hash"] = hashlib.sha256(f"phieu-tin-nhiem/v1/audit|{fields}".encode()).hexdigest()
        bind.execute(
            sa.text("UPDATE audit_entry SET previous = :previous, hash = :hash WHERE height = :height"), changed
        )


def _create_tables() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("uuid"),
    )
    op.create_table(
        "body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="body_organisation"),
        sa.ForeignKeyConstraint(["parent_id"], ["body.id"], name="body_parent"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "code", name="body_code_once"),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("edited_by", sa.String(length=60), nullable=False),
        sa.Column("proposed", sa.LargeBinary(), nullable=True),
        sa.Column("proposed_by", sa.String(length=60), nullable=False),
        sa.Column("approved", sa.LargeBinary(), nullable=True),
        sa.Column("approved_by", sa.String(length=60), nullable=False),
        sa.Column("round_uuid", sa.String(length=40), nullable=False),
        sa.CheckConstraint("state IN ('drafting', 'approved', 'made')", name="draft_state_known"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="draft_organisation"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uuid"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("born", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="person_organisation"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "code", name="person_code_once"),
    )
    op.create_table(
        "template_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("base_text", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="template_version_organisation"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "audit_head",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="audit_head_organisation"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="audit_head_round"),
        sa.PrimaryKeyConstraint("organisation_id", "height", "round_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "body_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("old_id", sa.Integer(), nullable=False),
        sa.Column("new_id", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=400), nullable=False),
        sa.CheckConstraint("kind IN ('rename', 'merge', 'split', 'end')", name="body_change_kind_known"),
        sa.ForeignKeyConstraint(["new_id"], ["body.id"], name="body_change_new"),
        sa.ForeignKeyConstraint(["old_id"], ["body.id"], name="body_change_old"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("official", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("kind IN ('self_report', 'declaration', 'explanation')", name="dossier_kind_known"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="dossier_round"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "exempt",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("position", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("citation", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="exempt_round"),
        sa.PrimaryKeyConstraint("round_id", "number"),
    )
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=8000), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="opinion_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="opinion_round"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("standard", sa.String(length=60), nullable=False),
        sa.Column("authority", sa.String(length=400), nullable=False),
        sa.Column("block", sa.String(length=400), nullable=False),
        sa.Column("form", sa.String(length=400), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name="position_body"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="position_organisation"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "code", name="position_code_once"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="recovery_code_account"),
        sa.PrimaryKeyConstraint("account_id", "code"),
    )
    op.create_table(
        "site_envelopes",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("back", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="site_envelopes_round"),
        sa.PrimaryKeyConstraint("round_id", "site"),
    )
    op.create_table(
        "site_state",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("first", sa.String(length=60), nullable=False),
        sa.Column("second", sa.String(length=60), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.CheckConstraint("state IN ('all_in', 'giving_up', 'given_up')", name="site_state_known"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="site_state_round"),
        sa.PrimaryKeyConstraint("round_id", "site"),
    )
    op.create_table(
        "staged_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="staged_list_account"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="staged_list_organisation"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_table(
        "voter_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name="voter_group_body"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="voter_group_organisation"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "code", name="voter_group_code_once"),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("basis", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="appointment_person"),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name="appointment_position"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "position_id", "since", name="appointment_once"),
    )
    op.create_table(
        "dossier_page",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="dossier_page_dossier"),
        sa.PrimaryKeyConstraint("dossier_id", "number"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["voter_group.id"], name="membership_group"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="membership_person"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("group_id", "person_id", "since", name="membership_once"),
    )
    op.create_table(
        "appointment_status",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("basis", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "status IN ('serving', 'retirement_notice', 'suspended', 'left')", name="appointment_status_known"
        ),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name="appointment_status_of"),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Go back; what the newer tables hold is lost, and so is all that belongs to other organisations' accounts."""
    for name in reversed(TABLES):
        if name != "organisation":
            op.drop_table(name)
    with op.batch_alter_table("voter") as batch:
        batch.drop_constraint("voter_person", type_="foreignkey")
        batch.drop_column("person_id")
    with op.batch_alter_table("official") as batch:
        batch.drop_constraint("official_person", type_="foreignkey")
        for name in ("form", "authority", "person_id"):
            batch.drop_column(name)
    with op.batch_alter_table("round") as batch:
        batch.drop_constraint("round_organisation", type_="foreignkey")
        for name in ("organisation_id", "disclosure", "secrecy", "accepted_by", "projector_key", "reading_key"):
            batch.drop_column(name)
        for name in ("revealed", "plan"):
            batch.drop_column(name)
    op.execute("DELETE FROM account WHERE role NOT IN ('organiser', 'desk')")
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint("account_role_known", type_="check")
        batch.create_check_constraint("account_role_known", OLD_ROLES)
        batch.drop_constraint("account_organisation", type_="foreignkey")
        batch.drop_constraint("account_subject_once", type_="unique")
        for name in ("organisation_id", "active", "temporary", "authority", "totp", "totp_pending", "totp_step"):
            batch.drop_column(name)
        for name in ("subject", "language"):
            batch.drop_column(name)
    for name in APPEND_ONLY:
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
    with op.batch_alter_table("audit_entry") as batch:
        batch.drop_constraint("audit_entry_organisation", type_="foreignkey")
        batch.drop_column("organisation_id")
        batch.drop_column("time")
    op.drop_table("organisation")
