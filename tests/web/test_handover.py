"""The desk where cards are handed over, and cards that are checked, wait, get lost and are sent on."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from inventory import clock
from tests.builders import receipt
from tests.printing import STORE, job_of, recorded, results, stock_of

DESK = "/cetak/serah"
VILLAGE = "15.03.04.2001"


@pytest.fixture
def room(calls):
    """Three printed cards of 15.03, of a, b and c, with the blanks A001 to A003; answers who asks the API."""
    caller = calls("printer", "15.03")
    lots = [{"intervals": [["A001", "A010"]]}]
    calls("clerk", "15.03").post("/receipts", {**receipt(STORE, 10), "lots": lots})
    recorded(caller, "a", "b", "c")
    lines = [(name, "printed") for name in ("a", "b", "c")]
    results(caller, job_of(caller, "a", "b", "c")["id"], *lines, numbers=["A001", "A002", "A003"])
    return caller


@pytest.fixture
def printer(browses):
    """Somebody who prints at 15.03."""
    return browses("printer", "15.03")


def find(printer, typed: str) -> str:
    """Where the desk leads for what was scanned or typed."""
    return printer.submit(DESK, {"/card": typed}).location


def number_of(address: str) -> str:
    return address.partition("kartu=")[2]


def hand_over(printer, typed: str, expect: int = 303, key: str = "", **more):
    address = find(printer, typed)
    said = {f"/cards/0/{name}": value for name, value in more.items()}
    return printer.submit(f"{DESK}/{number_of(address)}", said, expect, page=address, key=key)


@pytest.mark.parametrize("typed", ["A002", "b", "1503044205000001", "0001"])
def test_a_card_is_found_by_its_blank_its_recording_its_nik_or_its_last_digits(room, printer, typed):
    shown = printer.get(find(printer, typed))
    assert "150304••••••0001" in shown.words
    assert "1503044205000001" not in shown.location + shown.text


def test_a_whole_nik_never_stands_in_an_address_nor_in_what_is_refused(room, printer):
    assert "1503" not in find(printer, "1503044205000001")
    shown = printer.submit(DESK, {"/card": "1503044205009999"}, 422)
    assert 'id="f-card-fault"' in shown.text
    assert "Tidak ada kartu untuk" in shown.words
    assert "1503044205009999" not in shown.words


def test_several_cards_that_fit_are_offered(room, printer, calls):
    recorded(room, "xx-7777", "yy-7777")
    job = job_of(room, "xx-7777", "yy-7777")["id"]
    results(room, job, ("xx-7777", "printed"), ("yy-7777", "printed"), numbers=["A004", "A005"])
    shown = printer.get(find(printer, "7777"))
    assert "Yang mana?" in shown.words
    assert {"xx-7777", "yy-7777"} <= set(shown.words.split())


def test_cards_are_handed_over_to_the_resident_or_to_somebody_named(room, printer, exact):
    hand_over(printer, "A001")
    hand_over(printer, "b", collector_relation="istri", collected_by="Siti", checked="kk")
    shown = printer.get(DESK)
    assert "Baru saja diserahkan (2)" in shown.words
    assert "Siti" not in shown.words
    cards = {card["client_id"]: card for card in room.get("/cards?status=issued")["items"]}
    assert [cards[name]["collector_relation"] for name in ("a", "b")] == ["self", "istri"]
    assert cards["b"]["checked"] == ["kk"]
    assert stock_of(room) == (7, 1, 0, 2)


def test_whoever_collects_for_another_is_named_and_what_was_typed_is_kept(room, printer, exact):
    shown = hand_over(printer, "A001", 422, collector_relation="anak")
    assert 'id="f-cards-0-collected_by-fault"' in shown.text
    assert shown.form(f"{DESK}/")["/cards/0/collector_relation"] == "anak"
    assert stock_of(room) == (7, 3, 0, 0)


def test_a_hand_over_sent_twice_is_one(room, printer, exact):
    address = find(printer, "A001")
    form = dict(printer.get(address).form(f"{DESK}/").fields)
    answers = [printer.client.post(f"{DESK}/{number_of(address)}", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert stock_of(room) == (7, 2, 0, 1)


def test_a_card_that_was_handed_over_says_when(room, printer):
    hand_over(printer, "A001")
    assert "sudah diserahkan" in printer.get(find(printer, "A001")).words


def test_a_mistaken_hand_over_is_undone_with_a_reason(room, printer, exact):
    hand_over(printer, "A001")
    recording = number_of(find(printer, "A001"))
    page = f"/cetak/kartu/{recording}"
    assert 'id="f-reason-fault"' in printer.submit(f"{page}/batal", {"/reason": ""}, 422, page=page).text
    printer.submit(f"{page}/batal", {"/reason": "salah orang"}, page=page)
    assert stock_of(room) == (7, 3, 0, 0)
    assert "Baru saja diserahkan" not in printer.get(DESK).words


def test_a_bad_card_is_printed_again_and_a_lost_one_is_gone(room, printer, exact):
    bad, lost = (f"/cetak/kartu/{number_of(find(printer, name))}" for name in ("a", "b"))
    printer.submit(f"{bad}/jelek", {"/reason": "encode_failure"}, page=bad)
    assert "Menunggu dicetak ulang" in printer.get("/cetak/pekerjaan").words
    printer.submit(f"{lost}/hilang", {"/reason": "tercecer di jalan"}, page=lost)
    assert "hilang" in printer.get(lost).words
    assert stock_of(room) == (7, 1, 1, 0)
    printer.get(bad, 404)


def test_good_cards_are_scanned_and_an_unknown_one_is_refused_at_its_line(room, printer, calls):
    calls("admin", "15").patch("/offices/15.03", {"card_check": True})
    page = printer.get("/cetak/periksa")
    assert "3 kartu" in page.words
    assert "Aturan Dinas Anda mewajibkannya" in page.words
    shown = printer.submit("/cetak/periksa", {"/cards": ["A001", "B777"]}, 422)
    assert "B777" in shown.form("/cetak/periksa")["/cards"]
    printer.submit("/cetak/periksa", {"/cards": ["A001", "b"], "/fingerprint": "matched"})
    assert "1 kartu" in printer.get("/cetak/periksa").words
    assert "belum diperiksa" in printer.get(find(printer, "c")).words
    assert "periksa dulu" in hand_over(printer, "c", 409).words


def test_each_scan_is_answered(room, printer):
    token = printer.get("/cetak/periksa").form("/cetak/periksa")["_csrf"]
    ask = partial(printer.client.post, "/cetak/periksa/nomor")
    answers = [ask(data={"_csrf": token, "/number": number}).json for number in ("A001", "B777")]
    assert [answer["ok"] for answer in answers] == [True, False]
    assert "150304••••••0000" in answers[0]["text"]


def test_cards_that_nobody_collects_are_counted_by_how_long_they_wait(room, printer, monkeypatch):
    now = clock.now()
    assert "Kirim ke kecamatan atau desa" not in printer.get("/cetak/belum-diambil").words
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=31))
    visitor = type(printer)(printer.app, "printer", "15.03")
    shown = visitor.get("/cetak/belum-diambil")
    assert "30 sampai 59 hari" in shown.words
    assert "Terlalu lama 3 kartu" in shown.words
    assert "Tidak ada kartu yang menunggu selama itu." in visitor.get("/cetak/belum-diambil?waiting_days=60").words


def test_cards_are_sent_to_a_village_and_some_come_back(room, printer, exact):
    typed = {"/region": "15.03.04", "/recipient": "Umar", "/recipient_role": "camat", "/recordings": ["A001", "b"]}
    address = printer.submit("/cetak/kiriman-kartu/baru", typed).location
    shown = printer.get(address)
    assert "Masih di sana 2 kartu" in shown.words
    assert "daftar" in shown.words.lower()
    printer.submit(address, {"/recordings": ["A001"]})
    assert "Kembali 1 kartu" in printer.get(address).words
    hand_over(printer, "b")
    assert "selesai" in printer.get("/cetak/kiriman-kartu").words
    assert stock_of(room) == (7, 2, 0, 1)


def test_what_is_wrong_with_a_consignment_stands_at_its_field(room, printer):
    new = "/cetak/kiriman-kartu/baru"
    shown = printer.submit(new, {"/region": "15.03.04", "/recipient": "", "/recordings": ["A001"]}, 422)
    assert 'id="f-recipient-fault"' in shown.text
    assert "A001" in shown.form(new)["/recordings"]
    typed = {"/region": "15.03.04", "/recipient": "Umar", "/recordings": ["A001", "zz"]}
    assert "zz" in printer.submit(new, typed, 422).words


def test_other_offices_and_roles_see_nothing_of_it(room, printer, browses):
    recording = number_of(find(printer, "a"))
    stranger = browses("printer", "15.04")
    stranger.get(f"/cetak/kartu/{recording}", 404)
    assert "Tidak ada kartu" in stranger.submit(DESK, {"/card": "A001"}, 422).words
    assert stranger.get(f"{DESK}?kartu={recording}").words.count("••••••") == 0
    browses("clerk", "15.03").get(DESK, 403)
    inspector = browses("inspector", "15.03")
    assert "Serahkan kartu ini" not in inspector.get(f"/cetak/kartu/{recording}").words
    inspector.get("/cetak/kiriman-kartu/baru", 403)


def test_an_empty_desk_says_what_to_do_first(printer):
    assert "Semua kartu sudah diperiksa" in printer.get("/cetak/periksa").words
    assert "Tidak ada kartu yang menunggu" in printer.get("/cetak/belum-diambil").words
    assert "Belum ada kartu yang dikirim" in printer.get("/cetak/kiriman-kartu").words


def test_the_pages_of_the_desk_ask_the_database_little(room, printer, statements):
    found = find(printer, "a")
    hand_over(printer, "b")
    typed = {"/region": "15.03.04", "/recipient": "Umar", "/recipient_role": "camat", "/recordings": ["c"]}
    sent = printer.submit("/cetak/kiriman-kartu/baru", typed).location
    addresses = (
        DESK, found, f"/cetak/kartu/{number_of(found)}", "/cetak/periksa", "/cetak/belum-diambil",
        "/cetak/belum-diambil?waiting_days=14", "/cetak/kiriman-kartu", "/cetak/kiriman-kartu/baru",
        "/cetak/kiriman-kartu/baru?kecamatan=15.03.04", sent,
    )  # fmt: skip
    for address in addresses:
        with statements.within(12):
            printer.get(address)
