"""The people of an administrator's subtree, as pages: invited, found, deactivated, and given links and tokens."""

from __future__ import annotations

import html
import re

import pytest

from tests.accounts import PASSWORD
from tests.door import ACCOUNT, OTHER, enter, people_of, typed
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def person(app):
    """`person(login, role, office)` is somebody with the usual password."""
    return people_of(app)


@pytest.fixture
def admin(browses):
    return browses("admin", "15")


def link_on(shown):
    return html.unescape(re.search(r"(/undangan/[\w-]+)", shown.text)[1])


INVITED = {"/name": "Budi Santoso", "/login": "budi", "/role": "printer", "/office": "15.03"}


def test_an_administrator_invites_and_the_invited_chooses_a_password(app, admin):
    shown = admin.submit("/admin/orang/undang", INVITED, 200)
    assert shown.answer.headers["Cache-Control"] == "no-store"
    link = link_on(shown)
    assert f"http://localhost{link}" in shown.text
    assert "diundang" in admin.get("/admin/orang?named=budi").words
    visitor = Visitor(app)
    assert "Selamat datang, Budi Santoso." in visitor.get(link).words
    wrong = visitor.submit(link, {"/password": PASSWORD, "/again": OTHER}, 422)
    assert 'id="f-again-fault"' in wrong.text
    assert PASSWORD not in wrong.text
    weak = visitor.submit(link, {"/password": "budi123", "/again": "budi123"}, 422)
    assert "paling sedikit 12" in weak.words
    done = visitor.submit(link, {"/password": PASSWORD, "/again": PASSWORD})
    assert "Silakan masuk." in visitor.follow(done).words
    assert enter(app, "budi").get("/", 303).location == "/cetak"
    assert "Minta tautan baru" in visitor.get(link, 409).words


def test_an_invitation_sent_twice_shows_its_link_once(admin):
    admin.submit("/admin/orang/undang", INVITED, 200, key="twice")
    again = admin.submit("/admin/orang/undang", INVITED, key="twice")
    shown = admin.follow(again)
    assert "/undangan/" not in shown.text
    assert "Buat tautan baru" in shown.words


def test_an_invitation_is_told_everything_that_is_wrong_at_once(admin):
    shown = admin.submit("/admin/orang/undang", INVITED | {"/login": "bu di", "/office": "16"}, 422)
    assert 'id="f-login-fault"' in shown.text
    assert 'id="f-office-fault"' in shown.text


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"/login": "bu di"}, 422, "login"),
        ({"/name": ""}, 422, "name"),
        ({"/role": ""}, 422, "role"),
        ({"/login": "siti"}, 409, "login"),
        ({"/office": "16"}, 422, "office"),
    ],
)
def test_what_is_wrong_with_an_invitation_stands_at_its_field_with_the_rest_kept(person, admin, wrong, status, field):
    person()
    shown = admin.submit("/admin/orang/undang", INVITED | wrong, status)
    assert f'id="f-{field}-fault"' in shown.text
    form = shown.form("/admin/orang/undang")
    assert form["/name"] == (INVITED | wrong)["/name"]
    assert form["/login"] == (INVITED | wrong)["/login"]


@pytest.mark.parametrize("role", ["clerk", "coordinator", "printer", "field", "inspector"])
def test_only_an_administrator_sees_the_people(browses, person, role):
    who = person()
    for address in ("/admin/orang", "/admin/orang/undang", f"/admin/orang/{who.user_id}"):
        browses(role, "15").get(address, 403)


def test_people_out_of_reach_are_not_there(browses, person):
    who = person()
    elsewhere = browses("admin", "16")
    for page in ("", "/tautan", "/token"):
        elsewhere.get(f"/admin/orang/{who.user_id}{page}", 404)
    assert "Siti" not in elsewhere.get("/admin/orang").words
    elsewhere.get("/admin/orang?office=15.03", 403)
    elsewhere.get("/admin/orang/999999", 404)


def test_the_people_are_found_by_name_role_office_and_state(person, admin):
    person()
    gone = person("budi", "printer", "15.04")
    admin.submit(f"/admin/orang/{gone.user_id}/nonaktif", page=f"/admin/orang/{gone.user_id}")
    for query, there, absent in (
        ("named=SIT", "Siti", "Budi"),
        ("role=printer", "Budi", "Siti"),
        ("office=15.03", "Siti", "Budi"),
        ("state=inactive", "Budi", "Siti"),
        ("state=active", "Siti", "Budi"),
        ("state=tokens_only", "admin@15", "Siti"),
    ):
        words = admin.get(f"/admin/orang?{query}").words
        assert there in words, query
        assert absent not in words, query
    assert "Tidak ada orang yang cocok." in admin.get("/admin/orang?named=nobody").words
    assert "Tidak ada orang yang cocok." in admin.get("/admin/orang?named=%25").words
    assert "siti" in admin.get("/admin/orang?unduh=orang.csv").text


def test_who_is_deactivated_is_out_at_once_and_may_come_back(app, person, admin):
    who = person()
    page = f"/admin/orang/{who.user_id}"
    visitor = enter(app)
    shown = admin.follow(admin.submit(f"{page}/nonaktif", page=page))
    assert "tidak aktif" in shown.words
    visitor.get(ACCOUNT, 303)
    admin.submit(f"{page}/aktif", page=page)
    visitor.get(ACCOUNT, 303)
    enter(app)


def test_an_administrator_ends_a_session_of_the_subtree(app, person, admin):
    who = person()
    visitor = enter(app)
    page = f"/admin/orang/{who.user_id}"
    address = re.search(rf'action="({page}/sesi/\d+/akhiri)"', admin.get(page).text)[1]
    admin.submit(address, page=page)
    visitor.get(ACCOUNT, 303)


def test_a_new_link_says_what_it_ends_and_ends_it(app, person, admin):
    who = person()
    visitor = enter(app)
    page = f"/admin/orang/{who.user_id}/tautan"
    assert "Kata sandi lama, kode kedua, dan semua sesi" in admin.get(page).words
    link = link_on(admin.submit(page, expect=200))
    visitor.get(ACCOUNT, 303)
    Visitor(app).submit("/masuk", typed(), 403)
    Visitor(app).submit(link, {"/password": OTHER, "/again": OTHER})
    enter(app, password=OTHER)


def test_who_had_only_tokens_gets_a_user_name_with_the_link(app, admin, calls):
    user = calls("admin", "15").post("/users", {"name": "Joko", "role": "field", "office": "15.03"})
    page = f"/admin/orang/{user['id']}/tautan"
    assert 'id="f-login-fault"' in admin.submit(page, {"/login": ""}, 409).text
    link = link_on(admin.submit(page, {"/login": "joko"}, 200))
    Visitor(app).submit(link, {"/password": PASSWORD, "/again": PASSWORD})
    enter(app, "joko")


def test_a_token_is_shown_once_and_revoked(app, person, admin):
    who = person()
    page = f"/admin/orang/{who.user_id}"
    shown = admin.submit(f"{page}/token", {"/label": "loket 2", "/days": "30"}, 200)
    token = re.search(r"blk_[\w-]+", shown.text)[0]
    call = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/me", headers=call).get_json()["user"] == who.user_id
    listed = admin.get(page)
    assert "loket 2" in listed.words
    assert token not in listed.text
    admin.submit(re.search(rf'action="({page}/token/\d+/cabut)"', listed.text)[1], page=page)
    assert app.test_client().get("/api/v1/me", headers=call).status_code == 401
    assert "dicabut" in admin.get(page).words


def test_ones_own_page_offers_neither_a_link_nor_an_end(admin):
    shown = admin.get(f"/admin/orang/{admin.actor.user_id}")
    assert "/tautan" not in shown.text
    assert "/nonaktif" not in shown.text
    admin.submit(f"/admin/orang/{admin.actor.user_id}/tautan", expect=409)


def test_the_pages_of_people_ask_the_database_little(app, person, admin, statements):
    who = person()
    enter(app)
    page = f"/admin/orang/{who.user_id}"
    for address in ("/admin/orang", "/admin/orang/undang", page, f"{page}/tautan", f"{page}/token"):
        with statements.within(12):
            admin.get(address)
