"""What happened to stock: noting what was spoiled, lost or used up, reading a movement, and taking one back."""

from __future__ import annotations

from typing import Any

from flask import g, url_for

from api.amounts import amount_of
from api.stock.schemas import ConsumptionIn, LossIn, ReversalIn, ReversalRequestIn, SpoilageIn
from inventory import access, clock
from inventory.access import Action
from inventory.catalogue.rules import ItemKind
from inventory.printing.queries import named_cards
from inventory.printing.supplies import check_unused
from inventory.stock import commands, corrections, movements
from inventory.stock.commands import Taking
from inventory.stock.movements import MovementFilter
from inventory.stock.rules import Condition, MovementKind, SpoilReason
from inventory.texts import Text
from web import choices
from web.language import word, zone_of
from web.movements import telling
from web.movements.schemas import MovementQuery
from web.pages import Pages, actor, done, once, see
from web.tables import Column, Table

pages = Pages("movements", __name__)
_SUPPLIES = (ItemKind.RIBBON, ItemKind.FILM, ItemKind.CLEANING_KIT)


# A class alone says little: what belongs to it stands beside it.
REASONS = {
    SpoilReason.DAMAGED: Text("Tergores, patah, atau basah", "Scratched, broken or wet"),
    SpoilReason.PRINT_FAILURE: Text("Gagal cetak", "Print failure"),
    SpoilReason.ENCODE_FAILURE: Text("Gagal encode", "Encode failure"),
    SpoilReason.FACTORY_DEFECT: Text("Cacat pabrik", "Factory defect"),
}


def _today() -> Any:
    return clock.business_day(zone_of())


@pages.shows("/gudang/rusak", Action.MOVE_STOCK)
def spoil() -> Any:
    """Blanks spoiled in handling: they go into quarantine at once."""
    return see(
        "movements/spoil.html",
        stores=choices.stores(),
        items=choices.items(ItemKind.BLANK),
        reasons=[(reason.value, text) for reason, text in REASONS.items()],
        today=_today(),
    )


@pages.does("/gudang/rusak", Action.MOVE_STOCK, body=SpoilageIn, again=spoil)
def note_spoilage(body: dict[str, Any]) -> Any:
    """Put them into quarantine."""
    reason = body.pop("reason")
    made = commands.spoil(actor(), Taking(amount=amount_of(body), **body), reason, once())
    text = Text("Tercatat rusak dan masuk karantina.", "Noted as spoiled and put into quarantine.")
    return done("movements_pages.movement", text, movement_id=made)


@pages.shows("/gudang/hilang", Action.MOVE_STOCK)
def lose() -> Any:
    """A loss or theft."""
    return see(
        "movements/lose.html",
        stores=choices.stores(),
        items=choices.items(),
        conditions=[Condition.BLANK, Condition.SPOILED],
        today=_today(),
    )


@pages.does("/gudang/hilang", Action.MOVE_STOCK, body=LossIn, again=lose)
def note_loss(body: dict[str, Any]) -> Any:
    """Report it; a second person confirms."""
    taking = Taking(amount=amount_of(body), document_number=body.pop("police_number"), **body)
    made = commands.lose(actor(), taking, named_cards, once())
    text = Text("Kehilangan dilaporkan. Orang kedua mengesahkannya.", "The loss is reported; a second person confirms.")
    return done("movements_pages.movement", text, movement_id=made)


@pages.shows("/gudang/pakai", Action.MOVE_STOCK)
def consume() -> Any:
    """Supplies used up."""
    return see("movements/consume.html", stores=choices.stores(), items=choices.items(*_SUPPLIES), today=_today())


@pages.does("/gudang/pakai", Action.MOVE_STOCK, body=ConsumptionIn, again=consume)
def note_use(body: dict[str, Any]) -> Any:
    """Take them off the books."""
    made = commands.consume(actor(), Taking(amount=amount_of(body), **body), once())
    return done("movements_pages.movement", Text("Pemakaian tercatat.", "The use is noted."), movement_id=made)


@pages.shows("/gudang/mutasi", Action.READ, query=MovementQuery)
def all_movements(query: dict[str, Any]) -> Any:
    """All that happened to stock, in the order of posting, which is the one the ledger is indexed by."""
    columns = [
        Column(
            Text("Dicatat", "Posted"),
            "posted_at",
            "instant",
            href=lambda row: url_for(".movement", movement_id=row["id"]),
        ),
        Column(Text("Hari kejadian", "Day it happened"), "occurred_on", "day"),
        Column(Text("Kejadian", "What happened"), lambda row: word(row["kind"]).capitalize()),
        Column(Text("Jumlah", "Quantity"), "quantity", "number"),
        Column(Text("Barang", "Item"), choices.item_of, "item"),
        Column(Text("Gudang", "Store"), lambda row: choices.brief(row["store_name"])),
        Column(Text("Nomor surat", "Document"), "document_number"),
        Column(Text("Oleh", "By"), "user_name"),
    ]
    which = MovementFilter(query["store"], query["kind"])
    table = Table(
        "movements",
        Text("Mutasi", "Movements"),
        columns,
        lambda wanted: movements.list_movements(actor(), which, wanted),
        order="desc",
        empty=Text("Belum ada mutasi. Mulai dari Terima.", "No movements yet. Begin with Receive."),
    )
    return see("movements/movements.html", movements=table, kinds=list(MovementKind), kind=query["kind"])


@pages.shows("/gudang/mutasi/<int:movement_id>", Action.READ)
def movement(movement_id: int) -> Any:
    """One movement: what happened in words, its entries, what corrects it, and how to take it back."""
    found = movements.told(actor(), movement_id)
    mine = access.may(actor(), Action.MOVE_STOCK, found["office_code"])
    loss = found["loss"]
    return see(
        "movements/movement.html",
        movement=found,
        sentence=telling.sentence(found),
        why=telling.why(found),
        entries=_entries(found["entries"]),
        spans=_spans(found["spans"]),
        back=mine and bool(found["left"]),
        needs_two=found["limit"] is not None and found["quantity"] > found["limit"],
        asking=found["askings"][0] if found["askings"] else None,
        confirm=loss is not None and loss.confirmed_at is None and bool(found["left"]),
        loss=loss,
        receipt=found["kind"] is MovementKind.RECEIPT,
        me=g.actor.user_id,
    )


def _entries(entries: list[dict[str, Any]]) -> Table:
    owners = len({entry["owner"] for entry in entries}) > 1
    columns = [
        Column(Text("Di mana", "Where"), _where),
        Column(Text("Barang", "Item"), choices.item_of, "item"),
        Column(Text("Keadaan", "Condition"), "condition", "word"),
        *([Column(Text("Milik", "Owner"), "owner_name")] if owners else []),
        Column(Text("Berubah", "Change"), "quantity", "number"),
        Column(Text("Sisa sesudahnya", "Left afterwards"), lambda row: max(row["balance_after"], 0) or None, "number"),
    ]
    return Table("entries", Text("Rincian pembukuan", "Entries in the books"), columns, entries)


def _where(entry: dict[str, Any]) -> str:
    store = f"{choices.brief(entry['store_name'])} ({entry['store']})"
    return store if entry["place"] == "store" else f"{word(entry['place'])}, {store}"


def _spans(spans: list[tuple[str, str, int]]) -> Table | None:
    columns = [
        Column(
            Text("Nomor pertama", "First number"),
            lambda row: row[0],
            href=lambda row: url_for("blanks_pages.story", number=row[0]),
        ),
        Column(Text("Nomor terakhir", "Last number"), lambda row: row[1]),
        Column(Text("Jumlah", "Quantity"), lambda row: row[2], "number"),
    ]
    return Table("numbers", Text("Nomor keping", "Numbers of the blanks"), columns, spans) if spans else None


@pages.does("/gudang/mutasi/<int:movement_id>/balik", Action.MOVE_STOCK, body=ReversalIn, again=movement)
def reverse(movement_id: int, body: dict[str, Any]) -> Any:
    """Take it back, in part if asked."""
    amount = amount_of(body)
    wanted = amount if amount.quantity else None
    made = corrections.reverse(actor(), movement_id, body["reason"], named_cards, wanted, once(), check_unused)
    return done("movements_pages.movement", Text("Sudah dibalik.", "It was reversed."), movement_id=made)


@pages.does("/gudang/mutasi/<int:movement_id>/minta-balik", Action.MOVE_STOCK, body=ReversalRequestIn, again=movement)
def ask_reversal(movement_id: int, body: dict[str, Any]) -> Any:
    """Ask another person to take it back."""
    corrections.ask_reversal(actor(), movement_id, body["reason"], body["quantity"], once())
    text = Text("Permintaan tercatat. Orang lain yang membaliknya.", "The request is noted; another person reverses.")
    return done("movements_pages.movement", text, movement_id=movement_id)


@pages.does("/gudang/mutasi/<int:movement_id>/sahkan", Action.APPROVE, again=movement)
def confirm_loss(movement_id: int) -> Any:
    """Confirm, as a second person, that a loss is written off."""
    corrections.confirm_loss(actor(), movement_id, once())
    return done(
        "movements_pages.movement", Text("Kehilangan disahkan.", "The loss is confirmed."), movement_id=movement_id
    )
