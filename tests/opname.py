"""A count of a store, who counts, and what they saw: for tests of counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import Caller, receipt

STORE = "15.03-UTAMA"


@pytest.fixture
def two(calls: Callable[[str, str], Caller]) -> list[int]:
    """The two people who count: the clerk and the inspector of the office."""
    return [calls(role, "15.03").actor.user_id for role in ("clerk", "inspector")]


@pytest.fixture
def start(clerk: Caller, two: list[int]) -> Callable[..., Any]:
    """`start(**more)` is a count just started."""

    def started(**more: Any) -> Any:
        return clerk.post("/counts", {"store": STORE, "kind": "full", "counted_by": two, **more})

    return started


@pytest.fixture
def noted(clerk: Caller) -> Callable[..., Any]:
    """`noted(count, *lines)` is the count after its lines were sent."""

    def send(count: dict[str, Any], *lines: dict[str, Any], expect: int = 200, **more: Any) -> Any:
        return clerk.post(f"/counts/{count['id']}/lines", {"lines": list(lines)}, expect, **more)

    return send


@pytest.fixture
def tracked(clerk: Caller) -> Callable[[int, int], Any]:
    """`tracked(first, last)` are blanks received with their numbers."""
    return lambda first, last: clerk.post("/receipts", by_number(first, last))


@pytest.fixture
def hand_out(calls: Callable[[str, str], Caller], two: list[int]) -> Callable[[Caller], Any]:
    """`hand_out(holder)` is a session of one blank in the holder's hand."""

    def issue(holder: Caller) -> Any:
        body = {"store": STORE, "item": "blangko", "holder": holder.actor.user_id, "quantity": 1, "needed": 1}
        return calls("clerk", "15.03").post("/custody", {**body, "counted_by": two})

    return issue


def saw(quantity: Any = None, item: str = "blangko", **more: Any) -> dict[str, Any]:
    """One line of what was counted, right or wrong."""
    return {"item": item, **({} if quantity is None else {"quantity": quantity}), **more}


def numbers(first: int, last: int) -> list[str]:
    """The ends of an interval of series A."""
    return [f"A{first:06d}", f"A{last:06d}"]


def by_number(first: int, last: int, store: str = STORE, **more: Any) -> dict[str, Any]:
    """The body of a receipt of an interval."""
    body = receipt(store, 1, intervals=[numbers(first, last)], **more)
    return {name: value for name, value in body.items() if name != "quantity"}


def approve(
    who: Caller, count: dict[str, Any], expect: int = 200, reason: str = "sesuai berita acara", **more: Any
) -> Any:
    """Approve a count, check the status, answer the JSON."""
    return who.post(f"/counts/{count['id']}/approve", {"reason": reason}, expect, **more)


def settings(calls: Callable[[str, str], Caller], **changes: Any) -> None:
    """Change the settings of the office."""
    calls("admin", "15.03").patch("/offices/15.03", changes)
