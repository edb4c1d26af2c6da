"""Receiving, and reading the books of a store."""

from __future__ import annotations

from typing import Any

from flask import url_for

from api.amounts import amount_of
from api.stock.schemas import ReceiptIn, ReceiptQuery
from inventory import clock
from inventory.access import Action
from inventory.stock import commands, queries
from inventory.stock.commands import Arrival
from inventory.stock.rules import ReceiptSource
from inventory.texts import Text, figure
from web import choices
from web.language import zone_of
from web.pages import Pages, actor, done, once, see
from web.tables import Column, Table

pages = Pages("stock", __name__)


@pages.shows("/gudang/terima", Action.MOVE_STOCK)
def receive() -> Any:
    """Goods from outside: who sent them, what the paper says, what was counted."""
    return see(
        "stock/receive.html",
        stores=choices.stores(),
        items=choices.items(),
        sources=[source for source in ReceiptSource if source is not ReceiptSource.OPENING],
        today=clock.business_day(zone_of()),
    )


@pages.does("/gudang/terima", Action.MOVE_STOCK, body=ReceiptIn, again=receive)
def book_receipt(body: dict[str, Any]) -> Any:
    """Take them onto the books."""
    arrival = Arrival(amount=amount_of(body), **body)
    receipt = commands.receive(actor(), arrival, once())
    told = Text("{quantity} diterima di {store}.", "{quantity} received at {store}.")
    text = told.format(quantity=figure(arrival.amount.quantity), store=arrival.store)
    return done("stock_pages.receipt", text, receipt_id=receipt)


@pages.shows("/gudang/penerimaan/<int:receipt_id>", Action.READ)
def receipt(receipt_id: int) -> Any:
    """One receipt, and its paper."""
    return see("stock/receipt.html", receipt=queries.get_receipt(actor(), receipt_id))


@pages.shows("/gudang/penerimaan", Action.READ, query=ReceiptQuery)
def receipts(query: dict[str, Any]) -> Any:
    """What came in, newest first."""
    columns = [
        Column(Text("Tanggal", "Date"), "received_on", "day", href=lambda row: url_for(".receipt", receipt_id=row.id)),
        Column(Text("Gudang", "Store"), "store_code"),
        Column(Text("Barang", "Item"), "item_code"),
        Column(Text("Dihitung", "Counted"), "quantity", "number"),
        Column(Text("Selisih dari surat", "Difference from the paper"), _difference, "number"),
        Column(Text("Dari", "From"), "source", "word"),
        Column(Text("Nomor surat", "Document"), "document_number"),
    ]
    table = Table(
        "receipts",
        Text("Penerimaan", "Receipts"),
        columns,
        lambda wanted: queries.list_receipts(actor(), query["office"], query["store"], wanted),
        order="desc",
        empty=Text("Belum ada penerimaan. Mulai dari Terima.", "No receipts yet. Begin with Receive."),
    )
    return see("stock/receipts.html", receipts=table)


def _difference(row: Any) -> int | None:
    return (row.quantity - row.paper_quantity) or None
