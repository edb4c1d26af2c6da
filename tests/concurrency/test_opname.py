"""Counts while the store works: what moves meanwhile is never lost, and each count starts and is approved once."""

from collections import Counter

import pytest

from tests.builders import receipt
from tests.concurrency.racing import race

STORE = "15.03-UTAMA"


@pytest.fixture
def people(calls):
    return [calls(role, "15.03").actor.user_id for role in ("clerk", "inspector")]


@pytest.fixture
def begin(calls, people):
    """`begin()` is the answer to a count being started."""
    body = {"store": STORE, "kind": "full", "counted_by": people}
    return lambda: calls("clerk", "15.03").send("POST", "/counts", body)


def lines(quantity, **more):
    return {"lines": [{"item": "blangko", "quantity": quantity, "explanation": "selisih", **more}]}


def by_number(first, last):
    body = receipt(STORE, 1, intervals=[[f"A{first:06d}", f"A{last:06d}"]])
    return {name: value for name, value in body.items() if name != "quantity"}


def test_counting_while_receipts_run_loses_neither(calls, begin, exact):
    clerk, chief = calls("clerk", "15.03"), calls("coordinator", "15.03")
    clerk.post("/receipts", receipt(STORE, 100))
    count = begin().get_json()

    def work(number):
        if number % 4 == 0:
            return clerk.send("POST", f"/counts/{count['id']}/lines", lines(90)).status_code
        return clerk.send("POST", "/receipts", receipt(STORE, 10)).status_code

    assert Counter(race(12, work)) == {200: 3, 201: 9}
    line = clerk.get(f"/counts/{count['id']}")["lines"][0]
    assert line["books"] in range(100, 200, 10)
    assert line["variance"] == 90 - line["books"]
    answers = race(6, lambda n: _approve_or_receive(clerk, chief, count, n))
    assert Counter(answers) == {200: 1, 201: 5}
    assert clerk.stock(STORE)["on_hand"] == 190 + line["variance"] + 50
    assert clerk.stock(STORE)["lost"] == -line["variance"]


def _approve_or_receive(clerk, chief, count, number):
    if number == 0:
        return chief.send("POST", f"/counts/{count['id']}/approve", {"reason": "ya"}).status_code
    return clerk.send("POST", "/receipts", receipt(STORE, 10)).status_code


def test_counting_numbers_while_they_come_and_go_compares_with_one_moment(calls, begin, exact):
    clerk, chief = calls("clerk", "15.03"), calls("coordinator", "15.03")
    clerk.post("/receipts", by_number(0, 99))
    count = begin().get_json()
    seen = {"lines": [{"item": "blangko", "intervals": [["A000000", "A000089"]], "explanation": "selisih"}]}

    def work(number):
        if number == 0:
            return clerk.send("POST", f"/counts/{count['id']}/lines", seen).status_code
        if number % 2:
            return clerk.send("POST", "/receipts", by_number(1_000 * number, 1_000 * number + 9)).status_code
        body = {"store": STORE, "item": "blangko", "reason": "damaged", "numbers": [f"A{number:06d}"]}
        return clerk.send("POST", "/spoilages", body).status_code

    assert Counter(race(9, work)) == {200: 1, 201: 8}
    line = clerk.get(f"/counts/{count['id']}")["lines"][0]
    found = {name: sum(each["quantity"] for each in line[name]) for name in ("missing", "unexpected")}
    assert line["variance"] == line["counted"] - line["books"] == found["unexpected"] - found["missing"]
    arrived, gone = (found["missing"] - 10) // 10, found["unexpected"]
    assert line["books"] == 100 + 10 * arrived - gone
    answer = chief.send("POST", f"/counts/{count['id']}/approve", {"reason": "ya"})
    if gone:  # what went to quarantine before it was "seen" is on the books there
        assert answer.get_json()["code"] == "found_elsewhere"
    else:
        assert answer.status_code == 200
        assert clerk.stock(STORE)["lost"] == found["missing"]


def test_a_store_gets_one_open_count_however_many_start_it(calls, begin, exact):
    answers = race(8, lambda _: begin())
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 409} == {"count_running"}
    assert len(calls("clerk", "15.03").get("/counts?status=open")["items"]) == 1


def test_two_approvals_at_once_adjust_once(calls, begin, exact):
    clerk, chiefs = calls("clerk", "15.03"), [calls("coordinator", "15.03"), calls("coordinator", "15")]
    clerk.post("/receipts", receipt(STORE, 100))
    count = begin().get_json()
    clerk.post(f"/counts/{count['id']}/lines", lines(93), 200)
    path = f"/counts/{count['id']}/approve"
    answers = race(8, lambda n: chiefs[n % 2].send("POST", path, {"reason": "ya"}).status_code)
    assert Counter(answers) == {200: 1, 409: 7}
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)["lost"]) == (93, 7)


def test_an_approval_and_a_cancellation_at_once_end_the_count_once(calls, begin, exact):
    clerk, chief = calls("clerk", "15.03"), calls("coordinator", "15.03")
    clerk.post("/receipts", receipt(STORE, 100))
    count = begin().get_json()
    clerk.post(f"/counts/{count['id']}/lines", lines(93), 200)
    path = f"/counts/{count['id']}"
    ways = ["approve", "cancel"]
    answers = race(6, lambda n: chief.send("POST", f"{path}/{ways[n % 2]}", {"reason": "ya"}).status_code)
    assert Counter(answers) == {200: 1, 409: 5}
    lost = {"approved": 7, "cancelled": 0}[clerk.get(path)["status"]]
    assert clerk.stock(STORE)["lost"] == lost
