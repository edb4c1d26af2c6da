"""Passwords, second factors, sessions and invitations of people."""

from __future__ import annotations

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables and columns."""


def downgrade() -> None:
    """Take them away again."""
