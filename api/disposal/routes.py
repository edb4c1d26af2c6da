"""Quarantine, the register of withdrawn cards, destructions and their monthly report."""

from __future__ import annotations

from typing import Any

from api import paging
from api.amounts import amount_of
from api.blueprint import Key, Routes, actor, once
from api.disposal.schemas import (
    DestructionIn,
    DestructionOut,
    DestructionPage,
    DestructionQuery,
    DestructionReasonIn,
    DestructionReportOut,
    DestructionReportQuery,
    QuarantinePage,
    QuarantineQuery,
    WithdrawnCorrectionIn,
    WithdrawnIn,
    WithdrawnOut,
    WithdrawnPage,
    WithdrawnQuery,
)
from inventory.access import Action
from inventory.disposal import commands, queries, report
from inventory.disposal.commands import Batch, BurnedGoods, Withdrawal
from inventory.disposal.queries import DestructionFilter, Where, WithdrawnFilter

blp = Routes("disposal", __name__, description="Quarantine by class, withdrawn cards, and destruction by two people")


@blp.serves("GET /quarantine", Action.READ, query=QuarantineQuery, answer=QuarantinePage)
def show_quarantine(query: dict[str, Any]) -> Any:
    """What waits for the fire: spoiled goods by class, and withdrawn cards in a field of their own."""
    wanted = paging.wanted(query, paging.word, paging.word, paging.word, paging.number, paging.number)
    where = Where(**query)
    found = paging.answer(queries.quarantine(actor(), where, wanted))
    return {**found, "withdrawn": queries.waiting(actor(), where)}


@blp.serves("POST /withdrawn-cards", Action.PRINT, body=WithdrawnIn, answer=WithdrawnOut, status=201, key=Key.REQUIRED)
def withdraw(body: dict[str, Any]) -> Any:
    """Note old cards that residents gave back, at the desk that hands out the new ones."""
    return queries.get_withdrawn(commands.withdraw(actor(), Withdrawal(**body), once()))


@blp.serves("GET /withdrawn-cards", Action.READ, query=WithdrawnQuery, answer=WithdrawnPage)
def list_withdrawn(query: dict[str, Any]) -> Any:
    """The register of withdrawn cards of your subtree."""
    wanted = paging.wanted(query, paging.number)
    which = WithdrawnFilter(Where(query.pop("office"), query.pop("store")), **query)
    return paging.answer(queries.list_withdrawn(actor(), which, wanted))


@blp.serves(
    "POST /withdrawn-cards/<int:row_id>/correction",
    Action.APPROVE,
    body=WithdrawnCorrectionIn,
    answer=WithdrawnOut,
    key=Key.OPTIONAL,
)
def correct_withdrawn(row_id: int, body: dict[str, Any]) -> Any:
    """Put a miscounted row of the register right."""
    return queries.get_withdrawn(commands.correct_withdrawn(actor(), row_id, body["quantity"], once()))


@blp.serves(
    "POST /destructions", Action.MOVE_STOCK, body=DestructionIn, answer=DestructionOut, status=201, key=Key.REQUIRED
)
def count(body: dict[str, Any]) -> Any:
    """Write down what was counted for the fire; nothing moves yet."""
    lines = [BurnedGoods(amount=amount_of(line, f"/lines/{i}"), **line) for i, line in enumerate(body.pop("lines"))]
    withdrawn = [(line["reason"], line["quantity"]) for line in body.pop("withdrawn")]
    return _destruction(commands.count(actor(), Batch(lines=lines, withdrawn=withdrawn, **body), once()))


@blp.serves("GET /destructions", Action.READ, query=DestructionQuery, answer=DestructionPage)
def list_destructions(query: dict[str, Any]) -> Any:
    """The destructions of your subtree."""
    wanted = paging.wanted(query, paging.number)
    which = DestructionFilter(Where(query.pop("office"), query.pop("store")), **query)
    return paging.answer(queries.list_destructions(actor(), which, wanted))


@blp.serves("GET /destructions/report", Action.READ, query=DestructionReportQuery, answer=DestructionReportOut)
def show_report(query: dict[str, Any]) -> Any:
    """The monthly report upward, in the circular's classes."""
    return report.monthly_report(actor(), query["office"], query["month"])


@blp.serves("GET /destructions/<int:destruction_id>", Action.READ, answer=DestructionOut)
def show_destruction(destruction_id: int) -> Any:
    """One destruction with its lines and witnesses."""
    return _destruction(destruction_id)


@blp.serves(
    "POST /destructions/<int:destruction_id>/approve",
    Action.APPROVE,
    body=DestructionReasonIn,
    answer=DestructionOut,
    key=Key.REQUIRED,
)
def approve(destruction_id: int, body: dict[str, Any]) -> Any:
    """Book a destruction, as a second person."""
    return _destruction(commands.approve(actor(), destruction_id, body["reason"], once()))


@blp.serves(
    "POST /destructions/<int:destruction_id>/cancel",
    Action.MOVE_STOCK,
    body=DestructionReasonIn,
    answer=DestructionOut,
    key=Key.OPTIONAL,
)
def cancel(destruction_id: int, body: dict[str, Any]) -> Any:
    """Give a destruction up that was not approved."""
    return _destruction(commands.cancel(actor(), destruction_id, body["reason"], once()))


def _destruction(destruction_id: int) -> dict[str, Any]:
    return queries.get_destruction(actor(), destruction_id)
