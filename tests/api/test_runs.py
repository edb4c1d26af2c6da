"""Runs over REST: nothing is called printed before a person says so, and what nobody said is asked for."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.builders import receipt
from tests.outreach import person, running_event
from tests.printing import STORE, issue, job_of, recorded, results, stock_of


@pytest.fixture
def printer(calls):
    """A printer of 15.03 with ten blanks and four people print-ready."""
    caller = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 10))
    recorded(caller, "a", "b", "c", "d")
    return caller


@pytest.fixture
def numbered(calls):
    """The same, whose blanks A001 to A010 have numbers."""
    caller = calls("printer", "15.03")
    lots = [{"intervals": [["A001", "A010"]]}]
    calls("clerk", "15.03").post("/receipts", {**receipt(STORE, 10), "lots": lots})
    recorded(caller, "a", "b", "c", "d")
    return caller


def setting(calls, **values):
    calls("admin", "15").patch("/offices/15.03", values)


def start(caller, job, expect=201, key="", **body):
    return caller.post(f"/print-jobs/{job}/start", body, expect, key=key)


def confirm(caller, job, run, counted, expect=200, key="", **body):
    return caller.post(f"/print-jobs/{job}/confirm", {"run": run, "counted": counted, **body}, expect, key=key)


def stages(caller, job, run, *lines, expect=200):
    told = [dict(zip(("recording", "stage", "number"), line, strict=False)) for line in lines]
    return caller.post(f"/print-jobs/{job}/stages", {"run": run, "lines": told}, expect)


def codes(problem):
    return [(each["pointer"], each["code"]) for each in problem["errors"]]


def test_a_run_moves_nothing_until_a_person_counts_it(printer, exact):
    job = job_of(printer, "c", "a", "b")
    assert (job["state"], job["run"]) == ("queued", None)
    run = start(printer, job["id"], quantity=2)
    assert (run["status"], run["quantity"], run["waiting"], run["printed"]) == ("open", 2, 2, 0)
    assert [(line["client_id"], line["stage"]) for line in run["recordings"]] == [("c", "sent"), ("a", "sent")]
    shown = printer.get(f"/print-jobs/{job['id']}")
    assert (shown["state"], shown["run"], shown["status"], shown["waiting"]) == ("printing", run["id"], "open", 3)
    assert stock_of(printer) == (10, 0, 0, 0)
    done = confirm(printer, job["id"], run["id"], 2)
    assert (done["status"], done["printed"], done["waiting"]) == ("confirmed", 2, 0)
    assert stock_of(printer) == (8, 2, 0, 0)
    run = start(printer, job["id"])
    assert [line["client_id"] for line in run["recordings"]] == ["b"]
    confirm(printer, job["id"], run["id"], 1)
    shown = printer.get(f"/print-jobs/{job['id']}")
    assert (shown["state"], shown["run"], shown["printed"]) == ("done", None, 3)


def test_an_unconfirmed_run_asks_for_its_count_wherever_its_printer_is_wanted(printer, exact):
    first = job_of(printer, "a", "b", printer="Fargo")["id"]
    second = job_of(printer, "c", printer="Fargo")["id"]
    third = job_of(printer, "d", printer="Evolis")["id"]
    run = start(printer, first)
    for job in (first, second):
        problem = start(printer, job, expect=409)
        assert (problem["code"], problem["facts"]["run"], problem["facts"]["quantity"]) == (
            "run_unconfirmed", run["id"], 2,
        )  # fmt: skip
        began = datetime.fromisoformat(run["started_at"]).astimezone(ZoneInfo("Asia/Jakarta"))
        assert problem["facts"]["began"] == f"{began:%d-%m-%Y %H.%M} WIB"
    assert printer.post(f"/print-jobs/{first}/cancel", None, 409)["code"] == "run_unconfirmed"
    other = start(printer, third)
    confirm(printer, third, other["id"], 1)
    # The power went: one came out, the other did not. The rest is sent again, and nothing is lost or doubled.
    ended = confirm(printer, first, run["id"], 1, not_printed=["b"])
    assert [(line["client_id"], line["stage"]) for line in ended["recordings"]] == [("a", "printed"), ("b", "returned")]
    run = start(printer, first)
    assert [line["client_id"] for line in run["recordings"]] == ["b"]
    confirm(printer, first, run["id"], 1)
    start(printer, second)
    assert stock_of(printer) == (7, 3, 0, 0)


def test_a_run_of_which_nothing_came_out_is_aborted_and_moves_nothing(printer, exact):
    job = job_of(printer, "a", "b")["id"]
    run = start(printer, job)["id"]
    ended = confirm(printer, job, run, 0, not_printed=["a", "b"])
    assert (ended["status"], {line["stage"] for line in ended["recordings"]}) == ("aborted", {"returned"})
    assert stock_of(printer) == (10, 0, 0, 0)
    assert printer.post(f"/print-jobs/{job}/cancel", None, 200)["state"] == "cancelled"


@pytest.mark.parametrize(("counted", "more"), [
    (3, {}), (1, {}), (2, {"not_printed": ["b"]}), (0, {"not_printed": ["a"]}),
    (0, {"spoiled": [{"recording": "a", "reason": "damaged"}]}),
])  # fmt: skip
def test_a_count_that_does_not_match_changes_nothing(printer, exact, counted, more):
    job = job_of(printer, "a", "b")["id"]
    run = start(printer, job)["id"]
    problem = confirm(printer, job, run, counted, 422, **more)
    assert (problem["code"], problem["facts"]["counted"]) == ("count_does_not_match", counted)
    assert problem["facts"]["expected"] == 2 - len(more.get("not_printed", ()))
    assert stock_of(printer) == (10, 0, 0, 0)
    assert printer.get(f"/print-runs/{run}")["status"] == "open"


def test_spoiled_blanks_of_a_run_are_named_with_their_class(printer, exact):
    job = job_of(printer, "a", "b", "c")["id"]
    run = start(printer, job)["id"]
    spoiled = [
        {"recording": "a", "reason": "print_failure"}, {"recording": "a", "reason": "damaged"},
        {"recording": "b", "reason": "encode_failure"},
    ]  # fmt: skip
    ended = confirm(printer, job, run, 2, spoiled=spoiled, not_printed=["b"])
    assert (ended["printed"], ended["spoiled"]) == (2, 3)
    assert [line["stage"] for line in ended["recordings"]] == ["printed", "spoiled", "printed"]
    assert stock_of(printer) == (5, 2, 3, 0)
    shown = printer.get(f"/print-jobs/{job}")
    assert [(line["client_id"], line["waiting"], line["spoiled"]) for line in shown["recordings"]] == [
        ("a", False, 2), ("b", True, 1), ("c", False, 0),
    ]  # fmt: skip


def test_repeating_with_a_key_does_it_once(printer, exact):
    job = job_of(printer, "a", "b")["id"]
    run = start(printer, job, key="start")
    assert start(printer, job, key="start") == run
    done = confirm(printer, job, run["id"], 2, key="confirm")
    assert confirm(printer, job, run["id"], 2, key="confirm") == done
    assert confirm(printer, job, run["id"], 2, 409)["code"] == "no_run_open"
    assert stock_of(printer) == (8, 2, 0, 0)
    for path in ("start", "confirm"):
        assert printer.post(f"/print-jobs/{job}/{path}", {}, 400, key=None)["code"] == "idempotency_key_missing"


def test_a_run_that_cannot_begin_is_refused(printer, exact):
    job = job_of(printer, "a", draft=True)["id"]
    assert start(printer, job, expect=409)["code"] == "job_not_open"
    printer.post(f"/print-jobs/{job}/open", None, 200)
    problem = start(printer, job, expect=409, quantity=2)
    assert (problem["code"], problem["facts"]["waiting"]) == ("fewer_wait", 1)
    for body in ({"quantity": 0}, {"quantity": 2001}, {"quantity": "1"}, {"more": 1}):
        assert start(printer, job, expect=422, **body)["code"] == "body_invalid"
    assert confirm(printer, job, 1, 1, 409)["code"] == "no_run_open"
    many = [f"p-{n}" for n in range(11)]
    recorded(printer, *many)
    problem = start(printer, job_of(printer, *many)["id"], expect=409)
    assert (problem["code"], problem["facts"]["available"], problem["facts"]["asked"]) == ("stock_insufficient", 10, 11)


def test_lines_that_are_not_under_way_are_refused(printer, exact):
    job = job_of(printer, "a", "b", "c")["id"]
    run = start(printer, job, quantity=2)["id"]
    problem = confirm(printer, job, run, 1, 422, not_printed=["c"], spoiled=[])
    assert codes(problem) == [("/not_printed/0", "recording_not_in_run")]
    body = {"spoiled": [{"recording": "nobody", "reason": "damaged"}]}
    assert codes(confirm(printer, job, run, 2, 422, **body)) == [("/spoiled/0/recording", "recording_not_in_run")]
    assert codes(confirm(printer, job, run, 0, 422, not_printed=["a", "a"])) == [("/not_printed/1", "recording_twice")]
    body = {"not_printed": ["a"], "cards": [{"recording": "a", "number": "A1"}]}
    assert codes(confirm(printer, job, run, 1, 422, **body)) == [("/cards/0/recording", "card_of_not_printed")]
    assert codes(stages(printer, job, run, ("c", "taken"), expect=422)) == [
        ("/lines/0/recording", "recording_not_in_run"),
    ]  # fmt: skip
    assert stages(printer, job, run + 1, ("a", "taken"), expect=409)["code"] == "no_run_open"


def test_each_stage_binds_one_blank_to_one_recording_and_only_goes_forward(numbered, exact):
    job = job_of(numbered, "a", "b", "c")["id"]
    run = start(numbered, job)["id"]
    told = stages(numbered, job, run, ("a", "taken", "A003"), ("b", "encoded", "a005"))
    assert [(line["stage"], line["number"]) for line in told["recordings"]] == [
        ("taken", "A003"), ("encoded", "A005"), ("sent", None),
    ]  # fmt: skip
    assert stages(numbered, job, run, ("a", "taken", "A003"), ("b", "encoded")) == told
    problem = stages(numbered, job, run, ("c", "taken"), ("b", "taken"), expect=409)
    assert (problem["code"], codes(problem)) == ("stage_backwards", [("/lines/1/stage", "stage_backwards")])
    problem = stages(numbered, job, run, ("c", "taken", "A003"), expect=409)
    assert codes(problem) == [("/lines/0/number", "blank_bound")]
    assert codes(stages(numbered, job, run, ("a", "encoded", "A004"), expect=409)) == [
        ("/lines/0/number", "blank_bound"),
    ]  # fmt: skip
    twice = [("a", "encoded", "A006"), ("c", "taken", "A006")]
    assert stages(numbered, job, run, *twice, expect=422)["code"] == "numbers_twice"
    assert stages(numbered, job, run, ("c", "taken", "B001"), expect=409)["code"] == "numbers_unknown"
    done = confirm(numbered, job, run, 2, not_printed=["c"])
    assert [line["number"] for line in done["recordings"]] == [None] * 3
    cards = {card["client_id"]: card["number"] for card in numbered.get("/cards")["items"]}
    assert cards == {"a": "A003", "b": "A005"}


def test_a_confirmation_names_the_blanks_in_order_or_a_line_each(numbered, exact):
    job = job_of(numbered, "a", "b", "c", "d")["id"]
    run = start(numbered, job, quantity=2)["id"]
    spoiled = [{"recording": "a", "reason": "damaged"}]
    problem = confirm(numbered, job, run, 2, 422, spoiled=spoiled, intervals=[["A001", "A002"]])
    assert problem["code"] == "blanks_do_not_match"
    confirm(numbered, job, run, 2, spoiled=spoiled, numbers=["A009", "A001", "A002"])
    run = start(numbered, job)["id"]
    named = [{"recording": "c", "number": "A004"}, {"recording": "d", "number": "A001"}]
    problem = confirm(numbered, job, run, 2, 409, cards=named)
    assert (problem["code"], codes(problem)) == ("numbers_elsewhere", [("/cards/1/number", "number_already_used")])
    spoiled = [{"recording": "d", "reason": "damaged", "number": "A005"}]
    problem = confirm(numbered, job, run, 2, 409, cards=named[:1], spoiled=spoiled)
    assert problem["code"] == "numbers_needed"
    confirm(numbered, job, run, 1, cards=named[:1], spoiled=spoiled, not_printed=["d"])
    cards = {card["client_id"]: card["number"] for card in numbered.get("/cards")["items"]}
    assert cards == {"a": "A001", "b": "A002", "c": "A004"}


def test_results_of_a_run_end_its_lines_and_let_go_of_spoiled_blanks(numbered, exact):
    job = job_of(numbered, "a", "b", "c")["id"]
    run = start(numbered, job, quantity=2)["id"]
    stages(numbered, job, run, ("a", "taken", "A001"), ("b", "taken", "A002"))
    lines = [{"recording": "c", "outcome": "printed", "number": "A002"}]
    problem = numbered.post(f"/print-jobs/{job}/results", {"results": lines}, 409)
    assert codes(problem) == [("/results/0/number", "blank_bound")]
    results(numbered, job, ("a", "spoiled", "encode_failure"))
    shown = numbered.get(f"/print-runs/{run}")
    assert [(line["stage"], line["number"]) for line in shown["recordings"]] == [("sent", None), ("taken", "A002")]
    results(numbered, job, ("b", "printed"))
    assert numbered.get(f"/print-runs/{run}")["waiting"] == 1
    stages(numbered, job, run, ("a", "encoded", "A003"))
    results(numbered, job, ("a", "printed"))
    shown = numbered.get(f"/print-runs/{run}")
    assert (shown["status"], shown["printed"], shown["spoiled"]) == ("confirmed", 2, 1)
    cards = {card["client_id"]: card["number"] for card in numbered.get("/cards")["items"]}
    assert cards == {"a": "A003", "b": "A002"}
    assert numbered.get(f"/print-jobs/{job}")["state"] == "printing"


def test_where_the_office_wants_a_count_results_call_nothing_printed(printer, calls, app, exact):
    setting(calls, confirm_required=True)
    job = job_of(printer, "a", "b")["id"]
    assert results(printer, job, ("a", "printed"), expect=409)["code"] == "confirm_needed"
    results(printer, job, ("a", "spoiled", "damaged"))
    run = start(printer, job)["id"]
    assert results(printer, job, ("a", "printed"), expect=409)["code"] == "confirm_needed"
    confirm(printer, job, run, 2)
    printer.post("/walk-ins", {"store": STORE, "recording": person("w")})
    event = running_event(app, "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(event.store, 2))
    mine = job_of(printer, "c", store=event.store)["id"]
    assert results(printer, mine, ("c", "printed"))["status"] == "done"


@pytest.mark.parametrize("step", ["issue", "let go", "other job"])
def test_a_result_that_comes_too_late_says_what_became_of_the_recording(printer, exact, step):
    job = job_of(printer, "a", "b", "c")["id"]
    results(printer, job, ("a", "printed"))
    told = "card_already_printed"
    if step == "issue":
        issue(printer, "a")
        told = "card_already_issued"
    problem = results(printer, job, ("b", "printed"), ("a", "printed"), expect=409)
    assert (problem["code"], codes(problem)) == ("recording_not_waiting", [("/results/1/recording", told)])
    printer.post(f"/print-jobs/{job}/cancel", None, 200)
    told = "recording_let_go"
    if step == "other job":
        job_of(printer, "b")
        told = "recording_in_other_job"
    problem = results(printer, job, ("b", "printed"), expect=409)
    assert (problem["code"], codes(problem)) == ("job_not_open", [("/results/0/recording", told)])


def test_a_number_that_was_used_says_for_whom(numbered, exact):
    job = job_of(numbered, "a", "b")["id"]
    line = {"recording": "a", "outcome": "printed", "number": "A001"}
    numbered.post(f"/print-jobs/{job}/results", {"results": [line]}, 200)
    problem = numbered.post(f"/print-jobs/{job}/results", {"results": [{**line, "recording": "b"}]}, 409)
    assert (problem["code"], codes(problem)) == ("numbers_elsewhere", [("/results/0/number", "number_already_used")])
    assert f"job {job}" in numbered.post(
        f"/print-jobs/{job}/results", {"results": [{**line, "recording": "b"}]}, 409, Accept_Language="en"
    )["errors"][0]["detail"]  # fmt: skip


def test_runs_are_seen_and_confirmed_within_the_offices_reach(printer, calls):
    job = job_of(printer, "a")["id"]
    run = start(printer, job)["id"]
    stranger = calls("printer", "15.04")
    assert stranger.get(f"/print-runs/{run}", 404)["code"] == "run_not_found"
    assert stranger.get("/print-runs/999", 404)["code"] == "run_not_found"
    assert start(stranger, job, expect=404)["code"] == "job_not_found"
    assert confirm(stranger, job, run, 1, 404)["code"] == "job_not_found"
    assert stages(stranger, job, run, ("a", "taken"), expect=404)["code"] == "job_not_found"
    assert stranger.get("/print-runs")["items"] == []
    assert stranger.get("/print-runs?office=15.03", 403)["code"] == "out_of_reach"
    inspector = calls("inspector", "15")
    for query in ("", f"?job={job}", "?status=open", f"?store={STORE}", "?office=15.03"):
        assert [each["id"] for each in inspector.get(f"/print-runs{query}")["items"]] == [run]
    assert inspector.get("/print-runs?status=aborted")["items"] == []
    for role in ("clerk", "coordinator", "field", "inspector"):
        caller = calls(role, "15.03")
        assert start(caller, job, expect=403)["code"] == "not_permitted"
        assert confirm(caller, job, run, 1, 403)["code"] == "not_permitted"
        check = {"cards": [{"recording": "a", "quality": "good"}]}
        assert caller.post("/cards/check", check, 403)["code"] == "not_permitted"


def test_a_list_of_runs_takes_a_fixed_number_of_statements(printer, statements):
    counts = []
    for _ in range(2):
        job = job_of(printer, "a")["id"]
        run = start(printer, job)["id"]
        statements.clear()
        printer.get("/print-runs")
        counts.append(len(statements))
        confirm(printer, job, run, 0, not_printed=["a"])
        printer.post(f"/print-jobs/{job}/cancel", None, 200)
    assert counts[0] == counts[1]


def test_a_confirmation_takes_as_many_statements_for_400_cards_as_for_2(calls, statements):
    caller = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 500))
    counts = []
    for size in (3, 2, 400):  # the first one opens the accounts
        names = [f"p{size}-{n}" for n in range(size)]
        recorded(caller, *names)
        job = job_of(caller, *names)["id"]
        run = start(caller, job)["id"]
        statements.clear()
        confirm(caller, job, run, size - 1, not_printed=[names[0]])
        counts.append(len(statements))
    assert counts[1] == counts[2] <= 30, counts
