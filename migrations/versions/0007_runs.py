"""Runs of a print job, and the check of each card."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Written with its feature."""


def downgrade() -> None:
    """Written with its feature."""
