"""The tables of events."""

from __future__ import annotations

from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, Keping, by_value
from inventory.database import Base
from inventory.outreach.rules import EventKind, EventStatus, PledgeStatus, StopKind


class Event(Base):
    """An outreach campaign of a host office, with the kit store that holds its pooled stock.

    `last_movement_id` is the last movement of its goods before its close; what came after is not of the settlement.
    The planning settings (turnout, cards a person, replacements, spoil rate) belong to the event and may be edited.
    """

    __tablename__ = "events"
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", "days"),
        sa.CheckConstraint("closes_at > opens_at", "hours"),
        sa.CheckConstraint(
            "0 <= turnout_low AND turnout_low <= turnout_likely AND turnout_likely <= turnout_high", "turnout"
        ),
        sa.CheckConstraint("cards_per_person > 0", "cards_per_person"),
        sa.CheckConstraint("replacements >= 0", "replacements"),
        sa.CheckConstraint("spoil_rate IS NULL OR (spoil_rate >= 0 AND spoil_rate < 1)", "spoil_rate"),
        sa.Index(None, "host_office", "status"),
    )
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[EventKind] = mapped_column(by_value(EventKind))
    status: Mapped[EventStatus] = mapped_column(by_value(EventStatus))
    host_office: Mapped[str] = mapped_column(sa.ForeignKey("offices.code"))
    store_code: Mapped[str | None] = mapped_column(sa.String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    deadline_on: Mapped[date | None]
    works_holidays: Mapped[bool] = mapped_column(default=True)
    turnout_low: Mapped[float] = mapped_column(default=0.27)
    turnout_likely: Mapped[float] = mapped_column(default=0.5)
    turnout_high: Mapped[float] = mapped_column(default=0.8)
    cards_per_person: Mapped[float] = mapped_column(default=1.0)
    replacements: Mapped[Keping] = mapped_column(default=0)
    spoil_rate: Mapped[float | None]
    draw_order: Mapped[list[str] | None] = mapped_column(sa.JSON)
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    last_movement_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    version: Mapped[int] = mapped_column(default=1)


class Stop(Base):
    """One place and time of an event."""

    __tablename__ = "stops"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", "window"),
        sa.CheckConstraint("target_people >= 0", "target_people"),
        sa.CheckConstraint("kits >= 0", "kits"),
        sa.CheckConstraint("minutes_per_recording > 0", "minutes_per_recording"),
    )
    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[StopKind] = mapped_column(by_value(StopKind))
    region_code: Mapped[str | None] = mapped_column(sa.ForeignKey("regions.code"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    target_people: Mapped[Keping]
    kits: Mapped[int]
    minutes_per_recording: Mapped[float]


class Pledge(Base):
    """What a store puts into an event: earmarked at once, the owner's to the end."""

    __tablename__ = "pledges"
    __table_args__ = (sa.CheckConstraint("quantity > 0", "quantity"), sa.Index(None, "office_code", "status"))
    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    office_code: Mapped[Code]
    item_code: Mapped[str] = mapped_column(sa.ForeignKey("items.code"))
    quantity: Mapped[Keping]
    arrived: Mapped[int | None] = mapped_column(sa.BigInteger)
    status: Mapped[PledgeStatus] = mapped_column(by_value(PledgeStatus))
    transfer_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    # The movement that set it aside, and whether that named numbers.
    movement_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    numbered: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
