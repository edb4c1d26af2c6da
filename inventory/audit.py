"""One typed row for every change, written in the same transaction, with the actor who made it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory import clock
from inventory.access import Actor
from inventory.columns import Code, Id
from inventory.database import Base, current, table_of, wire


class AuditRow(Base):
    """Who changed what, when and where; `facts` never hold a NIK, a name or a secret."""

    __tablename__ = "audit_rows"
    __table_args__ = (sa.Index(None, "subject", "subject_id"), sa.Index(None, "office_code", "id"))
    id: Mapped[Id]
    at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    office_code: Mapped[Code]
    action: Mapped[Code]
    subject: Mapped[Code]
    subject_id: Mapped[str] = mapped_column(sa.String(80))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


_INSERT = sa.insert(table_of(AuditRow)).inline()


def record(
    session: Session, actor: Actor, action: str, subject: str, subject_id: object, office: str, **facts: Any
) -> None:
    """Write the audit row of one change into the change's own transaction."""
    row = {
        "at": clock.now(),
        "user_id": actor.user_id,
        "office_code": office,
        "action": action,
        "subject": subject,
        "subject_id": str(subject_id),
        "facts": facts,
    }
    wire(session).execute(_INSERT, row)


def last_change(subject: str, subject_id: str) -> sa.Row[tuple[str, datetime]] | None:
    """Who changed this thing last, and when, as (`name`, `at`); None when nobody did."""
    users = AuditRow.metadata.tables["users"]
    query = (
        sa.select(users.c.name, AuditRow.at)
        .join(users, users.c.id == AuditRow.user_id)
        .where(AuditRow.subject == subject, AuditRow.subject_id == subject_id)
        .order_by(AuditRow.id.desc())
        .limit(1)
    )
    return current().execute(query).first()


def history(subject: str, subject_id: object) -> list[Any]:
    """All that was done to this thing, oldest first, as (`at`, `name`, `office_code`, `action`, `facts`)."""
    users = AuditRow.metadata.tables["users"]
    query = (
        sa.select(AuditRow.at, users.c.name, users.c.office_code, AuditRow.action, AuditRow.facts)
        .join(users, users.c.id == AuditRow.user_id)
        .where(AuditRow.subject == subject, AuditRow.subject_id == str(subject_id))
        .order_by(AuditRow.id)
    )
    return list(current().execute(query))
