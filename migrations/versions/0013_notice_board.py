"""What an office announces to the public, and when it orders again."""

from __future__ import annotations

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables and columns."""


def downgrade() -> None:
    """Take them away again."""
