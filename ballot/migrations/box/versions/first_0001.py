"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "ballot",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("credential", sa.LargeBinary(length=32), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("uuid", "hash"),
        sa.UniqueConstraint("uuid", "credential", name="ballot_one_per_credential"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("uuid", "head"),
        sa.UniqueConstraint("uuid", "previous", name="checkpoint_one_chain"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "election",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("phase", sa.String(length=12), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=True),
        sa.Column("committee", sa.LargeBinary(), nullable=True),
        sa.Column("election", sa.LargeBinary(), nullable=True),
        sa.Column("opening", sa.LargeBinary(), nullable=True),
        sa.Column("freeze_key", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "phase IN ('draft', 'issuing', 'ready', 'voting', 'closed', 'tallied', 'certified', 'void')",
            name="election_phase_known",
        ),
        sa.PrimaryKeyConstraint("uuid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "known_ciphertext",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("uuid", "digest"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spoiled",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("commit_code", sa.LargeBinary(length=32), nullable=False),
        sa.Column("opened", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("uuid", "commit_code"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staged",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("uuid", "hash"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staged_credential",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("uuid", "digest"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("staged_credential")
    op.drop_table("staged")
    op.drop_table("spoiled")
    op.drop_table("known_ciphertext")
    op.drop_table("election")
    op.drop_table("checkpoint")
    op.drop_table("ballot")
