"""Webhooks as they are called: in order, signed, tried again, given up, replayed, and only over a good connection."""

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

from inventory import clock
from inventory.database import current, db, transaction
from inventory.hooks import delivery, rules, sending
from inventory.hooks.models import Webhook
from inventory.hooks.rules import MAX_TRIES, Failure
from inventory.hooks.sending import Answer, Line, Reach
from inventory.outbox import ChangeKind
from tests.receiver import receiving
from tests.webhooks import LOCAL, add, send, tell, told

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "hooks.md"


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
