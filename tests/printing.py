"""Print jobs, their results and the cards that come of them, over REST: for tests of printing and what follows it."""

from __future__ import annotations

from typing import Any

from tests.builders import Caller, receipt
from tests.outreach import person

STORE = "15.03-UTAMA"


def recorded(caller: Caller, *names: str, office: str = "15.03", **more: Any) -> list[int]:
    """Record these people, print-ready; answers their numbers."""
    lines = [person(name, office, **{"nik": f"15030442050{n:05}"} | more) for n, name in enumerate(names)]
    return [item["id"] for item in caller.post("/recordings", {"recordings": lines})["items"]]


def job_of(caller: Caller, *names: object, expect: int = 201, store: str = STORE, **more: Any) -> Any:
    """POST a job of these recordings."""
    return caller.post("/print-jobs", {"store": store, "recordings": list(names), **more}, expect)


def results(caller: Caller, job: int, *lines: tuple, expect: int = 200, key: str | None = "", **more: Any) -> Any:
    """POST results, each a recording, an outcome, and what spoiled the blank."""
    body = [dict(zip(("recording", "outcome", "reason"), line, strict=False)) for line in lines]
    return caller.post(f"/print-jobs/{job}/results", {"results": body, **more}, expect, key=key)


def issue(caller: Caller, *names: object, expect: int = 200, key: str | None = "", **more: Any) -> Any:
    """Hand the cards of these recordings over."""
    cards = [{"recording": name, "collected_by": "Umar", "collector_relation": "father"} for name in names]
    return caller.post("/cards/issue", {"cards": cards, **more}, expect, key=key)


def room_of_three(calls: Any) -> Caller:
    """A printer of 15.03 with ten blanks in the main store and three people print-ready."""
    caller = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 10))
    recorded(caller, "a", "b", "c")
    return caller


def stock_of(caller: Caller, store: str = STORE) -> tuple[int, ...]:
    """What a store has, and what became of the rest."""
    found = caller.stock(store)
    return tuple(found[name] for name in ("on_hand", "printed", "spoiled", "issued"))
