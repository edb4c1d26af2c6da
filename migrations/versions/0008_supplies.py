"""What printers can do, and what is mounted in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
# Both databases take a column with its own CHECK so; SQLite could not add the CHECK afterwards.
CHECKED = {
    "capacity_per_hour": "{double} DEFAULT 45 NOT NULL CONSTRAINT ck_printers_capacity_per_hour"
    " CHECK (capacity_per_hour > 0)",
    "rest_after_cards": "INTEGER CONSTRAINT ck_printers_rest_after_cards"
    " CHECK (rest_after_cards IS NULL OR rest_after_cards > 0)",
    "rest_minutes": "{double} CONSTRAINT ck_printers_rest_minutes CHECK (rest_minutes IS NULL OR rest_minutes > 0)",
    "daily_limit": "INTEGER CONSTRAINT ck_printers_daily_limit CHECK (daily_limit IS NULL OR daily_limit > 0)",
    "status": "VARCHAR(24) DEFAULT 'working' NOT NULL CONSTRAINT ck_printers_printerstatus"
    " CHECK (status IN ('working', 'in_repair'))",
}
PLAIN = {"status_at": UTC, "status_reason": sa.String(length=500)}
OF_ATTEMPTS = {
    "office_code": sa.String(length=40),
    "printer_id": sa.BigInteger(),
    "ribbon_id": sa.BigInteger(),
    "film_id": sa.BigInteger(),
}


def upgrade() -> None:
    """Add what printers can do, make the table of what is mounted, and say of attempts where they were printed."""
    double = "DOUBLE PRECISION" if op.get_bind().dialect.name == "postgresql" else "DOUBLE"
    for name, kind in CHECKED.items():
        op.execute(f"ALTER TABLE printers ADD COLUMN {name} {kind.format(double=double)}")
    for name, plain in PLAIN.items():
        op.add_column("printers", sa.Column(name, plain, nullable=True))
    _create_mounts()
    for name, plain in OF_ATTEMPTS.items():
        op.add_column("attempts", sa.Column(name, plain, nullable=True))
    op.execute(
        "UPDATE attempts SET office_code = (SELECT office_code FROM print_jobs WHERE print_jobs.id = attempts.job_id)"
    )
    op.create_index("ix_attempts_office_code_attempted_at", "attempts", ["office_code", "attempted_at"], unique=False)


def _create_mounts() -> None:
    op.create_table(
        "mounts",
        sa.Column("id", ID, nullable=False),
        sa.Column("printer_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ribbon", "film", name="ck_mounts_supplykind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("lot", sa.String(length=80), nullable=True),
        sa.Column("yield_cards", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("mounted_at", UTC, nullable=False),
        sa.Column("unmounted_at", UTC, nullable=True),
        sa.Column("movement_id", sa.BigInteger(), nullable=False),
        sa.Column("replaced_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_mounts_used")),
        sa.CheckConstraint("yield_cards > 0", name=op.f("ck_mounts_yield_cards")),
        sa.ForeignKeyConstraint(["item_code"], ["items.code"], name=op.f("fk_mounts_item_code")),
        sa.ForeignKeyConstraint(["printer_id"], ["printers.id"], name=op.f("fk_mounts_printer_id")),
        sa.PrimaryKeyConstraint("id", name="pk_mounts"),
    )
    op.create_index("ix_mounts_printer_id_kind_id", "mounts", ["printer_id", "kind", "id"], unique=False)
    op.create_index(
        "uq_mounts_mounted",
        "mounts",
        ["printer_id", "kind"],
        unique=True,
        sqlite_where=sa.text("unmounted_at IS NULL"),
        postgresql_where=sa.text("unmounted_at IS NULL"),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_attempts_office_code_attempted_at", table_name="attempts")
    for name in reversed(OF_ATTEMPTS):
        op.drop_column("attempts", name)
    op.drop_table("mounts")
    for name in (*reversed(PLAIN), *reversed(CHECKED)):
        op.drop_column("printers", name)
