"""Transfers (pengiriman): ask, approve, dispatch, receive, and what else may become of one."""

from __future__ import annotations

from typing import Any

from api import paging
from api.amounts import optional_amount_of, said
from api.blueprint import Key, Routes, actor, once
from api.transfers.schemas import (
    ApprovalIn,
    DeliveryIn,
    DispatchIn,
    RedirectionIn,
    ResolutionIn,
    TransferCancellationIn,
    TransferIn,
    TransferOut,
    TransferPage,
    TransferQuery,
    TransferReasonIn,
)
from inventory.access import Action
from inventory.transfers import commands, queries
from inventory.transfers.commands import Wish
from inventory.transfers.headings import Delivered
from inventory.transfers.queries import TransferFilter

blp = Routes("transfers", __name__, description="Goods on their way: requested, approved, dispatched, received")


@blp.serves("POST /transfers", Action.TRANSFER, body=TransferIn, answer=TransferOut, status=201, key=Key.REQUIRED)
def request(body: dict[str, Any]) -> Any:
    """Ask for goods of another store, or offer yours."""
    return _shown(commands.request(actor(), Wish(**body), once()))


@blp.serves("GET /transfers", Action.READ, query=TransferQuery, answer=TransferPage)
def list_transfers(query: dict[str, Any]) -> Any:
    """The transfers from, to or owned by your subtree, and those of events you were let into."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_transfers(actor(), TransferFilter(**query), wanted), queries.shown)


@blp.serves("GET /transfers/<int:transfer_id>", Action.READ, answer=TransferOut)
def show_transfer(transfer_id: int) -> Any:
    """One transfer with its receipts."""
    return _shown(transfer_id)


@blp.serves(
    "POST /transfers/<int:transfer_id>/approve", Action.APPROVE, body=ApprovalIn, answer=TransferOut, key=Key.OPTIONAL
)
def approve(transfer_id: int, body: dict[str, Any]) -> Any:
    """Grant a request, as the sender's office or a common superior."""
    return _shown(commands.approve(actor(), transfer_id, body["quantity"], body["reason"], once()))


@blp.serves(
    "POST /transfers/<int:transfer_id>/refuse",
    Action.APPROVE,
    body=TransferReasonIn,
    answer=TransferOut,
    key=Key.OPTIONAL,
)
def refuse(transfer_id: int, body: dict[str, Any]) -> Any:
    """Turn a request down."""
    return _shown(commands.refuse(actor(), transfer_id, body["reason"], once()))


@blp.serves(
    "POST /transfers/<int:transfer_id>/cancel",
    Action.TRANSFER,
    body=TransferCancellationIn,
    answer=TransferOut,
    key=Key.REQUIRED,
)
def cancel(transfer_id: int, body: dict[str, Any]) -> Any:
    """Give a transfer up; goods that had left go back where they came from."""
    return _shown(commands.cancel(actor(), transfer_id, body["reason"], once()))


@blp.serves(
    "POST /transfers/<int:transfer_id>/dispatch",
    Action.TRANSFER,
    body=DispatchIn,
    answer=TransferOut,
    key=Key.REQUIRED,
)
def dispatch(transfer_id: int, body: dict[str, Any]) -> Any:
    """Send what was approved, or less."""
    return _shown(commands.dispatch(actor(), transfer_id, optional_amount_of(body), body["occurred_on"], once()))


@blp.serves(
    "POST /transfers/<int:transfer_id>/receive", Action.TRANSFER, body=DeliveryIn, answer=TransferOut, key=Key.REQUIRED
)
def receive(transfer_id: int, body: dict[str, Any]) -> Any:
    """Note what arrived: received, rejected, missing, and what was too many."""
    found = {name: said(body.pop(name), f"/{name}") for name in ("received", "rejected", "surplus")}
    delivered = Delivered(**found, missing=body.pop("missing"), rejected_as=body.pop("rejected_reason"))
    return _shown(commands.receive(actor(), transfer_id, delivered, **body, once=once()))


@blp.serves(
    "POST /transfers/<int:transfer_id>/resolve",
    Action.TRANSFER,
    body=ResolutionIn,
    answer=TransferOut,
    key=Key.REQUIRED,
)
def resolve(transfer_id: int, body: dict[str, Any]) -> Any:
    """Settle a difference: missing goods were found, or are given up."""
    found, written_off = (said(body.pop(name), f"/{name}") for name in ("found", "written_off"))
    return _shown(commands.resolve(actor(), transfer_id, found, written_off, **body, once=once()))


@blp.serves(
    "POST /transfers/<int:transfer_id>/undo",
    Action.TRANSFER,
    body=TransferReasonIn,
    answer=TransferOut,
    key=Key.REQUIRED,
)
def undo(transfer_id: int, body: dict[str, Any]) -> Any:
    """Take the last step back: a receipt, the dispatch, or the approval."""
    return _shown(commands.undo(actor(), transfer_id, body["reason"], once()))


@blp.serves(
    "POST /transfers/<int:transfer_id>/redirect",
    Action.TRANSFER,
    body=RedirectionIn,
    answer=TransferOut,
    key=Key.OPTIONAL,
)
def redirect(transfer_id: int, body: dict[str, Any]) -> Any:
    """Send a return straight to the next event, or to another store of the owner: the owner decides."""
    return _shown(commands.redirect(actor(), transfer_id, **body, once=once()))


def _shown(transfer_id: int) -> dict[str, Any]:
    return queries.get_transfer(actor(), transfer_id)
