"""What an event leaves behind: nothing changes in its kit but that the returns leave, and no goods stay set aside."""

import pytest

from tests.builders import receipt

HOME, THERE = "15.03-UTAMA", "15-UTAMA"


def blanks(store, quantity, **more):
    return {"store": store, "item": "blangko", "quantity": quantity, **more}


def wish(from_store, to_store, quantity, **more):
    return {"from_store": from_store, "to_store": to_store, "item": "blangko", "quantity": quantity, **more}


@pytest.fixture
def host(calls):
    caller = calls("admin", "15.03")
    caller.post("/receipts", receipt(HOME, 100))
    return caller


@pytest.fixture
def province(calls):
    caller = calls("admin", "15")
    caller.post("/receipts", receipt(THERE, 100))
    return caller


@pytest.fixture
def plan(host):
    """`plan()` is a new event of 15.03."""

    def make():
        return host.post("/events", {
            "name": "Gotong royong", "kind": "village", "host_office": "15.03", "starts_on": "2019-04-04",
            "ends_on": "2019-04-05", "opens_at": "08:00", "closes_at": "16:00",
        })  # fmt: skip

    return make


@pytest.fixture
def event(plan):
    return plan()


@pytest.fixture
def travel(host, province):
    """`travel(body, ...)` takes a transfer as far as the steps that are named; answers its path."""

    def go(body, *steps):
        path = f"/transfers/{host.post('/transfers', body)['id']}"
        bodies = {"receive": {"received": body["quantity"]}}
        for step in steps:
            province.post(f"{path}/{step}", bodies.get(step, {}), 200)
        return path

    return go


@pytest.fixture
def closed(host, event, travel):
    """A closed event: its path, its kit, the ids of a receipt and of a loss in it, and the path of a delivery to it."""
    path, kit = f"/events/{event['id']}", event["store"]
    host.post(f"{path}/pledges", blanks(HOME, 40))
    host.post(f"{path}/start", {}, 200)
    sent = travel(wish(THERE, kit, 10), "approve", "dispatch", "receive")
    ids = [host.post("/receipts", receipt(kit, 7))["id"], host.post("/losses", blanks(kit, 2, reason="hilang"))["id"]]
    host.post(f"{path}/close", {}, 200)
    return path, kit, ids, sent


def test_nothing_is_booked_in_a_closed_kit_any_more(closed, host, exact):
    path, kit, ids, sent = closed
    before, settled = host.stock(kit), host.get(f"{path}/settlement")
    refused = [
        ("/receipts", receipt(kit, 1)),
        ("/spoilages", blanks(kit, 1, reason="damaged")),
        ("/losses", blanks(kit, 1, reason="hilang")),
        ("/consumptions", {**blanks(kit, 1), "item": "ribbon"}),
        *[(f"/movements/{each}/reversal", {"reason": "salah catat"}) for each in ids],
        (f"{sent}/undo", {"reason": "salah hitung"}),
        ("/transfers", wish(kit, HOME, 1)),
        ("/transfers", wish(HOME, kit, 1)),
    ]
    for address, body in refused:
        assert host.post(address, body, 409)["code"] == "store_closed", address
    assert (host.stock(kit), host.get(f"{path}/settlement")) == (before, settled)


def test_a_return_goes_home_whatever_is_tried(closed, host, exact):
    _, kit, _, _ = closed
    [home] = host.get(f"/transfers?store={kit}&status=approved")["items"]
    path = f"/transfers/{home['id']}"
    assert home["approved"] == 55
    for step in ("cancel", "refuse", "undo"):
        assert host.post(f"{path}/{step}", {"reason": "tidak jadi"}, 409)["code"] == "return_goes_home"
    host.post(f"{path}/dispatch", {}, 200)
    assert host.post(f"{path}/cancel", {}, 409)["code"] == "return_goes_home"
    assert host.post(f"{path}/undo", {"reason": "truk mogok"}, 200)["status"] == "approved"
    assert host.stock(kit)["on_hand"] == 55
    host.post(f"{path}/dispatch", {}, 200)
    host.post(f"{path}/receive", {"received": 55}, 200)
    assert (host.stock(kit)["on_hand"], host.stock(HOME)["on_hand"]) == (0, 115)


def test_what_a_return_leaves_behind_goes_home_as_well(closed, host, exact):
    _, kit, _, _ = closed
    [first] = host.get(f"/transfers?store={kit}&status=approved")["items"]
    host.post(f"/transfers/{first['id']}/dispatch", {"quantity": 30}, 200)
    [rest] = host.get(f"/transfers?store={kit}&status=approved")["items"]
    assert (rest["approved"], rest["to_store"], rest["owner"]) == (25, HOME, "15.03")
    assert host.post(f"/transfers/{first['id']}/undo", {"reason": "truk mogok"}, 200)["approved"] == 30
    for each in (first, rest):
        host.post(f"/transfers/{each['id']}/dispatch", {}, 200)
    assert host.stock(kit)["on_hand"] == 0


def test_what_left_the_kit_before_the_close_is_not_called_back_into_it(host, event, travel, exact):
    path, kit = f"/events/{event['id']}", event["store"]
    host.post(f"{path}/pledges", blanks(HOME, 40))
    host.post(f"{path}/start", {}, 200)
    sent = travel(wish(kit, HOME, 15), "approve", "dispatch")
    host.post(f"{path}/close", {}, 200)
    assert host.post(f"{sent}/cancel", {}, 409)["code"] == "return_goes_home"
    host.post(f"{sent}/receive", {"received": 15}, 200)
    assert (host.stock(kit)["on_hand"], host.stock(HOME)["on_hand"]) == (25, 75)


@pytest.fixture(params=["close", "cancel"])
def end(request, host, event):
    """`end()` closes the event, or calls it off."""
    path = f"/events/{event['id']}"

    def over():
        if request.param == "close":
            host.post(f"{path}/start", {}, 200)
        host.post(f"{path}/{request.param}", {} if request.param == "close" else {"reason": "hujan"}, 200)

    return over


def test_goods_for_an_event_that_is_over_are_neither_asked_for_nor_sent(host, province, event, travel, end, exact):
    body = wish(THERE, HOME, 20, event=event["id"])
    late = travel(body, "approve")
    end()
    for caller, address, sent in ((host, "/transfers", body), (province, f"{late}/dispatch", {})):
        problem = caller.post(address, sent, 409)
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("store_closed", "/event")
    assert province.stock(THERE)["on_hand"] == 100


def test_goods_under_way_for_an_event_that_is_over_belong_to_no_event(host, province, event, travel, end, exact):
    body = wish(THERE, HOME, 20, event=event["id"])
    sent, recalled, undone = (travel(body, "approve", "dispatch") for _ in range(3))
    end()
    host.post(f"{sent}/receive", {"received": 17, "rejected": 1, "missing": 2, "reason": "basah"}, 200)
    host.post(f"{sent}/resolve", {"found": 2, "reason": "terselip"}, 200)
    province.post(f"{recalled}/cancel", {}, 200)
    host.post(f"{undone}/receive", {"received": 19, "rejected": 1, "reason": "basah"}, 200)
    host.post(f"{undone}/undo", {"reason": "salah hitung"}, 200)
    assert host.get(f"/stock?event={event['id']}&store={HOME}")["items"] == []
    assert (host.stock(HOME)["on_hand"], host.stock(HOME)["spoiled"]) == (119, 1)
    assert (province.stock(THERE)["on_hand"], province.stock(THERE)["in_transit"]) == (60, 20)


def test_what_arrived_for_an_event_that_is_over_is_taken_back_from_where_it_lies_now(host, event, travel, exact):
    path = travel(wish(THERE, HOME, 20, event=event["id"]), "approve", "dispatch")
    host.post(f"{path}/receive", {"received": 19, "rejected": 1, "reason": "basah"}, 200)
    host.post(f"/events/{event['id']}/cancel", {"reason": "hujan"}, 200)
    host.post(f"{path}/undo", {"reason": "salah hitung"}, 200)
    assert (host.stock(HOME)["on_hand"], host.stock(HOME)["spoiled"]) == (100, 0)


def test_a_corrected_loss_of_an_event_that_is_over_leaves_nothing_set_aside(host, event, travel, end, exact):
    travel(wish(THERE, HOME, 20, event=event["id"]), "approve", "dispatch", "receive")
    lost = host.post("/losses", blanks(HOME, 5, event=event["id"], reason="hilang"))["id"]
    end()
    there = host.stock(HOME)["on_hand"]
    for part in (2, 3):
        host.post(f"/movements/{lost}/reversal", {"reason": "ketemu", "quantity": part})
    [row] = host.get(f"/stock?store={HOME}")["items"]
    assert (row["event"], row["on_hand"]) == (None, there + 5)
    assert host.post(f"/movements/{lost}/reversal", {"reason": "ketemu"}, 409)["code"] == "reversed_already"


def test_what_is_found_of_a_redirected_return_after_both_events_goes_to_its_owner(host, plan, travel, exact):
    first, second = plan(), plan()
    for each in (first, second):
        host.post(f"/events/{each['id']}/pledges", blanks(HOME, 10))
        host.post(f"/events/{each['id']}/start", {}, 200)
    host.post(f"/events/{first['id']}/close", {}, 200)
    [back] = host.get(f"/transfers?store={first['store']}&status=approved")["items"]
    path = f"/transfers/{back['id']}"
    host.post(f"{path}/redirect", {"to_store": second["store"]}, 200)
    host.post(f"{path}/dispatch", {}, 200)
    host.post(f"{path}/receive", {"received": 8, "missing": 2, "reason": "dua kurang"}, 200)
    host.post(f"/events/{second['id']}/close", {}, 200)
    host.post(f"{path}/resolve", {"found": 2, "reason": "terselip"}, 200)
    assert host.stock(first["store"])["on_hand"] == 0
    assert host.stock(HOME)["on_hand"] == 82


def test_what_goes_on_is_told_even_where_the_close_itself_moved_nothing(host, event, exact):
    path, kit = f"/events/{event['id']}", event["store"]
    host.post(f"{path}/pledges", blanks(HOME, 1))
    host.post(f"{path}/start", {}, 200)
    person = {"client_id": "a", "nik": "1503044205019999", "reason": "first_card"}
    body = {"store": kit, "recording": person, "collected_by": "Siti"}
    card = host.post("/walk-ins", body)["recording"]
    closed = host.post(f"{path}/close", {}, 200)["settlement"]
    assert {name: closed["after_close"][name] for name in ("issued", "waiting", "spoiled")} == {
        "issued": 0, "waiting": 0, "spoiled": 0,
    }  # fmt: skip
    host.post("/cards/undo", {"recordings": [card], "reason": "salah orang"}, 200)
    after = host.get(f"{path}/settlement")["after_close"]
    assert (after["issued"], after["waiting"]) == (-1, 1)
