"""Transfers over REST once the goods are under way: received, missing, too many, undone and called off."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import current
from tests import transfers
from tests.builders import receipt
from tests.transfers import FROM, TO, wish

province, regency = transfers.province, transfers.regency


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
