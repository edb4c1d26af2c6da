"""Printing from the kit of an event over REST: whose blanks, while it runs, by its members, and after it closed."""

from __future__ import annotations

import pytest

from inventory.database import transaction
from inventory.offices.queries import store_facts
from inventory.offices.rules import main_store_of
from inventory.printing import commands
from inventory.printing import queries as printing
from tests.builders import receipt
from tests.outreach import person, running_event
from tests.printing import STORE, issue, job_of, recorded, results


def pooled(app, calls):
    """A running event of 15.03 whose kit holds 2 blanks of its own and 3 of the province's."""
    event = running_event(app, "15.03")
    with app.app_context():
        fill_kit(event, {"15.03": 2, "15": 3})
    return event


def fill_kit(event, quantities: dict[str, int]) -> None:
    """Put blanks of several owners into the kit, as the start of an event does."""
    from inventory.people.commands import system_actor
    from inventory.stock import ledger
    from inventory.stock.ledger import Fact
    from inventory.stock.rules import Leg, MovementKind, Place, in_store

    system = system_actor()
    with transaction() as session:
        store = store_facts(event.store)
        accounts = {in_store(store.code, "blangko", owner, event.id): n for owner, n in quantities.items()}
        sources = {key: key.at(Place.SUPPLIED) for key in accounts}
        books = ledger.lock(session, [*accounts, *sources.values()], {store.code: store.office})
        legs = [Leg(sources[key], key, n) for key, n in accounts.items()]
        ledger.post(session, books, Fact(MovementKind.ADJUSTMENT, system, store), legs)


def test_an_event_draws_its_hosts_own_first_attempt_by_attempt(app, calls, exact):
    event = pooled(app, calls)
    printer = calls("printer", "15.03")
    recorded(printer, "a", "b", "c")
    recorded(printer, "d", event=event.id)
    job = job_of(printer, "a", "b", "c", "d", store=event.store, event=event.id)
    assert (job["event"], job["store"]) == (event.id, event.store)
    results(printer, job["id"], ("a", "printed"), ("b", "spoiled", "damaged"), ("b", "printed"), ("c", "printed"))
    cards = printer.get(f"/cards?event={event.id}")["items"]
    assert [(c["client_id"], c["owner"]) for c in cards] == [("a", "15.03"), ("b", "15"), ("c", "15")]
    rows = {row["owner"]: row for row in printer.get(f"/stock?store={event.store}")["items"]}
    assert {owner: (row["on_hand"], row["printed"], row["spoiled"]) for owner, row in rows.items()} == {
        "15.03": (0, 1, 1), "15": (1, 2, 0),
    }  # fmt: skip
    printer.post(f"/print-jobs/{job['id']}/undo", {"recording": "c", "reason": "wrong"}, 200)
    assert results(printer, job["id"], ("c", "printed"))["printed"] == 3
    with app.app_context():
        assert printing.open_jobs(event.id) == [job["id"]]


@pytest.mark.parametrize("status", ["draft", "planned", "closed", "cancelled"])
def test_an_event_prints_only_while_it_runs(app, calls, status):
    event = pooled(app, calls)
    printer = calls("printer", "15.03")
    recorded(printer, "a", "b")
    draft = job_of(printer, "a", store=event.store, draft=True)["id"]
    event.become(status)
    assert job_of(printer, "b", store=event.store, expect=409)["code"] == "event_not_printing"
    assert printer.post(f"/print-jobs/{draft}/open", None, 409)["code"] == "event_not_printing"
    walk = {"store": event.store, "recording": person("w")}
    assert printer.post("/walk-ins", walk, 409)["code"] == "event_not_printing"
    assert job_of(printer, "b", event=event.id, expect=422)["code"] == "event_prints_from_its_kit"


def test_a_guest_prints_and_issues_within_the_event_only(app, calls, exact):
    event = pooled(app, calls)
    host, guest = calls("printer", "15.03"), calls("printer", "15.06")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 5))
    recorded(host, "a", "b", "c")
    assert job_of(guest, "a", store=event.store, expect=404)["code"] == "store_not_found"
    event.let_in(guest)
    job = job_of(guest, "a", "b", store=event.store)
    assert results(guest, job["id"], ("a", "printed"), ("b", "printed"))["status"] == "done"
    assert [j["id"] for j in guest.get(f"/print-jobs?office=15.03&event={event.id}")["items"]] == [job["id"]]
    assert len(guest.get(f"/cards?store={event.store}")["items"]) == 2
    assert issue(guest, "a")["items"][0]["status"] == "issued"
    assert guest.post("/cards/undo", {"recordings": ["a"], "reason": "x"}, 200)["items"][0]["status"] == "waiting"
    assert job_of(guest, "c", expect=404)["code"] == "store_not_found"
    results(host, job_of(host, "c")["id"], ("c", "printed"))
    assert issue(guest, "c", expect=422)["errors"][0]["code"] == "recording_unknown"
    walk = {"store": event.store, "recording": person("w"), "collected_by": "Umar"}
    made = guest.post("/walk-ins", walk)
    assert guest.get(f"/recordings/{made['recording']}")["event"] == event.id


def close_by_hand(app, event) -> None:
    """Move the kit's waiting cards to the main store, as the close of an event does."""
    from inventory.people.commands import system_actor
    from inventory.stock import ledger
    from inventory.stock.ledger import Fact
    from inventory.stock.rules import Condition, Leg, MovementKind, in_store

    event.become("closed")
    with app.app_context():
        system = system_actor()
    with app.app_context(), transaction() as session:
        kit, main = store_facts(event.store), store_facts(main_store_of("15.03"))
        assert commands.move_waiting_cards(session, kit.code, main) == 1
        source = in_store(kit.code, "blangko", "15.03", event.id, Condition.PRINTED)
        target = source.at(source.place, store=main.code)
        books = ledger.lock(session, [source, target], {kit.code: kit.office, main.code: main.office})
        ledger.post(session, books, Fact(MovementKind.CLOSING, system, kit), [Leg(source, target, 1)])


def test_cards_of_a_closed_event_are_issued_and_taken_back_at_the_main_store(app, calls, exact):
    event = pooled(app, calls)
    printer = calls("printer", "15.03")
    recorded(printer, "a", "b")
    job = job_of(printer, "a", "b", store=event.store)["id"]
    results(printer, job, ("a", "printed"), ("b", "printed"))
    issue(printer, "b")
    close_by_hand(app, event)
    card = printer.get("/cards?status=waiting")["items"][0]
    assert (card["client_id"], card["store"], card["owner"], card["event"]) == ("a", STORE, "15.03", event.id)
    problem = printer.post(f"/print-jobs/{job}/undo", {"recording": "a", "reason": "x"}, 409)
    assert (problem["code"], problem["facts"]["store"]) == ("card_moved_on", STORE)
    assert issue(printer, "a")["items"][0]["status"] == "issued"
    undone = printer.post("/cards/undo", {"recordings": ["a", "b"], "reason": "x"}, 200)["items"]
    assert [(c["status"], c["store"], c["event"]) for c in undone] == [("waiting", STORE, event.id)] * 2
    assert issue(printer, "b")["items"][0]["status"] == "issued"


def test_a_spoiled_attempt_of_a_closed_event_is_not_undone(app, calls, exact):
    event = pooled(app, calls)
    printer = calls("printer", "15.03")
    recorded(printer, "a")
    job = job_of(printer, "a", store=event.store)["id"]
    results(printer, job, ("a", "spoiled", "damaged"))
    printer.post(f"/print-jobs/{job}/cancel", None, 200)
    event.become("closed")
    problem = printer.post(f"/print-jobs/{job}/undo", {"recording": "a", "reason": "x"}, 409)
    assert problem["code"] == "event_not_printing"
