"""What moved on each day, added up once."""

from __future__ import annotations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Written with its feature."""


def downgrade() -> None:
    """Written with its feature."""
