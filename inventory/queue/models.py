"""The table of policies: every version that was ever set, never changed afterwards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Id
from inventory.database import Base


class Policy(Base):
    """Whom an office prints first from a day on; `number` counts the office's versions.

    Without a `body` the office follows the one above it again from that day on.
    """

    __tablename__ = "policies"
    __table_args__ = (
        sa.UniqueConstraint("office_code", "number"),
        sa.Index(None, "office_code", "valid_from", "number"),
    )
    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(sa.ForeignKey("offices.code"))
    number: Mapped[int]
    valid_from: Mapped[date]
    title: Mapped[str] = mapped_column(sa.String(200))
    note: Mapped[str | None] = mapped_column(sa.String(1000))
    body: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime]
