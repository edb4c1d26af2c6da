"""Marks on the database itself: whether it holds demo data, and when its books were last proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory.columns import Code
from inventory.database import Base, current

DEMO, VERIFIED = "demo", "ledger_verified"


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


@dataclass(frozen=True, slots=True)
class Verified:
    """When the books were proved, up to which seal, and how many differences were found."""

    at: datetime
    position: int
    differences: int


def verified() -> Verified | None:
    """The last time that `blangko ledger verify` came to its end here; None when it never did."""
    found = current().get(Mark, VERIFIED, populate_existing=True)
    if found is None:
        return None
    at, position, differences = found.value.split()
    return Verified(datetime.fromisoformat(at), int(position), int(differences))


def mark_verified(session: Session, proved: Verified) -> None:
    """Note how the books were found, in the caller's transaction."""
    session.merge(Mark(name=VERIFIED, value=f"{proved.at.isoformat()} {proved.position} {proved.differences}"))
