"""Real threads at one custody session, and for the same blanks."""

from __future__ import annotations

from collections import Counter

import pytest

from inventory.access import Role
from inventory.custody import queries
from inventory.people import commands as people
from tests.builders import receipt
from tests.concurrency.racing import race
from tests.outreach import person

STORE, OFFICE = "15.03-UTAMA", "15.03"


@pytest.fixture(autouse=True)
def _whole(exact, app):
    yield
    with app.app_context():
        assert list(queries.differences()) == []


@pytest.fixture
def two(app):
    with app.app_context():
        admin = people.system_actor()
        return [people.add_user(admin, f"penghitung {n}", Role.FIELD, OFFICE) for n in range(2)]


@pytest.fixture
def clerk(calls):
    found = calls("clerk", OFFICE)
    found.post("/receipts", receipt(STORE, 100))
    return found


@pytest.fixture
def body(calls, two):
    def make(quantity, **more):
        holder = calls("printer", OFFICE).actor.user_id
        return {"store": STORE, "item": "blangko", "holder": holder, "needed": 100, "quantity": quantity,
                "counted_by": two, **more}  # fmt: skip

    return make


def statuses(answers):
    return Counter(answer.status_code for answer in answers)


def codes(answers):
    return {answer.get_json()["code"] for answer in answers if answer.status_code == 409}


def test_eight_desks_hand_out_exactly_what_is_there(clerk, body):
    answers = race(8, lambda n: clerk.send("POST", "/custody", body(20), key=f"desk {n}"))
    assert statuses(answers) == {201: 5, 409: 3}
    assert codes(answers) == {"stock_insufficient"}
    there = clerk.stock(STORE)
    assert (there["on_hand"], there["in_custody"]) == (0, 100)
    assert len(clerk.get("/custody")["items"]) == 5


def test_the_same_numbers_go_into_one_hand(calls, clerk, body):
    numbers = {"intervals": [["A0001", "A0020"]]}
    clerk.post("/receipts", {name: value for name, value in receipt(STORE, 0, **numbers).items() if name != "quantity"})
    wanted = {name: value for name, value in body(0, **numbers).items() if name != "quantity"}
    answers = race(6, lambda n: clerk.send("POST", "/custody", wanted, key=f"desk {n}"))
    assert statuses(answers) == {201: 1, 409: 5}
    assert codes(answers) == {"numbers_elsewhere"}


def test_a_session_is_closed_once(clerk, body, two):
    for n in range(5):
        path = f"/custody/{clerk.post('/custody', body(10))['id']}/close"
        said = {"returned": 10, "counted_by": two}
        answers = race(6, lambda i, n=n, path=path, said=said: clerk.send("POST", path, said, key=f"{n}.{i}"))
        assert statuses(answers) == {200: 1, 409: 5}
        assert codes(answers) == {"custody_closed"}
    assert clerk.stock(STORE)["on_hand"] == 100


def test_a_difference_is_written_off_once(calls, clerk, body, two):
    made = clerk.post("/custody", body(10))["id"]
    clerk.post(f"/custody/{made}/close", {"returned": 8, "counted_by": two, "explanation": "hilang"}, 200)
    chiefs = [calls("coordinator", OFFICE), calls("admin", OFFICE), calls("coordinator", "15")]
    answers = race(6, lambda n: chiefs[n % 3].send("POST", f"/custody/{made}/approve", {}, key=f"chief {n}"))
    assert statuses(answers) == {200: 1, 409: 5}
    assert codes(answers) == {"custody_not_waiting"}
    assert clerk.stock(STORE)["lost"] == 2


def test_what_is_printed_while_a_session_is_closed_is_printed_or_returned(calls, clerk, body, two):
    holder = calls("printer", OFFICE)
    calls("admin", OFFICE).patch(f"/offices/{OFFICE}", {"custody_required": True})
    holder.post("/recordings", {"recordings": [person(f"p-{n}") for n in range(6)]})
    jobs = [holder.post("/print-jobs", {"store": STORE, "recordings": [f"p-{n}"]})["id"] for n in range(6)]
    made = clerk.post("/custody", body(10))["id"]

    def work(n):
        if n == 6:
            return clerk.send("POST", f"/custody/{made}/close", {"returned": 10, "counted_by": two})
        results = {"results": [{"recording": f"p-{n}", "outcome": "printed"}]}
        return holder.send("POST", f"/print-jobs/{jobs[n]}/results", results)

    *prints, closed = race(7, work)
    printed = statuses(prints)[200]
    assert codes(prints) <= {"custody_needed"}
    assert closed.status_code == 200
    after = clerk.get(f"/custody/{made}")
    assert after["printed"] == printed == clerk.stock(STORE)["printed"]
    assert (after["returned"], after["surplus"]) == (10 - printed, printed)
    assert after["status"] == ("disputed" if printed else "closed")


def test_two_holders_and_a_close_never_wait_for_each_other_for_ever(calls, clerk, body, two):
    admin = calls("admin", OFFICE)
    first = clerk.post("/custody", body(10))["id"]
    second = clerk.post("/custody", body(10, holder=admin.actor.user_id))["id"]

    def work(n):
        if n < 4:
            return clerk.send("POST", "/custody", body(5, **({"holder": admin.actor.user_id} if n % 2 else {})))
        return clerk.send("POST", f"/custody/{(first, second)[n % 2]}/close", {"returned": 10, "counted_by": two})

    answers = race(8, work)
    assert statuses(answers[:4]) == {201: 4}
    assert statuses(answers[4:]) == {200: 2, 409: 2}
    assert clerk.stock(STORE)["in_custody"] == 20
