"""Cards that wait, are handed over or sent on, over REST: for tests of what follows printing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.builders import Caller, receipt
from tests.outreach import person
from tests.printing import STORE

VILLAGE, KECAMATAN = "15.03.04.2001", "15.03.04"
NAMES = ["a", "b", "c", "d"]


def four_waiting(calls: Any) -> Caller:
    """A printer of 15.03: four cards of recordings wait, among 10 blanks."""
    caller = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 10))
    caller.post("/recordings", {"recordings": [person(name) for name in NAMES]})
    printed(caller, STORE, NAMES)
    return caller


def printed(caller: Caller, store: str, names: Sequence[str]) -> int:
    """Print the cards of these recordings at a store; answers the job."""
    job = caller.post("/print-jobs", {"store": store, "recordings": names})["id"]
    results = [{"recording": name, "outcome": "printed"} for name in names]
    caller.post(f"/print-jobs/{job}/results", {"results": results}, 200)
    return job


def consignment(*names: str, **more: Any) -> dict[str, Any]:
    """The body of cards sent on to the head of a village."""
    head = {"recipient": "Umar bin Ali", "recipient_role": "kepala desa"}
    return {"store": STORE, "region": VILLAGE, "recordings": list(names), **head, **more}


def sent(caller: Caller, *names: str, **more: Any) -> int:
    """Send the cards of these recordings on; answers the consignment."""
    return caller.post("/card-consignments", consignment(*names, **more))["id"]


def handed(name: str, **more: Any) -> dict[str, Any]:
    """One line of a hand-over."""
    return {"recording": name, "collector_relation": "self", **more}


def issue(caller: Caller, *lines: dict[str, Any], expect: int = 200) -> Any:
    """Hand cards over."""
    return caller.post("/cards/issue", {"cards": list(lines)}, expect)


def figures(caller: Caller, made: int) -> list[Any]:
    """What became of the cards of a consignment."""
    shown = caller.get(f"/card-consignments/{made}")
    return [shown[name] for name in ("status", "quantity", "out", "issued", "returned", "lost")]
