"""Personal data over HTTP: shown with a reason and on record, told to the person, and masked everywhere else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import current, transaction
from inventory.recordings.models import Recording
from inventory.residents import rules
from tests.builders import Caller
from tests.outreach import person, running_event
from tests.residents import COLLECTOR, STORE, WHY, issued, later, look, looks, name_of, nik_of, printed, recorded


def told_nothing(text, numbers=range(10)):
    return not [n for n in numbers if nik_of(n) in text or name_of(n) in text]


@pytest.fixture
def printer(calls):
    caller = calls("printer", "15.03")
    recorded(caller, [1, 2])
    return caller


def test_a_reveal_shows_the_person_and_keeps_who_looked_and_why(app, printer):
    shown = printer.post("/people/reveal", look("z-1"), 200)
    assert shown == {
        "recording": shown["recording"], "client_id": "z-1", "office": "15.03", "nik": nik_of(1), "name": name_of(1),
    }  # fmt: skip
    assert printer.post("/people/reveal", look(shown["recording"], office="15.03"), 200) == shown
    once = ("reveal", printer.actor.user_id, "printer", "15.03", shown["recording"], WHY, True)
    assert looks(app) == [once, once]
    with app.app_context():
        rows = current().scalars(sa.select(AuditRow).where(AuditRow.action == "reveal")).all()
        assert [(row.subject_id, row.facts) for row in rows] == [(str(shown["recording"]), {})] * 2


def test_a_person_without_a_name_is_shown_without_one(printer):
    printer.post("/recordings", {"recordings": [person("nameless", nik=nik_of(7))]})
    assert printer.post("/people/reveal", look("nameless"), 200)["name"] is None


@pytest.mark.parametrize("role", ["clerk", "coordinator", "field", "inspector"])
def test_other_roles_are_shown_nobody(app, calls, printer, role):
    problem = calls(role, "15.03").post("/people/reveal", look("z-1"), 403)
    assert problem["code"] == "not_permitted"
    assert looks(app) == []


@pytest.mark.parametrize("office", ["15.04", "15.01", "16"])
def test_a_person_of_another_office_does_not_exist(app, calls, printer, office):
    stranger = calls("printer", office)
    number = calls("printer", "15.03").get("/recordings")["items"][0]["id"]
    for reference in ("z-1", number, 999_999, "nobody"):
        assert stranger.post("/people/reveal", look(reference), 422)["code"] == "recording_unknown"
    assert stranger.post("/people/reveal", look("z-1", office="15.03"), 403)["code"] == "out_of_reach"
    assert looks(app) == []
    assert calls("admin", "15").post("/people/reveal", look("z-1"), 200)["nik"] == nik_of(1)


def test_a_member_of_the_event_is_shown_who_was_recorded_or_printed_in_it(app, calls, exact):
    event, member = running_event(app, "15.03"), calls("printer", "15.05")
    host = calls("printer", "15.03")
    recorded(host, [1], event=event.id, stop=event.stop)
    recorded(host, [2, 3])
    calls("clerk", "15.03").post("/receipts", {
        "store": event.store, "item": "blangko", "quantity": 5, "source": "ministry", "document_number": "SJ/1",
        "received_on": "2026-01-05"})  # fmt: skip
    job = host.post("/print-jobs", {"store": event.store, "event": event.id, "recordings": ["z-2"]})["id"]
    host.post(f"/print-jobs/{job}/results", {"results": [{"recording": "z-2", "outcome": "printed"}]}, 200)
    assert member.post("/people/reveal", look("z-1"), 422)["code"] == "recording_unknown"
    event.let_in(member)
    assert member.post("/people/reveal", look("z-1"), 200)["nik"] == nik_of(1)
    assert member.post("/people/reveal", look("z-2", office="15.03"), 200)["nik"] == nik_of(2)
    assert member.post("/people/reveal", look("z-3"), 422)["code"] == "recording_unknown"
    assert [row[1:5:2] for row in looks(app)] == [(member.actor.user_id, "15.03")] * 2


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("abcd", "body_invalid"), ("    a    ", "body_invalid"), ("x" * 201, "body_invalid"), (None, "body_invalid"),
        (f"NIK {nik_of(1)}", "reason_shows_nik"), ("NIK 1503 0447 0001 8642 keliru", "body_ok"),
        ("nomor 1111222233334444", "reason_shows_nik"),
        (f"untuk  {name_of(1).upper()} di loket", "reason_names_person"),
    ],
)  # fmt: skip
def test_a_reason_is_needed_and_tells_nobody(app, printer, reason, code):
    if code == "body_ok":
        printer.post("/people/reveal", look("z-1") | {"reason": reason}, 200)
        return
    problem = printer.post("/people/reveal", look("z-1") | {"reason": reason}, 422)
    assert problem["code"] == code
    assert told_nothing(repr(problem))
    assert looks(app) == []


@pytest.mark.parametrize(
    "body",
    [
        {}, {"recording": "z-1"}, {"reason": WHY}, look("z-1", purpose="x"), look(0), look(-1), look(10**40), look(""),
        look(True), look(["z-1"]), look("z-1", office="15/03"), [], "z-1",
    ],
)  # fmt: skip
def test_a_body_that_is_not_right_shows_nobody(app, printer, body):
    assert printer.post("/people/reveal", body, 422)["code"] == "body_invalid"
    assert looks(app) == []


def test_a_user_is_shown_a_limited_number_of_persons_an_hour(app, calls, printer, monkeypatch):
    monkeypatch.setattr(rules, "LOOKS_AN_HOUR", 3)
    admin = calls("admin", "15.03")
    for _ in range(3):
        printer.post("/people/reveal", look("z-1"), 200)
    problem = printer.post("/people/reveal", look("z-2"), 409)
    assert problem["code"] == "reveal_limit_reached"
    assert problem["facts"]["limit"] == 3
    assert len(looks(app)) == 3
    assert admin.post("/people/reveal", look("z-2"), 200)["nik"] == nik_of(2)
    for _ in range(2):
        admin.post("/people/export", {"nik": nik_of(1), "reason": WHY}, 200)
    assert admin.post("/people/export", {"nik": nik_of(1), "reason": WHY}, 409)["code"] == "reveal_limit_reached"
    with later(1.1 / 24):
        assert printer.post("/people/reveal", look("z-2"), 200)["nik"] == nik_of(2)


def test_the_log_of_looks_is_for_those_who_watch_over_the_office_and_for_oneself(calls, printer):
    other = calls("admin", "15")
    mine = printer.post("/people/reveal", look("z-1"), 200)["recording"]
    other.post("/people/reveal", look("z-2"), 200)
    other.post("/people/export", {"nik": nik_of(2), "reason": WHY}, 200)
    own = printer.get("/people/reveals")["items"]
    assert [(row["user"], row["role"], row["kind"], row["office"], row["recording"], row["reason"]) for row in own] == [
        (printer.actor.user_id, "printer", "reveal", "15.03", mine, WHY)
    ]
    for role in ("inspector", "coordinator", "admin"):
        assert len(calls(role, "15").get("/people/reveals")["items"]) == 3
        assert len(calls(role, "15.03").get("/people/reveals")["items"]) == 2
        assert calls(role, "16").get("/people/reveals")["items"] == []
        assert calls(role, "15.04").get("/people/reveals?office=15.03", 403)["code"] == "out_of_reach"
    inspector = calls("inspector", "15")
    assert calls("clerk", "15.03").get("/people/reveals", 403)["code"] == "not_permitted"
    assert calls("field", "15.03").get("/people/reveals")["items"] == []
    assert [row["kind"] for row in inspector.get(f"/people/reveals?user={other.actor.user_id}")["items"]] == [
        "reveal", "export",
    ]  # fmt: skip
    assert len(inspector.get(f"/people/reveals?recording={mine}&office=15.03")["items"]) == 1
    first = inspector.get("/people/reveals?limit=2&order=desc")
    rest = inspector.get(f"/people/reveals?limit=2&order=desc&cursor={first['next']}")
    assert [row["kind"] for row in [*first["items"], *rest["items"]]] == ["export", "reveal", "reveal"]
    assert told_nothing(repr([own, first, rest]))


def test_the_log_costs_the_same_however_long_it_is(calls, printer, statements):
    inspector = calls("inspector", "15.03")
    for _ in range(3):
        printer.post("/people/reveal", look("z-1"), 200)
    inspector.get("/people/reveals")
    with statements.within(4):
        inspector.get("/people/reveals")


def test_a_person_is_told_what_is_held_and_who_saw_it(app, calls, exact):
    admin = calls("admin", "15.03")
    issued(calls, [1])
    printer = calls("printer", "15.03")
    number = printer.post("/people/reveal", look("z-1"), 200)["recording"]
    held = admin.post("/people/export", {"nik": nik_of(1), "reason": "diminta orangnya"}, 200)
    assert (held["nik"], held["complete"], held["papers"]) == (nik_of(1), True, [])
    [recording] = held["recordings"]
    assert (recording["id"], recording["name"], recording["status"]) == (number, name_of(1), "issued")
    assert recording["prr_at"]
    [card] = held["cards"]
    assert (card["recording"], card["status"], card["collector_relation"]) == (number, "issued", "tetangga")
    assert card["collected_by"] == "U••• B••• P•••"
    assert [(row["user"], row["reason"]) for row in held["reveals"]] == [(printer.actor.user_id, WHY)]
    again = admin.post("/people/export", {"nik": nik_of(1), "reason": "diminta orangnya"}, 200)
    assert [row["kind"] for row in again["reveals"]] == ["export", "reveal"]
    assert [row[0] for row in looks(app)] == ["reveal", "export", "export"]


def test_who_collects_an_own_card_is_told_so_by_name(calls, exact):
    printer = calls("printer", "15.03")
    printed(calls, recorded(printer, [1]))
    printer.post("/cards/issue", {"cards": [{"recording": "z-1", "collected_by": name_of(1).lower()}]}, 200)
    held = calls("admin", "15.03").post("/people/export", {"nik": nik_of(1), "reason": WHY}, 200)
    assert held["cards"][0]["collected_by"] == name_of(1).lower()


def test_an_export_tells_only_what_is_in_reach_and_is_kept_even_when_empty(app, calls, printer):
    empty = {"recordings": [], "cards": [], "papers": [], "reveals": [], "complete": True}
    for office in ("15.04", "16"):
        stranger = calls("admin", office)
        assert stranger.post("/people/export", {"nik": nik_of(1), "reason": WHY}, 200) == {"nik": nik_of(1), **empty}
    assert calls("admin", "16").post("/people/export", {"nik": nik_of(9), "reason": WHY}, 200)["recordings"] == []
    # What nobody holds is not remembered by its number either.
    assert [row[-1] for row in looks(app)] == [True, True, False]
    assert len(calls("admin", "15").post("/people/export", {"nik": nik_of(1), "reason": WHY}, 200)["recordings"]) == 1
    seen = calls("admin", "15.03").post("/people/export", {"nik": nik_of(1), "reason": WHY}, 200)["reveals"]
    assert [row["office"] for row in seen] == ["15"]


@pytest.mark.parametrize("role", ["clerk", "coordinator", "printer", "field", "inspector"])
@pytest.mark.parametrize("path", ["export", "purge"])
def test_only_an_administrator_exports_and_purges(calls, printer, role, path):
    body = {"nik": nik_of(1), "reason": WHY} if path == "export" else {}
    assert calls(role, "15.03").post(f"/people/{path}", body, 403)["code"] == "not_permitted"


@pytest.mark.parametrize(
    "body",
    [
        {"nik": "150304"}, {"nik": "x" * 16}, {"nik": 1503047100018642}, {"nik": nik_of(1), "office": "15.03"}, {},
        {"nik": "1" * 15 + "²"}, {"nik": nik_of(1), "reason": "abc"},
    ],
)  # fmt: skip
def test_an_export_takes_a_nik_and_a_reason(app, calls, body):
    problem = calls("admin", "15.03").post("/people/export", {"reason": WHY, **body}, 422)
    assert problem["code"] == "body_invalid"
    assert told_nothing(repr(problem))
    assert looks(app) == []


def test_the_reason_of_an_export_tells_nobody_either(calls, printer):
    admin = calls("admin", "15.03")
    for reason, code in ((f"x {nik_of(1)}", "reason_shows_nik"), (f"oleh {name_of(1)}", "reason_names_person")):
        assert admin.post("/people/export", {"nik": nik_of(1), "reason": reason}, 422)["code"] == code


# Masked everywhere else


def test_no_list_no_report_and_no_log_tells_who_somebody_is(app, calls, exact, capsys):
    from tests.api.test_access import routes_of

    event = running_event(app, "15.03")
    issued(calls, [1])
    printed(calls, recorded(calls("printer", "15.03"), [2]))
    recorded(calls("printer", "15.03"), [3], event=event.id, stop=event.stop)
    calls("printer", "15.03").post("/people/reveal", look("z-1"), 200)
    readers: list[Caller] = [calls("admin", "0"), calls("printer", "15.03")]
    capsys.readouterr()
    guilty, asked = [], 0
    for method, address, _ in routes_of(app):
        if method != "GET":
            continue
        path = address.removeprefix("/api/v1")
        variants = {path} | {path.replace("999999", str(n)) for n in (1, 2, 3)}
        variants |= {path.replace("99.99", code) for code in ("15.03", STORE, "blangko")}
        variants |= {f"{path}?{query}" for query in ("office=15.03", f"store={STORE}&item=blangko")}
        for variant in sorted(variants):
            for reader in readers:
                answer = reader.send("GET", variant)
                asked += answer.status_code == 200
                if not told_nothing(answer.get_data(as_text=True)) or COLLECTOR in answer.get_data(as_text=True):
                    guilty.append(variant)
    assert guilty == []
    assert asked > 50
    logged = capsys.readouterr()
    assert told_nothing(logged.out + logged.err)


def test_a_direct_change_of_the_row_is_not_what_makes_a_person_purged(app, printer):
    """A recording that was purged is known by its mark, also where something else emptied it."""
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Recording).values(purged_at=clock.now()))
    assert printer.post("/people/reveal", look("z-1"), 409)["code"] == "person_purged"
