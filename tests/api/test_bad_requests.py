"""A request that is wrong in its body, address, query or fields is refused, and told where it is wrong."""

from __future__ import annotations

import base64
import json

import pytest

from tests.builders import Caller, receipt
from tests.problems import assert_is_a_problem

CONTROL = [chr(n) for n in (0, 1, 8, 9, 10, 13, 27, 31, 127, 133, 0xAD, 0x200B, 0x202E, 0xFEFF)]


def raw(caller: Caller, body: bytes, content_type: str = "application/json", path: str = "/receipts"):
    return caller.app.test_client().post(
        f"/api/v1{path}",
        data=body,
        headers={"Authorization": f"Bearer {caller.token}", "Idempotency-Key": "k", "Content-Type": content_type},
    )


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


@pytest.mark.parametrize("day", ["20260105", "2026-W01-1", "2026-1-5", "05-01-2026", "2026-01-05T00:00", "", 20260105])
def test_a_day_is_written_in_one_way(clerk, day):
    problem = clerk.post("/receipts", receipt("15.03-UTAMA", 1) | {"received_on": day}, 422)
    assert [error["detail"] for error in problem["errors"]] == ["Harus tanggal YYYY-MM-DD."]


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
