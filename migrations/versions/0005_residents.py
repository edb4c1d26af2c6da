"""Who was shown whose data, and why; and whose case is over, so that the person can be forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
OVER = "status IN ('issued', 'failed') AND purged_at IS NULL"
TRACED = "derived_id IS NOT NULL"
INDEXES = {
    "ix_reveals_user_id_at": ["user_id", "at"],
    "ix_reveals_office_code_id": ["office_code", "id"],
    "ix_reveals_recording_id": ["recording_id"],
    "ix_reveals_nik_index": ["nik_index"],
}


def one_of(name: str, *values: str) -> sa.Enum:
    """A text column with a CHECK that refuses any other value."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    """Make the table of looks, and the index of recordings whose persons may be forgotten one day."""
    op.create_table(
        "reveals",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("kind", one_of("ck_reveals_lookkind", "reveal", "export", "paper"), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column(
            "role",
            one_of("ck_reveals_role", "clerk", "coordinator", "printer", "field", "inspector", "admin"),
            nullable=False,
        ),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("recording_id", ID, nullable=True),
        sa.Column("nik_index", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name="fk_reveals_recording_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_reveals_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reveals"),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "reveals", columns, unique=False)
    op.add_column("recordings", sa.Column("derived_id", sa.String(length=40), nullable=True))
    op.create_index(
        "ix_recordings_derived_id",
        "recordings",
        ["derived_id", "office_code"],
        unique=False,
        sqlite_where=sa.text(TRACED),
        postgresql_where=sa.text(TRACED),
    )
    op.create_index(
        "ix_recordings_over",
        "recordings",
        ["status_at", "office_code"],
        unique=False,
        sqlite_where=sa.text(OVER),
        postgresql_where=sa.text(OVER),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_recordings_over", table_name="recordings")
    op.drop_index("ix_recordings_derived_id", table_name="recordings")
    op.drop_column("recordings", "derived_id")
    op.drop_table("reveals")
