"""Every list comes in batches that together are the whole, in either order, whatever is added meanwhile."""

from __future__ import annotations

import pytest

from tests.builders import receipt


def batches(caller, address, limit, order="asc"):
    joined = "&" if "?" in address else "?"
    items, cursor, count = [], None, 0
    while True:
        batch = caller.get(f"{address}{joined}limit={limit}&order={order}{f'&cursor={cursor}' if cursor else ''}")
        assert len(batch["items"]) <= limit
        items += batch["items"]
        cursor, count = batch["next"], count + 1
        if cursor is None:
            return items, count


@pytest.fixture
def stocked(calls):
    clerk = calls("clerk", "15")
    for number in range(1, 8):
        clerk.post("/receipts", receipt(f"15.0{number % 3 + 1}-UTAMA", number, ["blangko", "ribbon"][number % 2]))
    return calls("admin", "0")


@pytest.mark.parametrize(
    "address",
    ["/receipts", "/stock", "/offices?parent=15", "/stores?office=15", "/items", "/users", "/regions?parent=15"],
)
def test_batches_are_the_whole_list_in_either_order(stocked, address):
    joined = "&" if "?" in address else "?"
    whole = stocked.get(f"{address}{joined}limit=500")
    assert whole["next"] is None
    assert whole["items"]
    for limit in (1, 2, 3):
        assert batches(stocked, address, limit)[0] == whole["items"]
    assert batches(stocked, address, 2, "desc")[0] == whole["items"][::-1]


def test_the_last_batch_may_be_full_and_still_is_the_last(stocked):
    items, count = batches(stocked, "/receipts", 7)
    assert (len(items), count) == (7, 1)


def test_fifty_come_unless_another_number_is_asked(stocked):
    batch = stocked.get("/offices")
    assert len(batch["items"]) == 50
    assert len(stocked.get("/offices?limit=500")["items"]) == 500


def test_what_is_added_behind_a_cursor_is_found_and_nothing_comes_twice(stocked, calls):
    first = stocked.get("/receipts?limit=4")
    calls("clerk", "15").post("/receipts", receipt("15.03-UTAMA", 99))
    rest = stocked.get(f"/receipts?limit=50&cursor={first['next']}")["items"]
    ids = [row["id"] for row in first["items"] + rest]
    assert ids == sorted(set(ids))
    assert rest[-1]["quantity"] == 99


def test_a_cursor_of_another_list_is_refused_or_gives_a_part_of_this_one(stocked):
    cursor = stocked.get("/stock?limit=1")["next"]
    problem = stocked.get(f"/receipts?cursor={cursor}", 422)
    assert problem["errors"][0]["pointer"] == "cursor"


def test_lists_cost_the_same_number_of_statements_for_any_length(stocked, statements):
    for address in ("/receipts", "/stock", "/offices", "/stores", "/items", "/users", "/regions"):
        counts = []
        for limit in (1, 200):
            statements.clear()
            stocked.get(f"{address}?limit={limit}")
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 3, address
