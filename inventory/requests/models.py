"""The table of requests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, Keping, by_value
from inventory.database import Base
from inventory.requests.rules import RequestStatus


class SupplyRequest(Base):
    """What an office asks of an office above it. `held_for` says which of its last issue is not reconciled.

    `transfer_id` is the transfer that the approval made; sent and received are its numbers.
    """

    __tablename__ = "supply_requests"
    __table_args__ = (
        sa.CheckConstraint("requested > 0", "requested"),
        sa.CheckConstraint("approved IS NULL OR approved > 0", "approved"),
        sa.CheckConstraint("(status = 'approved') = (transfer_id IS NOT NULL)", "transfer"),
        sa.Index(None, "office_code", "status"),
        sa.Index(None, "supplier_office", "status"),
    )
    id: Mapped[Id]
    status: Mapped[RequestStatus] = mapped_column(by_value(RequestStatus))
    office_code: Mapped[Code]
    supplier_office: Mapped[Code]
    to_store: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    item_code: Mapped[str] = mapped_column(sa.ForeignKey("items.code"))
    requested: Mapped[Keping]
    approved: Mapped[int | None] = mapped_column(sa.BigInteger)
    needed_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    held_for: Mapped[list[dict[str, Any]] | None] = mapped_column(sa.JSON)
    lifted_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    lift_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    decided_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    transfer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("transfers.id"), unique=True)
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
