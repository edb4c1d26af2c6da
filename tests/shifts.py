"""Who holds blanks for a shift, who counts them, and what is said of them: for tests of custody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory.access import Role
from inventory.database import transaction
from inventory.people import commands as people
from tests.builders import Caller, receipt
from tests.outreach import person

STORE, OFFICE = "15.03-UTAMA", "15.03"
A = {"intervals": [["JB000001", "JB000100"]]}


@pytest.fixture
def staff(app: Flask, calls: Callable[[str, str], Caller]) -> dict[str, int]:
    """The people of one office: ids of the holder, of counters, and of some who may not be either."""
    with app.app_context():
        admin = people.system_actor()
        made = {
            name: people.add_user(admin, name, Role(role), office)
            for name, role, office in [
                ("first", "clerk", OFFICE),
                ("second", "field", OFFICE),
                ("above", "coordinator", "15"),
                ("elsewhere", "printer", "15.04"),
                ("idle", "printer", OFFICE),
            ]
        }
        with transaction() as session:
            session.execute(sa.text("UPDATE users SET active = :no WHERE id = :id"), {"no": False, "id": made["idle"]})
    return {**made, "holder": calls("printer", OFFICE).actor.user_id}


@pytest.fixture
def clerk(calls: Callable[[str, str], Caller]) -> Caller:
    """The clerk of Sarolangun, with a hundred blanks."""
    found = calls("clerk", OFFICE)
    found.post("/receipts", receipt(STORE, 100))
    return found


@pytest.fixture
def body(staff: dict[str, int]) -> Callable[..., dict[str, Any]]:
    """The body of an issue, with changes."""

    def make(quantity: int | EllipsisType = 50, **more: Any) -> dict[str, Any]:
        said = {"store": STORE, "item": "blangko", "holder": staff["holder"], "needed": 50, "quantity": quantity,
                "counted_by": [staff["first"], staff["second"]], **more}  # fmt: skip
        return {name: value for name, value in said.items() if value is not ...}

    return make


@pytest.fixture
def count(staff: dict[str, int]) -> Callable[..., dict[str, Any]]:
    """The body of a close, with changes."""

    def make(returned: Any = ..., **more: Any) -> dict[str, Any]:
        said = {"returned": returned, "counted_by": [staff["first"], staff["second"]], **more}
        return {name: value for name, value in said.items() if value is not ...}

    return make


@pytest.fixture
def prints(calls: Callable[[str, str], Caller]) -> Callable[..., tuple[str, list[str]]]:
    """`prints("p", "s", ...)`: the holder prints (p) or spoils (s) a blank each; answers the job's path."""
    holder, names = calls("printer", OFFICE), (f"r{n}" for n in range(10_000))

    def make(
        *outcomes: str, store: str = STORE, numbers: Sequence[str] = (), by: Caller = holder
    ) -> tuple[str, list[str]]:
        ids = [next(names) for _ in outcomes]
        holder.post("/recordings", {"recordings": [person(i) for i in ids]})
        job = by.post("/print-jobs", {"store": store, "recordings": ids})["id"]
        results = [
            {"recording": i, "outcome": "printed"} if told == "p"
            else {"recording": i, "outcome": "spoiled", "reason": "print_failure"}
            for i, told in zip(ids, outcomes, strict=True)
        ]  # fmt: skip
        for result, number in zip(results, numbers, strict=False):
            result["number"] = number
        by.post(f"/print-jobs/{job}/results", {"results": results}, 200)
        return f"/print-jobs/{job}", ids

    return make


def notices(caller: Caller) -> dict[int, dict[str, Any]]:
    """What the caller's office is told of differences, by session."""
    found = caller.get("/notices?kind=custody_difference")["items"]
    return {each["subject"]: each["facts"] for each in found}


def adds_up(session: dict[str, Any]) -> bool:
    """Whether all that was issued is somewhere."""
    waiting = session["in_hand"] if session["status"] == "open" else session["missing"]
    return session["issued"] == session["printed"] + session["spoiled"] + (session["returned"] or 0) + waiting


def numbered(numbers: dict[str, Any]) -> dict[str, Any]:
    """The body of a receipt of these numbers."""
    return {name: value for name, value in receipt(STORE, 0, **numbers).items() if name != "quantity"}
