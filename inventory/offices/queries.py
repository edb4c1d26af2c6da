"""Reading offices and stores."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from inventory import access
from inventory.access import Action, Actor
from inventory.database import current, table_of, wire
from inventory.errors import Conflict, NotFound
from inventory.offices.models import Office, Store
from inventory.offices.rules import OfficeLevel, StoreKind, parent_of, superiors_of
from inventory.paging import Page, Slice, page
from inventory.texts import Text


class OfficeNotFound(NotFound):
    """No office has this code, or it is out of the actor's reach."""

    code = "office_not_found"
    text = Text("Dinas {office} tidak ditemukan.", "Office {office} was not found.")


class StoreNotFound(NotFound):
    """No store has this code, or it is out of the actor's reach."""

    code = "store_not_found"
    text = Text("Gudang {store} tidak ditemukan.", "Store {store} was not found.")


class StoreClosed(Conflict):
    """The store is an event's kit, and its event is over."""

    code = "store_closed"
    text = Text(
        "Gudang acara {store} sudah ditutup bersama acaranya; hanya pengembaliannya yang masih keluar.",
        "The event kit {store} was closed with its event; only its returns still leave it.",
    )


@dataclass(frozen=True, slots=True)
class Checks:
    """What an office wants a second person, a custody session or a step of its own for. A limit of None is "never"."""

    custody_required: bool
    count_check: bool
    destruction_check: bool
    write_off_check: bool
    transfer_check_over: int | None
    reversal_check_over: int | None
    recount_over: int | None
    queue_only: bool
    confirm_required: bool
    card_check: bool


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What a command needs to know of a store and its office."""

    code: str
    office: str
    kind: StoreKind
    event_id: int
    time_zone: str
    backdate_days: int
    undo_minutes: int
    draw_order: tuple[str, ...]
    closed: bool
    prints: tuple[str, ...] | None
    checks: Checks


_CHECKS = tuple(field.name for field in dataclasses.fields(Checks))
_STORES, _OFFICES = table_of(Store), table_of(Office)
_STORE_FACTS = (
    sa.select(
        *[_STORES.c[name] for name in ("code", "office_code", "kind", "event_id", "draw_order", "closed", "prints")],
        *[_OFFICES.c[name] for name in ("time_zone", "backdate_days", "undo_minutes", *_CHECKS)],
    )
    .join(_OFFICES, _OFFICES.c.code == _STORES.c.office_code)
    .where(_STORES.c.code == sa.bindparam("wanted"))
)


# A kit's row is shared by all who work in the kit and changed by the close of its event, which so waits for them.
_HELD_STORE_FACTS = _STORE_FACTS.with_for_update(read=True, of=_STORES)


def store_facts(code: str, *, pointer: str = "/store", hold: bool = False) -> StoreFacts:
    """The store with its office's settings; raises `StoreNotFound`.

    With `hold` an event kit is neither closed nor changed before this transaction ends. Lock it after documents and
    events and before the ledger.
    """
    connection = wire(current())
    row = connection.execute(_STORE_FACTS, {"wanted": code}).first()
    if row is None:
        raise StoreNotFound(pointer=pointer, store=code)
    if hold and row.event_id:
        row = connection.execute(_HELD_STORE_FACTS, {"wanted": code}).one()
    return StoreFacts(
        code=row.code,
        office=row.office_code,
        kind=row.kind,
        event_id=row.event_id or 0,
        time_zone=row.time_zone,
        backdate_days=row.backdate_days,
        undo_minutes=row.undo_minutes,
        draw_order=tuple(row.draw_order or ()),
        closed=row.closed,
        prints=None if row.prints is None else tuple(row.prints),
        checks=Checks(*row[-len(_CHECKS) :]),
    )


def open_store_facts(code: str, *, pointer: str = "/store") -> StoreFacts:
    """The same, held, for goods that are to come in or go out; raises `StoreClosed`."""
    facts = store_facts(code, pointer=pointer, hold=True)
    check_open(facts, pointer=pointer)
    return facts


def check_open(store: StoreFacts, *, pointer: str | None = "/store") -> None:
    """Raise `StoreClosed` for the kit of an event that is over; the store must be held."""
    if store.closed:
        raise StoreClosed(pointer=pointer, store=store.code)


def kit_facts(event_id: int) -> StoreFacts | None:
    """The kit of an event, held; None when there is no such event. It is closed once its event is over."""
    code = current().scalar(sa.select(Store.code).where(Store.event_id == event_id)) if event_id else None
    return None if code is None else store_facts(code, hold=True)


def store_for(actor: Actor, action: Action, code: str, *, pointer: str = "/store", hold: bool = False) -> StoreFacts:
    """The store, when the actor may do `action` there; raises `StoreNotFound` or `NotPermitted`."""
    facts = store_facts(code, pointer=pointer, hold=hold)
    unseen = StoreNotFound(pointer=pointer, store=code)
    access.require(actor, action, facts.office, event_id=facts.event_id or None, unseen=unseen)
    return facts


def get_office(actor: Actor, code: str) -> Office:
    """One office of the actor's subtree; raises `OfficeNotFound`."""
    found = current().get(Office, code)
    if found is None or not access.may(actor, Action.READ, code):
        raise OfficeNotFound(office=code)
    return found


def list_offices(actor: Actor, parent: str | None, wanted: Slice) -> Page:
    """The offices of the actor's subtree by code, or the children of one of them."""
    query = sa.select(Office).where(access.within(Office.code, actor.office))
    if parent is not None:
        access.require(actor, Action.READ, parent)
        query = query.where(Office.parent_code == parent)
    return page(query, [Office.code], wanted)


def get_store(actor: Actor, code: str) -> Store:
    """One store of the actor's subtree or of an event the actor was let into; raises `StoreNotFound`."""
    store_for(actor, Action.READ, code)
    return current().get_one(Store, code)


def list_stores(actor: Actor, office: str | None, wanted: Slice) -> Page:
    """The stores of the actor's subtree by code, or those of one office."""
    query = sa.select(Store).where(access.within(Store.office_code, actor.office))
    if office is not None:
        access.require(actor, Action.READ, office)
        query = query.where(Store.office_code == office)
    return page(query, [Store.code], wanted)


@dataclass(frozen=True, slots=True)
class Named:
    """What people call a store, and the office it belongs to."""

    code: str
    name: str
    office: str
    office_name: str
    kind: StoreKind
    closed: bool

    @property
    def told(self) -> str:
        """The store as a page names it: what it is called, and whose it is where the name does not say so."""
        return self.name if self.office_name in self.name else f"{self.name}, {self.office_name}"


def _named(*conditions: sa.ColumnElement[bool]) -> list[Named]:
    query = (
        sa.select(Store.code, Store.name, Store.office_code, Office.name, Store.kind, Store.closed)
        .join(Office, Office.code == Store.office_code)
        .where(*conditions)
        .order_by(Store.office_code, Store.code)
    )
    return [Named(*row) for row in current().execute(query)]


def names_of_stores(codes: Iterable[str]) -> dict[str, Named]:
    """What these stores are called: for those who were shown their codes already."""
    return {each.code: each for each in _named(Store.code.in_(set(codes)))}


def names_of_offices(codes: Iterable[str]) -> dict[str, str]:
    """What these offices are called: for those who were shown their codes already."""
    query = sa.select(Office.code, Office.name).where(Office.code.in_(set(codes)))
    return {row.code: row.name for row in current().execute(query)}


def main_stores_near(office: str, province: str | None = None) -> list[Named]:
    """Where goods of an office usually go: the main stores above it, beside it and below it, or those of a province."""
    above = parent_of(office)
    near = [Office.parent_code == office, Office.code.in_(superiors_of(office))]
    if above is not None:
        near.append(Office.parent_code == above)
    around = sa.or_(*near) if province is None else sa.or_(Office.code == province, Office.parent_code == province)
    return _named(Store.kind == StoreKind.MAIN, Office.code != office, around)


def list_provinces() -> list[tuple[str, str]]:
    """The offices of the provinces, by code and name."""
    query = sa.select(Office.code, Office.name).where(Office.level == OfficeLevel.PROVINCE).order_by(Office.code)
    return [(row.code, row.name) for row in current().execute(query)]
