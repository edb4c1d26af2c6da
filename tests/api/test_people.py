"""Users and tokens: an administrator adds them within the own subtree; a token is shown once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from inventory.access import Role

USER = {"name": "Siti Rahayu", "role": "clerk", "office": "15.03"}


@pytest.fixture
def admin(calls):
    return calls("admin", "15")


@pytest.mark.parametrize("role", list(Role))
def test_a_user_has_a_role_at_an_office(admin, role):
    made = admin.post("/users", USER | {"role": role.value})
    assert made == USER | {"id": made["id"], "role": role.value, "active": True}
    assert made in admin.get("/users?limit=500")["items"]


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_ask_who_they_are(calls, role):
    caller = calls(role.value, "15.03")
    assert caller.get("/me") == {
        "user": caller.actor.user_id, "name": f"{role}@15.03", "role": role.value, "office": "15.03",
    }  # fmt: skip


def test_the_same_key_adds_one_user(admin):
    first = admin.post("/users", USER, key="once")
    assert admin.post("/users", USER, key="once") == first
    assert [user["name"] for user in admin.get("/users?limit=500")["items"]].count(USER["name"]) == 1
    assert admin.post("/users", USER | {"name": "Budi"}, 409, key="once")["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"role": "boss"}, 422, "body_invalid"),
        ({"role": None}, 422, "body_invalid"),
        ({"name": "  "}, 422, "body_invalid"),
        ({"office": "15.99"}, 404, "office_not_found"),
        ({"office": "16"}, 404, "office_not_found"),
        ({"office": "0"}, 404, "office_not_found"),
        ({"active": False}, 422, "body_invalid"),
    ],
)
def test_a_user_that_cannot_be_is_refused(admin, change, status, code):
    problem = admin.post("/users", USER | change, status)
    assert (problem["code"], problem["errors"][0]["pointer"]) == (code, f"/{next(iter(change))}")


def test_a_token_works_and_is_listed_without_itself(admin, calls):
    user = admin.post("/users", USER)
    made = admin.post(f"/users/{user['id']}/tokens", {"label": "meja 1", "days": 30})
    client = admin.app.test_client()
    answer = client.get("/api/v1/stock", headers={"Authorization": f"Bearer {made['token']}"})
    assert answer.status_code == 200
    (listed,) = admin.get(f"/users/{user['id']}/tokens")["items"]
    assert (listed["id"], listed["label"], listed["revoked_at"]) == (made["id"], "meja 1", None)
    life = datetime.fromisoformat(listed["expires_at"]) - datetime.fromisoformat(listed["created_at"])
    assert life == timedelta(days=30)
    assert made["token"] not in repr(listed)
    admin.send("DELETE", f"/tokens/{made['id']}")
    assert admin.get(f"/users/{user['id']}/tokens")["items"][0]["revoked_at"] is not None


@pytest.mark.parametrize(
    "body", [{}, {"label": ""}, {"label": "x", "days": 0}, {"label": "x", "days": 367}, {"label": "x", "d": 1}]
)
def test_a_token_says_what_it_is_for_and_how_long_it_lives(admin, body):
    assert admin.post(f"/users/{admin.actor.user_id}/tokens", body, 422)["code"] == "body_invalid"


def test_people_of_other_offices_are_nobody(admin, calls):
    stranger = calls("admin", "0").post("/users", USER | {"office": "16"})
    made = calls("admin", "0").post(f"/users/{stranger['id']}/tokens", {"label": "x"})
    assert admin.get(f"/users/{stranger['id']}/tokens", 404)["code"] == "user_not_found"
    assert admin.post(f"/users/{stranger['id']}/tokens", {"label": "x"}, 404)["code"] == "user_not_found"
    assert admin.send("DELETE", f"/tokens/{made['id']}").status_code == 404
    assert admin.send("DELETE", "/tokens/999999").get_json()["code"] == "token_not_found"
    assert admin.post("/users/999999/tokens", {"label": "x"}, 404)["code"] == "user_not_found"


def test_an_administrator_of_a_regency_makes_no_administrator_above(calls):
    regency = calls("admin", "15.03")
    assert regency.post("/users", USER | {"role": "admin", "office": "15"}, 404)["code"] == "office_not_found"
    above = calls("admin", "15")
    assert regency.post(f"/users/{above.actor.user_id}/tokens", {"label": "x"}, 404)["code"] == "user_not_found"


def test_a_user_who_works_no_more_is_shut_out_at_once_and_may_come_back(calls):
    admin, clerk = calls("admin", "15"), calls("clerk", "15.03")
    user = clerk.actor.user_id
    assert admin.post(f"/users/{user}/deactivate", expect=200)["active"] is False
    assert admin.post(f"/users/{user}/deactivate", expect=200)["active"] is False
    assert clerk.get("/me", 401)["code"] == "token_missing_or_wrong"
    assert user not in {one["id"] for one in admin.get("/users?active=true&office=15.03")["items"]}
    assert admin.post(f"/users/{user}/activate", expect=200)["active"] is True
    assert clerk.get("/me")["user"] == user
    assert calls("admin", "15.04").post(f"/users/{user}/deactivate", expect=404)["code"] == "user_not_found"
    assert calls("coordinator", "15").post(f"/users/{user}/deactivate", expect=403)["code"] == "not_permitted"


def test_everybody_finds_the_colleagues_of_the_own_subtree_and_nobody_else(calls):
    clerk, other = calls("clerk", "15.03"), calls("printer", "15.04")
    found = clerk.get("/users?office=15.03&role=clerk")["items"]
    assert [one["id"] for one in found] == [clerk.actor.user_id]
    assert other.actor.user_id not in {one["id"] for one in clerk.get("/users")["items"]}
    assert clerk.get("/users?office=15.04", 403)["code"] == "out_of_reach"
