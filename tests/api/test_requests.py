"""Requests over REST: asked, held, lifted, decided; and the share that each supplier grants."""

from datetime import timedelta

import pytest

from inventory import clock
from inventory.requests import queries
from tests.builders import receipt

TO = "15.03-UTAMA"


def day(days=30):
    return (clock.business_day("Asia/Jakarta") + timedelta(days)).isoformat()


def wish(quantity=1_000, **more):
    return {"to_store": TO, "item": "blangko", "quantity": quantity, **more}


@pytest.fixture(autouse=True)
def _whole(exact, app):
    """After each test the ledger and the requests must agree."""
    yield
    with app.app_context():
        assert list(queries.differences()) == []


@pytest.fixture
def regency(calls):
    return calls("clerk", "15.03")


@pytest.fixture
def province(calls):
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 10_000))
    return calls("coordinator", "15")


def ask(caller, quantity=1_000, **more):
    return f"/requests/{caller.post('/requests', wish(quantity, **more))['id']}"


def grant(province, path, **more):
    return province.post(f"{path}/decide", {"approve": True, **more}, 200)


def sent(province, regency, quantity, **more):
    """A transfer under way to the regency."""
    body = {"from_store": "15-UTAMA", "to_store": TO, "item": "blangko", "quantity": quantity, **more}
    path = f"/transfers/{regency.post('/transfers', body)['id']}"
    province.post(f"{path}/approve", {}, 200)
    province.post(f"{path}/dispatch", {}, 200)
    return path


def test_asked_approved_sent_and_received_are_four_numbers(regency, province):
    made = regency.post("/requests", wish(10_000, needed_on=day(), reason="only 40 left"))
    assert (made["status"], made["supplier"], made["asked"], made["approved"], made["sent"], made["received"]) == (
        "asked", "15", 10_000, None, None, 0,
    )  # fmt: skip
    path = f"/requests/{made['id']}"
    done = grant(province, path, quantity=2_000, reason="all regencies run low")
    assert (done["status"], done["asked"], done["approved"], done["transfer_status"]) == (
        "approved", 10_000, 2_000, "approved",
    )  # fmt: skip
    transfer = f"/transfers/{done['transfer']}"
    row = regency.get(transfer)
    assert (row["requested"], row["approved"], row["from_store"], row["expected_on"]) == (
        10_000, 2_000, "15-UTAMA", day(),
    )  # fmt: skip
    province.post(f"{transfer}/dispatch", {"quantity": 1_900}, 200)
    regency.post(f"{transfer}/receive", {"received": 1_890, "missing": 10, "reason": "torn box"}, 200)
    seen = regency.get(path)
    assert (seen["asked"], seen["approved"], seen["sent"], seen["received"]) == (10_000, 2_000, 1_900, 1_890)


def test_what_a_decision_approved_is_not_only_asked_for_again(regency, province):
    done = grant(province, ask(regency))
    problem = province.post(f"/transfers/{done['transfer']}/undo", {"reason": "x"}, 409)
    assert problem["code"] == "transfer_approved_elsewhere"
    province.post(f"/transfers/{done['transfer']}/cancel", {}, 200)
    seen = regency.get(f"/requests/{done['id']}")
    assert (seen["status"], seen["approved"], seen["sent"], seen["transfer_status"]) == (
        "approved", 1_000, None, "cancelled",
    )  # fmt: skip


def test_the_ministry_may_be_asked_past_the_province_and_grants_from_the_store_it_names(regency, province, calls):
    ministry = calls("admin", "0")
    ministry.post("/stores", {"code": "0-DUA", "office": "0", "kind": "service_point", "name": "Gudang dua"})
    path = ask(regency, supplier="0")
    assert province.get(path)["supplier"] == "0"
    assert province.post(f"{path}/decide", {"approve": True}, 403)["code"] == "not_this_end"
    wrong = {"approve": True, "from_store": "15-UTAMA"}
    assert ministry.post(f"{path}/decide", wrong, 422)["code"] == "store_not_of_supplier"
    done = grant(ministry, path, from_store="0-DUA")
    assert ministry.get(f"/transfers/{done['transfer']}")["from_store"] == "0-DUA"


def test_a_request_is_decided_once_and_refused_with_a_reason(regency, province):
    path = ask(regency)
    refusal = {"approve": False}
    assert province.post(f"{path}/decide", refusal, 422)["code"] == "request_reason_needed"
    for more in ({"quantity": 5}, {"from_store": "15-UTAMA"}):
        answer = province.post(f"{path}/decide", refusal | more | {"reason": "x"}, 422)
        assert answer["code"] == "refusal_grants_nothing"
    done = province.post(f"{path}/decide", refusal | {"reason": "none left"}, 200)
    assert (done["status"], done["transfer"], done["decision_reason"]) == ("refused", None, "none left")
    for step, body, caller in (
        ("decide", {"approve": True}, province),
        ("lift", {"reason": "x"}, province),
        ("cancel", {}, regency),
    ):
        assert caller.post(f"{path}/{step}", body, 409)["code"] == "request_decided"


def test_more_than_asked_needs_a_reason(regency, province):
    path = ask(regency, 5_000)
    assert province.post(f"{path}/decide", {"approve": True, "quantity": 6_000}, 422)["code"] == (
        "request_reason_needed"
    )
    assert grant(province, path, quantity=6_000, reason="a pack holds 500")["approved"] == 6_000


def test_who_asks_does_not_decide_and_does_not_lift(calls, province):
    asker = calls("coordinator", "15")
    path = ask(asker)
    assert asker.post(f"{path}/decide", {"approve": True}, 403)["code"] == "same_person"
    assert asker.post(f"{path}/lift", {"reason": "x"}, 403)["code"] == "same_person"
    assert grant(calls("admin", "15"), path)["decided_by"] == calls("admin", "15").actor.user_id


def test_who_sends_is_not_who_decided_above_the_limit_of_the_supplier(regency, province, calls):
    calls("admin", "15").patch("/offices/15", {"transfer_check_over": 500})
    small, big = grant(province, ask(regency, 500)), grant(province, ask(regency, 501))
    province.post(f"/transfers/{small['transfer']}/dispatch", {}, 200)
    path = f"/transfers/{big['transfer']}/dispatch"
    assert province.post(path, {}, 403)["code"] == "same_person"
    assert calls("clerk", "15.04").post(path, {}, 404)["code"] == "transfer_not_found"
    calls("clerk", "15").post(path, {}, 200)


def test_a_request_can_be_taken_back_before_it_is_decided(regency, province):
    path = ask(regency)
    assert province.post(f"{path}/cancel", {}, 200)["status"] == "cancelled"  # the province is above the asker
    other = ask(regency, supplier="0")
    assert regency.post(f"{other}/cancel", {"reason": "found some"}, 200)["decision_reason"] == "found some"
    assert province.post(f"{path}/decide", {"approve": True}, 409)["code"] == "request_decided"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to_store": "15.03-CETAK"}, 404, "store_not_found"),
        ({"to_store": "15.04-UTAMA"}, 404, "store_not_found"),
        ({"to_store": "0-UTAMA"}, 404, "store_not_found"),
        ({"item": "kertas"}, 404, "item_not_found"),
        ({"supplier": "15.04"}, 422, "supplier_not_above"),
        ({"supplier": "15.03"}, 422, "supplier_not_above"),
        ({"supplier": "16"}, 422, "supplier_not_above"),
        ({"needed_on": "2019-04-04"}, 422, "needed_on_passed"),
        ({"needed_on": "besok"}, 422, "body_invalid"),
        ({"quantity": 0}, 422, "body_invalid"),
        ({"quantity": -1}, 422, "body_invalid"),
        ({"quantity": 10**12}, 422, "body_invalid"),
        ({"approved": 1}, 422, "body_invalid"),
    ],
)
def test_a_request_that_can_never_be_right_is_refused(regency, change, status, code):
    assert regency.post("/requests", wish() | change, status)["code"] == code
    assert regency.get("/requests")["items"] == []


def test_nobody_is_above_the_ministry(calls):
    assert calls("clerk", "0").post("/requests", wish(to_store="0-UTAMA"), 422)["code"] == "no_supplier"


@pytest.mark.parametrize("role", ["inspector", "printer", "field"])
def test_only_the_stock_desk_asks(calls, role):
    assert calls(role, "15.03").post("/requests", wish(), 403)["code"] == "not_permitted"


def test_a_request_is_seen_and_decided_on_its_two_sides_only(regency, province, calls):
    path = ask(regency)
    stranger = calls("coordinator", "15.04")
    assert stranger.get(path, 404)["code"] == "request_not_found"
    for step, body in (("decide", {"approve": True}), ("lift", {"reason": "x"}), ("cancel", {})):
        assert stranger.post(f"{path}/{step}", body, 404)["code"] == "request_not_found"
        assert stranger.post(f"/requests/999999/{step}", body, 404)["code"] == "request_not_found"
    assert stranger.get("/requests")["items"] == stranger.get("/requests/shares")["items"] == []
    for name in ("/requests", "/requests/shares"):
        assert stranger.get(f"{name}?office=15.03", 403)["code"] == "out_of_reach"
    assert calls("clerk", "15").post(f"{path}/decide", {"approve": True}, 403)["code"] == "not_permitted"
    mine = calls("coordinator", "15.03")
    assert mine.post(f"{path}/decide", {"approve": True}, 403)["code"] == "not_this_end"
    assert mine.post(f"{path}/lift", {"reason": "x"}, 403)["code"] == "not_this_end"
    assert calls("inspector", "15.03").get(path)["status"] == "asked"


def test_the_same_key_asks_once_and_decides_once(regency, province):
    first, again = (regency.post("/requests", wish(), key="ask") for _ in range(2))
    assert first["id"] == again["id"]
    assert regency.post("/requests", wish(5), 409, key="ask")["code"] == "idempotency_key_reused"
    assert regency.post("/requests", wish(), 400, key=None)["code"] == "idempotency_key_missing"
    path = f"/requests/{first['id']}/decide"
    done = [province.post(path, {"approve": True}, 200, key="yes")["transfer"] for _ in range(2)]
    assert done[0] == done[1]
    assert len(province.get("/transfers")["items"]) == 1


def late_transfer(regency, province, calls):
    return "transfer_late", sent(province, regency, 100), {"received": 100}


def disputed_transfer(regency, province, calls):
    path = sent(province, regency, 100, expected_on=day(20))
    regency.post(f"{path}/receive", {"received": 90, "missing": 10, "reason": "torn"}, 200)
    return "transfer_disputed", path, None


def unconfirmed_loss(regency, province, calls):
    regency.post("/receipts", receipt(TO, 10))
    loss = {"store": TO, "item": "blangko", "quantity": 3, "reason": "theft", "police_number": "LP/1"}
    return "loss_unconfirmed", f"/losses/{regency.post('/losses', loss)['id']}", None


def open_session(regency, province, calls):
    regency.post("/receipts", receipt(TO, 10))
    people = [calls(role, "15.03").actor.user_id for role in ("clerk", "coordinator", "printer")]
    issue = {"store": TO, "item": "blangko", "holder": people[2], "needed": 5, "quantity": 5, "counted_by": people[:2]}
    return "custody_open", f"/custody/{regency.post('/custody', issue)['id']}", people[:2]


SITUATIONS = [late_transfer, disputed_transfer, unconfirmed_loss, open_session]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_request_is_held_while_the_last_issue_is_not_reconciled(regency, province, calls, situation):
    kind, matter, _ = situation(regency, province, calls)
    with clock.telling(clock.now() + timedelta(4)):
        made = regency.post("/requests", wish())
        assert made["status"] == "held"
        assert made["held_for"] == [{"kind": kind, "id": int(matter.rpartition("/")[2])}]
        assert made["can_lift"] == {"roles": ["coordinator", "admin"], "office": "15"}
        (notice,) = province.get("/notices?kind=request_held")["items"]
        assert (notice["office"], notice["subject"], notice["facts"]["asker"]) == ("15", made["id"], "15.03")
        path = f"/requests/{made['id']}"
        for body in ({"approve": True}, {"approve": False, "reason": "no"}):
            problem = province.post(f"{path}/decide", body, 409)
            assert (problem["code"], problem["facts"]["office"]) == ("request_held", "15")
        assert [row["id"] for row in province.get("/requests?status=held")["items"]] == [made["id"]]
        assert province.get("/requests?status=asked")["items"] == []
        assert province.post(f"{path}/lift", {}, 422)["code"] == "body_invalid"
        assert calls("clerk", "15").post(f"{path}/lift", {"reason": "x"}, 403)["code"] == "not_permitted"
        lifted = province.post(f"{path}/lift", {"reason": "the police are at it"}, 200)
        assert (lifted["status"], lifted["can_lift"], lifted["lifted_by"], lifted["lift_reason"]) == (
            "asked", None, province.actor.user_id, "the police are at it",
        )  # fmt: skip
        assert [row["kind"] for row in lifted["held_for"]] == [kind]
        assert province.post(f"{path}/lift", {"reason": "again"}, 409)["code"] == "request_not_held"
        assert province.get("/notices?kind=request_held")["items"] == []
        assert [row["id"] for row in province.get("/requests?status=asked")["items"]] == [made["id"]]
        assert grant(province, path)["status"] == "approved"


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_hold_ends_by_itself_when_its_reason_is_gone(regency, province, calls, situation):
    kind, matter, more = situation(regency, province, calls)
    with clock.telling(clock.now() + timedelta(4)):
        path = ask(regency)
        assert regency.get(path)["status"] == "held"
        if kind == "transfer_late":
            regency.post(f"{matter}/receive", more, 200)
        elif kind == "transfer_disputed":
            regency.post(f"{matter}/resolve", {"found": 10, "reason": "under the seat"}, 200)
        elif kind == "loss_unconfirmed":
            movement = matter.replace("losses", "movements")
            regency.post(f"{movement}/reversal", {"reason": "found", "quantity": 1})
            assert regency.get(path)["status"] == "held"
            regency.post(f"{movement}/reversal", {"reason": "found"})
        else:
            regency.post(f"{matter}/close", {"returned": 5, "counted_by": more}, 200)
        seen = regency.get(path)
        assert (seen["status"], seen["can_lift"]) == ("asked", None)
        assert province.post(f"{path}/lift", {"reason": "x"}, 409)["code"] == "request_not_held"
        done = grant(province, path)
        assert (done["status"], done["lifted_by"]) == ("approved", None)
        assert province.get("/notices?kind=request_held")["items"] == []


def test_a_request_made_before_is_held_by_what_came_later(regency, province, calls):
    path = ask(regency)
    disputed_transfer(regency, province, calls)
    assert regency.get(path)["status"] == "held"
    assert province.post(f"{path}/decide", {"approve": True}, 409)["code"] == "request_held"


def test_what_is_still_in_time_or_confirmed_holds_nothing(regency, province, calls):
    sent(province, regency, 10)
    sent(province, regency, 10, expected_on=day(0))
    open_session(regency, province, calls)
    _, loss, _ = unconfirmed_loss(regency, province, calls)
    calls("coordinator", "15.03").post(f"{loss}/approve", None, 200)
    assert regency.post("/requests", wish())["held_for"] == []
    with clock.telling(clock.now() + timedelta(1)):
        assert [row["kind"] for row in regency.get("/requests")["items"][0]["held_for"]] == [
            "custody_open", "transfer_late",
        ]  # fmt: skip


def test_an_office_without_the_check_is_not_held_by_its_losses(regency, province, calls):
    calls("admin", "15.03").patch("/offices/15.03", {"write_off_check": False})
    unconfirmed_loss(regency, province, calls)
    assert regency.post("/requests", wish())["status"] == "asked"


def test_the_loans_of_an_office_lower_what_is_suggested_for_its_request(regency, province, calls):
    regency.post("/receipts", receipt(TO, 1_000))
    lender, borrower = calls("coordinator", "15.03"), calls("clerk", "15.04")
    body = {"from_store": TO, "to_store": "15.04-UTAMA", "item": "blangko", "quantity": 300, "due_on": day()}
    loan = borrower.post("/loans", body)
    transfer = f"/transfers/{loan['transfer']}"
    lender.post(f"{transfer}/approve", {}, 200)
    path = ask(regency, 1_000)
    assert regency.get(path)["suggested"] == 1_000  # nothing was received yet
    lender.post(f"{transfer}/dispatch", {}, 200)
    borrower.post(f"{transfer}/receive", {"received": 300}, 200)
    seen = province.get("/requests")["items"][0]
    assert (seen["lent_out"], seen["borrowed"], seen["suggested"]) == (300, 0, 700)
    other = borrower.get(ask(borrower, 1_000, to_store="15.04-UTAMA"))
    assert (other["lent_out"], other["borrowed"], other["suggested"]) == (0, 300, 1_000)
    assert regency.get(ask(regency, 50, item="ribbon"))["lent_out"] == 0
    assert regency.get(ask(regency, 50))["suggested"] == 0
    for body in ({}, {"quantity": 701}):
        problem = province.post(f"{path}/decide", {"approve": True, **body}, 422)
        assert (problem["code"], problem["facts"]["suggested"]) == ("request_reason_needed", 700)
    assert grant(province, path, quantity=700)["approved"] == 700


def test_the_share_granted_is_remembered_for_each_supplier(regency, province, calls):
    grant(province, ask(regency, 10_000), quantity=2_000)
    done = grant(province, ask(regency, 5_000), quantity=6_000, reason="whole packs")
    province.post(f"{ask(regency, 1_000)}/decide", {"approve": False, "reason": "none"}, 200)
    ask(regency, 7_777)
    grant(calls("admin", "0"), ask(regency, 100, supplier="0"))
    province.post(f"/transfers/{done['transfer']}/dispatch", {}, 200)
    regency.post(f"/transfers/{done['transfer']}/receive", {"received": 5_990, "missing": 10, "reason": "?"}, 200)
    rows = regency.get("/requests/shares")["items"]
    assert [(row["supplier"], row["share"]) for row in rows] == [("0", 1.0), ("15", 0.5)]
    assert rows[1] == {
        "office": "15.03", "supplier": "15", "item": "blangko", "requests": 3, "asked": 16_000, "approved": 8_000,
        "received": 5_990, "share": 0.5,
    }  # fmt: skip
    assert province.get("/requests/shares?office=15.03&supplier=15")["items"] == rows[1:]
    first = regency.get("/requests/shares?limit=1")
    assert regency.get(f"/requests/shares?limit=1&cursor={first['next']}")["items"] == rows[1:]


def test_lists_filter_and_take_a_constant_number_of_queries(regency, province, calls, statements):
    paths = [ask(regency, quantity) for quantity in (1, 2, 3)]
    ask(calls("clerk", "15.04"), to_store="15.04-UTAMA", item="ribbon")
    disputed_transfer(regency, province, calls)
    with statements.within(6):
        rows = province.get("/requests?limit=2")
    assert [f"/requests/{row['id']}" for row in rows["items"]] == paths[:2]
    rest = province.get(f"/requests?limit=2&cursor={rows['next']}")["items"]
    assert [row["office"] for row in rest] == ["15.03", "15.04"]
    assert len(province.get("/requests?office=15.04")["items"]) == 1
    assert len(province.get("/requests?item=ribbon&supplier=15")["items"]) == 1
    assert province.get("/requests?supplier=0")["items"] == []
    assert province.get("/requests?status=lost", 422)["code"] == "query_invalid"
