"""Printers, what is mounted in them, what they spoil, and whether a night is long enough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import url_for

from api import paging
from api.planning.schemas import PrintNightQuery
from api.printers.schemas import MountIn, PrinterChange, PrinterIn, PrinterQuery
from inventory import clock
from inventory.access import Action
from inventory.catalogue.rules import ItemKind
from inventory.planning import tonight
from inventory.planning.tonight import Asked
from inventory.printing import printers, spoilage, supplies
from inventory.printing.machines import PrinterStatus
from inventory.printing.printers import NewPrinter
from inventory.printing.spoilage import SpoilageBy
from inventory.printing.supplies import NewMount
from inventory.texts import Text
from web import choices
from web.language import zone_of
from web.pages import Pages, actor, done, once, see, version
from web.tables import Column, Table

pages = Pages("printers", __name__)
_MOST_DAYS = 30


@pages.shows("/cetak/printer", Action.READ, query=PrinterQuery)
def overview(query: dict[str, Any]) -> Any:
    """The printers of the subtree."""
    columns = [
        Column(Text("Printer", "Printer"), "name", href=lambda row: url_for(".printer", printer_id=row.id)),
        Column(Text("Gudang", "Store"), "store_code"),
        Column(Text("Keadaan", "State"), "status", "word"),
        Column(Text("Sejak", "Since"), "status_at", "instant"),
        Column(Text("Kartu sejam", "Cards an hour"), "capacity_per_hour", "decimal"),
    ]
    table = Table(
        "printers",
        Text("Printer", "Printers"),
        columns,
        lambda wanted: printers.list_printers(actor(), query["store"], query["status"], wanted),
        turn=(paging.number,),
        empty=Text("Belum ada printer. Mulai dari Tambah printer.", "No printers yet. Begin with Add a printer."),
    )
    return see("printers/printers.html", printers=table)


@pages.shows("/cetak/printer/tambah", Action.PRINT)
def new_printer() -> Any:
    """A printer that came."""
    return see("printers/edit.html", printer=None, stores=choices.stores())


@pages.does("/cetak/printer/tambah", Action.PRINT, body=PrinterIn, again=new_printer)
def add_printer(body: dict[str, Any]) -> Any:
    """Add it to its store."""
    made = printers.add_printer(actor(), NewPrinter(**body), once())
    return done("printers_pages.printer", Text("Printer ditambahkan.", "The printer was added."), printer_id=made)


@pages.shows("/cetak/printer/<int:printer_id>", Action.READ)
def printer(printer_id: int) -> Any:
    """What it can do, what is mounted in it, and what was before."""
    found = printers.get_printer(actor(), printer_id)
    mounts = Table(
        "mounts",
        Text("Ribbon dan film yang pernah dipasang", "Ribbons and films that were mounted"),
        [
            Column(Text("Dipasang", "Mounted"), "mounted_at", "instant"),
            Column(Text("Barang", "Item"), "kind", "word"),
            Column(Text("Lot", "Lot"), "lot"),
            Column(Text("Cukup untuk", "Good for"), "yield_cards", "number", unit=Text("kartu", "cards")),
            Column(Text("Terpakai", "Used"), "used", "number", unit=Text("kartu", "cards")),
            Column(Text("Dilepas", "Taken out"), "unmounted_at", "instant"),
        ],
        lambda wanted: supplies.list_mounts(actor(), printer_id, wanted),
        order="desc",
        empty=Text("Belum ada yang dipasang.", "Nothing was mounted yet."),
    )
    return see("printers/printer.html", printer=supplies.with_supplies(found), mounts=mounts)


@pages.shows("/cetak/printer/<int:printer_id>/ubah", Action.PRINT)
def edit(printer_id: int) -> Any:
    """What it is called and what it can do."""
    return see("printers/edit.html", printer=printers.get_printer(actor(), printer_id), stores=[])


@pages.does("/cetak/printer/<int:printer_id>/ubah", Action.PRINT, body=PrinterChange, again=edit)
def change(printer_id: int, body: dict[str, Any]) -> Any:
    """Change it."""
    printers.change_printer(actor(), printer_id, version(), body)
    return done("printers_pages.printer", Text("Tersimpan.", "Saved."), printer_id=printer_id)


@pages.shows("/cetak/printer/<int:printer_id>/keadaan", Action.PRINT)
def state(printer_id: int) -> Any:
    """Whether it works."""
    found = printers.get_printer(actor(), printer_id)
    return see("printers/state.html", printer=found, statuses=list(PrinterStatus))


@pages.does("/cetak/printer/<int:printer_id>/keadaan", Action.PRINT, body=PrinterChange, again=state)
def change_state(printer_id: int, body: dict[str, Any]) -> Any:
    """Say that it is in repair, or works again."""
    printers.change_printer(actor(), printer_id, version(), body)
    return done("printers_pages.printer", Text("Keadaan dicatat.", "The state was noted."), printer_id=printer_id)


@pages.shows("/cetak/printer/<int:printer_id>/pasang", Action.PRINT)
def mounting(printer_id: int) -> Any:
    """A new ribbon or film."""
    found = supplies.with_supplies(printers.get_printer(actor(), printer_id))
    return see("printers/mount.html", printer=found, items=choices.items(ItemKind.RIBBON, ItemKind.FILM))


@pages.does("/cetak/printer/<int:printer_id>/pasang", Action.PRINT, body=MountIn, again=mounting)
def mount(printer_id: int, body: dict[str, Any]) -> Any:
    """Take one roll out of the store and mount it."""
    supplies.mount(actor(), printer_id, NewMount(**body), once())
    return done("printers_pages.printer", Text("Sudah terpasang.", "It is mounted."), printer_id=printer_id)


@pages.shows("/cetak/rusak", Action.READ)
def spoiled() -> Any:
    """How much of the printing of the last days was spoiled, by printer and by reason."""
    last = clock.business_day(zone_of())
    first = last - timedelta(days=_MOST_DAYS)
    by_printer = spoilage.spoilage(actor(), actor().office, first, last, SpoilageBy.PRINTER)
    by_reason = spoilage.spoilage(actor(), actor().office, first, last, SpoilageBy.REASON)
    return see(
        "printers/spoilage.html",
        whole=by_printer.whole,
        days=_MOST_DAYS,
        by_printer=_groups("by_printer", Text("Menurut printer", "By printer"), by_printer.groups),
        by_reason=_groups("by_reason", Text("Menurut sebab", "By reason"), by_reason.groups),
    )


def _groups(name: str, title: Text, groups: Sequence[Any]) -> Table:
    unknown = Text("tidak diketahui", "not known")
    columns = [
        Column(Text("Apa", "What"), lambda row: row.name or row.key or unknown),
        Column(Text("Percobaan", "Tries"), lambda row: row.rate.attempts, "number"),
        Column(Text("Rusak", "Spoiled"), lambda row: row.rate.spoiled, "number"),
        Column(Text("Bagian", "Share"), lambda row: row.rate.rate, "percent"),
    ]
    return Table(name, title, columns, groups, empty=Text("Belum ada percobaan cetak.", "Nothing was tried yet."))


@pages.shows("/cetak/malam/<int:event_id>", Action.READ, query=PrintNightQuery)
def night(event_id: int, query: dict[str, Any]) -> Any:
    """Whether the cards of a day are printed by the next morning, hour by hour."""
    found = tonight.print_night(actor(), event_id, Asked(**query))
    hours = Table(
        "hours",
        Text("Jam demi jam", "Hour by hour"),
        [
            Column(Text("Jam", "Hour"), "starts_at", "instant"),
            Column(Text("Datang", "Coming"), lambda row: round(row.expected), "number"),
            Column(Text("Sanggup dicetak", "Can be printed"), lambda row: round(row.capacity), "number"),
            Column(Text("Dicetak", "Printed"), lambda row: round(row.printed), "number"),
            Column(Text("Masih menunggu", "Still waiting"), lambda row: round(row.backlog), "number"),
        ],
        found.outcome.rows,
    )
    waiting = [(f"{row.starts_at:%H.%M}", round(row.backlog)) for row in found.outcome.rows]
    return see("printers/night.html", found=found, hours=hours, waiting=waiting, asked=query)
