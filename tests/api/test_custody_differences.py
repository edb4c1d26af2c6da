"""Differences of custody over HTTP: explained, settled by a second person, and told when the books disagree."""

import pytest

from inventory.custody import queries
from inventory.database import current
from tests import shifts
from tests.shifts import OFFICE, STORE, A, adds_up, notices, numbered

pytestmark = pytest.mark.usefixtures("exact")
staff, clerk, body, count = shifts.staff, shifts.clerk, shifts.body, shifts.count
prints = shifts.prints


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
    clerk.post("/receipts", numbered(A))
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
