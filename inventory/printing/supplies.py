"""Ribbon and film: mounted out of the store, counted down by every attempt, and warned of before they run out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import audit, clock
from inventory.access import Action, Actor
from inventory.catalogue.models import Item
from inventory.catalogue.queries import get_item
from inventory.database import current, table_of, transaction, wire
from inventory.offices.queries import StoreFacts, check_open, store_facts, store_for
from inventory.paging import Page, Slice, page
from inventory.printing import machines
from inventory.printing.machines import Lasting, NotMountable, SupplyKind
from inventory.printing.models import JobLine, Mount, Printer, PrintJob
from inventory.printing.printers import get_printer, locked
from inventory.printing.rules import Outcome, Try
from inventory.retries import FIRST, Once
from inventory.stock import ledger
from inventory.stock.ledger import Fact
from inventory.stock.models import Account, Movement
from inventory.stock.numbers import Amount
from inventory.stock.queries import drawing_order
from inventory.stock.rules import Condition, Leg, MovementKind, Place
from inventory.texts import Text

# A store has a handful of printers; a sentence lists no more.
_NAMED = 20
_PRINTERS, _MOUNTS, _MOVEMENTS = table_of(Printer), table_of(Mount), table_of(Movement)
# A roll whose movement was reversed is back in the store: it never was mounted.
_TAKEN_BACK = sa.exists().where(_MOVEMENTS.c.corrects_id == _MOUNTS.c.movement_id).correlate(_MOUNTS)
_MOUNTED = sa.and_(_MOUNTS.c.unmounted_at.is_(None), ~_TAKEN_BACK)
_PRINTER = sa.select(_PRINTERS.c.id).where(
    _PRINTERS.c.store_code == sa.bindparam("stands_in"), _PRINTERS.c.name == sa.bindparam("named")
)
_COUNT_DOWN = (
    sa.update(_MOUNTS)
    .where(_MOUNTS.c.printer_id == sa.bindparam("of_printer"), _MOUNTED)
    .values(used=_MOUNTS.c.used + sa.bindparam("more"))
    .returning(_MOUNTS.c.kind, _MOUNTS.c.id)
)


@dataclass(frozen=True, slots=True)
class NewMount:
    """One roll out of a store (the printer's own, unless told) into a printer."""

    item: str
    lot: str | None = None
    store: str | None = None
    yield_cards: int | None = None
    occurred_on: date | None = None


@dataclass(frozen=True, slots=True)
class Fed:
    """The printer of a batch and what is mounted in it, as its attempts name them."""

    printer_id: int | None = None
    ribbon_id: int | None = None
    film_id: int | None = None


def mount(actor: Actor, printer_id: int, wanted: NewMount, once: Once = FIRST) -> int:
    """Take one roll out of the store and mount it in place of the one before. Answers the mount's id.

    Raises `StockInsufficient` without a spare. What was left on the one before is lost, and told in the answer.
    """
    with transaction() as session:
        printer = locked(session, actor, printer_id)
        code = wanted.store or printer.store_code
        store = store_for(actor, Action.PRINT, code, hold=True)
        if (done := once.done_before(session)) is not None:
            return done
        check_open(store)
        item = get_item(wanted.item)
        if item.kind not in set(SupplyKind):
            raise NotMountable(pointer="/item", item=item.code)
        movement = _use_one(session, actor, store, item.code, wanted)
        kind, now = SupplyKind(item.kind), clock.now()
        before = session.execute(
            sa.update(_MOUNTS)
            .where(_MOUNTS.c.printer_id == printer_id, _MOUNTS.c.kind == kind, _MOUNTS.c.unmounted_at.is_(None))
            .values(unmounted_at=now)
            .returning(_MOUNTS.c.id, _TAKEN_BACK.label("taken_back"))
        ).first()
        made = Mount(
            printer_id=printer_id,
            kind=kind,
            item_code=item.code,
            lot=wanted.lot,
            yield_cards=wanted.yield_cards or item.cards_per_unit,
            mounted_at=now,
            movement_id=movement,
            replaced_id=None if before is None or before.taken_back else before.id,
            user_id=actor.user_id,
        )
        session.add(made)
        session.flush()
        audit.record(session, actor, "mount", "printer", printer_id, printer.office_code, mount=made.id, item=item.code)
        return once.keep(session, made.id)


def _use_one(session: Session, actor: Actor, store: StoreFacts, item: str, wanted: NewMount) -> int:
    """Take one unit out of the store by the ledger, as any use of supplies; raises `StockInsufficient`."""
    order = drawing_order(store, item)
    books = ledger.lock(session, [*order, *(key.at(Place.CONSUMED) for key in order)], {store.code: store.office})
    parts = ledger.draw(session, books, order, Amount(1))
    fact = Fact(MovementKind.CONSUMPTION, actor, store, wanted.occurred_on, document_number=wanted.lot or "")
    posted = ledger.post(session, books, fact, [Leg(part.key, part.key.at(Place.CONSUMED), 1) for part in parts])
    return posted.id


def count_down(session: Session, store: str, printer: str | None, tries: Sequence[Try]) -> Fed:
    """Take a batch of attempts off what is mounted in its printer: two statements, however many attempts.

    A printer that its store has not listed has nothing to count. A result that is undone later gives nothing back:
    the roll has turned.
    """
    if printer is None:
        return Fed()
    connection = wire(session)
    found = connection.execute(_PRINTER, {"stands_in": store, "named": printer}).scalar()
    if found is None:
        return Fed()
    more = sum(attempt.outcome is Outcome.PRINTED or machines.uses_up(attempt.reason) for attempt in tries)
    rows = connection.execute(_COUNT_DOWN, {"of_printer": found, "more": more})
    mounted = {row.kind: row.id for row in rows}
    return Fed(found, mounted.get(SupplyKind.RIBBON), mounted.get(SupplyKind.FILM))


def check_unused(session: Session, movement: int) -> None:
    """Raise `MountUsed` when the movement took a roll out of a store that has printed since."""
    query = sa.select(Mount).where(Mount.movement_id == movement, Mount.used > 0).with_for_update()
    if (found := session.scalar(query)) is not None:
        name = session.get_one(Printer, found.printer_id).name
        raise machines.MountUsed(movement=movement, item=found.item_code, printer=name, used=found.used)


def mounted_in(printers: Collection[int]) -> list[Any]:
    """What is mounted in these printers, with the prints that are left."""
    left = (_MOUNTS.c.yield_cards - _MOUNTS.c.used).label("left")
    query = sa.select(_MOUNTS, left).where(_MOUNTS.c.printer_id.in_(printers), _MOUNTED)
    return list(current().execute(query.order_by(_MOUNTS.c.printer_id, _MOUNTS.c.kind)))


def spares_in(store: StoreFacts) -> dict[SupplyKind, tuple[int, int]]:
    """The rolls of each kind that the store may use, and how many cards they give."""
    query = (
        sa.select(
            Item.kind,
            sa.func.sum(Account.balance).label("units"),
            sa.func.sum(Account.balance * Item.cards_per_unit).label("cards"),
        )
        .join(Item, Item.code == Account.item_code)
        .where(Account.store_code == store.code, Account.place == Place.STORE, Item.kind.in_(list(SupplyKind)))
        .where(Account.condition == Condition.BLANK, Account.event_id == store.event_id)
        .group_by(Item.kind)
    )
    if not store.event_id:
        query = query.where(Account.owner_code == store.office)
    found = {SupplyKind(row.kind): (int(row.units), int(row.cards)) for row in current().execute(query)}
    return {kind: found.get(kind, (0, 0)) for kind in SupplyKind}


def lasting(printer: Printer) -> list[Lasting]:
    """How far the ribbon and the film of a printer last, what is spare in its store included."""
    left = {row.kind: row.left for row in mounted_in([printer.id])}
    spares = spares_in(store_facts(printer.store_code))
    return [Lasting(kind, left.get(kind), *spares[kind]) for kind in SupplyKind]


def check(session: Session, store: str, printer: str | None, quantity: int, *, despite: bool = False) -> None:
    """Raise `SuppliesWillNotLast` before so many cards are begun, unless it is to go on `despite` that.

    A run asks this inside its own transaction. Nothing is known of a printer that its store has not listed.
    """
    found = _listed(session, store, printer)
    if found is not None and not despite:
        machines.check_lasting(lasting(found), quantity)


def warnings(store: str, printer: str | None, quantity: int) -> list[Text]:
    """What to tell who sends so many cards to a printer: the answer of a command that has checked access."""
    found = _listed(current(), store, printer)
    if found is None:
        return []
    told = machines.warnings_of(lasting(found), quantity)
    return told + machines.over_limit(found.name, found.daily_limit, quantity)


def warnings_of_job(job_id: int) -> list[Text]:
    """The same of what waits in a job; of one that names no printer, those of its store."""
    session = current()
    job = session.get_one(PrintJob, job_id)
    if job.printer is None:
        names = sa.select(Printer.name).where(Printer.store_code == job.store_code).order_by(Printer.name)
        return machines.unnamed(session.scalars(names.limit(_NAMED)).all())
    count = sa.select(sa.func.count()).where(JobLine.job_id == job_id, JobLine.waiting)
    return warnings(job.store_code, job.printer, int(session.scalar(count) or 0))


def check_working(session: Session, store: str, printer: str | None) -> None:
    """Raise `PrinterInRepair` for the name of a listed printer that does not work."""
    require_working(_listed(session, store, printer))


def require_working(printer: Printer | None) -> None:
    """Raise `PrinterInRepair` for a listed printer that does not work."""
    if printer is not None and printer.status is machines.PrinterStatus.IN_REPAIR:
        raise machines.PrinterInRepair(pointer="/printer", printer=printer.name)


def _listed(session: Session, store: str, printer: str | None) -> Printer | None:
    if printer is None:
        return None
    return session.scalar(sa.select(Printer).where(Printer.store_code == store, Printer.name == printer))


def get_mount(actor: Actor, mount_id: int) -> dict[str, Any]:
    """One mount, with what was lost of the roll before it; the actor must reach its printer."""
    query = _mounts().where(_MOUNTS.c.id == mount_id)
    row = current().execute(query).mappings().one()
    get_printer(actor, row["printer_id"])
    return dict(row)


def list_mounts(actor: Actor, printer_id: int, wanted: Slice) -> Page:
    """The rolls that were mounted in a printer."""
    get_printer(actor, printer_id)
    found = page(_mounts().where(_MOUNTS.c.printer_id == printer_id), [_MOUNTS.c.id], wanted, rows=True)
    return Page([dict(row._mapping) for row in found.items], found.next)  # noqa: SLF001 - SQLAlchemy's documented accessor


def _mounts() -> sa.Select[Any]:
    before = _MOUNTS.alias("before")
    left = before.c.yield_cards - before.c.used
    return sa.select(
        _MOUNTS,
        (_MOUNTS.c.yield_cards - _MOUNTS.c.used).label("left"),
        _TAKEN_BACK.label("taken_back"),
        # A roll that gave more than it said left nothing to lose.
        sa.case((left < 0, 0), else_=left).label("lost"),
    ).outerjoin(before, before.c.id == _MOUNTS.c.replaced_id)


def with_supplies(printer: Printer) -> dict[str, Any]:
    """A printer with what is mounted in it, what is spare in its store, and what to see to."""
    mounted = mounted_in([printer.id])
    left = {row.kind: row.left for row in mounted}
    spares = spares_in(store_facts(printer.store_code))
    there = [Lasting(kind, left.get(kind), *spares[kind]) for kind in SupplyKind]
    columns = {column.key: getattr(printer, column.key) for column in _PRINTERS.columns}
    return {
        **columns,
        "mounted": mounted,
        "spares": [{"kind": one.kind, "units": one.spares, "cards": one.spare_cards} for one in there],
        "warnings": machines.warnings_of(there, 1),
    }
