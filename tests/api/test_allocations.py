"""Allocation by hand: several moves as one plan, all of them or none, and dispatch gives no more than there is."""

from collections import Counter

import pytest

from tests.builders import receipt
from tests.concurrency.racing import race

HOME, NEXT, THIRD, ABOVE = "15.03-UTAMA", "15.04-UTAMA", "15.06-UTAMA", "15-UTAMA"


@pytest.fixture
def coordinator(calls):
    """The province's, with 100 at Sarolangun and 50 in its own store."""
    boss = calls("admin", "15")
    boss.post("/receipts", receipt(HOME, 100))
    boss.post("/receipts", receipt(ABOVE, 50))
    return calls("coordinator", "15")


def plan(*moves, **more):
    lines = [{"from_store": a, "to_store": b, "quantity": n} for a, b, n in moves]
    return {"item": "blangko", "moves": lines, "reason": "pemerataan", **more}


def test_a_plan_is_as_many_requested_transfers_and_one_audit_row(coordinator, exact):
    made = coordinator.post("/allocations", plan((HOME, NEXT, 60), (ABOVE, THIRD, 50), (HOME, THIRD, 40)))
    assert [(t["from_store"], t["to_store"], t["quantity"], t["status"]) for t in made["transfers"]] == [
        (HOME, NEXT, 60, "requested"), (ABOVE, THIRD, 50, "requested"), (HOME, THIRD, 40, "requested"),
    ]  # fmt: skip
    assert (made["id"], made["reason"]) == (made["transfers"][0]["id"], "pemerataan")
    assert coordinator.get(f"/allocations/{made['id']}") == made
    assert coordinator.stock(HOME)["on_hand"] == 100
    shown = coordinator.get(f"/transfers/{made['id']}")
    assert (shown["owner"], shown["keeps_owner"], shown["approved"]) == ("15.03", False, None)
    coordinator.post(f"/transfers/{made['id']}/approve", {}, 200)
    assert coordinator.get(f"/allocations/{made['id']}")["transfers"][0]["status"] == "approved"


def test_a_plan_that_takes_too_much_makes_nothing_and_says_at_which_line(coordinator):
    body = plan((HOME, NEXT, 60), (HOME, THIRD, 41), (THIRD, THIRD, 1), (ABOVE, NEXT, 50))
    refused = coordinator.post("/allocations", body, 409)
    assert refused["code"] == "allocation_impossible"
    assert [error["pointer"] for error in refused["errors"]] == ["/moves/1/quantity", "/moves/2/to_store"]
    assert "punya 100 keping bebas" in refused["errors"][0]["detail"]
    assert coordinator.get("/transfers")["items"] == []
    assert coordinator.post("/allocations", plan((HOME, HOME, 1)), 422)["code"] == "transfer_same_store"


def test_the_same_key_plans_once(coordinator):
    first = coordinator.post("/allocations", plan((HOME, NEXT, 60)), key="plan")
    assert coordinator.post("/allocations", plan((HOME, NEXT, 60)), key="plan") == first
    assert len(coordinator.get("/transfers")["items"]) == 1


def test_only_who_is_above_both_ends_and_may_approve_plans(calls, coordinator):
    body = plan((HOME, NEXT, 1))
    assert calls("clerk", "15").post("/allocations", body, 403)["code"] == "not_permitted"
    assert calls("coordinator", "15.03").post("/allocations", body, 404)["code"] == "store_not_found"
    made = coordinator.post("/allocations", body)["id"]
    assert calls("coordinator", "35").get(f"/allocations/{made}", 404)["code"] == "allocation_not_found"
    assert coordinator.get("/allocations/99", 404)["code"] == "allocation_not_found"


def test_an_events_kit_is_not_allocated(coordinator, calls):
    event = coordinator.post("/events", {
        "name": "Gotong royong", "kind": "village", "host_office": "15.03", "starts_on": "2026-01-05",
        "ends_on": "2026-01-05", "opens_at": "08:00", "closes_at": "16:00",
    })["id"]  # fmt: skip
    refused = coordinator.post("/allocations", plan((HOME, f"15.03-ACARA-{event}", 1)), 422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("allocation_of_kit", "/moves/0/to_store")


def test_two_racing_plans_over_one_stock_send_no_more_than_there_is(calls, coordinator, exact):
    planners = [calls("coordinator", "15"), calls("admin", "15")]
    bodies = [plan((HOME, NEXT, 50), (HOME, THIRD, 50)), plan((HOME, THIRD, 60), (HOME, NEXT, 40))]
    made = race(2, lambda n: planners[n].post("/allocations", bodies[n], key=f"plan {n}"))
    paths = [f"/transfers/{transfer['id']}" for one in made for transfer in one["transfers"]]
    for path in paths:
        planners[1].post(f"{path}/approve", {}, 200)
    answers = race(4, lambda n: planners[1].send("POST", f"{paths[n]}/dispatch", {}, key=f"truck {n}").status_code)
    there = planners[1].stock(HOME)
    assert there["on_hand"] + there["in_transit"] == 100
    assert there["on_hand"] >= 0
    assert Counter(answers)[200] in (1, 2)
