"""Imports of the daily lists, their bad lines and the remembered mapping of columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
STATES = ("reading", "storing", "done", "refused", "failed", "interrupted")
COUNTS = ("lines_total", "lines_read", "created", "changed", "unchanged", "refused", "faults")


def upgrade() -> None:
    """Make the three tables, and say of a recording when its status is said to have become so."""
    op.add_column("recordings", sa.Column("told_at", UTC, nullable=True))
    op.create_index("ix_recordings_office_code_sfe_at", "recordings", ["office_code", "sfe_at"], unique=False)
    op.create_table(
        "imports",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("profile", sa.String(length=60), nullable=True),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="ck_imports_importstate", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS],
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column("same_as", sa.BigInteger(), nullable=True),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("touched_at", UTC, nullable=False),
        sa.Column("finished_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name="fk_imports_office_code"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_office_code_file_digest", "imports", ["office_code", "file_digest"], unique=False)
    op.create_index("ix_imports_office_code_id", "imports", ["office_code", "id"], unique=False)
    op.create_table(
        "import_faults",
        sa.Column("id", ID, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("indonesian", sa.String(length=500), nullable=False),
        sa.Column("english", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_faults_import_id"),
        sa.PrimaryKeyConstraint("id", name="pk_import_faults"),
    )
    op.create_index("ix_import_faults_import_id_id", "import_faults", ["import_id", "id"], unique=False)
    op.create_table(
        "import_profiles",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("constants", sa.JSON(), nullable=False),
        sa.Column("delimiter", sa.String(length=1), nullable=True),
        sa.Column("sheet", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("used_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name="fk_import_profiles_office_code"),
        sa.PrimaryKeyConstraint("id", name="pk_import_profiles"),
        sa.UniqueConstraint("office_code", "name", name="uq_import_profiles_office_code_name"),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("import_profiles", "import_faults", "imports"):
        op.drop_table(table)
    op.drop_index("ix_recordings_office_code_sfe_at", table_name="recordings")
    op.drop_column("recordings", "told_at")
