"""Cards handed over and taken back over REST, and walk-ins recorded, printed and issued in one step."""

from __future__ import annotations

import pytest

from tests.builders import receipt
from tests.outreach import person
from tests.printing import STORE, issue, job_of, recorded, results, room_of_three, stock_of


@pytest.fixture
def printer(calls):
    return room_of_three(calls)


def test_cards_are_issued_to_a_collector_and_leave_the_store(printer, exact):
    a, b, _ = (item["id"] for item in printer.get("/recordings")["items"])
    results(printer, job_of(printer, "a", b)["id"], (a, "printed"), (b, "printed"))
    given = issue(printer, "a", b)["items"]
    assert [(c["client_id"], c["status"], c["collector_relation"]) for c in given] == [
        ("a", "issued", "father"), ("b", "issued", "father"),
    ]  # fmt: skip
    assert all(c["issued_at"] and c["age_days"] is None for c in given)
    assert stock_of(printer) == (8, 0, 0, 2)
    assert {i["status"] for i in printer.get("/recordings?status=issued")["items"]} == {"issued"}
    assert printer.get("/cards?status=waiting")["items"] == []


def test_cards_of_several_stores_are_issued_in_one_request(printer, calls, exact):
    admin = calls("admin", "15.03")
    admin.post("/stores", {"code": "15.03-CETAK", "office": "15.03", "kind": "print_room", "name": "Ruang cetak"})
    calls("clerk", "15.03").post("/receipts", receipt("15.03-CETAK", 5))
    results(printer, job_of(printer, "a")["id"], ("a", "printed"))
    results(printer, job_of(printer, "b", store="15.03-CETAK")["id"], ("b", "printed"))
    assert [c["store"] for c in issue(printer, "b", "a")["items"]] == ["15.03-CETAK", STORE]
    assert stock_of(printer, "15.03-CETAK") == (4, 0, 0, 1)
    assert stock_of(printer) == (9, 0, 0, 1)


def test_a_mistaken_hand_over_is_undone(printer, exact):
    results(printer, job_of(printer, "a", "b")["id"], ("a", "printed"), ("b", "printed"))
    issue(printer, "a")
    issue(printer, "b")
    body = {"recordings": ["a", "b"], "reason": "the wrong person"}
    undone = printer.post("/cards/undo", body, 200, key="undo")["items"]
    assert [(c["status"], c["issued_at"], c["collector_relation"]) for c in undone] == [("waiting", None, None)] * 2
    assert printer.post("/cards/undo", body, 200, key="undo")["items"] == undone
    assert stock_of(printer) == (8, 2, 0, 0)
    problem = printer.post("/cards/undo", body, 409)
    assert (problem["code"], len(problem["errors"])) == ("cards_not_issued", 2)
    issue(printer, "b")
    assert stock_of(printer) == (8, 1, 0, 1)


def test_only_waiting_cards_are_issued_and_the_lines_are_named(printer, exact):
    results(printer, job_of(printer, "a", "b")["id"], ("a", "printed"), ("b", "printed"))
    issue(printer, "b")
    problem = issue(printer, "a", "b", "c", expect=409)
    assert (problem["code"], [e["pointer"] for e in problem["errors"]]) == (
        "cards_not_waiting",
        ["/cards/1", "/cards/2"],
    )
    problem = issue(printer, "a", "nobody", expect=422)
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [("/cards/1/recording", "recording_unknown")]
    problem = issue(printer, "a", "a", expect=422)
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [("/cards/1", "recording_twice")]
    assert stock_of(printer) == (8, 1, 0, 1)
    for body in ({"cards": [{"recording": "a"}]}, {"cards": []}, {"cards": [{"recording": "a", "collected_by": ""}]}):
        assert printer.post("/cards/issue", body, 422)["code"] == "body_invalid"


def test_an_ambiguous_card_is_refused_until_the_office_is_named(printer, calls, exact):
    other = calls("printer", "15.04")
    calls("clerk", "15.04").post("/receipts", receipt("15.04-UTAMA", 5))
    recorded(other, "a", office="15.04")
    for caller, store in ((printer, STORE), (other, "15.04-UTAMA")):
        results(caller, job_of(caller, "a", store=store)["id"], ("a", "printed"))
    province = calls("printer", "15")
    assert issue(province, "a", expect=422)["errors"][0]["code"] == "recording_ambiguous"
    assert issue(province, "a", office="15.04")["items"][0]["office"] == "15.04"
    assert issue(province, "a", office="16", expect=403)["code"] == "out_of_reach"


def test_a_walk_in_is_recorded_printed_and_issued_in_one_step(printer, exact):
    walk = {"store": STORE, "recording": {"client_id": "w", "nik": "1503044205010001", "reason": "lost",
                                            "recorded_at": "2026-01-02T08:00:00+07:00"},
            "spoiled": ["encode_failure", "damaged"], "printer": "Fargo 2", "collected_by": "Umar",
            "collector_relation": "self"}  # fmt: skip
    made = printer.post("/walk-ins", walk)
    assert (made["client_id"], made["status"]) == ("w", "issued")
    assert stock_of(printer) == (7, 0, 2, 1)
    job = printer.get(f"/print-jobs/{made['job']}")
    assert (job["status"], job["printed"], job["spoiled"], job["recordings"][0]["recording"]) == (
        "done", 1, 2, made["recording"],
    )  # fmt: skip
    assert printer.get("/cards?status=issued")["items"][0]["id"] == made["card"]
    assert printer.post("/walk-ins", walk, 409)["code"] == "not_print_ready"
    later = printer.post("/walk-ins", {"store": STORE, "recording": person("later")})
    assert later["status"] == "printed"
    assert printer.get("/cards?status=waiting")["items"][0]["recording"] == later["recording"]


@pytest.mark.parametrize(("change", "status", "code"), [
    ({"recording": person("w", nik="12")}, 422, "body_invalid"),
    ({"recording": person("w", failure="X")}, 422, "body_invalid"),
    ({"recording": person("w", "15.04")}, 422, "recording_of_other_office"),
    ({"recording": person("w", event=10**6)}, 422, "lines_refused"),
    ({"recording": person("w", recorded_at="2999-01-01T00:00:00+07:00")}, 422, "lines_refused"),
    ({"recording": person("a", nik="1503044205011111")}, 422, "lines_refused"),
    ({"recording": person("w", status="bio_captured")}, 422, "body_invalid"),
    ({"recording": person("w", status="failed")}, 422, "body_invalid"),
    ({"spoiled": ["damaged"] * 10}, 409, "stock_insufficient"),
    ({"spoiled": ["bored"]}, 422, "body_invalid"),
    ({"item": "ribbon"}, 422, "only_blanks_become_cards"),
    ({"more": 1}, 422, "body_invalid"),
])  # fmt: skip
def test_a_wrong_walk_in_leaves_nothing_behind(printer, exact, change, status, code):
    body = {"store": STORE, "recording": person("w"), "collected_by": "Umar", **change}
    assert printer.post("/walk-ins", body, status)["code"] == code
    assert stock_of(printer) == (10, 0, 0, 0)
    assert len(printer.get("/recordings")["items"]) == 3
    assert printer.get("/print-jobs")["items"] == []
