"""What burns is what lies in quarantine, by number and by owner, and never more of it than there is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.database import current
from inventory.disposal.queries import differences
from inventory.stock.rules import SpoilReason
from tests import destructions
from tests.builders import receipt
from tests.destructions import STORE, line, lying, spoil, withdrawn

pytestmark = pytest.mark.usefixtures("noon")
agrees, batch, desk, spoiled = destructions.agrees, destructions.batch, destructions.desk, destructions.spoiled


def numbered(reason="damaged", **how):
    return {"item": "blangko", "reason": reason, **how}


def test_quarantine_that_moved_on_meanwhile_destroys_nothing(clerk, chief, desk, batch, agrees):
    clerk.post("/receipts", receipt(STORE, 100))
    first = spoil(clerk, 20)
    desk.post("/withdrawn-cards", withdrawn(7))
    body = batch(line(20), withdrawn=[{"reason": "data_change", "quantity": 7}])
    made = clerk.post("/destructions", body)
    clerk.post(f"/movements/{first['id']}/reversal", {"reason": "ternyata baik", "quantity": 1})
    assert chief.post(f"/destructions/{made['id']}/approve", {}, 409)["code"] == "stock_insufficient"
    assert clerk.stock(STORE) | {"spoiled": 19, "destroyed": 0} == clerk.stock(STORE)
    assert clerk.get("/withdrawn-cards")["items"][0]["destroyed"] == 0
    assert clerk.get(f"/destructions/{made['id']}")["status"] == "counted"


def test_two_batches_of_the_same_blanks_burn_them_once(clerk, chief, desk, batch, spoiled, agrees):
    desk.post("/withdrawn-cards", withdrawn(7))
    cards = [{"reason": "data_change", "quantity": 7}]
    paths = [f"/destructions/{clerk.post('/destructions', batch(*lines, withdrawn=cards))['id']}/approve"
             for lines in ([line(20)], [line(20)], [])]  # fmt: skip
    chief.post(paths[0], {}, 200)
    assert chief.post(paths[1], {}, 409)["code"] == "withdrawn_short"
    assert chief.post(paths[2], {}, 409)["code"] == "withdrawn_short"
    assert clerk.stock(STORE)["destroyed"] == 20


def test_a_destroyed_movement_is_not_reversed(clerk, chief, batch, spoiled, agrees):
    made = clerk.post("/destructions", batch(line(3)))
    movement = chief.post(f"/destructions/{made['id']}/approve", {}, 200)["movement"]
    refused = clerk.post(f"/movements/{movement}/reversal", {"reason": "salah"}, 409)
    assert refused["code"] == "not_reversible"


def test_supplies_burn_too_but_are_no_cards(clerk, chief, batch, agrees):
    clerk.post("/receipts", receipt(STORE, 4, "ribbon"))
    clerk.post("/spoilages", {"store": STORE, "item": "ribbon", "quantity": 2, "reason": "damaged"})
    made = clerk.post("/destructions", batch(line(2) | {"item": "ribbon"}))
    assert (made["totals"]["supplies"], made["totals"]["total"]) == (2, 0)
    chief.post(f"/destructions/{made['id']}/approve", {}, 200)
    assert clerk.stock(STORE, "ribbon")["destroyed"] == 2
    assert clerk.get("/destructions/report?month=2026-03")["totals"]["total"] == 0


def story(app, caller, store):
    """Where each number of a store's quarantine and fire lies: from the intervals themselves."""
    with app.app_context():
        rows = current().execute(
            sa.text("SELECT a.place, i.first, i.last FROM intervals i JOIN accounts a ON a.id = i.account_id"
                    " WHERE i.ended_by IS NULL AND a.store_code = :store AND a.condition = 'spoiled'"),
            {"store": store},
        )  # fmt: skip
        found = {}
        for place, first, last in rows:
            found.setdefault(place, set()).update(range(first, last + 1))
        return found


def test_destroyed_numbers_end_in_the_fire_and_are_never_used_again(app, clerk, chief, batch, agrees):
    clerk.post("/receipts", {**receipt(STORE, 1), "intervals": [["A001", "A100"]]} | {"quantity": 100}, 422)
    arrival = receipt(STORE, 1, intervals=[["A001", "A100"]])
    del arrival["quantity"]
    clerk.post("/receipts", arrival)
    clerk.post("/receipts", receipt(STORE, 50))
    spoil(clerk, 0, intervals=[["A011", "A040"]])
    spoil(clerk, 5)
    wrong = [numbered(numbers=["A011"]), numbered(intervals=[["A030", "A050"]]), numbered(numbers=["B1"]), line(6)]
    refused = clerk.post("/destructions", batch(*wrong), 409)
    assert sorted((error["pointer"], error["code"]) for error in refused["errors"]) == [
        ("/lines/1/intervals/0", "numbers_elsewhere"), ("/lines/2/numbers/0", "numbers_unknown"),
        ("/lines/3", "numbers_needed"),
    ]  # fmt: skip
    twice = batch(numbered(intervals=[["A011", "A020"]]), numbered(numbers=["A020"]))
    assert clerk.post("/destructions", twice, 422)["code"] == "numbers_twice"
    body = batch(numbered(intervals=[["A011", "A015"], ["A016", "A020"]]), numbered(numbers=["A030"]), line(5))
    made = clerk.post("/destructions", body)
    assert [each["intervals"] for each in made["lines"]] == [[["A011", "A020"]], [["A030", "A030"]], None]
    assert made["totals"]["total"] == 16
    assert story(app, clerk, STORE) == {"store": set(range(11, 41))}
    chief.post(f"/destructions/{made['id']}/approve", {}, 200)
    burned = {*range(11, 21), 30}
    assert story(app, clerk, STORE) == {"store": set(range(11, 41)) - burned, "destroyed": burned}
    assert clerk.post("/receipts", arrival | {"intervals": [["A011", "A011"]]}, 409)["code"] == "numbers_known"
    again = {"store": STORE, "item": "blangko", "reason": "damaged", "numbers": ["A030"]}
    assert clerk.post("/spoilages", again, 409)["code"] == "numbers_elsewhere"
    refused = clerk.post("/destructions", batch(numbered(numbers=["A030"])), 409)
    assert [error["code"] for error in refused["errors"]] == ["numbers_elsewhere"]


def test_numbers_that_left_the_quarantine_meanwhile_stop_the_fire(clerk, chief, batch, agrees):
    arrival = receipt(STORE, 1, intervals=[["A001", "A100"]])
    del arrival["quantity"]
    clerk.post("/receipts", arrival)
    first = spoil(clerk, 0, intervals=[["A001", "A010"]])
    made = clerk.post("/destructions", batch(numbered(intervals=[["A001", "A005"]])))
    clerk.post(f"/movements/{first['id']}/reversal", {"reason": "ternyata baik", "numbers": ["A003"]})
    assert chief.post(f"/destructions/{made['id']}/approve", {}, 409)["code"] == "numbers_elsewhere"
    assert clerk.stock(STORE)["destroyed"] == 0


def test_the_host_burns_what_other_owners_spoiled_at_its_event(calls, clerk, chief, batch, agrees):
    province, host = calls("admin", "15"), calls("admin", "15.03")
    province.post("/receipts", receipt("15-UTAMA", 100))
    clerk.post("/receipts", receipt(STORE, 100))
    event = host.post("/events", {
        "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": "2026-03-11",
        "ends_on": "2026-03-12", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    for caller, store in ((host, STORE), (province, "15-UTAMA")):
        pledge = {"store": store, "item": "blangko", "quantity": 20}
        caller.post(f"/events/{event['id']}/pledges", pledge)
    host.post(f"/events/{event['id']}/start", {}, 200)
    kit = {"store": event["store"], "item": "blangko", "reason": "print_failure"}
    clerk.post("/spoilages", {**kit, "quantity": 26})
    host.post("/withdrawn-cards", withdrawn(3) | {"store": event["store"]})
    cards = [{"reason": "data_change", "quantity": 3}]
    in_kit = clerk.post("/destructions", batch(line(1, "print_failure"), withdrawn=cards, store=event["store"]))
    host.post(f"/events/{event['id']}/close", {}, 200)
    refused = chief.post(f"/destructions/{in_kit['id']}/approve", {}, 409)
    assert refused["code"] == "stock_insufficient"
    assert lying(clerk, store=STORE) == {("15", "print_failure"): 6, ("15.03", "print_failure"): 20}
    assert lying(province, store=STORE) == lying(clerk, store=STORE)
    goods = [line(6, "print_failure", owner="15", event=event["id"]), line(20, "print_failure", event=event["id"])]
    refused = clerk.post("/destructions", batch(line(6, "print_failure", owner="15")), 409)
    assert refused["code"] == "quarantine_short"
    for body in (batch(*goods), batch(withdrawn=cards, store=event["store"])):
        made = clerk.post("/destructions", body)
        chief.post(f"/destructions/{made['id']}/approve", {}, 200)
    rows = clerk.get(f"/stock?store={STORE}&event={event['id']}&include=ends")["items"]
    assert {row["owner"]: (row["spoiled"], row["destroyed"]) for row in rows} == {"15": (0, 6), "15.03": (0, 20)}


def test_who_was_let_into_an_event_does_not_destroy_there(calls, clerk, batch, agrees):
    host, guest = calls("admin", "15.03"), calls("admin", "15.02")
    event = host.post("/events", {
        "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": "2026-03-11",
        "ends_on": "2026-03-12", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    clerk.post("/receipts", receipt(STORE, 10))
    host.post(f"/events/{event['id']}/pledges", {"store": STORE, "item": "blangko", "quantity": 10})
    host.post(f"/events/{event['id']}/members", {"user": guest.actor.user_id})
    host.post(f"/events/{event['id']}/start", {}, 200)
    guest.post("/spoilages", {"store": event["store"], "item": "blangko", "reason": "damaged", "quantity": 2})
    body = batch(line(2), store=event["store"])
    assert guest.post("/destructions", body, 403)["code"] == "out_of_reach"
    assert guest.post("/withdrawn-cards", withdrawn(2) | {"store": event["store"]})["office"] == "15.03"
    made = clerk.post("/destructions", body)
    assert guest.post(f"/destructions/{made['id']}/approve", {}, 404)["code"] == "destruction_not_found"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE destruction_lines SET quantity = quantity + 1 WHERE item_code IS NOT NULL",
            "its lines and its movement",
        ),
        ("UPDATE destruction_lines SET owner_code = '15' WHERE item_code IS NOT NULL", "its lines and its movement"),
        ("UPDATE destruction_lines SET reason = 'print_failure' WHERE item_code IS NOT NULL", "its lines and its move"),
        ("UPDATE destructions SET status = 'cancelled'", "its lines and its movement"),
        ("DELETE FROM destruction_lines", "its lines and its movement"),
        ("UPDATE withdrawn_cards SET destroyed = destroyed + 1", "destructions and register differ by -1"),
        ("UPDATE destruction_lines SET quantity = quantity + 1 WHERE item_code IS NULL", "register differ by 1"),
    ],
)
def test_what_parts_destructions_from_the_books_is_found(app, clerk, chief, desk, batch, spoiled, statement, said):
    desk.post("/withdrawn-cards", withdrawn(7))
    made = clerk.post("/destructions", batch(line(3), withdrawn=[{"reason": "data_change", "quantity": 6}]))
    chief.post(f"/destructions/{made['id']}/approve", {}, 200)
    with app.app_context():
        assert list(differences()) == []
        current().connection().exec_driver_sql(statement)
        found = list(differences())
        current().rollback()
    assert any(said in sentence for sentence in found), found


spoil_reasons = st.sampled_from([each.value for each in SpoilReason])
quarantines = st.dictionaries(spoil_reasons, st.integers(1, 30), min_size=1)
some_lines = st.lists(st.tuples(spoil_reasons, st.integers(1, 20)), min_size=1, max_size=5)
batches = st.lists(some_lines, min_size=1, max_size=4)


def test_whatever_is_counted_never_more_burns_than_lies_in_quarantine(calls, clerk, chief, batch, agrees):
    clerk.post("/receipts", receipt(STORE, 100_000))

    @given(quarantines, batches)
    @settings(max_examples=8)
    def keeps(added, tries):
        for reason, quantity in added.items():
            spoil(clerk, quantity, reason)
        for tried in tries:
            there = {reason: n for (_, reason), n in lying(clerk).items()}
            asked = {reason: sum(n for r, n in tried if r == reason) for reason, _ in tried}
            fits = all(n <= there.get(reason, 0) for reason, n in asked.items())
            body = batch(*[line(n, reason) for reason, n in tried])
            answer = clerk.send("POST", "/destructions", body)
            assert answer.status_code == (201 if fits else 409)
            if fits:
                made = answer.get_json()
                assert made["totals"]["total"] == sum(each["quantity"] for each in made["lines"]) == sum(asked.values())
                chief.post(f"/destructions/{made['id']}/approve", {}, 200)
                there = {reason: n - asked.get(reason, 0) for reason, n in there.items()}
            assert {reason: n for (_, reason), n in lying(clerk).items()} == {r: n for r, n in there.items() if n}

    keeps()
    done = clerk.get("/destructions?status=approved&limit=500")["items"]
    report = clerk.get("/destructions/report?month=2026-03")["totals"]
    burned = clerk.stock(STORE)["destroyed"]
    assert burned == sum(each["totals"]["total"] for each in done) == report["total"] == report["blanks"]["total"]
