"""What a hand-over leaves behind: checks, old cards in their register, the count of what was sent on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import clock
from inventory.access import Actor
from inventory.disposal.rules import DestructionClass
from inventory.disposal.steps import register_withdrawn, take_back_withdrawn
from inventory.offices.queries import StoreFacts
from inventory.printing.consignment_rules import CollectorCheck, ConsignmentStatus, Surrendered
from inventory.printing.models import CardConsignment
from inventory.recordings.queries import chunks
from inventory.stock.ledger import Posted

Kept = dict[DestructionClass, int]


def register(
    session: Session, actor: Actor, store: StoreFacts, posted: Posted, given: Iterable[Surrendered | None]
) -> Kept:
    """Note the old cards that were given back at one hand-over. Answers the register's row of each class."""
    counts: Counter[DestructionClass] = Counter()
    for old in given:
        if old is not None:
            counts[old.reason] += old.quantity
    if not counts:
        return {}
    return register_withdrawn(session, actor, store, posted.occurred_on, counts, f"mutasi {posted.id}")


def said(checked: Sequence[CollectorCheck], old: Surrendered | None, kept: Kept) -> dict[str, Any] | None:
    """What a card keeps of its hand-over; nothing where nothing was said."""
    told: dict[str, Any] = {"checked": list(dict.fromkeys(checked))} if checked else {}
    if old is not None:
        told["surrendered"] = {"reason": old.reason, "quantity": old.quantity, "row": kept[old.reason]}
    return told or None


def unregister(session: Session, checks: Iterable[Mapping[str, Any] | None]) -> None:
    """Take the old cards of hand-overs that are taken back out of their register; raises `BelowDestroyed`."""
    rows: Counter[int] = Counter()
    for told in checks:
        if told and (old := told.get("surrendered")):
            rows[old["row"]] += old["quantity"]
    if rows:
        take_back_withdrawn(session, rows)


def count(session: Session, consignments: Iterable[int | None], name: str, change: int = 1) -> None:
    """Count what became of cards that were sent on: `issued`, `returned` or `lost`. The cards are locked.

    A consignment is closed once nothing of it is out, and open again when a hand-over is taken back.
    """
    sums = Counter(consignment for consignment in consignments if consignment is not None)
    for part in chunks(sorted(sums)):
        query = sa.select(CardConsignment).where(CardConsignment.id.in_(part)).order_by(CardConsignment.id)
        for row in session.scalars(query.with_for_update(), execution_options={"populate_existing": True}):
            setattr(row, name, getattr(row, name) + change * sums[row.id])
            out = row.quantity - row.issued - row.returned - row.lost
            row.status = ConsignmentStatus.OPEN if out else ConsignmentStatus.CLOSED
            row.closed_at = None if out else clock.now()
