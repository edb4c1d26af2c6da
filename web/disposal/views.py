"""What is spoiled and waits, what was burned and who saw it, and the register of withdrawn cards."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from api import fields, paging
from api.amounts import amount_of
from api.disposal.schemas import DestructionIn, DestructionReasonIn, WithdrawnCorrectionIn, WithdrawnIn
from inventory import access, clock
from inventory.access import Action
from inventory.disposal import commands, heaps, queries
from inventory.disposal.commands import Batch, BurnedGoods, Withdrawal
from inventory.disposal.queries import DestructionFilter, Where, WithdrawnFilter
from inventory.disposal.rules import DestructionClass, DestructionStatus
from inventory.offices.queries import names_of_stores, store_facts
from inventory.paging import Page
from inventory.people.queries import names_of
from inventory.texts import Text, figure
from web import choices
from web.language import number, word, zone_of
from web.pages import Pages, actor, done, once, see
from web.tables import Column, Table

pages = Pages("disposal", __name__)
# A form has room for so many witnesses; the paper has two lines for signatures and as many more as are named.
_WITNESSES = 4


class StoreQuery(fields.Strict):
    """Which store; None is all."""

    store = fields.code(load_default=None)


class DestructionsQuery(fields.Strict):
    """Where they stand; None is all."""

    status = fields.Kind(DestructionStatus, load_default=None)


class WithdrawnCardsQuery(fields.Strict):
    """Those that wait, or all."""

    waiting = fields.Flag(load_default=None)


@pages.shows("/gudang/karantina", Action.READ, query=StoreQuery)
def quarantine(query: dict[str, Any]) -> Any:
    """What is spoiled and waits for the fire, by class."""
    where, items = Where(store=query["store"]), dict(choices.items())
    columns = [
        Column(Text("Gudang", "Store"), "place"),
        Column(Text("Barang", "Item"), lambda row: items.get(row["item_code"], row["item_code"])),
        Column(Text("Sebab", "Class"), "reason", "word"),
        Column(Text("Jumlah", "Quantity"), "quantity", "number"),
        Column(Text("Bernomor", "Numbered"), lambda row: row["numbered"] or None, "number"),
        Column(Text("Untuk acara", "For the event"), lambda row: row["event_id"] or None),
        Column(Text("Milik Dinas", "Owned by"), lambda row: row["owner"]),
    ]
    table = Table(
        "quarantine",
        Text("Barang rusak di karantina", "Spoiled goods in quarantine"),
        columns,
        lambda wanted: _placed(queries.quarantine(actor(), where, wanted)),
        turn=(paging.word, paging.word, paging.word, paging.number, paging.number),
        empty=Text("Karantina kosong: tidak ada yang rusak dan menunggu.", "The quarantine is empty: nothing waits."),
    )
    cards = queries.waiting(actor(), where)
    more = {"store": query["store"], "stores": choices.stores()}
    by_class = [(word(each).capitalize(), number(cards[each.value])) for each in DestructionClass if cards[each.value]]
    return see("disposal/quarantine.html", quarantine=table, cards=cards, card_facts=by_class, **more)


def _placed(found: Page) -> Page:
    names = names_of_stores(row["store_code"] for row in found.items)
    rows = [{**row, "place": names[row["store_code"]].told, "owner": _other(row)} for row in found.items]
    return Page(rows, found.next)


def _other(row: dict[str, Any]) -> str | None:
    """Whose it is, where that is another office."""
    owner = row.get("owner_code")
    return None if owner == row["office_code"] else owner


@pages.shows("/gudang/pemusnahan", Action.READ, query=DestructionsQuery)
def destructions(query: dict[str, Any]) -> Any:
    """The destructions, newest first."""
    which = DestructionFilter(status=query["status"])
    columns = [
        Column(
            Text("Nomor berita acara", "Number"),
            "number",
            href=lambda row: url_for("disposal_pages.destruction", destruction_id=row["id"]),
        ),
        Column(Text("Tanggal", "Date"), "destroyed_on", "day"),
        Column(Text("Gudang", "Store"), "place"),
        Column(Text("Blangko", "Blanks"), lambda row: row["totals"]["blanks"]["total"] or None, "number"),
        Column(
            Text("KTP ditarik", "Withdrawn cards"), lambda row: row["totals"]["withdrawn"]["total"] or None, "number"
        ),
        Column(Text("Jumlah", "Total"), lambda row: row["totals"]["total"], "number"),
        Column(Text("Keadaan", "Standing"), "status", "word"),
    ]
    table = Table(
        "destructions",
        Text("Pemusnahan", "Destructions"),
        columns,
        lambda wanted: _placed(queries.list_destructions(actor(), which, wanted)),
        order="desc",
        empty=Text(
            "Belum ada pemusnahan. Lihat karantina, lalu catat pemusnahan dengan dua saksi.",
            "No destructions yet. Look at the quarantine, then note one with two witnesses.",
        ),
    )
    statuses = list(DestructionStatus)
    return see("disposal/destructions.html", destructions=table, status=query["status"], statuses=statuses)


@pages.shows("/gudang/pemusnahan/baru", Action.MOVE_STOCK)
def propose() -> Any:
    """What of a store burns, who counted it, who sees it: the heaps stand there already."""
    stores = choices.stores()
    known = dict(stores)
    store = request.args.get("gudang", "")
    store = store if store in known else (stores[0][0] if stores else "")
    left_out = set(request.args.getlist("tanpa"))
    lying = heaps.heaps_of(actor(), store) if store else []
    cards = queries.waiting(actor(), Where(store=store)) if store else {}
    waiting = [(each, cards[each.value]) for each in DestructionClass if cards.get(each.value)]
    return see(
        "disposal/propose.html",
        stores=stores,
        store=store,
        heaps=[heap for heap in lying if str(heap.id) not in left_out],
        cards=[(each, many) for each, many in waiting if each.value not in left_out],
        left_out=sorted(left_out),
        nothing=not lying and not waiting,
        counters=choices.counters(actor().office),
        witnesses=_WITNESSES,
        today=clock.business_day(zone_of()),
    )


@pages.does("/gudang/pemusnahan/baru", Action.MOVE_STOCK, body=DestructionIn, again=propose)
def book_count(body: dict[str, Any]) -> Any:
    """Write down what was counted; a second person approves, and only then is it booked."""
    lines = [BurnedGoods(amount=amount_of(line, f"/lines/{i}"), **line) for i, line in enumerate(body.pop("lines"))]
    withdrawn = [(line["reason"], line["quantity"]) for line in body.pop("withdrawn")]
    made = commands.count(actor(), Batch(lines=lines, withdrawn=withdrawn, **body), once())
    text = Text(
        "Pemusnahan {number} dicatat; orang kedua yang mengesahkan.",
        "Destruction {number} is noted; a second person approves it.",
    )
    return done("disposal_pages.destruction", text.format(number=body["number"]), destruction_id=made)


@pages.shows("/gudang/pemusnahan/<int:destruction_id>", Action.READ)
def destruction(destruction_id: int) -> Any:
    """One destruction: its figures by class, its witnesses, and its minutes."""
    return see("disposal/destruction.html", **_one(destruction_id))


def _one(destruction_id: int) -> dict[str, Any]:
    it = queries.get_destruction(actor(), destruction_id)
    waits = it["status"] is DestructionStatus.COUNTED
    part = {it["user_id"], *it["counted_by"]}
    people = names_of([it["user_id"], it["approved_by"], *it["counted_by"]])
    blanks, cards = it["totals"]["blanks"], it["totals"]["withdrawn"]
    second = actor().user_id not in part or not store_facts(it["store_code"]).checks.destruction_check
    return {
        "it": it,
        "counted": " + ".join(people.get(each, str(each)) for each in it["counted_by"]),
        "place": names_of_stores([it["store_code"]])[it["store_code"]],
        "people": people,
        "classes": [each for each in DestructionClass if blanks[each.value] or cards[each.value]],
        "items": dict(choices.items()),
        "may_approve": waits and access.may(actor(), Action.APPROVE, it["office_code"]) and second,
        "may_cancel": waits and access.may(actor(), Action.MOVE_STOCK, it["office_code"]),
        "waits": waits,
    }


@pages.shows("/gudang/pemusnahan/<int:destruction_id>/sahkan", Action.APPROVE)
def approve(destruction_id: int) -> Any:
    """Book it as the second person: what burned is gone from the books."""
    one = _one(destruction_id)
    if request.method == "GET" and not one["waits"]:
        return done("disposal_pages.destruction", destruction_id=destruction_id)
    return see("disposal/approve.html", **one)


@pages.does("/gudang/pemusnahan/<int:destruction_id>/sahkan", Action.APPROVE, body=DestructionReasonIn, again=approve)
def book_approval(destruction_id: int, body: dict[str, Any]) -> Any:
    """Approve."""
    commands.approve(actor(), destruction_id, body["reason"], once())
    text = Text("Pemusnahan disahkan. Cetak berita acaranya.", "The destruction is approved. Print its minutes.")
    return done("disposal_pages.destruction", text, destruction_id=destruction_id)


@pages.shows("/gudang/pemusnahan/<int:destruction_id>/batal", Action.MOVE_STOCK)
def cancel(destruction_id: int) -> Any:
    """Give it up before it is approved."""
    one = _one(destruction_id)
    if request.method == "GET" and not one["may_cancel"]:
        return done("disposal_pages.destruction", destruction_id=destruction_id)
    return see("disposal/cancel.html", **one)


@pages.does("/gudang/pemusnahan/<int:destruction_id>/batal", Action.MOVE_STOCK, body=DestructionReasonIn, again=cancel)
def book_cancellation(destruction_id: int, body: dict[str, Any]) -> Any:
    """Cancel."""
    commands.cancel(actor(), destruction_id, body["reason"], once())
    text = Text("Pemusnahan dibatalkan; tidak ada yang berubah.", "The destruction is called off; nothing has changed.")
    return done("disposal_pages.destruction", text, destruction_id=destruction_id)


@pages.shows("/gudang/ktp-ditarik", Action.READ, query=WithdrawnCardsQuery)
def withdrawn(query: dict[str, Any]) -> Any:
    """The register of cards that residents gave back; nobody's name is in it."""
    which = WithdrawnFilter(waiting=query["waiting"])
    correct = access.permits(actor(), Action.APPROVE)
    columns = [
        Column(
            Text("Tanggal", "Date"),
            "withdrawn_on",
            "day",
            href=lambda row: url_for("disposal_pages.correct", row_id=row["id"]) if correct else None,
        ),
        Column(Text("Gudang", "Store"), "place"),
        Column(Text("Sebab", "Class"), "reason", "word"),
        Column(Text("Jumlah", "Quantity"), "quantity", "number"),
        Column(Text("Dimusnahkan", "Destroyed"), lambda row: row["destroyed"] or None, "number"),
        Column(Text("Menunggu", "Waiting"), lambda row: row["quantity"] - row["destroyed"] or None, "number"),
        Column(Text("Nomor surat", "Document"), "document_number"),
    ]
    table = Table(
        "withdrawn",
        Text("KTP ditarik", "Withdrawn cards"),
        columns,
        lambda wanted: _rows_placed(queries.list_withdrawn(actor(), which, wanted)),
        order="desc",
        empty=Text(
            "Belum ada KTP ditarik. Loket mencatatnya saat KTP lama diserahkan.",
            "No withdrawn cards yet. The desk notes them when old cards are given back.",
        ),
    )
    cards = queries.waiting(actor(), Where())
    classes = [each for each in DestructionClass if cards[each.value]]
    return see("disposal/withdrawn.html", withdrawn=table, cards=cards, classes=classes, waiting=query["waiting"])


def _rows_placed(found: Page) -> Page:
    names = names_of_stores(row.store_code for row in found.items)
    kept = ("id", "withdrawn_on", "reason", "quantity", "destroyed", "document_number")
    rows = [{name: getattr(row, name) for name in kept} | {"place": names[row.store_code].told} for row in found.items]
    return Page(rows, found.next)


@pages.shows("/gudang/ktp-ditarik/catat", Action.PRINT)
def note_withdrawn() -> Any:
    """How many were given back on a day, and why."""
    return see(
        "disposal/note.html",
        stores=choices.stores(),
        classes=list(DestructionClass),
        today=clock.business_day(zone_of()),
    )


@pages.does("/gudang/ktp-ditarik/catat", Action.PRINT, body=WithdrawnIn, again=note_withdrawn)
def book_withdrawn(body: dict[str, Any]) -> Any:
    """Note them."""
    commands.withdraw(actor(), Withdrawal(**body), once())
    told = Text("{quantity} KTP ditarik dicatat.", "{quantity} withdrawn cards noted.")
    return done("disposal_pages.withdrawn", told.format(quantity=figure(body["quantity"])))


@pages.shows("/gudang/ktp-ditarik/<int:row_id>/perbaiki", Action.APPROVE)
def correct(row_id: int) -> Any:
    """How many there really were."""
    row = queries.find_withdrawn(actor(), row_id)
    return see("disposal/correct.html", row=row, place=names_of_stores([row.store_code])[row.store_code])


@pages.does("/gudang/ktp-ditarik/<int:row_id>/perbaiki", Action.APPROVE, body=WithdrawnCorrectionIn, again=correct)
def book_correction(row_id: int, body: dict[str, Any]) -> Any:
    """Correct it."""
    commands.correct_withdrawn(actor(), row_id, body["quantity"], once())
    return done("disposal_pages.withdrawn", Text("Jumlahnya diperbaiki.", "The figure is corrected."))
