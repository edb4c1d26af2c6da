"""The stock card as people read it: a line a movement, and what it did to the store as a whole."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import clock
from inventory.access import Role
from inventory.paging import Slice
from inventory.stock import shelves
from inventory.stock.rules import Condition
from tests.builders import actor, receipt
from tests.papers import by_number

STORE = "15.03-UTAMA"
CARD = f"/gudang/kartu?store={STORE}&item=blangko"


def today():
    return clock.business_day("Asia/Jakarta")


def lines(browser, rest=""):
    """The card as a file, without dates and documents: what happened, in, out, left."""
    written = [line.split(";") for line in browser.get(f"{CARD}&unduh=card.csv{rest}").text.splitlines()[1:]]
    return [[line[1], *line[3:]] for line in written]


@pytest.fixture
def moved(calls):
    """Two receipts, of which one by number; some blanks set aside for an event and set free again; then a spoilage."""
    clerk, chief, day = calls("clerk", "15.03"), calls("coordinator", "15.03"), today()
    clerk.post("/receipts", receipt(STORE, 1_100, received_on=f"{day - timedelta(days=2)}", lots=[{"quantity": 1_100}]))
    clerk.post("/receipts", by_number(100, received_on=f"{day - timedelta(days=1)}"))
    plan = {
        "name": "Jebol", "kind": "village", "host_office": "15.03", "opens_at": "08:00", "closes_at": "16:00",
        "starts_on": f"{day + timedelta(days=20)}", "ends_on": f"{day + timedelta(days=21)}",
    }  # fmt: skip
    pledges = f"/events/{chief.post('/events', plan)['id']}/pledges"
    made = chief.post(pledges, {"store": STORE, "item": "blangko", "quantity": 120})
    chief.send("DELETE", f"{pledges}/{made['id']}")
    lot = clerk.get(f"/lots?store={STORE}")["items"][0]["id"]
    clerk.post("/trackings", {"store": STORE, "item": "blangko", "lot": lot, "intervals": [["A0001", "A0010"]]})
    clerk.post("/spoilages", {"store": STORE, "item": "blangko", "quantity": 2, "reason": "damaged"})


@pytest.mark.usefixtures("moved", "exact")
def test_a_movement_is_one_line_and_what_is_set_aside_moves_nothing(browses):
    found = lines(browses("clerk", "15.03"))
    assert found == [
        ["Kerusakan", "", "2", "1198"],
        ["120 dilepas dari acara, tetap di gudang", "", "", "1200"],
        ["120 disisihkan untuk acara", "", "", "1200"],
        ["Penerimaan", "100", "", "1200"],
        ["Penerimaan", "1100", "", "1100"],
    ]
    yesterday = f"&until={today() - timedelta(days=1)}"
    assert lines(browses("clerk", "15.03"), yesterday) == found[3:]


@pytest.mark.usefixtures("moved")
def test_the_card_in_batches_is_the_whole_card(app):
    with app.app_context():
        shelf = shelves.shelf(actor(Role.CLERK, "15.03"), STORE, "blangko")
        days = shelves.days_of(shelf, Condition.BLANK, today() - timedelta(days=1), today())
        whole = shelves.list_card(days, Slice(50)).items
        batches, after = [], None
        for _ in range(2):
            batch = shelves.list_card(days, Slice(2, after))
            batches, after = batches + batch.items, batch.next
    assert [line["running"] for line in whole] == [1198, 1200, 1200, 1200]
    assert (batches, after) == (whole, None)


@pytest.mark.usefixtures("moved")
def test_a_downloaded_card_is_called_by_its_store_and_item(browses):
    clerk = browses("clerk", "15.03")
    names = [
        clerk.get(f"{CARD}&condition={condition}&unduh=card.csv").answer.headers["Content-Disposition"]
        for condition in ("blank", "spoiled")
    ]
    assert names == [
        f'attachment; filename="kartu-stok-15-03-utama-blangko-{today()}.csv"',
        f'attachment; filename="kartu-stok-15-03-utama-blangko-rusak-{today()}.csv"',
    ]
