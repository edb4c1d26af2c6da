"""Webhooks and how far each was told."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Written with its feature."""


def downgrade() -> None:
    """Written with its feature."""
