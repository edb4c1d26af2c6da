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


def is_demo() -> bool:
    """Whether this database was filled by `blangko demo`."""
    return current().get(Mark, DEMO) is not None


def mark_demo(session: Session, value: str) -> None:
    """Mark the database as a demo, in the caller's transaction."""
    session.execute(sa.insert(Mark).values(name=DEMO, value=value))
