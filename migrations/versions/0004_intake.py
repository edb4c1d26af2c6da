"""Imports of the daily lists, their bad lines and the remembered mapping of columns."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Written with its feature."""


def downgrade() -> None:
    """Written with its feature."""
