"""Blanks with numbers in a store: received by lot, taken by number, printed by number, and each with its story."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import clock
from tests.builders import receipt
from tests.printing import issue, job_of, recorded, results

STORE = "15.03-UTAMA"


@pytest.fixture
def clerk(calls):
    return calls("clerk", "15.03")


def lots(*intervals, pack_size=10, **more):
    body = receipt(STORE, 1, lots=[{"pack_size": pack_size, "intervals": [list(ends) for ends in intervals]}], **more)
    del body["quantity"]
    return body


def by(body, **amount):
    return {name: value for name, value in body.items() if name != "quantity"} | amount


def spoil(clerk, expect=201, **amount):
    body = {"store": STORE, "item": "blangko", "reason": "damaged", **amount}
    return clerk.post("/spoilages", body, expect)


def states(clerk, number):
    return [hand["state"] for hand in clerk.get(f"/blanks/{number}")["hands"]]


def test_a_receipt_of_lots_counts_their_intervals_and_keeps_each_lot(clerk, exact):
    body = lots(("A0001", "A0010"), ("A0021", "A0025"))
    body["lots"].append({"quantity": 7})
    made = clerk.post("/receipts", body)
    assert (made["quantity"], made["difference"]) == (22, 0)
    assert clerk.stock(STORE)["on_hand"] == 22
    found = clerk.get(f"/lots?receipt={made['id']}")["items"]
    assert [(lot["pack_size"], lot["quantity"], lot["tracked"]) for lot in found] == [(10, 15, 15), (500, 7, 0)]
    entries = clerk.get(f"/movements/{made['id']}")["entries"]
    assert sorted(entry["quantity"] for entry in entries) == [-15, -7, 7, 15]


def test_a_total_that_the_lots_do_not_add_up_to_is_refused(clerk):
    body = lots(("A0001", "A0010"))
    assert clerk.post("/receipts", {**body, "quantity": 11}, 422)["code"] == "lots_do_not_add_up"
    assert clerk.post("/receipts", {**body, "quantity": 10})["quantity"] == 10


def test_single_numbers_come_from_a_scanner_and_a_store_may_count_others(clerk, exact):
    clerk.post("/receipts", by(receipt(STORE, 1), numbers=["04A1B2C3D4E5F6", "04A1B2C3D4E5F9"]))
    clerk.post("/receipts", receipt(STORE, 5))
    assert clerk.stock(STORE)["on_hand"] == 7
    spoil(clerk, quantity=5)
    refused = spoil(clerk, 409, quantity=1)
    assert refused["code"] == "numbers_needed"
    spoil(clerk, numbers=["04A1B2C3D4E5F6"])
    assert states(clerk, "04A1B2C3D4E5F6") == ["on_hand", "spoiled"]
    assert states(clerk, "04A1B2C3D4E5F9") == ["on_hand"]


@pytest.mark.parametrize(("amount", "code", "named"), [
    ({"intervals": [["A0005", "A0012"]]}, "numbers_known", "A0005..A0010"),
    ({"intervals": [["A0020", "A0030"], ["A0030", "A0040"]]}, "numbers_twice", "A0030"),
    ({"intervals": [["A0030", "A0020"]]}, "interval_unreadable", "A0030..A0020"),
    ({"numbers": ["A0011", "A0003", "A0007"]}, "numbers_known", "A0003, A0007"),
    ({"numbers": ["A0011", "A0011"]}, "numbers_twice", "A0011"),
    ({"numbers": ["A0011", "X"]}, "number_unreadable", "X"),
])  # fmt: skip
def test_a_receipt_of_wrong_numbers_is_refused_whole_and_names_them(clerk, exact, amount, code, named):
    clerk.post("/receipts", lots(("A0001", "A0010")))
    answer = clerk.send("POST", "/receipts", by(receipt(STORE, 1), **amount))
    assert answer.status_code in (409, 422)
    assert answer.json["code"] == code
    assert named in answer.json["detail"]
    assert clerk.stock(STORE)["on_hand"] == 10


@pytest.mark.parametrize(("amount", "code", "named"), [
    ({"numbers": ["A0011"]}, "numbers_unknown", "A0011"),
    ({"intervals": [["A0009", "A0012"]]}, "numbers_unknown", "A0011..A0012"),
    ({"numbers": ["B0001"]}, "numbers_elsewhere", "B0001"),
    ({"numbers": ["A0001", "A0001"]}, "numbers_twice", "A0001"),
])  # fmt: skip
def test_a_taking_of_numbers_that_are_not_there_moves_nothing_and_names_them(calls, clerk, exact, amount, code, named):
    clerk.post("/receipts", lots(("A0001", "A0010")))
    calls("clerk", "15.04").post("/receipts", by(receipt("15.04-UTAMA", 1), numbers=["B0001"]))
    answer = clerk.send("POST", "/spoilages", {"store": STORE, "item": "blangko", "reason": "damaged", **amount})
    assert answer.status_code in (409, 422)
    assert (answer.json["code"], named in answer.json["detail"]) == (code, True)
    assert answer.json["errors"]
    assert clerk.stock(STORE)["spoiled"] == 0


def test_the_lot_of_a_number_is_told_to_whose_life_it_belongs(clerk, calls):
    there = calls("clerk", "15.04")
    made = clerk.post("/receipts", by(receipt(STORE, 1, document_number="SJ-A"), numbers=["A0001"]))["id"]
    assert clerk.get("/blanks/A0001")["lot"]["document_number"] == "SJ-A"
    clerk.post(f"/movements/{made}/reversal", {"reason": "salah", "numbers": ["A0001"]})
    there.post("/receipts", by(receipt("15.04-UTAMA", 1, document_number="SJ-B"), numbers=["A0001"]))
    before, now = (who.get("/blanks/A0001") for who in (clerk, there))
    assert (before["lot"], before["hidden"], now["lot"]["document_number"], now["hidden"]) == (None, 1, "SJ-B", 2)


@pytest.mark.parametrize("amount", [
    {}, {"quantity": 1, "numbers": ["A0001"]}, {"intervals": [["A0001", "A0002"]], "numbers": ["A0001"]},
    {"intervals": [["A0001"]]}, {"intervals": "A0001"}, {"numbers": []}, {"numbers": [1]}, {"numbers": None},
    {"lots": []}, {"lots": [{"quantity": 1, "numbers": ["A1"]}]}, {"lots": [{"pack_size": 0, "quantity": 1}]},
    {"lots": [{"quantity": 5}], "intervals": [["A1", "A5"]]},
])  # fmt: skip
def test_how_much_is_said_in_exactly_one_way(clerk, amount):
    assert clerk.post("/receipts", by(receipt(STORE, 1), **amount), 422)["code"] == "body_invalid"


def test_ribbons_have_no_numbers(clerk):
    refused = clerk.post("/receipts", by(receipt(STORE, 1, item="ribbon"), numbers=["R1"]), 422)
    assert refused["code"] == "only_blanks_have_numbers"


def test_a_reversal_takes_named_numbers_back_and_they_may_come_again(clerk, exact):
    made = clerk.post("/receipts", lots(("A0001", "A0010")))["id"]
    undo = f"/movements/{made}/reversal"
    assert clerk.post(undo, {"reason": "salah", "quantity": 3}, 409)["code"] == "numbers_needed"
    assert clerk.post(undo, {"reason": "salah", "numbers": ["A0011"]}, 409)["code"] == "numbers_elsewhere"
    clerk.post(undo, {"reason": "salah", "intervals": [["A0004", "A0006"]]})
    assert clerk.stock(STORE)["on_hand"] == 7
    clerk.post("/receipts", by(receipt(STORE, 1), numbers=["A0005"]))
    assert states(clerk, "A0005") == ["on_hand", "taken_back", "on_hand"]
    assert states(clerk, "A0004") == ["on_hand", "taken_back"]
    spoil(clerk, numbers=["A0001"])
    refused = clerk.post(undo, {"reason": "salah"}, 409)
    assert refused["code"] == "stock_insufficient"


def test_blanks_that_were_only_counted_get_their_numbers_as_boxes_are_opened(calls, clerk, exact):
    made = clerk.post("/receipts", by(receipt(STORE, 1), lots=[{"pack_size": 5, "quantity": 10}]))["id"]
    (lot,) = clerk.get(f"/lots?receipt={made}")["items"]
    body = {"store": STORE, "item": "blangko", "lot": lot["id"]}
    clerk.post("/trackings", {**body, "intervals": [["A0001", "A0006"]]})
    assert clerk.post("/trackings", {**body, "intervals": [["A0006", "A0007"]]}, 409)["code"] == "numbers_known"
    assert clerk.post("/trackings", {**body, "intervals": [["A0011", "A0015"]]}, 409)["code"] == "lot_exceeded"
    assert clerk.get(f"/lots?receipt={made}")["items"][0]["tracked"] == 6
    assert clerk.stock(STORE)["on_hand"] == 10
    story = clerk.get("/blanks/A0003")
    assert (story["lot"]["receipt"], [hand["kind"] for hand in story["hands"]]) == (made, ["tracking"])
    other = calls("clerk", "15.04")
    other.post("/receipts", receipt("15.04-UTAMA", 5))
    stranger = {"store": "15.04-UTAMA", "item": "blangko", "lot": lot["id"], "numbers": ["C1"]}
    assert other.post("/trackings", stranger, 404)["code"] == "lot_not_found"
    assert other.post("/trackings", {**body, "numbers": ["C1"]}, 404)["code"] == "store_not_found"
    assert calls("printer", "15.03").post("/trackings", {**body, "numbers": ["C1"]}, 403)["code"] == "not_permitted"


@pytest.fixture
def printer(calls, clerk):
    clerk.post("/receipts", lots(("A0001", "A0010")))
    caller = calls("printer", "15.03")
    recorded(caller, "a", "b", "c")
    return caller


def test_each_attempt_takes_the_blank_that_was_scanned_and_the_card_carries_it(printer, clerk, exact):
    job = job_of(printer, "a", "b", "c")["id"]
    lines = [
        {"recording": "a", "outcome": "spoiled", "reason": "print_failure", "number": "A0005"},
        {"recording": "a", "outcome": "printed", "number": "A0002"},
        {"recording": "b", "outcome": "printed", "number": "A0009"},
    ]
    printer.post(f"/print-jobs/{job}/results", {"results": lines}, 200)
    assert (clerk.stock(STORE)["on_hand"], clerk.stock(STORE)["spoiled"], clerk.stock(STORE)["printed"]) == (7, 1, 2)
    issue(printer, "b")
    assert states(clerk, "A0009") == ["on_hand", "printed", "issued"]
    assert states(clerk, "A0005") == ["on_hand", "spoiled"]
    story = printer.get("/blanks/A0002")
    assert [(one["job"], one["outcome"], one["undone"]) for one in story["attempts"]] == [(job, "printed", False)]
    cards = printer.get(f"/cards?store={STORE}")["items"]
    assert {card["client_id"]: card["number"] for card in cards} == {"a": "A0002", "b": "A0009"}
    again = [{"recording": "c", "outcome": "printed", "number": "A0009"}]
    assert printer.post(f"/print-jobs/{job}/results", {"results": again}, 409)["code"] == "numbers_elsewhere"


def test_a_pack_feeds_a_whole_run_in_order(printer, clerk, exact):
    job = job_of(printer, "a", "b", "c")["id"]
    run = [
        {"recording": "a", "outcome": "printed"},
        {"recording": "b", "outcome": "spoiled", "reason": "encode_failure"},
        {"recording": "b", "outcome": "printed"},
    ]
    body = {"results": run, "intervals": [["A0003", "A0005"]]}
    refused = printer.post(f"/print-jobs/{job}/results", {**body, "intervals": [["A0003", "A0004"]]}, 422)
    assert refused["code"] == "blanks_do_not_match"
    printer.post(f"/print-jobs/{job}/results", body, 200)
    assert [states(clerk, f"A000{n}")[-1] for n in range(2, 7)] == [
        "on_hand",
        "printed",
        "spoiled",
        "printed",
        "on_hand",
    ]


def test_counting_takes_no_blank_with_a_number_and_an_undo_gives_the_number_back(printer, clerk, exact):
    job = job_of(printer, "a", "b", "c")["id"]
    assert results(printer, job, ("a", "printed"), expect=409)["code"] == "numbers_needed"
    line = {"recording": "a", "outcome": "spoiled", "reason": "print_failure", "number": "A0005"}
    printer.post(f"/print-jobs/{job}/results", {"results": [line]}, 200)
    printer.post(f"/print-jobs/{job}/undo", {"recording": "a", "reason": "salah"}, 200)
    assert states(clerk, "A0005") == ["on_hand", "spoiled", "on_hand"]
    printer.post(f"/print-jobs/{job}/results", {"results": [line | {"outcome": "printed", "reason": None}]}, 200)
    issue(printer, "a")
    printer.post("/cards/undo", {"recordings": ["a"], "reason": "salah"}, 200)
    assert states(clerk, "A0005")[-3:] == ["printed", "issued", "printed"]
    printer.post("/cards/lost", {"recordings": ["a"], "reason": "dicuri"}, 200)
    assert states(clerk, "A0005")[-1] == "lost"
    assert [(gap["kind"], gap["first"]) for gap in clerk.get("/blanks/gaps?kind=loss")["items"]] == [("loss", "A0005")]


def test_a_walk_in_uses_the_numbers_in_order(printer, clerk, exact):
    from tests.outreach import person

    walk_in = person("w", "15.03")
    for name in ("office", "status", "recorded_at"):
        walk_in.pop(name, None)
    body = {"store": STORE, "recording": walk_in, "spoiled": ["damaged"], "collected_by": "Ani"}
    refused = printer.post("/walk-ins", {**body, "numbers": ["A0001"]}, 422)
    assert refused["code"] == "blanks_do_not_match"
    printer.post("/walk-ins", {**body, "numbers": ["A0001", "A0002"]})
    assert [states(clerk, "A0001")[-1], states(clerk, "A0002")[-1]] == ["spoiled", "issued"]


def test_what_is_lost_is_a_gap_and_what_lies_in_the_store_is_none(printer, clerk, calls, exact):
    spoil(clerk, numbers=["A0010"])
    assert clerk.get("/blanks/gaps")["items"] == []
    loss = {"store": STORE, "item": "blangko", "intervals": [["A0002", "A0004"]], "reason": "dicuri"}
    made = clerk.post("/losses", loss)["id"]
    calls("coordinator", "15.03").post(f"/losses/{made}/approve", expect=200)
    (gap,) = clerk.get("/blanks/gaps")["items"]
    assert (gap["kind"], gap["first"], gap["last"], gap["quantity"], gap["store"], gap["document"]) == (
        "loss", "A0002", "A0004", 3, STORE, made,
    )  # fmt: skip


def test_a_persons_card_is_not_lost_by_its_number(printer, clerk, exact):
    job = job_of(printer, "a")["id"]
    line = {"recording": "a", "outcome": "printed", "number": "A0001"}
    printer.post(f"/print-jobs/{job}/results", {"results": [line]}, 200)
    loss = {"store": STORE, "item": "blangko", "condition": "printed", "reason": "dicuri"}
    assert clerk.post("/losses", {**loss, "numbers": ["A0001"]}, 422)["code"] == "cards_are_named"
    assert clerk.post("/losses", {**loss, "quantity": 1}, 409)["code"] == "stock_insufficient"


def test_small_letters_are_the_same_blank(clerk, exact):
    clerk.post("/receipts", by(receipt(STORE, 1), numbers=["a0001"]))
    again = clerk.post("/receipts", by(receipt(STORE, 1), numbers=["B1", "A0001"]), 409)
    assert (again["code"], again["errors"][0]["pointer"]) == ("numbers_known", "/numbers/1")
    assert clerk.get("/blanks/a0001")["number"] == "A0001"


def test_a_mistyped_end_is_refused_and_named(clerk):
    body = by(receipt(STORE, 1), intervals=[["A1", "A2"], ["X00000000000000000", "X99999999999999999"]])
    refused = clerk.post("/receipts", body, 422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("too_many_numbers", "/intervals/1")


def test_a_tracking_is_taken_back_and_a_receipt_only_without_what_got_numbers(clerk, exact):
    made = clerk.post("/receipts", by(receipt(STORE, 1), lots=[{"pack_size": 5, "quantity": 10}]))["id"]
    clerk.post("/receipts", receipt(STORE, 10))
    (lot,) = clerk.get(f"/lots?receipt={made}")["items"]
    body = {"store": STORE, "item": "blangko", "lot": lot["id"], "intervals": [["A0001", "A0006"]]}
    tracked = clerk.post("/trackings", body)["id"]
    undo, salah = "/movements/{}/reversal", {"reason": "salah"}
    refused = clerk.post(undo.format(made), salah, 409)
    assert (refused["code"], refused["facts"]["tracked"], refused["facts"]["left"]) == ("lot_tracked", 6, 4)
    clerk.post(undo.format(made), {**salah, "quantity": 4})
    clerk.post(undo.format(tracked), {**salah, "numbers": ["A0002"]})
    assert clerk.get(f"/lots?receipt={made}")["items"][0]["tracked"] == 5
    clerk.post(undo.format(tracked), salah)
    assert clerk.get(f"/lots?receipt={made}")["items"][0]["tracked"] == 0
    assert states(clerk, "A0003") == ["on_hand", "taken_back"]
    assert clerk.stock(STORE)["on_hand"] == 16
    clerk.post(undo.format(made), salah)
    assert clerk.stock(STORE)["on_hand"] == 10


def test_a_story_is_told_to_those_whose_hands_it_passed(calls, clerk):
    clerk.post("/receipts", by(receipt(STORE, 1), numbers=["A/0001"]))
    assert clerk.get("/blanks/A/0001")["state"] == "on_hand"
    assert calls("coordinator", "15").get("/blanks/A/0001")["hidden"] == 0
    for role, office in (("clerk", "15.04"), ("coordinator", "17")):
        assert calls(role, office).get("/blanks/A/0001", 404)["code"] == "number_not_found"
    for unknown in ("A/0002", "Z", "gap", "1" * 60):
        assert clerk.get(f"/blanks/{unknown}", 404)["code"] == "number_not_found"
    assert calls("clerk", "15.04").get("/blanks/gaps?office=15.03", 403)["code"] == "out_of_reach"


def test_the_story_costs_as_many_look_ups_however_often_its_box_was_opened(clerk, statements):
    clerk.post("/receipts", lots(("A0001", "A0400")))
    with statements.within(16):
        clerk.get("/blanks/A0400")
    for number in range(1, 40):
        spoil(clerk, numbers=[f"A{number:04}"])
    assert states(clerk, "A0400") == ["on_hand"]


def test_two_hundred_packs_come_in_one_request_as_two_hundred_rows(app, clerk, exact):
    import sqlalchemy as sa

    from inventory.database import db
    from inventory.stock.models import Interval

    packs = [[f"A{500 * n:07}", f"A{500 * n + 499:07}"] for n in range(200)]
    clerk.post("/receipts", by(receipt(STORE, 1), lots=[{"pack_size": 500, "intervals": packs}]))
    assert clerk.stock(STORE)["on_hand"] == 100_000
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Interval)) == 200


def test_more_intervals_than_go_into_one_request_are_refused(clerk):
    lots_of = [{"numbers": [f"A{lot}-{n}" for n in range(3_000)]} for lot in range(2)]
    refused = clerk.post("/receipts", by(receipt(STORE, 1), lots=lots_of), 422)
    assert (refused["code"], refused["facts"]["count"]) == ("too_many_intervals", 6_000)
    many = {"store": STORE, "item": "blangko", "reason": "damaged", "numbers": [f"A{n}" for n in range(5_001)]}
    assert clerk.post("/spoilages", many, 422)["code"] == "body_invalid"


def test_a_print_room_or_a_printer_refuses_a_version_before_a_blank_is_touched(calls, printer, clerk, exact):
    admin = calls("admin", "15.03")
    item = {"code": "blangko-2", "name": "Blangko versi 2", "kind": "blank", "family": "blangko", "version": "2",
            "unit": "keping", "pack_size": 500}  # fmt: skip
    calls("admin", "0").post("/items", item)
    assert admin.patch(f"/stores/{STORE}", {"prints": ["blangko-2"]})["prints"] == ["blangko-2"]
    assert job_of(printer, "a", expect=422)["code"] == "version_not_printed"
    admin.patch(f"/stores/{STORE}", {"prints": None})
    made = printer.post("/printers", {"store": STORE, "name": "Fargo 1", "prints": ["blangko-2"]})
    assert printer.post("/printers", {"store": STORE, "name": "Fargo 1"}, 409)["code"] == "printer_name_taken"
    refused = job_of(printer, "a", printer="Fargo 1", expect=422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("version_not_printed", "/item")
    assert job_of(printer, "a", printer="Fargo 2", expect=422)["code"] == "printer_unknown"
    assert admin.patch(f"/stores/{STORE}", {"prints": ["ribbon"]}, 404)["code"] == "item_not_found"
    assert printer.post("/printers", {"store": STORE, "name": "x", "prints": ["2"]}, 404)["code"] == "item_not_found"
    other = job_of(printer, "a")["id"]
    printer.patch(f"/printers/{made['id']}", {"prints": ["blangko", "blangko-2"], "name": "Fargo 9"})
    assert [(one["name"], one["prints"]) for one in printer.get("/printers")["items"]] == [
        ("Fargo 9", ["blangko", "blangko-2"])
    ]
    admin.patch(f"/stores/{STORE}", {"prints": ["blangko-2"]})
    line = {"recording": "a", "outcome": "printed", "number": "A0001"}
    assert printer.post(f"/print-jobs/{other}/results", {"results": [line]}, 422)["code"] == "version_not_printed"
    assert clerk.stock(STORE)["on_hand"] == 10
    stranger = calls("printer", "15.04")
    assert stranger.get(f"/printers/{made['id']}", 404)["code"] == "printer_not_found"
    assert stranger.patch(f"/printers/{made['id']}", {"name": "x"}, 404, If_Match='"2"')["code"] == "printer_not_found"
    assert stranger.post("/printers", {"store": STORE, "name": "x"}, 404)["code"] == "store_not_found"
    assert (
        calls("admin", "15.04").patch(f"/stores/{STORE}", {"name": "x"}, 404, If_Match='"1"')["code"]
        == "store_not_found"
    )
    stale = admin.patch(f"/stores/{STORE}", {"name": "x"}, 412, If_Match='"1"')
    assert stale["code"] == "stale_version"


def test_numbers_in_a_hand_since_yesterday_or_missing_under_way_are_gaps(calls, clerk, exact):
    clerk.post("/receipts", lots(("A0001", "A0010")))
    admin = calls("admin", "15")
    counters = [admin.post("/users", {"name": n, "role": "clerk", "office": "15.03"})["id"] for n in ("Sari", "Budi")]
    holder = calls("printer", "15.03").actor.user_id
    shift = {"store": STORE, "item": "blangko", "holder": holder, "needed": 3, "counted_by": counters}
    session = clerk.post("/custody", {**shift, "intervals": [["A0001", "A0003"]]})["id"]
    assert clerk.get("/blanks/gaps")["items"] == []
    with clock.telling(clock.now() + timedelta(days=1)):
        (gap,) = clerk.get("/blanks/gaps?kind=custody")["items"]
    assert (gap["first"], gap["last"], gap["document"]) == ("A0001", "A0003", session)
    wish = {"from_store": STORE, "to_store": "15.04-UTAMA", "item": "blangko", "quantity": 4}
    sent = f"/transfers/{clerk.post('/transfers', wish)['id']}"
    calls("coordinator", "15").post(f"{sent}/approve", {}, 200)
    clerk.post(f"{sent}/dispatch", {"intervals": [["A0004", "A0007"]]}, 200)
    body = {"received": {"intervals": [["A0004", "A0005"]]}, "missing": 2, "reason": "kurang"}
    calls("clerk", "15.04").post(f"{sent}/receive", body, 200)
    (gap,) = clerk.get("/blanks/gaps?kind=disputed")["items"]
    assert (gap["first"], gap["last"], gap["quantity"]) == ("A0006", "A0007", 2)


@pytest.mark.parametrize("blind", [False, True])
def test_numbers_that_an_open_count_did_not_see_are_a_gap_unless_it_is_blind(calls, clerk, exact, blind):
    clerk.post("/receipts", lots(("A0001", "A0010")))
    admin = calls("admin", "15")
    counters = [admin.post("/users", {"name": n, "role": "clerk", "office": "15.03"})["id"] for n in ("Sari", "Budi")]
    count = clerk.post("/counts", {"store": STORE, "kind": "full", "blind": blind, "counted_by": counters})["id"]
    line = {"item": "blangko", "intervals": [["A0001", "A0007"]], "explanation": "hilang"}
    clerk.post(f"/counts/{count}/lines", {"lines": [line]}, 200)
    told = [(gap["kind"], gap["first"], gap["last"]) for gap in clerk.get("/blanks/gaps")["items"]]
    assert told == ([] if blind else [("count", "A0008", "A0010")])
