"""What others are told: the feed by position, shortfalls, and never a NIK or a name."""

from __future__ import annotations

import datetime as dt
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.database import current
from inventory.hooks import commands, queries
from inventory.hooks.models import ToldShortfall
from inventory.outbox import Change, ChangeKind
from inventory.people import commands as people
from inventory.planning.queries import Shortfall
from inventory.planning.rules import Severity
from inventory.seals.commands import seal
from tests.builders import receipt
from tests.outreach import person
from tests.receiver import receiving
from tests.webhooks import add, send, tell, told

STORE = "15.03-UTAMA"


@pytest.fixture
def printer(calls):
    caller = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 10))
    caller.post("/recordings", {"recordings": [person("a", "15.03"), person("b", "15.03")]})
    return caller


def printed(printer, *names):
    job = printer.post("/print-jobs", {"store": STORE, "recordings": list(names)})["id"]
    lines = [{"recording": name, "outcome": "printed"} for name in names]
    printer.post(f"/print-jobs/{job}/results", {"results": lines}, 200)


def test_the_feed_tells_what_happened_to_cards_once_it_is_sealed(app, database, printer, exact):
    printed(printer, "a", "b")
    card = {"recording": "a", "collected_by": "Umar", "collector_relation": "father"}
    printer.post("/cards/issue", {"cards": [card]}, 200)
    assert told(printer) == {"items": [], "last": 0, "more": False}
    with app.app_context():
        assert commands.number_changes() == 0
        seal(database.ledger_dir)
        assert commands.number_changes() == 2
        assert commands.number_changes() == 0
    found = told(printer)
    assert (found["last"], found["more"]) == (2, False)
    first, second = found["items"]
    assert [one["client_id"] for one in first["recordings"]] == ["a", "b"]
    assert second == {
        "position": 2, "kind": "card_issued", "office": "15.03", "event": None, "movement": second["movement"],
        "recordings": first["recordings"][:1], "facts": {}, "happened_at": second["happened_at"],
    }  # fmt: skip
    assert (first["position"], first["kind"]) == (1, "card_printed")
    assert "Umar" not in str(found)
    assert told(printer, after=2)["items"] == []
    assert [one["position"] for one in told(printer, after=1)["items"]] == [2]


def test_the_feed_goes_on_in_steps_and_says_how_far_it_is(app, calls):
    tell(app, *["15.03", "15.04"] * 5)
    caller = calls("coordinator", "15")
    first = told(caller, limit=4)
    assert ([one["position"] for one in first["items"]], first["last"], first["more"]) == ([1, 2, 3, 4], 4, True)
    rest = told(caller, after=4)
    assert ([one["position"] for one in rest["items"]], rest["last"], rest["more"]) == ([5, 6, 7, 8, 9, 10], 10, False)
    assert told(caller, after=4, office="15.04", limit=3)["last"] == 10
    assert [one["office"] for one in told(caller, office="15.04")["items"]] == ["15.04"] * 5
    assert told(caller, kind="card_issued") == {"items": [], "last": 10, "more": False}
    assert told(caller, after=99) == {"items": [], "last": 99, "more": False}


def test_one_look_goes_over_a_limited_stretch(app, calls, monkeypatch):
    monkeypatch.setattr(queries, "_WINDOW", 3)
    tell(app, *["15.04"] * 5, "15.03", "15.03")
    caller, after, seen = calls("printer", "15.03"), 0, []
    for _ in range(3):
        found = told(caller, after)
        seen.append(([one["position"] for one in found["items"]], found["last"], found["more"]))
        after = found["last"]
    assert seen == [([], 3, True), ([6], 6, True), ([7], 7, False)]


def test_one_answer_tells_a_limited_number_of_recordings_and_one_change_at_least(app, calls, monkeypatch):
    monkeypatch.setattr(queries, "_RECORDINGS_TOLD", 5)
    tell(app, "15.03", recordings=list(range(1, 10)))
    tell(app, "15.03", "15.03", recordings=[1, 2, 3])
    caller, after, seen = calls("printer", "15.03"), 0, []
    for _ in range(3):
        found = told(caller, after)
        seen.append([len(one["recordings"]) for one in found["items"]])
        after = found["last"]
    assert seen == [[9], [3], [3]]
    assert not found["more"]


@pytest.mark.parametrize("role", ["coordinator", "printer", "field", "inspector", "admin"])
def test_who_reads_recordings_reads_the_changes_of_the_own_subtree_only(app, calls, role):
    tell(app, "15.03", "15.04", "16.01", "15")
    assert [one["office"] for one in told(calls(role, "15.03"))["items"]] == ["15.03"]
    assert [one["office"] for one in told(calls(role, "15"))["items"]] == ["15.03", "15.04", "15"]
    assert len(told(calls(role, "0"))["items"]) == 4
    calls(role, "15.03").get("/changes?office=15.04", 403)
    calls(role, "15.03").get("/changes?office=15", 403)


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=1.5", "limit=0", "limit=501", "kind=x", "x=1", "after="]
)
def test_a_wrong_question_is_refused(calls, query):
    calls("printer", "15.03").get(f"/changes?{query}", 422)


def test_a_clerk_reads_no_changes(calls):
    calls("clerk", "15.03").get("/changes", 403)


def test_the_feed_costs_the_same_however_much_it_tells(app, calls, statements):
    tell(app, *["15.03"] * 40, recordings=[1, 2])
    caller = calls("coordinator", "15")
    with statements.within(5):
        assert len(told(caller)["items"]) == 40


def shortfall(**changes):
    facts = {"kind": "office", "office": "15.03", "name": "Sarolangun", "needed_on": dt.date(2026, 3, 9),
             "days_left": 5, "severity": Severity.WARNING, "quantity": 500, **changes}  # fmt: skip
    return Shortfall(**facts)


def test_a_shortfall_is_told_once_again_when_worse_and_anew_when_it_comes_back(app, calls, monkeypatch):
    now, found = clock.now(), []
    answer = type("Found", (), {"page": type("Page", (), {"items": found})})
    monkeypatch.setattr(commands.planning, "shortfalls", lambda *_words: answer)

    def look(hours, *shortfalls):
        found[:] = shortfalls
        with app.app_context(), clock.telling(now + timedelta(hours=hours)):
            return commands.raise_shortfalls(people.system_actor())

    assert look(0, shortfall(), shortfall(kind="event", event=7, office="15")) == 2
    assert look(1, shortfall(quantity=600), shortfall(kind="event", event=7, office="15")) == 0
    assert look(2, shortfall(quantity=700)) == 1
    assert look(3, shortfall(severity=Severity.CRITICAL)) == 1
    assert look(4, shortfall(severity=Severity.NOTICE)) == 0
    assert look(10) == 0
    assert look(20, shortfall()) == 0  # it was gone for less than a day
    assert look(60) == 0
    with app.app_context():
        assert current().scalars(sa.select(ToldShortfall)).all() == []
    assert look(61, shortfall()) == 1
    with app.app_context():
        commands.number_changes()
    items = told(calls("coordinator", "15"))["items"]
    assert [(one["kind"], one["office"], one["event"], one["facts"]["quantity"]) for one in items] == [
        ("shortfall_raised", "15.03", None, 500), ("shortfall_raised", "15", 7, 500),
        ("shortfall_raised", "15.03", None, 700), ("shortfall_raised", "15.03", None, 500),
        ("shortfall_raised", "15.03", None, 500),
    ]  # fmt: skip
    assert items[0]["facts"] == {
        "subject": "office", "severity": "warning", "quantity": 500, "needed_on": "2026-03-09", "days_left": 5,
    }  # fmt: skip
    assert items[0]["movement"] is None


def test_a_real_event_that_runs_short_is_told_to_whoever_listens(app, calls):
    coordinator, today = calls("coordinator", "15"), clock.business_day("Asia/Jakarta")
    day = (today + timedelta(days=5)).isoformat()
    event = coordinator.post("/events", {
        "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": day, "ends_on": day,
        "opens_at": "08:00", "closes_at": "16:00",
    })["id"]  # fmt: skip
    coordinator.post(f"/events/{event}/stops", {
        "name": "Pauh", "kind": "office", "starts_at": f"{day}T08:00:00+07:00", "ends_at": f"{day}T16:00:00+07:00",
        "target_people": 1000, "kits": 6, "minutes_per_recording": 5,
    })  # fmt: skip
    with receiving() as there:
        add(app, there.url, kinds=[ChangeKind.SHORTFALL_RAISED])
        with app.app_context():
            assert commands.raise_shortfalls(people.system_actor()) == 1
            assert commands.raise_shortfalls(people.system_actor()) == 0
            assert commands.number_changes() == 1
        send(app)
        (item,) = there.items
    (short,) = coordinator.get("/shortfalls")["items"]
    assert (item["event"], item["office"], item["facts"]["quantity"]) == (event, "15.03", short["quantity"])


def test_nothing_that_is_told_holds_a_nik_or_a_name(app, database, printer):
    printed(printer, "a")
    card = {"recording": "a", "collected_by": "Umar bin Hasan", "collector_relation": "father"}
    printer.post("/cards/issue", {"cards": [card]}, 200)
    with app.app_context():
        seal(database.ledger_dir)
        commands.number_changes()
        kept = [[row.facts, row.recordings] for row in current().scalars(sa.select(Change))]
    for text in (str(told(printer)), str(kept)):
        assert not re.search(r"\d{16}", text)
        assert "Umar" not in text
