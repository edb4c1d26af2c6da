"""Asking the office above for blanks, as both ends see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import clock
from tests.builders import receipt

ASK = "/gudang/permintaan/baru"
WISH = {"/supplier": "15", "/to_store": "15.03-UTAMA", "/item": "blangko", "/quantity": "2.000", "/reason": "Menipis"}


@pytest.fixture
def late(calls, monkeypatch):
    """A delivery of the province to the regency that nobody confirmed in time: it holds the next request."""
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 5_000))
    wish = {"from_store": "15-UTAMA", "to_store": "15.03-UTAMA", "item": "blangko", "quantity": 100}
    made = calls("clerk", "15").post("/transfers", wish)["id"]
    calls("coordinator", "15").post(f"/transfers/{made}/approve", {}, 200)
    calls("clerk", "15").post(f"/transfers/{made}/dispatch", {}, 200)
    later = clock.now() + timedelta(days=10)
    monkeypatch.setattr(clock, "now", lambda: later)
    return made


@pytest.mark.usefixtures("exact")
def test_a_request_is_asked_granted_in_part_and_leads_to_its_transfer(browses, calls):
    calls("clerk", "15").post("/receipts", receipt("15-UTAMA", 5_000))
    clerk, chief = browses("clerk", "15.03"), browses("coordinator", "15")
    shown = clerk.follow(clerk.submit(ASK, WISH))
    assert "Menunggu keputusan" in shown.words
    address = clerk.get("/gudang/permintaan").text.split('href="/gudang/permintaan/')
    address = "/gudang/permintaan/" + next(part.split('"')[0] for part in address[1:] if part[0].isdigit())
    assert "Putuskan" in chief.get(address).words
    shown = chief.follow(chief.submit(f"{address}/putuskan", {"/quantity": "1.500"}))
    assert "kirimannya siap dikirim" in shown.words
    assert "Disetujui 1.500 keping" in shown.words
    assert "Buka kirimannya" in clerk.get(address).words


def test_a_refusal_is_explained_and_what_was_typed_is_kept(browses):
    address = browses("clerk", "15.03").submit(ASK, WISH).location
    chief = browses("coordinator", "15")
    shown = chief.submit(f"{address}/putuskan", {"/approve": "false", "/quantity": "7"}, 422)
    assert shown.form("/putuskan")["/quantity"] == "7"
    assert 'id="f-reason-fault"' in shown.text
    shown = chief.follow(chief.submit(f"{address}/putuskan", {"/approve": "false", "/reason": "Stok provinsi habis"}))
    assert "Stok provinsi habis" in shown.words


def test_a_held_request_says_why_in_words_and_is_lifted(browses, late):
    clerk, chief = browses("clerk", "15.03"), browses("coordinator", "15")
    shown = clerk.follow(clerk.submit(ASK, WISH))
    assert f"Kiriman {late} belum dikonfirmasi pada waktunya" in shown.words
    address = clerk.submit(ASK, WISH | {"/quantity": "10"}).location
    assert chief.get(f"{address}/putuskan", 303).location == address
    shown = chief.follow(chief.submit(f"{address}/cabut", {"/reason": "Sudah dikonfirmasi lewat telepon"}))
    assert "penahanan dicabut" in shown.words.lower()
    assert "Putuskan" in shown.words


def test_a_request_is_taken_back_and_a_double_click_asks_once(browses):
    clerk = browses("clerk", "15.03")
    first = clerk.submit(ASK, WISH, key="twice")
    assert clerk.submit(ASK, WISH, key="twice").location == first.location
    assert "dibatalkan" in clerk.follow(clerk.submit(f"{first.location}/batal")).words


def test_who_has_no_part_does_not_see_it_and_clerks_do_not_decide(browses):
    address = browses("clerk", "15.03").submit(ASK, WISH).location
    browses("clerk", "15.04").get(address, 404)
    browses("clerk", "15.03").get(f"{address}/putuskan", 403)
    browses("printer", "15.03").get(ASK, 403)


def test_an_empty_list_says_what_to_do_first_and_the_ministry_asks_nobody(browses):
    assert "mulai dari Minta blangko" in browses("clerk", "15.03").get("/gudang/permintaan").words
    assert "tidak ada Dinas lain" in browses("admin", "0").get(ASK).words


def test_the_pages_of_requests_ask_the_database_little(browses, statements):
    address = browses("clerk", "15.03").submit(ASK, WISH).location
    places = [("clerk", "15.03", ASK), ("clerk", "15.03", "/gudang/permintaan"), ("clerk", "15.03", address)]
    for role, office, place in [*places, ("coordinator", "15", f"{address}/putuskan")]:
        visitor = browses(role, office)
        with statements.within(12):
            visitor.get(place)
