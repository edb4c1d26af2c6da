"""Custody for a shift: hand blanks out, take them back, settle what is missing."""

from __future__ import annotations

from typing import Any

from api import paging
from api.amounts import amount_of, said
from api.blueprint import Key, Routes, actor, once
from api.custody.schemas import (
    CustodyApprovalIn,
    CustodyCloseIn,
    CustodyIn,
    CustodyOut,
    CustodyPage,
    CustodyQuery,
)
from inventory.access import Action
from inventory.custody import commands, queries
from inventory.custody.commands import Issue, Return
from inventory.custody.queries import CustodyFilter
from inventory.printing.run_queries import feeding_run

blp = Routes("custody", __name__, description="Blanks in a named holder's hand for a shift, counted by two")


@blp.serves("POST /custody", Action.MOVE_STOCK, body=CustodyIn, answer=CustodyOut, status=201, key=Key.REQUIRED)
def issue(body: dict[str, Any]) -> Any:
    """Hand out what the day needs."""
    wanted = Issue(amount=amount_of(body), **body)
    return _shown(commands.issue(actor(), wanted, once()))


@blp.serves("GET /custody", Action.READ, query=CustodyQuery, answer=CustodyPage)
def list_sessions(query: dict[str, Any]) -> Any:
    """The sessions of your subtree and of events you were let into."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_sessions(actor(), CustodyFilter(**query), wanted))


@blp.serves("GET /custody/<int:session_id>", Action.READ, answer=CustodyOut)
def show_session(session_id: int) -> Any:
    """One session, with the numbers in the hand."""
    return _shown(session_id)


@blp.serves(
    "POST /custody/<int:session_id>/close",
    Action.MOVE_STOCK,
    body=CustodyCloseIn,
    answer=CustodyOut,
    key=Key.REQUIRED,
)
def close(session_id: int, body: dict[str, Any]) -> Any:
    """Take back what is left, counted by two; a difference is explained or stays open."""
    returned = body.pop("returned")
    amount = None if returned is None else said(returned, "/returned")
    return _shown(commands.close(actor(), session_id, Return(amount, **body), feeding_run, once()))


@blp.serves(
    "POST /custody/<int:session_id>/approve",
    Action.APPROVE,
    body=CustodyApprovalIn,
    answer=CustodyOut,
    key=Key.REQUIRED,
)
def approve(session_id: int, body: dict[str, Any]) -> Any:
    """Settle an explained difference as the second person."""
    return _shown(commands.approve(actor(), session_id, body["reason"], once()))


def _shown(session_id: int) -> Any:
    return queries.get_session(actor(), session_id)
