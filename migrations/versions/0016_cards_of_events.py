"""The cards of an event are found by it: its members hand them over without going through every card."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_cards_event_id_recording_id", "cards", ["event_id", "recording_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_cards_event_id_recording_id", "cards")
