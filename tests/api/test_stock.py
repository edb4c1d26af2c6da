"""Stock work over REST: what came, what was spoiled, lost or used up, and how each is taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import current
from inventory.stock import commands
from inventory.stock.commands import Arrival
from inventory.stock.numbers import Amount
from inventory.stock.rules import Condition, ReceiptSource
from inventory.words import in_indonesian
from tests.builders import actor, receipt

STORE = "15.03-UTAMA"
TODAY = date(2026, 3, 12)


def spoilage(quantity, **more):
    return {"store": STORE, "item": "blangko", "quantity": quantity, "reason": "damaged", **more}


def loss(quantity, **more):
    return {"store": STORE, "item": "blangko", "quantity": quantity, "reason": "dicuri", **more}


def use(quantity, **more):
    return {"store": STORE, "item": "ribbon", "quantity": quantity, **more}


@pytest.fixture
def clerk(calls):
    return calls("clerk", "15.03")


@pytest.fixture
def noon():
    """It is 10:00 WIB on 12 March 2026."""
    with clock.telling(datetime(2026, 3, 12, 3, tzinfo=UTC)):
        yield


def test_a_receipt_puts_what_was_counted_on_hand_beside_the_papers_figure(clerk, exact):
    made = clerk.post("/receipts", receipt(STORE, 4_998, paper_quantity=5_000))
    assert (made["quantity"], made["paper_quantity"], made["difference"]) == (4_998, 5_000, -2)
    assert clerk.stock(STORE)["on_hand"] == 4_998
    assert clerk.get(f"/receipts/{made['id']}") == made
    assert clerk.get(f"/receipts?store={STORE}")["items"] == [made]


def test_the_same_key_and_body_make_one_receipt(clerk, exact):
    first = clerk.post("/receipts", receipt(STORE, 10), key="once")
    assert clerk.post("/receipts", receipt(STORE, 10), key="once") == first
    assert clerk.stock(STORE)["on_hand"] == 10


def test_the_same_key_with_another_body_is_refused(clerk, exact):
    clerk.post("/receipts", receipt(STORE, 10), key="once")
    assert clerk.post("/receipts", receipt(STORE, 11), 409, key="once")["code"] == "idempotency_key_reused"


def test_without_a_key_nothing_is_moved(clerk):
    assert clerk.post("/receipts", receipt(STORE, 10), 400, key=None)["code"] == "idempotency_key_missing"
    assert clerk.stock(STORE)["on_hand"] == 0


@pytest.mark.parametrize("condition", list(Condition))
def test_opening_figures_may_be_blanks_spoiled_or_printed_cards(clerk, exact, condition):
    clerk.post("/receipts", receipt(STORE, 40, source="opening", condition=condition.value))
    name = {"blank": "on_hand"}.get(condition.value, condition.value)
    stock = clerk.stock(STORE)
    assert stock[name] == sum(stock.values()) == 40


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"source": "ministry", "condition": "spoiled"}, "opening_only"),
        ({"source": "grant", "condition": "printed"}, "opening_only"),
        ({"source": "opening", "condition": "printed", "item": "ribbon"}, "only_blanks_become_cards"),
        ({"received_on": "2999-01-01"}, "date_in_future"),
        ({"source": "supplier"}, "body_invalid"),
        ({"paper_quantity": -1}, "body_invalid"),
        ({"document_number": ""}, "body_invalid"),
        ({"document_number": "x" * 81}, "body_invalid"),
        ({"received_on": "2026-02-30"}, "body_invalid"),
        ({"received_on": "2026-1-5"}, "body_invalid"),
        ({"received_on": "05/01/2026"}, "body_invalid"),
        ({"office": "15.03"}, "body_invalid"),
    ],
)
def test_a_receipt_that_can_never_be_right_is_refused(clerk, exact, changes, code):
    assert clerk.post("/receipts", receipt(STORE, 10) | changes, 422)["code"] == code
    assert sum(clerk.stock(STORE).values()) == 0


def test_goods_of_a_province_that_keeps_its_stock_here_arrive_by_a_transfer(calls, clerk, exact):
    from_province = receipt(STORE, 10, source="province")
    clerk.post("/receipts", from_province)
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 100))
    assert clerk.post("/receipts", from_province, 409)["code"] == "province_keeps_stock"
    assert clerk.stock(STORE)["on_hand"] == 10


@pytest.mark.parametrize(("office", "store"), [("15", "15-UTAMA"), ("0", "0-UTAMA")])
def test_only_a_regency_receives_from_a_province(calls, exact, office, store):
    problem = calls("clerk", office).post("/receipts", receipt(store, 10, source="province"), 422)
    assert problem["code"] == "source_impossible"


def test_what_leaves_is_always_somewhere(clerk, exact):
    clerk.post("/receipts", receipt(STORE, 100))
    clerk.post("/receipts", receipt(STORE, 10, "ribbon"))
    clerk.post("/spoilages", spoilage(3))
    clerk.post("/losses", loss(2, police_number="LP/12"))
    clerk.post("/losses", loss(1, condition="spoiled"))
    clerk.post("/consumptions", use(4))
    blanks, ribbons = clerk.stock(STORE), clerk.stock(STORE, "ribbon")
    assert (blanks["on_hand"], blanks["spoiled"], blanks["lost"]) == (95, 2, 3)
    assert sum(blanks.values()) == 100
    assert (ribbons["on_hand"], ribbons["consumed"], sum(ribbons.values())) == (6, 4, 10)
    ends = clerk.get(f"/stock?store={STORE}")["items"][0]
    assert not {"issued", "consumed", "destroyed", "lost"} & set(ends)


def test_a_movement_tells_its_entries_with_the_balances_after_them(clerk, exact):
    clerk.post("/receipts", receipt(STORE, 100))
    made = clerk.post("/losses", loss(30, police_number="LP/12"))
    assert clerk.get(f"/movements/{made['id']}") == made
    assert (made["kind"], made["quantity"], made["reason"], made["document_number"]) == ("loss", 30, "dicuri", "LP/12")
    told = {(e["place"], e["condition"], e["quantity"], e["balance_after"], e["event"]) for e in made["entries"]}
    assert told == {("store", "blank", -30, 70, None), ("lost", "blank", 30, 30, None)}
    assert datetime.fromisoformat(made["posted_at"]).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("address", "body"), [("/spoilages", spoilage(11)), ("/losses", loss(11)), ("/consumptions", use(11))]
)
def test_more_than_is_there_is_refused_and_nothing_moves(clerk, exact, address, body):
    clerk.post("/receipts", receipt(STORE, 10))
    clerk.post("/receipts", receipt(STORE, 10, "ribbon"))
    problem = clerk.post(address, body, 409)
    assert (problem["code"], problem["facts"]["available"], problem["facts"]["asked"]) == ("stock_insufficient", 10, 11)
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE, "ribbon")["on_hand"]) == (10, 10)


@pytest.mark.parametrize(
    ("address", "body", "status", "code"),
    [
        ("/consumptions", use(1, item="blangko"), 422, "blanks_are_not_used_up"),
        ("/spoilages", spoilage(1, reason="rusak"), 422, "body_invalid"),
        ("/spoilages", spoilage(1, condition="spoiled"), 422, "body_invalid"),
        ("/spoilages", spoilage(1, item="moon"), 404, "item_not_found"),
        ("/spoilages", spoilage(1, owner="15.04"), 409, "stock_insufficient"),
        ("/spoilages", spoilage(1, event=999), 409, "stock_insufficient"),
        ("/losses", loss(1, reason=""), 422, "body_invalid"),
        ("/losses", loss(1, condition="printed"), 409, "stock_insufficient"),
    ],
)
def test_a_taking_that_does_not_fit_is_refused(clerk, exact, address, body, status, code):
    clerk.post("/receipts", receipt(STORE, 10))
    assert clerk.post(address, body, status)["code"] == code
    assert clerk.stock(STORE)["on_hand"] == 10


@pytest.mark.parametrize(
    ("first", "body", "state"),
    [("/spoilages", spoilage(40), "spoiled"), ("/losses", loss(40), "lost")],
)
def test_a_mistake_is_taken_back_in_part_or_whole_and_never_twice(clerk, exact, first, body, state):
    clerk.post("/receipts", receipt(STORE, 100))
    made = clerk.post(first, body)
    part = clerk.post(f"/movements/{made['id']}/reversal", {"reason": "salah hitung", "quantity": 15})
    assert (part["kind"], part["corrects"], part["quantity"]) == ("reversal", made["id"], 15)
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)[state]) == (75, 25)
    problem = clerk.post(f"/movements/{made['id']}/reversal", {"reason": "x", "quantity": 26}, 409)
    assert (problem["code"], problem["facts"]["left"]) == ("reversal_too_large", 25)
    clerk.post(f"/movements/{made['id']}/reversal", {"reason": "sisanya"})
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)[state]) == (100, 0)
    assert clerk.post(f"/movements/{made['id']}/reversal", {"reason": "lagi"}, 409)["code"] == "reversed_already"
    assert clerk.post(f"/movements/{part['id']}/reversal", {"reason": "x"}, 409)["code"] == "not_reversible"


def test_a_receipt_whose_goods_have_moved_on_is_not_reversed(clerk, exact):
    made = clerk.post("/receipts", receipt(STORE, 100))
    clerk.post("/spoilages", spoilage(1))
    problem = clerk.post(f"/movements/{made['id']}/reversal", {"reason": "salah kirim"}, 409)
    assert (problem["code"], problem["facts"]["available"]) == ("stock_insufficient", 99)
    clerk.post(f"/movements/{made['id']}/reversal", {"reason": "sebagian", "quantity": 99})
    assert clerk.stock(STORE) | {"on_hand": 0, "spoiled": 1} == clerk.stock(STORE)


def test_a_use_is_taken_back(clerk, exact):
    clerk.post("/receipts", receipt(STORE, 5, "ribbon"))
    made = clerk.post("/consumptions", use(5))
    clerk.post(f"/movements/{made['id']}/reversal", {"reason": "belum dipakai"})
    assert clerk.stock(STORE, "ribbon") | {"on_hand": 5, "consumed": 0} == clerk.stock(STORE, "ribbon")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x", "quantity": 0}, {"reason": "x", "all": True}])
def test_a_correction_says_why_and_how_much(clerk, body, exact):
    made = clerk.post("/receipts", receipt(STORE, 5))
    assert clerk.post(f"/movements/{made['id']}/reversal", body, 422)["code"] == "body_invalid"


def test_a_reason_is_never_told_in_the_audit_row_nor_is_the_body(app, clerk):
    clerk.post("/receipts", receipt(STORE, 5))
    clerk.post("/losses", loss(1, reason="dibawa Budi 1503040101010001"))
    with app.app_context():
        assert "Budi" not in repr([row.facts for row in current().query(AuditRow)])


# Dates. The office's own day counts; what came may be old, what leaves only a week, and no day may end below nothing.


@pytest.mark.parametrize(
    ("days_ago", "code"),
    [(0, None), (1, None), (7, None), (8, "date_too_old"), (400, "date_too_old"), (-1, "date_in_future")],
)
@pytest.mark.parametrize(("address", "body"), [("/spoilages", spoilage(1)), ("/losses", loss(1))])
def test_taking_out_may_be_dated_back_a_week(clerk, noon, exact, days_ago, code, address, body):
    clerk.post("/receipts", receipt(STORE, 10))
    dated = body | {"occurred_on": f"{TODAY - timedelta(days=days_ago)}"}
    if code is None:
        assert clerk.post(address, dated)["occurred_on"] == dated["occurred_on"]
    else:
        assert clerk.post(address, dated, 422)["code"] == code
        assert clerk.stock(STORE)["on_hand"] == 10


def test_an_office_sets_its_own_limit(calls, clerk, noon, exact):
    clerk.post("/receipts", receipt(STORE, 10))
    dated = spoilage(1, occurred_on=f"{TODAY - timedelta(days=30)}")
    assert clerk.post("/spoilages", dated, 422)["facts"]["limit"] == 7
    calls("admin", "15.03").patch("/offices/15.03", {"backdate_days": 30})
    clerk.post("/spoilages", dated)
    calls("admin", "15.03").patch("/offices/15.03", {"backdate_days": 0})
    yesterday = spoilage(1, occurred_on=f"{TODAY - timedelta(days=1)}")
    assert clerk.post("/spoilages", yesterday, 422)["code"] == "date_too_old"


@pytest.mark.parametrize("days_ago", [0, 8, 3_000])
def test_a_receipt_may_be_as_old_as_it_is(clerk, noon, exact, days_ago):
    on = f"{TODAY - timedelta(days=days_ago)}"
    assert clerk.post("/receipts", receipt(STORE, 10, received_on=on))["received_on"] == on


def test_what_came_today_cannot_have_been_spoiled_yesterday(clerk, noon, exact):
    clerk.post("/receipts", receipt(STORE, 10, received_on=f"{TODAY}"))
    problem = clerk.post("/spoilages", spoilage(1, occurred_on=f"{TODAY - timedelta(days=1)}"), 409)
    assert (problem["code"], problem["facts"]["available"]) == ("stock_short_on_day", 0)
    clerk.post("/spoilages", spoilage(1))


def test_a_taking_with_a_past_date_is_checked_against_every_day_since(clerk, noon, exact):
    days = {n: f"{TODAY - timedelta(days=n)}" for n in range(8)}
    clerk.post("/receipts", receipt(STORE, 10, received_on=days[7]))
    clerk.post("/spoilages", spoilage(8, occurred_on=days[5]))  # 2 are left from here on
    clerk.post("/receipts", receipt(STORE, 100, received_on=days[2]))
    problem = clerk.post("/losses", loss(3, occurred_on=days[6]), 409)
    assert problem["code"] == "stock_short_on_day"
    assert problem["facts"] == {"day": days[5], "store": STORE, "available": 2, "item": "blangko", "asked": 3}
    assert str(in_indonesian(TODAY - timedelta(days=5))) in problem["detail"]
    clerk.post("/losses", loss(2, occurred_on=days[6]))
    clerk.post("/losses", loss(100, occurred_on=days[2]))


def test_what_came_and_went_within_one_day_does_not_stop_a_taking_before_it(clerk, noon, exact):
    days = {n: f"{TODAY - timedelta(days=n)}" for n in range(8)}
    clerk.post("/receipts", receipt(STORE, 10, received_on=days[6]))
    clerk.post("/receipts", receipt(STORE, 50, received_on=days[3]))
    clerk.post("/spoilages", spoilage(55, occurred_on=days[3]))
    clerk.post("/losses", loss(5, occurred_on=days[5]))
    assert clerk.stock(STORE)["on_hand"] == 0


def test_a_correction_counts_today(clerk, noon, exact):
    made = clerk.post("/receipts", receipt(STORE, 10, received_on="2026-01-05"))
    reversal = clerk.post(f"/movements/{made['id']}/reversal", {"reason": "salah"})
    assert reversal["occurred_on"] == f"{TODAY}"


@pytest.mark.parametrize(
    ("office", "instant", "today"),
    [
        ("15.03", datetime(2026, 3, 12, 16, 59, tzinfo=UTC), date(2026, 3, 12)),  # 23:59 WIB
        ("15.03", datetime(2026, 3, 12, 17, 0, tzinfo=UTC), date(2026, 3, 13)),
        ("73.71", datetime(2026, 3, 12, 15, 59, tzinfo=UTC), date(2026, 3, 12)),  # 23:59 WITA
        ("73.71", datetime(2026, 3, 12, 16, 0, tzinfo=UTC), date(2026, 3, 13)),
        ("91.71", datetime(2026, 3, 12, 14, 59, tzinfo=UTC), date(2026, 3, 12)),  # 23:59 WIT
        ("91.71", datetime(2026, 3, 12, 15, 0, tzinfo=UTC), date(2026, 3, 13)),
    ],
)
def test_the_day_is_the_offices_own(calls, exact, office, instant, today):
    clerk = calls("clerk", office)
    with clock.telling(instant):
        store = f"{office}-UTAMA"
        made = clerk.post("/receipts", receipt(store, 10, received_on=f"{today}"))
        assert made["received_on"] == f"{today}"
        tomorrow = receipt(store, 10, received_on=f"{today + timedelta(days=1)}")
        assert clerk.post("/receipts", tomorrow, 422)["code"] == "date_in_future"
        assert clerk.post("/spoilages", spoilage(1, store=store))["occurred_on"] == f"{today}"
        assert clerk.post("/spoilages", spoilage(1, store=store, occurred_on=f"{today - timedelta(days=8)}"), 422)


# The stock card.


def test_the_stock_card_runs_by_business_day_whatever_was_posted_first(clerk, noon, exact):
    days = {n: f"{TODAY - timedelta(days=n)}" for n in range(8)}
    clerk.post("/receipts", receipt(STORE, 100, received_on=days[6]))
    clerk.post("/spoilages", spoilage(5, occurred_on=days[1]))
    clerk.post("/receipts", receipt(STORE, 50, received_on=days[4]))
    clerk.post("/losses", loss(20, occurred_on=days[3]))
    card = clerk.get(f"/stock/entries?store={STORE}&item=blangko")["items"]
    assert [(line["occurred_on"], line["quantity"], line["running"]) for line in card] == [
        (days[1], -5, 125), (days[3], -20, 130), (days[4], 50, 150), (days[6], 100, 100),
    ]  # fmt: skip
    until = clerk.get(f"/stock/entries?store={STORE}&item=blangko&until={days[4]}")["items"]
    assert until == card[2:]
    spoiled = clerk.get(f"/stock/entries?store={STORE}&item=blangko&condition=spoiled")["items"]
    assert [(line["kind"], line["running"]) for line in spoiled] == [("spoilage", 5)]


def test_the_stock_card_comes_in_batches_with_the_running_balance_kept(clerk, noon, exact):
    for number in range(1, 8):
        clerk.post("/receipts", receipt(STORE, number, received_on=f"{TODAY - timedelta(days=number % 3)}"))
    whole = clerk.get(f"/stock/entries?store={STORE}&item=blangko")["items"]
    assert whole[0]["running"] == 28
    address, batches = f"/stock/entries?store={STORE}&item=blangko&limit=3", []
    while True:
        batch = clerk.get(address)
        batches += batch["items"]
        if batch["next"] is None:
            break
        address = f"/stock/entries?store={STORE}&item=blangko&limit=3&cursor={batch['next']}"
    assert batches == whole


# Query budgets: an office waits for round trips, and a list must cost what a short list costs.


def test_a_receipt_takes_few_statements(clerk, statements):
    clerk.post("/receipts", receipt(STORE, 10))  # opens the accounts
    with statements.within(12):
        clerk.post("/receipts", receipt(STORE, 10))


def test_a_spoilage_takes_few_statements(clerk, statements):
    clerk.post("/receipts", receipt(STORE, 10))
    clerk.post("/spoilages", spoilage(1))
    with statements.within(12):
        clerk.post("/spoilages", spoilage(1))


def test_reading_stock_costs_the_same_for_5_rows_and_for_150(calls, app, statements):
    reader = calls("inspector", "0")
    stores = [f"{row['code']}-UTAMA" for row in calls("admin", "0").get("/offices?limit=500")["items"]]

    def fill(some):
        with app.app_context():
            for store in some:
                arrival = Arrival(store, "blangko", Amount(10), ReceiptSource.MINISTRY, "SJ/1", date(2026, 1, 5))
                commands.receive(actor("clerk", "0"), arrival)

    fill(stores[:5])
    counts = []
    for expected in (5, 150):
        statements.clear()
        for address in ("/stock?limit=500", "/receipts?limit=500", "/stock?limit=500&include=ends"):
            assert len(reader.get(address)["items"]) == expected
        counts.append(len(statements))
        if expected == 5:
            fill(stores[5:150])
    assert counts[0] == counts[1] <= 6
