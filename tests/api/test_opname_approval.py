"""Four eyes on counts over REST: who may not approve one, when two are not enough, and who is told."""

from __future__ import annotations

import pytest

from tests import opname
from tests.builders import receipt
from tests.opname import STORE, approve, saw, settings
from tests.outreach import running_event

pytestmark = pytest.mark.usefixtures("exact")
two, start, noted, hand_out = opname.two, opname.start, opname.noted, opname.hand_out


@pytest.fixture
def differing(clerk, start, noted):
    """`differing(counted, **more)` is a counted and explained count of 10 blanks."""

    def counted(quantity, **more):
        clerk.post("/receipts", receipt(STORE, 10))
        count = start(**more)
        noted(count, saw(quantity, explanation="selisih"))
        return count

    return counted


@pytest.mark.parametrize("first", ["starter", "counter", "noter"])
def test_a_write_off_is_approved_by_neither_who_counted_nor_who_started(calls, two, differing, clerk, exact, first):
    admin = calls("admin", "15.03")
    if first == "counter":
        count = differing(9, counted_by=[two[0], admin.actor.user_id])
    else:
        admin.post("/receipts", receipt(STORE, 10))
        starter, noter = (admin, clerk) if first == "starter" else (clerk, admin)
        count = starter.post("/counts", {"store": STORE, "kind": "full", "counted_by": two})
        noter.post(f"/counts/{count['id']}/lines", {"lines": [saw(9, explanation="x")]}, 200)
    assert approve(admin, count, 403)["code"] == "same_person"
    assert admin.post(f"/counts/{count['id']}/cancel", {"reason": "x"}, 403)["code"] == "same_person"
    assert clerk.stock(STORE)["on_hand"] == 10
    approve(calls("coordinator", "15"), count)


@pytest.mark.parametrize("returned", [None, 0, 1])
def test_who_holds_blanks_of_the_store_does_not_approve_its_count(
    calls, clerk, two, differing, hand_out, returned, exact
):
    admin = calls("admin", "15.03")
    clerk.post("/receipts", receipt(STORE, 1))
    session = hand_out(admin)
    if returned is not None:
        body = {"returned": returned, "counted_by": two}
        told = clerk.post(f"/custody/{session['id']}/close", body, 200)
        assert told["status"] == ("closed" if returned else "disputed")
    count = differing(9)
    if returned:
        approve(admin, count)
    else:
        assert approve(admin, count, 403)["code"] == "holder_may_not"


@pytest.mark.parametrize(
    ("changes", "counted", "second_needed"),
    [
        ({"count_check": False}, 10, False),
        ({"count_check": False}, 12, False),
        ({"count_check": False}, 8, True),
        ({"count_check": True}, 10, True),
        ({"count_check": True}, 12, True),
        ({"write_off_check": False}, 8, False),
        ({"write_off_check": False, "count_check": True}, 8, True),
    ],
)
def test_the_office_says_when_two_are_not_enough(calls, two, differing, exact, changes, counted, second_needed):
    admin = calls("admin", "15.03")
    settings(calls, **changes)
    count = differing(counted, counted_by=[two[0], admin.actor.user_id])
    if second_needed:
        assert approve(admin, count, 403)["code"] == "same_person"
        approve(calls("coordinator", "15.03"), count)
    else:
        approve(admin, count)


@pytest.mark.parametrize(
    ("role", "office", "status", "code"),
    [
        ("clerk", "15.03", 403, "not_permitted"),
        ("inspector", "15.03", 403, "not_permitted"),
        ("coordinator", "15.04", 404, "count_not_found"),
        ("coordinator", "35", 404, "count_not_found"),
    ],
)
def test_who_is_not_in_charge_of_the_store_approves_nothing(calls, differing, exact, role, office, status, code):
    count = differing(9)
    assert approve(calls(role, office), count, status)["code"] == code
    assert calls(role, office).post(f"/counts/{count['id']}/cancel", {"reason": "x"}, status)["code"] == code


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "x", "force": True}])
def test_approving_says_why(chief, differing, exact, body):
    count = differing(9)
    assert chief.post(f"/counts/{count['id']}/approve", body, 422)["code"] == "body_invalid"
    assert chief.post(f"/counts/{count['id']}/cancel", body, 422)["code"] == "body_invalid"


def test_approving_with_the_same_key_adjusts_once(chief, differing, clerk, exact):
    count = differing(9)
    assert approve(chief, count, key="yes") == approve(chief, count, key="yes")
    assert clerk.stock(STORE)["lost"] == 1


def test_a_difference_tells_whoever_is_in_charge_until_it_is_settled(chief, differing, noted, exact):
    count = differing(9)
    notice = chief.get("/notices?kind=count_difference")["items"][0]
    assert notice["facts"] == {"store": STORE, "lines": 1, "shortage": 1, "surplus": 0}
    noted(count, saw(10))
    assert chief.get("/notices?kind=count_difference")["items"] == []
    noted(count, saw(8))
    assert chief.get("/notices?kind=count_difference")["items"][0]["facts"]["shortage"] == 2
    chief.post(f"/counts/{count['id']}/cancel", {"reason": "salah"}, 200)
    assert chief.get("/notices?kind=count_difference")["items"] == []


def test_the_count_of_a_kit_is_approved_by_its_host_and_not_by_guests(app, calls, clerk, two, exact):
    event, guest = running_event(app, "15.03"), calls("admin", "15.04")
    clerk.post("/receipts", receipt(event.store, 10))
    event.let_in(guest)
    count = guest.post("/counts", {"store": event.store, "kind": "full", "counted_by": two})
    guest.post(f"/counts/{count['id']}/lines", {"lines": [saw(0, explanation="x")]}, 200)
    for path in ("approve", "cancel"):
        assert guest.post(f"/counts/{count['id']}/{path}", {"reason": "x"}, 404)["code"] == "count_not_found"
    approve(calls("coordinator", "15.03"), count)
