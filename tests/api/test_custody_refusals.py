"""Custody over HTTP that is refused: what is not issued, what is not taken back, and who may not."""

from datetime import timedelta

import pytest

from inventory import clock
from tests import shifts
from tests.shifts import OFFICE, STORE, A

pytestmark = pytest.mark.usefixtures("exact")
staff, clerk, body, count = shifts.staff, shifts.clerk, shifts.body, shifts.count

ISSUES = {
    "nobody holds": (lambda s: {"holder": 999_999}, 422, "holder_may_not_print"),
    "a clerk holds": (lambda s: {"holder": s["above"]}, 422, "holder_may_not_print"),
    "somebody of another office holds": (lambda s: {"holder": s["elsewhere"]}, 422, "holder_may_not_print"),
    "somebody who left holds": (lambda s: {"holder": s["idle"]}, 422, "holder_may_not_print"),
    "the holder counts": (lambda s: {"counted_by": [s["first"], s["holder"]]}, 422, "holder_counts"),
    "one person counts twice": (lambda s: {"counted_by": [s["first"]] * 2}, 422, "not_two_people"),
    "one person counts": (lambda s: {"counted_by": [s["first"]]}, 422, "not_two_people"),
    "three people count": (lambda s: {"counted_by": [s["first"], s["second"], s["above"]]}, 422, "not_two_people"),
    "somebody of another office counts": (
        lambda s: {"counted_by": [s["first"], s["elsewhere"]]}, 422, "counter_unknown",
    ),
    "somebody who left counts": (lambda s: {"counted_by": [s["first"], s["idle"]]}, 422, "counter_unknown"),
    "more than needed": (lambda s: {"quantity": 51}, 422, "custody_reason_needed"),
    "more than there is": (lambda s: {"quantity": 101, "reason": "x"}, 409, "stock_insufficient"),
    "numbers nobody has": (lambda s: {"quantity": ..., **A, "reason": "x"}, 409, "numbers_unknown"),
    "ribbons": (lambda s: {"item": "ribbon"}, 422, "custody_of_blanks_only"),
    "no item": (lambda s: {"item": "kartu"}, 404, "item_not_found"),
    "an event from the main store": (lambda s: {"event": 7}, 422, "custody_from_its_kit"),
    "no store": (lambda s: {"store": "15.03-X"}, 404, "store_not_found"),
    "a store of another office": (lambda s: {"store": "15.04-UTAMA"}, 404, "store_not_found"),
    "a field too many": (lambda s: {"quantty": 5}, 422, "body_invalid"),
    "nothing": (lambda s: {"quantity": 0}, 422, "body_invalid"),
    "less than nothing": (lambda s: {"quantity": -5}, 422, "body_invalid"),
    "a huge number": (lambda s: {"quantity": 10**12}, 422, "body_invalid"),
    "a count and numbers": (lambda s: A, 422, "body_invalid"),
    "nothing needed": (lambda s: {"needed": 0}, 422, "body_invalid"),
    "nobody counts": (lambda s: {"counted_by": []}, 422, "body_invalid"),
    "tomorrow": (lambda s: {"occurred_on": "2999-01-01"}, 422, "date_in_future"),
    "long ago": (lambda s: {"occurred_on": "2020-01-01"}, 422, "date_too_old"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", ISSUES)
def test_what_is_not_issued(clerk, body, staff, wrong):
    change, status, code = ISSUES[wrong]
    assert clerk.post("/custody", body(**change(staff)), status)["code"] == code
    assert (clerk.stock(STORE)["in_custody"], clerk.get("/custody")["items"]) == (0, [])


def test_all_counters_that_nobody_knows_are_named(clerk, body, staff):
    refused = clerk.post("/custody", body(counted_by=[staff["elsewhere"], 999_999]), 422)
    assert [each["pointer"] for each in refused["errors"]] == ["/counted_by/0", "/counted_by/1"]
    assert refused["code"] == "counter_unknown"
    assert f"{staff['elsewhere']}, 999999" in refused["detail"]


def test_more_than_needed_is_issued_with_a_reason_and_counted_by_somebody_above(clerk, body, staff):
    made = clerk.post("/custody", body(60, reason="sekolah besok", counted_by=[staff["first"], staff["above"]]))
    assert (made["issued"], made["needed"], made["reason"]) == (60, 50, "sekolah besok")


CLOSES = {
    "no count": ({}, 422, "not_two_people"),
    "nothing said": ({"returned": ..., "counted_by": ...}, 422, "return_not_counted"),
    "numbers of a session without": ({"returned": A}, 409, "custody_has_no_numbers"),
    "numbers that are none": ({"returned": {"numbers": ["tidak"]}}, 422, "number_unreadable"),
    "less than nothing": ({"returned": -1}, 422, "body_invalid"),
    "text": ({"returned": "lima"}, 422, "body_invalid"),
    "a counter below zero": ({"printer_count": -1}, 422, "body_invalid"),
    "a field too many": ({"retruned": 1}, 422, "body_invalid"),
    "tomorrow": ({"occurred_on": "2999-01-01"}, 422, "date_in_future"),
    "before it was issued": ({"occurred_on": "yesterday"}, 409, "stock_short_on_day"),
}


@pytest.mark.parametrize("wrong", CLOSES)
def test_what_is_not_taken_back(clerk, body, count, staff, wrong):
    change, status, code = CLOSES[wrong]
    made = clerk.post("/custody", body(10))
    said = {"returned": 10, **change}
    if wrong == "no count":
        said["counted_by"] = ...
    if said.get("occurred_on") == "yesterday":
        said["occurred_on"] = (clock.now() - timedelta(days=2)).date().isoformat()
    assert clerk.post(f"/custody/{made['id']}/close", count(**said), status)["code"] == code
    assert clerk.get(f"/custody/{made['id']}") == made


def test_the_return_is_counted_by_two_others_than_the_holder(clerk, body, count, staff):
    path = f"/custody/{clerk.post('/custody', body(10))['id']}/close"
    for counted_by, code in [
        ([staff["first"], staff["holder"]], "holder_counts"),
        ([staff["first"], staff["first"]], "not_two_people"),
        ([staff["first"], staff["elsewhere"]], "counter_unknown"),
    ]:
        assert clerk.post(path, count(10, counted_by=counted_by), 422)["code"] == code
    assert clerk.post(path, count(10, counted_by=[staff["second"], staff["above"]]), 200)["status"] == "closed"


@pytest.mark.parametrize(
    ("role", "office", "status", "code"),
    [
        ("printer", OFFICE, 403, "not_permitted"),
        ("coordinator", OFFICE, 403, "not_permitted"),
        ("inspector", OFFICE, 403, "not_permitted"),
        ("clerk", "15.04", 404, "custody_not_found"),
    ],
)
def test_who_may_not_move_it(calls, clerk, body, count, role, office, status, code):
    made, other = clerk.post("/custody", body(10))["id"], calls(role, office)
    assert other.post(f"/custody/{made}/close", count(10), status)["code"] == code
    asked = other.post("/custody", body(10), status)["code"]
    assert asked == code.replace("custody_not_found", "store_not_found")
    assert clerk.stock(STORE)["in_custody"] == 10
    assert clerk.post("/custody/999/close", count(10), 404)["code"] == "custody_not_found"


def test_who_sees_it(calls, clerk, body):
    made = clerk.post("/custody", body(10))["id"]
    assert calls("inspector", "15").get(f"/custody/{made}")["id"] == made
    assert calls("admin", "15.04").get(f"/custody/{made}", 404)["code"] == "custody_not_found"
    assert calls("admin", "15.04").get("/custody")["items"] == []
    assert calls("admin", "15.04").get(f"/custody?office={OFFICE}", 403)["code"] == "out_of_reach"
    assert calls("admin", "15.04").get(f"/custody?store={STORE}", 404)["code"] == "store_not_found"
    assert clerk.get("/custody/999", 404)["code"] == "custody_not_found"
