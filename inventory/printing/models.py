"""The tables of print jobs, attempts and cards."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, by_value
from inventory.database import Base
from inventory.printing.rules import CardStatus, JobStatus, Outcome
from inventory.stock.rules import SpoilReason


class Printer(Base):
    """A printer of a store, and which items it can print (None: any)."""

    __tablename__ = "printers"
    __table_args__ = (sa.UniqueConstraint("store_code", "name"),)
    id: Mapped[Id]
    office_code: Mapped[Code] = mapped_column(index=True)
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    name: Mapped[str] = mapped_column(sa.String(80))
    prints: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(default=1)


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


class JobLine(Base):
    """A recording in a job; while `waiting` it may be in no other job."""

    __tablename__ = "job_lines"
    __table_args__ = (
        sa.Index(
            "uq_job_lines_waiting",
            "recording_id",
            unique=True,
            sqlite_where=sa.text("waiting"),
            postgresql_where=sa.text("waiting"),
        ),
    )
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("print_jobs.id"), primary_key=True)
    recording_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    waiting: Mapped[bool]


class Attempt(Base):
    """One blank in the printer for one recording. Hot rows: their parents are checked by the command, not by keys.

    `number` is the blank's, where it is known; `custody_id` the session whose hand it came out of.
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
        sa.Index(None, "job_id"),
        sa.Index(None, "attempted_at"),
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


class Card(Base):
    """A printed card: waiting in a store, or issued to a named collector (whose name is ciphertext).

    Store, item, owner and event are those of the ledger account it is counted in.
    """

    __tablename__ = "cards"
    __table_args__ = (
        sa.CheckConstraint("(status = 'issued') = (issue_movement_id IS NOT NULL)", "issue"),
        sa.Index(None, "office_code", "status"),
        sa.Index(None, "store_code", "status"),
        sa.Index(None, "office_code", "printed_at"),
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
