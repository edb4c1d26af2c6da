"""Problems in the reader's own language, keys, and failures of the service, told without a NIK or its inside."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from marshmallow import ValidationError

from api import fields
from api.app import create_app
from inventory.database import current, db
from tests.builders import receipt, settings_for
from tests.problems import assert_is_a_problem

SPOILAGE = {"store": "15.03-UTAMA", "item": "blangko", "quantity": 1, "reason": "damaged"}


def test_sixteen_digits_in_a_row_are_never_repeated(clerk, capsys):
    nik = "1503040101010001"
    refused = [
        clerk.post("/receipts", receipt(f"15.03-{nik}", 1), 404),
        clerk.post("/receipts", receipt("15.03-UTAMA", 1) | {f"nik {nik}": 1}, 422),
        clerk.post("/spoilages", SPOILAGE | {"item": nik}, 404),
        clerk.get(f"/stock?office={nik}", 403),
        clerk.get(f"/stores/{nik}", 404),
        clerk.get(f"/movements/{nik}", 404),
        clerk.get(f"/nothing/{nik}", 404),
    ]
    assert nik not in json.dumps(refused)
    assert refused[0]["facts"] == {"store": "15.03-…"}
    assert refused[1]["errors"][0]["pointer"] == "/…"
    logged = capsys.readouterr().out
    assert nik not in logged
    assert "/api/v1/stores/<code:code>" in logged
    assert "unmatched" in logged


@pytest.mark.parametrize(
    ("host", "public", "base"),
    [
        ("blangko.example", "", "http://blangko.example/"),
        ("127.0.0.1:8000", "", "http://127.0.0.1:8000/"),
        ("[::1]:8000", "", "http://[::1]:8000/"),
        ('evil"><script>', "", "http://localhost/"),
        ("evil.example/x?", "", "http://localhost/"),
        ("evil.example", "https://blangko.example.go.id", "https://blangko.example.go.id/"),
    ],
)
def test_the_type_of_a_problem_follows_the_settings_and_no_broken_host(app, monkeypatch, host, public, base):
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], public_url=public))
    answer = app.test_client().get("/api/v1/nothing", headers={"Host": host})
    assert answer.get_json()["type"] == f"{base}api/problems#no_such_address"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, "id"), ("id", "id"), ("en", "en"), ("en-GB,en;q=0.9", "en"), ("id;q=0.3,en;q=0.8", "en"),
        ("fr", "id"), ("fr,en;q=0.1", "en"), ("*", "id"), ("id-ID", "id"), ("", "id"), (";;;", "id"),
    ],
)  # fmt: skip
def test_problems_are_in_indonesian_unless_english_is_preferred(clerk, asked, given):
    headers = {} if asked is None else {"Accept_Language": asked}
    answer = clerk.send("POST", "/spoilages", SPOILAGE, **headers)
    problem = assert_is_a_problem(answer, 409, "stock_insufficient")
    assert answer.headers["Content-Language"] == given
    assert problem["detail"].startswith("15.03-UTAMA has only 0" if given == "en" else "15.03-UTAMA hanya punya 0")
    assert problem["facts"] == {
        "store": "15.03-UTAMA", "item": "blangko", "condition": "blank", "owner": "15.03", "available": 0, "asked": 1,
    }  # fmt: skip
    wrong = clerk.send("POST", "/spoilages", {**SPOILAGE, "quantity": "1"}, **headers).get_json()
    assert wrong["errors"][0]["detail"] == ("Must be a whole number." if given == "en" else "Harus bilangan bulat.")


TOLD = [
    ("clerk", "POST", "/counts/plans", {}, "detail", "Peran petugas gudang di Dinas 15.03 tidak boleh menyetujui.",
     "Role clerk at office 15.03 may not approve."),
    ("clerk", "GET", "/stock?include=all", None, "errors", "Pilih salah satu: ends.", "Choose one of: ends."),
    ("clerk", "GET", "/destructions/report?month=November", None, "errors", "Harus bulan YYYY-MM.",
     "Must be a month, YYYY-MM."),
    ("admin", "POST", "/destructions", {"store": "15.03-UTAMA", "number": "1", "destroyed_on": "2026-01-01",
     "witnesses": [{"name": "A", "institution": "B"}] * 2, "counted_by": [1],
     "withdrawn": [{"reason": "damaged", "quantity": 1}]},
     "errors", "Isi tepat 2 baris.", "It must have exactly 2 lines."),
    ("admin", "POST", "/transfers/1/cancel", {}, "detail",
     "Pengiriman berstatus dibatalkan; langkah ini hanya untuk status diminta, disetujui.",
     "The transfer is cancelled; this step is for requested, approved only."),
]  # fmt: skip


@pytest.mark.parametrize(("role", "method", "path", "body", "where", "indonesian", "english"), TOLD)
def test_what_a_person_reads_is_said_in_words(calls, role, method, path, body, where, indonesian, english):
    who = calls(role, "15.03")
    if path.startswith("/transfers"):
        wish = {"from_store": "15.03-UTAMA", "to_store": "15-UTAMA", "item": "blangko", "quantity": 1}
        path = f"/transfers/{who.post('/transfers', wish)['id']}/cancel"
        who.post(path, {}, 200)
    for language, said in (("id", indonesian), ("en", english)):
        problem = who.send(method, path, body, Accept_Language=language).get_json()
        told = problem["detail"] if where == "detail" else problem["errors"][0]["detail"]
        assert told == said
        if path.startswith("/transfers"):
            assert problem["facts"] == {"status": "cancelled", "needed": "requested, approved"}


def test_a_word_of_one_length_says_that_length():
    class Word(fields.Strict):
        word = fields.Words(low=16, high=16)

    with pytest.raises(ValidationError) as refused:
        Word().load({"word": "short"})
    assert refused.value.messages == {"word": ["Panjangnya harus tepat 16 karakter."]}


@pytest.mark.parametrize("key", ["", " ", "x" * 201])
def test_a_key_that_is_none_or_too_long_is_refused(clerk, key):
    answer = clerk.app.test_client().post(
        "/api/v1/receipts",
        json=receipt("15.03-UTAMA", 1),
        headers={"Authorization": f"Bearer {clerk.token}", "Idempotency-Key": key},
    )
    assert_is_a_problem(answer, 400, "idempotency_key_missing")


def test_a_key_belongs_to_its_user_and_path(calls, clerk, exact):
    clerk.post("/receipts", receipt("15.03-UTAMA", 10), key="one")
    calls("clerk", "15").post("/receipts", receipt("15.03-UTAMA", 10), key="one")
    clerk.post("/spoilages", SPOILAGE, key="one")
    assert clerk.stock("15.03-UTAMA") | {"on_hand": 19, "spoiled": 1} == clerk.stock("15.03-UTAMA")


def test_a_refused_request_does_not_use_its_key_up(clerk, exact):
    clerk.post("/spoilages", SPOILAGE, 409, key="later")
    clerk.post("/receipts", receipt("15.03-UTAMA", 10))
    clerk.post("/spoilages", SPOILAGE, key="later")


@pytest.fixture
def outspoken(database, app):
    """The application as it runs in production: an unexpected error is answered, not raised."""
    made = create_app(settings_for(database.url))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def test_an_error_of_the_database_keeps_the_values_of_its_statement_to_itself(app):
    with app.app_context(), pytest.raises(sa.exc.DBAPIError) as caught:
        current().execute(sa.text("SELECT * FROM nowhere WHERE nik = :nik"), {"nik": "1503040101010001"})
    assert "1503040101010001" not in str(caught.value)


def test_an_unexpected_error_answers_500_and_tells_nothing_of_the_inside(outspoken, calls, monkeypatch):
    def broken(*_arguments, **_named):
        raise ZeroDivisionError("nik 1503040101010001 in /secret/path")

    monkeypatch.setattr("inventory.catalogue.queries.list_items", broken)
    token = calls("clerk", "15.03").token
    answer = outspoken.test_client().get("/api/v1/items", headers={"Authorization": f"Bearer {token}"})
    assert_is_a_problem(answer, 500, "unexpected")
    assert "1503" not in answer.get_data(as_text=True)
    assert "Zero" not in answer.get_data(as_text=True)


def impatient(database) -> Flask:
    """The same service with a lock time-out that a test can wait for."""
    made = create_app(settings_for(database.url))
    with made.app_context():
        if database.sqlite:

            @sa.event.listens_for(db.engine, "connect")
            def _wait_briefly(connection, _record):
                connection.execute("PRAGMA busy_timeout=100")
        else:

            @sa.event.listens_for(db.engine, "connect")
            def _wait_briefly(connection, _record):
                connection.execute("SET lock_timeout = '100ms'")
                connection.commit()

    return made


def test_a_database_that_cannot_serve_in_time_answers_503_and_the_repeat_succeeds(app, database, clerk, exact):
    clerk.post("/receipts", receipt("15.03-UTAMA", 10))
    made = impatient(database)
    headers = {"Authorization": f"Bearer {clerk.token}", "Idempotency-Key": "patience"}
    with app.app_context():
        neighbour = db.engine.connect()
    try:
        if database.sqlite:
            neighbour.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            neighbour.exec_driver_sql("SELECT * FROM accounts FOR UPDATE")
        answer = made.test_client().post("/api/v1/spoilages", json=SPOILAGE, headers=headers)
        assert_is_a_problem(answer, 503, "busy")
        assert int(answer.headers["Retry-After"]) >= 1
        assert clerk.stock("15.03-UTAMA")["on_hand"] == 10  # reading goes on meanwhile
    finally:
        neighbour.rollback()
        neighbour.close()
    assert made.test_client().post("/api/v1/spoilages", json=SPOILAGE, headers=headers).status_code == 201
    assert clerk.stock("15.03-UTAMA")["on_hand"] == 9
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_broke_answers_503_once_and_then_a_new_one_serves(clerk, database, app):
    clerk.get("/stock")
    server = sa.create_engine(database.url)
    with server.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    server.dispose()
    assert_is_a_problem(clerk.send("GET", "/stock"), 503, "busy")
    assert clerk.get("/stock")["items"] == []


def test_every_answer_forbids_guessing_its_type_and_keeping_it(clerk):
    for answer in (clerk.send("GET", "/stock"), clerk.send("GET", "/nothing"), clerk.send("POST", "/receipts", {})):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_every_answer_says_what_it_may_load(clerk, browses):
    pages = browses("clerk", "15.03").client
    shut = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
    assert clerk.send("GET", "/stock").headers["Content-Security-Policy"] == shut
    assert clerk.send("GET", "/nothing").headers["Content-Security-Policy"] == shut
    for address in ("/gudang/penerimaan?unduh=receipts.csv", "/gudang/penerimaan?unduh=receipts.xlsx", "/aset/mark.svg",
                    "/aset/console.css", "/_status", "/api/problems", "/api/v1/openapi.json"):  # fmt: skip
        answer = pages.get(address)
        assert answer.status_code == 200
        assert (answer.headers["Content-Security-Policy"], answer.headers["X-Frame-Options"]) == (shut, "DENY")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for address in ("/sw.js", "/aset/console.js", "/gudang", "/api/docs"):
        assert pages.get(address).headers["Content-Security-Policy"].startswith("default-src 'self'; ")
