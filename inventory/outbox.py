"""What the outside world is told: written in the transaction of what happened, given a position once that is sealed.

Nobody is told from here. `hooks` numbers what was committed, and whoever listens reads by number, so that a row whose
transaction took long is never missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from inventory import clock
from inventory.columns import Code, Id, by_value
from inventory.database import Base, table_of, wire


class ChangeKind(StrEnum):
    """What happened."""

    CARD_PRINTED = "card_printed"
    CARD_UNDONE = "card_undone"
    CARD_ISSUED = "card_issued"
    ISSUE_UNDONE = "issue_undone"
    CARD_LOST = "card_lost"
    SHORTFALL_RAISED = "shortfall_raised"


class Change(Base):
    """One thing that happened to the cards of these recordings, or to an office; `position` is given afterwards."""

    __tablename__ = "changes"
    __table_args__ = (
        sa.Index(
            "ix_changes_new",
            "id",
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        ),
        sa.Index(None, "office_code", "position"),
    )
    id: Mapped[Id]
    kind: Mapped[ChangeKind] = mapped_column(by_value(ChangeKind))
    office_code: Mapped[Code]
    event_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    movement_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    recordings: Mapped[list[int]] = mapped_column(sa.JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    happened_at: Mapped[datetime]
    position: Mapped[int | None] = mapped_column(sa.BigInteger, unique=True)


_INSERT = sa.insert(table_of(Change)).inline()


def tell(
    session: Session,
    kind: ChangeKind,
    office: str,
    *,
    event_id: int | None = None,
    movement_id: int | None = None,
    recordings: Sequence[int] = (),
    **facts: Any,
) -> None:
    """Write what is to be told into the transaction of what happened; never a NIK or a name."""
    row = {
        "kind": kind,
        "office_code": office,
        "event_id": event_id or None,
        "movement_id": movement_id,
        "recordings": list(recordings),
        "facts": facts,
        "happened_at": clock.now(),
        "position": None,
    }
    wire(session).execute(_INSERT, row)
