"""Fires that race with each other, and with what takes the blanks back out of quarantine."""

from __future__ import annotations

from collections import Counter

import pytest

from inventory import clock
from inventory.disposal.queries import differences
from tests.builders import receipt
from tests.concurrency.racing import race

STORE = "15.03-UTAMA"
WITNESSES = [{"name": "Siti", "institution": "Inspektorat"}, {"name": "Budi", "institution": "Satpol PP"}]


@pytest.fixture
def people(calls):
    """The clerk, the approver, and the two who count."""
    return [calls(role, "15.03") for role in ("clerk", "coordinator", "printer", "field")]


@pytest.fixture
def fire(people):
    """`fire("BA/1", 30)` is the path of a counted destruction of 30 damaged blanks."""
    clerk, _, *counters = people

    def body(number, quantity, cards=0, **amount):
        return {
            "store": STORE, "number": number, "destroyed_on": f"{clock.business_day('Asia/Jakarta')}",
            "lines": [{"item": "blangko", "reason": "damaged", **(amount or {"quantity": quantity})}],
            "withdrawn": [{"reason": "moved_in", "quantity": cards}] if cards else [],
            "witnesses": WITNESSES, "counted_by": [each.actor.user_id for each in counters],
        }  # fmt: skip

    def make(*args, **more):
        return f"/destructions/{clerk.post('/destructions', body(*args, **more))['id']}"

    make.body = body
    return make


@pytest.fixture
def spoilage(people):
    """100 blanks in quarantine; the answer is the movement that brought them there."""
    people[0].post("/receipts", receipt(STORE, 100))
    body = {"store": STORE, "item": "blangko", "quantity": 100, "reason": "damaged"}
    return people[0].post("/spoilages", body)["id"]


@pytest.fixture
def agrees(app, exact):
    yield
    with app.app_context():
        assert list(differences()) == []


def test_one_destruction_is_approved_once(calls, people, fire, spoilage, agrees):
    path, chiefs = fire("BA/1", 30), [people[1], calls("coordinator", "15")]
    answers = race(8, lambda n: chiefs[n % 2].send("POST", f"{path}/approve", {}, key=f"chief {n}").status_code)
    assert Counter(answers) == {200: 1, 409: 7}
    assert people[0].stock(STORE) | {"spoiled": 70, "destroyed": 30} == people[0].stock(STORE)


def test_the_same_key_raced_burns_once_and_answers_alike(people, fire, spoilage, agrees):
    path = fire("BA/1", 30)
    answers = race(8, lambda _: people[1].send("POST", f"{path}/approve", {}, key="one signature"))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.get_data() for answer in answers}) == 1
    assert people[0].stock(STORE)["destroyed"] == 30


def test_eight_destructions_of_one_quarantine_burn_what_is_there_and_no_more(people, fire, spoilage, agrees):
    people[2].post("/withdrawn-cards", {
        "store": STORE, "reason": "moved_in", "quantity": 25, "withdrawn_on": "2026-01-05",
    })  # fmt: skip
    paths = [fire(f"BA/{n}", 30, cards=10 if n % 2 else 0) for n in range(8)]
    answers = race(8, lambda n: people[1].send("POST", f"{paths[n]}/approve", {}).status_code)
    assert Counter(answers) == {200: 3, 409: 5}
    assert people[0].stock(STORE) | {"spoiled": 10, "destroyed": 90} == people[0].stock(STORE)
    burned = people[0].get("/destructions?status=approved")["items"]
    [row] = people[0].get("/withdrawn-cards")["items"]
    assert row["destroyed"] == sum(each["totals"]["withdrawn"]["total"] for each in burned)


def test_an_approval_and_a_reversal_of_the_spoilage_never_both_have_the_blanks(people, fire, spoilage, agrees):
    path, back = fire("BA/1", 100), {"reason": "ternyata baik"}

    def step(number):
        if number % 2:
            return people[0].send("POST", f"/movements/{spoilage}/reversal", back).status_code
        return people[1].send("POST", f"{path}/approve", {}).status_code

    answers = race(6, step)
    assert sorted(answers) in ([200] + [409] * 5, [201] + [409] * 5)
    stock = people[0].stock(STORE)
    outcome = people[0].get(path)["status"], stock["spoiled"], stock["destroyed"], stock["on_hand"]
    assert outcome == (("approved", 0, 100, 0) if 200 in answers else ("counted", 0, 0, 100))


def test_numbers_raced_for_by_a_fire_and_a_reversal_lie_in_one_place(people, fire, agrees):
    clerk, chief, *_ = people
    arrival = receipt(STORE, 1, intervals=[["A001", "A050"]])
    del arrival["quantity"]
    clerk.post("/receipts", arrival)
    body = {"store": STORE, "item": "blangko", "reason": "damaged", "intervals": [["A001", "A020"]]}
    spoiled = clerk.post("/spoilages", body)["id"]
    path, back = fire("BA/1", 0, intervals=[["A005", "A010"]]), {"reason": "ternyata baik", "numbers": ["A007"]}

    def step(number):
        if number % 2:
            return clerk.send("POST", f"/movements/{spoiled}/reversal", back).status_code
        return chief.send("POST", f"{path}/approve", {}).status_code

    answers = race(6, step)
    assert sorted(answers) in ([200] + [409] * 5, [201] + [409] * 5)
    assert clerk.stock(STORE)["destroyed"] == (6 if 200 in answers else 0)


def test_an_approval_and_a_cancellation_never_both_happen(people, fire, spoilage, agrees):
    path = fire("BA/1", 30)
    steps = [(people[1], "approve"), (people[0], "cancel")]
    answers = race(6, lambda n: steps[n % 2][0].send("POST", f"{path}/{steps[n % 2][1]}", {}).status_code)
    assert Counter(answers) == {200: 1, 409: 5}
    burned = {"approved": 30, "cancelled": 0}[people[0].get(path)["status"]]
    assert people[0].stock(STORE)["destroyed"] == burned


def test_a_berita_acara_number_raced_for_is_used_once(people, fire, spoilage, agrees):
    answers = race(6, lambda n: people[0].send("POST", "/destructions", fire.body("BA/1", n + 1)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {each.get_json()["code"] for each in answers if each.status_code == 409} == {"destruction_number_taken"}


def test_withdrawn_cards_raced_for_by_six_fires_never_burn_twice(people, fire, agrees):
    people[2].post("/withdrawn-cards", {
        "store": STORE, "reason": "moved_in", "quantity": 25, "withdrawn_on": "2026-01-05",
    })  # fmt: skip
    bodies = [fire.body(f"BA/{n}", 0, cards=10) | {"lines": []} for n in range(6)]
    paths = [f"/destructions/{people[0].post('/destructions', body)['id']}" for body in bodies]
    answers = race(6, lambda n: people[1].send("POST", f"{paths[n]}/approve", {}).status_code)
    assert Counter(answers) == {200: 2, 409: 4}
    assert people[0].get("/withdrawn-cards")["items"][0]["destroyed"] == 20
