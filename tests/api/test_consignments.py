"""Cards sent on to a village: waiting there, handed over there, lost, and come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from inventory import clock, keys
from inventory.audit import AuditRow
from inventory.database import current
from inventory.printing.consignments import differences
from inventory.printing.models import CardConsignment
from tests.builders import receipt
from tests.handover import KECAMATAN, NAMES, VILLAGE, consignment, figures, four_waiting, handed, issue, printed, sent
from tests.outreach import person, running_event
from tests.printing import STORE


@pytest.fixture
def printer(calls):
    return four_waiting(calls)


def test_cards_sent_on_wait_at_their_store_and_are_told_where_they_are(printer, exact):
    made = sent(printer, "a", "b", due_on=str(clock.business_day("Asia/Jakarta")))
    shown = printer.get(f"/card-consignments/{made}")
    assert (shown["region"], shown["recipient"], shown["recipient_role"]) == (VILLAGE, "Umar bin Ali", "kepala desa")
    assert figures(printer, made) == ["open", 2, 2, 0, 0, 0]
    assert not shown["overdue"]
    cards = printer.get(f"/cards?consignment={made}")["items"]
    assert [(c["client_id"], c["status"], c["store"], c["sent_to"]) for c in cards] == [
        (name, "waiting", STORE, VILLAGE) for name in "ab"
    ]
    assert printer.stock(STORE)["printed"] == 4


def test_a_village_is_settled_in_two_requests(printer, exact):
    made = sent(printer, *NAMES)
    lines = [handed("a", surrendered={"reason": "damaged"}), handed("b", collected_by="Siti", checked=["letter"])]
    issue(printer, *lines)
    printer.post("/cards/lost", {"recordings": ["c"], "reason": "hilang di desa"}, 200)
    assert figures(printer, made) == ["open", 4, 1, 2, 0, 1]
    back = printer.post(f"/card-consignments/{made}/return", {"all": True, "reason": "tidak datang"}, 200)
    assert (back["status"], back["returned"], back["out"]) == ("closed", 1, 0)
    assert back["closed_at"]
    [card] = printer.get("/cards?status=waiting")["items"]
    assert (card["client_id"], card["consignment"], card["sent_to"]) == ("d", None, None)
    sent(printer, "d")


def test_a_hand_over_in_the_village_that_is_taken_back_is_out_there_again(printer, exact):
    made = sent(printer, "a")
    issue(printer, handed("a"))
    assert figures(printer, made) == ["closed", 1, 0, 1, 0, 0]
    printer.post("/cards/undo", {"recordings": ["a"], "reason": "salah orang"}, 200)
    assert figures(printer, made) == ["open", 1, 1, 0, 0, 0]


def test_cards_come_back_once(printer, exact):
    made = sent(printer, "a", "b")
    printer.post(f"/card-consignments/{made}/return", {"recordings": ["a"]}, 200)
    problem = printer.post(f"/card-consignments/{made}/return", {"recordings": ["b", "a", "c"]}, 409)
    assert problem["code"] == "cards_not_in_consignment"
    assert [error["pointer"] for error in problem["errors"]] == ["/recordings/1", "/recordings/2"]
    path, body = f"/card-consignments/{made}/return", {"all": True}
    first = printer.post(path, body, 200, key="once")
    assert printer.post(path, body, 200, key="once") == first
    assert first["returned"] == 2
    assert printer.post(path, body, 409)["code"] == "consignment_closed"


def test_a_card_is_sent_on_once_and_only_from_where_it_waits(printer, calls, exact):
    sent(printer, "a")
    issue(printer, handed("b"))
    for names, code, wrong in (
        (["c", "a"], "cards_sent_on", ["/recordings/1"]),
        (["a", "b"], "cards_not_waiting", ["/recordings/1"]),
        (["c", "d"], "cards_elsewhere", ["/recordings/0", "/recordings/1"]),
    ):
        store = "15.03-LOKET" if code == "cards_elsewhere" else STORE
        if store != STORE:
            place = {"code": store, "office": "15.03", "kind": "service_point", "name": "Loket"}
            calls("admin", "15.03").post("/stores", place)
        problem = printer.post("/card-consignments", consignment(*names, store=store), 409)
        assert (problem["code"], [error["pointer"] for error in problem["errors"]]) == (code, wrong)
    assert len(printer.get("/card-consignments")["items"]) == 1


def test_the_same_request_makes_one_consignment(printer, exact):
    first = printer.post("/card-consignments", consignment("a"), key="once")
    assert printer.post("/card-consignments", consignment("a"), key="once") == first
    assert printer.send("POST", "/card-consignments", consignment("b"), key=None).status_code == 400


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"region": "15.03"}, 422, "no_head_there"),
        ({"region": "15.04.01"}, 422, "no_head_there"),
        ({"region": "15.03.99"}, 404, "region_not_found"),
        ({"region": "desa"}, 422, "body_invalid"),
        ({"recordings": []}, 422, "body_invalid"),
        ({"recordings": ["a", "a"]}, 422, "lines_refused"),
        ({"recordings": ["nobody"]}, 422, "lines_refused"),
        ({"recipient": ""}, 422, "body_invalid"),
        ({"due_on": "2020-01-01"}, 422, "due_before_sent"),
        ({"store": "15.04-UTAMA"}, 404, "store_not_found"),
        ({"status": "open"}, 422, "body_invalid"),
    ],
)
def test_a_consignment_that_can_never_be_right_changes_nothing(printer, more, status, code, exact):
    assert printer.post("/card-consignments", consignment("a") | more, status)["code"] == code
    assert printer.get("/card-consignments")["items"] == []


@pytest.mark.parametrize("body", [{}, {"all": False}, {"all": True, "recordings": ["a"]}, {"recordings": []}])
def test_a_return_says_which_cards_or_all(printer, body, exact):
    made = sent(printer, "a")
    assert printer.post(f"/card-consignments/{made}/return", body, 422)["code"] == "body_invalid"


def test_others_neither_send_cards_on_nor_see_where_they_are(printer, calls, exact):
    made = sent(printer, "a")
    for role, office, status in (("clerk", "15.03", 403), ("printer", "15.04", 404), ("coordinator", "15.03", 403)):
        caller = calls(role, office)
        assert caller.send("POST", "/card-consignments", consignment("b")).status_code == status
        assert caller.send("POST", f"/card-consignments/{made}/return", {"all": True}).status_code == status
    assert calls("printer", "15.04").get(f"/card-consignments/{made}", 404)["code"] == "card_consignment_not_found"
    assert calls("printer", "15.04").get("/card-consignments")["items"] == []
    assert calls("printer", "15.04").get("/card-consignments?office=15.03", 403)["code"] == "out_of_reach"
    assert calls("field", "15.03").get(f"/card-consignments/{made}")["recipient"] == "••••"
    assert calls("inspector", "0").get(f"/card-consignments/{made}")["recipient"] == "Umar bin Ali"


def test_consignments_are_listed_by_region_status_and_what_is_overdue(printer, statements, exact):
    today = clock.business_day("Asia/Jakarta")
    late = sent(printer, "a", due_on=str(today))
    above = sent(printer, "b", region=KECAMATAN, recipient_role="camat")
    issue(printer, handed("b"))

    def listed(query):
        return [row["id"] for row in printer.get(f"/card-consignments?{query}")["items"]]

    assert listed(f"region={KECAMATAN}") == [late, above]
    assert listed(f"region={VILLAGE}&store={STORE}&office=15.03") == [late]
    assert (listed("status=closed"), listed("status=open"), listed("overdue=true")) == ([above], [late], [])
    with clock.telling(datetime.now(UTC) + timedelta(days=2)):
        assert (listed("overdue=true"), listed("overdue=false")) == ([late], [above])
    with statements.within(6):
        printer.get("/card-consignments?limit=1")
    assert printer.get("/card-consignments?limit=1")["next"]


def test_a_member_of_the_event_sends_cards_of_its_kit_on(app, calls, printer, exact):
    event = running_event(app, "15.03")
    guest = calls("printer", "15.04")
    event.let_in(guest)
    calls("clerk", "15.03").post("/receipts", receipt(event.store, 2))
    guest.post("/recordings", {"recordings": [person("k", event=event.id)]})
    printed(guest, event.store, ["k"])
    made = sent(guest, "k", store=event.store)
    assert printer.get(f"/card-consignments/{made}")["event"] == event.id
    assert [row["id"] for row in guest.get("/card-consignments")["items"]] == [made]
    issue(guest, handed("k"))
    assert figures(guest, made) == ["closed", 1, 0, 1, 0, 0]


def test_an_event_closes_while_its_cards_are_out(app, calls, exact):
    host = calls("admin", "15.03")
    host.post("/receipts", receipt(STORE, 5))
    event = host.post("/events", {
        "name": "Gotong royong", "kind": "village", "host_office": "15.03", "starts_on": "2019-04-04",
        "ends_on": "2019-04-05", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    host.post(f"/events/{event['id']}/pledges", {"store": STORE, "item": "blangko", "quantity": 5})
    host.post(f"/events/{event['id']}/start", {}, 200)
    host.post("/recordings", {"recordings": [person(name) for name in "ab"]})
    printed(host, event["store"], ["a", "b"])
    made = sent(host, "a", "b", store=event["store"])
    host.post(f"/events/{event['id']}/close", {}, 200)
    cards = host.get(f"/cards?consignment={made}")["items"]
    assert [(c["store"], c["sent_to"]) for c in cards] == [(STORE, VILLAGE)] * 2
    issue(host, handed("a"))
    host.post(f"/card-consignments/{made}/return", {"recordings": ["b"]}, 200)
    assert figures(host, made) == ["closed", 2, 0, 1, 1, 0]


def test_a_card_that_was_sent_on_is_not_unprinted(printer, exact):
    job = printer.get("/print-jobs")["items"][0]["id"]
    made = sent(printer, "a")
    problem = printer.post(f"/print-jobs/{job}/undo", {"recording": "a", "reason": "salah"}, 409)
    assert problem["code"] == "cards_sent_on"
    printer.post(f"/card-consignments/{made}/return", {"all": True}, 200)
    printer.post(f"/print-jobs/{job}/undo", {"recording": "a", "reason": "salah"}, 200)


def test_names_are_ciphertext_and_in_no_audit_row(printer, app, exact):
    sent(printer, "a")
    issue(printer, handed("a", collected_by="Siti Aminah"))
    with app.app_context():
        secret = current().scalar(sa.select(CardConsignment.recipient_secret))
        assert secret is not None
        assert keys.decrypt(secret) == "Umar bin Ali"
        told = str(current().execute(sa.select(AuditRow.action, AuditRow.facts)).all())
    assert "Umar" not in told
    assert "Siti" not in told


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE card_consignments SET issued = 1", "it says 1 out, 1 handed over, 0 lost; its cards say 2, 0, 0"),
        ("UPDATE cards SET consignment_id = 999", "card consignment 999: cards are with it, there is no such"),
        ("UPDATE cards SET consignment_id = NULL", "it says 2 out, 0 handed over, 0 lost; its cards say 0, 0, 0"),
        ("UPDATE card_consignments SET status = 'closed', closed_at = created_at", "(closed): it says 2 out"),
    ],
)
def test_a_consignment_that_is_not_its_cards_is_named(printer, app, statement, said):
    sent(printer, "a", "b")
    with app.app_context():
        assert list(differences()) == []
        current().execute(sa.text(statement))
        assert [told for told in differences() if said in told], list(differences())
        current().rollback()
