"""Numbers on the way over REST: with transfers, dispatched, received, missing and undone."""

import pytest

from tests import transfers
from tests.builders import receipt
from tests.numbered import numbered, spans, told
from tests.transfers import FROM, TO

province, regency = transfers.province, transfers.regency


@pytest.fixture
def approved(province, regency):
    """`approved(n)` is the path of an approved transfer from the province, which has A000001 to A001000."""
    province.post("/receipts", numbered(FROM, (1, 1_000)))

    def ask(quantity, **more):
        wish = {"from_store": FROM, "to_store": TO, "item": "blangko", "quantity": quantity, **more}
        path = f"/transfers/{regency.post('/transfers', wish)['id']}"
        province.post(f"{path}/approve", {}, 200)
        return path

    return ask


@pytest.fixture
def sent(approved, province):
    """The path of a transfer with A000101 to A000200 under way."""
    path = approved(100)
    province.post(f"{path}/dispatch", spans((101, 200)), 200)
    return path


def test_numbers_go_and_arrive_in_parts_and_are_told_while_they_are_under_way(sent, province, regency, exact):
    under_way = province.get(sent)
    assert (under_way["dispatched"], under_way["numbered"], under_way["missing_intervals"]) == (100, True, [])
    assert under_way["intervals"] == told((101, 200))
    part = regency.post(f"{sent}/receive", {"received": spans((101, 120), (151, 160))}, 200)
    assert (part["status"], part["received"]) == ("dispatched", 30)
    assert (part["intervals"], part["missing_intervals"]) == (told((121, 150), (161, 200)), [])
    done = regency.post(f"{sent}/receive", {"received": 70}, 200)
    assert (done["status"], done["received"], done["intervals"]) == ("received", 100, [])
    assert regency.stock(TO)["on_hand"] == 100
    regency.post("/spoilages", {"store": TO, "item": "blangko", **spans((115, 155)), "reason": "damaged"})


def test_a_listed_transfer_says_whether_it_has_numbers(sent, regency):
    [line] = regency.get("/transfers")["items"]
    assert line["numbered"] is True
    assert "intervals" not in line


def test_rejected_missing_and_surplus_numbers_each_have_their_place(sent, province, regency, exact):
    body = {
        "received": spans((101, 190)), "rejected": {"numbers": ["A000191", "A000192"]}, "missing": 8,
        "rejected_reason": "factory_defect", "reason": "two without a chip, eight are not in the box",
    }  # fmt: skip
    done = regency.post(f"{sent}/receive", body, 200)
    assert (done["status"], done["received"], done["rejected"], done["missing"]) == ("disputed", 90, 2, 8)
    assert done["missing_intervals"] == done["intervals"] == told((193, 200))
    there = regency.stock(TO)
    assert (there["on_hand"], there["spoiled"]) == (90, 2)
    [entry] = [each for each in regency.get(f"/movements/{done['deliveries'][0]['movement']}")["entries"]
               if each["condition"] == "spoiled"]  # fmt: skip
    assert entry["quantity"] == 2


def test_more_than_was_sent_comes_onto_the_books_by_number_or_by_count(sent, province, regency, exact):
    body = {"received": 100, "reason": "a box too many", "seen_by": "the driver"}
    known = regency.post(f"{sent}/receive", {**body, "surplus": {"numbers": ["A000900"]}}, 409)
    assert (known["code"], "A000900" in known["detail"]) == ("numbers_known", True)
    done = regency.post(f"{sent}/receive", {**body, "surplus": {"intervals": [["B001", "B003"]]}}, 200)
    assert (done["status"], done["surplus"]) == ("received", 3)
    assert regency.stock(TO)["on_hand"] == 103
    regency.post(f"{sent}/undo", {"reason": "it was another lorry"}, 200)
    assert regency.get(sent)["intervals"] == told((101, 200))
    again = regency.post(f"{sent}/receive", {**body, "surplus": 2}, 200)
    assert (again["surplus"], regency.stock(TO)["on_hand"]) == (2, 102)


def test_only_blanks_are_too_many_by_number(province, regency, calls):
    province.post("/receipts", receipt(FROM, 5, "ribbon"))
    wish = {"from_store": FROM, "to_store": TO, "item": "ribbon", "quantity": 5}
    path = f"/transfers/{regency.post('/transfers', wish)['id']}"
    province.post(f"{path}/approve", {}, 200)
    province.post(f"{path}/dispatch", {}, 200)
    body = {"received": 5, "surplus": {"numbers": ["B1"]}, "reason": "one more", "seen_by": "the driver"}
    assert regency.post(f"{path}/receive", body, 422)["code"] == "only_blanks_have_numbers"


WRONG_RECEIPTS = {
    "in the sender's store": ({"received": spans((101, 201))}, 409, "numbers_elsewhere", "A000201"),
    "in the receiver's hands already": ({"received": spans((101, 110))}, 409, "numbers_elsewhere", "A000101..A000105"),
    "nowhere": ({"received": {"numbers": ["B7"]}}, 409, "numbers_unknown", "B7"),
    "received and rejected": (
        {"received": spans((110, 120)), "rejected": {"numbers": ["A000120"]}, "reason": "wet"},
        422, "numbers_twice", "A000120",
    ),
    "twice": ({"received": {"numbers": ["A000120", "A000120"]}}, 422, "numbers_twice", "A000120"),
    "not named": ({"received": 5}, 409, "numbers_needed", "95"),
    "all but those that are missing": ({"received": 90, "missing": 5, "reason": "?"}, 409, "numbers_needed", "95"),
    "unreadable": ({"received": {"numbers": ["A"]}}, 422, "number_unreadable", "A"),
    "backwards": ({"received": {"intervals": [["A000120", "A000110"]]}}, 422, "interval_unreadable", "A000120"),
    "too many": ({"received": spans((106, 200)), "missing": 1, "reason": "?"}, 409, "more_than_under_way", "95"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code", "named"), WRONG_RECEIPTS.values(), ids=list(WRONG_RECEIPTS))
def test_numbers_that_were_not_sent_are_refused_by_name_and_nothing_moves(
    sent, regency, exact, body, status, code, named
):
    regency.post(f"{sent}/receive", {"received": spans((101, 105))}, 200)
    problem = regency.post(f"{sent}/receive", body, status)
    assert (problem["code"], named in problem["detail"]) == (code, True)
    assert regency.get(sent)["intervals"] == told((106, 200))
    assert regency.stock(TO)["on_hand"] == 5


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"received": {"quantity": 5}}, "/received/quantity"),
        ({"received": {}}, "/received"),
        ({"received": spans((1, 2)) | {"numbers": ["A1"]}}, "/received"),
        ({"received": -1}, "/received"),
        ({"received": 10**13}, "/received"),
        ({"received": None}, "/received"),
        ({"received": "5"}, "/received"),
        ({"received": {"intervals": [["A1"]]}}, "/received/intervals/0"),
        ({"received": 1, "rejected_reason": "ugly"}, "/rejected_reason"),
    ],
)
def test_a_receipt_that_says_how_much_in_no_way_or_two_is_refused(sent, regency, body, pointer):
    problem = regency.post(f"{sent}/receive", body, 422)
    assert any(error["pointer"].startswith(pointer) for error in problem["errors"])


def test_a_dispatch_says_how_much_once_and_of_what_is_there(approved, province, exact):
    path = approved(100)
    province.post(f"{path}/dispatch", {"quantity": 5, **spans((1, 5))}, 422)
    assert province.post(f"{path}/dispatch", {}, 409)["code"] == "numbers_needed"
    assert province.post(f"{path}/dispatch", spans((1, 101)), 409)["code"] == "more_than_approved"
    assert province.post(f"{path}/dispatch", spans((950, 1_001)), 409)["code"] == "numbers_unknown"
    twice = province.post(f"{path}/dispatch", spans((1, 5), (5, 6)), 422)
    assert (twice["code"], twice["errors"][0]["pointer"]) == ("numbers_twice", "/intervals/1")
    less = province.post(f"{path}/dispatch", {"numbers": ["A000007", "A000003"]}, 200)
    assert (less["dispatched"], less["intervals"]) == (2, told((3, 3), (7, 7)))
    assert province.post(f"{approved(5)}/dispatch", spans((7, 8)), 409)["code"] == "numbers_elsewhere"


def test_a_count_that_is_all_there_is_takes_the_numbers_along(approved, province, exact):
    path = approved(1_000)
    gone = province.post(f"{path}/dispatch", {}, 200)
    assert (gone["numbered"], gone["intervals"]) == (True, told((1, 1_000)))
    province.post(f"{path}/undo", {"reason": "the lorry broke down"}, 200)
    province.post("/receipts", receipt(FROM, 1_000))
    counted = province.post(f"{path}/dispatch", {}, 200)
    assert (counted["numbered"], counted["intervals"], counted["dispatched"]) == (False, [], 1_000)
    assert province.stock(FROM)["on_hand"] == 1_000


def test_counted_goods_are_not_received_by_number(approved, province, regency, exact):
    province.post("/receipts", receipt(FROM, 10))
    path = approved(10)
    province.post(f"{path}/dispatch", {}, 200)
    for wrong, code in (("A000001", "numbers_elsewhere"), ("B1", "numbers_unknown")):
        assert regency.post(f"{path}/receive", {"received": {"numbers": [wrong]}}, 409)["code"] == code
    regency.post(f"{path}/receive", {"received": 10}, 200)


def test_undoing_brings_the_very_numbers_back_unless_they_moved_on(sent, province, regency, exact):
    body = {"received": spans((101, 190)), "rejected": spans((191, 200)), "reason": "wet"}
    regency.post(f"{sent}/receive", body, 200)
    back = regency.post(f"{sent}/undo", {"reason": "wrong box"}, 200)
    assert (back["status"], back["intervals"]) == ("dispatched", told((101, 200)))
    regency.post(f"{sent}/receive", {"received": 100}, 200)
    regency.post("/spoilages", {"store": TO, "item": "blangko", "numbers": ["A000150"], "reason": "damaged"})
    problem = regency.post(f"{sent}/undo", {"reason": "wrong box"}, 409)
    assert (problem["code"], "A000150" in problem["detail"]) == ("numbers_elsewhere", True)


def test_a_cancelled_dispatch_is_as_if_it_never_was(sent, province, exact):
    gone = province.post(f"{sent}/cancel", {"reason": "road closed"}, 200)
    assert (gone["status"], gone["intervals"]) == ("cancelled", [])
    province.post("/spoilages", {"store": FROM, "item": "blangko", **spans((1, 1_000)), "reason": "damaged"})


def test_missing_numbers_are_found_or_given_up_one_by_one(sent, calls, province, regency, exact):
    chief = calls("coordinator", "15")
    regency.post(f"{sent}/receive", {"received": spans((101, 195)), "missing": 5, "reason": "?"}, 200)
    assert regency.post(f"{sent}/resolve", {"found": 2, "reason": "car"}, 409)["code"] == "numbers_needed"
    elsewhere = regency.post(f"{sent}/resolve", {"found": {"numbers": ["A000150"]}, "reason": "car"}, 409)
    assert (elsewhere["code"], "A000150" in elsewhere["detail"]) == ("numbers_elsewhere", True)
    found = regency.post(f"{sent}/resolve", {"found": spans((196, 197)), "reason": "in the car"}, 200)
    assert (found["missing"], found["missing_intervals"]) == (3, told((198, 200)))
    one = chief.post(f"{sent}/resolve", {"written_off": {"numbers": ["A000199"]}, "reason": "stolen"}, 200)
    assert one["missing_intervals"] == told((198, 198), (200, 200))
    done = chief.post(f"{sent}/resolve", {"written_off": 2, "reason": "stolen"}, 200)
    assert (done["status"], done["missing"], done["written_off"], done["missing_intervals"]) == ("received", 3, 3, [])
    assert province.stock(FROM)["lost"] == 3
    assert regency.stock(TO)["on_hand"] == 97


def test_goods_under_way_that_wait_for_their_receipt_stay_open_by_number(sent, province, regency):
    late = regency.post(f"{sent}/receive", {"missing": 3, "reason": "one box is late"}, 200)
    assert (late["status"], late["missing_intervals"]) == ("dispatched", [])
    assert regency.post(f"{sent}/receive", {"received": 97}, 409)["code"] == "numbers_needed"
    done = regency.post(f"{sent}/receive", {"received": spans((104, 200))}, 200)
    assert (done["status"], done["missing_intervals"]) == ("disputed", told((101, 103)))


def test_the_same_key_moves_the_numbers_once(sent, regency, exact):
    body = {"received": spans((101, 110))}
    first = regency.post(f"{sent}/receive", body, 200, key="desk 1")
    assert regency.post(f"{sent}/receive", body, 200, key="desk 1") == first
