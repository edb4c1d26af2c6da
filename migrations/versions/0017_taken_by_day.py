"""What printing took is found by its days: on PostgreSQL the index was gone through from its beginning."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
NAME, TABLE = "ix_daily_flows_taken", "daily_flows"
BY_PRINTING = sa.text("kind IN ('printing', 'printing_undo')")
TAKEN = sa.text("grain = 'day' AND condition = 'blank' AND kind IN ('printing', 'printing_undo')")
REST = ["office_code", "item_code", "place", "came", "went"]


def upgrade() -> None:
    """Make it again with the days before the kinds."""
    op.drop_index(NAME, table_name=TABLE)
    columns = ["grain", "condition", "starts_on", "kind", *REST]
    op.create_index(NAME, TABLE, columns, sqlite_where=BY_PRINTING, postgresql_where=BY_PRINTING)


def downgrade() -> None:
    """Make it as it was."""
    op.drop_index(NAME, table_name=TABLE)
    columns = ["grain", "condition", "kind", "starts_on", *REST]
    op.create_index(NAME, TABLE, columns, sqlite_where=TAKEN, postgresql_where=TAKEN)
