"""Closing events and their settlements over REST."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa

from inventory.clock import now
from inventory.database import insert_many, transaction
from inventory.offices.queries import store_facts
from inventory.printing.models import Attempt, Card, PrintJob
from inventory.printing.rules import CardStatus, JobStatus, Outcome
from inventory.stock import ledger
from inventory.stock.ledger import Fact
from inventory.stock.rules import Condition, Leg, MovementKind, Place, SpoilReason, in_store
from tests.builders import receipt

FIGURES = ("brought", "printed", "spoiled", "used", "returned", "missing")
# The job that all attempts here belong to.
JOB = 1


def blanks(store, quantity, item="blangko"):
    return {"store": store, "item": item, "quantity": quantity}


class Pooled:
    """S3: the province's 6,000 of which 5,998 arrived, and the regency's own 5,000, running."""

    def __init__(self, calls, app):
        self.app, self.numbers = app, itertools.count(1)
        self.host, self.province = calls("coordinator", "15.03"), calls("coordinator", "15")
        self.clerk = calls("clerk", "15.03")
        calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 6_000))
        self.clerk.post("/receipts", receipt("15.03-UTAMA", 5_000))
        self.clerk.post("/receipts", receipt("15.03-UTAMA", 30, "ribbon"))
        made = self.host.post("/events", {
            "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": "2019-04-04",
            "ends_on": "2019-04-05", "opens_at": "08:00", "closes_at": "16:00",
        })  # fmt: skip
        self.id, self.kit, self.path = made["id"], made["store"], f"/events/{made['id']}"
        first = self.province.post(f"{self.path}/pledges", blanks("15-UTAMA", 6_000))["id"]
        self.host.post(f"{self.path}/pledges", blanks("15.03-UTAMA", 5_000))
        self.host.post(f"{self.path}/pledges", blanks("15.03-UTAMA", 30, "ribbon"))
        short = {"pledge": first, "quantity": 5_998, "reason": "dua keping kurang"}
        self.host.post(f"{self.path}/start", {"arrived": [short]}, 200)

    def move(self, kind, owner, quantity, condition, *, place=Place.STORE, source=Condition.BLANK, store=None):
        """Put on the books what printing and handing over put there."""
        with self.app.app_context(), transaction() as session:
            taken = in_store(store or self.kit, "blangko", owner, self.id, source)
            given = taken.as_(condition).at(place)
            books = ledger.lock(session, [taken, given], {taken.store: "15.03"})
            fact = Fact(kind, self.clerk.actor, store_facts(taken.store), document_id=JOB)
            posted = ledger.post(session, books, fact, [Leg(taken, given, quantity)])
            if kind is MovementKind.PRINTING:
                tries = [self.attempt(posted.id, owner, condition) for _ in range(quantity)]
                insert_many(session, Attempt.__table__, tries)
                if condition is Condition.PRINTED:
                    insert_many(session, Card.__table__, [self.card(given, each["recording_id"]) for each in tries])
            if kind is MovementKind.ISSUE:
                mine = sa.select(Card.id).where(
                    Card.store_code == taken.store, Card.owner_code == owner, Card.status == CardStatus.WAITING
                )
                handed_over = sa.update(Card).where(Card.id.in_(mine.limit(quantity)))
                session.execute(handed_over.values(status=CardStatus.ISSUED, issue_movement_id=posted.id))

    def attempt(self, movement, owner, condition):
        printed = condition is Condition.PRINTED
        return {
            "job_id": JOB, "recording_id": next(self.numbers), "movement_id": movement, "owner_code": owner,
            "outcome": Outcome.PRINTED if printed else Outcome.SPOILED, "user_id": self.clerk.actor.user_id,
            "reason": None if printed else SpoilReason.DAMAGED, "attempted_at": now(),
        }  # fmt: skip

    @staticmethod
    def card(account, number):
        return {
            "recording_id": number, "attempt_id": number, "office_code": "15.03", "store_code": account.store,
            "item_code": account.item, "owner_code": account.owner, "event_id": account.event_id,
            "status": CardStatus.WAITING, "printed_at": now(),
        }  # fmt: skip

    def work(self):
        """5,000 of the host and 100 of the province printed, 45 spoiled, 4,000 handed over."""
        self.move(MovementKind.PRINTING, "15.03", 4_960, Condition.PRINTED)
        self.move(MovementKind.PRINTING, "15.03", 40, Condition.SPOILED)
        self.move(MovementKind.PRINTING, "15", 100, Condition.PRINTED)
        self.move(MovementKind.PRINTING, "15", 5, Condition.SPOILED)
        self.move(MovementKind.ISSUE, "15.03", 4_000, Condition.PRINTED, place=Place.ISSUED, source=Condition.PRINTED)

    def settlement(self, caller=None):
        return (caller or self.host).get(f"{self.path}/settlement")

    def lines(self, caller=None):
        return lines_of(self.settlement(caller))


def lines_of(settlement):
    return {(line["owner"], line["item"]): tuple(line[name] for name in FIGURES) for line in settlement["owners"]}


@pytest.fixture
def pooled(calls, app):
    return Pooled(calls, app)


def test_before_the_close_the_settlement_is_told_live_from_the_books(pooled, exact):
    pooled.work()
    told = pooled.settlement()
    assert (told["frozen"], told["counted"], told["after_close"], told["status"]) == (False, False, None, "running")
    assert pooled.lines() == {
        ("15", "blangko"): (6_000, 100, 5, 0, 5_893, 2),
        ("15.03", "blangko"): (5_000, 4_960, 40, 0, 0, 0),
        ("15.03", "ribbon"): (30, 0, 0, 0, 30, 0),
    }


def test_a_counted_close_accounts_for_every_blank_and_sends_the_rest_home(pooled, exact):
    pooled.work()
    counts = [
        {"owner": "15", "item": "blangko", "quantity": 5_890},
        {"owner": "15.03", "item": "blangko", "quantity": 0},
        {"owner": "15.03", "item": "ribbon", "quantity": 19},
    ]
    problem = pooled.host.post(f"{pooled.path}/close", {"counts": counts}, 409)
    assert problem["code"] == "difference_unexplained"
    assert problem["facts"] == {"owner": "15", "item": "blangko", "books": 5_893, "counted": 5_890}
    assert pooled.host.get(pooled.path)["status"] == "running"
    body = {"counts": counts, "explanations": [{"owner": "15", "item": "blangko", "reason": "basah, hanyut di Pauh"}]}
    closed = pooled.host.post(f"{pooled.path}/close", body, 200, key="once")
    assert (closed["status"], closed["settlement"]["frozen"], closed["settlement"]["counted"]) == ("closed", True, True)
    assert closed["closed_at"] is not None
    expected = {
        ("15", "blangko"): (6_000, 100, 5, 0, 5_890, 5),
        ("15.03", "blangko"): (5_000, 4_960, 40, 0, 0, 0),
        ("15.03", "ribbon"): (30, 0, 0, 11, 19, 0),
    }
    assert lines_of(closed["settlement"]) == expected
    assert pooled.lines(pooled.province) == expected
    assert pooled.host.post(f"{pooled.path}/close", body, 200, key="once")["settlement"] == closed["settlement"]
    assert pooled.host.post(f"{pooled.path}/close", body, 409)["code"] == "event_status_wrong"


def test_cards_and_spoiled_blanks_move_to_the_host_and_keep_owner_and_event(pooled, exact):
    pooled.work()
    pooled.host.post(f"{pooled.path}/close", {}, 200)
    rows = pooled.host.get(f"/stock?store=15.03-UTAMA&event={pooled.id}")["items"]
    assert {(row["owner"], row["printed"], row["spoiled"]) for row in rows} == {("15", 100, 5), ("15.03", 960, 40)}
    kit = pooled.host.stock(pooled.kit)
    assert (kit["on_hand"], kit["printed"], kit["spoiled"]) == (5_893, 0, 0)


def test_without_counts_the_books_figures_stand_and_the_settlement_says_so(pooled, exact):
    closed = pooled.host.post(f"{pooled.path}/close", {}, 200)["settlement"]
    assert closed["counted"] is False
    assert {line["counted"] for line in closed["owners"]} == {False}
    assert lines_of(closed)["15", "blangko"] == (6_000, 0, 0, 0, 5_998, 2)


def test_returns_go_to_where_the_goods_came_from_and_are_told_when_they_arrive(pooled, exact):
    pooled.work()
    pooled.host.post(f"{pooled.path}/close", {}, 200)
    sent = pooled.province.get(f"/transfers?store={pooled.kit}&status=approved")["items"]
    assert {(each["item"], each["to_store"], each["approved"]) for each in sent} == {
        ("blangko", "15-UTAMA", 5_893),
        ("ribbon", "15.03-UTAMA", 30),
    }
    frozen = pooled.lines()
    home = next(each["id"] for each in sent if each["to_store"] == "15-UTAMA")
    pooled.clerk.post(f"/transfers/{home}/dispatch", {}, 200)
    assert pooled.settlement()["after_close"]["in_kit"] == 0  # the ribbons are no blanks
    body = {"received": 5_892, "rejected": 0, "missing": 1, "reason": "satu kurang"}
    pooled.province.post(f"/transfers/{home}/receive", body, 200)
    assert pooled.province.stock("15-UTAMA")["on_hand"] == 5_892
    told = pooled.settlement()
    assert lines_of(told) == frozen
    assert told["after_close"]["received_back"] == 5_892
    assert {line["received_back"] for line in told["owners"] if line["owner"] == "15"} == {5_892}


def test_what_goes_on_after_the_close_is_told_beside_the_frozen_settlement(pooled, exact):
    pooled.work()
    pooled.host.post(f"{pooled.path}/close", {}, 200)
    frozen = pooled.lines()
    after = {"issued": 0, "waiting": 1_060, "spoiled": 45, "destroyed": 0, "in_kit": 5_893, "received_back": 0}
    assert pooled.settlement()["after_close"] == after
    home, handed_over = "15.03-UTAMA", {"place": Place.ISSUED, "source": Condition.PRINTED}
    pooled.move(MovementKind.ISSUE, "15", 60, Condition.PRINTED, store=home, **handed_over)
    assert pooled.settlement()["after_close"] == after | {"issued": 60, "waiting": 1_000}
    assert pooled.lines() == frozen


def test_a_return_may_go_straight_to_the_next_event_where_it_counts_as_brought(pooled, exact):
    following = pooled.host.post("/events", {
        "name": "Lanjutan", "kind": "village", "host_office": "15.03", "starts_on": "2019-04-08",
        "ends_on": "2019-04-09", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip
    pooled.host.post(f"{pooled.path}/close", {}, 200)
    sent = pooled.host.get(f"/transfers?store={pooled.kit}&status=approved")["items"]
    home = next(each["id"] for each in sent if each["to_store"] == "15-UTAMA")
    pooled.province.post(f"/transfers/{home}/redirect", {"to_store": following["store"]}, 200)
    pooled.clerk.post(f"/transfers/{home}/dispatch", {}, 200)
    body = {"received": 5_990, "rejected": 6, "missing": 2, "reason": "enam basah, dua kurang"}
    pooled.clerk.post(f"/transfers/{home}/receive", body, 200)
    path = f"/events/{following['id']}"
    pooled.host.post(f"{path}/start", {}, 200)
    closed = pooled.host.post(f"{path}/close", {}, 200)["settlement"]
    assert lines_of(closed) == {("15", "blangko"): (5_996, 0, 6, 0, 5_990, 0)}
    assert pooled.settlement()["after_close"]["received_back"] == 5_990
    again = pooled.host.get(f"/transfers?store={following['store']}&status=approved")["items"]
    assert [(each["to_store"], each["approved"]) for each in again] == [("15-UTAMA", 5_990)]


def test_goods_that_were_sent_out_of_the_kit_before_the_close_were_returned(pooled, exact):
    wish = {"from_store": pooled.kit, "to_store": "15-UTAMA", "item": "blangko", "quantity": 1_000, "owner": "15"}
    sent = pooled.clerk.post("/transfers", wish)["id"]
    problem = pooled.host.post(f"{pooled.path}/close", {}, 409)
    assert (problem["code"], problem["facts"]["transfers"]) == ("event_transfers_open", str(sent))
    pooled.host.post(f"/transfers/{sent}/approve", {}, 200)
    assert pooled.host.post(f"{pooled.path}/close", {}, 409)["code"] == "event_transfers_open"
    pooled.clerk.post(f"/transfers/{sent}/dispatch", {}, 200)
    closed = pooled.host.post(f"{pooled.path}/close", {}, 200)["settlement"]
    assert lines_of(closed)["15", "blangko"] == (6_000, 0, 0, 0, 5_998, 2)


def test_receipts_transfers_spoilages_and_losses_in_the_kit_are_all_told(pooled, exact):
    clerk, host = pooled.clerk, pooled.host
    clerk.post("/receipts", receipt(pooled.kit, 50))
    undone = clerk.post("/receipts", receipt(pooled.kit, 7))["id"]
    clerk.post(f"/movements/{undone}/reversal", {"reason": "salah catat"})
    clerk.post("/receipts", receipt("15.03-UTAMA", 20))
    wish = {"from_store": "15.03-UTAMA", "to_store": pooled.kit, "item": "blangko", "quantity": 20}
    sent = clerk.post("/transfers", wish)["id"]
    assert host.post(f"{pooled.path}/close", {}, 409)["code"] == "event_transfers_open"
    host.post(f"/transfers/{sent}/approve", {}, 200)
    clerk.post(f"/transfers/{sent}/dispatch", {}, 200)
    assert host.post(f"{pooled.path}/close", {}, 409)["code"] == "event_transfers_open"
    body = {"received": 15, "rejected": 4, "missing": 1, "reason": "empat basah, satu kurang"}
    clerk.post(f"/transfers/{sent}/receive", body, 200)
    clerk.post("/spoilages", {**blanks(pooled.kit, 3), "reason": "damaged", "owner": "15"})
    lost = clerk.post("/losses", {**blanks(pooled.kit, 5), "reason": "tercecer", "owner": "15"})["id"]
    clerk.post(f"/movements/{lost}/reversal", {"reason": "ditemukan satu", "quantity": 1})
    clerk.post("/consumptions", blanks(pooled.kit, 8, "ribbon"))
    expected = {
        ("15", "blangko"): (6_000, 0, 3, 0, 5_991, 6),
        ("15.03", "blangko"): (5_069, 0, 4, 0, 5_065, 0),
        ("15.03", "ribbon"): (30, 0, 0, 8, 22, 0),
    }
    assert pooled.lines() == expected
    assert lines_of(host.post(f"{pooled.path}/close", {}, 200)["settlement"]) == expected


@pytest.mark.parametrize(("found", "written_off", "missing"), [(2, 0, 0), (0, 2, 2), (1, 1, 1)])
def test_what_was_missing_on_arrival_is_missing_unless_it_was_found(pooled, found, written_off, missing, exact):
    transfer = pooled.host.get(pooled.path)["pledges"][0]["transfer"]
    for caller, body in (
        (pooled.host, {"found": found, "written_off": 0}),
        (pooled.province, {"found": 0, "written_off": written_off}),
    ):
        if body["found"] or body["written_off"]:
            caller.post(f"/transfers/{transfer}/resolve", {**body, "reason": "dicari dan dilaporkan"}, 200)
    assert pooled.lines()["15", "blangko"] == (6_000, 0, 0, 0, 6_000 - missing, missing)
    pooled.host.post(f"{pooled.path}/close", {}, 200)
    assert pooled.lines()["15", "blangko"] == (6_000, 0, 0, 0, 6_000 - missing, missing)


def test_more_than_the_books_is_a_surplus_that_needs_a_word(pooled, exact):
    counts = [{"owner": "15.03", "item": "blangko", "quantity": 5_001}]
    assert pooled.host.post(f"{pooled.path}/close", {"counts": counts}, 409)["code"] == "difference_unexplained"
    explained = [{"owner": "15.03", "item": "blangko", "reason": "satu keping terselip"}]
    closed = pooled.host.post(f"{pooled.path}/close", {"counts": counts, "explanations": explained}, 200)["settlement"]
    assert lines_of(closed)["15.03", "blangko"] == (5_000, 0, 0, 0, 5_001, -1)
    line = next(line for line in closed["owners"] if (line["owner"], line["item"]) == ("15.03", "blangko"))
    assert (line["counted"], line["explanation"], closed["counted"]) == (True, "satu keping terselip", False)
    assert pooled.host.stock(pooled.kit)["on_hand"] == 10_999


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"counts": [{"owner": "15.04", "item": "blangko", "quantity": 1}]}, "/counts/0/item", "count_foreign"),
        ({"counts": [{"owner": "15", "item": "kertas", "quantity": 1}]}, "/counts/0/item", "count_foreign"),
        ({"counts": [{"owner": "15", "item": "blangko", "quantity": 5_998}] * 2}, "/counts/1", "counted_twice"),
        ({"counts": [{"owner": "15", "item": "blangko", "quantity": -1}]}, "/counts/0/quantity", "body_invalid"),
        ({"counts": [{"owner": "15", "item": "blangko", "quantity": 10**10}]}, "/counts/0/quantity", "body_invalid"),
        ({"explanations": [{"owner": "x", "item": "y", "reason": "z"}]}, "/explanations/0/item", "count_foreign"),
        ({"occurred_on": "2019-04-05"}, None, "date_too_old"),
        ({"colour": "red"}, "/colour", "body_invalid"),
    ],
)
def test_a_close_that_can_never_be_right_changes_nothing(pooled, body, pointer, code, exact):
    pooled.move(MovementKind.SPOILAGE, "15", 1, Condition.SPOILED)
    problem = pooled.host.post(f"{pooled.path}/close", body, 422)
    assert (problem["code"], problem.get("errors", [{}])[0].get("pointer")) == (code, pointer)
    assert pooled.host.get(pooled.path)["status"] == "running"
    assert pooled.host.stock(pooled.kit)["on_hand"] == 10_997


@pytest.mark.parametrize("status", [JobStatus.DRAFT, JobStatus.OPEN])
def test_an_event_with_an_unfinished_job_is_not_closed(pooled, app, status):
    with app.app_context(), transaction() as session:
        job = PrintJob(
            office_code="15.03", store_code=pooled.kit, event_id=pooled.id, item_code="blangko", status=status,
            created_at=now(), user_id=1,
        )  # fmt: skip
        session.add(job)
        session.flush()
        job_id = job.id
    problem = pooled.host.post(f"{pooled.path}/close", {}, 409)
    assert (problem["code"], problem["facts"]["jobs"]) == ("event_jobs_unfinished", str(job_id))


def test_a_pledge_that_was_never_brought_is_let_go_at_the_close(pooled, exact):
    pooled.clerk.post("/receipts", receipt("15.03-UTAMA", 9))
    pooled.host.post(f"{pooled.path}/pledges", blanks("15.03-UTAMA", 9))
    closed = pooled.host.post(f"{pooled.path}/close", {}, 200)
    assert [each["status"] for each in closed["pledges"]] == ["brought", "brought", "brought", "released"]
    rows = pooled.host.get("/stock?store=15.03-UTAMA&item=blangko")["items"]
    assert [(row["event"], row["on_hand"]) for row in rows] == [(None, 9)]


def test_an_event_to_which_nothing_was_brought_settles_nothing(calls, exact):
    host = calls("coordinator", "15.03")
    event = host.post("/events", {
        "name": "Kosong", "kind": "school", "host_office": "15.03", "starts_on": "2019-04-04", "ends_on": "2019-04-04",
        "opens_at": "08:00", "closes_at": "16:00",
    })["id"]  # fmt: skip
    assert host.get(f"/events/{event}/settlement")["owners"] == []
    assert host.post(f"/events/{event}/close", {}, 409)["code"] == "event_status_wrong"
    host.post(f"/events/{event}/start", {}, 200)
    closed = host.post(f"/events/{event}/close", {}, 200)["settlement"]
    assert (closed["owners"], closed["counted"]) == ([], False)
    assert set(closed["after_close"].values()) == {0}


def test_who_may_read_the_settlement_and_who_may_close(calls, pooled):
    for role, office in (("clerk", "15"), ("inspector", "0"), ("printer", "15.03")):
        assert calls(role, office).get(f"{pooled.path}/settlement")["event"] == pooled.id
        calls(role, office).post(f"{pooled.path}/close", {}, 403)
    stranger = calls("coordinator", "15.04")
    stranger.get(f"{pooled.path}/settlement", 404)
    stranger.post(f"{pooled.path}/close", {}, 404)
    pooled.host.post(f"{pooled.path}/members", {"user": stranger.actor.user_id})
    assert stranger.get(f"{pooled.path}/settlement")["event"] == pooled.id
    assert stranger.post(f"{pooled.path}/close", {}, 403)["code"] == "out_of_reach"
    pooled.host.post(f"{pooled.path}/close", {}, 400, key=None)


def test_nothing_of_a_closed_event_can_be_changed(pooled):
    pooled.host.post(f"{pooled.path}/close", {}, 200)
    for deed, body in (
        ("start", {}),
        ("extend", {"days": 1}),
        ("cancel", {"reason": "x"}),
        ("pledges", blanks("15.03-UTAMA", 1)),
    ):
        assert pooled.host.post(f"{pooled.path}/{deed}", body, 409)["code"] == "event_status_wrong"
    assert pooled.host.patch(pooled.path, {"name": "x"}, 409)["code"] == "event_status_wrong"


def test_the_kit_of_a_closed_event_takes_nothing_in_and_what_is_found_later_goes_home(pooled, calls, exact):
    transfer = next(row for row in pooled.province.get("/transfers")["items"] if row["status"] == "disputed")
    pooled.host.post(f"{pooled.path}/close", {}, 200)
    assert pooled.clerk.post("/receipts", receipt(pooled.kit, 1), 409)["code"] == "store_closed"
    wish = {"from_store": "15-UTAMA", "to_store": pooled.kit, "item": "blangko", "quantity": 1}
    assert pooled.province.post("/transfers", wish, 409)["code"] == "store_closed"
    found = {"found": 2, "written_off": 0, "reason": "terselip di kotak"}
    pooled.host.post(f"/transfers/{transfer['id']}/resolve", found, 200)
    rows = pooled.province.get("/stock?store=15-UTAMA&item=blangko")["items"]
    assert [(row["event"], row["on_hand"]) for row in rows] == [(None, 2)]


def test_goods_that_came_earmarked_to_an_ordinary_store_go_on_to_the_kit(pooled, calls, exact):
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 50))
    wish = {"from_store": "15-UTAMA", "to_store": "15.03-UTAMA", "item": "blangko", "quantity": 50, "event": pooled.id}
    onwards = {"from_store": "15.03-UTAMA", "to_store": pooled.kit, "item": "blangko", "quantity": 50}
    for body in (wish, onwards | {"from_event": pooled.id}):
        path = f"/transfers/{pooled.province.post('/transfers', body)['id']}"
        pooled.province.post(f"{path}/approve", {}, 200)
        pooled.province.post(f"{path}/dispatch", {}, 200)
        pooled.province.post(f"{path}/receive", {"received": 50, "rejected": 0, "missing": 0}, 200)
    assert pooled.host.stock(pooled.kit)["on_hand"] == 10_998 + 50
