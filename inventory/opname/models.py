"""The tables of counts and of the plan of counts."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, Keping, by_value
from inventory.database import Base
from inventory.opname.rules import CountKind, CountStatus, Finding


class Count(Base):
    """A physical count of a store by two people (`counted_by`, two user ids), approved by a third.

    `after_movement_id` is the last movement that the snapshot knew. In a blind count the books stay hidden until they
    are no help any more.
    """

    __tablename__ = "counts"
    __table_args__ = (
        sa.Index(None, "store_code", "status"),
        sa.Index(None, "office_code", "status"),
        # One open count a store, whoever starts two at once.
        sa.Index(
            "uq_counts_open",
            "store_code",
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        ),
    )
    id: Mapped[Id]
    office_code: Mapped[Code]
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    kind: Mapped[CountKind] = mapped_column(by_value(CountKind))
    blind: Mapped[bool]
    status: Mapped[CountStatus] = mapped_column(by_value(CountStatus))
    counted_by: Mapped[list[int]] = mapped_column(sa.JSON)
    # Who entered lines: none of them approves.
    noted_by: Mapped[list[int]] = mapped_column(sa.JSON)
    plan_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    after_movement_id: Mapped[int] = mapped_column(sa.BigInteger)
    started_on: Mapped[date]
    started_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    movement_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    user_id: Mapped[int] = mapped_column(sa.BigInteger)


class CountLine(Base):
    """One account of a count. `snapshot` is its balance at the start, `books` that at the moment it was counted.

    What moved between the two is `books - snapshot`; the variance is `counted - books`. `first_counted` keeps the first
    of two countings.
    """

    __tablename__ = "count_lines"
    __table_args__ = (
        sa.UniqueConstraint("count_id", "account_id"),
        sa.CheckConstraint("counted IS NULL OR counted >= 0", "counted"),
        sa.CheckConstraint("(counted IS NULL) = (books IS NULL)", "books"),
    )
    id: Mapped[Id]
    count_id: Mapped[int] = mapped_column(sa.ForeignKey("counts.id"), index=True)
    account_id: Mapped[int] = mapped_column(sa.BigInteger)
    snapshot: Mapped[Keping]
    books: Mapped[int | None] = mapped_column(sa.BigInteger)
    counted: Mapped[int | None] = mapped_column(sa.BigInteger)
    first_counted: Mapped[int | None] = mapped_column(sa.BigInteger)
    counted_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")


class CountNumbers(Base):
    """Numbers that a count did not see, or saw without the books having them there, interval by interval."""

    __tablename__ = "count_numbers"
    __table_args__ = (sa.CheckConstraint("0 <= first AND first <= last", "ends"),)
    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("count_lines.id"), index=True)
    finding: Mapped[Finding] = mapped_column(by_value(Finding))
    prefix: Mapped[str] = mapped_column(sa.String(40))
    width: Mapped[int]
    first: Mapped[int] = mapped_column(sa.BigInteger)
    last: Mapped[int] = mapped_column(sa.BigInteger)


class CountPlan(Base):
    """That a store is counted every so many days, by whom. The counter neither holds nor uses its stock."""

    __tablename__ = "count_plans"
    __table_args__ = (sa.CheckConstraint("every_days > 0", "every_days"), sa.Index(None, "office_code", "next_on"))
    id: Mapped[Id]
    office_code: Mapped[Code]
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    counter_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    every_days: Mapped[int]
    next_on: Mapped[date]
    active: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)
