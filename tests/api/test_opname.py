"""Counts over REST: what lies in a store beside what the books say, who approves it, and when the next is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inventory import clock
from inventory.database import current
from inventory.opname.models import CountNumbers
from inventory.opname.queries import differences
from tests.builders import receipt
from tests.outreach import running_event

STORE = "15.03-UTAMA"


@pytest.fixture
def clerk(calls):
    return calls("clerk", "15.03")


@pytest.fixture
def chief(calls):
    return calls("coordinator", "15.03")


@pytest.fixture
def two(calls):
    """The two people who count: the clerk and the inspector of the office."""
    return [calls(role, "15.03").actor.user_id for role in ("clerk", "inspector")]


@pytest.fixture
def start(clerk, two):
    """`start(**more)` is a count just started."""

    def started(**more):
        return clerk.post("/counts", {"store": STORE, "kind": "full", "counted_by": two, **more})

    return started


@pytest.fixture
def noted(clerk):
    """`noted(count, *lines)` is the count after its lines were sent."""

    def send(count, *lines, expect=200, **more):
        return clerk.post(f"/counts/{count['id']}/lines", {"lines": list(lines)}, expect, **more)

    return send


@pytest.fixture(autouse=True)
def agreeing(app):
    """After every test each approved count must agree with its movement."""
    yield
    with app.app_context():
        assert list(differences()) == []


def saw(quantity=None, item="blangko", **more):
    return {"item": item, **({} if quantity is None else {"quantity": quantity}), **more}


def numbers(first, last):
    return [f"A{first:06d}", f"A{last:06d}"]


def by_number(first, last, store=STORE, **more):
    body = receipt(store, 1, intervals=[numbers(first, last)], **more)
    return {name: value for name, value in body.items() if name != "quantity"}


def approve(who, count, expect=200, reason="sesuai berita acara", **more):
    return who.post(f"/counts/{count['id']}/approve", {"reason": reason}, expect, **more)


def settings(calls, **changes):
    calls("admin", "15.03").patch("/offices/15.03", changes)


@pytest.fixture
def hand_out(calls, two):
    """`hand_out(holder)` is a session of one blank in the holder's hand."""

    def issue(holder):
        body = {"store": STORE, "item": "blangko", "holder": holder.actor.user_id, "quantity": 1, "needed": 1}
        return calls("clerk", "15.03").post("/custody", {**body, "counted_by": two})

    return issue


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


# Counting.


def test_what_moved_since_the_snapshot_is_taken_into_account(clerk, chief, start, noted, exact):
    clerk.post("/receipts", receipt(STORE, 100))
    count = start()
    clerk.post("/receipts", receipt(STORE, 50))
    clerk.post("/spoilages", {"store": STORE, "item": "blangko", "quantity": 20, "reason": "damaged"})
    line = noted(count, saw(127, explanation="tiga hilang"))["lines"][0]
    told = {name: line[name] for name in ("snapshot", "moved", "books", "counted", "variance")}
    assert told == {"snapshot": 100, "moved": 30, "books": 130, "counted": 127, "variance": -3}
    clerk.post("/receipts", receipt(STORE, 1_000))  # what comes after the counting stays right too
    done = approve(chief, count)
    assert (done["status"], done["approved_by"], done["shortage"]) == ("approved", chief.actor.user_id, 3)
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)["lost"]) == (1_127, 3)
    movement = clerk.get(f"/movements/{done['movement']}")
    assert (movement["kind"], movement["quantity"], movement["reason"]) == ("adjustment", 3, "sesuai berita acara")
    assert clerk.post(f"/movements/{movement['id']}/reversal", {"reason": "x"}, 409)["code"] == "not_reversible"


def test_a_surplus_and_goods_found_without_books_come_onto_them(clerk, chief, start, noted, exact):
    clerk.post("/receipts", receipt(STORE, 100))
    count = start()
    spoiled = saw(4, condition="spoiled", reason="encode_failure", explanation="di laci")
    lines = noted(count, saw(101, explanation="satu terselip"), saw(2, "ribbon", explanation="dari hibah"), spoiled)
    assert [(line["item"], line["snapshot"], line["variance"]) for line in lines["lines"]] == [
        ("blangko", 100, 1), ("ribbon", 0, 2), ("blangko", 0, 4),
    ]  # fmt: skip
    done = approve(chief, count)
    assert (done["shortage"], done["surplus"]) == (0, 7)
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)["spoiled"]) == (101, 4)
    assert clerk.stock(STORE, "ribbon")["on_hand"] == 2


def test_a_count_that_agrees_moves_nothing(clerk, start, noted, chief, exact):
    clerk.post("/receipts", receipt(STORE, 100))
    count = start()
    noted(count, saw(100))
    done = approve(chief, count)
    assert (done["movement"], done["shortage"], done["surplus"]) == (None, 0, 0)


BAD = [
    (saw(1, "moon"), "item_not_found"),
    (saw(1, owner="15.04"), "count_line_unknown"),
    (saw(1, event=7), "count_line_unknown"),
    (saw(1, "ribbon", numbered=True), "only_blanks_have_numbers"),
    (saw(item="ribbon", numbers=["R1"]), "only_blanks_have_numbers"),
    (saw(intervals=[["A9", "A1"]]), "interval_unreadable"),
    (saw(numbers=["A1", "A1"]), "numbers_twice"),
    (saw(numbers=["rusak"]), "number_unreadable"),
    (saw(explanation="kenapa", numbered=True), "line_not_counted"),
]


def test_every_bad_line_is_named_and_nothing_is_kept(clerk, start, noted, exact):
    clerk.post("/receipts", receipt(STORE, 100))
    clerk.post("/receipts", by_number(1, 10))
    count = start()
    nine = saw(9, numbered=True)
    problem = noted(count, saw(90), *[line for line, _ in BAD], saw(91), nine, expect=422)
    assert problem["code"] == "lines_refused"
    told = {int(fault["pointer"].split("/")[2]): fault["code"] for fault in problem["errors"]}
    last = {len(BAD) + 1: "count_line_twice", len(BAD) + 2: "numbers_to_count"}
    assert told == {1 + i: code for i, (_, code) in enumerate(BAD)} | last
    assert clerk.get(f"/counts/{count['id']}") == count


@pytest.mark.parametrize(
    "line",
    [
        saw(-1),
        saw(10**12),
        saw("5"),
        saw(1, numbers=["A1"]),
        saw(1, condition="printed"),
        saw(1, condition="spoiled"),
        saw(1, reason="damaged"),
        saw(),
        saw(1, note="x"),
        saw(numbers=[]),
        {"quantity": 1},
    ],
)
def test_a_line_that_says_nothing_readable_is_refused(start, noted, exact, line):
    assert noted(start(), line, expect=422)["code"] == "body_invalid"


def test_an_explanation_may_follow_the_counting_and_a_new_counting_needs_a_new_one(clerk, start, noted, chief, exact):
    clerk.post("/receipts", receipt(STORE, 100))
    count = start()
    noted(count, saw(90))
    problem = approve(chief, count, 409)
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("count_unexplained", "/lines/0")
    assert noted(count, saw(explanation="jatuh"))["lines"][0]["explanation"] == "jatuh"
    again = noted(count, saw(91))["lines"][0]
    assert (again["explanation"], again["first_counted"], again["counted"]) == ("", 90, 91)
    assert approve(chief, count, 409)["code"] == "count_unexplained"
    noted(count, saw(explanation="basah"))
    approve(chief, count)
    assert clerk.stock(STORE)["lost"] == 9


def test_a_large_difference_is_counted_a_second_time_and_that_one_decides(calls, clerk, start, noted, chief, exact):
    settings(calls, recount_over=5)
    clerk.post("/receipts", receipt(STORE, 100))
    clerk.post("/receipts", receipt(STORE, 10, "ribbon"))
    count = start()
    noted(count, saw(94, explanation="?"), saw(5, "ribbon", explanation="terpakai"))
    shown = clerk.get(f"/counts/{count['id']}")
    assert [line["to_count"] for line in shown["lines"]] == [True, False]
    problem = approve(chief, count, 409)
    assert (problem["code"], [fault["pointer"] for fault in problem["errors"]]) == ("count_unfinished", ["/lines/0"])
    line = noted(count, saw(93, explanation="benar hilang"))["lines"][0]
    assert (line["first_counted"], line["counted"], line["variance"], line["to_count"]) == (94, 93, -7, False)
    approve(chief, count)
    assert (clerk.stock(STORE)["lost"], clerk.stock(STORE, "ribbon")["lost"]) == (7, 5)


def test_every_line_is_counted_before_a_count_is_approved(clerk, start, noted, chief, exact):
    clerk.post("/receipts", receipt(STORE, 100))
    clerk.post("/receipts", receipt(STORE, 10, "ribbon"))
    count = start()
    noted(count, saw(100))
    problem = approve(chief, count, 409)
    assert (problem["code"], problem["facts"]["lines"]) == ("count_unfinished", 1)
    noted(count, saw(10, "ribbon"))
    approve(chief, count)
    assert approve(chief, count, 409)["code"] == "count_ended"
    assert noted(count, saw(1), expect=409)["code"] == "count_ended"
    assert chief.post(f"/counts/{count['id']}/cancel", {"reason": "x"}, 409)["code"] == "count_ended"


def test_a_shortage_that_moved_on_meanwhile_is_not_written_off(clerk, start, noted, chief, exact):
    clerk.post("/receipts", receipt(STORE, 10))
    count = start()
    noted(count, saw(2, explanation="?"))
    clerk.post("/spoilages", {"store": STORE, "item": "blangko", "quantity": 5, "reason": "damaged"})
    problem = approve(chief, count, 409)
    assert (problem["code"], problem["facts"]["available"]) == ("stock_insufficient", 5)
    noted(count, saw(5))
    approve(chief, count)
    assert clerk.stock(STORE)["lost"] == 0


# Numbers.


@pytest.fixture
def tracked(clerk):
    """`tracked(first, last)` are blanks received with their numbers."""

    return lambda first, last: clerk.post("/receipts", by_number(first, last))


def test_missing_and_unexpected_numbers_are_kept_interval_by_interval(app, clerk, chief, tracked, start, noted, exact):
    tracked(1, 100)
    count = start()
    seen = [f"A{n:06d}" for n in (*range(1, 40), *range(61, 101), *range(200, 205))]
    line = noted(count, saw(numbers=seen, explanation="selisih kotak"))["lines"][0]
    assert (line["books"], line["counted"], line["variance"]) == (100, 84, -16)
    assert line["missing"] == [{"first": "A000040", "last": "A000060", "quantity": 21}]
    assert line["unexpected"] == [{"first": "A000200", "last": "A000204", "quantity": 5}]
    with app.app_context():
        assert current().query(CountNumbers).count() == 2
    done = approve(chief, count)
    assert (done["shortage"], done["surplus"]) == (21, 5)
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)["lost"]) == (84, 21)
    taking = {"store": STORE, "item": "blangko", "reason": "damaged"}
    clerk.post("/spoilages", taking | {"numbers": ["A000202"]})
    assert clerk.post("/spoilages", taking | {"numbers": ["A000050"]}, 409)["code"] == "numbers_elsewhere"


def test_as_many_wrong_numbers_as_missing_ones_differ_too(clerk, chief, tracked, start, noted, exact):
    tracked(1, 10)
    count = start()
    line = noted(count, saw(intervals=[numbers(2, 11)]))["lines"][0]
    assert (line["variance"], line["missing"][0]["first"], line["unexpected"][0]["first"]) == (0, "A000001", "A000011")
    assert approve(chief, count, 409)["code"] == "count_unexplained"
    noted(count, saw(explanation="tertukar", numbered=True))
    approve(chief, count)
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)["lost"]) == (10, 1)


def test_a_number_lies_in_one_place_only(clerk, tracked, start, noted, exact):
    tracked(1, 10)
    spoiled = saw(intervals=[numbers(10, 11)], condition="spoiled", reason="damaged")
    problem = noted(start(), saw(intervals=[numbers(1, 10)]), spoiled, expect=422)
    fault = problem["errors"][0]
    assert (fault["pointer"], fault["code"]) == ("/lines/1/intervals/0", "numbers_twice")
    assert "A000010" in fault["detail"]


def test_numbers_may_be_left_out_where_all_are_there_or_none(clerk, chief, tracked, start, noted, exact):
    tracked(1, 10)
    count = start()
    problem = noted(count, saw(9), expect=422)
    assert problem["errors"][0] | {"detail": ""} == {"pointer": "/lines/0", "code": "numbers_to_count", "detail": ""}
    assert noted(count, saw(10))["lines"][0]["variance"] == 0
    line = noted(count, saw(0, explanation="kotak kosong"))["lines"][0]
    assert (line["variance"], line["missing"][0]["quantity"]) == (-10, 10)
    approve(chief, count)
    assert clerk.stock(STORE)["lost"] == 10


def test_a_quantity_beside_numbered_blanks_means_those_without_unless_told(clerk, tracked, start, noted, exact):
    clerk.post("/receipts", receipt(STORE, 30))
    tracked(1, 10)
    count = start()
    lines = noted(count, saw(30), saw(10, numbered=True))["lines"]
    assert [(line["numbered"], line["counted"], line["variance"]) for line in lines] == [(False, 30, 0), (True, 10, 0)]


def test_a_number_that_is_on_the_books_elsewhere_blocks_the_approval_and_says_where_to_look(
    calls, clerk, chief, tracked, start, noted, exact
):
    tracked(1, 10)
    other = calls("clerk", "15.04")
    other.post("/receipts", by_number(50, 59, "15.04-UTAMA"))
    count = start()
    noted(count, saw(intervals=[numbers(1, 10), numbers(55, 61)], explanation="kotak asing"))
    problem = approve(chief, count, 409)
    assert problem["code"] == "found_elsewhere"
    assert "tempat lain" in problem["detail"]
    assert "15.04-UTAMA" not in str(problem)  # it is none of this office's business where
    assert "A000055..A000059" in problem["detail"]
    told = approve(calls("coordinator", "15"), count, 409)
    assert "15.04-UTAMA" in told["detail"]
    assert clerk.stock(STORE)["on_hand"] == 10
    noted(count, saw(intervals=[numbers(1, 10), numbers(60, 61)], explanation="sisa"))
    approve(chief, count)
    assert clerk.stock(STORE)["on_hand"] == 12


def test_a_found_number_that_was_booked_in_meanwhile_does_not_come_in_twice(clerk, chief, tracked, start, noted, exact):
    tracked(1, 10)
    count = start()
    noted(count, saw(intervals=[numbers(1, 12)], explanation="surat menyusul"))
    tracked(11, 12)
    assert approve(chief, count, 409)["code"] == "found_elsewhere"
    assert noted(count, saw(12))["lines"][0]["variance"] == 0
    approve(chief, count)
    assert clerk.stock(STORE)["on_hand"] == 12


def test_the_miami_case_has_149_981_to_explain_listed_by_interval(clerk, chief, start, noted, exact):
    clerk.post("/receipts", by_number(1, 25_739, source="opening"))
    count = start()
    lots = [{"intervals": [numbers(n, n + 499)]} for n in range(100_000, 265_000, 500)]
    received = receipt(STORE, 165_000) | {"lots": lots}
    clerk.post("/receipts", received)
    line = noted(count, saw(intervals=[numbers(739, 25_739), numbers(200_000, 215_756)]))["lines"][0]
    told = {name: line[name] for name in ("snapshot", "moved", "books", "counted", "variance")}
    assert told == {
        "snapshot": 25_739, "moved": 165_000, "books": 190_739, "counted": 40_758, "variance": -149_981,
    }  # fmt: skip
    assert [(each["first"], each["last"], each["quantity"]) for each in line["missing"]] == [
        ("A000001", "A000738", 738),
        ("A100000", "A199999", 100_000),
        ("A215757", "A264999", 49_243),
    ]
    assert clerk.get(f"/counts/{count['id']}")["shortage"] == 149_981
    notice = chief.get("/notices?kind=count_difference")["items"][0]
    assert (notice["subject"], notice["facts"]["shortage"]) == (count["id"], 149_981)
    noted(count, saw(explanation="dijelaskan per kotak", numbered=True))
    approve(chief, count)
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)["lost"]) == (40_758, 149_981)
    assert chief.get("/notices?kind=count_difference")["items"] == []


# Blind counts.

HIDDEN = ("snapshot", "moved", "books", "variance", "missing", "unexpected")


def test_a_blind_count_tells_the_books_when_they_are_no_help_any_more(
    calls, clerk, chief, tracked, start, noted, exact
):
    settings(calls, recount_over=5)
    tracked(1, 10)
    clerk.post("/receipts", receipt(STORE, 10, "ribbon"))
    count = start(blind=True)
    assert all(line[name] is None for line in count["lines"] for name in HIDDEN)
    assert (count["told"], count["shortage"], count["surplus"]) == (False, None, None)
    problem = noted(count, saw(10, numbered=True), expect=422)
    assert problem["errors"][0]["code"] == "numbers_to_count"  # or a refusal would tell whether it is right
    half = noted(count, saw(intervals=[numbers(1, 9)]), saw(1, "ribbon"))
    assert all(line[name] is None for line in half["lines"] for name in HIDDEN)
    assert [line["to_count"] for line in half["lines"]] == [False, True]
    notice = chief.get("/notices?kind=count_difference")["items"][0]
    assert notice["facts"] == {"store": STORE}
    full = noted(count, saw(2, "ribbon"))
    assert full["told"]
    assert [(line["books"], line["variance"]) for line in full["lines"]] == [(10, -1), (10, -8)]
    assert noted(count, saw(10, "ribbon"), expect=422)["errors"][0]["code"] == "count_told"
    noted(count, saw(explanation="hilang", numbered=True), saw(item="ribbon", explanation="terpakai"))
    assert approve(chief, count)["shortage"] == 9


def test_a_blind_count_does_not_say_which_lines_were_right_before_all_were_counted_once(
    calls, clerk, chief, start, noted, exact
):
    settings(calls, recount_over=5)
    clerk.post("/receipts", receipt(STORE, 10))
    clerk.post("/receipts", receipt(STORE, 10, "ribbon"))
    count = start(blind=True)
    for seen in (10, 1):
        first = noted(count, saw(seen))
        assert ([line["to_count"] for line in first["lines"]], first["to_count"]) == ([False, True], 1)
        assert chief.get("/notices")["items"] == []
        refused = approve(chief, count, 409)
        assert [each["pointer"] for each in refused["errors"]] == ["/lines/1"]
    both = noted(count, saw(10, "ribbon"))
    assert both["told"]


def test_a_shelf_of_boxes_and_loose_blanks_is_one_line(clerk, tracked, start, noted, exact):
    tracked(1, 20)
    count = start()
    line = noted(count, saw(intervals=[numbers(1, 10)], numbers=["A000015", "A000012"]))["lines"][0]
    assert (line["counted"], line["variance"]) == (12, -8)
    twice = noted(count, saw(intervals=[numbers(1, 10)], numbers=["A000010"]), expect=422)
    assert twice["errors"][0]["pointer"] == "/lines/0/numbers/0"
    for both in ({"intervals": [numbers(1, 10)]}, {"numbers": ["A000001"]}):
        assert noted(count, saw(10, **both), expect=422)["code"] == "body_invalid"


def test_a_line_that_was_noted_by_mistake_is_taken_back_by_counting_none(clerk, chief, start, noted, exact):
    clerk.post("/receipts", receipt(STORE, 10))
    count = start()
    noted(count, saw(10), saw(4, "ribbon"))
    after = noted(count, saw(0, "ribbon"))
    assert [(line["item"], line["counted"], line["variance"]) for line in after["lines"]] == [
        ("blangko", 10, 0), ("ribbon", 0, 0),
    ]  # fmt: skip
    assert approve(chief, count)["movement"] is None


def test_a_line_said_twice_names_the_other_one_from_one_on(clerk, start, noted):
    clerk.post("/receipts", receipt(STORE, 10))
    fault = noted(start(), saw(10), saw(9), expect=422)["errors"][0]
    assert (fault["pointer"], fault["detail"]) == ("/lines/1", "Baris ini sama dengan baris 1.")


def test_a_blind_count_that_was_called_off_half_way_tells_nothing(clerk, chief, start, exact):
    clerk.post("/receipts", receipt(STORE, 10))
    count = start(blind=True)
    done = chief.post(f"/counts/{count['id']}/cancel", {"reason": "gempa"}, 200)
    assert (done["status"], done["reason"], done["lines"][0]["snapshot"]) == ("cancelled", "gempa", None)


# Four eyes.


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


def test_the_count_of_a_kit_is_approved_by_its_host_and_not_by_guests(app, calls, clerk, two, exact):
    event, guest = running_event(app, "15.03"), calls("admin", "15.04")
    clerk.post("/receipts", receipt(event.store, 10))
    event.let_in(guest)
    count = guest.post("/counts", {"store": event.store, "kind": "full", "counted_by": two})
    guest.post(f"/counts/{count['id']}/lines", {"lines": [saw(0, explanation="x")]}, 200)
    for path in ("approve", "cancel"):
        assert guest.post(f"/counts/{count['id']}/{path}", {"reason": "x"}, 404)["code"] == "count_not_found"
    approve(calls("coordinator", "15.03"), count)
