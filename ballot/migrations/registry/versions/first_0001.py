"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('organiser', 'desk')", name="account_role_known"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("height", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("height"),
        sa.UniqueConstraint("hash"),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=40), nullable=False),
        sa.Column("phase", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("body", sa.String(length=400), nullable=False),
        sa.Column("session", sa.String(length=400), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=False),
        sa.Column("rule_set", sa.String(length=60), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("delegates", sa.Integer(), nullable=False),
        sa.Column("committee_size", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("minimum_ballots", sa.Integer(), nullable=False),
        sa.Column("roll_salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "phase IN ('draft', 'issuing', 'ready', 'voting', 'closed', 'tallied', 'certified', 'void')",
            name="round_phase_known",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uuid"),
    )
    op.create_table(
        "issuer_entry",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=40), nullable=False),
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
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="issuer_entry_round"),
        sa.PrimaryKeyConstraint("round_id", "issuer", "height"),
        sa.UniqueConstraint("round_id", "issuer", "blinded_once", name="issuer_entry_one_answer"),
        sa.UniqueConstraint("round_id", "issuer", "voter_once", name="issuer_entry_one_slip"),
    )
    op.create_table(
        "issuer_ledger",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="issuer_ledger_round"),
        sa.PrimaryKeyConstraint("round_id", "issuer"),
    )
    op.create_table(
        "official",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("position", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="official_round"),
        sa.PrimaryKeyConstraint("round_id", "number"),
    )
    op.create_table(
        "proposal",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="proposal_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="proposal_round"),
        sa.PrimaryKeyConstraint("round_id", "act"),
    )
    op.create_table(
        "voter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("desk", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="voter_round"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "reference", name="voter_reference_once"),
    )
    op.create_table(
        "authorisation",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("request", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="authorisation_round"),
        sa.ForeignKeyConstraint(["voter_id"], ["voter.id"], name="authorisation_voter"),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("voter_id"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("authorisation")
    op.drop_table("voter")
    op.drop_table("proposal")
    op.drop_table("official")
    op.drop_table("issuer_ledger")
    op.drop_table("issuer_entry")
    op.drop_table("round")
    op.drop_table("audit_entry")
    op.drop_table("account")
