"""What printing took is found by its days, and how long cards wait is read off their index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
NAME, TABLE = "ix_daily_flows_taken", "daily_flows"
BY_PRINTING = sa.text("kind IN ('printing', 'printing_undo')")
TAKEN = sa.text("grain = 'day' AND condition = 'blank' AND kind IN ('printing', 'printing_undo')")
WAITING, CARDS, WAITS = "ix_cards_waiting", "cards", sa.text("status = 'waiting'")
REST = ["office_code", "item_code", "place", "came", "went"]


def upgrade() -> None:
    """Make them again: with the days before the kinds, and with all that is asked of waiting cards."""
    op.drop_index(NAME, table_name=TABLE)
    columns = ["grain", "condition", "starts_on", "kind", *REST]
    op.create_index(NAME, TABLE, columns, sqlite_where=BY_PRINTING, postgresql_where=BY_PRINTING)
    _waiting("store_code", "consignment_id", "status")


def downgrade() -> None:
    """Make them as they were."""
    op.drop_index(NAME, table_name=TABLE)
    columns = ["grain", "condition", "kind", "starts_on", *REST]
    op.create_index(NAME, TABLE, columns, sqlite_where=TAKEN, postgresql_where=TAKEN)
    _waiting()


def _waiting(*more: str) -> None:
    op.drop_index(WAITING, table_name=CARDS)
    op.create_index(WAITING, CARDS, ["office_code", "printed_at", *more], sqlite_where=WAITS, postgresql_where=WAITS)
