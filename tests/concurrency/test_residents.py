"""Real threads that purge, hand over and take back at the same moment."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from inventory.database import current
from inventory.printing.models import Card
from inventory.printing.rules import CardStatus
from inventory.recordings.models import Recording
from inventory.residents import rules
from tests.concurrency.racing import race
from tests.residents import STORE, issued, nik_of, printed, recorded


def statuses(answers) -> Counter:
    return Counter(answer.status_code for answer in answers)


def test_of_a_purge_and_an_undo_of_the_same_hand_over_one_wins(app, calls, exact):
    names = issued(calls, range(12))
    admin, printer = calls("admin", "15.03"), calls("printer", "15.03")
    for name in names:

        def work(who: int, name: str = name):
            if who:
                return admin.send("POST", "/people/purge", {"recordings": [name]})
            return printer.send("POST", "/cards/undo", {"recordings": [name], "reason": "salah orang"})

        undone, purged = race(2, work)
        assert (undone.status_code, purged.status_code) in {(200, 409), (409, 200)}
        assert {a.get_json()["code"] for a in (undone, purged) if a.status_code == 409} <= {
            "person_purged", "cards_not_issued",
        }  # fmt: skip
    with app.app_context():
        rows = (
            current()
            .execute(sa.select(Card.status, Recording.purged_at).join(Recording, Recording.id == Card.recording_id))
            .all()
        )
    assert {(row.status is CardStatus.ISSUED) == (row.purged_at is not None) for row in rows} == {True}


def test_two_purges_forget_everybody_once(app, calls, exact):
    names = issued(calls, range(40))
    admin = calls("admin", "15.03")
    answers = race(4, lambda n: admin.send("POST", "/people/purge", {"recordings": names if n % 2 else names[::-1]}))
    assert statuses(answers) == {200: 4}
    assert sum(answer.get_json()["persons"] for answer in answers) == 40


def test_a_purge_by_time_races_with_hand_overs_and_takes_only_what_is_over(app, calls, monkeypatch, exact):
    monkeypatch.setattr(rules, "BATCH", 7)
    calls("admin", "0").patch("/offices/15.03", {"purge_days": 0})
    admin, printer = calls("admin", "15.03"), calls("printer", "15.03")
    old = issued(calls, range(20))
    new = recorded(printer, range(100, 120))
    printed(calls, new)

    def work(n: int):
        if n == 0:
            cards = [{"recording": name, "collected_by": "Umar"} for name in new]
            return printer.send("POST", "/cards/issue", {"cards": cards})
        if n == 1:
            return printer.send("POST", "/cards/undo", {"recordings": old[:5], "reason": "salah orang"})
        return admin.send("POST", "/people/purge", {})

    given, taken, *purges = race(4, work)
    assert (given.status_code, statuses(purges)) == (200, {200: 2})
    assert taken.status_code in (200, 409)
    back = 5 if taken.status_code == 200 else 0
    assert printer.stock(STORE)["issued"] == 40 - back
    admin.post("/people/purge", {}, 200)
    shown = {row["client_id"]: (row["status"], row["nik"]) for row in admin.get("/recordings?limit=100")["items"]}
    assert {nik == "••••••" for status, nik in shown.values() if status == "issued"} == {True}
    assert {nik == "••••••" for status, nik in shown.values() if status == "printed"} <= {False}


def test_one_users_looks_are_counted_one_by_one(app, calls, monkeypatch):
    monkeypatch.setattr(rules, "LOOKS_AN_HOUR", 5)
    printer = calls("printer", "15.03")
    recorded(printer, [1])
    body = {"recording": "z-1", "reason": "cocokkan dengan KK"}
    answers = race(10, lambda _: printer.send("POST", "/people/reveal", body))
    assert statuses(answers) == {200: 5, 409: 5}
    assert {a.get_json()["nik"] for a in answers if a.status_code == 200} == {nik_of(1)}
