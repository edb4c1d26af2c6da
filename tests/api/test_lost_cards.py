"""Cards of recordings are lost by name; only what nobody's name is on is lost, or taken back, by a count."""

import pytest

from tests.builders import receipt
from tests.outreach import person, running_event

STORE = "15.03-UTAMA"
NAMES = ["a", "b", "c"]


@pytest.fixture
def printer(calls):
    """Three cards of recordings wait, among 10 blanks; nothing was there before."""
    caller = calls("admin", "15.03")
    caller.post("/receipts", receipt(STORE, 10))
    caller.post("/recordings", {"recordings": [person(name) for name in NAMES]})
    _print(caller, STORE, NAMES)
    return caller


def _print(caller, store, names):
    job = caller.post("/print-jobs", {"store": store, "recordings": names})["id"]
    results = [{"recording": name, "outcome": "printed"} for name in names]
    caller.post(f"/print-jobs/{job}/results", {"results": results}, 200)
    return job


def lost(*names, **more):
    return {"recordings": list(names), "reason": "kebakaran", **more}


def counted(quantity, store=STORE):
    return {"store": store, "item": "blangko", "quantity": quantity, "condition": "printed", "reason": "dicuri"}


def test_named_cards_are_not_lost_by_a_count(printer, exact):
    problem = printer.post("/losses", counted(1), 409)
    assert (problem["code"], problem["facts"]["available"]) == ("stock_insufficient", 0)
    printer.post("/receipts", receipt(STORE, 4, source="opening", condition="printed"))
    assert printer.post("/losses", counted(5), 409)["facts"]["available"] == 4
    printer.post("/losses", counted(4))
    assert (printer.stock(STORE)["printed"], printer.stock(STORE)["lost"]) == (3, 4)


def test_named_cards_are_not_taken_off_the_books_with_the_opening(printer, exact):
    opening = printer.post("/receipts", receipt(STORE, 5, source="opening", condition="printed"))["id"]
    printer.post("/cards/issue-opening", {"store": STORE, "quantity": 3, "document_number": "DAFTAR/1"})
    path, why = f"/movements/{opening}/reversal", {"reason": "salah hitung"}
    assert printer.post(path, {**why, "quantity": 3}, 409)["facts"]["available"] == 2
    printer.post(path, {**why, "quantity": 2})
    assert printer.stock(STORE)["printed"] == 3


def test_cards_are_lost_by_name_and_are_handed_over_no_more(printer, exact):
    body = lost("a", "c", police_number="LP/7")
    told = printer.post("/cards/lost", body, 200, key="once")["items"]
    assert [(card["client_id"], card["status"], card["store"]) for card in told] == [
        ("a", "lost", STORE), ("c", "lost", STORE),
    ]  # fmt: skip
    assert printer.post("/cards/lost", body, 200, key="once")["items"] == told
    stock = printer.stock(STORE)
    assert (stock["printed"], stock["lost"]) == (1, 2)
    entry = printer.get(f"/stock/entries?store={STORE}&item=blangko&condition=printed")["items"][0]
    movement = printer.get(f"/movements/{entry['movement']}")
    assert (movement["kind"], movement["document_number"], movement["reason"]) == ("loss", "LP/7", "kebakaran")
    problem = printer.post(f"/movements/{entry['movement']}/reversal", {"reason": "ketemu"}, 409)
    assert problem["code"] == "not_reversible"
    issue = {"cards": [{"recording": "a", "collected_by": "Siti"}]}
    assert printer.post("/cards/issue", issue, 409)["code"] == "cards_not_waiting"
    assert printer.get("/cards?status=lost")["items"] == told
    assert {each["status"] for each in printer.get("/recordings")["items"]} == {"printed"}


def test_the_print_of_a_lost_card_is_not_undone(printer, exact):
    printer.post("/recordings", {"recordings": [person("d")]})
    job = _print(printer, STORE, ["d"])
    printer.post("/cards/lost", lost("d"), 200)
    problem = printer.post(f"/print-jobs/{job}/undo", {"recording": "d", "reason": "salah"}, 409)
    assert (problem["code"], problem["facts"]) == ("card_moved_on", {"status": "lost", "store": STORE})


def test_a_card_lost_in_a_kit_is_missing_in_the_settlement(app, printer, exact):
    event = running_event(app, "15.03")
    printer.post("/receipts", receipt(event.store, 2))
    printer.post("/recordings", {"recordings": [person("k", event=event.id), person("l", event=event.id)]})
    _print(printer, event.store, ["k", "l"])
    assert printer.post("/losses", counted(1, event.store), 409)["code"] == "stock_insufficient"
    printer.post("/cards/lost", lost("k"), 200)
    [line] = printer.get(f"/events/{event.id}/settlement")["owners"]
    assert (line["brought"], line["printed"], line["missing"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (lost("a", "a"), 422, "lines_refused"),
        (lost("nobody"), 422, "lines_refused"),
        (lost(), 422, "body_invalid"),
        ({"recordings": ["a"]}, 422, "body_invalid"),
        (lost("a", colour="red"), 422, "body_invalid"),
        (lost("a", office="15.04"), 403, "out_of_reach"),
    ],
)
def test_a_loss_that_can_never_be_right_changes_nothing(printer, body, status, code, exact):
    assert printer.post("/cards/lost", body, status)["code"] == code
    assert printer.stock(STORE)["printed"] == 3


def test_a_card_is_lost_once_and_not_after_its_hand_over(printer, exact):
    printer.post("/cards/lost", lost("a"), 200)
    printer.post("/cards/issue", {"cards": [{"recording": "b", "collected_by": "Siti"}]}, 200)
    problem = printer.post("/cards/lost", lost("a", "b", "c"), 409)
    assert [error["pointer"] for error in problem["errors"]] == ["/recordings/0", "/recordings/1"]
    printer.send("POST", "/cards/lost", lost("c"), key=None)
    assert printer.stock(STORE)["printed"] == 1


@pytest.mark.parametrize(("role", "office", "status"), [("clerk", "15.03", 403), ("printer", "15.04", 422)])
def test_others_do_not_report_cards_as_lost(printer, calls, role, office, status):
    calls(role, office).post("/cards/lost", lost("a"), status)


@pytest.mark.parametrize("condition", ["blank", "printed", "spoiled"])
def test_an_opening_never_goes_into_a_kit(app, printer, condition, exact):
    kit = running_event(app, "15.03").store
    problem = printer.post("/receipts", receipt(kit, 1, source="opening", condition=condition), 422)
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("opening_into_kit", "/store")
