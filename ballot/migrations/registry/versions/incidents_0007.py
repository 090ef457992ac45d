"""The wait for complaints, the book of incidents, what is kept of a round and what was destroyed."""

import sqlalchemy as sa
from alembic import op

from ballot.storage.guards import grow_only

revision = "0007"
down_revision = "0006"

TABLES = ("complaint_wait", "complaint_clock", "incident", "incident_settled", "retention")
APPEND_ONLY = ("incident", "incident_settled")


def upgrade() -> None:
    """Go to this schema."""
    _of_a_round("complaint_wait", sa.Column("minutes", sa.Integer(), nullable=False),
                sa.Column("passed", sa.Boolean(), nullable=False), sa.Column("first", sa.String(200), nullable=False),
                sa.Column("second", sa.String(200), nullable=False),
                sa.Column("reason", sa.String(400), nullable=False),
                sa.CheckConstraint("minutes BETWEEN 0 AND 240", name="complaint_wait_bounded"))  # fmt: skip
    _of_a_round("complaint_clock", sa.Column("run", sa.String(64), primary_key=True),
                sa.Column("began", sa.Integer(), nullable=False), sqlite_with_rowid=False)  # fmt: skip
    number = {"primary_key": True, "autoincrement": False}
    _of_a_round("incident", sa.Column("number", sa.Integer(), **number),
                sa.Column("kind", sa.String(20), nullable=False), sa.Column("time", sa.String(5), nullable=False),
                sa.Column("text", sa.String(1000), nullable=False),
                sa.Column("name", sa.String(200), nullable=False))  # fmt: skip
    _of_a_round("incident_settled", sa.Column("number", sa.Integer(), **number),
                sa.Column("text", sa.String(1000), nullable=False),
                sa.Column("name", sa.String(200), nullable=False))  # fmt: skip
    _of_a_round("retention", sa.Column("pack", sa.String(64), nullable=False),
                sa.Column("keys_gone", sa.Boolean(), nullable=False),
                sa.Column("people_gone", sa.Boolean(), nullable=False))  # fmt: skip
    for table in APPEND_ONLY:
        _guard(table)


def _of_a_round(name: str, *columns: sa.schema.SchemaItem, **options: bool) -> None:
    op.create_table(
        name,
        sa.Column("round_id", sa.Integer(), primary_key=True),
        *columns,
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=f"{name}_round"),
        **options,
    )


def _guard(table: str) -> None:
    """Have the database refuse to change or delete an entry."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("DELETE", "UPDATE"):
            when = f"BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            op.execute(f"CREATE TRIGGER {table}_no_{act.lower()} {when}")
        return
    grow_only(op.get_bind(), table)


def downgrade() -> None:
    """Go back to the schema before this one."""
    for name in reversed(TABLES):
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        for table in APPEND_ONLY:
            for function in ("kept", "appended"):
                op.execute(f"DROP FUNCTION {table}_{function}()")
