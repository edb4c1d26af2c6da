"""Persons forgotten for good over HTTP: when their time is over or at once, every figure kept, and no trace left."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import current, db, forget_for_good
from inventory.printing.models import Card
from inventory.recordings.models import Recording
from inventory.residents import rules
from inventory.residents.models import Reveal
from tests.outreach import person, running_event
from tests.residents import COLLECTOR, STORE, WHY, issued, later, look, looks, name_of, nik_of, printed, recorded


def period(calls, days=30, office="15.03"):
    calls("admin", "0").patch(f"/offices/{office}", {"purge_days": days})


def everything(calls):
    """What the books, lists and reports tell, but for what may tell of a person."""
    reader = calls("inspector", "15")
    paths = ["/stock?office=15.03&include=ends", "/cards", "/recordings", "/print-jobs", "/reports/daily?office=15.03",
             f"/stock/entries?store={STORE}&item=blangko"]  # fmt: skip
    told = {path: reader.get(path) for path in paths}
    for path in ("/cards", "/recordings"):
        for row in told[path]["items"]:
            for name in ("nik", "collector_relation", "purged_at", "age_days"):
                row.pop(name, None)
    return told


def test_a_purge_forgets_the_person_and_keeps_every_figure(app, calls, exact):
    issued(calls, [1, 2])
    printed(calls, recorded(calls("printer", "15.03"), [3]))
    recorded(calls("printer", "15.03"), [4], status="failed", failure="DUPLICATE_RECORD")
    recorded(calls("printer", "15.03"), [5])
    calls("printer", "15.03").post("/people/reveal", look("z-1"), 200)
    calls("printer", "15.03").post("/people/reveal", look("z-3"), 200)
    period(calls)
    admin = calls("admin", "15.03")
    assert admin.post("/people/purge", {}, 200) == {"persons": 0, "more": False, "dry_run": False}
    with later(31):
        before = everything(calls)
        assert admin.post("/people/purge", {"dry_run": True}, 200)["persons"] == 3
        assert admin.post("/people/purge", {}, 200) == {"persons": 3, "more": False, "dry_run": False}
        assert admin.post("/people/purge", {}, 200)["persons"] == 0
        assert everything(calls) == before
        shown = {row["client_id"]: row["nik"] for row in admin.get("/recordings")["items"]}
    assert shown == {
        "z-1": "••••••", "z-2": "••••••", "z-3": "150304••••••8642", "z-4": "••••••", "z-5": "150304••••••8642",
    }  # fmt: skip
    with app.app_context():
        purged = current().scalars(sa.select(Recording).where(Recording.purged_at.is_not(None))).all()
        assert [(r.nik_secret, r.nik_index, r.name_secret, r.adult_on) for r in purged] == [(b"", b"", None, None)] * 3
        cards = current().scalars(sa.select(Card).where(Card.recording_id.in_([r.id for r in purged]))).all()
        assert [(card.collector_secret, card.collector_relation) for card in cards] == [(None, None)] * 2
        rows = current().scalars(sa.select(AuditRow).where(AuditRow.action == "purge")).all()
        assert [(row.office_code, row.facts) for row in rows] == [("15.03", {"persons": 3})]
    assert [row[-1] for row in looks(app)] == [False, True]


def test_nobody_is_found_shown_or_told_after_the_purge(calls, exact):
    issued(calls, [1])
    admin = calls("admin", "15.03")
    number = calls("printer", "15.03").post("/people/reveal", look("z-1"), 200)["recording"]
    admin.post("/people/export", {"nik": nik_of(1), "reason": WHY}, 200)
    assert admin.post("/people/purge", {"recordings": ["z-1"]}, 200)["persons"] == 1
    assert admin.post("/people/reveal", look(number), 409)["code"] == "person_purged"
    held = admin.post("/people/export", {"nik": nik_of(1), "reason": WHY}, 200)
    assert (held["recordings"], held["cards"], held["reveals"]) == ([], [], [])
    assert len(admin.get("/people/reveals")["items"]) == 3


def test_an_export_is_remembered_while_any_recording_of_the_person_is_left(app, calls, exact):
    issued(calls, [1])
    printer, admin = calls("printer", "15.03"), calls("admin", "15.03")
    printer.post("/recordings", {"recordings": [person("second", nik=nik_of(1), reason="lost")]})
    admin.post("/people/export", {"nik": nik_of(1), "reason": WHY}, 200)
    admin.post("/people/purge", {"recordings": ["z-1"]}, 200)
    assert looks(app)[0][-1]
    held = admin.post("/people/export", {"nik": nik_of(1), "reason": WHY}, 200)
    assert [row["client_id"] for row in held["recordings"]] == ["second"]
    assert [row["kind"] for row in held["reveals"]] == ["export"]


def test_each_office_has_a_period_of_its_own_and_a_day_narrows_it(calls, exact):
    issued(calls, [1])
    with later(20):
        issued(calls, [2])
    period(calls, 40)
    national, today = calls("admin", "0"), clock.now()
    with later(50):
        assert national.post("/people/purge", {"office": "15.03", "dry_run": True}, 200)["persons"] == 1
        period(calls, 10)
        assert national.post("/people/purge", {"office": "15", "dry_run": True}, 200)["persons"] == 2
        assert national.post("/people/purge", {"office": "15.04", "dry_run": True}, 200)["persons"] == 0
        day = f"{today:%Y-%m-%d}"
        assert national.post("/people/purge", {"before": day, "dry_run": True}, 200)["persons"] == 0
        body = {"before": f"{today.replace(year=today.year + 1):%Y-%m-%d}", "dry_run": True}
        assert national.post("/people/purge", body, 200)["persons"] == 2
        for day, persons in (("0001-01-01", 0), ("1999-12-31", 0), ("9999-12-31", 2)):
            body = {"before": day, "dry_run": True}
            assert national.post("/people/purge", body, 200)["persons"] == persons
        assert national.post("/people/purge", {"before": "0001-01-01"}, 200)["persons"] == 0


def test_a_large_purge_is_done_in_parts(app, calls, monkeypatch, exact):
    monkeypatch.setattr(rules, "BATCH", 2)
    issued(calls, range(1, 8))
    period(calls, 0)
    admin = calls("admin", "15.03")
    from inventory.residents import purging

    with app.app_context(), later(1):
        done = purging.purge(admin.actor, batches=2)
    assert done == purging.Purged(4, more=True)
    with later(1):
        assert admin.post("/people/purge", {}, 200) == {"persons": 3, "more": False, "dry_run": False}
    with app.app_context():
        made = sa.select(AuditRow.facts).where(AuditRow.action == "purge").order_by(AuditRow.id)
        assert current().scalars(made).all() == [{"persons": 2}] * 3 + [{"persons": 1}]


def test_named_persons_are_forgotten_at_once_but_not_while_their_card_needs_them(calls, exact):
    printer, admin = calls("printer", "15.03"), calls("admin", "15.03")
    issued(calls, [1])
    printed(calls, recorded(printer, [2]))
    recorded(printer, [3])
    problem = admin.post("/people/purge", {"recordings": ["z-1", "z-2", "z-3"]}, 409)
    assert problem["code"] == "cards_not_issued"
    assert [error["pointer"] for error in problem["errors"]] == ["/recordings/1", "/recordings/2"]
    assert admin.post("/people/purge", {"recordings": ["z-1"], "dry_run": True}, 200)["persons"] == 1
    assert printer.post("/people/reveal", look("z-1"), 200)
    assert admin.post("/people/purge", {"recordings": ["z-1", "z-1"]}, 200)["persons"] == 1
    assert admin.post("/people/purge", {"recordings": ["z-1"]}, 200)["persons"] == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"recordings": []}, 422, "body_invalid"), ({"recordings": ["z-1"] * 501}, 422, "body_invalid"),
        ({"recordings": ["z-1"], "before": "2026-01-01"}, 422, "body_invalid"),
        ({"recordings": ["nobody"]}, 422, "lines_refused"), ({"days": 3}, 422, "body_invalid"),
        ({"office": "15.99"}, 404, "office_not_found"), ({"office": "16"}, 404, "office_not_found"),
        ({"office": "16", "recordings": ["z-1"]}, 403, "out_of_reach"), ({"before": "kemarin"}, 422, "body_invalid"),
        ({"dry_run": "perhaps"}, 422, "body_invalid"),
    ],
)  # fmt: skip
def test_a_purge_that_is_not_right_forgets_nobody(app, calls, body, status, code):
    issued(calls, [1])
    assert calls("admin", "15").post("/people/purge", body, status)["code"] == code
    assert calls("admin", "15").post("/people/reveal", look("z-1"), 200)["nik"] == nik_of(1)


@pytest.mark.parametrize("office", ["15.04", "16"])
def test_persons_of_another_office_are_not_forgotten(app, calls, office):
    event, stranger = running_event(app, "15.03"), calls("admin", office)
    event.let_in(stranger)
    issued(calls, [1])
    period(calls, 0)
    period(calls, 0, office)
    with later(1):
        assert stranger.post("/people/purge", {}, 200)["persons"] == 0
        assert stranger.post("/people/purge", {"recordings": ["z-1"]}, 422)["code"] == "lines_refused"


def test_after_the_purge_the_hand_over_is_not_taken_back(calls, exact):
    issued(calls, [1, 2])
    printer = calls("printer", "15.03")
    calls("admin", "15.03").post("/people/purge", {"recordings": ["z-2"]}, 200)
    body = {"recordings": ["z-1", "z-2"], "reason": "salah orang"}
    problem = printer.post("/cards/undo", body, 409)
    assert (problem["code"], [error["pointer"] for error in problem["errors"]]) == ("person_purged", ["/recordings/1"])
    assert printer.stock(STORE)["issued"] == 2
    printer.post("/cards/undo", body | {"recordings": ["z-1"]}, 200)
    assert printer.stock(STORE)["issued"] == 1


def test_a_purged_failure_stays_failed_and_an_old_list_changes_nothing(calls, exact):
    printer, admin = calls("printer", "15.03"), calls("admin", "15.03")
    line = person("z-4", nik=nik_of(4), name=name_of(4), status="failed", failure="DUPLICATE_RECORD")
    printer.post("/recordings", {"recordings": [line]})
    issued(calls, [1])
    admin.post("/people/purge", {"recordings": ["z-4", "z-1"]}, 200)
    again = printer.post("/recordings", {"recordings": [line, person("z-1", nik=nik_of(1), name=name_of(1))]})
    assert (again["created"], again["unchanged"], again["refused"]) == (0, 2, [])
    change = {"client_id": "z-4", "status": "prr"}
    problem = printer.post("/recordings/status", {"changes": [change]}, 422)
    assert [error["code"] for error in problem["errors"]] == ["person_purged"]
    change = {"client_id": "z-4", "status": "failed", "failure": "DUPLICATE_RECORD"}
    assert printer.post("/recordings/status", {"changes": [change]}, 200)["changed"] == 0


# The proof by grep


def secrets_of(app):
    """Every trace of the persons that the database holds now, and what they are called."""
    with app.app_context():
        found = [value for row in current().execute(
                     sa.select(Recording.nik_secret, Recording.nik_index, Recording.name_secret))
                 for value in row if value]  # fmt: skip
        found += [value for value in current().scalars(sa.select(Card.collector_secret)) if value]
        found += [value for value in current().scalars(sa.select(Reveal.nik_index)) if value]
    return set(found)


def plain_of(numbers):
    return {text.encode() for n in numbers for text in (nik_of(n), name_of(n))} | {COLLECTOR.encode()}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_after_a_purge_neither_the_file_nor_its_log_holds_a_trace_of_the_person(app, calls, database, exact):
    numbers = range(1, 401)
    issued(calls, numbers)
    admin = calls("admin", "15.03")
    admin.post("/people/reveal", look("z-1"), 200)
    admin.post("/people/export", {"nik": nik_of(2), "reason": WHY}, 200)
    traces = secrets_of(app)
    assert len(traces) == 4 * len(numbers)

    def held():
        files = [database.path, database.path.with_name(database.path.name + "-wal")]
        return b"".join(file.read_bytes() for file in files if file.exists())

    data = held()
    assert all(trace in data for trace in traces)
    assert admin.post("/people/purge", {"recordings": [f"z-{n}" for n in numbers]}, 200)["persons"] == len(numbers)
    data = held()
    assert [trace for trace in traces | plain_of(numbers) if trace in data] == []
    assert b"z-400" in data


def test_after_a_purge_no_row_of_any_table_holds_a_trace_of_the_person(app, calls, exact):
    numbers = range(1, 31)
    issued(calls, numbers)
    admin = calls("admin", "15.03")
    admin.post("/people/reveal", look("z-1"), 200)
    admin.post("/people/export", {"nik": nik_of(2), "reason": WHY}, 200)
    traces = secrets_of(app)
    told = plain_of(numbers)
    names = [f"z-{n}" for n in numbers]

    def rows():
        metadata = sa.MetaData()
        with app.app_context(), db.engine.connect() as connection:
            metadata.reflect(connection)
            for table in metadata.sorted_tables:
                if table.name != "regions":
                    for row in connection.execute(sa.select(table)):
                        yield from (value if isinstance(value, bytes) else str(value).encode() for value in row)

    assert traces <= set(rows())
    admin.post("/people/purge", {"recordings": names}, 200)
    left = set(rows())
    assert left & traces == set()
    assert not [text for text in told for value in left if text in value]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_once_its_tables_are_rewritten_no_page_of_the_database_holds_a_trace_either(app, calls, database, exact):
    numbers = range(1, 101)
    issued(calls, numbers)
    traces = secrets_of(app)

    def pages():
        with db.engine.connect() as connection:
            asked = ("SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class"
                     " WHERE relkind IN ('r', 'i', 't') AND relnamespace = 'public'::regnamespace")  # fmt: skip
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CHECKPOINT")
            return b"".join(bytes(page) for page in connection.exec_driver_sql(asked).scalars())

    with app.app_context():
        held = pages()
        assert [trace for trace in traces if trace not in held] == []
        calls("admin", "15.03").post("/people/purge", {"recordings": [f"z-{n}" for n in numbers]}, 200)
        assert forget_for_good("recordings", "cards", "reveals", "documents")
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM FULL recordings, cards, reveals, documents")
        held = pages()
        assert [trace for trace in traces if trace in held] == []


def test_chores_forget_whose_time_is_over(app, calls, exact):
    from api.cli import group

    issued(calls, [1, 2])
    period(calls)
    runner = app.test_cli_runner()
    assert "persons forgotten: 0" in runner.invoke(group, ["chores"]).output
    with later(31):
        done = runner.invoke(group, ["chores"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "persons forgotten: 2" in done.output
    assert {row["nik"] for row in calls("admin", "15.03").get("/recordings")["items"]} == {"••••••"}
