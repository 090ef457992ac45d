"""Numbers from paper, particulars of the minutes, recounts, rounds held elsewhere, an organisation's own rule sets."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = ("paper_count", "sitting", "recounted", "past_round", "past_line", "rule_version")


def upgrade() -> None:
    """Go to this schema."""
    _of_a_round("paper_count", sa.Column("account_id", sa.Integer(), primary_key=True),
                sa.Column("signatures", sa.Integer(), nullable=False),
                sa.Column("envelopes_left", sa.Integer(), nullable=False),
                sa.Column("slips_counted", sa.Boolean(), nullable=False),
                sa.Column("slips_in_box", sa.Integer(), nullable=False),
                sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="paper_count_account"))  # fmt: skip
    _of_a_round("sitting", sa.Column("revision", sa.Integer(), nullable=False),
                sa.Column("content", sa.LargeBinary(), nullable=False))  # fmt: skip
    _of_a_round("recounted", sa.Column("program", sa.String(200), primary_key=True),
                sa.Column("root", sa.String(64), nullable=False), sa.Column("agrees", sa.Boolean(), nullable=False),
                sa.Column("said", sa.String(2000), nullable=False))  # fmt: skip
    _create_past()
    op.create_table(
        "rule_version",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("rule_set", sa.String(60), nullable=False),
        sa.Column("text", sa.String(100_000), nullable=False),
        sa.Column("login", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="rule_version_organisation"),
        sa.CheckConstraint("rule_set <> ''", name="rule_version_named"),
    )


def _of_a_round(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("round_id", sa.Integer(), primary_key=True),
        *columns,
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=f"{name}_round"),
    )


def _create_past() -> None:
    numbers = ("delegates", "summoned", "issued", "returned", "valid", "invalid", "base")
    op.create_table(
        "past_round",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(400), nullable=False),
        sa.Column("body", sa.String(400), nullable=False),
        sa.Column("session", sa.String(400), nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("rule_set", sa.String(60), nullable=False),
        sa.Column("rules", sa.LargeBinary(), nullable=False),
        *(sa.Column(number, sa.Integer()) for number in numbers),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="past_round_organisation"),
        sa.UniqueConstraint("organisation_id", "title", "date", name="past_round_once"),
    )
    op.create_table(
        "past_line",
        sa.Column("past_round_id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("position", sa.String(400), nullable=False),
        sa.Column("counts", sa.String(200), nullable=False),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.ForeignKeyConstraint(["past_round_id"], ["past_round.id"], name="past_line_round"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="past_line_person"),
    )


def downgrade() -> None:
    """Go back to the schema before this one."""
    for name in reversed(TABLES):
        op.drop_table(name)
