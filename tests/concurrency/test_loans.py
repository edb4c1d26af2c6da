"""Loans and requests raced: nothing is given back, credited or decided twice."""

from collections import Counter
from datetime import timedelta

import pytest

from inventory import clock
from inventory.loans import queries as loans
from inventory.requests import queries as requests
from tests.builders import receipt
from tests.concurrency.racing import race

LENDER, BORROWER = "15.03-UTAMA", "15.04-UTAMA"


@pytest.fixture(autouse=True)
def _whole(exact, app):
    yield
    with app.app_context():
        assert [*loans.differences(), *requests.differences()] == []


def carry(caller, transfer, quantity):
    caller.post(f"/transfers/{transfer}/dispatch", {}, 200)
    caller.post(f"/transfers/{transfer}/receive", {"received": quantity}, 200)


@pytest.fixture
def boss(calls):
    made = calls("admin", "0")
    for store in (LENDER, "15-UTAMA"):
        made.post("/receipts", receipt(store, 1_000))
    return made


@pytest.fixture
def lent(boss):
    """`lent(n)` is the path of a loan of n that was received."""

    def lend(quantity):
        due = (clock.business_day("Asia/Jakarta") + timedelta(30)).isoformat()
        body = {"from_store": LENDER, "to_store": BORROWER, "item": "blangko", "quantity": quantity, "due_on": due}
        loan = boss.post("/loans", body)
        boss.post(f"/transfers/{loan['transfer']}/approve", {}, 200)
        carry(boss, loan["transfer"], quantity)
        return f"/loans/{loan['id']}"

    return lend


def test_returns_at_once_never_exceed_the_debt(calls, lent):
    path, clerk = lent(100), calls("clerk", "15.04")
    answers = race(8, lambda n: clerk.send("POST", f"{path}/returns", {"quantity": 30}, key=f"desk {n}").status_code)
    assert Counter(answers) == {201: 3, 409: 5}
    loan = clerk.get(path)
    assert (loan["returning"], loan["outstanding"], len(loan["repayments"])) == (90, 100, 3)


def test_one_delivery_settling_several_loans_at_once_is_credited_for_what_it_brought(boss, calls, lent):
    paths = [lent(50) for _ in range(6)]
    goods = {"from_store": "15-UTAMA", "to_store": LENDER, "item": "blangko", "quantity": 100}
    delivery = boss.post("/transfers", goods)["id"]
    boss.post(f"/transfers/{delivery}/approve", {}, 200)
    carry(boss, delivery, 100)
    body = {"delivery": delivery, "quantity": 40}
    province = calls("coordinator", "15")
    answers = race(6, lambda n: province.send("POST", f"{paths[n]}/returns", body, key=f"desk {n}").status_code)
    assert Counter(answers) == {201: 2, 409: 4}
    assert sum(province.get(path)["returned"] for path in paths) == 80


def test_a_return_and_a_settlement_at_once_never_exceed_the_debt(boss, calls, lent):
    path = lent(50)
    goods = {"from_store": "15-UTAMA", "to_store": LENDER, "item": "blangko", "quantity": 50}
    delivery = boss.post("/transfers", goods)["id"]
    boss.post(f"/transfers/{delivery}/approve", {}, 200)
    carry(boss, delivery, 50)
    ways = [
        (calls("clerk", "15.04"), {"quantity": 50}),
        (calls("coordinator", "15"), {"quantity": 50, "delivery": delivery}),
    ]
    answers = race(2, lambda n: ways[n][0].send("POST", f"{path}/returns", ways[n][1], key=f"way {n}").status_code)
    assert Counter(answers) == {201: 1, 409: 1}


def test_a_request_is_decided_once_however_many_decide(boss, calls):
    asked = calls("clerk", "15.03").post("/requests", {"to_store": LENDER, "item": "blangko", "quantity": 100})["id"]
    deciders = [calls("coordinator", "15"), calls("admin", "15"), boss]

    def decide(number):
        body = {"approve": True} if number % 2 else {"approve": False, "reason": "none left"}
        return deciders[number % 3].send("POST", f"/requests/{asked}/decide", body, key=f"desk {number}").status_code

    assert Counter(race(6, decide)) == {200: 1, 409: 5}
    done = boss.get(f"/requests/{asked}")
    assert len(boss.get("/transfers")["items"]) == (done["status"] == "approved")


def test_the_same_decision_raced_makes_one_transfer(boss, calls):
    asked = calls("clerk", "15.03").post("/requests", {"to_store": LENDER, "item": "blangko", "quantity": 100})["id"]
    body, path = {"approve": True, "quantity": 70}, f"/requests/{asked}/decide"
    answers = race(6, lambda _: boss.send("POST", path, body, key="one decision"))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.get_json()["transfer"] for answer in answers}) == 1
