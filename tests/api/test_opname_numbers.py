"""Counts over REST by number: which are missing, which nobody expected, and where those are on the books."""

from __future__ import annotations

import pytest

from inventory.database import current
from inventory.opname.models import CountNumbers
from tests import opname
from tests.builders import receipt
from tests.opname import STORE, approve, by_number, numbers, saw

pytestmark = pytest.mark.usefixtures("exact")
two, start, noted, tracked = opname.two, opname.start, opname.noted, opname.tracked


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


def test_a_shelf_of_boxes_and_loose_blanks_is_one_line(clerk, tracked, start, noted, exact):
    tracked(1, 20)
    count = start()
    line = noted(count, saw(intervals=[numbers(1, 10)], numbers=["A000015", "A000012"]))["lines"][0]
    assert (line["counted"], line["variance"]) == (12, -8)
    twice = noted(count, saw(intervals=[numbers(1, 10)], numbers=["A000010"]), expect=422)
    assert twice["errors"][0]["pointer"] == "/lines/0/numbers/0"
    for both in ({"intervals": [numbers(1, 10)]}, {"numbers": ["A000001"]}):
        assert noted(count, saw(10, **both), expect=422)["code"] == "body_invalid"
