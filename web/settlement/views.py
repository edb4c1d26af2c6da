"""The close of an event: counted, explained, and every blank accounted for per owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for

from api.amounts import amount_of
from inventory import access
from inventory.access import Action
from inventory.catalogue.rules import ItemKind
from inventory.errors import Fault
from inventory.outreach import queries as events
from inventory.outreach import tables
from inventory.outreach.rules import EventStatus
from inventory.settlement import commands, queries
from inventory.settlement.commands import Counted, Explained
from inventory.settlement.rules import DifferenceUnexplained, Goods
from inventory.texts import Text, figure
from inventory.transfers.rules import TransferStatus
from web import choices
from web.language import item_text, item_word, number, unit_text, unit_word
from web.outreach.words import TO_COUNT
from web.pages import Pages, actor, done, once, see
from web.settlement.schemas import CloseForm
from web.tables import Column, Table

pages = Pages("settlement", __name__)
_CLOSED = Text(
    "Acara ditutup. Kirim sekarang yang harus kembali ke pemiliknya.",
    "The event is closed. Send now what goes back to its owners.",
)
_DIFFERS = Text(
    "Hitungan {item} milik {owner} berbeda dari buku. Hitung sekali lagi, atau tulis sebabnya.",
    "The count of {item} owned by {owner} differs from the books. Count once more, or say why.",
)
_SEND = Text("Kirim {quantity} {unit} {item} kembali", "Send {quantity} {unit} ({item}) back")
_SEND_TO = Text(
    "Kirim {quantity} {unit} {item} kembali ke {office}", "Send {quantity} {unit} ({item}) back to {office}"
)
_FIGURES = (
    ("brought", Text("Dibawa", "Brought")),
    ("printed", Text("Dicetak", "Printed")),
    ("spoiled", Text("Rusak", "Spoiled")),
    ("used", Text("Terpakai", "Used up")),
    ("returned", Text("Kembali", "Returned")),
    ("missing", Text("Hilang", "Missing")),
    ("received_back", Text("Sudah diterima pemilik", "Received back")),
)


@pages.shows("/koordinasi/kegiatan/<int:event_id>/tutup", Action.RUN_EVENTS)
def count(event_id: int) -> Any:
    """What must end first, and what to count."""
    seen = tables.event_seen(actor(), event_id, to_manage=True)
    return see(
        "settlement/close.html",
        event=seen.event,
        running=seen.event.status is EventStatus.RUNNING,
        closing=queries.closing(actor(), event_id),
    )


@pages.does("/koordinasi/kegiatan/<int:event_id>/tutup", Action.RUN_EVENTS, body=CloseForm, again=count)
def close(event_id: int, body: dict[str, Any]) -> Any:
    """Close it with what was counted."""
    lines = enumerate(body["counts"])
    counts = [Counted(amount=amount_of(line, f"/counts/{place}"), **line) for place, line in lines]
    explanations = [Explained(**line) for line in body["explanations"]]
    try:
        commands.close(actor(), event_id, counts, explanations, body["occurred_on"], once())
    except DifferenceUnexplained as refused:
        refused.faults = _without_figures(refused, body["counts"])
        raise
    return done("settlement_pages.settlement", _CLOSED, event_id=event_id)


def _without_figures(refused: DifferenceUnexplained, counts: list[dict[str, Any]]) -> list[Fault]:
    """The same faults for whoever counts: what the books say is not told, or the next count would only copy it."""
    places = [int(fault.pointer.split("/")[2]) for fault in refused.faults]
    goods = [Goods(counts[place]["owner"], counts[place]["item"]) for place in places]
    owners, items = queries.names_of_goods(goods)
    return [
        Fault(
            f"/counts/{place}/quantity",
            _DIFFERS.format(item=item_text(items[each.item].name), owner=owners[each.owner]),
            refused.code,
        )
        for place, each in zip(places, goods, strict=True)
    ]


@pages.shows("/koordinasi/kegiatan/<int:event_id>/penyelesaian", Action.READ)
def settlement(event_id: int) -> Any:
    """What became of everything that was brought, per owner."""
    seen = tables.event_seen(actor(), event_id)
    if events.counts_blind(actor(), seen.event, seen.zone):
        return see("settlement/settlement.html", event=seen.event, manages=seen.manages, blind=TO_COUNT)
    found = queries.get_settlement(actor(), event_id)
    owners, items = queries.names_of_goods(Goods(line["owner"], line["item"]) for line in found["owners"])
    rows, returned = [], queries.returns_of(actor(), event_id)
    for line in found["owners"]:
        item = items[line["item"]]
        names = {"owner_name": owners[line["owner"]], "item_name": item.name, "unit": item.unit, "kind": item.kind}
        rows.append(line | names)
    return see(
        "settlement/settlement.html",
        blind=None,
        event=seen.event,
        manages=seen.manages,
        found=found,
        lines=rows,
        goods=_goods(rows, counted=found["frozen"]),
        returns=_returns(returned),
        sends=_sends(returned) if access.may(actor(), Action.TRANSFER, seen.event.host_office) else [],
        blanks=_blanks(rows),
        gone=not any(row.status is TransferStatus.APPROVED and row.kind is ItemKind.BLANK for row in returned),
        left=_left(found["after_close"]),
        **_gone(rows, queries.short_on_arrival(event_id)),
    )


def _gone(rows: list[dict[str, Any]], short: Any) -> dict[str, Any]:
    """Where the missing blanks went missing: on the way here, which their transfers tell, or at the event itself."""
    on_the_way = [row for row in short if row.kind is ItemKind.BLANK]
    lost = _blanks(rows)["missing"] - sum(row.missing for row in on_the_way)
    why = [
        row["explanation"] for row in rows if row["kind"] is ItemKind.BLANK and row["missing"] and row["explanation"]
    ]
    return {"short": on_the_way, "lost_here": max(lost, 0), "why_lost": why}


def _left(after: dict[str, Any] | None) -> str:
    """What still lies in the event's store, each item by itself."""
    left = after["left"] if after else []
    return ", ".join(f"{number(row.quantity)} {unit_word(row.unit)} {item_word(row.name)}" for row in left)


def _sends(returned: Any) -> list[tuple[Text, str]]:
    """What still waits to be sent home, one deed each: (label, address)."""
    waiting = [row for row in returned if row.status is TransferStatus.APPROVED]
    words = _SEND if len(waiting) == 1 else _SEND_TO
    return [
        (
            words.format(
                quantity=figure(row.approved),
                unit=unit_text(row.unit),
                item=item_text(row.item_name),
                office=row.office_name,
            ),
            url_for("transfers_pages.dispatch", transfer_id=row.id),
        )
        for row in waiting
    ]


def _goods(rows: list[dict[str, Any]], *, counted: bool) -> Table:
    """The settlement's lines, without the columns where nothing stands; what goes back is not told before a count."""
    columns = [Column(Text("Pemilik", "Owner"), "owner_name"), Column(Text("Barang", "Item"), choices.item_of, "item")]
    for name, head in _FIGURES:
        if name == "returned" and not counted:
            continue
        if name == "brought" or any(row[name] for row in rows):
            columns.append(Column(head, _unless_zero(name), "number"))
    columns.append(Column(Text("Satuan", "Unit"), "unit", "unit"))
    if any(row["explanation"] for row in rows):
        columns.append(Column(Text("Sebab selisih", "Why it differs"), "explanation"))
    empty = Text("Belum ada yang dibawa ke acara ini.", "Nothing was brought to this event yet.")
    return Table("goods", Text("Per pemilik dan barang", "By owner and item"), columns, rows, empty=empty)


def _unless_zero(name: str) -> Callable[[Any], int | None]:
    """A figure, where it is one: zeros all over hide the others."""
    return lambda row: row[name] or None


def _returns(rows: Any) -> Table:
    columns = [
        Column(
            Text("Pengiriman", "Transfer"),
            lambda row: str(row.id),
            href=lambda row: url_for("transfers_pages.transfer", transfer_id=row.id),
        ),
        Column(Text("Kepada", "To"), "office_name"),
        Column(Text("Gudang", "Store"), "store_name"),
        Column(Text("Barang", "Item"), choices.item_of, "item"),
        Column(Text("Jumlah", "Quantity"), "approved", "number"),
        Column(Text("Satuan", "Unit"), "unit", "unit"),
        Column(Text("Status", "Status"), "status", "word"),
    ]
    if any(row.received for row in rows):
        columns.insert(5, Column(Text("Diterima", "Received"), lambda row: row.received or None, "number"))
    empty = Text("Tidak ada yang harus dikembalikan.", "Nothing has to go back.")
    return Table("returns", Text("Pengembalian ke pemilik", "Returns to the owners"), columns, rows, empty=empty)


def _blanks(rows: list[dict[str, Any]]) -> dict[str, int]:
    """The totals over all owners of the blanks alone: rolls are not added to them."""
    kept = [row for row in rows if row["kind"] is ItemKind.BLANK]
    return {name: sum(row[name] for row in kept) for name, _ in _FIGURES}
