"""Witnesses and what they signed, boxes that came out of a backup, the written record for a board elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _of(name: str, size: int, *more: sa.Column) -> tuple[sa.Column, ...]:
    return (
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column(name, sa.String(length=size), nullable=False),
        *more,
    )


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "witness",
        *_of("witness", 40, sa.Column("verify_key", sa.LargeBinary(length=32), nullable=False)),
        sa.PrimaryKeyConstraint("uuid", "witness"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cosigned",
        *_of(
            "witness",
            40,
            sa.Column("note", sa.LargeBinary(length=32), nullable=False),
            sa.Column("cosignature", sa.LargeBinary(length=68), nullable=False),
        ),
        sa.PrimaryKeyConstraint("uuid", "witness", "note"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "restored",
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("uuid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "record_file",
        *_of("file", 200, sa.Column("written", sa.LargeBinary(), nullable=False)),
        sa.PrimaryKeyConstraint("uuid", "file"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Go back."""
    for table in ("record_file", "restored", "cosigned", "witness"):
        op.drop_table(table)
