"""The door, one's own account, and the people of an administrator's subtree, as pages."""

from __future__ import annotations

import html
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher

from inventory import clock
from inventory.access import Actor, Role
from inventory.database import transaction
from inventory.demo import people as demo
from inventory.marks import mark_demo
from inventory.people import accounts, commands, passwords
from tests.visitor import Visitor
from web import console, signing

PASSWORD = "kuda benar baterai"
OTHER = "hujan deras di pasar"
ACCOUNT = "/akun"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))


@pytest.fixture
def person(app):
    """`person(login, role, office)` is somebody with the usual password."""

    def make(login="siti", role="clerk", office="15.03"):
        with app.app_context():
            user_id = accounts.create_user(commands.system_actor(), login.title(), Role(role), office, login, PASSWORD)
        return Actor(user_id, Role(role), office)

    return make


@pytest.fixture
def admin(browses):
    return browses("admin", "15")


def typed(login="siti", password=PASSWORD, **more):
    return {"/login": login, "/password": password, **more}


def enter(app, login="siti", password=PASSWORD, address="/masuk"):
    """A new browser that signed in."""
    visitor = Visitor(app)
    visitor.submit("/masuk", typed(login, password), page=address)
    return visitor


@contextmanager
def required(app, *roles):
    """Settings under which these roles need a second factor."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, second_factor=frozenset(Role(role) for role in roles))
    try:
        yield
    finally:
        app.config["SETTINGS"] = before


def speak(visitor, language, onward):
    token = visitor.get(ACCOUNT).form("/keluar")["_csrf"]
    return visitor.client.post("/bahasa", data={"_csrf": token, "bahasa": language, "kembali": onward})


def cookie_of(shown):
    return next(
        (each for each in shown.answer.headers.getlist("Set-Cookie") if each.startswith(f"{signing.COOKIE}=")), ""
    )


def secret_on(shown):
    return re.search(r"<strong>([A-Z2-7]{4}(?: [A-Z2-7]{4})+)</strong>", shown.text)[1].replace(" ", "")


def link_on(shown):
    return html.unescape(re.search(r"(/undangan/[\w-]+)", shown.text)[1])


# The door.


def test_who_signs_in_comes_to_the_home_of_the_role_and_signs_out_again(person, browses):
    person()
    visitor = browses()
    assert visitor.get("/akun", 303).location.startswith("/masuk")
    shown = visitor.submit("/masuk", typed(" Siti "))
    assert shown.location == "/"
    assert visitor.get("/", 303).location == "/gudang"
    assert "siti" in visitor.get(ACCOUNT).words
    assert visitor.get("/masuk", 303).location == "/"
    out = visitor.submit("/keluar", page=ACCOUNT)
    assert out.location == "/masuk"
    assert "Anda sudah keluar." in visitor.follow(out).words
    visitor.get(ACCOUNT, 303)


def test_who_stayed_away_for_an_hour_is_told_that_the_session_ended(app, person):
    person()
    visitor = enter(app)
    with clock.telling(clock.now() + timedelta(minutes=61)):
        address = visitor.get("/gudang/penerimaan", 303).location
        assert "Sesi Anda sudah berakhir." in visitor.get(address).words
        assert visitor.submit("/masuk", typed(), page=address).location == "/gudang/penerimaan"
    assert "Sesi Anda" not in Visitor(app).get("/masuk").words


def test_the_cookie_is_read_by_no_script_sent_by_no_other_site_and_new_at_each_sign_in(person, browses):
    person()
    visitor = browses()
    visitor.client.set_cookie(signing.COOKIE, "chosen-by-somebody-else", domain="localhost")
    first = cookie_of(visitor.submit("/masuk", typed()))
    assert "HttpOnly" in first
    assert "SameSite=Lax" in first
    assert "chosen-by-somebody-else" not in first
    visitor.submit("/keluar", page=ACCOUNT)
    assert cookie_of(visitor.submit("/masuk", typed())).split(";")[0] != first.split(";")[0]


def test_the_session_of_before_ends_when_the_same_browser_signs_in_again(app, person):
    person()
    visitor = enter(app)
    old = visitor.client.get_cookie(signing.COOKIE).value
    form = Visitor(app).get("/masuk").form("/masuk")
    assert form["/lanjut"] == "/"
    visitor.client.delete_cookie(signing.COOKIE)
    page = visitor.get("/masuk").form("/masuk")
    visitor.client.set_cookie(signing.COOKIE, old)
    answer = visitor.client.post("/masuk", data=dict(page.fields) | typed())
    assert answer.status_code == 303
    thief = Visitor(app)
    thief.client.set_cookie(signing.COOKIE, old)
    thief.get(ACCOUNT, 303)
    visitor.get(ACCOUNT)


def test_a_wrong_password_is_told_kindly_with_the_name_kept_and_the_password_not(person, browses):
    person()
    shown = browses().submit("/masuk", typed(password="not this one"), 403)
    assert "Nama pengguna atau kata sandi salah." in shown.words
    assert shown.form("/masuk")["/login"] == "siti"
    assert shown.form("/masuk")["/password"] == ""
    assert "not this one" not in shown.text


def test_after_many_wrong_passwords_the_door_says_how_long_to_wait(person, browses):
    person()
    visitor = browses()
    for _ in range(5):
        visitor.submit("/masuk", typed(password="not this one"), 403)
    shown = visitor.submit("/masuk", typed(), 429)
    said = re.search(r"Terlalu banyak percobaan yang salah\. Tunggu ([12]) detik", shown.words)
    assert shown.answer.headers["Retry-After"] == said[1]


def test_an_address_has_so_many_tries_a_minute_over_all_names(app, person, browses):
    person()
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, failed_tokens_per_minute=2)
    try:
        with clock.telling(clock.now().replace(second=5)):
            for login in ("one", "two"):
                browses().submit("/masuk", typed(login), 403)
            shown = browses().submit("/masuk", typed(), 429)
        assert shown.answer.headers["Retry-After"] == "55"
        assert "Tunggu 55 detik" in shown.words
    finally:
        app.config["SETTINGS"] = before


@pytest.mark.parametrize("empty", ["/login", "/password"])
def test_what_is_left_empty_stands_at_its_field(person, browses, empty):
    person()
    shown = browses().submit("/masuk", typed() | {empty: ""}, 422)
    assert f'id="f{empty.replace("/", "-")}-fault"' in shown.text


def test_a_form_without_its_token_does_nothing_and_keeps_what_was_typed(person, browses):
    person()
    visitor = browses()
    visitor.get("/masuk")
    answer = visitor.client.post("/masuk", data=typed())
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "terlalu lama terbuka" in text
    assert 'value="siti"' in text
    assert not cookie_of(type("Shown", (), {"answer": answer}))


def test_who_was_sent_to_the_door_goes_on_to_where_they_wanted(app, person):
    person()
    visitor = Visitor(app)
    address = visitor.get("/gudang/penerimaan?store=15.03-UTAMA", 303).location
    shown = visitor.submit("/masuk", typed(), page=address)
    assert shown.location == "/gudang/penerimaan?store=15.03-UTAMA"


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example",
     "javascript:alert(1)", "evil.example", "\\\\evil.example", ""],
)  # fmt: skip
def test_the_door_leads_to_no_other_site(app, person, address):
    person()
    visitor = Visitor(app)
    assert visitor.submit("/masuk", typed(**{"/lanjut": address})).location == "/"
    answer = visitor.client.get("/masuk", query_string={"lanjut": address})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert speak(visitor, "en", address).headers["Location"] == "/"


def test_a_demo_shows_its_users_and_one_button_is_a_sign_in(app, browses, monkeypatch):
    with app.app_context():
        assert demo.PASSWORD not in browses().get("/masuk").text
        with transaction() as session:
            mark_demo(session, "S1 to S5")
        demo.add_users()
        demo.add_users()
    monkeypatch.setattr(console, "is_demo", lambda: True)
    app.jinja_env.globals["demo"], before = (lambda: True), app.jinja_env.globals["demo"]
    try:
        visitor = browses()
        shown = visitor.get("/masuk")
        assert demo.PASSWORD in shown.words
        for user in demo.USERS:
            assert f"Masuk sebagai {user.login}" in shown.words
            assert enter(app, user.login, demo.PASSWORD).get(ACCOUNT).status == 200
        part = shown.text[shown.text.index('value="budi"') - 600 :]
        token = re.search(r'name="_csrf" value="([^"]+)"', part)[1]
        answer = visitor.client.post("/masuk", data=typed("budi", demo.PASSWORD) | {"_csrf": token})
        assert answer.status_code == 303
        assert visitor.get("/", 303).location == "/koordinasi"
    finally:
        app.jinja_env.globals["demo"] = before


def test_the_door_asks_the_database_little(person, browses, statements):
    person()
    visitor = browses()
    with statements.within(12):
        visitor.get("/masuk")


# The second factor.


def set_up(visitor):
    """Set up the second factor on the pages; answers the app's secret."""
    visitor.submit("/akun/kode/mulai", page="/akun/kode")
    shown = visitor.get("/akun/kode")
    assert shown.answer.headers["Cache-Control"] == "no-store"
    assert "<svg" in shown.text
    assert "Ponsel hilang atau rusak?" in shown.words
    secret = secret_on(shown)
    visitor.submit("/akun/kode/pasang", {"/code": pyotp.TOTP(secret).now()}, page="/akun/kode")
    return secret


def test_the_key_that_is_set_up_in_one_browser_is_not_shown_in_another(app, person):
    person()
    here, there = enter(app), enter(app)
    here.submit("/akun/kode/mulai", page="/akun/kode")
    assert 'action="/akun/kode/mulai"' in there.get("/akun/kode").text
    form = here.get("/akun/kode").form("/akun/kode/pasang")
    there.submit("/akun/kode/mulai", page="/akun/kode")
    code = pyotp.TOTP(secret_on(there.get("/akun/kode"))).now()
    refused = here.client.post(form.action, data=dict(form.fields) | {"/code": code})
    assert refused.status_code == 409
    there.submit("/akun/kode/pasang", {"/code": code}, page="/akun/kode")


def next_code(secret):
    """The code after the present one, which a phone half a minute early shows."""
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30))


def test_a_second_factor_is_set_up_on_the_page_and_asked_for_at_the_next_sign_in(app, person):
    person()
    secret = set_up(enter(app))
    visitor = Visitor(app)
    address = visitor.get("/gudang/penerimaan", 303).location
    asked = visitor.submit("/masuk", typed(), page=address)
    assert asked.location.startswith("/masuk/kode")
    assert visitor.get(ACCOUNT, 303).location.startswith("/masuk/kode")
    assert visitor.get("/akun/kode", 303).location.startswith("/masuk/kode")
    wrong = visitor.submit("/masuk/kode", {"/code": "000000"}, 403, page=asked.location)
    assert "Kode salah" in wrong.words
    done = visitor.submit("/masuk/kode", {"/code": next_code(secret)}, page=asked.location)
    assert done.location == "/gudang/penerimaan"
    visitor.get(done.location)
    assert visitor.get("/masuk/kode", 303).location == "/"


def test_where_a_role_needs_it_nothing_else_opens_before_it_is_set_up(app, person):
    person("hasan", "admin", "15")
    with required(app, "admin"):
        visitor = enter(app, "hasan")
        for address in ("/admin", "/admin/orang", ACCOUNT, "/akun/sandi"):
            assert visitor.get(address, 303).location.startswith("/masuk/kode")
        assert visitor.get("/masuk/kode", 303).location == "/akun/kode"
        assert "Tugas Anda memerlukan kode kedua" in visitor.get("/akun/kode").words
        set_up(visitor)
        visitor.get("/admin/orang")


def test_a_page_asked_for_by_a_form_half_way_in_does_nothing(app, person):
    person("hasan", "admin", "15")
    visitor = enter(app, "hasan")
    sent = dict(visitor.get("/admin/orang/undang").form("undang").fields)
    invited = sent | {"/name": "Budi", "/login": "budi", "/role": "clerk", "/office": "15.03"}
    with required(app, "admin"):
        answer = visitor.client.post("/admin/orang/undang", data=invited)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/masuk/kode")
    assert "budi" not in visitor.get("/admin/orang").words


def test_the_password_switches_it_off(app, person):
    person()
    visitor = enter(app)
    set_up(visitor)
    shown = visitor.submit("/akun/kode/matikan", {"/present": "not mine"}, 403, page="/akun/kode")
    assert 'id="f-present-fault"' in shown.text
    visitor.submit("/akun/kode/matikan", {"/present": PASSWORD}, page="/akun/kode")
    assert enter(app).get(ACCOUNT).status == 200


# One's own account.


def test_i_see_where_i_am_signed_in_and_end_the_other_session(app, person):
    person()
    here, there = enter(app), enter(app)
    shown = here.get(ACCOUNT)
    assert "sesi ini" in shown.words
    address = re.search(r'action="(/akun/sesi/\d+/akhiri)"', shown.text)[1]
    assert shown.text.count("/akhiri") == 1
    here.submit(address, page=ACCOUNT)
    there.get(ACCOUNT, 303)
    assert "/akhiri" not in here.get(ACCOUNT).text


def test_nobody_ends_somebody_elses_session(app, person):
    person()
    person("budi", "clerk", "15.04")
    siti, budi, other = enter(app), enter(app, "budi"), enter(app, "budi")
    address = re.search(r'action="(/akun/sesi/\d+/akhiri)"', budi.get(ACCOUNT).text)[1]
    sent = dict(siti.get(ACCOUNT).form("/keluar").fields)
    assert siti.client.post(address, data=sent).status_code == 404
    other.get(ACCOUNT)


def test_a_changed_password_is_asked_for_from_then_on_and_ends_other_sessions(app, person):
    person()
    here, there = enter(app), enter(app)
    new = {"/present": PASSWORD, "/new": OTHER, "/again": OTHER}
    for wrong, status, field in (
        ({"/again": "something else"}, 422, "again"),
        ({"/new": "pendek", "/again": "pendek"}, 422, "new"),
        ({"/present": "not mine"}, 403, "present"),
    ):
        shown = here.submit("/akun/sandi", new | wrong, status)
        assert f'id="f-{field}-fault"' in shown.text
        assert OTHER not in shown.text
    assert "Kata sandi diganti." in here.follow(here.submit("/akun/sandi", new)).words
    there.get(ACCOUNT, 303)
    Visitor(app).submit("/masuk", typed(), 403)
    enter(app, password=OTHER)


def test_a_password_may_be_typed_with_a_space_at_its_end(app, person):
    person()
    spaced = {"/present": PASSWORD + " ", "/new": OTHER + " ", "/again": OTHER + " "}
    enter(app).submit("/akun/sandi", spaced)
    enter(app, password=OTHER)


def test_the_language_of_the_account_is_that_of_every_browser(app, person):
    person()
    assert speak(enter(app), "en", ACCOUNT).headers["Location"] == ACCOUNT
    assert "My account" in enter(app).get(ACCOUNT).words


def test_the_language_chosen_at_the_door_goes_along_and_is_kept(app, person):
    person()
    visitor = Visitor(app)
    token = visitor.get("/masuk").form("/masuk")["_csrf"]
    visitor.client.post("/bahasa", data={"_csrf": token, "bahasa": "en", "kembali": "/masuk"})
    visitor.submit("/masuk", typed())
    assert "My account" in visitor.get(ACCOUNT).words
    assert "My account" in enter(app).get(ACCOUNT).words


def test_the_pages_of_the_account_ask_the_database_little(app, person, statements):
    person()
    visitor = enter(app)
    for address in (ACCOUNT, "/akun/sandi", "/akun/kode"):
        with statements.within(12):
            visitor.get(address)


# People.

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
