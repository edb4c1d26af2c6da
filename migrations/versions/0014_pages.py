"""What printing took of late is read by every home: an index that holds it all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
TAKEN = sa.text("grain = 'day' AND condition = 'blank' AND kind IN ('printing', 'printing_undo')")


def upgrade() -> None:
    """Make it."""
    op.create_index(
        "ix_daily_flows_taken",
        "daily_flows",
        ["grain", "condition", "kind", "starts_on", "office_code", "item_code", "place", "came", "went"],
        unique=False,
        sqlite_where=TAKEN,
        postgresql_where=TAKEN,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_daily_flows_taken", table_name="daily_flows")
