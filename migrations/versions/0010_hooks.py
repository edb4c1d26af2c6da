"""Webhooks and how far each was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
FAILURES = (
    "name_unknown", "address_refused", "connection_failed", "tls_failed", "too_slow", "broken_off", "answer_refused",
    "secret_unreadable",
)  # fmt: skip


def one_of(name: str, *values: str) -> sa.Enum:
    """A text column with a CHECK that refuses any other value."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    """Make the tables of who is called, of what could not be told, and of the shortfalls that were."""
    op.create_table(
        "webhooks",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=True),
        sa.Column("secret_secret", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UTC, nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", one_of("ck_webhooks_failure", *FAILURES), nullable=True),
        sa.Column("last_told_at", UTC, nullable=True),
        sa.Column("held_by", sa.String(length=40), nullable=True),
        sa.Column("held_until", UTC, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.CheckConstraint("cursor >= 0", name="ck_webhooks_cursor"),
        sa.CheckConstraint("failures >= 0 AND tries >= 0", name="ck_webhooks_failures"),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name="fk_webhooks_office_code"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_webhooks_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )
    op.create_index("ix_webhooks_office_code", "webhooks", ["office_code"], unique=False)
    op.create_table(
        "dead_letters",
        sa.Column("webhook_id", ID, autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", one_of("ck_dead_letters_failure", *FAILURES), nullable=False),
        sa.Column("dead_at", UTC, nullable=False),
        sa.Column("wanted_at", UTC, nullable=True),
        sa.Column("told_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name="fk_dead_letters_webhook_id"),
        sa.PrimaryKeyConstraint("webhook_id", "position", name="pk_dead_letters"),
    )
    op.create_table(
        "told_shortfalls",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("severity", one_of("ck_told_shortfalls_severity", "critical", "warning", "notice"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("told_at", UTC, nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_told_shortfalls"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("told_shortfalls")
    op.drop_table("dead_letters")
    op.drop_table("webhooks")
