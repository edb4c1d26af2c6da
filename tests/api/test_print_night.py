"""Print nights over REST: S3 from its own figures, what to add, and what must not work."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory import clock
from tests.builders import receipt
from tests.outreach import person, running_event

JAKARTA = ZoneInfo("Asia/Jakarta")
KECAMATAN = {"15.03.07": 3_000, "15.03.04": 3_500, "15.03.06": 3_500, "15.03.03": 4_000, "15.03.09": 3_000}
EVENT = {
    "name": "Gotong royong Sarolangun",
    "kind": "gotong_royong",
    "host_office": "15.03",
    "starts_on": "2031-04-03",
    "ends_on": "2031-04-04",
    "opens_at": "08:00",
    "closes_at": "16:00",
    "turnout_low": 0.27,
    "turnout_likely": 0.27,
    "spoil_rate": 0.009,
}
# Ten kits at five minutes for each of the five kecamatan, two days of eight hours.
SEVENTEEN = "printers=17&cards_per_hour=40.2"


@pytest.fixture
def coordinator(calls):
    return calls("coordinator", "15")


def supplied(calls, caller, event, ribbons=24, films=12):
    for store, item, quantity in (
        ("15-UTAMA", "blangko", 6_000), ("15.03-UTAMA", "blangko", 5_000), ("15-UTAMA", "ribbon", ribbons),
        ("15-UTAMA", "film", films),
    ):  # fmt: skip
        calls("clerk", store.removesuffix("-UTAMA")).post("/receipts", receipt(store, quantity, item))
        caller.post(f"/events/{event}/pledges", {"store": store, "item": item, "quantity": quantity})


@pytest.fixture
def sarolangun(coordinator):
    """S3 once more, in 2031, without its goods: 17,000 people at five stops, 27 % of whom are likely to come."""
    event = coordinator.post("/events", EVENT)["id"]
    for region, people in KECAMATAN.items():
        coordinator.post(f"/events/{event}/stops", {
            "name": f"Kantor {region}", "kind": "office", "region": region, "target_people": people, "kits": 10,
            "minutes_per_recording": 5, "starts_at": "2031-04-03T08:00:00+07:00",
            "ends_at": "2031-04-04T16:00:00+07:00",
        })  # fmt: skip
    return event


def night(caller, event, query="", expect=200, **headers):
    return caller.get(f"/events/{event}/print-night?{query}", expect, **headers)


def test_the_night_of_sarolangun_prints_683_an_hour_and_meets_its_morning(sarolangun, coordinator, calls, exact):
    supplied(calls, coordinator, sarolangun)
    found = night(coordinator, sarolangun, f"{SEVENTEEN}&starts_at=20:00")
    assert (found["on"], found["begins_at"]) == ("2031-04-03", "2031-04-03T08:00:00+07:00")
    assert found["until"] == "2031-04-04T08:00:00+07:00"
    assert found["printers"]["number"] == 17
    assert int(found["printers"]["per_hour"]) == 683
    assert (found["cards"], found["owed"], found["ready"]) == (2_295.0, 0, 0)  # half of 27 % of 17,000
    assert found["stock"] == [
        {"kind": "blanks", "there": 11_000, "per_unit": 1}, {"kind": "ribbon", "there": 12_000, "per_unit": 500},
        {"kind": "film", "there": 12_000, "per_unit": 1000},
    ]  # fmt: skip
    assert (found["can_meet"], found["binds"], found["what_to_add"]) == (True, "recordings", [])
    # 2,295 cards take 2,316 blanks, at 683 an hour three hours and 23 minutes from 20:00 on.
    assert found["blanks"] == 2_316
    assert found["finish_at"].startswith("2031-04-03T23:23")
    hours = found["hours"]
    assert [hour["expected"] for hour in hours] == [286.88] * 8 + [0.0] * 16
    assert [hour["printed"] for hour in hours[:12]] == [0.0] * 12
    assert hours[11]["backlog"] == 2_295.0
    assert hours[12]["printed"] == hours[12]["capacity"] == round(683.4 * 0.991, 2)
    assert hours[-1]["backlog"] == 0.0
    assert found["verdict"].startswith("2.295 kartu selesai sekitar 03-04 23:23 WIB; penyerahan mulai 04-04 08:00 WIB")
    english = night(coordinator, sarolangun, SEVENTEEN, Accept_Language="en")
    assert english["verdict"].startswith("2,295 cards are printed by about")
    assert english["assumptions"][0].startswith("17 printers, together about 683 blanks an hour")
    assert "a turnout of 27 percent" in " ".join(english["assumptions"]).lower()
    assert "A spoil rate of 0.9 percent: 2,295 cards take 2,316 blanks." in english["assumptions"]
    assert any("blangko 11.000, ribbon 12.000" in one for one in found["assumptions"])
    assert not any("daily_limit" in one for one in found["assumptions"])


def test_a_printers_daily_limit_is_said_not_to_be_applied(sarolangun, coordinator, calls):
    printer = calls("printer", "15.03")
    printer.post("/printers", {"store": "15.03-UTAMA", "name": "Kantor", "daily_limit": 100})
    assert any("(daily_limit) tidak diterapkan" in one for one in night(coordinator, sarolangun)["assumptions"])


def test_what_is_missing_is_told_as_the_least_to_add_in_figures_and_in_words(sarolangun, coordinator, calls):
    supplied(calls, coordinator, sarolangun, ribbons=3)
    found = night(coordinator, sarolangun, SEVENTEEN)
    assert (found["can_meet"], found["finish_at"], found["binds"]) == (False, None, "ribbon")
    assert found["what_to_add"] == [{"ribbons": 2, "detail": "Tambah 2 ribbon."}]
    found = night(coordinator, sarolangun, "printers=2&cards_per_hour=45&starts_at=18:00&shift_hours=8")
    assert (found["binds"], found["finish_at"]) == ("printers", None)
    # 2,316 blanks in eight hours take seven printers; two printers would not do in the whole night.
    assert found["what_to_add"] == [{"printers": 5, "ribbons": 2, "detail": "Tambah 5 printer dan 2 ribbon."}]
    found = night(coordinator, sarolangun, "printers=6&cards_per_hour=45&starts_at=18:00&shift_hours=8")
    told = [{name: n for name, n in way.items() if name != "detail"} for way in found["what_to_add"]]
    assert told == [{"printers": 1, "ribbons": 2}, {"shift_hours": 1, "ribbons": 2}]
    assert found["what_to_add"][1]["detail"] == "Tambah 1 jam sif dan 2 ribbon."


def test_without_printers_or_goods_it_says_all_that_is_missing(sarolangun, coordinator):
    found = night(coordinator, sarolangun)
    assert found["printers"] == {"number": 0, "per_hour": 0.0}
    (way,) = found["what_to_add"]
    assert {name: n for name, n in way.items() if name != "detail"} == {
        "printers": 3, "ribbons": 5, "films": 3, "blanks": 2_316,
    }  # fmt: skip
    assert found["can_meet"] is False


def test_an_hour_of_the_running_event_counts_what_was_recorded_and_what_still_comes(app, calls, exact):
    event = running_event(app, "15.03")  # 1 to 3 January 2026; one stop on the 2nd, 08:00 to 12:00, for 50 people
    printer, clerk = calls("printer", "15.03"), calls("clerk", "15.03")
    at_eleven = datetime(2026, 1, 2, 11, 0, tzinfo=JAKARTA)
    with clock.telling(at_eleven):
        for item, quantity in (("ribbon", 1), ("film", 1)):
            clerk.post("/receipts", receipt("15.03-UTAMA", quantity, item, received_on="2026-01-02"))
        lines = [
            person(f"p{n}", event=event.id, stop=event.stop, recorded_at=f"2026-01-02T{8 + n // 6:02}:10:00+07:00")
            for n in range(10)
        ]
        lines[9] |= {"status": "sfe"}
        printer.post("/recordings", {"recordings": lines})
        machine = printer.post("/printers", {"store": event.store, "name": "Kit 1", "capacity_per_hour": 30})
        idle = printer.post("/printers", {"store": event.store, "name": "Kit 2"})
        printer.patch(f"/printers/{idle['id']}", {"status": "in_repair"})
        printer.post("/printers", {"store": "15.03-UTAMA", "name": "Kantor", "capacity_per_hour": 90})
        body = {"item": "ribbon", "store": "15.03-UTAMA", "yield_cards": 300}
        printer.post(f"/printers/{machine['id']}/mount", body)
        found = night(printer, event.id)
    assert (found["on"], found["owed"], found["ready"]) == ("2026-01-02", 10, 9)
    assert [hour["recorded"] for hour in found["recorded"]] == [6, 4, 0]
    # 40 people are still to come, half of them likely; one kit records twelve in the hour that is left.
    assert found["cards"] == 22.0
    assert found["hours"][0] == {
        "hour": "2026-01-02T11:00:00+07:00", "expected": 12.0, "capacity": 29.4, "printed": 0.0, "backlog": 22.0,
    }  # fmt: skip
    assert found["printers"] == {"number": 1, "per_hour": 30.0}
    assert {one["kind"]: one["there"] for one in found["stock"]} == {"blanks": 0, "ribbon": 300, "film": 0}
    (way,) = found["what_to_add"]
    assert (way["blanks"], way["films"]) == (23, 1)
    assert found["binds"] in ("blanks", "film")
    # Before the morning of the 3rd, the night is still that of the 2nd.
    with clock.telling(at_eleven + timedelta(hours=15)):
        late = night(printer, event.id)
        assert (late["on"], late["cards"]) == ("2026-01-02", 10.0)
        assert night(printer, event.id, "on=2026-01-03")["on"] == "2026-01-03"


def test_blanks_in_the_hands_of_printing_staff_are_there(app, calls, exact):
    event = running_event(app, "15.03")
    clerk, printer = calls("clerk", "15.03"), calls("printer", "15.03")
    clerk.post("/receipts", receipt(event.store, 40))
    before = night(printer, event.id, "on=2026-01-03")["stock"]
    body = {"store": event.store, "holder": printer.actor.user_id, "quantity": 30, "needed": 30, "item": "blangko",
            "counted_by": [clerk.actor.user_id, calls("coordinator", "15.03").actor.user_id]}  # fmt: skip
    clerk.post("/custody", body)
    assert night(printer, event.id, "on=2026-01-03")["stock"] == before
    assert before[0] == {"kind": "blanks", "there": 40, "per_unit": 1}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("on=2031-04-05", "day_outside_event"), ("on=1969-01-01", "query_invalid"), ("until=25:00", "query_invalid"),
        ("printers=-1", "query_invalid"), ("printers=1001", "query_invalid"), ("cards_per_hour=0", "query_invalid"),
        ("cards_per_hour=nan", "query_invalid"), ("shift_hours=49", "query_invalid"),
        ("shift_hours=0", "query_invalid"),
        ("starts_at=8", "query_invalid"), ("moon=full", "query_invalid"),
    ],
)  # fmt: skip
def test_what_no_night_is_like_is_refused(sarolangun, coordinator, query, code):
    assert night(coordinator, sarolangun, query, 422)["code"] == code


@pytest.mark.parametrize("query", ["until=00:00", "until=23:59", "starts_at=07:59&shift_hours=0.25", "printers=0"])
def test_odd_hours_are_answered(sarolangun, coordinator, query):
    found = night(coordinator, sarolangun, query)
    assert found["begins_at"] < found["until"]


def test_the_night_of_another_office_or_of_an_event_that_is_over_is_not_told(sarolangun, coordinator, calls, app):
    assert night(calls("inspector", "35.09"), sarolangun, expect=404)["code"] == "event_not_found"
    assert night(calls("inspector", "15.03"), sarolangun)["event"] == sarolangun
    over = running_event(app, "15.03")
    over.become("closed")
    assert night(coordinator, over.id, expect=409)["code"] == "event_not_printing"


def test_a_night_costs_the_same_queries_whatever_was_recorded(app, calls, statements):
    event, printer = running_event(app, "15.03"), calls("printer", "15.03")
    with statements.within(30):
        night(printer, event.id)
    before = len(statements)
    lines = [person(f"p{n}", event=event.id, stop=event.stop) for n in range(50)]
    printer.post("/recordings", {"recordings": lines})
    for n in range(5):
        printer.post("/printers", {"store": event.store, "name": f"Kit {n}"})
    with statements.within(before + 1):  # the blanks, ribbons and films of printers that are there
        night(printer, event.id)
