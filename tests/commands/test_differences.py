"""Whatever parts the documents from the ledger is found and named, in a fixed number of queries."""

import pytest

from inventory.database import current
from inventory.reports.queries import differences
from tests.builders import receipt
from tests.outreach import person

HOME, THERE = "15.03-UTAMA", "15-UTAMA"


def blanks(store, quantity, **more):
    return {"store": store, "item": "blangko", "quantity": quantity, **more}


def plan(host):
    return host.post("/events", {
        "name": "Gotong royong", "kind": "village", "host_office": "15.03", "starts_on": "2019-04-04",
        "ends_on": "2019-04-05", "opens_at": "08:00", "closes_at": "16:00",
    })  # fmt: skip


@pytest.fixture
def busy_office(calls):
    """A pledge of which some is lost and some sent ahead, a transfer half received, cards in every state, a close."""
    host, province = calls("admin", "15.03"), calls("admin", "15")
    host.post("/receipts", receipt(HOME, 100))
    province.post("/receipts", receipt(THERE, 100))
    past, coming = plan(host), plan(host)
    host.post(f"/events/{past['id']}/pledges", blanks(HOME, 10))
    host.post(f"/events/{past['id']}/start", {}, 200)
    host.post("/recordings", {"recordings": [person(name) for name in "abcdef"]})
    job = host.post("/print-jobs", {"store": past["store"], "recordings": list("abcd")})["id"]
    results = [{"recording": name, "outcome": "printed"} for name in "abcd"]
    host.post(f"/print-jobs/{job}/results", {"results": results}, 200)
    host.post("/cards/issue", {"cards": [{"recording": name, "collected_by": "Siti"} for name in "ab"]}, 200)
    host.post("/cards/lost", {"recordings": ["c"], "reason": "hilang"}, 200)
    host.post(f"/events/{past['id']}/close", {}, 200)
    host.post("/receipts", receipt(HOME, 5, source="opening", condition="printed"))
    host.post(f"/events/{coming['id']}/pledges", blanks(HOME, 20))
    host.post("/losses", blanks(HOME, 3, event=coming["id"], reason="hilang"))
    ahead = {"from_store": HOME, "to_store": coming["store"], "item": "blangko", "quantity": 4}
    ahead = host.post("/transfers", {**ahead, "from_event": coming["id"]})["id"]
    wish = {"from_store": THERE, "to_store": HOME, "item": "blangko", "quantity": 30}
    sent = host.post("/transfers", wish)["id"]
    for each in (ahead, sent):
        province.post(f"/transfers/{each}/approve", {}, 200)
        province.post(f"/transfers/{each}/dispatch", {}, 200)
    body = {"received": 20, "rejected": 2, "missing": 5, "reason": "basah"}
    host.post(f"/transfers/{sent}/receive", body, 200)
    return {"sent": sent, "past": past["id"], "coming": coming["id"]}


def test_a_busy_office_tells_the_same_everywhere(busy_office, app, statements):
    with app.app_context(), statements.within(40):
        assert list(differences()) == []


TAMPERINGS = {
    "a card too many": ("UPDATE cards SET status = 'waiting' WHERE status = 'lost'",
                        "15.03-ACARA-{past}, blangko of 15.03, event {past}: 1 cards wait, the ledger has 0 printed"),
    "a card too few": ("UPDATE cards SET status = 'undone' WHERE status = 'waiting'",
                       "event {past}: the ledger has 1 printed, 0 cards wait and no opening brought more"),
    "a card handed over": (
        "UPDATE cards SET status = 'issued', issue_movement_id = 1 WHERE status = 'lost'",
        "15.03-ACARA-{past}, blangko of 15.03, event {past}: 3 cards were handed over, the ledger has 2 issued",
    ),
    "a number of a transfer": ("UPDATE transfers SET received = received + 1 WHERE id = {sent}",
                               "transfer {sent}: its numbers leave 7 under way, the ledger has 8"),
    "a transfer": ("DELETE FROM transfers WHERE id = {sent}",
                   "transfer {sent}: the ledger has 8 under way, there is no such transfer"),
    "a pledge": ("UPDATE pledges SET quantity = quantity + 1 WHERE status = 'pledged'",
                 "15.03-UTAMA, blangko of 15.03, event {coming}: 21 are pledged, the ledger knows of 20"),
    "an attempt": ("UPDATE attempts SET recording_id = (SELECT MIN(recording_id) FROM attempts)",
                   "printed 4 times"),
    "a settlement": ("UPDATE settlement_lines SET brought = brought + 1",
                     "settlement of event {past}, blangko of 15.03: brought 11, told 10"),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "said"), TAMPERINGS.values(), ids=list(TAMPERINGS))
def test_each_difference_is_one_sentence(busy_office, app, database, statement, said):
    with app.app_context():
        connection = current().connection()
        _unguard(connection, sqlite=database.sqlite)
        connection.exec_driver_sql(statement.format(**busy_office))
        found = list(differences())
        current().rollback()
        if database.sqlite:
            connection = current().connection()
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            current().rollback()
    [sentence] = found
    assert said.format(**busy_office) in sentence


def _unguard(connection, *, sqlite):
    """Let wrong rows in, as a fault of the software would that no constraint stops; the test rolls all of it back."""
    if sqlite:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("ALTER TABLE settlement_lines DROP CONSTRAINT ck_settlement_lines_adds_up")
    connection.exec_driver_sql("DROP INDEX uq_attempts_printed")
