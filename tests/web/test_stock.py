"""Receiving, as a clerk sees it."""

from __future__ import annotations

import pytest

RECEIVE = "/gudang/terima"
FILLED = {
    "/store": "15.03-UTAMA",
    "/item": "blangko",
    "/quantity": "6.000",
    "/source": "ministry",
    "/document_number": "SJ/7",
}


@pytest.mark.usefixtures("exact")
def test_a_clerk_receives_six_thousand_blanks_and_reads_it_back(browses, calls):
    clerk = browses("clerk", "15.03")
    shown = clerk.follow(clerk.submit(RECEIVE, FILLED))
    assert "6.000 diterima di 15.03-UTAMA." in shown.words
    assert "SJ/7" in clerk.get("/gudang/penerimaan").words
    assert calls("clerk", "15.03").stock("15.03-UTAMA")["on_hand"] == 6_000


@pytest.mark.usefixtures("exact")
def test_a_double_click_receives_once(browses, calls):
    clerk = browses("clerk", "15.03")
    first = clerk.submit(RECEIVE, FILLED, key="twice")
    assert clerk.submit(RECEIVE, FILLED, key="twice").location == first.location
    assert calls("clerk", "15.03").stock("15.03-UTAMA")["on_hand"] == 6_000


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(browses):
    clerk = browses("clerk", "15.03")
    shown = clerk.submit(RECEIVE, FILLED | {"/quantity": "enam ribu", "/document_number": ""}, 422)
    form = shown.form(RECEIVE)
    assert (form["/quantity"], form["/store"]) == ("enam ribu", "15.03-UTAMA")
    assert "Harus bilangan bulat." in shown.words
    assert 'id="f-quantity-fault"' in shown.text
    assert 'id="f-document_number-fault"' in shown.text


def test_only_who_moves_stock_receives(browses):
    assert "tidak boleh" in browses("printer", "15.03").get(RECEIVE, 403).words
    assert browses().get(RECEIVE, 303).location.startswith("/masuk")


def test_a_receipt_of_another_office_is_not_there(browses):
    clerk = browses("clerk", "15.03")
    address = clerk.submit(RECEIVE, FILLED).location
    browses("clerk", "15.04").get(address, 404)


def test_the_pages_of_receiving_ask_the_database_little(browses, statements):
    clerk = browses("clerk", "15.03")
    for address in (RECEIVE, "/gudang/penerimaan"):
        with statements.within(12):
            clerk.get(address)
