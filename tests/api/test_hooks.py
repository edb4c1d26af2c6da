"""What others are told: the feed by position, webhooks, what they would not take, and what must not work."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from inventory import clock, keys, outbox
from inventory.audit import AuditRow
from inventory.database import current, db, transaction
from inventory.hooks import commands, delivery, queries, rules, sending
from inventory.hooks.models import ToldShortfall, Webhook
from inventory.hooks.rules import MAX_TRIES, Failure
from inventory.hooks.sending import Answer, Line, Reach
from inventory.outbox import Change, ChangeKind
from inventory.people import commands as people
from inventory.planning.queries import Shortfall
from inventory.planning.rules import Severity
from inventory.seals.commands import seal
from tests.builders import receipt
from tests.outreach import person
from tests.receiver import receiving

STORE, OTHER = "15.03-UTAMA", "15.04-UTAMA"
LOCAL = Reach(local=True)
DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "hooks.md"


def tell(app, *offices, kind=ChangeKind.CARD_PRINTED, **more):
    """One change an office that belongs to no movement, and their numbers."""
    with app.app_context():
        with transaction() as session:
            for office in offices:
                outbox.tell(session, kind, office, **more)
        commands.number_changes()


def add(app, url, office="15.03", **more):
    """A webhook to this very host, and its secret."""
    with app.app_context():
        return commands.add_webhook(people.system_actor(), office, url, reach=LOCAL, **more)


def send(app, *, at=None):
    """One round of a sender."""
    with app.app_context(), clock.telling(at or clock.now()):
        return sum(delivery.send_to(one, LOCAL) for one in delivery.due())


def told(caller, after=0, **query):
    words = "".join(f"&{name}={value}" for name, value in query.items())
    return caller.get(f"/changes?after={after}{words}")


@pytest.fixture
def printer(calls):
    caller = calls("printer", "15.03")
    calls("clerk", "15.03").post("/receipts", receipt(STORE, 10))
    caller.post("/recordings", {"recordings": [person("a", "15.03"), person("b", "15.03")]})
    return caller


def printed(printer, *names):
    job = printer.post("/print-jobs", {"store": STORE, "recordings": list(names)})["id"]
    lines = [{"recording": name, "outcome": "printed"} for name in names]
    printer.post(f"/print-jobs/{job}/results", {"results": lines}, 200)


def test_the_feed_tells_what_happened_to_cards_once_it_is_sealed(app, database, printer, exact):
    printed(printer, "a", "b")
    card = {"recording": "a", "collected_by": "Umar", "collector_relation": "father"}
    printer.post("/cards/issue", {"cards": [card]}, 200)
    assert told(printer) == {"items": [], "last": 0, "more": False}
    with app.app_context():
        assert commands.number_changes() == 0
        seal(database.ledger_dir)
        assert commands.number_changes() == 2
        assert commands.number_changes() == 0
    found = told(printer)
    assert (found["last"], found["more"]) == (2, False)
    first, second = found["items"]
    assert [one["client_id"] for one in first["recordings"]] == ["a", "b"]
    assert second == {
        "position": 2, "kind": "card_issued", "office": "15.03", "event": None, "movement": second["movement"],
        "recordings": first["recordings"][:1], "facts": {}, "happened_at": second["happened_at"],
    }  # fmt: skip
    assert (first["position"], first["kind"]) == (1, "card_printed")
    assert "Umar" not in str(found)
    assert told(printer, after=2)["items"] == []
    assert [one["position"] for one in told(printer, after=1)["items"]] == [2]


def test_the_feed_goes_on_in_steps_and_says_how_far_it_is(app, calls):
    tell(app, *["15.03", "15.04"] * 5)
    caller = calls("coordinator", "15")
    first = told(caller, limit=4)
    assert ([one["position"] for one in first["items"]], first["last"], first["more"]) == ([1, 2, 3, 4], 4, True)
    rest = told(caller, after=4)
    assert ([one["position"] for one in rest["items"]], rest["last"], rest["more"]) == ([5, 6, 7, 8, 9, 10], 10, False)
    assert told(caller, after=4, office="15.04", limit=3)["last"] == 10
    assert [one["office"] for one in told(caller, office="15.04")["items"]] == ["15.04"] * 5
    assert told(caller, kind="card_issued") == {"items": [], "last": 10, "more": False}
    assert told(caller, after=99) == {"items": [], "last": 99, "more": False}


def test_one_look_goes_over_a_limited_stretch(app, calls, monkeypatch):
    monkeypatch.setattr(queries, "_WINDOW", 3)
    tell(app, *["15.04"] * 5, "15.03", "15.03")
    caller, after, seen = calls("printer", "15.03"), 0, []
    for _ in range(3):
        found = told(caller, after)
        seen.append(([one["position"] for one in found["items"]], found["last"], found["more"]))
        after = found["last"]
    assert seen == [([], 3, True), ([6], 6, True), ([7], 7, False)]


def test_one_answer_tells_a_limited_number_of_recordings_and_one_change_at_least(app, calls, monkeypatch):
    monkeypatch.setattr(queries, "_RECORDINGS_TOLD", 5)
    tell(app, "15.03", recordings=list(range(1, 10)))
    tell(app, "15.03", "15.03", recordings=[1, 2, 3])
    caller, after, seen = calls("printer", "15.03"), 0, []
    for _ in range(3):
        found = told(caller, after)
        seen.append([len(one["recordings"]) for one in found["items"]])
        after = found["last"]
    assert seen == [[9], [3], [3]]
    assert not found["more"]


@pytest.mark.parametrize("role", ["coordinator", "printer", "field", "inspector", "admin"])
def test_who_reads_recordings_reads_the_changes_of_the_own_subtree_only(app, calls, role):
    tell(app, "15.03", "15.04", "16.01", "15")
    assert [one["office"] for one in told(calls(role, "15.03"))["items"]] == ["15.03"]
    assert [one["office"] for one in told(calls(role, "15"))["items"]] == ["15.03", "15.04", "15"]
    assert len(told(calls(role, "0"))["items"]) == 4
    calls(role, "15.03").get("/changes?office=15.04", 403)
    calls(role, "15.03").get("/changes?office=15", 403)


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=1.5", "limit=0", "limit=501", "kind=x", "x=1", "after="]
)
def test_a_wrong_question_is_refused(calls, query):
    calls("printer", "15.03").get(f"/changes?{query}", 422)


def test_a_clerk_reads_no_changes(calls):
    calls("clerk", "15.03").get("/changes", 403)


def test_the_feed_costs_the_same_however_much_it_tells(app, calls, statements):
    tell(app, *["15.03"] * 40, recordings=[1, 2])
    caller = calls("coordinator", "15")
    with statements.within(5):
        assert len(told(caller)["items"]) == 40


# Webhooks


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


# Sending


def test_a_webhook_is_called_with_every_change_in_order_as_the_feed_tells_it(app, calls):
    with receiving() as there:
        hook, _ = add(app, there.url)
        tell(app, *["15.03"] * 5, recordings=[1])
        assert send(app) == 5
        feed = told(calls("printer", "15.03"))["items"]
        assert there.items == feed
        headers = there.got[1][0]
        assert (headers["blangko-position"], headers["blangko-delivery"]) == ("2", f"{hook}-2")
        assert (headers["path"], headers["host"]) == ("/inbox?from=blangko", f"127.0.0.1:{there.port}")
        assert headers["content-type"] == "application/json"
        assert send(app) == 0
        assert len(there.got) == 5
        shown = calls("admin", "15").get(f"/webhooks/{hook}")
        assert (shown["cursor"], shown["failures"], shown["last_status"], shown["last_error"]) == (5, 0, 204, None)


def test_the_signature_is_proved_by_the_program_of_the_document(app):
    program = re.search(r"```python\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[1]
    assert len(program.strip().splitlines()) <= 10
    known = {}
    exec(program, known)  # noqa: S102 - the documented program is what is proved
    is_genuine = known["is_genuine"]
    with receiving() as there:
        _, secret = add(app, there.url)
        tell(app, "15.03", recordings=[1, 2])
        send(app)
        headers, body = there.got[0]
    assert is_genuine(secret, headers["blangko-signature"], body)
    assert not is_genuine(secret + "x", headers["blangko-signature"], body)
    assert not is_genuine(secret, headers["blangko-signature"], body + b" ")
    assert not is_genuine(secret, rules.signature(secret, int(time.time()) - 3600, body), body)


def test_another_offices_changes_and_other_kinds_are_not_sent(app):
    with receiving() as here, receiving() as above, receiving() as lost:
        add(app, here.url)
        add(app, above.url, "15")
        add(app, lost.url, "0", kinds=[ChangeKind.CARD_LOST])
        tell(app, "15.03", "15.04", "16.01", "15")
        tell(app, "16.01", kind=ChangeKind.CARD_LOST)
        send(app)
        assert (here.positions, above.positions, lost.positions) == ([1], [1, 2, 4], [5])


def test_a_webhook_that_nothing_is_for_is_passed_over_in_leaps(app, monkeypatch):
    monkeypatch.setattr(delivery, "_FAR", 3)
    with receiving() as there:
        hook, _ = add(app, there.url)
        for number, cursor in ((2, 0), (2, 4)):
            tell(app, *["15.04"] * number)
            assert send(app) == 0
            with app.app_context():
                assert current().get(Webhook, hook).cursor == cursor
        tell(app, "15.03")
        assert send(app) == 1
        assert there.positions == [5]


def test_what_failed_is_tried_again_later_and_nothing_behind_it_goes_first(app, calls):
    admin, now = calls("admin", "15.03"), clock.now()
    with receiving() as there:
        hook, _ = add(app, there.url)
        tell(app, "15.03", "15.03", "15.03")
        there.answers = [204, 500, 302, 0]
        there.extra = {"Location": there.url}
        assert send(app, at=now) == 1
        shown = admin.get(f"/webhooks/{hook}")
        assert (shown["cursor"], shown["failures"], shown["last_status"]) == (1, 1, 500)
        assert shown["last_error"] == "answer_refused"
        assert timedelta(seconds=3) < datetime.fromisoformat(shown["next_try_at"]) - now < timedelta(seconds=7)
        assert send(app, at=now + timedelta(seconds=2)) == 0
        assert there.positions == [1, 2]
        assert send(app, at=now + timedelta(seconds=10)) == 0  # a redirect is not followed
        assert admin.get(f"/webhooks/{hook}")["last_status"] == 302
        assert send(app, at=now + timedelta(minutes=1)) == 0
        shown = admin.get(f"/webhooks/{hook}")
        assert (shown["failures"], shown["last_status"], shown["last_error"]) == (3, None, "broken_off")
        assert send(app, at=now + timedelta(minutes=5)) == 2
        assert there.positions == [1, 2, 2, 2, 2, 3]
        assert {headers["blangko-delivery"] for headers, _ in there.got[1:5]} == {f"{hook}-2"}
        shown = admin.get(f"/webhooks/{hook}")
        assert (shown["cursor"], shown["failures"], shown["next_try_at"]) == (3, 0, None)


def test_a_change_that_fails_too_often_is_a_dead_letter_and_the_next_has_its_turn(app, calls):
    admin, now = calls("admin", "15.03"), clock.now()
    with receiving() as there:
        hook, _ = add(app, there.url)
        tell(app, "15.03", "15.03")
        there.answers = [503] * MAX_TRIES
        for number in range(MAX_TRIES):
            assert admin.get(f"/webhooks/{hook}/dead-letters")["items"] == []
            assert send(app, at=now + timedelta(hours=2 * number)) == 0
        assert there.positions == [1] * MAX_TRIES
        (letter,) = admin.get(f"/webhooks/{hook}/dead-letters?told=false")["items"]
        assert letter == {
            "position": 1, "tries": MAX_TRIES, "last_status": 503, "last_error": "answer_refused",
            "dead_at": letter["dead_at"], "wanted_at": None, "told_at": None,
        }  # fmt: skip
        shown = admin.get(f"/webhooks/{hook}")
        assert (shown["cursor"], shown["failures"]) == (1, MAX_TRIES)
        later = now + timedelta(days=3)
        assert send(app, at=later) == 1
        assert there.positions[MAX_TRIES:] == [2]
        # Once more by hand: it fails again, then it is taken, then it is not dead any more.
        there.answers = [500]
        for tries, taken in ((MAX_TRIES + 1, 0), (MAX_TRIES + 2, 1)):
            asked = admin.post(f"/webhooks/{hook}/dead-letters/1/retry", expect=200, key=f"retry-{tries}")
            assert asked["wanted_at"] is not None
            assert send(app, at=later) == taken
            again = admin.post(f"/webhooks/{hook}/dead-letters/1/retry", expect=200, key=f"retry-{tries}")
            assert (again["tries"], again["wanted_at"]) == (tries, None)
        assert again["told_at"] is not None
        assert admin.post(f"/webhooks/{hook}/dead-letters/1/retry", expect=409)["code"] == "dead_letter_told"
        assert there.positions[MAX_TRIES + 1 :] == [1, 1]
        assert admin.get(f"/webhooks/{hook}/dead-letters?told=false")["items"] == []
        assert [one["position"] for one in admin.get(f"/webhooks/{hook}/dead-letters?told=true")["items"]] == [1]


def test_a_replay_tells_again_from_a_position_and_settles_dead_letters_on_its_way(app, calls, monkeypatch):
    monkeypatch.setattr(delivery, "MAX_TRIES", 1)
    admin = calls("admin", "15.03")
    with receiving() as there:
        hook, _ = add(app, there.url)
        tell(app, "15.03", "15.03", "15.03")
        there.answers = [500]
        send(app)
        assert send(app, at=clock.now() + timedelta(minutes=1)) == 2
        assert admin.post(f"/webhooks/{hook}/replay", {"after": 4}, 409)["facts"]["cursor"] == 3
        admin.post(f"/webhooks/{hook}/replay", {"after": -1}, 422)
        admin.post(f"/webhooks/{hook}/replay", {}, 422)
        shown = admin.post(f"/webhooks/{hook}/replay", {"after": 0}, 200, key="again")
        assert shown["cursor"] == 0
        assert send(app) == 3
        assert there.positions == [1, 2, 3, 1, 2, 3]
        assert admin.get(f"/webhooks/{hook}/dead-letters?told=false")["items"] == []
        # The same key again moves nothing back.
        assert admin.post(f"/webhooks/{hook}/replay", {"after": 0}, 200, key="again")["cursor"] == 3


def test_a_webhook_that_is_stopped_is_not_called_and_goes_on_where_it_was(app, calls):
    admin = calls("admin", "15.03")
    with receiving() as there:
        hook, _ = add(app, there.url)
        admin.patch(f"/webhooks/{hook}", {"active": False})
        tell(app, "15.03", "15.03")
        assert send(app) == 0
        admin.patch(f"/webhooks/{hook}", {"active": True})
        assert send(app) == 2
        assert there.positions == [1, 2]


def test_a_webhook_that_is_held_by_another_sender_is_left_alone_until_the_minute_is_over(app):
    with receiving() as there:
        hook, _ = add(app, there.url)
        tell(app, "15.03")
        with app.app_context():
            assert delivery._take(hook) is not None
            assert delivery._take(hook) is None
        assert send(app) == 0
        assert send(app, at=clock.now() + timedelta(seconds=61)) == 1
        assert there.positions == [1]


@pytest.mark.parametrize("change", ["replay", "stop"])
def test_what_somebody_changes_while_a_call_is_under_way_is_not_undone_by_its_answer(app, calls, change):
    """The change is made by the receiver itself, between the call and the answer."""
    admin = calls("admin", "15.03")
    with receiving() as there:
        hook, _ = add(app, there.url)
        tell(app, "15.03", "15.03", "15.03")

        class Meddling(dict):
            def items(self):
                if len(there.got) == 2 and change == "replay":
                    admin.post(f"/webhooks/{hook}/replay", {"after": 0}, 200)
                elif len(there.got) == 2:
                    admin.patch(f"/webhooks/{hook}", {"active": False})
                return super().items()

        there.extra = Meddling()
        send(app)
        assert there.positions == [1, 2]
        shown = admin.get(f"/webhooks/{hook}")
        if change == "replay":
            assert shown["cursor"] == 0
            assert send(app) == 3
            assert there.positions == [1, 2, 1, 2, 3]
        else:
            assert (shown["cursor"], shown["active"]) == (1, False)
            assert send(app) == 0


def test_no_transaction_is_open_while_a_webhook_is_called(app, database):
    busy = []
    with receiving() as there:
        add(app, there.url)
        tell(app, "15.03", "15.03")

        class Looking(dict):
            def items(self):
                with app.app_context():
                    if not database.sqlite:
                        asked = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'"
                        busy.append(db.session.execute(sa.text(asked)).scalar())
                    with transaction() as session:  # on SQLite there is one writer
                        session.execute(sa.text("UPDATE offices SET name = name WHERE code = '0'"))
                return super().items()

        there.extra = Looking()
        assert send(app) == 2
    assert set(busy) <= {0}


def certificate(folder, *names):
    """A certificate of our own for 127.0.0.1 or for a name, and the server side that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - dt.timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(list(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "cert.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return file, context


def test_the_certificate_must_be_valid_for_the_name_although_an_address_is_called(tmp_path, monkeypatch):
    file, context = certificate(tmp_path, x509.DNSName("blangko.example.go.id"))
    reach = Reach(local=True, resolve=lambda name, port: ["127.0.0.1"])
    with receiving(context) as there:

        def call(host):
            with Line(f"https://{host}:{there.port}/inbox", reach) as line:
                return [line.call(b"{}", {"Blangko-Position": "1"}) for _ in range(2)]

        assert call("blangko.example.go.id") == [Answer(failure=Failure.TLS_FAILED)] * 2  # nobody vouches for it
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert call("blangko.example.go.id") == [Answer(204)] * 2
        assert there.got[0][0]["host"] == f"blangko.example.go.id:{there.port}"
        assert call("other.example.go.id") == [Answer(failure=Failure.TLS_FAILED)] * 2
        assert call("127.0.0.1") == [Answer(failure=Failure.TLS_FAILED)] * 2
        assert len(there.got) == 2


def test_an_address_in_the_certificate_will_do_for_an_address(tmp_path, monkeypatch):
    file, context = certificate(tmp_path, x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with receiving(context) as there, Line(there.url, LOCAL) as line:
        assert line.call(b"{}", {"Blangko-Position": "1"}) == Answer(204)


def test_who_does_not_answer_or_drips_is_not_waited_for(monkeypatch):
    with receiving() as there, Line(there.url, LOCAL) as line:
        there.hold.clear()
        monkeypatch.setattr(sending, "_READ", 0.2)
        assert line.call(b"{}", {"Blangko-Position": "1"}) == Answer(failure=Failure.TOO_SLOW)
        monkeypatch.setattr(sending, "_READ", 10)
        monkeypatch.setattr(sending, "_CALL", 0.3)
        started = time.monotonic()
        assert line.call(b"{}", {"Blangko-Position": "1"}) == Answer(failure=Failure.TOO_SLOW)
        assert time.monotonic() - started < 5


def test_where_nobody_listens_the_connection_fails():
    with receiving() as there:
        url = there.url
    with Line(url, LOCAL) as line:
        assert line.call(b"{}", {}) == Answer(failure=Failure.CONNECTION_FAILED)


def test_the_next_address_of_a_name_is_called_where_the_first_does_not_answer():
    with receiving() as there:
        reach = Reach(local=True, resolve=lambda name, port: ["::1", "127.0.0.1"])
        with Line(f"http://blangko.example.go.id:{there.port}/", reach) as line:
            assert line.call(b"{}", {"Blangko-Position": "1"}) == Answer(204)


def test_a_webhook_whose_name_turned_private_is_not_called_and_says_so(app, calls, public, monkeypatch):
    admin = calls("admin", "15.03")
    made = admin.post("/webhooks", BODY)["id"]
    tell(app, "15.03")
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", ("127.0.0.1", 443))])
    with app.app_context():
        assert delivery.send_to(made) == 0
    assert admin.get(f"/webhooks/{made}")["last_error"] == "address_refused"


# Shortfalls


def shortfall(**changes):
    facts = {"kind": "office", "office": "15.03", "name": "Sarolangun", "needed_on": dt.date(2026, 3, 9),
             "days_left": 5, "severity": Severity.WARNING, "quantity": 500, **changes}  # fmt: skip
    return Shortfall(**facts)


def test_a_shortfall_is_told_once_again_when_worse_and_anew_when_it_comes_back(app, calls, monkeypatch):
    now, found = clock.now(), []
    answer = type("Found", (), {"page": type("Page", (), {"items": found})})
    monkeypatch.setattr(commands.planning, "shortfalls", lambda *_words: answer)

    def look(hours, *shortfalls):
        found[:] = shortfalls
        with app.app_context(), clock.telling(now + timedelta(hours=hours)):
            return commands.raise_shortfalls(people.system_actor())

    assert look(0, shortfall(), shortfall(kind="event", event=7, office="15")) == 2
    assert look(1, shortfall(quantity=600), shortfall(kind="event", event=7, office="15")) == 0
    assert look(2, shortfall(quantity=700)) == 1
    assert look(3, shortfall(severity=Severity.CRITICAL)) == 1
    assert look(4, shortfall(severity=Severity.NOTICE)) == 0
    assert look(10) == 0
    assert look(20, shortfall()) == 0  # it was gone for less than a day
    assert look(60) == 0
    with app.app_context():
        assert current().scalars(sa.select(ToldShortfall)).all() == []
    assert look(61, shortfall()) == 1
    with app.app_context():
        commands.number_changes()
    items = told(calls("coordinator", "15"))["items"]
    assert [(one["kind"], one["office"], one["event"], one["facts"]["quantity"]) for one in items] == [
        ("shortfall_raised", "15.03", None, 500), ("shortfall_raised", "15", 7, 500),
        ("shortfall_raised", "15.03", None, 700), ("shortfall_raised", "15.03", None, 500),
        ("shortfall_raised", "15.03", None, 500),
    ]  # fmt: skip
    assert items[0]["facts"] == {
        "subject": "office", "severity": "warning", "quantity": 500, "needed_on": "2026-03-09", "days_left": 5,
    }  # fmt: skip
    assert items[0]["movement"] is None


def test_a_real_event_that_runs_short_is_told_to_whoever_listens(app, calls):
    coordinator, today = calls("coordinator", "15"), clock.business_day("Asia/Jakarta")
    day = (today + timedelta(days=5)).isoformat()
    event = coordinator.post("/events", {
        "name": "Gotong royong", "kind": "gotong_royong", "host_office": "15.03", "starts_on": day, "ends_on": day,
        "opens_at": "08:00", "closes_at": "16:00",
    })["id"]  # fmt: skip
    coordinator.post(f"/events/{event}/stops", {
        "name": "Pauh", "kind": "office", "starts_at": f"{day}T08:00:00+07:00", "ends_at": f"{day}T16:00:00+07:00",
        "target_people": 1000, "kits": 6, "minutes_per_recording": 5,
    })  # fmt: skip
    with receiving() as there:
        add(app, there.url, kinds=[ChangeKind.SHORTFALL_RAISED])
        with app.app_context():
            assert commands.raise_shortfalls(people.system_actor()) == 1
            assert commands.raise_shortfalls(people.system_actor()) == 0
            assert commands.number_changes() == 1
        send(app)
        (item,) = there.items
    (short,) = coordinator.get("/shortfalls")["items"]
    assert (item["event"], item["office"], item["facts"]["quantity"]) == (event, "15.03", short["quantity"])


def test_nothing_that_is_told_holds_a_nik_or_a_name(app, database, printer):
    printed(printer, "a")
    card = {"recording": "a", "collected_by": "Umar bin Hasan", "collector_relation": "father"}
    printer.post("/cards/issue", {"cards": [card]}, 200)
    with app.app_context():
        seal(database.ledger_dir)
        commands.number_changes()
        kept = [[row.facts, row.recordings] for row in current().scalars(sa.select(Change))]
    for text in (str(told(printer)), str(kept)):
        assert not re.search(r"\d{16}", text)
        assert "Umar" not in text
