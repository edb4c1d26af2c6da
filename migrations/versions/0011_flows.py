"""What moved on each day, added up once, and how many waited at its end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = (
    "office_code", "grain", "starts_on", "item_code", "kind", "place", "condition", "spoil_class", "own",
)  # fmt: skip
GRAINS = ("day", "month", "held_day", "held_month", "held_year")


def upgrade() -> None:
    """Make the tables; the movements of before are added up like all others."""
    grain = sa.Enum(*GRAINS, name="ck_daily_flows_grain", native_enum=False, create_constraint=True, length=24)
    op.create_table(
        "daily_flows",
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("grain", grain, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("place", sa.String(length=24), nullable=False),
        sa.Column("condition", sa.String(length=24), nullable=False),
        sa.Column("spoil_class", sa.SmallInteger(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("came", sa.BigInteger(), nullable=False),
        sa.Column("went", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name="pk_daily_flows"),
    )
    op.create_index(
        "ix_daily_flows_grain_starts_on_office_code", "daily_flows", ["grain", "starts_on", "office_code"], unique=False
    )
    op.create_table(
        "flow_progress",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_flow_progress"),
    )
    op.create_table(
        "queue_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("prr_left", sa.BigInteger(), nullable=False),
        sa.Column("suket_owed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "office_code", name="pk_queue_days"),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("queue_days", "flow_progress", "daily_flows"):
        op.drop_table(table)
