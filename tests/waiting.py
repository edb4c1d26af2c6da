"""People who wait for a card, and policies that say who is first, over REST: for tests of the queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from inventory import clock
from tests.builders import Caller, receipt
from tests.outreach import person
from tests.printing import STORE

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
TODAY = "2026-03-02"


def stocked_printer(calls: Any) -> Caller:
    """A printer of 15.03 with a hundred blanks in the main store."""
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 100))
    return calls("printer", "15.03")


def waits(printer: Caller, *told: Any, office: str = "15.03", **more: Any) -> None:
    """Record people, each a reason (or a reason and more), one print-ready a day after the other."""
    start = NOON - timedelta(days=len(told))
    for number, reason in enumerate(told):
        fields = {"reason": reason} if isinstance(reason, str) else reason
        with clock.telling(start + timedelta(days=number)):
            line = person(f"{office}-{number}", office, recorded_at="2026-01-02T08:00:00+07:00", **fields, **more)
            printer.post("/recordings", {"recordings": [line]})


def policy(office: str = "15.03", valid_from: str = TODAY, title: str = "SE 1/2026", **more: Any) -> dict[str, Any]:
    """The body of a version of a policy."""
    return {"office": office, "valid_from": valid_from, "title": title, **more}


def klass(name: str, *reasons: str, quota: int | None = None) -> dict[str, Any]:
    """One class of a policy."""
    return {"name": name, "reasons": list(reasons), "quota": quota}


def put(caller: Caller, body: dict[str, Any], expect: int = 200) -> Any:
    """Set a policy, check the status, answer the JSON."""
    answer = caller.send("PUT", "/policies", body)
    assert answer.status_code == expect, answer.get_data(as_text=True)
    return answer.get_json()


def order(caller: Caller, query: str = "") -> list[int]:
    """Who waits, the first one first, by their numbers."""
    return [int(place["client_id"].rpartition("-")[2]) for place in caller.get(f"/queue{query}")["items"]]


def printed(printer: Caller, *clients: str, **more: Any) -> int:
    """Print the cards of these recordings; answers the job."""
    job = printer.post("/print-jobs", {"store": STORE, "recordings": list(clients), **more})["id"]
    results = [{"recording": client, "outcome": "printed"} for client in clients]
    printer.post(f"/print-jobs/{job}/results", {"results": results}, 200)
    return job
