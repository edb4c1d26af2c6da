"""Counts over REST, line by line: what was seen beside what the books say, counted again, explained, or blind."""

from __future__ import annotations

import pytest

from tests import opname
from tests.builders import receipt
from tests.opname import STORE, approve, by_number, numbers, saw, settings

pytestmark = pytest.mark.usefixtures("exact")
two, start, noted, tracked = opname.two, opname.start, opname.noted, opname.tracked


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


def test_a_blind_count_that_was_called_off_half_way_tells_nothing(clerk, chief, start, exact):
    clerk.post("/receipts", receipt(STORE, 10))
    count = start(blind=True)
    done = chief.post(f"/counts/{count['id']}/cancel", {"reason": "gempa"}, 200)
    assert (done["status"], done["reason"], done["lines"][0]["snapshot"]) == ("cancelled", "gempa", None)
