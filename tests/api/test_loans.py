"""Loans between offices over REST: lent, given back in parts, settled by a delivery, and what they come to."""

from datetime import timedelta

import pytest

from inventory import clock
from tests.builders import receipt

LENDER, BORROWER = "15.03-UTAMA", "15.04-UTAMA"


def day(days=30):
    return (clock.business_day("Asia/Jakarta") + timedelta(days)).isoformat()


def wish(quantity=500, **more):
    usual = {"from_store": LENDER, "to_store": BORROWER, "item": "blangko", "quantity": quantity, "due_on": day()}
    return usual | more


class Offices:
    """Two regencies of one province that help each other out."""

    def __init__(self, calls):
        self.lender, self.borrower = calls("coordinator", "15.03"), calls("coordinator", "15.04")
        self.clerk, self.province = calls("clerk", "15.04"), calls("coordinator", "15")
        self.ministry = calls("admin", "0")
        calls("clerk", "15.03").post("/receipts", receipt(LENDER, 10_000))

    def carry(self, transfer, quantity, sender, receiver):
        path = f"/transfers/{transfer}"
        sender.post(f"{path}/dispatch", {"quantity": quantity}, 200)
        return receiver.post(f"{path}/receive", {"received": quantity}, 200)

    def lend(self, quantity=500, **more):
        """A loan that was approved, sent and received; answers its path."""
        loan = self.clerk.post("/loans", wish(quantity, **more))
        self.lender.post(f"/transfers/{loan['transfer']}/approve", {}, 200)
        self.carry(loan["transfer"], quantity, self.lender, self.clerk)
        return f"/loans/{loan['id']}"

    def give_back(self, path, quantity, **more):
        """The transfer of a return."""
        return self.clerk.post(f"{path}/returns", {"quantity": quantity, **more})["repayments"][-1]["transfer"]

    def supply(self, quantity, to_store=LENDER, item="blangko"):
        """A delivery of the province; answers its transfer's id."""
        self.ministry.post("/receipts", receipt("15-UTAMA", quantity, item))
        goods = {"from_store": "15-UTAMA", "to_store": to_store, "item": item, "quantity": quantity}
        transfer = self.ministry.post("/transfers", goods)["id"]
        self.ministry.post(f"/transfers/{transfer}/approve", {}, 200)
        self.carry(transfer, quantity, self.ministry, self.ministry)
        return transfer

    def figures(self, path):
        loan = self.lender.get(path)
        assert loan == self.borrower.get(path)
        return loan["lent"], loan["returned"], loan["outstanding"], loan["status"]


@pytest.fixture
def offices(calls):
    return Offices(calls)


def test_a_loan_is_owed_from_its_receipt_and_given_back_in_parts(offices, exact):
    loan = offices.clerk.post("/loans", wish(500))
    path = f"/loans/{loan['id']}"
    assert (loan["status"], loan["lent"], loan["outstanding"], loan["transfer_status"]) == ("open", 0, 0, "requested")
    offices.lender.post(f"/transfers/{loan['transfer']}/approve", {"quantity": 400}, 200)
    offices.carry(loan["transfer"], 390, offices.lender, offices.clerk)
    assert offices.figures(path) == (390, 0, 390, "open")
    assert [row["owner"] for row in offices.clerk.get(f"/stock?store={BORROWER}")["items"]] == ["15.04"]
    first = offices.give_back(path, 90)
    assert offices.clerk.get(path)["returning"] == 90
    assert offices.figures(path) == (390, 0, 390, "open")
    offices.carry(first, 90, offices.clerk, offices.lender)
    assert offices.figures(path) == (390, 90, 300, "open")
    offices.carry(offices.give_back(path, 300), 300, offices.clerk, offices.lender)
    assert offices.figures(path) == (390, 390, 0, "settled")
    assert offices.lender.stock(LENDER)["on_hand"] == 10_000
    assert offices.clerk.post(f"{path}/returns", {"quantity": 1}, 409)["code"] == "more_than_owed"


def test_never_more_is_under_way_and_returned_than_is_owed(offices, exact):
    path = offices.lend(100)
    first = offices.give_back(path, 60)
    problem = offices.clerk.post(f"{path}/returns", {"quantity": 41}, 409)
    assert (problem["code"], problem["facts"]) == ("more_than_owed", {"outstanding": 100, "returning": 60, "asked": 41})
    offices.clerk.post(f"/transfers/{first}/dispatch", {"quantity": 10}, 200)
    offices.clerk.post(f"{path}/returns", {"quantity": 41}, 409)  # that dispatch may still be undone
    offices.lender.post(f"/transfers/{first}/receive", {"received": 8, "rejected": 2, "reason": "wet"}, 200)
    assert offices.figures(path) == (100, 8, 92, "open")
    assert offices.clerk.get(path)["returning"] == 0
    offices.give_back(path, 92)
    assert offices.clerk.post(f"{path}/returns", {"quantity": 1}, 409)["code"] == "more_than_owed"


def test_a_cancelled_return_gives_nothing_back_and_its_approval_is_not_taken_back(offices, exact):
    path = offices.lend(100)
    back = offices.give_back(path, 100)
    problem = offices.borrower.post(f"/transfers/{back}/undo", {"reason": "x"}, 409)
    assert problem["code"] == "transfer_approved_elsewhere"
    offices.clerk.post(f"/transfers/{back}/cancel", {}, 200)
    assert offices.figures(path) == (100, 0, 100, "open")
    offices.give_back(path, 100)


@pytest.mark.parametrize("end", ["refuse", "cancel"])
def test_a_loan_that_never_went_owes_nothing(offices, end, exact):
    loan = offices.clerk.post("/loans", wish(500))
    offices.lender.post(f"/transfers/{loan['transfer']}/{end}", {"reason": "none left"}, 200)
    assert offices.figures(f"/loans/{loan['id']}") == (0, 0, 0, "settled")
    assert offices.clerk.post(f"/loans/{loan['id']}/returns", {"quantity": 1}, 409)["code"] == "more_than_owed"


def test_an_undone_receipt_lowers_what_was_lent_and_what_came_back_stays_seen(offices, exact):
    loan = offices.clerk.post("/loans", wish(100))
    path = f"/loans/{loan['id']}"
    offices.lender.post(f"/transfers/{loan['transfer']}/approve", {}, 200)
    offices.lender.post(f"/transfers/{loan['transfer']}/dispatch", {}, 200)
    for part in (70, 30):
        offices.clerk.post(f"/transfers/{loan['transfer']}/receive", {"received": part}, 200)
    offices.carry(offices.give_back(path, 60), 60, offices.clerk, offices.lender)
    offices.clerk.post(f"/transfers/{loan['transfer']}/undo", {"reason": "counted twice"}, 200)
    assert offices.figures(path) == (70, 60, 10, "open")
    offices.ministry.post("/receipts", receipt(BORROWER, 100))
    offices.clerk.post(f"/transfers/{loan['transfer']}/undo", {"reason": "counted twice"}, 200)
    assert offices.figures(path) == (0, 60, -60, "open")


def test_another_version_and_other_stores_may_come_back(offices, exact):
    path = offices.lend(10)
    version = {"code": "blangko-2", "name": "Blangko 2", "kind": "blank", "family": "blangko", "version": "2",
               "unit": "keping", "pack_size": 500}  # fmt: skip
    offices.ministry.post("/items", version)
    for code, office in (("15.03-CETAK", "15.03"), ("15.04-CETAK", "15.04")):
        store = {"code": code, "office": office, "kind": "print_room", "name": "Cetak"}
        offices.ministry.post("/stores", store)
    offices.ministry.post("/receipts", receipt("15.04-CETAK", 10, "blangko-2"))
    back = offices.give_back(path, 10, item="blangko-2", from_store="15.04-CETAK", to_store="15.03-CETAK")
    offices.carry(back, 10, offices.clerk, offices.lender)
    assert offices.figures(path) == (10, 10, 0, "settled")
    for wrong, code in (
        ({"item": "ribbon"}, "loan_other_family"),
        ({"from_store": LENDER}, "loan_store_wrong"),
        ({"to_store": BORROWER}, "loan_store_wrong"),
        ({"delivery": 1, "item": "blangko"}, "body_invalid"),
    ):
        assert offices.clerk.post(f"{path}/returns", {"quantity": 1, **wrong}, 422)["code"] == code


def test_the_next_delivery_of_the_common_supplier_settles_in_the_borrowers_place(offices, exact):
    first, second = offices.lend(100), offices.lend(100)
    delivery = offices.supply(150)
    body = {"delivery": delivery, "quantity": 90}
    settled = offices.province.post(f"{first}/returns", body)
    assert [(row["kind"], row["quantity"], row["returned"]) for row in settled["repayments"]] == [("delivery", 90, 90)]
    assert offices.figures(first) == (100, 90, 10, "open")
    assert offices.province.post(f"{first}/returns", body, 409)["code"] == "delivery_credited"
    problem = offices.province.post(f"{second}/returns", body, 409)
    assert (problem["code"], problem["facts"]["credited"]) == ("delivery_used_up", 90)
    offices.province.post(f"{second}/returns", body | {"quantity": 60})
    assert offices.figures(second) == (100, 60, 40, "open")
    other = offices.supply(500)
    assert offices.province.post(f"{second}/returns", {"delivery": other, "quantity": 41}, 409)["code"] == (
        "more_than_owed"
    )


def test_an_undone_delivery_is_worth_less_to_the_loans_it_was_credited_to_last(offices, exact):
    first, second = offices.lend(100), offices.lend(100)
    delivery = offices.supply(100)
    offices.province.post(f"{first}/returns", {"delivery": delivery, "quantity": 60})
    offices.province.post(f"{second}/returns", {"delivery": delivery, "quantity": 40})
    offices.ministry.post(f"/transfers/{delivery}/undo", {"reason": "mistake"}, 200)
    assert (offices.figures(first)[1], offices.figures(second)[1]) == (0, 0)
    offices.ministry.post(f"/transfers/{delivery}/receive", {"received": 70, "missing": 30, "reason": "?"}, 200)
    assert (offices.figures(first)[1], offices.figures(second)[1]) == (60, 10)


def test_only_a_later_delivery_in_the_borrowers_place_settles(offices, exact):
    early = offices.supply(50)
    path = offices.lend(100)
    back = offices.give_back(path, 10)
    elsewhere, ribbons = offices.supply(50, BORROWER), offices.supply(50, LENDER, "ribbon")
    loan = offices.ministry.post("/loans", wish(20, from_store="15-UTAMA", to_store=LENDER))
    offices.ministry.post("/receipts", receipt("15-UTAMA", 20))
    offices.ministry.post(f"/transfers/{loan['transfer']}/approve", {}, 200)
    offices.carry(loan["transfer"], 20, offices.ministry, offices.ministry)
    for delivery in (early, back, elsewhere, ribbons, loan["transfer"]):
        body = {"delivery": delivery, "quantity": 1}
        assert offices.ministry.post(f"{path}/returns", body, 422)["code"] == "delivery_unfit"
    assert offices.province.post(f"{path}/returns", {"delivery": 999_999, "quantity": 1}, 404)["code"] == (
        "transfer_not_found"
    )


def test_who_may_approve_for_the_supplier_settles_and_nobody_else(offices, calls):
    path = offices.lend(100)
    body = {"delivery": offices.supply(100), "quantity": 10}
    assert calls("clerk", "15").post(f"{path}/returns", body, 403)["code"] == "not_permitted"
    assert offices.lender.post(f"{path}/returns", body, 403)["code"] == "not_this_end"
    assert offices.borrower.post(f"{path}/returns", body, 404)["code"] == "transfer_not_found"
    assert calls("coordinator", "16").post(f"{path}/returns", body, 404)["code"] == "loan_not_found"
    goods = {"from_store": "15-UTAMA", "to_store": LENDER, "item": "blangko", "quantity": 5}
    asked = offices.ministry.post("/transfers", goods)["id"]
    unready = {"delivery": asked, "quantity": 1}
    assert offices.province.post(f"{path}/returns", unready, 409)["code"] == "transfer_not_ready"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to_store": "15.03-CETAK"}, 404, "store_not_found"),
        ({"to_store": LENDER}, 422, "loan_same_office"),
        ({"item": "kertas"}, 404, "item_not_found"),
        ({"due_on": "2019-04-04"}, 422, "loan_due_passed"),
        ({"due_on": "besok"}, 422, "body_invalid"),
        ({"quantity": 0}, 422, "body_invalid"),
        ({"quantity": -5}, 422, "body_invalid"),
        ({"quantity": 10**12}, 422, "body_invalid"),
        ({"lent": 5}, 422, "body_invalid"),
    ],
)
def test_a_loan_that_can_never_be_right_is_refused(offices, change, status, code):
    assert offices.lender.post("/loans", wish(**change), status)["code"] == code
    assert offices.clerk.get("/loans")["items"] == []


@pytest.mark.parametrize(
    ("role", "office", "status", "code"),
    [
        ("inspector", "15.03", 403, "not_permitted"),
        ("printer", "15.04", 403, "not_permitted"),
        ("field", "15.04", 403, "not_permitted"),
        ("clerk", "15.05", 404, "store_not_found"),
        ("coordinator", "16", 404, "store_not_found"),
    ],
)
def test_only_the_two_sides_make_a_loan(offices, calls, role, office, status, code):
    assert calls(role, office).post("/loans", wish(), status)["code"] == code


def test_only_the_two_sides_see_a_loan_and_only_the_borrower_gives_back(offices, calls, exact):
    path = offices.lend(100)
    stranger = calls("admin", "15.05")
    assert stranger.get(path, 404)["code"] == "loan_not_found"
    assert stranger.post(f"{path}/returns", {"quantity": 1}, 404)["code"] == "loan_not_found"
    assert stranger.get("/loans")["items"] == []
    assert stranger.get("/loans/net")["items"] == []
    for name in ("/loans", "/loans/net"):
        assert stranger.get(f"{name}?office=15.03", 403)["code"] == "out_of_reach"
    assert offices.lender.post(f"{path}/returns", {"quantity": 1}, 403)["code"] == "not_this_end"
    assert calls("inspector", "15.04").post(f"{path}/returns", {"quantity": 1}, 403)["code"] == "not_permitted"
    assert offices.clerk.post("/loans/999999/returns", {"quantity": 1}, 404)["code"] == "loan_not_found"
    assert calls("inspector", "15.04").get(path)["outstanding"] == 100


def test_an_event_kit_neither_lends_nor_borrows(offices):
    event = offices.ministry.post("/events", {
        "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": day(1),
        "ends_on": day(2), "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    kit = f"15.03-ACARA-{event['id']}"
    assert offices.ministry.post("/loans", wish(from_store=kit), 422)["code"] == "loan_of_kit"


def test_the_same_key_makes_one_loan_and_one_return(offices, exact):
    first, again = (offices.clerk.post("/loans", wish(50), key="loan") for _ in range(2))
    assert first["id"] == again["id"]
    assert offices.clerk.post("/loans", wish(51), 409, key="loan")["code"] == "idempotency_key_reused"
    assert offices.clerk.post("/loans", wish(50), 400, key=None)["code"] == "idempotency_key_missing"
    path = offices.lend(50)
    for _ in range(2):
        answer = offices.clerk.post(f"{path}/returns", {"quantity": 30}, key="back")
        assert [row["quantity"] for row in answer["repayments"]] == [30]


def test_lists_say_on_which_side_and_in_what_state(offices, exact):
    open_, late, done = offices.lend(100), offices.lend(50, due_on=day(0)), offices.lend(10)
    offices.carry(offices.give_back(done, 10), 10, offices.clerk, offices.lender)
    with clock.telling(clock.now() + timedelta(2)):
        paths = {}
        for status in ("open", "overdue", "settled"):
            found = offices.clerk.get(f"/loans?status={status}")["items"]
            assert {row["status"] for row in found} == {status}
            assert {row["overdue"] for row in found} == {status == "overdue"}
            paths[status] = [f"/loans/{row['id']}" for row in found]
        assert paths == {"open": [open_], "overdue": [late], "settled": [done]}
    assert len(offices.clerk.get("/loans?role=borrower")["items"]) == 3
    assert offices.clerk.get("/loans?role=lender")["items"] == []
    assert len(offices.province.get("/loans?office=15.03&role=lender&item=blangko")["items"]) == 3
    assert offices.province.get("/loans?item=ribbon")["items"] == []
    page = offices.province.get("/loans?limit=2&order=desc")
    rest = offices.province.get(f"/loans?limit=2&order=desc&cursor={page['next']}")
    assert [f"/loans/{row['id']}" for row in page["items"] + rest["items"]] == [done, late, open_]
    assert offices.clerk.get("/loans?status=lost", 422)["code"] == "query_invalid"


def test_the_net_position_of_a_pair_is_seen_from_either_side(offices, exact):
    path = offices.lend(100, due_on=day(0))
    offices.carry(offices.give_back(path, 30), 30, offices.clerk, offices.lender)
    counter = offices.lender.post("/loans", wish(20, from_store=BORROWER, to_store=LENDER))
    offices.borrower.post(f"/transfers/{counter['transfer']}/approve", {}, 200)
    offices.carry(counter["transfer"], 20, offices.clerk, offices.lender)
    with clock.telling(clock.now() + timedelta(2)):
        (mine,) = offices.lender.get("/loans/net")["items"]
        (theirs,) = offices.borrower.get("/loans/net?office=15.04")["items"]
        (above,) = offices.province.get("/loans/net")["items"]
    assert mine == above == {
        "office": "15.03", "partner": "15.04", "item": "blangko", "lent": 100, "returned": 30, "owed_to": 70,
        "overdue_to": 70, "borrowed": 20, "given_back": 0, "owes": 20, "overdue_from": 0, "net": 50,
    }  # fmt: skip
    assert (theirs["office"], theirs["net"], theirs["owes"], theirs["overdue_from"]) == ("15.04", -50, 70, 70)


def test_lists_of_loans_take_a_constant_number_of_queries(offices, statements):
    for _ in range(3):
        offices.lend(10)
    for name in ("/loans", "/loans/net"):
        with statements.within(3):
            offices.province.get(name)
