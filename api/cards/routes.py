"""Cards after printing: sent on and back, how long they wait, and what a shift came to."""

from __future__ import annotations

from typing import Any

from api import paging
from api.blueprint import Key, Routes, actor, once
from api.cards.schemas import (
    AgeingPage,
    AgeingQuery,
    CardConsignmentIn,
    CardConsignmentOut,
    CardConsignmentPage,
    CardConsignmentQuery,
    CardReturnIn,
    SessionReportOut,
)
from inventory.access import Action
from inventory.printing import ageing, closing, consignments
from inventory.printing.ageing import ConsignmentFilter
from inventory.printing.consignments import NewConsignment

blp = Routes("cards", __name__, description="Cards sent on to heads of kecamatan and villages, and cards that wait")


@blp.serves(
    "POST /card-consignments",
    Action.PRINT,
    body=CardConsignmentIn,
    answer=CardConsignmentOut,
    status=201,
    key=Key.REQUIRED,
)
def send(body: dict[str, Any]) -> Any:
    """Send waiting cards of one store on; they are handed over from there with POST /cards/issue."""
    return _shown(consignments.send(actor(), NewConsignment(**body), once()))


@blp.serves("GET /card-consignments", Action.READ_RECORDINGS, query=CardConsignmentQuery, answer=CardConsignmentPage)
def list_consignments(query: dict[str, Any]) -> Any:
    """The consignments of your subtree and of the events you were let into."""
    wanted = paging.wanted(query, paging.number)
    return paging.answer(ageing.list_consignments(actor(), ConsignmentFilter(**query), wanted))


@blp.serves("GET /card-consignments/<int:consignment_id>", Action.READ_RECORDINGS, answer=CardConsignmentOut)
def show(consignment_id: int) -> Any:
    """One consignment; its cards are GET /cards?consignment=."""
    return _shown(consignment_id)


@blp.serves(
    "POST /card-consignments/<int:consignment_id>/return",
    Action.PRINT,
    body=CardReturnIn,
    answer=CardConsignmentOut,
    key=Key.REQUIRED,
)
def bring_back(consignment_id: int, body: dict[str, Any]) -> Any:
    """Note that cards came back uncollected."""
    named = body.get("recordings")
    return _shown(consignments.bring_back(actor(), consignment_id, named, body["reason"], once()))


@blp.serves("GET /cards/ageing", Action.READ, query=AgeingQuery, answer=AgeingPage)
def show_ageing(query: dict[str, Any]) -> Any:
    """How long printed cards wait, place by place, with the office's flags."""
    wanted = paging.wanted(query, paging.word, paging.word)
    return paging.answer(ageing.ageing(actor(), query["office"], wanted))


@blp.serves("GET /custody/<int:session_id>/report", Action.READ, answer=SessionReportOut)
def show_report(session_id: int) -> Any:
    """The closing report of a custody session, or how far it has come."""
    return closing.session_report(actor(), session_id)


def _shown(consignment_id: int) -> Any:
    return ageing.get_consignment(actor(), consignment_id)
