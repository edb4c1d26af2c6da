"""Numbers on the way over REST: with transfers, with pledges, and home again from an event."""

import pytest

from tests.builders import receipt

FROM, TO = "15-UTAMA", "15.03-UTAMA"


def spans(*ends):
    """The intervals between these ends of series A, as a body says them."""
    return {"intervals": [[f"A{first:06}", f"A{last:06}"] for first, last in ends]}


def told(*ends):
    return spans(*ends)["intervals"]


def numbered(store, *ends, **more):
    body = receipt(store, 1, **more)
    del body["quantity"]
    return {**body, **spans(*ends)}


@pytest.fixture
def province(calls):
    return calls("admin", "15")


@pytest.fixture
def regency(calls):
    return calls("clerk", "15.03")


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


# Events


class Pooled:
    """A planned event of the regency; the province has A000001 to A001000 and 50 without numbers."""

    def __init__(self, calls):
        self.host, self.province, self.clerk = (calls(*who) for who in (
            ("coordinator", "15.03"), ("coordinator", "15"), ("clerk", "15.03"),
        ))  # fmt: skip
        keeper = calls("admin", "15")
        keeper.post("/receipts", numbered(FROM, (1, 1_000)))
        keeper.post("/receipts", receipt(FROM, 50))
        self.clerk.post("/receipts", numbered(TO, (5_001, 5_100)))
        made = self.plan()
        self.id, self.kit, self.path = made["id"], made["store"], f"/events/{made['id']}"

    def plan(self):
        return self.host.post("/events", {
            "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": "2019-04-04",
            "ends_on": "2019-04-05", "opens_at": "08:00", "closes_at": "16:00",
        })  # fmt: skip

    def pledge(self, store=FROM, expect=201, **amount):
        caller = self.province if store == FROM else self.host
        return caller.post(f"{self.path}/pledges", {"store": store, "item": "blangko", **amount}, expect)

    def pledges(self):
        return self.host.get(self.path)["pledges"]

    def start(self, *arrived, expect=200):
        return self.host.post(f"{self.path}/start", {"arrived": list(arrived)}, expect)

    def close(self, expect=200, **body):
        return self.host.post(f"{self.path}/close", body, expect)

    def settled(self):
        lines = self.host.get(f"{self.path}/settlement")["owners"]
        names = ("brought", "printed", "spoiled", "used", "returned", "missing")
        return {line["owner"]: tuple(line[name] for name in names) for line in lines}

    def returns(self):
        return self.host.get(f"/transfers?store={self.kit}&status=approved")["items"]


@pytest.fixture
def pooled(calls):
    return Pooled(calls)


def test_pledged_numbers_are_set_aside_and_told_until_they_are_brought(pooled, exact):
    first, second = pooled.pledge(**spans((1, 100))), pooled.pledge(**spans((201, 300)))
    assert (first["quantity"], first["numbered"], first["intervals"]) == (100, True, told((1, 100)))
    assert pooled.pledge(quantity=50)["numbered"] is False
    assert pooled.pledge(quantity=1, expect=409)["code"] == "numbers_needed"
    assert pooled.pledge(numbers=["A000100"], expect=409)["code"] == "numbers_elsewhere"
    assert pooled.pledge(numbers=["B1"], expect=409)["code"] == "numbers_unknown"
    assert pooled.pledge(expect=422, quantity=1, numbers=["A000500"])["code"] == "body_invalid"
    assert [each["intervals"] for each in pooled.pledges()] == [told((1, 100)), told((201, 300)), []]
    pooled.province.send("DELETE", f"{pooled.path}/pledges/{first['id']}")
    again = pooled.pledge(**spans((1, 50)))
    assert again["intervals"] == told((1, 50))
    started = pooled.start()
    assert [(each["status"], each["arrived"], each["intervals"]) for each in started["pledges"]] == [
        ("released", None, []), ("brought", 100, []), ("brought", 50, []), ("brought", 50, []),
    ]  # fmt: skip
    assert pooled.host.get(f"/transfers/{started['pledges'][1]['transfer']}")["numbered"] is True
    assert pooled.host.stock(pooled.kit)["on_hand"] == 200
    assert second["id"] == started["pledges"][1]["id"]


def test_the_numbers_that_did_not_arrive_are_missing(pooled, exact):
    first = pooled.pledge(**spans((1, 100)))["id"]
    other = pooled.pledge(**spans((201, 210)))["id"]
    line = {"pledge": first, "reason": "one box is wet"}
    assert pooled.start({**line, "quantity": 98}, expect=409)["code"] == "numbers_needed"
    mixed_up = pooled.start({**line, **spans((1, 90), (201, 201))}, expect=409)
    assert (mixed_up["code"], "A000201" in mixed_up["detail"]) == ("numbers_elsewhere", True)
    assert mixed_up["errors"][0]["pointer"] == "/arrived/0/intervals/1"
    assert pooled.start({**line, **spans((1, 90)), "reason": ""}, expect=422)["code"] == "arrived_unexplained"
    assert pooled.start({**line, **spans((1, 101))}, expect=422)["code"] == "arrived_more_than_pledged"
    started = pooled.start({**line, **spans((1, 90), (93, 100))}, {"pledge": other, "quantity": 10})
    assert [each["arrived"] for each in started["pledges"]] == [98, 10]
    transfer = f"/transfers/{started['pledges'][0]['transfer']}"
    assert pooled.host.get(transfer)["missing_intervals"] == told((91, 92))
    assert pooled.settled()["15"] == (110, 0, 0, 0, 108, 2)
    pooled.host.post(f"{transfer}/resolve", {"found": {"numbers": ["A000092"]}, "reason": "in the car"}, 200)
    assert pooled.settled()["15"] == (110, 0, 0, 0, 109, 1)


def test_none_of_the_numbers_arrived(pooled, exact):
    first = pooled.pledge(**spans((1, 3)))["id"]
    started = pooled.start({"pledge": first, "quantity": 0, "reason": "the car broke down"})
    transfer = pooled.host.get(f"/transfers/{started['pledges'][0]['transfer']}")
    assert transfer["missing_intervals"] == told((1, 3))


def test_a_pledge_to_a_running_event_is_brought_by_number(pooled, exact):
    pooled.start()
    late = pooled.pledge(**spans((11, 20)))["id"]
    path = f"{pooled.path}/pledges/{late}/bring"
    pooled.host.post(path, {"quantity": 1, "numbers": ["A000011"], "reason": "x"}, 422)
    brought = pooled.host.post(path, {**spans((11, 19)), "reason": "one is bent"}, 200)
    assert (brought["status"], brought["arrived"]) == ("brought", 9)
    other = pooled.pledge(**spans((21, 30)))["id"]
    assert pooled.host.post(f"{pooled.path}/pledges/{other}/bring", {}, 200)["arrived"] == 10


def test_what_was_spoiled_of_a_pledge_is_not_brought(pooled, calls, exact):
    first = pooled.pledge(**spans((1, 10)))["id"]
    spoiled = {"store": FROM, "item": "blangko", **spans((4, 5)), "reason": "damaged", "event": pooled.id}
    calls("clerk", "15").post("/spoilages", spoiled)
    assert pooled.pledges()[0]["intervals"] == told((1, 3), (6, 10))
    started = pooled.start({"pledge": first, **spans((1, 3), (6, 10))})
    assert started["pledges"][0]["arrived"] == 8


def test_pledged_goods_that_got_their_numbers_later_go_along(pooled, calls, exact):
    counted = pooled.pledge(quantity=50)["id"]
    body = {"store": FROM, "item": "blangko", "intervals": [["C01", "C20"]], "event": pooled.id}
    calls("clerk", "15").post("/trackings", body)
    started = pooled.start({"pledge": counted, "quantity": 29, "reason": "one is bent"})
    assert [(each["quantity"], each["arrived"], each["numbered"]) for each in started["pledges"]] == [
        (30, 29, False), (20, 20, True),
    ]  # fmt: skip
    assert pooled.host.stock(pooled.kit)["on_hand"] == 49


def test_a_released_pledge_lets_all_of_its_goods_go(pooled, calls, exact):
    counted = pooled.pledge(quantity=50)["id"]
    body = {"store": FROM, "item": "blangko", "intervals": [["C01", "C20"]], "event": pooled.id}
    calls("clerk", "15").post("/trackings", body)
    pooled.province.send("DELETE", f"{pooled.path}/pledges/{counted}")
    rows = pooled.province.get(f"/stock?store={FROM}&item=blangko")["items"]
    assert [(row["event"], row["on_hand"]) for row in rows] == [(None, 1_050)]


def test_cancelling_an_event_sets_every_number_free(pooled, exact):
    pooled.pledge(**spans((1, 100)))
    pooled.pledge(quantity=50)
    pooled.host.post(f"{pooled.path}/cancel", {"reason": "flood"}, 200)
    rows = pooled.province.get(f"/stock?store={FROM}&item=blangko")["items"]
    assert [(row["event"], row["on_hand"]) for row in rows] == [(None, 1_050)]


def test_the_close_tells_counted_goods_and_numbers_together_and_sends_both_home(pooled, exact):
    pooled.pledge(**spans((1, 100)))
    pooled.pledge(quantity=50)
    pooled.pledge(TO, **spans((5_001, 5_010)))
    pooled.start()
    taken = {"store": pooled.kit, "item": "blangko", "owner": "15", "reason": "print_failure"}
    pooled.clerk.post("/spoilages", {**taken, **spans((1, 4))})
    pooled.clerk.post("/spoilages", {**taken, "quantity": 2})
    lost = {"store": pooled.kit, "item": "blangko", "owner": "15", "reason": "gone", "numbers": ["A000009"]}
    pooled.clerk.post("/losses", lost)
    assert pooled.settled() == {"15": (150, 0, 6, 0, 143, 1), "15.03": (10, 0, 0, 0, 10, 0)}
    count = {"owner": "15", "item": "blangko"}
    reasons = [{"owner": "15", "item": "blangko", "reason": "two people searched"}]
    by_count = pooled.close(409, counts=[{**count, "quantity": 141}], explanations=reasons)
    assert by_count["code"] == "numbers_needed"
    seen = spans((5, 8), (10, 98))
    for wrong, code in ((("A000200"), "numbers_elsewhere"), ("B1", "numbers_unknown")):
        problem = pooled.close(409, counts=[{**count, "numbers": [wrong]}], explanations=reasons)
        assert (problem["code"], wrong in problem["detail"]) == (code, True)
        assert problem["errors"][0]["pointer"] == "/counts/0/numbers/0"
    assert pooled.close(409, counts=[{**count, **seen}])["code"] == "difference_unexplained"
    closed = pooled.close(counts=[{**count, **seen}], explanations=reasons)
    assert closed["settlement"]["frozen"] is True
    assert pooled.settled() == {"15": (150, 0, 6, 0, 141, 3), "15.03": (10, 0, 0, 0, 10, 0)}
    waiting = {(each["owner"], each["numbered"]): each for each in pooled.returns()}
    assert {key: each["approved"] for key, each in waiting.items()} == {
        ("15", False): 48, ("15", True): 93, ("15.03", True): 10,
    }  # fmt: skip
    home = f"/transfers/{waiting['15', True]['id']}"
    assert pooled.clerk.post(f"{home}/dispatch", {}, 200)["intervals"] == told((5, 8), (10, 98))
    pooled.province.post(f"{home}/receive", {"received": 93}, 200)
    pooled.clerk.post(f"/transfers/{waiting['15', False]['id']}/dispatch", {}, 200)
    pooled.clerk.post(f"/transfers/{waiting['15.03', True]['id']}/dispatch", {}, 200)
    assert pooled.host.stock(TO)["spoiled"] == 6
    assert pooled.host.stock(pooled.kit)["lost"] == 3


def test_a_count_that_is_what_the_books_say_needs_no_numbers(pooled, exact):
    pooled.pledge(**spans((1, 100)))
    pooled.pledge(quantity=50)
    pooled.start()
    pooled.close(counts=[{"owner": "15", "item": "blangko", "quantity": 150}])
    assert pooled.settled()["15"] == (150, 0, 0, 0, 150, 0)


def test_where_nothing_at_all_was_found_every_number_is_lost(pooled, exact):
    pooled.pledge(**spans((1, 100)))
    pooled.pledge(quantity=50)
    pooled.start()
    reasons = [{"owner": "15", "item": "blangko", "reason": "the kit was stolen"}]
    pooled.close(counts=[{"owner": "15", "item": "blangko", "quantity": 0}], explanations=reasons)
    assert (pooled.settled()["15"], pooled.returns()) == ((150, 0, 0, 0, 0, 150), [])
    lost = {"store": pooled.kit, "item": "blangko", **spans((1, 1)), "reason": "damaged"}
    assert pooled.clerk.post("/spoilages", lost, 409)["code"] == "store_closed"


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ({}, "/counts/0/quantity"),
        ({"quantity": 1, "numbers": ["A000001"]}, "/counts/0/quantity"),
        ({"numbers": ["A000001", "A000001"]}, "/counts/0/numbers/1"),
        ({"intervals": [["A000002", "A000001"]]}, "/counts/0/intervals/0"),
        ({"quantity": -1}, "/counts/0/quantity"),
    ],
)
def test_a_count_line_says_how_much_in_one_way(pooled, line, pointer):
    pooled.pledge(**spans((1, 100)))
    pooled.start()
    problem = pooled.close(422, counts=[{"owner": "15", "item": "blangko", **line}])
    assert problem["errors"][0]["pointer"] == pointer


def test_a_return_in_parts_leaves_a_return_of_the_other_numbers(pooled, exact):
    pooled.pledge(**spans((1, 100)))
    pooled.start()
    pooled.close()
    [home] = pooled.returns()
    path = f"/transfers/{home['id']}"
    pooled.clerk.post(f"{path}/dispatch", spans((1, 60)), 200)
    [rest] = pooled.returns()
    assert (rest["approved"], rest["numbered"]) == (40, True)
    assert pooled.clerk.post(f"{path}/undo", {"reason": "wrong lorry"}, 200)["approved"] == 60
    assert pooled.clerk.post(f"/transfers/{rest['id']}/dispatch", {}, 409)["code"] == "numbers_needed"
    pooled.clerk.post(f"/transfers/{rest['id']}/dispatch", spans((61, 100)), 200)
    assert pooled.clerk.post(f"{path}/dispatch", {}, 200)["intervals"] == told((1, 60))


def test_a_numbered_return_goes_straight_to_the_next_event(pooled, exact):
    following = pooled.plan()
    pooled.pledge(**spans((1, 100)))
    pooled.start()
    pooled.close()
    [home] = pooled.returns()
    path = f"/transfers/{home['id']}"
    pooled.province.post(f"{path}/redirect", {"to_store": following["store"]}, 200)
    pooled.clerk.post(f"{path}/dispatch", {}, 200)
    body = {"received": spans((1, 97)), "missing": 3, "reason": "three fell out"}
    arrived = pooled.clerk.post(f"{path}/receive", body, 200)
    assert arrived["missing_intervals"] == told((98, 100))
    pooled.host.post(f"/events/{following['id']}/start", {}, 200)
    [line] = pooled.host.get(f"/events/{following['id']}/settlement")["owners"]
    assert (line["owner"], line["brought"], line["returned"]) == ("15", 97, 97)


def test_numbers_sent_to_an_event_ahead_become_a_pledge_of_the_store_where_they_lie(pooled, calls, exact):
    wish = {"from_store": FROM, "to_store": TO, "item": "blangko", "quantity": 5, "event": pooled.id}
    path = f"/transfers/{pooled.clerk.post('/transfers', wish)['id']}"
    pooled.province.post(f"{path}/approve", {}, 200)
    calls("admin", "15").post(f"{path}/dispatch", spans((1, 5)), 200)
    pooled.clerk.post(f"{path}/receive", {"received": 5}, 200)
    started = pooled.start()
    assert [(each["store"], each["numbered"], each["arrived"]) for each in started["pledges"]] == [(TO, True, 5)]


def test_numbers_delivered_for_an_event_are_taken_back_after_it_was_called_off(pooled, calls, exact):
    wish = {"from_store": FROM, "to_store": TO, "item": "blangko", "quantity": 5, "event": pooled.id}
    path = f"/transfers/{pooled.clerk.post('/transfers', wish)['id']}"
    pooled.province.post(f"{path}/approve", {}, 200)
    calls("admin", "15").post(f"{path}/dispatch", spans((1, 5)), 200)
    pooled.clerk.post(f"{path}/receive", {"received": 5}, 200)
    pooled.host.post(f"{pooled.path}/cancel", {"reason": "flood"}, 200)
    back = pooled.clerk.post(f"{path}/undo", {"reason": "nothing to do with them"}, 200)
    assert back["intervals"] == told((1, 5))
