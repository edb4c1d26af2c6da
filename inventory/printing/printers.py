"""Printers: in which store each stands, which versions it prints, how many an hour, and whether it works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from inventory import access, audit, clock
from inventory.access import Action, Actor
from inventory.catalogue.queries import check_blanks
from inventory.database import current, insert_ignore, table_of, transaction
from inventory.errors import Conflict, NotFound, StaleVersion
from inventory.offices.queries import store_for
from inventory.paging import Page, Slice, page
from inventory.printing import machines
from inventory.printing.machines import USUAL_PER_HOUR, PrinterStatus
from inventory.printing.models import Printer
from inventory.retries import FIRST, Once
from inventory.texts import Text


class PrinterNotFound(NotFound):
    """No printer has this id, or it is out of the actor's reach."""

    code = "printer_not_found"
    text = Text("Printer {printer} tidak ditemukan.", "Printer {printer} was not found.")


class PrinterNameTaken(Conflict):
    """A store's printers have different names."""

    code = "printer_name_taken"
    text = Text('Printer "{name}" sudah ada di {store}.', '{store} has a printer "{name}" already.')


@dataclass(frozen=True, slots=True)
class NewPrinter:
    """A printer as it is added: its store, its name, and what it can do."""

    store: str
    name: str
    prints: Sequence[str] | None = None
    capacity_per_hour: float = USUAL_PER_HOUR
    rest_after_cards: int | None = None
    rest_minutes: float | None = None
    daily_limit: int | None = None


def add_printer(actor: Actor, wanted: NewPrinter, once: Once = FIRST) -> int:
    """Add a printer to a store. Answers its id."""
    with transaction() as session:
        facts = store_for(actor, Action.PRINT, wanted.store)
        if (done := once.done_before(session)) is not None:
            return done
        check_blanks(wanted.prints)
        machines.check_rest(wanted.rest_after_cards, wanted.rest_minutes)
        row = {
            "office_code": facts.office,
            "store_code": wanted.store,
            "name": wanted.name,
            "prints": wanted.prints,
            "capacity_per_hour": wanted.capacity_per_hour,
            "rest_after_cards": wanted.rest_after_cards,
            "rest_minutes": wanted.rest_minutes,
            "daily_limit": wanted.daily_limit,
            "status": PrinterStatus.WORKING,
            "version": 1,
        }
        if not insert_ignore(session, table_of(Printer), [row]):
            raise PrinterNameTaken(pointer="/name", store=wanted.store, name=wanted.name)
        query = sa.select(Printer.id).where(Printer.store_code == wanted.store, Printer.name == wanted.name)
        made = session.execute(query).scalar_one()
        audit.record(session, actor, "add_printer", "printer", made, facts.office, prints=wanted.prints)
        return once.keep(session, made)


def change_printer(actor: Actor, printer_id: int, version: int, changes: dict[str, Any]) -> int:
    """Change a printer, or say that it is in repair or works again, with the reason. Answers its id.

    Raises `StaleVersion` when somebody else changed it meanwhile.
    """
    with transaction() as session:
        printer = locked(session, actor, printer_id)
        if printer.version != version:
            raise StaleVersion(
                subject="printer", key=printer_id, what="Printer", current=printer.version, yours=version
            )
        check_blanks(changes.get("prints"))
        name = changes.get("name", printer.name)
        same = sa.select(Printer.id).where(Printer.store_code == printer.store_code, Printer.name == name)
        if session.scalar(same.where(Printer.id != printer_id)) is not None:
            raise PrinterNameTaken(pointer="/name", store=printer.store_code, name=name)
        if changes.get("status", printer.status) is not printer.status:
            printer.status_at, printer.status_reason = clock.now(), None
        for field, value in changes.items():
            setattr(printer, field, value)
        machines.check_rest(printer.rest_after_cards, printer.rest_minutes)
        printer.version += 1
        audit.record(session, actor, "change_printer", "printer", printer_id, printer.office_code, **changes)
        return printer_id


def locked(session: Session, actor: Actor, printer_id: int) -> Printer:
    """The printer, locked, when the actor may print there; raises `PrinterNotFound`."""
    printer = session.get(Printer, printer_id, with_for_update=True)
    unseen = PrinterNotFound(printer=printer_id)
    if printer is None:
        raise unseen
    access.require(actor, Action.PRINT, printer.office_code, unseen=unseen)
    return printer


def get_printer(actor: Actor, printer_id: int) -> Printer:
    """One printer of the actor's subtree; raises `PrinterNotFound`."""
    found = current().get(Printer, printer_id)
    if found is None or not access.may(actor, Action.READ, found.office_code):
        raise PrinterNotFound(printer=printer_id)
    return found


def list_printers(actor: Actor, store: str | None, status: PrinterStatus | None, wanted: Slice) -> Page:
    """The printers of the actor's subtree, or those of one store, or those that work."""
    query = sa.select(Printer).where(access.within(Printer.office_code, actor.office))
    if store is not None:
        query = query.where(Printer.store_code == store_for(actor, Action.READ, store).code)
    if status is not None:
        query = query.where(Printer.status == status)
    return page(query, [Printer.id], wanted)
