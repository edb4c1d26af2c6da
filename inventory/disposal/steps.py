"""The register of withdrawn cards as a hand-over writes it, inside its own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import clock
from inventory.access import Actor
from inventory.disposal.models import WithdrawnCards
from inventory.disposal.rules import BelowDestroyed, DestructionClass
from inventory.offices.queries import StoreFacts

# SQLite may be built to take 999 values a statement.
_AT_ONCE = 500


def register_withdrawn(
    session: Session,
    actor: Actor,
    store: StoreFacts,
    withdrawn_on: date,
    counts: Mapping[DestructionClass, int],
    document_number: str,
) -> dict[DestructionClass, int]:
    """Note the old cards that were given back in one go, a row a class. Answers the rows' ids."""
    rows = {
        reason: WithdrawnCards(
            office_code=store.office,
            store_code=store.code,
            withdrawn_on=withdrawn_on,
            reason=reason,
            quantity=quantity,
            destroyed=0,
            document_number=document_number,
            created_at=clock.now(),
            user_id=actor.user_id,
        )
        for reason, quantity in counts.items()
    }
    session.add_all(rows.values())
    session.flush()
    return {reason: row.id for reason, row in rows.items()}


def take_back_withdrawn(session: Session, counts: Mapping[int, int]) -> None:
    """Take old cards, by row, out of the register again: they were never given back; raises `BelowDestroyed`.

    A row that was corrected downwards since has nothing left to take. Lock it before the ledger.
    """
    ids = sorted(counts)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        query = sa.select(WithdrawnCards).where(WithdrawnCards.id.in_(part)).order_by(WithdrawnCards.id)
        for row in session.scalars(query.with_for_update()):
            left = max(row.quantity - counts[row.id], 0)
            if left < row.destroyed:
                raise BelowDestroyed(destroyed=row.destroyed, quantity=left)
            row.quantity = left
