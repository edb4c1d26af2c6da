"""One's own account as pages: the second factor, the sessions, the password and the language."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from inventory import clock
from inventory.access import Role
from tests.accounts import PASSWORD
from tests.door import ACCOUNT, OTHER, enter, people_of, speak, typed
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def person(app):
    """`person(login, role, office)` is somebody with the usual password."""
    return people_of(app)


@contextmanager
def required(app, *roles):
    """Settings under which these roles need a second factor."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, second_factor=frozenset(Role(role) for role in roles))
    try:
        yield
    finally:
        app.config["SETTINGS"] = before


def secret_on(shown):
    return re.search(r"<strong>([A-Z2-7]{4}(?: [A-Z2-7]{4})+)</strong>", shown.text)[1].replace(" ", "")


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
