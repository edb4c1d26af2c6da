"""Stock work: receipts, spoilages, losses, uses, reversals, and reading the books."""

from __future__ import annotations

from typing import Any

from api import paging
from api.amounts import amount_of
from api.blueprint import Key, Routes, actor, once
from api.stock.schemas import (
    CardQuery,
    ConsumptionIn,
    LossIn,
    LotPage,
    LotQuery,
    MovementOut,
    ReceiptIn,
    ReceiptOut,
    ReceiptPage,
    ReceiptQuery,
    ReversalIn,
    ReversalRequestIn,
    ReversalRequestOut,
    SpoilageIn,
    StockCardPage,
    StockPage,
    StockQuery,
    TrackingIn,
)
from inventory.access import Action
from inventory.printing.queries import named_cards
from inventory.printing.supplies import check_unused
from inventory.stock import commands, corrections, queries
from inventory.stock.commands import Arrival, ArrivingLot, Taking
from inventory.stock.queries import LotFilter, StockFilter

blp = Routes("stock", __name__, description="The ledger: receipts, spoilages, losses, corrections, and what is where")


@blp.serves("POST /receipts", Action.MOVE_STOCK, body=ReceiptIn, answer=ReceiptOut, status=201, key=Key.REQUIRED)
def receive(body: dict[str, Any]) -> Any:
    """Take goods from outside onto the books."""
    lots = [ArrivingLot(amount_of(lot, f"/lots/{i}"), **lot) for i, lot in enumerate(body.pop("lots", []))]
    if lots:
        body.setdefault("quantity", sum(lot.amount.quantity for lot in lots))
    arrival = Arrival(amount=amount_of(body), lots=lots, **body)
    return queries.get_receipt(actor(), commands.receive(actor(), arrival, once()))


@blp.serves("GET /receipts", Action.READ, query=ReceiptQuery, answer=ReceiptPage)
def list_receipts(query: dict[str, Any]) -> Any:
    """The receipts of your subtree."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_receipts(actor(), query["office"], query["store"], wanted))


@blp.serves("GET /receipts/<int:receipt_id>", Action.READ, answer=ReceiptOut)
def show_receipt(receipt_id: int) -> Any:
    """One receipt."""
    return queries.get_receipt(actor(), receipt_id)


@blp.serves("POST /spoilages", Action.MOVE_STOCK, body=SpoilageIn, answer=MovementOut, status=201, key=Key.REQUIRED)
def spoil(body: dict[str, Any]) -> Any:
    """Put spoiled blanks into quarantine, at once."""
    reason = body.pop("reason")
    return _movement(commands.spoil(actor(), Taking(amount=amount_of(body), **body), reason, once()))


@blp.serves("POST /losses", Action.MOVE_STOCK, body=LossIn, answer=MovementOut, status=201, key=Key.REQUIRED)
def lose(body: dict[str, Any]) -> Any:
    """Report a loss or theft."""
    taking = Taking(amount=amount_of(body), document_number=body.pop("police_number"), **body)
    return _movement(commands.lose(actor(), taking, named_cards, once()))


@blp.serves(
    "POST /consumptions", Action.MOVE_STOCK, body=ConsumptionIn, answer=MovementOut, status=201, key=Key.REQUIRED
)
def consume(body: dict[str, Any]) -> Any:
    """Note ribbons, film or cleaning kits as used up."""
    return _movement(commands.consume(actor(), Taking(amount=amount_of(body), **body), once()))


@blp.serves(
    "POST /movements/<int:movement_id>/reversal",
    Action.MOVE_STOCK,
    body=ReversalIn,
    answer=MovementOut,
    status=201,
    key=Key.REQUIRED,
)
def reverse(movement_id: int, body: dict[str, Any]) -> Any:
    """Take a receipt, spoilage, loss or use back, in part if asked."""
    amount = amount_of(body)
    wanted = amount if amount.quantity else None
    reason = body["reason"]
    return _movement(corrections.reverse(actor(), movement_id, reason, named_cards, wanted, once(), check_unused))


@blp.serves(
    "POST /movements/<int:movement_id>/reversal-requests",
    Action.MOVE_STOCK,
    body=ReversalRequestIn,
    answer=ReversalRequestOut,
    status=201,
    key=Key.REQUIRED,
)
def ask_reversal(movement_id: int, body: dict[str, Any]) -> Any:
    """Ask for a reversal that takes two people: another one then makes it."""
    made = corrections.ask_reversal(actor(), movement_id, body["reason"], body["quantity"], once())
    return queries.get_reversal_request(actor(), made)


@blp.serves("POST /losses/<int:movement_id>/approve", Action.APPROVE, answer=MovementOut, key=Key.OPTIONAL)
def confirm_loss(movement_id: int) -> Any:
    """Confirm, as a second person, that a reported loss is written off."""
    return _movement(corrections.confirm_loss(actor(), movement_id, once()))


@blp.serves("POST /trackings", Action.MOVE_STOCK, body=TrackingIn, answer=MovementOut, status=201, key=Key.REQUIRED)
def track(body: dict[str, Any]) -> Any:
    """Give blanks that were only counted their numbers."""
    amount = amount_of(body)
    return _movement(commands.track(actor(), body.pop("store"), body.pop("item"), amount, **body, once=once()))


@blp.serves("GET /lots", Action.READ, query=LotQuery, answer=LotPage)
def list_lots(query: dict[str, Any]) -> Any:
    """The lots received in your subtree."""
    wanted = paging.wanted(query, paging.number)
    which = LotFilter(query["store"], query["item"], query["receipt"])
    return paging.answer(queries.list_lots(actor(), which, wanted))


@blp.serves("GET /movements/<int:movement_id>", Action.READ, answer=MovementOut)
def show_movement(movement_id: int) -> Any:
    """One movement with its entries."""
    return _movement(movement_id)


@blp.serves("GET /stock", Action.READ, query=StockQuery, answer=StockPage)
def list_stock(query: dict[str, Any]) -> Any:
    """What is where, a row per store, item, owner and event."""
    wanted = paging.wanted(query, paging.word, paging.word, paging.word, paging.number)
    which = StockFilter(query["office"], query["store"], query["item"], query["event"], ends=query["include"] == "ends")
    return paging.answer(queries.list_stock(actor(), which, wanted))


@blp.serves("GET /stock/entries", Action.READ, query=CardQuery, answer=StockCardPage)
def show_stock_card(query: dict[str, Any]) -> Any:
    """The stock card of a store and item, newest first, with the running balance."""
    wanted = paging.wanted(query, paging.day, paging.number, paging.number)
    page = queries.stock_card(actor(), query["store"], query["item"], query["condition"], query["until"], wanted)
    return paging.answer(page)


def _movement(movement_id: int) -> dict[str, Any]:
    return queries.movement_with_entries(actor(), movement_id)
