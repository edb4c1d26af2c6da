"""Counts (stok opname) and their plan."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once, version
from api.opname.schemas import (
    CountIn,
    CountLinesIn,
    CountOut,
    CountPage,
    CountPlanChange,
    CountPlanIn,
    CountPlanOut,
    CountPlanPage,
    CountPlanQuery,
    CountQuery,
    CountReasonIn,
)
from api.versions import with_etag
from inventory.access import Action
from inventory.opname import commands, plans, queries
from inventory.opname.commands import CountWish
from inventory.opname.lines import Seen
from inventory.opname.queries import CountFilter, PlanFilter

blp = Routes("opname", __name__, description="Counts: what lies in a store beside what the books say, and when")


@blp.serves("POST /counts", Action.MOVE_STOCK, body=CountIn, answer=CountOut, status=201, key=Key.REQUIRED)
def start(body: dict[str, Any]) -> Any:
    """Start a count of a store."""
    return _shown(commands.start(actor(), CountWish(**body), once()))


@blp.serves("GET /counts", Action.READ, query=CountQuery, answer=CountPage)
def list_counts(query: dict[str, Any]) -> Any:
    """The counts of your subtree."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(queries.list_counts(actor(), CountFilter(**query), wanted))


@blp.serves("GET /counts/<int:count_id>", Action.READ, answer=CountOut)
def show_count(count_id: int) -> Any:
    """One count with its lines, and the numbers that are missing or unexpected, interval by interval."""
    return _shown(count_id)


@blp.serves(
    "POST /counts/<int:count_id>/lines", Action.MOVE_STOCK, body=CountLinesIn, answer=CountOut, key=Key.REQUIRED
)
def note(count_id: int, body: dict[str, Any]) -> Any:
    """Note what was counted; a line that was counted before is counted again."""
    return _shown(commands.note(actor(), count_id, [Seen(**line) for line in body["lines"]], once()))


@blp.serves(
    "POST /counts/<int:count_id>/approve", Action.APPROVE, body=CountReasonIn, answer=CountOut, key=Key.REQUIRED
)
def approve(count_id: int, body: dict[str, Any]) -> Any:
    """Approve a finished count: the books move by what differed."""
    return _shown(commands.approve(actor(), count_id, body["reason"], once()))


@blp.serves("POST /counts/<int:count_id>/cancel", Action.APPROVE, body=CountReasonIn, answer=CountOut, key=Key.OPTIONAL)
def cancel(count_id: int, body: dict[str, Any]) -> Any:
    """Call a count off."""
    return _shown(commands.cancel(actor(), count_id, body["reason"], once()))


@blp.serves("POST /counts/plans", Action.APPROVE, body=CountPlanIn, answer=CountPlanOut, status=201, key=Key.REQUIRED)
def make_plan(body: dict[str, Any]) -> Any:
    """Plan that a store is counted from time to time."""
    made = plans.make_plan(actor(), body.pop("store"), **body, once=once())
    return with_etag(queries.get_plan(actor(), made))


@blp.serves("GET /counts/plans", Action.READ, query=CountPlanQuery, answer=CountPlanPage)
def list_plans(query: dict[str, Any]) -> Any:
    """The plans of your subtree, the one that is due first in front."""
    wanted = paging.wanted(query, paging.day, paging.number)
    return paging.answer(queries.list_plans(actor(), PlanFilter(**query), wanted), queries.shown_plan)


@blp.serves("GET /counts/plans/<int:plan_id>", Action.READ, answer=CountPlanOut)
def show_plan(plan_id: int) -> Any:
    """One plan."""
    return with_etag(queries.get_plan(actor(), plan_id))


@blp.serves("PATCH /counts/plans/<int:plan_id>", Action.APPROVE, body=CountPlanChange, answer=CountPlanOut)
def change_plan(plan_id: int, body: dict[str, Any]) -> Any:
    """Change a plan, or put it aside."""
    return with_etag(queries.get_plan(actor(), plans.change_plan(actor(), plan_id, version(), body)))


def _shown(count_id: int) -> dict[str, Any]:
    return queries.get_count(actor(), count_id)
