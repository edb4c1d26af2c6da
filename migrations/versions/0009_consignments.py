"""Cards sent on to a kecamatan or village head, and what was checked at the hand-over."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Written with its feature."""


def downgrade() -> None:
    """Written with its feature."""
