"""Events: GET, POST /events, GET, PATCH /events/{id}, their stops, members and pledges, and start, extend, cancel."""

from __future__ import annotations

from typing import Any

from api import paging
from api.amounts import amount_of, optional_amount_of
from api.blueprint import Key, Routes, actor, once, version
from api.outreach.schemas import (
    BringIn,
    CancellationIn,
    EventChange,
    EventIn,
    EventPage,
    EventQuery,
    EventWhole,
    ExtensionIn,
    MemberIn,
    MemberOut,
    MemberPage,
    PledgeIn,
    PledgeOut,
    StartIn,
    StopIn,
    StopOut,
)
from api.paging import PageQuery
from api.versions import with_etag
from inventory.access import Action
from inventory.outreach import commands, queries
from inventory.outreach.queries import EventFilter
from inventory.outreach.rules import Arrived, EventPlan, StopPlan

blp = Routes(
    "outreach", __name__, description="Events (gotong royong, jemput bola): stops, members, pledges, the start"
)


@blp.serves("POST /events", Action.RUN_EVENTS, body=EventIn, answer=EventWhole, status=201, key=Key.REQUIRED)
def plan(body: dict[str, Any]) -> Any:
    """Plan an event and open its kit store."""
    return _event(commands.plan(actor(), EventPlan(**body), once()))


@blp.serves("GET /events", Action.READ, query=EventQuery, answer=EventPage)
def list_events(query: dict[str, Any]) -> Any:
    """The events of your subtree, those you were let into, and those your subtree pledged to; by their first day."""
    wanted = paging.wanted(query, paging.day, paging.number)
    which = EventFilter(query["office"], query["status"], query["kind"], query["first"], query["until"])
    return paging.answer(queries.list_events(actor(), which, wanted))


@blp.serves("GET /events/<int:event_id>", Action.READ, answer=EventWhole)
def show_event(event_id: int) -> Any:
    """One event with its stops and pledges."""
    return _event(event_id)


@blp.serves("PATCH /events/<int:event_id>", Action.RUN_EVENTS, body=EventChange, answer=EventWhole)
def change(event_id: int, body: dict[str, Any]) -> Any:
    """Change an event's plan while it has not ended."""
    return _event(commands.change(actor(), event_id, version(), body))


@blp.serves(
    "POST /events/<int:event_id>/stops",
    Action.RUN_EVENTS,
    body=StopIn,
    answer=StopOut,
    status=201,
    key=Key.OPTIONAL,
)
def add_stop(event_id: int, body: dict[str, Any]) -> Any:
    """Add a stop."""
    return queries.get_stop(actor(), event_id, commands.add_stop(actor(), event_id, StopPlan(**body), once()))


@blp.serves("DELETE /events/<int:event_id>/stops/<int:stop_id>", Action.RUN_EVENTS, answer=None, status=204)
def remove_stop(event_id: int, stop_id: int) -> None:
    """Remove a stop where nobody was recorded."""
    commands.remove_stop(actor(), event_id, stop_id)


@blp.serves(
    "POST /events/<int:event_id>/members",
    Action.RUN_EVENTS,
    body=MemberIn,
    answer=MemberOut,
    status=201,
    key=Key.OPTIONAL,
)
def add_member(event_id: int, body: dict[str, Any]) -> Any:
    """Let a user of whichever office into the event."""
    return queries.get_member(actor(), event_id, commands.add_member(actor(), event_id, body["user"], once()))


@blp.serves("GET /events/<int:event_id>/members", Action.READ, query=PageQuery, answer=MemberPage)
def list_members(event_id: int, query: dict[str, Any]) -> Any:
    """Who was let into the event."""
    return paging.answer(queries.list_members(actor(), event_id, paging.wanted(query, paging.number)))


@blp.serves("DELETE /events/<int:event_id>/members/<int:user_id>", Action.RUN_EVENTS, answer=None, status=204)
def remove_member(event_id: int, user_id: int) -> None:
    """Take a user out of the event."""
    commands.remove_member(actor(), event_id, user_id)


@blp.serves(
    "POST /events/<int:event_id>/pledges",
    Action.PLEDGE,
    body=PledgeIn,
    answer=PledgeOut,
    status=201,
    key=Key.REQUIRED,
)
def pledge(event_id: int, body: dict[str, Any]) -> Any:
    """Put stock of a store into the event: earmarked at once, its owner's to the end."""
    made = commands.pledge(actor(), event_id, amount=amount_of(body), once=once(), **body)
    return queries.show_pledge(actor(), event_id, made)


@blp.serves("DELETE /events/<int:event_id>/pledges/<int:pledge_id>", Action.PLEDGE, answer=None, status=204)
def release(event_id: int, pledge_id: int) -> None:
    """Let go of a pledge that was not brought yet."""
    commands.release(actor(), event_id, pledge_id)


@blp.serves(
    "POST /events/<int:event_id>/pledges/<int:pledge_id>/bring",
    Action.RUN_EVENTS,
    body=BringIn,
    answer=PledgeOut,
    key=Key.REQUIRED,
)
def bring(event_id: int, pledge_id: int, body: dict[str, Any]) -> Any:
    """Bring a pledge that was made while the event was running already."""
    amount = optional_amount_of(body)
    brought = commands.bring(actor(), event_id, pledge_id, amount, once=once(), **body)
    return queries.show_pledge(actor(), event_id, brought)


@blp.serves("POST /events/<int:event_id>/start", Action.RUN_EVENTS, body=StartIn, answer=EventWhole, key=Key.REQUIRED)
def start(event_id: int, body: dict[str, Any]) -> Any:
    """Bring every pledge to the kit and let the event run."""
    lines = enumerate(body["arrived"])
    arrived = [Arrived(amount=amount_of(line, f"/arrived/{index}"), **line) for index, line in lines]
    return _event(commands.start(actor(), event_id, arrived, body["occurred_on"], once()))


@blp.serves(
    "POST /events/<int:event_id>/extend", Action.RUN_EVENTS, body=ExtensionIn, answer=EventWhole, key=Key.OPTIONAL
)
def extend(event_id: int, body: dict[str, Any]) -> Any:
    """Let an event last some days longer."""
    return _event(commands.extend(actor(), event_id, body["days"], once()))


@blp.serves(
    "POST /events/<int:event_id>/cancel", Action.RUN_EVENTS, body=CancellationIn, answer=EventWhole, key=Key.REQUIRED
)
def cancel(event_id: int, body: dict[str, Any]) -> Any:
    """Call an event off before it starts; every pledge is let go."""
    return _event(commands.cancel(actor(), event_id, body["reason"], once()))


def _event(event_id: int) -> Any:
    return with_etag(queries.get_event(actor(), event_id))
