"""What printing took of late is read by every home: an index that holds it all. And SQLite's look-ups of who waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
TAKEN = sa.text("grain = 'day' AND condition = 'blank' AND kind IN ('printing', 'printing_undo')")
# On SQLite every query says "waiting = 1": an index of "waiting" never served one.
WAITING = (
    ("uq_job_lines_waiting", "job_lines", "recording_id", "{}"),
    ("uq_run_lines_waiting", "run_lines", "recording_id", "{}"),
    ("uq_run_lines_number", "run_lines", "number", "number IS NOT NULL AND {}"),
)


def upgrade() -> None:
    """Make it; on SQLite, make the others again in the words of the queries."""
    op.create_index(
        "ix_daily_flows_taken",
        "daily_flows",
        ["grain", "condition", "kind", "starts_on", "office_code", "item_code", "place", "came", "went"],
        unique=False,
        sqlite_where=TAKEN,
        postgresql_where=TAKEN,
    )
    _say("waiting = 1")


def downgrade() -> None:
    """Take it away again, and say the others as they were."""
    _say("waiting")
    op.drop_index("ix_daily_flows_taken", table_name="daily_flows")


def _say(waiting: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, table, column, where in WAITING:
            op.drop_index(name, table_name=table)
            op.create_index(name, table, [column], unique=True, sqlite_where=sa.text(where.format(waiting)))
