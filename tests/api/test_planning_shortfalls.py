"""Shortfalls over REST: offices that run dry, events ahead, worst first, and whose they are to see."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from inventory.database import db
from inventory.planning.rules import working_days
from inventory.planning.uses import holidays_of
from tests import planning
from tests.builders import receipt
from tests.planning import EVENT, printed, put, stop, transfer

coordinator, sarolangun = planning.coordinator, planning.sarolangun

DAY = date(2026, 3, 3)


def local_noon(day):
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def usual_use(app, office, per_day):
    """So many printed on each working day of the 30 days before DAY."""
    days = working_days(DAY - timedelta(days=29), DAY, holidays_of(2026, 2026))
    for day in days:
        printed(app, office, f"{office}-UTAMA", local_noon(day), printed=per_day)
    return days


def test_offices_run_dry_by_their_recent_use_and_say_when(app, calls, coordinator):
    usual_use(app, "15.03", 10)
    for day in (DAY - timedelta(days=30), DAY + timedelta(days=1)):
        printed(app, "15.03", "15.03-UTAMA", local_noon(day), printed=500)
    printed(app, "15.03", "15.03-UTAMA", local_noon(DAY), undone=200)
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 35))
    calls("clerk", "15.04").post("/receipts", receipt("15.04-UTAMA", 1))
    (coming, _) = put(
        app,
        transfer(expected_on=date(2026, 3, 20), status="dispatched", dispatched=400, received=100),
        transfer(item_code="ribbon"),
    )
    found = coordinator.get(f"/shortfalls?region=15&within_days=30&as_of={DAY}")
    assert (found["as_of"], found["within_days"], found["next"]) == ("2026-03-03", 30, None)
    (item,) = found["items"]
    ahead = working_days(DAY + timedelta(days=1), DAY + timedelta(days=30), holidays_of(2026, 2026))
    assert item == {
        "kind": "office", "office": "15.03", "name": item["name"], "on_hand": 35, "use_per_working_day": 10.0,
        "cover_working_days": 3.5, "runs_out_on": ahead[3].isoformat(), "needed_on": ahead[3].isoformat(),
        "days_left": (ahead[3] - DAY).days, "severity": "warning", "quantity": 10 * len(ahead) - 35,
        "arriving": [{"transfer": coming, "quantity": 300, "expected_on": "2026-03-20"}],
    }  # fmt: skip
    assert coordinator.get(f"/shortfalls?region=15&within_days=2&as_of={DAY}")["items"] == []
    assert coordinator.get(f"/shortfalls?region=15.04&as_of={DAY}")["items"] == []


def test_what_an_event_prints_from_its_kit_is_not_daily_use(app, coordinator, sarolangun):
    kit = coordinator.get(f"/events/{sarolangun}")["store"]
    printed(app, "15.03", kit, local_noon(DAY), printed=100, event=sarolangun)
    assert coordinator.get(f"/shortfalls?as_of={DAY}")["items"] == []


def upcoming(coordinator, starts_on, people, host="15.03", **changes):
    days = {"starts_on": starts_on, "ends_on": starts_on, "host_office": host}
    event = coordinator.post("/events", {**EVENT, **days, **changes})["id"]
    body = stop(None, people, starts_on, starts_on, kits=1_000)
    coordinator.post(f"/events/{event}/stops", body)
    return event


def test_events_ahead_come_worst_first_with_their_figures(app, calls, coordinator):
    late = upcoming(coordinator, "2026-03-25", 900)
    soon = upcoming(coordinator, "2026-03-05", 100, "15.04")
    small = upcoming(coordinator, "2026-03-05", 10, "15.04")
    upcoming(coordinator, "2026-04-03", 500)
    upcoming(coordinator, "2026-03-02", 500)
    upcoming(coordinator, "2026-03-04", 500, status="draft")
    upcoming(coordinator, "2026-03-04", 0)
    ended = upcoming(coordinator, "2026-03-04", 500)
    coordinator.post(f"/events/{ended}/cancel", {"reason": "batal"}, 200)
    calls("coordinator", "0").post(
        "/events", {**EVENT, "host_office": "35.09", "starts_on": "2026-03-05", "ends_on": "2026-03-05"}
    )
    usual_use(app, "15.05", 4)
    found = coordinator.get(f"/shortfalls?region=15&within_days=30&as_of={DAY}")["items"]
    assert [(row["kind"], row.get("event"), row["severity"]) for row in found] == [
        ("office", None, "critical"),
        ("event", soon, "critical"),
        ("event", small, "critical"),
        ("event", late, "notice"),
    ]
    assert found[1]["need"] == {"by_target": 100, "low": 28, "likely": 52, "high": 82}
    assert found[1]["shortfall"] == found[1]["need"]
    assert (found[1]["quantity"], found[1]["needed_on"], found[1]["days_left"]) == (52, "2026-03-05", 2)
    assert found[1]["available"]["total"] == 0
    turned = coordinator.get(f"/shortfalls?as_of={DAY}&order=desc&limit=3")
    assert [row.get("event") for row in turned["items"]] == [late, small, soon]
    last = coordinator.get(f"/shortfalls?as_of={DAY}&order=desc&limit=3&cursor={turned['next']}")
    assert ([row["kind"] for row in last["items"]], last["next"]) == (["office"], None)
    assert len(coordinator.get(f"/shortfalls?region=15.03&as_of={DAY}")["items"]) == 1


def test_a_running_event_is_listed_with_today_as_its_day(coordinator):
    event = upcoming(coordinator, "2026-03-02", 100)
    coordinator.patch(f"/events/{event}", {"ends_on": "2026-03-06"})
    coordinator.post(f"/events/{event}/start", {}, 200)
    (row,) = coordinator.get(f"/shortfalls?as_of={DAY}")["items"]
    assert (row["event"], row["needed_on"], row["days_left"], row["severity"]) == (event, "2026-03-03", 0, "warning")


def test_reading_shortfalls_costs_the_same_number_of_queries_however_many_events(app, coordinator):
    def queries():
        count = 0

        def counted(*_):
            nonlocal count
            count += 1

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", counted)
        try:
            found = coordinator.get(f"/shortfalls?region=15&as_of={DAY}&limit=500")
        finally:
            sa.event.remove(engine, "before_cursor_execute", counted)
        return len(found["items"]), count

    upcoming(coordinator, "2026-03-05", 100)
    usual_use(app, "15.03", 1)
    few = queries()
    for number in range(4, 10):
        for _ in range(2):
            upcoming(coordinator, "2026-03-05", 100, f"15.0{number}")
        usual_use(app, f"15.0{number}", 1)
    many = queries()
    assert (few[0], many[0]) == (2, 20)
    assert many[1] == few[1]


def test_the_nation_is_for_the_ministry_and_a_region_out_of_reach_is_refused(calls, coordinator):
    upcoming(coordinator, "2026-03-05", 100)
    ministry = calls("inspector", "0")
    for query in ("", "&region=0", "&region=15"):
        assert len(ministry.get(f"/shortfalls?as_of={DAY}{query}")["items"]) == 1
    assert len(coordinator.get(f"/shortfalls?as_of={DAY}")["items"]) == 1
    for region in ("0", "35", "1"):
        assert coordinator.get(f"/shortfalls?region={region}", 403)["code"] == "out_of_reach"
    calls("clerk", "15.03").get("/shortfalls?region=15", 403)
    assert ministry.get("/shortfalls?region=99", 404)["code"] == "office_not_found"
    assert coordinator.get("/shortfalls?region=15.03.04", 404)["code"] == "office_not_found"


@pytest.mark.parametrize(
    "query",
    [
        "within_days=-1",
        "within_days=367",
        "within_days=1.5",
        "as_of=0001-01-01",
        "colour=red",
        "cursor=x",
        "region=a%20b",
    ],
)
def test_a_wrong_question_about_shortfalls_is_refused(coordinator, query):
    coordinator.get(f"/shortfalls?{query}", 422)
