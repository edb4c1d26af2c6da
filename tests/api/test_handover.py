"""Cards handed over: who has none, what is checked, the old card, and what a shift came to."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from inventory import clock, keys
from inventory.database import current
from inventory.printing.models import Card
from tests.builders import receipt
from tests.handover import NAMES, four_waiting, handed, issue
from tests.outreach import person
from tests.printing import STORE


@pytest.fixture
def printer(calls):
    return four_waiting(calls)


def test_who_has_no_card_to_hand_over_is_told_why(printer, exact):
    now = clock.now()
    with clock.telling(now):
        issue(printer, handed("a"))
    printer.post("/cards/lost", {"recordings": ["b"], "reason": "Hilang"}, 200)
    printer.post("/recordings", {"recordings": [person("e")]})
    problem = issue(printer, handed("c"), handed("a"), handed("b"), handed("e"), expect=409)
    assert (problem["code"], problem["facts"]) == ("cards_not_waiting", {"count": 3})
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
        ("/cards/1", "card_already_issued"), ("/cards/2", "card_lost"), ("/cards/3", "no_card_yet"),
    ]  # fmt: skip
    at = f"{now + timedelta(hours=7):%d-%m-%Y %H.%M} WIB"
    assert problem["errors"][0]["detail"] == f"Kartu perekaman ini sudah diserahkan pada {at}."


# What is checked, and the old card.


def test_a_card_keeps_what_was_checked_and_the_old_card_goes_into_its_register(printer, exact):
    old = {"reason": "data_change"}
    [card, plain] = issue(printer, handed("a", checked=["kk", "fingerprint", "kk"], surrendered=old), handed("b"))[
        "items"
    ]
    [row] = printer.get("/withdrawn-cards")["items"]
    assert card["checked"] == ["kk", "fingerprint"]
    assert card["surrendered"] == {"reason": "data_change", "quantity": 1, "withdrawn": row["id"]}
    assert (plain["checked"], plain["surrendered"], plain["collector_relation"]) == ([], None, "self")
    assert (row["store"], row["reason"], row["quantity"]) == (STORE, "data_change", 1)


def test_old_cards_of_one_hand_over_are_one_row_a_class(printer, exact):
    two = {"reason": "damaged", "quantity": 2}
    lines = [handed("a", surrendered=two), handed("b", surrendered={"reason": "damaged"})]
    issue(printer, *lines, handed("c", surrendered={"reason": "moved_in"}), handed("d"))
    rows = printer.get("/withdrawn-cards")["items"]
    assert {row["reason"]: row["quantity"] for row in rows} == {"damaged": 3, "moved_in": 1}
    [told] = {row["document_number"] for row in rows}
    assert printer.get(f"/movements/{told.removeprefix('mutasi ')}")["kind"] == "issue"


def test_the_residents_own_name_need_not_be_told_and_nobody_elses_may_be_left_out(printer, app, exact):
    for wrong in ({}, {"collector_relation": "istri"}, {"collected_by": None}):
        problem = issue(printer, {"recording": "a", **wrong}, expect=422)
        assert problem["code"] == "body_invalid"
        assert [error["pointer"] for error in problem["errors"]] == ["/cards/0/collected_by"]
    issue(printer, handed("a"), {"recording": "b", "collected_by": "Siti", "collector_relation": "istri"})
    with app.app_context():
        secrets = current().scalars(sa.select(Card.collector_secret).order_by(Card.recording_id).limit(2)).all()
        assert [secret and keys.decrypt(secret) for secret in secrets] == [None, "Siti"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"checked": ["horoscope"]},
        {"checked": "kk"},
        {"checked": ["kk"] * 6},
        {"surrendered": {"reason": "old"}},
        {"surrendered": {}},
        {"surrendered": {"reason": "damaged", "quantity": 0}},
        {"surrendered": {"reason": "damaged", "quantity": 11}},
        {"surrendered": {"reason": "damaged", "owner": "Siti"}},
        {"colour": "red"},
    ],
)
def test_a_hand_over_that_is_told_wrongly_changes_nothing(printer, wrong, exact):
    assert issue(printer, handed("a", **wrong), expect=422)["code"] == "body_invalid"
    assert printer.get("/withdrawn-cards")["items"] == []


def test_a_hand_over_that_is_taken_back_takes_its_old_card_out_of_the_register(printer, exact):
    issue(printer, handed("a", surrendered={"reason": "damaged"}), handed("b", surrendered={"reason": "damaged"}))
    undone = printer.post("/cards/undo", {"recordings": ["a"], "reason": "salah orang"}, 200)["items"]
    assert (undone[0]["checked"], undone[0]["surrendered"]) == ([], None)
    assert [row["quantity"] for row in printer.get("/withdrawn-cards")["items"]] == [1]


def test_an_old_card_that_was_burned_stays_in_the_register(printer, calls, exact):
    issue(printer, handed("a", surrendered={"reason": "damaged"}))
    [row] = printer.get("/withdrawn-cards")["items"]
    fire = {
        "store": STORE, "number": "BA/1", "destroyed_on": row["withdrawn_on"], "lines": [],
        "withdrawn": [{"reason": "damaged", "quantity": 1}],
        "counted_by": [calls(role, "15.03").actor.user_id for role in ("field", "inspector")],
        "witnesses": [{"name": "Rina", "institution": "Inspektorat"}, {"name": "Joko", "institution": "Polres"}],
    }  # fmt: skip
    made = calls("clerk", "15.03").post("/destructions", fire)["id"]
    calls("coordinator", "15.03").post(f"/destructions/{made}/approve", {}, 200)
    problem = printer.post("/cards/undo", {"recordings": ["a"], "reason": "salah"}, 409)
    assert (problem["code"], problem["facts"]) == ("below_destroyed", {"destroyed": 1, "quantity": 0})
    assert printer.get("/cards?status=issued")["items"][0]["client_id"] == "a"


def walked_in(name, **more):
    line = {name: value for name, value in person(name).items() if name not in ("status", "recorded_at")}
    return {"store": STORE, "recording": line, **more}


def test_who_walks_in_with_an_old_card_leaves_it_in_the_register(printer, exact):
    old = {"reason": "damaged"}
    told = {"collector_relation": "self", "checked": ["old_card"], "surrendered": old}
    made = printer.post("/walk-ins", walked_in("w", **told))
    assert made["status"] == "issued"
    [card] = printer.get("/cards?status=issued")["items"]
    assert (card["checked"], card["surrendered"]["reason"]) == (["old_card"], "damaged")
    problem = printer.post("/walk-ins", walked_in("v", surrendered=old), 422)
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("collector_unnamed", "/collected_by")
    assert len(printer.get("/withdrawn-cards")["items"]) == 1


# What a shift came to.


def test_a_closing_report_adds_up(calls, exact):
    clerk, holder = calls("clerk", "15.03"), calls("printer", "15.03")
    clerk.post("/receipts", receipt(STORE, 50))
    two = [calls(role, "15.03").actor.user_id for role in ("clerk", "field")]
    goods = {"store": STORE, "item": "blangko", "quantity": 5, "needed": 5}
    hand = {**goods, "holder": holder.actor.user_id, "counted_by": two}
    first = clerk.post("/custody", hand)["id"]
    second = clerk.post("/custody", {**hand, "quantity": 10, "needed": 10})["id"]
    holder.post("/recordings", {"recordings": [person(name) for name in NAMES]})
    job = holder.post("/print-jobs", {"store": STORE, "recordings": NAMES})["id"]
    results = [
        {"recording": "a", "outcome": "spoiled", "reason": "print_failure"},
        {"recording": "a", "outcome": "printed"},
        {"recording": "b", "outcome": "spoiled", "reason": "damaged"},
        {"recording": "b", "outcome": "printed"},
        {"recording": "c", "outcome": "printed"},
        {"recording": "d", "outcome": "printed"},
    ]
    holder.post(f"/print-jobs/{job}/results", {"results": results}, 200)
    issue(holder, handed("a"))
    holder.post("/cards/lost", {"recordings": ["b"], "reason": "hilang"}, 200)

    def report(session):
        told = calls("inspector", "15").get(f"/custody/{session}/report")
        parts = ("printed", "spoiled_total", "returned", "missing", "in_hand")
        assert told["taken"] == sum(told[name] or 0 for name in parts)
        return [told[name] for name in ("opening", "taken", *parts)], told

    shown, told = report(first)
    assert shown == [0, 5, 3, 2, None, 0, 0]
    assert told["cards"] == {"issued": 1, "waiting": 1, "lost": 1}
    assert told["spoiled"]["print_failure"] == told["spoiled"]["damaged"] == 1
    assert report(second)[0] == [5, 10, 1, 0, None, 0, 9]
    counters = [calls(role, "15.03").actor.user_id for role in ("clerk", "field")]
    clerk.post(f"/custody/{second}/close", {"returned": 7, "counted_by": counters}, 200)
    shown, told = report(second)
    assert shown == [5, 10, 1, 0, 7, 2, 0]
    assert (told["status"], told["difference"]) == ("disputed", -2)
    assert calls("clerk", "15.04").get(f"/custody/{second}/report", 404)["code"] == "custody_not_found"
