"""Broken, huge and foolish input: refused in a page of its own, never an error of ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.app import create_app
from inventory import clock
from inventory.database import db, transaction
from inventory.people.models import SignIn
from tests.visitor import Visitor

RECEIVE = "/gudang/terima"


@pytest.fixture
def clerk(browses):
    return browses("clerk", "15.03")


def sent(visitor, address, fields, page=RECEIVE):
    token = visitor.get(page).form("/keluar")["_csrf"]
    return visitor.client.post(address, data={"_csrf": token, **dict(fields)})


@pytest.mark.parametrize("address", [
    "/nope", "/gudang/", "/koordinasi/cakupan/%00", "/gudang/kiriman/99999999999999999999", "/keluar",
    "/aset/" + "G" * 300,
])  # fmt: skip
def test_who_is_signed_in_reads_that_an_address_does_not_exist(clerk, address):
    answer = clerk.client.get(address)
    assert answer.status_code in (404, 405)
    assert "Content-Security-Policy" in answer.headers
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "pointer", ["/lots/" + "9" * 5_000 + "/q", "/" + "/".join(["a"] * 3_000), "//", "/lots/-1/q", "/lots/\u0663/q"]
)
def test_a_broken_pointer_is_a_field_that_nobody_knows(clerk, pointer):
    assert sent(clerk, RECEIVE, [(pointer, "1")]).status_code == 422


def test_a_flood_of_fields_is_refused_before_it_is_read(clerk, browses):
    flood = [(f"/{number}", "") for number in range(6_000)]
    assert sent(clerk, RECEIVE, flood).status_code == 413
    stranger = browses()
    token = stranger.get("/masuk").form("/masuk")["_csrf"]
    answer = stranger.client.post("/masuk", data={"_csrf": token, "/login": "a", "/password": "b", **dict(flood)})
    assert answer.status_code == 413


def test_of_very_many_faults_only_so_many_are_told(clerk):
    answer = sent(clerk, RECEIVE, [(f"/unknown{number}", "x") for number in range(3_000)])
    assert answer.status_code == 422
    assert len(answer.data) < 60_000


def test_the_last_day_there_is_breaks_no_page(browses):
    browses("inspector", "0").get("/inspeksi/jejak?since=0001-01-01&until=9999-12-31")


def test_the_page_without_a_line_is_the_same_for_everybody(clerk, browses):
    assert "Sarolangun" not in clerk.get("/luring").text
    assert "data-actor" not in clerk.get("/luring").text


def test_the_same_form_sent_again_says_it_once(clerk):
    filled = {
        "/store": "15.03-UTAMA", "/item": "blangko", "/quantity": "10", "/source": "ministry", "/document_number": "SJ",
    }  # fmt: skip
    form = dict(clerk.get(RECEIVE).form(RECEIVE).fields) | filled
    first = clerk.client.post(RECEIVE, data=form)
    again = clerk.client.post(RECEIVE, data=form)
    assert first.headers["Location"] == again.headers["Location"]
    assert clerk.get(again.headers["Location"]).words.count("diterima") == 1


def test_https_leads_to_the_name_we_are_known_under(app):
    settings = replace(app.config["SETTINGS"], https=True, public_url="https://blangko.example")
    secure_app = create_app(settings)
    client = secure_app.test_client()
    answer = client.get("/masuk?lanjut=/x", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (308, "https://blangko.example/masuk?lanjut=/x")
    secure = client.get("/masuk", base_url="https://blangko.example")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert all("Secure" in cookie for cookie in secure.headers.getlist("Set-Cookie"))
    assert client.get("/_status").status_code == 200
    with secure_app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_nobody_half_way_through_the_door_is_somebody_yet(app):
    somebody = Visitor(app, "coordinator", "15")
    with app.app_context(), transaction() as session:
        kept = session.get_one(SignIn, somebody.actor.user_id)
        kept.totp_secret, kept.totp_confirmed_at = b"x", clock.now()
    assert somebody.get("/koordinasi", 303).location.startswith("/masuk/kode")
    assert "coordinator@15" not in somebody.get("/bantuan").text
