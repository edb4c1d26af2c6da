"""The print room: what recordings, cards and offices know more, and what the outside world is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
RECORDING_COLUMNS = {"sfe_at": UTC, "prr_at": UTC, "adult_on": sa.Date(), "appeared_at": UTC, "purged_at": UTC}
SETTINGS = ("queue_only", "confirm_required", "card_check")


def one_of(name: str, *values: str) -> sa.Enum:
    """A text column with a CHECK that refuses any other value."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    """Add the columns, say since when what waits is print-ready, and make the table of changes."""
    for name, kind in RECORDING_COLUMNS.items():
        op.add_column("recordings", sa.Column(name, kind, nullable=True))
    op.execute("UPDATE recordings SET prr_at = status_at WHERE status = 'prr'")
    op.execute("UPDATE recordings SET sfe_at = status_at WHERE status = 'sfe'")
    op.create_index("ix_recordings_office_code_prr_at", "recordings", ["office_code", "prr_at"], unique=False)
    op.create_index(
        "ix_recordings_queue",
        "recordings",
        ["office_code", "reason", "prr_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'prr'"),
        postgresql_where=sa.text("status = 'prr'"),
    )
    op.create_index("ix_cards_office_code_printed_at", "cards", ["office_code", "printed_at"], unique=False)
    for name in SETTINGS:
        op.add_column("offices", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("offices", sa.Column("card_flag_days", sa.JSON(), nullable=True))
    # Both databases take a column with its own CHECK so; SQLite could not add the CHECK afterwards.
    op.execute(
        "ALTER TABLE offices ADD COLUMN purge_days INTEGER DEFAULT 90 NOT NULL"
        " CONSTRAINT ck_offices_purge_days CHECK (purge_days BETWEEN 0 AND 36500)"
    )
    _create_changes()


def _create_changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "kind",
            one_of(
                "ck_changes_changekind",
                "card_printed",
                "card_undone",
                "card_issued",
                "issue_undone",
                "card_lost",
                "shortfall_raised",
            ),
            nullable=False,
        ),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("movement_id", sa.BigInteger(), nullable=True),
        sa.Column("recordings", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("happened_at", UTC, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
        sa.UniqueConstraint("position", name="uq_changes_position"),
    )
    op.create_index(
        "ix_changes_new",
        "changes",
        ["id"],
        unique=False,
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_index("ix_changes_office_code_position", "changes", ["office_code", "position"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("changes")
    op.drop_column("offices", "purge_days")
    op.drop_column("offices", "card_flag_days")
    for name in reversed(SETTINGS):
        op.drop_column("offices", name)
    op.drop_index("ix_cards_office_code_printed_at", table_name="cards")
    op.drop_index("ix_recordings_queue", table_name="recordings")
    op.drop_index("ix_recordings_office_code_prr_at", table_name="recordings")
    for name in reversed(RECORDING_COLUMNS):
        op.drop_column("recordings", name)
