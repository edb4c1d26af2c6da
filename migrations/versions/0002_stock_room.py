"""The stock room: numbers, custody, counts, destruction, loans, requests, papers, and a chain over the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
KINDS = (
    "receipt", "spoilage", "loss", "consumption", "reversal", "earmark", "release", "dispatch", "delivery", "surplus",
    "recall", "undelivery", "found", "write_off", "brought", "printing", "printing_undo", "issue", "issue_undo",
    "closing",
)  # fmt: skip
NEW_KINDS = ("tracking", "custody", "custody_return", "adjustment", "destruction")
LIMITS = ("transfer_check_over", "reversal_check_over", "recount_over")
MOVEMENT_COLUMNS = (
    "id", "kind", "posted_at", "occurred_on", "user_id", "office_code", "store_code", "reason", "document_number",
    "document_id", "corrects_id",
)  # fmt: skip
# An interval changes once: when a movement takes or cuts it.
FIXED = "id, series_id, first, last, account_id, lot_id, made_by, came_from_id, split_from_id, in_books"


def one_of(name: str, *values: str) -> sa.Enum:
    """A text column with a CHECK that refuses any other value."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    """Make the new tables and columns, and let the ledger know the new kinds of movements."""
    _create_stock_tables()
    _create_feature_tables()
    _add_columns()
    _allow_kinds(*KINDS, *NEW_KINDS)
    _report_old_losses()
    _protect()


def downgrade() -> None:
    """Take them away again; fails, and changes nothing, where movements of the new kinds are on the books."""
    _allow_kinds(*KINDS)
    for limit in LIMITS:
        op.drop_column("offices", limit)
    op.drop_index("uq_attempts_number", table_name="attempts")
    op.drop_column("transfers", "granted")
    op.drop_column("transfers", "dispatched_at")
    op.drop_column("transfers", "numbered")
    op.drop_column("transfers", "dispatched_by")
    op.drop_column("transfers", "approved_by")
    op.drop_column("stores", "version")
    op.drop_column("stores", "prints")
    op.drop_column("pledges", "numbered")
    op.drop_column("pledges", "movement_id")
    op.drop_column("offices", "write_off_check")
    op.drop_column("offices", "destruction_check")
    op.drop_column("offices", "count_check")
    op.drop_column("offices", "custody_required")
    op.drop_column("attempts", "custody_id")
    op.drop_table("repayments")
    op.drop_table("count_numbers")
    op.drop_table("supply_requests")
    op.drop_table("loans")
    op.drop_table("destruction_lines")
    op.drop_table("count_lines")
    op.drop_table("withdrawn_cards")
    op.drop_table("printers")
    op.drop_table("destructions")
    op.drop_table("custody_sessions")
    op.drop_table("counts")
    op.drop_table("count_plans")
    op.drop_table("seals")
    op.drop_table("seal_progress")
    op.drop_table("reversal_requests")
    op.drop_table("number_series")
    op.drop_table("notices")
    op.drop_table("lots")
    op.drop_table("loss_reports")
    op.drop_table("intervals")
    op.drop_table("documents")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_of_interval()")


def _add_columns() -> None:
    op.add_column("attempts", sa.Column("custody_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "uq_attempts_number",
        "attempts",
        ["number"],
        unique=True,
        sqlite_where=sa.text("number IS NOT NULL AND undone_by IS NULL"),
        postgresql_where=sa.text("number IS NOT NULL AND undone_by IS NULL"),
    )
    op.add_column("offices", sa.Column("custody_required", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("offices", sa.Column("count_check", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("offices", sa.Column("destruction_check", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("offices", sa.Column("write_off_check", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("pledges", sa.Column("movement_id", sa.BigInteger(), nullable=True))
    op.add_column("pledges", sa.Column("numbered", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("stores", sa.Column("prints", sa.JSON(), nullable=True))
    op.add_column("stores", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("transfers", sa.Column("approved_by", sa.BigInteger(), nullable=True))
    op.add_column("transfers", sa.Column("dispatched_by", sa.BigInteger(), nullable=True))
    op.add_column("transfers", sa.Column("numbered", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("transfers", sa.Column("dispatched_at", UTC, nullable=True))
    op.add_column("transfers", sa.Column("granted", sa.Boolean(), server_default=sa.false(), nullable=False))
    for limit in LIMITS:
        # Both databases take a column with its own CHECK so; SQLite could not add the CHECK afterwards.
        op.execute(
            f"ALTER TABLE offices ADD COLUMN {limit} BIGINT"
            f" CONSTRAINT ck_offices_{limit} CHECK ({limit} IS NULL OR {limit} >= 0)"
        )


def _allow_kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ck_movements_movementkind", "movements", type_="check")
        op.create_check_constraint("ck_movements_movementkind", "movements", f"kind IN ({listed})")
        return
    # SQLite cannot change a CHECK: the table is written anew. Nothing refers to it by a foreign key.
    op.create_table(
        "new_movements",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", one_of("ck_movements_movementkind", *kinds), nullable=False),
        sa.Column("posted_at", UTC, nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document_number", sa.String(length=80), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_movements"),
    )
    columns = ", ".join(MOVEMENT_COLUMNS)
    op.execute(f"INSERT INTO new_movements ({columns}) SELECT {columns} FROM movements")  # noqa: S608
    op.drop_table("movements")
    op.rename_table("new_movements", "movements")
    op.create_index("ix_movements_corrects_id", "movements", ["corrects_id"], unique=False)
    op.create_index("ix_movements_office_code_id", "movements", ["office_code", "id"], unique=False)
    for change in ("UPDATE", "DELETE"):
        _refuse("movements", change)


def _report_old_losses() -> None:
    """What was lost before anybody confirmed a loss counts as confirmed when it was posted, by nobody."""
    op.execute(
        "INSERT INTO loss_reports (id, office_code, reported_by, reported_at, confirmed_at)"
        " SELECT id, office_code, user_id, posted_at, posted_at FROM movements WHERE kind = 'loss' OR (kind = 'closing'"
        " AND EXISTS (SELECT 1 FROM entries JOIN accounts ON accounts.id = entries.account_id"
        " WHERE entries.movement_id = movements.id AND entries.quantity > 0 AND accounts.place = 'lost'))"
    )


def _refuse(table: str, change: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    )


def _protect() -> None:
    """Seals never change, and an interval only ends; on PostgreSQL no two that are on the books overlap."""
    old, new = (", ".join(f"{row}.{name}" for name in FIXED.split(", ")) for row in ("OLD", "NEW"))
    if op.get_bind().dialect.name == "postgresql":
        # One range over all series: a number of at most 18 digits, with the series before it.
        op.execute(
            "ALTER TABLE intervals ADD CONSTRAINT ex_intervals_numbers EXCLUDE USING gist ("
            "numrange(series_id * 1e18 + first, series_id * 1e18 + last, '[]') WITH &&)"
            " WHERE (ended_by IS NULL AND in_books)"
        )
        op.execute(
            "CREATE FUNCTION refuse_change_of_interval() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF OLD.ended_by IS NOT NULL OR ROW({old}) IS DISTINCT FROM ROW({new}) THEN "
            "RAISE EXCEPTION 'the ledger is append-only'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER intervals_only_end BEFORE UPDATE ON intervals "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_interval()"
        )
        for table, change in (("intervals", "DELETE"), ("seals", "UPDATE OR DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE {change} OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    op.execute(
        f"CREATE TRIGGER intervals_only_end BEFORE UPDATE ON intervals WHEN OLD.ended_by IS NOT NULL OR ({old})"
        f" IS NOT ({new}) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    )
    _refuse("intervals", "DELETE")
    for change in ("UPDATE", "DELETE"):
        _refuse("seals", change)


def _create_stock_tables() -> None:

    op.create_table(
        "documents",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "kind",
            one_of(
                "ck_documents_documentkind",
                "tanda_terima",
                "surat_jalan",
                "bast",
                "kartu_stok",
                "ba_opname",
                "ba_pemusnahan",
                "session_sheet",
            ),
            nullable=False,
        ),
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
    op.create_index("ix_documents_kind_subject", "documents", ["kind", "subject"], unique=False)
    op.create_index("ix_documents_office_code_id", "documents", ["office_code", "id"], unique=False)
    op.create_table(
        "intervals",
        sa.Column("id", ID, nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("came_from_id", sa.BigInteger(), nullable=True),
        sa.Column("split_from_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("in_books", sa.Boolean(), nullable=False),
        sa.CheckConstraint("0 <= first AND first <= last", name="ck_intervals_ends"),
        sa.PrimaryKeyConstraint("id", name="pk_intervals"),
    )
    op.create_index(
        "ix_intervals_account",
        "intervals",
        ["account_id"],
        unique=False,
        sqlite_where=sa.text("ended_by IS NULL"),
        postgresql_where=sa.text("ended_by IS NULL"),
    )
    op.create_index(
        "ix_intervals_gone",
        "intervals",
        ["series_id", "first"],
        unique=False,
        sqlite_where=sa.text("in_books = 0"),
        postgresql_where=sa.text("NOT in_books"),
    )
    op.create_index("ix_intervals_lot_id", "intervals", ["lot_id"], unique=False)
    op.create_index(
        "ix_intervals_split",
        "intervals",
        ["split_from_id"],
        unique=False,
        sqlite_where=sa.text("split_from_id IS NOT NULL"),
        postgresql_where=sa.text("split_from_id IS NOT NULL"),
    )
    op.create_index("ix_intervals_made_by", "intervals", ["made_by"], unique=False)
    op.create_index(
        "uq_intervals_here",
        "intervals",
        ["series_id", "first"],
        unique=True,
        sqlite_where=sa.text("ended_by IS NULL AND in_books = 1"),
        postgresql_where=sa.text("ended_by IS NULL AND in_books"),
    )
    op.create_table(
        "loss_reports",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("reported_by", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", UTC, nullable=False),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_loss_reports"),
    )
    op.create_index(
        "ix_loss_reports_office_code_confirmed_at", "loss_reports", ["office_code", "confirmed_at"], unique=False
    )
    op.create_table(
        "lots",
        sa.Column("id", ID, nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=True),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("tracked", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("pack_size > 0", name="ck_lots_pack_size"),
        sa.CheckConstraint("quantity > 0", name="ck_lots_quantity"),
        sa.CheckConstraint("tracked BETWEEN 0 AND quantity", name="ck_lots_tracked"),
        sa.PrimaryKeyConstraint("id", name="pk_lots"),
    )
    op.create_index("ix_lots_receipt_id", "lots", ["receipt_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            one_of(
                "ck_notices_noticekind",
                "custody_difference",
                "custody_overdue",
                "loss_unconfirmed",
                "request_held",
                "count_difference",
                "transfer_disputed",
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("settled_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("kind", "subject_id", name="uq_notices_kind_subject_id"),
    )
    op.create_index("ix_notices_office_code_settled_at", "notices", ["office_code", "settled_at"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("id", ID, nullable=False),
        sa.Column("prefix", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_number_series"),
        sa.UniqueConstraint("prefix", "width", name="uq_number_series_prefix_width"),
    )
    op.create_table(
        "reversal_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", UTC, nullable=False),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reversal_requests"),
    )
    op.create_index("ix_reversal_requests_movement_id", "reversal_requests", ["movement_id"], unique=False)
    op.create_table(
        "seal_progress",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("floor_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seal_progress"),
    )
    op.create_table(
        "seals",
        sa.Column("position", ID, autoincrement=False, nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_seals"),
        sa.UniqueConstraint("movement_id", name="uq_seals_movement_id"),
    )
    op.create_table(
        "count_plans",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("counter_id", ID, nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("every_days > 0", name="ck_count_plans_every_days"),
        sa.ForeignKeyConstraint(["counter_id"], ["users.id"], name="fk_count_plans_counter_id"),
        sa.ForeignKeyConstraint(["store_code"], ["stores.code"], name="fk_count_plans_store_code"),
        sa.PrimaryKeyConstraint("id", name="pk_count_plans"),
    )
    op.create_index("ix_count_plans_office_code_next_on", "count_plans", ["office_code", "next_on"], unique=False)


def _create_feature_tables() -> None:
    op.create_table(
        "counts",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("kind", one_of("ck_counts_countkind", "full", "partial"), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("status", one_of("ck_counts_countstatus", "open", "approved", "cancelled"), nullable=False),
        sa.Column("counted_by", sa.JSON(), nullable=False),
        sa.Column("noted_by", sa.JSON(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("after_movement_id", sa.BigInteger(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("approved_at", UTC, nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["store_code"], ["stores.code"], name="fk_counts_store_code"),
        sa.PrimaryKeyConstraint("id", name="pk_counts"),
    )
    op.create_index("ix_counts_office_code_status", "counts", ["office_code", "status"], unique=False)
    op.create_index("ix_counts_store_code_status", "counts", ["store_code", "status"], unique=False)
    op.create_index(
        "uq_counts_open",
        "counts",
        ["store_code"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "custody_sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", ID, nullable=False),
        sa.Column("status", one_of("ck_custody_sessions_custodystatus", "open", "disputed", "closed"), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("needed", sa.BigInteger(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("numbered", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("counted_by", sa.JSON(), nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=True),
        sa.Column("missing", sa.BigInteger(), nullable=True),
        sa.Column("missing_numbers", sa.JSON(), nullable=False),
        sa.Column("surplus", sa.BigInteger(), nullable=False),
        sa.Column("surplus_numbers", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.String(length=500), nullable=False),
        sa.Column("return_counted_by", sa.JSON(), nullable=True),
        sa.Column("printer_count", sa.BigInteger(), nullable=True),
        sa.Column("siak_count", sa.BigInteger(), nullable=True),
        sa.Column("closers", sa.JSON(), nullable=False),
        sa.Column("closed_at", UTC, nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'open') = (returned IS NULL)", name="ck_custody_sessions_counted"),
        sa.CheckConstraint("issued > 0", name="ck_custody_sessions_issued"),
        sa.CheckConstraint("missing IS NULL OR missing >= 0", name="ck_custody_sessions_missing"),
        sa.CheckConstraint("printer_count IS NULL OR printer_count >= 0", name="ck_custody_sessions_printer_count"),
        sa.CheckConstraint("returned IS NULL OR returned >= 0", name="ck_custody_sessions_returned"),
        sa.CheckConstraint("siak_count IS NULL OR siak_count >= 0", name="ck_custody_sessions_siak_count"),
        sa.CheckConstraint("surplus >= 0", name="ck_custody_sessions_surplus"),
        sa.ForeignKeyConstraint(["holder_id"], ["users.id"], name="fk_custody_sessions_holder_id"),
        sa.ForeignKeyConstraint(["item_code"], ["items.code"], name="fk_custody_sessions_item_code"),
        sa.ForeignKeyConstraint(["store_code"], ["stores.code"], name="fk_custody_sessions_store_code"),
        sa.PrimaryKeyConstraint("id", name="pk_custody_sessions"),
    )
    op.create_index("ix_custody_sessions_holder_id_status", "custody_sessions", ["holder_id", "status"], unique=False)
    op.create_index(
        "ix_custody_sessions_office_code_status", "custody_sessions", ["office_code", "status"], unique=False
    )
    op.create_index("ix_custody_sessions_store_code_status", "custody_sessions", ["store_code", "status"], unique=False)
    op.create_table(
        "destructions",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column(
            "status", one_of("ck_destructions_destructionstatus", "counted", "approved", "cancelled"), nullable=False
        ),
        sa.Column("destroyed_on", sa.Date(), nullable=False),
        sa.Column("witnesses_secret", sa.LargeBinary(), nullable=True),
        sa.Column("counted_by", sa.JSON(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("approved_at", UTC, nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("movement_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["store_code"], ["stores.code"], name="fk_destructions_store_code"),
        sa.PrimaryKeyConstraint("id", name="pk_destructions"),
        sa.UniqueConstraint("office_code", "number", name="uq_destructions_office_code_number"),
    )
    op.create_index(
        "ix_destructions_office_code_destroyed_on", "destructions", ["office_code", "destroyed_on"], unique=False
    )
    op.create_table(
        "printers",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("prints", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store_code"], ["stores.code"], name="fk_printers_store_code"),
        sa.PrimaryKeyConstraint("id", name="pk_printers"),
        sa.UniqueConstraint("store_code", "name", name="uq_printers_store_code_name"),
    )
    op.create_index("ix_printers_office_code", "printers", ["office_code"], unique=False)
    op.create_table(
        "withdrawn_cards",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column(
            "reason",
            one_of(
                "ck_withdrawn_cards_destructionclass",
                "damaged",
                "print_failure",
                "encode_failure",
                "factory_defect",
                "data_change",
                "moved_in",
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("destroyed", sa.BigInteger(), nullable=False),
        sa.Column("document_number", sa.String(length=80), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("destroyed BETWEEN 0 AND quantity", name="ck_withdrawn_cards_destroyed"),
        sa.CheckConstraint("quantity >= 0", name="ck_withdrawn_cards_quantity"),
        sa.ForeignKeyConstraint(["store_code"], ["stores.code"], name="fk_withdrawn_cards_store_code"),
        sa.PrimaryKeyConstraint("id", name="pk_withdrawn_cards"),
    )
    op.create_index(
        "ix_withdrawn_cards_office_code_withdrawn_on", "withdrawn_cards", ["office_code", "withdrawn_on"], unique=False
    )
    op.create_index(
        "ix_withdrawn_cards_store_code_withdrawn_on", "withdrawn_cards", ["store_code", "withdrawn_on"], unique=False
    )
    op.create_table(
        "count_lines",
        sa.Column("id", ID, nullable=False),
        sa.Column("count_id", ID, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("snapshot", sa.BigInteger(), nullable=False),
        sa.Column("books", sa.BigInteger(), nullable=True),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("first_counted", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", UTC, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(counted IS NULL) = (books IS NULL)", name="ck_count_lines_books"),
        sa.CheckConstraint("counted IS NULL OR counted >= 0", name="ck_count_lines_counted"),
        sa.ForeignKeyConstraint(["count_id"], ["counts.id"], name="fk_count_lines_count_id"),
        sa.PrimaryKeyConstraint("id", name="pk_count_lines"),
        sa.UniqueConstraint("count_id", "account_id", name="uq_count_lines_count_id_account_id"),
    )
    op.create_index("ix_count_lines_count_id", "count_lines", ["count_id"], unique=False)
    op.create_table(
        "destruction_lines",
        sa.Column("id", ID, nullable=False),
        sa.Column("destruction_id", ID, nullable=False),
        sa.Column(
            "reason",
            one_of(
                "ck_destruction_lines_destructionclass",
                "damaged",
                "print_failure",
                "encode_failure",
                "factory_defect",
                "data_change",
                "moved_in",
            ),
            nullable=False,
        ),
        sa.Column("item_code", sa.String(length=40), nullable=True),
        sa.Column("owner_code", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("intervals", sa.JSON(), nullable=True),
        sa.CheckConstraint("quantity > 0", name="ck_destruction_lines_quantity"),
        sa.ForeignKeyConstraint(["destruction_id"], ["destructions.id"], name="fk_destruction_lines_destruction_id"),
        sa.ForeignKeyConstraint(["item_code"], ["items.code"], name="fk_destruction_lines_item_code"),
        sa.PrimaryKeyConstraint("id", name="pk_destruction_lines"),
    )
    op.create_index("ix_destruction_lines_destruction_id", "destruction_lines", ["destruction_id"], unique=False)
    op.create_table(
        "loans",
        sa.Column("id", ID, nullable=False),
        sa.Column("transfer_id", ID, nullable=False),
        sa.Column("lender_office", sa.String(length=40), nullable=False),
        sa.Column("borrower_office", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name="fk_loans_transfer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_loans"),
        sa.UniqueConstraint("transfer_id", name="uq_loans_transfer_id"),
    )
    op.create_index("ix_loans_borrower_office", "loans", ["borrower_office"], unique=False)
    op.create_index("ix_loans_lender_office", "loans", ["lender_office"], unique=False)
    op.create_table(
        "supply_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "status",
            one_of("ck_supply_requests_requeststatus", "held", "asked", "approved", "refused", "cancelled"),
            nullable=False,
        ),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("supplier_office", sa.String(length=40), nullable=False),
        sa.Column("to_store", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("requested", sa.BigInteger(), nullable=False),
        sa.Column("approved", sa.BigInteger(), nullable=True),
        sa.Column("needed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("held_for", sa.JSON(), nullable=True),
        sa.Column("lifted_by", sa.BigInteger(), nullable=True),
        sa.Column("lift_reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", UTC, nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.Column("transfer_id", ID, nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'approved') = (transfer_id IS NOT NULL)", name="ck_supply_requests_transfer"),
        sa.CheckConstraint("approved IS NULL OR approved > 0", name="ck_supply_requests_approved"),
        sa.CheckConstraint("requested > 0", name="ck_supply_requests_requested"),
        sa.ForeignKeyConstraint(["item_code"], ["items.code"], name="fk_supply_requests_item_code"),
        sa.ForeignKeyConstraint(["to_store"], ["stores.code"], name="fk_supply_requests_to_store"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name="fk_supply_requests_transfer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_supply_requests"),
        sa.UniqueConstraint("transfer_id", name="uq_supply_requests_transfer_id"),
    )
    op.create_index("ix_supply_requests_office_code_status", "supply_requests", ["office_code", "status"], unique=False)
    op.create_index(
        "ix_supply_requests_supplier_office_status", "supply_requests", ["supplier_office", "status"], unique=False
    )
    op.create_table(
        "count_numbers",
        sa.Column("id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("finding", one_of("ck_count_numbers_finding", "missing", "unexpected"), nullable=False),
        sa.Column("prefix", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("0 <= first AND first <= last", name="ck_count_numbers_ends"),
        sa.ForeignKeyConstraint(["line_id"], ["count_lines.id"], name="fk_count_numbers_line_id"),
        sa.PrimaryKeyConstraint("id", name="pk_count_numbers"),
    )
    op.create_index("ix_count_numbers_line_id", "count_numbers", ["line_id"], unique=False)
    op.create_table(
        "repayments",
        sa.Column("id", ID, nullable=False),
        sa.Column("loan_id", ID, nullable=False),
        sa.Column("transfer_id", ID, nullable=False),
        sa.Column("kind", one_of("ck_repayments_repaymentkind", "return", "delivery"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(kind = 'delivery') = (quantity IS NOT NULL)", name="ck_repayments_quantity_by_kind"),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name="ck_repayments_quantity"),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="fk_repayments_loan_id"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name="fk_repayments_transfer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_repayments"),
        sa.UniqueConstraint("loan_id", "transfer_id", name="uq_repayments_loan_id_transfer_id"),
    )
    op.create_index("ix_repayments_transfer_id", "repayments", ["transfer_id"], unique=False)
