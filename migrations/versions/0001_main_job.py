"""The main job: places, people, the ledger, transfers, events, recordings, printing, settlement, coverage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
LEDGER = ("movements", "entries")


def one_of(name: str, *values: str) -> sa.Enum:
    """A text column with a CHECK that refuses any other value."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    """Make the tables, and forbid changing what is on the books."""
    _create_tables()
    _make_ledger_append_only()


def downgrade() -> None:
    """Drop everything."""
    op.drop_table("recordings")
    op.drop_table("job_lines")
    op.drop_table("deliveries")
    op.drop_table("transfers")
    op.drop_table("tokens")
    op.drop_table("stops")
    op.drop_table("settlement_lines")
    op.drop_table("print_jobs")
    op.drop_table("pledges")
    op.drop_table("idempotency_keys")
    op.drop_table("event_members")
    op.drop_table("audit_rows")
    op.drop_table("accounts")
    op.drop_table("users")
    op.drop_table("stores")
    op.drop_table("events")
    op.drop_table("coverage_targets")
    op.drop_table("coverage_reports")
    op.drop_table("regions")
    op.drop_table("receipts")
    op.drop_table("offices")
    op.drop_table("movements")
    op.drop_table("marks")
    op.drop_table("items")
    op.drop_table("failed_sign_ins")
    op.drop_table("entries")
    op.drop_table("cards")
    op.drop_table("attempts")

    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _make_ledger_append_only() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
        )
        for table in LEDGER:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in LEDGER:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )


def _create_tables() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", ID, nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("outcome", one_of("ck_attempts_outcome", "printed", "spoiled"), nullable=False),
        sa.Column(
            "reason",
            one_of("ck_attempts_spoilreason", "damaged", "print_failure", "encode_failure", "factory_defect"),
            nullable=True,
        ),
        sa.Column("attempted_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(outcome = 'spoiled') = (reason IS NOT NULL)", name="ck_attempts_reason"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_attempted_at", "attempts", ["attempted_at"], unique=False)
    op.create_index("ix_attempts_job_id", "attempts", ["job_id"], unique=False)
    op.create_index("ix_attempts_recording_id", "attempts", ["recording_id"], unique=False)
    op.create_index(
        "uq_attempts_printed",
        "attempts",
        ["recording_id"],
        unique=True,
        sqlite_where=sa.text("outcome = 'printed' AND undone_by IS NULL"),
        postgresql_where=sa.text("outcome = 'printed' AND undone_by IS NULL"),
    )
    op.create_table(
        "cards",
        sa.Column("id", ID, nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("owner_code", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("status", one_of("ck_cards_cardstatus", "waiting", "issued", "lost", "undone"), nullable=False),
        sa.Column("printed_at", UTC, nullable=False),
        sa.Column("collector_secret", sa.LargeBinary(), nullable=True),
        sa.Column("collector_relation", sa.String(length=60), nullable=True),
        sa.Column("issued_at", UTC, nullable=True),
        sa.Column("issue_movement_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(status = 'issued') = (issue_movement_id IS NOT NULL)", name="ck_cards_issue"),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
    )
    op.create_index("ix_cards_office_code_status", "cards", ["office_code", "status"], unique=False)
    op.create_index("ix_cards_store_code_status", "cards", ["store_code", "status"], unique=False)
    op.create_index(
        "uq_cards_standing",
        "cards",
        ["recording_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'undone'"),
        postgresql_where=sa.text("status <> 'undone'"),
    )
    op.create_table(
        "entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("movement_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity <> 0", name="ck_entries_quantity"),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("movement_id", "account_id", name="uq_entries_movement_id_account_id"),
    )
    op.create_index("ix_entries_account_id_id", "entries", ["account_id", "id"], unique=False)
    op.create_table(
        "failed_sign_ins",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_failed_sign_ins"),
    )
    op.create_index("ix_failed_sign_ins_expires_at", "failed_sign_ins", ["expires_at"], unique=False)
    op.create_table(
        "items",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", one_of("ck_items_itemkind", "blank", "ribbon", "film", "cleaning_kit"), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.Column("cards_per_unit", sa.Integer(), nullable=True),
        sa.CheckConstraint("cards_per_unit IS NULL OR cards_per_unit > 0", name="ck_items_cards_per_unit"),
        sa.CheckConstraint("pack_size > 0", name="ck_items_pack_size"),
        sa.PrimaryKeyConstraint("code", name="pk_items"),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
    op.create_table(
        "movements",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "kind",
            one_of(
                "ck_movements_movementkind",
                "receipt",
                "spoilage",
                "loss",
                "consumption",
                "reversal",
                "earmark",
                "release",
                "dispatch",
                "delivery",
                "surplus",
                "recall",
                "undelivery",
                "found",
                "write_off",
                "brought",
                "printing",
                "printing_undo",
                "issue",
                "issue_undo",
                "closing",
            ),
            nullable=False,
        ),
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
    op.create_index("ix_movements_corrects_id", "movements", ["corrects_id"], unique=False)
    op.create_index("ix_movements_office_code_id", "movements", ["office_code", "id"], unique=False)
    op.create_table(
        "offices",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", one_of("ck_offices_officelevel", "ministry", "province", "regency"), nullable=False),
        sa.Column("parent_code", sa.String(length=40), nullable=True),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("backdate_days", sa.Integer(), nullable=False),
        sa.Column("undo_minutes", sa.Integer(), nullable=False),
        sa.Column("spoil_rate", sa.Double(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("backdate_days BETWEEN 0 AND 36500", name="ck_offices_backdate_days"),
        sa.CheckConstraint("spoil_rate IS NULL OR (spoil_rate >= 0 AND spoil_rate < 1)", name="ck_offices_spoil_rate"),
        sa.CheckConstraint("undo_minutes BETWEEN 0 AND 525600", name="ck_offices_undo_minutes"),
        sa.ForeignKeyConstraint(["parent_code"], ["offices.code"], name="fk_offices_parent_code"),
        sa.PrimaryKeyConstraint("code", name="pk_offices"),
    )
    op.create_index("ix_offices_parent_code", "offices", ["parent_code"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("condition", one_of("ck_receipts_condition", "blank", "printed", "spoiled"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("paper_quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "source", one_of("ck_receipts_receiptsource", "ministry", "province", "grant", "opening"), nullable=False
        ),
        sa.Column("document_number", sa.String(length=80), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.CheckConstraint("paper_quantity >= 0", name="ck_receipts_paper_quantity"),
        sa.CheckConstraint("quantity > 0", name="ck_receipts_quantity"),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
    )
    op.create_index("ix_receipts_office_code_id", "receipts", ["office_code", "id"], unique=False)
    op.create_table(
        "regions",
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", one_of("ck_regions_level", "province", "regency", "kecamatan", "village"), nullable=False),
        sa.Column("parent_code", sa.String(length=13), nullable=True),
        sa.ForeignKeyConstraint(["parent_code"], ["regions.code"], name="fk_regions_parent_code"),
        sa.PrimaryKeyConstraint("code", name="pk_regions"),
    )
    op.create_index("ix_regions_parent_code", "regions", ["parent_code"], unique=False)
    op.create_table(
        "coverage_reports",
        sa.Column("id", ID, nullable=False),
        sa.Column("region_code", sa.String(length=13), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("required", sa.BigInteger(), nullable=True),
        sa.Column("recorded", sa.BigInteger(), nullable=True),
        sa.Column("reported_percent", sa.Double(), nullable=True),
        sa.Column("reported_remaining", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("recorded IS NULL OR recorded >= 0", name="ck_coverage_reports_recorded"),
        sa.CheckConstraint(
            "reported_percent IS NULL OR reported_percent >= 0", name="ck_coverage_reports_reported_percent"
        ),
        sa.CheckConstraint("required IS NULL OR required > 0", name="ck_coverage_reports_required"),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_coverage_reports_region_code"),
        sa.PrimaryKeyConstraint("id", name="pk_coverage_reports"),
        sa.UniqueConstraint("region_code", "as_of", "source", name="uq_coverage_reports_region_code_as_of_source"),
    )
    op.create_table(
        "coverage_targets",
        sa.Column("id", ID, nullable=False),
        sa.Column("region_code", sa.String(length=13), nullable=False),
        sa.Column("percent", sa.Double(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("percent > 0", name="ck_coverage_targets_percent"),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_coverage_targets_region_code"),
        sa.PrimaryKeyConstraint("id", name="pk_coverage_targets"),
        sa.UniqueConstraint("region_code", "due_on", name="uq_coverage_targets_region_code_due_on"),
    )
    op.create_table(
        "events",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            one_of("ck_events_eventkind", "gotong_royong", "school", "village", "mobile_unit", "home_visits"),
            nullable=False,
        ),
        sa.Column(
            "status",
            one_of("ck_events_eventstatus", "draft", "planned", "running", "closed", "cancelled"),
            nullable=False,
        ),
        sa.Column("host_office", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("works_holidays", sa.Boolean(), nullable=False),
        sa.Column("turnout_low", sa.Double(), nullable=False),
        sa.Column("turnout_likely", sa.Double(), nullable=False),
        sa.Column("turnout_high", sa.Double(), nullable=False),
        sa.Column("cards_per_person", sa.Double(), nullable=False),
        sa.Column("replacements", sa.BigInteger(), nullable=False),
        sa.Column("spoil_rate", sa.Double(), nullable=True),
        sa.Column("draw_order", sa.JSON(), nullable=True),
        sa.Column("started_at", UTC, nullable=True),
        sa.Column("closed_at", UTC, nullable=True),
        sa.Column("last_movement_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= turnout_low AND turnout_low <= turnout_likely AND turnout_likely <= turnout_high",
            name="ck_events_turnout",
        ),
        sa.CheckConstraint("cards_per_person > 0", name="ck_events_cards_per_person"),
        sa.CheckConstraint("closes_at > opens_at", name="ck_events_hours"),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_events_days"),
        sa.CheckConstraint("replacements >= 0", name="ck_events_replacements"),
        sa.CheckConstraint("spoil_rate IS NULL OR (spoil_rate >= 0 AND spoil_rate < 1)", name="ck_events_spoil_rate"),
        sa.ForeignKeyConstraint(["host_office"], ["offices.code"], name="fk_events_host_office"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_host_office_status", "events", ["host_office", "status"], unique=False)
    op.create_table(
        "stores",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            one_of("ck_stores_storekind", "main", "service_point", "print_room", "mobile_unit", "event_kit"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("region_code", sa.String(length=13), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("draw_order", sa.JSON(), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name="fk_stores_office_code"),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_stores_region_code"),
        sa.PrimaryKeyConstraint("code", name="pk_stores"),
        sa.UniqueConstraint("event_id", name="uq_stores_event_id"),
    )
    op.create_index("ix_stores_office_code", "stores", ["office_code"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "role",
            one_of("ck_users_role", "clerk", "coordinator", "printer", "field", "inspector", "admin"),
            nullable=False,
        ),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name="fk_users_office_code"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_index("ix_users_office_code", "users", ["office_code"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("id", ID, nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column(
            "place",
            one_of(
                "ck_accounts_place",
                "store",
                "transfer",
                "custody",
                "envelope",
                "supplied",
                "issued",
                "consumed",
                "destroyed",
                "lost",
            ),
            nullable=False,
        ),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("condition", one_of("ck_accounts_condition", "blank", "printed", "spoiled"), nullable=False),
        sa.Column("owner_code", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("numbered", sa.Boolean(), nullable=False),
        sa.Column(
            "word",
            sa.String(length=300),
            sa.Computed(
                "store_code || '|' || place || '|' || CAST(document_id AS VARCHAR) || '|' || item_code || '|' ||"
                " condition || '|' || owner_code || '|' || CAST(event_id AS VARCHAR) || '|' ||"
                " CASE WHEN numbered THEN '1' ELSE '0' END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("sign", sa.SmallInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("sign = CASE WHEN place = 'supplied' THEN -1 ELSE 1 END", name="ck_accounts_sign_by_place"),
        sa.CheckConstraint("balance * sign >= 0", name="ck_accounts_right_side_of_zero"),
        sa.ForeignKeyConstraint(["item_code"], ["items.code"], name="fk_accounts_item_code"),
        sa.ForeignKeyConstraint(["store_code"], ["stores.code"], name="fk_accounts_store_code"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("word", name="uq_accounts_word"),
    )
    op.create_index("ix_accounts_event_id", "accounts", ["event_id"], unique=False)
    op.create_index("ix_accounts_office_code_item_code", "accounts", ["office_code", "item_code"], unique=False)
    op.create_index("ix_accounts_owner_code", "accounts", ["owner_code"], unique=False)
    op.create_table(
        "audit_rows",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_audit_rows_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_rows"),
    )
    op.create_index("ix_audit_rows_office_code_id", "audit_rows", ["office_code", "id"], unique=False)
    op.create_index("ix_audit_rows_subject_subject_id", "audit_rows", ["subject", "subject_id"], unique=False)
    op.create_table(
        "event_members",
        sa.Column("event_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_event_members_event_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_event_members_user_id"),
        sa.PrimaryKeyConstraint("event_id", "user_id", name="pk_event_members"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_idempotency_keys_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_keys"),
        sa.UniqueConstraint("user_id", "path", "key", name="uq_idempotency_keys_user_id_path_key"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "pledges",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("arrived", sa.BigInteger(), nullable=True),
        sa.Column("status", one_of("ck_pledges_pledgestatus", "pledged", "brought", "released"), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name="ck_pledges_quantity"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_pledges_event_id"),
        sa.ForeignKeyConstraint(["item_code"], ["items.code"], name="fk_pledges_item_code"),
        sa.ForeignKeyConstraint(["store_code"], ["stores.code"], name="fk_pledges_store_code"),
        sa.PrimaryKeyConstraint("id", name="pk_pledges"),
    )
    op.create_index("ix_pledges_event_id", "pledges", ["event_id"], unique=False)
    op.create_index("ix_pledges_office_code_status", "pledges", ["office_code", "status"], unique=False)
    op.create_table(
        "print_jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("store_code", sa.String(length=40), nullable=False),
        sa.Column("event_id", ID, nullable=True),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("printer", sa.String(length=80), nullable=True),
        sa.Column("status", one_of("ck_print_jobs_jobstatus", "draft", "open", "done", "cancelled"), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_print_jobs_event_id"),
        sa.ForeignKeyConstraint(["item_code"], ["items.code"], name="fk_print_jobs_item_code"),
        sa.ForeignKeyConstraint(["store_code"], ["stores.code"], name="fk_print_jobs_store_code"),
        sa.PrimaryKeyConstraint("id", name="pk_print_jobs"),
    )
    op.create_index("ix_print_jobs_event_id_status", "print_jobs", ["event_id", "status"], unique=False)
    op.create_index("ix_print_jobs_office_code_status", "print_jobs", ["office_code", "status"], unique=False)
    op.create_table(
        "settlement_lines",
        sa.Column("event_id", ID, nullable=False),
        sa.Column("owner_code", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("brought", sa.BigInteger(), nullable=False),
        sa.Column("printed", sa.BigInteger(), nullable=False),
        sa.Column("spoiled", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("explanation", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "brought = printed + spoiled + used + returned + missing", name="ck_settlement_lines_adds_up"
        ),
        sa.CheckConstraint(
            "printed >= 0 AND spoiled >= 0 AND used >= 0 AND returned >= 0", name="ck_settlement_lines_not_negative"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_settlement_lines_event_id"),
        sa.PrimaryKeyConstraint("event_id", "owner_code", "item_code", name="pk_settlement_lines"),
    )
    op.create_table(
        "stops",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            one_of(
                "ck_stops_stopkind",
                "office",
                "village_office",
                "school",
                "home_visits",
                "mobile_unit",
                "prison",
                "hospital",
                "market",
                "other",
            ),
            nullable=False,
        ),
        sa.Column("region_code", sa.String(length=13), nullable=True),
        sa.Column("starts_at", UTC, nullable=False),
        sa.Column("ends_at", UTC, nullable=False),
        sa.Column("target_people", sa.BigInteger(), nullable=False),
        sa.Column("kits", sa.Integer(), nullable=False),
        sa.Column("minutes_per_recording", sa.Double(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name="ck_stops_window"),
        sa.CheckConstraint("kits >= 0", name="ck_stops_kits"),
        sa.CheckConstraint("minutes_per_recording > 0", name="ck_stops_minutes_per_recording"),
        sa.CheckConstraint("target_people >= 0", name="ck_stops_target_people"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_stops_event_id"),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_stops_region_code"),
        sa.PrimaryKeyConstraint("id", name="pk_stops"),
    )
    op.create_index("ix_stops_event_id", "stops", ["event_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.Column("revoked_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_tokens_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("digest", name="uq_tokens_digest"),
    )
    op.create_index("ix_tokens_user_id", "tokens", ["user_id"], unique=False)
    op.create_table(
        "transfers",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "status",
            one_of(
                "ck_transfers_transferstatus",
                "requested",
                "approved",
                "dispatched",
                "disputed",
                "received",
                "refused",
                "cancelled",
            ),
            nullable=False,
        ),
        sa.Column("from_store", sa.String(length=40), nullable=False),
        sa.Column("from_office", sa.String(length=40), nullable=False),
        sa.Column("to_store", sa.String(length=40), nullable=False),
        sa.Column("to_office", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("owner_code", sa.String(length=40), nullable=False),
        sa.Column("keeps_owner", sa.Boolean(), nullable=False),
        sa.Column("from_event_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), nullable=True),
        sa.Column("requested", sa.BigInteger(), nullable=False),
        sa.Column("approved", sa.BigInteger(), nullable=True),
        sa.Column("dispatched", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("written_off", sa.BigInteger(), nullable=False),
        sa.Column("surplus", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("approved IS NULL OR approved > 0", name="ck_transfers_approved"),
        sa.CheckConstraint("from_store <> to_store", name="ck_transfers_two_stores"),
        sa.CheckConstraint(
            "received + rejected + missing <= COALESCE(dispatched, 0)", name="ck_transfers_no_more_than_dispatched"
        ),
        sa.CheckConstraint(
            "received >= 0 AND rejected >= 0 AND missing >= 0 AND surplus >= 0 AND written_off >= 0",
            name="ck_transfers_not_negative",
        ),
        sa.CheckConstraint("requested > 0", name="ck_transfers_requested"),
        sa.CheckConstraint("written_off <= missing", name="ck_transfers_written_off"),
        sa.ForeignKeyConstraint(["from_store"], ["stores.code"], name="fk_transfers_from_store"),
        sa.ForeignKeyConstraint(["item_code"], ["items.code"], name="fk_transfers_item_code"),
        sa.ForeignKeyConstraint(["to_store"], ["stores.code"], name="fk_transfers_to_store"),
        sa.PrimaryKeyConstraint("id", name="pk_transfers"),
    )
    op.create_index("ix_transfers_event_id", "transfers", ["event_id"], unique=False)
    op.create_index("ix_transfers_from_event_id", "transfers", ["from_event_id"], unique=False)
    op.create_index("ix_transfers_from_office_status", "transfers", ["from_office", "status"], unique=False)
    op.create_index("ix_transfers_to_office_status", "transfers", ["to_office", "status"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("transfer_id", ID, nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("surplus", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("seen_by", sa.String(length=120), nullable=False),
        sa.Column("received_at", UTC, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", UTC, nullable=True),
        sa.Column("movement_id", sa.BigInteger(), nullable=True),
        sa.Column("surplus_movement_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "received >= 0 AND rejected >= 0 AND missing >= 0 AND surplus >= 0", name="ck_deliveries_not_negative"
        ),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name="fk_deliveries_transfer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_transfer_id", "deliveries", ["transfer_id"], unique=False)
    op.create_table(
        "job_lines",
        sa.Column("job_id", ID, nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["print_jobs.id"], name="fk_job_lines_job_id"),
        sa.PrimaryKeyConstraint("job_id", "recording_id", name="pk_job_lines"),
    )
    op.create_index(
        "uq_job_lines_waiting",
        "job_lines",
        ["recording_id"],
        unique=True,
        sqlite_where=sa.text("waiting"),
        postgresql_where=sa.text("waiting"),
    )
    op.create_table(
        "recordings",
        sa.Column("id", ID, nullable=False),
        sa.Column("office_code", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("nik_secret", sa.LargeBinary(), nullable=False),
        sa.Column("nik_index", sa.LargeBinary(), nullable=False),
        sa.Column("name_secret", sa.LargeBinary(), nullable=True),
        sa.Column(
            "reason",
            one_of(
                "ck_recordings_printreason",
                "first_card",
                "damaged",
                "lost",
                "data_change",
                "moved_in",
                "suket",
                "out_of_domicile",
                "disaster",
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            one_of("ck_recordings_recordingstatus", "bio_captured", "sfe", "prr", "failed", "printed", "issued"),
            nullable=False,
        ),
        sa.Column("failure", sa.String(length=60), nullable=True),
        sa.Column("event_id", ID, nullable=True),
        sa.Column("stop_id", ID, nullable=True),
        sa.Column("recorded_at", UTC, nullable=False),
        sa.Column("status_at", UTC, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("(status = 'failed') = (failure IS NOT NULL)", name="ck_recordings_failure"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_recordings_event_id"),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name="fk_recordings_office_code"),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name="fk_recordings_stop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
        sa.UniqueConstraint("office_code", "client_id", name="uq_recordings_office_code_client_id"),
    )
    op.create_index("ix_recordings_event_id_status", "recordings", ["event_id", "status"], unique=False)
    op.create_index("ix_recordings_nik_index", "recordings", ["nik_index"], unique=False)
    op.create_index("ix_recordings_office_code_status", "recordings", ["office_code", "status"], unique=False)
