"""Issuers as processes of their own: what was bound to an order is remembered here, not looked up in their logs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "bound_message",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=40), nullable=False),
        sa.Column("blinded", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="bound_message_round"),
        sa.PrimaryKeyConstraint("round_id", "issuer", "blinded"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("bound_message")
