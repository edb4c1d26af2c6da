"""Stock work: receipts, spoilages, losses, uses, reversals, and reading the books."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once
from api.stock.schemas import (
    CardQuery,
    ConsumptionIn,
    LossIn,
    MovementOut,
    ReceiptIn,
    ReceiptOut,
    ReceiptPage,
    ReceiptQuery,
    ReversalIn,
    SpoilageIn,
    StockCardPage,
    StockPage,
    StockQuery,
)
from inventory.access import Action
from inventory.printing.queries import named_cards
from inventory.stock import commands, queries
from inventory.stock.commands import Arrival, Taking
from inventory.stock.queries import StockFilter

blp = Routes("stock", __name__, description="The ledger: receipts, spoilages, losses, corrections, and what is where")


@blp.serves("POST /receipts", Action.MOVE_STOCK, body=ReceiptIn, answer=ReceiptOut, status=201, key=Key.REQUIRED)
def receive(body: dict[str, Any]) -> Any:
    """Take goods from outside onto the books."""
    return queries.get_receipt(actor(), commands.receive(actor(), Arrival(**body), once()))


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
    return _movement(commands.spoil(actor(), Taking(**body), reason, once()))


@blp.serves("POST /losses", Action.MOVE_STOCK, body=LossIn, answer=MovementOut, status=201, key=Key.REQUIRED)
def lose(body: dict[str, Any]) -> Any:
    """Report a loss or theft."""
    taking = Taking(document_number=body.pop("police_number"), **body)
    return _movement(commands.lose(actor(), taking, named_cards, once()))


@blp.serves(
    "POST /consumptions", Action.MOVE_STOCK, body=ConsumptionIn, answer=MovementOut, status=201, key=Key.REQUIRED
)
def consume(body: dict[str, Any]) -> Any:
    """Note ribbons, film or cleaning kits as used up."""
    return _movement(commands.consume(actor(), Taking(**body), once()))


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
    return _movement(commands.reverse(actor(), movement_id, body["reason"], named_cards, body["quantity"], once()))


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
