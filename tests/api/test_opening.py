"""Opening figures: what an office had in hand, spoiled and printed before its books began here."""

import pytest

from tests.builders import receipt
from tests.outreach import person

STORE = "15.03-UTAMA"


def opening(quantity, **more):
    return receipt(STORE, quantity, source="opening", **more)


@pytest.fixture
def opened(calls):
    """30 blanks, 4 spoiled, 20 printed cards that nobody has collected yet."""
    clerk = calls("clerk", "15.03")
    for quantity, condition in ((30, "blank"), (4, "spoiled"), (20, "printed")):
        clerk.post("/receipts", opening(quantity, condition=condition))
    return calls("printer", "15.03")


def test_an_opening_puts_blanks_spoiled_ones_and_waiting_cards_on_the_books(opened, exact):
    stock = opened.stock(STORE)
    assert (stock["on_hand"], stock["spoiled"], stock["printed"]) == (30, 4, 20)


def test_waiting_cards_of_the_opening_are_handed_over_by_a_list(opened, exact):
    body = {"store": STORE, "quantity": 15, "document_number": "DAFTAR/1"}
    made = opened.post("/cards/issue-opening", body, key="once")
    assert opened.post("/cards/issue-opening", body, key="once") == made
    assert (opened.stock(STORE)["printed"], opened.stock(STORE)["issued"]) == (5, 15)


def test_cards_of_recordings_are_not_handed_over_by_a_count(opened, exact):
    opened.post("/recordings", {"recordings": [person("a")]})
    job = opened.post("/print-jobs", {"store": STORE, "recordings": ["a"]})["id"]
    opened.post(f"/print-jobs/{job}/results", {"results": [{"recording": "a", "outcome": "printed"}]}, 200)
    assert opened.stock(STORE)["printed"] == 21
    body = {"store": STORE, "quantity": 21, "document_number": "DAFTAR/1"}
    problem = opened.post("/cards/issue-opening", body, 409)
    assert (problem["code"], problem["facts"]["available"]) == ("stock_insufficient", 20)


@pytest.mark.parametrize(("role", "office", "status"), [("clerk", "15.03", 403), ("printer", "15.04", 404)])
def test_others_do_not_hand_the_openings_cards_over(opened, calls, role, office, status):
    body = {"store": STORE, "quantity": 1, "document_number": "DAFTAR/1"}
    calls(role, office).post("/cards/issue-opening", body, status)


@pytest.mark.parametrize("source", ["ministry", "grant"])
def test_only_an_opening_brings_printed_or_spoiled_goods(calls, source):
    clerk = calls("clerk", "15.03")
    for condition in ("printed", "spoiled"):
        problem = clerk.post("/receipts", receipt(STORE, 1, source=source, condition=condition), 422)
        assert problem["code"] == "opening_only"
