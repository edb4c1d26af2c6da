"""The books of a store: what lies where, stock cards, and taking in what comes from outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import url_for

from api import paging
from api.amounts import amount_of
from api.stock.schemas import ReceiptIn, ReceiptQuery
from inventory import clock
from inventory.access import Action
from inventory.catalogue.rules import ItemKind
from inventory.offices.queries import list_offices, names_of_stores
from inventory.offices.rules import OfficeLevel, level_of
from inventory.paging import Slice
from inventory.reports import cover
from inventory.stock import commands, queries, shelves
from inventory.stock.commands import Arrival, ArrivingLot
from inventory.stock.queries import LotFilter, StockFilter
from inventory.stock.rules import Condition, MovementKind, ReceiptSource
from inventory.stock.shelves import Days, Shelf
from inventory.texts import Text, figure
from inventory.words import in_english, in_indonesian
from web import choices
from web.language import day, word, zone_of
from web.pages import Pages, actor, done, once, see
from web.stock.schemas import CardView, ShelfQuery
from web.tables import Column, Table

pages = Pages("stock", __name__)
# So far back a stock card looks when nobody says from when.
_USUAL_DAYS = 90
_MOST_POINTS = 120
_MOST = 500
_STAYED = {
    MovementKind.EARMARK: Text("{n} disisihkan untuk acara", "{n} set aside for an event"),
    MovementKind.RELEASE: Text("{n} dilepas dari acara, tetap di gudang", "{n} set free from an event, still in store"),
}
STATES = (
    ("free", Text("Siap pakai", "Ready to use")),
    ("earmarked", Text("Untuk acara", "For events")),
    ("in_custody", Text("Di tangan petugas", "In somebody's hands")),
    ("in_transit", Text("Dalam perjalanan", "On the road")),
    ("printed", Text("Tercetak, belum diserahkan", "Printed, not handed over")),
    ("spoiled", Text("Rusak, di karantina", "Spoiled, in quarantine")),
)


@pages.shows("/gudang/stok", Action.READ, query=ShelfQuery)
def stock(query: dict[str, Any]) -> Any:
    """What lies where: a row a store and item, and how long the blanks last."""
    office = query["office"] or actor().office
    which = StockFilter(office=office, store=query["store"])
    totals = shelves.totals(actor(), which)
    lasting = next((each for each in cover.covers(actor(), office) if each.office == office), None)
    return see(
        "stock/stock.html",
        office=office,
        offices=_offices_below(),
        totals=totals,
        states=STATES,
        blank=ItemKind.BLANK,
        cover=lasting if level_of(office) is OfficeLevel.REGENCY else None,
        shelves=_shelf_table(which, totals),
    )


def _offices_below() -> choices.Choices:
    """The offices one may look at; nothing to choose for a regency's own people."""
    if level_of(actor().office) is OfficeLevel.REGENCY:
        return []
    mine = list_offices(actor(), actor().office, Slice(_MOST)).items
    return [(each.code, f"{each.name} ({each.code})") for each in mine]


def _filled(name: str) -> Callable[[Any], int | None]:
    """A state of a row; nothing in place of zero."""
    return lambda row: getattr(row, name) or None


def _shelf_table(which: StockFilter, totals: list[Any]) -> Table:
    """Only the states that something is in."""
    filled = [(name, head) for name, head in STATES if any(getattr(row, name) for row in totals)]
    columns = [
        Column(
            Text("Barang", "Item"),
            choices.item_of,
            "item",
            href=lambda row: url_for(".card", store=row.store_code, item=row.item_code),
        ),
        Column(Text("Gudang", "Store"), lambda row: choices.brief(row.store_name)),
        *[Column(head, _filled(name), "number") for name, head in filled],
        Column(Text("Satuan", "Unit"), "unit", "unit"),
        Column(Text("Kode gudang", "Store's code"), "store_code"),
    ]
    return Table(
        "shelves",
        Text("Isi tiap gudang", "What is in each store"),
        columns,
        lambda wanted: shelves.list_shelves(actor(), which, wanted),
        turn=(paging.word, paging.word),
    )


@pages.shows("/gudang/kartu", Action.READ, query=CardView)
def card(query: dict[str, Any]) -> Any:
    """The stock card of a store and item: what came and went, and what was left each time."""
    stores, items = choices.stores(), choices.items()
    store = query["store"] or (stores[0][0] if stores else None)
    item = query["item"] or items[0][0]
    shelf = shelves.shelf(actor(), store, item) if store else None
    if shelf is not None and shelf.store_code not in dict(stores):
        stores = [(shelf.store_code, f"{shelf.store_name} ({shelf.store_code})"), *stores]
    until = query["until_on"] or clock.business_day(zone_of())
    since = query["from_on"] or until - timedelta(days=_USUAL_DAYS)
    condition = query["condition"]
    asked = {"stores": stores, "items": items, "conditions": list(Condition), "since": since, "until": until}
    if shelf is None:
        return see("stock/card.html", shelf=None, condition=condition, **asked)
    days = shelves.days_of(shelf, condition, since, until)
    # Of an earlier day nobody asks what was set aside then.
    apart = shelves.apart(shelf, condition) if until >= clock.business_day(zone_of()) else (0, 0)
    return see(
        "stock/card.html",
        shelf=shelf,
        store=choices.brief(shelf.store_name),
        condition=condition,
        points=[(day(on), left) for on, left in _every_day(days.left, until)],
        left=days.left[-1][1],
        free=apart[0],
        aside=apart[1],
        card=_card_table(shelf, condition, days),
        **asked,
    )


def _every_day(days: list[tuple[date, int]], until: date) -> list[tuple[date, int]]:
    """What lay there day by day, also where nothing moved; of a long time every few days, and always the last."""
    first, left, at = days[0][0], days[0][1], dict(days)
    length = (until - first).days
    step = length // _MOST_POINTS + 1
    found = []
    for count in range(length + 1):
        on = first + timedelta(days=count)
        left = at.get(on, left)
        if (length - count) % step == 0:
            found.append((on, left))
    return found


def _card_table(shelf: Shelf, condition: Condition, days: Days) -> Table:
    columns = [
        Column(
            Text("Tanggal", "Date"),
            "occurred_on",
            "day",
            href=lambda row: url_for("movements_pages.movement", movement_id=row["movement_id"]),
        ),
        Column(Text("Kejadian", "What happened"), _what),
        Column(Text("Nomor surat", "Document"), "document_number"),
        Column(Text("Masuk", "In"), lambda row: max(row["quantity"], 0) or None, "number"),
        Column(Text("Keluar", "Out"), lambda row: max(-row["quantity"], 0) or None, "number"),
        Column(Text("Sisa", "Left"), "running", "number"),
    ]
    return Table(
        "card",
        Text("Kartu stok, yang terbaru di atas", "Stock card, the newest first"),
        columns,
        lambda wanted: shelves.list_card(days, wanted),
        turn=(paging.day, paging.number, paging.number),
        order="desc",
        empty=Text("Tidak ada mutasi pada hari-hari ini.", "Nothing moved on these days."),
        file=f"stok {shelf.store_code} {shelf.item_code} {'' if condition is Condition.BLANK else word(condition)}",
    )


def _what(row: dict[str, Any]) -> Text:
    """The kind of movement and whether its goods are for an event; how many it took when all of them stayed."""
    kind, event = row["kind"], bool(row["event_id"])
    if not row["quantity"] and kind in _STAYED:
        return _STAYED[kind].format(n=figure(row["inside"]))
    words = [str(in_indonesian(kind)).capitalize(), str(in_english(kind)).capitalize()]
    return Text(words[0] + ", untuk acara" * event, words[1] + ", for an event" * event)


@pages.shows("/gudang/terima", Action.MOVE_STOCK)
def receive() -> Any:
    """Goods from outside: who sent them, what the paper says, what was counted."""
    last = queries.list_receipts(actor(), actor().office, None, Slice(1, None, descending=True)).items
    return see(
        "stock/receive.html",
        stores=choices.stores(),
        items=choices.items(),
        sources=[source for source in ReceiptSource if source is not ReceiptSource.OPENING],
        today=clock.business_day(zone_of()),
        last=last[0] if last else None,
    )


@pages.does("/gudang/terima", Action.MOVE_STOCK, body=ReceiptIn, again=receive)
def book_receipt(body: dict[str, Any]) -> Any:
    """Take them onto the books."""
    lots = [ArrivingLot(amount_of(lot, f"/lots/{i}"), **lot) for i, lot in enumerate(body.pop("lots", []))]
    if lots:
        body.setdefault("quantity", sum(lot.amount.quantity for lot in lots))
    arrival = Arrival(amount=amount_of(body), lots=lots, **body)
    receipt = commands.receive(actor(), arrival, once())
    told = Text("{quantity} {unit} diterima di {store}.", "{quantity} {unit} received at {store}.")
    shelf = shelves.shelf(actor(), arrival.store, arrival.item)
    unit, store = (shelf.unit, shelf.store_name) if shelf is not None else ("", arrival.store)
    text = told.format(quantity=figure(arrival.amount.quantity), unit=unit, store=store)
    return done("stock_pages.receipt", text, receipt_id=receipt)


@pages.shows("/gudang/penerimaan/<int:receipt_id>", Action.READ)
def receipt(receipt_id: int) -> Any:
    """One receipt, its lots and numbers, and its paper."""
    found = queries.get_receipt(actor(), receipt_id)
    lots = queries.list_lots(actor(), LotFilter(receipt=receipt_id), Slice(_MOST)).items
    columns = [
        Column(Text("Lot", "Lot"), "id"),
        Column(Text("Jumlah", "Quantity"), "quantity", "number"),
        Column(Text("Isi kotak", "Per box"), lambda row: row.pack_size if row.pack_size > 1 else None, "number"),
        Column(Text("Nomor tercatat", "Numbers on the books"), lambda row: row.tracked or None, "number"),
    ]
    return see(
        "stock/receipt.html",
        receipt=found,
        shelf=(shelf := shelves.shelf(actor(), found.store_code, found.item_code)),
        store=choices.brief(shelf.store_name) if shelf is not None else found.store_code,
        lots=Table("lots", Text("Lot", "Lots"), columns, lots) if lots else None,
    )


@pages.shows("/gudang/penerimaan", Action.READ, query=ReceiptQuery)
def receipts(query: dict[str, Any]) -> Any:
    """What came in, newest first."""
    items, stores = dict(choices.items()), dict[str, str]()

    def batch(wanted: Slice) -> Any:
        found = queries.list_receipts(actor(), query["office"], query["store"], wanted)
        named = names_of_stores(row.store_code for row in found.items)
        stores.update({code: choices.brief(each.name) for code, each in named.items()})
        return found

    columns = [
        Column(Text("Tanggal", "Date"), "received_on", "day", href=lambda row: url_for(".receipt", receipt_id=row.id)),
        Column(Text("Gudang", "Store"), lambda row: stores[row.store_code]),
        Column(Text("Barang", "Item"), lambda row: items.get(row.item_code, row.item_code)),
        Column(Text("Dihitung", "Counted"), "quantity", "number"),
        Column(Text("Selisih dari surat", "Difference from the paper"), _difference, "number"),
        Column(Text("Dari", "From"), "source", "word"),
        Column(Text("Nomor surat", "Document"), "document_number"),
    ]
    table = Table(
        "receipts",
        Text("Penerimaan", "Receipts"),
        columns,
        batch,
        order="desc",
        empty=Text("Belum ada penerimaan. Mulai dari Terima.", "No receipts yet. Begin with Receive."),
    )
    return see("stock/receipts.html", receipts=table)


def _difference(row: Any) -> int | None:
    return (row.quantity - row.paper_quantity) or None
