"""Custody for a shift over HTTP: issued, printed from, returned, by number too and out of the kits of events."""

from datetime import timedelta

import pytest

from inventory import clock
from inventory.custody import commands as custody
from inventory.custody import queries
from tests import shifts
from tests.builders import receipt
from tests.outreach import person, running_event
from tests.shifts import OFFICE, STORE, A, adds_up, notices, numbered

pytestmark = pytest.mark.usefixtures("exact")
staff, clerk, body, count = shifts.staff, shifts.clerk, shifts.body, shifts.count
prints = shifts.prints


def test_a_shift_from_issue_to_return(calls, clerk, body, count, prints, staff):
    made = clerk.post("/custody", body())
    assert (made["status"], made["issued"], made["in_hand"], made["holder"]) == ("open", 50, 50, staff["holder"])
    assert made["counted_by"] == [staff["first"], staff["second"]]
    there = clerk.stock(STORE)
    assert (there["on_hand"], there["in_custody"]) == (50, 50)
    prints("p", "p", "s", "p")
    open_now = clerk.get(f"/custody/{made['id']}")
    assert (open_now["printed"], open_now["spoiled"], open_now["in_hand"]) == (3, 1, 46)
    closed = clerk.post(f"/custody/{made['id']}/close", count(46, printer_count=4, siak_count=3), 200)
    assert (closed["status"], closed["returned"], closed["missing"], closed["surplus"]) == ("closed", 46, 0, 0)
    assert closed["compared"] == {"printer": 0, "siak": 0}
    assert closed["closed_at"] is not None
    assert adds_up(closed)
    there = clerk.stock(STORE)
    assert (there["on_hand"], there["in_custody"], there["printed"], there["spoiled"]) == (96, 0, 3, 1)
    assert notices(calls("admin", OFFICE)) == {}


def test_several_issues_of_one_day_are_drawn_oldest_first(clerk, body, count, prints):
    first, second = clerk.post("/custody", body(3))["id"], clerk.post("/custody", body(10))["id"]
    prints("p", "p", "p", "p", "s")
    one, other = clerk.get(f"/custody/{first}"), clerk.get(f"/custody/{second}")
    assert (one["printed"], one["spoiled"], one["in_hand"]) == (3, 0, 0)
    assert (other["printed"], other["spoiled"], other["in_hand"]) == (1, 1, 8)
    assert [each["id"] for each in clerk.get("/custody?status=open")["items"]] == [first, second]
    closed = clerk.post(f"/custody/{first}/close", count(0), 200)
    assert (closed["status"], adds_up(closed)) == ("closed", True)
    assert adds_up(clerk.get(f"/custody/{second}"))


def test_an_undone_card_goes_back_into_the_hand_that_it_came_from(calls, clerk, body, count, prints):
    made = clerk.post("/custody", body(5))["id"]
    path, ids = prints("p", "p")
    calls("printer", OFFICE).post(f"{path}/undo", {"recording": ids[1], "reason": "salah orang"}, 200)
    there = clerk.get(f"/custody/{made}")
    assert (there["printed"], there["in_hand"]) == (1, 4)
    assert clerk.post(f"/custody/{made}/close", count(4), 200)["status"] == "closed"


def test_the_same_key_does_it_once(calls, clerk, body, count):
    made = clerk.post("/custody", body(10), key="pagi")
    assert clerk.post("/custody", body(10), key="pagi") == made
    assert clerk.post("/custody", body(11), 409, key="pagi")["code"] == "idempotency_key_reused"
    assert clerk.post("/custody", body(10), 400, key=None)["code"] == "idempotency_key_missing"
    path = f"/custody/{made['id']}"
    once = clerk.post(f"{path}/close", count(8, explanation="hilang"), 200, key="sore")
    assert clerk.post(f"{path}/close", count(8, explanation="hilang"), 200, key="sore") == once
    chief = calls("coordinator", OFFICE)
    settled = chief.post(f"{path}/approve", {}, 200, key="malam")
    assert chief.post(f"{path}/approve", {}, 200, key="malam") == settled
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)["lost"]) == (98, 2)


def test_who_has_not_given_account_of_yesterday_gets_nothing_more(clerk, body, count, staff, calls):
    today = clock.now()
    with clock.telling(today - timedelta(days=1)):
        made = clerk.post("/custody", body(10))
    assert (made["overdue"], clerk.get(f"/custody/{made['id']}")["overdue"]) == (False, True)
    for status in ("open", "disputed"):
        refused = clerk.post("/custody", body(5), 409)
        assert (refused["code"], refused["facts"]["session"]) == ("custody_unfinished", made["id"])
        [late] = clerk.get("/custody?overdue=true")["items"]
        assert (late["id"], late["status"]) == (made["id"], status)
        assert clerk.get("/custody?overdue=false")["items"] == []
        if status == "open":
            clerk.post(f"/custody/{made['id']}/close", count(9), 200)
    other = calls("admin", OFFICE).actor.user_id
    assert clerk.post("/custody", body(5, holder=other))["overdue"] is False
    clerk.post(f"/custody/{made['id']}/close", count(1), 200)
    fresh = clerk.post("/custody", body(5))["id"]
    assert clerk.get("/custody?overdue=true")["items"] == []
    assert {each["id"] for each in clerk.get(f"/custody?holder={staff['holder']}&status=open")["items"]} == {fresh}


def test_a_session_of_an_earlier_day_is_told_until_it_is_closed(app, calls, clerk, body, count):
    chief = calls("coordinator", OFFICE)
    with clock.telling(clock.now() - timedelta(days=1)):
        made, other = clerk.post("/custody", body(10)), clerk.post("/custody", body(5))["id"]
    fresh = clerk.post("/custody", body(5, holder=calls("admin", OFFICE).actor.user_id))["id"]

    def told():
        with app.app_context():
            found = custody.tell_overdue()
        items = chief.get("/notices?kind=custody_overdue")["items"]
        assert found == len(items)
        return {each["subject"]: each["facts"] for each in items}

    assert chief.get("/notices?kind=custody_overdue")["items"] == []
    assert set(told()) == {made["id"], other}
    clerk.post(f"/custody/{made['id']}/close", count(9), 200)
    assert told()[made["id"]] == {
        "store": STORE, "item": "blangko", "holder": made["holder"], "opened_on": made["opened_on"],
        "status": "disputed",
    }  # fmt: skip
    assert fresh not in told()
    clerk.post(f"/custody/{made['id']}/close", count(1), 200)
    clerk.post(f"/custody/{other}/close", count(4, explanation="hilang"), 200)
    chief.post(f"/custody/{other}/approve", {}, 200)
    assert chief.get("/notices?kind=custody_overdue")["items"] == []
    assert told() == {}
    assert calls("coordinator", "15.04").get("/notices")["items"] == []


def test_numbers_are_followed_into_the_hand_and_back(calls, clerk, body, count, prints):
    clerk.post("/receipts", numbered(A))
    made = clerk.post("/custody", body(..., intervals=[["JB000001", "JB000010"]]))
    assert (made["intervals"], made["issued"]) == ([["JB000001", "JB000010"]], 10)
    prints("p", "s", numbers=["JB000002", "JB000003"])
    path = f"/custody/{made['id']}"
    assert clerk.get(path)["intervals"] == [["JB000001", "JB000001"], ["JB000004", "JB000010"]]
    assert clerk.post(f"{path}/close", count(5), 409)["code"] == "numbers_needed"
    assert clerk.post(f"{path}/close", count(9), 409)["code"] == "numbers_needed"
    printed = clerk.post(f"{path}/close", count({"numbers": ["JB000001", "JB000002", "JB000050"]}), 409)
    assert printed["code"] == "numbers_elsewhere"
    assert [(e["pointer"], e["code"]) for e in printed["errors"]] == [
        ("/returned/numbers/1", "numbers_elsewhere"), ("/returned/numbers/2", "numbers_elsewhere"),
    ]  # fmt: skip
    some = {"intervals": [["JB000004", "JB000008"], ["JB000900", "JB000901"]]}
    disputed = clerk.post(f"{path}/close", count(some), 200)
    assert (disputed["returned"], disputed["missing"], disputed["surplus"]) == (5, 3, 2)
    assert disputed["missing_intervals"] == [["JB000001", "JB000001"], ["JB000009", "JB000010"]]
    assert disputed["surplus_intervals"] == [["JB000900", "JB000901"]]
    late = clerk.post(f"{path}/close", count({"numbers": ["JB000008"]}), 409)
    assert (late["code"], late["errors"][0]["pointer"]) == ("numbers_elsewhere", "/returned/numbers/0")
    found = clerk.post(f"{path}/close", count({"numbers": ["JB000009"]}, explanation="tertinggal"), 200)
    assert (found["returned"], found["missing"], found["surplus"]) == (6, 2, 2)
    assert found["missing_intervals"] == [["JB000001", "JB000001"], ["JB000010", "JB000010"]]
    settled = calls("coordinator", OFFICE).post(f"{path}/approve", {}, 200)
    assert (settled["status"], settled["intervals"]) == ("closed", [])
    assert settled["missing_intervals"] == found["missing_intervals"]
    again = clerk.post("/custody", body(..., intervals=[["JB000004", "JB000009"], ["JB000900", "JB000901"]]))
    closed = clerk.post(f"/custody/{again['id']}/close", count(8), 200)
    assert (closed["status"], closed["missing_intervals"]) == ("closed", [])
    assert clerk.post("/custody", body(..., numbers=["JB000010"]), 409)["code"] == "numbers_elsewhere"


def test_nothing_of_a_numbered_session_may_come_back(calls, clerk, body, count):
    clerk.post("/receipts", numbered(A))
    made = clerk.post("/custody", body(..., numbers=["JB000007"]))["id"]
    disputed = clerk.post(f"/custody/{made}/close", count(0), 200)
    assert (disputed["missing"], disputed["missing_intervals"]) == (1, [["JB000007", "JB000007"]])
    assert clerk.post("/custody", body(..., numbers=["JB000007"]), 409)["code"] == "numbers_elsewhere"


def test_where_custody_is_required_nothing_is_printed_without_it(calls, clerk, body):
    calls("admin", OFFICE).patch(f"/offices/{OFFICE}", {"custody_required": True})
    holder = calls("printer", OFFICE)
    holder.post("/recordings", {"recordings": [person("a")]})
    job = f"/print-jobs/{holder.post('/print-jobs', {'store': STORE, 'recordings': ['a']})['id']}/results"
    results = {"results": [{"recording": "a", "outcome": "printed"}]}
    assert holder.post(job, results, 409)["code"] == "custody_needed"
    made = clerk.post("/custody", body(1))["id"]
    holder.post(job, results, 200)
    assert clerk.get(f"/custody/{made}")["printed"] == 1


def test_a_kit_hands_out_the_blanks_of_several_owners_and_takes_them_back(calls, app, clerk, body, count, prints):
    host, province = calls("admin", OFFICE), calls("admin", "15")
    province.post("/receipts", receipt("15-UTAMA", 100))
    event = host.post("/events", {
        "name": "Gotong royong", "kind": "village", "host_office": OFFICE, "starts_on": "2019-04-04",
        "ends_on": "2019-04-05", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    kit = event["store"]
    for giver, store in ((host, STORE), (province, "15-UTAMA")):
        giver.post(f"/events/{event['id']}/pledges", {"store": store, "item": "blangko", "quantity": 10})
    host.post(f"/events/{event['id']}/start", {}, 200)
    assert host.post("/custody", body(15, store=kit, event=event["id"] + 1), 422)["code"] == "custody_from_its_kit"
    made = host.post("/custody", body(15, store=kit, event=event["id"]))
    assert (made["event"], host.stock(kit)["in_custody"]) == (event["id"], 15)
    prints("p", "p", "p", store=kit)
    path = f"/custody/{made['id']}"
    disputed = host.post(f"{path}/close", count(11, explanation="hilang"), 200)
    assert (disputed["missing"], adds_up(disputed)) == (1, True)
    calls("coordinator", OFFICE).post(f"{path}/approve", {}, 200)
    rows = host.get(f"/stock?store={kit}&include=ends")["items"]
    left = {row["owner"]: (row["on_hand"], row["printed"], row["lost"]) for row in rows}
    assert left == {OFFICE: (6, 3, 1), "15": (10, 0, 0)}


def test_an_event_ends_when_every_hand_is_empty_and_its_settlement_tells_what_became_of_it(calls, clerk, body, count):
    host, chief = calls("admin", OFFICE), calls("coordinator", OFFICE)
    event = host.post("/events", {
        "name": "Gotong royong", "kind": "village", "host_office": OFFICE, "starts_on": "2019-04-04",
        "ends_on": "2019-04-05", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    path, kit = f"/events/{event['id']}", event["store"]
    host.post(f"{path}/pledges", {"store": STORE, "item": "blangko", "quantity": 10})
    host.post(f"{path}/start", {}, 200)
    for returned, missing in ((7, 0), (4, 1)):
        made = host.post("/custody", body(5, store=kit))["id"]
        host.post(f"/custody/{made}/close", count(returned, explanation="dicatat"), 200)
        assert host.post(f"{path}/close", {}, 409)["facts"]["sessions"] == str(made)
        assert chief.post(f"/custody/{made}/approve", {}, 200)["missing"] == missing
    made = host.post("/custody", body(5, store=kit))["id"]
    [line] = host.get(f"{path}/settlement")["owners"]
    assert (line["brought"], line["returned"], line["missing"]) == (12, 11, 1)
    host.post(f"/custody/{made}/close", count(5), 200)
    host.post(f"{path}/close", {}, 200)
    [line] = host.get(f"{path}/settlement")["owners"]
    assert (line["brought"], line["returned"], line["missing"]) == (12, 11, 1)


def test_members_of_an_event_hold_and_see_the_blanks_of_its_kit(app, calls, body, count, staff):
    event, guest, clerk = running_event(app, OFFICE), calls("printer", "15.04"), calls("clerk", OFFICE)
    clerk.post("/receipts", receipt(event.store, 10))
    asked = body(5, store=event.store, holder=guest.actor.user_id)
    assert clerk.post("/custody", asked, 422)["code"] == "holder_may_not_print"
    event.let_in(guest)
    made = clerk.post("/custody", asked)["id"]
    assert [each["id"] for each in guest.get("/custody")["items"]] == [made]
    assert guest.get(f"/custody/{made}")["in_hand"] == 5
    with app.app_context():
        assert queries.unfinished_in(event.store) == [made]
    boss = calls("coordinator", "15.04")
    event.let_in(boss)
    assert boss.post(f"/custody/{made}/approve", {}, 404)["code"] == "custody_not_found"  # that is the host's
    clerk.post(f"/custody/{made}/close", count(5), 200)
    with app.app_context():
        assert queries.unfinished_in(event.store) == []


def test_a_list_takes_as_many_statements_for_many_sessions_as_for_one(clerk, body, prints, statements):
    for _ in range(3):
        clerk.post("/custody", body(10))
    prints("p", "s")
    with statements.within(7):
        found = clerk.get("/custody?limit=2")
    assert len(found["items"]) == 2
    assert len(clerk.get(f"/custody?cursor={found['next']}")["items"]) == 1
