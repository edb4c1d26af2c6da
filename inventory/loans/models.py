"""The tables of loans."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, by_value
from inventory.database import Base
from inventory.loans.rules import RepaymentKind


class Loan(Base):
    """A transfer that must come back. What was lent is what its transfer says was received: never typed."""

    __tablename__ = "loans"
    __table_args__ = (sa.Index(None, "lender_office"), sa.Index(None, "borrower_office"))
    id: Mapped[Id]
    transfer_id: Mapped[int] = mapped_column(sa.ForeignKey("transfers.id"), unique=True)
    lender_office: Mapped[Code]
    borrower_office: Mapped[Code]
    item_code: Mapped[Code]
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)


class Repayment(Base):
    """What is given back of a loan: by a transfer of its own, or by a part (`quantity`) of a supplier's delivery."""

    __tablename__ = "repayments"
    __table_args__ = (
        sa.UniqueConstraint("loan_id", "transfer_id"),
        sa.CheckConstraint("(kind = 'delivery') = (quantity IS NOT NULL)", "quantity_by_kind"),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", "quantity"),
    )
    id: Mapped[Id]
    loan_id: Mapped[int] = mapped_column(sa.ForeignKey("loans.id"))
    transfer_id: Mapped[int] = mapped_column(sa.ForeignKey("transfers.id"), index=True)
    kind: Mapped[RepaymentKind] = mapped_column(by_value(RepaymentKind))
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.BigInteger)
