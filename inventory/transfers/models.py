"""The tables of transfers."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, Keping, by_value
from inventory.database import Base
from inventory.transfers.rules import TransferStatus


class Transfer(Base):
    """One sending. Goods under way lie in the place (transfer, sender's store, this id).

    `owner_code` and `from_event_id` say whose goods are taken out of which earmark; `event_id` is what they are for on
    arrival. `keeps_owner` is true for pledged goods and their returns; any other transfer gives them to the receiver.
    `missing` counts what did not arrive and is neither found nor forgotten; `written_off` is the part given up.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        sa.CheckConstraint("requested > 0", "requested"),
        sa.CheckConstraint("approved IS NULL OR approved > 0", "approved"),
        sa.CheckConstraint(
            "received >= 0 AND rejected >= 0 AND missing >= 0 AND surplus >= 0 AND written_off >= 0", "not_negative"
        ),
        sa.CheckConstraint("received + rejected + missing <= COALESCE(dispatched, 0)", "no_more_than_dispatched"),
        sa.CheckConstraint("written_off <= missing", "written_off"),
        sa.CheckConstraint("from_store <> to_store", "two_stores"),
        sa.Index(None, "from_office", "status"),
        sa.Index(None, "to_office", "status"),
        sa.Index(None, "event_id"),
        sa.Index(None, "from_event_id"),
    )
    id: Mapped[Id]
    status: Mapped[TransferStatus] = mapped_column(by_value(TransferStatus))
    from_store: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    from_office: Mapped[Code]
    to_store: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    to_office: Mapped[Code]
    item_code: Mapped[str] = mapped_column(sa.ForeignKey("items.code"))
    owner_code: Mapped[Code]
    keeps_owner: Mapped[bool] = mapped_column(default=False)
    from_event_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    event_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    pledge_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    requested: Mapped[Keping]
    approved: Mapped[int | None] = mapped_column(sa.BigInteger)
    dispatched: Mapped[int | None] = mapped_column(sa.BigInteger)
    received: Mapped[Keping] = mapped_column(default=0)
    rejected: Mapped[Keping] = mapped_column(default=0)
    missing: Mapped[Keping] = mapped_column(default=0)
    written_off: Mapped[Keping] = mapped_column(default=0)
    surplus: Mapped[Keping] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    expected_on: Mapped[date | None]
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    approved_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    dispatched_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    dispatched_at: Mapped[datetime | None]
    # Whether another document approved it at its birth: a request, a loan's return, the close of an event.
    granted: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Whether what was dispatched went with its numbers.
    numbered: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class Delivery(Base):
    """One receipt of a transfer: several may follow one dispatch; an undone one keeps its row.

    A receipt that only says what is missing moves nothing and has no movement.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.CheckConstraint("received >= 0 AND rejected >= 0 AND missing >= 0 AND surplus >= 0", "not_negative"),
    )
    id: Mapped[Id]
    transfer_id: Mapped[int] = mapped_column(sa.ForeignKey("transfers.id"), index=True)
    received: Mapped[Keping]
    rejected: Mapped[Keping]
    missing: Mapped[Keping]
    surplus: Mapped[Keping]
    reason: Mapped[str] = mapped_column(sa.String(500))
    seen_by: Mapped[str] = mapped_column(sa.String(120))
    received_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    undone_at: Mapped[datetime | None]
    movement_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    surplus_movement_id: Mapped[int | None] = mapped_column(sa.BigInteger)
