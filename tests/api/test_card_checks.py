"""Checking cards over REST: a bad card is none, its blank is spoiled, and its recording is printed again."""

from __future__ import annotations

import pytest

from tests.api.test_runs import codes, confirm, setting, start
from tests.builders import receipt
from tests.outreach import person, running_event
from tests.printing import STORE, issue, job_of, recorded, results, stock_of


@pytest.fixture(params=["counted", "numbered"])
def printer(calls, request):
    """A printer of 15.03 whose people a and b have cards, of blanks with numbers or without; c waits in the job."""
    caller = calls("printer", "15.03")
    lots = [{"intervals": [["A001", "A010"]]}] if request.param == "numbered" else [{"quantity": 10}]
    calls("clerk", "15.03").post("/receipts", {**receipt(STORE, 10), "lots": lots})
    recorded(caller, "a", "b", "c")
    job = job_of(caller, "a", "b", "c")["id"]
    blanks = {"numbers": ["A001", "A002"]} if request.param == "numbered" else {}
    caller.numbers = ["A003"] if request.param == "numbered" else None
    results(caller, job, ("a", "printed"), ("b", "printed"), **blanks)
    caller.job = job
    return caller


def check(caller, *lines, expect=200, key="", **more):
    told = [dict(zip(("recording", "quality", "fingerprint", "reason"), line, strict=False)) for line in lines]
    told = [{name: value for name, value in line.items() if value} for line in told]
    return caller.post("/cards/check", {"cards": told, **more}, expect, key=key)


def test_a_good_card_is_checked_and_stays(printer, exact):
    items = check(printer, ("a", "good", "matched"), ("b", "good"))["items"]
    assert [(item["fingerprint"], bool(item["checked_at"]), bool(item["card"])) for item in items] == [
        ("matched", True, True), ("not_taken", True, True),
    ]  # fmt: skip
    card = printer.get("/cards")["items"][0]
    assert (card["fingerprint"], bool(card["checked_at"])) == ("matched", True)
    assert stock_of(printer) == (8, 2, 0, 0)


@pytest.mark.parametrize(("line", "reason"), [
    (("a", "bad", None, "print_failure"), "print_failure"),
    (("a", "bad", "not_taken", "factory_defect"), "factory_defect"),
    (("a", "good", "not_matched"), "encode_failure"),
    (("a", "good", "not_matched", "damaged"), "damaged"),
])  # fmt: skip
def test_a_bad_card_is_none_and_its_recording_is_printed_again(printer, calls, exact, line, reason):
    items = check(printer, line, ("b", "good"))["items"]
    assert [bool(item["card"]) for item in items] == [False, True]
    assert stock_of(printer) == (8, 1, 1, 0)
    shown = printer.get(f"/print-jobs/{printer.job}")
    assert [(each["client_id"], each["waiting"], each["printed"], each["spoiled"]) for each in shown["recordings"]] == [
        ("a", True, 0, 1), ("b", False, 1, 0), ("c", True, 0, 0),
    ]  # fmt: skip
    rows = calls("clerk", "15.03").get(f"/stock/entries?store={STORE}&item=blangko")["items"]
    assert [(row["kind"], row["quantity"]) for row in rows[:2]] == [("printing", -1), ("printing_undo", 1)]
    spoiled = printer.get(f"/stock?store={STORE}&item=blangko")["items"]
    assert sum(row["spoiled"] for row in spoiled) == 1, reason
    undo = {"recording": "a", "reason": "salah"}
    assert printer.post(f"/print-jobs/{printer.job}/undo", undo, 409)["code"] == "found_bad"
    blanks = {"numbers": printer.numbers} if printer.numbers else {}
    results(printer, printer.job, ("a", "printed"), **blanks)
    assert stock_of(printer) == (7, 2, 1, 0)


def test_a_check_is_done_once_with_its_key_and_refused_whole(printer, exact):
    first = check(printer, ("a", "bad", None, "damaged"), key="check")
    assert check(printer, ("a", "bad", None, "damaged"), key="check") == first
    problem = check(printer, ("b", "bad", None, "damaged"), ("a", "good"), expect=409)
    assert (problem["code"], codes(problem)) == ("cards_not_waiting", [("/cards/1", "no_card_yet")])
    problem = check(printer, ("b", "bad"), ("nobody", "good"), expect=422)
    assert codes(problem) == [("/cards/1/recording", "recording_unknown")]
    problem = check(printer, ("b", "bad"), expect=422)
    assert codes(problem) == [("/cards/0/reason", "spoil_reason_missing")]
    assert problem["errors"][0]["detail"].startswith("Kartu yang buruk memerlukan alasan (reason): damaged, ")
    problem = check(printer, ("b", "good", "matched", "damaged"), expect=422)
    assert codes(problem) == [("/cards/0/reason", "spoil_reason_unexpected")]
    assert codes(check(printer, ("b", "good"), ("b", "good"), expect=422)) == [("/cards/1", "recording_twice")]
    for line in (("b", "fine"), ("b", "good", "yes"), ("b", "bad", None, "bored")):
        assert check(printer, line, expect=422)["code"] == "body_invalid"
    assert printer.post("/cards/check", {}, 400, key=None)["code"] == "idempotency_key_missing"
    issue(printer, "b")
    assert check(printer, ("b", "bad", None, "damaged"), expect=409)["code"] == "cards_not_waiting"
    assert stock_of(printer) == (8, 0, 1, 1)


def test_where_the_office_wants_checks_no_unchecked_card_is_handed_over(printer, calls, app, exact):
    setting(calls, card_check=True)
    problem = issue(printer, "a", "b", expect=409)
    assert (problem["code"], codes(problem)) == (
        "cards_not_checked", [("/cards/0", "cards_not_checked"), ("/cards/1", "cards_not_checked")],
    )  # fmt: skip
    check(printer, ("a", "good", "matched"))
    assert codes(issue(printer, "a", "b", expect=409)) == [("/cards/1", "cards_not_checked")]
    issue(printer, "a")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 5))
    walk = {"store": STORE, "recording": person("w"), "collected_by": "Umar"}
    assert printer.post("/walk-ins", walk, 409)["code"] == "cards_not_checked"
    assert printer.post("/walk-ins", {**walk, "fingerprint": "not_matched"}, 422)["code"] == "body_invalid"
    assert printer.post("/walk-ins", {**walk, "fingerprint": "matched"})["status"] == "issued"
    event = running_event(app, "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(event.store, 3))
    recorded(printer, "e", "f")
    mine = job_of(printer, "e", "f", store=event.store)["id"]
    results(printer, mine, ("e", "printed"), ("f", "printed"))
    issue(printer, "e")
    check(printer, ("f", "bad", None, "damaged"))
    assert printer.get(f"/print-jobs/{mine}")["waiting"] == 1
    assert stock_of(printer, event.store) == (1, 0, 1, 1)


def test_where_the_office_wants_checks_no_unchecked_card_is_sent_on(printer, calls, app, exact):
    setting(calls, card_check=True)
    head = {"region": "15.03.04.2001", "recipient": "Umar", "recipient_role": "kepala desa"}
    check(printer, ("a", "good"))
    body = {"store": STORE, "recordings": ["a", "b"], **head}
    problem = printer.post("/card-consignments", body, 409)
    assert (problem["code"], codes(problem)) == ("cards_not_checked", [("/recordings/1", "cards_not_checked")])
    assert "periksa" in problem["detail"]
    check(printer, ("b", "good"))
    assert printer.post("/card-consignments", body)["quantity"] == 2
    # Those of an event are never held up.
    event = running_event(app, "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(event.store, 3))
    recorded(printer, "e")
    results(printer, job_of(printer, "e", store=event.store)["id"], ("e", "printed"))
    assert printer.post("/card-consignments", {"store": event.store, "recordings": ["e"], **head})["quantity"] == 1


def test_the_blank_of_a_bad_card_passes_through_the_hand_that_it_came_from(calls, exact):
    clerk, admin, printer = calls("clerk", "15.03"), calls("admin", "15"), calls("printer", "15.03")
    clerk.post("/receipts", receipt(STORE, 10))
    recorded(printer, "a", "b")
    two = [admin.post("/users", {"name": name, "role": "clerk", "office": "15.03"})["id"] for name in ("Sari", "Budi")]
    hand = {"store": STORE, "item": "blangko", "holder": printer.actor.user_id, "needed": 5, "counted_by": two}
    session = clerk.post("/custody", {**hand, "quantity": 5})["id"]
    job = job_of(printer, "a", "b")["id"]
    results(printer, job, ("a", "printed"), ("b", "printed"))
    check(printer, ("a", "bad", None, "damaged"))
    shown = clerk.get(f"/custody/{session}")
    assert (shown["printed"], shown["spoiled"], shown["in_hand"]) == (1, 1, 3)
    clerk.post(f"/custody/{session}/close", {"returned": 3, "counted_by": two}, 200)
    check(printer, ("b", "bad", None, "damaged"))
    shown = clerk.get(f"/custody/{session}")
    assert (shown["printed"], shown["spoiled"], shown["in_hand"]) == (0, 2, 0)


def test_a_run_shows_which_of_its_cards_were_checked(printer, exact):
    run = start(printer, printer.job)["id"]
    blanks = {"numbers": printer.numbers} if printer.numbers else {}
    confirm(printer, printer.job, run, 1, **blanks)
    assert [line["checked"] for line in printer.get(f"/print-runs/{run}")["recordings"]] == [False]
    check(printer, ("c", "good"))
    assert [line["checked"] for line in printer.get(f"/print-runs/{run}")["recordings"]] == [True]
    check(printer, ("c", "bad", None, "damaged"))
    assert printer.get(f"/print-jobs/{printer.job}")["state"] == "printing"
