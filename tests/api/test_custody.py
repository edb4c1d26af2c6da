"""Custody for a shift over HTTP: issued, printed from, returned, and every difference settled by a second person."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.access import Role
from inventory.custody import queries
from inventory.database import current, transaction
from inventory.people import commands as people
from tests.builders import receipt
from tests.outreach import person, running_event

STORE, OFFICE = "15.03-UTAMA", "15.03"
A = {"intervals": [["JB000001", "JB000100"]]}


@pytest.fixture(autouse=True)
def _whole(exact, app):
    """After each test the ledger and the sessions must agree too."""
    yield
    with app.app_context():
        assert list(queries.differences()) == []


@pytest.fixture
def staff(app, calls):
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
def clerk(calls):
    found = calls("clerk", OFFICE)
    found.post("/receipts", receipt(STORE, 100))
    return found


@pytest.fixture
def body(staff):
    """The body of an issue, with changes."""

    def make(quantity=50, **more):
        said = {"store": STORE, "item": "blangko", "holder": staff["holder"], "needed": 50, "quantity": quantity,
                "counted_by": [staff["first"], staff["second"]], **more}  # fmt: skip
        return {name: value for name, value in said.items() if value is not ...}

    return make


@pytest.fixture
def count(staff):
    """The body of a close, with changes."""

    def make(returned=..., **more):
        said = {"returned": returned, "counted_by": [staff["first"], staff["second"]], **more}
        return {name: value for name, value in said.items() if value is not ...}

    return make


@pytest.fixture
def prints(calls):
    """`prints("p", "s", ...)`: the holder prints (p) or spoils (s) a blank each; answers the job's path."""
    holder, names = calls("printer", OFFICE), (f"r{n}" for n in range(10_000))

    def make(*outcomes, store=STORE, numbers=(), by=holder):
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


def notices(caller):
    found = caller.get("/notices?kind=custody_difference")["items"]
    return {each["subject"]: each["facts"] for each in found}


def adds_up(session):
    waiting = session["in_hand"] if session["status"] == "open" else session["missing"]
    return session["issued"] == session["printed"] + session["spoiled"] + (session["returned"] or 0) + waiting


def test_a_shift_from_issue_to_return(calls, clerk, body, count, prints, staff):
    made = clerk.post("/custody", body())
    assert (made["status"], made["issued"], made["in_hand"], made["holder"]) == ("open", 50, 50, staff["holder"])
    assert made["counted_by"] == [staff["first"], staff["second"]]
    there = clerk.stock(STORE)
    assert (there["on_hand"], there["in_custody"]) == (50, 50)
    prints("p", "p", "s", "p")
    open_now = clerk.get(f"/custody/{made['id']}")
    assert (open_now["printed"], open_now["spoiled"], open_now["in_hand"]) == (3, 1, 46)
    closed = clerk.post(f"/custody/{made['id']}/close", count(46, printer_count=4, siak_count=3), 200)
    assert (closed["status"], closed["returned"], closed["missing"], closed["surplus"]) == ("closed", 46, 0, 0)
    assert closed["compared"] == {"printer": 0, "siak": 0}
    assert closed["closed_at"] is not None
    assert adds_up(closed)
    there = clerk.stock(STORE)
    assert (there["on_hand"], there["in_custody"], there["printed"], there["spoiled"]) == (96, 0, 3, 1)
    assert notices(calls("admin", OFFICE)) == {}
