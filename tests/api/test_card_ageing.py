"""How long cards wait, in days of the office's calendar, place by place and summed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.database import transaction
from inventory.printing import ageing
from inventory.printing.models import Card
from tests.builders import receipt
from tests.handover import KECAMATAN, VILLAGE, four_waiting, handed, issue, printed, sent
from tests.outreach import person
from tests.printing import STORE


@pytest.fixture
def printer(calls):
    return four_waiting(calls)


def aged(app, moments):
    """Say when the cards of these recordings were printed."""
    with app.app_context(), transaction() as session:
        cards = session.scalars(sa.select(Card).order_by(Card.recording_id)).all()
        for card, moment in zip(cards, moments, strict=False):
            card.printed_at = moment


MIDNIGHT = datetime(2026, 3, 1, 17, tzinfo=UTC)  # in Jakarta 2 March begins


def test_days_are_those_of_the_offices_calendar(printer, app, exact):
    second = timedelta(seconds=1)
    aged(app, [MIDNIGHT - second, MIDNIGHT, MIDNIGHT - timedelta(days=20), MIDNIGHT + timedelta(days=13)])
    with clock.telling(MIDNIGHT + timedelta(days=14) - second):  # the last second of 15 March
        cards = {c["client_id"]: c["age_days"] for c in printer.get("/cards")["items"]}
        assert cards == {"a": 14, "b": 13, "c": 33, "d": 0}
        [place] = printer.get("/cards/ageing")["items"]
        old = [[c["client_id"] for c in printer.get(f"/cards?waiting_days={d}")["items"]] for d in (0, 13, 14, 33, 34)]
    assert old == [["a", "b", "c", "d"], ["a", "b", "c"], ["a", "c"], ["c"], []]
    steps = [(0, 13, 2), (14, 29, 1), (30, 59, 1), (60, None, 0)]
    assert [tuple(step.values()) for step in place.pop("steps")] == steps
    assert place == {"office": "15.03", "store": STORE, "sent_to": None, "waiting": 4, "flagged": 2, "oldest_days": 33}


def test_the_same_instant_is_another_day_in_another_zone(calls, app, exact):
    for office in ("15.03", "91.71"):
        calls("admin", office).post("/receipts", receipt(f"{office}-UTAMA", 2))
        calls("printer", office).post("/recordings", {"recordings": [person(office, office)]})
        printed(calls("printer", office), f"{office}-UTAMA", [office])
    aged(app, [MIDNIGHT - timedelta(hours=1)] * 2)
    with clock.telling(MIDNIGHT + timedelta(days=14) - timedelta(hours=1)):
        rows = calls("coordinator", "0").get("/cards/ageing")["items"]
        ages = {row["office"]: (row["oldest_days"], row["flagged"]) for row in rows}
        late = calls("inspector", "0").get("/cards?waiting_days=15")["items"]
    assert ages == {"15.03": (14, 1), "91.71": (14, 1)}
    assert late == []


def test_what_was_sent_on_is_a_place_of_its_own_and_what_is_gone_is_none(printer, calls, app, statements, exact):
    sent(printer, "a", "b")
    sent(printer, "c", region=KECAMATAN)
    issue(printer, handed("b"))
    calls("admin", "15.03").patch("/offices/15.03", {"card_flag_days": [7, 2, 7]})
    aged(app, [clock.now() - timedelta(days=3)] * 4)
    clerk = calls("clerk", "15.03")
    with statements.within(4):
        places = clerk.get("/cards/ageing?office=15.03")["items"]
    assert [(p["sent_to"], p["waiting"], p["flagged"]) for p in places] == [
        (None, 1, 1), (KECAMATAN, 1, 1), (VILLAGE, 1, 1),
    ]  # fmt: skip
    assert [(step["from_days"], step["until_days"]) for step in places[0]["steps"]] == [(0, 1), (2, 6), (7, None)]
    first = calls("clerk", "15.03").get("/cards/ageing?limit=2")
    rest = calls("clerk", "15.03").get(f"/cards/ageing?limit=2&cursor={first['next']}")
    assert (first["items"] + rest["items"], rest["next"]) == (places, None)
    assert calls("clerk", "15.04").get("/cards/ageing")["items"] == []
    assert calls("clerk", "15.04").get("/cards/ageing?office=15.03", 403)["code"] == "out_of_reach"


def test_the_sum_of_all_places_tells_the_same_steps_whatever_each_office_flags(calls, app, exact):
    """Two zones, three rules of flagging, and cards on both sides of every day that counts."""
    flags, days = {"15.03": [2, 7], "15.04": [7, 30], "91.71": None}, (0, 1, 2, 6, 7, 8, 13, 14, 29, 30, 31, 60)
    for office, flagged in flags.items():
        if flagged:
            calls("admin", office).patch("/offices/" + office, {"card_flag_days": flagged})
        names = [f"{office}-{number}" for number in days]
        calls("admin", office).post("/receipts", receipt(f"{office}-UTAMA", len(names)))
        calls("printer", office).post("/recordings", {"recordings": [person(name, office) for name in names]})
        printed(calls("printer", office), f"{office}-UTAMA", names)
    aged(app, [MIDNIGHT - timedelta(days=day, hours=hour) for hour in (0, 1, 3) for day in days])
    inspector = calls("inspector", "0")
    with clock.telling(MIDNIGHT), app.app_context():
        places = inspector.get("/cards/ageing")["items"]
        told = ageing.totals(inspector.actor, None)
    sums: Counter[tuple[int, int | None]] = Counter()
    for step in (step for place in places for step in place["steps"]):
        sums[step["from_days"], step["until_days"]] += step["cards"]
    found = {(step["from_days"], step["until_days"]): step["cards"] for step in told}
    assert sum(found.values()) == 3 * len(days)
    assert found == {ends: cards for ends, cards in sums.items() if cards}
