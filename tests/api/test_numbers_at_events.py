"""Numbers at events over REST: pledged, brought, told at the close, and home again or on to the next event."""

import pytest

from tests.builders import receipt
from tests.numbered import numbered, spans, told
from tests.transfers import FROM, TO


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
