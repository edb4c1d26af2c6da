"""Steps of transfers racing with each other: granted is what is there, and no more."""

from collections import Counter

import pytest

from tests.builders import receipt
from tests.concurrency.racing import race

FROM, TO = "15-UTAMA", "15.03-UTAMA"


@pytest.fixture
def approved(calls):
    """`approved(n)` is the path of an approved transfer of n from the province to the regency."""
    province, regency = calls("admin", "15"), calls("clerk", "15.03")

    def ask(quantity):
        body = {"from_store": FROM, "to_store": TO, "item": "blangko", "quantity": quantity}
        path = f"/transfers/{regency.post('/transfers', body)['id']}"
        province.post(f"{path}/approve", {}, 200)
        return path

    return ask


@pytest.fixture
def dispatched(calls, approved):
    """The path of a transfer with 100 under way."""
    province = calls("admin", "15")
    province.post("/receipts", receipt(FROM, 100))
    path = approved(100)
    province.post(f"{path}/dispatch", {}, 200)
    return path


def test_eight_dispatches_out_of_one_store_send_exactly_what_is_there(calls, approved, exact):
    province = calls("admin", "15")
    province.post("/receipts", receipt(FROM, 100))
    paths = [approved(20) for _ in range(8)]
    answers = race(8, lambda n: province.send("POST", f"{paths[n]}/dispatch", {}, key=f"truck {n}").status_code)
    assert Counter(answers) == {200: 5, 409: 3}
    there = province.stock(FROM)
    assert (there["on_hand"], there["in_transit"]) == (0, 100)
    assert len(province.get("/transfers?status=dispatched")["items"]) == 5


def test_one_transfer_is_dispatched_once(calls, approved, exact):
    province = calls("admin", "15")
    province.post("/receipts", receipt(FROM, 100))
    path = approved(20)
    answers = race(6, lambda n: province.send("POST", f"{path}/dispatch", {}, key=f"clerk {n}").status_code)
    assert Counter(answers) == {200: 1, 409: 5}
    assert province.stock(FROM)["on_hand"] == 80


def test_twin_receipts_never_receive_more_than_was_dispatched(calls, dispatched, exact):
    regency = calls("clerk", "15.03")
    body = {"received": 30}
    answers = race(8, lambda n: regency.send("POST", f"{dispatched}/receive", body, key=f"desk {n}").status_code)
    assert Counter(answers) == {200: 3, 409: 5}
    assert regency.get(dispatched)["received"] == 90
    assert regency.stock(TO)["on_hand"] == 90


def test_the_same_key_raced_makes_one_movement(calls, dispatched, exact):
    regency = calls("clerk", "15.03")
    answers = race(8, lambda n: regency.send("POST", f"{dispatched}/receive", {"received": 10}, key="one lorry"))
    assert {answer.status_code for answer in answers} == {200}
    assert [line["received"] for line in regency.get(dispatched)["deliveries"]] == [10]
    assert len(regency.get(f"/stock/entries?store={TO}&item=blangko")["items"]) == 1


def test_a_receipt_and_a_recall_never_both_have_the_goods(calls, dispatched, exact):
    province, regency = calls("admin", "15"), calls("clerk", "15.03")

    def step(number):
        if number % 2:
            return province.send("POST", f"{dispatched}/cancel", {}, key=f"recall {number}").status_code
        return regency.send("POST", f"{dispatched}/receive", {"received": 100}, key=f"receive {number}").status_code

    assert Counter(race(6, step)) == {200: 1, 409: 5}
    status = regency.get(dispatched)["status"]
    at_home, there = province.stock(FROM)["on_hand"], regency.stock(TO)["on_hand"]
    assert (status, at_home, there) in [("received", 0, 100), ("cancelled", 100, 0)]


def test_opposite_transfers_between_two_stores_do_not_block_each_other(calls, approved, exact):
    province, regency = calls("admin", "15"), calls("admin", "15.03")
    province.post("/receipts", receipt(FROM, 100))
    regency.post("/receipts", receipt(TO, 100))
    there = [approved(10) for _ in range(4)]
    back = []
    for _ in range(4):
        body = {"from_store": TO, "to_store": FROM, "item": "blangko", "quantity": 10}
        back.append(f"/transfers/{regency.post('/transfers', body)['id']}")
        regency.post(f"{back[-1]}/approve", {}, 200)

    def trip(number):
        sender, receiver = (province, regency) if number % 2 else (regency, province)
        path = (there if number % 2 else back)[number // 2]
        return [
            sender.send("POST", f"{path}/dispatch", {}).status_code,
            receiver.send("POST", f"{path}/receive", {"received": 10}).status_code,
        ]

    assert race(8, trip) == [[200, 200]] * 8
    assert (province.stock(FROM)["on_hand"], regency.stock(TO)["on_hand"]) == (100, 100)
