"""Pledges over REST: set aside for an event, brought by its start, and let go when it is cancelled."""

from __future__ import annotations

import pytest

from tests import events
from tests.builders import receipt
from tests.events import plan, stop

event, host, province = events.event, events.host, events.province


def blanks(store, quantity):
    return {"store": store, "item": "blangko", "quantity": quantity}


@pytest.fixture
def stocked(calls):
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 6_100))
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 5_000))


@pytest.fixture
def pooled(event, host, province, stocked):
    """The event with the province's 6,000 and the regency's own 5,000 pledged."""
    path = f"/events/{event['id']}"
    first = province.post(f"{path}/pledges", blanks("15-UTAMA", 6_000))
    second = host.post(f"{path}/pledges", blanks("15.03-UTAMA", 5_000))
    return path, first["id"], second["id"]


def test_a_pledge_is_earmarked_at_once_and_stays_its_owners(calls, pooled, exact):
    path, first, _ = pooled
    mine = calls("clerk", "15").get("/stock?store=15-UTAMA")["items"]
    assert {(row["owner"], row["event"], row["on_hand"]) for row in mine} == {
        ("15", None, 100),
        ("15", int(path.rpartition("/")[2]), 6_000),
    }
    shown = calls("inspector", "15").get(path)["pledges"]
    assert [(each["office"], each["quantity"], each["status"], each["arrived"]) for each in shown] == [
        ("15", 6_000, "pledged", None),
        ("15.03", 5_000, "pledged", None),
    ]
    assert shown[0]["id"] == first


def test_what_is_not_there_cannot_be_pledged(pooled, province, exact):
    path, _, _ = pooled
    problem = province.post(f"{path}/pledges", blanks("15-UTAMA", 101), 409)
    assert (problem["code"], problem["facts"]["available"]) == ("stock_insufficient", 100)


def test_a_neighbour_may_pledge_and_then_read_the_event(calls, host, event, exact):
    path = f"/events/{event['id']}"
    clerk = calls("clerk", "15.04")
    clerk.post("/receipts", receipt("15.04-UTAMA", 50))
    first = clerk.post(f"{path}/pledges", blanks("15.04-UTAMA", 50), key="once")
    assert clerk.post(f"{path}/pledges", blanks("15.04-UTAMA", 50), key="once") == first
    assert clerk.get(path)["pledges"] == [first]
    assert [each["id"] for each in clerk.get("/events")["items"]] == [event["id"]]
    assert clerk.get(f"{path}/members", 403)["code"] == "out_of_reach"
    calls("clerk", "15.05").get(path, 404)


def test_who_let_the_last_pledge_go_reads_the_event_no_more(calls, event, exact):
    path = f"/events/{event['id']}"
    clerk = calls("clerk", "15.04")
    clerk.post("/receipts", receipt("15.04-UTAMA", 50))
    first, second = [clerk.post(f"{path}/pledges", blanks("15.04-UTAMA", 25))["id"] for _ in range(2)]
    clerk.send("DELETE", f"{path}/pledges/{first}")
    assert clerk.get(path)["id"] == event["id"]
    clerk.send("DELETE", f"{path}/pledges/{second}")
    for asked in (path, f"{path}/members", f"{path}/readiness", f"{path}/settlement"):
        assert clerk.get(asked, 404)["code"] == "event_not_found"
    assert clerk.get("/events")["items"] == []


@pytest.mark.parametrize(
    ("role", "office", "body", "status"),
    [
        ("clerk", "15", blanks("15.03-UTAMA", 1), 403),
        ("clerk", "15.03", blanks("15-UTAMA", 1), 404),
        ("coordinator", "15.03", blanks("15-UTAMA", 1), 404),
        ("printer", "15.03", blanks("15.03-UTAMA", 1), 403),
        ("clerk", "15.03", blanks("15.03-UTAMA", 0), 422),
        ("clerk", "15.03", blanks("15.03-UTAMA", 10**12), 422),
        ("clerk", "15.03", {**blanks("15.03-UTAMA", 1), "owner": "15"}, 422),
        ("clerk", "15.03", {**blanks("15.03-UTAMA", 1), "item": "kertas"}, 404),
    ],
)
def test_pledges_that_are_refused(calls, event, stocked, role, office, body, status):
    calls(role, office).post(f"/events/{event['id']}/pledges", body, status)


def test_a_kit_pledges_nothing_and_an_unknown_event_gets_nothing(host, event, stocked):
    other = host.post("/events", plan())
    problem = host.post(f"/events/{event['id']}/pledges", blanks(other["store"], 1), 422)
    assert problem["code"] == "pledge_from_kit"
    assert host.post("/events/999999/pledges", blanks("15.03-UTAMA", 1), 404)["code"] == "event_not_found"


def test_a_pledge_is_let_go_by_its_office_or_by_the_host(calls, pooled, host, exact):
    path, first, second = pooled
    assert calls("clerk", "15.04").send("DELETE", f"{path}/pledges/{first}").status_code == 404
    assert calls("clerk", "15.03").send("DELETE", f"{path}/pledges/{first}").status_code == 404
    assert calls("clerk", "15").send("DELETE", f"{path}/pledges/{first}").status_code == 204
    assert host.send("DELETE", f"{path}/pledges/{first}").status_code == 409
    assert host.send("DELETE", f"{path}/pledges/{second}").status_code == 204
    assert host.send("DELETE", f"{path}/pledges/{second + 1}").status_code == 404
    free = calls("clerk", "15").get("/stock?store=15-UTAMA")["items"]
    assert [(row["event"], row["on_hand"]) for row in free] == [(None, 6_100)]
    assert [each["status"] for each in host.get(path)["pledges"]] == ["released", "released"]


def test_the_host_may_release_what_a_neighbour_pledged(calls, event, host, exact):
    path = f"/events/{event['id']}"
    clerk = calls("clerk", "15.04")
    clerk.post("/receipts", receipt("15.04-UTAMA", 50))
    made = clerk.post(f"{path}/pledges", blanks("15.04-UTAMA", 50))
    assert host.send("DELETE", f"{path}/pledges/{made['id']}").status_code == 204
    assert [(row["event"], row["on_hand"]) for row in clerk.get("/stock?store=15.04-UTAMA")["items"]] == [(None, 50)]


def test_the_start_brings_the_pledges_as_they_were_counted(pooled, host, province, exact):
    path, first, second = pooled
    short = {"pledge": first, "quantity": 5_998}
    assert host.post(f"{path}/start", {"arrived": [short]}, 422)["errors"][0]["pointer"] == "/arrived/0/reason"
    body = {"arrived": [{**short, "reason": "dua keping kurang saat dihitung"}]}
    started = host.post(f"{path}/start", body, 200, key="once")
    assert started["status"] == "running"
    assert started["started_at"] is not None
    assert [(each["status"], each["arrived"]) for each in started["pledges"]] == [
        ("brought", 5_998),
        ("brought", 5_000),
    ]
    assert host.stock(started["store"])["on_hand"] == 10_998
    assert {row["owner"]: row["on_hand"] for row in host.get(f"/stock?store={started['store']}")["items"]} == {
        "15": 5_998,
        "15.03": 5_000,
    }
    sent = province.get(f"/transfers/{started['pledges'][0]['transfer']}")
    assert (sent["status"], sent["dispatched"], sent["received"], sent["missing"]) == ("disputed", 6_000, 5_998, 2)
    assert host.post(f"{path}/start", body, 200, key="once")["id"] == started["id"]
    assert host.post(f"{path}/start", {}, 409)["code"] == "event_status_wrong"
    assert host.send("DELETE", f"{path}/pledges/{second}").status_code == 409


@pytest.mark.parametrize(
    ("quantity", "pledge", "pointer"),
    [(6_001, 0, "/arrived/0/quantity"), (1, 10**9, "/arrived/0/pledge"), (-1, 0, "/arrived/0/quantity")],
)
def test_a_count_that_can_never_be_right_stops_the_start(pooled, host, quantity, pledge, pointer, exact):
    path, first, _ = pooled
    line = {"pledge": pledge or first, "quantity": quantity, "reason": "x"}
    assert host.post(f"{path}/start", {"arrived": [line]}, 422)["errors"][0]["pointer"] == pointer
    assert host.get(path)["status"] == "planned"


def test_a_start_may_be_dated_in_the_past_within_the_limit(pooled, host, exact):
    path, _, _ = pooled
    assert host.post(f"{path}/start", {"occurred_on": "2019-04-04"}, 422)["code"] == "date_too_old"
    assert host.get(path)["status"] == "planned"


def test_what_was_spoiled_of_an_earmark_is_missing_from_what_is_brought(calls, pooled, host, exact):
    path, first, _ = pooled
    event = int(path.rpartition("/")[2])
    spoiled = {**blanks("15-UTAMA", 10), "reason": "damaged", "event": event}
    calls("clerk", "15").post("/spoilages", spoiled)
    assert host.post(f"{path}/start", {"arrived": [{"pledge": first, "quantity": 6_000}]}, 422)
    started = host.post(f"{path}/start", {}, 200)
    assert [each["arrived"] for each in started["pledges"]] == [5_990, 5_000]


def test_a_pledge_made_while_it_runs_is_brought_by_itself(pooled, host, province, exact):
    path, first, _ = pooled
    kit = host.post(f"{path}/start", {}, 200)["store"]
    more = province.post(f"{path}/pledges", blanks("15-UTAMA", 100))
    address = f"{path}/pledges/{more['id']}/bring"
    assert host.post(address, {"quantity": 101, "reason": "x"}, 422)["errors"][0]["pointer"] == "/quantity"
    assert host.post(address, {"quantity": 99}, 422)["errors"][0]["pointer"] == "/reason"
    brought = host.post(address, {"quantity": 99, "reason": "satu hilang"}, 200)
    assert (brought["status"], brought["arrived"]) == ("brought", 99)
    assert host.stock(kit)["on_hand"] == 11_099
    assert host.post(address, {}, 409)["code"] == "pledge_not_open"
    host.post(f"{path}/pledges/{first}/bring", {}, 409)
    host.post(f"{path}/pledges/{more['id'] + 99}/bring", {}, 404)


def test_goods_that_a_transfer_set_aside_for_the_event_are_brought_too(calls, host, event, stocked, exact):
    path, clerk = f"/events/{event['id']}", calls("clerk", "15.03")
    sent = clerk.post("/transfers", {
        "from_store": "15-UTAMA", "to_store": "15.03-UTAMA", "item": "blangko", "quantity": 40, "event": event["id"],
    })["id"]  # fmt: skip
    calls("coordinator", "15").post(f"/transfers/{sent}/approve", {}, 200)
    calls("clerk", "15").post(f"/transfers/{sent}/dispatch", {}, 200)
    clerk.post(f"/transfers/{sent}/receive", {"received": 40, "rejected": 0, "missing": 0}, 200)
    started = host.post(f"{path}/start", {}, 200)
    assert [(each["office"], each["arrived"]) for each in started["pledges"]] == [("15.03", 40)]
    assert host.stock(started["store"])["on_hand"] == 40


def test_a_running_event_keeps_its_first_day_and_can_be_extended(pooled, host):
    path, _, _ = pooled
    host.post(f"{path}/start", {}, 200)
    assert host.patch(path, {"starts_on": "2019-04-03"}, 409)["code"] == "event_start_is_fixed"
    assert host.post(f"{path}/extend", {"days": 3}, 200, key="once")["ends_on"] == "2019-04-08"
    assert host.post(f"{path}/extend", {"days": 3}, 200, key="once")["ends_on"] == "2019-04-08"
    host.post(f"{path}/extend", {"days": 61}, 422)
    host.post(f"{path}/extend", {"days": 0}, 422)
    assert host.post(f"{path}/cancel", {"reason": "hujan"}, 409)["code"] == "event_status_wrong"


def test_a_cancelled_event_lets_every_pledge_go_and_stays_as_it_is(calls, pooled, host, province, exact):
    path, _, _ = pooled
    host.post(f"{path}/cancel", {}, 422)
    over = host.post(f"{path}/cancel", {"reason": "banjir"}, 200)
    assert over["status"] == "cancelled"
    assert {each["status"] for each in over["pledges"]} == {"released"}
    assert [(row["event"], row["on_hand"]) for row in province.get("/stock?store=15-UTAMA")["items"]] == [(None, 6_100)]
    assert province.get(path)["status"] == "cancelled"
    for deed, body in (
        ("start", {}),
        ("cancel", {"reason": "lagi"}),
        ("extend", {"days": 1}),
        ("stops", stop()),
        ("pledges", blanks("15.03-UTAMA", 1)),
        ("members", {"user": host.actor.user_id}),
    ):
        assert host.post(f"{path}/{deed}", body, 409)["code"] == "event_status_wrong"
    assert host.patch(path, {"name": "x"}, 409)["code"] == "event_status_wrong"


def test_an_event_whose_kit_holds_goods_is_not_cancelled(calls, host, event, exact):
    calls("clerk", "15.03").post("/receipts", receipt(event["store"], 5))
    problem = host.post(f"/events/{event['id']}/cancel", {"reason": "banjir"}, 409)
    assert problem["code"] == "event_holds_stock"


def test_an_event_with_a_transfer_on_its_way_to_the_kit_is_not_cancelled(calls, host, event, stocked):
    wish = {"from_store": "15.03-UTAMA", "to_store": event["store"], "item": "blangko", "quantity": 5}
    sent = calls("clerk", "15.03").post("/transfers", wish)
    problem = host.post(f"/events/{event['id']}/cancel", {"reason": "banjir"}, 409)
    assert (problem["code"], problem["facts"]["transfers"]) == ("event_transfers_open", str(sent["id"]))
