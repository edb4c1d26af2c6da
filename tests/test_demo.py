"""The demo: the five scenarios on one database, told through the commands, and true to their figures."""

import os

import pytest
import sqlalchemy as sa

import migrations
from api.app import create_app
from api.cli import group
from inventory import demo, setup
from inventory.audit import AuditRow
from inventory.database import current, db, transaction
from inventory.marks import demo_mark, mark_demo
from inventory.people.models import User
from inventory.reports.queries import differences
from tests.builders import Caller, receipt, settings_for
from tests.demo import copy_of, database_of_its_own, load

TABLES = ("movements", "users", "audit_rows", "offices", "items")


def test_the_demo_is_true_to_the_figures_of_its_scenarios(app, calls):
    with app.app_context():
        assert demo.load().startswith("Loaded")
    coordinator = calls("coordinator", "15")
    _the_coming_event_is_short_by_target_and_over_by_turnout(coordinator)
    _the_event_of_2019_is_settled_and_every_blank_came_home(coordinator)
    _the_figures_of_the_other_scenarios_are_there(calls("coordinator", "35"), calls("coordinator", "17"))
    with app.app_context():
        assert demo.load() == "The demo is loaded already."
        assert list(differences()) == []
        doers = set(current().scalars(sa.select(User.name).join(AuditRow, AuditRow.user_id == User.id)))
    assert {"Siti Rahmawati", "Budi Santoso", "Dewi Lestari"} < doers
    assert doers.isdisjoint({"clerk@15.03", "coordinator@15", "printer@15.03", "field@15.03"})


def _the_coming_event_is_short_by_target_and_over_by_turnout(coordinator):
    event = coordinator.get("/events?order=desc&status=planned")["items"][0]
    answer = coordinator.get(f"/events/{event['id']}/readiness")
    assert answer["available"]["total"] == 11_000
    assert answer["need"]["by_target"] == 17_000
    assert answer["shortfall"]["by_target"] == 6_000
    assert answer["surplus"]["likely"] > 2_000
    shortfalls = coordinator.get("/shortfalls?region=15&within_days=30")["items"]
    assert [item["event"] for item in shortfalls if item["kind"] == "event"] == [event["id"]]
    assert [item["office"] for item in shortfalls if item["kind"] == "office"] == ["15.04", "15.02"]


def _the_event_of_2019_is_settled_and_every_blank_came_home(coordinator):
    event = coordinator.get("/events?status=closed")["items"][0]
    settled = coordinator.get(f"/events/{event['id']}/settlement")
    assert settled["counted"] is True
    blanks = {line["owner"]: line for line in settled["owners"] if line["item"] == "blangko"}
    assert blanks["15"]["brought"] == blanks["15"]["received_back"] == 6_000
    assert blanks["15.03"]["printed"] == 4_590
    assert sum(blanks["15.03"][name] for name in ("printed", "spoiled", "returned", "missing")) == 5_000
    assert settled["after_close"]["waiting"] == 40


def _the_figures_of_the_other_scenarios_are_there(east, rejang):
    regencies = {row["region"]: row for row in east.get("/coverage?parent=35&limit=500")["items"]}
    assert (regencies["35.09"]["percent"], regencies["35.09"]["remaining"]) == (99.25, 14_856)
    kecamatan = east.get("/coverage?parent=35.09&limit=500")["items"]
    assert kecamatan[0]["region"] == "35.09.11"
    assert sum(row["recorded"] for row in kecamatan) == 55_095
    rows = {row["region"]: row for row in rejang.get("/coverage?parent=17&limit=500")["items"]}
    assert rows["17.02"]["remaining"] == 11_780
    assert "remaining_differs" in {flag["code"] for flag in rows["17.02"]["flags"]}
    assert {event["kind"] for event in east.get("/events")["items"]} == {"mobile_unit", "school", "home_visits"}


def test_one_command_makes_ready_and_serves(told_demo, tmp_path, monkeypatch):
    app = copy_of(told_demo, tmp_path)
    began = []
    monkeypatch.setattr(os, "execv", lambda _program, arguments: began.append(arguments))
    said = app.test_cli_runner().invoke(args=["serve", "--demo"], cli=group).output
    assert "regions: 0 added" in said
    assert "The demo is loaded already." in said
    assert said.count("blk_") == 6
    assert "wsgi:app" in began[0]


def test_a_database_with_movements_of_its_own_is_left_alone(app, calls):
    calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 1))
    with app.app_context():
        assert "stays out of it" in demo.load()


def test_a_load_that_broke_off_is_not_taken_for_a_whole_one(app):
    with app.app_context():
        with transaction() as session:
            mark_demo(session, "loading")
        assert "broke off" in demo.load()


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request, tmp_path):
    """A database that a test may take apart."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'own.db'}"
        return
    with database_of_its_own(request.getfixturevalue("postgresql_url")) as url:
        yield url


def test_nothing_but_a_demo_is_ever_removed(own, tmp_path):
    app = create_app(settings_for(own, ledger_dir=tmp_path / "ledger"))
    with app.app_context():
        migrations.upgrade(db.engine)
        setup.fill()
    clerk = Caller(app, "clerk", "15.03")
    clerk.post("/receipts", receipt("15.03-UTAMA", 6_000))
    refused = app.test_cli_runner().invoke(args=["demo", "--remove"], cli=group)
    assert refused.exit_code == 1
    assert "not marked as a demo" in refused.output
    assert clerk.stock("15.03-UTAMA")["on_hand"] == 6_000
    with app.app_context():
        db.engine.dispose()


def test_a_whole_demo_is_removed_and_the_database_is_as_new(own, tmp_path):
    app = load(own, tmp_path)
    run = app.test_cli_runner()
    removed = run.invoke(args=["demo", "--remove"], cli=group)
    assert (removed.exit_code, removed.exception) == (0, None)
    with app.app_context():
        assert demo_mark() is None
        counts = {name: db.session.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in TABLES}
        assert counts == {"movements": 0, "users": 0, "audit_rows": 0, "offices": 553, "items": 4}
    clerk = Caller(app, "clerk", "15.03")
    clerk.post("/receipts", receipt("15.03-UTAMA", 6_000))
    assert clerk.stock("15.03-UTAMA")["on_hand"] == 6_000
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
