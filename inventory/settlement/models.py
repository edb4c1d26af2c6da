"""The frozen settlement of a closed event."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Keping
from inventory.database import Base


class SettlementLine(Base):
    """What became of one owner's goods of one item. `missing` is negative where more was counted than the books had."""

    __tablename__ = "settlement_lines"
    __table_args__ = (
        sa.CheckConstraint("brought = printed + spoiled + used + returned + missing", "adds_up"),
        sa.CheckConstraint("printed >= 0 AND spoiled >= 0 AND used >= 0 AND returned >= 0", "not_negative"),
    )
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    owner_code: Mapped[Code] = mapped_column(primary_key=True)
    item_code: Mapped[Code] = mapped_column(primary_key=True)
    brought: Mapped[Keping]
    printed: Mapped[Keping]
    spoiled: Mapped[Keping]
    used: Mapped[Keping]
    returned: Mapped[Keping]
    missing: Mapped[Keping]
    counted: Mapped[bool]
    explanation: Mapped[str] = mapped_column(sa.String(500))
