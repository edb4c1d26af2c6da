"""Transfers to, from and between event kits, where pooled goods stay their owner's."""

from datetime import time

import pytest

from inventory import clock
from inventory.access import Membership
from inventory.database import transaction
from inventory.offices.models import Store
from inventory.offices.queries import store_facts
from inventory.offices.rules import StoreKind, kit_of
from inventory.outreach.models import Event
from inventory.outreach.rules import EventKind, EventStatus
from inventory.stock import ledger
from inventory.stock.numbers import Amount
from inventory.stock.rules import Leg, MovementKind, in_store
from inventory.transfers import drafts
from tests import transfers
from tests.builders import receipt
from tests.transfers import FROM, TO, wish

province, regency = transfers.province, transfers.regency


@pytest.fixture
def arrive(province, regency):
    """`arrive(n, ...)` sends n of the province's blanks to the regency, all the way; answers the transfer."""

    def travel(quantity, **more):
        province.post("/receipts", receipt(FROM, quantity))
        path = f"/transfers/{regency.post('/transfers', wish(quantity, **more))['id']}"
        province.post(f"{path}/approve", {}, 200)
        province.post(f"{path}/dispatch", {}, 200)
        return regency.post(f"{path}/receive", {"received": quantity}, 200)

    return travel


@pytest.fixture
def kit(app):
    """`kit(office)` is a running event of that office with its kit; answers the event's id and the kit's code."""

    def make(office="15.03"):
        with app.app_context(), transaction() as session:
            event = Event(
                name="Gotong royong", kind=EventKind.GOTONG_ROYONG, status=EventStatus.RUNNING, host_office=office,
                starts_on=clock.now().date(), ends_on=clock.now().date(), opens_at=time(8), closes_at=time(16),
                created_at=clock.now(), user_id=1,
            )  # fmt: skip
            session.add(event)
            session.flush()
            code = kit_of(office, event.id)
            store = Store(code=code, office_code=office, kind=StoreKind.EVENT_KIT, name=code, event_id=event.id)
            session.add(store)
            return event.id, code

    return make


@pytest.fixture
def pooled(app, province, kit):
    """6,000 blanks of the province, earmarked and brought to an event kit of 15.03, of which `arrived` arrived."""

    def pool(arrived=6_000, reason=""):
        province.post("/receipts", receipt(FROM, 6_000))
        event, code = kit()
        with app.app_context(), transaction() as session:
            source, target = store_facts(FROM), store_facts(code)
            free, earmarked = in_store(FROM, "blangko", "15"), in_store(FROM, "blangko", "15", event)
            books = ledger.lock(session, [free, earmarked], {FROM: "15"})
            fact = ledger.Fact(MovementKind.EARMARK, province.actor, source)
            ledger.post(session, books, fact, [Leg(free, earmarked, 6_000)])
            transfer = drafts.draft(
                session, province.actor, source=source, target=target, item="blangko", quantity=6_000, owner="15",
                keeps_owner=True, from_event_id=event, event_id=event, pledge_id=1,
            )  # fmt: skip
            drafts.bring(
                session, province.actor, transfer, source=source, target=target, share=Amount(6_000),
                arrived=Amount(arrived), reason=reason,
                occurred_on=None,
            )  # fmt: skip
            return event, code, f"/transfers/{transfer.id}"

    return pool


def test_what_goes_to_a_kit_is_for_its_event(arrive, regency, kit, exact):
    event, code = kit()
    other, _ = kit("15.04")
    assert regency.post("/transfers", wish(5, to_store=code, event=other), 422)["code"] == "transfer_event_of_kit"
    assert arrive(500, to_store=code)["event"] == event
    [row] = regency.get(f"/stock?store={code}")["items"]
    assert (row["event"], row["owner"], row["on_hand"]) == (event, "15.03", 500)


def test_goods_for_an_event_arrive_earmarked_in_an_ordinary_store(arrive, regency, calls, kit, exact):
    event, _ = kit()
    arrive(500, event=event)
    [row] = regency.get(f"/stock?store={TO}")["items"]
    assert (row["event"], row["on_hand"]) == (event, 500)
    foreign = wish(5, FROM, "15.04-UTAMA", event=event)
    assert calls("clerk", "15.04").post("/transfers", foreign, 404)["code"] == "earmark_event_not_found"
    assert [row["event"] for row in regency.get(f"/transfers?event={event}")["items"]] == [event]


def test_a_pledge_is_brought_in_one_movement_and_keeps_its_owner(pooled, province, regency, exact):
    event, code, path = pooled(5_998, "two torn")
    shown = province.get(path)
    assert (shown["status"], shown["dispatched"], shown["received"], shown["missing"]) == (
        "disputed", 6_000, 5_998, 2,
    )  # fmt: skip
    [row] = regency.get(f"/stock?store={code}")["items"]
    assert (row["owner"], row["event"], row["on_hand"]) == ("15", event, 5_998)
    assert province.stock(FROM)["in_transit"] == 2
    assert province.post(f"{path}/undo", {"reason": "x"}, 409)["code"] == "pledge_settles_this"
    assert province.post(f"{path}/cancel", {}, 409)["code"] == "pledge_settles_this"
    found = province.post(f"{path}/resolve", {"found": 2, "reason": "stuck together"}, 200)
    assert (found["status"], found["received"]) == ("received", 6_000)
    assert regency.get(f"/stock?store={code}")["items"][0]["on_hand"] == 6_000


def test_a_return_keeps_its_owner_and_goes_to_nobody_else(pooled, province, calls, exact):
    _, code, _ = pooled()
    host = calls("admin", "15.03")
    assert host.post("/transfers", wish(10, code, TO, owner="15"), 422)["code"] == "pooled_goods_go_home"
    assert host.post("/transfers", wish(10, code, FROM, owner="99"), 404)["code"] == "office_not_found"
    path = f"/transfers/{host.post('/transfers', wish(2_000, code, FROM, owner='15'))['id']}"
    host.post(f"{path}/approve", {}, 200)
    gone = host.post(f"{path}/dispatch", {}, 200)
    assert (gone["owner"], gone["keeps_owner"], gone["event"]) == ("15", True, None)
    province.post(f"{path}/receive", {"received": 2_000}, 200)
    [row] = province.get(f"/stock?store={FROM}")["items"]
    assert (row["owner"], row["event"], row["on_hand"]) == ("15", None, 2_000)


def test_a_recalled_return_lies_in_the_event_again(pooled, calls, exact):
    event, code, _ = pooled()
    host = calls("admin", "15.03")
    path = f"/transfers/{host.post('/transfers', wish(10, code, FROM, owner='15'))['id']}"
    host.post(f"{path}/approve", {}, 200)
    host.post(f"{path}/dispatch", {}, 200)
    host.post(f"{path}/cancel", {}, 200)
    [row] = host.get(f"/stock?store={code}")["items"]
    assert (row["owner"], row["event"], row["on_hand"]) == ("15", event, 6_000)


def test_a_return_goes_straight_to_the_next_event(pooled, kit, province, calls, exact):
    _, code, _ = pooled()
    next_event, next_kit = kit("15.04")
    host = calls("admin", "15.03")
    path = f"/transfers/{host.post('/transfers', wish(2_000, code, FROM, owner='15'))['id']}"
    assert province.post(f"{path}/redirect", {"to_store": next_kit}, 409)["code"] == "transfer_not_ready"
    host.post(f"{path}/approve", {}, 200)
    assert province.post(f"{path}/redirect", {"to_store": TO}, 422)["code"] == "pooled_goods_go_home"
    assert province.post(f"{path}/redirect", {"to_store": code}, 422)["code"] == "transfer_same_store"
    assert province.post(f"{path}/redirect", {"to_store": "NOWHERE"}, 404)["code"] == "store_not_found"
    moved = province.post(f"{path}/redirect", {"to_store": next_kit, "expected_on": "2026-05-01"}, 200)
    assert (moved["to_office"], moved["event"], moved["expected_on"]) == ("15.04", next_event, "2026-05-01")
    host.post(f"{path}/dispatch", {}, 200)
    there = calls("clerk", "15.04")
    there.post(f"{path}/receive", {"received": 2_000}, 200)
    [row] = there.get(f"/stock?store={next_kit}")["items"]
    assert (row["owner"], row["event"], row["on_hand"]) == ("15", next_event, 2_000)


def test_only_who_stands_for_the_owner_redirects_pooled_goods_and_only_to_a_store_in_sight(
    app, pooled, kit, province, calls, exact
):
    _, code, _ = pooled()
    far_event, far_kit = kit("17.02")
    host = calls("admin", "15.03")
    path = f"/transfers/{host.post('/transfers', wish(2_000, code, FROM, owner='15'))['id']}"
    host.post(f"{path}/approve", {}, 200)
    _, next_kit = kit("15.04")
    assert host.post(f"{path}/redirect", {"to_store": next_kit}, 403)["code"] == "out_of_reach"
    assert province.post(f"{path}/redirect", {"to_store": far_kit}, 404)["code"] == "store_not_found"
    assert province.get(path)["to_store"] == FROM
    with app.app_context(), transaction() as session:
        session.add(Membership(event_id=far_event, user_id=province.actor.user_id))
    assert province.post(f"{path}/redirect", {"to_store": far_kit}, 200)["to_office"] == "17.02"


def test_an_ordinary_transfer_is_no_return(province, regency):
    path = f"/transfers/{regency.post('/transfers', wish(5))['id']}"
    province.post(f"{path}/approve", {}, 200)
    assert province.post(f"{path}/redirect", {"to_store": "15.04-UTAMA"}, 409)["code"] == "transfer_not_a_return"


def test_the_owner_and_the_members_of_an_event_read_its_transfers_and_change_none(app, pooled, kit, calls):
    event, code, _ = pooled()
    _, next_kit = kit("15.04")
    host, owner, member = calls("admin", "15.03"), calls("inspector", "15"), calls("admin", "17.02")
    path = f"/transfers/{host.post('/transfers', wish(10, code, next_kit, owner='15'))['id']}"
    assert owner.get(path)["owner"] == "15"
    member.get(path, 404)
    with app.app_context(), transaction() as session:
        session.add(Membership(event_id=event, user_id=member.actor.user_id))
    assert member.get(path)["from_event"] == event
    assert len(member.get(f"/transfers?event={event}")["items"]) == 2
    assert member.post(f"{path}/approve", {}, 403)["code"] == "not_this_end"
