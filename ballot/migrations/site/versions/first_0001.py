"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "site_round",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("box_url", sa.String(length=300), nullable=False),
        sa.Column("site_key", sa.String(length=64), nullable=False),
        sa.Column("status_lock", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("committee", sa.LargeBinary(), nullable=False),
        sa.Column("election", sa.LargeBinary(), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'taking', 'stopped')", name="site_round_state_known"),
        sa.PrimaryKeyConstraint("uuid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "held_ballot",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("credential", sa.LargeBinary(length=32), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("receipt", sa.LargeBinary(length=64), nullable=False),
        sa.Column("refusal", sa.String(length=60), nullable=False),
        sa.CheckConstraint("state IN ('held', 'final', 'refused')", name="held_ballot_state_known"),
        sa.CheckConstraint("(state = 'final') = (length(receipt) = 64)", name="held_ballot_final_has_receipt"),
        sa.CheckConstraint("(state = 'refused') = (refusal <> '')", name="held_ballot_refused_has_code"),
        sa.PrimaryKeyConstraint("uuid", "hash"),
        sa.UniqueConstraint("uuid", "credential", name="held_ballot_one_per_credential"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "held_test",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("commit_code", sa.LargeBinary(length=32), nullable=False),
        sa.Column("opened", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("refusal", sa.String(length=60), nullable=False),
        sa.CheckConstraint("state IN ('held', 'final', 'refused')", name="held_test_state_known"),
        sa.PrimaryKeyConstraint("uuid", "commit_code"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seen_ciphertext",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("uuid", "digest"),
        sqlite_with_rowid=False,
    )
