"""What is in the printer is booked from where it was taken, whoever confirms it and whatever was changed since."""

from __future__ import annotations

import pytest

from tests.api.test_runs import codes, confirm, setting, stages, start
from tests.builders import receipt
from tests.printing import STORE, job_of, recorded, results, stock_of

WALKED = {"client_id": "w", "nik": "1503044205019998", "reason": "lost"}


@pytest.fixture(autouse=True)
def _whole(exact):
    """After each test the books must agree with everything that was said."""


@pytest.fixture(params=["counted", "numbered"])
def printer(calls, request):
    """A printer of 15.03 with ten blanks, by count or A001 to A010, and four people print-ready."""
    caller = calls("printer", "15.03")
    caller.numbered = request.param == "numbered"
    lots = {"lots": [{"intervals": [["A001", "A010"]]}]} if caller.numbered else {}
    calls("clerk", "15.03").post("/receipts", {**receipt(STORE, 10), **lots})
    recorded(caller, "a", "b", "c", "d")
    return caller


@pytest.fixture
def two(calls):
    """Two people who count."""
    admin = calls("admin", "15")
    return [admin.post("/users", {"name": name, "role": "clerk", "office": "15.03"})["id"] for name in ("Sari", "Budi")]


@pytest.fixture
def hand(calls, printer, two):
    """Hand so many of the first blanks to the printer; answers the path of the session."""

    def give(quantity, first=1, holder=None):
        what = {"quantity": quantity}
        if printer.numbered:
            what = {"intervals": [[f"A{first:03}", f"A{first + quantity - 1:03}"]]}
        body = {"store": STORE, "item": "blangko", "holder": (holder or printer).actor.user_id, "needed": 5, **what}
        return f"/custody/{calls('clerk', '15.03').post('/custody', {**body, 'counted_by': two})['id']}"

    return give


def used(printer, first, quantity):
    """The numbers that went through, where the blanks have any."""
    return {"numbers": [f"A{n:03}" for n in range(first, first + quantity)]} if printer.numbered else {}


def begun(caller, *names, **more):
    """A job with its run open."""
    job = job_of(caller, *names, **more)["id"]
    return job, start(caller, job)["id"]


def test_a_session_that_feeds_an_open_run_is_not_closed(printer, calls, hand, two):
    clerk = calls("clerk", "15.03")
    session = hand(2)
    job, run = begun(printer, "a", "b")
    none = {"returned": 0, "counted_by": two, "explanation": "di printer"}
    told = clerk.post(f"{session}/close", none, 409)
    assert (told["code"], told["facts"]["run"], told["facts"]["job"]) == ("session_feeds_run", run, job)
    assert clerk.get(session)["status"] == "open"
    confirm(printer, job, run, 2, **used(printer, 1, 2))
    closed = clerk.post(f"{session}/close", {"returned": 0, "counted_by": two}, 200)
    assert (closed["status"], closed["printed"], closed["missing"]) == ("closed", 2, 0)
    assert stock_of(printer)[:2] == (8, 2)


def test_a_run_from_the_store_or_of_somebody_else_leaves_a_session_alone(printer, calls, hand, two):
    clerk = calls("clerk", "15.03")
    job, run = begun(printer, "a", "b")
    mine, other = hand(2), hand(1, 3, calls("admin", "15.03"))
    for session, back in ((mine, 2), (other, 1)):
        what = back if not printer.numbered else {"intervals": clerk.get(session)["intervals"]}
        assert clerk.post(f"{session}/close", {"returned": what, "counted_by": two}, 200)["status"] == "closed"
    confirm(printer, job, run, 2, **used(printer, 1, 2))
    assert stock_of(printer)[:2] == (8, 2)


@pytest.mark.parametrize("by", ["confirm", "results"])
def test_whoever_confirms_the_blanks_come_from_the_hand_of_who_started(printer, calls, hand, by):
    other = calls("admin", "15.03")
    theirs, mine = hand(3, 4, other), hand(2)
    job, run = begun(printer, "a", "b")
    if by == "confirm":
        confirm(other, job, run, 2, **used(printer, 1, 2))
    else:
        lines = [{"recording": name, "outcome": "printed"} for name in "ab"]
        other.post(f"/print-jobs/{job}/results", {"results": lines, **used(printer, 1, 2)}, 200)
    clerk = calls("clerk", "15.03")
    assert [clerk.get(each)["in_hand"] for each in (mine, theirs)] == [0, 3]
    assert (clerk.get(mine)["printed"], printer.get(f"/print-runs/{run}")["status"]) == (2, "confirmed")


def test_a_run_that_was_fed_from_the_store_stays_so_when_blanks_are_handed_out_meanwhile(printer, calls, hand):
    job, run = begun(printer, "a", "b")
    session = hand(3, 4)
    confirm(printer, job, run, 2, **used(printer, 1, 2))
    assert calls("clerk", "15.03").get(session)["in_hand"] == 3
    assert stock_of(printer)[:2] == (5, 2)


def test_blanks_handed_out_while_a_run_is_open_may_be_used_for_it_too(printer, calls, hand, two):
    clerk = calls("clerk", "15.03")
    first = hand(2)
    job, run = begun(printer, "a", "b")
    second = hand(1, 3)
    assert clerk.post(f"{second}/close", {"returned": 0, "counted_by": two}, 409)["code"] == "session_feeds_run"
    confirm(printer, job, run, 2, spoiled=[{"recording": "a", "reason": "damaged"}], **used(printer, 1, 3))
    assert [clerk.get(each)["in_hand"] for each in (first, second)] == [0, 0]


def test_results_of_who_is_in_the_run_and_who_is_not_come_from_where_each_lay(printer, calls, hand):
    other = calls("admin", "15.03")
    session = hand(2)
    job = job_of(printer, "a", "b", "c")["id"]
    run = start(printer, job, quantity=2)["id"]
    lines = [{"recording": name, "outcome": "printed"} for name in ("a", "c")]
    lines.insert(1, {"recording": "c", "outcome": "spoiled", "reason": "damaged"})
    if printer.numbered:
        for line, number in zip(lines, ("A001", "A005", "A006"), strict=True):
            line["number"] = number
    other.post(f"/print-jobs/{job}/results", {"results": lines}, 200)
    shown = calls("clerk", "15.03").get(session)
    assert (shown["in_hand"], shown["printed"], shown["spoiled"]) == (1, 1, 0)
    assert printer.get(f"/print-runs/{run}")["waiting"] == 1
    confirm(other, job, run, 1, **used(printer, 2, 1))
    assert (stock_of(printer)[:2], printer.get(f"/print-jobs/{job}")["state"]) == ((6, 3), "done")


@pytest.mark.parametrize("printer", ["numbered"], indirect=True)
def test_a_wrong_number_of_a_mixed_report_is_told_at_its_line(calls, hand, printer):
    hand(2)
    job = job_of(printer, "a", "b", "c")["id"]
    start(printer, job, quantity=2)
    lines = [{"recording": name, "outcome": "printed", "number": number}
             for name, number in (("c", "A005"), ("a", "A006"))]  # fmt: skip
    told = calls("admin", "15.03").post(f"/print-jobs/{job}/results", {"results": lines}, 409)
    assert codes(told) == [("/results/1/number", "numbers_elsewhere")]


def list_another(calls):
    calls("admin", "15.03").post("/printers", {"store": STORE, "name": "Evolis"})


def rename(calls):
    [found] = calls("admin", "15.03").get(f"/printers?store={STORE}")["items"]
    calls("admin", "15.03").patch(f"/printers/{found['id']}", {"name": "Fargo lama"})


def change_versions(calls):
    second = {"code": "blangko-2", "name": "B2", "kind": "blank", "family": "blangko", "version": "2"}
    calls("admin", "0").post("/items", {**second, "unit": "keping", "pack_size": 500})
    calls("admin", "15.03").patch(f"/stores/{STORE}", {"prints": ["blangko-2"]})


def want_custody(calls):
    setting(calls, custody_required=True)


@pytest.mark.parametrize("change", [list_another, rename, change_versions, want_custody])
def test_what_is_set_while_a_run_is_open_does_not_hinder_its_count(printer, calls, change):
    if change is rename:
        calls("admin", "15.03").post("/printers", {"store": STORE, "name": "Fargo"})
    job, run = begun(printer, "a", "b", printer="Fargo")
    change(calls)
    if printer.numbered:
        stages(printer, job, run, ("a", "taken", "A001"), ("b", "taken", "A002"))
    results(printer, job, ("a", "printed"))
    assert confirm(printer, job, run, 1)["status"] == "confirmed"
    assert stock_of(printer)[:2] == (8, 2)


def test_somebody_who_walks_in_does_not_get_a_blank_that_is_taken(printer, calls):
    job, run = begun(printer, "a", "b")
    if printer.numbered:
        stages(printer, job, run, ("a", "taken", "A002"))
        body = {"store": STORE, "recording": WALKED, "numbers": ["A001", "A002"],
                "spoiled": ["damaged"]}  # fmt: skip
        told = printer.post("/walk-ins", body, 409)
        assert (told["code"], codes(told)) == ("blank_bound", [("/numbers/1", "blank_bound")])
        assert stock_of(printer)[:2] == (10, 0)
    printer.post("/walk-ins", {"store": STORE, "recording": WALKED, **used(printer, 1, 1)})
    confirm(printer, job, run, 2, **used(printer, 2, 2))
    assert stock_of(printer)[:2] == (7, 3)


def test_a_job_tells_its_recordings_in_the_order_of_printing(printer):
    job = job_of(printer, "c", "a", "d")
    assert [line["client_id"] for line in printer.get(f"/print-jobs/{job['id']}")["recordings"]] == ["c", "a", "d"]


def test_a_draft_that_somebody_picked_does_not_open_once_the_office_prints_by_its_queue(printer, calls):
    picked = job_of(printer, "d", draft=True)["id"]
    setting(calls, queue_only=True)
    assert printer.post(f"/print-jobs/{picked}/open", None, 409)["code"] == "queue_only"
    taken = printer.post("/print-jobs", {"store": STORE, "take": 2, "draft": True})["id"]
    assert printer.post(f"/print-jobs/{taken}/open", None, 200)["status"] == "open"
    setting(calls, queue_only=False)
    assert printer.post(f"/print-jobs/{picked}/open", None, 200)["status"] == "open"
