"""Counts over REST: what is counted and by whom when a count starts, and when the next is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inventory import clock
from tests import opname
from tests.builders import receipt
from tests.opname import STORE, approve, by_number, saw

pytestmark = pytest.mark.usefixtures("exact")
two, start, noted, hand_out = opname.two, opname.start, opname.noted, opname.hand_out


# Starting.


def test_a_full_count_keeps_what_the_books_have_now_in_every_condition_and_class(clerk, start, exact):
    clerk.post("/receipts", receipt(STORE, 100))
    clerk.post("/receipts", receipt(STORE, 7, "ribbon"))
    clerk.post("/receipts", receipt(STORE, 3, source="opening", condition="printed"))
    clerk.post("/spoilages", {"store": STORE, "item": "blangko", "quantity": 2, "reason": "print_failure"})
    clerk.post("/receipts", by_number(1, 50))
    made = start()
    told = [(x["item"], x["condition"], x["reason"], x["numbered"], x["snapshot"], x["counted"]) for x in made["lines"]]
    assert told == [
        ("blangko", "blank", None, False, 98, None),
        ("blangko", "blank", None, True, 50, None),
        ("blangko", "spoiled", "print_failure", False, 2, None),
        ("ribbon", "blank", None, False, 7, None),
    ]
    assert (made["status"], made["to_count"], made["told"], made["movement"]) == ("open", 4, True, None)
    assert clerk.get(f"/counts/{made['id']}") == made
    assert [each["id"] for each in clerk.get(f"/counts?store={STORE}&status=open")["items"]] == [made["id"]]


def test_a_partial_count_has_a_line_for_each_of_its_items_even_where_there_is_none(clerk, start, noted, exact):
    clerk.post("/receipts", receipt(STORE, 100))
    clerk.post("/receipts", receipt(STORE, 7, "film"))
    made = start(kind="partial", items=["blangko", "ribbon"])
    assert [(line["item"], line["snapshot"]) for line in made["lines"]] == [("blangko", 100), ("ribbon", 0)]
    problem = noted(made, saw(100), saw(7, "film"), expect=422)
    assert [fault["code"] for fault in problem["errors"]] == ["not_in_count"]


def test_a_store_is_counted_once_at_a_time(clerk, chief, start, two, exact):
    first = start()
    problem = clerk.post("/counts", {"store": STORE, "kind": "full", "counted_by": two}, 409)
    assert (problem["code"], problem["facts"]["count"]) == ("count_running", first["id"])
    chief.post(f"/counts/{first['id']}/cancel", {"reason": "salah gudang"}, 200)
    assert start()["id"] != first["id"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"counted_by": ["clerk"]}, 422, "not_two_people"),
        ({"counted_by": ["clerk", "clerk"]}, 422, "not_two_people"),
        ({"counted_by": ["clerk", "inspector", "admin"]}, 422, "not_two_people"),
        ({"counted_by": ["clerk", 999_999]}, 422, "counter_unknown"),
        ({"counted_by": ["clerk", "elsewhere"]}, 422, "counter_unknown"),
        ({"counted_by": ["clerk", "below"]}, 422, "counter_unknown"),
        ({"counted_by": []}, 422, "body_invalid"),
        ({"kind": "all"}, 422, "body_invalid"),
        ({"kind": "partial"}, 422, "body_invalid"),
        ({"items": ["blangko"]}, 422, "body_invalid"),
        ({"kind": "partial", "items": ["moon"]}, 404, "item_not_found"),
        ({"kind": "partial", "items": []}, 422, "body_invalid"),
        ({"store": "NO-SUCH"}, 404, "store_not_found"),
        ({"store": "15.04-UTAMA"}, 404, "store_not_found"),
        ({"plan": 99}, 404, "count_plan_not_found"),
        ({"blind": "yes"}, 422, "body_invalid"),
        ({"quantity": 1}, 422, "body_invalid"),
    ],
)
def test_a_count_that_cannot_be_is_refused(calls, clerk, two, exact, changes, status, code):
    people = {"elsewhere": ("clerk", "15.04"), "below": ("clerk", "35.09")}
    if "counted_by" in changes:
        ids = [p if isinstance(p, int) else calls(*people.get(p, (p, "15.03"))).actor.user_id
               for p in changes["counted_by"]]  # fmt: skip
        changes = changes | {"counted_by": ids}
    body = {"store": STORE, "kind": "full", "counted_by": two} | changes
    assert clerk.post("/counts", body, status)["code"] == code
    assert clerk.get("/counts")["items"] == []


def test_who_counts_may_be_of_the_office_above(calls, start, clerk, exact):
    people = [clerk.actor.user_id, calls("inspector", "15").actor.user_id]
    assert start(counted_by=people)["counted_by"] == people


@pytest.mark.parametrize(
    ("role", "office", "status"),
    [("printer", "15.03", 403), ("inspector", "15.03", 403), ("coordinator", "15.03", 403), ("clerk", "15.04", 404)],
)
def test_only_those_who_move_stock_count_it(calls, start, two, exact, role, office, status):
    other = calls(role, office)
    other.post("/counts", {"store": STORE, "kind": "full", "counted_by": two}, status)
    path = f"/counts/{start()['id']}"
    other.post(f"{path}/lines", {"lines": [saw(1)]}, status)
    if role != "coordinator":
        other.post(f"{path}/approve", {"reason": "ya"}, 403)
    if office == "15.04":
        other.get(path, 404)
        calls("coordinator", office).post(f"{path}/approve", {"reason": "ya"}, 404)
        calls("coordinator", office).post(f"{path}/cancel", {"reason": "ya"}, 404)
        assert other.get("/counts")["items"] == []
        other.get("/counts?office=15.03", 403)


def test_the_same_key_starts_and_notes_once(clerk, two, exact):
    clerk.post("/receipts", receipt(STORE, 10))
    body = {"store": STORE, "kind": "full", "counted_by": two}
    first = clerk.post("/counts", body, key="count")
    assert clerk.post("/counts", body, key="count") == first
    lines = {"lines": [saw(9)]}
    once = clerk.post(f"/counts/{first['id']}/lines", lines, 200, key="lines")
    assert clerk.post(f"/counts/{first['id']}/lines", lines, 200, key="lines") == once
    assert once["lines"][0]["first_counted"] is None
    for path in ("", f"/{first['id']}/lines", f"/{first['id']}/approve"):
        assert clerk.post(f"/counts{path}", {}, 403 if "approve" in path else 400, key=None)


# The plan.

NOON = datetime(2026, 3, 12, 3, tzinfo=UTC)


@pytest.fixture
def day():
    """`day(n)` is the clock at 10:00 WIB, n days after 12 March 2026."""
    return lambda n: clock.telling(NOON + timedelta(days=n))


@pytest.fixture
def plan(calls, chief):
    """`plan(**more)` is a plan by which the inspector of the province counts every 30 days."""

    def planned(expect=201, **more):
        counter = calls("inspector", "15").actor.user_id
        body = {"store": STORE, "counter": counter, "every_days": 30, "next_on": "2026-03-15", **more}
        return chief.post("/counts/plans", body, expect)

    return planned


def test_a_plan_says_when_the_next_count_is_due_and_how_late_it_is(calls, chief, clerk, plan, noted, day, exact):
    inspector = calls("inspector", "15").actor.user_id
    with day(0):
        made = plan()
        assert (made["next_on"], made["overdue"], made["days_late"]) == ("2026-03-15", False, 0)
        assert clerk.get("/counts/plans?overdue=true")["items"] == []
    with day(3):
        assert clerk.get(f"/counts/plans/{made['id']}")["overdue"] is False
    with day(8):
        late = clerk.get(f"/counts/plans?overdue=true&store={STORE}")["items"]
        assert [(each["id"], each["days_late"]) for each in late] == [(made["id"], 5)]
        people = [clerk.actor.user_id, inspector]
        body = {"store": STORE, "kind": "full", "counted_by": people, "plan": made["id"]}
        count = clerk.post("/counts", body)
        assert clerk.get(f"/counts?plan={made['id']}")["items"][0]["id"] == count["id"]
        assert clerk.get(f"/counts/plans/{made['id']}")["overdue"]
    with day(9):
        approve(chief, count)
        after = clerk.get(f"/counts/plans/{made['id']}")
        assert (after["next_on"], after["overdue"]) == ("2026-04-20", False)


def test_a_planned_counter_neither_holds_nor_uses_the_stock(calls, chief, plan, hand_out, day, exact):
    def refused(who):
        problem = plan(409, counter=who.actor.user_id)
        assert problem["code"] == "counter_not_independent"
        return problem["facts"]["tie"]

    clerk, holder, printer = calls("clerk", "15.03"), calls("admin", "15"), calls("printer", "15.03")
    with day(-30):
        clerk.post("/receipts", receipt(STORE, 10))
    with day(0):
        assert refused(clerk) == "moved_stock"
        assert refused(printer) == "prints_there"
        plan(counter=holder.actor.user_id)
        hand_out(holder)
        assert refused(holder) == "holds_blanks"
    with day(1):
        assert refused(clerk) == "moved_stock"  # who handed them out
    with day(31):
        plan(counter=clerk.actor.user_id, next_on="2026-05-01")


def test_the_counter_is_checked_again_when_the_count_starts(calls, clerk, plan, two, hand_out, day, exact):
    with day(0):
        admin = calls("admin", "15")
        made = plan(counter=admin.actor.user_id)
        body = {"store": STORE, "kind": "full", "counted_by": two, "plan": made["id"]}
        assert clerk.post("/counts", body, 422)["code"] == "counter_not_planned"
        body["counted_by"] = [two[0], admin.actor.user_id]
        partial = body | {"kind": "partial", "items": ["blangko"]}
        assert clerk.post("/counts", partial, 422)["code"] == "planned_count_is_full"
        clerk.post("/receipts", receipt(STORE, 10))
        hand_out(admin)
        assert clerk.post("/counts", body, 409)["code"] == "counter_not_independent"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"next_on": "2026-03-11"}, 422, "plan_in_past"),
        ({"next_on": "soon"}, 422, "body_invalid"),
        ({"every_days": 0}, 422, "body_invalid"),
        ({"every_days": 5_000}, 422, "body_invalid"),
        ({"counter": 99_999}, 422, "counter_unknown"),
        ({"store": "15.04-UTAMA"}, 404, "store_not_found"),
        ({"who": 1}, 422, "body_invalid"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(plan, day, exact, changes, status, code):
    with day(0):
        assert plan(status, **changes)["code"] == code


def test_a_plan_is_changed_by_its_newest_version_and_put_aside(calls, chief, clerk, plan, day, two, exact):
    with day(0):
        made = plan()
        path = f"/counts/plans/{made['id']}"
        changed = chief.patch(path, {"every_days": 7, "counter": two[1], "next_on": "2026-03-14"})
        assert (changed["every_days"], changed["counter"], changed["version"]) == (7, two[1], 2)
        assert chief.patch(path, {"every_days": 8}, 412, If_Match='"1"')["code"] == "stale_version"
        assert chief.patch(path, {"next_on": "2026-03-01"}, 422)["code"] == "plan_in_past"
        assert chief.patch(path, {"counter": calls("printer", "15.03").actor.user_id}, 409)
        assert clerk.patch(path, {"active": False}, 403)["code"] == "not_permitted"
        assert calls("coordinator", "15.04").patch(path, {"active": False}, 404)["code"] == "count_plan_not_found"
        calls("clerk", "15.04").get(path, 404)
        chief.patch(path, {"active": False})
    with day(30):
        assert clerk.get("/counts/plans?overdue=true")["items"] == []
        assert len(clerk.get("/counts/plans?active=false&overdue=false&office=15.03")["items"]) == 1
        clerk.post("/counts", {"store": STORE, "kind": "full", "counted_by": two, "plan": made["id"]}, 404)


def test_lists_come_in_batches_by_a_fixed_number_of_queries(clerk, chief, start, plan, day, statements, exact):
    with day(0):
        made = [plan(next_on=f"2026-03-{20 - n}")["id"] for n in range(3)]
        first = clerk.get("/counts/plans?limit=2")
        rest = clerk.get(f"/counts/plans?limit=2&cursor={first['next']}")
        assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]
        for _ in range(3):
            chief.post(f"/counts/{start()['id']}/cancel", {"reason": "coba"}, 200)
        with statements.within(4):
            assert len(clerk.get("/counts")["items"]) == 3
