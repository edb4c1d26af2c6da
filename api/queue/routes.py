"""The queue and its policies: GET, PUT /policies, POST /policies/simulate, GET /queue, POST /recordings/appeared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once
from api.queue.schemas import (
    AppearedIn,
    AppearedOut,
    PolicyIn,
    PolicyInForceOut,
    PolicyOut,
    PolicyQuery,
    QueueOut,
    QueueQuery,
    SimulationIn,
    SimulationOut,
    wishes_of,
)
from inventory.access import Action
from inventory.queue import commands, queries, rules
from inventory.queue.commands import NewPolicy
from inventory.queue.queries import Trial
from inventory.queue.rules import PolicyInheritsAndStates, Wishes
from inventory.recordings.rules import PrintReason

blp = Routes("queue", __name__, description="Who is printed first: dated policies, and the queue that follows")


@blp.serves("GET /policies", Action.READ, query=PolicyQuery, answer=PolicyInForceOut)
def show_policy(query: dict[str, Any]) -> Any:
    """The policy of an office on a day, where it comes from, and the office's own versions."""
    wanted = paging.wanted(query, paging.number)
    told, versions = queries.policy_of(actor(), query["office"], query["on"], wanted)
    return {**told, **paging.answer(versions)}


@blp.serves("PUT /policies", Action.SET_POLICY, body=PolicyIn, answer=PolicyOut)
def set_policy(body: dict[str, Any]) -> Any:
    """Set an office's policy from a day on: a new version, unless it says what is set already."""
    wishes, inherit = wishes_of(body), body.pop("inherit")
    if inherit and wishes != Wishes():
        raise PolicyInheritsAndStates(pointer="/inherit")
    wanted = NewPolicy(**body, wishes=None if inherit else wishes)
    return queries.get_policy(commands.set_policy(actor(), wanted))


@blp.serves("POST /policies/simulate", Action.SET_POLICY, body=SimulationIn, answer=SimulationOut)
def simulate(body: dict[str, Any]) -> Any:
    """What a policy would change: who moves up, who waits longer, what backlog it makes by when. Nothing is kept."""
    wishes, told = wishes_of(body), body["arrivals"]
    arrivals = None if told is None else rules.by_reason([(line["reason"], line["per_day"]) for line in told])
    trial = Trial(wishes, body["days"], body["blanks_per_day"], arrivals)
    return queries.simulate(actor(), body["office"], trial)


@blp.serves("GET /queue", Action.READ_RECORDINGS, query=QueueQuery, answer=QueueOut)
def show_queue(query: dict[str, Any]) -> Any:
    """Who is printed first, each place explained; or, with held=true, who has no place today and why."""
    held, totals = query.pop("held"), query.pop("totals")
    place = (paging.word, _instant, paging.number) if held else (paging.number, _instant, paging.number) * _REASONS
    wanted = paging.wanted(query | {"order": "asc"}, *place)
    show = queries.list_held if held else queries.show_queue
    found = show(actor(), query["office"], query["event"], wanted, totals=totals)
    return {**found, **paging.answer(found["page"])}


@blp.serves("POST /recordings/appeared", Action.RECORD, body=AppearedIn, answer=AppearedOut, key=Key.OPTIONAL)
def note_appeared(body: dict[str, Any]) -> Any:
    """Note that people who were waited for came."""
    return {"noted": commands.note_appeared(actor(), body["recordings"], office=body["office"], once=once())}


_REASONS = len(PrintReason)


def _instant(value: object) -> datetime:
    """A cursor's instant."""
    found = datetime.fromisoformat(paging.word(value))
    if found.tzinfo is None:
        raise ValueError(value)
    return found
