"""Recordings over REST: in bulk, safe to repeat, within reach, moving forward, and never showing a NIK or a name."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from inventory.database import db
from tests.builders import receipt
from tests.outreach import NIK, person, running_event


def people(count: int, office: str = "15.03", **more) -> dict:
    return {"recordings": [person(f"p-{n}", office, nik=f"{n:016d}", **more) for n in range(count)]}


def test_recordings_come_in_and_show_no_more_than_a_masked_nik(calls):
    field = calls("field", "15.03")
    made = field.post("/recordings", {"recordings": [person("a", nik=NIK, name="Siti Aminah")]})
    assert (made["created"], made["unchanged"], made["refused"]) == (1, 0, [])
    item = made["items"][0]
    assert item["nik"] == "150304••••••0001"
    assert (item["status"], item["reason"], item["office"], item["event"]) == ("prr", "first_card", "15.03", None)
    assert "name" not in item
    assert field.get(f"/recordings/{item['id']}") == item
    assert field.get("/recordings?office=15.03&status=prr&reason=first_card")["items"] == [item]
    assert field.get("/recordings?status=sfe")["items"] == []


def test_the_same_lines_again_change_nothing_even_after_the_status_moved_on(calls):
    field = calls("field", "15.03")
    first = field.post("/recordings", people(3, status="sfe"))
    field.post("/recordings/status", {"changes": [{"client_id": "p-1", "status": "prr"}]}, 200)
    again = field.post("/recordings", people(3, status="sfe"))
    assert (again["created"], again["unchanged"]) == (0, 3)
    assert [item["id"] for item in again["items"]] == [item["id"] for item in first["items"]]
    assert [item["status"] for item in again["items"]] == ["sfe", "prr", "sfe"]


def test_two_offices_may_use_one_client_id(calls):
    for office in ("15.03", "15.04"):
        assert calls("field", office).post("/recordings", {"recordings": [person("a", office)]})["created"] == 1


def test_the_optional_key_replays_and_is_not_reused(calls):
    field = calls("field", "15.03")
    first = field.post("/recordings", people(2), key="k")
    assert field.post("/recordings", people(2), key="k") == first
    assert field.post("/recordings", people(3), 409, key="k")["code"] == "idempotency_key_reused"
    assert field.post("/recordings?partial=true", people(2), 409, key="k")["code"] == "idempotency_key_reused"
    change = {"changes": [{"client_id": "p-0", "status": "failed", "failure": "ENROLL_FAILURE_AT_CENTRAL"}]}
    done = field.post("/recordings/status", change, 200, key="s")
    back = {"changes": [{"client_id": "p-0", "status": "prr"}]}
    assert field.post("/recordings/status", back, 200, key=None)["items"][0]["status"] == "prr"
    replayed = field.post("/recordings/status", change, 200, key="s")
    assert (replayed["changed"], replayed["items"][0]["status"]) == (done["changed"], "prr")


def test_a_partial_batch_replayed_names_the_refused_lines_again(calls):
    field = calls("field", "15.03")
    body = {"recordings": [person("a"), person("b", nik="x"), person("c", event=10**6)]}
    first = field.post("/recordings?partial=true", body, key="k")
    again = field.post("/recordings?partial=true", body, key="k")
    assert (again["created"], again["items"]) == (first["created"], first["items"])
    assert [line["number"] for line in again["refused"]] == [line["number"] for line in first["refused"]] == [2, 3]


@pytest.mark.parametrize("role", ["clerk", "coordinator", "inspector"])
def test_only_recording_roles_record(calls, role):
    caller = calls(role, "15.03")
    assert caller.post("/recordings", people(1), 403)["code"] == "not_permitted"
    body = {"changes": [{"client_id": "p-0", "status": "prr"}]}
    assert caller.post("/recordings/status", body, 403)["code"] == "not_permitted"


def test_other_offices_are_out_of_reach(calls):
    calls("field", "15.03").post("/recordings", people(1))
    other = calls("field", "15.04")
    problem = other.post("/recordings", people(1), 403)
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("out_of_reach", "/recordings/0/office")
    body = {"recordings": [person("mine", "15.04"), person("theirs", "15.03")]}
    partly = other.post("/recordings?partial=true", body)
    assert ([i["client_id"] for i in partly["items"]], partly["refused"][0]["code"]) == (
        ["mine"], "office_outside_reach",
    )  # fmt: skip
    theirs = calls("field", "15.03").get("/recordings")["items"][0]["id"]
    assert other.get(f"/recordings/{theirs}", 404)["code"] == "recording_not_found"
    assert other.get("/recordings?office=15.03", 403)["code"] == "out_of_reach"
    assert [i["client_id"] for i in other.get("/recordings")["items"]] == ["mine"]
    change = {"changes": [{"client_id": theirs, "status": "sfe"}]}
    assert other.post("/recordings/status", change, 422)["errors"][0]["code"] == "recording_unknown"
    assert other.post("/recordings/status", change | {"office": "15.03"}, 403)["code"] == "out_of_reach"
    assert calls("clerk", "15.03").get("/recordings", 403)["code"] == "not_permitted"


def test_the_ministry_may_not_record_for_an_office_that_does_not_exist(calls):
    admin = calls("admin", "0")
    problem = admin.post("/recordings", {"recordings": [person("a", "99.99")]}, 422)
    assert problem["errors"][0]["code"] == "office_unknown"


@pytest.mark.parametrize("way", [
    ["sfe", "prr"], ["prr"], ["failed", "prr"], ["failed", "bio_captured", "failed"], ["prr", "failed", "sfe", "prr"],
])  # fmt: skip
def test_before_printing_a_status_jumps_forward_or_to_failed_and_from_there_anywhere(calls, way):
    field = calls("field", "15.03")
    field.post("/recordings", {"recordings": [person("a", status="bio_captured")]})
    for status in way:
        failure = {"failure": "DUPLICATE_RECORD"} if status == "failed" else {}
        body = {"changes": [{"client_id": "a", "status": status, **failure}]}
        done = field.post("/recordings/status", body, 200)
        assert (done["changed"], done["items"][0]["status"]) == (1, status)
        assert done["items"][0]["failure"] == failure.get("failure")
        assert field.post("/recordings/status", body, 200)["unchanged"] == 1


@pytest.mark.parametrize(("known", "late"), [("prr", "sfe"), ("prr", "bio_captured"), ("sfe", "bio_captured")])
def test_a_list_that_arrives_late_takes_nobody_back(calls, known, late):
    field = calls("field", "15.03")
    field.post("/recordings", {"recordings": [person("a", status=known)]})
    body = {"changes": [{"client_id": "a", "status": late}]}
    assert field.post("/recordings/status", body, 422)["errors"][0]["code"] == "status_backwards"
    assert field.get("/recordings")["items"][0]["status"] == known


@pytest.mark.parametrize(("change", "field", "code"), [
    ({"client_id": "nobody"}, "client_id", "recording_unknown"),
    ({"client_id": 10**9}, "client_id", "recording_unknown"),
    ({"client_id": 0}, "client_id", "invalid"),
    ({"client_id": True}, "client_id", "invalid"),
    ({"client_id": None}, "client_id", "invalid"),
    ({"status": "printed"}, "status", "invalid"),
    ({"status": "failed"}, "failure", "failure_code_missing"),
    ({"failure": "TWICE"}, "failure", "failure_code_unexpected"),
])  # fmt: skip
def test_a_bad_status_change_refuses_all_or_is_left_out(calls, change, field, code):
    caller = calls("field", "15.03")
    caller.post("/recordings", people(2, status="bio_captured"))
    body = {"changes": [{"client_id": "p-0", "status": "sfe"}, {"client_id": "p-1", "status": "sfe"} | change]}
    problem = caller.post("/recordings/status", body, 422)
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [(f"/changes/1/{field}", code)]
    assert len(caller.get("/recordings?status=bio_captured")["items"]) == 2
    kept = caller.post("/recordings/status?partial=true", body, 200)
    assert (kept["changed"], kept["refused"][0]["code"]) == (1, code)


def test_an_ambiguous_reference_is_refused(calls):
    mine = calls("field", "15.03").post("/recordings", {"recordings": [person("same")]})["items"][0]["id"]
    calls("field", "15.04").post("/recordings", {"recordings": [person("same", "15.04"), person(str(mine), "15.04")]})
    province = calls("field", "15")
    for reference in ("same", str(mine)):
        problem = province.post(
            "/recordings/status",
            {"changes": [{"client_id": reference, "status": "failed", "failure": "DUPLICATE_RECORD"}]},
            422,
        )
        assert problem["errors"][0]["code"] == "recording_ambiguous"
    change = {"changes": [{"client_id": "same", "status": "failed", "failure": "DUPLICATE_RECORD"}], "office": "15.03"}
    assert province.post("/recordings/status", change, 200)["items"][0]["id"] == mine
    by_id = {"changes": [{"client_id": mine, "status": "prr"}]}
    assert province.post("/recordings/status", by_id, 200)["items"][0]["office"] == "15.03"
    stranger = {"changes": [{"client_id": str(mine), "status": "failed", "failure": "DUPLICATE_RECORD"}]}
    assert calls("field", "15.03").post("/recordings/status", stranger, 422)["errors"][0]["code"] == "recording_unknown"


def test_recordings_of_an_event_belong_to_its_host_and_stop(app, calls):
    event = running_event(app, "15.03")
    other = running_event(app, "15.03")
    field = calls("field", "15.03")
    made = field.post("/recordings", {"recordings": [person("a", event=event.id, stop=event.stop)]})["items"][0]
    assert (made["event"], made["stop"]) == (event.id, event.stop)
    for query in (f"event={event.id}", f"stop={event.stop}"):
        assert [i["id"] for i in field.get(f"/recordings?{query}")["items"]] == [made["id"]]
    assert field.get(f"/recordings?event={other.id}")["items"] == []
    lines = [person("b", event=event.id, stop=other.stop), person("c", "15.04", event=event.id)]
    problem = calls("field", "15").post("/recordings", {"recordings": lines}, 422)
    assert [e["code"] for e in problem["errors"]] == ["stop_unknown", "event_of_another_office"]
    event.become("closed")
    late = field.post("/recordings", {"recordings": [person("d", event=event.id)]}, 422)
    assert late["errors"][0]["code"] == "event_has_ended"


def test_a_member_of_an_event_records_in_it_and_nowhere_else(app, calls):
    event = running_event(app, "15.03")
    guest = calls("field", "15.04")
    body = {"recordings": [person("a", event=event.id)]}
    assert guest.post("/recordings", body, 403)["code"] == "out_of_reach"
    event.let_in(guest)
    made = guest.post("/recordings", body)["items"][0]
    calls("field", "15.03").post("/recordings", {"recordings": [person("host")]})
    assert guest.post("/recordings", {"recordings": [person("b")]}, 403)["code"] == "out_of_reach"
    assert [i["id"] for i in guest.get("/recordings")["items"]] == [made["id"]]
    assert guest.get(f"/recordings?office=15.03&event={event.id}")["items"] == [made]
    assert guest.get(f"/recordings/{made['id']}") == made
    change = {"changes": [{"client_id": "a", "status": "failed", "failure": "DUPLICATE_RECORD"}]}
    for more in ({}, {"office": "15.03"}):
        assert guest.post("/recordings/status", change | more, 200)["items"][0]["id"] == made["id"]
    host = {"changes": [{"client_id": "host", "status": "failed", "failure": "DUPLICATE_RECORD"}]}
    assert guest.post("/recordings/status", host, 422)["errors"][0]["code"] == "recording_unknown"


def test_lists_come_in_pages_with_a_fixed_number_of_statements(calls, statements):
    field = calls("field", "15.03")
    field.post("/recordings", people(30))
    counts = []
    for limit in (5, 25):
        statements.clear()
        batch = field.get(f"/recordings?limit={limit}")
        counts.append(len(statements))
        assert len(batch["items"]) == limit
    assert counts[0] == counts[1]
    rest = field.get(f"/recordings?limit=25&cursor={batch['next']}")
    assert (len(rest["items"]), rest["next"]) == (5, None)


def test_five_thousand_recordings_come_in_at_once(calls):
    field = calls("field", "15.03")
    began = time.monotonic()
    assert field.post("/recordings", people(5_000))["created"] == 5_000
    assert time.monotonic() - began < 10  # about one second on an idle machine
    changes = {
        "changes": [{"client_id": f"p-{n}", "status": "failed", "failure": "DUPLICATE_RECORD"} for n in range(5_000)]
    }
    assert field.post("/recordings/status", changes, 200)["changed"] == 5_000


def test_neither_nik_nor_name_is_found_in_the_database_the_log_or_any_answer(app, calls, capfd):
    admin = calls("admin", "15.03")
    admin.post("/receipts", receipt("15.03-UTAMA", 10))
    seen, name, collector = [], "Siti Aminah Zubaidah", "Zainal Abidin Pattimura"

    def say(path: str, body: dict, status: int) -> None:
        answer = admin.send("POST", path, body)
        assert answer.status_code == status, answer.get_data(as_text=True)
        seen.append(answer.get_data(as_text=True))

    line = person("a", nik=NIK, name=name)
    say("/recordings", {"recordings": [line]}, 201)
    say("/recordings", {"recordings": [line | {"nik": NIK + "1", "name": name * 20}]}, 422)
    say("/recordings", {"recordings": [line | {"client_id": NIK, name: NIK}]}, 422)
    say("/recordings?partial=true", {"recordings": [line | {"reason": "lost"}]}, 201)
    say("/walk-ins", {"store": "15.03-UTAMA", "recording": person("w", nik=NIK, name=name), "spoiled": ["damaged"],
                      "collected_by": collector, "collector_relation": "self"}, 201)  # fmt: skip
    say("/walk-ins", {"store": "15.03-UTAMA", "recording": person("w", nik=NIK[::-1], name=name)}, 422)
    out, err = capfd.readouterr()
    secrets = [NIK, NIK[::-1], name, collector]
    for text in (*seen, out, err, dump(app)):
        assert not [secret for secret in secrets if secret in text]
    assert seen[0].startswith('{"created":1')
    assert "/api/v1/walk-ins" in out
    assert "walk_in" in dump(app)


def dump(app) -> str:
    """Everything that the database holds, as text; of a file, its bytes too."""
    with app.app_context():
        tables = sa.inspect(db.engine).get_table_names()
        with db.engine.connect() as connection:
            held = [str(row) for t in tables for row in connection.exec_driver_sql(f'SELECT * FROM "{t}"')]  # noqa: S608
        if db.engine.dialect.name == "sqlite":
            path = db.engine.url.database or ""
            for ending in ("", "-wal"):
                with open(path + ending, "rb") as file:  # noqa: PTH123
                    held.append(file.read().decode("latin-1"))
    return "\n".join(held)
