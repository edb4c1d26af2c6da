"""Spoilage to destruction over REST: quarantine by class, withdrawn cards, berita acara, and the report upward."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import current, transaction
from inventory.disposal.models import Destruction, DestructionLine
from inventory.disposal.queries import differences
from inventory.disposal.rules import DestructionClass
from inventory.people.models import User
from inventory.stock.models import Account, Movement
from inventory.stock.rules import SpoilReason
from tests.builders import receipt

STORE = "15.03-UTAMA"
CLASSES = [each.value for each in DestructionClass]
WITNESSES = [
    {"name": "Siti Aminah", "institution": "Inspektorat Sarolangun"},
    {"name": "Budi Santoso", "institution": "Satpol PP"},
]
examples = count(1)


@pytest.fixture(autouse=True)
def noon():
    """It is 10:00 WIB on 12 March 2026."""
    with clock.telling(datetime(2026, 3, 12, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def agrees(app, exact):
    """After the test destructions, the ledger and the register tell the same."""
    yield
    with app.app_context():
        assert list(differences()) == []


@pytest.fixture
def clerk(calls):
    return calls("clerk", "15.03")


@pytest.fixture
def chief(calls):
    return calls("coordinator", "15.03")


@pytest.fixture
def desk(calls):
    return calls("printer", "15.03")


@pytest.fixture
def batch(calls):
    """`batch(lines=[...], ...)` is the body of a destruction counted by the printing staff and the field team."""
    counters = [calls(role, "15.03").actor.user_id for role in ("printer", "field")]

    def body(*lines, **more):
        return {
            "store": STORE, "number": f"BA/{next(examples)}", "destroyed_on": "2026-03-12", "lines": list(lines),
            "witnesses": WITNESSES, "counted_by": counters, **more,
        }  # fmt: skip

    return body


def line(quantity, reason="damaged", **more):
    return {"item": "blangko", "reason": reason, "quantity": quantity, **more}


def numbered(reason="damaged", **how):
    return {"item": "blangko", "reason": reason, **how}


def spoil(clerk, quantity, reason="damaged", **more):
    body = {"store": STORE, "item": "blangko", "reason": reason, **more}
    return clerk.post("/spoilages", body if "intervals" in more else {**body, "quantity": quantity})


def withdrawn(quantity, reason="data_change", on="2026-03-01", **more):
    return {"store": STORE, "reason": reason, "quantity": quantity, "withdrawn_on": on, **more}


def lying(caller, **filters):
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    rows = caller.get(f"/quarantine?{query}")["items"]
    return {(row["owner"], row["reason"]): row["quantity"] for row in rows}


@pytest.fixture
def spoiled(clerk):
    """100 blanks, of which 20 are damaged, 10 failed in print and 5 came broken."""
    clerk.post("/receipts", receipt(STORE, 100))
    for quantity, reason in ((20, "damaged"), (10, "print_failure"), (5, "factory_defect")):
        spoil(clerk, quantity, reason)


def test_quarantine_tells_each_class_and_withdrawn_cards_apart(clerk, desk, calls, spoiled, agrees):
    desk.post("/withdrawn-cards", withdrawn(7))
    told = clerk.get(f"/quarantine?store={STORE}")
    assert {row["reason"]: row["quantity"] for row in told["items"]} == {
        "damaged": 20, "print_failure": 10, "factory_defect": 5,
    }  # fmt: skip
    assert {(row["store"], row["item"], row["owner"], row["event"]) for row in told["items"]} == {
        (STORE, "blangko", "15.03", None)
    }
    assert told["withdrawn"] == {**dict.fromkeys(CLASSES, 0), "data_change": 7, "total": 7}
    assert clerk.stock(STORE)["spoiled"] == 35
    first = clerk.get("/quarantine?limit=2")
    rest = clerk.get(f"/quarantine?limit=2&cursor={first['next']}")
    assert first["items"] + rest["items"] == told["items"]
    assert calls("clerk", "15.02").get("/quarantine")["items"] == []


def test_a_destruction_moves_nothing_until_a_second_person_approves_it(clerk, chief, desk, batch, spoiled, agrees):
    desk.post("/withdrawn-cards", withdrawn(7))
    body = batch(line(18), line(10, "print_failure"), withdrawn=[{"reason": "data_change", "quantity": 6}])
    made = clerk.post("/destructions", body)
    assert (made["status"], made["movement"], made["approved_by"]) == ("counted", None, None)
    assert made["totals"]["blanks"] == {**dict.fromkeys(CLASSES, 0), "damaged": 18, "print_failure": 10, "total": 28}
    assert (made["totals"]["withdrawn"]["total"], made["totals"]["total"]) == (6, 34)
    assert clerk.stock(STORE)["spoiled"] == 35
    done = chief.post(f"/destructions/{made['id']}/approve", {"reason": "sesuai"}, 200)
    assert (done["status"], done["approved_by"], done["reason"]) == ("approved", chief.actor.user_id, "sesuai")
    stock = clerk.stock(STORE)
    assert (stock["spoiled"], stock["destroyed"]) == (7, 28)
    movement = clerk.get(f"/movements/{done['movement']}")
    assert (movement["kind"], movement["quantity"], movement["document_number"]) == ("destruction", 28, body["number"])
    assert lying(clerk) == {("15.03", "damaged"): 2, ("15.03", "factory_defect"): 5}
    assert clerk.get(f"/destructions/{made['id']}") == done
    assert [row["totals"] for row in clerk.get("/destructions?status=approved")["items"]] == [done["totals"]]


@pytest.mark.parametrize(
    ("role", "office", "status", "code"),
    [
        ("clerk", "15.03", 403, "not_permitted"),
        ("inspector", "15.03", 403, "not_permitted"),
        ("coordinator", "15.02", 404, "destruction_not_found"),
        ("coordinator", "16", 404, "destruction_not_found"),
        ("coordinator", "15", 200, None),
        ("admin", "0", 200, None),
    ],
)
def test_who_may_approve(calls, clerk, batch, spoiled, agrees, role, office, status, code):
    path = f"/destructions/{clerk.post('/destructions', batch(line(3)))['id']}/approve"
    assert calls(role, office).post(path, {}, status).get("code") == code
    assert clerk.stock(STORE)["destroyed"] == (3 if status == 200 else 0)


@pytest.mark.parametrize("first", ["maker", "counter"])
def test_who_wrote_it_down_or_counted_may_not_approve_unless_the_office_switched_it_off(
    calls, batch, clerk, desk, spoiled, agrees, first
):
    admin = calls("admin", "15.03")
    maker = admin if first == "maker" else clerk
    body = batch(line(3))
    if first == "counter":
        body["counted_by"] = [desk.actor.user_id, admin.actor.user_id]
    path = f"/destructions/{maker.post('/destructions', body)['id']}/approve"
    refused = admin.post(path, {}, 403)
    assert refused["code"] == "same_person"
    assert clerk.stock(STORE)["destroyed"] == 0
    admin.patch("/offices/15.03", {"destruction_check": False})
    admin.post(path, {}, 200)
    assert clerk.stock(STORE)["destroyed"] == 3


def test_approving_or_cancelling_twice_is_refused(calls, clerk, chief, batch, spoiled, agrees):
    path = f"/destructions/{clerk.post('/destructions', batch(line(3)))['id']}"
    first = chief.post(f"{path}/approve", {}, 200, key="once")
    assert chief.post(f"{path}/approve", {}, 200, key="once") == first
    assert chief.post(f"{path}/approve", {}, 409)["code"] == "destruction_ended"
    assert calls("coordinator", "15").post(f"{path}/approve", {}, 409)["code"] == "destruction_ended"
    assert clerk.post(f"{path}/cancel", {}, 409)["code"] == "destruction_ended"
    assert clerk.stock(STORE)["destroyed"] == 3


def test_a_cancelled_destruction_leaves_everything_where_it_is(clerk, chief, batch, spoiled, agrees):
    body = batch(line(20))
    path = f"/destructions/{clerk.post('/destructions', body)['id']}"
    assert chief.post(f"{path}/cancel", {}, 403)["code"] == "not_permitted"
    assert clerk.post(f"{path}/cancel", {"reason": "hujan"}, 200)["reason"] == "hujan"
    assert chief.post(f"{path}/approve", {}, 409)["code"] == "destruction_ended"
    assert clerk.stock(STORE)["spoiled"] == 35
    assert clerk.post("/destructions", body, 409)["code"] == "destruction_number_taken"
    clerk.post("/destructions", batch(line(20)))


def test_every_wrong_line_is_named_and_nothing_is_kept(app, clerk, desk, batch, spoiled, agrees):
    desk.post("/withdrawn-cards", withdrawn(7))
    desk.post("/withdrawn-cards", withdrawn(9, "moved_in", "2026-03-12"))
    lines = [line(5), line(8, "print_failure"), line(3, "print_failure"), line(1, "encode_failure")]
    lines += [line(1, owner="15"), line(1, event=99)]
    cards = [{"reason": "moved_in", "quantity": 9}, {"reason": "data_change", "quantity": 5},
             {"reason": "data_change", "quantity": 3}]  # fmt: skip
    refused = clerk.post("/destructions", batch(*lines, withdrawn=cards), 409)
    assert refused["code"] == "quarantine_short"
    assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [
        *[(f"/lines/{i}", "stock_insufficient") for i in (1, 2, 3, 4, 5)],
        *[(f"/withdrawn/{i}", "withdrawn_short") for i in (1, 2)],
    ]
    assert clerk.get("/destructions")["items"] == []
    with app.app_context():
        assert current().scalar(sa.select(sa.func.count()).select_from(DestructionLine)) == 0


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lines": []}, 422, "body_invalid"),
        ({"lines": [line(0)]}, 422, "body_invalid"),
        ({"lines": [line(-1)]}, 422, "body_invalid"),
        ({"lines": [line(10**12)]}, 422, "body_invalid"),
        ({"lines": [line(3, "data_change")]}, 422, "body_invalid"),
        ({"lines": [line(3, total=3)]}, 422, "body_invalid"),
        ({"lines": [line(3, numbers=["A1"])]}, 422, "body_invalid"),
        ({"lines": [line(3) | {"item": "nihil"}]}, 404, "item_not_found"),
        ({"total": 3}, 422, "body_invalid"),
        ({"totals": {"blanks": 3}}, 422, "body_invalid"),
        ({"withdrawn": [{"reason": "data_change"}]}, 422, "body_invalid"),
        ({"withdrawn": [{"reason": "data_change", "quantity": 1, "name": "Siti"}]}, 422, "body_invalid"),
        ({"withdrawn": [{"reason": "data_change", "quantity": 1}]}, 409, "quarantine_short"),
        ({"witnesses": WITNESSES[:1]}, 422, "body_invalid"),
        ({"witnesses": []}, 422, "body_invalid"),
        ({"witnesses": [WITNESSES[0], WITNESSES[0]]}, 422, "witness_twice"),
        ({"witnesses": [WITNESSES[0], {"name": "Budi"}]}, 422, "body_invalid"),
        ({"counted_by": [1]}, 422, "body_invalid"),
        ({"counted_by": [1, 1]}, 422, "not_two_people"),
        ({"counted_by": [1, 999_999]}, 422, "counter_unknown"),
        ({"number": ""}, 422, "body_invalid"),
        ({"destroyed_on": "2026-03-13"}, 422, "date_in_future"),
        ({"destroyed_on": "2026-03-01"}, 422, "date_too_old"),
        ({"destroyed_on": "2026-03-11"}, 409, "quarantine_short"),
        ({"store": "15-UTAMA"}, 404, "store_not_found"),
        ({"store": "nihil"}, 404, "store_not_found"),
    ],
)
def test_a_destruction_that_is_wrong_is_refused(clerk, batch, spoiled, agrees, change, status, code):
    assert clerk.post("/destructions", batch(line(3)) | change, status)["code"] == code
    assert clerk.get("/destructions")["items"] == []


def test_counters_are_active_people_of_the_office_or_above(app, calls, clerk, desk, batch, spoiled, agrees):
    def counted(*people):
        return batch(line(1)) | {"counted_by": [person.actor.user_id for person in people]}

    clerk.post("/destructions", counted(desk, calls("inspector", "15")))
    for stranger in (calls("printer", "15.02"), calls("clerk", "16")):
        refused = clerk.post("/destructions", counted(desk, stranger), 422)
        assert (refused["code"], refused["errors"][0]["pointer"]) == ("counter_unknown", "/counted_by/1")
    gone = calls("field", "15.03")
    with app.app_context(), transaction() as session:
        session.execute(sa.update(User).where(User.id == gone.actor.user_id).values(active=False))
    assert clerk.post("/destructions", counted(desk, gone), 422)["code"] == "counter_unknown"


@pytest.mark.parametrize("role", ["printer", "field", "coordinator", "inspector"])
def test_only_who_moves_stock_writes_a_destruction_down(calls, batch, spoiled, role):
    assert calls(role, "15.03").post("/destructions", batch(line(3)), 403)["code"] == "not_permitted"


def test_other_offices_see_and_touch_nothing(calls, clerk, batch, spoiled, agrees):
    path = f"/destructions/{clerk.post('/destructions', batch(line(3)))['id']}"
    for office in ("15.02", "16"):
        stranger = calls("admin", office)
        assert stranger.get(path, 404)["code"] == "destruction_not_found"
        for step in ("approve", "cancel"):
            assert stranger.post(f"{path}/{step}", {}, 404)["code"] == "destruction_not_found"
        assert stranger.get("/destructions")["items"] == []
        for filter_ in ("/destructions?", "/quarantine?", "/withdrawn-cards?", "/destructions/report?month=2026-03&"):
            assert stranger.get(f"{filter_}office=15.03", 403)["code"] == "out_of_reach"
    assert clerk.get("/destructions/999999", 404)["code"] == "destruction_not_found"
    assert clerk.post("/destructions/999999/cancel", {}, 404)["code"] == "destruction_not_found"


def test_the_same_key_makes_one_destruction(clerk, batch, spoiled, agrees):
    body = batch(line(3))
    first = clerk.post("/destructions", body, key="once")
    assert clerk.post("/destructions", body, key="once") == first
    assert clerk.post("/destructions", body | {"number": "BA/0"}, 409, key="once")["code"] == "idempotency_key_reused"
    assert clerk.post("/destructions", body, 400, key=None)["code"] == "idempotency_key_missing"
    assert clerk.post(f"/destructions/{first['id']}/approve", {}, 403)["code"] == "not_permitted"
    assert len(clerk.get("/destructions")["items"]) == 1


def test_two_offices_may_use_the_same_number(calls, clerk, batch, spoiled, agrees):
    clerk.post("/destructions", batch(line(3), number="BA/2026/1"))
    other = calls("clerk", "15.02")
    other.post("/receipts", receipt("15.02-UTAMA", 5))
    other.post("/spoilages", {"store": "15.02-UTAMA", "item": "blangko", "quantity": 5, "reason": "damaged"})
    people = [calls(role, "15.02").actor.user_id for role in ("printer", "field")]
    body = batch(line(3), number="BA/2026/1") | {"store": "15.02-UTAMA", "counted_by": people}
    assert other.post("/destructions", body)["office"] == "15.02"


def test_witnesses_are_kept_encrypted_and_shown_to_those_who_work_with_them(app, calls, clerk, batch, spoiled, agrees):
    made = clerk.post("/destructions", batch(line(3)))
    for role, office in (("clerk", "15.03"), ("coordinator", "15"), ("inspector", "0"), ("admin", "15.03")):
        assert calls(role, office).get(f"/destructions/{made['id']}")["witnesses"] == WITNESSES
    for role in ("printer", "field"):
        told = calls(role, "15.03").get(f"/destructions/{made['id']}")["witnesses"]
        assert told == [{"name": "••••", "institution": each["institution"]} for each in WITNESSES]
    assert "witnesses" not in clerk.get("/destructions")["items"][0]
    with app.app_context():
        secret = current().get_one(Destruction, made["id"]).witnesses_secret
        facts = [row.facts for row in current().scalars(sa.select(AuditRow).where(AuditRow.subject == "destruction"))]
    assert b"Siti" not in secret
    assert facts == [{"lines": 1}]


def test_purged_witnesses_are_nobody(app, clerk, batch, spoiled):
    made = clerk.post("/destructions", batch(line(3)))
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Destruction).values(witnesses_secret=None))
    assert clerk.get(f"/destructions/{made['id']}")["witnesses"] == []


def test_quarantine_that_moved_on_meanwhile_destroys_nothing(clerk, chief, desk, batch, agrees):
    clerk.post("/receipts", receipt(STORE, 100))
    first = spoil(clerk, 20)
    desk.post("/withdrawn-cards", withdrawn(7))
    body = batch(line(20), withdrawn=[{"reason": "data_change", "quantity": 7}])
    made = clerk.post("/destructions", body)
    clerk.post(f"/movements/{first['id']}/reversal", {"reason": "ternyata baik", "quantity": 1})
    assert chief.post(f"/destructions/{made['id']}/approve", {}, 409)["code"] == "stock_insufficient"
    assert clerk.stock(STORE) | {"spoiled": 19, "destroyed": 0} == clerk.stock(STORE)
    assert clerk.get("/withdrawn-cards")["items"][0]["destroyed"] == 0
    assert clerk.get(f"/destructions/{made['id']}")["status"] == "counted"


def test_a_late_approval_waits_until_the_office_allows_so_old_a_date(calls, clerk, chief, batch, spoiled, agrees):
    path = f"/destructions/{clerk.post('/destructions', batch(line(20)))['id']}/approve"
    with clock.telling(datetime(2026, 3, 20, 3, tzinfo=UTC)):
        assert chief.post(path, {}, 422)["code"] == "date_too_old"
        calls("admin", "15.03").patch("/offices/15.03", {"backdate_days": 30})
        movement = chief.post(path, {}, 200)["movement"]
        assert clerk.get(f"/movements/{movement}")["occurred_on"] == "2026-03-12"


def test_two_batches_of_the_same_blanks_burn_them_once(clerk, chief, desk, batch, spoiled, agrees):
    desk.post("/withdrawn-cards", withdrawn(7))
    cards = [{"reason": "data_change", "quantity": 7}]
    paths = [f"/destructions/{clerk.post('/destructions', batch(*lines, withdrawn=cards))['id']}/approve"
             for lines in ([line(20)], [line(20)], [])]  # fmt: skip
    chief.post(paths[0], {}, 200)
    assert chief.post(paths[1], {}, 409)["code"] == "withdrawn_short"
    assert chief.post(paths[2], {}, 409)["code"] == "withdrawn_short"
    assert clerk.stock(STORE)["destroyed"] == 20


def test_a_destroyed_movement_is_not_reversed(clerk, chief, batch, spoiled, agrees):
    made = clerk.post("/destructions", batch(line(3)))
    movement = chief.post(f"/destructions/{made['id']}/approve", {}, 200)["movement"]
    refused = clerk.post(f"/movements/{movement}/reversal", {"reason": "salah"}, 409)
    assert refused["code"] == "not_reversible"


def test_supplies_burn_too_but_are_no_cards(clerk, chief, batch, agrees):
    clerk.post("/receipts", receipt(STORE, 4, "ribbon"))
    clerk.post("/spoilages", {"store": STORE, "item": "ribbon", "quantity": 2, "reason": "damaged"})
    made = clerk.post("/destructions", batch(line(2) | {"item": "ribbon"}))
    assert (made["totals"]["supplies"], made["totals"]["total"]) == (2, 0)
    chief.post(f"/destructions/{made['id']}/approve", {}, 200)
    assert clerk.stock(STORE, "ribbon")["destroyed"] == 2
    assert clerk.get("/destructions/report?month=2026-03")["totals"]["total"] == 0


def story(app, caller, store):
    """Where each number of a store's quarantine and fire lies: from the intervals themselves."""
    with app.app_context():
        rows = current().execute(
            sa.text("SELECT a.place, i.first, i.last FROM intervals i JOIN accounts a ON a.id = i.account_id"
                    " WHERE i.ended_by IS NULL AND a.store_code = :store AND a.condition = 'spoiled'"),
            {"store": store},
        )  # fmt: skip
        found = {}
        for place, first, last in rows:
            found.setdefault(place, set()).update(range(first, last + 1))
        return found


def test_destroyed_numbers_end_in_the_fire_and_are_never_used_again(app, clerk, chief, batch, agrees):
    clerk.post("/receipts", {**receipt(STORE, 1), "intervals": [["A001", "A100"]]} | {"quantity": 100}, 422)
    arrival = receipt(STORE, 1, intervals=[["A001", "A100"]])
    del arrival["quantity"]
    clerk.post("/receipts", arrival)
    clerk.post("/receipts", receipt(STORE, 50))
    spoil(clerk, 0, intervals=[["A011", "A040"]])
    spoil(clerk, 5)
    wrong = [numbered(numbers=["A011"]), numbered(intervals=[["A030", "A050"]]), numbered(numbers=["B1"]), line(6)]
    refused = clerk.post("/destructions", batch(*wrong), 409)
    assert sorted((error["pointer"], error["code"]) for error in refused["errors"]) == [
        ("/lines/1/intervals/0", "numbers_elsewhere"), ("/lines/2/numbers/0", "numbers_unknown"),
        ("/lines/3", "numbers_needed"),
    ]  # fmt: skip
    twice = batch(numbered(intervals=[["A011", "A020"]]), numbered(numbers=["A020"]))
    assert clerk.post("/destructions", twice, 422)["code"] == "numbers_twice"
    body = batch(numbered(intervals=[["A011", "A015"], ["A016", "A020"]]), numbered(numbers=["A030"]), line(5))
    made = clerk.post("/destructions", body)
    assert [each["intervals"] for each in made["lines"]] == [[["A011", "A020"]], [["A030", "A030"]], None]
    assert made["totals"]["total"] == 16
    assert story(app, clerk, STORE) == {"store": set(range(11, 41))}
    chief.post(f"/destructions/{made['id']}/approve", {}, 200)
    burned = {*range(11, 21), 30}
    assert story(app, clerk, STORE) == {"store": set(range(11, 41)) - burned, "destroyed": burned}
    assert clerk.post("/receipts", arrival | {"intervals": [["A011", "A011"]]}, 409)["code"] == "numbers_known"
    again = {"store": STORE, "item": "blangko", "reason": "damaged", "numbers": ["A030"]}
    assert clerk.post("/spoilages", again, 409)["code"] == "numbers_elsewhere"
    refused = clerk.post("/destructions", batch(numbered(numbers=["A030"])), 409)
    assert [error["code"] for error in refused["errors"]] == ["numbers_elsewhere"]


def test_numbers_that_left_the_quarantine_meanwhile_stop_the_fire(clerk, chief, batch, agrees):
    arrival = receipt(STORE, 1, intervals=[["A001", "A100"]])
    del arrival["quantity"]
    clerk.post("/receipts", arrival)
    first = spoil(clerk, 0, intervals=[["A001", "A010"]])
    made = clerk.post("/destructions", batch(numbered(intervals=[["A001", "A005"]])))
    clerk.post(f"/movements/{first['id']}/reversal", {"reason": "ternyata baik", "numbers": ["A003"]})
    assert chief.post(f"/destructions/{made['id']}/approve", {}, 409)["code"] == "numbers_elsewhere"
    assert clerk.stock(STORE)["destroyed"] == 0


def test_the_host_burns_what_other_owners_spoiled_at_its_event(calls, clerk, chief, batch, agrees):
    province, host = calls("admin", "15"), calls("admin", "15.03")
    province.post("/receipts", receipt("15-UTAMA", 100))
    clerk.post("/receipts", receipt(STORE, 100))
    event = host.post("/events", {
        "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": "2026-03-11",
        "ends_on": "2026-03-12", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    for caller, store in ((host, STORE), (province, "15-UTAMA")):
        pledge = {"store": store, "item": "blangko", "quantity": 20}
        caller.post(f"/events/{event['id']}/pledges", pledge)
    host.post(f"/events/{event['id']}/start", {}, 200)
    kit = {"store": event["store"], "item": "blangko", "reason": "print_failure"}
    clerk.post("/spoilages", {**kit, "quantity": 26})
    host.post("/withdrawn-cards", withdrawn(3) | {"store": event["store"]})
    cards = [{"reason": "data_change", "quantity": 3}]
    in_kit = clerk.post("/destructions", batch(line(1, "print_failure"), withdrawn=cards, store=event["store"]))
    host.post(f"/events/{event['id']}/close", {}, 200)
    refused = chief.post(f"/destructions/{in_kit['id']}/approve", {}, 409)
    assert refused["code"] == "stock_insufficient"
    assert lying(clerk, store=STORE) == {("15", "print_failure"): 6, ("15.03", "print_failure"): 20}
    assert lying(province, store=STORE) == lying(clerk, store=STORE)
    goods = [line(6, "print_failure", owner="15", event=event["id"]), line(20, "print_failure", event=event["id"])]
    refused = clerk.post("/destructions", batch(line(6, "print_failure", owner="15")), 409)
    assert refused["code"] == "quarantine_short"
    for body in (batch(*goods), batch(withdrawn=cards, store=event["store"])):
        made = clerk.post("/destructions", body)
        chief.post(f"/destructions/{made['id']}/approve", {}, 200)
    rows = clerk.get(f"/stock?store={STORE}&event={event['id']}&include=ends")["items"]
    assert {row["owner"]: (row["spoiled"], row["destroyed"]) for row in rows} == {"15": (0, 6), "15.03": (0, 20)}


def test_who_was_let_into_an_event_does_not_destroy_there(calls, clerk, batch, agrees):
    host, guest = calls("admin", "15.03"), calls("admin", "15.02")
    event = host.post("/events", {
        "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": "2026-03-11",
        "ends_on": "2026-03-12", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    clerk.post("/receipts", receipt(STORE, 10))
    host.post(f"/events/{event['id']}/pledges", {"store": STORE, "item": "blangko", "quantity": 10})
    host.post(f"/events/{event['id']}/members", {"user": guest.actor.user_id})
    host.post(f"/events/{event['id']}/start", {}, 200)
    guest.post("/spoilages", {"store": event["store"], "item": "blangko", "reason": "damaged", "quantity": 2})
    body = batch(line(2), store=event["store"])
    assert guest.post("/destructions", body, 403)["code"] == "out_of_reach"
    assert guest.post("/withdrawn-cards", withdrawn(2) | {"store": event["store"]})["office"] == "15.03"
    made = clerk.post("/destructions", body)
    assert guest.post(f"/destructions/{made['id']}/approve", {}, 404)["code"] == "destruction_not_found"


def test_withdrawn_cards_are_a_register_of_their_own_and_never_stock(app, calls, clerk, desk, agrees):
    made = desk.post("/withdrawn-cards", withdrawn(7, document_number="TT/3"))
    assert made | {"quantity": 7, "destroyed": 0, "waiting": 7, "office": "15.03", "reason": "data_change"} == made
    assert sum(clerk.stock(STORE).values()) == 0
    with app.app_context():
        assert current().scalar(sa.select(sa.func.count()).select_from(Movement)) == 0
        assert current().scalar(sa.select(sa.func.count()).select_from(Account)) == 0
    later = desk.post("/withdrawn-cards", withdrawn(2, "moved_in", "2026-03-05"))
    for query, rows in {
        "": [made, later], "?reason=moved_in": [later], "?waiting=true": [made, later], "?waiting=false": [],
        "?since=2026-03-02": [later], "?until=2026-03-02": [made], f"?store={STORE}": [made, later],
        "?office=15.03&order=desc": [later, made],
    }.items():  # fmt: skip
        assert clerk.get(f"/withdrawn-cards{query}")["items"] == rows, query
    assert calls("clerk", "15").get("/withdrawn-cards")["items"] == [made, later]
    assert calls("clerk", "15.02").get("/withdrawn-cards")["items"] == []


@pytest.mark.parametrize(
    ("role", "office", "change", "status", "code"),
    [
        ("clerk", "15.03", {}, 403, "not_permitted"),
        ("inspector", "15.03", {}, 403, "not_permitted"),
        ("printer", "15.02", {}, 404, "store_not_found"),
        ("printer", "15.03", {"quantity": 0}, 422, "body_invalid"),
        ("printer", "15.03", {"quantity": -3}, 422, "body_invalid"),
        ("printer", "15.03", {"quantity": 10**12}, 422, "body_invalid"),
        ("printer", "15.03", {"withdrawn_on": "2026-03-13"}, 422, "date_in_future"),
        ("printer", "15.03", {"reason": "tua"}, 422, "body_invalid"),
        ("printer", "15.03", {"name": "Siti"}, 422, "body_invalid"),
        ("printer", "15.03", {"nik": "1503044205019999"}, 422, "body_invalid"),
    ],
)
def test_what_the_register_refuses(calls, clerk, role, office, change, status, code):
    assert calls(role, office).post("/withdrawn-cards", withdrawn(7) | change, status)["code"] == code
    assert clerk.get("/withdrawn-cards")["items"] == []


def test_the_same_withdrawal_sent_twice_is_noted_once(desk, clerk):
    first = desk.post("/withdrawn-cards", withdrawn(7), key="once")
    assert desk.post("/withdrawn-cards", withdrawn(7), key="once") == first
    assert desk.post("/withdrawn-cards", withdrawn(8), 409, key="once")["code"] == "idempotency_key_reused"
    assert clerk.get("/withdrawn-cards")["items"] == [first]


def test_withdrawn_cards_burn_oldest_first_in_a_fire_of_their_own_too(clerk, chief, desk, batch, agrees):
    for quantity, on in ((5, "2026-03-04"), (4, "2026-03-01"), (3, "2026-03-12"), (9, "2026-03-02")):
        desk.post("/withdrawn-cards", withdrawn(quantity, on=on))
    too_many = batch(withdrawn=[{"reason": "data_change", "quantity": 19}], destroyed_on="2026-03-11")
    assert clerk.post("/destructions", too_many, 409)["code"] == "quarantine_short"
    made = clerk.post("/destructions", batch(withdrawn=[{"reason": "data_change", "quantity": 11}]))
    done = chief.post(f"/destructions/{made['id']}/approve", {}, 200)
    assert (done["movement"], done["totals"]["total"]) == (None, 11)
    rows = {row["withdrawn_on"]: row["destroyed"] for row in clerk.get("/withdrawn-cards")["items"]}
    assert rows == {"2026-03-01": 4, "2026-03-02": 7, "2026-03-04": 0, "2026-03-12": 0}
    assert clerk.get("/quarantine")["withdrawn"]["data_change"] == 10


def test_a_miscounted_row_of_the_register_is_put_right_by_whoever_approves(
    app, calls, clerk, chief, desk, batch, agrees
):
    row = desk.post("/withdrawn-cards", withdrawn(70))
    path = f"/withdrawn-cards/{row['id']}/correction"
    assert desk.post(path, {"quantity": 7}, 403)["code"] == "not_permitted"
    assert calls("coordinator", "15.02").post(path, {"quantity": 7}, 404)["code"] == "withdrawn_not_found"
    assert chief.post("/withdrawn-cards/999999/correction", {"quantity": 7}, 404)["code"] == "withdrawn_not_found"
    assert chief.post(path, {"quantity": -1}, 422)["code"] == "body_invalid"
    assert chief.post(path, {"quantity": 7}, 200)["waiting"] == 7
    made = clerk.post("/destructions", batch(withdrawn=[{"reason": "data_change", "quantity": 5}]))
    chief.post(f"/destructions/{made['id']}/approve", {}, 200)
    assert chief.post(path, {"quantity": 4}, 409)["code"] == "below_destroyed"
    assert chief.post(path, {"quantity": 5}, 200)["waiting"] == 0
    with app.app_context():
        corrected = sa.select(AuditRow).where(AuditRow.action == "correct_withdrawn").order_by(AuditRow.id)
        rows = current().scalars(corrected).all()
        assert [each.facts for each in rows] == [{"before": 70, "quantity": 7}, {"before": 7, "quantity": 5}]


def destroyed(calls, office, batch, lines, cards, on):
    """One approved destruction of an office."""
    store, people = f"{office}-UTAMA", [calls(role, office) for role in ("printer", "field")]
    clerk = calls("clerk", office)
    clerk.post("/receipts", receipt(store, sum(lines.values()) + 9))
    for reason, quantity in lines.items():
        body = {"store": store, "item": "blangko", "reason": reason, "quantity": quantity, "occurred_on": on}
        clerk.post("/spoilages", body)
    for reason, quantity in cards.items():
        people[0].post("/withdrawn-cards", withdrawn(quantity, reason) | {"store": store})
    body = batch(*[line(n, reason) for reason, n in lines.items()], store=store, destroyed_on=on)
    body["withdrawn"] = [{"reason": reason, "quantity": n} for reason, n in cards.items()]
    body["counted_by"] = [person.actor.user_id for person in people]
    made = clerk.post("/destructions", body)
    return calls("coordinator", office).post(f"/destructions/{made['id']}/approve", {}, 200)


def test_the_monthly_report_is_rows_and_sums_that_agree(calls, clerk, batch, agrees, statements):
    destroyed(calls, "15.03", batch, {"damaged": 2_707, "encode_failure": 53}, {"data_change": 900}, "2026-03-10")
    destroyed(calls, "15.02", batch, {"damaged": 154, "factory_defect": 60}, {"moved_in": 40}, "2026-03-11")
    counted = clerk.post("/receipts", receipt(STORE, 50)) and spoil(clerk, 11)
    clerk.post("/destructions", batch(line(5)))  # not approved: not in the report
    province = calls("coordinator", "15")
    with statements.within(12):
        report = province.get("/destructions/report?month=2026-03")
    assert (report["month"], report["office"]) == ("2026-03", "15")
    rows = {row["office"]: row for row in report["rows"]}
    assert set(rows) > {"15", "15.01", "15.02", "15.03"}
    assert (rows["15.03"]["blanks"]["total"], rows["15.03"]["withdrawn"]["total"], rows["15.03"]["total"]) == (
        2_760, 900, 3_660,
    )  # fmt: skip
    assert rows["15.02"]["total"] == 254
    assert report["totals"]["total"] == sum(row["total"] for row in report["rows"]) == 3_914
    for sort in ("blanks", "withdrawn"):
        for name in (*CLASSES, "total"):
            assert report["totals"][sort][name] == sum(row[sort][name] for row in report["rows"])
    assert rows["15.03"]["left"] == {"blanks": counted["quantity"], "withdrawn": 0}
    assert report["totals"]["left"] == {"blanks": 11, "withdrawn": 0}
    february = province.get("/destructions/report?month=2026-02")
    assert (february["totals"]["total"], february["totals"]["left"]) == (0, {"blanks": 0, "withdrawn": 0})
    mine = clerk.get("/destructions/report?month=2026-03&office=15.03")
    assert [row["office"] for row in mine["rows"]] == ["15.03"]
    assert mine["totals"]["total"] == 3_660
    assert "name" in mine["rows"][0]


def test_a_month_that_is_over_keeps_its_figures(calls, clerk, batch, agrees):
    destroyed(calls, "15.03", batch, {"damaged": 20}, {"data_change": 8}, "2026-03-10")
    spoil(clerk, 4)
    with clock.telling(datetime(2026, 4, 2, 3, tzinfo=UTC)):
        before = clerk.get("/destructions/report?month=2026-03")
        destroyed(calls, "15.03", batch, {"damaged": 30}, {}, "2026-04-02")
        assert clerk.get("/destructions/report?month=2026-03") == before
        april = clerk.get("/destructions/report?month=2026-04")
    assert (before["totals"]["blanks"]["damaged"], before["totals"]["left"]["blanks"]) == (20, 4)
    assert (april["totals"]["blanks"]["damaged"], april["totals"]["left"]["blanks"]) == (30, 4)


@pytest.mark.parametrize("query", ["", "?month=2026-13", "?month=2026-3", "?month=maret", "?month=0000-01", "?mon=1"])
def test_a_report_is_of_one_month(clerk, query):
    assert clerk.get(f"/destructions/report{query}", 422)["code"] == "query_invalid"


def test_lists_take_a_constant_number_of_statements(calls, clerk, batch, spoiled, statements):
    for _ in range(12):
        clerk.post("/destructions", batch(line(1), line(1, "print_failure")))
    for path in ("/destructions?limit=2", "/destructions?limit=500"):
        with statements.within(4):
            clerk.get(path)
    for query, found in (("?status=counted", 12), ("?status=approved", 0), ("?since=2026-03-13", 0),
                         ("?until=2026-03-12", 12), (f"?store={STORE}", 12), ("?office=15.03", 12)):  # fmt: skip
        assert len(clerk.get(f"/destructions{query}")["items"]) == found, query


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE destruction_lines SET quantity = quantity + 1 WHERE item_code IS NOT NULL",
            "its lines and its movement",
        ),
        ("UPDATE destruction_lines SET owner_code = '15' WHERE item_code IS NOT NULL", "its lines and its movement"),
        ("UPDATE destruction_lines SET reason = 'print_failure' WHERE item_code IS NOT NULL", "its lines and its move"),
        ("UPDATE destructions SET status = 'cancelled'", "its lines and its movement"),
        ("DELETE FROM destruction_lines", "its lines and its movement"),
        ("UPDATE withdrawn_cards SET destroyed = destroyed + 1", "destructions and register differ by -1"),
        ("UPDATE destruction_lines SET quantity = quantity + 1 WHERE item_code IS NULL", "register differ by 1"),
    ],
)
def test_what_parts_destructions_from_the_books_is_found(app, clerk, chief, desk, batch, spoiled, statement, said):
    desk.post("/withdrawn-cards", withdrawn(7))
    made = clerk.post("/destructions", batch(line(3), withdrawn=[{"reason": "data_change", "quantity": 6}]))
    chief.post(f"/destructions/{made['id']}/approve", {}, 200)
    with app.app_context():
        assert list(differences()) == []
        current().connection().exec_driver_sql(statement)
        found = list(differences())
        current().rollback()
    assert any(said in sentence for sentence in found), found


spoil_reasons = st.sampled_from([each.value for each in SpoilReason])
quarantines = st.dictionaries(spoil_reasons, st.integers(1, 30), min_size=1)
some_lines = st.lists(st.tuples(spoil_reasons, st.integers(1, 20)), min_size=1, max_size=5)
batches = st.lists(some_lines, min_size=1, max_size=4)


def test_whatever_is_counted_never_more_burns_than_lies_in_quarantine(calls, clerk, chief, batch, agrees):
    clerk.post("/receipts", receipt(STORE, 100_000))

    @given(quarantines, batches)
    @settings(max_examples=8)
    def keeps(added, tries):
        for reason, quantity in added.items():
            spoil(clerk, quantity, reason)
        for tried in tries:
            there = {reason: n for (_, reason), n in lying(clerk).items()}
            asked = {reason: sum(n for r, n in tried if r == reason) for reason, _ in tried}
            fits = all(n <= there.get(reason, 0) for reason, n in asked.items())
            body = batch(*[line(n, reason) for reason, n in tried])
            answer = clerk.send("POST", "/destructions", body)
            assert answer.status_code == (201 if fits else 409)
            if fits:
                made = answer.get_json()
                assert made["totals"]["total"] == sum(each["quantity"] for each in made["lines"]) == sum(asked.values())
                chief.post(f"/destructions/{made['id']}/approve", {}, 200)
                there = {reason: n - asked.get(reason, 0) for reason, n in there.items()}
            assert {reason: n for (_, reason), n in lying(clerk).items()} == {r: n for r, n in there.items() if n}

    keeps()
    done = clerk.get("/destructions?status=approved&limit=500")["items"]
    report = clerk.get("/destructions/report?month=2026-03")["totals"]
    burned = clerk.stock(STORE)["destroyed"]
    assert burned == sum(each["totals"]["total"] for each in done) == report["total"] == report["blanks"]["total"]
