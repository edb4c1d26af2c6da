"""The tables of the ledger, and the paper of a receipt. No foreign keys on the hot rows: the ledger checks them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, Keping, by_value
from inventory.database import Base
from inventory.stock.rules import Condition, MovementKind, Place, ReceiptSource


class Account(Base):
    """How much of one thing is in one place: changed only together with the entry that explains it."""

    __tablename__ = "accounts"
    __table_args__ = (
        sa.CheckConstraint("balance * sign >= 0", "right_side_of_zero"),
        sa.CheckConstraint("sign = CASE WHEN place = 'supplied' THEN -1 ELSE 1 END", "sign_by_place"),
        sa.Index(None, "office_code", "item_code"),
        sa.Index(None, "event_id"),
        sa.Index(None, "owner_code"),
    )
    id: Mapped[Id]
    store_code: Mapped[str] = mapped_column(sa.ForeignKey("stores.code"))
    office_code: Mapped[Code]
    place: Mapped[Place] = mapped_column(by_value(Place))
    document_id: Mapped[int] = mapped_column(sa.BigInteger)
    item_code: Mapped[str] = mapped_column(sa.ForeignKey("items.code"))
    condition: Mapped[Condition] = mapped_column(by_value(Condition))
    owner_code: Mapped[Code]
    event_id: Mapped[int] = mapped_column(sa.BigInteger)
    numbered: Mapped[bool]
    # The whole key as one word, made by the database itself: one short look-up finds and locks an account.
    word: Mapped[str] = mapped_column(
        sa.String(300),
        sa.Computed(
            "store_code || '|' || place || '|' || CAST(document_id AS VARCHAR) || '|' || item_code || '|' || condition"
            " || '|' || owner_code || '|' || CAST(event_id AS VARCHAR) || '|' ||"
            " CASE WHEN numbered THEN '1' ELSE '0' END",
            persisted=True,
        ),
        unique=True,
    )
    sign: Mapped[int] = mapped_column(sa.SmallInteger)
    balance: Mapped[Keping]


class Movement(Base):
    """One immutable fact of business.

    `document_id` is the transfer, event or job it belongs to (the kind says which; for cards lost by name, the first of
    them); `document_number` is the paper's.
    """

    __tablename__ = "movements"
    __table_args__ = (sa.Index(None, "office_code", "id"),)
    id: Mapped[Id]
    kind: Mapped[MovementKind] = mapped_column(by_value(MovementKind))
    posted_at: Mapped[datetime]
    occurred_on: Mapped[date]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
    office_code: Mapped[Code]
    store_code: Mapped[Code]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    document_number: Mapped[str] = mapped_column(sa.String(80), default="")
    document_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    corrects_id: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)


class Entry(Base):
    """What one movement did to one account, and the account's balance after it."""

    __tablename__ = "entries"
    __table_args__ = (
        sa.UniqueConstraint("movement_id", "account_id"),
        sa.CheckConstraint("quantity <> 0", "quantity"),
        sa.Index(None, "account_id", "id"),
    )
    id: Mapped[Id]
    movement_id: Mapped[int] = mapped_column(sa.BigInteger)
    account_id: Mapped[int] = mapped_column(sa.BigInteger)
    quantity: Mapped[Keping]
    balance_after: Mapped[Keping]


class Receipt(Base):
    """The paper of a receipt beside what was counted; its id is its movement's."""

    __tablename__ = "receipts"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", "quantity"),
        sa.CheckConstraint("paper_quantity >= 0", "paper_quantity"),
        sa.Index(None, "office_code", "id"),
    )
    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    office_code: Mapped[Code]
    store_code: Mapped[Code]
    item_code: Mapped[Code]
    condition: Mapped[Condition] = mapped_column(by_value(Condition))
    quantity: Mapped[Keping]
    paper_quantity: Mapped[Keping]
    source: Mapped[ReceiptSource] = mapped_column(by_value(ReceiptSource))
    document_number: Mapped[str] = mapped_column(sa.String(80))
    received_on: Mapped[date]
