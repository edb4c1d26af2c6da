"""Who is printed first: dated, versioned policies, and an index that tells who is held without reading the rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
QUEUE = ["office_code", "reason", "prr_at", "id"]
HELD_BY = ["adult_on", "appeared_at"]


def _create_queue_index(columns: list[str]) -> None:
    waiting = sa.text("status = 'prr'")
    op.create_index(
        "ix_recordings_queue", "recordings", columns, unique=False, sqlite_where=waiting, postgresql_where=waiting
    )


def upgrade() -> None:
    """Add policies; the index of the queue knows what a policy may hold somebody for."""
    op.create_table(
        "policies",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name="fk_policies_office_code"),
        sa.PrimaryKeyConstraint("id", name="pk_policies"),
        sa.UniqueConstraint("office_code", "number", name="uq_policies_office_code_number"),
    )
    op.create_index(
        "ix_policies_office_code_valid_from_number", "policies", ["office_code", "valid_from", "number"], unique=False
    )
    op.drop_index("ix_recordings_queue", table_name="recordings")
    _create_queue_index([*QUEUE, *HELD_BY])


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_recordings_queue", table_name="recordings")
    _create_queue_index(QUEUE)
    op.drop_table("policies")
