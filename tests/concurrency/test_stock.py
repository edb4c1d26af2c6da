"""Real threads and real processes on one store: what is there is granted once, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.database import current
from inventory.stock.models import Movement
from tests.builders import actor, receipt
from tests.concurrency.processes import posters
from tests.concurrency.racing import race

STORE = "15.03-UTAMA"


LOSS = {"store": STORE, "item": "blangko", "quantity": 10, "reason": "dicuri"}


def spoilage(quantity, **more):
    return {"store": STORE, "item": "blangko", "quantity": quantity, "reason": "damaged", **more}


def movements(app):
    with app.app_context():
        return current().scalar(sa.select(sa.func.count()).select_from(Movement))


def test_24_threads_that_take_10_each_are_granted_what_is_there_and_no_more(app, calls, exact):
    clerk = calls("clerk", "15.03")
    clerk.post("/receipts", receipt(STORE, 100))
    answers = race(24, lambda _: clerk.send("POST", "/spoilages", spoilage(10)).status_code)
    assert sorted(answers) == [201] * 10 + [409] * 14
    assert clerk.stock(STORE) | {"on_hand": 0, "spoiled": 100} == clerk.stock(STORE)


def test_8_threads_that_repeat_one_key_make_one_movement_and_read_the_same_answer(app, calls, exact):
    clerk = calls("clerk", "15.03")
    for round_ in range(5):
        before = movements(app)
        answers = race(8, lambda _, key=f"twin-{round_}": clerk.send("POST", "/receipts", receipt(STORE, 7), key=key))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.get_data() for answer in answers}) == 1
        assert movements(app) == before + 1
    assert clerk.stock(STORE)["on_hand"] == 35


def test_threads_that_repeat_one_key_with_different_bodies_move_one_of_them(app, calls, exact):
    clerk = calls("clerk", "15.03")
    answers = race(6, lambda number: clerk.send("POST", "/receipts", receipt(STORE, number + 1), key="one"))
    granted = [answer.get_json()["quantity"] for answer in answers if answer.status_code == 201]
    assert len(granted) == 1
    assert {a.get_json()["code"] for a in answers if a.status_code != 201} == {"idempotency_key_reused"}
    assert clerk.stock(STORE)["on_hand"] == granted[0]


def test_threads_that_open_an_account_together_lose_nothing(app, calls, exact):
    clerk = calls("clerk", "15.03")
    items = ["blangko", "ribbon", "film", "cleaning-kit"]
    answers = race(12, lambda n: clerk.send("POST", "/receipts", receipt(STORE, 10, items[n % 4])).status_code)
    assert answers == [201] * 12
    assert [clerk.stock(STORE, item)["on_hand"] for item in items] == [30] * 4


def test_different_work_on_accounts_that_are_opened_meanwhile_never_waits_in_a_circle(app, calls, exact):
    stores = [STORE, "15-UTAMA"]
    clerk = calls("clerk", "15")

    def work(number):
        store, codes = stores[number % 2], set()
        for body in (
            ("/receipts", receipt(store, 10)),
            ("/losses", LOSS | {"store": store, "quantity": 1}),
            ("/spoilages", spoilage(1, store=store)),
            ("/losses", LOSS | {"store": store, "quantity": 1, "condition": "spoiled"}),
        )[number % 3 :]:
            codes.add(clerk.send("POST", *body).status_code)
        return codes

    assert set().union(*race(12, work)) <= {201, 409}
    assert sum(clerk.stock(STORE).values()) == sum(clerk.stock("15-UTAMA").values()) == 20


def test_threads_that_reverse_the_same_receipt_take_it_back_once(app, calls, exact):
    clerk = calls("clerk", "15.03")
    made = clerk.post("/receipts", receipt(STORE, 100))
    clerk.post("/receipts", receipt(STORE, 500))
    body = {"reason": "salah catat", "quantity": 30}
    answers = race(8, lambda _: clerk.send("POST", f"/movements/{made['id']}/reversal", body).status_code)
    assert sorted(answers) == [201] * 3 + [409] * 5
    assert clerk.stock(STORE)["on_hand"] == 510


@pytest.mark.parametrize("days_ago", [0, 3])
def test_threads_that_take_with_a_past_date_never_overdraw_that_day(app, calls, exact, days_ago):
    clerk = calls("clerk", "15.03")
    clerk.post("/receipts", receipt(STORE, 50))
    on = clock.business_day("Asia/Jakarta") - timedelta(days=days_ago)
    answers = race(12, lambda _: clerk.send("POST", "/losses", {**LOSS, "occurred_on": f"{on}"}).status_code)
    assert sorted(answers) == [201] * 5 + [409] * 7


def test_4_processes_are_granted_what_is_there_and_no_more(app, database, calls, exact):
    clerk = calls("clerk", "15.03")
    clerk.post("/receipts", receipt(STORE, 200))
    with app.app_context():
        actor("clerk", "15.03")
    with posters(database.url, *[(STORE, f"process{n}", "spoil", 10, 10) for n in range(4)]) as started:
        lines = [line for process in started for line in process.communicate(timeout=60)[0].split()]
        assert [process.returncode for process in started] == [0] * 4
    granted = [line for line in lines if line != "refused"]
    assert len(lines) == 40
    assert len(granted) == len(set(granted)) == 20
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)["spoiled"]) == (0, 200)


def test_2_processes_that_repeat_the_same_keys_make_each_movement_once(app, database, calls, exact):
    clerk = calls("clerk", "15.03")
    with posters(database.url, *[(STORE, "same", "receive", 10, 8)] * 2) as started:
        answers = [process.communicate(timeout=60)[0].split() for process in started]
    assert len(answers[0]) == len(set(answers[0])) == 8
    assert answers[0] == answers[1]
    assert clerk.stock(STORE)["on_hand"] == 80
