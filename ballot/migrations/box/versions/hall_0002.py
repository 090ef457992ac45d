"""The hall: voided credentials, and the lock of the board of terminals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "voided",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("credential", sa.LargeBinary(length=32), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("uuid", "credential"),
        sqlite_with_rowid=False,
    )
    for name in ("fleet_lock", "staging_lock"):
        op.add_column("election", sa.Column(name, sa.LargeBinary(length=32), nullable=False, server_default=""))


def downgrade() -> None:
    """Go back."""
    op.drop_column("election", "staging_lock")
    op.drop_column("election", "fleet_lock")
    op.drop_table("voided")
