"""The table of custody sessions."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, Keping, by_value
from inventory.custody.rules import CustodyStatus
from inventory.database import Base


class CustodySession(Base):
    """Blanks of one item in one holder's hand. They lie in the place (custody, store, this id).

    `counted_by` are two user ids, `return_counted_by` those of every count of what came back, `closers` who entered one
    (`closed_by` the last of them). `returned` is what went back of the blanks that were issued, `missing` what did not,
    by number where numbers are known, and `surplus` what came back beyond the books. What is missing lies in the place
    of the session until it is found or written off; a surplus is booked when it is approved.
    """

    __tablename__ = "custody_sessions"
    __table_args__ = (
        sa.CheckConstraint("issued > 0", "issued"),
        sa.CheckConstraint("returned IS NULL OR returned >= 0", "returned"),
        sa.CheckConstraint("missing IS NULL OR missing >= 0", "missing"),
        sa.CheckConstraint("surplus >= 0", "surplus"),
        sa.CheckConstraint("(status = 'open') = (returned IS NULL)", "counted"),
        sa.CheckConstraint("printer_count IS NULL OR printer_count >= 0", "printer_count"),
        sa.CheckConstraint("siak_count IS NULL OR siak_count >= 0", "siak_count"),
        sa.Index(None, "store_code", "status"),
        sa.Index(None, "holder_id", "status"),
        sa.Index(None, "office_code", "status"),
    )
    id: Mapped[Id]
    office_code: Mapped[Code]
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    item_code: Mapped[str] = mapped_column(sa.ForeignKey("items.code"))
    event_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    holder_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    status: Mapped[CustodyStatus] = mapped_column(by_value(CustodyStatus))
    opened_on: Mapped[date]
    opened_at: Mapped[datetime]
    needed: Mapped[Keping]
    issued: Mapped[Keping]
    numbered: Mapped[bool]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    counted_by: Mapped[list[int]] = mapped_column(sa.JSON)
    movement_id: Mapped[int] = mapped_column(sa.BigInteger)
    returned: Mapped[int | None] = mapped_column(sa.BigInteger)
    missing: Mapped[int | None] = mapped_column(sa.BigInteger)
    missing_numbers: Mapped[list[list[str]]] = mapped_column(sa.JSON)
    surplus: Mapped[Keping] = mapped_column(default=0)
    surplus_numbers: Mapped[list[list[str]]] = mapped_column(sa.JSON)
    explanation: Mapped[str] = mapped_column(sa.String(500), default="")
    return_counted_by: Mapped[list[int] | None] = mapped_column(sa.JSON)
    printer_count: Mapped[int | None] = mapped_column(sa.BigInteger)
    siak_count: Mapped[int | None] = mapped_column(sa.BigInteger)
    closers: Mapped[list[int]] = mapped_column(sa.JSON)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    approved_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
