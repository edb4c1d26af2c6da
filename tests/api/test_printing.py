"""Print jobs and their results over REST: one blank, one attempt, one recording."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inventory import clock
from tests.builders import receipt
from tests.outreach import person
from tests.printing import STORE, issue, job_of, recorded, results, room_of_three, stock_of


@pytest.fixture
def printer(calls):
    return room_of_three(calls)


def test_a_job_takes_a_blank_for_each_attempt_and_reconciles_with_the_ledger(printer, exact):
    job = job_of(printer, "a", "b", "c", printer="Fargo 1")
    assert (job["status"], job["total"], job["waiting"], job["printer"]) == ("open", 3, 3, "Fargo 1")
    done = results(printer, job["id"], ("a", "printed"), ("b", "spoiled", "print_failure"), ("b", "printed"))
    assert (done["status"], done["waiting"], done["printed"], done["spoiled"]) == ("open", 1, 2, 1)
    assert stock_of(printer) == (7, 2, 1, 0)
    done = results(printer, job["id"], ("c", "printed"))
    assert (done["status"], done["waiting"], done["printed"]) == ("done", 0, 3)
    assert [item["status"] for item in printer.get("/recordings")["items"]] == ["printed"] * 3
    cards = printer.get(f"/cards?store={STORE}&status=waiting")["items"]
    assert [(c["client_id"], c["owner"], c["event"], c["age_days"]) for c in cards] == [
        ("a", "15.03", None, 0), ("b", "15.03", None, 0), ("c", "15.03", None, 0),
    ]  # fmt: skip
    lines = printer.get(f"/print-jobs/{job['id']}")["recordings"]
    assert [(line["client_id"], line["waiting"], line["printed"], line["spoiled"]) for line in lines] == [
        ("a", False, 1, 0), ("b", False, 1, 1), ("c", False, 1, 0),
    ]  # fmt: skip


def test_a_batch_of_results_is_one_movement(printer, calls):
    job = job_of(printer, "a", "b")
    results(printer, job["id"], ("a", "spoiled", "damaged"), ("a", "printed"), ("b", "printed"))
    card = calls("clerk", "15.03").get(f"/stock/entries?store={STORE}&item=blangko")["items"]
    assert [(line["kind"], line["quantity"]) for line in card] == [("printing", -3), ("receipt", 10)]


def test_repeating_a_request_with_its_key_does_it_once(printer, exact):
    body = {"store": STORE, "recordings": ["a", "b"]}
    job = printer.post("/print-jobs", body, key="job")
    assert printer.post("/print-jobs", body, key="job") == job
    first = results(printer, job["id"], ("a", "printed"), key="results")
    assert results(printer, job["id"], ("a", "printed"), key="results") == first
    given = issue(printer, "a", key="issue")
    assert issue(printer, "a", key="issue") == given
    assert issue(printer, "b", expect=409, key="issue")["code"] == "idempotency_key_reused"
    walk = {"store": STORE, "recording": person("w"), "collected_by": "Umar"}
    assert printer.post("/walk-ins", walk, key="walk") == printer.post("/walk-ins", walk, key="walk")
    assert stock_of(printer) == (8, 0, 0, 2)
    for path in ("/print-jobs", f"/print-jobs/{job['id']}/results", "/cards/issue", "/cards/undo", "/walk-ins"):
        assert printer.post(path, {}, 400, key=None)["code"] == "idempotency_key_missing"


@pytest.mark.parametrize(("lines", "status", "code", "pointers"), [
    ([("a", "spoiled")], 422, "spoil_reason_missing", ["/results/0/reason"]),
    ([("a", "printed", "damaged")], 422, "spoil_reason_unexpected", ["/results/0/reason"]),
    ([("a", "printed"), ("a", "printed")], 422, "result_after_printed", ["/results/1/outcome"]),
    ([("a", "printed"), ("a", "spoiled", "damaged")], 422, "result_after_printed", ["/results/1/outcome"]),
    ([("b", "printed"), ("nobody", "printed")], 422, "recording_not_in_job", ["/results/1/recording"]),
    ([("c", "printed"), (10**9, "printed")], 422, "recording_not_in_job",
     ["/results/0/recording", "/results/1/recording"]),
])  # fmt: skip
def test_wrong_results_are_refused_whole(printer, exact, lines, status, code, pointers):
    job = job_of(printer, "a", "b")["id"]
    problem = results(printer, job, *lines, expect=status)
    assert (problem["code"], [e["pointer"] for e in problem["errors"]]) == ("lines_refused", pointers)
    assert problem["errors"][0]["code"] == code
    assert stock_of(printer) == (10, 0, 0, 0)


@pytest.mark.parametrize("line", [
    {"recording": "a"}, {"recording": "a", "outcome": "lost"}, {"recording": "a", "outcome": "printed", "n": "1"},
    {"recording": -1, "outcome": "printed"}, {"recording": 2**70, "outcome": "printed"},
    {"recording": 1.5, "outcome": "printed"}, {"recording": "", "outcome": "printed"},
    {"recording": "a", "outcome": "spoiled", "reason": "bored"}, None,
])  # fmt: skip
def test_results_of_wrong_syntax_are_refused(printer, line):
    job = job_of(printer, "a")["id"]
    assert printer.post(f"/print-jobs/{job}/results", {"results": [line]}, 422)["code"] == "body_invalid"
    for body in ({"results": []}, {"results": [{}] * 2001}, {}):
        assert printer.post(f"/print-jobs/{job}/results", body, 422)["code"] == "body_invalid"


def test_what_was_printed_is_not_printed_again(printer, exact):
    job = job_of(printer, "a", "b")["id"]
    results(printer, job, ("a", "printed"))
    problem = results(printer, job, ("b", "printed"), ("a", "printed"), expect=409)
    assert (problem["code"], [e["pointer"] for e in problem["errors"]]) == (
        "recording_not_waiting", ["/results/1/recording"],
    )  # fmt: skip
    results(printer, job, ("b", "printed"))
    assert results(printer, job, ("b", "printed"), expect=409)["code"] == "job_not_open"
    assert stock_of(printer) == (8, 2, 0, 0)


def test_without_enough_blanks_nothing_is_printed(printer, exact):
    lines = [("a", "spoiled", "damaged")] * 10
    job = job_of(printer, "a")["id"]
    problem = results(printer, job, *lines, ("a", "printed"), expect=409)
    assert (problem["code"], problem["facts"]["available"], problem["facts"]["asked"]) == ("stock_insufficient", 10, 11)
    assert results(printer, job, *lines)["waiting"] == 1
    assert results(printer, job, ("a", "printed"), expect=409)["code"] == "stock_insufficient"
    assert stock_of(printer) == (0, 0, 10, 0)


@pytest.mark.parametrize(("day", "status", "code"), [
    ("2999-01-01", 422, "date_in_future"), ("2020-01-01", 422, "date_too_old"), ("31-12-2025", 422, "body_invalid"),
])  # fmt: skip
def test_results_and_hand_overs_are_dated_within_limits(printer, day, status, code):
    job = job_of(printer, "a", "b")["id"]
    assert results(printer, job, ("a", "printed"), expect=status, occurred_on=day)["code"] == code
    results(printer, job, ("a", "printed"))
    assert issue(printer, "a", expect=status, occurred_on=day)["code"] == code
    assert stock_of(printer) == (9, 1, 0, 0)


def test_a_job_takes_print_ready_recordings_that_wait_in_no_other(printer):
    recorded(printer, "new", status="sfe")
    problem = job_of(printer, "a", "new", expect=409)
    assert (problem["code"], [e["pointer"] for e in problem["errors"]]) == ("not_print_ready", ["/recordings/1"])
    job = job_of(printer, "a", "b", draft=True)
    assert job["status"] == "draft"
    problem = job_of(printer, "c", "b", expect=409)
    assert (problem["code"], [e["pointer"] for e in problem["errors"]]) == ("recording_in_other_job", ["/recordings/1"])
    assert str(job["id"]) in problem["errors"][0]["detail"]
    problem = job_of(printer, "c", "nobody", 10**9, expect=422)
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [
        ("/recordings/1", "recording_unknown"), ("/recordings/2", "recording_unknown"),
    ]  # fmt: skip
    problem = job_of(printer, "c", "c", expect=422)
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [("/recordings/1", "recording_twice")]


@pytest.mark.parametrize(("change", "status", "code"), [
    ({"store": "15.03-NONE"}, 404, "store_not_found"),
    ({"store": "15.04-UTAMA"}, 404, "store_not_found"),
    ({"item": "ribbon"}, 422, "only_blanks_become_cards"),
    ({"item": "gold"}, 404, "item_not_found"),
    ({"event": 10**6}, 422, "event_prints_from_its_kit"),
    ({"recordings": []}, 422, "body_invalid"),
    ({"recordings": ["a"] * 2001}, 422, "body_invalid"),
    ({"recordings": [True]}, 422, "body_invalid"),
    ({"more": 1}, 422, "body_invalid"),
])  # fmt: skip
def test_a_wrong_job_is_refused(printer, change, status, code):
    body = {"store": STORE, "recordings": ["a"], **change}
    assert printer.post("/print-jobs", body, status)["code"] == code


def test_a_draft_is_opened_before_it_prints_and_a_cancelled_job_lets_go(printer, exact):
    job = job_of(printer, "a", draft=True)["id"]
    assert results(printer, job, ("a", "printed"), expect=409)["code"] == "job_not_open"
    assert printer.post(f"/print-jobs/{job}/open", None, 200)["status"] == "open"
    assert printer.post(f"/print-jobs/{job}/open", None, 409)["code"] == "job_not_open"
    results(printer, job, ("a", "spoiled", "encode_failure"))
    gone = printer.post(f"/print-jobs/{job}/cancel", None, 200)
    assert (gone["status"], gone["waiting"], gone["spoiled"]) == ("cancelled", 0, 1)
    assert printer.post(f"/print-jobs/{job}/cancel", None, 409)["code"] == "job_not_open"
    assert results(printer, job, ("a", "printed"), expect=409)["code"] == "job_not_open"
    again = job_of(printer, "a", "b")["id"]
    results(printer, again, ("a", "printed"))
    assert printer.post(f"/print-jobs/{again}/cancel", None, 200)["status"] == "done"
    assert stock_of(printer) == (8, 1, 1, 0)


def test_a_recording_in_a_job_or_with_a_card_keeps_its_status(printer):
    job = job_of(printer, "a", "b")["id"]
    results(printer, job, ("a", "printed"))
    failed = {"status": "failed", "failure": "DUPLICATE_RECORD"}
    changes = [{"client_id": "a", **failed}, {"client_id": "b", **failed}]
    problem = printer.post("/recordings/status", {"changes": changes}, 422)
    assert [e["code"] for e in problem["errors"]] == ["already_printed", "in_open_job"]
    same = {"changes": [{"client_id": "b", "status": "prr"}]}
    assert printer.post("/recordings/status", same, 200)["unchanged"] == 1
    printer.post(f"/print-jobs/{job}/cancel", None, 200)
    assert printer.post("/recordings/status", {"changes": changes[1:]}, 200)["changed"] == 1


def test_a_mistaken_result_is_undone_last_one_first(printer, exact):
    job = job_of(printer, "a")["id"]
    results(printer, job, ("a", "spoiled", "damaged"), ("a", "printed"))
    body = {"recording": "a", "reason": "the wrong tray"}
    undone = printer.post(f"/print-jobs/{job}/undo", body, 200, key="undo")
    assert (undone["status"], undone["waiting"], undone["printed"], undone["spoiled"]) == ("open", 1, 0, 1)
    assert printer.post(f"/print-jobs/{job}/undo", body, 200, key="undo") == undone
    assert stock_of(printer) == (9, 0, 1, 0)
    assert printer.get("/recordings?status=prr")["items"][0]["client_id"] == "a"
    assert printer.get("/cards")["items"] == []
    assert len(printer.get("/cards?status=undone")["items"]) == 1
    assert printer.post(f"/print-jobs/{job}/undo", body, 200)["spoiled"] == 0
    assert stock_of(printer) == (10, 0, 0, 0)
    assert printer.post(f"/print-jobs/{job}/undo", body, 409)["code"] == "nothing_to_undo"
    other = body | {"recording": "b"}
    assert printer.post(f"/print-jobs/{job}/undo", other, 422)["code"] == "recording_not_in_job"
    assert results(printer, job, ("a", "printed"))["status"] == "done"


def test_an_undo_comes_too_late_for_an_issued_card_and_after_the_offices_time(printer, exact):
    job = job_of(printer, "a", "b")["id"]
    results(printer, job, ("a", "printed"), ("b", "printed"))
    issue(printer, "a")
    body = {"recording": "a", "reason": "wrong"}
    problem = printer.post(f"/print-jobs/{job}/undo", body, 409)
    assert (problem["code"], problem["facts"]["status"], problem["facts"]["store"]) == (
        "card_moved_on",
        "issued",
        STORE,
    )
    with clock.telling(datetime.now(UTC) + timedelta(hours=25)):
        late = body | {"recording": "b"}
        assert printer.post(f"/print-jobs/{job}/undo", late, 409)["code"] == "undo_too_late"
        undo = {"recordings": ["a"], "reason": "wrong"}
        assert printer.post("/cards/undo", undo, 409)["code"] == "undo_too_late"


@pytest.mark.parametrize("role", ["clerk", "coordinator", "field", "inspector"])
def test_only_printers_print_and_issue(printer, calls, role):
    job = job_of(printer, "a")["id"]
    caller = calls(role, "15.03")
    for path, body in (
        ("/print-jobs", {"store": STORE, "recordings": ["b"]}),
        (f"/print-jobs/{job}/open", None),
        (f"/print-jobs/{job}/cancel", None),
        (f"/print-jobs/{job}/results", {"results": [{"recording": "a", "outcome": "printed"}]}),
        (f"/print-jobs/{job}/undo", {"recording": "a", "reason": "x"}),
        ("/cards/issue", {"cards": [{"recording": "a", "collected_by": "x"}]}),
        ("/cards/undo", {"recordings": ["a"], "reason": "x"}),
        ("/walk-ins", {"store": STORE, "recording": person("w")}),
    ):
        assert caller.post(path, body, 403)["code"] == "not_permitted"


def test_another_office_sees_and_touches_nothing(printer, calls, exact):
    job = job_of(printer, "a")["id"]
    other = calls("admin", "15.04")
    for path, body in (
        (f"/print-jobs/{job}/open", None),
        (f"/print-jobs/{job}/cancel", None),
        (f"/print-jobs/{job}/results", {"results": [{"recording": "a", "outcome": "printed"}]}),
        (f"/print-jobs/{job}/undo", {"recording": "a", "reason": "x"}),
    ):
        assert other.post(path, body, 404)["code"] == "job_not_found"
    results(printer, job, ("a", "printed"))
    recording = printer.get("/recordings")["items"][0]["id"]
    assert other.get(f"/print-jobs/{job}", 404)["code"] == "job_not_found"
    assert other.get("/print-jobs")["items"] == other.get("/cards")["items"] == []
    for path in ("/print-jobs?office=15.03", "/cards?office=15.03"):
        assert other.get(path, 403)["code"] == "out_of_reach"
    for path in (f"/print-jobs?store={STORE}", f"/cards?store={STORE}"):
        assert other.get(path, 404)["code"] == "store_not_found"
    assert issue(other, recording, expect=422)["errors"][0]["code"] == "recording_unknown"
    undo = other.post("/cards/undo", {"recordings": [recording], "reason": "x"}, 422)
    assert undo["errors"][0]["code"] == "recording_unknown"
    walk = {"store": STORE, "recording": person("w")}
    assert other.post("/walk-ins", walk, 404)["code"] == "store_not_found"
    assert other.get("/print-jobs/999999", 404)["code"] == "job_not_found"


def test_lists_of_jobs_and_cards_are_filtered_and_paged(printer):
    first, second = job_of(printer, "a")["id"], job_of(printer, "b", draft=True)["id"]
    results(printer, first, ("a", "printed"))
    for query, found in (("status=draft", [second]), ("status=done&office=15.03", [first]),
                         (f"store={STORE}&order=desc", [second, first]), ("event=1", [])):  # fmt: skip
        assert [job["id"] for job in printer.get(f"/print-jobs?{query}")["items"]] == found
    page = printer.get("/print-jobs?limit=1")
    assert [job["id"] for job in printer.get(f"/print-jobs?limit=1&cursor={page['next']}")["items"]] == [second]
    assert len(printer.get("/cards?office=15.03&status=waiting")["items"]) == 1
    assert printer.get("/cards?event=1")["items"] == printer.get("/cards?status=issued")["items"] == []
    assert printer.get("/cards?status=stolen", 422)["code"] == "query_invalid"


def test_the_most_that_a_request_may_hold_is_printed_and_issued_at_once(calls, exact):
    admin = calls("admin", "15.03")
    admin.post("/receipts", receipt(STORE, 2_000))
    names = [f"n-{n}" for n in range(2_000)]
    recorded(admin, *names)
    job = job_of(admin, *names)["id"]
    lines = [(name, "printed") for name in names]
    assert results(admin, job, *lines)["status"] == "done"
    assert len(issue(admin, *names)["items"]) == 2_000
    assert len(admin.post("/cards/undo", {"recordings": names, "reason": "x"}, 200)["items"]) == 2_000
    assert stock_of(admin) == (0, 2_000, 0, 0)


def test_a_job_warns_of_people_who_have_another_recording_or_a_card_to_collect(calls):
    admin = calls("admin", "15.03")
    admin.post("/receipts", receipt(STORE, 10))
    nik = {name: f"150304420501{number:04}" for number, name in enumerate("abc")}
    people = [person(name, nik=nik[name]) for name in nik] + [person("a-again", nik=nik["a"], reason="lost")]
    admin.post("/recordings", {"recordings": people})

    def warned(*names):
        job = job_of(admin, *names)
        results(admin, job["id"], *[(name, "printed") for name in names])
        return [text for text in job["warnings"] if "dua kali" in text]

    assert warned("b", "c") == []
    assert [text.split()[0] for text in warned("a")] == ["1"]
    assert len(warned("a-again")) == 1  # the first card waits to be collected


def test_a_job_of_before_its_store_listed_printers_goes_on_under_its_name(calls):
    admin = calls("admin", "15.03")
    admin.post("/receipts", receipt(STORE, 10))
    recorded(admin, "a", "b")
    job = job_of(admin, "a", "b", printer="Printer lama")["id"]
    admin.post("/printers", {"store": STORE, "name": "Printer baru"})
    run = admin.post(f"/print-jobs/{job}/start", {"quantity": 1})["id"]
    admin.post(f"/print-jobs/{job}/confirm", {"run": run, "counted": 1}, 200)
    assert results(admin, job, ("b", "printed"))["status"] == "done"


def test_a_batch_of_results_takes_as_many_statements_for_400_lines_as_for_2(calls, statements):
    admin = calls("admin", "15.03")
    admin.post("/receipts", receipt(STORE, 1_000))
    names = [f"n-{n}" for n in range(402)]
    recorded(admin, *names)
    job = job_of(admin, *names)
    results(admin, job["id"], (names[0], "printed"))  # the first one opens the accounts
    counts = []
    for part in (names[1:3], names[3:401]):
        statements.clear()
        results(admin, job["id"], *[(name, "printed") for name in part])
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 22


@pytest.mark.parametrize("path", ["/print-jobs", "/cards"])
def test_lists_take_a_fixed_number_of_statements(printer, statements, path):
    for name in ("a", "b", "c"):
        results(printer, job_of(printer, name)["id"], (name, "printed"))
    counts = []
    for limit in (1, 3):
        statements.clear()
        assert len(printer.get(f"{path}?limit={limit}")["items"]) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]
