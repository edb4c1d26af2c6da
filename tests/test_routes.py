"""What holds for every route, also for those not written yet."""

from __future__ import annotations

import pytest

from api import auth
from api.app import create_app
from api.blueprint import Key
from inventory.access import Action
from tests.builders import settings_for
from tests.routes import ASKED, KEY_OPTIONAL, OPEN, OPEN_AND_CHANGING, OWN


@pytest.fixture(scope="module")
def routes():
    app = create_app(settings_for("sqlite://"))
    return [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()]


def test_every_route_is_open_by_name_or_asks_a_permission(routes):
    forgotten = [
        rule.endpoint
        for rule, view in routes
        if rule.endpoint not in OPEN and not isinstance(getattr(view, "permission", None), Action)
    ]
    assert forgotten == []


def test_no_open_endpoint_changes_anything(routes):
    changing = {"POST", "PATCH", "PUT", "DELETE"}
    guilty = {rule.endpoint for rule, _ in routes if rule.endpoint in OPEN and changing & (rule.methods or set())}
    assert guilty == set(OPEN_AND_CHANGING)


def test_every_post_needs_an_idempotency_key_or_says_why_not(routes):
    posts = {rule.endpoint: view for rule, view in routes if "POST" in (rule.methods or ())}
    keyless = {endpoint for endpoint, view in posts.items() if view.key is not Key.REQUIRED}
    assert keyless == set(KEY_OPTIONAL)


def test_every_changing_route_asks_more_than_reading(routes):
    changing = {"POST", "PATCH", "PUT", "DELETE"}
    guilty = [
        rule.endpoint
        for rule, view in routes
        if changing & (rule.methods or set()) and view.permission in (Action.READ, Action.READ_RECORDINGS)
        if rule.endpoint not in OWN | ASKED
    ]
    assert guilty == []


def test_every_route_of_the_api_is_under_api_v1(routes):
    served = {rule.rule for rule, _ in routes if not auth.is_page(rule.endpoint)}
    outside = {address for address in served if not address.startswith("/api/v1/")}
    assert outside == {"/_status", "/api/problems", "/api/docs", "/api/docs/<path:name>"}
