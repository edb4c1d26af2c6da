"""The tables of coverage reports and their targets."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Id
from inventory.database import Base


class CoverageReport(Base):
    """What a source said of one region on one date; percentages and remainders are computed, never stored."""

    __tablename__ = "coverage_reports"
    __table_args__ = (
        sa.UniqueConstraint("region_code", "as_of", "source"),
        sa.CheckConstraint("required IS NULL OR required > 0", "required"),
        sa.CheckConstraint("recorded IS NULL OR recorded >= 0", "recorded"),
        sa.CheckConstraint("reported_percent IS NULL OR reported_percent >= 0", "reported_percent"),
    )
    id: Mapped[Id]
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("regions.code"))
    as_of: Mapped[date]
    required: Mapped[int | None] = mapped_column(sa.BigInteger)
    recorded: Mapped[int | None] = mapped_column(sa.BigInteger)
    reported_percent: Mapped[float | None]
    reported_remaining: Mapped[int | None] = mapped_column(sa.BigInteger)
    source: Mapped[str] = mapped_column(sa.String(300))
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)


class CoverageTarget(Base):
    """The percentage a region is to reach by a date; it holds for everything below it that has none of its own."""

    __tablename__ = "coverage_targets"
    __table_args__ = (sa.CheckConstraint("percent > 0", "percent"), sa.UniqueConstraint("region_code", "due_on"))
    id: Mapped[Id]
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("regions.code"))
    percent: Mapped[float]
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
