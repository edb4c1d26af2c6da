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
from inventory.stock.rules import NO_EVENT, Condition, MovementKind, Place

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


def accounts_on(office: str, store: str, item: str, condition: Condition) -> tuple[sa.ColumnElement[bool], ...]:
    """What the accounts of a shelf have in common."""
    return (
        Account.office_code == office,  # this is what finds them: there is no index by store
        Account.store_code == store,
        Account.place == Place.STORE,
        Account.item_code == item,
        Account.condition == condition,
    )


def _lying_on(shelf: Shelf, condition: Condition) -> tuple[sa.ColumnElement[bool], ...]:
    return accounts_on(shelf.office_code, shelf.store_code, shelf.item_code, condition)


def moves(accounts: Any) -> sa.Select[int, int, int, int]:
    """What each movement did to some accounts together: goods `inside` it stayed among them, or came to them."""
    return (
        sa.select(
            Entry.movement_id,
            total(Entry.quantity).label("quantity"),
            total(sa.case((Entry.quantity > 0, Entry.quantity), else_=0)).label("inside"),
            sa.func.max(Account.event_id).label("event_id"),
        )
        .join(Account, Account.id == Entry.account_id)
        .join(Movement, Movement.id == Entry.movement_id)
        # By their ids: with the join alone both databases go through the whole ledger.
        .where(Entry.account_id.in_(accounts))
        .group_by(Entry.movement_id)
    )


def total(column: Any) -> sa.ColumnElement[int]:
    """The sum as a whole number, zero of nothing."""
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)


def apart(shelf: Shelf, condition: Condition) -> tuple[int, int]:
    """How much on a shelf is free now, and how much of it is set aside for events."""
    free = sa.case((Account.event_id == NO_EVENT, Account.balance), else_=0)
    query = sa.select(total(free), total(Account.balance - free)).where(*_lying_on(shelf, condition))
    row = current().execute(query).one()
    return int(row[0]), int(row[1])


@dataclass(frozen=True, slots=True)
class Days:
    """What lay on a shelf at the end of some days, the oldest first, and where what moved since `since` is found."""

    since: date
    until: date
    left: list[tuple[date, int]]
    accounts: list[int]
    first_entry: int


def days_of(shelf: Shelf, condition: Condition, since: date, until: date) -> Days:
    """What lay on a shelf at the end of each day on which something moved, oldest first, and before the first one.

    The caller has asked for the shelf already. It starts from today's balance and walks back.
    """
    found = current().execute(sa.select(Account.id, Account.balance).where(*_lying_on(shelf, condition))).all()
    balance = sum(each.balance for each in found)
    accounts = [each.id for each in found]
    query = (
        sa.select(Movement.occurred_on, sa.func.sum(Entry.quantity), sa.func.min(Entry.id))
        .join(Movement, Movement.id == Entry.movement_id)
        .where(Entry.account_id.in_(accounts), Movement.occurred_on >= since)
        .group_by(Movement.occurred_on)
        .order_by(Movement.occurred_on.desc())
    )
    left: list[tuple[date, int]] = []
    firsts = []
    for on, change, first in current().execute(query):
        if on <= until:
            left.append((on, balance))
        balance -= int(change)
        firsts.append(first)
    before = [(since, balance)] if not left or left[-1][0] > since else []
    return Days(since, until, [*before, *reversed(left)], accounts, min(firsts, default=0))


def list_card(days: Days, wanted: Slice) -> Page:
    """The stock card of some days: a line a movement, newest business day first, with the balance after each.

    As on paper, what was set aside or set free moves nothing, and blanks that only got their numbers are no line. The
    balance starts from that of the last day and walks back; `wanted.after` is (occurred_on, movement, balance).
    """
    query = (
        moves(days.accounts)
        .add_columns(Movement.occurred_on, Movement.kind, Movement.document_number)
        .where(
            Movement.occurred_on.between(days.since, days.until),
            Entry.id >= days.first_entry,  # spares the older ones
            Movement.kind != MovementKind.TRACKING,
        )
        .group_by(Movement.id)
    )
    *key, running = wanted.after or (days.left[-1][1],)
    behind = Slice(wanted.limit, tuple(key) or None, descending=True)
    batch = page(query, [Movement.occurred_on, Entry.movement_id], behind, rows=True)
    lines = []
    for row in batch.items:
        lines.append({**row._mapping, "running": running})  # noqa: SLF001 - SQLAlchemy's documented accessor
        running -= row.quantity
    return Page(lines, None if batch.next is None else (*batch.next, running))
