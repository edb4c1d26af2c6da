"""What moved in each province: the report of the nation reads it from so many rows, not from those of every office."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

KEY = (
    "grain", "starts_on", "province_code", "item_code", "kind", "place", "condition", "spoil_class", "own",
)  # fmt: skip
GRAINS = ("day", "month", "held_day", "held_month", "held_year")
_NAMED = """"grain", starts_on, {province}, item_code, kind, place, condition, spoil_class, own"""
_WHERE = _NAMED.format(province="substr(office_code, 1, 2)")
BACKFILL = (
    f"INSERT INTO province_flows ({_NAMED.format(province='province_code')}, came, went)"  # noqa: S608 - no value
    f" SELECT {_WHERE}, SUM(came), SUM(went) FROM daily_flows GROUP BY {_WHERE}"
)


def upgrade() -> None:
    """Make the table, and add up what the offices' sums say."""
    grain = sa.Enum(*GRAINS, name="ck_province_flows_grain", native_enum=False, create_constraint=True, length=24)
    op.create_table(
        "province_flows",
        sa.Column("grain", grain, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("province_code", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("place", sa.String(length=24), nullable=False),
        sa.Column("condition", sa.String(length=24), nullable=False),
        sa.Column("spoil_class", sa.SmallInteger(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("came", sa.BigInteger(), nullable=False),
        sa.Column("went", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name="pk_province_flows"),
    )
    op.execute(BACKFILL)


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("province_flows")
