"""Reading the books: from balances, never by adding up the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from inventory import access, clock
from inventory.access import Action, Actor
from inventory.database import current, table_of, wire
from inventory.errors import NotFound
from inventory.offices.models import Office, Store
from inventory.offices.queries import OfficeNotFound, StoreFacts, store_facts, store_for
from inventory.paging import Page, Slice, page
from inventory.stock import rules
from inventory.stock.models import Account, Entry, Lot, Movement, Receipt, ReversalRequest
from inventory.stock.rules import AccountKey, Condition, Place
from inventory.texts import Text


class MovementNotFound(NotFound):
    """No movement has this id, or it is out of the actor's reach."""

    code = "movement_not_found"
    text = Text("Mutasi {movement} tidak ditemukan.", "Movement {movement} was not found.")


class LotNotFound(NotFound):
    """No lot has this id, or none of this item that the store may use."""

    code = "lot_not_found"
    text = Text("Lot {lot} tidak ditemukan.", "Lot {lot} was not found.")


def drawing_order(
    store: StoreFacts,
    item: str,
    condition: Condition = Condition.BLANK,
    *,
    event_id: int | None = None,
    owner: str | None = None,
) -> list[AccountKey]:
    """The accounts that a taking may draw from, first one first; never empty.

    A kit's goods all belong to its event, whoever owns them. Any other store gives its office's own goods only, those
    without an event unless `event_id` names one.
    """
    event = store.event_id or event_id or rules.NO_EVENT
    if owner is not None or not store.event_id:
        return [rules.in_store(store.code, item, owner or store.office, event, condition)]
    owners = (
        current()
        .scalars(
            sa.select(Account.owner_code)
            .where(
                Account.store_code == store.code,
                Account.place == Place.STORE,
                Account.item_code == item,
                Account.condition == condition,
                Account.balance > 0,
            )
            .order_by(Account.owner_code)
        )
        .all()
    )
    rank = {code: index for index, code in enumerate(dict.fromkeys((*store.draw_order, store.office)))}
    ordered = sorted({*owners, store.office}, key=lambda code: (rank.get(code, len(rank)), code))
    return [rules.in_store(store.code, item, code, event, condition) for code in ordered]


_BLANK = Account.condition == Condition.BLANK
_HELD = Account.place.in_([Place.STORE, Place.CUSTODY, Place.ENVELOPE])
STATES: dict[str, sa.ColumnElement[bool]] = {
    "on_hand": sa.and_(Account.place == Place.STORE, _BLANK),
    "in_custody": sa.and_(Account.place.in_([Place.CUSTODY, Place.ENVELOPE]), _BLANK),
    "in_transit": Account.place == Place.TRANSFER,
    "printed": sa.and_(_HELD, Account.condition == Condition.PRINTED),
    "spoiled": sa.and_(_HELD, Account.condition == Condition.SPOILED),
}
ENDS: dict[str, sa.ColumnElement[bool]] = {
    "issued": Account.place == Place.ISSUED,
    "consumed": Account.place == Place.CONSUMED,
    "destroyed": Account.place == Place.DESTROYED,
    "lost": Account.place == Place.LOST,
}


def added_up(states: dict[str, sa.ColumnElement[bool]], quantity: Any) -> list[Any]:
    """How much is in each of these states, a column each."""
    sums = {name: sa.func.sum(sa.case((state, quantity), else_=0)) for name, state in states.items()}
    return [sa.cast(sa.func.coalesce(total, 0), sa.BigInteger).label(name) for name, total in sums.items()]


@dataclass(frozen=True, slots=True)
class StockFilter:
    """Which part of the books is wanted; None means all."""

    office: str | None = None
    store: str | None = None
    item: str | None = None
    event: int | None = None
    ends: bool = False


def list_stock(actor: Actor, which: StockFilter, wanted: Slice) -> Page:
    """A row per store, item, owner and event with something in it: how much is in which state."""
    columns = [Account.store_code, Account.item_code, Account.owner_code, Account.event_id]
    states = STATES | (ENDS if which.ends else {})
    query = sa.select(*columns, Account.office_code, *added_up(states, Account.balance)).where(
        Account.place != Place.SUPPLIED, Account.balance != 0
    )
    if not which.ends:
        query = query.where(Account.place.not_in([Place.ISSUED, Place.CONSUMED, Place.DESTROYED, Place.LOST]))
    query = query.where(*reach(actor, which)).group_by(*columns, Account.office_code)
    return page(query, columns, wanted, rows=True)


def stock_on(day: date, office: str | None = None) -> list[dict[str, Any]]:
    """What lay where at the end of a business day, added up again from the entries: a row per store and item.

    With `office` only the stores of its subtree. Raises `OfficeNotFound`.
    """
    if office is not None and current().get(Office, office) is None:
        raise OfficeNotFound(office=office)
    columns = [Account.store_code, Account.item_code]
    query = (
        sa.select(*columns, *added_up(STATES | ENDS, Entry.quantity))
        .join(Entry, Entry.account_id == Account.id)
        .join(Movement, Movement.id == Entry.movement_id)
        .where(Movement.occurred_on <= day, Account.place != Place.SUPPLIED)
        .group_by(*columns)
        .order_by(*columns)
    )
    if office is not None:
        query = query.where(access.within(Account.office_code, office))
    rows = [dict(row) for row in current().execute(query).mappings()]
    return [row for row in rows if any(row[name] for name in STATES | ENDS)]


def reach(actor: Actor, which: StockFilter) -> list[sa.ColumnElement[bool]]:
    """The conditions of a filter, each checked: naming an office or a store out of reach is refused."""
    conditions: list[sa.ColumnElement[bool]] = []
    if which.office is not None:
        access.require(actor, Action.READ, which.office)
        conditions.append(access.within(Account.office_code, which.office))
    if which.store is not None:
        store_for(actor, Action.READ, which.store)
        conditions.append(Account.store_code == which.store)
    if which.item is not None:
        conditions.append(Account.item_code == which.item)
    if which.event is not None:
        conditions.append(Account.event_id == which.event)
    member = which.event is not None and access.is_member(actor, which.event)
    if which.store is None and not member:
        # An owner sees its pooled goods wherever they lie.
        conditions.append(
            sa.or_(access.within(Account.office_code, actor.office), access.within(Account.owner_code, actor.office))
        )
    return conditions


def _may_read(actor: Actor, office: str, store: str) -> bool:
    """Whether the actor reads what happened in a store: its office's side, or who was let into its event."""
    return access.may(actor, Action.READ, office) or access.may(
        actor, Action.READ, event_id=store_facts(store).event_id or None
    )


def movement_with_entries(actor: Actor, movement_id: int) -> dict[str, Any]:
    """One movement of the actor's reach with what it did to each account; raises `MovementNotFound`.

    `quantity` is what moved: the sum of what the accounts gained.
    """
    found = current().get(Movement, movement_id)
    if found is None or not _may_read(actor, found.office_code, found.store_code):
        raise MovementNotFound(movement=movement_id)
    rows = current().execute(
        sa.select(
            Account.store_code.label("store"), Account.place, Account.item_code.label("item"), Account.condition,
            Account.owner_code.label("owner"), sa.func.nullif(Account.event_id, 0).label("event"), Entry.quantity,
            Entry.balance_after,
        )
        .join(Account, Account.id == Entry.account_id)
        .where(Entry.movement_id == movement_id)
        .order_by(Entry.id)
    ).mappings()  # fmt: skip
    entries = [dict(row) for row in rows]
    columns = {column.key: getattr(found, column.key) for column in Movement.__table__.columns}
    return {**columns, "quantity": sum(max(entry["quantity"], 0) for entry in entries), "entries": entries}


def get_reversal_request(actor: Actor, asking_id: int) -> ReversalRequest:
    """One asking for a reversal, of the actor's reach; raises `MovementNotFound`."""
    found = current().get(ReversalRequest, asking_id)
    if found is None or not access.may(actor, Action.READ, found.office_code):
        raise MovementNotFound(movement=asking_id)
    return found


_RECEIPTS = table_of(Receipt)
_RECEIPT = sa.select(_RECEIPTS).where(_RECEIPTS.c.id == sa.bindparam("wanted"))


def get_receipt(actor: Actor, receipt_id: int) -> Any:
    """The row of one receipt of the actor's reach, as `Receipt` has it; raises `MovementNotFound`."""
    found = wire(current()).execute(_RECEIPT, {"wanted": receipt_id}).first()
    if found is None or not _may_read(actor, found.office_code, found.store_code):
        raise MovementNotFound(movement=receipt_id)
    return found


def list_receipts(actor: Actor, office: str | None, store: str | None, wanted: Slice) -> Page:
    """The receipts of the actor's subtree."""
    query = sa.select(Receipt).where(access.within(Receipt.office_code, actor.office))
    if office is not None:
        access.require(actor, Action.READ, office)
        query = query.where(access.within(Receipt.office_code, office))
    if store is not None:
        store_for(actor, Action.READ, store)
        query = query.where(Receipt.store_code == store)
    return page(query, [Receipt.id], wanted)


@dataclass(frozen=True, slots=True)
class LotFilter:
    """Which lots are wanted; None means all."""

    store: str | None = None
    item: str | None = None
    receipt: int | None = None


def list_lots(actor: Actor, which: LotFilter, wanted: Slice) -> Page:
    """The lots that were received in the actor's subtree, each with how many of it have their numbers on the books."""
    query = sa.select(Lot).join(Store, Store.code == Lot.store_code)
    query = query.where(access.within(Store.office_code, actor.office))
    if which.store is not None:
        store_for(actor, Action.READ, which.store)
        query = query.where(Lot.store_code == which.store)
    if which.item is not None:
        query = query.where(Lot.item_code == which.item)
    if which.receipt is not None:
        query = query.where(Lot.receipt_id == which.receipt)
    return page(query, [Lot.id], wanted)


def stock_card(
    actor: Actor,
    store: str,
    item: str,
    condition: Condition,
    until: date | None,
    wanted: Slice,
) -> Page:
    """The entries of a store and item, newest business day first, with the running balance after each.

    The running balance starts from today's balance and walks back: what lies behind a page is not added up.
    `wanted.after` is (occurred_on, entry id, running balance). A card for people has a line a movement: `shelves`.
    """
    facts = store_for(actor, Action.READ, store)
    shelf = (
        current()
        .execute(
            sa.select(Account.id, Account.balance).where(
                Account.office_code == facts.office,
                Account.store_code == facts.code,
                Account.place == Place.STORE,
                Account.item_code == item,
                Account.condition == condition,
            )
        )
        .all()
    )
    query = (
        sa.select(
            Entry.id.label("id"), Entry.movement_id, Entry.quantity, Account.owner_code, Account.event_id,
            Movement.kind,
            Movement.occurred_on.label("occurred_on"), Movement.posted_at, Movement.reason, Movement.document_number,
        )
        .join(Account, Account.id == Entry.account_id)
        .join(Movement, Movement.id == Entry.movement_id)
        # By their ids: with the join alone both databases go through the whole ledger.
        .where(Entry.account_id.in_([account for account, _ in shelf]))
    )  # fmt: skip
    if wanted.after is None:
        running = sum(balance for _, balance in shelf)
        if until is not None and until < clock.business_day(facts.time_zone):
            later = query.where(Movement.occurred_on > until).subquery()
            running -= int(current().scalar(sa.select(sa.func.coalesce(sa.func.sum(later.c.quantity), 0))) or 0)
        after = None
    else:
        *key, running = wanted.after
        after = tuple(key)
    if until is not None:
        query = query.where(Movement.occurred_on <= until)
    batch = page(query, [Movement.occurred_on, Entry.id], Slice(wanted.limit, after, descending=True), rows=True)
    lines = []
    for row in batch.items:
        lines.append({**row._mapping, "running": running})  # noqa: SLF001 - SQLAlchemy's documented accessor
        running -= row.quantity
    return Page(lines, None if batch.next is None else (*batch.next, running))
