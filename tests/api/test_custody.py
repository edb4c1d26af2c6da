"""Custody for a shift over HTTP: issued, printed from, returned, and every difference settled by a second person."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.access import Role
from inventory.custody import commands as custody
from inventory.custody import queries
from inventory.database import current, transaction
from inventory.people import commands as people
from tests.builders import receipt
from tests.outreach import person, running_event

STORE, OFFICE = "15.03-UTAMA", "15.03"
A = {"intervals": [["JB000001", "JB000100"]]}


@pytest.fixture(autouse=True)
def _whole(exact, app):
    """After each test the ledger and the sessions must agree too."""
    yield
    with app.app_context():
        assert list(queries.differences()) == []


@pytest.fixture
def staff(app, calls):
    """The people of one office: ids of the holder, of counters, and of some who may not be either."""
    with app.app_context():
        admin = people.system_actor()
        made = {
            name: people.add_user(admin, name, Role(role), office)
            for name, role, office in [
                ("first", "clerk", OFFICE),
                ("second", "field", OFFICE),
                ("above", "coordinator", "15"),
                ("elsewhere", "printer", "15.04"),
                ("idle", "printer", OFFICE),
            ]
        }
        with transaction() as session:
            session.execute(sa.text("UPDATE users SET active = :no WHERE id = :id"), {"no": False, "id": made["idle"]})
    return {**made, "holder": calls("printer", OFFICE).actor.user_id}


@pytest.fixture
def clerk(calls):
    found = calls("clerk", OFFICE)
    found.post("/receipts", receipt(STORE, 100))
    return found


@pytest.fixture
def body(staff):
    """The body of an issue, with changes."""

    def make(quantity=50, **more):
        said = {"store": STORE, "item": "blangko", "holder": staff["holder"], "needed": 50, "quantity": quantity,
                "counted_by": [staff["first"], staff["second"]], **more}  # fmt: skip
        return {name: value for name, value in said.items() if value is not ...}

    return make


@pytest.fixture
def count(staff):
    """The body of a close, with changes."""

    def make(returned=..., **more):
        said = {"returned": returned, "counted_by": [staff["first"], staff["second"]], **more}
        return {name: value for name, value in said.items() if value is not ...}

    return make


@pytest.fixture
def prints(calls):
    """`prints("p", "s", ...)`: the holder prints (p) or spoils (s) a blank each; answers the job's path."""
    holder, names = calls("printer", OFFICE), (f"r{n}" for n in range(10_000))

    def make(*outcomes, store=STORE, numbers=(), by=holder):
        ids = [next(names) for _ in outcomes]
        holder.post("/recordings", {"recordings": [person(i) for i in ids]})
        job = by.post("/print-jobs", {"store": store, "recordings": ids})["id"]
        results = [
            {"recording": i, "outcome": "printed"} if told == "p"
            else {"recording": i, "outcome": "spoiled", "reason": "print_failure"}
            for i, told in zip(ids, outcomes, strict=True)
        ]  # fmt: skip
        for result, number in zip(results, numbers, strict=False):
            result["number"] = number
        by.post(f"/print-jobs/{job}/results", {"results": results}, 200)
        return f"/print-jobs/{job}", ids

    return make


def notices(caller):
    found = caller.get("/notices?kind=custody_difference")["items"]
    return {each["subject"]: each["facts"] for each in found}


def adds_up(session):
    waiting = session["in_hand"] if session["status"] == "open" else session["missing"]
    return session["issued"] == session["printed"] + session["spoiled"] + (session["returned"] or 0) + waiting


def test_a_shift_from_issue_to_return(calls, clerk, body, count, prints, staff):
    made = clerk.post("/custody", body())
    assert (made["status"], made["issued"], made["in_hand"], made["holder"]) == ("open", 50, 50, staff["holder"])
    assert made["counted_by"] == [staff["first"], staff["second"]]
    there = clerk.stock(STORE)
    assert (there["on_hand"], there["in_custody"]) == (50, 50)
    prints("p", "p", "s", "p")
    open_now = clerk.get(f"/custody/{made['id']}")
    assert (open_now["printed"], open_now["spoiled"], open_now["in_hand"]) == (3, 1, 46)
    closed = clerk.post(f"/custody/{made['id']}/close", count(46, printer_count=4, siak_count=3), 200)
    assert (closed["status"], closed["returned"], closed["missing"], closed["surplus"]) == ("closed", 46, 0, 0)
    assert closed["compared"] == {"printer": 0, "siak": 0}
    assert closed["closed_at"] is not None
    assert adds_up(closed)
    there = clerk.stock(STORE)
    assert (there["on_hand"], there["in_custody"], there["printed"], there["spoiled"]) == (96, 0, 3, 1)
    assert notices(calls("admin", OFFICE)) == {}


def test_several_issues_of_one_day_are_drawn_oldest_first(clerk, body, count, prints):
    first, second = clerk.post("/custody", body(3))["id"], clerk.post("/custody", body(10))["id"]
    prints("p", "p", "p", "p", "s")
    one, other = clerk.get(f"/custody/{first}"), clerk.get(f"/custody/{second}")
    assert (one["printed"], one["spoiled"], one["in_hand"]) == (3, 0, 0)
    assert (other["printed"], other["spoiled"], other["in_hand"]) == (1, 1, 8)
    assert [each["id"] for each in clerk.get("/custody?status=open")["items"]] == [first, second]
    closed = clerk.post(f"/custody/{first}/close", count(0), 200)
    assert (closed["status"], adds_up(closed)) == ("closed", True)
    assert adds_up(clerk.get(f"/custody/{second}"))


def test_an_undone_card_goes_back_into_the_hand_that_it_came_from(calls, clerk, body, count, prints):
    made = clerk.post("/custody", body(5))["id"]
    path, ids = prints("p", "p")
    calls("printer", OFFICE).post(f"{path}/undo", {"recording": ids[1], "reason": "salah orang"}, 200)
    there = clerk.get(f"/custody/{made}")
    assert (there["printed"], there["in_hand"]) == (1, 4)
    assert clerk.post(f"/custody/{made}/close", count(4), 200)["status"] == "closed"


def test_what_is_missing_stays_open_and_tells_until_a_second_person_writes_it_off(calls, clerk, body, count, prints):
    chief = calls("coordinator", OFFICE)
    made = clerk.post("/custody", body(10))["id"]
    prints("p", "s")
    path = f"/custody/{made}"
    disputed = clerk.post(f"{path}/close", count(5), 200)
    assert (disputed["status"], disputed["returned"], disputed["missing"]) == ("disputed", 5, 3)
    assert adds_up(disputed)
    assert notices(chief)[made] == {
        "store": STORE, "item": "blangko", "holder": disputed["holder"], "missing": 3, "surplus": 0,
        "explained": False, "printer": None, "siak": None,
    }  # fmt: skip
    assert clerk.stock(STORE)["in_custody"] == 3
    assert chief.post(f"{path}/approve", {}, 409)["code"] == "custody_unexplained"
    found = clerk.post(f"{path}/close", count(1), 200)
    assert (found["status"], found["returned"], found["missing"]) == ("disputed", 6, 2)
    told = clerk.post(f"{path}/close", {"explanation": "jatuh di jalan"}, 200)
    assert (told["status"], told["missing"], told["explanation"]) == ("disputed", 2, "jatuh di jalan")
    assert notices(chief)[made]["explained"] is True
    settled = chief.post(f"{path}/approve", {}, 200)
    assert (settled["status"], settled["missing"], settled["in_hand"]) == ("closed", 2, 0)
    assert settled["approved_by"] == chief.actor.user_id
    assert adds_up(settled)
    assert clerk.stock(STORE)["lost"] == 2
    assert notices(chief) == {}
    assert chief.post(f"{path}/approve", {}, 409)["code"] == "custody_not_waiting"
    assert clerk.post(f"{path}/close", count(1), 409)["code"] == "custody_closed"


def test_a_disputed_session_is_explained_with_the_explanation_alone_and_every_refusal_says_so(
    calls, clerk, body, count
):
    chief, why = calls("coordinator", OFFICE), {"explanation": "jatuh di jalan"}
    alone = "isi penjelasannya saja"
    path = f"/custody/{clerk.post('/custody', body(10))['id']}"
    first = count(8)
    clerk.post(f"{path}/close", first, 200)
    told = chief.post(f"{path}/approve", {}, 409)
    assert told["code"] == "custody_unexplained"
    assert "petugas gudang menjelaskannya dulu" in told["detail"]
    assert alone in clerk.post(f"{path}/close", first | why, 409)["detail"]
    assert clerk.post(f"{path}/close", {"returned": 0}, 422)["code"] == "not_two_people"
    explained = clerk.post(f"{path}/close", {"returned": 0, **why}, 200)
    assert (explained["status"], explained["missing"], explained["explanation"]) == ("disputed", 2, why["explanation"])
    assert chief.post(f"{path}/approve", {}, 200)["status"] == "closed"
    clerk.post("/receipts", _numbered(A))
    path = f"/custody/{clerk.post('/custody', body(..., intervals=[['JB000001', 'JB000010']]))['id']}"
    first = count({"intervals": [["JB000001", "JB000008"]]})
    clerk.post(f"{path}/close", first, 200)
    lost = {"store": STORE, "item": "blangko", "numbers": ["JB000009"], "reason": "hilang"}
    assert "Tidak berada di 15.03-UTAMA (blangko): JB000009." in clerk.post("/losses", lost, 409)["detail"]
    again = clerk.post(f"{path}/close", first | why, 409)
    assert (again["code"], alone in again["detail"]) == ("numbers_elsewhere", True)
    assert clerk.post(f"{path}/close", why, 200)["explanation"] == why["explanation"]


def test_a_surplus_is_not_withdrawn_by_one_person_alone(clerk, body, count):
    path = f"/custody/{clerk.post('/custody', body(10))['id']}/close"
    assert clerk.post(path, count(11), 200)["surplus"] == 1
    refused = clerk.post(path, {"returned": 0, "explanation": "salah hitung"}, 422)
    assert refused["code"] == "not_two_people"


def test_all_found_later_closes_without_anybody_else(calls, clerk, body, count):
    made = clerk.post("/custody", body(10))["id"]
    clerk.post(f"/custody/{made}/close", count(8, explanation="dicari"), 200)
    more = clerk.post(f"/custody/{made}/close", count(3), 409)
    assert (more["code"], more["facts"]["missing"]) == ("custody_more_than_missing", 2)
    closed = clerk.post(f"/custody/{made}/close", count(2), 200)
    assert (closed["status"], closed["returned"], closed["missing"]) == ("closed", 10, 0)
    assert notices(calls("admin", OFFICE)) == {}
    assert clerk.stock(STORE)["on_hand"] == 100


def test_an_office_may_do_without_the_second_person(calls, clerk, body, count):
    calls("admin", OFFICE).patch(f"/offices/{OFFICE}", {"write_off_check": False})
    made = clerk.post("/custody", body(10))["id"]
    assert clerk.post(f"/custody/{made}/close", count(8), 200)["status"] == "disputed"
    closed = clerk.post(f"/custody/{made}/close", {"explanation": "hilang"}, 200)
    assert (closed["status"], closed["missing"], closed["approved_by"]) == ("closed", 2, None)
    assert clerk.stock(STORE)["lost"] == 2
    more = clerk.post("/custody", body(10))["id"]
    closed = clerk.post(f"/custody/{more}/close", count(11, explanation="terselip dari kemarin"), 200)
    assert (closed["status"], closed["surplus"]) == ("closed", 1)
    assert clerk.stock(STORE)["on_hand"] == 99
    assert notices(calls("admin", OFFICE)) == {}


def test_a_surplus_is_explained_approved_and_booked_or_withdrawn(calls, clerk, body, count):
    chief = calls("coordinator", OFFICE)
    made = clerk.post("/custody", body(10))["id"]
    over = clerk.post(f"/custody/{made}/close", count(12), 200)
    assert (over["status"], over["returned"], over["missing"], over["surplus"]) == ("disputed", 10, 0, 2)
    assert (clerk.stock(STORE)["on_hand"], notices(chief)[made]["surplus"]) == (100, 2)
    assert chief.post(f"/custody/{made}/approve", {}, 409)["code"] == "custody_unexplained"
    clerk.post(f"/custody/{made}/close", {"explanation": "terselip"}, 200)
    assert chief.post(f"/custody/{made}/approve", {"reason": "dilihat sendiri"}, 200)["status"] == "closed"
    assert clerk.stock(STORE)["on_hand"] == 102
    wrong = clerk.post("/custody", body(10))["id"]
    assert clerk.post(f"/custody/{wrong}/close", count(11), 200)["surplus"] == 1
    again = clerk.post(f"/custody/{wrong}/close", count(0), 200)
    assert (again["status"], again["returned"], again["surplus"]) == ("closed", 10, 0)
    assert (clerk.stock(STORE)["on_hand"], notices(chief)) == (102, {})


def test_the_counters_of_the_day_are_compared_told_and_taken_note_of(calls, clerk, body, count, prints):
    chief = calls("coordinator", OFFICE)
    made = clerk.post("/custody", body(10))["id"]
    prints("p", "p", "s")
    closed = clerk.post(f"/custody/{made}/close", count(7, printer_count=5, siak_count=1), 200)
    assert (closed["status"], closed["compared"]) == ("closed", {"printer": 2, "siak": -1})
    facts = notices(chief)[made]
    assert (facts["missing"], facts["printer"], facts["siak"]) == (0, 2, -1)
    assert clerk.post(f"/custody/{made}/approve", {}, 403)["code"] == "not_permitted"
    noted = chief.post(f"/custody/{made}/approve", {}, 200)
    assert (noted["approved_by"], noted["in_hand"]) == (chief.actor.user_id, 0)
    assert notices(chief) == {}
    assert chief.post(f"/custody/{made}/approve", {}, 409)["code"] == "custody_not_waiting"


SECOND = {"the holder": "holder_may_not", "who closed": "same_person", "who counted": "same_person"}


@pytest.mark.parametrize("who", SECOND)
def test_the_second_person_is_somebody_else(app, calls, clerk, body, count, staff, who):
    chief = calls("admin", OFFICE)
    me = chief.actor.user_id
    issued = clerk.post("/custody", body(10, holder=me) if who == "the holder" else body(10))["id"]
    path = f"/custody/{issued}"
    counted = [staff["first"], me] if who == "who counted" else [staff["first"], staff["second"]]
    closer = chief if who == "who closed" else clerk
    closer.post(f"{path}/close", count(8, counted_by=counted), 200)
    told = clerk.post(f"{path}/close", {"explanation": "hilang"}, 200)
    assert told["closed_by"] == clerk.actor.user_id
    assert chief.post(f"{path}/approve", {}, 403)["code"] == SECOND[who]
    assert calls("coordinator", "15.04").post(f"{path}/approve", {}, 404)["code"] == "custody_not_found"
    assert clerk.stock(STORE)["lost"] == 0
    assert calls("coordinator", "15").post(f"{path}/approve", {}, 200)["status"] == "closed"


ISSUES = {
    "nobody holds": (lambda s: {"holder": 999_999}, 422, "holder_may_not_print"),
    "a clerk holds": (lambda s: {"holder": s["above"]}, 422, "holder_may_not_print"),
    "somebody of another office holds": (lambda s: {"holder": s["elsewhere"]}, 422, "holder_may_not_print"),
    "somebody who left holds": (lambda s: {"holder": s["idle"]}, 422, "holder_may_not_print"),
    "the holder counts": (lambda s: {"counted_by": [s["first"], s["holder"]]}, 422, "holder_counts"),
    "one person counts twice": (lambda s: {"counted_by": [s["first"]] * 2}, 422, "not_two_people"),
    "one person counts": (lambda s: {"counted_by": [s["first"]]}, 422, "not_two_people"),
    "three people count": (lambda s: {"counted_by": [s["first"], s["second"], s["above"]]}, 422, "not_two_people"),
    "somebody of another office counts": (
        lambda s: {"counted_by": [s["first"], s["elsewhere"]]}, 422, "counter_unknown",
    ),
    "somebody who left counts": (lambda s: {"counted_by": [s["first"], s["idle"]]}, 422, "counter_unknown"),
    "more than needed": (lambda s: {"quantity": 51}, 422, "custody_reason_needed"),
    "more than there is": (lambda s: {"quantity": 101, "reason": "x"}, 409, "stock_insufficient"),
    "numbers nobody has": (lambda s: {"quantity": ..., **A, "reason": "x"}, 409, "numbers_unknown"),
    "ribbons": (lambda s: {"item": "ribbon"}, 422, "custody_of_blanks_only"),
    "no item": (lambda s: {"item": "kartu"}, 404, "item_not_found"),
    "an event from the main store": (lambda s: {"event": 7}, 422, "custody_from_its_kit"),
    "no store": (lambda s: {"store": "15.03-X"}, 404, "store_not_found"),
    "a store of another office": (lambda s: {"store": "15.04-UTAMA"}, 404, "store_not_found"),
    "a field too many": (lambda s: {"quantty": 5}, 422, "body_invalid"),
    "nothing": (lambda s: {"quantity": 0}, 422, "body_invalid"),
    "less than nothing": (lambda s: {"quantity": -5}, 422, "body_invalid"),
    "a huge number": (lambda s: {"quantity": 10**12}, 422, "body_invalid"),
    "a count and numbers": (lambda s: A, 422, "body_invalid"),
    "nothing needed": (lambda s: {"needed": 0}, 422, "body_invalid"),
    "nobody counts": (lambda s: {"counted_by": []}, 422, "body_invalid"),
    "tomorrow": (lambda s: {"occurred_on": "2999-01-01"}, 422, "date_in_future"),
    "long ago": (lambda s: {"occurred_on": "2020-01-01"}, 422, "date_too_old"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", ISSUES)
def test_what_is_not_issued(clerk, body, staff, wrong):
    change, status, code = ISSUES[wrong]
    assert clerk.post("/custody", body(**change(staff)), status)["code"] == code
    assert (clerk.stock(STORE)["in_custody"], clerk.get("/custody")["items"]) == (0, [])


def test_all_counters_that_nobody_knows_are_named(clerk, body, staff):
    refused = clerk.post("/custody", body(counted_by=[staff["elsewhere"], 999_999]), 422)
    assert [each["pointer"] for each in refused["errors"]] == ["/counted_by/0", "/counted_by/1"]
    assert refused["code"] == "counter_unknown"
    assert f"{staff['elsewhere']}, 999999" in refused["detail"]


def test_more_than_needed_is_issued_with_a_reason_and_counted_by_somebody_above(clerk, body, staff):
    made = clerk.post("/custody", body(60, reason="sekolah besok", counted_by=[staff["first"], staff["above"]]))
    assert (made["issued"], made["needed"], made["reason"]) == (60, 50, "sekolah besok")


CLOSES = {
    "no count": ({}, 422, "not_two_people"),
    "nothing said": ({"returned": ..., "counted_by": ...}, 422, "return_not_counted"),
    "numbers of a session without": ({"returned": A}, 409, "custody_has_no_numbers"),
    "numbers that are none": ({"returned": {"numbers": ["tidak"]}}, 422, "number_unreadable"),
    "less than nothing": ({"returned": -1}, 422, "body_invalid"),
    "text": ({"returned": "lima"}, 422, "body_invalid"),
    "a counter below zero": ({"printer_count": -1}, 422, "body_invalid"),
    "a field too many": ({"retruned": 1}, 422, "body_invalid"),
    "tomorrow": ({"occurred_on": "2999-01-01"}, 422, "date_in_future"),
    "before it was issued": ({"occurred_on": "yesterday"}, 409, "stock_short_on_day"),
}


@pytest.mark.parametrize("wrong", CLOSES)
def test_what_is_not_taken_back(clerk, body, count, staff, wrong):
    change, status, code = CLOSES[wrong]
    made = clerk.post("/custody", body(10))
    said = {"returned": 10, **change}
    if wrong == "no count":
        said["counted_by"] = ...
    if said.get("occurred_on") == "yesterday":
        said["occurred_on"] = (clock.now() - timedelta(days=2)).date().isoformat()
    assert clerk.post(f"/custody/{made['id']}/close", count(**said), status)["code"] == code
    assert clerk.get(f"/custody/{made['id']}") == made


def test_the_return_is_counted_by_two_others_than_the_holder(clerk, body, count, staff):
    path = f"/custody/{clerk.post('/custody', body(10))['id']}/close"
    for counted_by, code in [
        ([staff["first"], staff["holder"]], "holder_counts"),
        ([staff["first"], staff["first"]], "not_two_people"),
        ([staff["first"], staff["elsewhere"]], "counter_unknown"),
    ]:
        assert clerk.post(path, count(10, counted_by=counted_by), 422)["code"] == code
    assert clerk.post(path, count(10, counted_by=[staff["second"], staff["above"]]), 200)["status"] == "closed"


@pytest.mark.parametrize(
    ("role", "office", "status", "code"),
    [
        ("printer", OFFICE, 403, "not_permitted"),
        ("coordinator", OFFICE, 403, "not_permitted"),
        ("inspector", OFFICE, 403, "not_permitted"),
        ("clerk", "15.04", 404, "custody_not_found"),
    ],
)
def test_who_may_not_move_it(calls, clerk, body, count, role, office, status, code):
    made, other = clerk.post("/custody", body(10))["id"], calls(role, office)
    assert other.post(f"/custody/{made}/close", count(10), status)["code"] == code
    asked = other.post("/custody", body(10), status)["code"]
    assert asked == code.replace("custody_not_found", "store_not_found")
    assert clerk.stock(STORE)["in_custody"] == 10
    assert clerk.post("/custody/999/close", count(10), 404)["code"] == "custody_not_found"


def test_who_sees_it(calls, clerk, body):
    made = clerk.post("/custody", body(10))["id"]
    assert calls("inspector", "15").get(f"/custody/{made}")["id"] == made
    assert calls("admin", "15.04").get(f"/custody/{made}", 404)["code"] == "custody_not_found"
    assert calls("admin", "15.04").get("/custody")["items"] == []
    assert calls("admin", "15.04").get(f"/custody?office={OFFICE}", 403)["code"] == "out_of_reach"
    assert calls("admin", "15.04").get(f"/custody?store={STORE}", 404)["code"] == "store_not_found"
    assert clerk.get("/custody/999", 404)["code"] == "custody_not_found"


def test_the_same_key_does_it_once(calls, clerk, body, count):
    made = clerk.post("/custody", body(10), key="pagi")
    assert clerk.post("/custody", body(10), key="pagi") == made
    assert clerk.post("/custody", body(11), 409, key="pagi")["code"] == "idempotency_key_reused"
    assert clerk.post("/custody", body(10), 400, key=None)["code"] == "idempotency_key_missing"
    path = f"/custody/{made['id']}"
    once = clerk.post(f"{path}/close", count(8, explanation="hilang"), 200, key="sore")
    assert clerk.post(f"{path}/close", count(8, explanation="hilang"), 200, key="sore") == once
    chief = calls("coordinator", OFFICE)
    settled = chief.post(f"{path}/approve", {}, 200, key="malam")
    assert chief.post(f"{path}/approve", {}, 200, key="malam") == settled
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)["lost"]) == (98, 2)


def test_who_has_not_given_account_of_yesterday_gets_nothing_more(clerk, body, count, staff, calls):
    today = clock.now()
    with clock.telling(today - timedelta(days=1)):
        made = clerk.post("/custody", body(10))
    assert (made["overdue"], clerk.get(f"/custody/{made['id']}")["overdue"]) == (False, True)
    for status in ("open", "disputed"):
        refused = clerk.post("/custody", body(5), 409)
        assert (refused["code"], refused["facts"]["session"]) == ("custody_unfinished", made["id"])
        [late] = clerk.get("/custody?overdue=true")["items"]
        assert (late["id"], late["status"]) == (made["id"], status)
        assert clerk.get("/custody?overdue=false")["items"] == []
        if status == "open":
            clerk.post(f"/custody/{made['id']}/close", count(9), 200)
    other = calls("admin", OFFICE).actor.user_id
    assert clerk.post("/custody", body(5, holder=other))["overdue"] is False
    clerk.post(f"/custody/{made['id']}/close", count(1), 200)
    fresh = clerk.post("/custody", body(5))["id"]
    assert clerk.get("/custody?overdue=true")["items"] == []
    assert {each["id"] for each in clerk.get(f"/custody?holder={staff['holder']}&status=open")["items"]} == {fresh}


def test_a_session_of_an_earlier_day_is_told_until_it_is_closed(app, calls, clerk, body, count):
    chief = calls("coordinator", OFFICE)
    with clock.telling(clock.now() - timedelta(days=1)):
        made, other = clerk.post("/custody", body(10)), clerk.post("/custody", body(5))["id"]
    fresh = clerk.post("/custody", body(5, holder=calls("admin", OFFICE).actor.user_id))["id"]

    def told():
        with app.app_context():
            found = custody.tell_overdue()
        items = chief.get("/notices?kind=custody_overdue")["items"]
        assert found == len(items)
        return {each["subject"]: each["facts"] for each in items}

    assert chief.get("/notices?kind=custody_overdue")["items"] == []
    assert set(told()) == {made["id"], other}
    clerk.post(f"/custody/{made['id']}/close", count(9), 200)
    assert told()[made["id"]] == {
        "store": STORE, "item": "blangko", "holder": made["holder"], "opened_on": made["opened_on"],
        "status": "disputed",
    }  # fmt: skip
    assert fresh not in told()
    clerk.post(f"/custody/{made['id']}/close", count(1), 200)
    clerk.post(f"/custody/{other}/close", count(4, explanation="hilang"), 200)
    chief.post(f"/custody/{other}/approve", {}, 200)
    assert chief.get("/notices?kind=custody_overdue")["items"] == []
    assert told() == {}
    assert calls("coordinator", "15.04").get("/notices")["items"] == []


def test_numbers_are_followed_into_the_hand_and_back(calls, clerk, body, count, prints):
    clerk.post("/receipts", _numbered(A))
    made = clerk.post("/custody", body(..., intervals=[["JB000001", "JB000010"]]))
    assert (made["intervals"], made["issued"]) == ([["JB000001", "JB000010"]], 10)
    prints("p", "s", numbers=["JB000002", "JB000003"])
    path = f"/custody/{made['id']}"
    assert clerk.get(path)["intervals"] == [["JB000001", "JB000001"], ["JB000004", "JB000010"]]
    assert clerk.post(f"{path}/close", count(5), 409)["code"] == "numbers_needed"
    assert clerk.post(f"{path}/close", count(9), 409)["code"] == "numbers_needed"
    printed = clerk.post(f"{path}/close", count({"numbers": ["JB000001", "JB000002", "JB000050"]}), 409)
    assert printed["code"] == "numbers_elsewhere"
    assert [(e["pointer"], e["code"]) for e in printed["errors"]] == [
        ("/returned/numbers/1", "numbers_elsewhere"), ("/returned/numbers/2", "numbers_elsewhere"),
    ]  # fmt: skip
    some = {"intervals": [["JB000004", "JB000008"], ["JB000900", "JB000901"]]}
    disputed = clerk.post(f"{path}/close", count(some), 200)
    assert (disputed["returned"], disputed["missing"], disputed["surplus"]) == (5, 3, 2)
    assert disputed["missing_intervals"] == [["JB000001", "JB000001"], ["JB000009", "JB000010"]]
    assert disputed["surplus_intervals"] == [["JB000900", "JB000901"]]
    late = clerk.post(f"{path}/close", count({"numbers": ["JB000008"]}), 409)
    assert (late["code"], late["errors"][0]["pointer"]) == ("numbers_elsewhere", "/returned/numbers/0")
    found = clerk.post(f"{path}/close", count({"numbers": ["JB000009"]}, explanation="tertinggal"), 200)
    assert (found["returned"], found["missing"], found["surplus"]) == (6, 2, 2)
    assert found["missing_intervals"] == [["JB000001", "JB000001"], ["JB000010", "JB000010"]]
    settled = calls("coordinator", OFFICE).post(f"{path}/approve", {}, 200)
    assert (settled["status"], settled["intervals"]) == ("closed", [])
    assert settled["missing_intervals"] == found["missing_intervals"]
    again = clerk.post("/custody", body(..., intervals=[["JB000004", "JB000009"], ["JB000900", "JB000901"]]))
    closed = clerk.post(f"/custody/{again['id']}/close", count(8), 200)
    assert (closed["status"], closed["missing_intervals"]) == ("closed", [])
    assert clerk.post("/custody", body(..., numbers=["JB000010"]), 409)["code"] == "numbers_elsewhere"


def _numbered(numbers):
    return {name: value for name, value in receipt(STORE, 0, **numbers).items() if name != "quantity"}


def test_nothing_of_a_numbered_session_may_come_back(calls, clerk, body, count):
    clerk.post("/receipts", _numbered(A))
    made = clerk.post("/custody", body(..., numbers=["JB000007"]))["id"]
    disputed = clerk.post(f"/custody/{made}/close", count(0), 200)
    assert (disputed["missing"], disputed["missing_intervals"]) == (1, [["JB000007", "JB000007"]])
    assert clerk.post("/custody", body(..., numbers=["JB000007"]), 409)["code"] == "numbers_elsewhere"


def test_where_custody_is_required_nothing_is_printed_without_it(calls, clerk, body):
    calls("admin", OFFICE).patch(f"/offices/{OFFICE}", {"custody_required": True})
    holder = calls("printer", OFFICE)
    holder.post("/recordings", {"recordings": [person("a")]})
    job = f"/print-jobs/{holder.post('/print-jobs', {'store': STORE, 'recordings': ['a']})['id']}/results"
    results = {"results": [{"recording": "a", "outcome": "printed"}]}
    assert holder.post(job, results, 409)["code"] == "custody_needed"
    made = clerk.post("/custody", body(1))["id"]
    holder.post(job, results, 200)
    assert clerk.get(f"/custody/{made}")["printed"] == 1


def test_a_kit_hands_out_the_blanks_of_several_owners_and_takes_them_back(calls, app, clerk, body, count, prints):
    host, province = calls("admin", OFFICE), calls("admin", "15")
    province.post("/receipts", receipt("15-UTAMA", 100))
    event = host.post("/events", {
        "name": "Gotong royong", "kind": "village", "host_office": OFFICE, "starts_on": "2019-04-04",
        "ends_on": "2019-04-05", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    kit = event["store"]
    for giver, store in ((host, STORE), (province, "15-UTAMA")):
        giver.post(f"/events/{event['id']}/pledges", {"store": store, "item": "blangko", "quantity": 10})
    host.post(f"/events/{event['id']}/start", {}, 200)
    assert host.post("/custody", body(15, store=kit, event=event["id"] + 1), 422)["code"] == "custody_from_its_kit"
    made = host.post("/custody", body(15, store=kit, event=event["id"]))
    assert (made["event"], host.stock(kit)["in_custody"]) == (event["id"], 15)
    prints("p", "p", "p", store=kit)
    path = f"/custody/{made['id']}"
    disputed = host.post(f"{path}/close", count(11, explanation="hilang"), 200)
    assert (disputed["missing"], adds_up(disputed)) == (1, True)
    calls("coordinator", OFFICE).post(f"{path}/approve", {}, 200)
    rows = host.get(f"/stock?store={kit}&include=ends")["items"]
    left = {row["owner"]: (row["on_hand"], row["printed"], row["lost"]) for row in rows}
    assert left == {OFFICE: (6, 3, 1), "15": (10, 0, 0)}


def test_an_event_ends_when_every_hand_is_empty_and_its_settlement_tells_what_became_of_it(calls, clerk, body, count):
    host, chief = calls("admin", OFFICE), calls("coordinator", OFFICE)
    event = host.post("/events", {
        "name": "Gotong royong", "kind": "village", "host_office": OFFICE, "starts_on": "2019-04-04",
        "ends_on": "2019-04-05", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    path, kit = f"/events/{event['id']}", event["store"]
    host.post(f"{path}/pledges", {"store": STORE, "item": "blangko", "quantity": 10})
    host.post(f"{path}/start", {}, 200)
    for returned, missing in ((7, 0), (4, 1)):
        made = host.post("/custody", body(5, store=kit))["id"]
        host.post(f"/custody/{made}/close", count(returned, explanation="dicatat"), 200)
        assert host.post(f"{path}/close", {}, 409)["facts"]["sessions"] == str(made)
        assert chief.post(f"/custody/{made}/approve", {}, 200)["missing"] == missing
    made = host.post("/custody", body(5, store=kit))["id"]
    [line] = host.get(f"{path}/settlement")["owners"]
    assert (line["brought"], line["returned"], line["missing"]) == (12, 11, 1)
    host.post(f"/custody/{made}/close", count(5), 200)
    host.post(f"{path}/close", {}, 200)
    [line] = host.get(f"{path}/settlement")["owners"]
    assert (line["brought"], line["returned"], line["missing"]) == (12, 11, 1)


def test_members_of_an_event_hold_and_see_the_blanks_of_its_kit(app, calls, body, count, staff):
    event, guest, clerk = running_event(app, OFFICE), calls("printer", "15.04"), calls("clerk", OFFICE)
    clerk.post("/receipts", receipt(event.store, 10))
    asked = body(5, store=event.store, holder=guest.actor.user_id)
    assert clerk.post("/custody", asked, 422)["code"] == "holder_may_not_print"
    event.let_in(guest)
    made = clerk.post("/custody", asked)["id"]
    assert [each["id"] for each in guest.get("/custody")["items"]] == [made]
    assert guest.get(f"/custody/{made}")["in_hand"] == 5
    with app.app_context():
        assert queries.unfinished_in(event.store) == [made]
    boss = calls("coordinator", "15.04")
    event.let_in(boss)
    assert boss.post(f"/custody/{made}/approve", {}, 404)["code"] == "custody_not_found"  # that is the host's
    clerk.post(f"/custody/{made}/close", count(5), 200)
    with app.app_context():
        assert queries.unfinished_in(event.store) == []


def test_a_list_takes_as_many_statements_for_many_sessions_as_for_one(clerk, body, prints, statements):
    for _ in range(3):
        clerk.post("/custody", body(10))
    prints("p", "s")
    with statements.within(7):
        found = clerk.get("/custody?limit=2")
    assert len(found["items"]) == 2
    assert len(clerk.get(f"/custody?cursor={found['next']}")["items"]) == 1


TAMPERINGS = {
    "a session that was issued more": ("UPDATE custody_sessions SET issued = issued + 1",
                                       "it says 11 issued, 8 returned, 0 written off; the ledger has 10, 8, 0"),
    "a session that got more back": ("UPDATE custody_sessions SET returned = returned + 1", "it says 10 issued, 9"),
    "a session that misses less": ("UPDATE custody_sessions SET missing = 1",
                                   "1 are missing, the ledger has 2 in the hand"),
    "a session of another store": ("UPDATE custody_sessions SET item_code = 'ribbon'",
                                   "the ledger has 2 blangko of 15.03-UTAMA in a hand, no open session says so"),
}  # fmt: skip


def differences_after(app, statement):
    """What is found after the database was changed behind the service's back, and before that is taken back."""
    with app.app_context():
        connection = current().connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql(statement)
        found = list(queries.differences())
        current().rollback()
    return found


@pytest.mark.parametrize(("statement", "said"), TAMPERINGS.values(), ids=list(TAMPERINGS))
def test_each_difference_between_sessions_and_ledger_is_one_sentence(app, clerk, body, count, statement, said):
    made = clerk.post("/custody", body(10))["id"]
    clerk.post(f"/custody/{made}/close", count(8), 200)
    [sentence] = differences_after(app, statement)
    assert sentence.startswith(f"custody session {made}: ")
    assert said in sentence


def test_a_closed_session_holds_nothing(app, clerk, body, count):
    made = clerk.post("/custody", body(10))["id"]
    clerk.post(f"/custody/{made}/close", count(8), 200)
    found = differences_after(app, "UPDATE custody_sessions SET status = 'closed'")
    assert len(found) == 2
    assert "no open session says so" in found[0]
