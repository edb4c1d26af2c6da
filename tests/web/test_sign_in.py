"""The door as a page: who comes in, who is slowed, where it leads, and the cookie it gives."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from inventory import clock
from inventory.database import transaction
from inventory.demo import people as demo
from inventory.marks import mark_demo
from tests.door import ACCOUNT, enter, people_of, speak, typed
from tests.visitor import Visitor
from web import console, signing

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def person(app):
    """`person(login, role, office)` is somebody with the usual password."""
    return people_of(app)


def cookie_of(shown):
    return next(
        (each for each in shown.answer.headers.getlist("Set-Cookie") if each.startswith(f"{signing.COOKIE}=")), ""
    )


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
