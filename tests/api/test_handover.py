"""Cards after printing: what is checked at the hand-over, cards sent on to a village, ageing, and closing reports."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from inventory import clock, keys
from inventory.audit import AuditRow
from inventory.database import current, transaction
from inventory.printing import ageing
from inventory.printing.consignments import differences
from inventory.printing.models import Card, CardConsignment
from tests.builders import receipt
from tests.outreach import person, running_event

STORE = "15.03-UTAMA"
VILLAGE, KECAMATAN = "15.03.04.2001", "15.03.04"
NAMES = ["a", "b", "c", "d"]


@pytest.fixture
def printer(calls):
    """Four cards of recordings wait, among 10 blanks."""
    caller = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 10))
    caller.post("/recordings", {"recordings": [person(name) for name in NAMES]})
    printed(caller, STORE, NAMES)
    return caller


def printed(caller, store, names):
    job = caller.post("/print-jobs", {"store": store, "recordings": names})["id"]
    results = [{"recording": name, "outcome": "printed"} for name in names]
    caller.post(f"/print-jobs/{job}/results", {"results": results}, 200)
    return job


def consignment(*names, **more):
    head = {"recipient": "Umar bin Ali", "recipient_role": "kepala desa"}
    return {"store": STORE, "region": VILLAGE, "recordings": list(names), **head, **more}


def sent(caller, *names, **more):
    return caller.post("/card-consignments", consignment(*names, **more))["id"]


def handed(name, **more):
    return {"recording": name, "collector_relation": "self", **more}


def issue(caller, *lines, expect=200):
    return caller.post("/cards/issue", {"cards": list(lines)}, expect)


def figures(caller, made):
    shown = caller.get(f"/card-consignments/{made}")
    return [shown[name] for name in ("status", "quantity", "out", "issued", "returned", "lost")]


def test_who_has_no_card_to_hand_over_is_told_why(printer, exact):
    now = clock.now()
    with clock.telling(now):
        issue(printer, handed("a"))
    printer.post("/cards/lost", {"recordings": ["b"], "reason": "Hilang"}, 200)
    printer.post("/recordings", {"recordings": [person("e")]})
    problem = issue(printer, handed("c"), handed("a"), handed("b"), handed("e"), expect=409)
    assert (problem["code"], problem["facts"]) == ("cards_not_waiting", {"count": 3})
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
        ("/cards/1", "card_already_issued"), ("/cards/2", "card_lost"), ("/cards/3", "no_card_yet"),
    ]  # fmt: skip
    at = f"{now + timedelta(hours=7):%d-%m-%Y %H.%M} WIB"
    assert problem["errors"][0]["detail"] == f"Kartu perekaman ini sudah diserahkan pada {at}."


# What is checked, and the old card.


def test_a_card_keeps_what_was_checked_and_the_old_card_goes_into_its_register(printer, exact):
    old = {"reason": "data_change"}
    [card, plain] = issue(printer, handed("a", checked=["kk", "fingerprint", "kk"], surrendered=old), handed("b"))[
        "items"
    ]
    [row] = printer.get("/withdrawn-cards")["items"]
    assert card["checked"] == ["kk", "fingerprint"]
    assert card["surrendered"] == {"reason": "data_change", "quantity": 1, "withdrawn": row["id"]}
    assert (plain["checked"], plain["surrendered"], plain["collector_relation"]) == ([], None, "self")
    assert (row["store"], row["reason"], row["quantity"]) == (STORE, "data_change", 1)


def test_old_cards_of_one_hand_over_are_one_row_a_class(printer, exact):
    two = {"reason": "damaged", "quantity": 2}
    lines = [handed("a", surrendered=two), handed("b", surrendered={"reason": "damaged"})]
    issue(printer, *lines, handed("c", surrendered={"reason": "moved_in"}), handed("d"))
    rows = printer.get("/withdrawn-cards")["items"]
    assert {row["reason"]: row["quantity"] for row in rows} == {"damaged": 3, "moved_in": 1}
    [told] = {row["document_number"] for row in rows}
    assert printer.get(f"/movements/{told.removeprefix('mutasi ')}")["kind"] == "issue"


def test_the_residents_own_name_need_not_be_told_and_nobody_elses_may_be_left_out(printer, app, exact):
    for wrong in ({}, {"collector_relation": "istri"}, {"collected_by": None}):
        problem = issue(printer, {"recording": "a", **wrong}, expect=422)
        assert problem["code"] == "body_invalid"
        assert [error["pointer"] for error in problem["errors"]] == ["/cards/0/collected_by"]
    issue(printer, handed("a"), {"recording": "b", "collected_by": "Siti", "collector_relation": "istri"})
    with app.app_context():
        secrets = current().scalars(sa.select(Card.collector_secret).order_by(Card.recording_id).limit(2)).all()
        assert [secret and keys.decrypt(secret) for secret in secrets] == [None, "Siti"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"checked": ["horoscope"]},
        {"checked": "kk"},
        {"checked": ["kk"] * 6},
        {"surrendered": {"reason": "old"}},
        {"surrendered": {}},
        {"surrendered": {"reason": "damaged", "quantity": 0}},
        {"surrendered": {"reason": "damaged", "quantity": 11}},
        {"surrendered": {"reason": "damaged", "owner": "Siti"}},
        {"colour": "red"},
    ],
)
def test_a_hand_over_that_is_told_wrongly_changes_nothing(printer, wrong, exact):
    assert issue(printer, handed("a", **wrong), expect=422)["code"] == "body_invalid"
    assert printer.get("/withdrawn-cards")["items"] == []


def test_a_hand_over_that_is_taken_back_takes_its_old_card_out_of_the_register(printer, exact):
    issue(printer, handed("a", surrendered={"reason": "damaged"}), handed("b", surrendered={"reason": "damaged"}))
    undone = printer.post("/cards/undo", {"recordings": ["a"], "reason": "salah orang"}, 200)["items"]
    assert (undone[0]["checked"], undone[0]["surrendered"]) == ([], None)
    assert [row["quantity"] for row in printer.get("/withdrawn-cards")["items"]] == [1]


def test_an_old_card_that_was_burned_stays_in_the_register(printer, calls, exact):
    issue(printer, handed("a", surrendered={"reason": "damaged"}))
    [row] = printer.get("/withdrawn-cards")["items"]
    fire = {
        "store": STORE, "number": "BA/1", "destroyed_on": row["withdrawn_on"], "lines": [],
        "withdrawn": [{"reason": "damaged", "quantity": 1}],
        "counted_by": [calls(role, "15.03").actor.user_id for role in ("field", "inspector")],
        "witnesses": [{"name": "Rina", "institution": "Inspektorat"}, {"name": "Joko", "institution": "Polres"}],
    }  # fmt: skip
    made = calls("clerk", "15.03").post("/destructions", fire)["id"]
    calls("coordinator", "15.03").post(f"/destructions/{made}/approve", {}, 200)
    problem = printer.post("/cards/undo", {"recordings": ["a"], "reason": "salah"}, 409)
    assert (problem["code"], problem["facts"]) == ("below_destroyed", {"destroyed": 1, "quantity": 0})
    assert printer.get("/cards?status=issued")["items"][0]["client_id"] == "a"


def walked_in(name, **more):
    line = {name: value for name, value in person(name).items() if name not in ("status", "recorded_at")}
    return {"store": STORE, "recording": line, **more}


def test_who_walks_in_with_an_old_card_leaves_it_in_the_register(printer, exact):
    old = {"reason": "damaged"}
    told = {"collector_relation": "self", "checked": ["old_card"], "surrendered": old}
    made = printer.post("/walk-ins", walked_in("w", **told))
    assert made["status"] == "issued"
    [card] = printer.get("/cards?status=issued")["items"]
    assert (card["checked"], card["surrendered"]["reason"]) == (["old_card"], "damaged")
    problem = printer.post("/walk-ins", walked_in("v", surrendered=old), 422)
    assert (problem["code"], problem["errors"][0]["pointer"]) == ("collector_unnamed", "/collected_by")
    assert len(printer.get("/withdrawn-cards")["items"]) == 1


# Cards that are sent on.


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


# How long cards wait.


def aged(app, moments):
    """Say when the cards of these recordings were printed."""
    with app.app_context(), transaction() as session:
        cards = session.scalars(sa.select(Card).order_by(Card.recording_id)).all()
        for card, moment in zip(cards, moments, strict=False):
            card.printed_at = moment


MIDNIGHT = datetime(2026, 3, 1, 17, tzinfo=UTC)  # in Jakarta 2 March begins


def test_days_are_those_of_the_offices_calendar(printer, app, exact):
    second = timedelta(seconds=1)
    aged(app, [MIDNIGHT - second, MIDNIGHT, MIDNIGHT - timedelta(days=20), MIDNIGHT + timedelta(days=13)])
    with clock.telling(MIDNIGHT + timedelta(days=14) - second):  # the last second of 15 March
        cards = {c["client_id"]: c["age_days"] for c in printer.get("/cards")["items"]}
        assert cards == {"a": 14, "b": 13, "c": 33, "d": 0}
        [place] = printer.get("/cards/ageing")["items"]
        old = [[c["client_id"] for c in printer.get(f"/cards?waiting_days={d}")["items"]] for d in (0, 13, 14, 33, 34)]
    assert old == [["a", "b", "c", "d"], ["a", "b", "c"], ["a", "c"], ["c"], []]
    steps = [(0, 13, 2), (14, 29, 1), (30, 59, 1), (60, None, 0)]
    assert [tuple(step.values()) for step in place.pop("steps")] == steps
    assert place == {"office": "15.03", "store": STORE, "sent_to": None, "waiting": 4, "flagged": 2, "oldest_days": 33}


def test_the_same_instant_is_another_day_in_another_zone(calls, app, exact):
    for office in ("15.03", "91.71"):
        calls("admin", office).post("/receipts", receipt(f"{office}-UTAMA", 2))
        calls("printer", office).post("/recordings", {"recordings": [person(office, office)]})
        printed(calls("printer", office), f"{office}-UTAMA", [office])
    aged(app, [MIDNIGHT - timedelta(hours=1)] * 2)
    with clock.telling(MIDNIGHT + timedelta(days=14) - timedelta(hours=1)):
        rows = calls("coordinator", "0").get("/cards/ageing")["items"]
        ages = {row["office"]: (row["oldest_days"], row["flagged"]) for row in rows}
        late = calls("inspector", "0").get("/cards?waiting_days=15")["items"]
    assert ages == {"15.03": (14, 1), "91.71": (14, 1)}
    assert late == []


def test_what_was_sent_on_is_a_place_of_its_own_and_what_is_gone_is_none(printer, calls, app, statements, exact):
    sent(printer, "a", "b")
    sent(printer, "c", region=KECAMATAN)
    issue(printer, handed("b"))
    calls("admin", "15.03").patch("/offices/15.03", {"card_flag_days": [7, 2, 7]})
    aged(app, [clock.now() - timedelta(days=3)] * 4)
    clerk = calls("clerk", "15.03")
    with statements.within(4):
        places = clerk.get("/cards/ageing?office=15.03")["items"]
    assert [(p["sent_to"], p["waiting"], p["flagged"]) for p in places] == [
        (None, 1, 1), (KECAMATAN, 1, 1), (VILLAGE, 1, 1),
    ]  # fmt: skip
    assert [(step["from_days"], step["until_days"]) for step in places[0]["steps"]] == [(0, 1), (2, 6), (7, None)]
    first = calls("clerk", "15.03").get("/cards/ageing?limit=2")
    rest = calls("clerk", "15.03").get(f"/cards/ageing?limit=2&cursor={first['next']}")
    assert (first["items"] + rest["items"], rest["next"]) == (places, None)
    assert calls("clerk", "15.04").get("/cards/ageing")["items"] == []
    assert calls("clerk", "15.04").get("/cards/ageing?office=15.03", 403)["code"] == "out_of_reach"


def test_the_sum_of_all_places_tells_the_same_steps_whatever_each_office_flags(calls, app, exact):
    """Two zones, three rules of flagging, and cards on both sides of every day that counts."""
    flags, days = {"15.03": [2, 7], "15.04": [7, 30], "91.71": None}, (0, 1, 2, 6, 7, 8, 13, 14, 29, 30, 31, 60)
    for office, flagged in flags.items():
        if flagged:
            calls("admin", office).patch("/offices/" + office, {"card_flag_days": flagged})
        names = [f"{office}-{number}" for number in days]
        calls("admin", office).post("/receipts", receipt(f"{office}-UTAMA", len(names)))
        calls("printer", office).post("/recordings", {"recordings": [person(name, office) for name in names]})
        printed(calls("printer", office), f"{office}-UTAMA", names)
    aged(app, [MIDNIGHT - timedelta(days=day, hours=hour) for hour in (0, 1, 3) for day in days])
    inspector = calls("inspector", "0")
    with clock.telling(MIDNIGHT), app.app_context():
        places = inspector.get("/cards/ageing")["items"]
        told = ageing.totals(inspector.actor, None)
    sums: Counter[tuple[int, int | None]] = Counter()
    for step in (step for place in places for step in place["steps"]):
        sums[step["from_days"], step["until_days"]] += step["cards"]
    found = {(step["from_days"], step["until_days"]): step["cards"] for step in told}
    assert sum(found.values()) == 3 * len(days)
    assert found == {ends: cards for ends, cards in sums.items() if cards}


# What a shift came to.


def test_a_closing_report_adds_up(calls, exact):
    clerk, holder = calls("clerk", "15.03"), calls("printer", "15.03")
    clerk.post("/receipts", receipt(STORE, 50))
    two = [calls(role, "15.03").actor.user_id for role in ("clerk", "field")]
    goods = {"store": STORE, "item": "blangko", "quantity": 5, "needed": 5}
    hand = {**goods, "holder": holder.actor.user_id, "counted_by": two}
    first = clerk.post("/custody", hand)["id"]
    second = clerk.post("/custody", {**hand, "quantity": 10, "needed": 10})["id"]
    holder.post("/recordings", {"recordings": [person(name) for name in NAMES]})
    job = holder.post("/print-jobs", {"store": STORE, "recordings": NAMES})["id"]
    results = [
        {"recording": "a", "outcome": "spoiled", "reason": "print_failure"},
        {"recording": "a", "outcome": "printed"},
        {"recording": "b", "outcome": "spoiled", "reason": "damaged"},
        {"recording": "b", "outcome": "printed"},
        {"recording": "c", "outcome": "printed"},
        {"recording": "d", "outcome": "printed"},
    ]
    holder.post(f"/print-jobs/{job}/results", {"results": results}, 200)
    issue(holder, handed("a"))
    holder.post("/cards/lost", {"recordings": ["b"], "reason": "hilang"}, 200)

    def report(session):
        told = calls("inspector", "15").get(f"/custody/{session}/report")
        parts = ("printed", "spoiled_total", "returned", "missing", "in_hand")
        assert told["taken"] == sum(told[name] or 0 for name in parts)
        return [told[name] for name in ("opening", "taken", *parts)], told

    shown, told = report(first)
    assert shown == [0, 5, 3, 2, None, 0, 0]
    assert told["cards"] == {"issued": 1, "waiting": 1, "lost": 1}
    assert told["spoiled"]["print_failure"] == told["spoiled"]["damaged"] == 1
    assert report(second)[0] == [5, 10, 1, 0, None, 0, 9]
    counters = [calls(role, "15.03").actor.user_id for role in ("clerk", "field")]
    clerk.post(f"/custody/{second}/close", {"returned": 7, "counted_by": counters}, 200)
    shown, told = report(second)
    assert shown == [5, 10, 1, 0, 7, 2, 0]
    assert (told["status"], told["difference"]) == ("disputed", -2)
    assert calls("clerk", "15.04").get(f"/custody/{second}/report", 404)["code"] == "custody_not_found"
