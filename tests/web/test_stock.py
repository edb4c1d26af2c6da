"""Receiving and reading the books of a store, as a clerk sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import clock

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
    assert "6.000 keping diterima di Gudang utama Dinas" in shown.words
    assert "Sama dengan surat" in shown.words
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


def test_a_receipt_that_says_no_quantity_is_told_in_plain_words_how_to_say_it(browses):
    shown = browses("clerk", "15.03").submit(RECEIVE, FILLED | {"/quantity": ""}, 422)
    assert "Isi salah satu saja: jumlah, urutan nomor, nomor satu per satu, lot." in shown.words


def test_an_empty_form_is_told_of_all_that_lacks_each_by_its_name(browses):
    shown = browses("clerk", "15.03").submit(RECEIVE, {"/store": "", "/received_on": ""}, 422)
    assert '<a href="#f-store">Gudang: Wajib diisi.</a>' in shown.text
    assert '<a href="#f-document_number">Nomor surat jalan: Wajib diisi.</a>' in shown.text
    assert '<a href="#f-quantity">Isi salah satu saja' in shown.text


@pytest.mark.usefixtures("exact")
def test_numbers_that_run_on_are_received_by_their_ends(browses):
    clerk = browses("clerk", "15.03")
    typed = FILLED | {"/quantity": "", "/intervals": ["A0001 - A0500", "B0001 s.d. B0100"], "/paper_quantity": "601"}
    shown = clerk.follow(clerk.submit(RECEIVE, typed))
    assert "600 keping" in shown.words
    assert "1 kurang dari surat" in shown.words


@pytest.mark.usefixtures("exact")
def test_several_lots_come_in_one_delivery(browses):
    clerk = browses("clerk", "15.03")
    lots = {"/lots/0/quantity": "4.000", "/lots/0/pack_size": "500", "/lots/1/intervals": "A0001 - A1000"}
    shown = clerk.follow(clerk.submit(RECEIVE, FILLED | {"/quantity": ""} | lots))
    assert "5.000 keping diterima di Gudang utama Dinas" in shown.words
    assert 'id="lots"' in shown.text


def test_what_is_wrong_with_a_lot_stands_at_the_lot_and_its_fields_are_open(browses):
    lots = {"/lots/0/intervals": "A0009 - A0001"}
    shown = browses("clerk", "15.03").submit(RECEIVE, FILLED | {"/quantity": ""} | lots, 422)
    assert 'id="f-lots-0-intervals-fault"' in shown.text
    assert "<details open><summary>Beberapa lot" in shown.text


def test_the_form_remembers_store_item_and_sender_of_the_last_time(browses):
    clerk = browses("clerk", "15.03")
    clerk.submit(RECEIVE, FILLED | {"/item": "ribbon", "/quantity": "12", "/source": "grant"})
    form = clerk.get(RECEIVE).form(RECEIVE)
    assert (form["/item"], form["/source"], form["/document_number"]) == ("ribbon", "grant", "")


def test_only_who_moves_stock_receives(browses):
    assert "tidak boleh" in browses("printer", "15.03").get(RECEIVE, 403).words
    assert browses().get(RECEIVE, 303).location.startswith("/masuk")


def test_a_receipt_of_another_office_is_not_there(browses):
    clerk = browses("clerk", "15.03")
    address = clerk.submit(RECEIVE, FILLED).location
    browses("clerk", "15.04").get(address, 404)


def test_an_empty_stock_says_what_to_do_first(browses):
    shown = browses("clerk", "15.03").get("/gudang/stok")
    assert "Belum ada stok" in shown.words
    assert f'role="button" href="{RECEIVE}"' in shown.text


def test_the_stock_shows_what_there_is_and_no_zeros(browses):
    clerk = browses("clerk", "15.03")
    clerk.submit(RECEIVE, FILLED)
    shown = clerk.get("/gudang/stok")
    assert "6.000 keping" in shown.words
    assert "Siap pakai" in shown.words
    assert "Dalam perjalanan" not in shown.words
    clerk.submit("/gudang/rusak", {"/quantity": "2", "/reason": "damaged"})
    shown = clerk.get("/gudang/stok")
    assert "5.998 keping" in shown.words
    assert "rusak, di karantina 2" in shown.words


def test_a_coordinator_sees_the_stock_of_the_offices_below(browses):
    browses("clerk", "15.03").submit(RECEIVE, FILLED)
    shown = browses("coordinator", "15").get("/gudang/stok")
    assert "15.03-UTAMA" in shown.words
    assert "15.03" in shown.words
    browses("coordinator", "15").get("/gudang/stok?office=16", 403)
    browses("clerk", "15.04").get("/gudang/stok?store=15.03-UTAMA", 404)


def test_the_card_runs_along_with_what_came_and_went(browses):
    clerk = browses("clerk", "15.03")
    clerk.submit(RECEIVE, FILLED)
    clerk.submit("/gudang/rusak", {"/quantity": "2", "/reason": "damaged"})
    shown = clerk.get("/gudang/kartu?store=15.03-UTAMA&item=blangko")
    assert "5.998 keping" in shown.words
    assert "<svg" in shown.text
    csv = clerk.get("/gudang/kartu?store=15.03-UTAMA&item=blangko&unduh=card.csv").text
    assert ";2;5998" in csv
    assert ";6000;;6000" in csv


def test_the_card_of_a_day_without_movements_says_what_lay_there(browses):
    clerk = browses("clerk", "15.03")
    clerk.submit(RECEIVE, FILLED)
    shown = clerk.get("/gudang/kartu?store=15.03-UTAMA&item=blangko&from=2020-01-01&until=2020-01-02")
    assert "0 keping" in shown.words
    assert "Tidak ada mutasi pada hari-hari ini." in shown.words


def test_the_card_since_a_day_holds_what_was_dated_back_and_nothing_older(browses):
    clerk, today = browses("clerk", "15.03"), clock.business_day("Asia/Jakarta")
    days = [today - timedelta(days=days) for days in (2, 0, 1)]
    for day, quantity in zip(days, ("100", "3000", "20"), strict=True):
        clerk.submit(RECEIVE, FILLED | {"/received_on": day.isoformat(), "/quantity": quantity})
    card = "/gudang/kartu?store=15.03-UTAMA&item=blangko&unduh=card.csv&from="
    since = [clerk.get(f"{card}{day}").text.splitlines()[1:] for day in sorted(days)]
    assert [[line.split(";")[3:] for line in lines] for lines in since] == [
        [["3000", "", "3120"], ["20", "", "120"], ["100", "", "100"]],
        [["3000", "", "3120"], ["20", "", "120"]],
        [["3000", "", "3120"]],
    ]


def test_the_card_opens_without_being_told_which(browses):
    assert "Gudang utama" in browses("clerk", "15.03").get("/gudang/kartu").words
    browses("clerk", "15.04").get("/gudang/kartu?store=15.03-UTAMA&item=blangko", 404)


def test_the_pages_of_the_stock_ask_the_database_little(browses, statements):
    clerk = browses("clerk", "15.03")
    receipt = clerk.submit(RECEIVE, FILLED).location
    for address in (RECEIVE, "/gudang/penerimaan", receipt, "/gudang/stok", "/gudang/kartu"):
        with statements.within(12):
            clerk.get(address)


@pytest.mark.usefixtures("exact")
def test_a_form_whose_key_no_page_gave_is_one_of_its_own(browses, calls):
    clerk = browses("clerk", "15.03")
    form = dict(clerk.get(RECEIVE).form(RECEIVE).fields) | FILLED
    for key in ("a\x00b", "a\nb"):
        assert clerk.client.post(RECEIVE, data=form | {"_key": key}).status_code == 303
    assert calls("clerk", "15.03").stock("15.03-UTAMA")["on_hand"] == 12_000
