"""Printers: which store each stands in, and which versions of the blank it can print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from inventory import access, audit
from inventory.access import Action, Actor
from inventory.catalogue.queries import check_blanks
from inventory.database import current, insert_ignore, table_of, transaction
from inventory.errors import Conflict, NotFound, StaleVersion
from inventory.offices.queries import store_for
from inventory.paging import Page, Slice, page
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
    text = Text("Printer {name} sudah ada di {store}.", "{store} has a printer {name} already.")


def add_printer(actor: Actor, *, store: str, name: str, prints: Sequence[str] | None = None, once: Once = FIRST) -> int:
    """Add a printer to a store. Answers its id."""
    with transaction() as session:
        facts = store_for(actor, Action.PRINT, store)
        if (done := once.done_before(session)) is not None:
            return done
        check_blanks(prints)
        row = {"office_code": facts.office, "store_code": store, "name": name, "prints": prints, "version": 1}
        if not insert_ignore(session, table_of(Printer), [row]):
            raise PrinterNameTaken(pointer="/name", store=store, name=name)
        query = sa.select(Printer.id).where(Printer.store_code == store, Printer.name == name)
        made = session.execute(query).scalar_one()
        audit.record(session, actor, "add_printer", "printer", made, facts.office, prints=prints)
        return once.keep(session, made)


def change_printer(actor: Actor, printer_id: int, version: int, changes: dict[str, Any]) -> int:
    """Change a printer's name or versions; raises `StaleVersion` when somebody else did meanwhile. Answers its id."""
    with transaction() as session:
        printer = session.get(Printer, printer_id, with_for_update=True)
        unseen = PrinterNotFound(printer=printer_id)
        if printer is None:
            raise unseen
        access.require(actor, Action.PRINT, printer.office_code, unseen=unseen)
        if printer.version != version:
            raise StaleVersion(what="Printer", current=printer.version, yours=version)
        check_blanks(changes.get("prints"))
        name = changes.get("name", printer.name)
        same = sa.select(Printer.id).where(Printer.store_code == printer.store_code, Printer.name == name)
        if session.scalar(same.where(Printer.id != printer_id)) is not None:
            raise PrinterNameTaken(pointer="/name", store=printer.store_code, name=name)
        for field, value in changes.items():
            setattr(printer, field, value)
        printer.version += 1
        audit.record(session, actor, "change_printer", "printer", printer_id, printer.office_code, **changes)
        return printer_id


def get_printer(actor: Actor, printer_id: int) -> Printer:
    """One printer of the actor's subtree; raises `PrinterNotFound`."""
    found = current().get(Printer, printer_id)
    if found is None or not access.may(actor, Action.READ, found.office_code):
        raise PrinterNotFound(printer=printer_id)
    return found


def list_printers(actor: Actor, store: str | None, wanted: Slice) -> Page:
    """The printers of the actor's subtree, or those of one store."""
    query = sa.select(Printer).where(access.within(Printer.office_code, actor.office))
    if store is not None:
        query = query.where(Printer.store_code == store_for(actor, Action.READ, store).code)
    return page(query, [Printer.id], wanted)
