"""The queue over HTTP: who is printed first and why, who is held back, and jobs that take the first of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.database import db, transaction
from inventory.queue import lines
from inventory.queue.rules import Holds, Wishes
from inventory.recordings.models import Recording
from inventory.recordings.rules import PrintReason
from tests.builders import receipt
from tests.outreach import person, running_event
from tests.printing import STORE
from tests.waiting import NOON, TODAY, klass, order, policy, printed, put, stocked_printer, waits


@pytest.fixture(autouse=True)
def _noon():
    with clock.telling(NOON):
        yield


@pytest.fixture
def printer(calls):
    return stocked_printer(calls)


@pytest.fixture
def coordinator(calls):
    return calls("coordinator", "15.03")


def held(caller):
    return {place["client_id"]: place["hold"] for place in caller.get("/queue?held=true")["items"]}


def test_without_a_policy_the_oldest_print_ready_is_first(printer):
    waits(printer, "lost", "suket", "first_card")
    found = printer.get("/queue")
    assert [place["client_id"] for place in found["items"]] == ["15.03-0", "15.03-1", "15.03-2"]
    assert (found["policy"], found["inherited_from"], found["on"]) == (None, None, TODAY)
    first = found["items"][0]
    assert (first["position"], first["class"], first["waited_days"]) == (1, None, 3)
    assert first["nik"] == "150304••••••9999"
    assert first["why"] == "yang tertua lebih dahulu, menunggu 3 hari"
    assert "name" not in first
    assert [place["why"] for place in printer.get("/queue", Accept_Language="en")["items"]] == [
        "oldest first, waited 3 days", "oldest first, waited 2 days", "oldest first, waited 1 day"]  # fmt: skip


def test_the_queue_is_the_policy_applied_and_each_place_is_explained(printer, coordinator):
    waits(printer, "lost", "damaged", "suket", "first_card", "suket")
    put(coordinator, policy(classes=[klass("suket", "suket"), klass("pemula", "first_card", quota=70),
                                     klass("hilang", "lost", quota=30)]))  # fmt: skip
    found = printer.get("/queue?totals=true", Accept_Language="en")
    assert order(printer) == [2, 4, 3, 0, 1]
    assert [place["why"] for place in found["items"]] == [
        "class 1, waited 3 days", "class 1, waited 1 day", "class 2 (70%), waited 2 days",
        "class 3 (30%), waited 5 days", "class 4, waited 4 days"]  # fmt: skip
    assert [place["class_name"] for place in found["items"]][-1] == "others"
    assert found["policy"]["title"] == "SE 1/2026"
    assert [(c["name"], c["waiting"], c["today"]) for c in found["totals"]["classes"]] == [
        ("suket", 2, 0), ("pemula", 1, 0), ("hilang", 1, 0), ("others", 1, 0)]  # fmt: skip


def test_pages_go_on_where_the_last_one_ended(printer, coordinator):
    waits(printer, *["lost", "suket", "damaged", "first_card"] * 4)
    put(coordinator, policy(classes=[klass("a", "suket"), klass("b", "lost", quota=60),
                                     klass("c", "first_card", quota=40)]))  # fmt: skip
    whole = order(printer)
    assert len(whole) == 16
    for limit in (1, 3, 7):
        found, positions, cursor = [], [], ""
        while cursor is not None:
            page = printer.get(f"/queue?limit={limit}{cursor and '&cursor=' + cursor}")
            assert page["totals"] is None
            found += [int(place["client_id"].rpartition("-")[2]) for place in page["items"]]
            positions += [place["position"] for place in page["items"]]
            cursor = page["next"]
        assert found == whole
        assert positions == list(range(1, 17))


def test_holds_wait_for_the_birthday_and_for_the_person_and_never_tell_the_birthday(printer, coordinator):
    young = {"reason": "first_card", "nik": "1503044203099999"}  # 2 March 2009: 17 on this very day
    younger = {"reason": "first_card", "nik": "1503044303099999"}
    waits(printer, younger, young, "lost", "lost", "suket")
    put(coordinator, policy(holds={"until_17": True, "until_present": ["lost"]}))
    assert order(printer) == [1, 4]
    assert held(printer) == {"15.03-0": "under_17", "15.03-2": "not_appeared", "15.03-3": "not_appeared"}
    told = printer.get("/queue?held=true", Accept_Language="en")["items"]
    assert {place["why"] for place in told} == {"waits for the 17th birthday", "waits until the person appears"}
    totals = printer.get("/queue?totals=true")["totals"]
    assert {line["hold"]: line["people"] for line in totals["held"]} == {
        "in_job": 0, "under_17": 1, "not_appeared": 2, "cap_reached": 0}  # fmt: skip
    assert (totals["waiting"], totals["ready"]) == (5, 2)
    assert printer.post("/recordings/appeared", {"recordings": ["15.03-2"]}, 200) == {"noted": 1}
    assert printer.post("/recordings/appeared", {"recordings": ["15.03-2", "15.03-3"]}, 200) == {"noted": 1}
    assert order(printer) == [1, 2, 3, 4]
    with clock.telling(NOON + timedelta(days=1)):
        assert order(printer) == [0, 1, 2, 3, 4]


def test_only_people_who_are_known_and_reached_can_appear(calls, printer):
    waits(printer, "lost")
    answer = printer.post("/recordings/appeared", {"recordings": ["15.03-0", "nobody"]}, 422)
    assert [error["pointer"] for error in answer["errors"]] == ["/recordings/1"]
    calls("printer", "15.04").post("/recordings/appeared", {"recordings": ["15.03-0"]}, 422)
    answer = calls("printer", "15.04").post("/recordings/appeared", {"recordings": ["x"], "office": "15.03"}, 403)
    assert answer["code"] == "out_of_reach"
    calls("inspector", "15.03").post("/recordings/appeared", {"recordings": ["15.03-0"]}, 403)
    for body in ({"recordings": []}, {"recordings": ["x"] * 2001}, {"recordings": [True]}, {}, {"who": 1}):
        printer.post("/recordings/appeared", body, 422)
    body = {"recordings": ["15.03-0"]}
    assert [printer.post("/recordings/appeared", body, 200, key="k")["noted"] for _ in range(2)] == [1, 1]


def test_a_cap_counts_what_was_printed_today_and_what_waits_in_a_job(printer, coordinator, exact):
    waits(printer, *["out_of_domicile"] * 6, "suket")
    put(coordinator, policy(caps=[{"reasons": ["out_of_domicile"], "per_day": 3}]))
    assert order(printer) == [0, 1, 2, 6]
    printed(printer, "15.03-0")
    assert order(printer) == [1, 2, 6]
    job = printer.post("/print-jobs", {"store": STORE, "recordings": ["15.03-1"]})["id"]
    assert order(printer) == [2, 6]
    assert held(printer) == {"15.03-1": "in_job"} | dict.fromkeys(("15.03-3", "15.03-4", "15.03-5"), "cap_reached")
    assert {p["job"] for p in printer.get("/queue?held=true")["items"]} == {job, None}
    totals = printer.get("/queue?totals=true")["totals"]
    assert {line["hold"]: line["people"] for line in totals["held"]}["cap_reached"] == 3
    assert (totals["waiting"], totals["ready"]) == (6, 2)
    with clock.telling(NOON + timedelta(hours=12)):  # midnight in Jambi is over: a new day, but the job still waits
        assert order(printer) == [2, 3, 6]
    assert printer.post("/print-jobs", {"store": STORE, "take": 10})["total"] == 2


def test_quotas_hold_over_jobs_of_one_card(printer, coordinator):
    waits(printer, *["suket"] * 8, *["lost"] * 8)
    put(coordinator, policy(classes=[klass("a", "lost", quota=70), klass("b", "suket", quota=30)]))
    reasons = []
    for _ in range(10):
        job = printer.post("/print-jobs", {"store": STORE, "take": 1})["id"]
        client = printer.get(f"/print-jobs/{job}")["recordings"][0]["client_id"]
        reasons.append("suket" if int(client.rpartition("-")[2]) < 8 else "lost")
    assert (reasons.count("lost"), reasons.count("suket")) == (7, 3)


def test_a_job_takes_the_first_of_the_queue_and_fewer_where_fewer_wait(printer, coordinator, exact):
    waits(printer, "lost", "suket", "lost", "suket")
    put(coordinator, policy(classes=[klass("suket", "suket")]))
    job = printer.post("/print-jobs", {"store": STORE, "take": 3}, key="k")
    assert (job["total"], job["waiting"], job["status"]) == (3, 3, "open")
    assert printer.post("/print-jobs", {"store": STORE, "take": 3}, key="k")["id"] == job["id"]
    shown = printer.get(f"/print-jobs/{job['id']}")["recordings"]
    assert {line["client_id"] for line in shown} == {"15.03-0", "15.03-1", "15.03-3"}
    assert printer.post("/print-jobs", {"store": STORE, "take": 2000, "draft": True})["total"] == 1
    assert printer.post("/print-jobs", {"store": STORE, "take": 1}, 409)["code"] == "queue_empty"
    printer.post(f"/print-jobs/{job['id']}/cancel", {}, 200)
    assert len(order(printer)) == 3


@pytest.mark.parametrize(
    "more", [{}, {"take": 0}, {"take": 2001}, {"take": -1}, {"take": "5"}, {"take": 1, "recordings": ["15.03-0"]},
             {"take": None, "recordings": None}, {"take": 1, "item": "ribbon"}, {"take": 1, "event": 7}],
)  # fmt: skip
def test_a_job_names_its_recordings_or_takes_some_never_both(printer, more):
    waits(printer, "lost")
    printer.post("/print-jobs", {"store": STORE, **more}, 422)
    assert order(printer) == [0]


def test_taking_is_for_those_who_print_there(calls, printer):
    waits(printer, "lost")
    calls("clerk", "15.03").post("/print-jobs", {"store": STORE, "take": 1}, 403)
    assert calls("printer", "15.04").post("/print-jobs", {"store": STORE, "take": 1}, 404)["code"] == "store_not_found"


def test_an_office_that_prints_by_its_queue_refuses_to_be_told_whom(app, calls, printer):
    waits(printer, "lost", "lost")
    calls("admin", "15").patch("/offices/15.03", {"queue_only": True})
    refused = printer.post("/print-jobs", {"store": STORE, "recordings": ["15.03-1"]}, 409)
    assert refused["code"] == "queue_only"
    assert "berapa yang diambil" in refused["detail"]
    walk_in = {"store": STORE, "recording": {"client_id": "w", "nik": "1503044205019999", "reason": "lost"}}
    assert printer.post("/walk-ins", walk_in, 409)["code"] == "queue_only"
    assert printer.post("/print-jobs", {"store": STORE, "take": 1})["total"] == 1
    event = running_event(app, "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 5))
    printer.post("/recordings", {"recordings": [person("e", event=event.id)]})
    stranger = printer.post("/print-jobs", {"store": event.store, "recordings": ["e", "15.03-1"]}, 409)
    assert (stranger["code"], [fault["pointer"] for fault in stranger["errors"]]) == ("queue_only", ["/recordings/1"])
    printer.post("/print-jobs", {"store": event.store, "recordings": ["e"]})


def test_the_kit_of_an_event_takes_only_people_of_the_event_by_the_hosts_policy(app, calls, printer, coordinator):
    event = running_event(app, "15.03")
    waits(printer, "lost", "suket", "lost", "suket", event=event.id)
    printer.post("/recordings", {"recordings": [person("other", reason="suket")]})
    put(coordinator, policy(classes=[klass("suket", "suket")]))
    assert order(printer, f"?event={event.id}") == [1, 3, 0, 2]
    assert printer.get(f"/queue?event={event.id}&office=15.04", 404)["code"] == "event_not_found"
    member = calls("printer", "15.04")
    member.get(f"/queue?event={event.id}", 404)
    event.let_in(member)
    assert order(member, f"?event={event.id}&limit=2") == [1, 3]
    job = member.post("/print-jobs", {"store": event.store, "take": 3})
    assert (job["event"], job["total"]) == (event.id, 3)
    assert member.post("/print-jobs", {"store": event.store, "take": 3})["total"] == 1
    assert member.post("/print-jobs", {"store": event.store, "take": 3}, 409)["code"] == "queue_empty"
    found = printer.get("/queue?totals=true")["totals"]
    assert {line["hold"]: line["people"] for line in found["held"]}["in_job"] == 4


def test_a_card_undone_of_before_print_ready_times_were_kept_has_its_place_again(app, printer):
    waits(printer, "lost", "suket")
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Recording).where(Recording.client_id == "15.03-0").values(prr_at=None))
    job = printed(printer, "15.03-0")
    printer.post(f"/print-jobs/{job}/undo", {"recording": "15.03-0", "reason": "salah"}, 200)
    printer.post(f"/print-jobs/{job}/cancel", {}, 200)
    assert 0 in order(printer)


def test_the_queue_takes_a_constant_number_of_statements(printer, coordinator, statements):
    waits(printer, *["lost", "suket", "damaged"] * 4)
    put(coordinator, policy(classes=[klass("a", "suket", quota=70), klass("b", "lost", quota=30)],
                            caps=[{"reasons": ["damaged"], "per_day": 2}]))  # fmt: skip
    for query in ("?limit=1", "?limit=10", "?totals=true", "?held=true&limit=1", "?held=true&totals=true"):
        with statements.within(12):
            printer.get(f"/queue{query}")
    with statements.within(24):
        printer.post("/print-jobs", {"store": STORE, "take": 9})


FILL = """
INSERT INTO recordings (office_code, client_id, nik_secret, nik_index, reason, status, recorded_at, status_at,
                        created_at, prr_at)
SELECT '15.03', 'x' || n, '', '', (ARRAY['lost', 'suket', 'damaged'])[mod(n, 3) + 1],
       CASE WHEN mod(n, 4) = 0 THEN 'prr' ELSE 'printed' END, now(), now(), now(), now()
FROM generate_series(1, 20000) AS n
"""


def test_the_queue_is_read_by_its_index_reason_by_reason(app, printer):
    """Whatever was printed long ago: the plan names the index of what waits, and sorts nothing."""
    waits(printer, "lost", "suket")
    queue = lines.Queue("15.03", None, date(2026, 3, 2), NOON)
    wishes = Wishes(holds=Holds(True, (PrintReason.LOST,)))
    limits = dict.fromkeys(PrintReason, 51)
    sent = []

    def note(_connection, _cursor, statement, values, *_rest):
        sent.append((statement, values))

    with app.app_context(), db.engine.connect() as connection:
        postgresql = db.engine.dialect.name == "postgresql"
        if postgresql:
            connection.exec_driver_sql(FILL)
            connection.exec_driver_sql("ANALYZE recordings")
        sa.event.listen(db.engine, "before_cursor_execute", note)
        lines.streams(queue, wishes, limits, {PrintReason.LOST: (NOON - timedelta(days=9), 1)})
        sa.event.remove(db.engine, "before_cursor_execute", note)
        ((statement, values),) = sent
        how = "EXPLAIN" if postgresql else "EXPLAIN QUERY PLAN"
        plan = [str(row[-1]) for row in connection.exec_driver_sql(f"{how} {statement}", values)]
        connection.rollback()
    assert sum("ix_recordings_queue" in line for line in plan) == len(PrintReason)
    assert not any(
        word in line for line in plan for word in ("SCAN recordings", "Seq Scan on recordings", "TEMP B-TREE")
    )
