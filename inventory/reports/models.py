"""The tables of what moved on each day, month and year, added up once, and of the queues at the end of each day."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import ID, Code, by_value
from inventory.database import Base
from inventory.reports.rules import Grain

_WORD = sa.String(24)
# What printing took. The last is as the index has it, word for word: only so do both databases see that it serves. The
# others are not in its condition, for of what it implies PostgreSQL makes no use to find the days.
_BY_PRINTING = "kind IN ('printing', 'printing_undo')"
TAKEN = f"grain = 'day' AND condition = 'blank' AND {_BY_PRINTING}"


class Flow(Base):
    """What sealed movements of one kind did in one period to the goods of an office in one place and condition.

    `came` and `went` are sums of what each movement added there or took away, so their difference is what the entries
    say. `spoil_class` is the class of quarantine, `own` tells goods on their way between stores of one office. Rows of
    what was left behind (`held_...`) name neither kind nor class, so that all the time before a report is few rows.
    """

    __tablename__ = "daily_flows"
    __table_args__ = (
        sa.Index(None, "grain", "starts_on", "office_code"),
        sa.Index(
            "ix_daily_flows_taken",
            "grain",
            "condition",
            "starts_on",
            "kind",
            "office_code",
            "item_code",
            "place",
            "came",
            "went",
            sqlite_where=sa.text(_BY_PRINTING),
            postgresql_where=sa.text(_BY_PRINTING),
        ),
    )
    office_code: Mapped[Code] = mapped_column(primary_key=True)
    grain: Mapped[Grain] = mapped_column(by_value(Grain), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    item_code: Mapped[Code] = mapped_column(primary_key=True)
    # Words of the ledger, as it has them: it refuses any other itself.
    kind: Mapped[str] = mapped_column(_WORD, primary_key=True)
    place: Mapped[str] = mapped_column(_WORD, primary_key=True)
    condition: Mapped[str] = mapped_column(_WORD, primary_key=True)
    spoil_class: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    own: Mapped[bool] = mapped_column(primary_key=True)
    came: Mapped[int] = mapped_column(sa.BigInteger)
    went: Mapped[int] = mapped_column(sa.BigInteger)


class ProvinceFlow(Base):
    """The sums of all offices of a province: their codes begin with its own, and the ministry's is all of its own.

    The report of the nation is read from these, by period; they are added up together with those of the offices.
    """

    __tablename__ = "province_flows"
    grain: Mapped[Grain] = mapped_column(by_value(Grain), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    province_code: Mapped[Code] = mapped_column(primary_key=True)
    item_code: Mapped[Code] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(_WORD, primary_key=True)
    place: Mapped[str] = mapped_column(_WORD, primary_key=True)
    condition: Mapped[str] = mapped_column(_WORD, primary_key=True)
    spoil_class: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    own: Mapped[bool] = mapped_column(primary_key=True)
    came: Mapped[int] = mapped_column(sa.BigInteger)
    went: Mapped[int] = mapped_column(sa.BigInteger)


class FlowProgress(Base):
    """Up to which sealed position movements are added up: written with the sums, so that neither is without the other.

    Movements behind it are read from the ledger itself.
    """

    __tablename__ = "flow_progress"
    id: Mapped[int] = mapped_column(ID, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(sa.BigInteger)


class QueueDay(Base):
    """How many recordings of an office were print-ready and not printed at the end of a day; of them, for a suket."""

    __tablename__ = "queue_days"
    day: Mapped[date] = mapped_column(primary_key=True)
    office_code: Mapped[Code] = mapped_column(primary_key=True)
    prr_left: Mapped[int] = mapped_column(sa.BigInteger)
    suket_owed: Mapped[int] = mapped_column(sa.BigInteger)
