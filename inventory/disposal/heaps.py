"""What of a store's quarantine a page offers for the fire: a heap an account, with its numbers where it has some."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.database import current
from inventory.disposal.report import IN_QUARANTINE
from inventory.offices.queries import store_for
from inventory.stock import intervals, numbers
from inventory.stock.models import Account
from inventory.stock.rules import QUARANTINE, SpoilReason

_CLASS_OF = {number: reason for reason, number in QUARANTINE.items()}


@dataclass(frozen=True, slots=True)
class Heap:
    """Spoiled goods of one item, owner, event and class, all with numbers or all without."""

    id: int
    item: str
    item_name: str
    office: str
    owner: str
    event_id: int
    reason: SpoilReason
    quantity: int
    intervals: list[tuple[str, str]]

    @property
    def spelled(self) -> str:
        """The numbers as a form has them: a range a line."""
        return "\n".join(first if first == last else f"{first} - {last}" for first, last in self.intervals)


def heaps_of(actor: Actor, store_code: str) -> list[Heap]:
    """The heaps of a store, those of one item together; raises `StoreNotFound`."""
    store = store_for(actor, Action.READ, store_code)
    query = (
        sa.select(
            Account.id, Account.item_code, Item.name, Account.owner_code, Account.event_id, Account.document_id,
            Account.balance, Account.numbered,
        )
        .join(Item, Item.code == Account.item_code)
        .where(IN_QUARANTINE, Account.balance != 0, Account.store_code == store.code)
        .order_by(Account.item_code, Account.document_id, Account.owner_code, Account.event_id, Account.numbered)
    )  # fmt: skip
    rows = current().execute(query).all()
    tracked = [row.id for row in rows if row.numbered]
    lying = intervals.in_accounts(current(), tracked) if tracked else {}
    return [
        Heap(
            row.id, row.item_code, row.name, store.office, row.owner_code, row.event_id,
            _CLASS_OF[row.document_id], row.balance,
            [span.written() for span in numbers.compact(lying.get(row.id, ()))],
        )
        for row in rows
    ]  # fmt: skip
