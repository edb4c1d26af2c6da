"""Whatever is wrong with a request is told as a problem document that says where, what and what is allowed."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from marshmallow import ValidationError

from api import fields
from api.app import create_app
from inventory.database import current, db
from tests.builders import Caller, receipt, settings_for

CONTROL = [chr(n) for n in (0, 1, 8, 9, 10, 13, 27, 31, 127, 133, 0xAD, 0x200B, 0x202E, 0xFEFF)]
SPOILAGE = {"store": "15.03-UTAMA", "item": "blangko", "quantity": 1, "reason": "damaged"}


@pytest.fixture
def clerk(calls) -> Caller:
    return calls("clerk", "15.03")


def raw(caller: Caller, body: bytes, content_type: str = "application/json", path: str = "/receipts"):
    return caller.app.test_client().post(
        f"/api/v1{path}",
        data=body,
        headers={"Authorization": f"Bearer {caller.token}", "Idempotency-Key": "k", "Content-Type": content_type},
    )


def assert_is_a_problem(answer, status: int, code: str):
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"].endswith(f"/api/problems#{code}")
    assert problem["type"].startswith("http")
    assert problem["title"]
    assert problem["detail"]
    return problem


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"",
        b"{'store': 1}",
        b"\xff\xfe",
        b'{"quantity": 01}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"a": "\\ud800',
    ],
)
def test_a_body_that_is_not_json_is_a_bad_request(clerk, body):
    answer = raw(clerk, body)
    assert answer.content_type == "application/problem+json"
    if not body:
        assert answer.status_code == 422
        return
    assert [error["detail"] for error in assert_is_a_problem(answer, 400, "bad_request")["errors"]] == [
        "Bukan JSON yang benar."
    ]


@pytest.mark.parametrize("body", ["[]", "[1]", "5", '"text"', "null", "true"])
def test_a_body_that_is_no_object_is_refused(clerk, body):
    problem = assert_is_a_problem(raw(clerk, body.encode()), 422, "body_invalid")
    assert problem["errors"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "text/csv", ""])
def test_another_content_type_is_refused(clerk, kind):
    assert_is_a_problem(raw(clerk, json.dumps(receipt("15.03-UTAMA", 1)).encode(), kind), 415, "media_type_wrong")


def test_a_route_that_takes_a_file_says_what_it_reads(calls):
    field = calls("field", "15.03")
    headers = {"Authorization": f"Bearer {field.token}"}
    answer = field.app.test_client().post("/api/v1/imports", json={"office": "15.03"}, headers=headers)
    problem = assert_is_a_problem(answer, 415, "media_type_wrong")
    assert problem["detail"] == "Jenis isi ini tidak diterima di alamat ini; kirim multipart/form-data."


def test_json_with_a_charset_is_json(clerk):
    body = json.dumps(receipt("15.03-UTAMA", 1)).encode()
    assert raw(clerk, body, "application/json; charset=utf-8").status_code == 201


def test_a_body_over_the_limit_is_too_large(clerk, monkeypatch):
    monkeypatch.setitem(clerk.app.config, "MAX_CONTENT_LENGTH", 1000)
    assert_is_a_problem(raw(clerk, b" " * 1001 + b"{}"), 413, "body_too_large")


def test_an_unknown_address_is_told_with_and_without_a_token(clerk):
    assert_is_a_problem(clerk.send("GET", "/nothing"), 404, "no_such_address")
    assert_is_a_problem(clerk.app.test_client().get("/api/v1/nothing"), 404, "no_such_address")


@pytest.mark.parametrize(
    "path",
    [
        "/movements/0x1", "/movements/-1", "/movements/1.5", "/movements/99999999999999999999999",
        "/receipts/99999999999999999999999", "/offices/%00", "/offices/15%00", "/stores/%0A", "/items/%ED%A0%80",
        "/regions/%00", "/stores/" + "x" * 300, "/offices/" + "9" * 2000, "/stores/%F0%9F%98%80", "/regions/15'--",
    ],
)  # fmt: skip
def test_a_key_that_nothing_can_have_is_not_found(clerk, path):
    answer = clerk.send("GET", path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/receipts", {"GET", "POST"}), ("PUT", "/offices/15", {"GET", "PATCH"}), ("POST", "/stock", {"GET"})],
)
def test_a_wrong_method_names_the_right_ones(clerk, method, path, allowed):
    answer = clerk.send(method, path)
    assert_is_a_problem(answer, 405, "method_not_allowed")
    assert allowed <= {name.strip() for name in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize(
    "path",
    [
        "/stock?ofice=15", "/receipts?x=1", "/stock?limit=0", "/stock?limit=501", "/stock?limit=-1", "/stock?limit=a",
        "/stock?limit=1.0", "/stock?limit=99999999999999999999", "/stock?event=x", "/stock?event=99999999999999999999",
        "/stock?event=%C2%B2", "/stock?include=all", "/stock?office=%00", "/stock?store=15.03%00", "/stock?office=",
        "/stock?cursor=", "/stock?cursor=x", "/stock?cursor=bnVsbA", "/stock?cursor=W10", "/stock?order=up",
        "/offices/15?x=1", "/movements/1?x=1", "/stock?office=15&office=16&x=1", "/regions?parent=abc",
        "/stock/entries?store=15.03-UTAMA", "/stock/entries?store=15.03-UTAMA&item=blangko&until=2026-02-30",
        "/stock/entries?store=15.03-UTAMA&item=blangko&condition=new",
    ],
)  # fmt: skip
def test_a_wrong_or_unknown_query_value_is_named(clerk, path):
    problem = assert_is_a_problem(clerk.send("GET", path), 422, "query_invalid")
    assert {error["pointer"] for error in problem["errors"]} <= {
        "ofice", "x", "limit", "event", "include", "office", "store", "cursor", "order", "parent", "item", "until",
        "condition",
    }  # fmt: skip
    assert problem["errors"][0]["detail"]


def test_a_query_parameter_is_named_alike_whether_its_syntax_or_its_value_is_wrong(clerk):
    assert clerk.get("/stock?store=15.03-NONE", 404)["errors"][0]["pointer"] == "store"
    assert clerk.post("/recordings?partial=maybe", {}, 403)["code"] == "not_permitted"


@pytest.mark.parametrize(
    "cursor",
    [
        "[1]", "null", '{"a": 1}', '["a", "b", "c", "d"]', "[[[]]]", '["\\u0000","a","b",1]', '["\\ud800","a","b",1]',
        '["a","b","c",1e400]', '["a","b","c",true]', "[" * 9000, '["a","b","c",99999999999999999999]',
    ],
)  # fmt: skip
def test_a_cursor_that_this_service_never_gave_is_refused(clerk, cursor):
    word = base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")
    if len(word) > 2000:
        word = word[:1999]
    problem = assert_is_a_problem(clerk.send("GET", f"/stock?cursor={word}"), 422, "query_invalid")
    assert problem["errors"][0]["pointer"] == "cursor"


@pytest.mark.parametrize("character", CONTROL)
@pytest.mark.parametrize("field", ["store", "item", "document_number"])
def test_control_characters_are_refused_where_they_stand(clerk, character, field):
    body = receipt("15.03-UTAMA", 1) | {field: f"a{character}b"}
    problem = assert_is_a_problem(clerk.send("POST", "/receipts", body), 422, "body_invalid")
    assert [error["pointer"] for error in problem["errors"]] == [f"/{field}"]


def test_half_a_character_is_refused_where_it_stands(clerk):
    body = json.dumps(receipt("15.03-UTAMA", 1) | {"document_number": "?"}).replace('"?"', '"\\ud800"')
    problem = assert_is_a_problem(raw(clerk, body.encode()), 422, "body_invalid")
    assert problem["errors"][0]["pointer"] == "/document_number"


@pytest.mark.parametrize(
    "quantity", ["5", True, False, 5.5, None, [], {}, 0, -1, -5.0, 10**9 + 1, 10**30, 1e300, -(10**30), "", "1e3"]
)
def test_a_quantity_is_a_whole_number_in_its_range_and_nothing_that_looks_like_one(clerk, quantity, exact):
    problem = clerk.post("/receipts", receipt("15.03-UTAMA", 1) | {"quantity": quantity}, 422)
    assert [error["pointer"] for error in problem["errors"]] == ["/quantity"]
    assert clerk.stock("15.03-UTAMA")["on_hand"] == 0


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_number_that_is_none_is_refused(clerk, word):
    body = json.dumps(receipt("15.03-UTAMA", 1)).replace('"quantity": 1', f'"quantity": {word}')
    assert raw(clerk, body.encode()).status_code in (400, 422)


def test_five_and_five_point_nought_are_one_number(clerk, exact):
    assert clerk.post("/receipts", receipt("15.03-UTAMA", 5.0))["quantity"] == 5


def test_every_wrong_field_is_named_at_once(clerk):
    body = {"store": 5, "item": "a b", "quantity": "5", "source": "moon", "received_on": "31-12-2026", "colour": "red"}
    problem = clerk.post("/receipts", body, 422)
    assert {error["pointer"] for error in problem["errors"]} == {
        "/store", "/item", "/quantity", "/source", "/received_on", "/document_number", "/colour",
    }  # fmt: skip
    assert "ministry, province, grant, opening" in str(problem["errors"])
    [unknown] = [error["detail"] for error in problem["errors"] if error["pointer"] == "/colour"]
    assert unknown.startswith("Isian ini tidak dikenal; yang ada: store, item, quantity, ")


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


@pytest.mark.parametrize("day", ["20260105", "2026-W01-1", "2026-1-5", "05-01-2026", "2026-01-05T00:00", "", 20260105])
def test_a_day_is_written_in_one_way(clerk, day):
    problem = clerk.post("/receipts", receipt("15.03-UTAMA", 1) | {"received_on": day}, 422)
    assert [error["detail"] for error in problem["errors"]] == ["Harus tanggal YYYY-MM-DD."]


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


def test_a_pointer_escapes_what_json_pointers_escape(clerk):
    problem = clerk.post("/receipts", receipt("15.03-UTAMA", 1) | {"a/b~c": 1}, 422)
    assert [error["pointer"] for error in problem["errors"]] == ["/a~1b~0c"]


@pytest.mark.parametrize(
    ("field", "value", "code", "status"),
    [
        ("store", "15.03-NONE", "store_not_found", 404),
        ("item", "nothing", "item_not_found", 404),
    ],
)
def test_a_thing_named_in_a_body_that_is_not_there_is_pointed_at(clerk, field, value, code, status):
    problem = clerk.post("/receipts", receipt("15.03-UTAMA", 1) | {field: value}, status)
    assert (problem["code"], problem["errors"][0]["pointer"]) == (code, f"/{field}")


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
