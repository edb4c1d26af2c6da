"""Without a good token nothing answers but the open addresses; wrong tokens are counted, good ones never blocked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from api.auth import OPEN_ENDPOINTS, is_page
from inventory import clock
from inventory.access import Role
from inventory.database import transaction
from inventory.people import commands as people
from inventory.people.models import FailedSignIn, Token, User
from tests.builders import receipt


@pytest.fixture
def strict(app, monkeypatch):
    """Three wrong tokens a minute are enough."""
    monkeypatch.setitem(app.config, "FAILED_TOKENS_PER_MINUTE", 3)
    return app


def ask(app, token, path="/api/v1/stock", address="192.0.2.7", **headers):
    sent = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return app.test_client().get(path, headers={**sent, **headers}, environ_base={"REMOTE_ADDR": address})


def test_every_route_but_the_open_ones_answers_401_without_a_token(app):
    client = app.test_client()
    adapter = app.url_map.bind("localhost")
    asked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_ENDPOINTS or is_page(rule.endpoint):
            continue  # pages have tests of their own: tests/web/test_every_page.py
        values = {name: 1 if "Integer" in type(kind).__name__ else "x" for name, kind in rule._converters.items()}
        for method in rule.methods:
            answer = client.open(adapter.build(rule.endpoint, values, method=method), method=method, json={})
            assert answer.status_code == 401, (method, rule.rule)
            asked += 1
    assert asked > 60


@pytest.mark.parametrize("path", ["/_status", "/api/v1/openapi.json", "/api/docs", "/api/problems"])
def test_the_open_addresses_answer_without_a_token(app, path):
    assert app.test_client().get(path).status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer wrong", "bearer\tx", "Bearer \x80\xff", "Token {token}"]
)
def test_a_wrong_authorization_header_is_401_with_how_to_do_it_right(app, calls, header):
    token = calls("clerk", "15.03").token
    answer = app.test_client().get("/api/v1/stock", headers={"Authorization": header.format(token=token)})
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "token_missing_or_wrong"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_scheme_may_be_written_in_any_case(app, calls):
    token = calls("clerk", "15.03").token
    answer = app.test_client().get("/api/v1/stock", headers={"Authorization": f"bEaReR {token}"})
    assert answer.status_code == 200


def test_a_token_ends_on_its_day(app, calls):
    token = calls("clerk", "15.03").token
    with clock.telling(clock.now() + timedelta(days=people.DAYS, minutes=-1)):
        assert ask(app, token).status_code == 200
    with clock.telling(clock.now() + timedelta(days=people.DAYS, minutes=1)):
        assert ask(app, token).status_code == 401


def test_a_revoked_token_is_worth_nothing_and_may_be_revoked_again(app, calls):
    admin = calls("admin", "15")
    user = admin.post("/users", {"name": "Siti", "role": "clerk", "office": "15.03"})
    made = admin.post(f"/users/{user['id']}/tokens", {"label": "meja 1", "days": 1})
    assert ask(app, made["token"]).status_code == 200
    assert admin.send("DELETE", f"/tokens/{made['id']}").status_code == 204
    assert ask(app, made["token"]).status_code == 401
    assert admin.send("DELETE", f"/tokens/{made['id']}").status_code == 204
    assert ask(app, admin.token).status_code == 200


def test_the_token_of_a_user_who_left_is_worth_nothing(app, calls):
    clerk = calls("clerk", "15.03")
    assert ask(app, clerk.token).status_code == 200
    with app.app_context(), transaction() as session:
        session.execute(sa.update(User).where(User.id == clerk.actor.user_id).values(active=False))
    assert ask(app, clerk.token).status_code == 401


def test_of_a_token_only_its_hash_is_kept(app, calls):
    token = calls("clerk", "15.03").token
    with app.app_context(), transaction() as session:
        kept = repr(session.execute(sa.select(Token.digest, Token.label)).all())
    assert token not in kept
    assert token.removeprefix("blk_") not in kept


def test_too_many_wrong_tokens_are_429_and_a_good_one_from_the_same_address_still_works(strict, calls):
    token = calls("clerk", "15.03").token
    assert [ask(strict, f"wrong{n}").status_code for n in range(5)] == [401, 401, 401, 429, 429]
    refused = ask(strict, "wrong again")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert refused.get_json()["code"] == "too_many_wrong_tokens"
    assert ask(strict, token).status_code == 200
    assert ask(strict, "wrong", address="192.0.2.8").status_code == 401


def test_after_the_minute_the_count_begins_anew_and_old_counts_are_forgotten(strict):
    start = clock.now()
    with clock.telling(start):
        assert [ask(strict, "wrong").status_code for _ in range(4)] == [401, 401, 401, 429]
    with clock.telling(start + timedelta(minutes=2)):
        assert ask(strict, "wrong").status_code == 401
        with strict.app_context(), transaction() as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(FailedSignIn)) == 1


def test_a_missing_token_counts_as_a_wrong_one(strict):
    assert [ask(strict, None).status_code for _ in range(4)] == [401, 401, 401, 429]


def test_an_unknown_address_needs_no_token_to_be_unknown(strict):
    assert [ask(strict, None, "/api/v1/nothing").status_code for _ in range(5)] == [404] * 5


def test_a_good_token_without_the_permission_is_not_counted(strict, calls):
    token = calls("inspector", "15.03").token
    for _ in range(5):
        answer = strict.test_client().post(
            "/api/v1/receipts", json=receipt("15.03-UTAMA", 1), headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 403
    assert ask(strict, token).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_the_standing_user_of_a_role_is_made_once(app, role):
    with app.app_context():
        assert people.user_at(role, "15.03") == people.user_at(role, "15.03")
