"""Who is called, how far each was told, what could not be told, and which shortfalls were."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from inventory.columns import Code, Id, Keping, by_value
from inventory.database import Base
from inventory.hooks.rules import Failure
from inventory.planning.rules import Severity


class Webhook(Base):
    """An address that is called with every change of an office and those below it, one after the other.

    Everything up to `cursor` was told, or lies among the dead letters. `failures` are those in a row; `tries` are those
    of the change in hand. Whoever sends holds it until `held_until`, so that nobody else does meanwhile.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        sa.CheckConstraint("cursor >= 0", "cursor"),
        sa.CheckConstraint("failures >= 0 AND tries >= 0", "failures"),
    )
    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(sa.ForeignKey("offices.code"), index=True)
    url: Mapped[str] = mapped_column(sa.String(500))
    kinds: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    secret_secret: Mapped[bytes]
    active: Mapped[bool]
    cursor: Mapped[int] = mapped_column(sa.BigInteger)
    failures: Mapped[int]
    tries: Mapped[int]
    next_try_at: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_error: Mapped[Failure | None] = mapped_column(by_value(Failure))
    last_told_at: Mapped[datetime | None]
    held_by: Mapped[str | None] = mapped_column(sa.String(40))
    held_until: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))


class DeadLetter(Base):
    """A change that a webhook would not take; it waits for somebody to ask for it again (`wanted_at`)."""

    __tablename__ = "dead_letters"
    webhook_id: Mapped[int] = mapped_column(sa.ForeignKey("webhooks.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    tries: Mapped[int]
    last_status: Mapped[int | None]
    last_error: Mapped[Failure] = mapped_column(by_value(Failure))
    dead_at: Mapped[datetime]
    wanted_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class ToldShortfall(Base):
    """What was told last of one event or office that runs short; it is forgotten a day after the shortfall is over."""

    __tablename__ = "told_shortfalls"
    subject: Mapped[Code] = mapped_column(primary_key=True)
    severity: Mapped[Severity] = mapped_column(by_value(Severity))
    quantity: Mapped[Keping]
    told_at: Mapped[datetime]
    seen_at: Mapped[datetime]
