"""The committee: its seats, the making of its key through the server, written exceptions to a conflict of interest."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "seat",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("invitation", sa.LargeBinary(length=32), nullable=True),
        sa.Column("device", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="seat_round"),
        sa.PrimaryKeyConstraint("round_id", "number"),
        sa.UniqueConstraint("invitation"),
        sa.UniqueConstraint("device"),
    )
    op.create_table(
        "ceremony",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ended", sa.String(length=400), nullable=False),
        sa.Column("called", sa.LargeBinary(), nullable=True),
        sa.Column("committee", sa.LargeBinary(), nullable=True),
        sa.Column("proposed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="ceremony_round"),
        sa.PrimaryKeyConstraint("round_id"),
    )
    op.create_table(
        "ceremony_message",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="ceremony_message_round"),
        sa.PrimaryKeyConstraint("round_id", "attempt", "number", "kind"),
    )
    op.create_table(
        "override",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("office", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("first", sa.String(length=60), nullable=False),
        sa.Column("second", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="override_round"),
        sa.PrimaryKeyConstraint("round_id", "name", "office"),
    )
