"""Cards sent on to a kecamatan or village head, and what was checked at the hand-over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
KINDS = ("tanda_terima", "surat_jalan", "bast", "kartu_stok", "ba_opname", "ba_pemusnahan", "session_sheet")
NEW_KINDS = ("daftar_serah",)
DOCUMENT_COLUMNS = (
    "id", "kind", "number", "subject", "office_code", "other_office", "owner_office", "event_id", "from_event_id",
    "check_value", "facts", "names_secret", "digest", "issued_at", "user_id",
)  # fmt: skip
# What is waited for, and no more: these indexes do not grow with what was handed over long ago.
PARTIAL = {
    "ix_cards_waiting": ("cards", ["office_code", "printed_at"], "status = 'waiting'"),
    "ix_cards_consignment": ("cards", ["consignment_id"], "consignment_id IS NOT NULL"),
    "ix_attempts_custody": ("attempts", ["custody_id"], "custody_id IS NOT NULL"),
}


def one_of(name: str, *values: str) -> sa.Enum:
    """A text column with a CHECK that refuses any other value."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    """Make the table, the columns of cards, and let papers be lists to sign."""
    _create_consignments()
    op.add_column("cards", sa.Column("collector_checks", sa.JSON(), nullable=True))
    op.add_column("cards", sa.Column("consignment_id", sa.BigInteger(), nullable=True))
    for name, (table, columns, where) in PARTIAL.items():
        op.create_index(
            name, table, columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )
    _allow_kinds(*KINDS, *NEW_KINDS)
    op.create_table(
        "document_persons",
        sa.Column("document_id", ID, autoincrement=False, nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_document_persons_document_id"),
        sa.PrimaryKeyConstraint("document_id", "recording_id", name="pk_document_persons"),
    )
    op.create_index("ix_document_persons_recording_id", "document_persons", ["recording_id"], unique=False)


def downgrade() -> None:
    """Take them away again; fails, and changes nothing, where there are lists to sign."""
    op.drop_table("document_persons")
    _allow_kinds(*KINDS)
    for name, (table, _, _) in PARTIAL.items():
        op.drop_index(name, table_name=table)
    op.drop_column("cards", "consignment_id")
    op.drop_column("cards", "collector_checks")
    op.drop_table("card_consignments")


def _create_consignments() -> None:
    op.create_table(
        "card_consignments",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("region_code", sa.String(length=13), nullable=False),
        sa.Column("recipient_secret", sa.LargeBinary(), nullable=True),
        sa.Column("recipient_role", sa.String(length=60), nullable=False),
        sa.Column("document_number", sa.String(length=80), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", one_of("ck_card_consignments_consignmentstatus", "open", "closed"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("closed_at", UTC, nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name="ck_card_consignments_quantity"),
        sa.CheckConstraint(
            "issued >= 0 AND returned >= 0 AND lost >= 0 AND issued + returned + lost <= quantity",
            name="ck_card_consignments_adds_up",
        ),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="ck_card_consignments_closed"),
        sa.ForeignKeyConstraint(["store_code"], ["stores.code"], name="fk_card_consignments_store_code"),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_card_consignments_region_code"),
        sa.PrimaryKeyConstraint("id", name="pk_card_consignments"),
    )
    for columns in (["office_code", "status"], ["store_code", "status"], ["region_code", "status"]):
        op.create_index(f"ix_card_consignments_{'_'.join(columns)}", "card_consignments", columns, unique=False)


def _allow_kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ck_documents_documentkind", "documents", type_="check")
        op.create_check_constraint("ck_documents_documentkind", "documents", f"kind IN ({listed})")
        return
    # SQLite cannot change a CHECK: the table is written anew. Nothing refers to it by a foreign key.
    op.create_table(
        "new_documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", one_of("ck_documents_documentkind", *kinds), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("other_office", sa.String(length=40), nullable=True),
        sa.Column("owner_office", sa.String(length=40), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("from_event_id", sa.BigInteger(), nullable=True),
        sa.Column("check_value", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("names_secret", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("check_value", name="uq_documents_check_value"),
        sa.UniqueConstraint("number", name="uq_documents_number"),
    )
    columns = ", ".join(DOCUMENT_COLUMNS)
    op.execute(f"INSERT INTO new_documents ({columns}) SELECT {columns} FROM documents")  # noqa: S608
    op.drop_table("documents")
    op.rename_table("new_documents", "documents")
    op.create_index("ix_documents_kind_subject", "documents", ["kind", "subject"], unique=False)
    op.create_index("ix_documents_office_code_id", "documents", ["office_code", "id"], unique=False)
