"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "served",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=2000), nullable=False),
        sa.Column("statement_key", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("uuid"),
    )
    op.create_table(
        "roll_line",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["uuid"], ["served.uuid"], name="roll_line_served"),
        sa.PrimaryKeyConstraint("uuid", "reference"),
    )
    op.create_table(
        "log_entry",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("height", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("blinded", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("voter_once", sa.String(length=64), nullable=True),
        sa.Column("blinded_once", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["uuid"], ["served.uuid"], name="log_entry_served"),
        sa.PrimaryKeyConstraint("uuid", "height"),
        sa.UniqueConstraint("uuid", "voter_once", name="log_entry_one_slip"),
        sa.UniqueConstraint("uuid", "blinded_once", name="log_entry_one_answer"),
    )
    op.create_table(
        "issuer_act",
        sa.Column("height", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("height"),
        sa.UniqueConstraint("hash"),
    )


def downgrade() -> None:
    """Go back."""
    for table in ("issuer_act", "log_entry", "roll_line", "served"):
        op.drop_table(table)
