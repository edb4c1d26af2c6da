"""Numbers that two people want at the same moment: one has them, the other is told which."""

from collections import Counter

import pytest

from tests.builders import receipt
from tests.concurrency.racing import race

FROM, TO, OTHER = "15-UTAMA", "15.03-UTAMA", "15.04-UTAMA"
ROUNDS = 5


def intervals(*ends):
    return {"intervals": [[f"A{first:06}", f"A{last:06}"] for first, last in ends]}


def arrival(store, *ends):
    body = receipt(store, 1)
    del body["quantity"]
    return {**body, **intervals(*ends)}


@pytest.mark.parametrize("stores", [(FROM, FROM), (FROM, TO)], ids=["one store", "two stores"])
def test_of_two_receipts_of_overlapping_numbers_one_wins_and_the_other_is_told_which(calls, stores, exact):
    desks = [calls("admin", store.partition("-")[0]) for store in stores]
    for number in range(ROUNDS):
        low = 1_000 * number
        ends = [(low, low + 99), (low + 50, low + 149)]

        def receive(desk, ends=ends, number=number):
            return desks[desk].send("POST", "/receipts", arrival(stores[desk], ends[desk]), key=f"{number} {desk}")

        answers = race(2, receive)
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 1}
        [refused] = [answer.get_json() for answer in answers if answer.status_code == 409]
        assert refused["code"] == "numbers_known"
        assert f"A{low + 50:06}..A{low + 99:06}" in refused["detail"]
    assert sum({store: desk.stock(store)["on_hand"] for desk, store in zip(desks, stores, strict=True)}.values()) == (
        100 * ROUNDS
    )


def test_of_eight_receipts_each_number_comes_onto_the_books_once(calls, exact):
    desk = calls("admin", "15")
    answers = race(8, lambda n: desk.send("POST", "/receipts", arrival(FROM, (n * 10, n * 10 + 19))).status_code)
    assert set(answers) <= {201, 409}
    assert desk.stock(FROM)["on_hand"] == 20 * answers.count(201) >= 20


def test_of_two_dispatches_of_the_same_numbers_one_leaves_and_the_other_is_told_which(calls, exact):
    province = calls("admin", "15")
    province.post("/receipts", arrival(FROM, (0, 9_999)))
    for number in range(ROUNDS):
        low = 1_000 * number
        paths, wanted = [], [intervals((low, low + 99)), intervals((low + 50, low + 149))]
        for to in (TO, OTHER):
            body = {"from_store": FROM, "to_store": to, "item": "blangko", "quantity": 100}
            paths.append(f"/transfers/{province.post('/transfers', body)['id']}")
            province.post(f"{paths[-1]}/approve", {}, 200)

        def dispatch(lorry, paths=paths, wanted=wanted, number=number):
            return province.send("POST", f"{paths[lorry]}/dispatch", wanted[lorry], key=f"{number} {lorry}")

        answers = race(2, dispatch)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
        [refused] = [answer.get_json() for answer in answers if answer.status_code == 409]
        assert refused["code"] == "numbers_elsewhere"
        assert f"A{low + 50:06}..A{low + 99:06}" in refused["detail"]
    there = province.stock(FROM)
    assert (there["on_hand"], there["in_transit"]) == (10_000 - 100 * ROUNDS, 100 * ROUNDS)


def test_twin_receipts_of_one_box_take_its_numbers_once(calls, exact):
    province, regency = calls("admin", "15"), calls("clerk", "15.03")
    province.post("/receipts", arrival(FROM, (0, 99)))
    body = {"from_store": FROM, "to_store": TO, "item": "blangko", "quantity": 100}
    path = f"/transfers/{regency.post('/transfers', body)['id']}"
    province.post(f"{path}/approve", {}, 200)
    province.post(f"{path}/dispatch", intervals((0, 99)), 200)
    box = {"received": intervals((20, 39))}
    answers = race(6, lambda n: regency.send("POST", f"{path}/receive", box, key=f"desk {n}").status_code)
    assert Counter(answers) == {200: 1, 409: 5}
    assert regency.get(path)["intervals"] == intervals((0, 19), (40, 99))["intervals"]
    assert regency.stock(TO)["on_hand"] == 20


def test_numbers_are_pledged_or_sent_never_both(calls, exact):
    province, host = calls("admin", "15"), calls("coordinator", "15.03")
    province.post("/receipts", arrival(FROM, (0, 99)))
    event = host.post("/events", {
        "name": "Gotong royong", "kind": "village", "host_office": "15.03", "starts_on": "2019-04-04",
        "ends_on": "2019-04-05", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    body = {"from_store": FROM, "to_store": TO, "item": "blangko", "quantity": 100}
    path = f"/transfers/{province.post('/transfers', body)['id']}"
    province.post(f"{path}/approve", {}, 200)

    def work(number):
        if number % 2:
            return province.send("POST", f"{path}/dispatch", intervals((0, 60)), key=f"d{number}").status_code
        pledged = {"store": FROM, "item": "blangko", **intervals((40, 99))}
        return province.send("POST", f"/events/{event['id']}/pledges", pledged, key=f"p{number}").status_code

    answers = race(4, work)
    assert sorted(answers)[1:] == [409, 409, 409]
    rows = province.get(f"/stock?store={FROM}&item=blangko")["items"]
    assert sum(row["on_hand"] + row["in_transit"] for row in rows) == 100
