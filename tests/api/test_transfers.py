"""Transfers over REST: asked for, approved and refused, who may do which step, and who sees them."""

import pytest

from tests import transfers
from tests.builders import receipt
from tests.transfers import FROM, TO, wish

province, regency = transfers.province, transfers.regency


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


def test_the_receiver_alone_receives(calls, exact):
    calls("clerk", "15.04").post("/receipts", receipt("15.04-UTAMA", 10))
    path = f"/transfers/{calls('clerk', '15.03').post('/transfers', wish(5, '15.04-UTAMA', TO))['id']}"
    sender = calls("admin", "15.04")
    sender.post(f"{path}/approve", {}, 200)
    sender.post(f"{path}/dispatch", {}, 200)
    assert sender.post(f"{path}/receive", {"received": 5}, 403)["code"] == "not_this_end"
    assert calls("coordinator", "15").post(f"{path}/receive", {"received": 5}, 200)["status"] == "received"


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
