"""What stands on a desk is found behind its card: each leads to the very things that it counted."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from inventory import clock
from inventory.access import Role
from inventory.reports import desk
from tests.builders import receipt
from tests.printing import job_of, recorded
from tests.web.test_every_page import visitors_of
from web.home.desk import TODOS

pytestmark = pytest.mark.xdist_group("every page")
# Which table of the page behind a card holds what it counted.
TABLES = {
    "to_confirm": "transfers", "to_dispatch": "transfers", "to_approve": "transfers", "disputed": "transfers",
    "sessions_open": "sessions", "sessions_disputed": "sessions", "counts_open": "counts", "counts_due": "plans",
    "losses": "notices", "destructions_counted": "destructions", "requests": "requests", "events_running": "events",
    "events_coming": "events", "events_missed": "events", "runs_open": "pekerjaan", "jobs_open": "pekerjaan",
    "queue": "antrean", "uncollected": "kartu", "consignments_open": "kiriman",
}  # fmt: skip


def lines_behind(visitor, address, table):
    joint = "&" if "?" in address else "?"
    text = visitor.get(f"{address}{joint}unduh={table}.csv").answer.get_data().decode("utf-8-sig")
    return len(list(csv.reader(io.StringIO(text), delimiter=";"))) - 1


def behind(visitor, name):
    [address] = {todo.address for todos in TODOS.values() for todo in todos if todo.name == name}
    return lines_behind(visitor, address, TABLES[name])


def counted_of(app, visitor):
    with app.app_context():
        counts = desk.waiting(visitor.actor)
    return {name: many + counts.get(f"{name}_others", 0) for name, many in counts.items()}


def test_each_card_of_each_desk_opens_what_it_counted(demo_app):
    wrong = {}
    for role, visitor in visitors_of(demo_app).items():
        counts = counted_of(demo_app, visitor)
        for todo in TODOS[Role(role)]:
            found = lines_behind(visitor, todo.address, TABLES[todo.name])
            if found != counts[todo.name]:
                wrong[f"{role} {todo.name}"] = (counts[todo.name], found)
    assert wrong == {}


def test_transfers_of_one_heap_are_told_apart_by_the_step_that_they_wait_for(browses, calls):
    clerk, boss = calls("clerk", "15.03"), calls("coordinator", "15.03")
    clerk.post("/receipts", receipt("15.03-UTAMA", 90))
    store = {"code": "15.03-UPT", "name": "UPT Pauh", "kind": "service_point", "office": "15.03"}
    calls("admin", "15").post("/stores", store)
    wish = {"from_store": "15.03-UTAMA", "to_store": "15.03-UPT", "item": "blangko", "quantity": 20}
    first, second, third, _ = [clerk.post("/transfers", wish)["id"] for _ in range(4)]
    for each in (first, second, third):
        boss.post(f"/transfers/{each}/approve", {}, 200)
    for each in (first, second):
        clerk.post(f"/transfers/{each}/dispatch", {}, 200)
    clerk.post(f"/transfers/{first}/receive", {"received": 19, "missing": 1, "reason": "segel rusak"}, 200)
    reader = browses("clerk", "15.03")
    waits = ("to_confirm", "disputed", "to_approve", "to_dispatch")
    assert [behind(reader, name) for name in waits] == [1, 1, 1, 1]
    assert lines_behind(reader, "/gudang/kiriman?stage=to_send&waits=to_confirm", "transfers") == 2
    shown = reader.get("/gudang/kiriman?stage=to_send&waits=to_approve").text
    assert '<option value="to_approve" selected>menunggu persetujuan</option>' in shown


def test_jobs_with_a_run_that_nobody_confirmed_are_found_among_those_not_finished(browses, calls):
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 9))
    printer = calls("printer", "15.03")
    recorded(printer, "a", "b", "c")
    begun, _ = job_of(printer, "a"), job_of(printer, "b")
    printer.post(f"/print-jobs/{begun['id']}/start", {})
    reader = browses("printer", "15.03")
    assert [behind(reader, name) for name in ("jobs_open", "runs_open")] == [2, 1]


def test_a_plan_that_is_due_is_found_and_one_of_another_day_is_not(browses, calls):
    counter = calls("inspector", "15").actor.user_id
    today = clock.business_day("Asia/Jakarta")
    for days in (0, 1):
        body = {"store": "15.03-UTAMA", "counter": counter, "every_days": 30, "next_on": f"{today + timedelta(days)}"}
        calls("coordinator", "15").post("/counts/plans", body)
    assert behind(browses("clerk", "15.03"), "counts_due") == 1
    assert lines_behind(browses("clerk", "15.03"), "/gudang/hitung/rencana", "plans") == 2


def test_what_one_has_to_decide_is_told_apart_from_what_one_asked_for(browses, calls):
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 10_000))
    calls("clerk", "15.03").post("/requests", {"to_store": "15.03-UTAMA", "item": "blangko", "quantity": 20})
    calls("clerk", "15").post("/requests", {"to_store": "15-UTAMA", "item": "blangko", "quantity": 30})
    boss = browses("coordinator", "15")
    assert lines_behind(boss, "/gudang/permintaan", "requests") == 2
    assert behind(boss, "requests") == 1
    assert 'to_decide=true" aria-current="page">Perlu diputuskan' in boss.get("/gudang/permintaan?to_decide=true").text
    assert "Perlu diputuskan" not in browses("clerk", "15.03").get("/gudang/permintaan").words
