"""Marks on the database itself: whether it holds demo data."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory.columns import Code
from inventory.database import Base, current

DEMO = "demo"


class Mark(Base):
    """One mark, by name."""

    __tablename__ = "marks"
    name: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(200))


def demo_mark() -> str | None:
    """What `blangko demo` noted of this database; None when it never ran here."""
    found = current().get(Mark, DEMO, populate_existing=True)
    return None if found is None else found.value


def mark_demo(session: Session, value: str) -> None:
    """Mark the database as a demo, in the caller's transaction."""
    session.merge(Mark(name=DEMO, value=value))
