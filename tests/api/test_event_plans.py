"""Events over REST before they start: plans, who may see and change them, stops and members."""

from __future__ import annotations

import pytest

from inventory.clock import now
from inventory.database import transaction
from inventory.recordings.models import Recording
from inventory.recordings.rules import PrintReason, RecordingStatus
from tests import events
from tests.events import plan, stop

event, host, province = events.event, events.host, events.province


def test_a_planned_event_has_a_kit_of_its_own_and_the_usual_turnouts(event, host):
    assert event["status"] == "planned"
    assert event["store"] == f"15.03-ACARA-{event['id']}"
    assert [event[f"turnout_{case}"] for case in ("low", "likely", "high")] == [0.27, 0.5, 0.8]
    assert (event["stops"], event["pledges"], event["version"]) == ([], [], 1)
    kit = host.get(f"/stores/{event['store']}")
    assert (kit["kind"], kit["event"], kit["office"]) == ("event_kit", event["id"], "15.03")


def test_the_same_key_plans_one_event(host):
    first = host.post("/events", plan(), key="once")
    assert host.post("/events", plan(), key="once")["id"] == first["id"]
    assert len(host.get("/events")["items"]) == 1


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"ends_on": "2019-04-03"}, "/ends_on", "event_days_backwards"),
        ({"closes_at": "08:00"}, "/closes_at", "event_hours_backwards"),
        ({"deadline_on": "2019-04-01"}, "/deadline_on", "event_deadline_too_early"),
        ({"turnout_low": 0.9}, "/turnout_likely", "turnout_out_of_order"),
        ({"draw_order": ["15", "15"]}, "/draw_order/1", "office_named_twice"),
        ({"turnout_high": -0.1}, "/turnout_high", "body_invalid"),
        ({"cards_per_person": 0}, "/cards_per_person", "body_invalid"),
        ({"replacements": 10**12}, "/replacements", "body_invalid"),
        ({"spoil_rate": 1}, "/spoil_rate", "body_invalid"),
        ({"starts_on": "9999-12-31"}, "/starts_on", "body_invalid"),
        ({"status": "running"}, "/status", "body_invalid"),
        ({"kind": "party"}, "/kind", "body_invalid"),
        ({"colour": "red"}, "/colour", "body_invalid"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(host, change, pointer, code):
    problem = host.post("/events", plan(**change), 422)
    assert (problem["code"], problem["errors"][0]["pointer"]) == (code, pointer)


@pytest.mark.parametrize("change", [{"host_office": "15.99"}, {"draw_order": ["15.99"]}])
def test_offices_of_a_plan_must_exist(province, change):
    assert province.post("/events", plan(**change), 404)["code"] == "office_not_found"


@pytest.mark.parametrize("role", ["clerk", "printer", "field", "inspector"])
def test_only_coordinators_and_administrators_run_events(calls, event, role):
    caller = calls(role, "15.03")
    caller.post("/events", plan(), 403)
    for deed, body in (("start", {}), ("extend", {"days": 1}), ("cancel", {"reason": "hujan"}), ("stops", stop())):
        caller.post(f"/events/{event['id']}/{deed}", body, 403)


def test_another_regency_neither_hosts_nor_sees_it(calls, event):
    stranger = calls("coordinator", "15.04")
    stranger.post("/events", plan(), 404)
    assert stranger.get("/events")["items"] == []
    path = f"/events/{event['id']}"
    stranger.get(path, 404)
    stranger.patch(path, {"name": "x"}, 404)
    stranger.post(f"{path}/start", {}, 404)
    stranger.post(f"{path}/members", {"user": 1}, 404)
    stranger.get(f"{path}/members", 404)


def test_an_event_is_edited_by_version(host, event):
    path = f"/events/{event['id']}"
    changed = host.patch(path, {"replacements": 700, "turnout_high": 0.9, "draw_order": ["15", "15.03"]})
    assert (changed["replacements"], changed["version"], changed["draw_order"]) == (700, 2, ["15", "15.03"])
    assert host.patch(path, {"name": "x"}, 412, If_Match='"1"')["code"] == "stale_version"
    host.patch(path, {"name": "x"}, 428, If_Match="")
    assert host.patch(path, {"ends_on": "2019-04-01"}, 422)["errors"][0]["pointer"] == "/ends_on"
    assert host.patch(path, {"host_office": "15"}, 422)["errors"][0]["pointer"] == "/host_office"
    assert host.get(path)["version"] == 2


def test_a_draft_becomes_a_plan(host):
    draft = host.post("/events", plan(status="draft"))
    assert draft["status"] == "draft"
    host.post(f"/events/{draft['id']}/extend", {"days": 1}, 409)
    assert host.patch(f"/events/{draft['id']}", {"status": "planned"})["status"] == "planned"


def test_days_that_leave_a_stop_outside_are_refused(host, event):
    path = f"/events/{event['id']}"
    made = host.post(f"{path}/stops", stop())
    assert host.patch(path, {"ends_on": "2019-04-04"}, 409)["code"] == "stops_left_outside"
    host.send("DELETE", f"{path}/stops/{made['id']}")
    host.patch(path, {"ends_on": "2019-04-04"})


def test_events_are_listed_by_day_and_filtered(calls, host, province):
    later = host.post("/events", plan(starts_on="2019-05-01", ends_on="2019-05-02", kind="school"))["id"]
    first = province.post("/events", plan(host_office="15.04", status="draft"))["id"]

    def listed(query):
        return [each["id"] for each in province.get(f"/events?{query}")["items"]]

    assert listed("") == [first, later]
    assert listed("order=desc") == [later, first]
    assert listed("office=15.03") == [later]
    assert listed("status=draft") == [first]
    assert listed("kind=school") == [later]
    assert listed("from=2019-04-06") == [later]
    assert listed("until=2019-04-30") == [first]
    batch = province.get("/events?limit=1")
    assert [each["id"] for each in province.get(f"/events?limit=1&cursor={batch['next']}")["items"]] == [later]
    host.get("/events?office=15.04", 403)
    host.get("/events?kind=party", 422)


def test_stops_lie_within_the_events_days(host, event):
    path = f"/events/{event['id']}/stops"
    made = host.post(path, stop())
    assert (made["event"], made["region"], made["minutes_per_recording"]) == (event["id"], "15.03.04", 5)
    assert host.get(f"/events/{event['id']}")["stops"] == [made]
    for change, code in (
        ({"starts_at": "2019-04-03T23:59:00+07:00"}, "stop_outside_event"),
        ({"ends_at": "2019-04-06T00:01:00+07:00"}, "stop_outside_event"),
        ({"ends_at": "2019-04-04T08:00:00+07:00"}, "stop_window_backwards"),
        ({"starts_at": "2019-04-04T08:00:00"}, "body_invalid"),
        ({"starts_at": "9999-12-31T23:59:59-07:00"}, "body_invalid"),
        ({"kits": -1}, "body_invalid"),
        ({"target_people": -1}, "body_invalid"),
        ({"minutes_per_recording": 0}, "body_invalid"),
    ):
        assert host.post(path, stop(**change), 422)["code"] == code
    assert host.post(path, stop(region="15.03.99"), 404)["code"] == "region_not_found"
    assert host.send("DELETE", f"{path}/{made['id']}").status_code == 204
    assert host.send("DELETE", f"{path}/{made['id']}").status_code == 404


def test_a_stop_where_people_were_recorded_stays(app, host, event):
    path = f"/events/{event['id']}/stops"
    used = host.post(path, stop())["id"]
    at = now()
    with app.app_context(), transaction() as session:
        session.add(Recording(
            office_code="15.03", client_id="a", nik_secret=b"", nik_index=b"", name_secret=None,
            reason=PrintReason.FIRST_CARD, status=RecordingStatus.PRR, event_id=event["id"], stop_id=used,
            recorded_at=at, status_at=at, created_at=at,
        ))  # fmt: skip
    answer = host.send("DELETE", f"{path}/{used}")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "stop_in_use")
    assert [each["id"] for each in host.get(f"/events/{event['id']}")["stops"]] == [used]


def test_a_member_of_another_office_sees_the_event_and_runs_nothing(calls, host, event):
    path = f"/events/{event['id']}"
    printer = calls("printer", "15.04")
    printer.get(path, 404)
    made = host.post(f"{path}/members", {"user": printer.actor.user_id})
    assert (made["role"], made["office"]) == ("printer", "15.04")
    assert host.post(f"{path}/members", {"user": printer.actor.user_id}) == made
    assert printer.get(path)["id"] == event["id"]
    assert [each["id"] for each in printer.get("/events")["items"]] == [event["id"]]
    for reader in (host, printer):
        assert [each["user"] for each in reader.get(f"{path}/members")["items"]] == [printer.actor.user_id]
    coordinator = calls("coordinator", "15.04")
    host.post(f"{path}/members", {"user": coordinator.actor.user_id})
    assert coordinator.post(f"{path}/start", {}, 403)["code"] == "out_of_reach"
    assert host.send("DELETE", f"{path}/members/{printer.actor.user_id}").status_code == 204
    printer.get(path, 404)
    assert host.send("DELETE", f"{path}/members/{printer.actor.user_id}").status_code == 404
    assert host.post(f"{path}/members", {"user": 10**9}, 404)["errors"][0]["pointer"] == "/user"
