"""Papers over REST: made once from the books, by and for those who may, and checked by anybody."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from inventory import clock
from inventory.audit import AuditRow
from inventory.database import current, transaction
from inventory.documents import queries as documents
from inventory.documents.models import Document
from inventory.documents.rules import DocumentKind, in_fours
from tests.builders import NOON, receipt
from tests.outreach import running_event
from tests.papers import OFFICE, STORE, card, check, delivered, made_of, paper, read, receipt_of, says, sent

pytestmark = pytest.mark.usefixtures("noon")


def test_what_has_not_changed_gives_the_same_paper_and_what_has_gives_a_new_one(app, calls, clerk):
    number = receipt_of(clerk)
    first = paper(clerk, "tanda_terima", number, key="once")
    assert paper(clerk, "tanda_terima", number, key="once") == first
    assert paper(calls("coordinator", OFFICE), "tanda_terima", number) == first
    assert re.fullmatch(r"[0-9a-f]{32}", first["check_value"])
    other = paper(clerk, "tanda_terima", receipt_of(clerk, 7))
    assert (first["number"], other["number"]) == ("0001/TT/15.03/2026", "0002/TT/15.03/2026")
    with clock.telling(NOON):
        earlier = card(clerk)
        receipt_of(clerk, 8)
        assert card(clerk)["id"] != earlier["id"]
    assert clerk.get("/documents?kind=tanda_terima")["items"] == [first, other]
    with app.app_context():
        issued = sa.select(AuditRow.facts).where(AuditRow.action == "issue_document")
        facts = current().scalars(issued.order_by(AuditRow.id)).all()
    assert [row["number"] for row in facts][:2] == [first["number"], other["number"]]
    assert "clerk@" not in json.dumps(facts)


def test_the_same_key_with_another_subject_is_refused(clerk):
    paper(clerk, "tanda_terima", receipt_of(clerk), key="once")
    assert paper(clerk, "tanda_terima", receipt_of(clerk), 409, key="once")["code"] == "idempotency_key_reused"
    assert paper(clerk, "tanda_terima", receipt_of(clerk), 400, key=None)["code"] == "idempotency_key_missing"


def test_numbers_begin_again_with_the_year_of_the_office(calls):
    midnight = datetime(2026, 12, 31, 17, tzinfo=UTC)
    with clock.telling(midnight - timedelta(minutes=1)):
        clerk = calls("clerk", OFFICE)
        assert paper(clerk, "tanda_terima", receipt_of(clerk))["number"] == "0001/TT/15.03/2026"
    with clock.telling(midnight):
        assert paper(clerk, "tanda_terima", receipt_of(clerk, 6))["number"] == "0001/TT/15.03/2027"


def test_a_paper_is_valid_while_what_it_tells_stands(calls, clerk):
    number = receipt_of(clerk)
    document = paper(clerk, "tanda_terima", number)
    assert check(clerk, document) == {
        "kind": "tanda_terima", "number": document["number"], "date": "2026-03-12", "valid": True,
    }  # fmt: skip
    clerk.post(f"/movements/{number}/reversal", {"reason": "salah hitung", "quantity": 1})
    assert check(clerk, document)["valid"] is False
    problem = paper(clerk, "tanda_terima", number, 409)
    assert problem["code"] == "document_not_ready"


def test_a_surat_jalan_and_a_bast_fall_with_their_dispatch_and_their_receipt(calls, clerk):
    path = delivered(calls)
    papers = [paper(clerk, kind, int(path.rpartition("/")[2])) for kind in ("surat_jalan", "bast")]
    assert [check(clerk, one)["valid"] for one in papers] == [True, True]
    clerk.post(f"{path}/undo", {"reason": "salah catat"}, 200)
    assert [check(clerk, one)["valid"] for one in papers] == [True, False]
    province = calls("admin", "15")
    province.post(f"{path}/undo", {"reason": "truk kembali"}, 200)
    assert [check(clerk, one)["valid"] for one in papers] == [False, False]
    province.post(f"{path}/dispatch", {"intervals": [["JB000001", "JB000100"]]}, 200)
    assert check(clerk, papers[0])["valid"] is False
    again = paper(clerk, "surat_jalan", int(path.rpartition("/")[2]))
    assert (again["id"] != papers[0]["id"], check(clerk, again)["valid"]) == (True, True)


@pytest.mark.parametrize("kind", [DocumentKind.KARTU_STOK, DocumentKind.BA_OPNAME, DocumentKind.BA_PEMUSNAHAN])
def test_cards_tell_of_their_moment_and_approved_papers_stand(kind, calls, clerk, chief):
    document = made_of(kind, calls, clerk, chief)
    receipt_of(clerk)
    assert check(clerk, document)["valid"] is True


@pytest.mark.parametrize("kind", ["surat_jalan", "bast"])
def test_a_transfer_that_has_not_left_has_no_paper(kind, calls, clerk):
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 10))
    wish = {"from_store": "15-UTAMA", "to_store": STORE, "item": "blangko", "quantity": 5}
    transfer = clerk.post("/transfers", wish)["id"]
    assert paper(clerk, kind, transfer, 409)["code"] == "document_not_ready"


def test_a_bast_waits_for_a_receipt_and_a_count_for_its_approval(calls, clerk):
    transfer = int(sent(calls).rpartition("/")[2])
    assert paper(clerk, "bast", transfer, 409)["code"] == "document_not_ready"
    two = [calls(role, OFFICE).actor.user_id for role in ("clerk", "inspector")]
    receipt_of(clerk)
    count = clerk.post("/counts", {"store": STORE, "kind": "full", "counted_by": two})["id"]
    assert paper(clerk, "ba_opname", count, 409)["facts"]["status"] == "open"


@pytest.mark.parametrize("kind", [each for each in DocumentKind if each is not DocumentKind.KARTU_STOK])
def test_what_does_not_exist_has_no_paper(kind, clerk):
    assert paper(clerk, kind, 999_999, 404)["code"] == "document_subject_not_found"


@pytest.mark.parametrize(
    ("role", "office", "status"),
    [
        ("clerk", "15.03", 201),
        ("coordinator", "15", 201),
        ("inspector", "0", 403),
        ("printer", "15.03", 201),
        ("field", "15.03", 403),
        ("clerk", "15.04", 404),
        ("coordinator", "35", 404),
        ("admin", "15.04", 404),
    ],
)
def test_who_may_make_a_paper_is_who_may_see_what_it_tells(role, office, status, calls, clerk):
    number = receipt_of(clerk)
    paper(calls(role, office), "tanda_terima", number, status)


@pytest.mark.parametrize(
    ("role", "office", "status"),
    [("field", "15.03", 200), ("inspector", "15", 200), ("clerk", "15.04", 404), ("admin", "35", 404)],
)
def test_who_may_read_a_paper(role, office, status, calls, clerk):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    reader = calls(role, office)
    reader.get(f"/documents/{document['id']}", status)
    assert reader.send("GET", f"/documents/{document['id']}.pdf").status_code == status
    assert len(reader.get("/documents")["items"]) == (status == 200)


def test_both_ends_of_a_transfer_read_its_papers_and_nobody_else(calls, clerk):
    document = paper(clerk, "surat_jalan", int(sent(calls).rpartition("/")[2]))
    for reader in (calls("clerk", "15"), clerk, calls("inspector", "0")):
        assert reader.get(f"/documents/{document['id']}") == document
        assert reader.get("/documents?kind=surat_jalan")["items"] == [document]
    assert calls("clerk", "15.04").get(f"/documents/{document['id']}", 404)["code"] == "document_not_found"
    assert clerk.get(f"/documents?office={OFFICE}&subject={document['subject']}")["items"] == [document]
    assert clerk.get("/documents?office=15.04", 403)["code"] == "out_of_reach"
    assert clerk.get("/documents?kind=bast")["items"] == []
    clerk.get("/documents?kind=surat", 422)
    clerk.get("/documents?colour=red", 422)


def test_a_member_of_an_event_makes_and_reads_the_papers_of_its_kit(app, calls):
    event = running_event(app, OFFICE)
    calls("clerk", OFFICE).post("/receipts", receipt(event.store, 40))
    body = {"kind": "kartu_stok", "store": event.store, "item": "blangko", "from": "2026-01-01", "until": "2026-03-12"}
    guest = calls("clerk", "15.04")
    assert guest.post("/documents", body, 404)["code"] == "document_subject_not_found"
    event.let_in(guest)
    document = guest.post("/documents", body)
    assert guest.get("/documents")["items"] == [document]
    says(read(guest, document), "Gotong royong")
    assert calls("clerk", "15.06").get("/documents")["items"] == []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"kind": "tanda_terima"}, {"/subject"}),
        ({"kind": "surat"}, {"/kind"}),
        ({}, {"/kind"}),
        ({"kind": "tanda_terima", "subject": -1}, {"/subject"}),
        ({"kind": "tanda_terima", "subject": "1"}, {"/subject"}),
        ({"kind": "tanda_terima", "subject": 2**60}, {"/subject"}),
        ({"kind": "tanda_terima", "subject": 1, "store": STORE}, {"/store"}),
        ({"kind": "tanda_terima", "subject": 1, "colour": "red"}, {"/colour"}),
        ({"kind": "kartu_stok"}, {"/store", "/item", "/from", "/until"}),
        (
            {"kind": "kartu_stok", "store": STORE, "item": "blangko", "from": "2026-01-01", "until": "2026-13-01"},
            {"/until"},
        ),
    ],
)
def test_a_wish_that_says_too_little_or_too_much_is_refused_by_field(clerk, body, pointers):
    problem = clerk.post("/documents", body, 422)
    assert {fault["pointer"] for fault in problem["errors"]} == pointers


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"until": "2025-12-31"}, 422, "document_period_backwards"),
        ({"store": "99.99-UTAMA"}, 404, "document_subject_not_found"),
        ({"store": "15.04-UTAMA"}, 404, "document_subject_not_found"),
        ({"item": "kertas"}, 404, "document_subject_not_found"),
        ({"subject": 1}, 422, "body_invalid"),
    ],
)
def test_a_stock_card_of_nothing_is_refused(clerk, changes, status, code):
    assert card(clerk, status, **changes)["code"] == code


def test_a_card_that_nobody_would_read_is_refused(clerk, monkeypatch):
    for _ in range(3):
        receipt_of(clerk, 1)
    monkeypatch.setattr("inventory.documents.cards.MAX_LINES", 3)
    assert card(clerk)
    receipt_of(clerk, 1)
    assert card(clerk, 422)["code"] == "document_too_long"


def ask(app, value, address="192.0.2.7"):
    return app.test_client().get(f"/api/v1/documents/check/{value}", environ_base={"REMOTE_ADDR": address})


def test_a_check_value_may_be_typed_as_it_is_printed(app, clerk):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    value = document["check_value"]
    for typed in (value, value.upper(), in_fours(value), in_fours(value).replace(" ", "-")):
        assert ask(app, typed).get_json()["number"] == document["number"]
    assert set(ask(app, value).get_json()) == {"kind", "number", "date", "valid"}


@pytest.mark.parametrize("change", [{"number": "0009/TT/15.03/2026"}, {"facts": {"zone": "Asia/Jakarta"}}])
def test_a_paper_that_was_changed_behind_the_services_back_is_not_valid_and_verify_names_it(app, clerk, change):
    document = paper(clerk, "tanda_terima", receipt_of(clerk))
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Document).values(**change))
    assert ask(app, document["check_value"]).get_json()["valid"] is False
    with app.app_context():
        (found,) = documents.differences()
    assert found.startswith(f"document {document['id']} ")


@pytest.mark.parametrize("value", ["0" * 32, "x", "1", "0" * 33, "%00", "../1", "ć" * 32])
def test_an_unknown_check_value_is_not_found(app, value):
    answer = ask(app, value)
    assert answer.status_code == 404
    assert answer.get_json()["code"] in ("check_value_unknown", "no_such_address")


def test_one_address_checks_so_many_a_minute_and_no_more(app, clerk, monkeypatch):
    monkeypatch.setitem(app.config, "DOCUMENT_CHECKS_PER_MINUTE", 3)
    value = paper(clerk, "tanda_terima", receipt_of(clerk))["check_value"]
    assert [ask(app, each).status_code for each in ("0" * 32, value, "1" * 32)] == [404, 200, 404]
    refused = ask(app, value)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_checks")
    assert refused.headers["Retry-After"] == "60"
    assert ask(app, value, "192.0.2.8").status_code == 200
    assert clerk.get("/documents")["items"]
    with clock.telling(NOON + timedelta(minutes=1)):
        assert ask(app, value).status_code == 200


def test_a_list_of_papers_costs_a_constant_number_of_queries(clerk, statements):
    for quantity in range(5):
        paper(clerk, "tanda_terima", receipt_of(clerk, quantity + 1))
    with statements.within(3):
        assert len(clerk.get("/documents?limit=5")["items"]) == 5
