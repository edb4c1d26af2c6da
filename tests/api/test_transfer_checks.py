"""Four eyes on transfers: who asked does not approve, who approved does not send, who was there gives nothing up."""

import pytest

from tests.builders import receipt

FROM, TO = "15-UTAMA", "15.03-UTAMA"


@pytest.fixture
def people(calls):
    """The province's two people who may approve, its clerk, and others; its limit is 100."""
    made = {
        "admin": calls("admin", "15"),
        "coordinator": calls("coordinator", "15"),
        "clerk": calls("clerk", "15"),
        "regency": calls("clerk", "15.03"),
        "elsewhere": calls("admin", "15.04"),
        "ministry": calls("admin", "0"),
    }
    made["admin"].post("/receipts", receipt(FROM, 1_000))
    made["admin"].patch("/offices/15", {"transfer_check_over": 100})
    return made


def ask(caller, quantity):
    body = {"from_store": FROM, "to_store": TO, "item": "blangko", "quantity": quantity}
    return f"/transfers/{caller.post('/transfers', body)['id']}"


def test_above_the_limit_who_asks_does_not_approve(people, exact):
    path = ask(people["admin"], 101)
    assert people["admin"].post(f"{path}/approve", {}, 403)["code"] == "same_person"
    assert people["elsewhere"].post(f"{path}/approve", {}, 404)["code"] == "transfer_not_found"
    assert people["coordinator"].post(f"{path}/approve", {}, 200)["status"] == "approved"
    small = ask(people["admin"], 100)
    assert people["admin"].post(f"{small}/approve", {"quantity": 101, "reason": "a pack"}, 403)["code"] == "same_person"
    assert people["admin"].post(f"{small}/approve", {}, 200)["status"] == "approved"


def test_above_the_limit_who_approves_does_not_send(people, exact):
    path = ask(people["regency"], 101)
    people["admin"].post(f"{path}/approve", {}, 200)
    for body in ({}, {"quantity": 1}):
        assert people["admin"].post(f"{path}/dispatch", body, 403)["code"] == "same_person"
    assert people["elsewhere"].post(f"{path}/dispatch", {}, 404)["code"] == "transfer_not_found"
    assert people["regency"].post(f"{path}/dispatch", {}, 403)["code"] == "not_this_end"
    assert people["clerk"].post(f"{path}/dispatch", {}, 200)["dispatched"] == 101
    small = ask(people["regency"], 100)
    people["admin"].post(f"{small}/approve", {}, 200)
    people["admin"].post(f"{small}/dispatch", {}, 200)


def test_an_approval_that_was_taken_back_binds_nobody(people, exact):
    path = ask(people["regency"], 101)
    people["admin"].post(f"{path}/approve", {}, 200)
    people["admin"].post(f"{path}/undo", {"reason": "too early"}, 200)
    people["coordinator"].post(f"{path}/approve", {}, 200)
    assert people["coordinator"].post(f"{path}/dispatch", {}, 403)["code"] == "same_person"
    assert people["admin"].post(f"{path}/dispatch", {}, 200)["status"] == "dispatched"


def test_without_a_limit_one_person_may_do_all_of_it(people, exact):
    people["admin"].patch("/offices/15", {"transfer_check_over": None})
    path = ask(people["admin"], 900)
    for step in ("approve", "dispatch"):
        people["admin"].post(f"{path}/{step}", {}, 200)


@pytest.mark.parametrize(("sender", "noter"), [("admin", "regency"), ("clerk", "ministry")])
def test_who_sent_and_who_noted_what_is_missing_do_not_write_it_off(people, sender, noter, exact):
    path = ask(people["regency"], 50)
    people["coordinator"].post(f"{path}/approve", {}, 200)
    people[sender].post(f"{path}/dispatch", {}, 200)
    people[noter].post(f"{path}/receive", {"received": 45, "missing": 5, "reason": "seal broken"}, 200)
    written = {"written_off": 5, "reason": "reported", "police_number": "LP/7"}
    first = people["admin"] if sender == "admin" else people["ministry"]
    assert first.post(f"{path}/resolve", written, 403)["code"] == "same_person"
    assert people["elsewhere"].post(f"{path}/resolve", written, 404)["code"] == "transfer_not_found"
    assert people["coordinator"].post(f"{path}/resolve", written, 200)["written_off"] == 5


def test_an_office_may_let_one_person_write_off(people, exact):
    people["admin"].patch("/offices/15", {"write_off_check": False})
    path = ask(people["regency"], 50)
    for step, body in (("approve", {}), ("dispatch", {})):
        people["admin"].post(f"{path}/{step}", body, 200)
    people["regency"].post(f"{path}/receive", {"received": 45, "missing": 5, "reason": "seal broken"}, 200)
    assert people["admin"].post(f"{path}/resolve", {"written_off": 5, "reason": "gone"}, 200)["written_off"] == 5
