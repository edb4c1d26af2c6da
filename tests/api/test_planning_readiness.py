"""Readiness of an event over REST: S3 from its own figures, what shapes the need, and who sees it."""

import math
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.database import db
from inventory.offices.models import Office
from inventory.outreach.models import Event
from inventory.recordings.models import Recording
from tests import planning
from tests.builders import receipt
from tests.planning import EVENT, printed, put, stop, transfer

coordinator, sarolangun = planning.coordinator, planning.sarolangun


def recording(number, status="prr", office="15.03", event=None, stop_id=None):
    now = clock.now()
    return Recording(
        office_code=office, client_id=f"c{number}", nik_secret=b"x", nik_index=b"x", name_secret=None,
        reason="first_card", status=status, failure="DUPLICATE_RECORD" if status == "failed" else None, event_id=event,
        stop_id=stop_id, recorded_at=now, status_at=now, created_at=now,
    )  # fmt: skip


def codes(found):
    return {flag["code"]: flag for flag in found["flags"]}


def test_sarolangun_has_11000_and_is_6000_short_by_target_and_thousands_over_by_turnout(sarolangun, coordinator, exact):
    found = coordinator.get(f"/events/{sarolangun}/readiness?as_of=2019-03-25")
    assert set(found) == {
        "event", "as_of", "need", "available", "shortfall", "surplus", "capacity", "assumptions", "supplies", "binding",
        "confidence", "flags",
    }  # fmt: skip
    assert (found["event"], found["as_of"]) == (sarolangun, "2019-03-25")
    assert found["available"] == {"on_hand": 0, "pledged": 11_000, "arriving": 0, "total": 11_000}
    # 6 kits for 2 x 8 hours at 5 minutes record 1,152 people a stop; 27 % of the 17,000 are below that at every stop.
    low, rest = math.ceil(0.27 * 17_000 / 0.98), math.ceil(5 * 1_152 / 0.98)
    assert found["need"] == {"by_target": 17_000, "low": low, "likely": rest, "high": rest}
    assert found["shortfall"] == {"by_target": 6_000, "low": 0, "likely": 0, "high": 0}
    assert found["surplus"] == {"by_target": 0, "low": 11_000 - low, "likely": 11_000 - rest, "high": 11_000 - rest}
    assert found["capacity"] == {"recordings": 5_760, "hours": 480.0}
    assert found["assumptions"] == {
        "people_to_record": 17_000, "turnouts": {"low": 0.27, "likely": 0.5, "high": 0.8}, "cards_per_person": 1.0,
        "spoil_rate": 0.02, "spoil_rate_source": "default", "spoil_rate_attempts": 0, "replacements": 0, "backlog": 0,
    }  # fmt: skip
    flag = codes(found)["shortfall_by_target"]
    assert (flag["quantity"], flag["needed_on"], flag["severity"]) == (6_000, "2019-04-04", "notice")
    assert flag["detail"].startswith("Menurut target: perlu 17.000 blangko, tersedia 11.000, kurang 6.000")
    assert codes(found)["surplus_likely"]["quantity"] == 11_000 - rest
    assert found["confidence"].startswith("Rentang lebar")


def test_the_answer_speaks_english_to_those_who_prefer_it(sarolangun, coordinator):
    found = coordinator.get(f"/events/{sarolangun}/readiness?as_of=2019-04-03", Accept_Language="en")
    assert codes(found)["shortfall_by_target"]["detail"].startswith("By target: 17,000 blanks are needed")
    assert codes(found)["shortfall_by_target"]["severity"] == "warning"
    assert found["confidence"].startswith("A wide range")


def test_once_started_the_blanks_are_in_the_kit(sarolangun, coordinator, exact):
    coordinator.post(f"/events/{sarolangun}/start", {}, 200)
    found = coordinator.get(f"/events/{sarolangun}/readiness?as_of=2019-04-05")
    assert found["available"] == {"on_hand": 11_000, "pledged": 0, "arriving": 0, "total": 11_000}
    assert found["capacity"]["recordings"] == 2_880
    assert codes(found)["shortfall_by_target"]["needed_on"] == "2019-04-05"


def test_released_and_lost_blanks_are_not_counted_on(sarolangun, coordinator, calls):
    clerk = calls("clerk", "15")
    lost = {"store": "15-UTAMA", "item": "blangko", "quantity": 100, "event": sarolangun, "reason": "hilang"}
    clerk.post("/losses", lost)
    assert coordinator.get(f"/events/{sarolangun}/readiness")["available"]["pledged"] == 10_900
    second = coordinator.get(f"/events/{sarolangun}")["pledges"][1]["id"]
    assert coordinator.send("DELETE", f"/events/{sarolangun}/pledges/{second}").status_code in (200, 204)
    assert coordinator.get(f"/events/{sarolangun}/readiness")["available"]["total"] == 5_900


def test_transfers_for_the_event_count_when_they_come_in_time(app, sarolangun, coordinator):
    put(
        app,
        transfer(event_id=sarolangun, expected_on=date(2019, 4, 4)),
        transfer(
            event_id=sarolangun, status="dispatched", dispatched=800, received=100, rejected=10, missing=5,
            expected_on=date(2019, 4, 1),
        ),
        transfer(event_id=sarolangun, expected_on=date(2019, 4, 5), approved=7),
        transfer(event_id=sarolangun, expected_on=None, approved=6),
        transfer(event_id=sarolangun, status="requested", approved=None, expected_on=date(2019, 4, 1)),
        transfer(event_id=sarolangun, status="cancelled", expected_on=date(2019, 4, 1)),
        transfer(event_id=sarolangun, item_code="ribbon", approved=3, expected_on=date(2019, 4, 1)),
        transfer(expected_on=date(2019, 4, 1)),
    )  # fmt: skip
    found = coordinator.get(f"/events/{sarolangun}/readiness?as_of=2019-04-02")
    assert found["available"] == {"on_hand": 0, "pledged": 11_000, "arriving": 900 + 685, "total": 12_585}
    assert codes(found)["arriving_late"]["quantity"] == 13
    assert codes(found)["arriving_overdue"]["quantity"] == 685
    ribbon = next(supply for supply in found["supplies"] if supply["kind"] == "ribbon")
    assert (ribbon["available"]["arriving"], ribbon["cards"]) == (3, 1_500)
    assert ribbon["short_by_target"] == (17_000 - 1_500) / 500
    assert codes(found)["ribbon_short"]["quantity"] == ribbon["short_likely"] == math.ceil((5_878 - 1_500) / 500)


def test_recorded_people_leave_the_target_and_stay_owed_until_printed(app, coordinator):
    event = coordinator.post("/events", EVENT)["id"]
    first = coordinator.post(f"/events/{event}/stops", stop(people=100))["id"]
    coordinator.post(f"/events/{event}/stops", stop("15.03.04", people=10))
    here = [("bio_captured", 4), ("sfe", 3), ("prr", 2), ("failed", 5), ("printed", 1), ("issued", 6)]
    rows = [(status, event, first) for status, count in here for _ in range(count)]
    rows += [("prr", None, None)] * 7 + [("sfe", None, None)] * 9
    put(app, *(recording(n, status, event=e, stop_id=s) for n, (status, e, s) in enumerate(rows)))
    put(app, recording("elsewhere", office="15.04"))
    found = coordinator.get(f"/events/{event}/readiness")
    assert found["assumptions"]["people_to_record"] == 100 - 16 + 10
    assert found["assumptions"]["backlog"] == 4 + 3 + 2 + 7
    assert found["need"]["by_target"] == 94
    assert found["need"]["likely"] == math.ceil((47 + 16) / 0.98)


def test_settings_of_the_event_and_learned_spoilage_shape_the_need(app, coordinator):
    event = coordinator.post("/events", {**EVENT, "replacements": 600, "cards_per_person": 1.1})["id"]
    coordinator.post(f"/events/{event}/stops", stop(people=1_000))
    printed(app, "15.03", "15.03-UTAMA", clock.now(), printed=180, spoiled=20, undone=50)

    def seen():
        found = coordinator.get(f"/events/{event}/readiness")
        return found["need"]["likely"], found["assumptions"]["spoil_rate"], found["assumptions"]["spoil_rate_source"]

    assert seen() == (math.ceil(1_150 / 0.9), 0.1, "learned")
    with app.app_context():
        db.session.execute(sa.update(Office).where(Office.code == "15.03").values(spoil_rate=0.05))
        db.session.commit()
    assert seen() == (math.ceil(1_150 / 0.95), 0.05, "office")
    coordinator.patch(f"/events/{event}", {"spoil_rate": 0.5})
    assert seen() == (2_300, 0.5, "event")


def test_days_off_cost_capacity_unless_the_event_works_onholidays_of(coordinator):
    days = {"starts_on": "2019-04-03", "ends_on": "2019-04-03"}  # Isra Mikraj 2019
    for works, recordings in ((True, 576), (False, 0)):
        event = coordinator.post("/events", {**EVENT, **days, "works_holidays": works})["id"]
        coordinator.post(f"/events/{event}/stops", stop(day="2019-04-03", until="2019-04-03"))
        assert coordinator.get(f"/events/{event}/readiness")["capacity"]["recordings"] == recordings


def test_an_event_without_stops_and_a_cancelled_one_say_so(coordinator):
    event = coordinator.post("/events", {**EVENT, "deadline_on": "2019-04-04"})["id"]
    found = coordinator.get(f"/events/{event}/readiness?as_of=2019-03-01")
    assert set(codes(found)) == {"no_stops", "deadline_before_end"}
    coordinator.post(f"/events/{event}/cancel", {"reason": "hujan"}, 200)
    assert set(codes(coordinator.get(f"/events/{event}/readiness"))) == {"event_over"}


def test_readiness_is_seen_by_host_pledging_offices_and_members_and_nobody_else(calls, sarolangun, coordinator):
    for role in ("clerk", "printer", "field", "inspector"):
        calls(role, "15.03").get(f"/events/{sarolangun}/readiness")
    stranger, guest = calls("inspector", "35.09"), calls("printer", "15.04")
    for caller in (stranger, guest):
        assert caller.get(f"/events/{sarolangun}/readiness", 404)["code"] == "event_not_found"
    coordinator.post(f"/events/{sarolangun}/members", {"user": guest.actor.user_id})
    guest.get(f"/events/{sarolangun}/readiness")
    calls("clerk", "35.09").post("/receipts", receipt("35.09-UTAMA", 5))
    pledge = {"store": "35.09-UTAMA", "item": "blangko", "quantity": 5}
    calls("coordinator", "0").post(f"/events/{sarolangun}/pledges", pledge)
    stranger.get(f"/events/{sarolangun}/readiness")
    assert coordinator.get("/events/999/readiness", 404)["code"] == "event_not_found"


@pytest.mark.parametrize("query", ["as_of=tomorrow", "as_of=0001-01-01", "as_of=9999-12-31", "colour=red", "limit=5"])
def test_a_wrong_question_about_readiness_is_refused(coordinator, query):
    coordinator.get(f"/events/1/readiness?{query}", 422)


def test_as_of_is_today_in_the_hosts_zone_unless_given(calls):
    papua = calls("coordinator", "91.03")
    days = {"host_office": "91.03", "starts_on": "2026-03-09", "ends_on": "2026-03-09"}
    event = papua.post("/events", {**EVENT, **days})["id"]
    with clock.telling(datetime(2026, 3, 2, 16, tzinfo=UTC)):  # one o'clock on the 3rd in Jayapura
        assert papua.get(f"/events/{event}/readiness")["as_of"] == "2026-03-03"
        assert papua.get("/shortfalls")["as_of"] == "2026-03-03"


def test_every_event_of_the_standard_is_stored_with_the_usual_turnouts(app, coordinator):
    event = coordinator.post("/events", EVENT)["id"]
    with app.app_context():
        found = db.session.get(Event, event)
        assert (found.turnout_low, found.turnout_likely, found.turnout_high) == (0.27, 0.5, 0.8)
