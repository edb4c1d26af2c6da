"""The tables of withdrawn cards and of destructions."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, Keping, by_value
from inventory.database import Base
from inventory.disposal.rules import DestructionClass, DestructionStatus


class WithdrawnCards(Base):
    """Old cards that residents gave back on one day: a register of its own, never stock, nobody's name in it."""

    __tablename__ = "withdrawn_cards"
    __table_args__ = (
        sa.CheckConstraint("quantity >= 0", "quantity"),
        sa.CheckConstraint("destroyed BETWEEN 0 AND quantity", "destroyed"),
        sa.Index(None, "store_code", "withdrawn_on"),
        sa.Index(None, "office_code", "withdrawn_on"),
    )
    id: Mapped[Id]
    office_code: Mapped[Code]
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    withdrawn_on: Mapped[date]
    reason: Mapped[DestructionClass] = mapped_column(by_value(DestructionClass))
    quantity: Mapped[Keping]
    destroyed: Mapped[Keping]
    document_number: Mapped[str] = mapped_column(sa.String(80), default="")
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)


class Destruction(Base):
    """A batch for the fire under one berita acara `number`. `witnesses_secret` is ciphertext: names, institutions."""

    __tablename__ = "destructions"
    __table_args__ = (sa.UniqueConstraint("office_code", "number"), sa.Index(None, "office_code", "destroyed_on"))
    id: Mapped[Id]
    office_code: Mapped[Code]
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    number: Mapped[str] = mapped_column(sa.String(80))
    status: Mapped[DestructionStatus] = mapped_column(by_value(DestructionStatus))
    destroyed_on: Mapped[date]
    witnesses_secret: Mapped[bytes | None]
    counted_by: Mapped[list[int]] = mapped_column(sa.JSON)
    created_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    movement_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    # Why it was approved as it was, or cancelled.
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    user_id: Mapped[int] = mapped_column(sa.BigInteger)


class DestructionLine(Base):
    """One class of one sort in a batch: blanks of an item, owner and event, or (without an item) withdrawn cards."""

    __tablename__ = "destruction_lines"
    __table_args__ = (sa.CheckConstraint("quantity > 0", "quantity"),)
    id: Mapped[Id]
    destruction_id: Mapped[int] = mapped_column(sa.ForeignKey("destructions.id"), index=True)
    reason: Mapped[DestructionClass] = mapped_column(by_value(DestructionClass))
    item_code: Mapped[str | None] = mapped_column(sa.ForeignKey("items.code"))
    owner_code: Mapped[Code]
    event_id: Mapped[int] = mapped_column(sa.BigInteger)
    quantity: Mapped[Keping]
    # [[first, last], ...] as written on the blanks; None where they are only counted.
    intervals: Mapped[list[list[str]] | None] = mapped_column(sa.JSON)
