"""Withdrawn cards: a register of their own beside the quarantine, burned oldest first, and never stock."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inventory.audit import AuditRow
from inventory.database import current
from inventory.stock.models import Account, Movement
from tests import destructions
from tests.destructions import CLASSES, STORE, withdrawn

pytestmark = pytest.mark.usefixtures("noon")
agrees, batch, desk, spoiled = destructions.agrees, destructions.batch, destructions.desk, destructions.spoiled


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
