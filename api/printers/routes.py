"""Printers, ribbon and film, and how much printing spoils."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once, version
from api.printers.schemas import (
    MountIn,
    MountOut,
    MountPage,
    PrinterChange,
    PrinterIn,
    PrinterOut,
    PrinterPage,
    PrinterQuery,
    PrinterWithSuppliesOut,
    SpoilageOut,
    SpoilageQuery,
)
from api.versions import with_etag
from inventory.access import Action
from inventory.printing import printers, spoilage, supplies
from inventory.printing.printers import NewPrinter
from inventory.printing.supplies import NewMount

blp = Routes("printers", __name__, description="Printer: what they can do, what is mounted in them, what they spoil")


@blp.serves("GET /printers", Action.READ, query=PrinterQuery, answer=PrinterPage)
def list_printers(query: dict[str, Any]) -> Any:
    """The printers of your subtree."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(printers.list_printers(actor(), query["store"], query["status"], wanted))


@blp.serves("POST /printers", Action.PRINT, body=PrinterIn, answer=PrinterOut, status=201, key=Key.OPTIONAL)
def add_printer(body: dict[str, Any]) -> Any:
    """Add a printer of a store, with what it can do."""
    return with_etag(printers.get_printer(actor(), printers.add_printer(actor(), NewPrinter(**body), once())))


@blp.serves("GET /printers/<int:printer_id>", Action.READ, answer=PrinterWithSuppliesOut)
def show_printer(printer_id: int) -> Any:
    """One printer, with what is mounted in it and what is spare in its store."""
    return with_etag(supplies.with_supplies(printers.get_printer(actor(), printer_id)))


@blp.serves("PATCH /printers/<int:printer_id>", Action.PRINT, body=PrinterChange, answer=PrinterOut)
def change_printer(printer_id: int, body: dict[str, Any]) -> Any:
    """Change a printer, or say that it is in repair or works again."""
    printers.change_printer(actor(), printer_id, version(), body)
    return with_etag(printers.get_printer(actor(), printer_id))


@blp.serves(
    "POST /printers/<int:printer_id>/mount",
    Action.PRINT,
    body=MountIn,
    answer=MountOut,
    status=201,
    key=Key.REQUIRED,
)
def mount(printer_id: int, body: dict[str, Any]) -> Any:
    """Take one ribbon or film out of the store and mount it in place of the one before."""
    return supplies.get_mount(actor(), supplies.mount(actor(), printer_id, NewMount(**body), once()))


@blp.serves("GET /printers/<int:printer_id>/mounts", Action.READ, query=paging.PageQuery, answer=MountPage)
def list_mounts(printer_id: int, query: dict[str, Any]) -> Any:
    """The ribbons and films that were mounted in a printer."""
    return paging.answer(supplies.list_mounts(actor(), printer_id, paging.wanted(query, paging.number)))


@blp.serves("GET /spoilage", Action.READ, query=SpoilageQuery, answer=SpoilageOut)
def show_spoilage(query: dict[str, Any]) -> Any:
    """How much of an office's printing was spoiled, and how sure that rate is."""
    return spoilage.spoilage(actor(), **query)
