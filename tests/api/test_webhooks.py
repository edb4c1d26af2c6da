"""Webhooks over REST: made with a secret shown once, to public addresses only, by administrators."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inventory import keys
from inventory.audit import AuditRow
from inventory.database import current
from inventory.hooks import commands, delivery, sending
from inventory.hooks.models import Webhook
from tests.webhooks import tell


@pytest.fixture
def admin(calls):
    return calls("admin", "15.03")


@pytest.fixture
def public(monkeypatch):
    """Every name leads to a public address; nobody is called."""
    monkeypatch.setattr(commands, "PUBLIC", None)  # only the default's own resolver is used
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", ("8.8.8.8", 443))])


BODY = {"office": "15.03", "url": "https://blangko.example.go.id/inbox?key=1"}


def test_a_webhook_is_made_with_a_secret_that_is_shown_once_and_kept_as_ciphertext(app, admin, public):
    tell(app, "15.03")
    made = admin.post("/webhooks", BODY | {"kinds": ["card_printed", "card_issued", "card_printed"]})
    assert set(made) == {"id", "secret", "cursor"}
    assert made["cursor"] == 1
    shown = admin.get(f"/webhooks/{made['id']}")
    assert shown == {
        "id": made["id"], "office": "15.03", "url": BODY["url"], "kinds": ["card_issued", "card_printed"],
        "active": True, "cursor": 1, "failures": 0, "next_try_at": None, "last_status": None, "last_error": None,
        "last_told_at": None, "version": 1, "created_at": shown["created_at"], "created_by": admin.actor.user_id,
    }  # fmt: skip
    assert admin.get("/webhooks")["items"] == [shown]
    with app.app_context():
        kept = current().scalars(sa.select(Webhook.secret_secret)).one()
        assert made["secret"].encode() not in kept
        assert keys.decrypt(kept) == made["secret"]
        said = [row.facts for row in current().scalars(sa.select(AuditRow).where(AuditRow.subject == "webhook"))]
        assert said == [{"host": "blangko.example.go.id", "after": None}]


@pytest.mark.parametrize("url", [
    "https://127.0.0.1/", "https://localhost/", "http://blangko.example.go.id/", "https://10.0.0.1/", "https://[::1]/",
    "https://2130706433/", "https://me:word@blangko.example.go.id/", "https://blangko.example.go.id:25/",
    "not an address",
])  # fmt: skip
def test_a_webhook_goes_to_public_https_addresses_only(admin, public, url):
    assert admin.post("/webhooks", BODY | {"url": url}, 422)["code"] == "webhook_target_refused"
    made = admin.post("/webhooks", BODY)
    assert admin.patch(f"/webhooks/{made['id']}", {"url": url}, 422)["code"] == "webhook_target_refused"
    assert admin.get(f"/webhooks/{made['id']}")["url"] == BODY["url"]


@pytest.mark.parametrize(("addresses", "code"), [
    (["10.0.0.1"], "webhook_target_refused"),
    (["8.8.8.8", "::1"], "webhook_target_refused"),
    ([], "webhook_target_unknown"),
])  # fmt: skip
def test_what_the_name_leads_to_is_checked_when_it_is_made(admin, monkeypatch, addresses, code):
    found = [(0, 0, 0, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *_a, **_k: found)
    assert admin.post("/webhooks", BODY, 422)["code"] == code
    assert admin.get("/webhooks")["items"] == []


@pytest.mark.parametrize("change", [
    {"office": "15.99"}, {"office": "16"}, {"kinds": []}, {"kinds": ["x"]}, {"kinds": "card_printed"}, {"url": 1},
    {"url": None}, {"x": 1}, {"after": -1}, {"after": "1"}, {"url": "https://a.id/" + "x" * 500},
])  # fmt: skip
def test_a_wrong_webhook_is_refused(admin, public, change):
    admin.send("POST", "/webhooks", BODY | change)
    assert admin.send("POST", "/webhooks", BODY | change).status_code in (404, 422)
    assert admin.get("/webhooks")["items"] == []


def test_a_webhook_does_not_begin_ahead_of_what_happened(app, admin, public):
    tell(app, "15.03", "15.03")
    assert admin.post("/webhooks", BODY | {"after": 3}, 409)["code"] == "replay_ahead"
    assert admin.post("/webhooks", BODY | {"after": 0})["cursor"] == 0


@pytest.mark.parametrize("role", ["clerk", "coordinator", "printer", "field", "inspector"])
def test_only_an_administrator_sees_or_makes_webhooks(app, calls, admin, public, role):
    made = admin.post("/webhooks", BODY)["id"]
    caller = calls(role, "15.03")
    caller.get("/webhooks", 403)
    caller.get(f"/webhooks/{made}", 403)
    caller.get(f"/webhooks/{made}/dead-letters", 403)
    caller.post("/webhooks", BODY, 403)
    caller.patch(f"/webhooks/{made}", {"active": False}, 403, If_Match='"1"')
    caller.post(f"/webhooks/{made}/replay", {"after": 0}, 403)
    caller.post(f"/webhooks/{made}/dead-letters/1/retry", expect=403)


def test_another_offices_webhook_is_not_there(calls, admin, public):
    made = admin.post("/webhooks", BODY)["id"]
    stranger = calls("admin", "15.04")
    for answer in (
        stranger.get(f"/webhooks/{made}", 404),
        stranger.get(f"/webhooks/{made}/dead-letters", 404),
        stranger.patch(f"/webhooks/{made}", {"active": False}, 404, If_Match='"1"'),
        stranger.post(f"/webhooks/{made}/replay", {"after": 0}, 404),
        stranger.post(f"/webhooks/{made}/dead-letters/1/retry", expect=404),
    ):
        assert answer["code"] == "webhook_not_found"
    assert stranger.post("/webhooks", BODY, 404)["code"] == "office_not_found"
    assert stranger.get("/webhooks")["items"] == []
    stranger.get("/webhooks?office=15.03", 403)
    assert [one["id"] for one in calls("admin", "15").get("/webhooks?office=15.03&active=true")["items"]] == [made]
    assert admin.get(f"/webhooks/{made}/dead-letters/1", 404)["code"] == "no_such_address"
    assert admin.post(f"/webhooks/{made}/dead-letters/1/retry", expect=404)["code"] == "dead_letter_not_found"


def test_a_webhook_is_changed_against_the_version_that_was_read(admin, public):
    made = admin.post("/webhooks", BODY)["id"]
    changed = admin.patch(f"/webhooks/{made}", {"active": False, "kinds": ["card_lost"]}, If_Match='"1"')
    assert (changed["active"], changed["kinds"], changed["version"]) == (False, ["card_lost"], 2)
    admin.patch(f"/webhooks/{made}", {"active": True}, 412, If_Match='"1"')
    admin.patch(f"/webhooks/{made}", {"cursor": 7}, 422)
    assert admin.patch(f"/webhooks/{made}", {"kinds": None})["kinds"] is None
    assert admin.get("/webhooks?active=true")["items"] == []


def test_a_webhook_whose_name_turned_private_is_not_called_and_says_so(app, calls, public, monkeypatch):
    admin = calls("admin", "15.03")
    made = admin.post("/webhooks", BODY)["id"]
    tell(app, "15.03")
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", ("127.0.0.1", 443))])
    with app.app_context():
        assert delivery.send_to(made) == 0
    assert admin.get(f"/webhooks/{made}")["last_error"] == "address_refused"
