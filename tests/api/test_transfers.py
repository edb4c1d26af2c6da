"""Transfers over REST: from the wish to the last keping."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import current
from tests.builders import receipt

FROM, TO = "15-UTAMA", "15.03-UTAMA"


def wish(quantity=1_000, from_store=FROM, to_store=TO, **more):
    return {"from_store": from_store, "to_store": to_store, "item": "blangko", "quantity": quantity, **more}


@pytest.fixture
def province(calls):
    return calls("admin", "15")


@pytest.fixture
def regency(calls):
    return calls("clerk", "15.03")


@pytest.fixture
def sent(province, regency):
    """`sent(n)` asks for, approves and dispatches n of the province's 10,000; answers the path of the transfer."""
    province.post("/receipts", receipt(FROM, 10_000))

    def send(quantity=1_000, **more):
        path = f"/transfers/{regency.post('/transfers', wish(quantity, **more))['id']}"
        province.post(f"{path}/approve", {}, 200)
        province.post(f"{path}/dispatch", {}, 200)
        return path

    return send


def told_of(caller, transfer):
    """What the caller's office is told of a transfer with something missing; None when it is not."""
    found = caller.get("/notices?kind=transfer_disputed")["items"]
    return next((each["facts"] for each in found if each["subject"] == transfer["id"]), None)


def test_asked_approved_dispatched_and_received_are_four_numbers(province, regency, exact):
    province.post("/receipts", receipt(FROM, 10_000))
    made = regency.post("/transfers", wish(10_000, expected_on="2026-02-01", reason="only 40 left"))
    assert (made["status"], made["requested"], made["approved"], made["dispatched"]) == (
        "requested", 10_000, None, None,
    )  # fmt: skip
    assert (made["owner"], made["event"], made["from_event"], made["pledge"]) == ("15", None, None, None)
    path = f"/transfers/{made['id']}"
    assert province.post(f"{path}/approve", {"quantity": 2_000}, 200)["approved"] == 2_000
    under_way = province.post(f"{path}/dispatch", {"quantity": 1_900}, 200)
    assert (under_way["status"], under_way["dispatched"], under_way["in_transit"]) == ("dispatched", 1_900, 1_900)
    assert province.stock(FROM)["on_hand"] == 8_100
    assert province.stock(FROM)["in_transit"] == 1_900
    assert regency.stock(TO)["on_hand"] == 0
    done = regency.post(f"{path}/receive", {"received": 1_900}, 200)
    assert (done["status"], done["received"], done["in_transit"]) == ("received", 1_900, 0)
    assert [line["received"] for line in done["deliveries"]] == [1_900]
    assert regency.get(f"/stock?store={TO}")["items"][0]["owner"] == "15.03"
    assert province.stock(FROM)["in_transit"] == 0


def test_several_receipts_follow_one_dispatch_and_rejected_ones_are_spoiled(sent, province, regency, exact):
    path = sent(1_000)
    part = regency.post(f"{path}/receive", {"received": 600}, 200)
    assert (part["status"], part["in_transit"]) == ("dispatched", 400)
    done = regency.post(f"{path}/receive", {"received": 390, "rejected": 10, "reason": "wet box"}, 200)
    assert (done["status"], done["received"], done["rejected"]) == ("received", 990, 10)
    there = regency.stock(TO)
    assert (there["on_hand"], there["spoiled"]) == (990, 10)


def test_missing_goods_stay_on_the_transfer_until_found_or_written_off(sent, calls, province, regency, exact):
    path = sent(1_000)
    open_ = regency.post(f"{path}/receive", {"received": 995, "missing": 5, "reason": "seal broken"}, 200)
    assert (open_["status"], open_["missing"], open_["in_transit"]) == ("disputed", 5, 5)
    assert told_of(province, open_) == {"from_store": FROM, "to_store": TO, "item": "blangko", "missing": 5}
    assert told_of(calls("admin", "15.03"), open_) is None
    assert province.stock(FROM)["in_transit"] == 5
    found = regency.post(f"{path}/resolve", {"found": 2, "reason": "under the seat"}, 200)
    assert (found["status"], found["received"], found["missing"]) == ("disputed", 997, 3)
    assert told_of(province, open_)["missing"] == 3
    written = {"written_off": 3, "reason": "reported", "police_number": "LP/7/2026"}
    gone = calls("coordinator", "15").post(f"{path}/resolve", written, 200)
    assert (gone["status"], gone["missing"], gone["written_off"], gone["in_transit"]) == ("received", 3, 3, 0)
    assert told_of(province, open_) is None
    assert regency.stock(TO)["on_hand"] == 997
    there = province.stock(FROM)
    assert (there["on_hand"], there["in_transit"], there["lost"]) == (9_000, 0, 3)


def test_only_missing_goods_move_nothing_and_can_be_undone(sent, province, regency, exact):
    path = sent(5)
    lost = regency.post(f"{path}/receive", {"missing": 5, "reason": "empty box"}, 200)
    assert (lost["status"], lost["deliveries"][0]["movement"]) == ("disputed", None)
    assert told_of(province, lost)["missing"] == 5
    back = regency.post(f"{path}/undo", {"reason": "it was another box"}, 200)
    assert (back["status"], back["missing"], back["in_transit"]) == ("dispatched", 0, 5)
    assert told_of(province, lost) is None


def test_the_sender_may_not_settle_what_was_found_nor_the_receiver_what_is_lost(sent, calls, regency):
    path = sent(10)
    regency.post(f"{path}/receive", {"received": 5, "missing": 5, "reason": "seal broken"}, 200)
    written = {"written_off": 5, "reason": "gone"}
    assert regency.post(f"{path}/resolve", written, 403)["code"] == "not_permitted"
    assert calls("coordinator", "15.03").post(f"{path}/resolve", written, 403)["code"] == "not_this_end"
    assert calls("clerk", "15").post(f"{path}/resolve", written, 403)["code"] == "not_permitted"
    assert regency.post(f"{path}/resolve", {"found": 6, "reason": "x"}, 409)["code"] == "more_than_missing"
    assert regency.post(f"{path}/resolve", {"reason": "x"}, 422)["code"] == "nothing_to_move"
    regency.post(f"{path}/resolve", {"found": 5, "reason": "x"}, 200)
    assert regency.post(f"{path}/resolve", {"found": 1, "reason": "x"}, 409)["code"] == "transfer_not_ready"


def test_a_surplus_is_booked_as_found_with_who_saw_it(sent, province, regency, exact):
    path = sent(500)
    body = {"received": 500, "surplus": 2, "reason": "box of 502"}
    assert regency.post(f"{path}/receive", body, 422)["code"] == "surplus_unwitnessed"
    early = {**body, "received": 499, "seen_by": "the driver"}
    assert regency.post(f"{path}/receive", early, 409)["code"] == "surplus_too_early"
    done = regency.post(f"{path}/receive", {**body, "seen_by": "the driver"}, 200)
    assert (done["status"], done["received"], done["surplus"], done["in_transit"]) == ("received", 500, 2, 0)
    assert regency.stock(TO)["on_hand"] == 502
    booked = regency.get(f"/movements/{done['deliveries'][0]['surplus_movement']}")
    assert (booked["kind"], booked["quantity"]) == ("surplus", 2)
    back = regency.post(f"{path}/undo", {"reason": "counted twice"}, 200)
    assert (back["status"], back["surplus"]) == ("dispatched", 0)
    assert regency.stock(TO)["on_hand"] == 0


def test_a_deed_is_undone_step_by_step_from_receipt_to_request(sent, province, regency, exact):
    path = sent(100)
    regency.post(f"{path}/receive", {"received": 60}, 200)
    regency.post(f"{path}/receive", {"received": 30, "rejected": 10, "reason": "wet"}, 200)
    why = {"reason": "mistake"}
    first = regency.post(f"{path}/undo", why, 200)
    assert (first["status"], first["received"], first["rejected"]) == ("dispatched", 60, 0)
    assert [bool(line["undone_at"]) for line in first["deliveries"]] == [False, True]
    assert regency.stock(TO)["spoiled"] == 0
    assert regency.post(f"{path}/undo", why, 200)["received"] == 0
    assert regency.post(f"{path}/undo", why, 403)["code"] == "not_this_end"
    approved = province.post(f"{path}/undo", why, 200)
    assert (approved["status"], approved["dispatched"], approved["in_transit"]) == ("approved", None, 0)
    assert province.stock(FROM)["on_hand"] == 10_000
    asked = province.post(f"{path}/undo", why, 200)
    assert (asked["status"], asked["approved"]) == ("requested", None)
    assert province.post(f"{path}/undo", why, 409)["code"] == "transfer_nothing_to_undo"


def test_an_undo_names_the_movement_it_corrects(sent, province, regency, exact):
    path = sent(100)
    done = regency.post(f"{path}/receive", {"received": 100}, 200)
    regency.post(f"{path}/undo", {"reason": "mistake"}, 200)
    lines = regency.get(f"/stock/entries?store={TO}&item=blangko")["items"]
    assert [(line["kind"], line["quantity"]) for line in lines] == [("undelivery", -100), ("delivery", 100)]
    undone = regency.get(f"/movements/{lines[0]['movement']}")
    assert undone["corrects"] == done["deliveries"][0]["movement"]
    province.post(f"{path}/undo", {"reason": "mistake"}, 200)
    lines = province.get(f"/stock/entries?store={FROM}&item=blangko")["items"]
    assert [line["kind"] for line in lines[:2]] == ["recall", "dispatch"]
    recall = province.get(f"/movements/{lines[0]['movement']}")
    assert recall["corrects"] == lines[1]["movement"]


def test_received_goods_that_moved_on_cannot_be_taken_back(sent, regency, exact):
    path = sent(100)
    regency.post(f"{path}/receive", {"received": 100}, 200)
    regency.post("/spoilages", {"store": TO, "item": "blangko", "quantity": 1, "reason": "damaged"})
    problem = regency.post(f"{path}/undo", {"reason": "mistake"}, 409)
    assert (problem["code"], problem["facts"]["store"]) == ("stock_insufficient", TO)
    assert regency.get(path)["status"] == "received"


def test_a_delivery_whose_difference_was_settled_stays(sent, regency, exact):
    path = sent(100)
    regency.post(f"{path}/receive", {"received": 99, "missing": 1, "reason": "?"}, 200)
    regency.post(f"{path}/resolve", {"found": 1, "reason": "in the car"}, 200)
    assert regency.post(f"{path}/undo", {"reason": "x"}, 409)["code"] == "transfer_difference_settled"


def test_either_end_cancels_before_the_goods_leave_and_the_sender_while_none_arrived(sent, calls, exact):
    province, regency = calls("admin", "15"), calls("clerk", "15.03")
    path = sent(300)
    assert regency.post(f"{path}/cancel", {}, 403)["code"] == "not_this_end"
    gone = province.post(f"{path}/cancel", {"reason": "road closed"}, 200)
    assert (gone["status"], gone["dispatched"], gone["in_transit"], gone["reason"]) == (
        "cancelled", None, 0, "road closed",
    )  # fmt: skip
    assert province.stock(FROM)["on_hand"] == 10_000
    other = f"/transfers/{regency.post('/transfers', wish(5))['id']}"
    assert regency.post(f"{other}/cancel", {}, 200)["status"] == "cancelled"
    late = sent(300)
    regency.post(f"{late}/receive", {"received": 1}, 200)
    assert province.post(f"{late}/cancel", {}, 409)["code"] == "transfer_not_ready"


def test_a_request_is_refused_with_a_reason_while_it_is_only_asked(province, regency):
    path = f"/transfers/{regency.post('/transfers', wish(5))['id']}"
    province.post(f"{path}/refuse", {}, 422)
    refused = province.post(f"{path}/refuse", {"reason": "none left"}, 200)
    assert (refused["status"], refused["reason"]) == ("refused", "none left")
    for step, body in (("approve", {}), ("refuse", {"reason": "x"}), ("dispatch", {}), ("cancel", {})):
        assert province.post(f"{path}/{step}", body, 409)["code"] == "transfer_not_ready"
    assert regency.post(f"{path}/receive", {"received": 1}, 409)["code"] == "transfer_not_ready"
    assert province.post(f"{path}/undo", {"reason": "x"}, 409)["code"] == "transfer_nothing_to_undo"


def test_more_than_asked_needs_a_reason_and_twice_is_refused(province, regency):
    path = f"/transfers/{regency.post('/transfers', wish(5_000))['id']}"
    assert province.post(f"{path}/approve", {"quantity": 6_000}, 422)["code"] == "transfer_reason_needed"
    assert province.post(f"{path}/approve", {"quantity": 6_000, "reason": "election"}, 200)["approved"] == 6_000
    assert province.post(f"{path}/approve", {}, 409)["code"] == "transfer_not_ready"


@pytest.mark.parametrize(
    ("role", "office", "expected"),
    [
        ("coordinator", "15", 200),
        ("coordinator", "0", 200),
        ("coordinator", "15.04", 200),
        ("coordinator", "15.03", (403, "not_this_end")),
        ("clerk", "15.04", (403, "not_permitted")),
        ("inspector", "15", (403, "not_permitted")),
        ("coordinator", "15.05", (404, "transfer_not_found")),
        ("coordinator", "17", (404, "transfer_not_found")),
    ],
)
def test_the_sender_or_a_common_superior_approves(calls, role, office, expected):
    asked = wish(5, "15.04-UTAMA", "15.03-UTAMA")
    path = f"/transfers/{calls('clerk', '15.03').post('/transfers', asked)['id']}/approve"
    if expected == 200:
        calls(role, office).post(path, {}, 200)
    else:
        assert calls(role, office).post(path, {}, expected[0])["code"] == expected[1]


def test_between_provinces_the_ministry_is_the_common_superior(calls):
    asked = wish(5, "15.03-UTAMA", "17.02-UTAMA")
    path = f"/transfers/{calls('clerk', '17.02').post('/transfers', asked)['id']}"
    for office in ("15", "17", "17.02"):
        assert calls("coordinator", office).post(f"{path}/approve", {}, 403)["code"] == "not_this_end"
    assert calls("coordinator", "0").post(f"{path}/approve", {}, 200)["status"] == "approved"


def test_no_more_leaves_than_was_approved_or_is_there(province, regency, exact):
    path = f"/transfers/{regency.post('/transfers', wish(50))['id']}"
    assert province.post(f"{path}/dispatch", {}, 409)["code"] == "transfer_not_ready"
    province.post(f"{path}/approve", {}, 200)
    assert province.post(f"{path}/dispatch", {"quantity": 51}, 409)["code"] == "more_than_approved"
    assert province.post(f"{path}/dispatch", {}, 409)["code"] == "stock_insufficient"
    province.post("/receipts", receipt(FROM, 50))
    assert regency.post(f"{path}/dispatch", {}, 403)["code"] == "not_this_end"
    province.post(f"{path}/dispatch", {}, 200)
    assert province.post(f"{path}/dispatch", {}, 409)["code"] == "transfer_not_ready"


def test_no_more_is_received_than_was_dispatched(sent, province, regency, calls, exact):
    path = sent(100)
    clerk = calls("clerk", "15")
    assert calls("clerk", "15.04").post(f"{path}/receive", {"received": 1}, 404)["code"] == "transfer_not_found"
    assert clerk.post(f"{path}/receive", {}, 422)["code"] == "nothing_to_move"
    regency.post(f"{path}/receive", {"received": 60}, 200)
    assert regency.post(f"{path}/receive", {"received": 41}, 409)["code"] == "more_than_under_way"
    over = {"received": 38, "rejected": 2, "missing": 1, "reason": "x"}
    assert regency.post(f"{path}/receive", over, 409)["code"] == "more_than_under_way"
    for part in ("rejected", "missing"):
        problem = regency.post(f"{path}/receive", {"received": 1, part: 1}, 422)
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("transfer_reason_needed", "/reason")
    assert regency.get(path)["received"] == 60


def test_the_receiver_alone_receives(calls, exact):
    calls("clerk", "15.04").post("/receipts", receipt("15.04-UTAMA", 10))
    path = f"/transfers/{calls('clerk', '15.03').post('/transfers', wish(5, '15.04-UTAMA', TO))['id']}"
    sender = calls("admin", "15.04")
    sender.post(f"{path}/approve", {}, 200)
    sender.post(f"{path}/dispatch", {}, 200)
    assert sender.post(f"{path}/receive", {"received": 5}, 403)["code"] == "not_this_end"
    assert calls("coordinator", "15").post(f"{path}/receive", {"received": 5}, 200)["status"] == "received"


def test_dates_may_not_run_backwards(sent, province, regency, exact):
    path = sent(100)
    assert regency.post(f"{path}/receive", {"received": 1, "occurred_on": "2999-01-01"}, 422)["code"] == (
        "date_in_future"
    )
    assert regency.post(f"{path}/receive", {"received": 1, "occurred_on": "2001-01-01"}, 422)["code"] == "date_too_old"
    yesterday = (clock.business_day("Asia/Jakarta") - timedelta(days=1)).isoformat()
    early = regency.post(f"{path}/receive", {"received": 1, "occurred_on": yesterday}, 409)
    assert early["code"] == "stock_short_on_day"
    assert regency.get(path)["received"] == 0


@pytest.mark.parametrize("step", ["dispatch", "receive", "cancel", "undo", "resolve"])
def test_a_step_that_moves_stock_needs_a_key(sent, province, step):
    assert province.post(f"{sent(5)}/{step}", {}, 400, key=None)["code"] == "idempotency_key_missing"


def test_every_step_may_be_repeated_with_its_key(province, regency, exact):
    province.post("/receipts", receipt(FROM, 100))
    made = regency.post("/transfers", wish(40), key="ask")
    assert regency.post("/transfers", wish(40), key="ask") == made
    assert regency.post("/transfers", wish(41), 409, key="ask")["code"] == "idempotency_key_reused"
    path = f"/transfers/{made['id']}"
    steps = [
        (province, "approve", {}), (province, "dispatch", {}), (regency, "receive", {"received": 20}),
        (regency, "undo", {"reason": "x"}), (province, "undo", {"reason": "x"}), (province, "cancel", {}),
    ]  # fmt: skip
    for number, (who, step, body) in enumerate(steps):
        first = who.post(f"{path}/{step}", body, 200, key=f"step {number}")
        assert who.post(f"{path}/{step}", body, 200, key=f"step {number}") == first
    assert province.stock(FROM)["on_hand"] == 100


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (wish(0), "/quantity"),
        (wish(-1), "/quantity"),
        (wish(10**10), "/quantity"),
        (wish("5"), "/quantity"),
        (wish(5, colour="red"), "/colour"),
        (wish(5, event=0), "/event"),
        (wish(5, expected_on="tomorrow"), "/expected_on"),
        (wish(5, TO, TO), "/to_store"),
        (wish(5, owner="15.03"), "/owner"),
    ],
)
def test_a_wish_that_can_never_be_right_is_refused_by_field(regency, body, pointer):
    assert regency.post("/transfers", body, 422)["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("step", ["approve", "refuse", "dispatch", "receive", "cancel", "resolve", "undo", "redirect"])
@pytest.mark.parametrize(
    "body", [{"colour": "red"}, {"quantity": -1, "received": -1, "reason": "\x00", "to_store": "!"}]
)
def test_a_step_refuses_what_it_does_not_know(province, regency, step, body):
    path = f"/transfers/{regency.post('/transfers', wish(5))['id']}"
    assert province.post(f"{path}/{step}", body, 422)["code"] == "body_invalid"


@pytest.mark.parametrize("step", ["approve", "refuse", "dispatch", "receive", "cancel", "resolve", "undo", "redirect"])
def test_a_step_of_no_transfer_or_by_the_wrong_role_is_refused(calls, regency, step):
    bodies = {"refuse": {"reason": "x"}, "undo": {"reason": "x"}, "redirect": {"to_store": TO},
              "resolve": {"found": 1, "reason": "x"}, "receive": {"received": 1}}  # fmt: skip
    path = f"/transfers/{regency.post('/transfers', wish(5))['id']}"
    body = bodies.get(step, {})
    assert calls("admin", "15").post(f"/transfers/999999/{step}", body, 404)["code"] == "transfer_not_found"
    assert calls("admin", "15").post(f"/transfers/{10**22}/{step}", body, 404)["code"] == "no_such_address"
    assert calls("admin", "17").post(f"{path}/{step}", body, 404)["code"] == "transfer_not_found"
    for role in ("inspector", "printer", "field"):
        assert calls(role, "15").post(f"{path}/{step}", body, 403)["code"] == "not_permitted"


def test_a_wish_names_known_stores_and_items_and_one_end_is_the_actors(calls, regency):
    assert regency.post("/transfers", wish(5, "15-NOWHERE"), 404)["code"] == "store_not_found"
    assert regency.post("/transfers", wish(5) | {"item": "gold"}, 404)["code"] == "item_not_found"
    assert regency.post("/transfers", wish(5, FROM, "15.04-UTAMA"), 404)["code"] == "store_not_found"
    assert calls("inspector", "15").post("/transfers", wish(5), 403)["code"] == "not_permitted"
    assert regency.post("/transfers", wish(5, event=77), 404)["code"] == "earmark_event_not_found"


def test_lists_show_either_end_and_filters_out_of_reach_are_refused(calls, regency, province):
    mine = regency.post("/transfers", wish(5))["id"]
    other = calls("clerk", "15.04").post("/transfers", wish(6, to_store="15.04-UTAMA") | {"item": "ribbon"})["id"]
    ids = lambda who, query="": [row["id"] for row in who.get(f"/transfers{query}")["items"]]  # noqa: E731
    assert ids(province) == [mine, other]
    assert ids(province, "?order=desc") == [other, mine]
    assert ids(regency) == [mine]
    assert ids(calls("inspector", "15.04")) == [other]
    assert ids(calls("inspector", "17")) == []
    assert ids(province, "?office=15.04") == [other]
    assert ids(province, f"?store={TO}") == [mine]
    assert ids(province, "?item=ribbon") == [other]
    assert ids(province, "?status=approved") == []
    assert ids(province, "?event=3") == []
    assert regency.get("/transfers?office=15.04", 403)["code"] == "out_of_reach"
    assert regency.get("/transfers?store=15.04-UTAMA", 404)["code"] == "store_not_found"
    assert regency.get("/transfers?status=flying", 422)["code"] == "query_invalid"
    assert regency.get("/transfers?colour=red", 422)["code"] == "query_invalid"
    assert calls("clerk", "15.04").get(f"/transfers/{mine}", 404)["code"] == "transfer_not_found"
    first = province.get("/transfers?limit=1")
    assert [row["id"] for row in province.get(f"/transfers?limit=1&cursor={first['next']}")["items"]] == [other]


def test_every_change_leaves_a_row_with_its_actor(app, sent, province, regency):
    path = sent(100)
    regency.post(f"{path}/receive", {"received": 100}, 200)
    with app.app_context():
        rows = current().execute(
            sa.select(AuditRow.action, AuditRow.user_id)
            .where(AuditRow.subject == "transfer", AuditRow.subject_id == path.rpartition("/")[2])
            .order_by(AuditRow.id)
        )
        assert [tuple(row) for row in rows] == [
            ("request", regency.actor.user_id),
            ("approve", province.actor.user_id),
            ("dispatch", province.actor.user_id),
            ("receive", regency.actor.user_id),
        ]
