"""Whatever parts the documents from the ledger is found and named, in a fixed number of queries."""

import pytest
import sqlalchemy as sa

from inventory.database import current
from inventory.reports.queries import differences
from tests.builders import receipt
from tests.outreach import person
from tests.printing import job_of, recorded

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
    # One statement for each of the 57 questions, and a second one for the four whose answer is in two tables at once:
    # however long the ledger is, it stays so many.
    with app.app_context(), statements.within(66):
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
def test_each_difference_is_told(busy_office, tampered, statement, said):
    found = tampered(statement.format(**busy_office))
    assert [each for each in found if said.format(**busy_office) in each], found


@pytest.fixture
def tampered(app, database):
    """Run a statement past every guard; answers what is told then, and takes it back."""

    def run(statement):
        with app.app_context():
            connection = current().connection()
            _unguard(connection, sqlite=database.sqlite)
            assert connection.exec_driver_sql(statement).rowcount, "nothing was tampered with"
            found = list(differences())
            current().rollback()
            if database.sqlite:
                connection = current().connection()
                connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")
                current().rollback()
        return found

    return run


def _unguard(connection, *, sqlite):
    """Let wrong rows in, as a fault of the software would that no constraint stops; the test rolls all of it back."""
    if sqlite:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        for name in ("movements_no_update", "movements_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("ALTER TABLE settlement_lines DROP CONSTRAINT ck_settlement_lines_adds_up")
    connection.exec_driver_sql("DROP INDEX uq_attempts_printed")
    connection.exec_driver_sql("DROP INDEX uq_attempts_number")


@pytest.fixture
def stock_room(calls, app):
    """Blanks with numbers in a hand, printed, undone, spoiled, burned, lost, and sent with every difference."""
    clerk, boss, other, province = (calls(*who) for who in (
        ("clerk", "15.03"), ("coordinator", "15.03"), ("clerk", "15.04"), ("coordinator", "15"),
    ))  # fmt: skip
    names = ("Sari", "Budi")
    admin = calls("admin", "15")
    two = [admin.post("/users", {"name": name, "role": "clerk", "office": "15.03"})["id"] for name in names]
    printer = calls("printer", "15.03")
    lots = [{"intervals": [["A0001", "A0200"]]}, {"quantity": 300}]
    came = clerk.post("/receipts", {**receipt(HOME, 500), "lots": lots})
    hand = {"store": HOME, "item": "blangko", "holder": printer.actor.user_id, "needed": 20, "counted_by": two}
    session = clerk.post("/custody", {**hand, "intervals": [["A0001", "A0020"]]})["id"]
    recorded(printer, "a", "b", "c")
    job = job_of(printer, "a", "b", "c")["id"]
    lines = [
        {"recording": "a", "outcome": "spoiled", "reason": "print_failure", "number": "A0001"},
        *({"recording": name, "outcome": "printed", "number": f"A000{at}"} for at, name in enumerate("abc", 2)),
    ]
    printer.post(f"/print-jobs/{job}/results", {"results": lines}, 200)
    printer.post(f"/print-jobs/{job}/undo", {"recording": "c", "reason": "salah"}, 200)
    clerk.post("/spoilages", blanks(HOME, 4, reason="damaged"))
    fire = {
        "store": HOME, "number": "BA/1", "destroyed_on": came["received_on"], "counted_by": two,
        "lines": [{"item": "blangko", "reason": "damaged", "quantity": 4},
                  {"item": "blangko", "reason": "print_failure", "numbers": ["A0001"]}],
        "witnesses": [{"name": "Rina", "institution": "Inspektorat"}, {"name": "Joko", "institution": "Polres"}],
    }  # fmt: skip
    fire["destroyed_on"] = clerk.get(f"/custody/{session}")["opened_on"]
    burned = clerk.post("/destructions", fire)["id"]
    boss.post(f"/destructions/{burned}/approve", {}, 200)
    wish = {"from_store": HOME, "to_store": "15.04-UTAMA", "item": "blangko", "quantity": 100}
    sent = clerk.post("/transfers", wish)["id"]
    province.post(f"/transfers/{sent}/approve", {}, 200)
    clerk.post(f"/transfers/{sent}/dispatch", {"intervals": [["A0101", "A0200"]]}, 200)
    came_on = {"received": {"intervals": [["A0101", "A0190"]]}, "rejected": {"numbers": ["A0191", "A0192"]},
               "missing": 8, "reason": "basah"}  # fmt: skip
    other.post(f"/transfers/{sent}/receive", came_on, 200)
    other.post(f"/transfers/{sent}/undo", {"reason": "salah hitung"}, 200)
    other.post(f"/transfers/{sent}/receive", came_on, 200)
    other.post(f"/transfers/{sent}/resolve", {"found": {"numbers": ["A0195"]}, "reason": "ketemu"}, 200)
    more = clerk.post("/transfers", {**wish, "quantity": 10})["id"]
    province.post(f"/transfers/{more}/approve", {}, 200)
    clerk.post(f"/transfers/{more}/dispatch", {}, 200)
    too_many = {"received": 10, "surplus": 2, "reason": "lebih", "seen_by": "Rina"}
    other.post(f"/transfers/{more}/receive", too_many, 200)
    lost = clerk.post("/losses", blanks(HOME, 3, reason="hilang"))["id"]
    with app.app_context():
        attempt, movement = (
            current().execute(sa.text("SELECT id, movement_id FROM attempts WHERE number = 'A0002'")).one()
        )
        current().rollback()
    return {"receipt": came["id"], "session": session, "job": job, "burned": burned, "sent": sent, "more": more,
            "lost": lost, "attempt": attempt, "printing": movement}  # fmt: skip


def test_a_stock_room_tells_the_same_everywhere(stock_room, app):
    with app.app_context():
        assert list(differences()) == []


OF_ATTEMPTS = "movement {printing} of job {job} (attempts "
OF_DOCUMENTS = {
    "the number of an attempt": ("UPDATE attempts SET number = 'A0009' WHERE id = {attempt}",
                                 "attempt {attempt}: movement {printing} did not bring number A0009"),
    "no number of an attempt": ("UPDATE attempts SET number = NULL WHERE id = {attempt}",
                                "movement {printing}: it brought A0002 as printed, of 15.03, and no attempt says so"),
    "no readable number": ("UPDATE attempts SET number = 'A000x' WHERE id = {attempt}",
                           "attempt {attempt}: A000x is no number of a blank"),
    "a number twice": ("UPDATE attempts SET number = 'A0003' WHERE id = {attempt}", "number A0003 is attempt"),
    "the movement of an attempt": ("UPDATE attempts SET movement_id = 999999 WHERE id = {attempt}",
                                   "movement 999999 of job {job} (attempts {attempt} to {attempt})"),
    "the job of an attempt": ("UPDATE attempts SET job_id = 999999 WHERE id = {attempt}",
                              "movement {printing} of job 999999 (attempts {attempt} to {attempt})"),
    "the owner of an attempt": ("UPDATE attempts SET owner_code = '15.04' WHERE id = {attempt}",
                                "attempt {attempt}: movement {printing} did not bring number A0002"),
    "the hand of an attempt": ("UPDATE attempts SET custody_id = NULL WHERE id = {attempt}",
                               "attempt {attempt}: movement {printing} did not bring number A0002"),
    "the outcome of an attempt": (
        "UPDATE attempts SET outcome = 'spoiled', reason = 'damaged' WHERE id = {attempt}", OF_ATTEMPTS),
    "the reason of an attempt": ("UPDATE attempts SET reason = 'encode_failure' WHERE number = 'A0001'", OF_ATTEMPTS),
    "an attempt": ("DELETE FROM attempts WHERE id = {attempt}", OF_ATTEMPTS),
    "all attempts": ("DELETE FROM attempts", "movement {printing} of job {job}: attempts and entries differ by 4"),
    "an attempt undone": ("UPDATE attempts SET undone_by = 999999 WHERE id = {attempt}",
                          "attempt {attempt}: that movement 999999 undid one"),
    "an undone attempt": ("UPDATE attempts SET undone_by = NULL", "job {job}, only the ledger says"),
    "the movement of printing": ("DELETE FROM movements WHERE id = {printing}", OF_ATTEMPTS),
    "a receipt": ("DELETE FROM receipts", "receipt {receipt}: it does not say what the ledger does: 500"),
    "the quantity of a receipt": ("UPDATE receipts SET quantity = 499", "receipt {receipt}: it does not say"),
    "the store of a receipt": ("UPDATE receipts SET store_code = '15-UTAMA'", "receipt {receipt}: it says what the"),
    "the item of a receipt": ("UPDATE receipts SET item_code = 'ribbon'", "receipt {receipt}: it says what the"),
    "the paper of a receipt": ("UPDATE receipts SET document_number = 'X'", "receipt {receipt}: it says what the"),
    "the day of a receipt": ("UPDATE receipts SET received_on = '2001-01-01'", "receipt {receipt}: it says what the"),
    "the source of a receipt": ("UPDATE receipts SET source = 'grant'", "receipt {receipt}: it says what the"),
    "a receipt of no movement": ("UPDATE receipts SET id = 999999", "receipt 999999: it says what the ledger does not"),
    "a loss report": ("DELETE FROM loss_reports", "loss report {lost}: it does not say what the ledger does"),
    "the reporter of a loss": ("UPDATE loss_reports SET reported_by = 999", "loss report {lost}: it says what"),
    "a loss of no movement": ("UPDATE loss_reports SET id = 999999", "loss report 999999: it says what"),
    "the movement of a destruction": ("UPDATE destructions SET movement_id = {printing}",
                                      "destruction {burned}: it says what the ledger does not: movement {printing}"),
    "no movement of a destruction": ("UPDATE destructions SET movement_id = NULL", "destruction {burned}: it does not"),
    "the number of a destruction": ("UPDATE destructions SET number = 'BA/2'", "destruction {burned}: it says what"),
    "the numbers of a destruction": (
        "UPDATE destruction_lines SET intervals = '[[\"A0002\", \"A0002\"]]' WHERE reason = 'print_failure'",
        "destruction {burned}: its lines say A0002 alone"),
    "no numbers of a destruction": ("UPDATE destruction_lines SET intervals = NULL WHERE reason = 'print_failure'",
                                    "destruction {burned}: its movement says A0001 alone"),
    "unreadable numbers of a destruction": (
        "UPDATE destruction_lines SET intervals = '[[\"A0001\", 5]]' WHERE reason = 'print_failure'",
        "destruction {burned}: the numbers of line"),
    "what a delivery brought": (
        "UPDATE deliveries SET received = received - 2, rejected = rejected + 2 WHERE undone_at IS NULL",
        "transfer {sent}: it says 91 received, 2 rejected, 0 too many; its deliveries and what was found say 89, 4, 0"),
    "what a delivery and its transfer brought": (
        "UPDATE deliveries SET received = received - 2, rejected = rejected + 2", "transfer {sent}, delivery "),
    "what a transfer received": (
        "UPDATE transfers SET received = received - 2, rejected = rejected + 2 WHERE id = {sent}",
        "transfer {sent}: it says 89 received, 4 rejected"),
    "the surplus of a transfer": ("UPDATE transfers SET surplus = 9 WHERE id = {more}",
                                  "transfer {more}: it says 10 received, 0 rejected, 9 too many"),
    "a delivery": ("DELETE FROM deliveries WHERE undone_at IS NULL", "transfer {sent}: the delivery and movement"),
    "an undone delivery": ("UPDATE deliveries SET undone_at = NULL", "was undone, only the ledger says"),
    "the sender of a transfer": ("UPDATE transfers SET from_store = '15-UTAMA'", "which names 15.03-UTAMA"),
    "the receiver of a transfer": ("UPDATE transfers SET to_store = '15-UTAMA'", "which names 15.04-UTAMA"),
    "the movement of a session": ("UPDATE custody_sessions SET movement_id = {printing}",
                                  "custody session {session}: it says what the ledger does not: movement {printing}"),
    "a session": ("DELETE FROM custody_sessions", "custody session {session}: it does not say what the ledger does"),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "said"), OF_DOCUMENTS.values(), ids=list(OF_DOCUMENTS))
def test_a_document_that_its_movement_does_not_bear_out_is_named(stock_room, tampered, statement, said):
    found = tampered(statement.format(**stock_room))
    assert [each for each in found if said.format(**stock_room) in each], found
