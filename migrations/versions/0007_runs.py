"""Runs of a print job, and the check of each card."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def one_of(name: str, *values: str) -> sa.Enum:
    """A text column with a CHECK that refuses any other value."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def unique_where(name: str, table: str, columns: list[str], condition: str) -> None:
    """An index that lets rows that fit the condition have each value once."""
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    """Make the tables of runs, and the columns that say in which order a job prints and what a check found."""
    op.add_column("job_lines", sa.Column("place", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("print_jobs", sa.Column("taken", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("attempts", sa.Column("replaces_id", sa.BigInteger(), nullable=True))
    op.add_column("cards", sa.Column("checked_at", UTC, nullable=True))
    op.add_column("cards", sa.Column("checked_by", sa.BigInteger(), nullable=True))
    # Both databases take a column with its own CHECK so; SQLite could not add the CHECK afterwards.
    op.execute(
        "ALTER TABLE cards ADD COLUMN fingerprint VARCHAR(24)"
        " CONSTRAINT ck_cards_fingerprint CHECK (fingerprint IN ('matched', 'not_matched', 'not_taken'))"
    )
    _create_runs()
    _create_lines()


def _create_runs() -> None:
    op.create_table(
        "print_runs",
        sa.Column("id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("printer", sa.String(length=80), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("status", one_of("ck_print_runs_runstatus", "open", "confirmed", "aborted"), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("printed", sa.Integer(), nullable=False),
        sa.Column("spoiled", sa.Integer(), nullable=False),
        sa.Column("from_hand", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name="ck_print_runs_quantity"),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ck_print_runs_ended"),
        sa.ForeignKeyConstraint(["job_id"], ["print_jobs.id"], name="fk_print_runs_job_id"),
        sa.PrimaryKeyConstraint("id", name="pk_print_runs"),
    )
    op.create_index("ix_print_runs_job_id", "print_runs", ["job_id"], unique=False)
    op.create_index("ix_print_runs_office_code_id", "print_runs", ["office_code", "id"], unique=False)
    unique_where("uq_print_runs_job", "print_runs", ["job_id"], "status = 'open'")
    unique_where(
        "uq_print_runs_printer", "print_runs", ["store_code", "printer"], "status = 'open' AND printer IS NOT NULL"
    )


def _create_lines() -> None:
    stages = ("sent", "taken", "encoded", "printed", "spoiled", "returned")
    op.create_table(
        "run_lines",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("stage", one_of("ck_run_lines_stage", *stages), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["print_runs.id"], name="fk_run_lines_run_id"),
        sa.PrimaryKeyConstraint("run_id", "recording_id", name="pk_run_lines"),
    )
    unique_where("uq_run_lines_waiting", "run_lines", ["recording_id"], "waiting")
    unique_where("uq_run_lines_number", "run_lines", ["number"], "number IS NOT NULL AND waiting")


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("run_lines")
    op.drop_table("print_runs")
    op.drop_column("cards", "fingerprint")
    op.drop_column("cards", "checked_by")
    op.drop_column("cards", "checked_at")
    op.drop_column("attempts", "replaces_id")
    op.drop_column("print_jobs", "taken")
    op.drop_column("job_lines", "place")
