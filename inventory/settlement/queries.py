"""Reading settlements: live from the books while an event runs, frozen once it is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.catalogue.rules import ItemKind
from inventory.custody import queries as custody
from inventory.database import current
from inventory.offices.models import Office, Store
from inventory.outreach.models import Event, Pledge
from inventory.outreach.queries import find_event, open_transfers
from inventory.outreach.rules import EventStatus, PledgeStatus
from inventory.printing.queries import open_jobs
from inventory.settlement.models import SettlementLine
from inventory.settlement.rules import Figures, Flow, Goods, Line, figures, settle
from inventory.stock import ledger
from inventory.stock.models import Account, Entry, Movement
from inventory.stock.rules import AccountKey, Condition, MovementKind, Place
from inventory.transfers.models import Delivery, Transfer

FIGURES = ("brought", "printed", "spoiled", "used", "returned", "missing")
_OF_THE_KIT = (Place.STORE, Place.CUSTODY, Place.ISSUED, Place.CONSUMED, Place.DESTROYED, Place.LOST)


def figures_of(event: Event) -> dict[Goods, Figures]:
    """What the books say of everything that was brought to an event: its kit, and what is under way to it by pledge."""
    by_pledge = sa.select(Transfer.id).where(Transfer.event_id == event.id, Transfer.pledge_id.is_not(None))
    in_kit = sa.and_(Account.store_code == event.store_code, Account.place.in_(_OF_THE_KIT))
    under_way = sa.and_(Account.place == Place.TRANSFER, Account.document_id.in_(by_pledge))
    columns = (Account.owner_code, Account.item_code, Account.place, Account.condition, Movement.kind)
    rows = current().execute(
        sa.select(*columns, sa.cast(sa.func.sum(Entry.quantity), sa.BigInteger).label("quantity"))
        .join(Entry, Entry.account_id == Account.id)
        .join(Movement, Movement.id == Entry.movement_id)
        .where(Account.event_id == event.id, sa.or_(in_kit, under_way))
        .group_by(*columns)
    )
    return figures(
        Flow(Goods(row.owner_code, row.item_code), row.place, row.condition, row.kind, row.quantity) for row in rows
    )


def kinds_of(books: dict[Goods, Figures]) -> dict[str, ItemKind]:
    """The kind of every item among these goods."""
    rows = current().execute(sa.select(Item.code, Item.kind).where(Item.code.in_({goods.item for goods in books})))
    return {row.code: row.kind for row in rows}


def kit_accounts(event: Event) -> dict[AccountKey, int]:
    """What lies in the kit of an event, account for account."""
    query = sa.select(Account.__table__).where(
        Account.store_code == event.store_code, Account.place == Place.STORE, Account.balance != 0
    )
    return {ledger.key_of(row): row.balance for row in current().execute(query)}


def home_of(event_id: int) -> dict[Goods, str]:
    """Which store an owner's goods came from: that of the first pledge that was brought."""
    query = sa.select(Pledge).where(Pledge.event_id == event_id, Pledge.status == PledgeStatus.BROUGHT)
    pledges = current().scalars(query.order_by(Pledge.id.desc()))
    return {Goods(each.office_code, each.item_code): each.store_code for each in pledges}


def get_settlement(actor: Actor, event_id: int) -> dict[str, Any]:
    """What became of everything, per owner and item, of an event that the actor may see.

    Before the close it is what closing now, without a count, would write.
    """
    event = find_event(actor, event_id)
    frozen = event.status is EventStatus.CLOSED
    lines = _frozen(event_id) if frozen else _preview(event)
    back = _received_back(event)
    owners = [
        line | {"received_back": back.get(Goods(line["owner"], line["item"]), 0)}
        for line in sorted(lines, key=lambda line: (line["owner"], line["item"]))
    ]
    return {
        "event": event_id,
        "status": event.status,
        "frozen": frozen,
        "owners": owners,
        "counted": bool(owners) and all(line["counted"] for line in owners),
        "after_close": _after_close(event, back) if frozen else None,
    }


def _preview(event: Event) -> list[dict[str, Any]]:
    books = figures_of(event)
    return [told(line) for line in settle(books, kinds_of(books), {}, {})]


def told(line: Line) -> dict[str, Any]:
    """A line as it is shown and kept."""
    facts = asdict(line)
    goods = {"owner": line.goods.owner, "item": line.goods.item}
    return goods | {name: facts[name] for name in (*FIGURES, "counted", "explanation")}


def _frozen(event_id: int) -> list[dict[str, Any]]:
    rows: Sequence[SettlementLine] = (
        current().scalars(sa.select(SettlementLine).where(SettlementLine.event_id == event_id)).all()
    )
    return [
        {"owner": row.owner_code, "item": row.item_code}
        | {name: getattr(row, name) for name in (*FIGURES, "counted", "explanation")}
        for row in rows
    ]


def _received_back(event: Event) -> dict[Goods, int]:
    """What arrived of everything that left the kit, by goods."""
    columns = (Transfer.owner_code, Transfer.item_code)
    rows = current().execute(
        sa.select(*columns, sa.cast(sa.func.sum(Transfer.received), sa.BigInteger).label("received"))
        .where(Transfer.from_store == event.store_code)
        .group_by(*columns)
    )
    return {Goods(row.owner_code, row.item_code): row.received for row in rows}


def last_movement(event: Event) -> int:
    """The latest movement of an event's goods, anywhere; 0 when there is none."""
    query = sa.select(sa.func.max(Entry.movement_id)).join(Account, Account.id == Entry.account_id)
    return current().scalar(query.where(Account.event_id == event.id)) or 0


def _left_in_kit(event: Event) -> Sequence[Any]:
    """What still lies in the kit of an event to go home, item by item, blanks first: (name, unit, kind, quantity)."""
    query = (
        sa.select(
            *(Item.name, Item.unit, Item.kind),
            sa.cast(sa.func.sum(Account.balance), sa.BigInteger).label("quantity"),
        )
        .join(Item, Item.code == Account.item_code)
        .where(Account.store_code == event.store_code, Account.place == Place.STORE, Account.balance != 0)
        .where(Account.condition == Condition.BLANK)
        .group_by(Item.code, Item.name, Item.unit, Item.kind)
        .order_by(Item.kind != ItemKind.BLANK, Item.code)
    )
    return current().execute(query).all()


def _after_close(event: Event, back: dict[Goods, int]) -> dict[str, Any]:
    """What went on with an event's blanks since its close, which put cards and spoiled ones elsewhere.

    What the closing movement did inside the kit is told by the settlement itself. Rolls are never added to blanks:
    they stand in `left`, item by item.
    """
    blanks = set(current().scalars(sa.select(Item.code).where(Item.kind == ItemKind.BLANK)))
    settled = sa.and_(Movement.kind == MovementKind.CLOSING, Account.store_code == event.store_code)
    # An account at a time: with a join PostgreSQL goes through the whole ledger.
    change = (
        sa.select(sa.func.sum(Entry.quantity))
        .join(Movement, Movement.id == Entry.movement_id)
        .where(Entry.account_id == Account.id, Entry.movement_id > (event.last_movement_id or 0), sa.not_(settled))
        .correlate(Account)
        .scalar_subquery()
    )
    changed: Counter[tuple[Place, Condition]] = Counter()
    query = sa.select(Account.place, Account.condition, change).where(
        Account.event_id == event.id, Account.item_code.in_(blanks)
    )
    for place, condition, quantity in current().execute(query):
        changed[place, condition] += int(quantity or 0)
    places = {place: sum(quantity for (at, _), quantity in changed.items() if at is place) for place in Place}
    left = _left_in_kit(event)
    return {
        "issued": places[Place.ISSUED],
        "waiting": changed.get((Place.STORE, Condition.PRINTED), 0),
        "spoiled": changed.get((Place.STORE, Condition.SPOILED), 0),
        "destroyed": places[Place.DESTROYED],
        "in_kit": sum(row.quantity for row in left if row.kind is ItemKind.BLANK),
        "received_back": sum(quantity for goods, quantity in back.items() if goods.item in blanks),
        "left": left,
    }


@dataclass(frozen=True, slots=True)
class ToCount:
    """One owner's goods of one item that are still in the kit, as whoever closes the event counts them."""

    owner: str
    owner_name: str
    item: str
    item_name: str
    unit: str
    on_hand: int
    numbered: bool


@dataclass(frozen=True, slots=True)
class Closing:
    """What must end before an event can be closed, and what is to be counted then."""

    jobs: Sequence[int]
    transfers: Sequence[int]
    sessions: Sequence[int]
    goods: list[ToCount]

    @property
    def ready(self) -> bool:
        """Whether nothing is open."""
        return not (self.jobs or self.transfers or self.sessions)


def closing(actor: Actor, event_id: int) -> Closing:
    """What the close of an event that the actor runs asks for; raises `EventNotFound` or `OutOfReach`."""
    event = find_event(actor, event_id)
    access.require(actor, Action.RUN_EVENTS, event.host_office)
    books = {goods: told.on_hand for goods, told in figures_of(event).items() if told.on_hand}
    numbered = {Goods(key.owner, key.item) for key in kit_accounts(event) if key.numbered}
    owners, items = names_of_goods(books)
    goods = [
        ToCount(
            each.owner,
            owners[each.owner],
            each.item,
            items[each.item].name,
            items[each.item].unit,
            on_hand,
            each in numbered,
        )
        for each, on_hand in books.items()
    ]
    kit = event.store_code or ""
    return Closing(open_jobs(event_id), open_transfers(kit), custody.unfinished_in(kit), goods)


def names_of_goods(goods: Iterable[Goods]) -> tuple[dict[str, str], dict[str, Any]]:
    """What people call the owners, and of the items the name, unit and kind."""
    listed = list(goods)
    owners = sa.select(Office.code, Office.name).where(Office.code.in_({each.owner for each in listed}))
    items = sa.select(Item.code, Item.name, Item.unit, Item.kind).where(Item.code.in_({each.item for each in listed}))
    return (
        {row.code: row.name for row in current().execute(owners)},
        {row.code: row for row in current().execute(items)},
    )


def short_on_arrival(event_id: int) -> Sequence[Any]:
    """What was missing of the pledges when they came to an event: how many of what, whose, and why."""
    told = sa.and_(Delivery.transfer_id == Transfer.id, Delivery.missing > 0, Delivery.undone_at.is_(None))
    query = (
        sa.select(
            *(Transfer.id, Transfer.status, Transfer.missing, Transfer.pledge_id, Delivery.reason),
            *(Item.name.label("item_name"), Item.kind, Item.unit, Office.name.label("office_name")),
        )
        .join(Item, Item.code == Transfer.item_code)
        .join(Office, Office.code == Transfer.owner_code)
        .outerjoin(Delivery, told)
        .where(Transfer.event_id == event_id, Transfer.pledge_id.is_not(None), Transfer.missing > 0)
        .order_by(Transfer.id, Delivery.id)
    )
    return list({row.id: row for row in current().execute(query)}.values())


def returns_of(actor: Actor, event_id: int) -> Sequence[Any]:
    """What goes home from the kit of an event that the actor may see, with the names of where to."""
    event = find_event(actor, event_id)
    columns = ("id", "status", "to_store", "to_office", "approved", "dispatched", "received", "missing", "owner_code")
    return (
        current()
        .execute(
            sa.select(
                *[Transfer.__table__.c[name] for name in columns],
                Office.name.label("office_name"),
                Store.name.label("store_name"),
                Item.name.label("item_name"),
                Item.kind,
                Item.unit,
            )
            .join(Office, Office.code == Transfer.to_office)
            .join(Store, Store.code == Transfer.to_store)
            .join(Item, Item.code == Transfer.item_code)
            .where(Transfer.from_store == event.store_code)
            .order_by(Transfer.id)
        )
        .all()
    )
