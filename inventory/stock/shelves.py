"""What lies where with the names that people use, and how a shelf filled and emptied day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.database import current
from inventory.offices.models import Office, Store
from inventory.offices.queries import store_for
from inventory.paging import Page, Slice, page
from inventory.stock.models import Account, Entry, Movement
from inventory.stock.queries import STATES, StockFilter, added_up, reach
from inventory.stock.rules import NO_EVENT, Condition, Place

_ON_HAND = STATES["on_hand"]
# Free and set aside apart: only the first may be used for anything.
SHELF_STATES: dict[str, sa.ColumnElement[bool]] = {
    "free": sa.and_(_ON_HAND, Account.event_id == NO_EVENT),
    "earmarked": sa.and_(_ON_HAND, Account.event_id != NO_EVENT),
    **{name: state for name, state in STATES.items() if name != "on_hand"},
}
_HERE = (
    Account.place.in_([Place.STORE, Place.CUSTODY, Place.ENVELOPE, Place.TRANSFER]),
    Account.balance != 0,
)


def list_shelves(actor: Actor, which: StockFilter, wanted: Slice) -> Page:
    """A row per store and item with something in it, each with what people call it."""
    columns = [Account.store_code, Account.item_code]
    named = [Store.name.label("store_name"), Item.name.label("item_name"), Item.unit, Item.kind, Account.office_code]
    query = (
        sa.select(*columns, *named, *added_up(SHELF_STATES, Account.balance))
        .join(Store, Store.code == Account.store_code)
        .join(Item, Item.code == Account.item_code)
        .where(*_HERE, *reach(actor, which))
        .group_by(*columns, Store.name, Item.name, Item.unit, Item.kind, Account.office_code)
    )
    return page(query, columns, wanted, rows=True)


def totals(actor: Actor, which: StockFilter) -> list[Any]:
    """How much of each item there is in which state, blanks first."""
    query = (
        sa.select(Item.code, Item.name, Item.unit, Item.kind, *added_up(SHELF_STATES, Account.balance))
        .join(Item, Item.code == Account.item_code)
        .where(*_HERE, *reach(actor, which))
        .group_by(Item.code, Item.name, Item.unit, Item.kind)
        .order_by(sa.case((Item.kind == ItemKind.BLANK, 0), else_=1), Item.code)
    )
    return list(current().execute(query))


@dataclass(frozen=True, slots=True)
class Shelf:
    """A store's item with what its card is headed by; `reorder_at` is the office's, for blanks."""

    store_code: str
    store_name: str
    office_code: str
    item_code: str
    item_name: str
    unit: str
    reorder_at: int | None


def shelf(actor: Actor, store: str, item: str) -> Shelf | None:
    """What a stock card is headed by; None for an item that does not exist. Raises `StoreNotFound`."""
    code = store_for(actor, Action.READ, store).code
    query = (
        sa.select(
            Store.code, Store.name, Store.office_code, Item.code.label("item"), Item.name.label("item_name"), Item.unit,
            sa.case((Item.kind == ItemKind.BLANK, Office.reorder_at)),
        )
        .join(Office, Office.code == Store.office_code)
        .join(Item, Item.code == item)
        .where(Store.code == code)
    )  # fmt: skip
    row = current().execute(query).first()
    return None if row is None else Shelf(*row)


def apart(shelf: Shelf, condition: Condition) -> tuple[int, int]:
    """How much on a shelf is free now, and how much of it is set aside for events."""
    free = sa.case((Account.event_id == NO_EVENT, Account.balance), else_=0)
    query = sa.select(sa.func.coalesce(sa.func.sum(free), 0), sa.func.coalesce(sa.func.sum(Account.balance - free), 0))
    row = (
        current()
        .execute(
            query.where(
                Account.office_code == shelf.office_code,
                Account.store_code == shelf.store_code,
                Account.place == Place.STORE,
                Account.item_code == shelf.item_code,
                Account.condition == condition,
            )
        )
        .one()
    )
    return int(row[0]), int(row[1])


@dataclass(frozen=True, slots=True)
class Days:
    """What lay on a shelf at the end of some days, the oldest first, and the first entry of all that moved since."""

    left: list[tuple[date, int]]
    first_entry: int | None


def days_of(shelf: Shelf, condition: Condition, since: date, until: date) -> Days:
    """What lay on a shelf at the end of each day on which something moved, oldest first, and before the first one.

    The caller has asked for the shelf already. It starts from today's balance and walks back.
    """
    accounts = (
        current()
        .execute(
            sa.select(Account.id, Account.balance).where(
                Account.office_code == shelf.office_code,  # this is what finds them: there is no index by store
                Account.store_code == shelf.store_code,
                Account.place == Place.STORE,
                Account.item_code == shelf.item_code,
                Account.condition == condition,
            )
        )
        .all()
    )
    balance = sum(each.balance for each in accounts)
    query = (
        sa.select(Movement.occurred_on, sa.func.sum(Entry.quantity), sa.func.min(Entry.id))
        .join(Movement, Movement.id == Entry.movement_id)
        .where(Entry.account_id.in_([each.id for each in accounts]), Movement.occurred_on >= since)
        .group_by(Movement.occurred_on)
        .order_by(Movement.occurred_on.desc())
    )
    found: list[tuple[date, int]] = []
    firsts = []
    for on, change, first in current().execute(query):
        if on <= until:
            found.append((on, balance))
        balance -= int(change)
        firsts.append(first)
    before = [(since, balance)] if not found or found[-1][0] > since else []
    return Days([*before, *reversed(found)], min(firsts, default=None))
