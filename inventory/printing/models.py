"""The tables of print jobs, attempts and cards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, Keping, by_value
from inventory.database import Base
from inventory.printing.consignment_rules import ConsignmentStatus
from inventory.printing.machines import PrinterStatus, SupplyKind
from inventory.printing.rules import CardStatus, JobStatus, Outcome
from inventory.printing.run_rules import Fingerprint, RunStatus, Stage
from inventory.stock.rules import SpoilReason


class Printer(Base):
    """A printer of a store, which items it can print (None: any), and how many an hour.

    It rests for `rest_minutes` after every `rest_after_cards`; `daily_limit` is what the office lets it do in a day.
    """

    __tablename__ = "printers"
    __table_args__ = (
        sa.UniqueConstraint("store_code", "name"),
        sa.CheckConstraint("capacity_per_hour > 0", "capacity_per_hour"),
        sa.CheckConstraint("rest_after_cards IS NULL OR rest_after_cards > 0", "rest_after_cards"),
        sa.CheckConstraint("rest_minutes IS NULL OR rest_minutes > 0", "rest_minutes"),
        sa.CheckConstraint("daily_limit IS NULL OR daily_limit > 0", "daily_limit"),
    )
    id: Mapped[Id]
    office_code: Mapped[Code] = mapped_column(index=True)
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    name: Mapped[str] = mapped_column(sa.String(80))
    prints: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(default=1)
    capacity_per_hour: Mapped[float] = mapped_column(default=45.0, server_default=sa.text("45"))
    rest_after_cards: Mapped[int | None]
    rest_minutes: Mapped[float | None]
    daily_limit: Mapped[int | None]
    status: Mapped[PrinterStatus] = mapped_column(
        by_value(PrinterStatus), default=PrinterStatus.WORKING, server_default="working"
    )
    status_at: Mapped[datetime | None]
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))


class Mount(Base):
    """One roll of ribbon or film in a printer: how many cards it gives, and how many it was used for."""

    __tablename__ = "mounts"
    __table_args__ = (
        sa.CheckConstraint("yield_cards > 0", "yield_cards"),
        sa.CheckConstraint("used >= 0", "used"),
        sa.Index(None, "printer_id", "kind", "id"),
        sa.Index(
            "uq_mounts_mounted",
            "printer_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("unmounted_at IS NULL"),
            postgresql_where=sa.text("unmounted_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    printer_id: Mapped[int] = mapped_column(sa.ForeignKey("printers.id"))
    kind: Mapped[SupplyKind] = mapped_column(by_value(SupplyKind))
    item_code: Mapped[str] = mapped_column(sa.ForeignKey("items.code"))
    # The label of the roll's lot, as it stands on its box.
    lot: Mapped[str | None] = mapped_column(sa.String(80))
    yield_cards: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    mounted_at: Mapped[datetime]
    unmounted_at: Mapped[datetime | None]
    # The movement that took it out of the store; reversed, the roll never was mounted.
    movement_id: Mapped[int] = mapped_column(sa.BigInteger)
    replaced_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    user_id: Mapped[int] = mapped_column(sa.BigInteger)


class PrintJob(Base):
    """A batch of print-ready recordings sent to one printer, fed from one store."""

    __tablename__ = "print_jobs"
    __table_args__ = (sa.Index(None, "office_code", "status"), sa.Index(None, "event_id", "status"))
    id: Mapped[Id]
    office_code: Mapped[Code]
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"))
    item_code: Mapped[str] = mapped_column(sa.ForeignKey("items.code"))
    printer: Mapped[str | None] = mapped_column(sa.String(80))
    status: Mapped[JobStatus] = mapped_column(by_value(JobStatus))
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    # Its recordings were the first of the queue; nobody picked them.
    taken: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class JobLine(Base):
    """A recording in a job; while `waiting` it may be in no other job. A run takes them by `place`, then by id."""

    __tablename__ = "job_lines"
    __table_args__ = (
        sa.Index(
            "uq_job_lines_waiting",
            "recording_id",
            unique=True,
            sqlite_where=sa.text("waiting = 1"),
            postgresql_where=sa.text("waiting"),
        ),
    )
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("print_jobs.id"), primary_key=True)
    recording_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    waiting: Mapped[bool]
    place: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))


class PrintRun(Base):
    """Cards of one job that went to its printer at once. Open until a person says what came out.

    Its blanks come `from_hand` of the user who started it, else from the store, whoever confirms it.
    """

    __tablename__ = "print_runs"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", "quantity"),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", "ended"),
        sa.Index(
            "uq_print_runs_job",
            "job_id",
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        ),
        sa.Index(
            "uq_print_runs_printer",
            "store_code",
            "printer",
            unique=True,
            sqlite_where=sa.text("status = 'open' AND printer IS NOT NULL"),
            postgresql_where=sa.text("status = 'open' AND printer IS NOT NULL"),
        ),
        sa.Index(None, "job_id"),
        sa.Index(None, "office_code", "id"),
    )
    id: Mapped[Id]
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("print_jobs.id"))
    office_code: Mapped[Code]
    store_code: Mapped[Code]
    printer: Mapped[str | None] = mapped_column(sa.String(80))
    quantity: Mapped[int]
    status: Mapped[RunStatus] = mapped_column(by_value(RunStatus))
    started_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    printed: Mapped[int] = mapped_column(default=0)
    spoiled: Mapped[int] = mapped_column(default=0)
    from_hand: Mapped[bool] = mapped_column(default=False)


class RunLine(Base):
    """A recording in a run. While it is `waiting` for a person's word it is in no other run, and so is its blank.

    `number` is the blank that was taken for it, `movement_id` the one that made the card.
    """

    __tablename__ = "run_lines"
    __table_args__ = (
        sa.Index(
            "uq_run_lines_waiting",
            "recording_id",
            unique=True,
            sqlite_where=sa.text("waiting = 1"),
            postgresql_where=sa.text("waiting"),
        ),
        sa.Index(
            "uq_run_lines_number",
            "number",
            unique=True,
            sqlite_where=sa.text("number IS NOT NULL AND waiting = 1"),
            postgresql_where=sa.text("number IS NOT NULL AND waiting"),
        ),
    )
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("print_runs.id"), primary_key=True)
    recording_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    place: Mapped[int]
    stage: Mapped[Stage] = mapped_column(by_value(Stage))
    number: Mapped[str | None] = mapped_column(sa.String(40))
    waiting: Mapped[bool]
    movement_id: Mapped[int | None] = mapped_column(sa.BigInteger)


class Attempt(Base):
    """One blank in the printer for one recording. Hot rows: their parents are checked by the command, not by keys.

    `number` is the blank's, where it is known; `custody_id` the session whose hand it came out of. `printer_id`,
    `ribbon_id` and `film_id` are the printer and what was mounted in it, where it is one that the store has listed.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        sa.CheckConstraint("(outcome = 'spoiled') = (reason IS NOT NULL)", "reason"),
        sa.Index(
            "uq_attempts_printed",
            "recording_id",
            unique=True,
            sqlite_where=sa.text("outcome = 'printed' AND undone_by IS NULL"),
            postgresql_where=sa.text("outcome = 'printed' AND undone_by IS NULL"),
        ),
        sa.Index(
            "uq_attempts_number",
            "number",
            unique=True,
            sqlite_where=sa.text("number IS NOT NULL AND undone_by IS NULL"),
            postgresql_where=sa.text("number IS NOT NULL AND undone_by IS NULL"),
        ),
        sa.Index(
            "ix_attempts_custody",
            "custody_id",
            sqlite_where=sa.text("custody_id IS NOT NULL"),
            postgresql_where=sa.text("custody_id IS NOT NULL"),
        ),
        sa.Index(None, "job_id"),
        sa.Index(None, "attempted_at"),
        sa.Index(None, "office_code", "attempted_at"),
        sa.Index(None, "recording_id"),
    )
    id: Mapped[Id]
    job_id: Mapped[int] = mapped_column(sa.BigInteger)
    recording_id: Mapped[int] = mapped_column(sa.BigInteger)
    movement_id: Mapped[int] = mapped_column(sa.BigInteger)
    owner_code: Mapped[Code]
    number: Mapped[str | None] = mapped_column(sa.String(40))
    outcome: Mapped[Outcome] = mapped_column(by_value(Outcome))
    reason: Mapped[SpoilReason | None] = mapped_column(by_value(SpoilReason))
    attempted_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    undone_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    custody_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    # The printed attempt whose card a check found bad: this one says what became of the blank.
    replaces_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    office_code: Mapped[str | None] = mapped_column(sa.String(40))
    printer_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    ribbon_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    film_id: Mapped[int | None] = mapped_column(sa.BigInteger)


class Card(Base):
    """A printed card: waiting in a store, or issued to a named collector (whose name is ciphertext).

    Store, item, owner and event are those of the ledger account it is counted in. One that was sent on belongs to a
    consignment: it waits, or waited until it was collected, at the head of its region. `collector_checks` are what was
    checked at the hand-over, and the old card that was given back.
    """

    __tablename__ = "cards"
    __table_args__ = (
        sa.CheckConstraint("(status = 'issued') = (issue_movement_id IS NOT NULL)", "issue"),
        sa.Index(None, "office_code", "status"),
        sa.Index(None, "store_code", "status"),
        sa.Index(None, "office_code", "printed_at"),
        # A member of an event hands over what was printed in it.
        sa.Index(None, "event_id", "recording_id"),
        # What waits is not slowed down by what was handed over long ago; how long and where is read off it alone.
        sa.Index(
            "ix_cards_waiting",
            "office_code",
            "printed_at",
            "store_code",
            "consignment_id",
            "status",
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        ),
        sa.Index(
            "ix_cards_consignment",
            "consignment_id",
            sqlite_where=sa.text("consignment_id IS NOT NULL"),
            postgresql_where=sa.text("consignment_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_cards_standing",
            "recording_id",
            unique=True,
            sqlite_where=sa.text("status <> 'undone'"),
            postgresql_where=sa.text("status <> 'undone'"),
        ),
    )
    id: Mapped[Id]
    recording_id: Mapped[int] = mapped_column(sa.BigInteger)
    attempt_id: Mapped[int] = mapped_column(sa.BigInteger)
    office_code: Mapped[Code]
    store_code: Mapped[Code]
    item_code: Mapped[Code]
    owner_code: Mapped[Code]
    event_id: Mapped[int] = mapped_column(sa.BigInteger)
    status: Mapped[CardStatus] = mapped_column(by_value(CardStatus))
    printed_at: Mapped[datetime]
    collector_secret: Mapped[bytes | None]
    collector_relation: Mapped[str | None] = mapped_column(sa.String(60))
    issued_at: Mapped[datetime | None]
    issue_movement_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    fingerprint: Mapped[Fingerprint | None] = mapped_column(by_value(Fingerprint))
    collector_checks: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    consignment_id: Mapped[int | None] = mapped_column(sa.BigInteger)


class CardConsignment(Base):
    """Waiting cards sent on to the head of a kecamatan or village, who hands them over by a list to sign.

    In the ledger they stay printed at their store. What is out is quantity - issued - returned - lost.
    """

    __tablename__ = "card_consignments"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", "quantity"),
        sa.CheckConstraint(
            "issued >= 0 AND returned >= 0 AND lost >= 0 AND issued + returned + lost <= quantity", "adds_up"
        ),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", "closed"),
        sa.Index(None, "office_code", "status"),
        sa.Index(None, "store_code", "status"),
        sa.Index(None, "region_code", "status"),
    )
    id: Mapped[Id]
    office_code: Mapped[Code]
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    event_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("regions.code"))
    recipient_secret: Mapped[bytes | None]
    recipient_role: Mapped[str] = mapped_column(sa.String(60))
    document_number: Mapped[str] = mapped_column(sa.String(80), default="")
    sent_on: Mapped[date]
    due_on: Mapped[date | None]
    status: Mapped[ConsignmentStatus] = mapped_column(by_value(ConsignmentStatus))
    quantity: Mapped[Keping]
    issued: Mapped[Keping] = mapped_column(default=0)
    returned: Mapped[Keping] = mapped_column(default=0)
    lost: Mapped[Keping] = mapped_column(default=0)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
