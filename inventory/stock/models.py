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


class NumberSeries(Base):
    """A prefix and the number of digits after it. New numbers of a series come onto the books one receipt at a time."""

    __tablename__ = "number_series"
    __table_args__ = (sa.UniqueConstraint("prefix", "width"),)
    id: Mapped[Id]
    prefix: Mapped[str] = mapped_column(sa.String(40))
    width: Mapped[int]


class Lot(Base):
    """What arrived together. `tracked` says how many of it have their numbers on the books; the others are counted."""

    __tablename__ = "lots"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", "quantity"),
        sa.CheckConstraint("pack_size > 0", "pack_size"),
        sa.CheckConstraint("tracked BETWEEN 0 AND quantity", "tracked"),
    )
    id: Mapped[Id]
    receipt_id: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)
    store_code: Mapped[Code]
    item_code: Mapped[Code]
    pack_size: Mapped[int]
    quantity: Mapped[Keping]
    tracked: Mapped[Keping]


class Interval(Base):
    """Consecutive numbers in one account, from the movement that brought them there to the one that took or cut them.

    `came_from_id` is the interval they were part of in the account before: the chain of hands. `split_from_id` is the
    interval of the same account that this is the rest of. `in_books` is false for numbers that a correction took off
    the books again: they may be received once more.
    """

    __tablename__ = "intervals"
    __table_args__ = (
        sa.CheckConstraint("0 <= first AND first <= last", "ends"),
        sa.Index(
            "uq_intervals_here",
            "series_id",
            "first",
            unique=True,
            sqlite_where=sa.text("ended_by IS NULL AND in_books = 1"),
            postgresql_where=sa.text("ended_by IS NULL AND in_books"),
        ),
        sa.Index(
            "ix_intervals_gone",
            "series_id",
            "first",
            sqlite_where=sa.text("in_books = 0"),
            postgresql_where=sa.text("NOT in_books"),
        ),
        sa.Index(
            "ix_intervals_account",
            "account_id",
            sqlite_where=sa.text("ended_by IS NULL"),
            postgresql_where=sa.text("ended_by IS NULL"),
        ),
        sa.Index(
            "ix_intervals_split",
            "split_from_id",
            sqlite_where=sa.text("split_from_id IS NOT NULL"),
            postgresql_where=sa.text("split_from_id IS NOT NULL"),
        ),
        sa.Index(None, "made_by"),
        sa.Index(None, "lot_id"),
    )
    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(sa.BigInteger)
    first: Mapped[int] = mapped_column(sa.BigInteger)
    last: Mapped[int] = mapped_column(sa.BigInteger)
    account_id: Mapped[int] = mapped_column(sa.BigInteger)
    lot_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    made_by: Mapped[int] = mapped_column(sa.BigInteger)
    came_from_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    split_from_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    ended_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    in_books: Mapped[bool]


class LossReport(Base):
    """A loss that one person reported: its id is its movement's. A second person confirms that it is written off."""

    __tablename__ = "loss_reports"
    __table_args__ = (sa.Index(None, "office_code", "confirmed_at"),)
    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    office_code: Mapped[Code]
    reported_by: Mapped[int] = mapped_column(sa.BigInteger)
    reported_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    confirmed_at: Mapped[datetime | None]


class ReversalRequest(Base):
    """What one person asks to be reversed, so that another one may do it. Used once."""

    __tablename__ = "reversal_requests"
    __table_args__ = (sa.Index(None, "movement_id"),)
    id: Mapped[Id]
    movement_id: Mapped[int] = mapped_column(sa.BigInteger)
    office_code: Mapped[Code]
    quantity: Mapped[Keping]
    reason: Mapped[str] = mapped_column(sa.String(500))
    asked_by: Mapped[int] = mapped_column(sa.BigInteger)
    asked_at: Mapped[datetime]
    used_by: Mapped[int | None] = mapped_column(sa.BigInteger)
