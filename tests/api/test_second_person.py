"""Four eyes over REST: losses are confirmed by another one; large reversals are asked for by one, made by another."""

from __future__ import annotations

import pytest

from tests.builders import Caller, receipt

STORE = "15.03-UTAMA"


@pytest.fixture
def clerk(calls):
    caller = calls("clerk", "15.03")
    caller.post("/receipts", receipt(STORE, 100))
    return caller


def second(app, calls, role="clerk", office="15.03"):
    """Another user of the same role and office, with a token of their own."""
    made = calls("admin", "15").post("/users", {"name": "Rekan", "role": role, "office": office})
    token = calls("admin", "15").post(f"/users/{made['id']}/tokens", {"label": "uji"})["token"]
    other = Caller.__new__(Caller)
    other.app, other.role, other.office, other.token = app, role, office, token
    return other


def lose(clerk, quantity=5, **more):
    body = {"store": STORE, "item": "blangko", "quantity": quantity, "reason": "dicuri", **more}
    return clerk.post("/losses", body)


def test_a_loss_leaves_the_good_stock_at_once_and_waits_for_a_second_person(calls, clerk, exact):
    loss = lose(clerk)
    assert clerk.stock(STORE)["lost"] == 5
    boss = calls("coordinator", "15.03")
    (notice,) = boss.get("/notices")["items"]
    assert (notice["kind"], notice["subject"], notice["facts"]["quantity"]) == ("loss_unconfirmed", loss["id"], 5)
    assert calls("coordinator", "15").get("/notices?office=15.03&kind=loss_unconfirmed")["items"]
    assert calls("coordinator", "17").get("/notices")["items"] == []
    boss.post(f"/losses/{loss['id']}/approve", expect=200)
    assert boss.get("/notices")["items"] == []
    assert boss.post(f"/losses/{loss['id']}/approve", expect=409)["code"] == "loss_confirmed"


@pytest.mark.parametrize(("role", "office", "status", "code"), [
    ("clerk", "15.03", 403, "not_permitted"), ("coordinator", "15.04", 404, "movement_not_found"),
    ("coordinator", "17", 404, "movement_not_found"), ("inspector", "0", 403, "not_permitted"),
])  # fmt: skip
def test_who_may_not_confirm_a_loss_is_refused(calls, clerk, role, office, status, code):
    loss = lose(clerk)
    assert calls(role, office).post(f"/losses/{loss['id']}/approve", expect=status)["code"] == code


def test_who_reported_a_loss_does_not_confirm_it(calls, clerk):
    boss = calls("admin", "15.03")
    loss = lose(boss)
    refused = boss.post(f"/losses/{loss['id']}/approve", expect=403)
    assert (refused["code"], "Anda sendiri" in refused["detail"]) == ("same_person", True)
    calls("admin", "15").post(f"/losses/{loss['id']}/approve", expect=200)


def test_a_loss_that_was_found_again_needs_nobody(calls, clerk, exact):
    loss = lose(clerk)
    clerk.post(f"/movements/{loss['id']}/reversal", {"reason": "ditemukan"})
    boss = calls("coordinator", "15.03")
    assert boss.get("/notices")["items"] == []
    assert boss.post(f"/losses/{loss['id']}/approve", expect=409)["code"] == "reversed_already"
    assert boss.post("/losses/999/approve", expect=404)["code"] == "movement_not_found"


def test_an_office_that_wants_no_second_person_is_not_told(calls, clerk):
    calls("admin", "15.03").patch("/offices/15.03", {"write_off_check": False})
    lose(clerk)
    assert calls("coordinator", "15.03").get("/notices")["items"] == []


def test_above_the_limit_one_asks_and_another_reverses(app, calls, clerk, exact):
    calls("admin", "15.03").patch("/offices/15.03", {"reversal_check_over": 10})
    made = clerk.post("/receipts", receipt(STORE, 50))["id"]
    undo = {"reason": "salah ketik"}
    clerk.post(f"/movements/{made}/reversal", {**undo, "quantity": 10})
    refused = clerk.post(f"/movements/{made}/reversal", undo, 409)
    assert (refused["code"], refused["facts"]["limit"]) == ("second_person_needed", 10)
    asking = clerk.post(f"/movements/{made}/reversal-requests", {**undo, "quantity": 30})
    assert (asking["quantity"], asking["asked_by"], asking["used_by"]) == (30, clerk.actor.user_id, None)
    assert clerk.post(f"/movements/{made}/reversal", {**undo, "quantity": 30}, 403)["code"] == "same_person"
    other = second(app, calls)
    assert other.post(f"/movements/{made}/reversal", undo, 409)["code"] == "second_person_needed"
    other.post(f"/movements/{made}/reversal", {**undo, "quantity": 30})
    assert clerk.stock(STORE)["on_hand"] == 110
    stranger = calls("clerk", "15.04")
    for path in ("reversal", "reversal-requests"):
        assert stranger.post(f"/movements/{made}/{path}", undo, 404)["code"] == "movement_not_found"


def test_a_large_reversal_in_slices_is_a_large_one(calls, clerk, exact):
    calls("admin", "15.03").patch("/offices/15.03", {"reversal_check_over": 10})
    made = clerk.post("/receipts", receipt(STORE, 50))["id"]
    slices = {"reason": "salah", "quantity": 6}
    clerk.post(f"/movements/{made}/reversal", slices)
    assert clerk.post(f"/movements/{made}/reversal", slices, 409)["code"] == "second_person_needed"


def test_an_asking_is_used_once(app, calls, clerk, exact):
    calls("admin", "15.03").patch("/offices/15.03", {"reversal_check_over": 10})
    made = clerk.post("/receipts", receipt(STORE, 50))["id"]
    clerk.post(f"/movements/{made}/reversal-requests", {"reason": "salah", "quantity": 20})
    other = second(app, calls)
    other.post(f"/movements/{made}/reversal", {"reason": "salah", "quantity": 20})
    again = other.post(f"/movements/{made}/reversal", {"reason": "salah", "quantity": 20}, 409)
    assert again["code"] == "second_person_needed"
    assert other.post(f"/movements/{made}/reversal-requests", {"reason": "x", "quantity": 31}, 409)["code"] == (
        "reversal_too_large"
    )


def test_a_spoilage_to_quarantine_is_immediate_whatever_the_settings(calls, clerk, exact):
    everything = {"custody_required": True, "count_check": True, "transfer_check_over": 0, "reversal_check_over": 0}
    settings = calls("admin", "15.03").patch("/offices/15.03", everything)
    assert {name: settings[name] for name in everything} == everything
    assert (settings["destruction_check"], settings["write_off_check"], settings["recount_over"]) == (True, True, None)
    clerk.post("/spoilages", {"store": STORE, "item": "blangko", "quantity": 100, "reason": "damaged"})
    assert clerk.stock(STORE)["spoiled"] == 100


@pytest.mark.parametrize("change", [{"reversal_check_over": -1}, {"count_check": 1}, {"recount_over": "5"}])
def test_settings_of_a_wrong_kind_are_refused(calls, change):
    assert calls("admin", "15.03").patch("/offices/15.03", change, 422)["code"] == "body_invalid"
