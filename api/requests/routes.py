"""Requests (permintaan): what an office asks of one above it, and what share of it is granted."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once
from api.requests.schemas import (
    SupplyCancellationIn,
    SupplyDecisionIn,
    SupplyLiftIn,
    SupplyRequestIn,
    SupplyRequestOut,
    SupplyRequestPage,
    SupplyRequestQuery,
    SupplySharePage,
    SupplyShareQuery,
)
from inventory.access import Action
from inventory.requests import commands, queries
from inventory.requests.commands import Decision, RequestWish
from inventory.requests.queries import RequestFilter

blp = Routes("requests", __name__, description="What an office asks of its province or of the ministry")


@blp.serves(
    "POST /requests", Action.TRANSFER, body=SupplyRequestIn, answer=SupplyRequestOut, status=201, key=Key.REQUIRED
)
def ask(body: dict[str, Any]) -> Any:
    """Ask an office above yours for goods; the request is held while the last issue is not reconciled."""
    return _shown(commands.ask(actor(), RequestWish(**body), once()))


@blp.serves("GET /requests", Action.READ, query=SupplyRequestQuery, answer=SupplyRequestPage)
def list_requests(query: dict[str, Any]) -> Any:
    """The requests that your offices made or are asked to grant."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_requests(actor(), RequestFilter(**query), wanted))


@blp.serves("GET /requests/shares", Action.READ, query=SupplyShareQuery, answer=SupplySharePage)
def list_shares(query: dict[str, Any]) -> Any:
    """What share of the decided requests each supplier granted, by asker and item."""
    wanted = paging.wanted(query, paging.word, paging.word, paging.word)
    return paging.answer(queries.list_shares(actor(), query["office"], query["supplier"], wanted))


@blp.serves("GET /requests/<int:request_id>", Action.READ, answer=SupplyRequestOut)
def show_request(request_id: int) -> Any:
    """One request as it stands now."""
    return _shown(request_id)


@blp.serves(
    "POST /requests/<int:request_id>/decide",
    Action.APPROVE,
    body=SupplyDecisionIn,
    answer=SupplyRequestOut,
    key=Key.REQUIRED,
)
def decide(request_id: int, body: dict[str, Any]) -> Any:
    """Grant it, which makes an approved transfer, or refuse it, as the supplier."""
    return _shown(commands.decide(actor(), request_id, Decision(**body), once()))


@blp.serves(
    "POST /requests/<int:request_id>/lift",
    Action.APPROVE,
    body=SupplyLiftIn,
    answer=SupplyRequestOut,
    key=Key.OPTIONAL,
)
def lift(request_id: int, body: dict[str, Any]) -> Any:
    """Let a held request be decided all the same, as the supplier."""
    return _shown(commands.lift(actor(), request_id, body["reason"], once()))


@blp.serves(
    "POST /requests/<int:request_id>/cancel",
    Action.TRANSFER,
    body=SupplyCancellationIn,
    answer=SupplyRequestOut,
    key=Key.OPTIONAL,
)
def cancel(request_id: int, body: dict[str, Any]) -> Any:
    """Take a request back before it is decided."""
    return _shown(commands.cancel(actor(), request_id, body["reason"], once()))


def _shown(request_id: int) -> dict[str, Any]:
    return queries.get_request(actor(), request_id)
