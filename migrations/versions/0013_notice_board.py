"""What an office announces to the public, and when it orders again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table and the column."""
    exactness = sa.Enum(
        "exact", "bands", name="ck_notice_boards_exactness", native_enum=False, create_constraint=True, length=24
    )
    op.create_table(
        "notice_boards",
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("exactness", exactness, nullable=False),
        sa.Column("frame_ancestors", sa.String(length=1000), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name="fk_notice_boards_office_code"),
        sa.PrimaryKeyConstraint("office_code", name="pk_notice_boards"),
    )
    # Both databases take a column with its own CHECK so; SQLite could not add the CHECK afterwards.
    op.execute(
        "ALTER TABLE offices ADD COLUMN reorder_at BIGINT"
        " CONSTRAINT ck_offices_reorder_at CHECK (reorder_at IS NULL OR reorder_at >= 0)"
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("offices", "reorder_at")
    op.drop_table("notice_boards")
