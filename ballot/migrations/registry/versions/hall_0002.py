"""The hall: sites, portraits, signatures, stations and their orders for slips.

No round may be between sealing and closing when this runs: permissions that wait for a station are dropped.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

OLD_AUTHORISATION = (
    sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    sa.Column("round_id", sa.Integer(), nullable=False),
    sa.Column("voter_id", sa.Integer(), nullable=False),
    sa.Column("request", sa.LargeBinary(length=32), nullable=True),
)


def upgrade() -> None:
    """Go to this schema."""
    op.drop_table("authorisation")
    op.drop_table("proposal")
    op.create_table(
        "proposal",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="proposal_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="proposal_round"),
        sa.PrimaryKeyConstraint("round_id", "act", "subject"),
    )
    op.add_column("round", sa.Column("own_device", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("round", sa.Column("fleet_key", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("round", sa.Column("staging_key", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("voter", sa.Column("site", sa.String(length=200), nullable=False, server_default=""))
    _add_to_voters()
    _add_stations()


def _add_to_voters() -> None:
    for name, column in (
        ("portrait", sa.Column("jpeg", sa.LargeBinary(), nullable=False)),
        ("attested", sa.Column("strokes", sa.LargeBinary(), nullable=False)),
        ("voter_login", sa.Column("password", sa.String(length=200), nullable=False)),
    ):
        op.create_table(
            name,
            sa.Column("voter_id", sa.Integer(), nullable=False),
            column,
            sa.ForeignKeyConstraint(["voter_id"], ["voter.id"], name=f"{name}_voter"),
            sa.PrimaryKeyConstraint("voter_id"),
        )


def _add_stations() -> None:
    op.create_table(
        "station",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="station_round"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_table(
        "pairing",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("code", sa.LargeBinary(length=32), nullable=True),
        sa.Column("expires", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="pairing_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="pairing_round"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name="pairing_station"),
        sa.PrimaryKeyConstraint("round_id", "account_id"),
    )
    op.create_table(
        "slip_order",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=True),
        sa.Column("once", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("permission", sa.LargeBinary(length=32), nullable=True),
        sa.Column("request", sa.LargeBinary(length=32), nullable=True),
        sa.Column("wrapping", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint("kind IN ('first', 'replacement', 'envelope', 'own_device')", name="slip_order_kind_known"),
        sa.CheckConstraint(
            "state IN ('waiting', 'taken', 'signed', 'delivered', 'printed')", name="slip_order_state_known"
        ),
        sa.CheckConstraint("(kind = 'envelope') = (voter_id IS NULL)", name="slip_order_envelope_is_nobodys"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="slip_order_account"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="slip_order_round"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name="slip_order_station"),
        sa.ForeignKeyConstraint(["voter_id"], ["voter.id"], name="slip_order_voter"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("once"),
        sa.UniqueConstraint("permission"),
    )


def downgrade() -> None:
    """Go back."""
    for name in ("slip_order", "pairing", "station", "voter_login", "attested", "portrait", "proposal"):
        op.drop_table(name)
    op.drop_column("voter", "site")
    op.drop_column("round", "staging_key")
    op.drop_column("round", "fleet_key")
    op.drop_column("round", "own_device")
    op.create_table(
        "authorisation",
        *OLD_AUTHORISATION,
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="authorisation_round"),
        sa.ForeignKeyConstraint(["voter_id"], ["voter.id"], name="authorisation_voter"),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("voter_id"),
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
