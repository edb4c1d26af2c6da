"""The lines of a batch of recordings over REST, from JSON or CSV, with every bad one listed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inventory.audit import AuditRow
from inventory.database import current
from tests.outreach import NIK, person


def send_csv(caller, text: str, query: str = "", content_type: str = "text/csv"):
    headers = {"Authorization": f"Bearer {caller.token}", "Content-Type": content_type}
    return caller.app.test_client().post(f"/api/v1/recordings{query}", data=text.encode(), headers=headers)


@pytest.mark.parametrize("change", [
    {"nik": "1503044205010002"}, {"reason": "lost"}, {"recorded_at": "2026-01-01T08:00:00+07:00"},
])  # fmt: skip
def test_a_client_id_with_other_content_is_a_bad_line(calls, change):
    field = calls("field", "15.03")
    field.post("/recordings", {"recordings": [person("a", nik=NIK)]})
    problem = field.post("/recordings", {"recordings": [person("b"), person("a", nik=NIK) | change]}, 422)
    assert problem["code"] == "lines_refused"
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [("/recordings/1/client_id", "client_id_taken")]
    assert len(field.get("/recordings")["items"]) == 1


def test_one_client_id_twice_in_a_batch_must_say_the_same(calls):
    field = calls("field", "15.03")
    same, other = person("a", nik=NIK), person("a", nik="1503044205010002")
    assert field.post("/recordings", {"recordings": [same, other]}, 422)["errors"][0]["code"] == "client_id_taken"
    made = field.post("/recordings", {"recordings": [same, same]})
    assert (made["created"], made["unchanged"]) == (1, 1)


BAD = [
    ({"nik": "150304420501000"}, "nik", "invalid"),
    ({"nik": "15030442050100012"}, "nik", "invalid"),
    ({"nik": "150304420501000x"}, "nik", "invalid"),
    ({"nik": "١٥٠٣٠٤٤٢٠٥٠١٠٠٠١"}, "nik", "invalid"),
    ({"nik": 1503044205010001}, "nik", "invalid"),
    ({"nik": None}, "nik", "invalid"),
    ({"reason": "because"}, "reason", "invalid"),
    ({"status": "printed"}, "status", "invalid"),
    ({"status": "issued"}, "status", "invalid"),
    ({"status": "failed"}, "failure", "failure_code_missing"),
    ({"failure": "DUPLICATE_RECORD"}, "failure", "failure_code_unexpected"),
    ({"status": "failed", "failure": "two words"}, "failure", "invalid"),
    ({"status": "failed", "failure": "duplicate"}, "failure", "invalid"),
    ({"status": "failed", "failure": f"F_{NIK}"}, "failure", "invalid"),
    ({"office": ""}, "office", "invalid"),
    ({"event": 10**6}, "event", "event_unknown"),
    ({"event": -1}, "event", "invalid"),
    ({"event": 2**70}, "event", "invalid"),
    ({"stop": 10**6}, "stop", "stop_unknown"),
    ({"stop": True}, "stop", "invalid"),
    ({"recorded_at": "2999-01-01T00:00:00+07:00"}, "recorded_at", "recorded_in_future"),
    ({"recorded_at": "0001-01-02T00:00:00+07:00"}, "recorded_at", "recorded_too_early"),
    ({"recorded_at": "0001-01-01T00:00:00+07:00"}, "recorded_at", "invalid"),
    ({"recorded_at": "9999-12-31T23:59:59-07:00"}, "recorded_at", "invalid"),
    ({"recorded_at": "2026-01-01T00:00:00"}, "recorded_at", "invalid"),
    ({"client_id": ""}, "client_id", "invalid"),
    ({"client_id": "x" * 81}, "client_id", "invalid"),
    ({"client_id": f"c-{NIK}"}, "client_id", "client_id_shows_nik"),
    ({"client_id": "3509110101900002"}, "client_id", "client_id_shows_nik"),
    ({"name": "x" * 201}, "name", "invalid"),
]


@pytest.mark.parametrize(("change", "field", "code"), BAD)
def test_a_bad_line_refuses_all_or_is_left_out(calls, change, field, code):
    caller = calls("field", "15.03")
    body = {"recordings": [person("good", nik=NIK), person("bad", nik=NIK) | change]}
    problem = caller.post("/recordings", body, 422)
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [(f"/recordings/1/{field}", code)]
    assert caller.get("/recordings")["items"] == []
    kept = caller.post("/recordings?partial=true", body)
    assert [(r["number"], r["pointer"], r["field"], r["code"]) for r in kept["refused"]] == [
        (2, f"/recordings/1/{field}", field, code)
    ]
    assert [item["client_id"] for item in kept["items"]] == ["good"]


@pytest.mark.parametrize("nik", ["", "1", NIK[:-1], NIK + "1", "x" * 16])
def test_a_nik_that_is_none_is_told_in_one_sentence(calls, nik):
    problem = calls("field", "15.03").post("/recordings", {"recordings": [person("a", nik=nik)]}, 422)
    assert {error["detail"] for error in problem["errors"]} == {"NIK harus 16 angka."}


def test_the_count_of_a_refused_batch_is_of_lines_however_much_is_wrong_with_each(calls):
    lines = [person("a", nik="1", reason="because"), person("b"), person("c", status="failed", stop=0)]
    problem = calls("field", "15.03").post("/recordings", {"recordings": lines}, 422)
    assert len(problem["errors"]) > 2
    assert problem["facts"] == {"count": 2}
    assert problem["detail"].startswith("2 ")


def test_guessing_niks_by_known_client_ids_leaves_a_trace(app, calls):
    field = calls("field", "15.03")
    field.post("/recordings", {"recordings": [person("a", nik=NIK), person("b", nik=NIK)]})
    guesses = [person(name, nik="1503044205010002") for name in "ab"]
    field.post("/recordings", {"recordings": [*guesses, person("c", nik="x")]}, 422)
    field.post("/recordings", {"recordings": [person("d", nik="x")]}, 422)
    with app.app_context():
        rows = current().execute(sa.select(AuditRow.user_id, AuditRow.facts).where(
            AuditRow.action == "refused_recordings")).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [(field.actor.user_id, {"client_id_taken": 2})]


@pytest.mark.parametrize("line", [None, 5, "text", [], {"client_id": "x", NIK: 1}, {}])
def test_a_line_that_is_no_recording_is_a_bad_line_and_is_not_repeated(calls, line):
    answer = calls("field", "15.03").send("POST", "/recordings", {"recordings": [line]})
    assert answer.status_code == 422
    assert NIK not in answer.get_data(as_text=True)


@pytest.mark.parametrize("body", [
    {}, {"recordings": []}, {"recordings": {}}, {"recordings": None}, {"recordings": [{}] * 5001}, [],
    {"recordings": [person("a")], "more": 1},
])  # fmt: skip
def test_a_bad_envelope_is_refused(calls, body):
    assert calls("field", "15.03").post("/recordings", body, 422)["code"] == "body_invalid"


HEADER = "client_id,nik,name,reason,status,office,recorded_at,event,failure\n"


def test_a_csv_is_the_same_batch(calls):
    field = calls("field", "15.03")
    text = HEADER + f'a,{NIK},"Siti, Aminah",first_card,prr,15.03,2026-01-02T08:00:00+07:00,,\n'
    assert send_csv(field, text).get_json()["created"] == 1
    semicolons = "\ufeff" + text.replace(",", ";").replace('"Siti; Aminah"', "Siti")
    assert send_csv(field, semicolons, content_type="text/csv; charset=utf-8").get_json()["unchanged"] == 1
    item = field.get("/recordings")["items"][0]
    assert (item["nik"], item["recorded_at"][:16]) == ("150304••••••0001", "2026-01-02T01:00")


def test_a_csv_with_bad_lines_is_refused_whole_unless_partial(calls):
    field = calls("field", "15.03")
    good = f"a,{NIK},,first_card,prr,15.03,2026-01-02T08:00:00+07:00,,\n"
    text = (
        HEADER + good + "\nb,123,,first_card,prr,15.03,2026-01-02T08:00:00+07:00,,\n" + "c,,,\n" + "d" + "," * 12 + "x"
    )
    problem = send_csv(field, text).get_json()
    assert (problem["code"], problem["status"]) == ("lines_refused", 422)
    assert {e["pointer"] for e in problem["errors"]} == {"line 4", "line 5", "line 6"}
    assert any(e["detail"].startswith("nik: ") for e in problem["errors"])
    assert field.get("/recordings")["items"] == []
    kept = send_csv(field, text, "?partial=true").get_json()
    assert kept["created"] == 1
    assert {line["number"] for line in kept["refused"]} == {4, 5, 6}


@pytest.mark.parametrize(("text", "code"), [
    (f"a,{NIK},Siti Aminah,first_card,prr,15.03,2026-01-02T08:00:00+07:00\n", "csv_columns_wrong"),
    ("client_id,nik\n", "csv_columns_wrong"),
    (HEADER.replace("failure", "nik") + "x\n", "csv_columns_wrong"),
    (HEADER.replace("failure", "surprise") + "x\n", "csv_columns_wrong"),
    ("", "csv_columns_wrong"),
    (HEADER, "csv_length_wrong"),
    (HEADER + "x\n" * 5001, "csv_length_wrong"),
    (HEADER + '"open', "csv_unreadable"),
])  # fmt: skip
def test_a_csv_that_cannot_be_read_is_refused_without_repeating_it(calls, text, code):
    answer = send_csv(calls("field", "15.03"), text, "?partial=true")
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    assert NIK not in answer.get_data(as_text=True)
    assert "Siti" not in answer.get_data(as_text=True)


def test_other_content_types_and_broken_bodies_are_refused(calls):
    field = calls("field", "15.03")
    assert send_csv(field, "x", content_type="text/plain").status_code == 415
    assert send_csv(field, "{", content_type="application/json").status_code == 400
    headers = {"Authorization": f"Bearer {field.token}", "Content-Type": "text/csv"}
    answer = field.app.test_client().post("/api/v1/recordings", data=b"\xff\xfe", headers=headers)
    assert answer.get_json()["code"] == "csv_unreadable"
