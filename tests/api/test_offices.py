"""Offices and stores: who sees which, and how an administrator opens and changes them."""

from __future__ import annotations

import pytest

from inventory.offices.rules import StoreKind

STORE = {"code": "15.03-UPT-PAUH", "office": "15.03", "kind": "service_point", "name": "UPT Pauh", "region": "15.03.04"}


@pytest.fixture
def admin(calls):
    return calls("admin", "0")


def test_init_opens_an_office_with_a_main_store_for_the_ministry_every_province_and_every_regency(admin):
    levels, cursor = {}, ""
    while cursor is not None:
        batch = admin.get(f"/offices?limit=500{cursor and '&cursor=' + cursor}")
        for office in batch["items"]:
            levels[office["level"]] = levels.get(office["level"], 0) + 1
        cursor = batch["next"]
    assert levels == {"ministry": 1, "province": 38, "regency": 514}
    assert admin.get("/stores?office=15.03")["items"][0]["code"] == "15.03-UTAMA"


def test_an_office_tells_its_place_zone_and_settings(admin):
    office = admin.get("/offices/15.03")
    assert (office["id"], office["code"], office["level"], office["parent"]) == ("15.03", "15.03", "regency", "15")
    assert (office["time_zone"], office["zone"]) == ("Asia/Jakarta", "WIB")
    assert (office["backdate_days"], office["undo_minutes"], office["version"]) == (7, 1440, 1)
    assert admin.get("/offices/91")["zone"] == "WIT"
    assert admin.get("/offices/0")["parent"] is None


def test_the_children_of_an_office_are_asked_by_parent(calls):
    children = calls("coordinator", "15").get("/offices?parent=15")["items"]
    assert len(children) == 11
    assert {child["parent"] for child in children} == {"15"}


def test_an_office_is_changed_by_whoever_read_it_last(admin):
    changed = admin.patch(
        "/offices/15.03", {"backdate_days": 14, "spoil_rate": 0.047, "name": "Disdukcapil Sarolangun"}
    )
    assert (changed["backdate_days"], changed["spoil_rate"], changed["version"]) == (14, 0.047, 2)
    stale = admin.patch("/offices/15.03", {"undo_minutes": 60}, 412, If_Match='"1"')
    assert (stale["code"], stale["facts"]["current"], stale["facts"]["yours"]) == ("stale_version", 2, 1)
    assert admin.patch("/offices/15.03", {"spoil_rate": None}, If_Match='W/"2"')["spoil_rate"] is None
    assert admin.get("/offices/15.03")["undo_minutes"] == 1440


def test_an_answer_carries_its_etag(admin):
    assert admin.send("GET", "/offices/15.03").headers["ETag"] == '"1"'
    answer = admin.send("PATCH", "/offices/15.03", {"backdate_days": 3}, If_Match='"1"')
    assert answer.headers["ETag"] == '"2"'


@pytest.mark.parametrize(
    ("match", "status", "code"),
    [
        (None, 428, "version_missing"),
        ("", 428, "version_missing"),
        *[(word, 422, "version_unreadable") for word in ("abc", '"99999999999"', '"²"', "*", '"-1"', '"1","2"')],
    ],
)
def test_a_change_names_the_version_it_changes(admin, match, status, code):
    headers = {} if match is None else {"If_Match": match}
    answer = admin.send("PATCH", "/offices/15.03", {"backdate_days": 3}, **headers)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "change",
    [
        {"backdate_days": -1}, {"backdate_days": 36_501}, {"backdate_days": "7"}, {"backdate_days": None},
        {"undo_minutes": 525_601}, {"spoil_rate": 1}, {"spoil_rate": -0.1}, {"spoil_rate": "0.1"}, {"spoil_rate": True},
        {"spoil_rate": 10**400}, {"name": ""}, {"name": "a\u0000b"}, {"name": "x" * 121}, {"code": "15.04"},
        {"version": 5}, {"time_zone": "Asia/Jayapura"},
    ],
)  # fmt: skip
def test_a_change_that_can_never_be_right_is_refused(admin, change):
    problem = admin.patch("/offices/15.03", change, 422)
    assert problem["errors"][0]["pointer"] == f"/{next(iter(change))}"
    assert admin.get("/offices/15.03")["version"] == 1


def test_a_new_regency_gets_its_office_with_its_main_store(app, admin, calls):
    from inventory.database import transaction
    from inventory.offices.models import Office, Store

    with app.app_context(), transaction() as session:  # as if 15.72 had been made after the first start
        session.delete(session.get(Store, "15.72-UTAMA"))
        session.flush()
        session.delete(session.get(Office, "15.72"))
    made = calls("admin", "15").post("/offices", {"code": "15.72", "name": "Dinas Dukcapil Kota Sungai Penuh"})
    assert (made["level"], made["parent"], made["zone"]) == ("regency", "15", "WIB")
    assert admin.get("/stores?office=15.72")["items"][0]["kind"] == "main"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": "15.03", "name": "x"}, 409, "code_taken"),
        ({"code": "99", "name": "x"}, 404, "region_not_found"),
        ({"code": "15.03.04", "name": "x"}, 422, "not_an_office_code"),
        ({"code": "0", "name": "x"}, 422, "body_invalid"),
        ({"code": "15.03\n", "name": "x"}, 409, "code_taken"),
        ({"name": "x"}, 422, "body_invalid"),
    ],
)
def test_an_office_that_cannot_be_is_refused(admin, body, status, code):
    assert admin.post("/offices", body, status)["code"] == code


def test_a_store_is_opened_and_seen(admin, calls):
    made = admin.post("/stores", STORE)
    assert made == STORE | {"id": STORE["code"], "event": None} | {k: v for k, v in made.items() if k not in STORE}
    assert calls("clerk", "15.03").get(f"/stores/{STORE['code']}") == made
    codes = [store["code"] for store in calls("clerk", "15.03").get("/stores")["items"]]
    assert codes == ["15.03-UPT-PAUH", "15.03-UTAMA"]


def test_a_code_is_taken_once(admin):
    admin.post("/stores", STORE)
    assert admin.post("/stores", STORE | {"name": "Lain"}, 409)["code"] == "code_taken"


@pytest.mark.parametrize("kind", [kind for kind in StoreKind if kind is not StoreKind.EVENT_KIT])
def test_a_store_may_be_of_any_kind_but_a_kit(admin, kind):
    assert admin.post("/stores", STORE | {"kind": kind.value})["kind"] == kind


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"kind": "event_kit"}, 422, "kits_are_made_by_events"),
        ({"code": "15.03-UTAMA"}, 422, "store_code_reserved"),
        ({"code": "15.03-ACARA-7"}, 422, "store_code_reserved"),
        ({"code": "16-Utama"}, 422, "store_code_reserved"),
        ({"code": ".."}, 422, "body_invalid"),
        ({"office": "99"}, 404, "office_not_found"),
        ({"region": "15.03.99"}, 404, "region_not_found"),
        ({"kind": "shed"}, 422, "body_invalid"),
        ({"code": "a b"}, 422, "body_invalid"),
        ({"code": "x" * 41}, 422, "body_invalid"),
        ({"event": 1}, 422, "body_invalid"),
    ],
)
def test_a_store_that_cannot_be_is_refused(admin, change, status, code):
    assert admin.post("/stores", STORE | change, status)["code"] == code
    assert STORE["code"] not in [store["code"] for store in admin.get("/stores?office=15.03")["items"]]
