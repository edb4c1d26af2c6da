"""What happened to stock, as pages: spoiled, lost, used up, told in words, and taken back."""

from __future__ import annotations

import pytest

from tests.web.test_stock import FILLED, RECEIVE

SPOIL, LOSE, USE = "/gudang/rusak", "/gudang/hilang", "/gudang/pakai"


@pytest.fixture
def clerk(browses):
    """A clerk with 6,000 blanks."""
    visitor = browses("clerk", "15.03")
    visitor.submit(RECEIVE, FILLED)
    return visitor


def on_hand(calls):
    return calls("clerk", "15.03").stock("15.03-UTAMA")["on_hand"]


@pytest.mark.usefixtures("exact")
def test_spoiled_blanks_go_into_quarantine_and_the_movement_says_so(clerk, calls):
    shown = clerk.follow(clerk.submit(SPOIL, {"/quantity": "3", "/reason": "print_failure"}))
    assert "3 keping Blangko KTP-el rusak dan dipindahkan ke karantina" in shown.words
    assert "gagal cetak" in shown.words
    assert on_hand(calls) == 5_997


@pytest.mark.usefixtures("exact")
def test_scanned_blanks_are_spoiled_by_their_numbers(clerk, browses):
    clerk.submit(RECEIVE, FILLED | {"/quantity": "", "/intervals": "A0001 - A0010"})
    shown = clerk.follow(clerk.submit(SPOIL, {"/numbers": ["A0003", "A0004"], "/reason": "damaged"}))
    assert "A0003" in shown.words
    assert "Rusak, di karantina" in clerk.get("/nomor/A0003").words


def test_more_than_there_is_is_refused_at_its_field_and_kept(clerk):
    shown = clerk.submit(SPOIL, {"/quantity": "7.000", "/reason": "damaged"}, 409)
    assert shown.form(SPOIL)["/quantity"] == "7.000"
    assert "hanya punya 6000" in shown.words


def test_a_reason_must_be_chosen(clerk):
    shown = clerk.submit(SPOIL, {"/quantity": "3"}, 422)
    assert 'id="f-reason-1"' in shown.text
    assert '<a href="#f-reason">Mengapa rusak: Wajib diisi.</a>' in shown.text


@pytest.mark.usefixtures("exact")
def test_a_double_click_spoils_once(clerk, calls):
    typed = {"/quantity": "3", "/reason": "damaged"}
    first = clerk.submit(SPOIL, typed, key="twice")
    assert clerk.submit(SPOIL, typed, key="twice").location == first.location
    assert on_hand(calls) == 5_997


@pytest.mark.usefixtures("exact")
def test_a_loss_waits_for_a_second_person_who_sees_who_reported_it(clerk, browses):
    address = clerk.submit(LOSE, {"/quantity": "5", "/reason": "Gudang dibobol"}).location
    assert "Anda yang melaporkan, jadi orang lain yang mengesahkan." in clerk.get(address).words
    second = browses("coordinator", "15.03")
    shown = second.get(address)
    assert "Menunggu pengesahan orang kedua" in shown.words
    shown = second.follow(second.submit(f"{address}/sahkan", page=address))
    assert "Kehilangan disahkan." in shown.words
    assert "Menunggu pengesahan" not in shown.words


def test_who_reported_a_loss_is_told_kindly_that_another_one_confirms(browses):
    admin = browses("admin", "15.03")
    admin.submit(RECEIVE, FILLED)
    address = admin.submit(LOSE, {"/quantity": "5", "/reason": "Gudang dibobol"}).location
    shown = admin.get(address)
    assert "Anda yang melaporkan, jadi orang lain yang mengesahkan." in shown.words
    assert "/sahkan" not in shown.text


@pytest.mark.usefixtures("exact")
def test_supplies_are_used_up(clerk):
    clerk.submit(RECEIVE, FILLED | {"/item": "ribbon", "/quantity": "12"})
    shown = clerk.follow(clerk.submit(USE, {"/item": "ribbon", "/quantity": "2"}))
    assert "2 gulungan Ribbon warna dipakai" in shown.words


@pytest.mark.usefixtures("exact")
def test_a_wrong_receipt_is_taken_back_in_part_with_its_reason(clerk, calls):
    movement = clerk.submit(RECEIVE, FILLED).location.replace("penerimaan", "mutasi")
    typed = {"/reason": "Salah hitung", "/quantity": "100"}
    shown = clerk.follow(clerk.submit(f"{movement}/balik", typed, page=movement))
    assert "Sudah dibalik." in shown.words
    assert "Dibalik: 100" in clerk.get(movement).words
    assert on_hand(calls) == 11_900


def test_a_reversal_says_why_and_keeps_what_was_typed(clerk):
    movement = clerk.submit(RECEIVE, FILLED).location.replace("penerimaan", "mutasi")
    shown = clerk.submit(f"{movement}/balik", {"/quantity": "100"}, 422, page=movement)
    assert shown.form(f"{movement}/balik")["/quantity"] == "100"
    assert "Wajib diisi." in shown.words


def test_above_the_offices_limit_one_asks_and_another_one_reverses(clerk, browses, calls):
    calls("admin", "15.03").patch("/offices/15.03", {"reversal_check_over": 10})
    movement = clerk.submit(RECEIVE, FILLED).location.replace("penerimaan", "mutasi")
    shown = clerk.follow(clerk.submit(f"{movement}/minta-balik", {"/reason": "Dobel"}, page=movement))
    assert "Anda sudah meminta pembalikan" in shown.words
    second = browses("admin", "15.03")
    assert "meminta pembalikan" in second.get(movement).words
    second.submit(f"{movement}/balik", {"/reason": "Benar, dobel"}, page=movement)
    assert "Dibalik: 6.000" in second.get(movement).words


def test_the_movements_are_listed_and_chosen_by_kind(clerk):
    clerk.submit(SPOIL, {"/quantity": "3", "/reason": "damaged"})
    assert "Penerimaan" in clerk.get("/gudang/mutasi?kind=receipt").words
    assert "SJ/7" not in clerk.get("/gudang/mutasi?kind=spoilage").words
    assert "Kerusakan" in clerk.get("/gudang/mutasi?unduh=movements.csv").text


def test_movements_of_another_office_are_not_there(clerk, browses):
    address = clerk.submit(SPOIL, {"/quantity": "3", "/reason": "damaged"}).location
    other = browses("clerk", "15.04")
    other.get(address, 404)
    assert "Belum ada mutasi" in other.get("/gudang/mutasi").words


@pytest.mark.parametrize("address", [SPOIL, LOSE, USE])
def test_only_who_moves_stock_notes_what_happened(browses, address):
    browses("inspector", "15").get(address, 403)
    assert browses().get(address, 303).location.startswith("/masuk")


def test_the_pages_of_movements_ask_the_database_little(clerk, statements):
    movement = clerk.submit(LOSE, {"/quantity": "5", "/reason": "Hilang"}).location
    for address in (SPOIL, LOSE, USE, "/gudang/mutasi", movement):
        with statements.within(12):
            clerk.get(address)
