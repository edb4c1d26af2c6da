"""Planning: readiness, print nights, shortfalls, and allocations by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once
from api.planning.schemas import (
    AllocationIn,
    AllocationOut,
    PrintNightOut,
    PrintNightQuery,
    ReadinessOut,
    ReadinessQuery,
    ShortfallPage,
    ShortfallsQuery,
)
from inventory.access import Action
from inventory.planning import allocations, commands, queries, tonight
from inventory.planning.moves import Move
from inventory.planning.nights import Addition, Row
from inventory.planning.queries import Shortfall
from inventory.planning.rules import Plan
from inventory.planning.tonight import Asked, PrintNight

blp = Routes("planning", __name__, description="Kekurangan: what will be needed, and who runs short when")


@blp.serves("GET /events/<int:event_id>/readiness", Action.READ, query=ReadinessQuery, answer=ReadinessOut)
def show_readiness(event_id: int, query: dict[str, Any]) -> Any:
    """What an event needs, what it can count on, and what to do about the difference.

    An event that has been over for long is still answered, with one flag that says so.
    """
    found = queries.readiness(actor(), event_id, query["as_of"])
    parts = {name: getattr(found, name) for name in ("plan", "as_of", "figures", "confidence", "flags")}
    return {**parts, "assumptions": _assumptions(found.plan)}


@blp.serves("GET /events/<int:event_id>/print-night", Action.READ, query=PrintNightQuery, answer=PrintNightOut)
def show_print_night(event_id: int, query: dict[str, Any]) -> Any:
    """Whether the cards of a day can be handed over the next morning, and what to add where they cannot.

    Each entry of `what_to_add` is one way; everything in it is added together.
    """
    return _night(tonight.print_night(actor(), event_id, Asked(**query)))


@blp.serves("GET /shortfalls", Action.READ, query=ShortfallsQuery, answer=ShortfallPage)
def list_shortfalls(query: dict[str, Any]) -> Any:
    """The events and offices of a region that run short within some days, the worst first.

    Offices that printed nothing from their ordinary stores in the last 30 days are left out: nothing is known of
    their use. `region` is the code of an office, yours unless given; `0` is the nation.
    """
    wanted = paging.wanted(query, paging.number)
    region = query["region"] or actor().office
    found = queries.shortfalls(actor(), region, query["within_days"], query["as_of"], wanted)
    return {**paging.answer(found.page, _item), "as_of": found.as_of, "within_days": found.within_days}


@blp.serves("POST /allocations", Action.APPROVE, body=AllocationIn, answer=AllocationOut, status=201, key=Key.REQUIRED)
def allocate(body: dict[str, Any]) -> Any:
    """Ask for several transfers between offices as one plan: all of them, or none.

    They are requested, and hold nothing back: stock is taken at dispatch.
    """
    moves = [Move(**move) for move in body["moves"]]
    made = commands.plan_moves(actor(), body["item"], moves, body["reason"], body["expected_on"], once())
    return allocations.get_allocation(actor(), made)


@blp.serves("GET /allocations/<int:allocation_id>", Action.READ, answer=AllocationOut)
def show_allocation(allocation_id: int) -> Any:
    """A plan, and how far its transfers have come."""
    return allocations.get_allocation(actor(), allocation_id)


def _assumptions(plan: Plan) -> dict[str, Any]:
    return {
        "people_to_record": plan.people,
        "turnouts": dict(zip(("low", "likely", "high"), plan.turnouts, strict=True)),
        "cards_per_person": plan.cards_per_person,
        "spoil_rate": plan.spoil.rate,
        "spoil_rate_source": plan.spoil.source,
        "spoil_rate_attempts": plan.spoil.attempts,
        "replacements": plan.replacements,
        "backlog": plan.backlog,
    }


def _item(one: Shortfall) -> dict[str, Any]:
    names = ("kind", "office", "name", "needed_on", "days_left", "severity", "quantity")
    item = {name: getattr(one, name) for name in names}
    if one.figures is not None:
        figures = {name: getattr(one.figures, name) for name in ("need", "available", "shortfall")}
        item |= {"event": one.event, **figures}
    if one.use is not None and one.dry is not None:
        figures = {
            name: getattr(one.dry, name) for name in ("use_per_working_day", "cover_working_days", "runs_out_on")
        }
        item |= {"on_hand": one.use.stock, "arriving": one.use.coming, **figures}
    return item


def _night(found: PrintNight) -> dict[str, Any]:
    night, outcome = found.night, found.outcome
    names = ("begins_at", "until", "prints_from", "prints_to", "blanks")
    return {
        **{name: getattr(night, name) for name in names},
        "event": found.plan.event,
        "on": found.on,
        "finish_at": outcome.finish_at,
        "can_meet": outcome.can_meet,
        "binds": outcome.binds,
        "verdict": found.verdict,
        "cards": float(night.cards),
        "owed": int(night.owed),
        "ready": found.ready,
        "printers": {"number": night.fleet.printers, "per_hour": float(night.fleet.per_hour)},
        "stock": night.stock,
        "recorded": [{"hour": hour, "recorded": count} for hour, count in found.recorded],
        "hours": [_row(row) for row in outcome.rows],
        "what_to_add": [_way(more) | {"detail": said} for more, said in found.ways],
        "assumptions": found.assumptions,
    }


def _row(row: Row) -> dict[str, Any]:
    figures = ("expected", "capacity", "printed", "backlog")
    return {"hour": row.starts_at, **{name: round(float(getattr(row, name)), 2) for name in figures}}


def _way(more: Addition) -> dict[str, int]:
    """Only what is added at all."""
    return {name: number for name, number in dataclasses.asdict(more).items() if number}
