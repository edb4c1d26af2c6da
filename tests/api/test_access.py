"""Every route asks its permission of every role, and nobody reaches past their own subtree."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from werkzeug.routing import IntegerConverter

from api.auth import OPEN_ENDPOINTS, is_page
from inventory.access import PERMITTED, Action, Role
from inventory.audit import AuditRow
from inventory.database import current
from tests.builders import receipt
from tests.outreach import running_event

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


def routes_of(app):
    """(method, address with harmless values, permission) of everything that needs a token."""
    found, addresses = [], app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_ENDPOINTS or is_page(rule.endpoint):
            continue  # pages have tests of their own: tests/web/test_every_page.py
        values = {
            name: 999_999 if isinstance(kind, IntegerConverter) else "99.99" for name, kind in rule._converters.items()
        }
        permission = app.view_functions[rule.endpoint].permission
        methods = [method for method in METHODS if method in rule.methods]
        found += [(method, addresses.build(rule.endpoint, values, method=method), permission) for method in methods]
    assert len(found) > 30
    return found


def ask(caller, method, address):
    body = {} if method in ("POST", "PATCH", "PUT") else None
    return caller.send(method, address.removeprefix("/api/v1"), body, If_Match='"1"')


@pytest.mark.parametrize("role", list(Role))
def test_every_route_is_for_the_roles_that_know_its_action_and_for_no_other(app, calls, role):
    caller = calls(role.value, "0")
    wrong = []
    for method, address, permission in routes_of(app):
        answer = ask(caller, method, address)
        allowed = permission in PERMITTED[role]
        refused = answer.status_code == 403 and answer.get_json()["code"] == "not_permitted"
        if refused == allowed or answer.status_code in (401, 500):
            wrong.append((method, address, permission, answer.status_code))
    assert wrong == []


def test_the_inspector_changes_nothing_and_reads_all(app):
    actions = {method: set() for method in METHODS}
    for method, _, permission in routes_of(app):
        actions[method].add(permission)
    changing = actions["POST"] | actions["PATCH"] | actions["PUT"] | actions["DELETE"]
    assert changing & PERMITTED[Role.INSPECTOR] == set()
    assert actions["GET"] - {Action.ADMINISTER} <= PERMITTED[Role.INSPECTOR]


def test_the_administrator_may_do_what_all_others_may():
    assert frozenset(Action) == PERMITTED[Role.ADMIN]


@pytest.mark.parametrize("role", [role for role in Role if Action.MOVE_STOCK not in PERMITTED[role]])
def test_a_refused_role_moves_nothing(app, calls, role, exact):
    problem = calls(role.value, "15.03").post("/receipts", receipt("15.03-UTAMA", 10), 403)
    assert problem["code"] == "not_permitted"
    assert problem["facts"]["role"] == role.value
    assert calls("inspector", "0").stock("15.03-UTAMA")["on_hand"] == 0


# What a clerk of 15.04 (Batang Hari) may not see or touch of 15.03 (Sarolangun), and the other way round.
OBJECTS = [
    ("GET", "/receipts/{receipt}"),
    ("GET", "/movements/{movement}"),
    ("GET", "/offices/15.03"),
    ("GET", "/stores/15.03-UTAMA"),
    ("GET", "/stock?store=15.03-UTAMA"),
    ("GET", "/stock/entries?store=15.03-UTAMA&item=blangko"),
    ("GET", "/receipts?store=15.03-UTAMA"),
]
FILTERS = [
    "/stock?office=15.03",
    "/stock?office=15",
    "/stock?office=0",
    "/receipts?office=15.03",
    "/stores?office=15.03",
    "/offices?parent=15",
    "/offices?parent=0",
]


@pytest.fixture
def received(calls):
    return calls("clerk", "15.03").post("/receipts", receipt("15.03-UTAMA", 100))


@pytest.mark.parametrize(("method", "address"), OBJECTS)
@pytest.mark.parametrize("office", ["15.04", "15.01", "16"])
def test_a_thing_of_another_office_does_not_exist(calls, received, method, address, office):
    known = {"receipt": received["id"], "movement": received["movement"]}
    stranger = calls("clerk", office)
    theirs = stranger.send(method, address.format(**known))
    nothing = stranger.send(method, address.format(receipt=999, movement=999).replace("15.03", "99.99"))
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert theirs.get_json()["code"] == nothing.get_json()["code"]
    assert calls("clerk", "15.03").send(method, address.format(**known)).status_code == 200
    assert calls("inspector", "15").send(method, address.format(**known)).status_code == 200


@pytest.mark.parametrize("address", FILTERS)
def test_a_filter_out_of_reach_is_refused(calls, received, address):
    problem = calls("clerk", "15.04").get(address, 403)
    assert problem["code"] == "out_of_reach"
    assert calls("inspector", "0").get(address)["next"] is None


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/receipts", receipt("15.03-UTAMA", 10)),
        ("/spoilages", {"store": "15.03-UTAMA", "item": "blangko", "quantity": 1, "reason": "damaged"}),
        ("/losses", {"store": "15.03-UTAMA", "item": "blangko", "quantity": 1, "reason": "dicuri"}),
        ("/consumptions", {"store": "15.03-UTAMA", "item": "ribbon", "quantity": 1}),
        ("/movements/{movement}/reversal", {"reason": "salah"}),
    ],
)
def test_stock_of_another_office_cannot_be_moved(calls, received, exact, address, body):
    for office in ("15.04", "15.01", "16"):
        problem = calls("clerk", office).post(address.format(movement=received["movement"]), body, 404)
        assert problem["code"] in ("store_not_found", "movement_not_found")
    assert calls("clerk", "15.03").stock("15.03-UTAMA")["on_hand"] == 100


def test_a_province_moves_the_stock_of_its_regencies(calls, received, exact):
    body = {"store": "15.03-UTAMA", "item": "blangko", "quantity": 1, "reason": "damaged"}
    calls("clerk", "15").post("/spoilages", body)
    assert calls("clerk", "15.03").stock("15.03-UTAMA") | {"on_hand": 99, "spoiled": 1} == calls(
        "clerk", "15.03"
    ).stock("15.03-UTAMA")


def test_lists_hold_the_own_subtree_only(calls, received):
    calls("clerk", "15.04").post("/receipts", receipt("15.04-UTAMA", 7))
    calls("clerk", "16").post("/receipts", receipt("16-UTAMA", 5))
    for office, seen in {
        "15.04": {"15.04"},
        "15": {"15.03", "15.04"},
        "16": {"16"},
        "0": {"15.03", "15.04", "16"},
    }.items():
        reader = calls("inspector", office)
        assert {row["office"] for row in reader.get("/stock")["items"]} == seen
        assert {row["office"] for row in reader.get("/receipts")["items"]} == seen
    assert {row["code"] for row in calls("clerk", "15.04").get("/offices")["items"]} == {"15.04"}
    assert {row["code"] for row in calls("clerk", "15.04").get("/stores")["items"]} == {"15.04-UTAMA"}
    assert len(calls("clerk", "15").get("/offices?limit=500")["items"]) == 12


def test_an_administrator_of_a_province_administers_that_province_only(calls):
    admin = calls("admin", "15")
    outside = {"name": "Budi", "role": "clerk", "office": "16"}
    assert admin.post("/users", outside, 404)["code"] == "office_not_found"
    store = {"code": "16-UPT", "office": "16", "kind": "service_point", "name": "UPT"}
    assert admin.post("/stores", store, 404)["code"] == "office_not_found"
    assert admin.patch("/offices/16", {"name": "x"}, 404, If_Match='"1"')["code"] == "office_not_found"
    item = {"code": "blangko-2", "name": "Blangko", "kind": "blank", "family": "blangko", "unit": "keping"}
    assert admin.post("/items", item, 403)["code"] == "out_of_reach"
    stranger = calls("admin", "0").post("/users", outside)
    assert admin.post(f"/users/{stranger['id']}/tokens", {"label": "x"}, 404)["code"] == "user_not_found"
    assert stranger["id"] not in {user["id"] for user in admin.get("/users?limit=500")["items"]}
    assert admin.post("/users", outside | {"office": "15.03"})["office"] == "15.03"


def audit_rows(app):
    with app.app_context():
        query = sa.select(
            AuditRow.user_id, AuditRow.action, AuditRow.subject, AuditRow.office_code, AuditRow.subject_id
        )
        return [tuple(row) for row in current().execute(query.order_by(AuditRow.id))]


def test_every_change_leaves_one_audit_row_with_its_actor(app, calls, exact):
    clerk, admin = calls("clerk", "15.03"), calls("admin", "0")
    before = len(audit_rows(app))
    stock = {"store": "15.03-UTAMA", "item": "blangko", "quantity": 1}
    got = clerk.post("/receipts", receipt("15.03-UTAMA", 100))
    clerk.post("/receipts", receipt("15.03-UTAMA", 10, "ribbon"))
    spoiled = clerk.post("/spoilages", stock | {"reason": "damaged"})
    clerk.post("/losses", stock | {"reason": "dicuri"})
    clerk.post("/consumptions", stock | {"item": "ribbon"})
    clerk.post(f"/movements/{spoiled['id']}/reversal", {"reason": "salah"})
    admin.post("/stores", {"code": "15.03-UPT", "office": "15.03", "kind": "service_point", "name": "UPT"})
    admin.patch("/offices/15.03", {"backdate_days": 3})
    item = {"code": "blangko-2", "name": "Blangko", "kind": "blank", "family": "blangko", "unit": "keping"}
    admin.post("/items", item)
    user = admin.post("/users", {"name": "Siti Rahayu", "role": "clerk", "office": "15.03"})
    token = admin.post(f"/users/{user['id']}/tokens", {"label": "meja 1"})
    assert admin.send("DELETE", f"/tokens/{token['id']}").status_code == 204
    rows = audit_rows(app)[before:]
    assert [(row[0], row[1]) for row in rows] == [
        *[(clerk.actor.user_id, verb) for verb in ("receive", "receive", "spoilage", "loss", "consumption", "reverse")],
        *[
            (admin.actor.user_id, verb)
            for verb in ("open_store", "change_office", "add_item", "add_user", "issue_token", "revoke_token")
        ],
    ]
    assert {row[3] for row in rows} == {"15.03", "0"}
    assert rows[0][4] == str(got["id"])
    assert "Siti" not in repr(rows)
    assert token["token"] not in repr(rows)


def test_what_is_refused_or_repeated_leaves_no_audit_row(app, calls, exact):
    clerk = calls("clerk", "15.03")
    clerk.post("/receipts", receipt("15.03-UTAMA", 10), key="once")
    before = audit_rows(app)
    clerk.post("/receipts", receipt("15.03-UTAMA", 10), key="once")
    clerk.post("/receipts", receipt("15.03-UTAMA", 11), 409, key="once")
    clerk.post("/spoilages", {"store": "15.03-UTAMA", "item": "blangko", "quantity": 11, "reason": "damaged"}, 409)
    calls("clerk", "15.04").post("/receipts", receipt("15.03-UTAMA", 10), 404)
    assert [row for row in audit_rows(app) if row not in before] == [
        row for row in audit_rows(app) if row not in before and row[1] == "issue_token"
    ]


def test_what_a_member_books_in_an_events_kit_is_answered_and_read_by_the_member(app, calls, exact):
    event, member = running_event(app, "15.03"), calls("clerk", "15.05")
    member.post("/receipts", receipt(event.store, 10), 404)
    event.let_in(member)
    got = member.post("/receipts", receipt(event.store, 100))
    assert member.get(f"/receipts/{got['id']}") == got
    stock = {"store": event.store, "item": "blangko", "quantity": 1}
    member.post("/receipts", receipt(event.store, 10, "ribbon"))
    for path, body in {
        "/spoilages": stock | {"reason": "damaged"},
        "/losses": stock | {"reason": "dicuri"},
        "/consumptions": stock | {"item": "ribbon"},
    }.items():
        made = member.post(path, body)
        assert member.get(f"/movements/{made['id']}") == made
        calls("clerk", "15.06").get(f"/movements/{made['id']}", 404)
        back = member.post(f"/movements/{made['id']}/reversal", {"reason": "salah"})
        assert member.get(f"/movements/{back['id']}") == back
    assert calls("clerk", "15.03").get(f"/receipts/{got['id']}") == got
