"""Numbers of blanks, as whoever holds one in their hand asks."""

from __future__ import annotations

import pytest

from tests.web.test_stock import FILLED, RECEIVE

NUMBERED = FILLED | {"/quantity": "", "/intervals": "A0001 - A0010"}


@pytest.fixture
def clerk(browses):
    """A clerk with ten blanks that have numbers."""
    visitor = browses("clerk", "15.03")
    visitor.submit(RECEIVE, NUMBERED)
    return visitor


def heard(visitor, number, which, **more):
    """What a scan field is answered."""
    sent = {"_csrf": visitor.get("/nomor").form("/nomor")["_csrf"], "/number": number, **more}
    return visitor.client.post(f"/nomor/pindai?untuk={which}", data=sent).json


def test_a_number_that_is_scanned_tells_its_story_and_where_it_is(clerk):
    found = clerk.submit("/nomor", {"/number": " A0003 "})
    shown = clerk.follow(found)
    assert "Ada di" in shown.words
    assert "Penerimaan" in shown.words
    assert "SJ/7" in shown.words
    clerk.submit("/gudang/rusak", {"/numbers": ["A0003"], "/reason": "damaged"})
    shown = clerk.get("/nomor/A0003")
    assert "Rusak, di karantina" in shown.words
    assert shown.words.index("Kerusakan") < shown.words.index("Penerimaan")


@pytest.mark.parametrize("number", ["A9999", "bukan nomor", "1503041234560001"])
def test_an_unknown_number_is_told_kindly_and_may_be_tried_again(clerk, number):
    shown = clerk.get(f"/nomor/{number}", 404)
    assert "tidak ditemukan" in shown.words
    assert shown.form("/nomor")["/number"] == number


def test_what_is_not_on_the_books_never_becomes_an_address(clerk):
    nik = "1503041234560001"
    shown = clerk.submit("/nomor", {"/number": nik}, 404)
    assert "tidak ditemukan" in shown.words
    assert shown.form("/nomor")["/number"] == nik
    assert 'method="get"' not in shown.text
    assert clerk.get(f"/nomor?nomor={nik}").form("/nomor")["/number"] == ""


def test_a_number_of_another_office_is_as_if_it_were_not_there(clerk, browses):
    assert "tidak ditemukan" in browses("clerk", "15.04").get("/nomor/A0003", 404).words


def test_a_scan_field_hears_whether_a_number_may_be_taken(clerk):
    assert heard(clerk, "A0003", "rusak")["ok"] is True
    assert heard(clerk, "A9999", "rusak")["ok"] is False
    assert heard(clerk, "A0003", "terima")["ok"] is False
    assert heard(clerk, "A9999", "terima")["ok"] is True
    clerk.submit("/gudang/rusak", {"/numbers": ["A0003"], "/reason": "damaged"})
    assert heard(clerk, "A0003", "rusak")["ok"] is False


def test_a_number_of_another_store_than_the_chosen_one_stops_the_scan_and_the_store_is_named(clerk):
    assert heard(clerk, "A0003", "rusak", **{"/store": "15.03-UTAMA"}) == {"ok": True, "text": "Ada di Gudang utama."}
    told = heard(clerk, "A0003", "rusak", **{"/store": "15.03-LAIN"})
    assert told == {"ok": False, "text": "tidak ada di gudang yang dipilih. Ada di Gudang utama."}


def test_a_scan_field_whose_page_was_open_for_too_long_hears_nothing(clerk):
    answer = clerk.client.post("/nomor/pindai", data={"/number": "A0003"})
    assert (answer.status_code, answer.json) == (422, {})


def test_numbers_that_nobody_can_show_are_listed_with_the_reason(clerk):
    assert "Tidak ada celah" in clerk.get("/nomor/celah").words
    clerk.submit("/gudang/hilang", {"/numbers": ["A0003", "A0004"], "/reason": "Hilang di jalan"})
    shown = clerk.get("/nomor/celah")
    assert "A0003" in shown.words
    assert "Dilaporkan hilang" in shown.words
    assert "Tidak ada celah" in clerk.get("/nomor/celah?kind=custody").words


def test_who_is_not_signed_in_asks_nothing(browses):
    for address in ("/nomor", "/nomor/A0003", "/nomor/celah"):
        assert browses().get(address, 303).location.startswith("/masuk")
    assert browses().client.post("/nomor/pindai", data={"/number": "A0003"}).status_code == 401


def test_the_pages_of_numbers_ask_the_database_little(clerk, statements):
    for address in ("/nomor", "/nomor/A0003", "/nomor/celah"):
        with statements.within(12):
            clerk.get(address)
    with statements.within(12):
        heard(clerk, "A0003", "rusak")
