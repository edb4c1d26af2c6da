"""What becomes of an import over REST: its bad lines named, whole or not at all, for whom, and seen while it runs."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import db, transaction
from inventory.intake.models import Import, ImportFault
from inventory.intake.rules import ImportState
from tests.intake import RINI, bring, counts, faults, line, listed, nik, recordings, siak

BAD = [
    ({"nik": "150304"}, "nik", "invalid"),
    ({"nik": "1.50304E+15"}, "nik", "invalid"),
    ({"nik": ""}, "nik", "invalid"),
    ({"nik": "١٥٠٣٠٤٤٢٠٥٠١٠٠٠١"}, "nik", "invalid"),
    ({"reason": "because"}, "reason", "invalid"),
    ({"reason": ""}, "reason", "invalid"),
    ({"status": "printed"}, "status", "invalid"),
    ({"status": "failed"}, "failure", "failure_code_missing"),
    ({"recorded_at": "yesterday"}, "recorded_at", "invalid"),
    ({"recorded_at": "31-02-2026"}, "recorded_at", "invalid"),
    ({"recorded_at": "0001-01-01T00:00:00+14:00"}, "recorded_at", "invalid"),
    ({"recorded_at": "2099-01-01"}, "recorded_at", "recorded_in_future"),
    ({"recorded_at": "1999-01-01"}, "recorded_at", "recorded_too_early"),
    ({"client_id": nik(1)}, "client_id", "client_id_shows_nik"),
    ({"client_id": "x" * 81}, "client_id", "invalid"),
    ({"name": "x" * 201}, "name", "invalid"),
    ({"name": "Si\x07ti"}, "name", "invalid"),
    ({"recorded_at": "2026-01-05,more"}, "", "invalid"),
]


@pytest.mark.parametrize(("change", "column", "code"), BAD)
def test_a_bad_line_refuses_the_file_and_tells_line_column_and_what_is_allowed(calls, change, column, code):
    field = calls("field", "15.03")
    problem = bring(field, listed(line(7), line(1, **change)), 422)
    assert (problem["code"], problem["facts"]["lines"]) == ("import_refused", 1)
    assert ("line 3", code) in faults(problem)
    assert recordings(field) == []
    found = field.get(f"/imports/{problem['facts']['number']}")
    assert (found["state"], found["refused"], counts(found)[:3]) == ("refused", 1, (0, 0, 0))
    told = field.get(f"/imports/{found['id']}/faults")["items"]
    assert (3, column, code) in [(one["line"], one["column"], one["code"]) for one in told]
    if change.get("reason") == "because":
        assert "pemula (KTP pertama), rusak, hilang" in told[0]["reason"]


def test_one_client_id_for_two_people_is_refused_in_a_file_and_against_what_is_known(calls, app):
    field = calls("field", "15.03")
    problem = bring(field, listed(line(1), line(1, nik=nik(2))), 422)
    assert faults(problem) == [("line 3", "client_id_taken")]
    bring(field, listed(line(1)))
    for change in ({"nik": nik(2)}, {"reason": "lost"}, {"recorded_at": "2026-01-05"}):
        problem = bring(field, listed(line(5), line(1, **change)), 422)
        assert faults(problem) == [("line 3", "client_id_taken")]
    assert len(recordings(field)) == 1
    with app.app_context():
        rows = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "refuse_import")).all()
    assert [row.facts.get("client_id_taken") for row in rows] == [1] * 4


def test_partial_keeps_the_good_lines_and_lists_the_bad_ones(calls):
    field = calls("field", "15.03")
    content = listed(line(1), line(2, nik="1"), line(3), line(3, nik=nik(4)))
    done = bring(field, content, partial="true")
    assert (counts(done), done["state"], done["faults"]) == ((2, 0, 0, 2), "done", 2)
    assert [one["line"] for one in field.get(f"/imports/{done['id']}/faults")["items"]] == [3, 5]
    again = bring(field, content, partial="true")  # some of it was refused: it is judged anew
    assert (counts(again), again["same_as"]) == ((0, 0, 2, 2), None)


def test_a_dry_run_tells_what_would_become_of_a_file_and_keeps_nothing(calls):
    field = calls("field", "15.03")
    bring(field, listed(line(1, status="sfe")))
    done = bring(field, listed(line(1), line(2)), dry_run="true")
    assert (counts(done), done["dry_run"]) == ((1, 1, 0, 0), True)
    assert [one["status"] for one in recordings(field)] == ["sfe"]
    bring(field, listed(line(1), line(2, nik="1")), 422, dry_run="true")
    assert counts(bring(field, listed(line(1), line(2)), path="/imports?dry_run=false")) == (1, 1, 0, 0)


def test_what_was_refused_is_downloaded_without_anybodys_nik_or_name(calls):
    field = calls("field", "15.03")
    problem = bring(field, listed(line(1, nik="1503040101900001x", name="Rahasia", reason="=1+1")), 422)
    answer = field.send("GET", f"/imports/{problem['facts']['number']}/faults.csv", Accept_Language="en")
    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = text.splitlines()
    assert rows[0] == "line,column,code,reason"
    assert rows[1] == "2,nik,invalid,A NIK has 16 digits."
    assert rows[2].startswith('2,reason,invalid,"Choose one of: first_card')
    for secret in ("Rahasia", "150304", "=1+1"):
        assert secret not in text + repr(problem)


def test_only_so_much_is_repeated_but_all_is_counted(calls, monkeypatch):
    from inventory.intake import rules

    monkeypatch.setattr(rules, "KEPT_FAULTS", 150)
    field = calls("field", "15.03")
    problem = bring(field, listed(*[line(number, nik="x", reason="y") for number in range(120)]), 422)
    assert (len(problem["errors"]), problem["facts"]["lines"]) == (100, 120)
    found = field.get(f"/imports/{problem['facts']['number']}")
    assert (found["refused"], found["faults"]) == (120, 240)
    assert len(field.get(f"/imports/{found['id']}/faults?limit=500")["items"]) == 150


@pytest.mark.parametrize(("role", "office", "into", "expect"), [
    ("clerk", "15.03", "15.03", 403), ("inspector", "0", "15.03", 403), ("coordinator", "15", "15.03", 403),
    ("field", "15.03", "15.04", 403), ("field", "15.03", "15", 403), ("field", "15", "15.03", 201),
    ("printer", "15.03", "15.03", 201), ("admin", "0", "99.99", 404),
])  # fmt: skip
def test_who_records_at_an_office_imports_there(calls, role, office, into, expect):
    bring(calls(role, office), listed(line(1)), expect, office=into)


def test_imports_of_other_offices_do_not_exist(calls):
    number = bring(calls("field", "15.03"), listed(line(1)))["id"]
    stranger = calls("field", "15.04")
    for path in ("", "/faults", "/faults.csv"):
        assert stranger.get(f"/imports/{number}{path}", 404)["code"] == "import_not_found"
    assert stranger.get("/imports")["items"] == []
    stranger.get("/imports?office=15.03", 403)
    calls("clerk", "15.03").get("/imports", 403)
    assert len(calls("inspector", "0").get("/imports?office=15")["items"]) == 1
    calls("inspector", "0").get("/imports/999999", 404)


@pytest.mark.parametrize(("form", "expect"), [
    ({"office": ""}, 422), ({"unknown": "1"}, 422), ({"partial": "maybe"}, 422), ({"profile": "none"}, 404),
    ({"office": "../15"}, 422),
])  # fmt: skip
def test_a_wrong_form_is_refused(calls, form, expect):
    bring(calls("field", "15.03"), listed(line(1)), expect, **form)


def test_a_request_without_a_file_or_of_another_kind_is_refused(calls):
    field = calls("field", "15.03")
    headers = {"Authorization": f"Bearer {field.token}"}
    client = field.app.test_client()
    assert client.post("/api/v1/imports", headers=headers).status_code == 422
    form = {"office": "15.03"}
    kind = "multipart/form-data"
    assert client.post("/api/v1/imports", data=form, headers=headers, content_type=kind).status_code == 422
    assert client.post("/api/v1/imports", json={}, headers=headers).status_code == 415
    two = {**form, "file": (io.BytesIO(b"a"), "a"), "other": (io.BytesIO(b"b"), "b")}
    assert client.post("/api/v1/imports", data=two, headers=headers, content_type=kind).status_code == 422


def test_the_same_key_answers_with_the_first_import_and_not_for_another_file(calls):
    field = calls("field", "15.03")
    first = bring(field, listed(line(1)), key="k")
    assert bring(field, listed(line(1)), key="k") == first
    assert bring(field, listed(line(2)), 409, key="k")["code"] == "idempotency_key_reused"
    refused = bring(field, listed(line(3, nik="1")), 422, key="r")
    again = bring(field, listed(line(3, nik="1")), 422, key="r")
    assert again["facts"] == refused["facts"]  # judged again, under the same number
    assert len(field.get("/imports")["items"]) == 2
    assert len(field.get(f"/imports/{again['facts']['number']}/faults")["items"]) == 1


def test_an_import_that_died_is_told_as_interrupted_and_can_be_sent_again(calls, app):
    field = calls("field", "15.03")
    number = bring(field, listed(line(1)), key="k")["id"]
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Import).values(state=ImportState.STORING, finished_at=None))
    assert bring(field, listed(line(1)), 409, key="k")["code"] == "import_running"
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Import).values(touched_at=clock.now() - timedelta(minutes=6)))
    assert field.get(f"/imports/{number}")["state"] == "interrupted"
    assert [one["id"] for one in field.get("/imports?state=interrupted")["items"]] == [number]
    assert field.get("/imports?state=storing")["items"] == []
    again = bring(field, listed(line(1)), key="k")
    assert (again["id"], again["state"], counts(again)) == (number, "done", (0, 0, 1, 0))


def test_progress_is_seen_by_others_while_a_file_is_read(calls, app, monkeypatch):
    from inventory.intake import commands

    monkeypatch.setattr(commands, "STEP", 2)
    field, seen = calls("field", "15.03"), []

    def watch(read, total):
        with db.engine.connect() as other:
            row = other.execute(sa.select(Import.state, Import.lines_read, Import.lines_total)).one()
        seen.append((read, total, row.state.value, row.lines_read, row.lines_total))

    with app.app_context():
        sent = commands.Sent("15.03", "a.csv", listed(*[line(number) for number in range(5)]))
        commands.bring_in(field.actor, sent, watch=watch)
    assert seen == [
        (0, 5, "reading", 0, 5), (2, 5, "reading", 2, 5), (4, 5, "reading", 4, 5), (5, 5, "storing", 5, 5),
    ]  # fmt: skip


def test_a_crash_while_storing_keeps_nothing_and_says_failed(calls, app, monkeypatch):
    from inventory.intake import commands

    field = calls("field", "15.03")
    monkeypatch.setattr(commands.audit, "record", lambda *_a, **_k: 1 / 0)
    with app.app_context(), pytest.raises(ZeroDivisionError):
        commands.bring_in(field.actor, commands.Sent("15.03", "a.csv", listed(line(1))))
    monkeypatch.undo()
    assert [(one["state"], one["problem"]) for one in field.get("/imports")["items"]] == [("failed", "unexpected")]
    assert recordings(field) == []
    assert counts(bring(field, listed(line(1)))) == (1, 0, 0, 0)


def test_no_nik_and_no_name_is_kept_but_encrypted(calls, app):
    field = calls("field", "15.03")
    bring(field, siak(RINI), name="rekam 1503040101900001.csv")
    bring(field, listed(line(1, name="Rini", nik="1")), 422)
    assert "1503040101900001" not in field.get("/imports")["items"][0]["file"]
    with app.app_context():
        for model in (Import, ImportFault, AuditRow):
            rows = db.session.execute(sa.select(*model.__table__.columns)).all()
            assert rows
            assert RINI[0] not in repr(rows)
            assert "Rini" not in repr(rows)


def test_many_lines_take_a_bounded_number_of_statements(calls, statements):
    field = calls("field", "15.03")
    content = listed(*[line(number) for number in range(4_000)])
    # A SELECT for 500 lines, an INSERT for 2,000, two UPDATEs of progress, and what opening and closing take.
    with statements.within(60):
        assert counts(bring(field, content)) == (4_000, 0, 0, 0)
    moved = listed(*[f"c-{number},sfe" for number in range(4_000)], header="client_id,status")
    with statements.within(80):
        assert counts(bring(field, moved)) == (0, 0, 4_000, 0)


def test_old_reasons_are_forgotten_and_the_counts_stay(calls, app):
    from inventory.intake import commands

    field = calls("field", "15.03")
    number = bring(field, listed(line(1, nik="1")), 422)["facts"]["number"]
    with app.app_context():
        assert commands.forget_faults() == 0
        with clock.telling(clock.now() + timedelta(days=91)):
            assert commands.forget_faults() == 1
    assert field.get(f"/imports/{number}")["faults"] == 1
