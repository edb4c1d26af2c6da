"""Destructions over REST: written down, approved by a second person, or refused, and the monthly report of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import current, transaction
from inventory.disposal.models import Destruction, DestructionLine
from inventory.people.models import User
from tests import destructions
from tests.builders import receipt
from tests.destructions import CLASSES, STORE, WITNESSES, line, lying, spoil, withdrawn

pytestmark = pytest.mark.usefixtures("noon")
agrees, batch, desk, spoiled = destructions.agrees, destructions.batch, destructions.desk, destructions.spoiled


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


def test_a_late_approval_waits_until_the_office_allows_so_old_a_date(calls, clerk, chief, batch, spoiled, agrees):
    path = f"/destructions/{clerk.post('/destructions', batch(line(20)))['id']}/approve"
    with clock.telling(datetime(2026, 3, 20, 3, tzinfo=UTC)):
        assert chief.post(path, {}, 422)["code"] == "date_too_old"
        calls("admin", "15.03").patch("/offices/15.03", {"backdate_days": 30})
        movement = chief.post(path, {}, 200)["movement"]
        assert clerk.get(f"/movements/{movement}")["occurred_on"] == "2026-03-12"


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
