"""Settlement: POST /events/{id}/close, GET /events/{id}/settlement."""

from __future__ import annotations

from typing import Any

from api.amounts import amount_of
from api.blueprint import Key, Routes, actor, once
from api.settlement.schemas import ClosedEvent, CloseIn, SettlementOut
from api.versions import with_etag
from inventory.access import Action
from inventory.outreach.queries import get_event
from inventory.settlement import commands, queries
from inventory.settlement.commands import Counted, Explained

blp = Routes("settlement", __name__, description="Closing an event: every blank accounted for")


@blp.serves("POST /events/<int:event_id>/close", Action.RUN_EVENTS, body=CloseIn, answer=ClosedEvent, key=Key.REQUIRED)
def close(event_id: int, body: dict[str, Any]) -> Any:
    """Close a running event with the counts at hand, or with the books' figures."""
    lines = enumerate(body["counts"])
    counts = [Counted(amount=amount_of(line, f"/counts/{index}"), **line) for index, line in lines]
    explanations = [Explained(**line) for line in body["explanations"]]
    commands.close(actor(), event_id, counts, explanations, body["occurred_on"], once())
    settlement = queries.get_settlement(actor(), event_id)
    return with_etag(get_event(actor(), event_id) | {"settlement": settlement})


@blp.serves("GET /events/<int:event_id>/settlement", Action.READ, answer=SettlementOut)
def show_settlement(event_id: int) -> Any:
    """What became of everything that was brought, per owner and item."""
    return queries.get_settlement(actor(), event_id)
